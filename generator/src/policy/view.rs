//! What counts for a rule, asked by the name of a parameter: its value, its place, its list.

use super::effective::{Coded, Line, parameter};
use super::model::{Statement, Tag};
use super::named::Named;
use super::release::Release;
use super::table::Repeat;
use super::table::lists::{CodeList, default_codes, suites_in};
use super::table::suites::{CipherSuite, Protocol};

/// What counts for a rule.
#[derive(Clone, Debug)]
pub struct View<'p> {
    pub rule: &'p Statement,
    pub release: Release,
    coded: Coded<'p>,
}

impl<'p> View<'p> {
    pub fn of(named: &Named<'p>, rule: &'p Statement, release: Release) -> Self {
        Self {
            rule,
            release,
            coded: named.coded(rule),
        }
    }

    /// See [`Coded::is_whole`].
    pub fn is_whole(&self) -> bool {
        self.coded.is_whole()
    }

    /// Every line that counts.
    pub fn lines(&self) -> impl Iterator<Item = &Line<'p>> {
        self.coded.counting()
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

    /// Where a parameter is coded: the line whose value counts, or the first of a list.
    pub fn coded(&self, name: &str) -> Option<Tag> {
        let lines = self.said(name);
        let line = match parameter(name)?.repeat {
            Repeat::Once => lines.last(),
            Repeat::Concat | Repeat::List => lines.first(),
        };
        line.map(|line| line.attribute.tag)
    }

    /// Where a parameter is coded; the rule where it is not.
    pub fn tag(&self, name: &str) -> Tag {
        self.coded(name).unwrap_or(self.rule.tag)
    }

    pub fn name(&self) -> &'p str {
        self.rule.name_str().unwrap_or("")
    }

    /// The versions that are on, oldest first.
    pub fn versions(&self) -> Vec<Protocol> {
        let all = Protocol::ALL.into_iter();
        all.filter(|version| self.is(version.attribute(), "On"))
            .collect()
    }

    /// The lines of the list of cipher suites of SSL V3 and later, in the order of the file; none: the list
    /// of System SSL counts.
    pub fn suite_lines(&self) -> Vec<Line<'p>> {
        self.coded.suites()
    }

    /// The suites that are coded, each with its place, in the order of the file; `None`: a list of
    /// System SSL counts.
    pub fn suites(&self) -> Option<Vec<(&'static CipherSuite, Tag)>> {
        let lines = self.suite_lines();
        let suites = lines.iter().flat_map(|line| {
            let (kind, tag) = (line.row().kind, line.attribute.tag);
            let suites = suites_in(kind, line.attribute.value()).into_iter();
            suites.map(move |suite| (suite, tag))
        });
        (!lines.is_empty()).then(|| suites.collect())
    }

    /// The codes of a list, coded or by default. Nothing: there are none, or the default is not known.
    pub fn codes(&self, name: &str) -> Vec<String> {
        let Some(row) = parameter(name) else {
            return Vec::new();
        };
        let said = self.said(name);
        if said.is_empty() {
            let tls13 = self.is(Protocol::Tls13.attribute(), "On");
            return default_codes(row, self.release, tls13).unwrap_or_default();
        }
        let list = CodeList::of(row);
        let split = |line: &Line<'_>| list.map(|list| list.split(line.attribute.value()));
        said.iter().filter_map(split).flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::table::TTLS_RULE;
    use crate::policy::{lower, parse};

    /// What `ask` says of a rule with these lines in its environment action, and in its connection action.
    fn with<T>(
        environment: &str,
        connection: &str,
        release: Release,
        ask: impl Fn(&View<'_>) -> T,
    ) -> Option<T> {
        let text = format!(
            "TTLSRule R\n{{\n Jobname J\n Direction Inbound\n TTLSGroupActionRef G\n \
             TTLSEnvironmentActionRef E\n TTLSConnectionActionRef C\n}}\n\
             TTLSGroupAction G\n{{\n TTLSEnabled On\n}}\n\
             TTLSEnvironmentAction E\n{{\n{environment}\n}}\n\
             TTLSConnectionAction C\n{{\n{connection}\n}}\n"
        );
        let policy = lower(&parse(text.as_bytes()), "p").policy;
        let named = Named::of(&policy);
        let rule = policy.of(&TTLS_RULE).next()?;
        Some(ask(&View::of(&named, rule, release)))
    }

    fn ciphers(lines: &str) -> String {
        format!("TTLSCipherParms\n{{\n{lines}\n}}")
    }

    #[test]
    fn a_list_of_suites_of_the_connection_replaces_that_of_the_environment() {
        let suites = |view: &View<'_>| {
            let suites = view.suites().unwrap_or_default().into_iter();
            suites.map(|(suite, _)| suite.code).collect::<Vec<_>>()
        };
        let wide = ciphers("V3CipherSuites 352F\nV3CipherSuites4Char C02F");
        let of = |connection: &str| with(&wide, connection, Release::V3R1, suites);
        assert_eq!(of(""), Some(vec!["0035", "002F", "C02F"]));
        let own = ciphers("V3CipherSuites4Char 1301C030");
        assert_eq!(of(&own), Some(vec!["1301", "C030"]));
        assert_eq!(
            of(&ciphers("V2CipherSuites 1")),
            Some(vec!["0035", "002F", "C02F"])
        );
    }

    #[test]
    fn of_two_lines_of_a_single_value_the_last_counts() {
        let advanced =
            "TTLSEnvironmentAdvancedParms\n{\n HandshakeTimeout 20\n HandshakeTimeout 30\n}";
        let found = with(advanced, "", Release::V3R1, |view| {
            let tags: Vec<_> = view.said("HandshakeTimeout").iter().collect();
            let last = tags.last().map(|line| line.attribute.tag);
            (
                view.value("HandshakeTimeout"),
                view.coded("HandshakeTimeout") == last && last.is_some(),
            ) == (Some("30"), true)
        });
        assert_eq!(found, Some(true));
    }

    #[test]
    fn default_curves_that_are_not_known_are_not_made_up_by_tls_1_3() {
        let tls13 = "TTLSEnvironmentAdvancedParms\n{\n TLSv1.3 On\n}";
        let curves = |release| with(tls13, "", release, |view| view.codes("ClientECurves"));
        let known = ["0021", "0023", "0024", "0025", "0019", "0029"].map(str::to_owned);
        assert_eq!(curves(Release::V3R1), Some(known.to_vec()));
        assert_eq!(curves(Release::V3R2), Some(Vec::new()));
    }
}
