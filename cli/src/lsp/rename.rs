//! Another name for a statement, there and wherever it is referred to.

use std::collections::HashMap;

use generator::policy::model::Name;
use lsp_server::{ErrorCode, ResponseError};
use lsp_types::{
    PrepareRenameResponse, RenameParams, TextDocumentPositionParams, TextEdit, Uri, WorkspaceEdit,
};

use super::jump::everywhere;
use super::session::{Session, refused};

/// Where the name stands that would change; nothing where none is.
pub fn prepare(
    session: &Session,
    params: TextDocumentPositionParams,
) -> Result<Option<PrepareRenameResponse>, ResponseError> {
    let (document, offset) = session.place(&params)?;
    let spot = document.text().spot(offset);
    let named = spot.as_ref().and_then(|spot| Some((spot.named()?.1, spot)));
    Ok(
        named.map(|(name, spot)| PrepareRenameResponse::RangeWithPlaceholder {
            range: document.sheet.range(&spot.span),
            placeholder: name.to_owned(),
        }),
    )
}

pub fn rename(session: &Session, params: RenameParams) -> Result<WorkspaceEdit, ResponseError> {
    let no = |words: String| refused(ErrorCode::RequestFailed, words);
    let (document, offset) = session.place(&params.text_document_position)?;
    let spot = document.text().spot(offset);
    let Some((def, name)) = spot.as_ref().and_then(|spot| spot.named()) else {
        return Err(no(
            "only the name of a statement can be another one".to_owned()
        ));
    };
    let new = params.new_name;
    if let Err(error) = Name::new(&new) {
        return Err(no(format!("`{new}` is no name of a statement: {error}")));
    }
    if name.contains(char::REPLACEMENT_CHARACTER) {
        return Err(no(format!(
            "`{name}` holds bytes that are no text; retype it by hand"
        )));
    }
    let everywhere = everywhere(session, document, def, name);
    let mut stacks = everywhere.stacks.iter();
    if new != name && stacks.any(|stack| stack.policy.named(def, &new).is_some()) {
        return Err(no(format!(
            "there is a `{} {new}` already; choose another name",
            def.name
        )));
    }
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for (_, found) in everywhere.places {
        let uri = found.location.uri;
        if found.is_translated {
            let words = format!(
                "`{}` is in EBCDIC; open it, or transfer it as text",
                uri.as_str()
            );
            return Err(no(words));
        }
        let edit = TextEdit::new(found.location.range, new.clone());
        changes.entry(uri).or_default().push(edit);
    }
    Ok(WorkspaceEdit::new(changes))
}
