//! A policy as statements, names and values.
//!
//! Every text in it is safe to write: it cannot end its line, open a block or begin a comment.

mod build;
#[cfg(test)]
pub(crate) mod tests;
mod text;

use super::table::lines::{LineDef, is_foreign, line};
use super::table::{AttributeDef, StatementDef, statement};

pub use build::{BuildError, Builder, Cause};
pub use text::{Comment, Name, TextError, Value, Word};
pub(crate) use text::{is_plain, is_unprintable};

/// A number that the caller sets and reads back: where a statement or attribute comes from. Two policies
/// that differ only in tags are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u32);

/// What one file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Comment lines at the top, parted from what follows by an empty line.
    pub header: Vec<Comment>,
    pub statements: Vec<Statement>,
    /// Comment lines below the last statement.
    pub footer: Vec<Comment>,
}

/// One statement, in a file or in a block.
#[derive(Clone, Debug)]
pub struct Statement {
    pub keyword: Keyword,
    /// `None` for blocks without a name and for statements of one line.
    pub name: Option<Name>,
    /// The comment lines above it.
    pub comments: Vec<Comment>,
    pub body: Body,
    pub tag: Tag,
}

/// What stands after a statement's keyword.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Braces, and what stands between them.
    Block {
        items: Vec<Item>,
        /// Comment lines above the closing brace.
        trailing: Vec<Comment>,
    },
    /// Words on the same line.
    Line(Vec<Word>),
}

/// The first word of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keyword {
    /// A statement of AT-TLS policy files.
    Block(&'static StatementDef),
    /// A statement of main and image files.
    Line(&'static LineDef),
    Unknown(Word),
}

/// One thing in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Attribute(Attribute),
    Block(Box<Statement>),
}

/// One line in a block: a keyword and its value.
#[derive(Clone, Debug)]
pub struct Attribute {
    keyword: AttributeKeyword,
    // INVARIANT: reads back as written: blanks only where the kind of the attribute takes them.
    value: Value,
    /// The comment lines above it.
    pub comments: Vec<Comment>,
    pub tag: Tag,
}

/// The first word of an attribute.
#[derive(Clone, Debug)]
pub enum AttributeKeyword {
    Known(&'static AttributeDef),
    /// Not an attribute of the statement in whose block it stands.
    Unknown(Word),
}

impl Tag {
    /// Comes from nowhere.
    pub const NONE: Self = Self(0);
}

impl Policy {
    /// The statements with this keyword, in order.
    pub fn of<'a>(&'a self, def: &'static StatementDef) -> impl Iterator<Item = &'a Statement> {
        self.statements
            .iter()
            .filter(move |statement| statement.keyword == Keyword::Block(def))
    }

    /// The statements that nobody knows, with their words; of several lines of prose the first, as they
    /// are one mistake. Those of other technologies are left out.
    pub fn unknown(&self) -> impl Iterator<Item = (&Statement, &Word)> {
        let mut in_prose = false;
        self.statements.iter().filter_map(move |statement| {
            let before = std::mem::take(&mut in_prose);
            let Keyword::Unknown(word) = &statement.keyword else {
                return None;
            };
            if is_foreign(word.as_str()) {
                return None;
            }
            in_prose = matches!(statement.body, Body::Line(_));
            (!(before && in_prose)).then_some((statement, word))
        })
    }

    /// The statement that a reference to this name means: of several the last, as the Policy Agent does.
    pub fn named(&self, def: &'static StatementDef, name: &str) -> Option<&Statement> {
        self.of(def)
            .filter(|statement| statement.name_str() == Some(name))
            .last()
    }
}

impl Statement {
    /// Begins a statement with a name.
    #[expect(
        clippy::new_ret_no_self,
        reason = "a chain of calls reads best, and only its end can tell whether all texts are legal"
    )]
    pub fn new(def: &'static StatementDef, name: &str) -> Builder {
        Builder::new(def, Some(name))
    }

    /// Begins a block without a name.
    pub fn unnamed(def: &'static StatementDef) -> Builder {
        Builder::new(def, None)
    }

    /// A statement of a main or image file.
    pub fn line(def: &'static LineDef, parameters: &[&str], tag: Tag) -> Result<Self, TextError> {
        let words: Result<Vec<_>, _> = parameters.iter().map(|word| Word::new(word)).collect();
        Ok(Self {
            keyword: Keyword::Line(def),
            name: None,
            comments: Vec::new(),
            body: Body::Line(words?),
            tag,
        })
    }

    pub fn name_str(&self) -> Option<&str> {
        self.name.as_ref().map(Name::as_str)
    }

    /// The row of the table, for statements of policy files.
    pub fn def(&self) -> Option<&'static StatementDef> {
        match self.keyword {
            Keyword::Block(def) => Some(def),
            Keyword::Line(_) | Keyword::Unknown(_) => None,
        }
    }

    /// What stands between the braces; nothing for statements of one line.
    pub fn items(&self) -> &[Item] {
        match &self.body {
            Body::Block { items, .. } => items,
            Body::Line(_) => &[],
        }
    }

    /// The words after the keyword of a statement of one line.
    pub fn parameters(&self) -> &[Word] {
        match &self.body {
            Body::Line(words) => words,
            Body::Block { .. } => &[],
        }
    }

    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.items().iter().filter_map(|item| match item {
            Item::Attribute(attribute) => Some(attribute),
            Item::Block(_) => None,
        })
    }

    pub fn blocks(&self) -> impl Iterator<Item = &Statement> {
        self.items().iter().filter_map(|item| match item {
            Item::Block(statement) => Some(statement.as_ref()),
            Item::Attribute(_) => None,
        })
    }

    /// The values of an attribute, in order.
    pub fn values<'a, 'n>(
        &'a self,
        name: &'n str,
    ) -> impl Iterator<Item = &'a Attribute> + use<'a, 'n> {
        self.attributes()
            .filter(move |attribute| attribute.name().eq_ignore_ascii_case(name))
    }

    /// The value in effect of an attribute that is coded once: of several the last.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values(name).last().map(Attribute::value)
    }
}

