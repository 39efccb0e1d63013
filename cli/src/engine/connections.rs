//! `gatehouse engine connections`: who is connected, by which rule, and with what.

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use control::{Answer, Ask, CertificateInfo, ConnectionInfo, MapType, Phase};
use serde_json::{Value, json};

use super::text::Side::{Left, Right};
use super::{Ended, NotDone, as_json, failures, flag, netstat, print, socket, text, which};

pub fn command() -> Command {
    Command::new("connections")
        .about("Lists the connections that are open; with --connection all that is known of one")
        .args(which::flags())
        .arg(
            flag("netstat")
                .conflicts_with("json")
                .help("In the layout of NETSTAT TTLS; with --connection of NETSTAT TTLS COnn"),
        )
}

pub fn run(matches: &ArgMatches) -> Ended {
    let which = which::of(matches);
    let one = which.connection.is_some();
    let Answer::Connections { connections } = socket::ask(matches, &Ask::Connections { which })?
    else {
        return Err(NotDone::Other);
    };
    let all = connections.iter();
    print(
        &match (matches.get_flag("json"), matches.get_flag("netstat")) {
            (true, _) => {
                let all: Result<Vec<_>, _> = all.map(data).collect();
                as_json(&json!({ "connections": all? }))?
            }
            (false, true) if one && connections.is_empty() => NONE.to_owned(),
            (false, true) if one => all.map(netstat::connection).collect(),
            (false, true) => netstat::groups(&connections),
            (false, false) if connections.is_empty() => NONE.to_owned(),
            (false, false) if one => all.map(whole).collect(),
            (false, false) => table(&connections),
        },
    )?;
    Ok(ExitCode::SUCCESS)
}

const NONE: &str = "no such connection is open\n";

/// With the number as messages write it.
fn data(connection: &ConnectionInfo) -> Result<Value, NotDone> {
    let mut value = serde_json::to_value(connection)?;
    value["connid"] = json!(format!("{:08X}", connection.id));
    Ok(value)
}

fn way(connection: &ConnectionInfo) -> &'static str {
    match connection.inbound {
        true => "in",
        false => "out",
    }
}

/// How far TLS is, and with what.
fn protection(connection: &ConnectionInfo) -> String {
    match (connection.phase, &connection.tls) {
        (Phase::Ending, _) => "failed, ending".to_owned(),
        (_, Some(tls)) => format!("{} {}", tls.version, tls.suite),
        (Phase::Handshake, None) => "handshake".to_owned(),
        (Phase::Open, None) if connection.controlled => "clear, APPLCNTRL".to_owned(),
        (Phase::Open, None) => "clear".to_owned(),
    }
}

/// What is special about how it came to its rule, and who starts TLS.
fn mapped(connection: &ConnectionInfo) -> &'static str {
    match (connection.map_type, connection.controlled) {
        (MapType::Primary, false) => "",
        (MapType::Primary, true) => "its program starts TLS (APPLCNTRL)",
        (MapType::Secondary, false) => "like another one (secondary)",
        (MapType::Secondary, true) => {
            "like another one (secondary); its program starts TLS (APPLCNTRL)"
        }
    }
}

fn table(connections: &[ConnectionInfo]) -> String {
    let heads = [
        ("CONNID", Left),
        ("WAY", Left),
        ("LOCAL", Left),
        ("REMOTE", Left),
        ("JOB", Left),
        ("USER", Left),
        ("RULE", Left),
        ("TLS", Left),
        ("BYTES IN", Right),
        ("BYTES OUT", Right),
        ("AGE", Left),
    ];
    let row = |one: &ConnectionInfo| {
        [
            format!("{:08X}", one.id),
            way(one).to_owned(),
            one.local.to_string(),
            one.remote.to_string(),
            text::or_dash(&one.job),
            text::or_dash(&one.user),
            one.rule.clone().unwrap_or_else(|| "-".to_owned()),
            protection(one),
            text::size(one.bytes_in),
            text::size(one.bytes_out),
            text::age(one.age),
        ]
    };
    text::table(heads, connections.iter().map(row).collect())
}

/// All that is known of a connection.
fn whole(one: &ConnectionInfo) -> String {
    let rule = one.rule.clone();
    let actions: Vec<_> = one.actions.iter().filter(|name| !name.is_empty()).collect();
    let actions: Vec<_> = actions.into_iter().map(String::as_str).collect();
    let mut facts = vec![
        ("connection", format!("{:08X}, {}bound", one.id, way(one))),
        ("local", one.local.to_string()),
        ("remote", one.remote.to_string()),
        ("job", one.job.clone()),
        ("user", one.user.clone()),
        (
            "rule",
            rule.unwrap_or_else(|| "no rule takes it".to_owned()),
        ),
        ("actions", actions.join(", ")),
        ("mapped", mapped(one).to_owned()),
        ("TLS", protection(one)),
    ];
    if let Some(tls) = &one.tls {
        let session = match tls.resumed {
            true => "resumed",
            false => "new",
        };
        facts.extend([
            ("group", tls.group.clone().unwrap_or_default()),
            ("session", session.to_owned()),
            ("server name", tls.server_name.clone().unwrap_or_default()),
        ]);
        facts.extend(certificate("own certificate", tls.own.as_ref()));
        facts.extend(certificate("partner's certificate", tls.partner.as_ref()));
        facts.push(("partner's user", tls.user.clone().unwrap_or_default()));
    }
    facts.extend([
        (
            "last alert",
            one.last_alert
                .as_ref()
                .map(failures::alert)
                .unwrap_or_default(),
        ),
        ("bytes in", text::size(one.bytes_in)),
        ("bytes out", text::size(one.bytes_out)),
        ("age", text::age(one.age)),
    ]);
    text::facts(&facts)
}

fn certificate(
    name: &'static str,
    certificate: Option<&CertificateInfo>,
) -> impl Iterator<Item = (&'static str, String)> {
    let facts = certificate.map(|one| {
        [
            (name, one.subject.clone()),
            ("  issuer", one.issuer.clone()),
            ("  serial", one.serial.clone()),
            ("  valid until", one.until.clone()),
            ("  names", one.names.join(", ")),
        ]
    });
    let facts = facts.into_iter().flatten();
    facts.filter(|(name, value)| *name != "  names" || !value.is_empty())
}
