//! Answers as text for people.

use std::fmt::Write as _;

use generator::check::examples::{Example, example};
use generator::finding::{Page, Severity};
use generator::runtime::{Answer, Connection, Explanation, Kind, Message, Unknown};

use super::policy::Rule;

/// Messages that are shown with all their values.
const FEW: usize = 3;
/// Connections that are shown.
const MOST: usize = 50;

/// The page of a finding.
pub fn page(page: &Page) -> String {
    let severity = match page.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "information",
    };
    let mut text = format!(
        "{} {} ({severity})\n\n  {}\n\n{}\n\nWhat to do: {}.\n",
        page.code,
        page.name,
        page.message,
        page.why,
        page.advice()
    );
    let parts = example(page.code).map(Example::parts);
    for (title, part) in parts.unwrap_or_default() {
        let _ = write!(text, "\n{title}:\n\n");
        for line in part.lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}

/// All of an answer.
pub fn answer(answer: &Answer, rules: &[Rule], pages: &[&Page]) -> String {
    let mut parts = Vec::new();
    if answer.messages.len() <= FEW {
        parts.extend(answer.messages.iter().map(message));
    }
    parts.extend(connections(answer));
    parts.extend(rules.iter().map(|rule| rule.lines.join("\n") + "\n"));
    parts.extend(
        answer
            .explanations
            .iter()
            .map(|one| explanation(one, pages)),
    );
    parts.extend(answer.unknown.iter().map(unknown));
    parts.extend(summary(answer));
    parts.join("\n")
}

/// One message, taken apart.
fn message(message: &Message) -> String {
    let mut text = format!("line {}: {}\n", message.line, message.id);
    let values = message
        .values
        .iter()
        .map(|value| (value.name, value.text.as_str()));
    let rest = (!message.rest.is_empty()).then_some(("", message.rest.as_str()));
    for (name, value) in values.chain(rest) {
        let _ = writeln!(text, "  {name:8}  {value}");
    }
    text
}

/// Those that failed; of others the number alone, unless there are few.
fn connections(answer: &Answer) -> Vec<String> {
    let all = &answer.connections;
    let failed = all.iter().filter(|one| !one.failures.is_empty());
    let few = all.len() <= FEW;
    let shown: Vec<&Connection> = match few {
        true => all.iter().collect(),
        false => failed.take(MOST).collect(),
    };
    let left_out = all.len() - shown.len();
    let mut texts: Vec<_> = shown.into_iter().map(connection).collect();
    if left_out > 0 {
        let failed = all.iter().filter(|one| !one.failures.is_empty()).count();
        let more = failed.saturating_sub(texts.len());
        texts.push(match more {
            0 => format!("{left_out} more connections, none of which failed\n"),
            more => format!("{left_out} more connections, of which {more} failed\n"),
        });
    }
    texts
}

fn connection(connection: &Connection) -> String {
    let mut text = format!("{}\n", connection.words());
    let ends = [
        ("local", &connection.local),
        ("remote", &connection.remote),
        ("direction", &connection.way),
    ];
    for (name, value) in ends.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(text, "  {name:9}  {value}");
    }
    let lines: Vec<_> = connection
        .lines
        .iter()
        .take(20)
        .map(usize::to_string)
        .collect();
    let more = if connection.lines.len() > lines.len() {
        ", …"
    } else {
        ""
    };
    let _ = writeln!(text, "  {:9}  {}{more}", "lines", lines.join(", "));
    text
}

