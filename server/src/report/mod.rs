//! The protected ports of a revision as a document: JSON, CSV, Markdown, HTML. What differs between
//! two revisions stands in `changes`.

pub mod changes;
mod markdown;
mod page;
mod sheet;

use std::collections::BTreeMap;

use api::report::{PortReport, ProtectedPort};
use api::store::Revision;
use generator::objects::variables::Resolved;
use generator::objects::{Configuration, summary};
use generator::report::protected_ports;
use serde::Deserialize;

/// How the report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    #[default]
    Json,
    Csv,
    Markdown,
    Html,
}

impl Format {
    /// The end of the file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Markdown => "md",
            Self::Html => "html",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        }
    }
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("the report could not be written as JSON")]
    Json(#[from] serde_json::Error),
    #[error("the report could not be written as CSV")]
    Csv(#[from] csv::Error),
    #[error("the report could not be written as HTML")]
    Html(#[from] askama::Error),
}

/// The report of a revision with this content.
pub fn of(store: &str, revision: &Revision, configuration: &Configuration) -> PortReport {
    PortReport {
        store: store.to_owned(),
        revision: revision.number,
        saved_at: revision.at.clone(),
        saved_by: revision.author.clone(),
        ports: protected_ports(&Resolved::of(configuration))
            .iter()
            .map(port)
            .collect(),
    }
}

/// The bytes of the report in a format.
pub fn write(report: &PortReport, format: Format) -> Result<Vec<u8>, WriteError> {
    Ok(match format {
        Format::Json => serde_json::to_vec(report)?,
        Format::Csv => sheet::write(report)?,
        Format::Markdown => markdown::write(report).into_bytes(),
        Format::Html => page::write(report)?.into_bytes(),
    })
}

fn port(port: &generator::report::ProtectedPort<'_>) -> ProtectedPort {
    let (row, level) = (port.row, port.level);
    let owned = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect();
    // What a level in the clear still says is not written.
    let protecting = level.protect.then_some(level);
    ProtectedPort {
        stack: port.stack_id.clone(),
        image_name: port.image_name(),
        stack_name: port.stack_name(),
        rule: port.rule_id.clone(),
        rule_name: port.rule_name(),
        rule_description: port.rule.description.clone(),
        owner: port.owner(),
        local_address: port.local_address(),
        remote_address: port.remote_address(),
        local_ports: row.local_port.to_string(),
        remote_ports: row.remote_port.to_string(),
        direction: port.direction(),
        job: port.job(),
        user: port.user(),
        traffic_name: port.traffic.name.to_string(),
        application_controlled: row.application_controlled,
        at_times: port.rule.effective.is_some(),
        level_name: level.name.to_string(),
        level_description: level.description.clone(),
        protects: level.protect,
        role: protecting.map(|_| port.role().word().to_owned()),
        versions: protecting.map_or_else(Vec::new, |level| owned(summary::versions(level))),
        suites: protecting.and_then(summary::suites).map(owned),
        client_authentication: port.client_authentication().map(str::to_owned),
        keyring: port.keyring(),
        certificate_labels: protecting.map_or_else(Vec::new, |_| port.certificate_labels()),
    }
}

/// The heading of a stack: `SYS1.TCPIP`.
fn place(port: &ProtectedPort) -> String {
    match port.image_name.as_str() {
        "" => port.stack_name.clone(),
        image => format!("{image}.{}", port.stack_name),
    }
}

/// The ports of each stack, in the report's order.
fn stacks(report: &PortReport) -> impl Iterator<Item = &[ProtectedPort]> {
    report.ports.chunk_by(|one, next| one.stack == next.stack)
}

/// The levels that are used, by name, each by one port that uses it.
fn levels(report: &PortReport) -> impl Iterator<Item = &ProtectedPort> {
    let by_name: BTreeMap<_, _> = report
        .ports
        .iter()
        .map(|port| {
            let key = (
                &port.level_name,
                port.protects,
                &port.versions,
                &port.suites,
            );
            (key, port)
        })
        .collect();
    by_name.into_values()
}

/// One column of a stack's table in the documents for people.
struct Column {
    title: &'static str,
    text: fn(&ProtectedPort) -> String,
}

const COLUMNS: &[Column] = &[
    Column {
        title: "Ports",
        text: |port| summary::ports(&port.local_ports, &port.remote_ports),
    },
    Column {
        title: "Direction",
        text: |port| port.direction.clone(),
    },
    Column {
        title: "Local address",
        text: |port| port.local_address.clone(),
    },
    Column {
        title: "Remote address",
        text: |port| port.remote_address.clone(),
    },
    Column {
        title: "Job",
        text: |port| port.job.clone(),
    },
    Column {
        title: "User ID",
        text: |port| port.user.clone(),
    },
    Column {
        title: "Rule",
        text: |port| port.rule_name.clone(),
    },
    Column {
        title: "Rule of",
        text: |port| port.owner.clone(),
    },
    Column {
        title: "Protection",
        text: protection,
    },
    Column {
        title: "Client authentication",
        text: |port| port.client_authentication.clone().unwrap_or_default(),
    },
    Column {
        title: "Key ring",
        text: |port| port.keyring.clone(),
    },
    Column {
        title: "Certificate",
        text: certificate,
    },
];

/// "GOLD: TLS 1.3, TLS 1.2".
fn protection(port: &ProtectedPort) -> String {
    let mut words = format!("{}: {}", port.level_name, versions(port));
    if port.application_controlled {
        words.push_str("; the application decides when");
    }
    if port.at_times {
        words.push_str("; at certain times only");
    }
    words
}

fn versions(port: &ProtectedPort) -> String {
    match port.versions.as_slice() {
        _ if !port.protects => "in the clear".to_owned(),
        [] => "no version on".to_owned(),
        versions => versions.join(", "),
    }
}

fn suites(port: &ProtectedPort, between: &str) -> String {
    match &port.suites {
        _ if !port.protects => String::new(),
        None => "those of System SSL".to_owned(),
        Some(suites) => suites.join(between),
    }
}

fn certificate(port: &ProtectedPort) -> String {
    match port.certificate_labels.as_slice() {
        _ if !port.protects => String::new(),
        [] => "default of the key ring".to_owned(),
        labels => labels.join(", "),
    }
}

/// Where the report is from, as a sentence.
fn origin(report: &PortReport) -> String {
    format!(
        "Store {}, revision {}, saved {} by {}.",
        report.store, report.revision, report.saved_at, report.saved_by
    )
}

/// What the report says and what it does not.
const SCOPE: &str = "Every row of a traffic descriptor as an enabled rule of an enabled stack uses it, \
                     in the order in which rules are searched. What is installed and what the system \
                     runs with is not part of it.";
const NONE: &str = "No enabled rule of an enabled stack names traffic and a security level.";
