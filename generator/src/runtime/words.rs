//! Statements and attributes of the policy language, as the table has them.

use super::codes::codes;
use super::{Explanation, Fact, Kind as Subject, Parameter};
use crate::policy::Release;
use crate::policy::table::lines::{LineDef, line, lines};
use crate::policy::table::{
    AttributeDef, Certainty, Kind, NO_LIMIT, StatementDef, statement, statements,
};

/// What the table says of a name, in any case.
pub(super) fn word(name: &str) -> Option<Explanation> {
    if let Some(def) = statement(name) {
        return Some(of_statement(def));
    }
    if let Some(def) = line(name) {
        return Some(of_line(def));
    }
    let places = places(name);
    let (_, row) = places.first()?;
    Some(of_attribute(row, &places))
}

/// The statements that have an attribute, each with its row.
fn places(name: &str) -> Vec<(&'static StatementDef, &'static AttributeDef)> {
    let all = statements().iter();
    all.filter_map(|def| Some((*def, def.attribute(name)?)))
        .collect()
}

/// The rows of an attribute as statement and attribute.
pub(super) fn parameters(names: &[&'static str]) -> Vec<Parameter> {
    let rows = names.iter().flat_map(|name| places(name));
    let rows = rows.map(|(def, row)| Parameter {
        statement: def.name,
        attribute: row.name,
    });
    rows.collect()
}

/// Every name of the table.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let of = |def: &&'static StatementDef| {
        let attributes = def.attributes.iter().map(|row| row.name);
        std::iter::once(def.name).chain(attributes)
    };
    let lines = lines().iter().map(|def| def.name);
    statements().iter().flat_map(of).chain(lines)
}

fn of_statement(def: &'static StatementDef) -> Explanation {
    let mut facts = vec![fact("since", format!("z/OS {}", def.since))];
    if !def.inline_in.is_empty() {
        facts.push(fact("may stand in", def.inline_in.join(", ")));
    }
    let names: Vec<_> = def.attributes.iter().map(|row| row.name).collect();
    facts.push(fact("attributes", names.join(", ")));
    Explanation {
        unsure: def.certainty == Certainty::Unconfirmed,
        facts,
        evidence: def.source,
        ..Explanation::new(Subject::Statement, def.name, def.help)
    }
}

fn of_line(def: &'static LineDef) -> Explanation {
    let mut facts = vec![fact("written", format!("{} {}", def.name, def.syntax))];
    if !def.synonyms.is_empty() {
        facts.push(fact("also", def.synonyms.join(", ")));
    }
    Explanation {
        facts,
        ..Explanation::new(Subject::Statement, def.name, def.help)
    }
}

fn of_attribute(
    row: &'static AttributeDef,
    places: &[(&'static StatementDef, &'static AttributeDef)],
) -> Explanation {
    let mut facts = Vec::new();
    let mut before = None;
    for (def, row) in places {
        let mut words = vec![values(row)];
        let default = row.default_words(Release::ALL[0]);
        if !default.is_empty() {
            words.push(format!("default {default}"));
        }
        if row.since > Release::ALL[0] {
            words.push(format!("since z/OS {}", row.since));
        }
        let doubts = [row.certainty, row.existence, row.default_certainty];
        if doubts.contains(&Certainty::Unconfirmed) {
            words.push("not confirmed in every part".to_owned());
        }
        let words = words.join("; ");
        let shown = match before.as_ref() == Some(&words) {
            true => "the same".to_owned(),
            false => words.clone(),
        };
        before = Some(words);
        facts.push(Fact {
            name: def.name.to_owned(),
            words: shown,
        });
    }
    let has = |attributes: &[&str]| {
        attributes
            .iter()
            .any(|name| name.eq_ignore_ascii_case(row.name))
    };
    let related = codes().filter(|code| has(code.attributes));
    Explanation {
        title: row.label.to_owned(),
        unsure: places
            .iter()
            .all(|(_, row)| row.existence == Certainty::Unconfirmed),
        facts,
        related: related.map(super::CodeDef::title).collect(),
        evidence: row.source,
        ..Explanation::new(Subject::Attribute, row.name, row.help)
    }
}

fn fact(name: &str, words: String) -> Fact {
    Fact {
        name: name.to_owned(),
        words,
    }
}

/// Which values a row takes, in a few words.
fn values(row: &AttributeDef) -> String {
    let unit = row.unit.map_or_else(String::new, |unit| format!(" {unit}"));
    let words = match &row.kind {
        Kind::Flag => "On or Off".to_owned(),
        Kind::Enum(words) => words.join(", "),
        Kind::Int { min, max } => format!("{min} to {max}{unit}"),
        Kind::Text { max: NO_LIMIT, .. } => "text".to_owned(),
        Kind::Text { max, .. } => format!("text of at most {max} characters"),
        Kind::Address => "an address, a prefix, a range or All".to_owned(),
        Kind::SingleAddress => "an address".to_owned(),
        Kind::AddressPrefix => "an address with the length of its prefix".to_owned(),
        Kind::AddressRange => "two addresses with a hyphen".to_owned(),
        Kind::Ports { .. } => "a port, or two of a range".to_owned(),
        Kind::Wildcard8 => "at most 8 characters, with an asterisk for any ending".to_owned(),
        Kind::Ref(target) => format!("the name of a {target} statement"),
        Kind::Inline(target) => format!("a block of {target}"),
        Kind::Suites(_) => "cipher suites, by name or code".to_owned(),
        Kind::Curves(_) => "curves, by their codes of four digits".to_owned(),
        Kind::SignaturePairs { .. } => "signature pairs, by their codes of four digits".to_owned(),
        Kind::Mask { .. } => "zeros and ones".to_owned(),
        Kind::TimeRange => "two times, yyyymmddhhmmss:yyyymmddhhmmss".to_owned(),
        Kind::TimeOfDay => "two times of day, hh:mm-hh:mm".to_owned(),
    };
    match row.kind.examples().first() {
        Some(example) => format!("{words}, such as {example}"),
        None => words,
    }
}
