//! One command of the program, run to its end.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What became of it.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub errors: String,
}

impl Ran {
    /// The code, and what was printed: the errors where there is nothing else.
    pub fn answer(self) -> (Option<i32>, String) {
        let text = match self.out.is_empty() {
            true => self.errors,
            false => self.out,
        };
        (self.code, text)
    }
}

/// Writes files into a directory.
pub fn files(directory: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        std::fs::write(directory.join(name), text).unwrap();
    }
}

/// Runs a command in a directory, with this input.
pub fn run(directory: &Path, command: &str, arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
        .current_dir(directory)
        .arg(command)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that reads nothing may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran {
        code: output.status.code(),
        out: text(output.stdout),
        errors: text(output.stderr),
    }
}
