//! What becomes of each statement that was read for a stack: nothing is skipped in silence.

use std::collections::HashMap;

use super::Checked;
use super::dangling_reference::used;
use crate::finding::{Finding, Place, Severity};
use crate::policy::table::TTLS_RULE;
use crate::policy::{Locate, Part, ResolvedStack, Statement, Tag};

/// What becomes of a statement.
#[derive(Clone, Debug)]
pub enum Fate<'a> {
    /// A rule, or something refers to it.
    Used,
    /// Another statement of its name follows, which has this tag.
    Overridden(Tag),
    /// Nothing refers to it.
    Unused,
    /// It holds an error, after which the Policy Agent takes over nothing of the stack's files.
    Refused(&'a Finding),
}

/// The statements of a stack in the order in which they were read, and what becomes of each.
pub fn account<'a>(
    checked: &'a Checked,
    stack: &'a ResolvedStack,
) -> Vec<(&'a Statement, Fate<'a>)> {
    let statements = &stack.policy.statements;
    let refused = refused(checked, stack);
    let used = used(&stack.policy);
    let key = |statement: &'a Statement| Some((statement.def()?.name, statement.name_str()?));
    // Of several statements of one name the last counts.
    let last: HashMap<_, _> = statements
        .iter()
        .filter_map(|statement| Some((key(statement)?, statement.tag)))
        .collect();
    let fate = |statement: &'a Statement| {
        if let Some(finding) = refused.get(&statement.tag) {
            return Fate::Refused(finding);
        }
        let Some(key) = key(statement) else {
            return Fate::Unused;
        };
        match last.get(&key) {
            Some(last) if *last != statement.tag => Fate::Overridden(*last),
            _ if key.0 == TTLS_RULE.name || used.contains(&key) => Fate::Used,
            _ => Fate::Unused,
        }
    };
    let fates = statements.iter().map(|one| (one, fate(one)));
    fates.collect()
}

/// The first error in each statement.
fn refused<'a>(checked: &'a Checked, stack: &ResolvedStack) -> HashMap<Tag, &'a Finding> {
    let mut starts: Vec<(String, usize, Tag)> = Vec::new();
    for statement in &stack.policy.statements {
        if let Place::Text { file, start, .. } = stack.origins.place(statement.tag, Part::Keyword) {
            starts.push((file, start, statement.tag));
        }
    }
    starts.sort();
    let mut refused = HashMap::new();
    for finding in &checked.findings {
        let Place::Text { file, start, .. } = &finding.place else {
            continue;
        };
        if finding.page.severity != Severity::Error {
            continue;
        }
        let place = (file.as_str(), *start);
        let after = starts.partition_point(|(file, start, _)| (file.as_str(), *start) <= place);
        let around = after.checked_sub(1).and_then(|at| starts.get(at));
        if let Some((_, _, tag)) = around.filter(|(own, ..)| own == file) {
            refused.entry(*tag).or_insert(finding);
        }
    }
    refused
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check_file;
    use crate::policy::{Files, Release};

    struct One(&'static str);

    impl Files for One {
        fn read(&self, _: &str) -> Result<Vec<u8>, String> {
            Ok(self.0.as_bytes().to_vec())
        }
    }

    #[test]
    fn each_statement_has_its_fate() {
        let text =
            "TTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}
TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n}\nIpAddr B\n{\n Addr 10.1.1.2\n}
TTLSKeyringParms K\n{\n Keyring a/b\n KeyrinG2 x\n}\nNonsense\n";
        let checked = check_file("/p", &One(text), Release::default());
        let origins = &checked.stacks[0].origins;
        let line = |tag| origins.line(tag).map_or(0, |(_, line)| line);
        let fates: Vec<_> = account(&checked, &checked.stacks[0])
            .into_iter()
            .map(|(_, fate)| match fate {
                Fate::Used => "used".to_owned(),
                Fate::Overridden(tag) => {
                    format!("by line {}", line(tag))
                }
                Fate::Unused => "unused".to_owned(),
                Fate::Refused(finding) => finding.page.code.to_owned(),
            })
            .collect();
        assert_eq!(
            fates,
            ["by line 5", "used", "used", "unused", "AT002", "AT001"]
        );
    }
}
