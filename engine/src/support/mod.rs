//! What this engine does about each attribute of the policy language: it honors it, comes close, or refuses.
//!
//! Nothing is ignored: a policy in which a refused value counts is not loaded, and is told so by name. A test
//! walks the table of the language against this list, both ways.

mod rows;
#[cfg(test)]
mod tests;

use generator::policy::table::{AttributeDef, Repeat, statements};
use serde::Serialize;

use rows::ROWS;

/// How an attribute is dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "standing", rename_all = "lowercase")]
pub enum Standing {
    /// To the letter.
    Honored,
    /// Every value is taken, and what is done differs as these words say.
    Approximated { how: &'static str },
    /// A policy with any other value than these is not loaded.
    Refused {
        /// Values that ask for nothing that is not done; none: the attribute may not count at all.
        unless: &'static [&'static str],
        why: &'static str,
    },
}

/// One attribute of one statement.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Entry {
    pub statement: &'static str,
    pub attribute: &'static str,
    #[serde(flatten)]
    pub standing: Standing,
}

/// Every attribute of every statement, in the order of the table of the language.
pub fn entries() -> Vec<Entry> {
    let rows = statements().iter().flat_map(|def| {
        let attributes = def.attributes.iter();
        attributes.map(|row| (def.name, row.name))
    });
    let entry = |(statement, attribute)| {
        let standing = standing(statement, attribute)?;
        Some(Entry {
            statement,
            attribute,
            standing,
        })
    };
    rows.filter_map(entry).collect()
}

/// What is done about an attribute of a statement.
pub fn standing(statement: &str, attribute: &str) -> Option<Standing> {
    let mut rows = ROWS.iter();
    let row = rows.find(|row| row.attribute == attribute && row.statements.contains(&statement));
    row.map(|row| row.standing)
}

impl Standing {
    /// Why a value is refused that counts; `None`: it is not.
    pub fn refuses(&self, row: &AttributeDef, value: &str) -> Option<&'static str> {
        let Self::Refused { unless, why } = self else {
            return None;
        };
        // A list of nothing asks for nothing.
        let empty = value.is_empty() && row.repeat != Repeat::Once;
        let harmless = empty || unless.iter().any(|one| one.eq_ignore_ascii_case(value));
        (!harmless).then_some(*why)
    }

    /// The words of the list.
    pub fn words(&self) -> String {
        match self {
            Self::Honored => "honored".to_owned(),
            Self::Approximated { how } => format!("approximated: {how}"),
            Self::Refused { unless: [], why } => format!("refused: {why}"),
            Self::Refused { unless, why } => {
                format!("refused unless {}: {why}", unless.join(" or "))
            }
        }
    }
}

/// The list as text: a line for each attribute below the name of its statement.
pub fn text() -> String {
    let mut text = String::new();
    let mut statement = "";
    for entry in entries() {
        if entry.statement != statement {
            statement = entry.statement;
            text.extend([statement, "\n"]);
        }
        text.push_str(&format!(
            "  {:<36} {}\n",
            entry.attribute,
            entry.standing.words()
        ));
    }
    text
}
