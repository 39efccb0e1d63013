//! What is said over the control socket: a line of JSON asks, a line of JSON answers.
//!
//! A connection may ask as often as it likes. After [`Ask::Events`] only the engine speaks.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

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
        /// Leaves out the secrets by which handshakes of TLS 1.3 can be read, and nothing else.
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

/// A file as it would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileText {
    /// Absolute.
    pub path: PathBuf,
    pub text: String,
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
#[expect(
    clippy::large_enum_variant,
    reason = "one is made for each question, and passed on at once"
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

/// The engine at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineStatus))]
pub struct Status {
    pub version: String,
    /// The library that does TLS.
    pub library: String,
    /// The stack whose policy counts; empty: the policy is of none.
    pub stack: String,
    /// The configuration file that it was started with.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub config: PathBuf,
    /// What the policy that counts was read from.
    #[serde(default)]
    pub files: Vec<FileInfo>,
    /// What is on trial, or what the engine went back from when nothing was loaded since.
    #[serde(default)]
    pub trial: Option<TrialInfo>,
    pub rules: usize,
    /// Unix seconds.
    pub started: u64,
    /// When the policy that counts was loaded, in Unix seconds.
    pub loaded: u64,
    pub open: usize,
    /// The most that may be open at a time.
    pub most: usize,
    pub fail_closed: bool,
    /// No new connections are taken.
    pub ending: bool,
    /// Where it listens, and the table that catches connections.
    pub ways: Vec<String>,
    /// Of all connections that no rule takes.
    pub unmapped: Counts,
    /// What failed since the engine was started, by return code.
    #[serde(default)]
    pub failed_by_code: Vec<CodeCount>,
    /// The alerts with which it failed.
    #[serde(default)]
    pub failed_by_alert: Vec<AlertCount>,
}

/// How often a return code came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineCodeCount))]
pub struct CodeCount {
    pub rc: u16,
    pub count: u64,
}

/// How often an alert came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineAlertCount))]
pub struct AlertCount {
    #[serde(flatten)]
    pub alert: AlertInfo,
    pub count: u64,
}

/// An alert of TLS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineAlert))]
pub struct AlertInfo {
    /// By the engine; otherwise by the partner.
    pub sent: bool,
    pub code: u8,
    /// `handshake_failure`
    pub name: String,
}

/// A handshake that failed, or a connection that TLS ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineFailure))]
pub struct FailureInfo {
    /// Counts up from 1 since the engine was started.
    pub number: u64,
    /// Unix seconds.
    pub time: u64,
    /// CONNID in messages.
    pub connection: u32,
    pub inbound: bool,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub local: SocketAddr,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub remote: SocketAddr,
    pub job: String,
    pub user: String,
    /// `None`: no rule takes it.
    pub rule: Option<String>,
    /// The actions of the rule: group, environment, connection; empty where it has none.
    pub actions: [String; 3],
    /// The return code of System SSL or AT-TLS.
    pub rc: u16,
    /// The messages that the log has of it.
    #[serde(default)]
    pub messages: Vec<String>,
    /// The handshake was done before.
    pub secured: bool,
    /// What happened, in words, as in the log.
    pub reason: String,
    /// The last alert that was sent or received.
    pub alert: Option<AlertInfo>,
    /// The server name that the client sent.
    pub server_name: Option<String>,
    /// `None`: nothing is known beyond the reason.
    pub diagnosis: Option<Diagnosis>,
}

/// Why a connection failed, and what helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineDiagnosis))]
pub struct Diagnosis {
    /// Whole sentences.
    pub why: String,
    /// The likeliest first; one of them is enough, unless it says otherwise.
    pub changes: Vec<Change>,
}

/// Something that helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineChange))]
pub struct Change {
    /// Whole sentences.
    pub text: String,
    /// The attributes of the policy that it is about; none: it is not about the policy.
    pub attributes: Vec<String>,
}

