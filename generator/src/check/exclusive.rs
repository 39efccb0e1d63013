//! Attributes that cannot stand beside each other.

use super::{Check, Known, Look, Report, codes, title};
use crate::finding::{Page, Severity};
use crate::policy::Part;
use crate::policy::model::Item;
use crate::policy::table::Certainty;

pub static CHECK: Check = Check {
    pages: &[&EXCLUSIVE, &DOUBTFUL_EXCLUSIVE],
    look: Look::Each(|_| Box::new(run)),
};

static EXCLUSIVE: Page = Page {
    code: "AT010",
    name: "attributes-exclude-each-other",
    severity: Severity::Error,
    message: "`{keyword}` and `{other}` cannot both stand in `{statement}`",
    help: "keep one of the two",
    why: "They say the same thing in two ways: in the block itself, or by reference to another statement.",
};

static DOUBTFUL_EXCLUSIVE: Page = Page {
    code: "AT011",
    name: "attributes-seem-to-exclude-each-other",
    severity: Severity::Warning,
    message: "`{keyword}` and `{other}` should not both stand in `{statement}`",
    help: "keep one of the two, or write two statements",
    why: "No manual page for the statement was found; by all examples it takes one of the two.",
};

fn run<'p>(known: &Known<'p>, report: &mut Report<'p>) {
    let (statement, def) = (known.statement, known.def);
    for item in statement.items() {
        let (row, tag) = match item {
            Item::Attribute(attribute) => (attribute.def(), attribute.tag),
            Item::Block(block) => (def.attribute(block.keyword.as_str()), block.tag),
        };
        let Some(row) = row else { continue };
        // Each pair is named once, at the attribute whose name comes later in the alphabet.
        let other = row
            .excludes
            .iter()
            .find(|other| **other < row.name && codes(statement, other));
        let Some(other) = other else { continue };
        let page = match def.certainty {
            Certainty::Confirmed => &EXCLUSIVE,
            Certainty::Unconfirmed | Certainty::ThirdParty => &DOUBTFUL_EXCLUSIVE,
        };
        let finding = report.at(page, tag, Part::Keyword);
        report.push(
            finding
                .fact("keyword", row.name)
                .fact("other", other)
                .fact("statement", title(statement)),
        );
    }
}
