//! Attributes that do something only in a certain role, with certain versions or beside another attribute.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::settings::asks_no_more;
use super::treatment::Treatment;
use super::words::or;
use super::{Check, Look, Report};
use crate::finding::{Page, Severity};
use crate::policy::effective::Line;
use crate::policy::table::suites::Protocol::{self, SslV2, SslV3, Tls10, Tls11, Tls12, Tls13};
use crate::policy::table::{AttributeDef, TTLS_GSK_HTTP_CDP_PARMS, TTLS_GSK_OCSP_PARMS};

pub static CHECK: Check = Check {
    pages: &[&NO_CERTIFICATES, &OTHER_ROLE, &OTHER_VERSION, &SWITCHED_OFF],
    look: Look::Treatment(run),
};

static NO_CERTIFICATES: Page = Page {
    code: "AT225",
    name: "client-authentication-without-effect",
    severity: Severity::Warning,
    message: "{items} has no effect in the role {fact}",
    help: "write `HandshakeRole ServerWithClientAuth` if clients are to show a certificate, or remove it",
    why: "Only a server that asks for certificates looks at them. A policy that names them and does not ask lets everybody in.",
};

static OTHER_ROLE: Page = Page {
    code: "AT243",
    name: "without-effect-in-this-role",
    severity: Severity::Warning,
    message: "without effect in the role {fact}: {items}",
    help: "remove it, or write the attribute of the other side if that was meant",
    why: "Some attributes are for the side that begins the handshake and some for the side that answers. On the other side System SSL does not look at them, so what they seem to demand or to limit is neither demanded nor limited.",
};

static OTHER_VERSION: Page = Page {
    code: "AT244",
    name: "without-effect-in-these-versions",
    severity: Severity::Info,
    message: "without effect unless {fact} is on: {items}",
    help: "remove it, or switch the version on",
    why: "Key share groups, session tickets and the middle box mode are of TLS 1.3 alone, and renegotiation is of the versions before it. Extensions need TLS 1.0 or newer.",
};

static SWITCHED_OFF: Page = Page {
    code: "AT245",
    name: "without-effect-while-off",
    severity: Severity::Warning,
    message: "without effect, because there is no {fact}: {items}",
    help: "write {fact}, or remove what depends on it",
    why: "The attributes say how something is done, and another one whether it is done at all. Revocation that is described in every detail and not switched on checks no certificate.",
};

/// What an attribute needs to do something.
#[derive(Clone, Copy)]
enum Need {
    Client,
    Server,
    /// As for the server, unless the client has a label of its own: both are often written together.
    ServerLabel,
    /// A server that asks for certificates.
    Asks,
    /// One of these versions is on.
    Versions(&'static [Protocol]),
    /// One of these is coded and not `Off`.
    Switch(&'static [&'static str]),
}

const EXTENSIONS: Need = Need::Versions(&[Tls10, Tls11, Tls12, Tls13]);
const RENEGOTIATION: Need = Need::Versions(&[SslV3, Tls10, Tls11, Tls12]);

/// From the advanced, signature and Gsk parameters in the IP Configuration Reference 2.4 to 3.1. An attribute
/// can stand in several rows.
#[rustfmt::skip]
const NEEDS: &[(Need, &[&str])] = &[
    (Need::Asks, &["ClientAuthType"]),
    (Need::Client, &[
        "ClientECurves", "ClientKeyShareGroups", "ClientEDHGroupSize", "ClientExtendedMasterSecret",
        "ClientMaxSSLFragment", "ClientMaxSSLFragmentLength",
        "ClientHandshakeSNI", "ClientHandshakeSNIMatch", "ClientHandshakeSNIList",
        "HostReferenceIdDNS", "HostReferenceIdCN", "HostRefWildcardValidation", "ResetCipherTimer",
        "GSK_SESSION_TICKET_CLIENT_ENABLE", "GSK_SESSION_TICKET_CLIENT_MAXCACHED",
        "GSK_SESSION_TICKET_CLIENT_MAXSIZE",
    ]),
    (Need::Server, &[
        "ServerKexECurves", "ServerKeyShareGroups", "ServerEDHGroupSize", "ServerExtendedMasterSecret",
        "ServerMaxSSLFragment", "ServerScsv", "OcspServerStapling",
        "ServerHandshakeSNI", "ServerHandshakeSNIMatch", "ServerHandshakeSNIList",
        "GSK_SESSION_TICKET_SERVER_ENABLE", "GSK_SESSION_TICKET_SERVER_ALGORITHM",
        "GSK_SESSION_TICKET_SERVER_COUNT", "GSK_SESSION_TICKET_SERVER_KEY_REFRESH",
        "GSK_SESSION_TICKET_SERVER_TIMEOUT",
    ]),
    (Need::ServerLabel, &["ServerCertificateLabel"]),
    (Need::Versions(&[Tls13]), &[
        "ClientKeyShareGroups", "ServerKeyShareGroups", "MiddleBoxCompatMode",
        "GSK_SYSPLEX_SESSION_TICKET_CACHE",
        "GSK_SESSION_TICKET_CLIENT_ENABLE", "GSK_SESSION_TICKET_CLIENT_MAXCACHED",
        "GSK_SESSION_TICKET_CLIENT_MAXSIZE",
        "GSK_SESSION_TICKET_SERVER_ENABLE", "GSK_SESSION_TICKET_SERVER_ALGORITHM",
        "GSK_SESSION_TICKET_SERVER_COUNT", "GSK_SESSION_TICKET_SERVER_KEY_REFRESH",
        "GSK_SESSION_TICKET_SERVER_TIMEOUT",
    ]),
    (RENEGOTIATION, &["Renegotiation", "RenegotiationIndicator", "RenegotiationCertCheck", "ResetCipherTimer"]),
    (Need::Versions(&[SslV2]), &["GSK_V2_SESSION_TIMEOUT", "GSK_V2_SIDCACHE_SIZE"]),
    (EXTENSIONS, &["TruncatedHMAC", "ClientMaxSSLFragment", "ServerMaxSSLFragment", "ClientHandshakeSNI", "ServerHandshakeSNI"]),
    (Need::Switch(&["ClientMaxSSLFragment"]), &["ClientMaxSSLFragmentLength"]),
    (Need::Switch(&["ClientHandshakeSNI"]), &["ClientHandshakeSNIMatch", "ClientHandshakeSNIList"]),
    (Need::Switch(&["ServerHandshakeSNI"]), &["ServerHandshakeSNIMatch", "ServerHandshakeSNIList"]),
    (Need::Switch(&["OcspNonceGenEnable"]), &["OcspNonceCheckEnable"]),
    (Need::Switch(&["OcspProxyServerName"]), &["OcspProxyServerPort"]),
    (Need::Switch(&["HttpCdpProxyServerName"]), &["HttpCdpProxyServerPort"]),
];

