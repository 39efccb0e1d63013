//! The server over HTTP; each test has its own migrated database in a temporary directory.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod accounts;
mod assets;
mod bodies;
mod common;
mod discovery;
mod documents;
mod drafts;
mod engines;
mod guessing;
mod headers;
mod health;
mod installs;
mod keyrings;
mod large;
mod limits;
mod log_in;
mod matrix;
mod members;
mod policy;
mod ports;
mod setup;
mod sockets;
mod stack_setup;
mod stores;
mod tls;
mod tokens;
mod transfers;
mod trials;
