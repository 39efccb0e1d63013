//! `gatehouse keyring create`: an empty ring.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};

use super::{Answer, NotDone, Shelf, ring, word};

pub fn command() -> Command {
    Command::new("create")
        .about("Makes an empty key ring")
        .arg(ring())
        .arg(
            Arg::new("user")
                .long("user")
                .value_name("NAME")
                .help("The user of this host that the engine runs as, who gets the ring; only root may say so"),
        )
}

pub fn run(matches: &ArgMatches) -> Answer {
    let shelf = Shelf::of(matches);
    let name = shelf.ring(matches, "ring")?;
    let user = match word(matches, "user") {
        "" => None,
        user => Some(
            ::keyring::user_named(user)
                .ok_or_else(|| NotDone::said(format!("this host has no user `{user}`")))?,
        ),
    };
    let own = rustix::process::geteuid().as_raw();
    if own != 0 && user.is_some_and(|(user, _)| user != own) {
        return Err(NotDone::said(
            "only root gives a key ring to another user; leave out --user, or run this as root",
        ));
    }
    let path = shelf.rings.create(&name, user)?;
    println!("{name}: made, in {}", path.display());
    Ok(ExitCode::SUCCESS)
}
