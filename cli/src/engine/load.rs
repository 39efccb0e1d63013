//! `gatehouse engine update` and `refresh`: another policy for new connections.

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use control::{Answer, Ask, Loaded, Outcome};

use super::{Ended, FOUND, NotDone, as_json, print, socket, text};

pub fn update() -> Command {
    Command::new("update")
        .about("Reads policy and key rings again if any of their files changed")
        .after_help(CODES)
}

pub fn refresh() -> Command {
    Command::new("refresh")
        .about("Reads policy and key rings again, whether they changed or not")
        .after_help(CODES)
}

const CODES: &str = "Connections that are open go on as they began. Ends with 0, or 1 when there are errors and \
                     the policy that was loaded before stays in effect, or 2 when the engine could not \
                     be asked.";

pub fn run(matches: &ArgMatches, ask: &Ask) -> Ended {
    let Answer::Loaded(loaded) = socket::ask(matches, ask)? else {
        return Err(NotDone::Other);
    };
    print(&match matches.get_flag("json") {
        true => as_json(&loaded)?,
        false => told(&loaded),
    })?;
    Ok(match loaded.outcome {
        Outcome::Kept => ExitCode::from(FOUND),
        Outcome::Replaced | Outcome::Unchanged => ExitCode::SUCCESS,
    })
}

pub fn told(loaded: &Loaded) -> String {
    let rules = text::many(loaded.rules, "rule");
    let outcome = match loaded.outcome {
        Outcome::Replaced => format!("loaded: {rules}, which new connections meet"),
        Outcome::Unchanged => format!("nothing changed since it was loaded: {rules}"),
        Outcome::Kept => {
            format!("there are errors; the policy from before stays in effect: {rules}")
        }
    };
    let lines = loaded.remarks.iter().chain([&outcome]);
    lines.map(|line| text::plain_lines(line) + "\n").collect()
}
