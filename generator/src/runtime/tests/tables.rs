//! The rows agree with each other, with the findings, and with the reference where that can be found.

use std::collections::{BTreeSet, HashSet};

use super::super::codes::{Numbers, codes};
use super::super::messages::messages;
use super::super::pagent::TEXTS;
use super::*;
use crate::finding::Page;
use crate::policy::table::statements;

#[track_caller]
fn is_sentence(text: &str) {
    assert!(
        text.ends_with('.') && !text.contains(['!', '\u{2014}']),
        "{text}"
    );
    assert!(
        text.starts_with(|c: char| c.is_uppercase() || c == '`'),
        "{text}"
    );
}

fn is_attribute(name: &str) -> bool {
    statements()
        .iter()
        .any(|def| def.attributes.iter().any(|row| row.name == name))
}

#[test]
fn rows_of_codes_are_whole() {
    let (mut numbers, mut symbols) = (HashSet::new(), HashSet::new());
    for row in codes() {
        is_sentence(row.meaning);
        row.causes
            .iter()
            .chain(row.to_do)
            .for_each(|text| is_sentence(text));
        assert!(
            !row.to_do.is_empty() || row.unsure != Unsure::Nothing,
            "{}",
            row.title()
        );
        assert!(!row.evidence.is_empty());
        assert!(row.commands.iter().all(|command| !command.ends_with('.')));
        assert!(
            row.symbol.is_empty() || symbols.insert(row.symbol),
            "{}",
            row.symbol
        );
        if let Some(number) = row.number() {
            assert!(numbers.insert(number), "{number} twice");
        }
        for name in row.attributes {
            assert!(is_attribute(name), "{}: {name}", row.title());
        }
        for related in row.related {
            assert!(
                code(*related).is_some() && !row.has(*related),
                "{}: {related}",
                row.title()
            );
        }
    }
    let all: Vec<_> = codes().filter_map(CodeDef::number).collect();
    assert!(all[8..].is_sorted(), "System SSL by number");
}

#[test]
fn rows_of_messages_are_whole() {
    let mut ids = HashSet::new();
    for row in messages() {
        assert!(ids.insert(row.id), "{} twice", row.id);
        is_sentence(row.meaning);
        row.to_do.iter().for_each(|text| is_sentence(text));
        assert!(!row.goes_to.is_empty());
        for id in row.related {
            assert!(message(id).is_some() && *id != row.id, "{}: {id}", row.id);
        }
        for name in row.values {
            assert!(
                *name == "EVENT" || row.text.contains(&format!("{name}:")),
                "{}: {name}",
                row.id
            );
            assert!(VALUES.iter().any(|(known, _)| known == name), "{name}");
        }
    }
    for row in ERRNOS {
        is_sentence(row.meaning);
        row.to_do.iter().for_each(|text| is_sentence(text));
        assert!(row.attributes.iter().all(|name| is_attribute(name)));
        assert!(row.related.iter().all(|number| code(*number).is_some()));
    }
    for row in &TEXTS {
        is_sentence(row.meaning);
        row.to_do.iter().for_each(|text| is_sentence(text));
    }
}

/// The return codes that the words of a page name.
fn named_by(page: &Page) -> BTreeSet<u16> {
    let words = format!("{} {}", page.message, page.why);
    let mut found = BTreeSet::new();
    for part in words.split("return code ").skip(1) {
        let words = part
            .split_whitespace()
            .map(|word| word.trim_matches(|c: char| !c.is_ascii_digit()));
        let numbers = words.take(3).filter_map(|word| word.parse::<u16>().ok());
        found.extend(numbers.filter(|number| code(*number).is_some()));
    }
    found
}

#[test]
fn a_code_names_the_findings_that_name_it() {
    let pages: Vec<_> = crate::check::pages()
        .into_iter()
        .chain(crate::problems::all_pages())
        .collect();
    let mut from_pages = BTreeSet::new();
    for page in &pages {
        from_pages.extend(named_by(page).into_iter().map(|number| (number, page.code)));
    }
    let mut from_rows = BTreeSet::new();
    for row in codes().filter(|row| !row.foreseen.is_empty()) {
        let number = row.number().unwrap();
        from_rows.extend(row.foreseen.iter().map(|code| (number, *code)));
    }
    assert_eq!(from_rows, from_pages);
    let known: HashSet<_> = pages.iter().map(|page| page.code).collect();
    for text in &TEXTS {
        assert!(text.foreseen.iter().all(|code| known.contains(code)));
    }
}

/// The fields of a line of comma-separated values.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields.last_mut().unwrap().push(other),
        }
    }
    fields
}

#[test]
fn every_code_of_the_reference_is_here() {
    let Some(path) = crate::corpus::found("../reference/return-codes.csv") else {
        return;
    };
    let text = std::fs::read_to_string(path).unwrap();
    let mut seen = 0;
    for line in text.lines().skip(1) {
        let known = fields(line);
        let [number, source, symbol, ..] = &known[..] else {
            panic!("{line}");
        };
        let row = match number.split([',', '-']).next().unwrap().parse() {
            Ok(number) => code(number),
            Err(_) => code_named(symbol),
        };
        let row = row.unwrap_or_else(|| panic!("{number} is missing"));
        assert_eq!(row.source.as_str(), source, "{number}");
        assert_eq!(row.symbol, symbol, "{number}");
        assert_eq!(
            row.unsure != Unsure::Nothing,
            line.contains("(unconfirmed)"),
            "{number}"
        );
        if let Numbers::Among(ranges) = row.numbers {
            let ranges: Vec<_> = ranges
                .iter()
                .map(|(first, last)| format!("{first}-{last}"))
                .collect();
            assert_eq!(ranges.join(","), *number);
        }
        // The words are our own.
        assert!(
            !known[3..6]
                .iter()
                .any(|words| words.len() > 30 && row.meaning.contains(words.as_str())),
            "{number}"
        );
        seen += 1;
    }
    let without = codes().filter(|row| row.has(0)).count();
    assert_eq!(seen + without, codes().count());
}
