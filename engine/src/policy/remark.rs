//! What is said of a policy when it is loaded.

use std::fmt;

use disk::Disk;
use generator::finding::{Finding, Place, Severity};

/// How much a remark weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Warning,
    /// The policy is not loaded.
    Error,
}

/// One sentence about a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub weight: Weight,
    /// `file:line`; empty where there is none.
    pub place: String,
    /// A code of the checker, or a return code of System SSL or AT-TLS.
    pub code: String,
    pub words: String,
}

impl Remark {
    pub fn error(
        place: impl Into<String>,
        code: impl fmt::Display,
        words: impl Into<String>,
    ) -> Self {
        Self {
            weight: Weight::Error,
            place: place.into(),
            code: code.to_string(),
            words: words.into(),
        }
    }

    pub fn warning(
        place: impl Into<String>,
        code: impl fmt::Display,
        words: impl Into<String>,
    ) -> Self {
        Self {
            weight: Weight::Warning,
            ..Self::error(place, code, words)
        }
    }

    /// A finding of the checker.
    pub fn of(finding: &Finding, disk: &Disk) -> Self {
        let place = match &finding.place {
            Place::Text { file, start, .. } => {
                format!("{file}:{}", disk.lines(file).position(*start).line)
            }
            Place::Field { .. } => String::new(),
        };
        let words = format!("{}; {}", finding.message(), finding.help());
        match finding.page.severity {
            Severity::Error => Self::error(place, finding.page.code, words),
            Severity::Warning | Severity::Info => Self::warning(place, finding.page.code, words),
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = match self.weight {
            Weight::Warning => "warning",
            Weight::Error => "error",
        };
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        match self.code.as_str() {
            "" => write!(f, "{weight}: {}", self.words),
            code => write!(f, "{weight} {code}: {}", self.words),
        }
    }
}
