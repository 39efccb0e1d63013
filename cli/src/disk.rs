//! The flags of commands that read files of the Policy Agent, and what they lead to.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, value_parser};
pub use disk::{Disk, Mapping, Unread, Unsaved, files_below, identity, read, read_stdin, replace};
use generator::check::{Checked, check_file};
use generator::finding::Finding;
use generator::policy::{Release, ResolvedStack, Tag};
use thiserror::Error;

/// The flags of every command that reads files of the Policy Agent.
pub fn flags() -> [Arg; 4] {
    let releases = Release::ALL.map(Release::as_str).join(", ");
    [
        Arg::new("release")
            .long("release")
            .value_name("RELEASE")
            .default_value(Release::default().as_str())
            .value_parser(|text: &str| text.parse::<Release>())
            .help(format!("Release of z/OS: {releases}")),
        Arg::new("stack")
            .long("stack")
            .value_name("NAME")
            .action(ArgAction::Append)
            .help("Only the policy of this stack; may be given several times"),
        Arg::new("root")
            .long("root")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .help("Paths that files name are looked for below this directory"),
        Arg::new("map")
            .long("map")
            .value_name("NAME=FILE")
            .action(ArgAction::Append)
            .value_parser(|text: &str| text.parse::<Mapping>())
            .help("A name that files use, such as a data set, is this file here"),
    ]
}

/// The flags of one of two sides that are compared.
pub fn flags_of_side(side: &'static str) -> [Arg; 3] {
    let id = |flag: &str| format!("{side}-{flag}");
    let arg = |flag: &str| Arg::new(id(flag)).long(id(flag));
    [
        arg("release")
            .value_name("RELEASE")
            .value_parser(|text: &str| text.parse::<Release>())
            .help(format!(
                "Release of z/OS that reads {}",
                side.to_uppercase()
            )),
        arg("root")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .help(format!("--root of {}", side.to_uppercase())),
        arg("map")
            .value_name("NAME=FILE")
            .action(ArgAction::Append)
            .value_parser(|text: &str| text.parse::<Mapping>())
            .help(format!("--map of {}", side.to_uppercase())),
    ]
}

/// The release of a side, or of both.
pub fn release_of_side(matches: &ArgMatches, side: &str) -> Release {
    let own = matches.get_one(&format!("{side}-release")).copied();
    own.unwrap_or_else(|| release(matches))
}

/// The error that a file which another one names could not be read, if that is among these findings.
pub fn unread(findings: &[Finding]) -> Option<String> {
    let mut unread = findings
        .iter()
        .filter(|finding| finding.page.name == "file-not-read");
    unread.next().map(Finding::message)
}

pub fn release(matches: &ArgMatches) -> Release {
    matches.get_one("release").copied().unwrap_or_default()
}

/// The flags of a command that asks about the policies of one file.
pub fn flags_of_one() -> impl Iterator<Item = Arg> {
    let file = Arg::new("file")
        .value_name("FILE")
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help("A main or image configuration file, or a file of AT-TLS policy");
    flags().into_iter().chain([file])
}

/// Why the file of such a command answers nothing.
#[derive(Debug, Error)]
pub enum Unasked {
    #[error(transparent)]
    Unread(#[from] Unread),
    #[error("{0} leads to no such stack")]
    NoStack(String),
}

/// What such a command asks about: all that was found, with the stacks that were asked for and no other;
/// at least one.
pub fn checked(matches: &ArgMatches) -> Result<Checked, Unasked> {
    checked_on(&of(matches), matches)
}

/// The same, with the files at hand afterwards.
pub fn checked_on(disk: &Disk, matches: &ArgMatches) -> Result<Checked, Unasked> {
    let path: Option<&PathBuf> = matches.get_one("file");
    let name = disk.name(path.map_or(Path::new(""), PathBuf::as_path))?;
    let mut checked = check_file(&name, disk, release(matches));
    let wanted = stacks(matches);
    checked.stacks.retain(|stack| {
        let mut names = wanted.iter();
        wanted.is_empty() || names.any(|name| name.eq_ignore_ascii_case(&stack.name))
    });
    match checked.stacks.is_empty() {
        true => Err(Unasked::NoStack(name)),
        false => Ok(checked),
    }
}

/// "stack TCPIP: ", or nothing for a file that is of none.
pub fn title(stack: &ResolvedStack) -> String {
    match stack.name.as_str() {
        "" => String::new(),
        name => format!("stack {name}: "),
    }
}

/// `file:line`
pub fn place(stack: &ResolvedStack, tag: Tag) -> String {
    let found = stack.origins.line(tag);
    found.map_or_else(String::new, |(file, line)| format!("{file}:{line}"))
}

/// The stacks that were asked for; none: all.
pub fn stacks(matches: &ArgMatches) -> Vec<String> {
    let names = matches.get_many("stack");
    names.into_iter().flatten().cloned().collect()
}

/// Files as the flags say.
pub fn of(matches: &ArgMatches) -> Disk {
    let root = matches.get_one("root").cloned();
    Disk::new(root, mappings(matches, "map"))
}

/// As the flags say whose names begin with a word, such as `--old-root`; where they say nothing, as those
/// without it.
pub fn of_side(matches: &ArgMatches, side: &str) -> Disk {
    let root: Option<&PathBuf> = matches.get_one(&format!("{side}-root"));
    let mut own = mappings(matches, &format!("{side}-map"));
    own.extend(mappings(matches, "map"));
    Disk::new(root.or_else(|| matches.get_one("root")).cloned(), own)
}

fn mappings(matches: &ArgMatches, flag: &str) -> Vec<Mapping> {
    matches
        .get_many(flag)
        .into_iter()
        .flatten()
        .cloned()
        .collect()
}
