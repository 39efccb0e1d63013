//! Why a connection failed, and what to change: from what was kept of it, when somebody asks.
//!
//! Where a ClientHello is there, the analysis that `gatehouse simulate --hello` uses says whether the rule
//! lets its sender through, and which change was tried and helps. Where it should have got through, the
//! cause is elsewhere: alerts, certificates, time.

mod certificates;
mod offer;
mod silence;
#[cfg(test)]
pub(crate) mod tests;
mod told;
mod words;

use std::sync::Arc;
use std::time::Duration;

use generator::analysis::handshake::{Hello, Key, Settings, client_hello};
use generator::policy::lookup::Way;
use generator::runtime::codes;
use keyring::Ring;

use crate::messages::{self, Subject};
use crate::policy::Protection;
use crate::tls::{Alert, Evidence, Failure, Opening, Plan, Role, Told};
use control::{Change, Diagnosis, FailureInfo};
use words::{Place, sentence};

/// A connection that failed, as it was then.
#[derive(Debug)]
pub struct Case {
    /// Without its rule, which holds more than is to be kept.
    pub subject: Subject,
    pub rule: Option<Arc<str>>,
    /// Group, environment, connection.
    pub actions: [String; 3],
    /// The messages that were written of it.
    pub messages: Vec<&'static str>,
    pub failure: Failure,
    /// The handshake was done before.
    pub secured: bool,
    pub evidence: Evidence,
    settings: Option<Arc<Settings>>,
    plan: Option<Arc<Plan>>,
    /// Of the certificates that this side can present.
    keys: &'static [Key],
    /// How long a handshake may take.
    limit: Option<Duration>,
}

/// What holds now, for the rule that took the connection.
#[derive(Clone, Debug, Default)]
pub struct Now {
    /// `None`: the policy has no such rule any more, or it leaves connections in the clear.
    pub settings: Option<Arc<Settings>>,
    pub ring: Option<Arc<Ring>>,
}

impl Case {
    pub fn of(subject: &Subject, failure: Failure, secured: bool, evidence: Evidence) -> Self {
        let rule = subject.rule.as_ref();
        let actions = rule.map(|rule| &*rule.actions);
        let environment = actions.and_then(|actions| match &actions.protection {
            Protection::Tls(environment) => Some(environment),
            Protection::Clear => None,
        });
        let names = actions.map(|all| [&all.group, &all.environment, &all.connection]);
        Self {
            messages: subject.ids_of_error(),
            rule: rule.map(|rule| rule.name.clone()),
            actions: names
                .map(|names| names.map(|name| name.text.clone()))
                .unwrap_or_default(),
            failure,
            secured,
            evidence,
            settings: actions.and_then(|actions| actions.settings.clone()),
            plan: environment.map(|environment| environment.plan.clone()),
            keys: environment.map_or(&Key::ALL, |environment| environment.keys),
            limit: actions.and_then(|actions| actions.handshake),
            subject: Subject {
                rule: None,
                ..subject.clone()
            },
        }
    }

    /// All that is told of it.
    pub fn info(&self, number: u64, time: u64, now: &Now) -> FailureInfo {
        let subject = &self.subject;
        FailureInfo {
            number,
            time,
            connection: subject.id,
            inbound: subject.way == Way::Inbound,
            local: subject.local,
            remote: subject.remote,
            job: subject.job.clone(),
            user: subject.user.clone(),
            rule: self.rule.as_ref().map(ToString::to_string),
            actions: self.actions.clone(),
            rc: self.failure.code,
            messages: self.messages.iter().map(ToString::to_string).collect(),
            secured: self.secured,
            reason: messages::reason(&self.failure),
            alert: self.evidence.alert.map(Alert::info),
            server_name: self.server_name(),
            diagnosis: self.diagnosis(now),
        }
    }

    /// Why, and what helps; `None`: nothing is known beyond the return code.
    pub fn diagnosis(&self, now: &Now) -> Option<Diagnosis> {
        self.refused_certificate()
            .or_else(|| self.foretold(now))
            .or_else(|| self.of_silence())
            .or_else(|| self.of_alert(now))
            .or_else(|| self.of_server_hello())
            .or_else(|| self.of_demands())
            .or_else(|| self.of_code())
    }

    fn server_name(&self) -> Option<String> {
        match self.role()? {
            Role::Server => self.hello()?.server_name,
            Role::Client => self.plan.as_ref()?.server_name.sent.clone(),
        }
    }

    fn role(&self) -> Option<Role> {
        self.plan.as_ref().map(|plan| plan.role)
    }

    fn is_client(&self) -> bool {
        self.role() == Some(Role::Client)
    }

    /// What the client offered.
    fn hello(&self) -> Option<Hello> {
        match (&self.evidence.opening, self.role()) {
            (Opening::Tls(bytes), Some(Role::Server)) => client_hello(bytes).ok(),
            _ => None,
        }
    }

    /// The alert by which the partner ended it.
    fn partners_alert(&self) -> Option<u8> {
        match (self.failure.told, self.evidence.alert) {
            (Told::Partner(code), _) => Some(code),
            (Told::Here, Some(Alert { sent: false, code })) if code != 0 => Some(code),
            _ => None,
        }
    }

    /// The partner's part, as sentences name it.
    fn partner(&self) -> &'static str {
        match self.role() {
            Some(Role::Server) => "the client",
            Some(Role::Client) => "the server",
            None => "the partner",
        }
    }

    fn rule_words(&self) -> String {
        match &self.rule {
            Some(rule) => format!("rule {rule}"),
            None => "this side".to_owned(),
        }
    }

    fn place(&self) -> Place<'_> {
        Place {
            actions: &self.actions,
            rule: self.rule.as_deref().unwrap_or_default(),
            settings: self.settings.as_deref(),
        }
    }

    fn ring_words(&self) -> String {
        match &self.plan {
            Some(plan) if !plan.keyring.is_empty() => format!("key ring {}", plan.keyring),
            _ => "the key ring".to_owned(),
        }
    }

    /// What the row of the return code says.
    fn of_code(&self) -> Option<Diagnosis> {
        let row = codes::code(self.failure.code)?;
        let cause = row.causes.first().copied().unwrap_or_default();
        let why = format!("{} {cause}", row.meaning);
        let change = |(at, text): (usize, &&str)| Change {
            text: (*text).to_owned(),
            // The first one is about the policy, if any is.
            attributes: match at {
                0 => row.attributes.iter().map(ToString::to_string).collect(),
                _ => Vec::new(),
            },
        };
        Some(Diagnosis {
            why: sentence(&why),
            changes: row.to_do.iter().enumerate().map(change).collect(),
        })
    }
}

/// A diagnosis of sentences; each change with the attributes that it is about.
fn diagnosis(why: impl Into<String>, changes: Vec<(String, &[&str])>) -> Option<Diagnosis> {
    let change = |(text, attributes): (String, &[&str])| Change {
        text,
        attributes: attributes.iter().map(ToString::to_string).collect(),
    };
    Some(Diagnosis {
        why: why.into(),
        changes: changes.into_iter().map(change).collect(),
    })
}