/// One explanation, with a heading and its parts.
fn explanation(one: &Explanation, pages: &[&Page]) -> String {
    let mut text = one.subject.clone();
    if !one.title.is_empty() {
        let _ = write!(text, " {}", one.title);
    }
    let _ = write!(text, " ({})\n\n", one.source);
    let doubt = if one.unsure {
        "Believed, and not confirmed: "
    } else {
        ""
    };
    let _ = writeln!(text, "  {doubt}{}", one.meaning);
    let width = one
        .facts
        .iter()
        .map(|fact| fact.name.len())
        .max()
        .unwrap_or(0);
    let facts = one
        .facts
        .iter()
        .map(|fact| format!("{:width$}  {}", fact.name, fact.words));
    section(&mut text, "", "", facts);
    let doubt = if one.unsure_causes {
        " (not confirmed)"
    } else {
        ""
    };
    section(
        &mut text,
        &format!("Likely causes{doubt}"),
        "- ",
        one.causes,
    );
    section(
        &mut text,
        "Parameters that it may be about",
        "",
        parameters(one),
    );
    section(&mut text, "What to do", "- ", one.to_do);
    section(&mut text, "Commands, for example", "", one.commands);
    foreseen(&mut text, one, pages);
    if !one.related.is_empty() {
        let word = match one.kind {
            Kind::Attribute | Kind::Statement => "Return codes that may be about it",
            _ => "Related",
        };
        let _ = write!(text, "\n{word}: {}\n", one.related.join(", "));
    }
    if !one.evidence.is_empty() {
        let _ = write!(text, "\nSource: {}\n", one.evidence);
    }
    text
}

fn section(
    text: &mut String,
    title: &str,
    mark: &str,
    lines: impl IntoIterator<Item = impl AsRef<str>>,
) {
    let mut lines = lines.into_iter().peekable();
    if lines.peek().is_none() {
        return;
    }
    text.push('\n');
    if !title.is_empty() {
        let _ = writeln!(text, "{title}");
    }
    for line in lines {
        let _ = writeln!(text, "  {mark}{}", line.as_ref());
    }
}

/// Each attribute once, with its statements.
fn parameters(one: &Explanation) -> Vec<String> {
    let mut lines: Vec<(&str, Vec<&str>)> = Vec::new();
    for parameter in &one.parameters {
        match lines
            .iter_mut()
            .find(|(name, _)| *name == parameter.attribute)
        {
            Some((_, statements)) => statements.push(parameter.statement),
            None => lines.push((parameter.attribute, vec![parameter.statement])),
        }
    }
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines = lines.into_iter();
    lines
        .map(|(name, statements)| format!("{name:width$}  {}", statements.join(", ")))
        .collect()
}

/// The findings that report it beforehand: those of files, and those of the pages.
fn foreseen(text: &mut String, one: &Explanation, pages: &[&Page]) {
    for (prefix, who) in [("AT", "`gatehouse check` finds"), ("GH", "the pages find")] {
        let codes = one.foreseen.iter().filter(|code| code.starts_with(prefix));
        let named = codes.filter_map(|code| {
            let page = pages.iter().find(|page| page.code == *code)?;
            Some(format!("{} {}", page.code, page.name))
        });
        let named: Vec<_> = named.collect();
        if !named.is_empty() {
            let _ = write!(text, "\nBeforehand, {who} this: {}\n", named.join(", "));
        }
    }
}

fn unknown(unknown: &Unknown) -> String {
    let nearest: Vec<_> = unknown.nearest.iter().map(String::as_str).collect();
    let mut text = format!("{}\n\n  Nothing is known of it.", unknown.subject);
    for part in [unknown.words.clone(), self::nearest(&nearest)] {
        if !part.is_empty() {
            let _ = write!(text, " {}.", part.trim_end_matches('.'));
        }
    }
    text.push('\n');
    text
}

/// What is known next to something: a sentence without its period, or nothing.
pub fn nearest(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match &names[..] {
        [] => String::new(),
        [one] => format!("{one} is one"),
        many => format!("{} are known", many.join(" and ")),
    }
}

/// What a log holds, in figures; nothing for a question.
fn summary(answer: &Answer) -> Option<String> {
    if answer.messages.len() <= 1 && answer.unread == 0 && !answer.cut {
        return None;
    }
    let count = |number: usize, what: &str| match number {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    };
    let mut text = format!(
        "{}, {}; {} with nothing known",
        count(answer.messages.len(), "message"),
        count(
            answer
                .connections
                .iter()
                .filter(|one| !one.id.is_empty())
                .count(),
            "connection"
        ),
        count(answer.unread, "line"),
    );
    if answer.cut {
        text.push_str("; the text is longer than is looked at, and its end was left out");
    }
    text.push('\n');
    Some(text)
}
