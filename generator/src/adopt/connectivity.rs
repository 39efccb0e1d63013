//! The connectivity rules of the stack: those that are made, changed, kept and removed.

use std::collections::{HashMap, HashSet};

use crate::objects::values::Address;
use crate::objects::{
    Configuration, EffectiveTimes, Endpoint, Entry, HandshakeRole, MapUse, Mapping, Object,
    ObjectId, OrderKey, Rule, Settings, TrafficRow,
};

use super::conditions::End;
use super::known::{Known, of_level, of_row};
use super::report::What;
use super::rules::{Found, Reader, about};
use super::stack::{Home, Ring, became, facility, ring_of};

type Change = (ObjectId, Option<Object>);

/// Makes the rules of the stack, in search order.
pub(super) struct Rules<'k, 'a, 'p> {
    known: &'k mut Known<'a>,
    reader: &'k mut Reader<'p>,
    home: &'k Home,
    base: &'k Configuration,
    /// The stack's own rules as they are, by name.
    old: HashMap<String, (ObjectId, &'k Rule)>,
    /// The names that rules of the stack have.
    names: HashSet<String>,
    taken: HashSet<ObjectId>,
    made: Vec<(ObjectId, Rule)>,
}

/// The changes to the rules of the stack that make them those that were found.
pub(super) fn changes<'p>(
    known: &mut Known<'_>,
    reader: &mut Reader<'p>,
    home: &Home,
    base: &Configuration,
    found: &[Found<'p>],
) -> Vec<Change> {
    let own = base.rules_owned_by(&home.stack_id).into_iter();
    let mut rules = Rules {
        known,
        reader,
        home,
        base,
        old: own
            .map(|(id, rule)| (rule.name.to_string(), (id.clone(), rule)))
            .collect(),
        names: HashSet::new(),
        taken: HashSet::new(),
        made: Vec::new(),
    };
    let mut rest = found;
    while let Some(first) = rest.first() {
        let more = rest.windows(2).take_while(|pair| pair[1].follows(&pair[0]));
        let (rows, others) = rest.split_at(1 + more.count());
        rules.rule(first, rows);
        rest = others;
    }
    rules.inherited();
    rules.changes()
}

