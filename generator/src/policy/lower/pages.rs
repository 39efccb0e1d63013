//! The words for what is wrong with the shape of a text.

use crate::finding::{Finding, Page, Severity};

/// Every page of this module.
pub static PAGES: [&Page; 7] = [
    &MISSING_CLOSE,
    &MISSING_OPEN,
    &STRAY_CLOSE,
    &STRAY_OPEN,
    &TEXT_AFTER_VALUE,
    &NOT_TEXT,
    &TOO_DEEP,
];

/// Whether a finding says that braces are missing or too many.
pub fn is_about_blocks(finding: &Finding) -> bool {
    let pages = [
        &MISSING_CLOSE,
        &MISSING_OPEN,
        &STRAY_CLOSE,
        &STRAY_OPEN,
        &TOO_DEEP,
    ];
    pages.contains(&finding.page)
}

pub static MISSING_CLOSE: Page = Page {
    code: "AT101",
    name: "missing-closing-brace",
    severity: Severity::Error,
    message: "the block of `{statement}` has no closing brace",
    help: "write `}` on a line of its own below the last attribute of the block",
    why: "The Policy Agent takes what follows for part of the block and installs nothing of the file.",
};

pub static MISSING_OPEN: Page = Page {
    code: "AT102",
    name: "missing-opening-brace",
    severity: Severity::Error,
    message: "`{text}` is not followed by an opening brace",
    help: "write `{` on a line of its own below the statement, and `}` below its last attribute",
    why: "A statement's attributes stand between braces; without them the Policy Agent takes them for statements.",
};

pub static STRAY_CLOSE: Page = Page {
    code: "AT103",
    name: "stray-closing-brace",
    severity: Severity::Error,
    message: "this closing brace ends no block",
    help: "remove it, or add the opening brace that is missing above",
    why: "A brace too many is a parse error, and after one the Policy Agent installs nothing of the file.",
};

pub static STRAY_OPEN: Page = Page {
    code: "AT104",
    name: "stray-opening-brace",
    severity: Severity::Error,
    message: "this opening brace begins the block of no statement",
    help: "write the statement's keyword on the line above, or remove the brace",
    why: "A brace too many is a parse error, and after one the Policy Agent installs nothing of the file.",
};

pub static TEXT_AFTER_VALUE: Page = Page {
    code: "AT105",
    name: "text-after-value",
    severity: Severity::Warning,
    message: "`{text}` after the value of `{keyword}` is ignored",
    help: "remove it, or put `#` before it if it is a comment",
    why: "The Policy Agent reads one value and passes over the rest of the line without a message, so a second value \
          never takes effect.",
};

pub static NOT_TEXT: Page = Page {
    code: "AT106",
    name: "bytes-that-are-no-text",
    severity: Severity::Warning,
    message: "the line of `{keyword}` holds bytes that are no text",
    help: "retype the line, and check in which code page the file was transferred",
    why: "A name with such a byte matches no other name, although it may look the same on the screen.",
};

pub static TOO_DEEP: Page = Page {
    code: "AT107",
    name: "nested-too-deep",
    severity: Severity::Error,
    message: "blocks are nested too deep here; what stands inside was not read",
    help: "close the blocks above, or move the inner ones out and refer to them by name",
    why: "The language nests at most three blocks, so deeper nesting means that closing braces are missing.",
};
