//! The gatehouse program: one file per command.

mod serve;

use std::process::ExitCode;

use clap::Command;

fn main() -> ExitCode {
    let matches = Command::new("gatehouse")
        .about("An open configuration assistant for AT-TLS")
        .version(server::VERSION)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(serve::command())
        .get_matches();
    let result = match matches.subcommand() {
        Some(("serve", matches)) => serve::run(matches),
        // clap lets no other name through.
        _ => return ExitCode::FAILURE,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gatehouse: {}", server::error::chain(&error));
            ExitCode::FAILURE
        }
    }
}
