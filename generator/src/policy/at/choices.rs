//! What may be written at a place.

use std::ops::Range;

use super::Text;
use super::words::{attribute_words, line_words, statement_words};
use crate::policy::Release;
use crate::policy::lower::open_at;
use crate::policy::model::{Item, Keyword, Statement};
use crate::policy::syntax::TokenKind;
use crate::policy::table::lines::lines;
use crate::policy::table::lists::CodeList;
use crate::policy::table::suites::suites;
use crate::policy::table::{AttributeDef, Kind, Repeat, StatementDef, SuiteForm, statements};

/// What may be written at a place, and what it replaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    pub span: Range<usize>,
    pub choices: Vec<Choice>,
}

/// One thing that may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub text: String,
    pub kind: ChoiceKind,
    /// A few words beside it.
    pub detail: String,
    /// Markdown for who asks for more; may be empty.
    pub help: String,
}

/// What somebody may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChoiceKind {
    /// The keyword of a statement with a name and a block.
    Statement,
    /// The keyword of a block in a block.
    Block,
    /// The keyword of a line.
    Line,
    Value,
    /// The name of a statement.
    Name,
}

/// What may be written at an offset of a text, for a release. `names` are the names that statements
/// of a kind have, in whatever files belong together.
pub fn choices(
    text: &Text,
    offset: usize,
    release: Release,
    names: &dyn Fn(&'static StatementDef) -> Vec<String>,
) -> Choices {
    let Some(line) = Line::of(text, offset) else {
        return Choices::default();
    };
    let asked = Asked {
        text,
        release,
        names,
    };
    let open = open_at(&text.tree(), offset);
    let choices = match (open.last().map(Statement::def), line.keyword.as_deref()) {
        (None, None) => asked.statements(),
        (Some(Some(def)), None) => asked.attributes(def, &open, offset),
        (Some(Some(def)), Some(keyword)) => match def.attribute(keyword) {
            Some(row) if line.index == 1 => asked.values(row),
            Some(_) | None => Vec::new(),
        },
        // Nobody knows what stands in an unknown block, or behind a name.
        (Some(None), _) | (None, Some(_)) => Vec::new(),
    };
    let mut span = line.word;
    if choices
        .iter()
        .any(|choice| choice.kind == ChoiceKind::Value && choice.text.len() == 4)
    {
        // The codes before are whole.
        let tree = text.tree();
        let typed = tree.str(span.start..offset);
        let codes = typed.bytes().all(|byte| byte.is_ascii_hexdigit());
        span.start += if codes { typed.len() / 4 * 4 } else { 0 };
    }
    Choices { span, choices }
}

/// The line of an offset up to it.
struct Line {
    /// The first word, if the offset is behind it.
    keyword: Option<String>,
    /// How many words stand before the one at the offset.
    index: usize,
    /// The word that the offset touches; empty when none does.
    word: Range<usize>,
}

impl Line {
    /// `None` where no words are: in a comment, behind a brace.
    fn of(text: &Text, offset: usize) -> Option<Self> {
        let tree = text.tree();
        let start = tree.line_start(offset);
        let offset = offset.min(tree.source().len());
        let mut words = Vec::new();
        let mut word = offset..offset;
        for token in tree.tokens().skip_while(|token| token.end <= start) {
            if token.start > offset {
                break;
            }
            match token.kind {
                TokenKind::Word if token.end < offset => words.push(token.start..token.end),
                TokenKind::Word => word = token.start..token.end,
                TokenKind::Newline if token.start >= start => break,
                TokenKind::Blank | TokenKind::Newline => {}
                TokenKind::Comment | TokenKind::Open | TokenKind::Close => return None,
            }
        }
        let keyword = words
            .first()
            .map(|word| tree.str(word.clone()).into_owned());
        Some(Self {
            keyword,
            index: words.len(),
            word,
        })
    }
}

struct Asked<'a> {
    text: &'a Text,
    release: Release,
    names: &'a dyn Fn(&'static StatementDef) -> Vec<String>,
}

