//! The account of the files: what was read for each stack, and what became of each statement.

use std::fmt::Write as _;

use generator::check::Checked;
use generator::finding::{Finding, Place};
use generator::policy::{Fate, Locate, Part, ResolvedStack, Statement};
use serde_json::{Value, json};

use super::data::place;
use crate::disk::{self, Disk};

/// The files of a stack with what they are for it; the AT-TLS files last, in the order in which they are
/// read.
fn files(stack: &ResolvedStack) -> Vec<(&'static str, &str)> {
    let image = Some(stack.image_path.as_str()).filter(|path| !path.is_empty());
    let files = [
        ("image file", image),
        ("common file", stack.common_path.as_deref()),
        ("policy file", stack.policy_path.as_deref()),
    ];
    let named = files
        .into_iter()
        .filter_map(|(role, path)| Some((role, path?)));
    named.collect()
}

/// A statement with the words for its fate.
struct Entry<'a> {
    statement: &'a Statement,
    file: &'a str,
    fate: &'static str,
    /// What overrides it, or why it is refused.
    words: String,
}

fn entries<'a>(checked: &'a Checked, stack: &'a ResolvedStack) -> Vec<Entry<'a>> {
    let statements = &stack.policy.statements;
    let fates = stack.account.fates().iter().zip(statements).enumerate();
    let entries = fates.map(|(at, (fate, statement))| {
        let later = stack
            .account
            .overridden_by(at)
            .and_then(|at| statements.get(at));
        let words = match fate {
            Fate::Used => String::new(),
            Fate::Overridden => later.map_or_else(String::new, |later| {
                format!("by {}", disk::place(stack, later.tag))
            }),
            Fate::Unused => "nothing refers to it".to_owned(),
            Fate::Refused => refusal(checked, stack, statement),
        };
        Entry {
            statement,
            file: stack
                .origins
                .line(statement.tag)
                .map_or("", |(file, _)| file),
            fate: fate.as_str(),
            words,
        }
    });
    entries.collect()
}

/// What is said at the keyword of a statement that nobody knows.
fn refusal(checked: &Checked, stack: &ResolvedStack, statement: &Statement) -> String {
    let place = stack.origins.place(statement.tag, Part::Keyword);
    let mut findings = checked.findings.iter();
    let why = findings.find(|finding| finding.place == place);
    why.map_or_else(String::new, |why| {
        format!("{}: {}", why.page.code, why.message())
    })
}

/// What is to be said of main and image files, whose statements are lines.
fn said_of<'a>(checked: &'a Checked, path: &str) -> impl Iterator<Item = (&'a Finding, usize)> {
    checked
        .findings
        .iter()
        .filter_map(move |finding| match &finding.place {
            Place::Text { file, start, .. } if file == path => Some((finding, *start)),
            Place::Text { .. } | Place::Field { .. } => None,
        })
}

pub fn text(checked: &Checked, disk: &Disk) -> String {
    let mut text = String::new();
    for stack in &checked.stacks {
        let entries = entries(checked, stack);
        let name = match stack.name.as_str() {
            "" => "the default stack",
            name => name,
        };
        let _ = writeln!(text, "{name}: {}", reading(stack));
        for (role, path) in files(stack) {
            let _ = writeln!(text, "  {role} {path}");
            let own: Vec<_> = entries.iter().filter(|entry| entry.file == path).collect();
            for entry in &own {
                let title = title(entry.statement);
                let at = disk::place(stack, entry.statement.tag);
                let words = match entry.words.as_str() {
                    "" => String::new(),
                    words => format!(", {words}"),
                };
                let _ = writeln!(text, "    {title} ({at}): {}{words}", entry.fate);
            }
            if own.is_empty() {
                for (finding, start) in said_of(checked, path) {
                    let line = disk.lines(path).position(start).line;
                    let (code, message) = (finding.page.code, finding.message());
                    let _ = writeln!(text, "    {path}:{line}: {code}: {message}");
                }
            }
        }
    }
    text
}

/// `FLUSH, NOPURGE, read again after 600 seconds`
fn reading(stack: &ResolvedStack) -> String {
    let reading = &stack.reading;
    let word = |is: bool, yes: &'static str, no: &'static str| if is { yes } else { no };
    format!(
        "{}, {}, read again after {} seconds",
        word(reading.flush, "FLUSH", "NOFLUSH"),
        word(reading.purge, "PURGE", "NOPURGE"),
        reading.interval
    )
}

/// `TTLSRule mq`
fn title(statement: &Statement) -> String {
    match statement.name_str() {
        Some(name) => format!("{} {name}", statement.keyword.as_str()),
        None => statement.keyword.as_str().to_owned(),
    }
}

pub fn data(checked: &Checked, disk: &Disk) -> Value {
    let stacks = checked.stacks.iter().map(|stack| {
        let entries = entries(checked, stack);
        let files = files(stack).into_iter().map(|(role, path)| {
            let own = entries.iter().filter(|entry| entry.file == path);
            let statements = own.map(|entry| {
                json!({
                    "statement": entry.statement.keyword.as_str(),
                    "name": entry.statement.name_str(),
                    "place": place(stack, entry.statement.tag),
                    "fate": entry.fate,
                    "why": entry.words,
                })
            });
            let findings = said_of(checked, path).map(|(finding, start)| {
                let line = disk.lines(path).position(start).line;
                json!({ "code": finding.page.code, "line": line, "message": finding.message() })
            });
            json!({
                "role": role,
                "path": path,
                "statements": statements.collect::<Vec<_>>(),
                "findings": findings.collect::<Vec<_>>(),
            })
        });
        json!({
            "name": stack.name,
            "flush": stack.reading.flush,
            "purge": stack.reading.purge,
            "interval": stack.reading.interval,
            "files": files.collect::<Vec<_>>(),
        })
    });
    json!({ "stacks": stacks.collect::<Vec<_>>() })
}
