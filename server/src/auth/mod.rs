//! People: who they are, how they prove it, and what they may do.
//!
//! `user` is what handlers extract. The files named after a table (`account`, `session`, `token`,
//! `member`, `throttle`, `setup`) hold its queries and know no HTTP.

pub mod access;
pub mod account;
pub mod audit;
pub mod cookie;
pub mod member;
pub mod password;
pub mod rules;
pub mod secret;
pub mod session;
pub mod setup;
pub mod throttle;
pub mod token;
pub mod user;

pub use user::{Standing, User, Via};
