//! Versions and cipher suites that no longer protect: advice, once for each place.

use super::treatment::{Suite, Treatment};
use super::words::and;
use super::{Check, Look, Report};
use crate::finding::{Page, Place, Severity};
use crate::policy::Part;
use crate::policy::table::suites::{CipherSuite, Protocol};

pub static CHECK: Check = Check {
    pages: &[&ONLY_OLD, &WEAK_VERSION, &WEAK_SUITE],
    look: Look::Treatment(run),
};

static ONLY_OLD: Page = Page {
    code: "AT249",
    name: "only-old-versions",
    severity: Severity::Warning,
    message: "nothing newer than {newest} can be chosen{because}",
    help: "write {lines}",
    why: "Through 3.1, TLS 1.0 and 1.1 are on and TLS 1.2 and 1.3 are off where nothing else is written, in 3.2 TLS 1.2 alone is on. Most partners refuse the old versions by now, and what they protect is not safe from who listens.",
};

static WEAK_VERSION: Page = Page {
    code: "AT250",
    name: "old-version-on",
    severity: Severity::Warning,
    message: "{versions} can be chosen{because}",
    help: "write {lines}, unless a partner has nothing newer",
    why: "Through 3.1, TLS 1.0 and 1.1 are on unless they are switched off. They rest on SHA-1 and MD5, the versions before them are broken, and who is between the partners can try to bring them down to the oldest that both have.",
};

static WEAK_SUITE: Page = Page {
    code: "AT252",
    name: "weak-suite",
    severity: Severity::Warning,
    message: "weak cipher suites can be chosen: {suites}",
    help: "remove them, unless a partner has nothing better",
    why: "A suite with NULL does not encrypt, one without authentication lets anybody answer, and export ciphers, RC2, RC4, DES and triple DES can be broken with means that are at hand.",
};

fn run(treatment: &Treatment<'_>, report: &mut Report<'_>) {
    versions(treatment, report);
    suites(treatment, report);
}

fn versions(treatment: &Treatment<'_>, report: &mut Report<'_>) {
    let (old, new): (Vec<Protocol>, Vec<Protocol>) = treatment
        .on
        .iter()
        .filter(|version| **version > Protocol::SslV3 || !treatment.is_fips())
        .partition(|version| **version < Protocol::Tls12);
    // Where no suite fits the versions, AT221 has said so.
    let fits = |one: &Suite<'_>| treatment.on.iter().any(|on| one.suite.works_with(*on));
    let fitting = treatment.suites.is_empty() || treatment.suites.iter().any(fits);
    let Some(newest) = old.last().filter(|_| fitting) else {
        return;
    };
    let page = match new.is_empty() {
        true => &ONLY_OLD,
        false => &WEAK_VERSION,
    };
    let lines = |version: &Protocol| treatment.said(version.attribute()).last();
    let mut coded = old.iter().filter_map(lines);
    let (tag, part) = match coded.next() {
        Some(line) => (line.attribute.tag, Part::Value),
        None => treatment.home(),
    };
    if !report.first(page, tag) {
        return;
    }
    let all = old.iter().all(|version| lines(version).is_none());
    let because = if all {
        ", as nothing says otherwise"
    } else {
        ""
    };
    let on = new.is_empty().then(|| "`TLSv1.2 On`".to_owned());
    let off = old
        .iter()
        .map(|version| format!("`{} Off`", version.attribute()));
    let write: Vec<_> = on.into_iter().chain(off).collect();
    let words: Vec<_> = old.iter().map(ToString::to_string).collect();
    let mut finding = report
        .at(page, tag, part)
        .fact("newest", newest)
        .fact("versions", and(&words))
        .fact("because", because)
        .fact("lines", and(&write));
    for line in coded {
        let place = report.at.place(line.attribute.tag, Part::Value);
        finding = finding.related(place, "and this");
    }
    report.push(finding.related(rule(treatment, report), FOR));
}

/// The rule is one of those that have it.
const FOR: &str = "counts for this rule";

fn rule(treatment: &Treatment<'_>, report: &Report<'_>) -> Place {
    report.at.place(treatment.rule.tag, Part::Value)
}

fn suites(treatment: &Treatment<'_>, report: &mut Report<'_>) {
    let suites = treatment.suites.iter();
    let weak = suites.filter(|one| is_weak(one.suite) && treatment.can_use(one.suite));
    let weak: Vec<_> = weak.collect();
    let Some(first) = weak.first() else { return };
    let tag = first.line.attribute.tag;
    if report.first(&WEAK_SUITE, tag) {
        let mut names: Vec<_> = weak.iter().map(|one| one.suite.name).collect();
        names.dedup();
        let finding = report.at(&WEAK_SUITE, tag, Part::Value);
        let finding = finding.fact("suites", and(&names));
        report.push(finding.related(rule(treatment, report), FOR));
    }
}

fn is_weak(suite: &CipherSuite) -> bool {
    let starts = |start: &&str| suite.cipher.starts_with(*start);
    suite.bits == 0
        || suite.authentication == "none"
        || suite.key_exchange.contains("EXPORT")
        || ["NULL", "RC2", "RC4", "DES", "3DES"].iter().any(starts)
}
