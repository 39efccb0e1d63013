//! `gatehouse test`: whether a policy does what is expected of it.

mod junit;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use generator::analysis::difference::treated;
use generator::analysis::expectations::{Expectation, Suite, outcomes, read};
use generator::check::check_file;
use generator::finding::{Finding, Severity};
use generator::policy::{ResolvedStack, encoding};
use serde_json::json;

use crate::check::{json, text};
use crate::diff::connection;
use crate::disk::{self, Disk};

/// The code of a program that found an expectation which does not hold.
const FAILED: u8 = 1;
/// The code of a program that could not look.
const NOT_DONE: u8 = 2;

pub fn command() -> Command {
    Command::new("test")
        .about("Says whether policies do what is expected of them, for all connections that a line describes")
        .after_help(
            "The last file holds the expectations, one on a line, such as `inbound local port 1414 must \
             be protected with at least TLSv1.2`; docs/policy-tests.md describes them. Ends with 0 when \
             all hold, 1 when some do not, 2 when something could not be read.",
        )
        .args(disk::flags())
        .args([
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .num_args(2..)
                .value_parser(value_parser!(PathBuf))
                .help("Files of the Policy Agent, and last the file of expectations"),
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("For programs"),
            Arg::new("junit")
                .long("junit")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Writes a report in JUnit's XML, too"),
        ])
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    match answer(matches) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("gatehouse: {error}");
            ExitCode::from(NOT_DONE)
        }
    }
}

/// What became of one expectation for one stack.
pub struct Case {
    /// Of the stack, or the file where it has no name.
    pub policy: String,
    pub text: String,
    pub file: String,
    pub line: usize,
    pub result: Result,
    /// Nothing when it holds.
    pub findings: Vec<Finding>,
    failures: Vec<serde_json::Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Result {
    Holds,
    Fails,
    Undecided,
}

impl Result {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Undecided => "undecided",
        }
    }
}

type Failed = Box<dyn std::error::Error>;

fn answer(matches: &ArgMatches) -> std::result::Result<ExitCode, Failed> {
    let disk = disk::of(matches);
    let files: Vec<&PathBuf> = matches.get_many("file").into_iter().flatten().collect();
    let [policies @ .., tests] = &files[..] else {
        return Err("name the files of the policy, and last the file of expectations".into());
    };
    let file = disk.name(tests)?;
    let bytes = disk.bytes(&file);
    let Ok(content) = String::from_utf8(encoding::readable(&bytes).into_owned()) else {
        return Err(format!("{file}: it is no text in UTF-8").into());
    };
    let mut suite = read(&content, &file);
    if suite.expectations.is_empty() && suite.findings.is_empty() {
        return Err(format!("{file}: it holds no expectation").into());
    }
    let stacks = stacks(matches, policies, &disk)?;
    let names = stacks.iter().map(|(_, stack)| stack.name.as_str());
    // With `--stack`, the sections of other stacks are not asked for.
    if disk::stacks(matches).is_empty() {
        let unknown = suite.unknown_stacks(names);
        suite.findings.extend(unknown);
    }
    let mut cases = Vec::new();
    for (policy, stack) in &stacks {
        cases.extend(cases_of(&suite, policy, stack, &file, matches, &disk));
    }
    if let Some(path) = matches.get_one::<PathBuf>("junit") {
        let report = junit::render(&cases, &suite.findings, &file);
        std::fs::write(path, report).map_err(|error| disk::Unread::new(path, error))?;
    }
    let output = match matches.get_flag("json") {
        true => as_json(&cases, &suite, &disk),
        false => as_text(&cases, &suite, &disk),
    };
    // A reader that goes away, such as `head`, is no error.
    let _ = io::stdout().lock().write_all(output.as_bytes());
    Ok(
        match cases.iter().all(|case| case.result == Result::Holds) {
            _ if !suite.findings.is_empty() => ExitCode::from(NOT_DONE),
            true => ExitCode::SUCCESS,
            false => ExitCode::from(FAILED),
        },
    )
}

