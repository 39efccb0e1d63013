//! `gatehouse keyring expiry`: what ends soon.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use serde_json::json;
use server::keyrings::certificate;

use super::list::Shown;
use super::{Answer, FOUND, NOT_DONE, Shelf, flag, ring_of, text};

pub fn command() -> Command {
    Command::new("expiry")
        .about("Says which certificates end soon, those that end first on top")
        .after_help(
            "Ends with 0 when there is none, 1 when there is one, 2 when something could not be read.",
        )
        .arg(ring_of("ring").help("The key ring; all when nothing is said"))
        .args([
            Arg::new("within")
                .long("within")
                .value_name("DAYS")
                .default_value("30")
                .value_parser(value_parser!(u32))
                .help("Within so many days, or before now"),
            flag("json").help("For programs"),
        ])
}

pub fn run(matches: &ArgMatches) -> Answer {
    let shelf = Shelf::of(matches);
    let within = i64::from(matches.get_one("within").copied().unwrap_or(30_u32));
    let names = match matches.contains_id("ring") {
        true => vec![shelf.ring(matches, "ring")?],
        false => shelf.rings.list()?,
    };
    let mut found = Vec::new();
    let mut unread = false;
    for name in names {
        let shown = Shown::of(&shelf, name)?;
        for fault in &shown.faults {
            unread = true;
            eprintln!("gatehouse: {fault}");
        }
        let ending = shown.held.into_iter();
        let ending = ending.filter(|one| one.days_left(shelf.now) < within);
        found.extend(ending.map(|one| (shown.name.clone(), one)));
    }
    found.sort_by_key(|(_, one)| one.not_after);
    if matches.get_flag("json") {
        let certificates: Vec<_> = found
            .iter()
            .map(|(name, one)| {
                let mut value = json!(certificate(one, shelf.now));
                value["ring"] = json!(name.to_string());
                value
            })
            .collect();
        println!("{:#}", json!({ "certificates": certificates }));
    } else {
        for (name, one) in &found {
            println!(
                "{}  {name}  {}  {}",
                text::day(one.not_after),
                one.label,
                text::left(one, shelf.now)
            );
        }
    }
    Ok(match (unread, found.is_empty()) {
        (true, _) => ExitCode::from(NOT_DONE),
        (false, false) => ExitCode::from(FOUND),
        (false, true) => ExitCode::SUCCESS,
    })
}
