//! What FIPS mode passes over.

use super::treatment::Treatment;
use super::{Check, Look, Report};
use crate::finding::{Page, Severity};
use crate::policy::Part;
use crate::policy::table::curves::curve_named;
use crate::policy::table::lists::CodeList;
use crate::policy::table::suites::Protocol;

pub static CHECK: Check = Check {
    pages: &[&IGNORED, &TLS13],
    look: Look::Treatment(run),
};

static IGNORED: Page = Page {
    code: "AT241",
    name: "ignored-in-fips-mode",
    severity: Severity::Warning,
    message: "ignored in FIPS mode: {items}",
    help: "remove it, or write `FIPS140 Off` if partners need it",
    why: "In FIPS mode System SSL passes over SSL 2.0, SSL 3.0 and every algorithm that is not approved, without a message. A partner that has nothing else fails with return code 402. For the curves x25519 and x448 no manual says it. FIPS mode also needs ICSF: without it the group starts no connection.",
};

static TLS13: Page = Page {
    code: "AT242",
    name: "tls13-in-fips-mode",
    severity: Severity::Info,
    message: "rule `{rule}` has FIPS mode and TLS 1.3",
    help: "make sure that the release takes both together, or write `TLSv1.3 Off`",
    why: "Not every release of System SSL offers TLS 1.3 in FIPS mode, and no manual that was found says which do.",
};

/// The lists that can name curves.
const CURVES: [&str; 4] = [
    "ClientECurves",
    "ClientKeyShareGroups",
    "ServerKexECurves",
    "ServerKeyShareGroups",
];

/// The curves that are not approved.
const NOT_APPROVED: [&str; 2] = ["x25519", "x448"];

fn run(treatment: &Treatment<'_>, report: &mut Report<'_>) {
    let fips = treatment.is_fips();
    for version in [Protocol::SslV2, Protocol::SslV3] {
        let lines = treatment.said(version.attribute());
        for line in lines.iter().filter(|_| treatment.on.contains(&version)) {
            mark(fips, line, line.row().name, report);
        }
    }
    for name in CURVES {
        for line in treatment.said(name) {
            let list = CodeList::of(line.row());
            let codes = list.map(|list| list.split(line.attribute.value()));
            let curves = codes.unwrap_or_default();
            let curves = curves.iter().filter_map(|code| curve_named(code));
            for curve in curves.filter(|curve| NOT_APPROVED.contains(&curve.name)) {
                mark(fips, line, curve.name, report);
            }
        }
    }
    if !fips {
        return;
    }
    let works = |suite: &crate::policy::table::suites::CipherSuite| {
        let mut on = treatment.on.iter();
        on.any(|version| suite.works_with(*version))
    };
    for one in &treatment.suites {
        if works(one.suite) && !treatment.can_use(one.suite) {
            mark(true, &one.line, one.suite.name, report);
        }
    }
    let tag = treatment.tag("FIPS140");
    if treatment.on.contains(&Protocol::Tls13) && report.first(&TLS13, tag) {
        let finding = report.at(&TLS13, tag, Part::Keyword);
        report.push(finding.fact("rule", treatment.name()));
    }
}

fn mark(
    fips: bool,
    line: &crate::policy::effective::Line<'_>,
    item: &'static str,
    report: &mut Report<'_>,
) {
    match fips {
        true => report.idle.unused(line, item, &IGNORED, &String::new),
        false => report.idle.used(line, item),
    }
}
