//! The program itself, as a process.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod activation;
mod backup;
mod check;
mod command;
mod crash;
mod diff;
mod engine;
mod expectations;
mod explain;
mod fmt;
mod generate;
mod import;
mod keyring;
mod lsp;
mod openssl;
mod program;
mod serve;
mod show;
mod simulate;
mod trial;
