//! `gatehouse engine trace`: more messages about some connections, for some time, and what both sides say in
//! their handshakes.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use control::{Answer, Ask, TraceInfo};
use serde_json::json;

use super::captured;
use super::text::Side::{Left, Right};
use super::{Ended, NotDone, as_json, flag, print, socket, text, which};

/// The longest trace, in seconds.
const DAY: u32 = 86_400;
/// Bits of `Trace`, by the words for them. Each word includes what stands before it, as policies code it.
const LEVELS: [(&str, u8); 4] = [("errors", 2), ("info", 6), ("events", 14), ("all", 15)];

pub fn command() -> Command {
    Command::new("trace")
        .about("Has the engine write more about some connections, or keep what is said, for some time")
        .after_help(
            "The policy stays as it is, and the messages go to the log of the engine: \
             `gatehouse engine events` shows them. What a trace with --capture keeps, `trace show` tells \
             in words and `trace export` writes for tshark and Wireshark.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([
            start(),
            list(),
            end(),
            captured::show(),
            captured::export(),
        ])
}

fn start() -> Command {
    Command::new("start")
        .about("Starts a trace and lists those that go on")
        .after_help("Something has to be said of the connections; what is not said fits all.")
        .args(which::flags())
        .args([
            Arg::new("level")
                .long("level")
                .value_name("LEVEL")
                .default_value("all")
                .value_parser(level)
                .help(
                    "errors, info (how connections were mapped, too), events (TLS, too) or all; or \
                     the bits of Trace, 1 to 15",
                ),
            Arg::new("for")
                .long("for")
                .value_name("TIME")
                .default_value("10m")
                .value_parser(seconds)
                .help("How long, such as 90s, 10m or 2h; at most a day"),
            flag("capture").help(
                "Keeps what both sides say in the handshakes of connections that begin from now on, \
                 and nothing of what programs say",
            ),
            Arg::new("clear-text")
                .long("clear-text")
                .value_name("REASON")
                .help(
                    "Keeps what opens the data of programs, too, where the rule says CtraceClearText On: \
                     for an hour at most, and with the reason in the log",
                ),
        ])
}

fn list() -> Command {
    Command::new("list").about("Lists the traces that go on")
}

fn end() -> Command {
    Command::new("end")
        .about("Ends a trace before its time and lists those that go on")
        .arg(
            Arg::new("number")
                .value_name("NUMBER")
                .value_parser(value_parser!(u32))
                .help("Its number in the list; all when nothing is said"),
        )
}

pub fn run(matches: &ArgMatches) -> Ended {
    let (matches, ask) = match matches.subcommand() {
        Some(("show", matches)) => return captured::run_show(matches),
        Some(("export", matches)) => return captured::run_export(matches),
        Some(("start", matches)) => {
            let ask = Ask::Trace {
                which: which::of(matches),
                level: matches.get_one("level").copied().unwrap_or(15),
                seconds: matches.get_one("for").copied().unwrap_or(600),
                capture: matches.get_flag("capture"),
                clear_text: matches.get_one("clear-text").cloned(),
            };
            (matches, ask)
        }
        Some(("end", matches)) => {
            let number = matches.get_one("number").copied();
            (matches, Ask::EndTrace { number })
        }
        Some((_, matches)) => (matches, Ask::Traces),
        // clap lets nothing else through.
        None => return Ok(ExitCode::FAILURE),
    };
    let Answer::Traces { traces } = socket::ask(matches, &ask)? else {
        return Err(NotDone::Other);
    };
    print(&match matches.get_flag("json") {
        true => as_json(&json!({ "traces": traces }))?,
        false if traces.is_empty() => "no trace goes on\n".to_owned(),
        false => told(&traces),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn told(traces: &[TraceInfo]) -> String {
    let heads = [
        ("NUMBER", Right),
        ("LEVEL", Left),
        ("ENDS IN", Left),
        ("KEPT", Right),
        ("CONNECTIONS", Left),
    ];
    let row = |trace: &TraceInfo| {
        let word = LEVELS.iter().find(|(_, bits)| *bits == trace.level);
        [
            trace.number.to_string(),
            word.map_or_else(|| trace.level.to_string(), |(word, _)| (*word).to_owned()),
            match trace.over {
                true => "over".to_owned(),
                false => text::age(trace.left),
            },
            match (trace.capture, trace.dropped) {
                (false, _) => "-".to_owned(),
                (true, 0) => text::many(trace.records, "record"),
                (true, dropped) => {
                    format!("{}, {dropped} dropped", text::many(trace.records, "record"))
                }
            },
            match &trace.clear_text {
                None => which::words(&trace.which),
                Some(reason) => format!("{}, clear text: {reason}", which::words(&trace.which)),
            },
        ]
    };
    text::table(heads, traces.iter().map(row).collect())
}

fn level(text: &str) -> Result<u8, String> {
    let word = LEVELS.iter().find(|(word, _)| *word == text);
    let bits = word.map(|(_, bits)| *bits).or_else(|| text.parse().ok());
    bits.filter(|bits| (1..=15).contains(bits))
        .ok_or_else(|| "errors, info, events, all, or a number from 1 to 15".to_owned())
}

/// A time in seconds, at most a day.
pub fn seconds(text: &str) -> Result<u32, String> {
    let units = [("s", 1), ("m", 60), ("h", 3600), ("d", DAY)];
    let unit = units.iter().find_map(|(unit, length)| {
        let number = text.strip_suffix(unit)?;
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = number.parse().ok().filter(|_| digits)?;
        number.checked_mul(*length)
    });
    unit.filter(|seconds| (1..=DAY).contains(seconds))
        .ok_or_else(|| "a number with its unit, such as 90s, 10m or 2h; at most 24h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units_and_an_end() {
        let taken = ["90s", "10m", "2h", "24h", "1d"].map(seconds);
        assert_eq!(taken, [90, 600, 7200, DAY, DAY].map(Ok));
        for wrong in [
            "",
            "s",
            "10",
            "0m",
            "25h",
            "-1s",
            "+1s",
            "1.5h",
            "99999999999h",
            "10 m",
            "10é",
        ] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn levels_are_words_or_bits() {
        let taken = ["errors", "info", "events", "all", "1", "15"].map(level);
        assert_eq!(taken, [2, 6, 14, 15, 1, 15].map(Ok));
        for wrong in ["", "0", "16", "256", "-1", "ALL"] {
            assert!(level(wrong).is_err(), "{wrong}");
        }
    }
}
