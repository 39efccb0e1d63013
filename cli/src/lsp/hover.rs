//! What the word below the pointer means.

use generator::policy::Part;
use generator::policy::at::{Spot, What, attribute_words, code_words, line_words, statement_words};
use generator::policy::model::Keyword;
use lsp_server::ResponseError;
use lsp_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind, Position, Range};

use super::documents::Document;
use super::session::Session;

/// Lines of a statement that a reference means.
const LINES: usize = 40;

pub fn hover(session: &Session, params: HoverParams) -> Result<Option<Hover>, ResponseError> {
    let at = params.text_document_position_params;
    let (document, offset) = session.place(&at)?;
    let mut parts = Vec::new();
    for (_, finding, found) in session.world().findings(&session.documents) {
        if found.location.uri == document.uri && holds(found.location.range, at.position) {
            let page = finding.page;
            parts.push(format!(
                "**{}** {}: {}\n\n{}\n\nWhat to do: {}.\n",
                page.code,
                page.name,
                finding.message(),
                page.why,
                finding.help()
            ));
        }
    }
    let spot = document.text().spot(offset);
    let words = spot
        .as_ref()
        .and_then(|spot| words(session, document, spot, offset));
    parts.extend(words);
    if parts.is_empty() {
        return Ok(None);
    }
    let value = parts.join("\n---\n\n");
    let kind = MarkupKind::Markdown;
    Ok(Some(Hover {
        contents: HoverContents::Markup(MarkupContent { kind, value }),
        range: spot.map(|spot| document.sheet.range(&spot.span)),
    }))
}

fn holds(range: Range, position: Position) -> bool {
    range.start <= position && position <= range.end
}

fn words(session: &Session, document: &Document, spot: &Spot<'_>, offset: usize) -> Option<String> {
    let (around, attribute) = match spot.what {
        What::Statement { statement, .. } => {
            return match (&statement.keyword, spot.part) {
                (Keyword::Block(def), Part::Keyword) => Some(statement_words(def)),
                (Keyword::Line(def), Part::Keyword) => Some(line_words(def)),
                (Keyword::Block(_) | Keyword::Line(_) | Keyword::Unknown(_), _) => None,
            };
        }
        What::Attribute { around, attribute } => (around, attribute),
    };
    let (def, row) = (around.def()?, attribute.def()?);
    let of_row = attribute_words(def, row, session.settings.release);
    if spot.part == Part::Keyword {
        return Some(of_row);
    }
    if spot.named().is_some() {
        let target = target(session, document, spot);
        return Some(target.unwrap_or(of_row));
    }
    let at = offset.saturating_sub(spot.span.start);
    let code = code_words(row, attribute.value(), at);
    Some(code.unwrap_or(of_row))
}

/// The text of the statement that a reference means, and the file that it is in.
fn target(session: &Session, document: &Document, spot: &Spot<'_>) -> Option<String> {
    let (def, name) = spot.named()?;
    let mut stacks = session.world().stacks(document, &session.documents);
    stacks.find_map(|(view, stack)| {
        let statement = stack.policy.named(def, name)?;
        let origin = stack.origins.of(statement.tag)?;
        let (file, line) = stack.origins.line(statement.tag)?;
        let uri = view.uri_of(file, &session.documents);
        let open = uri.and_then(|uri| session.documents.0.get(&uri));
        let read;
        let text = match open {
            Some(open) => open.text(),
            None => {
                let bytes = view.disk.lines(file);
                read = generator::policy::at::Text::of(bytes.bytes());
                &read
            }
        };
        // The same bytes, read alone.
        let own = text.spot(origin.keyword.start)?;
        let What::Statement { statement, .. } = own.what else {
            return None;
        };
        let shown = text.shown(statement);
        let mut lines: Vec<_> = shown.lines().take(LINES + 1).collect();
        if lines.len() > LINES {
            lines.truncate(LINES);
            lines.push("…");
        }
        Some(format!(
            "```pagent\n{}\n```\n\n{file}:{line}\n",
            lines.join("\n")
        ))
    })
}
