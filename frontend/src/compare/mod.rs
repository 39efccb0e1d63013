//! Two configurations side by side: changes in words, findings that come and go, connections that
//! are treated otherwise, files that differ.
//!
//! Used wherever a page shows what something does before it is done.

mod connections;
mod files;
mod findings;
mod words;

use std::sync::Arc;

use generator::objects::Configuration;
use leptos::prelude::*;

pub use connections::ConnectionDifferences;
pub use files::FileDifferences;
pub use findings::FindingsDifference;
pub use words::{ChangeWords, changes_between, short_words};

/// What is compared: before and after.
#[derive(Clone, Copy)]
pub struct Sides {
    pub before: Signal<Arc<Configuration>>,
    pub after: Signal<Arc<Configuration>>,
}
