//! Protocol versions, cipher suites and groups that do not go together, with the code of System SSL that a
//! handshake would end with.
//!
//! Looks at what counts for the rule, wherever it is coded.

use super::treatment::{Suite, Treatment};
use super::words::{and, or};
use super::{Check, Look, Report};
use crate::finding::{Page, Severity};
use crate::policy::Part;
use crate::policy::table::suites::{CipherSuite, Protocol};

pub static CHECK: Check = Check {
    pages: &[
        &NO_VERSION,
        &NO_SUITE,
        &NO_TLS13_SUITE,
        &SUITE_UNUSED,
        &NO_COMMON_GROUP,
        &SUITE_B,
    ],
    look: Look::Treatment(run),
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
    help: "switch a version on that they work with, {fitting}, or add suites for {versions}",
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
    message: "of no use without {fact}: {items}",
    help: "remove what cannot be negotiated, or switch the version on",
    why: "Each cipher suite works with certain versions of the protocol. One whose versions are all off for each rule that has it can never be negotiated; it only looks as if it could.",
};

static NO_COMMON_GROUP: Page = Page {
    code: "AT224",
    name: "curves-and-groups-apart",
    severity: Severity::Warning,
    message: "no client key share group ({groups}) is among the curves of the client ({curves})",
    help: "add the groups to `ClientECurves`",
    why: "A client may only send a key share for a group that it also offers as a curve; System SSL ends with return code 517.",
};

static SUITE_B: Page = Page {
    code: "AT226",
    name: "suite-b-without-tls12",
    severity: Severity::Warning,
    message: "Suite B profile {profile} covers TLS 1.2 only, and it is off",
    help: "write `TLSv1.2 On`, or `SuiteBProfile Off`",
    why: "The profile says which suites, curves and signatures TLS 1.2 uses, and nothing of other versions.",
};

fn run(treatment: &Treatment<'_>, report: &mut Report<'_>) {
    versions(treatment, report);
    groups(treatment, report);
}

fn versions(treatment: &Treatment<'_>, report: &mut Report<'_>) {
    let (on, suites) = (&treatment.on, &treatment.suites);
    if on.is_empty() {
        let (tag, part) = treatment.home();
        if report.first(&NO_VERSION, tag) {
            let finding = report.at(&NO_VERSION, tag, part);
            report.push(finding.fact("rule", treatment.name()));
        }
        return;
    }
    let works = |suite: &CipherSuite| on.iter().any(|version| suite.works_with(*version));
    let coded = suites.iter().filter(|one| !is_v2(one));
    let coded: Vec<_> = coded.collect();
    if let Some(first) = coded.first()
        && !coded.iter().any(|one| works(one.suite))
    {
        let tag = first.line.attribute.tag;
        if report.first(&NO_SUITE, tag) {
            let words: Vec<_> = on.iter().map(ToString::to_string).collect();
            let finding = report.at(&NO_SUITE, tag, Part::Value);
            let mut fitting: Vec<_> = coded.iter().flat_map(|one| one.suite.protocols).collect();
            fitting.sort_unstable();
            fitting.dedup();
            let fitting: Vec<_> = fitting.iter().rev().map(ToString::to_string).collect();
            let finding = finding.fact("rule", treatment.name());
            let finding = finding.fact("fitting", or(&fitting));
            report.push(finding.fact("versions", and(&words)));
        }
        return report.idle.all_used(treatment);
    }
    for one in suites {
        if treatment.can_use(one.suite) {
            report.idle.used(&one.line, one.suite.name);
        } else if !works(one.suite) {
            report
                .idle
                .unused(&one.line, one.suite.name, &SUITE_UNUSED, &|| {
                    let versions = one.suite.protocols.iter().map(ToString::to_string);
                    or(&versions.collect::<Vec<_>>())
                });
        }
    }
    let has = coded
        .iter()
        .any(|one| one.suite.works_with(Protocol::Tls13));
    if on.contains(&Protocol::Tls13) && !has {
        let tag = treatment.tag(Protocol::Tls13.attribute());
        if report.first(&NO_TLS13_SUITE, tag) {
            let finding = report.at(&NO_TLS13_SUITE, tag, Part::Keyword);
            report.push(finding.fact("rule", treatment.name()));
        }
    }
    let profile = treatment.value("SuiteBProfile").unwrap_or("Off");
    if treatment.is_asked("SuiteBProfile") && !on.contains(&Protocol::Tls12) {
        let tag = treatment.tag("SuiteBProfile");
        if report.first(&SUITE_B, tag) {
            let finding = report.at(&SUITE_B, tag, Part::Value);
            report.push(finding.fact("profile", profile));
        }
    }
}

fn is_v2(one: &Suite<'_>) -> bool {
    one.suite.protocols == [Protocol::SslV2]
}

fn groups(treatment: &Treatment<'_>, report: &mut Report<'_>) {
    if !treatment.is("HandshakeRole", "Client") || !treatment.is("TLSv1.3", "On") {
        return;
    }
    let said = |name| !treatment.said(name).is_empty();
    if !said("ClientECurves") && !said("ClientKeyShareGroups") {
        return;
    }
    let (curves, groups) = (
        treatment.codes("ClientECurves"),
        treatment.codes("ClientKeyShareGroups"),
    );
    let any = curves.iter().any(|curve| curve.eq_ignore_ascii_case("Any"));
    let together = any || groups.iter().any(|group| curves.contains(group));
    if together || curves.is_empty() || groups.is_empty() {
        return;
    }
    let tag = match said("ClientECurves") {
        true => treatment.tag("ClientECurves"),
        false => treatment.tag("ClientKeyShareGroups"),
    };
    if report.first(&NO_COMMON_GROUP, tag) {
        let finding = report.at(&NO_COMMON_GROUP, tag, Part::Value);
        let finding = finding.fact("groups", groups.join(" "));
        report.push(finding.fact("curves", curves.join(" ")));
    }
}
