//! Counters and gauges in the text format of Prometheus.

use std::fmt::Write as _;

use crate::{Counts, RuleInfo, Status};

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

/// The counters and gauges of an engine of this name.
pub fn exposition(engine: &str, status: &Status, rules: &[RuleInfo]) -> String {
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
    failures(&mut text, &engine, status);
    text
}

/// What failed, by return code and by alert.
fn failures(text: &mut String, engine: &str, status: &Status) {
    let name = "gatehouse_engine_failed_by_code_total";
    let help = "Handshakes that failed, and connections that TLS ended. By return code.";
    head(text, name, "counter", help);
    for one in &status.failed_by_code {
        let _ = writeln!(text, "{name}{{{engine},rc=\"{}\"}} {}", one.rc, one.count);
    }
    let name = "gatehouse_engine_failed_by_alert_total";
    let help = "The same where there was an alert. By its name and who sent it.";
    head(text, name, "counter", help);
    for one in &status.failed_by_alert {
        let by = if one.alert.sent { "engine" } else { "partner" };
        let _ = writeln!(
            text,
            "{name}{{{engine},alert=\"{}\",code=\"{}\",by=\"{by}\"}} {}",
            escaped(&one.alert.name),
            one.alert.code,
            one.count
        );
    }
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
