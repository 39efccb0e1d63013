//! Protocol versions, cipher suites and groups that do not go together, with the code of System SSL that a
//! handshake would end with.
//!
//! Looks at what counts for the rule, wherever it is coded.

use std::collections::HashSet;

use super::{Check, Report};
use crate::finding::{Page, Severity};
use crate::policy::effective::Parameter;
use crate::policy::table::TTLS_RULE;
use crate::policy::table::lists::{CodeList, suite_of};
use crate::policy::table::suites::{CipherSuite, Protocol};
use crate::policy::{Named, Part, Policy, Statement, Tag};

pub static CHECK: Check = Check {
    pages: &[
        &NO_VERSION,
        &NO_SUITE,
        &NO_TLS13_SUITE,
        &SUITE_UNUSED,
        &NO_COMMON_GROUP,
        &ROLE_UNUSED,
        &SUITE_B,
    ],
    run,
};

static NO_VERSION: Page = Page {
    code: "AT220",
    name: "no-protocol-version",
    severity: Severity::Warning,
    message: "rule `{rule}` protects, and no protocol version is on",
    help: "write `TLSv1.2 On` or `TLSv1.3 On`, or `TTLSEnabled Off`",
    why: "Every handshake fails with return code 402.",
};

static NO_SUITE: Page = Page {
    code: "AT221",
    name: "no-suite-fits",
    severity: Severity::Warning,
    message: "no cipher suite of rule `{rule}` works with a protocol version that is on",
    help: "add suites for {versions}",
    why: "Client and server have nothing to agree on, so every handshake fails with return code 402.",
};

static NO_TLS13_SUITE: Page = Page {
    code: "AT222",
    name: "tls13-without-suite",
    severity: Severity::Warning,
    message: "TLS 1.3 is on for rule `{rule}`, and none of its cipher suites is one of TLS 1.3",
    help: "add TLS_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256 and TLS_CHACHA20_POLY1305_SHA256, or write `TLSv1.3 Off`",
    why: "TLS 1.3 has cipher suites of its own, and the default list of System SSL holds none of them: it is never chosen, and as the only version it fails with return code 519 or 402.",
};

static SUITE_UNUSED: Page = Page {
    code: "AT223",
    name: "suite-without-version",
    severity: Severity::Info,
    message: "{suite} works only with {versions}, which is off",
    help: "remove it, or switch the version on",
    why: "The suite can never be negotiated; it only looks as if it could.",
};

static NO_COMMON_GROUP: Page = Page {
    code: "AT224",
    name: "curves-and-groups-apart",
    severity: Severity::Warning,
    message: "no client key share group ({groups}) is among the curves of the client ({curves})",
    help: "add the groups to `ClientECurves`",
    why: "A client may only send a key share for a group that it also offers as a curve; System SSL ends with return code 517.",
};

static ROLE_UNUSED: Page = Page {
    code: "AT225",
    name: "client-authentication-without-effect",
    severity: Severity::Warning,
    message: "`{keyword}` has no effect in the role {role}",
    help: "write `HandshakeRole ServerWithClientAuth` if clients are to show a certificate, or remove it",
    why: "Only a server that asks for certificates looks at them. A policy that names them and does not ask lets everybody in.",
};

static SUITE_B: Page = Page {
    code: "AT226",
    name: "suite-b-without-tls12",
    severity: Severity::Warning,
    message: "Suite B profile {profile} covers TLS 1.2 only, and it is off",
    help: "write `TLSv1.2 On`, or `SuiteBProfile Off`",
    why: "The profile says which suites, curves and signatures TLS 1.2 uses, and nothing of other versions.",
};

fn run(policy: &Policy, report: &mut Report<'_>) {
    let named = Named::of(policy);
    let mut seen = HashSet::new();
    for rule in policy.of(&TTLS_RULE) {
        let actions = ["Group", "Environment", "Connection"];
        let actions = actions.map(|kind| rule.value(&format!("TTLS{kind}ActionRef")));
        if actions[1].is_some() && named.protects(rule) == Some(true) && seen.insert(actions) {
            let view = View {
                rule,
                parameters: named.effective(rule, report.release),
            };
            view.versions(report);
            view.groups(report);
            view.roles(report);
        }
    }
}

/// What counts for a rule.
struct View<'p> {
    rule: &'p Statement,
    parameters: Vec<Parameter<'p>>,
}

