//! What a rule does with its connections, for the checks that ask what counts for it.
//!
//! Rules with the same three actions are treated alike, so each three are looked at once.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use super::Report;
use crate::policy::effective::{Coded, Line, parameter};
use crate::policy::table::curves::default_client_curves;
use crate::policy::table::lists::{CodeList, suites_of_line};
use crate::policy::table::suites::{CipherSuite, Fips, Protocol};
use crate::policy::table::{Kind, TTLS_ENVIRONMENT_ACTION, TTLS_RULE};
use crate::policy::{Attribute, Part, Policy, Release, Statement, Tag};

/// What counts for the rules with certain three actions.
pub(super) struct Treatment<'p> {
    /// The first of the rules.
    pub rule: &'p Statement,
    pub environment: &'p Statement,
    /// The protocol versions that are on, oldest first.
    pub on: Vec<Protocol>,
    /// The cipher suites that are coded.
    pub suites: Vec<Suite<'p>>,
    coded: Coded<'p>,
    release: Release,
}

/// One suite of a coded list.
#[derive(Clone, Copy)]
pub(super) struct Suite<'p> {
    pub suite: &'static CipherSuite,
    pub line: Line<'p>,
}

/// The names of a rule's group, environment and connection action.
pub(super) type Actions<'p> = [Option<&'p str>; 3];

pub(super) fn actions(rule: &Statement) -> Actions<'_> {
    [
        "TTLSGroupActionRef",
        "TTLSEnvironmentActionRef",
        "TTLSConnectionActionRef",
    ]
    .map(|reference| rule.value(reference))
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
        let coded = report.named.coded(rule);
        let mut suites = Vec::new();
        for name in ["V2CipherSuites", "V3CipherSuites", "V3CipherSuites4Char"] {
            for line in coded.said(name).0 {
                let found = read
                    .entry((name, line.attribute.value()))
                    .or_insert_with(|| suites_of(line.attribute).into());
                let line = *line;
                suites.extend(found.iter().map(|suite| Suite { suite, line }));
            }
        }
        let mut treatment = Self {
            rule,
            environment,
            on: Vec::new(),
            suites,
            coded,
            release: report.release,
        };
        let all = Protocol::ALL.into_iter();
        treatment.on = all
            .filter(|version| treatment.is(version.attribute(), "On"))
            .collect();
        treatment
    }

    pub fn name(&self) -> &'p str {
        self.rule.name_str().unwrap_or("")
    }

    /// See [`Coded::is_whole`].
    pub fn is_whole(&self) -> bool {
        self.coded.is_whole()
    }

    /// Each line that counts.
    pub fn lines(&self) -> impl Iterator<Item = &Line<'p>> {
        let same = |a: &Line<'_>, b: &Line<'_>| std::ptr::eq(a.row(), b.row());
        let parameters = self.coded.lines().chunk_by(same);
        parameters.flat_map(|lines| {
            let counts = lines.iter();
            counts.take_while(|line| line.scope == lines[0].scope)
        })
    }

    /// The lines of a parameter that count.
    pub fn said(&self, name: &str) -> &[Line<'p>] {
        self.coded.said(name).0
    }

    /// The lines of a parameter that narrower ones beat.
    pub fn beaten(&self, name: &str) -> &[Line<'p>] {
        self.coded.said(name).1
    }

    /// The value that counts: coded, or the default.
    pub fn value(&self, name: &str) -> Option<&'p str> {
        self.coded.value(name, self.release)
    }

    pub fn is(&self, name: &str, word: &str) -> bool {
        self.value(name)
            .is_some_and(|value| value.eq_ignore_ascii_case(word))
    }

    /// Something else than `Off`, which is also what a switch without a value is.
    pub fn is_asked(&self, name: &str) -> bool {
        self.value(name)
            .is_some_and(|value| !value.eq_ignore_ascii_case("Off"))
    }

    /// Where a parameter is coded; the rule where it is not.
    pub fn tag(&self, name: &str) -> Tag {
        let line = self.said(name).last();
        line.map_or(self.rule.tag, |line| line.attribute.tag)
    }

    /// The values of a list, coded or by default.
    pub fn codes(&self, name: &str) -> Vec<String> {
        let said = self.said(name);
        let mut values: Vec<_> = said.iter().map(|line| line.attribute.value()).collect();
        if values.is_empty() && name == "ClientECurves" {
            let default = default_client_curves(self.release, self.is("TLSv1.3", "On"));
            let codes = default.into_iter().flatten();
            return codes.map(|curve| curve.code.to_owned()).collect();
        }
        if values.is_empty() {
            values.extend(self.value(name));
        }
        let list = parameter(name).and_then(CodeList::of);
        let split = |value: &&str| list.map(|list| list.split(value)).unwrap_or_default();
        values.iter().flat_map(split).collect()
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

/// The suites that a line of a list names, by a name or by codes side by side; those that nobody knows left
/// out.
pub(super) fn suites_of(attribute: &Attribute) -> Vec<&'static CipherSuite> {
    let Some(Kind::Suites(form)) = attribute.def().map(|row| row.kind) else {
        return Vec::new();
    };
    suites_of_line(attribute.value(), form)
        .into_iter()
        .flatten()
        .collect()
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
