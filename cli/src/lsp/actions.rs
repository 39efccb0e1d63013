//! What can be written at a press: the word that was meant, one by one or all at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use generator::finding::Finding;
use lsp_server::ResponseError;
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, Position, Range, TextEdit,
    Uri, WorkspaceEdit,
};

use super::diagnostics::diagnostic;
use super::session::Session;
use crate::check::fix;

/// Everything in a file of which only one thing can be meant.
pub const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.gatehouse");

pub fn actions(
    session: &Session,
    params: CodeActionParams,
) -> Result<Vec<CodeActionOrCommand>, ResponseError> {
    let uri = params.text_document.uri;
    session.document(&uri)?;
    let only = params.context.only.as_deref();
    let wants = |kind: &CodeActionKind| {
        only.is_none_or(|only| only.iter().any(|wanted| holds(wanted, kind)))
    };
    let mut actions = Vec::new();
    // By place, as two configurations can share a file.
    let mut offered = BTreeSet::new();
    let mut all: BTreeMap<Position, TextEdit> = BTreeMap::new();
    for (view, finding, found) in session.world().findings(&session.documents) {
        if found.location.uri != uri {
            continue;
        }
        let Some(suggestion) = &finding.suggestion else {
            continue;
        };
        let edit = TextEdit::new(found.location.range, suggestion.text.clone());
        if fix::safe(finding).is_some() {
            all.insert(edit.range.start, edit.clone());
        }
        let is_new = offered.insert((edit.range.start, suggestion.text.clone()));
        if is_new && wants(&CodeActionKind::QUICKFIX) && touch(found.location.range, params.range) {
            actions.push(CodeAction {
                diagnostics: Some(vec![diagnostic(session, view, finding, &found)]),
                is_preferred: Some(suggestion.safe),
                ..action(
                    title(finding, &suggestion.text),
                    CodeActionKind::QUICKFIX,
                    &uri,
                    vec![edit],
                )
            });
        }
    }
    if wants(&FIX_ALL) && !all.is_empty() {
        let title = "mend all of which only one thing can be meant".to_owned();
        actions.push(action(title, FIX_ALL, &uri, all.into_values().collect()));
    }
    Ok(actions
        .into_iter()
        .map(CodeActionOrCommand::CodeAction)
        .collect())
}

fn title(finding: &Finding, text: &str) -> String {
    match text {
        "" => format!("{}: remove it", finding.page.code),
        text => format!("{}: write `{text}`", finding.page.code),
    }
}

fn action(title: String, kind: CodeActionKind, uri: &Uri, edits: Vec<TextEdit>) -> CodeAction {
    let changes = HashMap::from([(uri.clone(), edits)]);
    CodeAction {
        title,
        kind: Some(kind),
        edit: Some(WorkspaceEdit::new(changes)),
        ..CodeAction::default()
    }
}

/// Whether a kind is the wanted one or one below it.
fn holds(wanted: &CodeActionKind, kind: &CodeActionKind) -> bool {
    let rest = kind.as_str().strip_prefix(wanted.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || wanted.as_str().is_empty())
}

fn touch(one: Range, other: Range) -> bool {
    one.start <= other.end && other.start <= one.end
}