/// The stacks of all files that are asked for, each with its name or that of its file.
fn stacks(
    matches: &ArgMatches,
    files: &[&PathBuf],
    disk: &Disk,
) -> std::result::Result<Vec<(String, ResolvedStack)>, Failed> {
    let wanted = disk::stacks(matches);
    let mut stacks = Vec::new();
    for file in files {
        let name = disk.name(file)?;
        let checked = check_file(&name, disk, disk::release(matches));
        if let Some(unread) = disk::unread(&checked.findings) {
            return Err(unread.into());
        }
        if checked
            .findings
            .iter()
            .any(|one| one.page.severity == Severity::Error)
        {
            eprintln!(
                "gatehouse: there are errors in {name} (`gatehouse check`); the Policy Agent may keep an older policy"
            );
        }
        let is_wanted = |stack: &ResolvedStack| {
            let mut names = wanted.iter();
            wanted.is_empty() || names.any(|name| name.eq_ignore_ascii_case(&stack.name))
        };
        let own = checked.stacks.into_iter().filter(is_wanted);
        stacks.extend(own.map(|stack| match stack.name.as_str() {
            "" => (name.clone(), stack),
            own => (own.to_owned(), stack),
        }));
    }
    match stacks.is_empty() {
        true => Err("the files lead to no such stack".into()),
        false => Ok(stacks),
    }
}

/// What becomes of the expectations that are about a stack.
fn cases_of(
    suite: &Suite,
    policy: &str,
    stack: &ResolvedStack,
    file: &str,
    matches: &ArgMatches,
    disk: &Disk,
) -> Vec<Case> {
    let is_about = |one: &&Expectation| {
        let own = one.stack.as_ref();
        own.is_none_or(|own| own.eq_ignore_ascii_case(&stack.name))
    };
    let expectations: Vec<&Expectation> = suite.expectations.iter().filter(is_about).collect();
    let rules = treated(&stack.policy, disk::release(matches));
    let outcomes = outcomes(&expectations, &rules);
    let lines = disk.lines(file);
    let cases = expectations
        .iter()
        .zip(&outcomes)
        .map(|(expectation, outcome)| Case {
            policy: policy.to_owned(),
            text: expectation.text.clone(),
            file: file.to_owned(),
            line: lines.position(expectation.span.start).line,
            result: match outcome.failures.is_empty() {
                true if outcome.undecided => Result::Undecided,
                true => Result::Holds,
                false => Result::Fails,
            },
            findings: expectation.findings(outcome, file, &stack.origins),
            failures: outcome
                .failures
                .iter()
                .map(|failure| {
                    let place = failure.rule.and_then(|rule| stack.origins.line(rule.tag));
                    json!({
                        "rule": failure.rule.and_then(|rule| rule.name_str()),
                        "file": place.map(|place| place.0),
                        "line": place.map(|place| place.1),
                        "parameter": failure.short.parameter,
                        "message": failure.short.words,
                        "connection": connection(&failure.connection),
                    })
                })
                .collect(),
        });
    cases.collect()
}

fn as_text(cases: &[Case], suite: &Suite, disk: &Disk) -> String {
    let mut output = text::all(&suite.findings, disk);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let several = cases.iter().any(|case| case.policy != cases[0].policy);
    for case in cases {
        *counts.entry(case.result.word()).or_default() += 1;
        if several && !case.findings.is_empty() {
            output.push_str(&format!("{}:\n", case.policy));
        }
        output.push_str(&text::all(&case.findings, disk));
    }
    let counts: Vec<_> = [
        ("holds", "hold"),
        ("fails", "fail"),
        ("undecided", "not decided"),
    ]
    .into_iter()
    .filter_map(|(word, words)| Some(format!("{} {words}", counts.get(word)?)))
    .collect();
    let unread = match suite.findings.len() {
        0 => String::new(),
        1 => "; 1 line is not read".to_owned(),
        count => format!("; {count} lines are not read"),
    };
    let noun = match cases.len() {
        1 => "expectation",
        _ => "expectations",
    };
    let counts = counts.join(", ");
    output.push_str(&format!("{} {noun}: {counts}{unread}\n", cases.len()));
    output
}

fn as_json(cases: &[Case], suite: &Suite, disk: &Disk) -> String {
    let findings =
        |all: &[Finding]| -> Vec<_> { all.iter().map(|one| json::finding(one, disk)).collect() };
    let case = |case: &Case| {
        json!({
            "policy": case.policy,
            "expectation": case.text,
            "file": case.file,
            "line": case.line,
            "result": case.result.word(),
            "failures": case.failures,
            "findings": findings(&case.findings),
        })
    };
    let whole = json!({
        "expectations": cases.iter().map(case).collect::<Vec<_>>(),
        "findings": findings(&suite.findings),
    });
    format!("{whole:#}\n")
}
