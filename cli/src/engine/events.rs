//! `gatehouse engine events`: what the log says from now on.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{ArgMatches, Command};
use control::{Answer, ClientError, End};
use serde_json::json;

use super::{Ended, NOT_DONE, NotDone, socket, text};

pub fn command() -> Command {
    Command::new("events")
        .about("Follows the log of the engine until Ctrl+C or until the engine ends")
        .after_help(
            "What it says about connections, `Trace` of their rules decides, and traces; \
             `gatehouse explain` takes the lines. With --json, a line of JSON for each. Ends with 0 when \
             the engine ended, and with 2 when lines were missed.",
        )
}

pub fn run(matches: &ArgMatches) -> Ended {
    let mut client = socket::client(matches)?;
    client.listen()?;
    let json = matches.get_flag("json");
    let mut out = io::stdout().lock();
    loop {
        let line = match client.heard()? {
            Some(Answer::Event { line }) => line,
            Some(Answer::Ended { why }) => {
                return Ok(ended(why));
            }
            Some(Answer::Refused { why }) => return Err(ClientError::Refused(why).into()),
            Some(_) => return Err(NotDone::Other),
            None => break,
        };
        // Below an error stands why, as part of the same event.
        let line = match json {
            true => json!({ "line": line }).to_string(),
            false => text::plain_lines(&line),
        };
        match writeln!(out, "{line}").and_then(|()| out.flush()) {
            Ok(()) => {}
            // Who read it has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                return Ok(ExitCode::SUCCESS);
            }
            Err(error) => return Err(NotDone::Output(error)),
        }
    }
    eprintln!(
        "gatehouse: the engine went away without a word: it was killed, or this program did not keep up"
    );
    Ok(ExitCode::from(NOT_DONE))
}

fn ended(why: End) -> ExitCode {
    match why {
        End::Engine => {
            eprintln!("gatehouse: the engine ended");
            ExitCode::SUCCESS
        }
        End::TooSlow => {
            eprintln!(
                "gatehouse: this program did not keep up with the log, and missed some of it"
            );
            ExitCode::from(NOT_DONE)
        }
    }
}
