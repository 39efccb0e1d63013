//! An attribute that is coded twice although it has one value.

use super::{Check, Report, title, visit_known};
use crate::finding::{Page, Severity};
use crate::policy::model::Item;
use crate::policy::table::{AttributeDef, Repeat};
use crate::policy::{Part, Policy, Tag};

pub static CHECK: Check = Check {
    pages: &[&DUPLICATE_ATTRIBUTE],
    run,
};

static DUPLICATE_ATTRIBUTE: Page = Page {
    code: "AT009",
    name: "duplicate-attribute",
    severity: Severity::Warning,
    message: "`{keyword}` is coded more than once in `{statement}`",
    help: "keep one of them",
    why: "The attribute has one value. Which of several counts is not documented, so a change to the wrong line may have \
          no effect.",
};

fn run(policy: &Policy, report: &mut Report<'_>) {
    // One for each row that is coded, so it stays short.
    let mut seen: Vec<(&AttributeDef, Tag)> = Vec::new();
    visit_known(policy, &mut |statement, def| {
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
                    .related(later, "coded again here"),
            );
        }
    });
}