impl Asked<'_> {
    /// Statements of a policy, of a main or image file, or of both while nothing tells which it is.
    fn statements(&self) -> Vec<Choice> {
        let keywords = self
            .text
            .lowered
            .policy
            .statements
            .iter()
            .map(|s| &s.keyword);
        let policy = keywords
            .clone()
            .any(|keyword| matches!(keyword, Keyword::Block(_)));
        let configuration = keywords
            .clone()
            .any(|keyword| matches!(keyword, Keyword::Line(_)));
        let of_policy = statements()
            .iter()
            .filter(|def| def.since <= self.release && (policy || !configuration));
        let of_policy = of_policy.map(|def| Choice {
            text: def.name.to_owned(),
            kind: ChoiceKind::Statement,
            detail: "statement".to_owned(),
            help: statement_words(def),
        });
        let of_configuration = lines().iter().filter(|_| configuration || !policy);
        let of_configuration = of_configuration.map(|def| Choice {
            text: def.name.to_owned(),
            kind: ChoiceKind::Line,
            detail: def.syntax.to_owned(),
            help: line_words(def),
        });
        of_policy.chain(of_configuration).collect()
    }

    /// The attributes that may still be coded in the innermost of the open blocks.
    fn attributes(
        &self,
        def: &'static StatementDef,
        open: &[Statement],
        offset: usize,
    ) -> Vec<Choice> {
        let coded = self.coded(open, offset);
        let is_coded = |name: &str| coded.iter().any(|coded| coded.eq_ignore_ascii_case(name));
        let rows = def.attributes.iter().filter(|row| {
            let again = row.repeat == Repeat::Once && is_coded(row.name);
            let beside = row.excludes.iter().any(|name| is_coded(name));
            row.since <= self.release && !again && !beside
        });
        let choice = |row: &AttributeDef| Choice {
            text: row.name.to_owned(),
            kind: match row.kind {
                Kind::Inline(_) => ChoiceKind::Block,
                _ => ChoiceKind::Line,
            },
            detail: row.label.to_owned(),
            help: attribute_words(def, row, self.release),
        };
        rows.map(choice).collect()
    }

    /// The keywords that stand in the innermost block already, on other lines.
    fn coded(&self, open: &[Statement], offset: usize) -> Vec<String> {
        let policy = &self.text.lowered.policy;
        let mut statements: Vec<&Statement> = policy.statements.iter().collect();
        let mut inner = None;
        for open in open {
            // Both readings began at the top, so the tags are the same.
            inner = statements
                .iter()
                .copied()
                .find(|known| known.tag == open.tag);
            statements = inner
                .map(|inner| inner.blocks().collect())
                .unwrap_or_default();
        }
        let tree = self.text.tree();
        let line = tree.line_start(offset);
        let elsewhere = |tag| {
            let origin = self.text.origin(tag);
            origin.is_some_and(|origin| tree.line_start(origin.keyword.start) != line)
        };
        let items = inner
            .or(open.last())
            .map(Statement::items)
            .unwrap_or_default();
        let coded = items.iter().filter_map(|item| match item {
            Item::Attribute(one) => elsewhere(one.tag).then(|| one.name().to_owned()),
            Item::Block(one) => elsewhere(one.tag).then(|| one.keyword.as_str().to_owned()),
        });
        coded.collect()
    }

    /// The values of an attribute that can be told.
    fn values(&self, row: &'static AttributeDef) -> Vec<Choice> {
        let default = row.default_in(self.release);
        let value = |text: &str, detail: String| Choice {
            text: text.to_owned(),
            kind: ChoiceKind::Value,
            detail,
            help: String::new(),
        };
        let word = |word: &&str| {
            let is_default = default.is_some_and(|default| default.eq_ignore_ascii_case(word));
            value(word, if is_default { "default" } else { "" }.to_owned())
        };
        match row.kind {
            Kind::Flag => ["On", "Off"].iter().map(word).collect(),
            Kind::Enum(words) => words.iter().map(word).collect(),
            Kind::Address => vec![value("All", "any address".to_owned())],
            Kind::Suites(form) => {
                let takes = |code: &str| (form == SuiteForm::V2) == (code.len() == 1);
                let own = suites().iter().filter(|suite| takes(suite.code));
                own.filter_map(|suite| {
                    let code = CodeList::Suites.code(suite.code)?;
                    Some(match form {
                        SuiteForm::V3Char4 => {
                            value(suite.code, format!("{}, {}", suite.name, code.detail))
                        }
                        SuiteForm::V2 | SuiteForm::V3 => {
                            value(suite.name, format!("{}, {}", suite.code, code.detail))
                        }
                    })
                })
                .collect()
            }
            Kind::Curves(codes) => of_list(CodeList::Curves(codes), &value),
            Kind::SignaturePairs { .. } => of_list(CodeList::SignaturePairs, &value),
            Kind::Ref(kind) => {
                let def = crate::policy::table::statement(kind);
                let mut names = def.map(self.names).unwrap_or_default();
                names.sort_unstable();
                names.dedup();
                let names = names.into_iter().map(|name| Choice {
                    text: name,
                    kind: ChoiceKind::Name,
                    detail: kind.to_owned(),
                    help: String::new(),
                });
                names.collect()
            }
            Kind::Int { .. }
            | Kind::Text { .. }
            | Kind::SingleAddress
            | Kind::AddressPrefix
            | Kind::AddressRange
            | Kind::Ports { .. }
            | Kind::Wildcard8
            | Kind::Inline(_)
            | Kind::Mask { .. }
            | Kind::TimeRange
            | Kind::TimeOfDay => Vec::new(),
        }
    }
}

/// Curves and pairs by their names, which stand alone on their lines.
fn of_list(list: CodeList, value: &dyn Fn(&str, String) -> Choice) -> Vec<Choice> {
    let choices = list.choices().into_iter();
    choices
        .map(|code| {
            let alone = list.code(code.name).is_some();
            let text = if alone { code.name } else { code.code };
            value(text, format!("{}, {}", code.code, code.detail))
        })
        .collect()
}
