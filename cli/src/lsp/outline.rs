//! The statements of a text as a tree, and what of it can be folded.

use generator::policy::Part;
use generator::policy::Statement;
use generator::policy::model::{Body, Keyword};
use lsp_server::ResponseError;
use lsp_types::{
    DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, FoldingRange, FoldingRangeKind,
    FoldingRangeParams, SymbolKind,
};

use super::documents::Document;
use super::session::Session;

pub fn symbols(
    session: &Session,
    params: DocumentSymbolParams,
) -> Result<DocumentSymbolResponse, ResponseError> {
    let document = session.document(&params.text_document.uri)?;
    let statements = document.text().lowered.policy.statements.iter();
    let symbols = statements.filter_map(|statement| symbol(document, statement, true));
    Ok(DocumentSymbolResponse::Nested(symbols.collect()))
}

fn symbol(document: &Document, statement: &Statement, is_top: bool) -> Option<DocumentSymbol> {
    let origin = document.text().origin(statement.tag)?;
    let keyword = statement.keyword.as_str();
    let (kind, name) = match (&statement.body, &statement.keyword) {
        (Body::Block { .. }, _) if is_top => (SymbolKind::CLASS, statement.name_str()),
        (Body::Block { .. }, _) => (SymbolKind::STRUCT, statement.name_str()),
        (Body::Line(words), Keyword::Line(_)) => (
            SymbolKind::PROPERTY,
            words.first().map(|word| word.as_str()),
        ),
        // Prose.
        (Body::Line(_), Keyword::Block(_) | Keyword::Unknown(_)) => return None,
    };
    let (name, detail) = match name {
        Some(name) if !name.trim().is_empty() => (name, Some(keyword.to_owned())),
        Some(_) | None => (keyword, None),
    };
    let children = statement
        .blocks()
        .filter_map(|block| symbol(document, block, false));
    let children: Vec<_> = children.collect();
    let place = generator::policy::Locate::place(
        &document.text().lowered.origins,
        statement.tag,
        Part::Value,
    );
    let selected = match place {
        generator::finding::Place::Text { start, end, .. } => start..end,
        generator::finding::Place::Field { .. } => origin.keyword.clone(),
    };
    #[expect(deprecated, reason = "the type has the field")]
    Some(DocumentSymbol {
        name: name.to_owned(),
        detail,
        kind,
        tags: None,
        deprecated: None,
        range: document.sheet.range(&(origin.keyword.start..origin.end)),
        selection_range: document.sheet.range(&selected),
        children: (!children.is_empty()).then_some(children),
    })
}

pub fn folds(
    session: &Session,
    params: FoldingRangeParams,
) -> Result<Vec<FoldingRange>, ResponseError> {
    let document = session.document(&params.text_document.uri)?;
    let folds = document.text().folds().into_iter().filter_map(|span| {
        let range = document.sheet.range(&span);
        let is_comment = document.bytes().get(span.start) == Some(&b'#');
        (range.start.line < range.end.line).then(|| FoldingRange {
            start_line: range.start.line,
            end_line: range.end.line,
            kind: is_comment.then_some(FoldingRangeKind::Comment),
            ..FoldingRange::default()
        })
    });
    Ok(folds.collect())
}
