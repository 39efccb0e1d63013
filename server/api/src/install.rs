//! Targets, installs, drift.

use control::RemarkInfo;
use generator::objects::ObjectId;
use serde::{Deserialize, Serialize};

use crate::finding::Finding;

/// Where a stack's files go: `GET /api/v1/stores/{store}/targets`,
/// `PUT /api/v1/stores/{store}/targets/{stack}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The stack.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub stack: ObjectId,
    /// A directory at or below one of the server's install roots. The stack's file names
    /// (`/etc/pagent.conf` …) are paths below it.
    pub root: String,
}

/// Which of a stack's files it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum FileRole {
    Main,
    Image,
    Policy,
    /// A job or snippet of the set-up page.
    Setup,
}

/// `POST /api/v1/stores/{store}/installs/preview`; changes nothing. The answer is [`InstallPlan`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InstallRequest {
    /// A saved revision; absent for the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub stacks: Vec<ObjectId>,
    /// Parts of the set-up page to put beside the policy files.
    #[serde(default)]
    pub setup_parts: Vec<String>,
    /// Ask no engine what it says of the files.
    #[serde(default)]
    pub files_only: bool,
}

/// What an install would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstallPlan {
    pub revision: i64,
    pub stacks: Vec<StackPlan>,
    /// Over everything that the plan shows; sent back to install just that.
    pub plan_hash: String,
}

/// What an install would do for one stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StackPlan {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub stack: ObjectId,
    /// `COLMVSA.TCPIP`.
    pub name: String,
    /// Errors stop the install of this stack.
    pub findings: Vec<Finding>,
    /// Why it cannot be installed at all: no target, path refused ….
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    pub files: Vec<FilePlan>,
    /// The engines of this machine that read these files, with what they say of the new ones, and those
    /// that cannot be asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub engines: Vec<EnginePlan>,
}

/// What an engine says of the files that an install would write, by its own key rings and rights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnginePlan {
    /// The name of its control socket, without `.sock`.
    pub name: String,
    /// Why it cannot be asked, and what to do. This stops the install, unless it writes files only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// It would not load the policy. This stops the install, unless it writes files only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refuses: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<RemarkInfo>,
}

/// What an install would do to one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FilePlan {
    pub role: FileRole,
    /// The path on this machine.
    pub path: String,
    /// What would be written.
    pub text: String,
    /// What is there now; absent where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_target: Option<String>,
    /// What was installed last; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed: Option<String>,
    /// The file on the target is not what was installed.
    pub drifted: bool,
    /// Why this file cannot be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// `POST /api/v1/stores/{store}/installs`: the plan that was shown, and nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Install {
    pub revision: i64,
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub stacks: Vec<ObjectId>,
    #[serde(default)]
    pub setup_parts: Vec<String>,
    /// Of the plan that was shown. Anything different meanwhile: 409, and nothing is written.
    pub plan_hash: String,
    /// Write over files that drifted.
    #[serde(default)]
    pub overwrite_drift: bool,
    #[serde(default)]
    pub comment: String,
    /// Put what was there before back unless the install is confirmed within so many seconds, 1 to
    /// 86,400, after the last file is in its place; absent: the install stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_within: Option<u32>,
    /// Leave the engines that read these files alone: they load them when they look at them again.
    #[serde(default)]
    pub files_only: bool,
}

impl Install {
    /// The longest that an install can wait for its confirmation: a day, in seconds.
    pub const LONGEST_WAIT: u32 = 86_400;
}

/// One install of one stack: `GET /api/v1/stores/{store}/installs?stack=…`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstallRecord {
    pub id: i64,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub stack: ObjectId,
    /// `COLMVSA.TCPIP`, as it was called then.
    pub name: String,
    pub revision: i64,
    pub by: String,
    pub at: String,
    pub comment: String,
    pub outcome: InstallOutcome,
    /// The install whose files this one brought back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned_to: Option<i64>,
    /// Absent when it waits for no confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waits>,
    /// The install whose files were put back: this is the note of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<i64>,
    /// Its files were put back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undone: bool,
    pub files: Vec<InstalledFile>,
    /// The newest that is done of its stack and was not put back.
    pub current: bool,
    /// What the engines that read its files did with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub engines: Vec<EngineResult>,
}