const OCSP: Need = Need::Switch(&["OcspUrl", "OcspAiaEnable"]);
const HTTP_CDP: Need = Need::Switch(&["HttpCdpEnable"]);

/// What each attribute needs, by its name.
static BY_NAME: LazyLock<HashMap<&'static str, Vec<Need>>> = LazyLock::new(|| {
    let mut needs: HashMap<_, Vec<_>> = HashMap::new();
    let names = |rows: &'static [AttributeDef]| rows.iter().map(|row| row.name);
    let switches = [
        "OcspUrl",
        "OcspAiaEnable",
        "HttpCdpEnable",
        "OcspServerStapling",
    ];
    let ocsp = names(TTLS_GSK_OCSP_PARMS.attributes).map(|name| (name, OCSP));
    let http = names(TTLS_GSK_HTTP_CDP_PARMS.attributes).map(|name| (name, HTTP_CDP));
    for (name, need) in ocsp
        .chain(http)
        .filter(|(name, _)| !switches.contains(name))
    {
        needs.entry(name).or_default().push(need);
    }
    for (need, names) in NEEDS {
        for name in *names {
            needs.entry(name).or_default().push(*need);
        }
    }
    needs
});

fn run(treatment: &Treatment<'_>, report: &mut Report<'_>) {
    for line in treatment.lines() {
        let name = line.row().name;
        let Some(needs) = BY_NAME.get(name).filter(|_| says(line, report)) else {
            continue;
        };
        match needs.iter().find(|need| !need.is_met(treatment)) {
            None => report.idle.used(line, name),
            Some(need) => {
                let fact = || need.fact(treatment);
                report.idle.unused(line, name, need.page(), &fact);
            }
        }
    }
}

/// Whether a line asks for anything: the default and `Off` do not, nor does what asks for no certificate.
fn says(line: &Line<'_>, report: &Report<'_>) -> bool {
    let (row, value) = (line.row(), line.attribute.value());
    let is = |word: &str| value.eq_ignore_ascii_case(word);
    if row.name == "ClientAuthType" {
        return !is("PassThru");
    }
    let default = row.default_in(report.release);
    !is("Off") && !default.is_some_and(is)
}

impl Need {
    fn is_met(self, treatment: &Treatment<'_>) -> bool {
        let role = |word: &str| treatment.is("HandshakeRole", word);
        match self {
            Self::Client => !role("Server") && !role("ServerWithClientAuth"),
            Self::Server => !role("Client"),
            Self::ServerLabel => !role("Client") || !treatment.said("CertificateLabel").is_empty(),
            Self::Asks => !role("Server") && !role("Client") || asks_no_more(treatment).is_some(),
            Self::Versions(versions) => {
                treatment.on.is_empty() || versions.iter().any(|one| treatment.on.contains(one))
            }
            Self::Switch(names) => names.iter().any(|name| treatment.is_asked(name)),
        }
    }

    fn page(self) -> &'static Page {
        match self {
            Self::Asks => &NO_CERTIFICATES,
            Self::Client | Self::Server | Self::ServerLabel => &OTHER_ROLE,
            Self::Versions(_) => &OTHER_VERSION,
            Self::Switch(_) => &SWITCHED_OFF,
        }
    }

    fn fact(self, treatment: &Treatment<'_>) -> String {
        match self {
            Self::Client | Self::Server | Self::ServerLabel | Self::Asks => {
                treatment.value("HandshakeRole").unwrap_or("").to_owned()
            }
            Self::Versions(versions) => {
                let words: Vec<_> = versions.iter().map(ToString::to_string).collect();
                or(&words)
            }
            Self::Switch(names) => or(&names.iter().map(|name| switch(name)).collect::<Vec<_>>()),
        }
    }
}

/// How something is switched on.
fn switch(name: &str) -> String {
    match crate::policy::effective::parameter(name).map(|row| row.kind) {
        Some(crate::policy::table::Kind::Flag) => format!("`{name} On`"),
        Some(crate::policy::table::Kind::Enum(_)) => format!("`{name} Optional`"),
        _ => format!("`{name}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::effective::parameter;

    #[test]
    fn each_name_is_a_parameter() {
        let switches = NEEDS.iter().filter_map(|(need, _)| match need {
            Need::Switch(names) => Some(*names),
            _ => None,
        });
        let names = NEEDS.iter().map(|(_, names)| *names).chain(switches);
        for name in names.flatten() {
            assert!(parameter(name).is_some(), "{name}");
        }
    }
}
