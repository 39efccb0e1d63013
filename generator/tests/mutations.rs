//! One slip in a file that was right: is it reported, in few findings, and with the word that was
//! meant?
//!
//! Slips are made everywhere they can be, so that nothing is chosen to look good.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../src/corpus.rs"]
mod corpus;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use generator::check::check_file;
use generator::finding::Severity;
use generator::policy::table::{AttributeDef, Kind, StatementDef, statement};
use generator::policy::{Files, Release};

/// A file with one slip.
struct Mutation {
    kind: &'static str,
    text: String,
    /// The word that was misspelt.
    meant: Option<String>,
    what: String,
}

struct One<'a>(&'a str);

impl Files for One<'_> {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Ok(self.0.as_bytes().to_vec())
    }
}

/// Code, message and help of each finding.
fn findings(text: &str) -> Vec<(&'static str, String, String)> {
    let checked = check_file("p", &One(text), Release::default());
    let findings = checked.findings.iter();
    findings
        .map(|finding| (finding.page.code, finding.message(), finding.help()))
        .collect()
}

/// A line of a good file, with what it is.
struct Line<'a> {
    text: &'a str,
    keyword: &'a str,
    value: &'a str,
    /// The block around.
    block: Option<&'static StatementDef>,
    /// The name or keyword begins a statement.
    def: Option<&'static StatementDef>,
}

impl Line<'_> {
    fn row(&self) -> Option<&'static AttributeDef> {
        self.block?
            .attribute(self.keyword)
            .filter(|row| !matches!(row.kind, Kind::Inline(_)))
    }

    fn is_reference(&self) -> bool {
        self.row()
            .is_some_and(|row| matches!(row.kind, Kind::Ref(_)))
    }
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let (mut blocks, mut last) = (Vec::new(), None);
    for text in text.lines() {
        let words = text.split('#').next().unwrap().trim();
        let (keyword, value) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
        match keyword {
            "{" => blocks.push(last),
            "}" => drop(blocks.pop()),
            _ => {}
        }
        let def = statement(keyword);
        last = def.or(last);
        let block = blocks.last().copied().flatten();
        lines.push(Line {
            text,
            keyword,
            value: value.trim(),
            block,
            def,
        });
    }
    lines
}

fn mutations(text: &str) -> Vec<Mutation> {
    let lines = lines(text);
    let mut all = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let mut add = |kind, meant: Option<&str>, new: &[String]| {
            let before = lines[..at].iter().map(|line| line.text.to_owned());
            let after = lines[at + 1..].iter().map(|line| line.text.to_owned());
            let texts: Vec<_> = before.chain(new.iter().cloned()).chain(after).collect();
            all.push(Mutation {
                kind,
                text: texts.join("\n") + "\n",
                meant: meant.map(str::to_owned),
                what: format!("{}: {:?} -> {new:?}", at + 1, line.text),
            });
        };
        if matches!(line.keyword, "{" | "}") {
            add("dropped brace", None, &[]);
            add(
                "doubled brace",
                None,
                &[line.text.to_owned(), line.text.to_owned()],
            );
        }
        if line.row().is_some() || line.def.is_some() {
            spelling(line, at, &mut |word| {
                add(
                    "misspelt keyword",
                    Some(line.keyword),
                    &[line.text.replacen(line.keyword, &word, 1)],
                );
            });
        }
        let replaced = |value: &str| {
            let at = line.text.rfind(line.value).unwrap_or(0);
            vec![[&line.text[..at], value].concat()]
        };
        if line.is_reference() {
            let (first, rest) = line.value.split_at(1);
            let other = first.chars().map(|c| match c.is_uppercase() {
                true => c.to_lowercase().to_string(),
                false => c.to_uppercase().to_string(),
            });
            add(
                "wrong case of a reference",
                Some(line.value),
                &replaced(&(other.collect::<String>() + rest)),
            );
            let shorter = &line.value[..line.value.len() - 1];
            add(
                "misspelt reference",
                Some(line.value).filter(|_| shorter.len() > 2),
                &replaced(shorter),
            );
        } else if let Some(row) = line.row() {
            add("no value", None, &[line.text.replace(line.value, "")]);
            if row.check(&format!("{}x", line.value)).is_err() {
                add("wrong value", None, &replaced(&format!("{}x", line.value)));
            }
        }
        if line.def.is_some() && !line.value.is_empty() {
            let used = lines
                .iter()
                .any(|other| other.is_reference() && other.value == line.value);
            if used {
                add(
                    "renamed statement",
                    None,
                    &replaced(&format!("{}_new", line.value)),
                );
            }
        }
    }
    moved(&lines, &mut all);
    all
}

