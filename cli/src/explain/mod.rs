//! `gatehouse explain`: what a finding, a return code, a message, a word of the language or a log means.

mod policy;
mod text;

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use generator::check::examples::{Text, example};
use generator::finding::{Page, Severity};
use generator::policy::encoding;
use generator::policy::spelling;
use generator::runtime::{self, Answer};
use generator::{check, problems};
use serde_json::json;

use crate::disk;

/// The code of a program that knows nothing of what was asked.
const NOT_KNOWN: u8 = 1;
/// The code of a program that could not look.
const NOT_DONE: u8 = 2;

pub fn command() -> Command {
    Command::new("explain")
        .about("Says what a code, a message, a word of the policy language or lines of a log mean, and what to do")
        .after_help(
            "Examples:\n  gatehouse explain 402\n  gatehouse explain EZD1286I\n  gatehouse explain \
             HandshakeTimeout\n  gatehouse explain AT015\n  gatehouse explain - --config \
             /etc/pagent.conf < syslog.txt\n\nEnds with 0, or 1 when nothing was recognised, or 2 \
             when something could not be read.",
        )
        .args([
            Arg::new("asked")
                .value_name("WHAT")
                .num_args(0..)
                .help(
                    "A finding (AT015), a return code, a message, a statement or attribute, lines of \
                     a log, a file of them, or - for standard input; all findings when nothing is said",
                ),
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("For programs"),
            Arg::new("file")
                .long("config")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Files of the Policy Agent: where the rules of a log stand, and what they say"),
        ])
        .args(disk::flags())
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    let pages = pages();
    let words = matches.get_many::<String>("asked").into_iter().flatten();
    let words: Vec<_> = words.map(String::as_str).collect();
    let is_json = matches.get_flag("json");
    if words.is_empty() {
        list(&pages, is_json);
        return ExitCode::SUCCESS;
    }
    let asked = match read(&words) {
        Ok(asked) => asked,
        Err(error) => return not_done(&error),
    };
    let is_asked = |page: &&&Page| {
        page.code.eq_ignore_ascii_case(asked.trim()) || page.name.eq_ignore_ascii_case(asked.trim())
    };
    if let Some(page) = pages.iter().find(is_asked) {
        match is_json {
            true => print_json(&json!({ "finding": fields(page) })),
            false => print!("{}", text::page(page)),
        }
        return ExitCode::SUCCESS;
    }
    let mut answer = runtime::explain(&asked);
    if !answer.is_known()
        && let [word] = words[..]
        && Path::new(word).is_file()
    {
        answer = match bytes_of(fs::File::open(word)) {
            Ok(text) => runtime::explain(&text),
            Err(error) => return not_done(&format!("{word}: {error}")),
        };
    }
    explained(matches, &pages, &asked, &answer)
}

/// Prints an answer.
fn explained(
    matches: &ArgMatches,
    pages: &[&'static Page],
    asked: &str,
    answer: &Answer,
) -> ExitCode {
    let rules = match matches.contains_id("file") {
        true => match disk::checked(matches) {
            Ok(checked) => {
                let rules = policy::rules(&checked, answer, disk::release(matches));
                if rules.is_empty() {
                    eprintln!("gatehouse: no rule is named, so that `--config` has nothing to say");
                }
                rules
            }
            Err(error) => return not_done(&error.to_string()),
        },
        false => Vec::new(),
    };
    if matches.get_flag("json") {
        let rules: Vec<_> = rules.into_iter().map(|rule| rule.fields).collect();
        print_json(&json!({ "answer": answer, "rules": rules }));
    } else if answer.is_known() {
        print!("{}", text::answer(answer, &rules, pages));
    } else {
        eprintln!("gatehouse: {}", not_known(asked, answer, pages));
    }
    match answer.is_known() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(NOT_KNOWN),
    }
}

/// The pages of every finding.
fn pages() -> Vec<&'static Page> {
    let of_files = check::pages().into_iter();
    of_files.chain(problems::all_pages()).collect()
}

fn list(pages: &[&Page], is_json: bool) {
    if is_json {
        let all: Vec<_> = pages.iter().map(|page| fields(page)).collect();
        return print_json(&json!({ "findings": all }));
    }
    for page in pages {
        println!("{} {}", page.code, page.name);
    }
}

fn fields(page: &Page) -> serde_json::Value {
    json!({
        "code": page.code,
        "name": page.name,
        "severity": match page.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        },
        "message": page.message,
        "why": page.why,
        "help": page.help,
        "example": example(page.code).map(|example| json!({
            "says": example.message,
            "wrong": files(example.bad()),
            "right": files(example.good()),
        })),
    })
}

fn files(files: Vec<Text>) -> Vec<serde_json::Value> {
    let file = |file: Text| json!({ "file": file.name, "text": file.text });
    files.into_iter().map(file).collect()
}

fn print_json(value: &serde_json::Value) {
    println!("{value:#}");
}

fn not_done(error: &str) -> ExitCode {
    eprintln!("gatehouse: {error}");
    ExitCode::from(NOT_DONE)
}

/// The words of the command line as one text; of `-`, standard input.
fn read(words: &[&str]) -> Result<String, String> {
    match words {
        ["-"] => {
            bytes_of(Ok(io::stdin().lock())).map_err(|error| format!("standard input: {error}"))
        }
        words => Ok(words.join(" ")),
    }
}

/// As much of a text as is looked at, from UTF-8 or EBCDIC, with one byte more when there is more.
fn bytes_of(input: io::Result<impl Read>) -> io::Result<String> {
    let mut bytes = Vec::new();
    let most = runtime::LONGEST as u64 + 1;
    input?.take(most).read_to_end(&mut bytes)?;
    let bytes = encoding::readable(&bytes);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What can be said of what is not known.
fn not_known(asked: &str, answer: &Answer, pages: &[&Page]) -> String {
    let Some(unknown) = answer.unknown.first() else {
        return match answer.unread {
            0 => "there is no text to explain".to_owned(),
            1 => "the line holds no message, return code or errno that is known".to_owned(),
            lines => format!(
                "none of the {lines} lines holds a message, return code or errno that is known"
            ),
        };
    };
    let names = pages.iter().flat_map(|page| [page.code, page.name]);
    let meant = spelling::closest(asked.trim(), names);
    let mut nearest: Vec<&str> = meant.into_iter().collect();
    nearest.extend(unknown.nearest.iter().map(String::as_str));
    let mut text = format!("nothing is known of `{}`", unknown.subject);
    for part in [unknown.words.clone(), text::nearest(&nearest)] {
        if !part.is_empty() {
            text.push_str(". ");
            text.push_str(part.trim_end_matches('.'));
        }
    }
    text
}
