//! `gatehouse backup`: a checked copy of the database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use server::db::backup::backup;

use crate::data;

pub fn command() -> Command {
    data::flags(
        Command::new("backup")
            .about("Writes a checked copy of the database, while the server runs or not")
            .arg(
                Arg::new("file")
                    .value_name("FILE")
                    .required(true)
                    .value_parser(value_parser!(PathBuf))
                    .help(
                        "The copy; an older one is replaced when the new one has passed its check",
                    ),
            ),
    )
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    data::run(async {
        let database = match data::database(matches) {
            Ok(database) => database,
            Err(error) => return data::failed(&error, false),
        };
        // clap lets no call without it through.
        let Some(to) = matches.get_one::<PathBuf>("file") else {
            return ExitCode::FAILURE;
        };
        match backup(&database, to).await {
            Ok(report) => {
                println!("{}: {}", to.display(), data::content(&report));
                ExitCode::SUCCESS
            }
            Err(error) => data::failed(&error, error.is_damage()),
        }
    })
}