impl<'p> Rules<'_, '_, 'p> {
    /// One connectivity rule, or one for each of several time conditions.
    fn rule(&mut self, first: &Found<'p>, rows: &[Found<'p>]) {
        let mappings = self.mappings(rows);
        let mut settings = first.treatment.settings.clone();
        settings.extend(facility(self.home, first));
        let times = first.times();
        let never = times.is_empty();
        let local = self.endpoint(&first.local);
        let remote = self.endpoint(&first.remote);
        for effective in times.into_iter().chain(never.then_some(None)) {
            let rule = Rule {
                description: first.about.clone(),
                owner: Some(self.home.stack_id.clone()),
                enabled: !never,
                local: local.clone(),
                remote: remote.clone(),
                map: MapUse::Own(mappings.clone()),
                trace: self.trace(first),
                trace_clear_text: self.trace_clear_text(first),
                effective: effective.filter(|times| *times != EffectiveTimes::default()),
                settings: if first.treatment.level.protect {
                    settings.clone()
                } else {
                    Settings::new()
                },
                ..Rule::default()
            };
            self.push(first, rows, rule);
        }
        if never {
            let text = format!(
                "rule `{}` is never in effect and is switched off",
                first.rule_name()
            );
            self.reader.say(What::Changed, first.statement.tag, text);
        }
    }

    fn trace(&mut self, rule: &Found<'p>) -> Option<u8> {
        let (own, of_group) = (rule.treatment.own_trace, rule.treatment.trace);
        let differs = of_group != self.home.stack.trace;
        if !rule.treatment.level.protect {
            if differs {
                let text = format!(
                    "`Trace {of_group}` of what stays in the clear: the stack's, {}, counts",
                    self.home.stack.trace
                );
                self.reader.say(What::LeftOut, rule.statement.tag, text);
            }
            return None;
        }
        own.or(differs.then_some(of_group))
    }

    fn trace_clear_text(&self, rule: &Found<'p>) -> Option<bool> {
        let of_group = rule.treatment.trace_clear_text;
        let differs = of_group != self.home.stack.trace_clear_text;
        let own = rule.treatment.own_trace_clear_text;
        let compatible = self.home.stack.layout == crate::objects::Layout::Compatible;
        // The compatible layout writes the stack's value at each connection.
        let own = own.filter(|own| !compatible || *own != self.home.stack.trace_clear_text);
        own.or(differs.then_some(of_group))
            .filter(|_| rule.treatment.level.protect)
    }

    /// Runs of rows with the same traffic and level.
    fn mappings(&mut self, rows: &[Found<'p>]) -> Vec<Mapping> {
        let ring = self.home.common_ring();
        let mut runs: Vec<(&Found<'p>, ObjectId, Vec<TrafficRow>)> = Vec::new();
        for found in rows {
            let treatment = &found.treatment;
            let (is_client, about) = (treatment.is_client, &found.about_level);
            let level = self
                .known
                .level(found.level, &treatment.level, is_client, about);
            let made = found.rows().map(|mut row| {
                if ring_of(found) == ring {
                    row.keyring = Entry::default();
                    row.keyring_stash_file = Entry::default();
                }
                row
            });
            match runs.last_mut() {
                Some((first, known, rows)) if first.traffic == found.traffic && *known == level => {
                    rows.extend(made);
                }
                _ => runs.push((found, level, made.collect())),
            }
        }
        let runs = runs.into_iter().map(|(found, level, rows)| Mapping {
            traffic: Some(self.known.traffic(found.traffic, found.name, rows)),
            level: Some(level),
        });
        runs.collect()
    }

    fn endpoint(&mut self, end: &End<'p>) -> Endpoint {
        match end {
            End::Inline(entry) => Endpoint::Address(entry.clone()),
            End::Named {
                statement,
                addresses,
            } => {
                let about = about(std::iter::once(*statement));
                let full = super::names::full_name(statement);
                let parts = super::names::Parts::of(full);
                let name = parts.and_then(|parts| parts.objects.first().copied());
                Endpoint::Group(self.known.group(name.unwrap_or(full), addresses, &about))
            }
        }
    }

    /// Adds a rule; of one that the stack has, what is the same stays as it is.
    fn push(&mut self, first: &Found<'p>, rows: &[Found<'p>], mut rule: Rule) {
        let wish = first.rule_name();
        let old = self
            .old
            .get(&wish)
            .filter(|(id, _)| !self.taken.contains(id));
        let id = match old.map(|(id, old)| (id.clone(), *old)) {
            Some((id, old)) => {
                self.keep(&id, old, &mut rule);
                id
            }
            None => {
                rule.name = self.name(&wish);
                (self.known.new_id)()
            }
        };
        self.names.insert(rule.name.to_string());
        self.taken.insert(id.clone());
        for found in rows {
            let name = found.statement.name_str().unwrap_or_default();
            let text = format!("rule `{name}`: connectivity rule {}", rule.name);
            let place = self.reader.place(found.statement.tag);
            self.reader.report.push(became(place, text, &id));
        }
        self.made.push((id, rule));
    }

    fn name<T: std::str::FromStr>(&self, wish: &str) -> Entry<T> {
        let taken = |name: &str| self.names.contains(name) || self.old.contains_key(name);
        let mut name = wish.to_owned();
        for number in 2.. {
            if !taken(&name) {
                break;
            }
            let stem: String = wish.chars().take(56).collect();
            name = format!("{stem}_{number}");
        }
        Entry::read(&name)
    }

    /// Keeps of a rule what the file cannot know, and what says the same otherwise.
    fn keep(&self, id: &ObjectId, old: &Rule, rule: &mut Rule) {
        rule.name = old.name.clone();
        rule.order = old.order.clone();
        rule.tags = old.tags.clone();
        rule.description = old.description.clone();
        let Some(Object::Rule(filled)) = self.known.get(id) else {
            return;
        };
        let same = |one: &Endpoint, two: &Endpoint| {
            self.addresses(one).is_some() && self.addresses(one) == self.addresses(two)
        };
        if same(&filled.local, &rule.local) {
            rule.local = old.local.clone();
        }
        if same(&filled.remote, &rule.remote) {
            rule.remote = old.remote.clone();
        }
        if filled.effective == rule.effective {
            rule.effective = old.effective.clone();
        }
        let MapUse::Own(mappings) = &rule.map else {
            return;
        };
        let ring = self.home.common_ring();
        let before = self.sequence(self.base.mappings_of(filled), &ring);
        if before.is_some() && before == self.sequence(mappings, &ring) {
            rule.map = old.map.clone();
        }
    }

    fn addresses(&self, end: &Endpoint) -> Option<Vec<Entry<Address>>> {
        match end {
            Endpoint::Address(entry) => Some(vec![entry.clone()]),
            Endpoint::Group(id) => self.known.addresses(id),
        }
    }

    /// What a list of mappings comes to, row by row.
    fn sequence(&self, mappings: &[Mapping], ring: &Ring) -> Option<Vec<String>> {
        let mut rows = Vec::new();
        for mapping in mappings {
            let (Some(Object::TrafficDescriptor(traffic)), Some(Object::SecurityLevel(level))) = (
                self.known.get(mapping.traffic.as_ref()?)?.into(),
                self.known.get(mapping.level.as_ref()?)?.into(),
            ) else {
                return None;
            };
            for row in &traffic.rows {
                let role = row.role_at(level);
                let asks = (role == HandshakeRole::ServerWithClientAuth)
                    .then(|| level.client_authentication.word().unwrap_or("Required"));
                let mut row = of_row(row);
                row.role = Some(role);
                if row.keyring.value().is_some_and(|ring| ring.is_empty()) {
                    (row.keyring, row.keyring_stash_file) = ring.clone();
                }
                let row = match level.protect {
                    true => format!("{row:?}"),
                    false => format!(
                        "{:?} {:?} {:?} {:?} {:?}",
                        row.local_port, row.remote_port, row.direction, row.jobname, row.userid
                    ),
                };
                rows.push(format!("{row} {} {asks:?}", of_level(level)));
            }
        }
        Some(rows)
    }

    /// Rules of the image and the group come after the stack's own. Where they end the file, they stay
    /// theirs; otherwise somebody has to decide.
    fn inherited(&mut self) {
        let all = self.base.rules_of(&self.home.stack_id);
        let inherited: Vec<_> = all
            .into_iter()
            .filter(|(_, rule)| rule.owner.as_ref() != Some(&self.home.stack_id) && rule.enabled)
            .collect();
        let Some(at) = self.made.len().checked_sub(inherited.len()) else {
            return self.conflict(&inherited);
        };
        let tail = self.made[at..].iter().zip(&inherited);
        let equal = tail.into_iter().all(|((_, made), (id, old))| {
            let mut kept = made.clone();
            kept.name.to_string() == old.name.to_string() && {
                self.keep(id, old, &mut kept);
                kept.owner = old.owner.clone();
                kept == **old
            }
        });
        match equal {
            true => self.made.truncate(at),
            false => self.conflict(&inherited),
        }
    }

    fn conflict(&mut self, inherited: &[(&ObjectId, &Rule)]) {
        for (id, rule) in inherited {
            let text = format!(
                "rule {} of the image or group counts for this stack, too, after all that was read",
                rule.name
            );
            let place = crate::finding::Place::Field {
                object: (*id).clone(),
                field: "owner".into(),
            };
            self.reader.report.push(super::report::Entry {
                what: What::Conflict,
                place,
                text,
                object: Some((*id).clone()),
            });
        }
    }

    fn changes(mut self) -> Vec<Change> {
        self.in_order();
        let mut changes = Vec::new();
        let kept: HashSet<_> = self.made.iter().map(|(id, _)| id.clone()).collect();
        let mut gone: Vec<_> = self.old.values().collect();
        gone.sort_by(|one, two| one.0.cmp(&two.0));
        for (id, rule) in gone {
            // Rules that are off are in no file.
            if kept.contains(id) || !rule.enabled {
                continue;
            }
            changes.push((id.clone(), None));
            self.reader.report.push(super::report::Entry {
                what: What::Removed,
                place: crate::finding::Place::Field {
                    object: id.clone(),
                    field: "name".into(),
                },
                text: format!("rule {} is not in the file", rule.name),
                object: Some(id.clone()),
            });
        }
        for (id, rule) in self.made {
            let as_it_was = self.base.get(&id) == Some(&Object::Rule(rule.clone()));
            if !as_it_was {
                changes.push((id, Some(rule.into())));
            }
        }
        changes
    }

    /// Gives the rules keys in their order; those that are in order already keep theirs, unless so many
    /// are new that keys between them would be long.
    fn in_order(&mut self) {
        let is_old = |id: &ObjectId| matches!(self.base.get(id), Some(Object::Rule(_)));
        let old = self.made.iter().enumerate().map(|(at, (id, rule))| {
            let own = is_old(id).then(|| rule.order.clone());
            // Nothing comes before the empty key.
            own.filter(|own| at == 0 || *own != OrderKey::default())
        });
        let mut old: Vec<_> = old.collect();
        if old.iter().filter(|own| own.is_none()).count() > MOST_BETWEEN {
            old.fill(None);
        }
        let mut last: Option<OrderKey> = None;
        let in_order = old.into_iter().map(|own| {
            let own = own.filter(|own| last.as_ref().is_none_or(|last| own > last));
            last = own.clone().or(last.take());
            own
        });
        let kept: Vec<_> = in_order.collect();
        // The next key that is kept, seen from each rule.
        let mut next = None;
        let mut bounds: Vec<_> = kept
            .iter()
            .rev()
            .map(|own| {
                next = own.clone().or(next.take());
                next.clone()
            })
            .collect();
        bounds.reverse();
        let mut last: Option<OrderKey> = None;
        for (((_, rule), own), next) in self.made.iter_mut().zip(kept).zip(bounds) {
            let key = own.unwrap_or_else(|| OrderKey::between(last.as_ref(), next.as_ref()));
            rule.order = key.clone();
            last = Some(key);
        }
    }
}

/// So many new rules find keys between those that are there.
const MOST_BETWEEN: usize = 100;
