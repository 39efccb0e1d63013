//! `gatehouse lsp`: a language server for editors, on standard input and output.
//!
//! Converts between the protocol and the generator, and knows nothing of the language itself.

#![expect(
    clippy::mutable_key_type,
    reason = "the protocol's type for addresses is compared by its text, which never changes"
)]

mod actions;
mod completion;
mod diagnostics;
mod documents;
mod formatting;
mod hover;
mod jump;
mod outline;
mod positions;
mod rename;
mod server;
mod session;
mod settings;
mod uris;
mod wire;
mod world;

use std::process::ExitCode;

use clap::{ArgMatches, Command};

pub fn command() -> Command {
    Command::new("lsp")
        .about("Serves editors over the language server protocol, on standard input and output")
        .after_help(
            "Editors start it themselves; docs/editor.md says how. Ends with 0 when the editor took its \
             leave, 1 when it went away without.",
        )
}

pub fn run(_: &ArgMatches) -> ExitCode {
    let (incoming, mut out) = wire::connect();
    match server::serve(&incoming, &mut out) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("gatehouse: {error}");
            ExitCode::FAILURE
        }
    }
}