/// Two ways to misspell the keyword of a line; which letter is meant depends on the line.
fn spelling(line: &Line<'_>, at: usize, add: &mut dyn FnMut(String)) {
    let letters: Vec<char> = line.keyword.chars().collect();
    let spot = at % letters.len();
    let mut dropped = letters.clone();
    dropped.remove(spot);
    add(dropped.iter().collect());
    let mut swapped = letters.clone();
    let neighbour = if spot + 1 < letters.len() {
        spot + 1
    } else {
        spot.saturating_sub(1)
    };
    swapped.swap(spot, neighbour);
    // Keywords are in any case.
    let word: String = swapped.iter().collect();
    if !word.eq_ignore_ascii_case(line.keyword) {
        add(word);
    }
}

/// An attribute in a block that does not have it, and values that changed places.
fn moved(lines: &[Line<'_>], all: &mut Vec<Mutation>) {
    let text = |order: &[usize]| -> String {
        order
            .iter()
            .map(|at| format!("{}\n", lines[*at].text))
            .collect()
    };
    for (at, line) in lines.iter().enumerate() {
        let Some(row) = line.row() else { continue };
        // Below the brace that ends its block.
        let end = (at..lines.len())
            .find(|end| lines[*end].keyword == "}")
            .unwrap();
        let outer = lines[end].block;
        let fits = outer.is_some_and(|outer| outer.attribute(line.keyword).is_some());
        if !fits {
            let mut order: Vec<_> = (0..lines.len()).collect();
            order[at..=end].rotate_left(1);
            all.push(Mutation {
                kind: "moved line",
                text: text(&order),
                meant: None,
                what: format!("{}: {:?} below line {}", at + 1, line.text, end + 1),
            });
        }
        let Some(next) = lines.get(at + 1).filter(|next| next.row().is_some()) else {
            continue;
        };
        let other = next.row().unwrap();
        if row.check(next.value).is_err() || other.check(line.value).is_err() {
            let mut texts: Vec<String> = lines.iter().map(|line| line.text.to_owned()).collect();
            texts[at] = format!("  {} {}", line.keyword, next.value);
            texts[at + 1] = format!("  {} {}", next.keyword, line.value);
            all.push(Mutation {
                kind: "swapped values",
                text: texts.join("\n") + "\n",
                meant: None,
                what: format!("{}: {:?} and {:?}", at + 1, line.text, next.text),
            });
        }
    }
}

#[derive(Default)]
struct Score {
    all: usize,
    reported: usize,
    few: usize,
    spelt: usize,
    right: usize,
}

fn good_files() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good");
    let mut files: Vec<_> = std::fs::read_dir(own)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let good = [
        "gh_zlux_good_complete",
        "gh_zlux_good_portref",
        "gh_colinpaice_easyattls_generated",
    ];
    let is_good = |path: &PathBuf| {
        let name = path.file_stem().and_then(|name| name.to_str());
        name.is_some_and(|name| good.contains(&name))
    };
    let corpus = corpus::files(&["open/ttls"]).unwrap_or_default();
    files.extend(corpus.into_iter().filter(is_good));
    files
}

#[test]
fn slips_are_reported_in_few_findings_with_the_word_that_was_meant() {
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    let mut missed = Vec::new();
    for path in good_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let checked = check_file("p", &One(&text), Release::default());
        let mut errors = checked.findings.iter();
        let error = errors.find(|finding| finding.page.severity == Severity::Error);
        assert!(error.is_none(), "{name}: {error:?}");
        let before = findings(&text);
        let before: HashSet<_> = before.into_iter().collect();
        for mutation in mutations(&text) {
            let found: Vec<_> = findings(&mutation.text)
                .into_iter()
                .filter(|finding| !before.contains(finding))
                .collect();
            let score = scores.entry(mutation.kind).or_default();
            score.all += 1;
            let reported = !found.is_empty();
            let few = (1..=3).contains(&found.len());
            score.reported += usize::from(reported);
            score.few += usize::from(few);
            let mut right = true;
            if let Some(meant) = &mutation.meant {
                score.spelt += 1;
                let (_, message, help) = found.first().cloned().unwrap_or_default();
                let words = format!("{message} {help}").to_lowercase();
                right = words.contains(&format!("`{}`", meant.to_lowercase()));
                score.right += usize::from(right);
            }
            if !(few && right) {
                let found: Vec<_> = found
                    .iter()
                    .map(|(code, message, _)| format!("{code} {message}"))
                    .collect();
                missed.push(format!(
                    "{name} {} {}: {found:?}",
                    mutation.kind, mutation.what
                ));
            }
        }
    }
    for line in &missed {
        println!("{line}");
    }
    let mut total = Score::default();
    for (kind, score) in &scores {
        println!(
            "{kind}: {} of {} reported, {} in at most 3, {} of {} with the word",
            score.reported, score.all, score.few, score.right, score.spelt
        );
        total.all += score.all;
        total.reported += score.reported;
        total.few += score.few;
        total.spelt += score.spelt;
        total.right += score.right;
    }
    println!(
        "{} of {} reported, {} in at most 3, {} of {} with the word",
        total.reported, total.all, total.few, total.right, total.spelt
    );
    assert!(total.all >= 300, "{}", total.all);
    assert!(total.few * 100 >= total.all * 95);
    assert!(total.right * 100 >= total.spelt * 95);
}
