//! Findings for people: each with its line, a mark below the place, and what to do.

use std::io::IsTerminal;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use generator::finding::{Finding, Place, Severity};

use super::Found;
use crate::disk::Disk;

pub fn render(found: &Found, disk: &Disk, quiet: bool) -> String {
    let renderer = match std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    let mut text = String::new();
    for finding in &found.findings {
        text.push_str(&one(finding, disk, &renderer));
        text.push_str("\n\n");
    }
    if !quiet {
        text.push_str(&count(found));
        if let Some(words) = found.accounts.words() {
            text.push_str(&words);
            text.push('\n');
        }
    }
    text
}

fn one(finding: &Finding, disk: &Disk, renderer: &Renderer) -> String {
    let level = match finding.page.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let (message, help) = (finding.message(), finding.help());
    let mut group = Group::with_title(level.primary_title(message).id(finding.page.code));
    let places = std::iter::once((&finding.place, None));
    let related = finding.related.iter();
    let related = related.map(|(place, words)| (place, Some(words.as_str())));
    for (place, words) in places.chain(related) {
        let Place::Text { file, start, end } = place else {
            continue;
        };
        let lines = disk.lines(file);
        let (excerpt, span) = lines.excerpt(&(*start..*end));
        let kind = match words {
            None => AnnotationKind::Primary,
            Some(_) => AnnotationKind::Context,
        };
        group = group.element(
            Snippet::source(excerpt)
                .line_start(lines.position(*start).line)
                .path(file.clone())
                .annotation(kind.span(span).label(words.map(str::to_owned))),
        );
    }
    let groups = [group.element(Level::HELP.message(help))];
    renderer.render(&groups)
}

/// "2 errors and 1 warning in 3 files; 2 stacks, 14 rules."
fn count(found: &Found) -> String {
    let number = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    let of = |severity| {
        let findings = found.findings.iter();
        findings
            .filter(|finding| finding.page.severity == severity)
            .count()
    };
    let counts = [
        (of(Severity::Error), "error"),
        (of(Severity::Warning), "warning"),
        (of(Severity::Info), "note"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<_> = counts.map(|(count, word)| number(*count, word)).collect();
    let counts = match counts.is_empty() {
        true => "nothing to say".to_owned(),
        false => counts.join(", "),
    };
    let rules = found.stacks.iter().map(|(_, rules)| rules).sum();
    format!(
        "{counts}; {} with {}, {} read\n",
        number(found.stacks.len(), "stack"),
        number(rules, "rule"),
        number(found.files.len(), "file"),
    )
}
