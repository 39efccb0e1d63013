//! Job names and user ids in lower case.

use std::collections::BTreeMap;

use super::keyring::owner;
use super::placeholder::is_placeholder;
use super::{Check, Known, Look, Report, Walk};
use crate::finding::{Page, Severity, Suggestion};
use crate::policy::table::{Kind, TextForm};
use crate::policy::{Attribute, Part, Tag};

pub static CHECK: Check = Check {
    pages: &[&LOWER_CASE],
    look: Look::Each(|_| Box::new(Letters::default())),
};

static LOWER_CASE: Page = Page {
    code: "AT236",
    name: "lower-case-id",
    severity: Severity::Info,
    message: "`{value}` is not in upper case, as all {what} are",
    help: "write `{meant}`",
    why: "z/OS has job names and user ids in upper case only. Whether the stack turns these letters into capitals before it compares or looks up is not documented; where it does not, the name fits nothing.",
};

/// So many further places are pointed at.
const RELATED: usize = 5;

/// The places of each value that is not in upper case, and what it is.
#[derive(Default)]
struct Letters<'p>(BTreeMap<(&'p str, &'static str), Vec<Tag>>);

impl<'p> Walk<'p> for Letters<'p> {
    fn statement(&mut self, known: &Known<'p>, _: &mut Report<'p>) {
        for attribute in known.statement.attributes() {
            let Some((id, what)) = id(attribute) else {
                continue;
            };
            let lower = id.bytes().any(|byte| byte.is_ascii_lowercase());
            if lower && !is_placeholder(attribute.value()) {
                let key = (attribute.value(), what);
                self.0.entry(key).or_default().push(attribute.tag);
            }
        }
    }

    fn end(&mut self, report: &mut Report<'p>) {
        let mut found: Vec<_> = std::mem::take(&mut self.0).into_iter().collect();
        found.sort_by_key(|(_, tags)| tags.first().copied());
        for ((value, what), tags) in found {
            let (first, rest) = match tags.split_first() {
                Some((first, rest)) => (*first, rest),
                None => continue,
            };
            let meant = upper(value, what);
            let mut finding = report
                .at(&LOWER_CASE, first, Part::Value)
                .fact("value", value)
                .fact("what", what)
                .fact("meant", &meant)
                .suggest(Some(Suggestion {
                    text: meant,
                    safe: true,
                }));
            for tag in rest.iter().take(RELATED) {
                finding = finding.related(report.at.place(*tag, Part::Value), "and here");
            }
            report.push(finding);
        }
    }
}

const OWNERS: &str = "owners of key rings";

/// The id in a value, and what it is.
fn id(attribute: &Attribute) -> Option<(&str, &'static str)> {
    let row = attribute.def()?;
    match row.kind {
        Kind::Wildcard8 if row.name == "Jobname" => Some((attribute.value(), "job names")),
        Kind::Wildcard8 => Some((attribute.value(), "user ids")),
        Kind::Text {
            form: TextForm::Keyring,
            ..
        } => Some((owner(attribute.value())?, OWNERS)),
        _ => None,
    }
}

fn upper(value: &str, what: &str) -> String {
    let length = match what {
        OWNERS => owner(value).map_or(0, str::len),
        _ => value.len(),
    };
    let (id, rest) = value.split_at(length);
    id.to_ascii_uppercase() + rest
}
