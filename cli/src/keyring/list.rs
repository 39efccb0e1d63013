//! `gatehouse keyring list`: the rings, and what they hold.

use std::io::{self, Write as _};
use std::process::ExitCode;

use ::keyring::{Held, RingError, RingName};
use clap::{ArgMatches, Command};

use super::{Answer, NOT_DONE, Shelf, data, flag, ring_of, text};

pub fn command() -> Command {
    Command::new("list")
        .about("Lists key rings, or what one of them holds")
        .arg(ring_of("ring").help("The key ring; all when nothing is said"))
        .arg(flag("json").help("For programs"))
}

/// A ring with what it holds.
pub struct Shown {
    pub name: RingName,
    pub held: Vec<Held>,
    /// The keys that wait for their certificates.
    pub requests: Vec<String>,
    /// What of it cannot be read.
    pub faults: Vec<RingError>,
}

impl Shown {
    pub fn of(shelf: &Shelf, name: RingName) -> Result<Self, RingError> {
        let (ring, faults) = shelf.rings.survey(&name)?;
        Ok(Self {
            held: ::keyring::held(&ring),
            requests: shelf.rings.requests(&name),
            faults,
            name,
        })
    }
}

pub fn run(matches: &ArgMatches) -> Answer {
    let shelf = Shelf::of(matches);
    let one = matches.contains_id("ring");
    let names = match one {
        true => vec![shelf.ring(matches, "ring")?],
        false => shelf.rings.list()?,
    };
    let shown = names.into_iter().map(|name| Shown::of(&shelf, name));
    let shown: Vec<_> = shown.collect::<Result<_, _>>()?;
    let text = match (matches.get_flag("json"), one) {
        (true, _) => data::rings(&shown, shelf.now),
        (false, true) => shown
            .iter()
            .map(|shown| text::whole(shown, shelf.now))
            .collect(),
        (false, false) => text::all(&shown, shelf.now),
    };
    // A reader that goes away, such as `head`, is no error.
    let _ = io::stdout().lock().write_all(text.as_bytes());
    let faults: Vec<_> = shown.iter().flat_map(|shown| &shown.faults).collect();
    for fault in &faults {
        eprintln!("gatehouse: {fault}");
    }
    Ok(match faults.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(NOT_DONE),
    })
}