impl View<'_> {
    fn parameter(&self, name: &str) -> Option<&Parameter<'_>> {
        let mut all = self.parameters.iter();
        all.find(|one| one.row.name.eq_ignore_ascii_case(name))
    }

    /// The value that counts: coded, or the default.
    fn value(&self, name: &str) -> Option<&str> {
        let parameter = self.parameter(name)?;
        let coded = parameter
            .said
            .as_ref()
            .and_then(|said| said.attributes.first());
        coded.map(|one| one.value()).or(parameter.default)
    }

    fn is(&self, name: &str, word: &str) -> bool {
        self.value(name)
            .is_some_and(|value| value.eq_ignore_ascii_case(word))
    }

    /// Where a parameter is coded; the rule where it is not.
    fn tag(&self, name: &str) -> Tag {
        let said = self.parameter(name).and_then(|one| one.said.as_ref());
        let coded = said.and_then(|said| said.attributes.first());
        coded.map_or(self.rule.tag, |one| one.tag)
    }

    fn name(&self) -> &str {
        self.rule.name_str().unwrap_or("")
    }

    /// The suites that are coded, each with its place; `None`: a list of System SSL counts.
    fn suites(&self) -> Option<Vec<(&'static CipherSuite, Tag)>> {
        let names = ["V3CipherSuites", "V3CipherSuites4Char"];
        let said = names
            .iter()
            .filter_map(|name| self.parameter(name)?.said.as_ref());
        let attributes: Vec<_> = said.flat_map(|said| &said.attributes).collect();
        if attributes.is_empty() {
            return None;
        }
        let suites = attributes.into_iter().flat_map(|attribute| {
            let codes = match attribute.def().and_then(CodeList::of) {
                Some(list) => list.split(attribute.value()),
                None => vec![attribute.value().to_owned()],
            };
            let suites = codes.into_iter().filter_map(|code| suite_of(&code));
            suites
                .map(|suite| (suite, attribute.tag))
                .collect::<Vec<_>>()
        });
        Some(suites.collect())
    }

    fn versions(&self, report: &mut Report<'_>) {
        let on: Vec<_> = Protocol::ALL
            .into_iter()
            .filter(|version| self.is(version.attribute(), "On"))
            .collect();
        if on.is_empty() {
            let finding = report.at(&NO_VERSION, self.rule.tag, Part::Value);
            return report.push(finding.fact("rule", self.name()));
        }
        let suites = self.suites();
        let works = |suite: &CipherSuite| on.iter().any(|version| suite.works_with(*version));
        if let Some(suites) = suites.as_ref().filter(|suites| !suites.is_empty()) {
            if !suites.iter().any(|(suite, _)| works(suite)) {
                let words: Vec<_> = on.iter().map(ToString::to_string).collect();
                let finding = report.at(&NO_SUITE, suites[0].1, Part::Value);
                let finding = finding.fact("rule", self.name());
                return report.push(finding.fact("versions", words.join(" and ")));
            }
            for (suite, tag) in suites.iter().filter(|(suite, _)| !works(suite)) {
                let words: Vec<_> = suite.protocols.iter().map(ToString::to_string).collect();
                let finding = report.at(&SUITE_UNUSED, *tag, Part::Value);
                let finding = finding.fact("suite", suite.name);
                report.push(finding.fact("versions", words.join(", ")));
            }
        }
        let tls13 = |(suite, _): &(&CipherSuite, Tag)| suite.works_with(Protocol::Tls13);
        let has = suites.is_some_and(|suites| suites.iter().any(tls13));
        if on.contains(&Protocol::Tls13) && !has {
            let tag = self.tag(Protocol::Tls13.attribute());
            let finding = report.at(&NO_TLS13_SUITE, tag, Part::Keyword);
            report.push(finding.fact("rule", self.name()));
        }
        let profile = self.value("SuiteBProfile").unwrap_or("Off");
        if !profile.eq_ignore_ascii_case("Off") && !on.contains(&Protocol::Tls12) {
            let finding = report.at(&SUITE_B, self.tag("SuiteBProfile"), Part::Value);
            report.push(finding.fact("profile", profile));
        }
    }

    /// The codes of a list, coded or by default.
    fn codes(&self, name: &str) -> Vec<String> {
        let Some(parameter) = self.parameter(name) else {
            return Vec::new();
        };
        let said = parameter.said.iter().flat_map(|said| &said.attributes);
        let mut lines: Vec<_> = said.map(|one| one.value()).collect();
        if lines.is_empty() {
            lines.extend(parameter.default);
        }
        let list = CodeList::of(parameter.row);
        let codes = lines
            .into_iter()
            .flat_map(|line| list.map(|list| list.split(line)));
        codes.flatten().collect()
    }

    fn groups(&self, report: &mut Report<'_>) {
        if !self.is("HandshakeRole", "Client") || !self.is("TLSv1.3", "On") {
            return;
        }
        let (curves, groups) = (
            self.codes("ClientECurves"),
            self.codes("ClientKeyShareGroups"),
        );
        let any = curves.iter().any(|curve| curve.eq_ignore_ascii_case("Any"));
        let together = any || groups.iter().any(|group| curves.contains(group));
        if !together && !curves.is_empty() && !groups.is_empty() {
            let finding = report.at(&NO_COMMON_GROUP, self.tag("ClientECurves"), Part::Value);
            let finding = finding.fact("groups", groups.join(" "));
            report.push(finding.fact("curves", curves.join(" ")));
        }
    }

    fn roles(&self, report: &mut Report<'_>) {
        let (keyword, role) = ("ClientAuthType", self.value("HandshakeRole").unwrap_or(""));
        let coded = self
            .parameter(keyword)
            .is_some_and(|one| one.said.is_some());
        // `PassThru` asks for nothing anyway.
        if coded && role.eq_ignore_ascii_case("Server") && !self.is(keyword, "PassThru") {
            let finding = report.at(&ROLE_UNUSED, self.tag(keyword), Part::Keyword);
            report.push(finding.fact("keyword", keyword).fact("role", role));
        }
    }
}
