//! `gatehouse diff`: what changes for connections from one policy to another.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use generator::analysis::difference::{Difference, Differences, differences, treated};
use generator::check::{Checked, check_file};
use generator::finding::Severity;
use generator::policy::lookup::{Connection, Way};
use generator::policy::{Release, ResolvedStack, Statement};
use serde_json::{Value, json};

use crate::disk;

/// The code of a program that found differences.
const DIFFERENT: u8 = 1;
/// The code of a program that could not look.
const NOT_DONE: u8 = 2;

pub fn command() -> Command {
    let file = |name: &'static str, help: &'static str| {
        let value = if name == "old" { "OLD" } else { "NEW" };
        Arg::new(name)
            .value_name(value)
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .help(help)
    };
    Command::new("diff")
        .about("Says what changes for connections from one policy to another, with a connection for each change")
        .after_help(
            "Names and order of rules, how they are split and where a parameter is coded are no \
             difference by themselves. Ends with 0 when nothing changes for any connection, 1 when \
             something does or may, 2 when something could not be read.",
        )
        .args([
            file("old", "A main or image configuration file, or a file of AT-TLS policy"),
            file("new", "The same as it is to become"),
        ])
        .args(disk::flags())
        .args(disk::flags_of_side("old"))
        .args(disk::flags_of_side("new"))
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("For programs"),
        )
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    match answer(matches) {
        Ok((text, same)) => {
            // A reader that goes away, such as `head`, is no error.
            let _ = io::stdout().lock().write_all(text.as_bytes());
            match same {
                true => ExitCode::SUCCESS,
                false => ExitCode::from(DIFFERENT),
            }
        }
        Err(error) => {
            eprintln!("gatehouse: {error}");
            ExitCode::from(NOT_DONE)
        }
    }
}

/// One of the two policies.
struct Side {
    checked: Checked,
    release: Release,
}

impl Side {
    fn read(matches: &ArgMatches, side: &str) -> Result<Self, String> {
        let disk = disk::of_side(matches, side);
        let path: Option<&PathBuf> = matches.get_one(side);
        let name = disk.name(path.map_or(Path::new(""), PathBuf::as_path));
        let name = name.map_err(|error| error.to_string())?;
        let release = disk::release_of_side(matches, side);
        let mut checked = check_file(&name, &disk, release);
        if let Some(unread) = disk::unread(&checked.findings) {
            return Err(unread);
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
        let wanted = disk::stacks(matches);
        checked.stacks.retain(|stack| {
            let mut names = wanted.iter();
            wanted.is_empty() || names.any(|name| name.eq_ignore_ascii_case(&stack.name))
        });
        if checked.stacks.is_empty() && !wanted.is_empty() {
            return Err(format!("{name} leads to no such stack"));
        }
        Ok(Self { checked, release })
    }
}

/// Two policies of one stack; `None`: the stack is on one side only.
type Both<'c> = [Option<&'c ResolvedStack>; 2];

/// The stacks of both sides by name. Where each side has one, and a side is a policy file, which is of no
/// stack, these two.
fn pairs(sides: &[Side; 2]) -> Vec<Both<'_>> {
    let [old, new] = [&sides[0].checked.stacks, &sides[1].checked.stacks];
    if let ([one], [two]) = (&old[..], &new[..])
        && (one.name.is_empty() || two.name.is_empty())
    {
        return vec![[Some(one), Some(two)]];
    }
    let same = |one: &ResolvedStack, two: &ResolvedStack| one.name.eq_ignore_ascii_case(&two.name);
    let mut pairs: Vec<Both<'_>> = old
        .iter()
        .map(|one| [Some(one), new.iter().find(|two| same(one, two))])
        .collect();
    let added = new
        .iter()
        .filter(|two| !old.iter().any(|one| same(one, two)));
    pairs.extend(added.map(|two| [None, Some(two)]));
    pairs
}

fn answer(matches: &ArgMatches) -> Result<(String, bool), String> {
    let sides = [Side::read(matches, "old")?, Side::read(matches, "new")?];
    let (mut text, mut stacks, mut same) = (String::new(), Vec::new(), true);
    for both in pairs(&sides) {
        let rules = [0, 1].map(|side| {
            let policy = both[side].map(|stack| &stack.policy);
            policy.map_or_else(Vec::new, |policy| treated(policy, sides[side].release))
        });
        let found = differences(&rules[0], &rules[1]);
        same &= found.is_none();
        let pair = Pair { both, found };
        match matches.get_flag("json") {
            true => stacks.push(pair.json()),
            false => text.push_str(&pair.text()),
        }
    }
    if matches.get_flag("json") {
        text = format!("{:#}\n", json!({ "same": same, "stacks": stacks }));
    }
    Ok((text, same))
}

