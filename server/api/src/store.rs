//! Backing stores, revisions, objects, history.

use generator::objects::{Kind, Object, ObjectId};
use serde::{Deserialize, Serialize};

use crate::account::Role;

/// A backing store in the list: `GET /api/v1/stores`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoreSummary {
    /// In addresses and in the interface; unique.
    pub name: String,
    pub description: String,
    pub archived: bool,
    /// The newest revision.
    pub revision: i64,
    /// Who saved it, and when.
    pub changed_by: String,
    pub changed_at: String,
    pub stacks: i64,
    pub objects: i64,
    /// Stacks whose newest install is of this many revisions; in words for the list.
    pub installed: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Freeze>,
    /// What I may do in it.
    pub role: Role,
}

/// A store that nobody but its freezer saves to or installs from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Freeze {
    pub by: String,
    pub reason: String,
    pub since: String,
    /// Said to people; a freeze ends only when it is lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// `PUT /api/v1/stores/{store}/freeze`; `DELETE` lifts it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewFreeze {
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// `POST /api/v1/stores`: a new store with the supplied objects, or a copy.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewStore {
    /// 1 to 64 letters, digits or `_ - .`.
    pub name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<CopyOf>,
}

/// What a copy takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CopyOf {
    pub store: String,
    /// One revision as the first of the copy; absent for the whole history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
}

/// `PATCH /api/v1/stores/{store}`; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StoreChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

/// `DELETE /api/v1/stores/{store}`: only an archived store, with its name typed again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeleteStore {
    pub confirm_name: String,
}

/// A saved revision: `GET /api/v1/stores/{store}/revisions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Revision {
    pub number: i64,
    pub author: String,
    pub at: String,
    pub comment: String,
    /// How many objects it changed.
    pub changes: i64,
    /// The revision whose content it brought back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored_from: Option<i64>,
    /// Names of the stacks whose files of this revision are installed now.
    #[serde(default)]
    pub installed_on: Vec<String>,
}

/// An object of a revision or draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredObject {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: ObjectId,
    /// Hash of the body, quoted as in the `ETag` header.
    pub etag: String,
    /// The first revision with this body; absent when it stands in a draft only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_revision: Option<i64>,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub body: Object,
}

/// All objects of a revision: `GET /api/v1/stores/{store}/configuration?revision=41`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredConfiguration {
    pub revision: i64,
    pub objects: Vec<StoredObject>,
}

/// What changed an object, newest first: `GET /api/v1/stores/{store}/objects/{id}/history`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObjectVersion {
    pub revision: i64,
    pub author: String,
    pub at: String,
    pub comment: String,
    /// Absent where the revision deleted the object.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub body: Option<Object>,
}

/// One object's change between two revisions:
/// `GET /api/v1/stores/{store}/compare?from=40&to=41`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub object: ObjectId,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub kind: Kind,
    pub name: String,
    /// In a person's words, one sentence per change.
    pub words: Vec<String>,
}

/// `POST /api/v1/stores/{store}/restore`: a new revision with old content.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Restore {
    pub revision: i64,
    /// One object only; absent for the whole store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub object: Option<ObjectId>,
    #[serde(default)]
    pub comment: String,
    /// The newest revision that the asker knows of.
    pub head: i64,
}

/// What a check of everything that is stored found: `POST /api/v1/verification` makes one,
/// `GET` shows the last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verification {
    /// When it ended.
    pub at: String,
    /// Objects of revisions and drafts that were read.
    pub bodies: u64,
    /// Texts of installed files that were read.
    pub files: u64,
    pub audit_lines: u64,
    /// What is not as it was written; empty when all is well.
    pub damage: Vec<String>,
    /// A later check that could not be done; absent when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<VerificationFailure>,
}

/// A check that could not be done; the server soon tries again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerificationFailure {
    /// When it ended.
    pub at: String,
    /// What could not be read.
    pub reason: String,
}
