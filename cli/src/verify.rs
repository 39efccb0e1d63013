//! `gatehouse verify`: whether everything in a database is as it was written.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use server::db::inspect;

use crate::data;

pub fn command() -> Command {
    data::flags(
        Command::new("verify")
            .about("Checks the database, or a backup, without altering it")
            .arg(
                Arg::new("file")
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf))
                    .help("A backup; the database of the data directory when nothing is said"),
            ),
    )
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    data::run(async {
        let (path, found) = match matches.get_one::<PathBuf>("file") {
            Some(file) => (file.clone(), inspect::copy(file).await),
            None => match data::database(matches) {
                Ok(path) => {
                    let found = inspect::database(&path).await;
                    (path, found)
                }
                Err(error) => return data::failed(&error, false),
            },
        };
        let report = match found {
            Ok(report) => report,
            Err(error) => return data::failed(&error, error.is_damage()),
        };
        println!("{}: {}", path.display(), data::content(&report));
        for damage in &report.damage {
            println!("damaged: {damage}");
        }
        if report.is_clean() {
            println!("All is as it was written.");
            return ExitCode::SUCCESS;
        }
        ExitCode::from(data::DAMAGED)
    })
}
