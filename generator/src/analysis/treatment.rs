//! What a rule does to its connections, so that two rules can be compared by it.
//!
//! Two rules treat connections alike when both leave them in the clear, or when both protect them and every
//! parameter in effect has the same value. Names of actions, and the scope at which a value is coded, do
//! not count; nor do the instance numbers, which only ask for a new environment.

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use crate::policy::effective::{Actions, Parameter, SUITES, actions};
use crate::policy::table::lists::{CodeList, suites_of_line};
use crate::policy::table::suites::default_suites;
use crate::policy::table::{AttributeDef, Kind, Repeat};
use crate::policy::{Named, Policy, Release, Statement, Tag};

/// What happens to a connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Treatment {
    pub protection: Protection,
    /// In the order of the table; nothing where TLS is off.
    pub settings: Vec<Setting>,
}

/// Whether a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protection {
    /// No rule applies, or its group action says `TTLSEnabled Off`.
    Clear,
    Tls,
    /// The group action of the rule is missing, or says neither `On` nor `Off`.
    Unreadable,
}

/// A parameter in effect.
#[derive(Clone, Debug)]
pub struct Setting {
    pub row: &'static AttributeDef,
    /// As the table writes them, so that equal values are equal texts; several of a list.
    pub values: Vec<String>,
    /// Where it is coded; [`Tag::NONE`]: it is the default.
    pub tag: Tag,
}

/// One parameter that differs between two treatments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub parameter: &'static str,
    /// Nothing where there is no value and no default that is known.
    pub before: Vec<String>,
    pub after: Vec<String>,
}

/// The name under which all suites of SSL V3 and later stand, however they are coded.
const LIST: &str = SUITES[0];

impl Treatment {
    /// Of a connection that no rule takes.
    pub const CLEAR: Self = Self {
        protection: Protection::Clear,
        settings: Vec::new(),
    };

    pub fn setting(&self, name: &str) -> Option<&Setting> {
        let mut settings = self.settings.iter();
        settings.find(|setting| setting.row.name.eq_ignore_ascii_case(name))
    }

    /// The only value of a parameter.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.setting(name)?.values.first().map(String::as_str)
    }

    /// Whether a parameter has this word, in any case.
    pub fn is(&self, name: &str, word: &str) -> bool {
        let value = self.value(name);
        value.is_some_and(|value| value.eq_ignore_ascii_case(word))
    }

    /// What is different in another treatment. Of one that is in the clear no parameters are named.
    pub fn changes(&self, after: &Self) -> Vec<Change> {
        if self.protection != after.protection {
            return vec![Change {
                parameter: "TTLSEnabled",
                before: vec![self.protection.to_string()],
                after: vec![after.protection.to_string()],
            }];
        }
        let values = |settings: &Self, name: &str| {
            let setting = settings.setting(name);
            setting.map_or_else(Vec::new, Setting::shown)
        };
        let only_after = after.settings.iter();
        let only_after = only_after.filter(|own| self.setting(own.row.name).is_none());
        let differs = |own: &&Setting| after.setting(own.row.name) != Some(*own);
        let names = self.settings.iter().filter(differs).chain(only_after);
        names
            .map(|setting| setting.row.name)
            .map(|parameter| Change {
                parameter,
                before: values(self, parameter),
                after: values(after, parameter),
            })
            .collect()
    }
}

impl Setting {
    /// The values as they may be shown.
    pub fn shown(&self) -> Vec<String> {
        match self.row.secret {
            true => vec!["********".to_owned()],
            false => self.values.clone(),
        }
    }
}

impl PartialEq for Setting {
    fn eq(&self, other: &Self) -> bool {
        self.row.name == other.row.name && self.values == other.values
    }
}

impl Eq for Setting {}

impl Hash for Setting {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.row.name, &self.values).hash(state);
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clear => "clear",
            Self::Tls => "TLS",
            Self::Unreadable => "unreadable",
        })
    }
}

impl fmt::Display for Change {
    /// `HandshakeTimeout 10 → 20`; of a list what went and what came.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            parameter,
            before,
            after,
        } = self;
        if *parameter == "TTLSEnabled" {
            return write!(f, "{} → {}", before.join(" "), after.join(" "));
        }
        if before.len() < 2 && after.len() < 2 {
            let word = |values: &[String]| {
                values
                    .first()
                    .cloned()
                    .unwrap_or_else(|| "nothing".to_owned())
            };
            let hidden = if before == after {
                " (another value)"
            } else {
                ""
            };
            return write!(f, "{parameter} {} → {}{hidden}", word(before), word(after));
        }
        let without = |one: &[String], other: &[String]| {
            let left = one.iter().filter(|value| !other.contains(value));
            left.cloned().collect::<Vec<_>>().join(" ")
        };
        let (gone, new) = (without(before, after), without(after, before));
        write!(f, "{parameter}")?;
        match (gone.is_empty(), new.is_empty()) {
            (true, true) => write!(f, " in another order"),
            (false, true) => write!(f, " without {gone}"),
            (true, false) => write!(f, " with {new}"),
            (false, false) => write!(f, " without {gone}, with {new}"),
        }
    }
}

