//! What is said over the control socket: a line of JSON asks, a line of JSON answers.
//!
//! A connection may ask as often as it likes. After [`Ask::Events`] only the engine speaks.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::connection::ConnectionInfo;
use crate::failure::FailureInfo;
use crate::status::{ParameterInfo, RuleInfo, Status};
use crate::trace::{CapturedRecord, End, TraceInfo};
use crate::trial::{Checked, FileText, Loaded, ProbeInfo, TrialInfo};

/// A question or an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Ask {
    /// Answered by [`Answer::Status`].
    Status,
    /// Connections that are open; answered by [`Answer::Connections`].
    Connections {
        #[serde(flatten)]
        which: Which,
    },
    /// Handshakes that failed, and connections that TLS ended, as far as they are kept; answered by
    /// [`Answer::Failures`].
    Failures {
        #[serde(flatten)]
        which: Which,
        /// Only those with larger numbers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<u64>,
    },
    /// Answered by [`Answer::Rules`].
    Rules,
    /// What counts for a rule, or for a connection by the policy that it was mapped with; answered by
    /// [`Answer::Parameters`].
    Parameters {
        #[serde(flatten)]
        of: Of,
    },
    /// Reads files and key rings again, if any of them changed; answered by [`Answer::Loaded`].
    Update,
    /// The same whether they changed or not.
    Refresh,
    /// Loads the policy as it would be if these files lay there, and changes nothing; answered by
    /// [`Answer::Checked`]. The one question that may be longer than 64 KiB, up to 64 MiB.
    Check { files: Vec<FileText> },
    /// Loads what lies on the disk as [`Ask::Refresh`] does, on trial: unless [`Ask::Confirm`] comes in
    /// time, the engine goes back by itself to the policy that was confirmed last. Answered by
    /// [`Answer::Activated`].
    Activate {
        /// Seconds, 1 to [`Ask::LONGEST_TRIAL`].
        within: u32,
    },
    /// What is on trial stays; answered by [`Answer::Trial`].
    Confirm { trial: u32 },
    /// Goes back from what is on trial at once; answered by [`Answer::Trial`].
    Back { trial: u32 },
    /// Makes handshakes with the environments that the policy protects; answered by [`Answer::Probed`].
    Probe {
        /// The environment of this rule only; `None`: all of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rule: Option<String>,
        /// Instead, a connection to this address as any client makes it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        connect: Option<SocketAddr>,
        /// The server name that the client of `connect` sends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// Writes more about some connections for some time; answered by [`Answer::Traces`].
    Trace {
        #[serde(flatten)]
        which: Which,
        /// The bits of `Trace`, 1 to 15.
        level: u8,
        /// From now; at most a day.
        seconds: u32,
        /// Keeps what both sides say in the handshakes of connections that begin from now on.
        #[serde(default)]
        capture: bool,
        /// Keeps secrets that open what programs say, too, for this reason: of connections whose rule says
        /// `CtraceClearText On`, and for an hour at most. It keeps what both sides say then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clear_text: Option<String>,
    },
    /// What a trace has kept, also one that ended; answered by [`Answer::Captured`].
    Captured {
        trace: u32,
        /// Only records with larger numbers; 0: all.
        #[serde(default)]
        after: u64,
    },
    /// The same as packets, for programs that read those; answered by [`Answer::Pcapng`].
    Pcapng {
        trace: u32,
        /// Leaves out the secrets by which handshakes of TLS 1.3, or all that was said, can be read.
        #[serde(default)]
        without_secrets: bool,
    },
    /// Ends a trace before its time, or all of them; answered by [`Answer::Traces`].
    EndTrace { number: Option<u32> },
    /// Answered by [`Answer::Traces`].
    Traces,
    /// What the log says from now on, line by line, as [`Answer::Event`].
    Events,
}

impl Ask {
    /// The longest that a policy can be on trial, in seconds: a day, and an hour for who confirms late.
    pub const LONGEST_TRIAL: u32 = 90_000;
}

/// Chooses connections. What is not said fits all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineWhich))]
#[serde(default)]
pub struct Which {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The address of the partner.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub remote: Option<IpAddr>,
    /// The local or the remote port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The job name, in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The number of the connection, CONNID in messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<u32>,
}

/// Whose parameters are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    Rule(String),
    /// The number of an open connection, CONNID in messages.
    Connection(u32),
}

/// What the engine says. Exactly one line for each question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
// In the browser, where pointers are narrow, it is below the limit.
#[cfg_attr(
    target_pointer_width = "64",
    expect(
        clippy::large_enum_variant,
        reason = "one is made for each question, and passed on at once"
    )
)]
pub enum Answer {
    Status(Status),
    Connections {
        connections: Vec<ConnectionInfo>,
    },
    /// The oldest first.
    Failures {
        failures: Vec<FailureInfo>,
    },
    Rules {
        rules: Vec<RuleInfo>,
    },
    Parameters {
        /// The rule that they are of.
        rule: String,
        parameters: Vec<ParameterInfo>,
    },
    Loaded(Loaded),
    Checked(Checked),
    Activated {
        loaded: Loaded,
        /// `None`: there are errors, and what was in use stays in use.
        trial: Option<TrialInfo>,
    },
    Trial(TrialInfo),
    Probed {
        probes: Vec<ProbeInfo>,
    },
    Traces {
        traces: Vec<TraceInfo>,
    },
    /// The oldest first; as many as one answer may have.
    Captured {
        records: Vec<CapturedRecord>,
        /// Records that were not kept, or are not any more, as there were too many.
        dropped: u64,
    },
    Pcapng {
        base64: String,
        /// Why secrets that open what programs said are in it; `None`: there are none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clear_text: Option<String>,
    },
    Event {
        line: String,
    },
    /// No more events come.
    Ended {
        why: End,
    },
    /// The question cannot be answered; a sentence that says why.
    Refused {
        why: String,
    },
}
