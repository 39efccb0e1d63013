//! Drafts, locks, saving, and who else is here.

use generator::objects::{Object, ObjectId};
use serde::{Deserialize, Serialize};

use crate::install::Waiting;
use crate::server::Status;
use crate::store::{Freeze, Revision};

/// My draft: `GET /api/v1/stores/{store}/draft`. What it does not name is as in the newest revision.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Draft {
    /// The newest revision of the store.
    pub head: i64,
    pub changes: Vec<DraftChange>,
    /// When the last edit was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored_at: Option<String>,
    /// What undo would take back, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redo: Option<String>,
}

/// One object as it stands in a draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftChange {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: ObjectId,
    /// Hash of the body, as in the `ETag` header; `"deleted"` where the draft deletes the object.
    pub etag: String,
    /// The revision whose body the change was made on; absent for a new object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<i64>,
    /// Absent where the draft deletes the object.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub body: Option<Object>,
}

/// One step of editing, of one or several objects, all or none:
/// `POST /api/v1/stores/{store}/draft/edits`. The answer is the [`Draft`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// What was done, for undo: "change the ports of MQ".
    pub words: String,
    pub changes: Vec<EditChange>,
}

/// The new body of an object, or its deletion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditChange {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: ObjectId,
    /// The etag of the body that the editor saw; absent for a new object. Another body in the
    /// store meanwhile: 412, and nothing is changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// Absent: delete the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub body: Option<Object>,
    /// The edit settles a conflict: from now on the change stands on this revision of the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebase: Option<i64>,
}

/// `POST /api/v1/stores/{store}/draft/save`; the answer is the new [`Revision`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Save {
    #[serde(default)]
    pub comment: String,
    /// The newest revision that the editor knows of. A newer one is merged by field.
    pub head: i64,
    /// These changes only; absent for all of the draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub only: Option<Vec<ObjectId>>,
}

/// `POST /api/v1/stores/{store}/draft/discard`: drops changes of my draft, as a step that can be
/// undone. The answer is the [`Draft`]. `POST …/draft/undo` and `…/draft/redo` take no body and answer
/// the [`Draft`], too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Discard {
    /// These changes only; absent for all of the draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub only: Option<Vec<ObjectId>>,
}

/// Why a change cannot be saved as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conflict {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: ObjectId,
    pub name: String,
    /// Held by another draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
    /// Changed by a newer revision: which, and its body (absent where it was deleted).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs_revision: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs_author: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub theirs: Option<Object>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub mine: Option<Object>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub base: Option<Object>,
    /// What could be merged, with my side where the two cannot be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub merged: Option<Object>,
    /// The fields where both sides changed the same thing.
    #[serde(default)]
    pub fields: Vec<String>,
}

/// Who holds an object: `GET /api/v1/stores/{store}/locks`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lock {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub object: ObjectId,
    pub holder: String,
    pub since: String,
    /// When the holder last did anything in this store.
    pub last_active: String,
}

/// `POST /api/v1/stores/{store}/locks/{object}/take-over`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TakeOver {
    pub reason: String,
}

/// What an open page asks every few seconds: `GET /api/v1/stores/{store}/state`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct State {
    pub head: Revision,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Freeze>,
    pub locks: Vec<Lock>,
    /// Others with changes in a draft.
    pub editors: Vec<Editor>,
    /// When my draft was last changed, from whichever browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft_stored_at: Option<String>,
    /// Stacks whose files on their targets differ from what was installed.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub drifted: Vec<ObjectId>,
    /// Installs that wait for their confirmation.
    #[serde(default)]
    pub waiting: Vec<Waiting>,
    /// The number of the newest install, whatever became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed: Option<i64>,
    /// Said when the server cannot write, or does not trust what it has stored.
    #[serde(default, skip_serializing_if = "Status::is_ok")]
    pub server: Status,
}

/// Somebody else with a draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Editor {
    pub name: String,
    pub changes: i64,
    pub last_active: String,
}
