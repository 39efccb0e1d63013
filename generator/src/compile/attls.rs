//! The statements of a stack's policy file.

use std::collections::HashMap;

use crate::objects::values::{Address, Keyring};
use crate::objects::{
    Configuration, EffectiveTimes, Endpoint, Entry, HandshakeRole, Layout, Object, ObjectId, Rule,
};
use crate::policy::emit::Emitted;
use crate::policy::model::{BuildError, Statement, Tag};
use crate::policy::table::{self, StatementDef};

use super::actions::{ActionRefs, Actions};
use super::block::{Block, NameParts, Origins, Shared};
use super::expand::{Expanded, expand};
use super::files::comment;
use super::names::Namer;
use super::parts::is_plain;
use super::{CompiledRule, Origin, Place, Unwritten, more};

/// What is written, with the origins that its tags stand for.
pub(super) struct AttlsPolicy {
    pub emitted: Emitted,
    pub origins: Origins,
}

/// The policy of a stack.
pub(super) fn policy(
    configuration: &Configuration,
    place: &Place<'_>,
) -> (AttlsPolicy, Vec<CompiledRule>, Vec<Unwritten>) {
    let expansions = expand(configuration, place);
    let mut writer = Writer::new(configuration, place, expansions.len());
    for expansion in &expansions {
        match expansion {
            Ok(expanded) => writer.rule(expanded),
            Err(unwritten) => writer.refuse(unwritten.clone()),
        }
    }
    writer.finish()
}

/// What a kind of helper statement has been given so far.
pub(super) struct Kind {
    def: &'static StatementDef,
    shared: Shared,
    namer: Namer,
}

impl Kind {
    pub fn new(def: &'static StatementDef, layout: Layout) -> Self {
        Self {
            def,
            shared: Shared::default(),
            namer: Namer::new(layout),
        }
    }

    pub fn name_of(&mut self, block: Block, parts: &NameParts<'_>) -> Result<String, BuildError> {
        debug_assert_eq!(block.def, self.def);
        self.shared.name_of(block, &mut self.namer, parts)
    }

    pub fn statements(self) -> Vec<Statement> {
        self.shared.statements
    }
}

/// Traffic, row, level, and the rule where it says something itself.
type RowKey<'a> = (&'a ObjectId, usize, &'a ObjectId, Option<&'a ObjectId>);

struct Writer<'a> {
    configuration: &'a Configuration,
    place: &'a Place<'a>,
    layout: Layout,
    origins: Origins,
    total: usize,
    /// Rules are written as soon as they are made: of ten thousand, one is in memory as a statement.
    emitted: Emitted,
    rule_names: Namer,
    compiled: Vec<CompiledRule>,
    actions: Actions,
    /// Rules of the same traffic and level share their actions.
    memo: HashMap<RowKey<'a>, ActionRefs>,
    /// Rows that add nothing to their level share what is written for the level and their role.
    plain: HashMap<(&'a ObjectId, HandshakeRole), ActionRefs>,
    groups: Kind,
    /// Of groups with several members: those are named, not written out.
    group_names: HashMap<&'a ObjectId, String>,
    ports: Kind,
    times: Kind,
    unwritten: Vec<Unwritten>,
    /// Comments that wait for the next rule.
    notes: Vec<crate::policy::model::Comment>,
}

