//! What is coded and does nothing, for any of the rules that it is for.
//!
//! A block is often shared, and one rule's idle line is another's protection. So each check marks what it
//! looks at as used or not, and only what nobody uses is said, together for each block.

use std::collections::BTreeMap;

use super::treatment::Treatment;
use super::words::and;
use super::{Check, Look, Report};
use crate::finding::Page;
use crate::policy::effective::Line;
use crate::policy::{Part, Policy, Tag};

/// Says what other checks marked.
pub static CHECK: Check = Check {
    pages: &[],
    look: Look::Policy(run),
};

/// So many further lines are pointed at.
const RELATED: usize = 5;

/// What was marked so far: a line, and what of it is meant, the attribute itself or a suite in its value.
/// `None`: somebody uses it.
#[derive(Default)]
pub(super) struct Idle(BTreeMap<(Tag, &'static str), Option<Mark>>);

struct Mark {
    page: &'static Page,
    fact: String,
    /// The block that it stands in.
    block: Tag,
}

impl Idle {
    pub fn used(&mut self, line: &Line<'_>, item: &'static str) {
        self.0.insert((line.attribute.tag, item), None);
    }

    /// One rule does not use it, because of a fact that its page names.
    pub fn unused(
        &mut self,
        line: &Line<'_>,
        item: &'static str,
        page: &'static Page,
        fact: &dyn Fn() -> String,
    ) {
        let key = (line.attribute.tag, item);
        self.0.entry(key).or_insert_with(|| {
            Some(Mark {
                page,
                fact: fact(),
                block: line.block.tag,
            })
        });
    }

    /// Nothing is known of what this rule does not use.
    pub fn all_used(&mut self, treatment: &Treatment<'_>) {
        for line in treatment.lines() {
            self.used(line, line.row().name);
        }
        for one in &treatment.suites {
            self.used(&one.line, one.suite.name);
        }
    }
}

/// Of which things one thing is said: the block, the code and the fact.
type Group<'a> = (Tag, &'static str, &'a str);

/// The things, with one of their marks.
type Items<'a> = (&'a Mark, Vec<(Tag, &'a str)>);

fn run(_: &Policy, report: &mut Report<'_>) {
    let marks = std::mem::take(&mut report.idle.0);
    let mut groups: BTreeMap<Group<'_>, Items<'_>> = BTreeMap::new();
    for ((tag, item), mark) in &marks {
        let Some(mark) = mark else { continue };
        let group = (mark.block, mark.page.code, mark.fact.as_str());
        let (_, items) = groups.entry(group).or_insert_with(|| (mark, Vec::new()));
        items.push((*tag, item));
    }
    for (mark, items) in groups.into_values() {
        let mut names: Vec<_> = items.iter().map(|(_, item)| name(item)).collect();
        names.dedup();
        let mut tags: Vec<_> = items.iter().map(|(tag, _)| *tag).collect();
        tags.dedup();
        let mut finding = report
            .at(mark.page, tags[0], Part::Keyword)
            .fact("items", and(&names))
            .fact("fact", &mark.fact);
        for tag in tags.iter().skip(1).take(RELATED) {
            let place = report.at.place(*tag, Part::Keyword);
            finding = finding.related(place, "and this");
        }
        report.push(finding);
    }
}

/// Suites stand in messages as they are, and words of the file in backticks.
fn name(item: &str) -> String {
    let is_suite = item.starts_with("TLS_");
    if is_suite {
        item.to_owned()
    } else {
        format!("`{item}`")
    }
}
