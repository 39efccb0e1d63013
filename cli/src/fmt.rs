//! `gatehouse fmt`: lays out files of the Policy Agent.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use generator::policy::encoding;
use generator::policy::format::{Formatted, format};
use similar::TextDiff;

use crate::disk;

/// The code of a program that found files to change.
const TO_CHANGE: u8 = 1;
/// The code of a program that could not do what was asked.
const NOT_DONE: u8 = 2;

pub fn command() -> Command {
    Command::new("fmt")
        .about("Lays out Policy Agent files: indentation, columns, the case of keywords; never what they say")
        .after_help(
            "Files are written in place, and lines end with a line feed. Ends with 0; 1 when --check \
             finds a file to change; 2 when a file could not be read, written or laid out.",
        )
        .args([
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .num_args(1..)
                .value_parser(value_parser!(PathBuf))
                .help("Files, or - from standard input to standard output"),
            Arg::new("check")
                .long("check")
                .action(ArgAction::SetTrue)
                .help("Writes nothing; names the files that would change"),
            Arg::new("diff")
                .long("diff")
                .action(ArgAction::SetTrue)
                .help("Writes nothing; shows what would change"),
        ])
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    let asked = Asked {
        check: matches.get_flag("check"),
        diff: matches.get_flag("diff"),
    };
    let files = matches.get_many::<PathBuf>("file").into_iter().flatten();
    let codes = files.map(|path| match asked.lay_out(path) {
        Ok(code) => code,
        Err(reason) => {
            eprintln!("gatehouse: {}: {reason}", path.display());
            NOT_DONE
        }
    });
    ExitCode::from(codes.max().unwrap_or(0))
}

struct Asked {
    check: bool,
    diff: bool,
}

impl Asked {
    fn lay_out(&self, path: &Path) -> Result<u8, String> {
        let from_stdin = path == Path::new("-");
        let bytes = match from_stdin {
            true => disk::read_stdin().map_err(|error| error.to_string())?,
            false => disk::read(path)?,
        };
        let text = encoding::readable(&bytes);
        let formatted = format(&text);
        if formatted.refused {
            return Err(
                "the indentation tells where blocks end, because braces are missing; nothing was \
                 changed. `gatehouse check` says where"
                    .to_owned(),
            );
        }
        let written = encoding::written_like(&bytes, &formatted.text).ok_or(
            "it is in EBCDIC with two kinds of line ends and cannot be written back; transfer it as text",
        )?;
        let changes = written != bytes;
        let mut out = io::stdout().lock();
        // A reader that goes away, such as `head`, is no error.
        if changes && self.diff {
            let _ = out.write_all(difference(path, &text, &formatted.text).as_bytes());
        }
        if changes && self.check {
            let _ = writeln!(out, "{}", path.display());
            return Ok(TO_CHANGE);
        }
        if self.check || self.diff {
            return Ok(0);
        }
        if from_stdin {
            let _ = out.write_all(&written);
        } else if changes {
            disk::replace(path, &written).map_err(|error| error.to_string())?;
            eprintln!(
                "gatehouse: {} laid out{}",
                path.display(),
                notes(&text, &formatted)
            );
        }
        Ok(0)
    }
}

/// What else there is to say of a file that was laid out.
fn notes(text: &[u8], formatted: &Formatted) -> String {
    let mut notes = String::new();
    if text.contains(&b'\r') {
        notes.push_str("; its lines end with a line feed alone now");
    }
    match formatted.kept.len() {
        0 => {}
        1 => notes.push_str("; 1 line that is not understood stays as it is"),
        lines => notes.push_str(&format!(
            "; {lines} lines that are not understood stay as they are"
        )),
    }
    notes
}

fn difference(path: &Path, before: &[u8], after: &[u8]) -> String {
    let (before, after) = (
        String::from_utf8_lossy(before),
        String::from_utf8_lossy(after),
    );
    let mut differ = TextDiff::configure();
    // Of texts that have little in common a coarser difference is enough.
    differ.timeout(Duration::from_secs(5));
    let diff = differ.diff_lines(&*before, &*after);
    let name = path.display();
    diff.unified_diff()
        .header(&format!("{name} (now)"), &format!("{name} (laid out)"))
        .to_string()
}
