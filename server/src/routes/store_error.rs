//! What the store's refusals mean to a client.

use crate::error::ApiError;
use crate::store::StoreError;

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let words = sentence(&error.to_string());
        match error {
            StoreError::NotFound { what } => Self::NotFound { what },
            StoreError::NameTaken { .. }
            | StoreError::Archived
            | StoreError::NotArchived
            | StoreError::Supplied { .. }
            | StoreError::NothingToSave
            | StoreError::NothingTo(_) => Self::conflict(words),
            StoreError::Invalid(_) | StoreError::Import { .. } => Self::unprocessable(words),
            StoreError::TooLarge { .. } => Self::TooLarge { detail: words },
            StoreError::Frozen(_) => Self::Frozen { detail: words },
            StoreError::Precondition { .. } | StoreError::HeadMoved { .. } => {
                Self::precondition(words)
            }
            StoreError::Locked(lock) => {
                let name = lock.object.to_string();
                Self::locked(name, *lock)
            }
            StoreError::LockedMany(_) => Self::conflict(words),
            StoreError::Conflicts(conflicts) => Self::Conflict {
                detail: words,
                conflicts,
                findings: Vec::new(),
            },
            StoreError::Damaged(damage) => Self::Damaged {
                what: damage.to_string(),
            },
            StoreError::DiskFull | StoreError::ReadOnly => Self::DiskFull,
            StoreError::Busy => Self::unavailable(words),
            StoreError::Io(source) => {
                tracing::error!(error = %crate::error::chain(&source), "the disk failed");
                Self::unavailable(words)
            }
            StoreError::Database(source) => Self::internal(source),
        }
    }
}

/// Words of an error as a sentence.
pub(super) fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), chars.as_str())
}