impl<'a> Writer<'a> {
    fn new(configuration: &'a Configuration, place: &'a Place<'a>, total: usize) -> Self {
        let layout = place.stack.layout;
        Self {
            configuration,
            place,
            layout,
            origins: Origins::default(),
            total,
            emitted: Emitted::default(),
            rule_names: Namer::new(layout),
            compiled: Vec::with_capacity(total),
            actions: Actions::new(layout),
            memo: HashMap::new(),
            plain: HashMap::new(),
            groups: Kind::new(&table::IP_ADDR_GROUP, layout),
            group_names: HashMap::new(),
            ports: Kind::new(&table::PORT_RANGE, layout),
            times: Kind::new(&table::IP_TIME_CONDITION, layout),
            unwritten: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn refuse(&mut self, unwritten: Unwritten) {
        self.notes
            .push(comment(&format!("Not written: {}", unwritten.reason)));
        self.unwritten.push(unwritten);
    }

    fn rule(&mut self, expanded: &Expanded<'a>) {
        let stem = format!("{}~{}", expanded.rule_name, expanded.number);
        let (name, full) = self.rule_names.unique(stem);
        match self.statement(expanded, &name) {
            Ok(mut statement) => {
                statement.comments.append(&mut self.notes);
                statement.comments.extend(full.map(|full| comment(&full)));
                self.emitted.push(&statement);
                self.compiled.push(CompiledRule {
                    name,
                    row: expanded.row_of(),
                });
            }
            Err(unwritten) => self.refuse(unwritten),
        }
    }

    fn statement(&mut self, expanded: &Expanded<'a>, name: &str) -> Result<Statement, Unwritten> {
        let mut block = Block::new(&table::TTLS_RULE);
        block.tag = self.origins.tag(expanded.rule_field("name"));
        self.endpoint(&mut block, expanded, true)?;
        self.endpoint(&mut block, expanded, false)?;
        self.port(&mut block, expanded, true)?;
        self.port(&mut block, expanded, false)?;
        self.owner_masks(&mut block, expanded)?;
        let tag = self.origins.tag(expanded.row_field("direction"));
        block.line("Direction", expanded.row.direction.word(), tag);
        let tag = self.origins.tag(expanded.rule_field("order"));
        block.line("Priority", self.priority().to_string(), tag);
        self.effective(&mut block, expanded)?;
        let refs = self.action_refs(expanded)?;
        let tag = self.origins.tag(expanded.rule_field("map"));
        block.line("TTLSGroupActionRef", refs.group, tag);
        for (keyword, name) in [
            ("TTLSEnvironmentActionRef", refs.environment),
            ("TTLSConnectionActionRef", refs.connection),
        ] {
            if let Some(name) = name {
                block.line(keyword, name, tag);
            }
        }
        block
            .finish(Some(name))
            .map_err(|error| self.unwritten(expanded, &error))
    }

    /// NCA counts down from 255; with more rules than that, and in the compact layout, there are gaps.
    fn priority(&self) -> u32 {
        let written = self.compiled.len() as u32;
        match self.layout {
            Layout::Compatible if self.total <= 250 => 255 - written,
            Layout::Compatible | Layout::Compact => 1_000_000_000 - 10 * written,
        }
    }

    fn unwritten(&self, expanded: &Expanded<'_>, error: &BuildError) -> Unwritten {
        let origin = self.origins.of(error.tag).map_or_else(
            || expanded.rule_field("name"),
            |origin| Origin::clone(origin),
        );
        Unwritten {
            origin,
            reason: format!(
                "rule {} row {}: {}: {}",
                expanded.rule_name, expanded.number, error.keyword, error.cause
            ),
        }
    }

    fn action_refs(&mut self, expanded: &Expanded<'a>) -> Result<ActionRefs, Unwritten> {
        let overrides = expanded.rule.trace.is_some()
            || expanded.rule.trace_clear_text.is_some()
            || !expanded.rule.settings.is_empty();
        let no_ring = expanded.row.keyring.value().is_some_and(Keyring::is_empty);
        if !overrides && no_ring && is_plain(self.place, expanded) {
            return self.plain_refs(expanded);
        }
        let key = (
            expanded.traffic_id,
            expanded.row_number,
            expanded.level_id,
            overrides.then_some(expanded.rule_id),
        );
        if let Some(known) = self.memo.get(&key) {
            return Ok(known.clone());
        }
        // A refusal names the rule and the row, so it is not kept.
        let made = self.actions.refs(self.place, expanded, &mut self.origins)?;
        self.memo.insert(key, made.clone());
        Ok(made)
    }

    fn plain_refs(&mut self, expanded: &Expanded<'a>) -> Result<ActionRefs, Unwritten> {
        let key = (expanded.level_id, expanded.row.effective_role());
        if let Some(known) = self.plain.get(&key) {
            return Ok(known.clone());
        }
        let made = self.actions.refs(self.place, expanded, &mut self.origins)?;
        self.plain.insert(key, made.clone());
        Ok(made)
    }

    fn endpoint(
        &mut self,
        block: &mut Block,
        expanded: &Expanded<'a>,
        local: bool,
    ) -> Result<(), Unwritten> {
        let rule: &'a Rule = expanded.rule;
        let (end, field) = if local {
            (&rule.local, "local")
        } else {
            (&rule.remote, "remote")
        };
        let origin = || expanded.rule_field(field);
        let tag = self.origins.tag(origin());
        let (keyword, group_keyword) = if local {
            ("LocalAddr", "LocalAddrGroupRef")
        } else {
            ("RemoteAddr", "RemoteAddrGroupRef")
        };
        let addresses = match end {
            Endpoint::Address(entry) => vec![*typed(entry, origin, expanded, "address")?],
            Endpoint::Group(id) => {
                if let Some(name) = self.group_names.get(id) {
                    block.line(group_keyword, name.as_str(), tag);
                    return Ok(());
                }
                let members = members(self.configuration, id).map_err(|reason| Unwritten {
                    origin: origin(),
                    reason: format!("rule {}: {reason}", expanded.rule_name),
                })?;
                if members.len() > 1 && !members.contains(&Address::All) {
                    let name = self.group_name(id, &members)?;
                    block.line(group_keyword, name, tag);
                    return Ok(());
                }
                members
            }
        };
        match addresses.as_slice() {
            [one] if *one != Address::All => block.line(keyword, address_text(*one), tag),
            _ if self.layout == Layout::Compatible || self.place.stack.write_defaults => {
                block.line(keyword, "All", tag)
            }
            _ => {}
        }
        Ok(())
    }

    fn group_name(&mut self, id: &'a ObjectId, members: &[Address]) -> Result<String, Unwritten> {
        let mut block = Block::new(&table::IP_ADDR_GROUP);
        for (at, address) in members.iter().enumerate() {
            let tag = self.origins.tag(Origin {
                object: id.clone(),
                field: format!("addresses/{at}").into(),
            });
            block.block(member(*address, tag));
        }
        let object = self
            .configuration
            .get(id)
            .map(Object::name)
            .unwrap_or_default();
        let parts = NameParts {
            kind: if self.layout == Layout::Compatible {
                "addr"
            } else {
                ""
            },
            objects: &[&object],
            compatible: Some(&object),
        };
        let name = self
            .groups
            .name_of(block, &parts)
            .map_err(|error| Unwritten {
                origin: Origin {
                    object: id.clone(),
                    field: "addresses".into(),
                },
                reason: error.to_string(),
            })?;
        self.group_names.insert(id, name.clone());
        Ok(name)
    }

    fn port(
        &mut self,
        block: &mut Block,
        expanded: &Expanded<'_>,
        local: bool,
    ) -> Result<(), Unwritten> {
        let (entry, field) = if local {
            (&expanded.row.local_port, "local_port")
        } else {
            (&expanded.row.remote_port, "remote_port")
        };
        let origin = || expanded.row_field(field);
        let Some((low, high)) = typed(entry, origin, expanded, "port")?.bounds() else {
            return Ok(());
        };
        let text = if low == high {
            low.to_string()
        } else {
            format!("{low}-{high}")
        };
        let tag = self.origins.tag(origin());
        match self.layout {
            Layout::Compact => block.line(
                if local {
                    "LocalPortRange"
                } else {
                    "RemotePortRange"
                },
                text,
                tag,
            ),
            Layout::Compatible => {
                let mut range = Block::new(&table::PORT_RANGE);
                range.line("Port", text, tag);
                let parts = NameParts {
                    kind: "portR",
                    objects: &[],
                    compatible: None,
                };
                let name = self
                    .ports
                    .name_of(range, &parts)
                    .map_err(|error| self.unwritten(expanded, &error))?;
                block.line(
                    if local {
                        "LocalPortRangeRef"
                    } else {
                        "RemotePortRangeRef"
                    },
                    name,
                    tag,
                );
            }
        }
        Ok(())
    }

    fn owner_masks(&mut self, block: &mut Block, expanded: &Expanded<'_>) -> Result<(), Unwritten> {
        let masks = [
            ("Jobname", "jobname", &expanded.row.jobname),
            ("Userid", "userid", &expanded.row.userid),
        ];
        for (keyword, field, entry) in masks {
            let origin = || expanded.row_field(field);
            let mask = typed(entry, origin, expanded, field)?;
            let any = *mask == crate::objects::values::NameMask::Any;
            if !any || self.layout == Layout::Compatible || self.place.stack.write_defaults {
                let tag = self.origins.tag(origin());
                block.line(keyword, mask.to_string(), tag);
            }
        }
        Ok(())
    }

    fn effective(&mut self, block: &mut Block, expanded: &Expanded<'_>) -> Result<(), Unwritten> {
        let Some(times) = &expanded.rule.effective else {
            return Ok(());
        };
        let tag = self.origins.tag(expanded.rule_field("effective"));
        let Some(condition) = time_condition(times, tag) else {
            return Ok(());
        };
        if self.layout == Layout::Compact {
            block.block(condition);
            return Ok(());
        }
        let parts = NameParts {
            kind: "timeCond",
            objects: &[],
            compatible: None,
        };
        let name = self
            .times
            .name_of(condition, &parts)
            .map_err(|error| self.unwritten(expanded, &error))?;
        block.line("IpTimeConditionRef", name, tag);
        Ok(())
    }

    fn finish(self) -> (AttlsPolicy, Vec<CompiledRule>, Vec<Unwritten>) {
        let mut emitted = self.emitted;
        let others = [self.groups, self.ports, self.times];
        let shared = others.into_iter().flat_map(Kind::statements);
        for statement in self.actions.statements().into_iter().chain(shared) {
            emitted.push(&statement);
        }
        let mut origins = self.origins;
        let tag = origins.tag(self.place.stack_field("files/policy_more"));
        more::add(&mut emitted, &self.place.stack.files.policy_more, tag);
        emitted.end(&self.notes);
        (
            AttlsPolicy { emitted, origins },
            self.compiled,
            self.unwritten,
        )
    }
}

/// The addresses of a group and of the groups inside it, each once, in order.
pub(crate) fn members(
    configuration: &Configuration,
    id: &ObjectId,
) -> Result<Vec<Address>, String> {
    let mut found = Vec::new();
    add_members(configuration, id, &mut vec![], &mut found)?;
    if found.is_empty() {
        return Err("its address group is empty".to_owned());
    }
    Ok(found)
}

fn add_members<'a>(
    configuration: &'a Configuration,
    id: &'a ObjectId,
    path: &mut Vec<&'a ObjectId>,
    found: &mut Vec<Address>,
) -> Result<(), String> {
    if path.contains(&id) {
        return Err("an address group contains itself".to_owned());
    }
    let Some(Object::AddressGroup(group)) = configuration.get(id) else {
        return Err("an address group does not exist".to_owned());
    };
    path.push(id);
    for entry in &group.addresses {
        let Entry::Value(address) = entry else {
            return Err(format!(
                "address group {} holds `{entry}`, which is no address",
                group.name
            ));
        };
        if !found.contains(address) {
            found.push(*address);
        }
    }
    for host in &group.hosts {
        let Some(answer) = host.answer() else {
            return Err(format!(
                "no address of host `{}` of address group {} is recorded",
                host.name, group.name
            ));
        };
        for entry in &answer.addresses {
            let Entry::Value(address) = entry else {
                return Err(format!(
                    "`{entry}`, recorded for host `{}` of address group {}, is no address",
                    host.name, group.name
                ));
            };
            if !found.contains(address) {
                found.push(*address);
            }
        }
    }
    for inner in &group.groups {
        add_members(configuration, inner, path, found)?;
    }
    path.pop();
    Ok(())
}

/// The value of a field, or why the row cannot be written.
fn typed<'e, T: std::fmt::Display>(
    entry: &'e Entry<T>,
    origin: impl FnOnce() -> Origin,
    expanded: &Expanded<'_>,
    what: &str,
) -> Result<&'e T, Unwritten> {
    entry.value().ok_or_else(|| Unwritten {
        origin: origin(),
        reason: format!(
            "rule {} row {}: `{entry}` is no {what}",
            expanded.rule_name, expanded.number
        ),
    })
}

