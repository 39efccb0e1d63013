//! `gatehouse generate`: the files of stacks, compiled from an exported store or a database that is only
//! read, without a server.

mod findings;
mod out;
mod source;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use api::install::FileRole;
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};
use server::deploy::{StackFiles, files};
use server::store::saved::Saved;
use thiserror::Error;

use crate::data;
use out::{Folder, OutError};
use source::SourceError;

/// The code of a program that found errors, or files that differ.
const REFUSED: u8 = 1;
/// The code of a program that could not do what it was asked to.
const NOT_DONE: u8 = 2;

pub fn command() -> Command {
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let path = |name: &'static str| {
        let arg = Arg::new(name).long(name);
        arg.value_parser(value_parser!(PathBuf))
    };
    data::flags(Command::new("generate"))
        .about("Writes the files of stacks from an exported store or the database, without a server")
        .after_help(
            "Ends with 0, or 1 when the revision has errors or, with --check, a file differs, or 2 when \
             it could not be done.",
        )
        .args([
            path("export")
                .value_name("FILE")
                .help("An exported store; the database of the data directory when nothing is said"),
            Arg::new("store")
                .long("store")
                .value_name("NAME")
                .help("Name of the store; for an exported one the name of the file when nothing is said"),
            Arg::new("revision")
                .long("revision")
                .value_name("N")
                .value_parser(value_parser!(i64).range(1..))
                .help("A saved revision; the newest when nothing is said"),
            Arg::new("stack")
                .long("stack")
                .value_name("NAME")
                .action(ArgAction::Append)
                .help("Only this stack, such as TCPIP or MVSA.TCPIP; may be given several times"),
            path("out")
                .value_name("DIR")
                .help("The files go below this directory, each to its own path"),
            flag("stdout").help("The policy file of one stack goes to standard output"),
            flag("check")
                .conflicts_with("stdout")
                .help("Writes nothing; says how the files below DIR differ"),
            flag("force").help("Replaces files that hold something else"),
            flag("despite-errors").help("Writes also what an install would refuse"),
        ])
        .group(ArgGroup::new("where").args(["out", "stdout"]).required(true))
}

/// Why nothing was generated.
#[derive(Debug, Error)]
enum GenerateError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Out(#[from] OutError),
    #[error("revision {revision} has no stack `{name}`; it has {known}")]
    NoStack {
        revision: i64,
        name: String,
        known: String,
    },
    #[error("`{name}` can be any of {known}; give the whole name")]
    Ambiguous { name: String, known: String },
    #[error("revision {0} has no stack")]
    NoStacks(i64),
    #[error("--stdout writes one policy file, and these are {0}; name one with --stack")]
    Several(String),
    #[error("{0}; give each a directory of its own, with --stack and --out")]
    Clash(String),
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    match generate(matches) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("gatehouse: {}", server::error::chain(&error));
            ExitCode::from(NOT_DONE)
        }
    }
}

fn generate(matches: &ArgMatches) -> Result<ExitCode, GenerateError> {
    let saved = source::read(matches)?;
    let all = files(&saved);
    let stacks = wanted(matches, &saved, &all)?;
    let errors = findings::say(&saved, &stacks);
    let refused = stacks
        .iter()
        .filter_map(|stack| Some((stack, stack.refused.as_ref()?)));
    let mut stopped = errors > 0;
    // An error says it better.
    for (stack, reason) in refused.filter(|_| errors == 0) {
        eprintln!("gatehouse: {}: {reason}", stack.name);
        stopped = true;
    }
    if stopped && !matches.get_flag("despite-errors") {
        eprintln!("gatehouse: nothing is written (--despite-errors writes it anyway)");
        return Ok(ExitCode::from(REFUSED));
    }
    if matches.get_flag("stdout") {
        return to_stdout(&stacks);
    }
    let files = StackFiles::together(&stacks).map_err(GenerateError::Clash)?;
    let directory = matches.get_one::<PathBuf>("out").cloned();
    let folder = Folder::new(directory.unwrap_or_default(), &files)?;
    if matches.get_flag("check") {
        let differences = folder.differences(saved.revision.number)?;
        print(&differences);
        return Ok(match differences.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(REFUSED),
        });
    }
    print(&folder.write(matches.get_flag("force"))?);
    Ok(ExitCode::SUCCESS)
}

fn to_stdout(stacks: &[&StackFiles]) -> Result<ExitCode, GenerateError> {
    let [stack] = stacks else {
        return Err(GenerateError::Several(names(stacks.iter().copied())));
    };
    let policies = stack.files.iter();
    for (_, _, text) in policies.filter(|(role, ..)| *role == FileRole::Policy) {
        print(text);
    }
    Ok(ExitCode::SUCCESS)
}

/// A reader that goes away, such as `head`, is no error.
fn print(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// The stacks that are asked for; all when none is named.
fn wanted<'a>(
    matches: &ArgMatches,
    saved: &Saved,
    all: &'a [StackFiles],
) -> Result<Vec<&'a StackFiles>, GenerateError> {
    let revision = saved.revision.number;
    let asked: Vec<&String> = matches.get_many("stack").into_iter().flatten().collect();
    if all.is_empty() {
        return Err(GenerateError::NoStacks(revision));
    }
    if asked.is_empty() {
        return Ok(all.iter().collect());
    }
    let mut wanted: Vec<&StackFiles> = Vec::new();
    for name in asked {
        let is_meant = |stack: &&StackFiles| {
            let own = stack.name.rsplit('.').next().unwrap_or_default();
            own.eq_ignore_ascii_case(name) || stack.name.eq_ignore_ascii_case(name)
        };
        let found: Vec<_> = all.iter().filter(is_meant).collect();
        match found[..] {
            [] => {
                return Err(GenerateError::NoStack {
                    revision,
                    name: name.clone(),
                    known: names(all),
                });
            }
            [stack] if wanted.iter().any(|other| other.stack == stack.stack) => {}
            [stack] => wanted.push(stack),
            _ => {
                return Err(GenerateError::Ambiguous {
                    name: name.clone(),
                    known: names(found),
                });
            }
        }
    }
    Ok(wanted)
}

fn names<'a>(stacks: impl IntoIterator<Item = &'a StackFiles>) -> String {
    let names: Vec<_> = stacks
        .into_iter()
        .map(|stack| stack.name.as_str())
        .collect();
    names.join(", ")
}
