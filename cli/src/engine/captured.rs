//! `gatehouse engine trace show` and `export`: what a trace has kept.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Arg, ArgMatches, Command, value_parser};
use control::{Answer, Ask, CapturedRecord, Client};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Ended, NotDone, as_json, flag, print, socket, text};

/// How often it is asked whether there is more.
const PACE: Duration = Duration::from_secs(1);

pub fn show() -> Command {
    Command::new("show")
        .about("Tells what a trace has kept: who said what in each handshake")
        .after_help("With --follow and --json, a line of JSON for each.")
        .arg(number())
        .args([
            flag("follow").help("Goes on with what comes, until Ctrl+C or until the trace is gone"),
            flag("brief").help("A line for each, without details"),
        ])
}

pub fn export() -> Command {
    Command::new("export")
        .about("Writes what a trace has kept as packets, for tshark and Wireshark")
        .after_help(
            "The file (pcapng) has the records as they were on the wire. For TLS 1.3 it has the secrets \
             of the handshakes, so that certificates can be read; those of what programs say only \
             where the trace was begun with --clear-text. Only this user may read the file.",
        )
        .arg(number())
        .args([
            Arg::new("output")
                .long("output")
                .short('o')
                .value_name("FILE")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("The file to be written, such as trace.pcapng"),
            flag("without-secrets").help("Leaves out all secrets"),
        ])
}

fn number() -> Arg {
    Arg::new("number")
        .value_name("NUMBER")
        .required(true)
        .value_parser(value_parser!(u32))
        .help("The number of the trace, as `trace list` has it")
}

pub fn run_show(matches: &ArgMatches) -> Ended {
    let trace = matches.get_one("number").copied().unwrap_or_default();
    let (follow, json) = (matches.get_flag("follow"), matches.get_flag("json"));
    let brief = matches.get_flag("brief");
    let mut client = socket::client(matches)?;
    let (mut all, mut last, mut missing) = (Vec::new(), 0, 0);
    loop {
        let (records, dropped) = ask(&mut client, trace, last)?;
        missing = dropped.max(missing);
        last = records.last().map_or(last, |one| one.number);
        let done = records.is_empty();
        match (follow, json) {
            (false, true) => all.extend(records),
            (true, true) => {
                for one in &records {
                    print(&(data(one)?.to_string() + "\n"))?;
                }
            }
            (_, false) => {
                for one in &records {
                    print(&told(one, brief))?;
                }
            }
        }
        match (done, follow) {
            (true, false) => break,
            (true, true) => thread::sleep(PACE),
            (false, _) => {}
        }
    }
    match json {
        true => {
            let all: Result<Vec<_>, _> = all.iter().map(data).collect();
            print(&as_json(&json!({ "records": all?, "dropped": missing }))?)?;
        }
        false if missing > 0 => {
            eprintln!("gatehouse: {missing} records are missing, as there were too many");
        }
        false if last == 0 => print("nothing was said yet\n")?,
        false => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn ask(client: &mut Client, trace: u32, after: u64) -> Result<(Vec<CapturedRecord>, u64), NotDone> {
    match client.ask(&Ask::Captured { trace, after })? {
        Answer::Captured { records, dropped } => Ok((records, dropped)),
        _ => Err(NotDone::Other),
    }
}

/// With the number as messages write it.
fn data(record: &CapturedRecord) -> Result<Value, NotDone> {
    let mut value = serde_json::to_value(record)?;
    value["connid"] = json!(format!("{:08X}", record.connection));
    Ok(value)
}

fn told(one: &CapturedRecord, brief: bool) -> String {
    let who = match one.from_partner {
        true => "partner",
        false => "engine ",
    };
    let gist = format!("{} {}", one.kind, one.summary);
    let mut card = format!(
        "{} {:08X} {who} {}\n",
        moment(one.time_us),
        one.connection,
        text::plain(gist.trim_end())
    );
    if !brief {
        for line in &one.details {
            let _ = writeln!(card, "    {}", text::plain(line));
        }
    }
    card
}

/// `06:00:00.123456`, by the clock of this host.
fn moment(microseconds: u64) -> String {
    let time = i64::try_from(microseconds).ok();
    let time = time.and_then(|time| Timestamp::from_microsecond(time).ok());
    match time {
        Some(time) => {
            let time = time.to_zoned(TimeZone::system());
            time.strftime("%H:%M:%S.%6f").to_string()
        }
        None => format!("{microseconds} µs after 1970"),
    }
}

pub fn run_export(matches: &ArgMatches) -> Ended {
    let ask = Ask::Pcapng {
        trace: matches.get_one("number").copied().unwrap_or_default(),
        without_secrets: matches.get_flag("without-secrets"),
    };
    let Answer::Pcapng { base64, .. } = socket::ask(matches, &ask)? else {
        return Err(NotDone::Other);
    };
    let bytes = STANDARD.decode(base64).map_err(|_| NotDone::Other)?;
    let path: PathBuf = matches.get_one("output").cloned().unwrap_or_default();
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path);
    let written = file.and_then(|mut file| file.write_all(&bytes));
    written.map_err(|error| NotDone::File {
        path: path.clone(),
        error,
    })?;
    print(&match matches.get_flag("json") {
        true => as_json(&json!({ "file": path.display().to_string(), "bytes": bytes.len() }))?,
        false => format!("{}: {}\n", path.display(), text::size(bytes.len() as u64)),
    })?;
    Ok(ExitCode::SUCCESS)
}
