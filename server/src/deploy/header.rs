//! What stands at the top of the files of a saved revision.

use api::install::InstallOutcome;
use api::store::Revision;
use generator::compile::Header;

use crate::store::install::InstallRow;

pub(super) fn header(store: &str, revision: &Revision, history: Vec<String>) -> Header {
    Header {
        product: format!("Gatehouse {}", crate::VERSION),
        store: store.to_owned(),
        revision: Some(revision.number),
        saved: line(&[&revision.at, &revision.author], &revision.comment),
        history,
    }
}

/// The last installs of a stack, of which the newest comes first, as lines, of which it comes last.
pub(super) fn history(installs: &[InstallRow]) -> Vec<String> {
    let done = installs
        .iter()
        .filter(|install| install.outcome == InstallOutcome::Done)
        .filter(|install| !install.undone && install.undoes.is_none());
    let mut lines: Vec<_> = done
        .map(|install| {
            let revision = format!("(revision {})", install.revision);
            line(&[&install.at, &install.by, &revision], &install.comment)
        })
        .collect();
    lines.reverse();
    lines
}

/// Words, and the first line of a comment when there is one.
fn line(words: &[&str], comment: &str) -> String {
    let words = words.join(" ");
    match comment.lines().next().map(str::trim) {
        None | Some("") => words,
        Some(comment) => format!("{words}: {comment}"),
    }
}
