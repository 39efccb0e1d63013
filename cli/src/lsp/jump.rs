//! From a name to its statement, to all that refer to it, and to the files that are named.

use std::collections::BTreeSet;

use generator::policy::at::occurrences;
use generator::policy::table::StatementDef;
use generator::policy::{Part, ResolvedStack, Tag};
use lsp_server::ResponseError;
use lsp_types::{GotoDefinitionParams, Location, Position, Range, ReferenceParams, Uri};

use super::documents::Document;
use super::session::Session;
use super::uris;
use super::world::{Found, View};
use crate::disk;

pub fn definition(
    session: &Session,
    params: GotoDefinitionParams,
) -> Result<Vec<Location>, ResponseError> {
    let (document, offset) = session.place(&params.text_document_position_params)?;
    let text = document.text();
    if let Some((name, _)) = text.file_name(offset) {
        return Ok(file(session, document, name).into_iter().collect());
    }
    let spot = text.spot(offset);
    let Some((def, name)) = spot.as_ref().and_then(|spot| spot.named()) else {
        return Ok(Vec::new());
    };
    let stacks = session.world().stacks(document, &session.documents);
    let found = stacks.filter_map(|(view, stack)| {
        let tag = stack.policy.named(def, name)?.tag;
        view.found_tag(stack, tag, Part::Value, &session.documents)
    });
    let mut locations: Vec<Location> = Vec::new();
    for found in found {
        if !locations.contains(&found.location) {
            locations.push(found.location);
        }
    }
    Ok(locations)
}

/// The file that a main or image file names, if it is there.
fn file(session: &Session, document: &Document, name: &str) -> Option<Location> {
    let views = session.world().views.iter().filter(|view| {
        let reached = document
            .file
            .as_deref()
            .is_some_and(|file| view.disk.has_reached(file));
        view.uri == document.uri || reached
    });
    let mut paths = views
        .filter(|view| view.disk.has(name))
        .filter_map(|view| view.disk.path(name));
    let path = paths.next()?;
    let open = session.documents.of_file(&disk::identity(&path));
    let uri = open.map_or_else(|| uris::uri(&path), |open| Some(open.uri.clone()))?;
    let start = Position::new(0, 0);
    Some(Location::new(uri, Range::new(start, start)))
}

pub fn references(
    session: &Session,
    params: ReferenceParams,
) -> Result<Vec<Location>, ResponseError> {
    let (document, offset) = session.place(&params.text_document_position)?;
    let spot = document.text().spot(offset);
    let Some((def, name)) = spot.as_ref().and_then(|spot| spot.named()) else {
        return Ok(Vec::new());
    };
    let everywhere = everywhere(session, document, def, name);
    let wanted = everywhere.places.into_iter();
    let wanted =
        wanted.filter(|(is_statement, _)| params.context.include_declaration || !is_statement);
    Ok(wanted.map(|(_, found)| found.location).collect())
}

/// Every place of a name, in all files that belong together.
#[derive(Default)]
pub struct Everywhere<'s> {
    /// Whether it is a statement's own name, and where.
    pub places: Vec<(bool, Found)>,
    /// The stacks whose policies have the name.
    pub stacks: Vec<&'s ResolvedStack>,
}

/// Begins at the stacks of a text and goes on to those that share a file with the name.
pub fn everywhere<'s>(
    session: &'s Session,
    document: &Document,
    def: &'static StatementDef,
    name: &str,
) -> Everywhere<'s> {
    let documents = &session.documents;
    let mut files = BTreeSet::from([document.uri.clone()]);
    let mut seen: Vec<bool> = Vec::new();
    let all: Vec<(&View, &ResolvedStack)> = session
        .world()
        .views
        .iter()
        .flat_map(|view| view.checked.stacks.iter().map(move |stack| (view, stack)))
        .collect();
    seen.resize(all.len(), false);
    let mut everywhere = Everywhere::default();
    let mut places: BTreeSet<(Uri, Position)> = BTreeSet::new();
    loop {
        let shares = |(view, stack): &(&View, &ResolvedStack)| {
            let mut own = stack.origins.files.iter();
            own.any(|file| {
                view.uri_of(file, documents)
                    .is_some_and(|uri| files.contains(&uri))
            })
        };
        let Some(at) = (0..all.len()).find(|at| !seen[*at] && shares(&all[*at])) else {
            return everywhere;
        };
        seen[at] = true;
        let (view, stack) = all[at];
        let found = occurrences(&stack.policy, def, name);
        let of_kind =
            |tags: Vec<Tag>, is_statement| tags.into_iter().map(move |tag| (is_statement, tag));
        let tags = of_kind(found.statements, true).chain(of_kind(found.references, false));
        let mut has_name = false;
        for (is_statement, tag) in tags {
            has_name = true;
            let Some(found) = view.found_tag(stack, tag, Part::Value, documents) else {
                continue;
            };
            let uri = found.location.uri.clone();
            files.insert(uri.clone());
            if places.insert((uri, found.location.range.start)) {
                everywhere.places.push((is_statement, found));
            }
        }
        if has_name {
            everywhere.stacks.push(stack);
        }
    }
}
