//! `gatehouse check`: what is wrong in files of the Policy Agent, before anything is live.

pub mod fix;
pub mod json;
mod sarif;
pub mod text;

use std::collections::{BTreeSet, HashSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use generator::check::{Checked, FileKind, check_file};
use generator::finding::{Finding, Place, Severity};
use generator::policy::{Accounts, Release};

use crate::disk::{self, Disk};

/// The code of a program that found errors.
const ERRORS: u8 = 1;
/// The code of a program that could not look.
const NOT_DONE: u8 = 2;

/// How what was found is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// For people: each place with its line.
    Text,
    /// For programs.
    Json,
    /// For services that show findings beside code (SARIF 2.1.0).
    Sarif,
}

impl Format {
    const WORDS: [&str; 3] = ["text", "json", "sarif"];

    fn of(word: &str) -> Self {
        match word {
            "json" => Self::Json,
            "sarif" => Self::Sarif,
            _ => Self::Text,
        }
    }
}

pub fn command() -> Command {
    Command::new("check")
        .about("Says what is wrong in Policy Agent files: where, why, and how to mend it")
        .after_help(
            "A main or image configuration file is followed to the files that it names; a file of \
             AT-TLS policy is checked alone. Ends with 0 when there is no error, 1 when there is, 2 \
             when something could not be read.",
        )
        .args(disk::flags())
        .args([
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .num_args(1..)
                .value_parser(value_parser!(PathBuf))
                .help("Files, directories, or - for standard input"),
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .default_value("text")
                .value_parser(PossibleValuesParser::new(Format::WORDS))
                .help("How findings are written"),
            Arg::new("fix")
                .long("fix")
                .action(ArgAction::SetTrue)
                .help("Writes what is safe to write: words of which only one thing can be meant"),
            Arg::new("quiet")
                .long("quiet")
                .short('q')
                .action(ArgAction::SetTrue)
                .help("Errors only: no warnings, no information, no count"),
        ])
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    match Asked::of(matches).answer() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("gatehouse: {error}");
            ExitCode::from(NOT_DONE)
        }
    }
}

/// What the command line asks for.
struct Asked {
    files: Vec<PathBuf>,
    stacks: Vec<String>,
    release: Release,
    format: Format,
    quiet: bool,
    fix: bool,
    disk: Disk,
}

/// What was found in everything that was looked at.
#[derive(Default)]
pub struct Found {
    pub findings: Vec<Finding>,
    /// Names of stacks, and how many rules each has.
    pub stacks: Vec<(String, usize)>,
    /// By the names that findings use.
    pub files: BTreeSet<String>,
    /// What became of the statements of each file.
    pub accounts: Accounts,
}

impl Asked {
    fn of(matches: &ArgMatches) -> Self {
        Self {
            files: matches
                .get_many("file")
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
            stacks: disk::stacks(matches),
            release: disk::release(matches),
            format: matches
                .get_one("format")
                .map_or(Format::Text, |word: &String| Format::of(word)),
            quiet: matches.get_flag("quiet"),
            fix: matches.get_flag("fix"),
            disk: disk::of(matches),
        }
    }

    fn answer(&self) -> Result<ExitCode, disk::Unread> {
        let mut found = self.found()?;
        if self.fix && fix::apply(&found.findings, &self.disk)? {
            self.disk.forget();
            found = self.found()?;
        }
        if self.quiet {
            found
                .findings
                .retain(|finding| finding.page.severity == Severity::Error);
        }
        // Two main files can share a policy.
        let mut seen = HashSet::new();
        found.findings.retain(|finding| {
            seen.insert((finding.page.code, finding.place.clone(), finding.message()))
        });
        let text = match self.format {
            Format::Text => text::render(&found, &self.disk, self.quiet),
            Format::Json => json::render(&found, &self.disk),
            Format::Sarif => sarif::render(&found, &self.disk),
        };
        // A reader that goes away, such as `head`, is no error.
        let _ = io::stdout().lock().write_all(text.as_bytes());
        Ok(match has_errors(&found.findings) {
            true => ExitCode::from(ERRORS),
            false => ExitCode::SUCCESS,
        })
    }

    fn found(&self) -> Result<Found, disk::Unread> {
        let mut found = Found::default();
        for file in &self.files {
            self.look(file, &mut found)?;
        }
        Ok(found)
    }

    fn look(&self, path: &Path, found: &mut Found) -> Result<(), disk::Unread> {
        if path.is_dir() {
            return self.look_into(path, found);
        }
        let name = self.disk.name(path)?;
        let checked = check_file(&name, &self.disk, self.release);
        self.take(checked, found);
        Ok(())
    }

    /// A directory: configurations first, then what none of them led to.
    fn look_into(&self, directory: &Path, found: &mut Found) -> Result<(), disk::Unread> {
        let mut alone = Vec::new();
        for path in disk::files_below(directory)? {
            let name = self.disk.name(&path)?;
            match check_file(&name, &self.disk, self.release) {
                checked if checked.kind == FileKind::Configuration => self.take(checked, found),
                checked => alone.push((name, checked)),
            }
        }
        for (name, checked) in alone {
            let policy = checked
                .stacks
                .iter()
                .any(|stack| !stack.policy.statements.is_empty());
            if policy && !self.disk.was_reached(&name) {
                self.take(checked, found);
            }
        }
        Ok(())
    }

    /// Takes what was asked for of a check into what was found.
    fn take(&self, mut checked: Checked, found: &mut Found) {
        let wanted = |name: &str| {
            let mut names = self.stacks.iter();
            self.stacks.is_empty() || names.any(|wanted| wanted.eq_ignore_ascii_case(name))
        };
        let others: BTreeSet<_> = files_of(&checked, |name| !wanted(name));
        let own: BTreeSet<_> = files_of(&checked, wanted);
        checked.stacks.retain(|stack| wanted(&stack.name));
        for file in checked.account() {
            found.accounts.take(&file);
        }
        for stack in &checked.stacks {
            let rules = stack.policy.statements.iter();
            let rules = rules.filter(|statement| statement.keyword.as_str() == "TTLSRule");
            found.stacks.push((stack.name.clone(), rules.count()));
        }
        let findings = checked.findings.into_iter();
        found
            .findings
            .extend(findings.filter(|finding| match &finding.place {
                Place::Text { file, .. } => own.contains(file) || !others.contains(file),
                Place::Field { .. } => true,
            }));
        found.files.extend(own);
    }
}

/// The files that the policies of these stacks are made of.
fn files_of(checked: &Checked, which: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let stacks = checked.stacks.iter().filter(|stack| which(&stack.name));
    let files = stacks.flat_map(|stack| {
        let image = (!stack.image_path.is_empty()).then_some(&stack.image_path);
        image.into_iter().chain(&stack.origins.files)
    });
    files.cloned().collect()
}

fn has_errors(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| finding.page.severity == Severity::Error)
}