/// What was counted since `since`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineCounts))]
pub struct Counts {
    /// Unix seconds.
    pub since: u64,
    pub connections: u64,
    pub open: u64,
    /// Handshakes that were done.
    pub handshakes: u64,
    /// Of those, sessions that went on.
    pub resumed: u64,
    /// Handshakes that failed, and connections that TLS ended.
    pub failed: u64,
    /// Plaintext of the partner.
    pub bytes_in: u64,
    /// Plaintext of the program.
    pub bytes_out: u64,
    /// When a connection came last, in Unix seconds; `None`: none since then.
    pub last: Option<u64>,
}

/// A rule with its counters. They go on over a reload for a rule of the same name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineRule))]
pub struct RuleInfo {
    pub name: String,
    pub protects: bool,
    #[serde(flatten)]
    pub counts: Counts,
}

/// What counts for a rule of one attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineParameter))]
pub struct ParameterInfo {
    /// The keyword of the attribute.
    pub name: String,
    pub value: String,
    /// Where the value is coded; `None`: it is the default.
    pub said: Option<SaidInfo>,
    /// It is coded, and not what would hold anyway.
    pub own: bool,
    /// What is coded and does not count, the narrowest action first.
    pub beaten: Vec<SaidInfo>,
}

/// What is coded of an attribute in one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineSaid))]
pub struct SaidInfo {
    /// `connection`, `environment` or `group`.
    pub scope: String,
    /// The name of the action.
    pub action: String,
    /// Values of several lines stand behind each other; passwords are stars.
    pub value: String,
    /// File and line.
    pub place: String,
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EnginePhase))]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing passes before the handshake is done.
    Handshake,
    Open,
    /// It failed, and its alert is on its way.
    Ending,
}

/// How a connection came to its rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineMapType))]
#[serde(rename_all = "kebab-case")]
pub enum MapType {
    /// By what the rule asks of it.
    #[default]
    Primary,
    /// Like another one of the same program with the same partner, by `SecondaryMap`.
    Secondary,
}

/// A certificate of one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineCertificate))]
pub struct CertificateInfo {
    pub subject: String,
    pub issuer: String,
    /// In hexadecimal digits.
    pub serial: String,
    /// The last moment at which it is valid, as OpenSSL writes it.
    pub until: String,
}

/// What both sides of TLS agreed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineTls))]
pub struct TlsInfo {
    /// `TLSv1.3`.
    pub version: String,
    /// As IANA names it.
    pub suite: String,
    /// The group of the key exchange, as OpenSSL names it; `None`: there was none.
    pub group: Option<String>,
    /// The server name that the client sent.
    pub server_name: Option<String>,
    pub resumed: bool,
    pub own: Option<CertificateInfo>,
    pub partner: Option<CertificateInfo>,
    /// The user to whom the partner's certificate belongs.
    pub user: Option<String>,
}

/// A connection that is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineConnection))]
pub struct ConnectionInfo {
    /// CONNID in messages.
    pub id: u32,
    pub inbound: bool,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub local: SocketAddr,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub remote: SocketAddr,
    pub job: String,
    pub user: String,
    /// `None`: no rule takes it.
    pub rule: Option<String>,
    /// The actions of the rule: group, environment, connection; empty where it has none.
    pub actions: [String; 3],
    /// Whether it was mapped by itself.
    #[serde(default)]
    pub map_type: MapType,
    /// Its program starts and stops TLS: `ApplicationControlled On`.
    #[serde(default)]
    pub controlled: bool,
    pub phase: Phase,
    /// `None`: it is in the clear, or the handshake is not done.
    pub tls: Option<TlsInfo>,
    /// The last alert that was sent or received.
    #[serde(default)]
    pub last_alert: Option<AlertInfo>,
    /// Plaintext of the partner.
    pub bytes_in: u64,
    /// Plaintext of the program.
    pub bytes_out: u64,
    /// Seconds since it came.
    pub age: u64,
}

