//! Attributes and blocks that their statement does not have.

use super::{Check, Known, Look, Report, Walk, codes, title};
use crate::finding::{Page, Severity};
use crate::policy::model::{Item, Keyword};
use crate::policy::spelling;
use crate::policy::table::{StatementDef, statements};
use crate::policy::{Part, Statement, Tag};

pub static CHECK: Check = Check {
    pages: &[&UNKNOWN_ATTRIBUTE, &WRONG_BLOCK],
    look: Look::Each(|_| Box::new(walk())),
};

static UNKNOWN_ATTRIBUTE: Page = Page {
    code: "AT002",
    name: "unknown-attribute",
    severity: Severity::Error,
    message: "`{keyword}` is not an attribute of `{statement}`",
    help: "{hint}",
    why: "The Policy Agent logs an unknown attribute as an object error and installs no new AT-TLS policy for the stack.",
};

static WRONG_BLOCK: Page = Page {
    code: "AT003",
    name: "attribute-in-wrong-block",
    severity: Severity::Error,
    message: "`{keyword}` does not stand in `{statement}`",
    help: "{hint}",
    why: "Each attribute belongs to certain statements; in any other the Policy Agent logs it as unknown and installs no \
          new AT-TLS policy for the stack.",
};

/// So many misspelt words are worth a suggestion; a file with more is no policy.
const SUGGESTIONS: usize = 200;

fn walk<'p>() -> impl Walk<'p> {
    let mut count = 0;
    move |known: &Known<'p>, report: &mut Report<'p>| {
        let (statement, def) = (known.statement, known.def);
        for item in statement.items() {
            let (keyword, tag) = match item {
                Item::Attribute(attribute) if attribute.def().is_none() => {
                    (attribute.name(), attribute.tag)
                }
                Item::Block(block) if !is_inline(block, def) => (block.keyword.as_str(), block.tag),
                Item::Attribute(_) | Item::Block(_) => continue,
            };
            count += 1;
            let suggest = count <= SUGGESTIONS;
            push(report, statement, def, keyword, tag, suggest);
        }
    }
}

fn is_inline(block: &Statement, around: &StatementDef) -> bool {
    matches!(block.keyword, Keyword::Block(def) if def.is_inline_in(around))
}

fn push(
    report: &mut Report<'_>,
    statement: &Statement,
    def: &'static StatementDef,
    keyword: &str,
    tag: Tag,
    suggest: bool,
) {
    let homes = homes(keyword);
    let mut found = None;
    let (page, hint) = if homes.is_empty() {
        found = suggest.then(|| meant(keyword, statement, def)).flatten();
        let hint = match found {
            Some((meant, _)) => format!("write `{meant}` if that is meant"),
            None => "remove it, or look up the attributes of the statement".to_owned(),
        };
        (&UNKNOWN_ATTRIBUTE, hint)
    } else {
        (&WRONG_BLOCK, format!("move it to {}", homes.join(" or ")))
    };
    let finding = report.at(page, tag, Part::Keyword);
    report.push(
        finding
            .fact("keyword", keyword)
            .fact("statement", title(statement))
            .fact("hint", hint)
            .suggest(found.map(|meant| spelling::suggestion(keyword, meant))),
    );
}

/// The attribute that is closest to a word; of equally close ones, one that is not there yet.
fn meant(
    keyword: &str,
    statement: &Statement,
    def: &'static StatementDef,
) -> Option<(&'static str, bool)> {
    let known = def.attributes.iter().map(|row| row.name);
    let (there, missing): (Vec<_>, Vec<_>) = known.partition(|name| codes(statement, name));
    spelling::meant(keyword, missing.into_iter().chain(there))
}

/// The statements that have an attribute or block of this name.
fn homes(keyword: &str) -> Vec<String> {
    let top = statements()
        .iter()
        .filter(|def| def.name.eq_ignore_ascii_case(keyword) && def.inline_in.is_empty())
        .map(|_| "the top of the file".to_owned());
    let inside = statements()
        .iter()
        .filter(|def| def.attribute(keyword).is_some())
        .map(|def| format!("`{}`", def.name));
    top.chain(inside).collect()
}
