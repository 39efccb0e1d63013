//! `gatehouse simulate`: which rule a connection meets, why no earlier one applies, and which peers get
//! through.

mod peers;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command, value_parser};
use generator::policy::lookup::{Condition, Connection, Moment, Way, rules};
use generator::policy::{Named, Policy, ResolvedStack, Statement};
use peers::Peers;

use crate::disk;

/// The code of a program that found no rule.
const NO_RULE: u8 = 1;
/// The code of a program that could not look.
const NOT_DONE: u8 = 2;
/// The code of a program that found a rule which refuses a peer.
const REFUSED: u8 = 3;

pub fn command() -> Command {
    Command::new("simulate")
        .about("Says which rule a connection meets, and what keeps each earlier one from applying")
        .after_help(
            "Ends with 0 when a rule applies, 1 when none does, 2 when something could not be read, \
             3 when the rule refuses a peer.",
        )
        .args(disk::flags_of_one().map(unless_listed))
        .args([
            Arg::new("local")
                .long("local")
                .value_name("ADDRESS:PORT")
                .required_unless_present(peers::LIST)
                .value_parser(value_parser!(SocketAddr))
                .help("This side, such as 10.1.1.2:1414 or [2001:db8::2]:1414"),
            Arg::new("remote")
                .long("remote")
                .value_name("ADDRESS:PORT")
                .required_unless_present(peers::LIST)
                .value_parser(value_parser!(SocketAddr))
                .help("The partner"),
            Arg::new("direction")
                .long("direction")
                .required_unless_present(peers::LIST)
                .value_parser(PossibleValuesParser::new(["inbound", "outbound"]))
                .help("Who opens the connection: the partner, or this side"),
            Arg::new("job")
                .long("job")
                .value_name("NAME")
                .default_value("")
                .help("The job that owns the socket"),
            Arg::new("user")
                .long("user")
                .value_name("NAME")
                .default_value("")
                .help("The user id of that job"),
            Arg::new("at")
                .long("at")
                .value_name("TIME")
                .value_parser(moment)
                .help("When, such as 2026-11-21T14:30; every rule counts when nothing is said"),
        ])
        .args(peers::flags())
}

/// The list of peers needs no file.
fn unless_listed(arg: Arg) -> Arg {
    match arg.is_required_set() {
        true => arg.required(false).required_unless_present(peers::LIST),
        false => arg,
    }
}

fn moment(text: &str) -> Result<Moment, &'static str> {
    Moment::from_text(text).ok_or("write year, month, day and time, such as 2026-11-21T14:30")
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    if matches.get_flag(peers::LIST) {
        print!("{}", peers::list());
        return ExitCode::SUCCESS;
    }
    let Some(connection) = connection(matches) else {
        return ExitCode::from(NOT_DONE);
    };
    let peers = Peers::of(matches).map_err(|error| error.to_string());
    let checked = disk::checked(matches).map_err(|error| error.to_string());
    let (peers, checked) = match (peers, checked) {
        (Ok(peers), Ok(checked)) => (peers, checked),
        (Err(error), _) | (_, Err(error)) => {
            eprintln!("gatehouse: {error}");
            return ExitCode::from(NOT_DONE);
        }
    };
    let errors = checked.findings.iter();
    let errors =
        errors.filter(|finding| finding.page.severity == generator::finding::Severity::Error);
    if errors.count() > 0 {
        eprintln!(
            "gatehouse: there are errors in these files (`gatehouse check`); the Policy Agent may keep an older policy"
        );
    }
    let (mut all, mut refused) = (true, false);
    for stack in &checked.stacks {
        let (text, rule) = answer(stack, &connection);
        all &= rule.is_some();
        print!("{text}");
        if let Some(rule) = rule {
            match peers.judged(stack, rule) {
                Ok(verdict) => {
                    refused |= verdict.refused;
                    print!("{}", verdict.text);
                }
                Err(error) => {
                    eprintln!("gatehouse: {error}");
                    return ExitCode::from(NOT_DONE);
                }
            }
        }
    }
    match (all, refused) {
        (true, false) => ExitCode::SUCCESS,
        (true, true) => ExitCode::from(REFUSED),
        (false, _) => ExitCode::from(NO_RULE),
    }
}

fn connection(matches: &ArgMatches) -> Option<Connection> {
    let (local, remote): (&SocketAddr, &SocketAddr) =
        (matches.get_one("local")?, matches.get_one("remote")?);
    let direction: &String = matches.get_one("direction")?;
    Some(Connection {
        local: local.ip(),
        remote: remote.ip(),
        local_port: local.port(),
        remote_port: remote.port(),
        job: matches.get_one::<String>("job")?.clone(),
        user: matches.get_one::<String>("user")?.clone(),
        way: match direction.as_str() {
            "inbound" => Way::Inbound,
            _ => Way::Outbound,
        },
        at: matches.get_one("at").copied(),
    })
}

/// The rule that applies in a stack, what it does, and why those before it do not; and that rule.
fn answer<'p>(
    stack: &'p ResolvedStack,
    connection: &Connection,
) -> (String, Option<&'p Statement>) {
    let rules = rules(&stack.policy);
    let found = rules
        .iter()
        .position(|rule| rule.first_failure(connection).is_none());
    let title = disk::title(stack);
    let mut text = match found.map(|at| &rules[at]) {
        Some(rule) => format!(
            "{title}rule `{}` ({}): {}\n",
            name_of(rule.statement),
            disk::place(stack, rule.statement.tag),
            what(&stack.policy, rule.statement),
        ),
        None => format!("{title}no rule applies: the connection stays in the clear\n"),
    };
    for rule in &rules[..found.unwrap_or(rules.len())] {
        let failed = rule.first_failure(connection).map_or("", Condition::words);
        let _ = writeln!(
            text,
            "  not `{}` ({}): {failed}",
            name_of(rule.statement),
            disk::place(stack, rule.statement.tag),
        );
    }
    (text, found.map(|at| rules[at].statement))
}

fn name_of(statement: &Statement) -> &str {
    statement.name_str().unwrap_or("")
}

/// What the rule's group action says of TLS.
fn what(policy: &Policy, rule: &Statement) -> &'static str {
    match Named::of(policy).protects(rule) {
        Some(true) => "TLS",
        Some(false) => "TLS is off: the connection stays in the clear",
        None => "its group action cannot be read",
    }
}
