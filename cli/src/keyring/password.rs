//! Passwords: from a file, the environment or the terminal, and never from the command line, where every
//! user of the host sees them.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};

use ::keyring::Password;
use clap::{Arg, ArgMatches, value_parser};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use thiserror::Error;

/// Bytes of a file with a password.
const LONGEST: u64 = 4096;

/// Why there is no password.
#[derive(Debug, Error)]
pub enum NoPassword {
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("the environment has no variable `{0}`, or it is no text")]
    Variable(String),
    #[error("the password has a zero byte, or is no text")]
    NoText,
    #[error("the password is empty")]
    Empty,
    #[error("the two passwords differ")]
    Differ,
    #[error(
        "nobody is there to ask for the password; say where it is with --password-file or --password-env"
    )]
    NoTerminal,
}

pub fn flags() -> [Arg; 2] {
    [
        Arg::new("password-file")
            .long("password-file")
            .value_name("FILE")
            .conflicts_with("password-env")
            .value_parser(value_parser!(PathBuf))
            .help("The password is the first line of this file, - for standard input; asked for on the terminal when nothing is said"),
        Arg::new("password-env")
            .long("password-env")
            .value_name("NAME")
            .help("The password is the value of this environment variable"),
    ]
}

/// The password that the command line points to; `None`: it says nothing.
pub fn given(matches: &ArgMatches) -> Result<Option<Password>, NoPassword> {
    if let Some(path) = matches.get_one::<PathBuf>("password-file") {
        let line = first_line(path).map_err(|error| NoPassword::File {
            path: path.clone(),
            error,
        })?;
        return of(&line).map(Some);
    }
    let Some(name) = matches.get_one::<String>("password-env") else {
        return Ok(None);
    };
    let value = std::env::var(name).map_err(|_| NoPassword::Variable(name.clone()))?;
    of(&value).map(Some)
}

/// Asks on the terminal, and does not show what is typed.
pub fn asked(prompt: &str) -> Result<Password, NoPassword> {
    of(&typed(prompt)?)
}

/// Asks for a new password, twice.
pub fn chosen(prompt: &str) -> Result<Password, NoPassword> {
    let first = asked(prompt)?;
    match first.is_empty() {
        true => Err(NoPassword::Empty),
        false if first == asked("The same once more: ")? => Ok(first),
        false => Err(NoPassword::Differ),
    }
}

fn of(text: &str) -> Result<Password, NoPassword> {
    Password::new(text).ok_or(NoPassword::NoText)
}

fn first_line(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    match path == Path::new("-") {
        true => io::stdin().lock().take(LONGEST).read_to_end(&mut bytes)?,
        false => std::fs::File::open(path)?
            .take(LONGEST)
            .read_to_end(&mut bytes)?,
    };
    let text = String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is no text"))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// Puts the terminal back as it was, however the question ends.
struct Echo(Termios);

impl Drop for Echo {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
        eprintln!();
    }
}

fn typed(prompt: &str) -> Result<String, NoPassword> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(NoPassword::NoTerminal);
    }
    let before = tcgetattr(&stdin).map_err(|_| NoPassword::NoTerminal)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    let _echo = Echo(before);
    // First of all: what is typed after the question is neither shown nor thrown away.
    tcsetattr(&stdin, OptionalActions::Flush, &silent).map_err(|_| NoPassword::NoTerminal)?;
    eprint!("{prompt}");
    let _ = io::stderr().flush();
    let mut line = String::new();
    let read = stdin.lock().take(LONGEST).read_line(&mut line);
    read.map_err(|_| NoPassword::NoText)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
