//! `gatehouse restore`: a backup takes the place of the database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use server::db::restore::restore;

use crate::data;

pub fn command() -> Command {
    data::flags(
        Command::new("restore")
            .about("Puts a backup in the place of the database; the server must not run")
            .arg(
                Arg::new("file")
                    .value_name("FILE")
                    .required(true)
                    .value_parser(value_parser!(PathBuf))
                    .help("The backup; it is checked first"),
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
        let Some(from) = matches.get_one::<PathBuf>("file") else {
            return ExitCode::FAILURE;
        };
        match restore(&database, from).await {
            Ok(done) => {
                println!("{}: {}", database.display(), data::content(&done.report));
                if let Some(kept) = done.kept {
                    println!("The database from before is kept as {}.", kept.display());
                }
                ExitCode::SUCCESS
            }
            Err(error) => data::failed(&error, error.is_damage()),
        }
    })
}
