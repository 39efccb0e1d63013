//! Questions about places of a text: what stands here, what does it mean, what may be written.
//!
//! For editors, on a desk or in the browser. Places are offsets in bytes; what counts characters or
//! lines converts at its edge.

mod choices;
#[cfg(test)]
mod tests;
mod words;

use std::ops::Range;

use super::Part;
use super::lower::{Lowered, lower};
use super::model::{Attribute, Body, Item, Keyword, Policy, Statement, Tag};
use super::origins::Origin;
use super::resolve::path_of;
use super::syntax::{NodeKind, Tree, parse};
use super::table::lines::{COMMON_TTLS_CONFIG, TCP_IMAGE, TTLS_CONFIG};
use super::table::{Kind, StatementDef, statement};

pub use choices::{Choice, ChoiceKind, Choices, choices};
pub use words::{attribute_words, code_words, line_words, statement_words};

/// A text that was read, for questions about its places.
#[derive(Clone, Debug)]
pub struct Text {
    source: Vec<u8>,
    pub lowered: Lowered,
}

/// What stands at an offset.
#[derive(Clone, Debug)]
pub struct Spot<'t> {
    pub span: Range<usize>,
    pub part: Part,
    pub what: What<'t>,
}

/// A statement or one of its attributes.
#[derive(Clone, Copy, Debug)]
pub enum What<'t> {
    Statement {
        statement: &'t Statement,
        /// It stands in no block, so its name can be referred to.
        is_top: bool,
    },
    Attribute {
        around: &'t Statement,
        attribute: &'t Attribute,
    },
}

impl Text {
    /// Reads any bytes.
    pub fn of(source: &[u8]) -> Self {
        Self {
            source: source.to_vec(),
            lowered: lower(&parse(source), ""),
        }
    }

