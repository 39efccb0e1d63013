//! The gatehouse program: one file per command.

mod backup;
mod check;
mod completions;
mod data;
mod diff;
mod disk;
mod engine;
mod explain;
mod fmt;
mod generate;
mod import;
mod keyring;
mod lsp;
mod restore;
mod serve;
mod show;
mod simulate;
mod test;
mod verify;

use std::process::ExitCode;

use clap::Command;

fn command() -> Command {
    Command::new("gatehouse")
        .about("An open configuration assistant for AT-TLS")
        .version(server::VERSION)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(serve::command())
        .subcommand(check::command())
        .subcommand(fmt::command())
        .subcommand(show::command())
        .subcommand(simulate::command())
        .subcommand(diff::command())
        .subcommand(test::command())
        .subcommand(explain::command())
        .subcommand(import::command())
        .subcommand(generate::command())
        .subcommand(keyring::command())
        .subcommand(engine::command())
        .subcommand(backup::command())
        .subcommand(verify::command())
        .subcommand(restore::command())
        .subcommand(lsp::command())
        .subcommand(completions::command())
}

fn main() -> ExitCode {
    let matches = command().get_matches();
    let result = match matches.subcommand() {
        Some(("serve", matches)) => serve::run(matches),
        Some(("check", matches)) => return check::run(matches),
        Some(("fmt", matches)) => return fmt::run(matches),
        Some(("show", matches)) => return show::run(matches),
        Some(("simulate", matches)) => return simulate::run(matches),
        Some(("diff", matches)) => return diff::run(matches),
        Some(("test", matches)) => return test::run(matches),
        Some(("explain", matches)) => return explain::run(matches),
        Some(("import", matches)) => return import::run(matches),
        Some(("generate", matches)) => return generate::run(matches),
        Some(("keyring", matches)) => return keyring::run(matches),
        Some(("engine", matches)) => return engine::run(matches),
        Some(("backup", matches)) => return backup::run(matches),
        Some(("verify", matches)) => return verify::run(matches),
        Some(("restore", matches)) => return restore::run(matches),
        Some(("lsp", matches)) => return lsp::run(matches),
        Some(("completions", matches)) => return completions::run(matches, command()),
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
