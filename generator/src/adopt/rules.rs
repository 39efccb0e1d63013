//! The rules of a policy, read for what objects hold of them.

use std::collections::HashMap;
use std::rc::Rc;

use crate::finding::Place;
use crate::objects::values::{NameMask, Ports};
use crate::objects::{Direction, EffectiveTimes, Entry, HandshakeRole, Layout, TrafficRow};
use crate::policy::model::{Body, Comment, Item, Policy, Statement};
use crate::policy::table::{
    Kind, TTLS_CONNECTION_ACTION, TTLS_ENVIRONMENT_ACTION, TTLS_GROUP_ACTION,
    TTLS_GROUP_ADVANCED_PARMS, TTLS_RULE,
};
use crate::policy::{Attribute, Locate, Named, Origins, Part, Release, Tag, lookup};

use super::conditions::{self, End, Times};
use super::names::{Parts, full_name, legal, numbered};
use super::parameters::{Treatment, treatment};
use super::report::{Entry as Line, What};

/// One `TTLSRule`.
pub(super) struct Found<'p> {
    pub statement: &'p Statement,
    /// Of the connectivity rule that it is a row of, and which row.
    pub name: &'p str,
    pub number: Option<usize>,
    pub local: End<'p>,
    pub remote: End<'p>,
    pub ports: Vec<(Ports, Ports)>,
    pub direction: Direction,
    pub job: Entry<NameMask>,
    pub user: Entry<NameMask>,
    pub times: Times,
    pub treatment: Rc<Treatment>,
    /// What the key ring is named after.
    pub ring: Option<&'p str>,
    /// What the traffic descriptor and the level may be called.
    pub traffic: &'p str,
    pub level: &'p str,
    /// What the comments say of the rule, and of its actions.
    pub about: String,
    pub about_level: String,
}

/// How the writer of a policy lays it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    pub layout: Layout,
    /// Values are written that equal their default.
    pub write_defaults: bool,
}

/// Reads the rules in search order; what cannot be read is said in the report.
pub(super) struct Reader<'p> {
    policy: &'p Policy,
    named: Named<'p>,
    origins: &'p Origins,
    release: Release,
    pub style: Style,
    /// By the names of group, environment and connection action.
    treatments: HashMap<[Option<&'p str>; 3], Rc<Treatment>>,
    pub report: Vec<Line>,
}

impl<'p> Reader<'p> {
    pub fn new(policy: &'p Policy, origins: &'p Origins, release: Release) -> Self {
        Self {
            policy,
            named: Named::of(policy),
            origins,
            release,
            style: style(policy),
            treatments: HashMap::new(),
            report: Vec::new(),
        }
    }

