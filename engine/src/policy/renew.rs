//! The same policy, with a key ring as it is now.

use std::collections::HashMap;
use std::sync::Arc;

use keyring::{RingError, Rings};
use thiserror::Error;

use super::{Actions, Instance, Protection};
use crate::tls::{Environment, Unready};

/// A policy with another state of a key ring.
#[derive(Debug)]
pub struct Renewed {
    pub instance: Instance,
    /// The serial numbers of the certificates that were presented, and of those that are from now on.
    pub before: Vec<String>,
    pub after: Vec<String>,
}

/// Why a key ring is not used as it is now.
#[derive(Debug, Error)]
pub enum RenewError {
    #[error(transparent)]
    Ring(#[from] RingError),
    #[error(transparent)]
    Unready(#[from] Unready),
}

impl RenewError {
    /// The return code that says it.
    pub fn code(&self) -> u16 {
        match self {
            Self::Ring(error) => error.code(),
            Self::Unready(error) => error.code(),
        }
    }
}

impl Instance {
    /// The same policy with one key ring read anew. The environments of other rings are shared with this
    /// one, and with them their cached sessions.
    pub fn renewed(&self, rings: &Rings, name: &str) -> Result<Renewed, RenewError> {
        // Whatever changes while it is read makes another stamp.
        let stamp = rings.stamp(name);
        let ring = Arc::new(rings.read(name)?);
        let mut environments: HashMap<*const Environment, Arc<Environment>> = HashMap::new();
        let mut actions: HashMap<*const Actions, Arc<Actions>> = HashMap::new();
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut instance = self.clone();
        for rule in &mut instance.rules {
            let Protection::Tls(old) = &rule.actions.protection else {
                continue;
            };
            if old.plan.keyring != name {
                continue;
            }
            let key = Arc::as_ptr(&rule.actions);
            if let Some(known) = actions.get(&key) {
                rule.actions = known.clone();
                continue;
            }
            let environment = match environments.get(&Arc::as_ptr(old)) {
                Some(known) => known.clone(),
                None => {
                    let new = Arc::new(Environment::new((*old.plan).clone(), &ring)?);
                    before.extend(old.serials.iter().cloned());
                    after.extend(new.serials.iter().cloned());
                    environments.insert(Arc::as_ptr(old), new.clone());
                    new
                }
            };
            let new = Arc::new(Actions {
                protection: Protection::Tls(environment),
                ..(*rule.actions).clone()
            });
            actions.insert(key, new.clone());
            rule.actions = new;
        }
        for serials in [&mut before, &mut after] {
            serials.sort();
            serials.dedup();
        }
        instance.rings.insert(name.to_owned(), stamp);
        Ok(Renewed {
            instance,
            before,
            after,
        })
    }
}
