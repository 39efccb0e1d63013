//! The reusable objects: those that the configuration has, and those that are made.
//!
//! What is equal but for its name is one object.

use std::collections::{HashMap, HashSet};

use crate::compile::members;
use crate::objects::values::Address;
use crate::objects::{
    AddressGroup, ClientAuthentication, Configuration, Entry, Kind, Object, ObjectId,
    SecurityLevel, Suites, TrafficDescriptor, TrafficRow,
};
use crate::policy::table::lists::suite_of;

use super::names::legal;

/// Finds and makes reusable objects.
pub(super) struct Known<'a> {
    /// With the values of variables in their places.
    resolved: &'a Configuration,
    by_content: HashMap<String, Vec<ObjectId>>,
    /// Levels that were made for clients only, which do not say how a server asks for certificates.
    open: HashSet<ObjectId>,
    names: HashSet<(Kind, String)>,
    pub made: Vec<(ObjectId, Object)>,
    at: HashMap<ObjectId, usize>,
    pub new_id: &'a mut dyn FnMut() -> ObjectId,
}

impl<'a> Known<'a> {
    pub fn new(resolved: &'a Configuration, new_id: &'a mut dyn FnMut() -> ObjectId) -> Self {
        let mut known = Self {
            resolved,
            by_content: HashMap::new(),
            open: HashSet::new(),
            names: HashSet::new(),
            made: Vec::new(),
            at: HashMap::new(),
            new_id,
        };
        for (id, object) in &resolved.objects {
            let name = object.name().to_ascii_lowercase();
            known.names.insert((object.kind(), name));
            if let Some(content) = known.content(id, object) {
                known
                    .by_content
                    .entry(content)
                    .or_default()
                    .push(id.clone());
            }
        }
        known
    }

    /// What tells a reusable object from others, its name aside.
    fn content(&self, id: &ObjectId, object: &Object) -> Option<String> {
        match object {
            Object::AddressGroup(_) => {
                let members = members(self.resolved, id).ok()?;
                Some(of_addresses(members.into_iter().map(Entry::Value)))
            }
            Object::TrafficDescriptor(traffic) => Some(of_rows(&traffic.rows)),
            Object::SecurityLevel(level) => Some(of_level(level)),
            _ => None,
        }
    }

    /// The object, whether it was there or is made.
    pub fn get(&self, id: &ObjectId) -> Option<&Object> {
        let made = self.at.get(id).and_then(|at| self.made.get(*at));
        made.map(|(_, object)| object)
            .or_else(|| self.resolved.get(id))
    }

    /// The addresses of a group, whether it was there or is made.
    pub fn addresses(&self, id: &ObjectId) -> Option<Vec<Entry<Address>>> {
        if let Some(Object::AddressGroup(group)) = self.at.get(id).and_then(|_| self.get(id)) {
            return Some(group.addresses.clone());
        }
        let members = members(self.resolved, id).ok()?;
        Some(members.into_iter().map(Entry::Value).collect())
    }

    pub fn group(&mut self, wish: &str, addresses: &[Entry<Address>], about: &str) -> ObjectId {
        let mut once: Vec<Entry<Address>> = Vec::new();
        for address in addresses {
            if !once.contains(address) {
                once.push(address.clone());
            }
        }
        let content = of_addresses(once.iter().cloned());
        self.find(&content, wish, |_| true).unwrap_or_else(|| {
            let group = AddressGroup {
                name: self.name(Kind::AddressGroup, wish),
                description: about.to_owned(),
                addresses: once,
                ..AddressGroup::default()
            };
            self.make(content, group.into())
        })
    }

    /// `other`: its name where another descriptor has the first. Descriptors of one content share their
    /// actions, which are named after the first of them.
    pub fn traffic(&mut self, wish: &str, other: &str, rows: Vec<TrafficRow>) -> ObjectId {
        let content = of_rows(&rows);
        self.find(&content, wish, |_| true).unwrap_or_else(|| {
            let key = (Kind::TrafficDescriptor, legal(wish).to_ascii_lowercase());
            let wish = if self.names.contains(&key) {
                other
            } else {
                wish
            };
            let traffic = TrafficDescriptor {
                name: self.name(Kind::TrafficDescriptor, wish),
                rows,
                ..TrafficDescriptor::default()
            };
            self.make(content, traffic.into())
        })
    }