/// What came of an order to load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineLoaded))]
pub struct Loaded {
    pub outcome: Outcome,
    /// Errors and warnings, a line each.
    pub remarks: Vec<String>,
    pub rules: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineOutcome))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// New connections meet the new policy.
    Replaced,
    /// Nothing changed since it was loaded.
    Unchanged,
    /// There are errors; the policy that was loaded before stays in effect.
    Kept,
}

/// What a policy would be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineChecked))]
pub struct Checked {
    /// The engine would load it.
    pub accepted: bool,
    pub remarks: Vec<RemarkInfo>,
    /// Warnings of `gatehouse check`, which are not among the remarks.
    pub warnings: usize,
    /// 0 when it is not accepted.
    pub rules: usize,
    /// What it would be read from; empty when it is not accepted.
    pub files: Vec<FileInfo>,
}

/// A sentence about a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineRemark))]
pub struct RemarkInfo {
    /// The policy is not loaded.
    pub error: bool,
    /// With file and line, where there are any, as the log has it.
    pub text: String,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineFile))]
pub struct FileInfo {
    /// Absolute, without links.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub path: PathBuf,
    /// Of its bytes, in lower-case hexadecimal digits.
    pub sha256: String,
}

/// A policy that is or was on trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineTrial))]
pub struct TrialInfo {
    /// 0: of an engine that ran before this one.
    pub number: u32,
    pub state: TrialState,
    /// When its time is over, in Unix seconds; of one that is over, when it ended.
    pub until: u64,
    /// Seconds until then; 0 when it is over.
    pub left: u64,
    /// How it came to that; empty while it goes on.
    pub why: String,
}

/// How a trial stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineTrialState))]
#[serde(rename_all = "kebab-case")]
pub enum TrialState {
    Running,
    Confirmed,
    /// The policy from before is in use again. The files of the trial are not loaded by themselves.
    Back,
}

/// What a handshake came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineProbe))]
pub struct ProbeInfo {
    /// The first rule with the environment, or the address.
    pub rule: String,
    /// How many rules share the environment.
    pub rules: usize,
    /// The engine is the client there: there is a hello, and authorities to trust; no server was asked.
    pub client: bool,
    pub good: bool,
    /// The return code of AT-TLS that says what is wrong.
    pub rc: Option<u16>,
    /// What is wrong, or worth knowing; empty when there is nothing.
    pub words: String,
    /// Of a handshake that was done; `own` is what the policy presents, `partner` what an address does.
    pub tls: Option<TlsInfo>,
}

/// A trace that goes on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineTrace))]
pub struct TraceInfo {
    pub number: u32,
    #[serde(flatten)]
    pub which: Which,
    pub level: u8,
    /// Seconds until it ends by itself.
    pub left: u64,
    /// It keeps what both sides say.
    #[serde(default)]
    pub capture: bool,
    /// It is over, and what it kept is still there.
    #[serde(default)]
    pub over: bool,
    /// Records that it has kept.
    #[serde(default)]
    pub records: u64,
    /// Records that were not kept, or are not any more, as there were too many.
    #[serde(default)]
    pub dropped: u64,
}

/// Something that one side said, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineCaptured))]
pub struct CapturedRecord {
    /// Counts up from 1 in each trace.
    pub number: u64,
    /// Microseconds since 1970.
    pub time_us: u64,
    /// CONNID in messages.
    pub connection: u32,
    /// Otherwise the engine said it.
    pub from_partner: bool,
    /// `ClientHello`, `Certificate`, `alert`, `application data`.
    pub kind: String,
    /// The gist, in one line.
    pub summary: String,
    /// The rest, a line each; blanks at the beginning say what belongs to what.
    pub details: Vec<String>,
}

/// Why events end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The engine ends.
    Engine,
    /// Who listens did not keep up, and missed some.
    TooSlow,
}
