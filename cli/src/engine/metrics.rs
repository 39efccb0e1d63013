//! `gatehouse engine metrics`: counters and gauges in the text format of Prometheus.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::{ArgMatches, Command};
use control::{Answer, Ask, Counts, RuleInfo, Status};
use serde_json::json;

use super::{Ended, NotDone, as_json, print, socket};

pub fn command() -> Command {
    Command::new("metrics")
        .about("Prints counters in the text format of Prometheus")
        .after_help(
            "Every value has the label `engine`, the name of the socket without .sock. The program \
             node_exporter takes the text from files in the directory of its textfile collector.",
        )
}

pub fn run(matches: &ArgMatches) -> Ended {
    let path = socket::path(matches)?;
    let mut client = socket::client(matches)?;
    let Answer::Status(status) = client.ask(&Ask::Status)? else {
        return Err(NotDone::Other);
    };
    let Answer::Rules { rules } = client.ask(&Ask::Rules)? else {
        return Err(NotDone::Other);
    };
    print(&match matches.get_flag("json") {
        true => as_json(&json!({ "status": status, "rules": rules }))?,
        false => exposition(&name(&path), &status, &rules),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The name of an engine, by that of its socket.
fn name(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    stem.to_string_lossy().into_owned()
}

/// What is counted, for rules and for connections that no rule takes.
struct Family {
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    /// `None`: there is no value.
    value: fn(&Counts) -> Option<u64>,
}

const FAMILIES: [Family; 9] = [
    Family {
        name: "connections_total",
        kind: "counter",
        help: "Connections that came.",
        value: |counts| Some(counts.connections),
    },
    Family {
        name: "open_connections",
        kind: "gauge",
        help: "Connections that are open.",
        value: |counts| Some(counts.open),
    },
    Family {
        name: "handshakes_total",
        kind: "counter",
        help: "Handshakes that were done.",
        value: |counts| Some(counts.handshakes),
    },
    Family {
        name: "resumed_total",
        kind: "counter",
        help: "Handshakes that were done by going on with a session.",
        value: |counts| Some(counts.resumed),
    },
    Family {
        name: "failed_total",
        kind: "counter",
        help: "Handshakes that failed, and connections that TLS ended.",
        value: |counts| Some(counts.failed),
    },
    Family {
        name: "received_bytes_total",
        kind: "counter",
        help: "Plaintext of the partners.",
        value: |counts| Some(counts.bytes_in),
    },
    Family {
        name: "sent_bytes_total",
        kind: "counter",
        help: "Plaintext of the programs.",
        value: |counts| Some(counts.bytes_out),
    },
    Family {
        name: "last_connection_timestamp_seconds",
        kind: "gauge",
        help: "When a connection came last; absent: none came.",
        value: |counts| counts.last,
    },
    Family {
        name: "counted_since_timestamp_seconds",
        kind: "gauge",
        help: "When counting began.",
        value: |counts| Some(counts.since),
    },
];

fn exposition(engine: &str, status: &Status, rules: &[RuleInfo]) -> String {
    let engine = format!("engine=\"{}\"", escaped(engine));
    let mut text = String::new();
    let info = format!(
        "{engine},version=\"{}\",library=\"{}\",stack=\"{}\"",
        escaped(&status.version),
        escaped(&status.library),
        escaped(&status.stack)
    );
    let single = [
        ("info", "The engine, always 1.", &info, 1),
        (
            "start_time_seconds",
            "When the engine started.",
            &engine,
            status.started,
        ),
        (
            "policy_loaded_timestamp_seconds",
            "When the policy that counts was loaded.",
            &engine,
            status.loaded,
        ),
        (
            "rules",
            "Rules of the policy that counts.",
            &engine,
            status.rules as u64,
        ),
        (
            "open_connections",
            "Connections that are open.",
            &engine,
            status.open as u64,
        ),
        (
            "max_open_connections",
            "The most connections that may be open at a time.",
            &engine,
            status.most as u64,
        ),
        (
            "ending",
            "Whether the engine ends and takes no new connections.",
            &engine,
            u64::from(status.ending),
        ),
    ];
    for (name, help, labels, value) in single {
        let name = format!("gatehouse_engine_{name}");
        head(&mut text, &name, "gauge", help);
        let _ = writeln!(text, "{name}{{{labels}}} {value}");
    }
    for family in &FAMILIES {
        let values = rules.iter().filter_map(|rule| {
            let labels = format!("{engine},rule=\"{}\"", escaped(&rule.name));
            Some((labels, (family.value)(&rule.counts)?))
        });
        let help = format!("{} By rule.", family.help);
        series(&mut text, family, "rule", &help, values);
    }
    for family in &FAMILIES {
        let value = (family.value)(&status.unmapped);
        let values = value.into_iter().map(|value| (engine.clone(), value));
        let help = format!("{} Of those that no rule takes.", family.help);
        series(&mut text, family, "unmapped", &help, values);
    }
    text
}

fn series(
    text: &mut String,
    family: &Family,
    of: &str,
    help: &str,
    values: impl Iterator<Item = (String, u64)>,
) {
    let name = format!("gatehouse_engine_{of}_{}", family.name);
    head(text, &name, family.kind, help);
    for (labels, value) in values {
        let _ = writeln!(text, "{name}{{{labels}}} {value}");
    }
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// The value of a label between its quotes.
fn escaped(value: &str) -> String {
    let mut text = String::new();
    for c in value.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            c => text.push(c),
        }
    }
    text
}
