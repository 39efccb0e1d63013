//! What a release does not have yet.

use super::{Check, Known, Look, Report};
use crate::finding::{Page, Severity};
use crate::policy::{Part, Release, Tag};

pub static CHECK: Check = Check {
    pages: &[&NEWER_THAN_RELEASE],
    look: Look::Each(|_| Box::new(run)),
};

static NEWER_THAN_RELEASE: Page = Page {
    code: "AT016",
    name: "newer-than-release",
    severity: Severity::Warning,
    message: "`{keyword}` came with {since}, and the target runs {release}",
    help: "remove it for this target, or correct the release of the target",
    why: "A release that does not know an attribute refuses the file. For some attributes the release in which they came \
          is not confirmed, and some came by APAR to earlier ones.",
};

fn run<'p>(known: &Known<'p>, report: &mut Report<'p>) {
    let (statement, def) = (known.statement, known.def);
    newer(report, def.name, def.since, statement.tag);
    for attribute in statement.attributes() {
        if let Some(row) = attribute.def() {
            newer(report, row.name, row.since, attribute.tag);
        }
    }
}

fn newer(report: &mut Report<'_>, keyword: &str, since: Release, tag: Tag) {
    if since > report.release {
        let finding = report.at(&NEWER_THAN_RELEASE, tag, Part::Keyword);
        let release = report.release;
        report.push(
            finding
                .fact("keyword", keyword)
                .fact("since", since)
                .fact("release", release),
        );
    }
}
