//! What the commands on the database of a data directory have in common: which one it is, and how
//! they end.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use rustix::fs::Mode;
use server::db::DATABASE;
use server::error::chain;
use server::settings::{Flags, LoadError, load};
use server::store::verify::Report;

/// The code of a program that found damage.
pub const DAMAGED: u8 = 1;
/// The code of a program that could not do what it was asked to.
const NOT_DONE: u8 = 2;

/// How every such command ends, for its help.
pub const CODES: &str =
    "Ends with 0 when all is well, 1 when something is damaged, 2 when it could not be done.";

/// Flags that say where the data is, as `serve` takes them.
pub fn flags(command: Command) -> Command {
    command
        .arg(
            Arg::new("data")
                .long("data")
                .value_name("DIR")
                .help("Directory of all data [env: GATEHOUSE_DATA]"),
        )
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .help("TOML file of settings [env: GATEHOUSE_CONFIG]"),
        )
        .after_help(CODES)
}

/// The database that the flags, the environment or the file of settings name.
pub fn database(matches: &ArgMatches) -> Result<PathBuf, LoadError> {
    let given = ["data", "config"].into_iter().filter_map(|name| {
        let value = matches.get_one::<String>(name)?;
        Some((name.to_owned(), vec![value.clone()]))
    });
    let settings = load(&given.collect::<Flags>(), |name| std::env::var(name).ok())?;
    Ok(settings.data.join(DATABASE))
}

/// Runs the work of a command; all that it writes is for its owner alone.
pub fn run(work: impl Future<Output = ExitCode>) -> ExitCode {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    match block_on(work) {
        Ok(code) => code,
        Err(error) => failed(&error, false),
    }
}

/// Runs work on the database to its end.
pub fn block_on<T>(work: impl Future<Output = T>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(work))
}

/// Says why the command did not do its work.
pub fn failed(error: &(dyn std::error::Error + 'static), is_damage: bool) -> ExitCode {
    eprintln!("gatehouse: {}", chain(error));
    ExitCode::from(if is_damage { DAMAGED } else { NOT_DONE })
}

/// What a database holds.
pub fn content(report: &Report) -> String {
    format!(
        "{} stores, {} revisions, {} bodies of objects, {} installed files, {} lines of the audit",
        report.stores, report.revisions, report.bodies, report.files, report.audit_lines
    )
}
