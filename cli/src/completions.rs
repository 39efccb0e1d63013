//! `gatehouse completions`: what a shell needs to complete this program's words.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::{Shell, generate};

pub fn command() -> Command {
    Command::new("completions")
        .about("Writes the completions of this program for a shell")
        .after_help(
            "For bash: gatehouse completions bash > ~/.local/share/bash-completion/completions/gatehouse",
        )
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .required(true)
                .value_parser(value_parser!(Shell))
                .help("The shell that is to read them"),
        )
}

/// `whole` is the program with all its commands.
pub fn run(matches: &ArgMatches, mut whole: Command) -> ExitCode {
    let Some(shell) = matches.get_one::<Shell>("shell") else {
        // clap lets no other command line through.
        return ExitCode::FAILURE;
    };
    let mut script = Vec::new();
    generate(*shell, &mut whole, "gatehouse", &mut script);
    match io::stdout().lock().write_all(&script) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gatehouse: {error}");
            ExitCode::FAILURE
        }
    }
}