impl PartialEq for Statement {
    fn eq(&self, other: &Self) -> bool {
        self.keyword == other.keyword
            && self.name == other.name
            && self.comments == other.comments
            && self.body == other.body
    }
}

impl Eq for Statement {}

impl Keyword {
    /// The keyword that a word is, in any case.
    pub fn from_word(word: Word) -> Self {
        Self::known(word.as_str()).unwrap_or(Self::Unknown(word))
    }

    /// The keyword that a word of a file is.
    pub(crate) fn read(word: &str) -> Self {
        Self::known(word).unwrap_or_else(|| Self::Unknown(Word::read(word)))
    }

    fn known(word: &str) -> Option<Self> {
        let block = statement(word).map(Self::Block);
        block.or_else(|| line(word).map(Self::Line))
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Block(def) => def.name,
            Self::Line(def) => def.name,
            Self::Unknown(word) => word.as_str(),
        }
    }
}

impl Attribute {
    /// An attribute of a known statement.
    pub fn new(def: &'static AttributeDef, value: Value) -> Result<Self, TextError> {
        value.fits(&def.kind)?;
        Ok(Self {
            keyword: AttributeKeyword::Known(def),
            value,
            comments: Vec::new(),
            tag: Tag::NONE,
        })
    }

    /// A line of a file. The value is cut to what the kind of the row takes, so it fits; if it did not,
    /// nobody would know the attribute.
    pub(crate) fn read(def: Option<&'static AttributeDef>, keyword: &str, value: Value) -> Self {
        match def.filter(|def| value.fits(&def.kind).is_ok()) {
            Some(def) => Self {
                keyword: AttributeKeyword::Known(def),
                value,
                comments: Vec::new(),
                tag: Tag::NONE,
            },
            None => Self::unknown(Word::read(keyword), value),
        }
    }

    /// An attribute that the table does not know in this place.
    pub fn unknown(keyword: Word, value: Value) -> Self {
        Self {
            keyword: AttributeKeyword::Unknown(keyword),
            value,
            comments: Vec::new(),
            tag: Tag::NONE,
        }
    }

    pub fn name(&self) -> &str {
        match &self.keyword {
            AttributeKeyword::Known(def) => def.name,
            AttributeKeyword::Unknown(word) => word.as_str(),
        }
    }

    /// The row of the table.
    pub fn def(&self) -> Option<&'static AttributeDef> {
        match self.keyword {
            AttributeKeyword::Known(def) => Some(def),
            AttributeKeyword::Unknown(_) => None,
        }
    }

    pub fn value(&self) -> &str {
        self.value.as_str()
    }

    /// The value as it may be shown: passwords are not.
    pub fn shown(&self) -> &str {
        if self.def().is_some_and(|def| def.secret) {
            "********"
        } else {
            self.value()
        }
    }
}

impl PartialEq for Attribute {
    fn eq(&self, other: &Self) -> bool {
        self.keyword == other.keyword
            && self.value == other.value
            && self.comments == other.comments
    }
}

impl Eq for Attribute {}

impl PartialEq for AttributeKeyword {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            // The statement around them is compared as well, so the name tells the row.
            (Self::Known(one), Self::Known(two)) => one.name == two.name,
            (Self::Unknown(one), Self::Unknown(two)) => one == two,
            (Self::Known(_), Self::Unknown(_)) | (Self::Unknown(_), Self::Known(_)) => false,
        }
    }
}

impl Eq for AttributeKeyword {}
