//! `gatehouse engine failures`: which handshakes failed, why, and what to change.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::{ArgMatches, Command};
use control::{AlertInfo, Answer, Ask, Client, FailureInfo, Which};
use generator::runtime::codes;
use serde_json::{Value, json};

use super::{Ended, NotDone, as_json, flag, print, socket, text, which};

/// How often it is asked whether there are new ones.
const PACE: Duration = Duration::from_secs(1);

pub fn command() -> Command {
    Command::new("failures")
        .about("Says which handshakes failed, why, and what to change")
        .after_help(
            "The engine keeps the last 256. Where it has the ClientHello of the partner, the cause is \
             found as by `gatehouse simulate --hello`, and what is to be changed was tried. With \
             --follow and --json, a line of JSON for each.",
        )
        .args(which::flags())
        .arg(flag("follow").help("Goes on with those that come, until Ctrl+C"))
}

pub fn run(matches: &ArgMatches) -> Ended {
    let which = which::of(matches);
    let mut client = socket::client(matches)?;
    let (follow, json) = (matches.get_flag("follow"), matches.get_flag("json"));
    let mut found = ask(&mut client, &which, None)?;
    if !follow {
        print(&match json {
            true => {
                let all: Result<Vec<_>, _> = found.iter().map(data).collect();
                as_json(&json!({ "failures": all? }))?
            }
            false if found.is_empty() => {
                "nothing failed, as far as the engine keeps it\n".to_owned()
            }
            false => {
                let cards: Vec<_> = found.iter().map(card).collect();
                cards.join("\n")
            }
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut last = None;
    loop {
        for one in &found {
            print(&match json {
                true => data(one)?.to_string() + "\n",
                false => card(one) + "\n",
            })?;
            last = Some(one.number);
        }
        thread::sleep(PACE);
        found = ask(&mut client, &which, last)?;
    }
}

fn ask(
    client: &mut Client,
    which: &Which,
    after: Option<u64>,
) -> Result<Vec<FailureInfo>, NotDone> {
    let which = which.clone();
    match client.ask(&Ask::Failures { which, after })? {
        Answer::Failures { failures } => Ok(failures),
        _ => Err(NotDone::Other),
    }
}

/// With the number as messages write it.
fn data(failure: &FailureInfo) -> Result<Value, NotDone> {
    let mut value = serde_json::to_value(failure)?;
    value["connid"] = json!(format!("{:08X}", failure.connection));
    Ok(value)
}

/// One failure for people.
fn card(one: &FailureInfo) -> String {
    let way = match one.inbound {
        true => format!("{} to {}, inbound", one.remote, one.local),
        false => format!("{} to {}, outbound", one.local, one.remote),
    };
    let actions: Vec<_> = one.actions.iter().filter(|name| !name.is_empty()).collect();
    let actions: Vec<_> = actions.into_iter().map(String::as_str).collect();
    let rule = match (&one.rule, actions.as_slice()) {
        (None, _) => "no rule takes it".to_owned(),
        (Some(rule), []) => rule.clone(),
        (Some(rule), actions) => format!("{rule} ({})", actions.join(", ")),
    };
    let symbol = codes::code(one.rc).map_or("", |row| row.symbol);
    let symbol = match symbol {
        "" => String::new(),
        symbol => format!(" {symbol}"),
    };
    let messages = match one.messages.as_slice() {
        [] => ", which the log does not have, by `Trace`".to_owned(),
        ids => format!(", {}", ids.join(" and ")),
    };
    let when = match one.secured {
        true => "after the handshake was done",
        false => "in the handshake",
    };
    let mut card = text::facts(&[
        (
            "failure",
            format!("{}, {}", one.number, text::moment(one.time)),
        ),
        ("connection", format!("{:08X}, {way}", one.connection)),
        ("job", one.job.clone()),
        ("user", one.user.clone()),
        ("rule", rule),
        (
            "return code",
            format!("{}{symbol}, {when}{messages}", one.rc),
        ),
        ("alert", one.alert.as_ref().map(alert).unwrap_or_default()),
        ("server name", one.server_name.clone().unwrap_or_default()),
        ("what", one.reason.clone()),
        (
            "why",
            one.diagnosis
                .as_ref()
                .map_or_else(String::new, |found| found.why.clone()),
        ),
    ]);
    let changes = one.diagnosis.iter().flat_map(|found| &found.changes);
    for change in changes {
        let _ = writeln!(card, "  - {}", text::plain(&change.text));
    }
    card
}

/// `handshake_failure (40), by this side`
pub fn alert(alert: &AlertInfo) -> String {
    let by = match alert.sent {
        true => "this side",
        false => "the partner",
    };
    format!("{} ({}), by {by}", alert.name, alert.code)
}
