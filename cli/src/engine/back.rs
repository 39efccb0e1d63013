//! `gatehouse engine back`: the policy from before a trial again.

use clap::{ArgMatches, Command};
use control::Ask;

use super::{Ended, trial};

pub fn command() -> Command {
    trial::ending(
        Command::new("back")
            .about("Ends a trial at once: the policy from before is in effect again"),
    )
}

pub fn run(matches: &ArgMatches) -> Ended {
    let end = |trial| Ask::Back { trial };
    trial::end(
        matches,
        end,
        "is over: the policy from before is in effect again",
    )
}
