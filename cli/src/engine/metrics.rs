//! `gatehouse engine metrics`: counters and gauges in the text format of Prometheus.

use std::path::Path;
use std::process::ExitCode;

use clap::{ArgMatches, Command};
use control::{Answer, Ask, metrics};
use serde_json::json;

use super::{Ended, NotDone, as_json, print, socket};

pub fn command() -> Command {
    Command::new("metrics")
        .about("Prints counters in the text format of Prometheus")
        .after_help(
            "Every value has the label `engine`, the name of the socket without .sock. The program \
             node_exporter takes the text from files in the directory of its textfile collector. An \
             engine that was started with --metrics tells the same over HTTP.",
        )
}

pub fn run(matches: &ArgMatches) -> Ended {
    let path = socket::path(matches)?;
    let mut client = socket::client(matches)?;
    let Answer::Status(status) = client.ask(&Ask::Status)? else {
        return Err(NotDone::Other);
    };
    let Answer::Rules { rules } = client.ask(&Ask::Rules)? else {
        return Err(NotDone::Other);
    };
    print(&match matches.get_flag("json") {
        true => as_json(&json!({ "status": status, "rules": rules }))?,
        false => metrics::exposition(&name(&path), &status, &rules),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The name of an engine, by that of its socket.
fn name(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    stem.to_string_lossy().into_owned()
}
