//! The pages of findings and fields in the user's documentation are generated, so that they are
//! never behind.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use generator::finding::{Page, Severity};
use generator::objects::Kind;
use generator::objects::fields::{self, SettingsPlace};
use generator::policy::Release;
use generator::policy::table::{self, lines, statements};
use generator::problems::all_pages;
use generator::runtime::codes::{CodeDef, Source, Unsure, codes};
use generator::runtime::messages::messages;

#[test]
fn the_documentation_of_findings_is_current() {
    current(
        "findings.md",
        &findings("objects", &all_pages(), "stops an install"),
    );
    let pages = generator::check::pages();
    current(
        "policy-findings.md",
        &findings("files", &pages, "the Policy Agent does not take it"),
    );
}

fn findings(of: &str, pages: &[&Page], error: &str) -> String {
    let mut text = format!(
        "# Findings about {of}\n\nGenerated from the checks; `UPDATE_DOCS=1 cargo test -p generator --test docs` writes it again.\n",
    );
    for page in pages {
        let severity = match page.severity {
            // Findings about policy tests.
            Severity::Error if page.code.starts_with("AT3") => "error: the test does not pass",
            Severity::Error => &format!("error: {error}"),
            Severity::Warning => "warning",
            Severity::Info => "information",
        };
        let message = page.message.replace(['{', '}'], "*");
        let help = page.advice().replace(['{', '}'], "*");
        write!(
            text,
            "\n## {} {}\n\n{severity}\n\n> {message}\n\n{}\n\nWhat to do: {help}.\n",
            page.code, page.name, page.why
        )
        .unwrap();
        let example = generator::check::examples::example(page.code);
        for (title, part) in example.iter().flat_map(|example| example.parts()) {
            write!(text, "\n{title}:\n\n```text\n{part}```\n").unwrap();
        }
    }
    text
}

#[test]
fn the_documentation_of_fields_is_current() {
    let mut text = String::from(
        "# Fields of objects\n\nGenerated from the table of fields; `UPDATE_DOCS=1 cargo test -p generator --test docs` writes it again. The parameter is the Policy Agent's word for what a field writes. Defaults of parameters are those of z/OS 3.1, with the release that brought them.\n",
    );
    for kind in Kind::ALL {
        write!(text, "\n## {}\n\n{HEAD}", kind.plural()).unwrap();
        for field in fields::fields(*kind) {
            let parameter = field.parameter.unwrap_or_default();
            line(
                &mut text,
                field.label,
                parameter,
                field.default,
                &field.words(),
            );
        }
    }
    let places = [
        (SettingsPlace::TrafficRow, "traffic rows"),
        (SettingsPlace::SecurityLevel, "security levels"),
        (SettingsPlace::Rule, "connectivity rules"),
    ];
    for (place, name) in places {
        write!(text, "\n## Further settings of {name}\n\n{HEAD}").unwrap();
        for key in fields::settings(place).iter().flat_map(|group| group.keys) {
            let row = fields::row(key).unwrap().1;
            let unit = row
                .unit
                .map_or_else(String::new, |unit| format!(" ({unit})"));
            let label = format!("{}{unit}", row.label);
            let words = fields::with_examples(row.help, row.kind.examples());
            let default = row.default_words(Release::default());
            line(&mut text, &label, key, &default, &words);
        }
    }
    current("fields.md", &text);
}

#[test]
fn the_documentation_of_return_codes_is_current() {
    let mut text = String::from(
        "# Return codes and messages\n\nGenerated from the tables of `gatehouse explain`, which says more of each; `UPDATE_DOCS=1 cargo test -p generator --test docs` writes it again. What is marked *believed* was found in no public document.\n",
    );
    for source in [Source::AtTls, Source::SystemSsl] {
        let head = "| code | meaning | likely causes | parameters | what to do |\n| --- | --- | --- | --- | --- |\n";
        write!(text, "\n## {}\n\n{head}", source.as_str()).unwrap();
        for row in codes().filter(|row| row.source == source) {
            code(&mut text, row);
        }
    }
    let head = "| id | text | meaning | what to do |\n| --- | --- | --- | --- |\n";
    write!(text, "\n## Messages\n\n{head}").unwrap();
    for row in messages() {
        let told = match row.text {
            "" => String::new(),
            told => format!("`{}`", told.replace('|', "\\|")),
        };
        let believed = if row.unsure { "*Believed.* " } else { "" };
        let to_do = row.to_do.join(" ").replace('|', "\\|");
        writeln!(
            text,
            "| {} | {told} | {believed}{} | {to_do} |",
            row.id, row.meaning
        )
        .unwrap();
    }
    current("return-codes.md", &text);
}

fn code(text: &mut String, row: &CodeDef) {
    let name = match (row.number(), row.symbol) {
        (Some(_), symbol) if !symbol.is_empty() => format!("{} `{symbol}`", row.title()),
        (None, symbol) if !symbol.is_empty() => format!("`{symbol}`"),
        _ => row.title(),
    };
    let (meaning, causes) = match row.unsure {
        Unsure::Nothing => ("", ""),
        Unsure::Meaning => ("*Believed.* ", ""),
        Unsure::Causes => ("", "*Believed.* "),
    };
    let causes = format!("{causes}{}", row.causes.join(" "));
    let parameters: Vec<_> = row
        .attributes
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    let (parameters, to_do) = (parameters.join(", "), row.to_do.join(" "));
    let line = format!(
        "| {name} | {meaning}{} | {causes} | {parameters} | {to_do} |",
        row.meaning
    );
    writeln!(text, "{}", line.replace("  |", " |")).unwrap();
}

/// The words of the language, for the fuzzer to put together.
#[test]
fn the_dictionary_of_the_fuzzer_is_current() {
    let mut words = BTreeSet::from([
        "{",
        "}",
        "#",
        "\n",
        " ",
        "10.1.1.2",
        "10.0.0.0/8",
        "::/0",
        "1-65535",
    ]);
    words.extend(
        lines::lines()
            .iter()
            .flat_map(|def| std::iter::once(&def.name).chain(def.synonyms)),
    );
    for def in statements() {
        words.insert(def.name);
        for row in def.attributes {
            words.insert(row.name);
            words.extend(row.kind.examples());
            words.extend(row.default.iter().map(|(_, value)| value));
            if let table::Kind::Enum(values) = row.kind {
                words.extend(values);
            }
        }
    }
    words.remove("");
    let mut text =
        String::from("# Generated from the table of statements: `make docs` writes it again.\n");
    for word in words {
        writeln!(text, "\"{}\"", word.replace('\n', "\\x0a")).unwrap();
    }
    current("../generator/fuzz/keywords.dict", &text);
}

const HEAD: &str = "| field | parameter | when empty | |\n| --- | --- | --- | --- |\n";

fn line(text: &mut String, label: &str, parameter: &str, default: &str, words: &str) {
    let parameter = match parameter {
        "" => String::new(),
        parameter => format!("`{parameter}`"),
    };
    let default = default.replace('*', "`*`");
    let words = words.replace('|', "\\|");
    let words = words
        .replace("*TOKEN*", "`*TOKEN*`")
        .replace("trailing *", "trailing `*`");
    writeln!(text, "| {label} | {parameter} | {default} | {words} |").unwrap();
}

/// Writes a page of docs/ when that is asked for, and says when it is behind.
fn current(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let current = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(current == text, "docs/{name} is behind: run `make docs`");
}
