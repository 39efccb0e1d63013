//! Which rule a connection meets, why no earlier one applies, and what the rule gives it.

use std::net::IpAddr;

use generator::objects::{Configuration, ObjectId};
use generator::policy::effective::{self, Parameter as Effective};
use generator::policy::lookup::{self, Condition, Rule, rules};
use generator::policy::table::Scope;
use generator::policy::{Named, Tag};
use serde::{Deserialize, Serialize};

use super::sources::Uploaded;
use super::stacks::{Read, name_of};
use super::{At, Sources, Unanswered};

/// Asks about files: `POST /api/v1/policy/simulate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Simulate {
    pub sources: Sources,
    /// Only this stack; absent: every stack that the files describe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    pub connection: Connection,
}

/// Asks about a stack of a store: `POST /api/v1/stores/{store}/simulate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SimulateStack {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub stack: ObjectId,
    #[serde(default)]
    pub of: StackOf,
    pub connection: Connection,
}

/// Which state of the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum StackOf {
    /// My draft.
    #[default]
    Draft,
    /// A saved revision.
    Revision(i64),
}

/// The facts of a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Connection {
    pub way: Way,
    /// This side.
    pub local: String,
    pub local_port: u16,
    /// The partner.
    pub remote: String,
    pub remote_port: u16,
    /// The job that owns the socket.
    #[serde(default)]
    pub job: String,
    /// The user id of that job.
    #[serde(default)]
    pub user: String,
    /// When, such as `2026-11-21T14:30`; absent: every rule is taken to be in effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// Who opens the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// The partner.
    Inbound,
    /// This side.
    Outbound,
}

/// What happens to the connection on one stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Simulated {
    /// Empty for a policy that no configuration leads to.
    pub stack: String,
    /// Absent: no rule applies, and the connection stays in the clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<SimulatedRule>,
    /// The rules before it, in the order in which they are searched; at most 200.
    pub passed_over: Vec<PassedOver>,
    /// How many there are.
    pub passed_over_total: usize,
}

/// The rule that applies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulatedRule {
    pub name: String,
    pub at: At,
    pub priority: u32,
    /// Whether its group action turns TLS on; absent: it says neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protects: Option<bool>,
    pub parameters: Vec<Parameter>,
}

/// A rule that does not apply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PassedOver {
    pub name: String,
    pub at: At,
    pub priority: u32,
    /// The first condition that does not hold.
    pub why: String,
}

/// One parameter that the connection gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Parameter {
    pub name: String,
    /// NCA's words for it.
    pub label: String,
    pub value: String,
    /// Where it is coded; absent: it is the default of the release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Said>,
    /// What is coded and does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beaten: Vec<Said>,
}

/// What is coded of a parameter at one scope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Said {
    /// `connection`, `environment` or `group`.
    pub scope: String,
    pub value: String,
    pub at: At,
}

/// Rules before the one that applies that are handed over.
const MOST: usize = 200;

/// Answers for each stack that files describe.
pub fn simulate(asked: &Simulate) -> Result<Vec<Simulated>, Unanswered> {
    let connection = asked.connection.read()?;
    let uploaded = Uploaded::new(&asked.sources)?;
    let stacks = Read::all(&asked.sources, &uploaded, asked.stack.as_deref())?;
    let answers = stacks.iter().map(|stack| of_stack(stack, &connection));
    Ok(answers.collect())
}

/// Answers for a stack of a configuration, whose files are compiled.
pub fn simulate_stack(
    configuration: &Configuration,
    stack: &ObjectId,
    connection: &Connection,
) -> Result<Simulated, Unanswered> {
    let connection = connection.read()?;
    Ok(of_stack(
        &Read::compiled(configuration, stack)?,
        &connection,
    ))
}