/// The treatments of the rules of a policy. Rules with the same actions share one.
pub struct Treatments<'p> {
    named: Named<'p>,
    release: Release,
    known: HashMap<Actions<'p>, Rc<Treatment>>,
}

impl<'p> Treatments<'p> {
    pub fn of(policy: &'p Policy, release: Release) -> Self {
        Self {
            named: Named::of(policy),
            release,
            known: HashMap::new(),
        }
    }

    pub fn rule(&mut self, rule: &'p Statement) -> Rc<Treatment> {
        let actions = actions(rule);
        if let Some(known) = self.known.get(&actions) {
            return known.clone();
        }
        let treatment = Rc::new(self.made(rule));
        self.known.insert(actions, treatment.clone());
        treatment
    }

    fn made(&self, rule: &Statement) -> Treatment {
        let protection = match self.named.protects(rule) {
            Some(true) => Protection::Tls,
            Some(false) => return Treatment::CLEAR,
            None => Protection::Unreadable,
        };
        let mut parameters = self.named.effective(rule, self.release);
        let suites = suites(&parameters, self.release);
        parameters.retain(|one| !is_instance(one.row.name) && one.row.name != "TTLSEnabled");
        let mut settings: Vec<Setting> = parameters
            .iter()
            .filter(|one| !SUITES.contains(&one.row.name))
            .map(setting)
            .filter(|setting| !setting.values.is_empty())
            .collect();
        settings.extend(suites);
        Treatment {
            protection,
            settings,
        }
    }
}

/// Numbers whose change makes a new environment, and changes nothing else.
fn is_instance(name: &str) -> bool {
    name.ends_with("UserInstance")
}

fn setting(parameter: &Parameter<'_>) -> Setting {
    let said = parameter.said.iter().flat_map(|said| &said.attributes);
    let tag = said.clone().next().map_or(Tag::NONE, |one| one.tag);
    let row = parameter.row;
    let mut lines: Vec<&str> = said.map(|one| one.value()).collect();
    if row.repeat == Repeat::Once {
        // Of several the last counts.
        lines.drain(..lines.len().saturating_sub(1));
    }
    if lines.is_empty() {
        lines.extend(parameter.default);
    }
    // A keyword without a value says nothing.
    lines.retain(|line| !line.is_empty());
    let values = lines.into_iter().flat_map(|line| values(row, line));
    Setting {
        row,
        values: values.collect(),
        tag,
    }
}

/// A value as the table writes it: all spellings of one value become the same.
pub(super) fn values(row: &AttributeDef, line: &str) -> Vec<String> {
    if let Some(list) = CodeList::of(row) {
        let name = |code: String| list.code(&code).map_or(code, |known| known.name.to_owned());
        return list.split(line).into_iter().map(name).collect();
    }
    let text = match row.kind {
        Kind::Int { .. } => line
            .parse::<i64>()
            .map_or_else(|_| line.to_owned(), |number| number.to_string()),
        _ => row
            .canonical(line)
            .map_or_else(|| line.to_owned(), |word| word.into_owned()),
    };
    vec![text]
}

/// The suites of SSL V3 and later: those that are coded, else the list of System SSL.
fn suites(parameters: &[Parameter<'_>], release: Release) -> Option<Setting> {
    let lists = parameters
        .iter()
        .filter(|one| SUITES.contains(&one.row.name));
    let said = lists.filter_map(|one| Some((one.row, one.said.as_ref()?)));
    let row = crate::policy::table::TTLS_CIPHER_PARMS.attribute(LIST)?;
    let mut coded: Vec<_> = said
        .flat_map(|(row, said)| said.attributes.iter().map(move |one| (row, *one)))
        .collect();
    if coded.is_empty() {
        let names = default_suites(release).into_iter();
        let values = names.map(|suite| suite.name.to_owned()).collect();
        return Some(Setting {
            row,
            values,
            tag: Tag::NONE,
        });
    }
    // The two attributes make one list, in the order of their lines.
    coded.sort_by_key(|(_, one)| one.tag.0);
    let tag = coded.first().map_or(Tag::NONE, |(_, one)| one.tag);
    let values = coded
        .iter()
        .flat_map(|(row, one)| suite_names(row, one.value()));
    Some(Setting {
        row,
        values: values.collect(),
        tag,
    })
}

/// The suites of a line, by name: one name, or codes side by side.
pub(super) fn suite_names(row: &AttributeDef, line: &str) -> Vec<String> {
    let Kind::Suites(form) = row.kind else {
        return vec![line.to_owned()];
    };
    let suites = suites_of_line(line, form).into_iter();
    suites
        .map(|suite| suite.map_or_else(|text| text, |suite| suite.name.to_owned()))
        .collect()
}
