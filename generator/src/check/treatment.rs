//! What a rule does with its connections, for the checks that ask what counts for it.
//!
//! Rules with the same three actions are treated alike, so each three are looked at once.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

use super::Report;
use crate::policy::effective::{Line, actions};
use crate::policy::table::lists::suites_in;
use crate::policy::table::suites::{CipherSuite, Fips, Protocol};
use crate::policy::table::{TTLS_ENVIRONMENT_ACTION, TTLS_RULE};
use crate::policy::{Attribute, Part, Policy, Statement, Tag, View};

/// What counts for the rules with certain three actions.
pub(super) struct Treatment<'p> {
    /// Of the first of the rules.
    view: View<'p>,
    pub environment: &'p Statement,
    /// The protocol versions that are on, oldest first.
    pub on: Vec<Protocol>,
    /// The cipher suites that are coded.
    pub suites: Vec<Suite<'p>>,
}

/// What counts is asked of the view.
impl<'p> Deref for Treatment<'p> {
    type Target = View<'p>;

    fn deref(&self) -> &View<'p> {
        &self.view
    }
}

/// One suite of a coded list.
#[derive(Clone, Copy)]
pub(super) struct Suite<'p> {
    pub suite: &'static CipherSuite,
    pub line: Line<'p>,
}

/// Calls `f` for each treatment by rules that protect.
pub(super) fn each<'p>(
    policy: &'p Policy,
    report: &mut Report<'p>,
    f: &mut dyn FnMut(&Treatment<'p>, &mut Report<'p>),
) {
    let (mut seen, mut read) = (HashSet::new(), HashMap::new());
    for rule in policy.of(&TTLS_RULE) {
        let actions = actions(rule);
        if !seen.insert(actions) {
            continue;
        }
        // AT015 and AT210 report an environment that is not there.
        let environment =
            actions[1].and_then(|name| report.named.find(&TTLS_ENVIRONMENT_ACTION, name));
        let Some(environment) = environment else {
            continue;
        };
        if report.named.protects(rule) == Some(true) {
            let treatment = Treatment::new(rule, environment, report, &mut read);
            f(&treatment, report);
        }
    }
}

type Read<'p> = HashMap<(&'static str, &'p str), Rc<[&'static CipherSuite]>>;

impl<'p> Treatment<'p> {
    fn new(
        rule: &'p Statement,
        environment: &'p Statement,
        report: &Report<'p>,
        read: &mut Read<'p>,
    ) -> Self {
        let view = View::of(report.named, rule, report.release);
        let mut suites = Vec::new();
        let old = view.said("V2CipherSuites").iter().copied();
        for line in old.chain(view.suite_lines()) {
            let found = read
                .entry((line.row().name, line.attribute.value()))
                .or_insert_with(|| suites_of(line.attribute).into());
            suites.extend(found.iter().map(|suite| Suite { suite, line }));
        }
        Self {
            environment,
            on: view.versions(),
            suites,
            view,
        }
    }

    /// Whether connections are in FIPS mode.
    pub fn is_fips(&self) -> bool {
        self.is_asked("FIPS140")
    }

    /// Whether a suite can be negotiated.
    pub fn can_use(&self, suite: &CipherSuite) -> bool {
        let works = self.on.iter().any(|version| suite.works_with(*version));
        works && !(self.is_fips() && suite.fips == Fips::No)
    }

    /// Where the protocol versions are to be written: where others of them stand, or in the environment
    /// action.
    pub fn home(&self) -> (Tag, Part) {
        let mut all = Protocol::ALL.iter().rev();
        let line = all.find_map(|version| self.said(version.attribute()).first());
        let block = line.map_or(self.environment, |line| line.block);
        match block.name {
            Some(_) => (block.tag, Part::Value),
            None => (block.tag, Part::Keyword),
        }
    }

    /// The same number for what treats connections alike: what is not said, and what is only for who reads
    /// traces, left out.
    pub fn print(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for line in self.lines() {
            let (row, value) = (line.row(), line.attribute.value());
            let default = row.default_in(self.release).unwrap_or_default();
            let aside = row.name.ends_with("UserInstance") || row.name.contains("Trace");
            if !aside && !value.eq_ignore_ascii_case(default) {
                (row.name, value).hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}

/// The suites that take effect of a line of a list.
pub(super) fn suites_of(attribute: &Attribute) -> Vec<&'static CipherSuite> {
    let kind = attribute.def().map(|row| row.kind);
    kind.map_or_else(Vec::new, |kind| suites_in(kind, attribute.value()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{lower, parse};

    #[test]
    fn a_line_of_codes_names_each_suite() {
        for (line, expected) in [
            ("V3CipherSuites4Char 1301C02F", "1301 C02F"),
            ("V3CipherSuites 352f", "0035 002F"),
            (
                "V3CipherSuites TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                "C02F",
            ),
            ("V2CipherSuites 17", "1 7"),
            ("V3CipherSuites4Char 13", ""),
            ("V3CipherSuites äöü", ""),
            ("Trace 13", ""),
        ] {
            let text = format!("TTLSCipherParms A\n{{\n {line}\n}}\n");
            let policy = lower(&parse(text.as_bytes()), "p").policy;
            let attribute = policy.statements[0].attributes().next();
            let codes = attribute.map_or(Vec::new(), suites_of);
            let codes: Vec<_> = codes.iter().map(|suite| suite.code).collect();
            assert_eq!(codes.join(" "), expected);
        }
    }
}
