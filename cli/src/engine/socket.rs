//! Which engine a command speaks to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use control::{Answer, Ask, Client, SOCKETS, sockets};
use thiserror::Error;

use super::NotDone;

/// Why no engine can be chosen.
#[derive(Debug, Error)]
pub enum NoSocket {
    #[error(
        "there is no control socket in {}; an engine gets one when it is started with \
         `gatehouse-engine --control PATH`, and --socket names one that is elsewhere", .0.display()
    )]
    Nowhere(PathBuf),
    #[error("there are several engines; choose one with --socket:{}", listed(.0))]
    Several(Vec<PathBuf>),
    #[error("{}: {error}", path.display())]
    Directory { path: PathBuf, error: io::Error },
}

fn listed(paths: &[PathBuf]) -> String {
    let lines = paths.iter().map(|path| format!("\n  {}", path.display()));
    lines.collect()
}

/// The socket that the command line names, or the only one there is.
pub fn path(matches: &ArgMatches) -> Result<PathBuf, NoSocket> {
    match matches.get_one::<PathBuf>("socket") {
        Some(path) => Ok(path.clone()),
        None => only(Path::new(SOCKETS)),
    }
}

fn only(directory: &Path) -> Result<PathBuf, NoSocket> {
    let mut found = sockets(directory);
    match (found.pop(), found.is_empty()) {
        (Some(path), true) => Ok(path),
        (Some(path), false) => {
            found.push(path);
            Err(NoSocket::Several(found))
        }
        (None, _) => match fs::read_dir(directory) {
            // Nobody made it: no engine has a socket there.
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(NoSocket::Directory {
                path: directory.to_owned(),
                error,
            }),
            _ => Err(NoSocket::Nowhere(directory.to_owned())),
        },
    }
}

/// Asks the engine one question.
pub fn ask(matches: &ArgMatches, ask: &Ask) -> Result<Answer, NotDone> {
    Ok(client(matches)?.ask(ask)?)
}

pub fn client(matches: &ArgMatches) -> Result<Client, NotDone> {
    Ok(Client::connect(&path(matches)?)?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn the_only_socket_is_taken_and_of_several_none() {
        let here = tempfile::tempdir().unwrap();
        let nowhere = only(here.path()).unwrap_err().to_string();
        assert!(nowhere.contains("gatehouse-engine --control PATH"));
        let missing = only(&here.path().join("missing")).unwrap_err();
        assert!(matches!(missing, NoSocket::Nowhere(_)), "{missing}");
        let main = here.path().join("main.sock");
        fs::write(&main, "").unwrap();
        fs::write(here.path().join("main.env"), "").unwrap();
        assert_eq!(only(here.path()).unwrap(), main);
        let another = here.path().join("another.sock");
        fs::write(&another, "").unwrap();
        assert_eq!(
            only(here.path()).unwrap_err().to_string(),
            format!(
                "there are several engines; choose one with --socket:\n  {}\n  {}",
                another.display(),
                main.display()
            )
        );
        let file = only(&main).unwrap_err();
        assert!(matches!(file, NoSocket::Directory { .. }), "{file}");
    }
}