/// What changes for one stack.
struct Pair<'c> {
    both: Both<'c>,
    found: Differences<'c>,
}

impl Pair<'_> {
    fn name(&self) -> &str {
        let mut stacks = self.both.iter().flatten();
        stacks.next().map_or("", |stack| stack.name.as_str())
    }

    /// "new rule `mq` (file:8)"
    fn rule(&self, side: usize, rule: Option<&Statement>) -> String {
        let words = ["old", "new"][side];
        match (rule, self.both[side]) {
            (Some(rule), Some(stack)) => format!(
                "{words} rule `{}` ({})",
                rule.name_str().unwrap_or_default(),
                disk::place(stack, rule.tag)
            ),
            _ => format!("{words} no rule"),
        }
    }

    fn text(&self) -> String {
        let title = match self.name() {
            "" => String::new(),
            name => format!("stack {name}: "),
        };
        let mut text = String::new();
        let mut line = |words: String| {
            let _ = writeln!(text, "{words}");
        };
        let (found, undecided) = (&self.found.found, &self.found.undecided);
        if let [Some(_), None] | [None, Some(_)] = self.both {
            let side = if self.both[0].is_some() { "OLD" } else { "NEW" };
            line(format!("{title}only in {side}"));
        }
        for one in found {
            let changes: Vec<_> = one.changes.iter().map(ToString::to_string).collect();
            line(format!("{title}{}", changes.join("; ")));
            line(format!(
                "  {}, {}",
                self.rule(0, one.old),
                self.rule(1, one.new)
            ));
            line(format!("  such as {}", one.connection));
            line(format!("  among {}", one.among));
        }
        for (old, new) in undecided {
            line(format!(
                "{title}not decided: {}, {}",
                self.rule(0, *old),
                self.rule(1, *new)
            ));
        }
        for rule in &self.found.unreadable {
            let name = rule.name_str().unwrap_or_default();
            line(format!(
                "{title}not compared: a condition of rule `{name}` cannot be read"
            ));
        }
        match (found.len(), undecided.len()) {
            (0, 0) if self.found.is_none() => {
                line(format!("{title}nothing changes for any connection"))
            }
            (1, 0) => line(format!("{title}1 difference")),
            (count, 0) => line(format!("{title}{count} differences")),
            (count, unknown) => line(format!("{title}{count} differences, {unknown} not decided")),
        }
        text
    }

    fn json(&self) -> Value {
        let rule = |side: usize, rule: Option<&Statement>| match (rule, self.both[side]) {
            (Some(rule), Some(stack)) => {
                let (file, line) = stack.origins.line(rule.tag).unwrap_or_default();
                json!({ "name": rule.name_str(), "file": file, "line": line })
            }
            _ => Value::Null,
        };
        let difference = |one: &Difference<'_>| {
            let changes = one.changes.iter();
            let changes: Vec<_> = changes
                .map(|change| json!({ "parameter": change.parameter, "before": change.before, "after": change.after }))
                .collect();
            json!({
                "old": rule(0, one.old),
                "new": rule(1, one.new),
                "changes": changes,
                "connection": connection(&one.connection),
                "among": one.among.to_string(),
            })
        };
        let undecided = self.found.undecided.iter();
        let undecided: Vec<_> = undecided
            .map(|(old, new)| json!({ "old": rule(0, *old), "new": rule(1, *new) }))
            .collect();
        let unreadable = self.found.unreadable.iter();
        let unreadable: Vec<_> = unreadable.map(|rule| rule.name_str()).collect();
        json!({
            "stack": self.name(),
            "in_old": self.both[0].is_some(),
            "in_new": self.both[1].is_some(),
            "differences": self.found.found.iter().map(difference).collect::<Vec<_>>(),
            "undecided": undecided,
            "unreadable": unreadable,
        })
    }
}

/// A connection for programs.
pub fn connection(connection: &Connection) -> Value {
    json!({
        "direction": match connection.way {
            Way::Inbound => "inbound",
            Way::Outbound => "outbound",
        },
        "local": connection.local.to_string(),
        "local_port": connection.local_port,
        "remote": connection.remote.to_string(),
        "remote_port": connection.remote_port,
        "job": connection.job,
        "user": connection.user,
        "at": connection.at.map(|at| at.to_string()),
    })
}
