//! What is wrong in the revision, as `check` shows it: each finding with its object and field.

use std::collections::HashSet;

use annotate_snippets::{Level, Renderer};
use generator::finding::{Finding, Place, Severity};
use generator::objects::{Configuration, fields};
use server::deploy::StackFiles;
use server::store::saved::Saved;

/// Writes the findings of the stacks to standard error; how many are errors.
pub fn say(saved: &Saved, stacks: &[&StackFiles]) -> usize {
    // Stacks share objects.
    let mut seen = HashSet::new();
    let findings = stacks.iter().flat_map(|stack| &stack.findings);
    let findings: Vec<_> = findings
        .filter(|one| seen.insert((one.page.code, &one.place, one.message())))
        .collect();
    for finding in &findings {
        eprintln!("{}\n", text(&saved.configuration, finding));
    }
    let errors = findings.iter();
    let errors = errors.filter(|one| one.page.severity == Severity::Error);
    errors.count()
}

fn text(configuration: &Configuration, finding: &Finding) -> String {
    let level = match finding.page.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let (message, help) = (finding.message(), finding.help());
    let title = level.primary_title(message).id(finding.page.code);
    let place = place(configuration, &finding.place);
    let group = title.element(Level::NOTE.message(place));
    Renderer::plain().render(&[group.element(Level::HELP.message(help))])
}

/// "security level `GOLD12`, Use TLS V1.2"
fn place(configuration: &Configuration, place: &Place) -> String {
    let Place::Field { object: id, field } = place else {
        return String::new();
    };
    let Some(object) = configuration.get(id) else {
        return id.to_string();
    };
    let (kind, name) = (object.kind(), object.name());
    let label = fields::label(kind, &field.0);
    match label.is_empty() {
        true => format!("{} `{name}`", kind.singular()),
        false => format!("{} `{name}`, {label}", kind.singular()),
    }
}
