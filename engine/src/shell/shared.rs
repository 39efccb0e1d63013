//! What the threads share.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::failures::Failures;
use super::known::Known;
use super::primaries::Primaries;
use super::programs::Programs;
use super::traces::Traces;
use super::trial::Trials;
use crate::messages::Log;
use crate::policy::{Counters, Instance, now};

/// How the engine behaves, whatever the policy says.
#[derive(Clone, Debug)]
pub struct Options {
    /// Connections that no rule takes are refused.
    pub fail_closed: bool,
    /// A partner that ends without the end of TLS has ended all the same.
    pub cut_is_end: bool,
    /// How long connections may go on after the engine was told to end.
    pub grace: Duration,
    /// Connections at a time, of all threads.
    pub connections: usize,
    /// The user that the engine runs as, where a listener names none.
    pub user: String,
}

pub struct Shared {
    pub options: Options,
    pub log: Log,
    instance: Mutex<Arc<Instance>>,
    /// How often the policy was replaced.
    replaced: AtomicU64,
    changing: Mutex<()>,
    /// Of whom connections are that are caught.
    pub programs: Option<Programs>,
    /// The engine is to end.
    pub ends: AtomicBool,
    /// Connections that are open.
    pub open: AtomicUsize,
    /// The number of the next connection.
    pub number: AtomicU32,
    /// When the engine began, in Unix seconds.
    pub started: u64,
    /// Connections that no rule takes.
    pub unmapped: Counters,
    pub traces: Traces,
    /// Connections that programs can ask about.
    pub known: Known,
    /// Connections by which others are mapped.
    pub primaries: Primaries,
    pub failures: Failures,
    pub trials: Trials,
}

impl Shared {
    pub fn new(options: Options, log: Log, instance: Instance) -> Self {
        Self {
            options,
            log,
            instance: Mutex::new(Arc::new(instance)),
            replaced: AtomicU64::new(0),
            changing: Mutex::new(()),
            programs: None,
            ends: AtomicBool::new(false),
            open: AtomicUsize::new(0),
            number: AtomicU32::new(1),
            started: now(),
            unmapped: Counters::new(now()),
            traces: Traces::default(),
            known: Known::default(),
            primaries: Primaries::default(),
            failures: Failures::default(),
            trials: Trials::default(),
        }
    }

    /// The policy that counts for new connections.
    pub fn instance(&self) -> Arc<Instance> {
        self.instance
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The policy that counts for new connections, if it is another than the one that was in use after so
    /// many were replaced; it is in use after as many as `seen` says then.
    pub fn newer_instance(&self, seen: &mut u64) -> Option<Arc<Instance>> {
        if self.replaced.load(Ordering::Acquire) == *seen {
            return None;
        }
        let current = self.instance.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = self.replaced.load(Ordering::Relaxed);
        Some(current.clone())
    }

    /// The right to replace the policy by one that is made of what counts now, until it is dropped.
    pub fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says when programs are to start TLS and cannot.
    pub fn say_uncontrolled(&self) {
        let instance = self.instance();
        let mut rules = instance.rules().iter();
        let controlled = rules.find(|rule| rule.actions.controlled);
        if let Some(rule) = controlled.filter(|_| !self.known.is_on()) {
            let words = "programs are to start TLS themselves, and the engine has no socket for them (--applications): such connections stay in the clear";
            self.log.engine(format!("rule {}: {words}", rule.name));
        }
    }

    /// Puts another policy in its place, and gives back the one that was there.
    pub fn replace(&self, instance: Arc<Instance>) -> Arc<Instance> {
        let mut current = self.instance.lock().unwrap_or_else(PoisonError::into_inner);
        self.replaced.fetch_add(1, Ordering::Release);
        std::mem::replace(&mut *current, instance)
    }
}
