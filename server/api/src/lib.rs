//! What the server and its clients say to each other.
//!
//! Types, with serde and the generator's objects; and in `policy` the answers to questions about policy text,
//! which are pure functions, so that server and browser say the same. The URL map stands in
//! `server/src/routes/mod.rs`.
//! Times are RFC 3339 in UTC. Every answer that is no success is a [`Problem`].

pub mod account;
pub mod discovery;
pub mod draft;
pub mod engine;
pub mod finding;
pub mod install;
pub mod keyring;
pub mod policy;
pub mod problem;
pub mod report;
pub mod server;
pub mod setup;
pub mod store;

pub use problem::Problem;

/// The header that every request that changes something must carry, with any value: a page of
/// another site cannot set it. Requests with a token instead of a cookie do not need it.
pub const ANTI_FORGERY_HEADER: &str = "x-gatehouse";

/// A part of a long list.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Window<T> {
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: u64,
    /// The position of the first item.
    pub offset: u64,
}
