//! People: who they are, how they prove it, and what they may do.
//!
//! `user` is what handlers extract. The files named after a table (`account`, `session`, `token`,
//! `member`, `throttle`, `setup`) hold its queries and know no HTTP.

pub mod access;
pub mod audit;
pub mod member;
pub mod password;
pub mod secret;
pub mod session;
pub mod token;
pub mod user;

pub use access::{StoreAccess, access};
pub use user::{User, Via};
