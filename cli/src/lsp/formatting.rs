//! The layout of a text, as `gatehouse fmt` writes it; its lines end as they do.

use generator::policy::format::edits;
use lsp_server::{ErrorCode, ResponseError};
use lsp_types::{DocumentFormattingParams, TextEdit};

use super::session::{Session, refused};

pub fn formatting(
    session: &Session,
    params: DocumentFormattingParams,
) -> Result<Vec<TextEdit>, ResponseError> {
    let document = session.document(&params.text_document.uri)?;
    let bytes = document.bytes();
    let first = bytes.iter().position(|byte| *byte == b'\n');
    let newline = match first.and_then(|at| bytes.get(at.checked_sub(1)?)) {
        Some(b'\r') => "\r\n",
        Some(_) | None => "\n",
    };
    let Some(edits) = edits(bytes, newline) else {
        let words =
            "braces are missing, and the indentation tells where blocks end; nothing was changed";
        return Err(refused(ErrorCode::RequestFailed, words));
    };
    let edits = edits.into_iter().map(|edit| {
        let range = document.sheet.range(&edit.span);
        TextEdit::new(range, edit.text)
    });
    Ok(edits.collect())
}
