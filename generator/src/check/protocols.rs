//! Protocol versions, cipher suites and groups that do not go together, with the code of System SSL that a
//! handshake would end with.
//!
//! Looks at what counts for the rule, wherever it is coded.

use std::collections::HashSet;

use super::{Check, Report};
use crate::finding::{Page, Severity};
use crate::policy::table::TTLS_RULE;
use crate::policy::table::suites::{CipherSuite, Protocol};
use crate::policy::{Named, Part, Policy, Tag, View};

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
            let view = View::of(&named, rule, report.release);
            protocols(&view, report);
            groups(&view, report);
            roles(&view, report);
        }
    }
}

fn protocols(view: &View<'_>, report: &mut Report<'_>) {
    let on = view.versions();
    if on.is_empty() {
        let finding = report.at(&NO_VERSION, view.rule.tag, Part::Value);
        return report.push(finding.fact("rule", view.name()));
    }
    let suites = view.suites();
    let works = |suite: &CipherSuite| on.iter().any(|version| suite.works_with(*version));
    if let Some(suites) = suites.as_ref().filter(|suites| !suites.is_empty()) {
        if !suites.iter().any(|(suite, _)| works(suite)) {
            let words: Vec<_> = on.iter().map(ToString::to_string).collect();
            let finding = report.at(&NO_SUITE, suites[0].1, Part::Value);
            let finding = finding.fact("rule", view.name());
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
        let tag = view.tag(Protocol::Tls13.attribute());
        let finding = report.at(&NO_TLS13_SUITE, tag, Part::Keyword);
        report.push(finding.fact("rule", view.name()));
    }
    let profile = view.value("SuiteBProfile").unwrap_or("Off");
    if !profile.eq_ignore_ascii_case("Off") && !on.contains(&Protocol::Tls12) {
        let finding = report.at(&SUITE_B, view.tag("SuiteBProfile"), Part::Value);
        report.push(finding.fact("profile", profile));
    }
}

fn groups(view: &View<'_>, report: &mut Report<'_>) {
    if !view.is("HandshakeRole", "Client") || !view.is("TLSv1.3", "On") {
        return;
    }
    let (curves, groups) = (
        view.codes("ClientECurves"),
        view.codes("ClientKeyShareGroups"),
    );
    let any = curves.iter().any(|curve| curve.eq_ignore_ascii_case("Any"));
    let together = any || groups.iter().any(|group| curves.contains(group));
    if !together && !curves.is_empty() && !groups.is_empty() {
        let finding = report.at(&NO_COMMON_GROUP, view.tag("ClientECurves"), Part::Value);
        let finding = finding.fact("groups", groups.join(" "));
        report.push(finding.fact("curves", curves.join(" ")));
    }
}

fn roles(view: &View<'_>, report: &mut Report<'_>) {
    let (keyword, role) = ("ClientAuthType", view.value("HandshakeRole").unwrap_or(""));
    let coded = view.coded(keyword).is_some();
    // `PassThru` asks for nothing anyway.
    if coded && role.eq_ignore_ascii_case("Server") && !view.is(keyword, "PassThru") {
        let finding = report.at(&ROLE_UNUSED, view.tag(keyword), Part::Keyword);
        report.push(finding.fact("keyword", keyword).fact("role", role));
    }
}
