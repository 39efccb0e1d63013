//! Rules that would protect the connections by which System SSL looks up revocation.

use std::net::IpAddr;

use super::treatment::Treatment;
use super::{Check, Look, Report};
use crate::finding::{Page, Severity};
use crate::policy::effective::Line;
use crate::policy::lookup::{Conditions, Connection, Rule, Way};
use crate::policy::{Part, Tag};

pub static CHECK: Check = Check {
    pages: &[&PROTECTED],
    look: Look::Treatment(run),
};

static PROTECTED: Page = Page {
    code: "AT255",
    name: "revocation-under-a-rule",
    severity: Severity::Warning,
    message: "rule `{rule}` takes the connections of System SSL to `{server}` as well",
    help: "narrow the rule, or put one with `TTLSEnabled Off` for them above it",
    why: "While it checks a certificate, System SSL itself asks LDAP, OCSP and HTTP servers. These connections should not be protected by AT-TLS: the check of one certificate would wait for the check of another.",
};

/// So many different servers are looked at.
const SERVERS: usize = 50;

/// The servers that were met, each with the line that names it.
#[derive(Default)]
pub(super) struct Own<'p>(Vec<(&'p str, u16, Tag)>);

impl<'p> Own<'p> {
    fn add(&mut self, line: &Line<'p>, host: &'p str, port: u16) {
        let known = self
            .0
            .iter()
            .any(|(other, at, _)| *other == host && *at == port);
        if !known && self.0.len() < SERVERS {
            self.0.push((host, port, line.attribute.tag));
        }
    }
}

fn run<'p>(treatment: &Treatment<'p>, report: &mut Report<'p>) {
    let port = |name: &str| treatment.value(name).and_then(|text| text.parse().ok());
    for line in treatment.said("GSK_LDAP_SERVER") {
        let usual = port("GSK_LDAP_SERVER_PORT").unwrap_or(389);
        let (host, port) = host_and_port(line.attribute.value(), usual);
        report.own.add(line, host, port);
    }
    let proxy = treatment.said("OcspProxyServerName").last();
    let url = treatment.said("OcspUrl").last();
    if let Some(line) = proxy {
        let port = port("OcspProxyServerPort").unwrap_or(80);
        report.own.add(line, line.attribute.value(), port);
    } else if let Some((line, rest)) = url.and_then(|line| Some((line, after_scheme(line)?))) {
        let (host, port) = host_and_port(rest, 80);
        report.own.add(line, host, port);
    }
    let proxy = treatment.said("HttpCdpProxyServerName").last();
    if let Some(line) = proxy.filter(|_| treatment.is("HttpCdpEnable", "On")) {
        let port = port("HttpCdpProxyServerPort").unwrap_or(80);
        report.own.add(line, line.attribute.value(), port);
    }
}

/// Host and port of `http://host:port/path`.
fn after_scheme<'p>(line: &Line<'p>) -> Option<&'p str> {
    let (_, rest) = line.attribute.value().split_once("://")?;
    rest.split('/').next()
}

fn host_and_port(text: &str, usual: u16) -> (&str, u16) {
    match text.rsplit_once(':') {
        // More than one colon: an IPv6 address without a port.
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            (host, port.parse().unwrap_or(usual))
        }
        _ => (text, usual),
    }
}

/// Looks for the rule that each server's connections meet; the rules in the order of the search.
pub(super) fn look(report: &mut Report<'_>, rules: &[Rule<'_>], conditions: &[Conditions]) {
    for (host, port, tag) in std::mem::take(&mut report.own).0 {
        // A name stands for an address that no rule singles out.
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        let remote = address.unwrap_or_else(|_| [192, 0, 2, 1].into());
        let local = match remote {
            IpAddr::V4(_) => IpAddr::from([192, 0, 2, 2]),
            IpAddr::V6(_) => IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 2]),
        };
        let connection = Connection {
            local,
            remote,
            local_port: 50_000,
            remote_port: port,
            job: String::new(),
            user: String::new(),
            way: Way::Outbound,
            at: None,
        };
        let met = conditions.iter().position(|own| own.matches(&connection));
        let Some(rule) = met.and_then(|at| rules.get(at)) else {
            continue;
        };
        if report.named.protects(rule.statement) == Some(true) {
            let place = report.at.place(tag, Part::Value);
            let finding = report
                .at(&PROTECTED, rule.statement.tag, Part::Value)
                .fact("rule", rule.statement.name_str().unwrap_or(""))
                .fact("server", format!("{host}:{port}"));
            report.push(finding.related(place, "asked for revocation"));
        }
    }
}
