//! How many large bodies of one user there are at a time: each takes room on the disk until it is
//! read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::ApiError;

/// Bodies of one user that arrive or wait at the same time.
const MOST: usize = 2;

/// The bodies that are not read yet, by user.
#[derive(Clone, Debug, Default)]
pub struct Uploads(Arc<Mutex<HashMap<String, usize>>>);

impl Uploads {
    /// Counts a body until what this answers is dropped.
    pub fn begin(&self, user: &str) -> Result<Upload, ApiError> {
        let mut of = self.of();
        let under_way = of.entry(user.to_owned()).or_default();
        if *under_way >= MOST {
            return Err(ApiError::TooManyRequests { retry_after: 10 });
        }
        *under_way += 1;
        Ok(Upload {
            uploads: self.clone(),
            user: user.to_owned(),
        })
    }

    fn of(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        // The numbers are whole at every moment: nothing panics while they are held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body that is not read yet.
#[derive(Debug)]
pub struct Upload {
    uploads: Uploads,
    user: String,
}

impl Drop for Upload {
    fn drop(&mut self) {
        let mut of = self.uploads.of();
        if let Some(under_way) = of.get_mut(&self.user) {
            *under_way -= 1;
            if *under_way == 0 {
                of.remove(&self.user);
            }
        }
    }
}
