//! What stands in main and image files beside AT-TLS: statements of other technologies, and words that
//! nobody knows.

use super::{Reader, path_of};
use crate::finding::{Finding, Page, Severity};
use crate::policy::model::{Keyword, Policy, Statement};
use crate::policy::origins::{Locate, Origins, Part};
use crate::policy::spelling;
use crate::policy::table::lines::{self, LineDef};

/// Statements that name a file, and the technology that it is of.
const NAME_FILES: [(&str, &str); 7] = [
    ("CommonIDSConfig", "intrusion detection"),
    ("IDSConfig", "intrusion detection"),
    ("CommonIPSecConfig", "IPSec"),
    ("IPSecConfig", "IPSec"),
    ("CommonRoutingConfig", "routing"),
    ("RoutingConfig", "routing"),
    ("QOSConfig", "quality of service"),
];

impl Reader<'_> {
    /// Reports what of a main or image file is not read.
    pub(super) fn others(&mut self, policy: &Policy, origins: &Origins) {
        for (statement, word) in policy.unknown() {
            let place = origins.place(statement.tag, Part::Keyword);
            let meant = meant(word.as_str());
            let finding = Finding::new(&UNKNOWN, place)
                .fact("statement", word)
                .fact("hint", spelling::statement_hint(meant))
                .suggest(meant.map(|meant| spelling::suggestion(word.as_str(), meant)));
            self.findings.push(finding);
        }
        for statement in &policy.statements {
            self.named_file(statement, origins);
        }
    }

    /// The file of another technology: whether it is there.
    fn named_file(&mut self, statement: &Statement, origins: &Origins) {
        let keyword = statement.keyword.as_str();
        let mut known = NAME_FILES.iter();
        let known = known.find(|(name, _)| name.eq_ignore_ascii_case(keyword));
        let (Some((_, technology)), Some(path)) = (known, path_of(statement, 0)) else {
            return;
        };
        let place = origins.place(statement.tag, Part::Value);
        match self.files.read(path) {
            Ok(_) => {
                let finding = Finding::new(&OTHER, place).fact("path", path);
                self.findings.push(finding.fact("technology", technology));
            }
            Err(reason) => {
                let finding = Finding::new(&OTHER_UNREADABLE, place).fact("path", path);
                let finding = finding.fact("technology", technology);
                self.findings.push(finding.fact("reason", reason));
            }
        }
    }
}

/// Whether a statement is a misspelling of this one.
pub(super) fn means(policy: &Policy, def: &LineDef) -> bool {
    let mut statements = policy.statements.iter();
    statements.any(|statement| match &statement.keyword {
        Keyword::Unknown(word) => meant(word.as_str()).is_some_and(|(name, _)| name == def.name),
        _ => false,
    })
}

fn meant(word: &str) -> Option<(&'static str, bool)> {
    spelling::meant(word, lines::lines().iter().map(|def| def.name))
}

pub(super) static UNKNOWN: Page = Page {
    code: "AT207",
    name: "unknown-statement-in-configuration",
    severity: Severity::Warning,
    message: "`{statement}` is no statement of a main or image file, and is passed over",
    help: "{hint}",
    why: "The Policy Agent passes over what it does not know in these files, at most with a warning in its log. A `TTLSConfig` with a letter too few means that the stack has no AT-TLS policy at all.",
};

pub(super) static OTHER: Page = Page {
    code: "AT208",
    name: "file-of-another-technology",
    severity: Severity::Info,
    message: "`{path}` is there; it holds {technology} policy, which is not checked here",
    help: "nothing",
    why: "Gatehouse reads AT-TLS policy. The files of the other technologies are only looked for.",
};

pub(super) static OTHER_UNREADABLE: Page = Page {
    code: "AT216",
    name: "file-of-another-technology-unreadable",
    severity: Severity::Warning,
    message: "the file `{path}` with {technology} policy cannot be read: {reason}",
    help: "correct the path, or bring the file as well if it was left behind",
    why: "AT-TLS does not need the file. If it is missing on z/OS as well, the stack gets no policy of that technology.",
};
