//! `gatehouse keyring`: makes and looks after the key rings that gatehouse-engine reads.

mod authority;
mod check;
mod connect;
mod create;
mod data;
mod default;
mod expiry;
mod export;
mod generate;
mod import;
mod list;
mod password;
mod place;
mod policy;
mod remove;
mod text;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ::keyring::{
    BundleError, Label, LabelError, RingError, RingName, RingNameError, Rings, SubjectError,
    WriteError,
};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use jiff::Timestamp;
use openssl::error::ErrorStack;
use thiserror::Error;

use crate::disk::Unasked;

/// Where key rings are when nobody says.
const KEYRINGS: &str = "/etc/gatehouse/keyrings";
/// The code of a program that found what it was to look for.
const FOUND: u8 = 1;
/// The code of a program that could not do what it was asked to.
const NOT_DONE: u8 = 2;

pub fn command() -> Command {
    Command::new("keyring")
        .about("Makes and looks after the key rings of gatehouse-engine")
        .after_help(
            "RING is OWNER/RING, or the name alone for a ring of the user who runs this. The engine \
             takes what changes within seconds. Commands end with 0, or with 2 when it could not be \
             done; `check` and `expiry` end with 1 when they found something.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(
            Arg::new("keyrings")
                .long("keyrings")
                .value_name("DIR")
                .global(true)
                .default_value(KEYRINGS)
                .value_parser(value_parser!(PathBuf))
                .help("Directory of the key rings"),
        )
        .subcommands([
            create::command(),
            list::command(),
            import::command(),
            connect::command(),
            default::command(),
            remove::command(),
            generate::command(),
            authority::command(),
            export::command(),
            expiry::command(),
            check::command(),
        ])
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    let answer = match matches.subcommand() {
        Some(("create", matches)) => create::run(matches),
        Some(("list", matches)) => list::run(matches),
        Some(("import", matches)) => import::run(matches),
        Some(("connect", matches)) => connect::run(matches),
        Some(("default", matches)) => default::run(matches),
        Some(("remove", matches)) => remove::run(matches),
        Some(("generate", matches)) => generate::run(matches),
        Some(("ca", matches)) => authority::run(matches),
        Some(("export", matches)) => export::run(matches),
        Some(("expiry", matches)) => expiry::run(matches),
        Some(("check", matches)) => check::run(matches),
        // clap lets no other name through.
        _ => return ExitCode::FAILURE,
    };
    match answer {
        Ok(code) => code,
        Err(error) => {
            eprintln!("gatehouse: {error}");
            ExitCode::from(NOT_DONE)
        }
    }
}

/// How a command ends.
type Answer = Result<ExitCode, NotDone>;

/// Why a command did not do its work.
#[derive(Debug, Error)]
enum NotDone {
    #[error(transparent)]
    Ring(#[from] RingError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Label(#[from] LabelError),
    #[error("--subject: {0}")]
    Subject(#[from] SubjectError),
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("{}: {error}", path.display())]
    Bundle { path: PathBuf, error: BundleError },
    #[error(transparent)]
    Password(#[from] password::NoPassword),
    #[error(transparent)]
    Policy(#[from] Unasked),
    #[error("OpenSSL refuses it: {0}")]
    Library(#[from] ErrorStack),
    #[error("{0}")]
    Said(String),
}

impl NotDone {
    fn said(words: impl Into<String>) -> Self {
        Self::Said(words.into())
    }

    fn file(path: &Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::File {
            path: path.clone(),
            error,
        }
    }
}

/// The rings that the command line means.
struct Shelf {
    rings: Rings,
    now: Timestamp,
}

impl Shelf {
    fn of(matches: &ArgMatches) -> Self {
        let directory = matches.get_one::<PathBuf>("keyrings");
        let directory = directory.cloned().unwrap_or_default();
        Self {
            rings: Rings::new(directory, ::keyring::user()).administered(),
            now: Timestamp::now(),
        }
    }

    /// The ring of a command, with its owner.
    fn ring(&self, matches: &ArgMatches, id: &str) -> Result<RingName, NotDone> {
        let name = matches.get_one::<RingName>(id);
        let name = name.ok_or_else(|| NotDone::said("name a key ring: OWNER/RING"))?;
        Ok(self.rings.whole(name))
    }
}

/// The ring that a command is about.
fn ring() -> Arg {
    ring_of("ring").required(true).help("The key ring")
}

fn ring_of(id: &'static str) -> Arg {
    Arg::new(id)
        .value_name("RING")
        .value_parser(|text: &str| text.parse::<RingName>().map_err(Malformed))
}

/// The label of something that is there.
fn label() -> Arg {
    Arg::new("label")
        .value_name("LABEL")
        .required(true)
        .help("The label of the certificate")
}

/// The label of something new.
fn new_label() -> Arg {
    Arg::new("label")
        .long("label")
        .value_name("LABEL")
        .value_parser(|text: &str| text.parse::<Label>())
        .help("The label, by which policies name the certificate; capitals count")
}

fn flag(id: &'static str) -> Arg {
    Arg::new(id).long(id).action(ArgAction::SetTrue)
}

/// A name that no ring here has: what policies may write besides is no ring of files.
#[derive(Debug, Error)]
#[error("{0}")]
struct Malformed(RingNameError);

/// A text of the command line.
fn word<'m>(matches: &'m ArgMatches, id: &str) -> &'m str {
    matches.get_one::<String>(id).map_or("", String::as_str)
}

/// Says what is worth knowing beside what was done.
fn warn(words: &str) {
    eprintln!("gatehouse: warning: {words}");
}
