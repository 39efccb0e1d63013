//! The policy beside which a ring is looked at.

use std::path::PathBuf;

use ::keyring::{RingName, Rings};
use clap::{Arg, ArgMatches, value_parser};
use server::keyrings::{Policy, Use, uses};

use super::NotDone;
use crate::disk;

pub fn flags() -> impl Iterator<Item = Arg> {
    let policy = Arg::new("file")
        .long("policy")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("A main or image configuration file, or a file of AT-TLS policy, whose rules use the ring");
    let flags = disk::flags().into_iter().map(|flag| {
        // One with a default is always there.
        match flag.get_id() == "release" {
            true => flag,
            false => flag.requires("file"),
        }
    });
    flags.chain([policy])
}

/// The rules that read a ring; none where no policy is given.
pub fn using(matches: &ArgMatches, rings: &Rings, name: &RingName) -> Result<Vec<Use>, NotDone> {
    if !matches.contains_id("file") {
        return Ok(Vec::new());
    }
    let checked = disk::checked(matches)?;
    let release = disk::release(matches);
    let stacks = checked.stacks.iter();
    let found = stacks.flat_map(|stack| uses(&Policy { stack, release }, rings, name));
    Ok(found.collect())
}
