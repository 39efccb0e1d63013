//! `gatehouse keyring default`: which certificate is presented when a rule names none.

use std::process::ExitCode;

use clap::{ArgMatches, Command};

use super::{Answer, Shelf, label, ring, word};

pub fn command() -> Command {
    Command::new("default")
        .about("Makes a certificate the default, which rules present that name no label")
        .arg(ring())
        .arg(label())
}

pub fn run(matches: &ArgMatches) -> Answer {
    let shelf = Shelf::of(matches);
    let name = shelf.ring(matches, "ring")?;
    let label = word(matches, "label");
    shelf.rings.write(&name)?.set_default(Some(label))?;
    println!("{name} {label}: the default of the ring");
    Ok(ExitCode::SUCCESS)
}
