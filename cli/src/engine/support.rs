//! `gatehouse engine support`: what an engine of this version does of the policy language.

use std::process::ExitCode;

use ::engine::support;
use clap::{ArgMatches, Command};

use super::{Ended, as_json, print};

pub fn command() -> Command {
    Command::new("support")
        .about("Lists what an engine of this version honors, approximates and refuses of the policy language")
        .after_help("No engine is asked.")
}

pub fn run(matches: &ArgMatches) -> Ended {
    print(&match matches.get_flag("json") {
        true => as_json(&support::entries())?,
        false => support::text(),
    })?;
    Ok(ExitCode::SUCCESS)
}
