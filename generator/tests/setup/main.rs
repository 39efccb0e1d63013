//! What the set-up page generates, read by a small and strict reader of JCL, RACF commands, syslogd
//! rules and profile statements.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod example;
mod fixture;
mod jcl;
mod profile;
mod properties;
mod questions;
mod racf;
mod syslogd;

use generator::setup::{Part, PartKind};

/// Reads a part as z/OS would; the error says what is wrong with it.
fn read(part: &Part) -> Result<(), String> {
    let text = &part.text;
    match part.kind {
        PartKind::RacfJob | PartKind::RingJob => {
            let commands = jcl::job(text)?;
            commands
                .iter()
                .try_for_each(|command| racf::command(command).map(|_| ()))
        }
        PartKind::Procedure => jcl::procedure(text),
        PartKind::ProfileLines => profile::read(text),
        PartKind::SyslogRules => syslogd::read(text).map(|_| ()),
        PartKind::EnvFile => environment(text),
        PartKind::Checklist => plain(text),
    }
    .map_err(|error| format!("{}: {error}\n{text}", part.key))
}

fn plain(text: &str) -> Result<(), String> {
    match text
        .chars()
        .find(|c| !(*c == '\n' || (' '..='~').contains(c)))
    {
        Some(c) => Err(format!("holds {c:?}")),
        None => Ok(()),
    }
}

fn environment(text: &str) -> Result<(), String> {
    plain(text)?;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.split_once('=').ok_or("a line has no `=`")?;
        if name.is_empty() || value.is_empty() || line.contains(' ') {
            return Err(format!("`{line}` sets nothing"));
        }
    }
    Ok(())
}