    pub fn tree(&self) -> Tree<'_> {
        parse(&self.source)
    }

    /// The keyword, name or value that an offset touches.
    pub fn spot(&self, offset: usize) -> Option<Spot<'_>> {
        let statements = self.lowered.policy.statements.iter();
        for statement in statements {
            let origin = self.origin(statement.tag)?;
            if origin.keyword.start > offset {
                return None;
            }
            if offset <= origin.end {
                let found = self.spot_in(statement, offset, true);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    fn spot_in<'t>(
        &'t self,
        statement: &'t Statement,
        offset: usize,
        is_top: bool,
    ) -> Option<Spot<'t>> {
        let what = What::Statement { statement, is_top };
        if let Some(spot) = self.touched(statement.tag, offset, what) {
            return Some(spot);
        }
        statement.items().iter().find_map(|item| match item {
            Item::Block(block) => self.spot_in(block, offset, false),
            Item::Attribute(attribute) => {
                let around = statement;
                self.touched(attribute.tag, offset, What::Attribute { around, attribute })
            }
        })
    }

    fn touched<'t>(&'t self, tag: Tag, offset: usize, what: What<'t>) -> Option<Spot<'t>> {
        let origin = self.origin(tag)?;
        let (part, span) = [(Part::Keyword, origin.keyword), (Part::Value, origin.value)]
            .into_iter()
            .find(|(_, span)| span.start <= offset && offset <= span.end)?;
        Some(Spot { span, part, what })
    }

    pub fn origin(&self, tag: Tag) -> Option<Origin> {
        self.lowered.origins.of(tag)
    }

    /// The file that a statement of a main or image file names at an offset.
    pub fn file_name(&self, offset: usize) -> Option<(&str, Range<usize>)> {
        let What::Statement { statement, .. } = self.spot(offset)?.what else {
            return None;
        };
        let index = match &statement.keyword {
            Keyword::Line(def) if **def == TCP_IMAGE => 1,
            Keyword::Line(def) if **def == TTLS_CONFIG || **def == COMMON_TTLS_CONFIG => 0,
            Keyword::Line(_) | Keyword::Block(_) | Keyword::Unknown(_) => return None,
        };
        let span = self.words_of(statement).get(index + 1)?.clone();
        let path = path_of(statement, index)?;
        (span.start <= offset && offset <= span.end).then_some((path, span))
    }

    /// The words of the line that begins a statement.
    fn words_of(&self, statement: &Statement) -> Vec<Range<usize>> {
        let Some(origin) = self.origin(statement.tag) else {
            return Vec::new();
        };
        let tree = self.tree();
        let mut nodes = tree.nodes();
        match nodes.find(|node| node.span.start >= origin.keyword.start) {
            Some(node) if node.kind == NodeKind::Line => tree.words(node.span).collect(),
            Some(_) | None => Vec::new(),
        }
    }

    /// The pieces of the text that can be folded: blocks with the lines of their statements, and
    /// comments over several lines.
    pub fn folds(&self) -> Vec<Range<usize>> {
        let mut folds = Vec::new();
        for statement in &self.lowered.policy.statements {
            self.fold(statement, &mut folds);
        }
        let mut comments: Option<(Range<usize>, usize)> = None;
        for node in self.tree().nodes() {
            let span = node.span.clone();
            comments = match comments.take() {
                _ if node.kind != NodeKind::Comment || !node.starts_line => None,
                Some((run, line)) if line + 1 == node.line => {
                    let run = run.start..span.end;
                    match folds.last_mut() {
                        Some(last) if last.start == run.start => *last = run.clone(),
                        _ => folds.push(run.clone()),
                    }
                    Some((run, node.line))
                }
                _ => Some((span, node.line)),
            };
        }
        folds
    }

    fn fold(&self, statement: &Statement, folds: &mut Vec<Range<usize>>) {
        if let Some(origin) = self.origin(statement.tag)
            && matches!(statement.body, Body::Block { .. })
        {
            folds.push(origin.keyword.start..origin.end);
        }
        for block in statement.blocks() {
            self.fold(block, folds);
        }
    }

    /// A statement as it stands in the text, passwords replaced by asterisks.
    pub fn shown(&self, statement: &Statement) -> String {
        let Some(origin) = self.origin(statement.tag) else {
            return String::new();
        };
        let tree = self.tree();
        let mut secrets = Vec::new();
        self.secrets(statement, &mut secrets);
        let (mut text, mut at) = (String::new(), origin.keyword.start);
        for secret in secrets {
            text.push_str(&tree.str(at..secret.start.max(at)));
            text.push_str("********");
            at = secret.end.max(at);
        }
        text.push_str(&tree.str(at..origin.end.max(at)));
        text
    }

    fn secrets(&self, statement: &Statement, secrets: &mut Vec<Range<usize>>) {
        for item in statement.items() {
            match item {
                Item::Block(block) => self.secrets(block, secrets),
                Item::Attribute(attribute) => {
                    let secret = attribute.def().is_some_and(|row| row.secret);
                    if let (true, Some(origin)) = (secret, self.origin(attribute.tag)) {
                        // What stands after a password may be a part of it.
                        secrets.push(origin.value.start..origin.end);
                    }
                }
            }
        }
    }
}

/// Kind and name of the statement that a reference means.
pub fn target(attribute: &Attribute) -> Option<(&'static StatementDef, &str)> {
    match attribute.def()?.kind {
        Kind::Ref(kind) => Some((statement(kind)?, attribute.value())),
        _ => None,
    }
}

impl Spot<'_> {
    /// Kind and name of the statement that a name or a reference means.
    pub fn named(&self) -> Option<(&'static StatementDef, &str)> {
        match (self.part, self.what) {
            (Part::Value, What::Attribute { attribute, .. }) => target(attribute),
            (Part::Value, What::Statement { statement, is_top }) if is_top => {
                Some((statement.def()?, statement.name_str()?))
            }
            (Part::Value | Part::Keyword, _) => None,
        }
    }
}

/// Where a policy has a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Occurrences {
    /// The statements of that name; of several the last counts.
    pub statements: Vec<Tag>,
    /// The attributes that refer to it.
    pub references: Vec<Tag>,
}

/// Every place of a policy where a name of this kind of statement stands.
pub fn occurrences(policy: &Policy, def: &'static StatementDef, name: &str) -> Occurrences {
    fn look(statement: &Statement, wanted: (&StatementDef, &str), found: &mut Occurrences) {
        for item in statement.items() {
            match item {
                Item::Block(block) => look(block, wanted, found),
                Item::Attribute(attribute) => {
                    if target(attribute) == Some(wanted) {
                        found.references.push(attribute.tag);
                    }
                }
            }
        }
    }
    let mut found = Occurrences::default();
    for statement in &policy.statements {
        if statement.def() == Some(def) && statement.name_str() == Some(name) {
            found.statements.push(statement.tag);
        }
        look(statement, (def, name), &mut found);
    }
    found
}
