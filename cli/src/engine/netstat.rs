//! Connections in the layout of NETSTAT TTLS. What the engine does not tell is left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

use control::{ConnectionInfo, MapType, TlsInfo};
use generator::policy::table::curves::curves;
use generator::policy::table::suites::suite_named;

use super::text::plain;

/// The report GROUP: how many connections each group action has.
pub fn groups(connections: &[ConnectionInfo]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for connection in connections {
        let [group, _, _] = &connection.actions;
        if !group.is_empty() {
            *counts.entry(group).or_default() += 1;
        }
    }
    let line = "-".repeat(40);
    let mut text = format!("{:<40}  Conns\n{line}  -----\n", "TTLSGrpAction");
    for (group, count) in counts {
        let _ = writeln!(text, "{:<40}  {count:>5}", plain(group));
    }
    text
}

/// The report COnn of one connection.
pub fn connection(connection: &ConnectionInfo) -> String {
    let mut text = format!("ConnID: {:08x}\n", connection.id);
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "  {:<13} {}", format!("{name}:"), plain(value));
        }
    };
    fact("JobName", &connection.job);
    fact("LocalSocket", &socket(connection.local));
    fact("RemoteSocket", &socket(connection.remote));
    if let Some(tls) = &connection.tls {
        fact("SecLevel", &level(&tls.version));
        fact("Cipher", &cipher(&tls.suite));
        fact("KeyShare", &key_share(tls));
        fact("CertUserID", tls.user.as_deref().unwrap_or("N/A"));
    }
    let Some(rule) = &connection.rule else {
        return text;
    };
    let map_type = match connection.map_type {
        MapType::Primary => "Primary",
        MapType::Secondary => "Secondary",
    };
    fact("MapType", map_type);
    let _ = writeln!(text, "TTLSRule: {}", plain(rule));
    let kinds = ["TTLSGrpAction:", "TTLSEnvAction:", "TTLSConnAction:"];
    for (kind, name) in kinds.iter().zip(&connection.actions) {
        if !name.is_empty() {
            let _ = writeln!(text, "  {kind:<15} {}", plain(name));
        }
    }
    text
}

/// `10.1.1.2..1414`
fn socket(address: SocketAddr) -> String {
    format!("{}..{}", address.ip(), address.port())
}

/// `TLS Version 1.2` of `TLSv1.2`
fn level(version: &str) -> String {
    match version.split_once('v') {
        Some((protocol, number)) => format!("{protocol} Version {number}"),
        None => version.to_owned(),
    }
}

/// The code before the name.
fn cipher(name: &str) -> String {
    match suite_named(name) {
        Some(suite) => format!("{} {name}", suite.code),
        None => name.to_owned(),
    }
}

fn key_share(tls: &TlsInfo) -> String {
    let Some(group) = tls.group.as_deref().filter(|_| tls.version == "TLSv1.3") else {
        return "N/A".to_owned();
    };
    // OpenSSL has its own name for one curve.
    let name = match group {
        "prime256v1" => "secp256r1",
        name => name,
    };
    let mut curves = curves().iter();
    match curves.find(|curve| curve.name.eq_ignore_ascii_case(name)) {
        Some(curve) => format!("{} {}", curve.code, curve.name),
        None => group.to_owned(),
    }
}
