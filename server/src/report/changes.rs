//! What differs between two revisions as a document: JSON, CSV, Markdown, HTML.

use api::store::{Difference, Revision};
use askama::Template;

use super::{Format, WriteError, markdown, sheet};

/// The differences of a store's revisions, each side as it was saved.
pub struct Changes {
    pub store: String,
    pub from: Revision,
    pub to: Revision,
    pub differences: Vec<Difference>,
}

const TITLES: [&str; 3] = ["Kind", "Name", "Change"];
const NONE: &str = "No object differs.";

/// The bytes of the report in a format; JSON is the list of differences.
pub fn write(changes: &Changes, format: Format) -> Result<Vec<u8>, WriteError> {
    Ok(match format {
        Format::Json => serde_json::to_vec(&changes.differences)?,
        Format::Csv => sheet::table(TITLES, rows(changes))?,
        Format::Markdown => in_markdown(changes).into_bytes(),
        Format::Html => Page {
            title: title(changes),
            origins: [&changes.from, &changes.to].map(origin),
            titles: TITLES,
            rows: rows(changes).collect(),
            none: NONE,
        }
        .render()?
        .into_bytes(),
    })
}

/// One page to print: no script, and nothing that is loaded.
#[derive(Template)]
#[template(path = "changes.html")]
struct Page {
    title: String,
    origins: [String; 2],
    titles: [&'static str; 3],
    rows: Vec<[String; 3]>,
    none: &'static str,
}

fn in_markdown(changes: &Changes) -> String {
    let mut text = format!("# {}\n", markdown::escaped(&title(changes)));
    for revision in [&changes.from, &changes.to] {
        text.push_str(&format!("\n{}\n", markdown::escaped(&origin(revision))));
    }
    text.push('\n');
    if changes.differences.is_empty() {
        text.push_str(&format!("{NONE}\n"));
        return text;
    }
    markdown::head(&mut text, TITLES.into_iter());
    for row in rows(changes) {
        markdown::row(&mut text, row.into_iter());
    }
    text
}

/// One row for each sentence.
fn rows(changes: &Changes) -> impl Iterator<Item = [String; 3]> {
    changes.differences.iter().flat_map(|one| {
        let row = |words: &String| {
            [
                one.kind.singular().to_owned(),
                one.name.clone(),
                words.clone(),
            ]
        };
        one.words.iter().map(row)
    })
}

fn title(changes: &Changes) -> String {
    format!(
        "Changes of {} from revision {} to {}",
        changes.store, changes.from.number, changes.to.number
    )
}

fn origin(revision: &Revision) -> String {
    let mut words = format!(
        "Revision {}, saved {} by {}",
        revision.number, revision.at, revision.author
    );
    if !revision.comment.is_empty() {
        words.push_str(&format!(": {}", revision.comment));
    }
    words
}
