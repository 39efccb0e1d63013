//! The end of a trial, one way or the other.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use control::{Answer, Ask, Client, ClientError, TrialState};

use super::{Ended, NotDone, as_json, print, socket};

/// A command that ends a trial.
pub fn ending(command: Command) -> Command {
    command
        .after_help(
            "Ends with 0, or 1 when there is no such trial any more, or 2 when the engine could not be asked.",
        )
        .arg(
            Arg::new("trial")
                .value_name("TRIAL")
                .value_parser(value_parser!(u32))
                .help("Its number, as `activate` and `status` say it; the one that goes on when nothing is said"),
        )
}

pub fn end(matches: &ArgMatches, ask: impl FnOnce(u32) -> Ask, outcome: &str) -> Ended {
    let mut client = socket::client(matches)?;
    let number = match matches.get_one::<u32>("trial") {
        Some(number) => *number,
        None => running(&mut client)?,
    };
    let Answer::Trial(trial) = client.ask(&ask(number))? else {
        return Err(NotDone::Other);
    };
    print(&match matches.get_flag("json") {
        true => as_json(&trial)?,
        false => format!("trial {} {outcome}\n", trial.number),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn running(client: &mut Client) -> Result<u32, NotDone> {
    let Answer::Status(status) = client.ask(&Ask::Status)? else {
        return Err(NotDone::Other);
    };
    let refused = |why: String| NotDone::Client(ClientError::Refused(why));
    match status.trial {
        Some(trial) if trial.state == TrialState::Running => Ok(trial.number),
        Some(trial) => Err(refused(format!(
            "no trial goes on; the last one is over: {}",
            trial.why
        ))),
        None => Err(refused("no trial goes on".to_owned())),
    }
}
