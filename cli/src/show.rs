//! `gatehouse show`: what each rule gives its connections, and where each value comes from.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use generator::policy::effective::{Parameter, Said};
use generator::policy::lookup::rules;
use generator::policy::table::Scope;
use generator::policy::{Named, Release, ResolvedStack, Tag};

use crate::disk;

/// The code of a program that found no such rule.
const NO_RULE: u8 = 1;
/// The code of a program that could not look.
const NOT_DONE: u8 = 2;

pub fn command() -> Command {
    Command::new("show")
        .about("Says what each rule gives its connections, and where each value comes from")
        .after_help(
            "Rules are in the order in which they are searched. Ends with 0, or 1 when there is no \
             such rule, or 2 when something could not be read.",
        )
        .args(disk::flags_of_one())
        .args([
            Arg::new("rule")
                .long("rule")
                .value_name("NAME")
                .action(ArgAction::Append)
                .help("Only this rule; may be given several times"),
            Arg::new("all")
                .long("all")
                .action(ArgAction::SetTrue)
                .help("Defaults of the release, too"),
        ])
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    let checked = match disk::checked(matches) {
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
        all: matches.get_flag("all"),
    };
    let stacks = checked.stacks.iter();
    let texts: Vec<_> = stacks.flat_map(|stack| asked.rules(stack)).collect();
    print!("{}", texts.join("\n"));
    match texts.is_empty() && !asked.rules.is_empty() {
        true => {
            eprintln!("gatehouse: there is no such rule");
            ExitCode::from(NO_RULE)
        }
        false => ExitCode::SUCCESS,
    }
}

struct Asked {
    release: Release,
    /// None: all.
    rules: Vec<String>,
    all: bool,
}

impl Asked {
    /// The text of each rule of a stack that is asked for.
    fn rules(&self, stack: &ResolvedStack) -> Vec<String> {
        let named = Named::of(&stack.policy);
        let rules = rules(&stack.policy).into_iter();
        let rules = rules.filter(|rule| {
            let name = rule.statement.name_str().unwrap_or_default();
            self.rules.is_empty() || self.rules.iter().any(|asked| asked == name)
        });
        let text = |rule: generator::policy::lookup::Rule<'_>| {
            let parameters = named.effective(rule.statement, self.release);
            let parameters = parameters
                .iter()
                .filter(|one| self.all || one.said.is_some());
            let lines: Vec<_> = parameters.map(|one| line(stack, one)).collect();
            let name = rule.statement.name_str().unwrap_or_default();
            let mut text = format!(
                "{}rule `{name}` ({})\n",
                disk::title(stack),
                disk::place(stack, rule.statement.tag)
            );
            let width = lines.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
            for (name, value, origin) in lines {
                let _ = writeln!(text, "  {name:width$}  {value}  {origin}");
            }
            text
        };
        rules.map(text).collect()
    }
}

/// Name, value, and where it comes from with what it beat.
pub fn line(stack: &ResolvedStack, parameter: &Parameter<'_>) -> (String, String, String) {
    let name = parameter.row.name.to_owned();
    let Some(said) = &parameter.said else {
        let default = parameter.default.unwrap_or_default().to_owned();
        return (name, default, "default".to_owned());
    };
    let mut origin = from(stack, said);
    for beaten in &parameter.beaten {
        let _ = write!(origin, ", not {} of {}", value(beaten), from(stack, beaten));
    }
    (name, value(said), origin)
}

fn value(said: &Said<'_>) -> String {
    let values: Vec<_> = said.attributes.iter().map(|one| one.shown()).collect();
    values.join(" ")
}

/// "environment, file:line"
fn from(stack: &ResolvedStack, said: &Said<'_>) -> String {
    let scope = match said.scope {
        Scope::Connection => "connection",
        Scope::Environment => "environment",
        Scope::Group => "group",
    };
    let tag = said.attributes.first().map_or(Tag::NONE, |one| one.tag);
    format!("{scope} ({})", disk::place(stack, tag))
}
