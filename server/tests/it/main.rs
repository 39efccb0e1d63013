//! The server over HTTP; each test has its own migrated database in a temporary directory.

mod accounts;
mod assets;
mod bodies;
mod common;
mod documents;
mod guessing;
mod headers;
mod log_in;
mod matrix;
mod members;
mod setup;
mod sockets;
mod tls;
mod tokens;
