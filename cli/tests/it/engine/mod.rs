//! `gatehouse engine`: what the commands ask, say, and end with, before an engine that answers what it is
//! told to.

mod answers;
mod refusals;
mod trials;

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ::control::Ask;

use crate::command::Ran;

/// An engine that says these lines for one question each, on one connection.
struct Engine {
    directory: tempfile::TempDir,
    asked: JoinHandle<Vec<Ask>>,
}

impl Engine {
    fn start<const N: usize>(answers: [String; N]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join("main.sock")).unwrap();
        let asked = thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            stream
                .set_read_timeout(Some(Duration::from_secs(60)))
                .unwrap();
            serve(&stream, &answers)
        });
        Self { directory, asked }
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("main.sock")
    }

    /// What became of a command, and what it asked.
    fn run(self, line: &str) -> (Ran, Vec<Ask>) {
        let ran = run(&format!("{line} --socket {}", self.socket().display()));
        (ran, self.asked.join().unwrap())
    }

    /// What a command says that ends with this code.
    #[track_caller]
    fn ends(self, code: i32, line: &str) -> String {
        let (ran, _) = self.run(line);
        assert_eq!(ran.code, Some(code), "{line}: {}{}", ran.out, ran.errors);
        ran.out + &ran.errors
    }
}

/// Until all is said or nobody asks; a text of several lines answers one question.
fn serve(mut stream: &UnixStream, answers: &[String]) -> Vec<Ask> {
    let mut lines = BufReader::new(stream).lines();
    let mut asked = Vec::new();
    for answer in answers {
        let Some(Ok(line)) = lines.next() else {
            break;
        };
        asked.push(serde_json::from_str(&line).unwrap());
        // Who asked may be gone.
        let _ = stream.write_all(answer.as_bytes());
    }
    asked
}

fn run(line: &str) -> Ran {
    ran(&mut command(line)).unwrap()
}

fn command(line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatehouse"));
    command
        .arg("engine")
        .args(line.split_whitespace())
        // An hour east of Greenwich.
        .env("TZ", "CET-1")
        .stdin(Stdio::null());
    command
}

fn ran(command: &mut Command) -> io::Result<Ran> {
    let output = command.output()?;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ok(Ran {
        code: output.status.code(),
        out: text(output.stdout),
        errors: text(output.stderr),
    })
}
