//! What may be written where the cursor is.

use generator::policy::at::{Choice, ChoiceKind, choices};
use generator::policy::table::StatementDef;
use lsp_server::ResponseError;
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionParams, CompletionTextEdit, Documentation,
    InsertTextFormat, InsertTextMode, MarkupContent, MarkupKind, Range, TextEdit,
};

use super::documents::Document;
use super::session::Session;

pub fn completion(
    session: &Session,
    params: CompletionParams,
) -> Result<Vec<CompletionItem>, ResponseError> {
    let (document, offset) = session.place(&params.text_document_position)?;
    let names = |def| names(session, document, def);
    let found = choices(document.text(), offset, session.settings.release, &names);
    // What stands behind is kept, so only the word is written.
    let alone = document.bytes().get(found.span.end);
    let alone = alone.is_none_or(|byte| matches!(byte, b'\n' | b'\r'));
    let range = document.sheet.range(&found.span);
    let items = found.choices.into_iter().enumerate();
    Ok(items
        .map(|(at, choice)| item(session, choice, at, range, alone))
        .collect())
}

/// The names that statements of a kind have in the policies of a text, and in itself.
fn names(session: &Session, document: &Document, def: &'static StatementDef) -> Vec<String> {
    let stacks = session.world().stacks(document, &session.documents);
    let policies = stacks.map(|(_, stack)| &stack.policy);
    let own = std::iter::once(&document.text().lowered.policy);
    let named = own.chain(policies).flat_map(|policy| policy.of(def));
    named
        .filter_map(|statement| statement.name_str().map(str::to_owned))
        .collect()
}

fn item(session: &Session, choice: Choice, at: usize, range: Range, alone: bool) -> CompletionItem {
    let keyword = &choice.text;
    let (text, is_snippet) = match choice.kind {
        ChoiceKind::Statement if alone && session.snippets => {
            (format!("{keyword} ${{1:name}}\n{{\n  $0\n}}"), true)
        }
        ChoiceKind::Block if alone && session.snippets => {
            (format!("{keyword}\n{{\n  $0\n}}"), true)
        }
        ChoiceKind::Line | ChoiceKind::Statement if alone => (format!("{keyword} "), false),
        _ => (keyword.clone(), false),
    };
    let kind = match choice.kind {
        ChoiceKind::Statement => CompletionItemKind::CLASS,
        ChoiceKind::Block => CompletionItemKind::STRUCT,
        ChoiceKind::Line => CompletionItemKind::PROPERTY,
        ChoiceKind::Value => CompletionItemKind::VALUE,
        ChoiceKind::Name => CompletionItemKind::REFERENCE,
    };
    let help = (!choice.help.is_empty()).then(|| {
        Documentation::MarkupContent(MarkupContent {
            kind: MarkupKind::Markdown,
            value: choice.help.clone(),
        })
    });
    CompletionItem {
        label: choice.text.clone(),
        kind: Some(kind),
        detail: (!choice.detail.is_empty()).then_some(choice.detail),
        documentation: help,
        // As the table has them.
        sort_text: Some(format!("{at:05}")),
        insert_text_format: is_snippet.then_some(InsertTextFormat::SNIPPET),
        insert_text_mode: is_snippet.then_some(InsertTextMode::ADJUST_INDENTATION),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(range, text))),
        ..CompletionItem::default()
    }
}
