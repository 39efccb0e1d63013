//! Findings as they travel.

use generator::finding::{self, Place, Severity};
use generator::objects::{FieldPath, ObjectId};
use serde::{Deserialize, Serialize};

/// One thing that is wrong, or worth knowing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    pub code: String,
    pub name: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub severity: Severity,
    pub message: String,
    pub help: String,
    /// The object, when it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub object: Option<ObjectId>,
    /// The field of the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub field: Option<FieldPath>,
    /// The file, when it is about policy text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What one action would mend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl From<&finding::Finding> for Finding {
    fn from(finding: &finding::Finding) -> Self {
        let (object, field, file) = match &finding.place {
            Place::Field { object, field } => (Some(object.clone()), Some(field.clone()), None),
            Place::Text { file, .. } => (None, None, Some(file.clone())),
        };
        Self {
            code: finding.page.code.to_owned(),
            name: finding.page.name.to_owned(),
            severity: finding.page.severity,
            message: finding.message(),
            help: finding.help(),
            object,
            field,
            file,
            fix: finding.fix.as_ref().map(|fix| fix.title.clone()),
        }
    }
}
