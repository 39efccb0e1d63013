//! `gatehouse engine parameters`: what counts for a rule or a connection, and where it is said.

use std::process::ExitCode;

use clap::{Arg, ArgGroup, ArgMatches, Command};
use control::{Answer, Ask, Of, ParameterInfo, SaidInfo};
use serde_json::json;

use super::text::Side::Left;
use super::{Ended, NotDone, as_json, flag, print, socket, text, which};

pub fn command() -> Command {
    Command::new("parameters")
        .about("Says what counts for a rule or a connection, and in which file and line it is said")
        .args([
            Arg::new("rule")
                .long("rule")
                .value_name("NAME")
                .help("By the policy as it is now"),
            which::connection().help("By the policy as it was when this connection came"),
            flag("all").help("Defaults, too"),
        ])
        .group(
            ArgGroup::new("of")
                .args(["rule", "connection"])
                .required(true),
        )
}

pub fn run(matches: &ArgMatches) -> Ended {
    let id: Option<&u32> = matches.get_one("connection");
    let rule: Option<&String> = matches.get_one("rule");
    let of = match id {
        Some(id) => Of::Connection(*id),
        None => Of::Rule(rule.cloned().unwrap_or_default()),
    };
    let Answer::Parameters {
        rule,
        mut parameters,
    } = socket::ask(matches, &Ask::Parameters { of })?
    else {
        return Err(NotDone::Other);
    };
    if !matches.get_flag("all") {
        parameters.retain(|one| one.own || !one.beaten.is_empty());
    }
    print(&match matches.get_flag("json") {
        true => as_json(&json!({ "rule": rule, "parameters": parameters }))?,
        false => told(&rule, &parameters),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn told(rule: &str, parameters: &[ParameterInfo]) -> String {
    let rule = text::plain(rule);
    if parameters.is_empty() {
        return format!("rule {rule}: the defaults, and nothing else\n");
    }
    let heads = [("PARAMETER", Left), ("VALUE", Left), ("FROM", Left)];
    let row = |one: &ParameterInfo| [one.name.clone(), one.value.clone(), from(one)];
    let table = text::table(heads, parameters.iter().map(row).collect());
    format!("rule {rule}\n{table}")
}

/// Where a value comes from, and what it beat.
fn from(parameter: &ParameterInfo) -> String {
    let said = parameter.said.as_ref();
    let own = said.map_or_else(|| "default".to_owned(), place);
    let beaten = parameter.beaten.iter();
    let beaten = beaten.map(|one| format!(", not {} of {}", one.value, place(one)));
    own + &beaten.collect::<String>()
}

/// `environment action Serve, /etc/ttls.policy:14`
fn place(said: &SaidInfo) -> String {
    format!("{} action {}, {}", said.scope, said.action, said.place)
}