    pub fn rules(&mut self) -> Vec<Found<'p>> {
        let rules = lookup::rules(self.policy).into_iter();
        let rules = rules.map(|rule| rule.statement);
        rules
            .filter_map(|rule| match self.rule(rule) {
                Ok(found) => Some(found),
                Err(reason) => {
                    let name = rule.name_str().unwrap_or_default();
                    let text = format!("rule `{name}`: {reason}");
                    self.say(What::LeftOut, rule.tag, text);
                    None
                }
            })
            .collect()
    }

    pub fn say(&mut self, what: What, tag: Tag, text: String) {
        let place = self.place(tag);
        self.report.push(Line {
            what,
            place,
            text,
            object: None,
        });
    }

    pub fn place(&self, tag: Tag) -> Place {
        self.origins.place(tag, Part::Keyword)
    }

    fn rule(&mut self, statement: &'p Statement) -> Result<Found<'p>, &'static str> {
        let named = &self.named;
        let protects = named.protects(statement);
        let protect = protects.ok_or("no group action says whether it protects")?;
        let actions = ACTIONS.map(|(reference, def)| {
            let name = statement.value(reference)?;
            named.find(def, name)
        });
        if protect && actions[1].is_none() {
            return Err("it protects, and names no environment action that there is");
        }
        let local = conditions::end(named, statement, "Local").ok_or(NO_ADDRESSES)?;
        let remote = conditions::end(named, statement, "Remote").ok_or(NO_ADDRESSES)?;
        let local_ports = conditions::ports(named, statement, "Local").ok_or(NO_PORTS)?;
        let remote_ports = conditions::ports(named, statement, "Remote").ok_or(NO_PORTS)?;
        let ports = conditions::pairs(&local_ports, &remote_ports).ok_or(MANY_PORTS)?;
        let times = conditions::times(named, statement).ok_or(NO_TIMES)?;
        let (name, number) = numbered(full_name(statement));
        let (traffic, level) = match protect {
            true => self.wishes(name, &actions),
            false => (name, "Clear_Text"),
        };
        Ok(Found {
            statement,
            name,
            number,
            local,
            remote,
            ports,
            direction: conditions::direction(statement),
            job: Entry::read(statement.value("Jobname").unwrap_or("")),
            user: Entry::read(statement.value("Userid").unwrap_or("")),
            times,
            about: about([Some(statement), actions[2]].into_iter().flatten()),
            about_level: about(actions[..2].iter().flatten().copied()),
            treatment: self.treatment(statement, protect),
            ring: actions[1].and_then(|environment| self.ring_of(environment)),
            traffic,
            level,
        })
    }

    /// What the objects behind a rule's actions are called.
    fn wishes(&self, rule: &'p str, actions: &[Option<&'p Statement>; 3]) -> (&'p str, &'p str) {
        let [_, environment, connection] = *actions;
        let Some(environment) = environment else {
            return (rule, rule);
        };
        let name = full_name(environment);
        let parts = Parts::of(name).map(|parts| parts.objects);
        match parts.as_deref() {
            Some([traffic]) => {
                let actions = [connection, Some(environment)].into_iter().flatten();
                let mut attributes = actions.flat_map(Statement::attributes);
                let level = attributes.find_map(|attribute| self.level_of(attribute));
                (traffic, level.unwrap_or(name))
            }
            Some([traffic, level, ..]) => (traffic, level),
            _ => (rule, name),
        }
    }

    /// `TTLSCipherParmsRef cipher1~GOLD` names the level.
    fn level_of(&self, attribute: &Attribute) -> Option<&'p str> {
        const OF_LEVELS: [&str; 4] = [
            "TTLSCipherParmsRef",
            "TTLSSignatureParmsRef",
            "TTLSEnvironmentAdvancedParmsRef",
            "TTLSGskAdvancedParmsRef",
        ];
        let is_of_level = OF_LEVELS.contains(&attribute.name());
        let parts = Parts::of(full_name(self.target(attribute)?)).filter(|_| is_of_level)?;
        match parts.objects[..] {
            [level] => Some(level),
            _ => None,
        }
    }

    /// `TTLSKeyringParmsRef keyR~MVSA` names the image.
    fn ring_of(&self, environment: &Statement) -> Option<&'p str> {
        let named = environment.values("TTLSKeyringParmsRef").last()?;
        let parts = Parts::of(full_name(self.target(named)?))?;
        parts.objects.first().copied()
    }

    fn treatment(&mut self, rule: &'p Statement, protect: bool) -> Rc<Treatment> {
        let key = ACTIONS.map(|(reference, _)| rule.value(reference));
        if let Some(known) = self.treatments.get(&key) {
            return Rc::clone(known);
        }
        let parameters = self.named.effective(rule, self.release);
        let explicit = self.style.layout == Layout::Compatible || self.style.write_defaults;
        let made = treatment(&parameters, protect, self.style.layout, explicit);
        for (tag, text) in &made.left_out {
            self.say(What::LeftOut, *tag, text.clone());
        }
        let made = Rc::new(made);
        self.treatments.insert(key, Rc::clone(&made));
        made
    }

    /// Every statement that the rules use, by tag.
    pub fn used(&self, rules: &[Found<'p>]) -> std::collections::HashSet<Tag> {
        let mut used = std::collections::HashSet::new();
        let mut open: Vec<_> = rules.iter().map(|found| found.statement).collect();
        while let Some(statement) = open.pop() {
            for item in statement.items() {
                match item {
                    Item::Block(block) => open.push(block),
                    Item::Attribute(attribute) => {
                        let target = self.target(attribute);
                        open.extend(target.filter(|target| used.insert(target.tag)));
                    }
                }
            }
        }
        used.extend(rules.iter().map(|found| found.statement.tag));
        used
    }

    fn target(&self, attribute: &Attribute) -> Option<&'p Statement> {
        let Kind::Ref(target) = attribute.def()?.kind else {
            return None;
        };
        let def = crate::policy::table::statement(target)?;
        self.named.find(def, attribute.value())
    }
}

const ACTIONS: [(&str, &crate::policy::table::StatementDef); 3] = [
    ("TTLSGroupActionRef", &TTLS_GROUP_ACTION),
    ("TTLSEnvironmentActionRef", &TTLS_ENVIRONMENT_ACTION),
    ("TTLSConnectionActionRef", &TTLS_CONNECTION_ACTION),
];

