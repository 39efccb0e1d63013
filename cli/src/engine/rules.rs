//! `gatehouse engine rules`: what each rule took, and which take nothing.

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use control::{Answer, Ask, RuleInfo};
use serde_json::json;

use super::text::Side::{Left, Right};
use super::{Ended, FOUND, NotDone, as_json, flag, print, socket, text};

pub fn command() -> Command {
    Command::new("rules")
        .about("Lists the rules with what they took, in the order in which they are searched")
        .after_help(
            "Counting goes on when the policy is loaded again, for a rule of the same name; it begins \
             anew when the engine is started.",
        )
        .arg(flag("unused").help(
            "Only rules that no connection met since counting began; ends with 1 when there are any",
        ))
}

pub fn run(matches: &ArgMatches) -> Ended {
    let Answer::Rules { mut rules } = socket::ask(matches, &Ask::Rules)? else {
        return Err(NotDone::Other);
    };
    let unused = matches.get_flag("unused");
    if unused {
        rules.retain(is_unused);
    }
    print(&match matches.get_flag("json") {
        true => as_json(&json!({ "rules": rules }))?,
        false if rules.is_empty() && unused => "every rule was used\n".to_owned(),
        false if rules.is_empty() => "the policy has no rules\n".to_owned(),
        false => told(&rules),
    })?;
    Ok(match unused && !rules.is_empty() {
        true => ExitCode::from(FOUND),
        false => ExitCode::SUCCESS,
    })
}

fn is_unused(rule: &RuleInfo) -> bool {
    rule.counts.connections == 0 && rule.counts.open == 0
}

fn told(rules: &[RuleInfo]) -> String {
    let heads = [
        ("RULE", Left),
        ("TLS", Left),
        ("CONNS", Right),
        ("OPEN", Right),
        ("HANDSHAKES", Right),
        ("RESUMED", Right),
        ("FAILED", Right),
        ("BYTES IN", Right),
        ("BYTES OUT", Right),
        ("LAST USED", Left),
        ("COUNTED SINCE", Left),
    ];
    let row = |rule: &RuleInfo| {
        let counts = &rule.counts;
        let last = match counts.last {
            Some(last) => text::moment(last),
            None if is_unused(rule) => "unused".to_owned(),
            None => "-".to_owned(),
        };
        [
            rule.name.clone(),
            if rule.protects { "on" } else { "off" }.to_owned(),
            counts.connections.to_string(),
            counts.open.to_string(),
            counts.handshakes.to_string(),
            counts.resumed.to_string(),
            counts.failed.to_string(),
            text::size(counts.bytes_in),
            text::size(counts.bytes_out),
            last,
            text::moment(counts.since),
        ]
    };
    text::table(heads, rules.iter().map(row).collect())
}
