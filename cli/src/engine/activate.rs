//! `gatehouse engine activate`: another policy on trial.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use control::{Answer, Ask};
use serde_json::json;

use super::{Ended, FOUND, NotDone, as_json, load, print, socket, trace};

pub fn command() -> Command {
    Command::new("activate")
        .about("Reads policy and key rings again, and goes back by itself unless that is confirmed")
        .after_help(
            "The engine keeps the policy from before and goes back to it when `gatehouse engine confirm` \
             does not come in time, whoever has gone away meanwhile. Ends with 0, or 1 when there are \
             errors and the policy from before stays in effect, or 2 when the engine could not be asked.",
        )
        .arg(
            Arg::new("within")
                .long("within")
                .value_name("TIME")
                .default_value("5m")
                .value_parser(trace::seconds)
                .help("How long it waits to be confirmed, such as 90s, 5m or 2h; at most a day"),
        )
}

pub fn run(matches: &ArgMatches) -> Ended {
    let within = matches.get_one("within").copied().unwrap_or(300);
    let Answer::Activated { loaded, trial } = socket::ask(matches, &Ask::Activate { within })?
    else {
        return Err(NotDone::Other);
    };
    print(&match matches.get_flag("json") {
        true => as_json(&json!({ "loaded": loaded, "trial": trial }))?,
        false => load::told(&loaded),
    })?;
    Ok(match trial {
        Some(_) => ExitCode::SUCCESS,
        None => ExitCode::from(FOUND),
    })
}
