//! `gatehouse engine check`: what the engine would say of files, before they lie where it reads them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use control::{Answer, Ask, Checked, Client, FileText};
use generator::policy::encoding;

use super::{Ended, FOUND, NotDone, as_json, print, socket, text};

pub fn command() -> Command {
    Command::new("check")
        .about("Asks the engine whether it would load these files, and changes nothing")
        .after_help(
            "The engine loads the policy as it would be, with its own key rings, rights and list of what \
             it supports. Without files it says what it thinks of those that lie there now. Ends with \
             0, or 1 when it would refuse the policy, or 2 when it could not be asked.",
        )
        .args([
            Arg::new("files")
                .value_name("FILE[=PATH]")
                .action(ArgAction::Append)
                .value_parser(|text: &str| text.parse::<New>())
                .help("A file as it would be, at PATH, or in its own place"),
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("The file with which the engine was started, as it would be"),
        ])
}

/// A file, and where it would lie.
#[derive(Clone, Debug)]
struct New {
    file: PathBuf,
    at: PathBuf,
}

impl FromStr for New {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (file, at) = text.split_once('=').unwrap_or((text, text));
        if file.is_empty() || at.is_empty() {
            return Err("write FILE, or FILE=PATH".to_owned());
        }
        Ok(Self {
            file: file.into(),
            at: at.into(),
        })
    }
}

pub fn run(matches: &ArgMatches) -> Ended {
    let mut client = socket::client(matches)?;
    let files = files(matches, &mut client)?;
    let Answer::Checked(checked) = client.ask(&Ask::Check { files })? else {
        return Err(NotDone::Other);
    };
    print(&match matches.get_flag("json") {
        true => as_json(&checked)?,
        false => told(&checked),
    })?;
    Ok(match checked.accepted {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(FOUND),
    })
}

fn files(matches: &ArgMatches, client: &mut Client) -> Result<Vec<FileText>, NotDone> {
    let named = matches.get_many::<New>("files").into_iter().flatten();
    let mut files: Vec<_> = named
        .map(|new| read(&new.file, &new.at))
        .collect::<Result<_, _>>()?;
    if let Some(config) = matches.get_one::<PathBuf>("config") {
        let Answer::Status(status) = client.ask(&Ask::Status)? else {
            return Err(NotDone::Other);
        };
        files.push(read(config, &status.config)?);
    }
    Ok(files)
}

fn read(file: &Path, at: &Path) -> Result<FileText, NotDone> {
    let bytes = disk::read(file).map_err(|reason| NotDone::Unread {
        path: file.to_owned(),
        reason,
    })?;
    Ok(FileText {
        path: disk::identity(at),
        text: String::from_utf8_lossy(&encoding::readable(&bytes)).into_owned(),
    })
}

fn told(checked: &Checked) -> String {
    let mut lines: Vec<_> = checked.remarks.iter().map(|one| one.text.clone()).collect();
    let warnings = match checked.warnings {
        0 => String::new(),
        count => format!(
            "; `gatehouse check` has {} about it",
            text::many(count, "warning")
        ),
    };
    lines.push(match checked.accepted {
        true => format!(
            "the engine would load it: {}{warnings}",
            text::many(checked.rules, "rule")
        ),
        false => "the engine would refuse it".to_owned(),
    });
    lines
        .iter()
        .map(|line| text::plain_lines(line) + "\n")
        .collect()
}
