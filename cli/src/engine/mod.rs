//! `gatehouse engine`: sees and steers an engine that runs.

mod activate;
mod back;
mod captured;
mod check;
mod confirm;
mod connections;
mod events;
mod failures;
mod load;
mod metrics;
mod netstat;
mod parameters;
mod probe;
mod rules;
mod socket;
mod status;
mod support;
mod text;
mod trace;
mod trial;
mod which;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use control::ClientError;
use serde::Serialize;
use thiserror::Error;

use socket::NoSocket;

/// The code of a program that found what it was to look for, or was refused by the engine.
const FOUND: u8 = 1;
/// The code of a program that could not do what it was asked to.
const NOT_DONE: u8 = 2;

pub fn command() -> Command {
    Command::new("engine")
        .about("Sees and steers a gatehouse-engine that runs")
        .after_help(
            "An engine that was started with --control PATH answers at that socket. Commands end with \
             0, with 1 when the engine refuses, or with 2 when it could not be asked; `rules --unused` \
             ends with 1 when there are unused rules, `check` when the policy would be refused, and \
             `probe` when a handshake fails.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .args([
            Arg::new("socket")
                .long("socket")
                .value_name("PATH")
                .global(true)
                .value_parser(value_parser!(PathBuf))
                .help("Control socket of the engine; the only one in /run/gatehouse-engine when nothing is said"),
            flag("json").global(true).help("For programs"),
        ])
        .subcommands([
            status::command(),
            connections::command(),
            failures::command(),
            rules::command(),
            parameters::command(),
            load::update(),
            load::refresh(),
            check::command(),
            activate::command(),
            confirm::command(),
            back::command(),
            probe::command(),
            trace::command(),
            events::command(),
            metrics::command(),
            support::command(),
        ])
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    let answer = match matches.subcommand() {
        Some(("status", matches)) => status::run(matches),
        Some(("connections", matches)) => connections::run(matches),
        Some(("failures", matches)) => failures::run(matches),
        Some(("rules", matches)) => rules::run(matches),
        Some(("parameters", matches)) => parameters::run(matches),
        Some(("update", matches)) => load::run(matches, &::control::Ask::Update),
        Some(("refresh", matches)) => load::run(matches, &::control::Ask::Refresh),
        Some(("check", matches)) => check::run(matches),
        Some(("activate", matches)) => activate::run(matches),
        Some(("confirm", matches)) => confirm::run(matches),
        Some(("back", matches)) => back::run(matches),
        Some(("probe", matches)) => probe::run(matches),
        Some(("trace", matches)) => trace::run(matches),
        Some(("events", matches)) => events::run(matches),
        Some(("metrics", matches)) => metrics::run(matches),
        Some(("support", matches)) => support::run(matches),
        // clap lets no other name through.
        _ => return ExitCode::FAILURE,
    };
    match answer {
        Ok(code) => code,
        Err(error) => {
            eprintln!("gatehouse: {}", text::plain_lines(&error.to_string()));
            error.code()
        }
    }
}

/// How a command ends.
type Ended = Result<ExitCode, NotDone>;

/// Why a command did not do its work.
#[derive(Debug, Error)]
enum NotDone {
    #[error(transparent)]
    Socket(#[from] NoSocket),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("the engine answers something else than was asked; it may be of another version")]
    Other,
    #[error("the data cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("standard output: {0}")]
    Output(io::Error),
    #[error("{}: {reason}", path.display())]
    Unread { path: PathBuf, reason: String },
}

impl NotDone {
    fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Client(ClientError::Refused(_)) => FOUND,
            _ => NOT_DONE,
        })
    }
}

fn flag(id: &'static str) -> Arg {
    Arg::new(id).long(id).action(ArgAction::SetTrue)
}

fn as_json(value: &impl Serialize) -> Result<String, NotDone> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// Writes what a command has to say. A reader that goes away, such as `head`, is no error; a full disk is.
fn print(text: &str) -> Result<(), NotDone> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(NotDone::Output(error)),
        _ => Ok(()),
    }
}
