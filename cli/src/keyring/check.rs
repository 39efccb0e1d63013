//! `gatehouse keyring check`: whether the engine can use a ring, and partners what it presents.

use std::process::ExitCode;

use ::keyring::{Remark, RingName, Weight};
use clap::{ArgMatches, Command};
use serde_json::json;

use super::{Answer, FOUND, Shelf, flag, policy, ring_of};

pub fn command() -> Command {
    Command::new("check")
        .about("Says what is wrong with a key ring: rights, files, keys, chains, dates, and what a policy wants of it")
        .after_help(
            "Rights are checked for the user who runs this; for root, for the user that the ring belongs to. \
             Ends with 0 when there is no error, 1 when there is, 2 when something could not be read.",
        )
        .arg(ring_of("ring").help("The key ring; all when nothing is said"))
        .arg(flag("json").help("For programs"))
        .args(policy::flags())
}

pub fn run(matches: &ArgMatches) -> Answer {
    let shelf = Shelf::of(matches);
    let names = match matches.contains_id("ring") {
        true => vec![shelf.ring(matches, "ring")?],
        false => shelf.rings.list()?,
    };
    let mut found: Vec<(RingName, Vec<Remark>)> = Vec::new();
    for name in names {
        let (ring, faults) = shelf.rings.survey(&name)?;
        let mut remarks = ::keyring::judge(&ring, &faults, shelf.now);
        for one in policy::using(matches, &shelf.rings, &name)? {
            remarks.extend(one.judge(&ring));
        }
        remarks.sort_by_key(|remark| std::cmp::Reverse(remark.weight));
        found.push((name, remarks));
    }
    let all = found.iter().flat_map(|(_, remarks)| remarks);
    let errors = all.filter(|remark| remark.weight == Weight::Error).count();
    match matches.get_flag("json") {
        true => println!("{:#}", json!({ "rings": values(&found) })),
        false => found
            .iter()
            .for_each(|(name, remarks)| print(name, remarks)),
    }
    Ok(match errors {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(FOUND),
    })
}

fn print(name: &RingName, remarks: &[Remark]) {
    if remarks.is_empty() {
        println!("{name}: nothing to say");
    }
    for remark in remarks {
        let weight = match remark.weight {
            Weight::Error => "error",
            Weight::Warning => "warning",
        };
        match &remark.label {
            Some(label) => println!("{name} {label}: {weight}: {}", remark.words),
            None => println!("{name}: {weight}: {}", remark.words),
        }
    }
}

fn values(found: &[(RingName, Vec<Remark>)]) -> Vec<serde_json::Value> {
    let value = |(name, remarks): &(RingName, Vec<Remark>)| {
        let remarks: Vec<_> = remarks.iter().map(server::keyrings::remark).collect();
        json!({ "name": name.to_string(), "remarks": remarks })
    };
    found.iter().map(value).collect()
}