const NO_ADDRESSES: &str = "its addresses cannot be read";
const NO_PORTS: &str = "its ports cannot be read";
const MANY_PORTS: &str = "its port groups have more pairs of ports than a descriptor takes";
const NO_TIMES: &str = "its time conditions cannot be read";

/// The layout, by the names that Gatehouse and NCA give.
fn style(policy: &Policy) -> Style {
    let own = |statement: &Statement| Some(Parts::of(statement.name_str()?)?.layout());
    let mut groups = policy.of(&TTLS_GROUP_ACTION).filter_map(own);
    let layout = groups.next();
    let write_defaults = match layout {
        None => false,
        // What is left out otherwise.
        Some(Layout::Compact) => {
            let explicit = |rule: &Statement| {
                let mut conditions = ["Jobname", "Userid"].into_iter();
                conditions.all(|name| rule.value(name).is_some())
            };
            let mut groups = policy.of(&TTLS_GROUP_ACTION);
            policy.of(&TTLS_RULE).all(explicit)
                && groups.all(|action| action.value("Trace").is_some())
        }
        Some(Layout::Compatible) => {
            let mut advanced = policy.of(&TTLS_GROUP_ADVANCED_PARMS);
            advanced.any(|parms| parms.value("SyslogFacility") == Some("Daemon"))
        }
    };
    Style {
        layout: layout.unwrap_or_default(),
        write_defaults,
    }
}

/// The comments of statements as a description; of lines that only decorate nothing.
pub(super) fn about<'p>(statements: impl Iterator<Item = &'p Statement>) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for statement in statements {
        let mut comments = Vec::new();
        comments_of(statement, &mut comments);
        for comment in comments {
            let text = comment.as_str().trim();
            let says = text.chars().any(char::is_alphanumeric);
            let is_name = text == full_name(statement);
            if says && !is_name && !lines.contains(&text) {
                lines.push(text);
            }
        }
    }
    lines.join("\n")
}

pub(super) fn comments_of<'p>(statement: &'p Statement, all: &mut Vec<&'p Comment>) {
    all.extend(&statement.comments);
    if let Body::Block { items, trailing } = &statement.body {
        for item in items {
            match item {
                Item::Attribute(attribute) => all.extend(&attribute.comments),
                // The reader bounds the nesting.
                Item::Block(block) => comments_of(block, all),
            }
        }
        all.extend(trailing);
    }
}

impl Found<'_> {
    /// The rows of a traffic descriptor that this is, one for each pair of ports.
    pub fn rows(&self) -> impl Iterator<Item = TrafficRow> {
        let role = match self.treatment.row.role {
            // The level says that it asks for certificates.
            Some(HandshakeRole::ServerWithClientAuth) => Some(HandshakeRole::Server),
            role => role,
        };
        self.ports.iter().map(move |(local, remote)| {
            let mut row = TrafficRow {
                local_port: Entry::Value(*local),
                remote_port: Entry::Value(*remote),
                direction: self.direction,
                jobname: self.job.clone(),
                userid: self.user.clone(),
                role: None,
                ..self.treatment.row.clone()
            };
            row.role = role.filter(|role| *role != row.effective_role());
            row
        })
    }

    /// Whether this is the next row of the rule that the other one is a row of.
    pub fn follows(&self, other: &Self) -> bool {
        let next = |one: Option<usize>, two: Option<usize>| {
            one.zip(two).is_some_and(|(one, two)| two == one + 1)
        };
        let said = |found: &Self| {
            let treatment = &found.treatment;
            (
                treatment.own_trace,
                treatment.own_trace_clear_text,
                treatment.trace,
                treatment.trace_clear_text,
                treatment.facility,
            )
        };
        self.name == other.name
            && next(other.number, self.number)
            && self.local == other.local
            && self.remote == other.remote
            && self.times == other.times
            && said(self) == said(other)
            && self.treatment.settings == other.treatment.settings
    }

    /// The times that rules are made for: one rule, unless several conditions are named.
    pub fn times(&self) -> Vec<Option<EffectiveTimes>> {
        match &self.times {
            Times::Always => vec![None],
            Times::During(all) => all.iter().cloned().map(Some).collect(),
        }
    }

    pub fn rule_name(&self) -> String {
        legal(self.name)
    }
}

/// Whether a statement is a rule.
pub(super) fn is_rule(statement: &Statement) -> bool {
    statement.def() == Some(&TTLS_RULE)
}