/// What an engine did with what was installed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EngineResult {
    /// The name of its control socket, without `.sock`.
    pub name: String,
    pub steps: Vec<EngineStep>,
}

/// One thing that an engine did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EngineStep {
    pub step: InstallStep,
    /// What came of it, in words.
    pub text: String,
}

/// What an install does, in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum InstallStep {
    /// The targets are compared, and engines say what they think of the new files.
    #[default]
    Check,
    /// Files take their places.
    Write,
    /// Engines load them, on trial.
    Activate,
    /// Engines make handshakes with what they protect now.
    Probe,
    /// The engines keep the policy.
    Confirm,
}

/// How long an install waits for `POST /api/v1/stores/{store}/installs/{id}/confirm`. Then, or with
/// `POST …/put-back`, what was there before is put back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Waits {
    /// By the server's clock.
    pub until: String,
    /// Seconds from the answer to then; 0 when it is over and putting back does not work yet.
    pub left: u64,
    /// Why what was there before could not be put back; the server tries it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// The stacks of one install that waits for its confirmation, as an open page learns of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Waiting {
    /// By this one all of them are confirmed or put back.
    pub install: i64,
    pub stacks: Vec<WaitingStack>,
    pub by: String,
    pub waits: Waits,
}

/// A stack of an install that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitingStack {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub stack: ObjectId,
    /// `COLMVSA.TCPIP`.
    pub name: String,
}

/// An install that is under way: `GET /api/v1/stores/{store}/installs/progress`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Progress {
    pub by: String,
    pub stacks: u64,
    pub stacks_done: u64,
    pub files: u64,
    pub files_done: u64,
    /// The stack that is being written; absent while the targets are compared, and while another
    /// install is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// The files of that stack; they take their places together.
    pub writing: Vec<String>,
    /// It ends before the next stack.
    pub cancelled: bool,
    /// What is being done.
    #[serde(default)]
    pub step: InstallStep,
}

/// How an install ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum InstallOutcome {
    /// Under way, or cut off: the next start of the server finds out.
    Pending,
    Done,
    /// Why; what was there before is there again.
    Failed(String),
}

/// A file that an install wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstalledFile {
    pub role: FileRole,
    pub path: String,
    /// SHA-256 of the whole file, in hex; absent where it was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// A file of an install with its text: `GET /api/v1/stores/{store}/installs/{id}/files`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstalledText {
    pub role: FileRole,
    pub path: String,
    /// Absent where the file was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    pub text: String,
    /// What somebody else had written there, and was replaced when the files were put back; it is
    /// kept beside the file as `NAME.previous`, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<String>,
}

/// `POST /api/v1/stores/{store}/installs/{id}/return`: writes the files of that install again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Return {
    #[serde(default)]
    pub comment: String,
    #[serde(default)]
    pub overwrite_drift: bool,
    /// Leave the engines that read these files alone.
    #[serde(default)]
    pub files_only: bool,
}

/// The state of a stack's files on their target: `GET /api/v1/stores/{store}/drift`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StackState {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub stack: ObjectId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Absent where nothing was installed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed: Option<InstallRecord>,
    pub drift: Vec<FileDrift>,
}

/// A file that is not as it was installed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileDrift {
    pub role: FileRole,
    pub path: String,
    pub installed: String,
    /// Absent where the file is gone or cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_target: Option<String>,
    /// Somebody looked at it and keeps it for later.
    pub kept_for_later: bool,
}

/// `POST /api/v1/stores/{store}/drift/{stack}/keep`: the drift stays, and is not warned of again
/// until it changes; the text on the target is kept for a later adoption.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeepDrift {
    #[serde(default)]
    pub comment: String,
}