fn address_text(address: Address) -> String {
    match address {
        Address::AllV4 => "0.0.0.0/0".to_owned(),
        Address::AllV6 => "::/0".to_owned(),
        other => other.to_string(),
    }
}

fn member(address: Address, tag: Tag) -> Block {
    let (def, keyword) = match address {
        Address::One(_) => (&table::IP_ADDR, "Addr"),
        Address::Range(..) => (&table::IP_ADDR_SET, "Range"),
        Address::Prefix(..) | Address::AllV4 | Address::AllV6 | Address::All => {
            (&table::IP_ADDR_SET, "Prefix")
        }
    };
    let mut block = Block::new(def);
    block.line(keyword, address_text(address), tag);
    block
}

/// `IpTimeCondition`; `None` when every part is open.
pub(super) fn time_condition(times: &EffectiveTimes, tag: Tag) -> Option<Block> {
    let mut block = Block::new(&table::IP_TIME_CONDITION);
    if !times.period.is_empty() {
        block.line("ConditionTimeRange", times.period.clone(), tag);
    }
    if !times.months.is_empty() {
        block.line("MonthOfYearMask", mask(&times.months, 1, 12), tag);
    }
    match (
        times.days_of_month.is_empty(),
        times.days_from_last.is_empty(),
    ) {
        (true, true) => {}
        (false, true) => block.line("DayOfMonthMask", mask(&times.days_of_month, 1, 31), tag),
        (_, false) => {
            let both = mask(&times.days_of_month, 1, 31) + &mask(&times.days_from_last, 1, 31);
            block.line("DayOfMonthMask", both, tag);
        }
    }
    if !times.days_of_week.is_empty() {
        block.line("DayOfWeekMask", mask(&times.days_of_week, 0, 6), tag);
    }
    if !times.time_of_day.is_empty() {
        block.line("TimeOfDayRange", times.time_of_day.clone(), tag);
    }
    (!block.is_empty()).then_some(block)
}

/// One digit for each number from `first` to `last`: 1 where it is among `chosen`.
fn mask(chosen: &[u8], first: u8, last: u8) -> String {
    (first..=last)
        .map(|number| if chosen.contains(&number) { '1' } else { '0' })
        .collect()
}