impl Connection {
    /// One that an analysis names.
    pub(super) fn of(found: &lookup::Connection) -> Self {
        Self {
            way: match found.way {
                lookup::Way::Inbound => Way::Inbound,
                lookup::Way::Outbound => Way::Outbound,
            },
            local: found.local.to_string(),
            local_port: found.local_port,
            remote: found.remote.to_string(),
            remote_port: found.remote_port,
            job: found.job.clone(),
            user: found.user.clone(),
            at: found.at.map(|at| at.to_string()),
        }
    }

    pub(super) fn read(&self) -> Result<lookup::Connection, Unanswered> {
        let address = |text: &str, side: &str| {
            text.trim().parse::<IpAddr>().map_err(|_| {
                Unanswered::new(format!(
                    "The {side} address `{text}` is none; write one such as 10.1.1.2 or 2001:db8::2."
                ))
            })
        };
        let moment = |text: &String| {
            lookup::Moment::from_text(text).ok_or_else(|| {
                Unanswered::new(format!(
                    "`{text}` is no moment: write year, month, day and time, such as 2026-11-21T14:30."
                ))
            })
        };
        let at = self.at.as_ref().filter(|text| !text.trim().is_empty());
        Ok(lookup::Connection {
            local: address(&self.local, "local")?,
            remote: address(&self.remote, "remote")?,
            local_port: self.local_port,
            remote_port: self.remote_port,
            job: self.job.trim().to_owned(),
            user: self.user.trim().to_owned(),
            way: match self.way {
                Way::Inbound => lookup::Way::Inbound,
                Way::Outbound => lookup::Way::Outbound,
            },
            at: at.map(moment).transpose()?,
        })
    }
}

fn of_stack(read: &Read<'_>, connection: &lookup::Connection) -> Simulated {
    let named = Named::of(&read.stack.policy);
    let rules = rules(&read.stack.policy);
    let mut rules = rules.iter();
    let (mut passed_over, mut passed_over_total) = (Vec::new(), 0);
    let found = rules.find(|rule| {
        let Some(failed) = rule.first_failure(connection) else {
            return true;
        };
        passed_over_total += 1;
        if passed_over.len() < MOST {
            passed_over.push(self::passed_over(rule, failed, read));
        }
        false
    });
    let rule = found.map(|rule| SimulatedRule {
        name: name_of(rule.statement),
        at: read.at(rule.statement.tag),
        priority: rule.priority,
        protects: named.protects(rule.statement),
        parameters: named
            .effective(rule.statement, read.release)
            .iter()
            .map(|one| parameter(one, read))
            .collect(),
    });
    Simulated {
        stack: read.stack.name.clone(),
        rule,
        passed_over,
        passed_over_total,
    }
}

fn passed_over(rule: &Rule<'_>, failed: Condition, read: &Read<'_>) -> PassedOver {
    PassedOver {
        name: name_of(rule.statement),
        at: read.at(rule.statement.tag),
        priority: rule.priority,
        why: failed.words().to_owned(),
    }
}

fn parameter(one: &Effective<'_>, read: &Read<'_>) -> Parameter {
    let said = one.said.as_ref().map(|said| self::said(said, read));
    let default = || one.default.unwrap_or_default().to_owned();
    Parameter {
        name: one.row.name.to_owned(),
        label: one.row.label.to_owned(),
        value: said
            .as_ref()
            .map_or_else(default, |said| said.value.clone()),
        said,
        beaten: one.beaten.iter().map(|one| self::said(one, read)).collect(),
    }
}

fn said(said: &effective::Said<'_>, read: &Read<'_>) -> Said {
    let values: Vec<_> = said.attributes.iter().map(|one| one.shown()).collect();
    let first = said.attributes.first();
    Said {
        scope: match said.scope {
            Scope::Connection => "connection",
            Scope::Environment => "environment",
            Scope::Group => "group",
        }
        .to_owned(),
        value: values.join(" "),
        at: read.at(first.map_or(Tag::NONE, |one| one.tag)),
    }
}
