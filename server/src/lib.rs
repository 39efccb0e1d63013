//! API, store, sessions, install targets; serves the frontend.

pub mod db;
pub mod install;
pub mod store;
