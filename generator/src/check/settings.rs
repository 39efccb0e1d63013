//! Settings of a rule that are at odds with each other, or stricter or laxer than they look.

use super::treatment::Treatment;
use super::{Check, Look, Report};
use crate::finding::{Page, Severity};
use crate::policy::Part;
use crate::policy::effective::Line;

pub static CHECK: Check = Check {
    pages: &[
        &REQUIRED_OF_ALL,
        &SUITE_B_LISTS,
        &OTHER_LABEL,
        &ASKS_NO_MORE,
    ],
    look: Look::Treatment(run),
};

static REQUIRED_OF_ALL: Page = Page {
    code: "AT246",
    name: "extension-required-of-clients",
    severity: Severity::Warning,
    message: "`{keyword} Required` turns away every client that does not offer the extension",
    help: "write `{keyword} Optional`, unless each client is known to offer it",
    why: "A server that requires a TLS extension ends the handshake with all clients that do not send it, and many programs send none of these.",
};

static SUITE_B_LISTS: Page = Page {
    code: "AT247",
    name: "suite-b-beside-lists",
    severity: Severity::Warning,
    message: "rule `{rule}` has both Suite B profile {profile} and lists of its own",
    help: "remove the lists, or write `SuiteBProfile Off`",
    why: "By all that is known a profile takes the place of the cipher suites, curves and signature pairs that are coded; no manual that was found says it in so many words.",
};

static OTHER_LABEL: Page = Page {
    code: "AT248",
    name: "two-certificate-labels",
    severity: Severity::Warning,
    message: "`{label}` is not among the labels of `ServerCertificateLabel`",
    help: "write it there as well, or remove the one that is not meant",
    why: "A server takes its certificate from `ServerCertificateLabel` where that is coded, as it seems, and `CertificateLabel` then says nothing. With different labels it is not certain which certificate clients see.",
};

static ASKS_NO_MORE: Page = Page {
    code: "AT253",
    name: "connection-asks-no-certificate",
    severity: Severity::Info,
    message: "this beats the `HandshakeRole ServerWithClientAuth` of the environment action, so rule `{rule}` asks no client for a certificate",
    help: "remove it, unless these connections are meant to do without",
    why: "What the connection action says counts before what the environment action says. Other attributes of which the narrower one counts are shown by `gatehouse show`.",
};

/// The extensions that a server can require.
const EXTENSIONS: [&str; 3] = [
    "TruncatedHMAC",
    "ServerMaxSSLFragment",
    "ServerHandshakeSNI",
];

/// What a Suite B profile takes the place of, beside the cipher suites.
const LISTS: [&str; 4] = [
    "ClientECurves",
    "ServerKexECurves",
    "SignaturePairs",
    "SignaturePairsCert",
];

fn run(treatment: &Treatment<'_>, report: &mut Report<'_>) {
    if treatment.is("HandshakeRole", "Server")
        || treatment.is("HandshakeRole", "ServerWithClientAuth")
    {
        extensions(treatment, report);
        labels(treatment, report);
    }
    suite_b(treatment, report);
    if let Some((line, beaten)) = asks_no_more(treatment) {
        let (tag, beaten) = (line.attribute.tag, beaten.attribute.tag);
        if report.first(&ASKS_NO_MORE, tag) {
            let place = report.at.place(beaten, Part::Keyword);
            let finding = report.at(&ASKS_NO_MORE, tag, Part::Keyword);
            let finding = finding.fact("rule", treatment.name());
            report.push(finding.related(place, "this does not count"));
        }
    }
}

fn extensions(treatment: &Treatment<'_>, report: &mut Report<'_>) {
    for name in EXTENSIONS {
        let tag = treatment.tag(name);
        if treatment.is(name, "Required") && report.first(&REQUIRED_OF_ALL, tag) {
            let finding = report.at(&REQUIRED_OF_ALL, tag, Part::Value);
            report.push(finding.fact("keyword", name));
        }
    }
}

fn labels(treatment: &Treatment<'_>, report: &mut Report<'_>) {
    let list = treatment.said("ServerCertificateLabel");
    let (Some(label), Some(first)) = (treatment.said("CertificateLabel").last(), list.first())
    else {
        return;
    };
    let label = label.attribute;
    let apart = list
        .iter()
        .all(|other| other.attribute.value() != label.value());
    if apart && !label.value().is_empty() && report.first(&OTHER_LABEL, label.tag) {
        let place = report.at.place(first.attribute.tag, Part::Value);
        let finding = report.at(&OTHER_LABEL, label.tag, Part::Value);
        let finding = finding.fact("label", label.value());
        report.push(finding.related(place, "the server takes one of these"));
    }
}

fn suite_b(treatment: &Treatment<'_>, report: &mut Report<'_>) {
    let suites = treatment.suites.first().map(|one| one.line);
    let lists = LISTS
        .iter()
        .find_map(|name| treatment.said(name).first().copied());
    let (Some(line), tag) = (suites.or(lists), treatment.tag("SuiteBProfile")) else {
        return;
    };
    // AT226 reports a profile without the version that it is for.
    let counts = treatment.is("TLSv1.2", "On") && treatment.is_asked("SuiteBProfile");
    if counts && report.first(&SUITE_B_LISTS, tag) {
        let profile = treatment.value("SuiteBProfile").unwrap_or("");
        let place = report.at.place(line.attribute.tag, Part::Value);
        let finding = report.at(&SUITE_B_LISTS, tag, Part::Value);
        let finding = finding.fact("rule", treatment.name());
        let finding = finding.fact("profile", profile);
        report.push(finding.related(place, "a list of its own"));
    }
}

/// A connection action that takes back what its environment asks of clients: its line, and the other.
pub(super) fn asks_no_more<'t, 'p>(
    treatment: &'t Treatment<'p>,
) -> Option<(&'t Line<'p>, &'t Line<'p>)> {
    let line = treatment.said("HandshakeRole").last()?;
    let beaten = treatment.beaten("HandshakeRole").last()?;
    let is = |line: &Line<'_>, word: &str| line.attribute.value().eq_ignore_ascii_case(word);
    (is(line, "Server") && is(beaten, "ServerWithClientAuth")).then_some((line, beaten))
}
