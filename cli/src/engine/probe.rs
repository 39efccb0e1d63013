//! `gatehouse engine probe`: handshakes that try the policy.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use control::{Answer, Ask, ProbeInfo};
use serde_json::json;

use super::text::Side::Left;
use super::{Ended, FOUND, NotDone, as_json, print, socket, text};

pub fn command() -> Command {
    Command::new("probe")
        .about("Makes TLS handshakes with what the policy protects")
        .after_help(
            "For each environment in which the engine is the server, it makes a handshake with itself, \
             with its certificate and key, in memory. Where it is the client, it makes a hello; no server \
             is asked. Ends with 0, or 1 when a handshake fails, or 2 when the engine could not be asked.",
        )
        .args([
            Arg::new("rule")
                .value_name("RULE")
                .help("The environment of this rule only"),
            Arg::new("connect")
                .long("connect")
                .value_name("ADDRESS:PORT")
                .conflicts_with("rule")
                .value_parser(value_parser!(SocketAddr))
                .help("Instead, the engine's host connects to this address as any client does"),
            Arg::new("name")
                .long("name")
                .value_name("HOST")
                .requires("connect")
                .help("The server name that this client sends"),
        ])
}

pub fn run(matches: &ArgMatches) -> Ended {
    let ask = Ask::Probe {
        rule: matches.get_one("rule").cloned(),
        connect: matches.get_one("connect").copied(),
        name: matches.get_one("name").cloned(),
    };
    let Answer::Probed { probes } = socket::ask(matches, &ask)? else {
        return Err(NotDone::Other);
    };
    print(&match matches.get_flag("json") {
        true => as_json(&json!({ "probes": probes }))?,
        false if probes.is_empty() => "nothing is protected\n".to_owned(),
        false => told(&probes),
    })?;
    Ok(match probes.iter().all(|probe| probe.good) {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(FOUND),
    })
}

fn told(probes: &[ProbeInfo]) -> String {
    let heads = [
        ("RULE", Left),
        ("RESULT", Left),
        ("VERSION", Left),
        ("SUITE", Left),
        ("CERTIFICATE", Left),
        ("VALID UNTIL", Left),
    ];
    let row = |probe: &ProbeInfo| {
        let more = match probe.rules {
            0 | 1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let tls = probe.tls.as_ref();
        let certificate = tls.and_then(|tls| tls.own.as_ref().or(tls.partner.as_ref()));
        let fact = |fact: Option<&String>| text::or_dash(fact.map_or("", String::as_str));
        [
            format!("{}{more}", probe.rule),
            result(probe),
            fact(tls.map(|tls| &tls.version)),
            fact(tls.map(|tls| &tls.suite)),
            fact(certificate.map(|one| &one.subject)),
            fact(certificate.map(|one| &one.until)),
        ]
    };
    let mut told = text::table(heads, probes.iter().map(row).collect());
    for probe in probes.iter().filter(|probe| !probe.words.is_empty()) {
        told += &text::plain(&format!("{}: {}", probe.rule, probe.words));
        told.push('\n');
    }
    told
}

fn result(probe: &ProbeInfo) -> String {
    match (probe.good, probe.rc) {
        (true, _) if probe.client => "client, ready".to_owned(),
        (true, _) => "done".to_owned(),
        (false, Some(rc)) => format!("RC {rc}"),
        (false, None) => "failed".to_owned(),
    }
}