    /// `is_client`: the level is used by a client here, which does not show how it asks for certificates.
    pub fn level(
        &mut self,
        wish: &str,
        level: &SecurityLevel,
        is_client: bool,
        about: &str,
    ) -> ObjectId {
        let content = of_level(level);
        let asks = level.client_authentication;
        let fits = |known: &Self, id: &ObjectId| {
            let open = is_client || known.open.contains(id) || !level.protect;
            open || known.asks(id) == Some(asks)
        };
        let candidates = self.by_content.get(&content);
        let fitting: HashSet<_> = candidates
            .into_iter()
            .flatten()
            .filter(|id| fits(self, id))
            .cloned()
            .collect();
        if let Some(id) = self.find(&content, wish, |id| fitting.contains(id)) {
            if !is_client && self.open.remove(&id) {
                self.settle(&id, asks);
            }
            return id;
        }
        let level = SecurityLevel {
            name: self.name(Kind::SecurityLevel, wish),
            description: about.to_owned(),
            ..level.clone()
        };
        let id = self.make(content, level.into());
        if is_client {
            self.open.insert(id.clone());
        }
        id
    }

    fn asks(&self, id: &ObjectId) -> Option<ClientAuthentication> {
        match self.get(id) {
            Some(Object::SecurityLevel(level)) => Some(level.client_authentication),
            _ => None,
        }
    }

    fn settle(&mut self, id: &ObjectId, asks: ClientAuthentication) {
        let made = self.at.get(id).and_then(|at| self.made.get_mut(*at));
        if let Some((_, Object::SecurityLevel(level))) = made {
            level.client_authentication = asks;
        }
    }

    /// Of the objects with this content that fit: the one with this name, or else one that is not supplied.
    fn find(
        &self,
        content: &str,
        wish: &str,
        fits: impl Fn(&ObjectId) -> bool,
    ) -> Option<ObjectId> {
        let all = self.by_content.get(content)?;
        let mut fitting = all.iter().filter(|id| fits(id));
        let object = |id: &&ObjectId| self.get(id);
        let is_wish = |id: &&ObjectId| object(id).is_some_and(|found| found.name() == wish);
        let is_own = |id: &&ObjectId| object(id).is_some_and(|found| !found.supplied());
        let by_name = fitting.clone().find(|id| is_wish(id));
        let own = by_name.or_else(|| fitting.clone().find(|id| is_own(id)));
        own.or_else(|| fitting.next()).cloned()
    }

    fn make(&mut self, content: String, object: Object) -> ObjectId {
        let id = (self.new_id)();
        self.by_content.entry(content).or_default().push(id.clone());
        self.at.insert(id.clone(), self.made.len());
        self.made.push((id.clone(), object));
        id
    }

    /// A name that no object of the kind has.
    pub fn name<T: std::str::FromStr>(&mut self, kind: Kind, wish: &str) -> Entry<T> {
        let wish = legal(wish);
        let mut name = wish.clone();
        for number in 2.. {
            if self.names.insert((kind, name.to_ascii_lowercase())) {
                break;
            }
            // Room for the number within the longest name.
            let stem: String = wish.chars().take(56).collect();
            name = format!("{stem}_{number}");
        }
        Entry::read(&name)
    }
}

fn of_addresses(addresses: impl Iterator<Item = Entry<Address>>) -> String {
    let texts: Vec<_> = addresses.map(|address| address.to_string()).collect();
    format!("addresses {}", texts.join(" "))
}

fn of_rows(rows: &[TrafficRow]) -> String {
    let rows: Vec<_> = rows.iter().map(of_row).collect();
    format!("rows {rows:?}")
}

/// A row with its role said.
pub(super) fn of_row(row: &TrafficRow) -> TrafficRow {
    TrafficRow {
        role: Some(row.effective_role()),
        ..row.clone()
    }
}

/// A level without what does not count, and without how it asks for certificates.
pub(super) fn of_level(level: &SecurityLevel) -> String {
    if !level.protect {
        return "clear".to_owned();
    }
    let suites = match &level.suites {
        Suites::SystemDefaults => None,
        // No list is written, either.
        Suites::List(list) if list.is_empty() => None,
        Suites::List(list) => Some(list.iter().map(|text| code(text)).collect::<Vec<_>>()),
    };
    format!("level {:?} {suites:?} {:?}", level.versions, level.settings)
}

/// A suite by its code, however it was typed.
fn code(text: &str) -> &str {
    suite_of(text).map_or(text, |suite| suite.code)
}
