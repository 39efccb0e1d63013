//! `gatehouse show`: what each rule asks of its connections and gives them, and where each value comes
//! from; or the same policy in the layout of `pasearch`.

mod data;
mod files;
mod listing;
pub mod text;
mod yaml;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use generator::check::Checked;
use generator::policy::conditions::Coded;
use generator::policy::effective::Parameter;
use generator::policy::lookup::{Rule, rules};
use generator::policy::table::{AttributeDef, TTLS_RULE};
use generator::policy::{Named, Release, ResolvedStack};

use crate::disk::{self, Disk};

/// The code of a program that found nothing of what was asked for.
const NOTHING: u8 = 1;
/// The code of a program that could not look.
const NOT_DONE: u8 = 2;

pub fn command() -> Command {
    let flag = |name: &'static str| Arg::new(name).action(ArgAction::SetTrue);
    let listing = |name: &'static str, short: char| flag(name).short(short).requires("pasearch");
    Command::new("show")
        .about("Says what each rule gives its connections, and where each value comes from")
        .after_help(
            "Rules are in the order in which they are searched. Ends with 0, or 1 when there is no \
             such rule, or 2 when something could not be read.",
        )
        .args(disk::flags_of_one())
        .mut_arg("stack", |arg| arg.short('p'))
        .args([
            Arg::new("rule")
                .long("rule")
                .short('f')
                .value_name("NAME")
                .action(ArgAction::Append)
                .help("Only this rule; may be given several times. With --pasearch also an action"),
            flag("all").long("all").help("Defaults of the release, too"),
            flag("own")
                .long("own")
                .conflicts_with("all")
                .help("Only what differs from the defaults of the release"),
            flag("files")
                .long("files")
                .short('c')
                .help("What was read for each stack, and what became of each statement"),
            flag("json").long("json").help("For programs"),
            flag("yaml")
                .long("yaml")
                .conflicts_with("json")
                .help("For programs and people"),
            flag("pasearch")
                .long("pasearch")
                .conflicts_with_all(["json", "yaml", "all", "own"])
                .help(
                    "In the layout of the z/OS command, with its switches -t -e -a -r -n -f -p -c",
                ),
            listing("ttls", 't').help("AT-TLS, which is all there is"),
            listing("active", 'A').help("Active policy, which is all of it"),
            listing("everything", 'e').help("Rules and actions, as when nothing is said"),
            listing("actions", 'a').help("Actions"),
            listing("rules", 'r').help("Rules; with -a both"),
            listing("names", 'n').help("Names only"),
        ])
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    let disk = disk::of(matches);
    let checked = match disk::checked_on(&disk, matches) {
        Ok(checked) => checked,
        Err(error) => {
            eprintln!("gatehouse: {error}");
            return ExitCode::from(NOT_DONE);
        }
    };
    let names = matches.get_many::<String>("rule");
    let asked = Asked {
        release: disk::release(matches),
        rules: names.into_iter().flatten().cloned().collect(),
        which: match (matches.get_flag("all"), matches.get_flag("own")) {
            (true, _) => Which::All,
            (_, true) => Which::Own,
            _ => Which::Coded,
        },
    };
    let files = matches.get_flag("files");
    let (text, found) = match matches.get_flag("pasearch") {
        true => listing::render(matches, &checked, &asked),
        false if files => files_of(matches, &checked, &disk),
        false => rules_of(matches, &checked, &asked),
    };
    // A reader that goes away, such as `head`, is no error.
    let _ = io::stdout().lock().write_all(text.as_bytes());
    if found || asked.rules.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("gatehouse: there is no such rule");
    ExitCode::from(NOTHING)
}

fn files_of(matches: &ArgMatches, checked: &Checked, disk: &Disk) -> (String, bool) {
    let text = match structured(matches) {
        Some(write) => write(&files::data(checked, disk)),
        None => files::text(checked, disk),
    };
    (text, true)
}

fn rules_of(matches: &ArgMatches, checked: &Checked, asked: &Asked) -> (String, bool) {
    let stacks = checked.stacks.iter();
    let shown: Vec<_> = stacks.map(|stack| (stack, asked.shown(stack))).collect();
    let found = shown.iter().any(|(_, rules)| !rules.is_empty());
    let text = match structured(matches) {
        Some(write) => write(&data::data(asked.release, &shown)),
        None => text::render(&shown),
    };
    (text, found)
}

/// How something for programs is written, if that was asked for.
fn structured(matches: &ArgMatches) -> Option<fn(&serde_json::Value) -> String> {
    match (matches.get_flag("json"), matches.get_flag("yaml")) {
        (true, _) => Some(|value| format!("{value:#}\n")),
        (_, true) => Some(yaml::render),
        _ => None,
    }
}

/// What the command line asks for.
struct Asked {
    release: Release,
    /// None: all.
    rules: Vec<String>,
    which: Which,
}

/// Which parameters are shown.
#[derive(Clone, Copy)]
enum Which {
    Coded,
    Own,
    All,
}

/// A rule with all that is shown of it.
pub struct Shown<'p> {
    rule: Rule<'p>,
    /// Whether its group action turns TLS on or off; `None`: it says neither.
    protects: Option<bool>,
    conditions: Vec<Coded<'p>>,
    /// Conditions that nobody coded, with what holds for them.
    open: Vec<(&'static AttributeDef, &'static str)>,
    parameters: Vec<Parameter<'p>>,
}

impl Asked {
    /// The rules of a stack that are asked for.
    fn shown<'p>(&self, stack: &'p ResolvedStack) -> Vec<Shown<'p>> {
        let named = Named::of(&stack.policy);
        let rules = rules(&stack.policy).into_iter();
        let rules = rules.filter(|rule| {
            let name = rule.statement.name_str().unwrap_or_default();
            self.rules.is_empty() || self.rules.iter().any(|asked| asked == name)
        });
        let shown = rules.map(|rule| {
            let conditions = named.conditions(rule.statement);
            let mut parameters = named.effective(rule.statement, self.release);
            parameters.retain(|one| match self.which {
                Which::Coded => one.said.is_some(),
                Which::Own => one.is_own(),
                Which::All => true,
            });
            Shown {
                protects: named.protects(rule.statement),
                open: self.open(&conditions),
                conditions,
                parameters,
                rule,
            }
        });
        shown.collect()
    }

    /// The defaults of conditions that are coded in no form.
    fn open(&self, coded: &[Coded<'_>]) -> Vec<(&'static AttributeDef, &'static str)> {
        if !matches!(self.which, Which::All) {
            return Vec::new();
        }
        let is_coded = |row: &AttributeDef| {
            let mut names = coded.iter().map(|one| one.row.name);
            names.any(|name| name == row.name || row.excludes.contains(&name))
        };
        let rows = TTLS_RULE.attributes.iter();
        let open = rows.filter_map(|row| Some((row, row.default_in(self.release)?)));
        open.filter(|(row, _)| !is_coded(row)).collect()
    }
}
