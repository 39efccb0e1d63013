//! An attribute that is coded twice although it has one value.

use super::{Check, Known, Look, Report, Walk, title};
use crate::finding::{Page, Severity};
use crate::policy::model::Item;
use crate::policy::table::{AttributeDef, PORT_GROUP, PORT_RANGE, Repeat, StatementDef};
use crate::policy::{Part, Tag};

pub static CHECK: Check = Check {
    pages: &[&DUPLICATE_ATTRIBUTE],
    look: Look::Each(|_| Box::new(walk())),
};

static DUPLICATE_ATTRIBUTE: Page = Page {
    code: "AT009",
    name: "duplicate-attribute",
    severity: Severity::Warning,
    message: "`{keyword}` is coded more than once in `{statement}`",
    help: "{hint}",
    why: "The attribute has one value. Which of several counts is not documented, so a change to the wrong line may have \
          no effect.",
};

fn walk<'p>() -> impl Walk<'p> {
    // One for each row that is coded, so it stays short.
    let mut seen: Vec<(&AttributeDef, Tag)> = Vec::new();
    move |known: &Known<'p>, report: &mut Report<'p>| {
        let (statement, def) = (known.statement, known.def);
        seen.clear();
        for item in statement.items() {
            let (row, tag) = match item {
                Item::Attribute(attribute) => (attribute.def(), attribute.tag),
                Item::Block(block) => (def.attribute(block.keyword.as_str()), block.tag),
            };
            let Some(row) = row.filter(|row| row.repeat == Repeat::Once) else {
                continue;
            };
            let before = seen.iter_mut().find(|(known, _)| std::ptr::eq(*known, row));
            let Some((_, before)) = before else {
                seen.push((row, tag));
                continue;
            };
            let before = std::mem::replace(before, tag);
            let finding = report.at(&DUPLICATE_ATTRIBUTE, before, Part::Keyword);
            let later = report.at.place(tag, Part::Keyword);
            report.push(
                finding
                    .fact("keyword", row.name)
                    .fact("statement", title(statement))
                    .fact("hint", hint(def))
                    .related(later, "coded again here"),
            );
        }
    }
}

/// A second port is a known coding error with a form of its own (APAR PI40723).
fn hint(def: &StatementDef) -> String {
    match def == &PORT_RANGE {
        true => format!(
            "keep one of them, or write a `{}` with a `{}` for each",
            PORT_GROUP.name, PORT_RANGE.name
        ),
        false => "keep one of them".to_owned(),
    }
}
