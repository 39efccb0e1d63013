//! The language of the files: what the statements are, how text is read and how it is written.
//!
//! Knows nothing of objects. Reading never fails: it returns what was read and a list of findings.

mod account;
mod accounts;
pub mod at;
pub mod conditions;
pub mod effective;
pub mod emit;
pub mod encoding;
pub mod format;
pub mod lookup;
pub mod lower;
pub mod model;
mod named;
pub mod net;
mod origins;
pub mod pasearch;
mod release;
pub mod resolve;
pub mod spelling;
pub mod syntax;
pub mod table;
mod view;

pub use account::{Account, Fate, FileAccount, Told, by_file};
pub use accounts::{Accounts, Left, Statements};
pub use effective::{SUITES, effective};
pub use emit::{Emitted, emit};
pub use lower::{Lowered, lower};
pub use model::{Attribute, Item, Keyword, Policy, Statement, Tag};
pub use named::Named;
pub(crate) use named::references;
pub use origins::{Locate, Origin, Origins, Part};
pub use release::{Release, UnknownRelease};
pub use resolve::{ConfigurationFile, Files, Reading, Resolved, ResolvedStack, resolve};
pub use syntax::{Tree, parse};
pub use view::View;
