//! `gatehouse engine status`: the engine at a glance.

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use control::{Answer, Ask, Counts, Status, TrialInfo, TrialState};

use super::{Ended, NotDone, as_json, print, socket, text};

pub fn command() -> Command {
    Command::new("status").about("Says what the engine is, since when, and what it has to do")
}

pub fn run(matches: &ArgMatches) -> Ended {
    let Answer::Status(status) = socket::ask(matches, &Ask::Status)? else {
        return Err(NotDone::Other);
    };
    print(&match matches.get_flag("json") {
        true => as_json(&status)?,
        false => told(&status),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn told(status: &Status) -> String {
    let state = match status.ending {
        true => "ending: it takes no new connections",
        false => "running",
    };
    let unmapped = match status.fail_closed {
        true => "refused",
        false => "passed in the clear",
    };
    let mut facts = vec![
        ("engine", format!("{}, {}", status.version, status.library)),
        ("state", state.to_owned()),
        ("started", text::moment(status.started)),
        ("stack", status.stack.clone()),
        (
            "policy",
            format!(
                "{}, loaded {}",
                text::many(status.rules, "rule"),
                text::moment(status.loaded)
            ),
        ),
        (
            "trial",
            status.trial.as_ref().map_or_else(String::new, trial_words),
        ),
        (
            "connections",
            format!("{} open, at most {}", status.open, status.most),
        ),
        (
            "no rule",
            format!("{}; they are {unmapped}", unmapped_words(&status.unmapped)),
        ),
    ];
    let names = std::iter::once("files").chain(std::iter::repeat("     "));
    let files = status.files.iter();
    facts.extend(names.zip(files.map(|file| file.path.display().to_string())));
    let names = std::iter::once("ways in").chain(std::iter::repeat("       "));
    let ways = status.ways.iter().cloned();
    facts.extend(names.zip(ways));
    text::facts(&facts)
}

/// `3, goes back in 4m 59s unless it is confirmed`
fn trial_words(trial: &TrialInfo) -> String {
    let number = trial.number;
    match trial.state {
        TrialState::Running => format!(
            "{number}, goes back in {} unless it is confirmed",
            text::age(trial.left)
        ),
        TrialState::Confirmed => format!("{number}, confirmed"),
        TrialState::Back => format!(
            "{number} is over since {}, the policy from before is in effect: {}",
            text::moment(trial.until),
            trial.why
        ),
    }
}

/// `12 connections since 2027-11-22 06:00:00, 1 open, the last 2027-11-22 06:10:00`
fn unmapped_words(counts: &Counts) -> String {
    let number = text::many(counts.connections, "connection");
    let mut words = format!("{number} since {}", text::moment(counts.since));
    if counts.open != 0 {
        words += &format!(", {} open", counts.open);
    }
    if let Some(last) = counts.last {
        words += &format!(", the last {}", text::moment(last));
    }
    words
}
