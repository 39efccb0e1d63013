//! `gatehouse engine confirm`: what is on trial stays.

use clap::{ArgMatches, Command};
use control::Ask;

use super::{Ended, trial};

pub fn command() -> Command {
    trial::ending(Command::new("confirm").about("Lets the policy that is on trial stay in effect"))
}

pub fn run(matches: &ArgMatches) -> Ended {
    let end = |trial| Ask::Confirm { trial };
    trial::end(matches, end, "is confirmed: its policy stays in effect")
}
