//! `gatehouse keyring connect`: a certificate of one ring in another one.

use std::process::ExitCode;

use ::keyring::{Label, Usage};
use clap::{ArgMatches, Command};

use super::place::{Before, tell};
use super::{Answer, NotDone, Shelf, flag, label, new_label, ring, ring_of, word};

pub fn command() -> Command {
    Command::new("connect")
        .about("Puts a certificate of another key ring into this one")
        .after_help(
            "It is a copy: a renewal there is connected here again, with --replace. Like CONNECT of \
             RACDCERT otherwise.",
        )
        .arg(ring())
        .arg(label())
        .arg(
            ring_of("from")
                .long("from")
                .required(true)
                .help("The key ring that has the certificate"),
        )
        .arg(new_label().id("as").long("as").help("The label here; the same unless it is given"))
        .args([
            flag("authority").help("Without its key, as an authority to be trusted; what is an authority there is one here"),
            flag("default").help("Makes it the default of the ring").conflicts_with("authority"),
            flag("replace").help("Replaces what has the label already"),
        ])
}

pub fn run(matches: &ArgMatches) -> Answer {
    let shelf = Shelf::of(matches);
    let (name, from) = (shelf.ring(matches, "ring")?, shelf.ring(matches, "from")?);
    let there = word(matches, "label");
    let (source, _) = shelf.rings.survey(&from)?;
    let here: Label = match matches.get_one::<Label>("as") {
        Some(label) => label.clone(),
        None => there.parse()?,
    };
    let replace = matches.get_flag("replace");
    let authorities: Vec<_> = source
        .labelled_authorities()
        .filter(|(label, _)| *label == there)
        .map(|(_, one)| one.clone())
        .collect();
    let as_authority = matches.get_flag("authority");
    let writer = shelf.rings.write(&name)?;
    let usage = match source.personal(there) {
        Some(one) if !as_authority => {
            let before = Before::of(&writer, here.as_str(), ::keyring::is_authority(&one.leaf))?;
            writer.put_personal(&here, &one.key, &one.leaf, &one.chain, replace)?;
            before.settle(&writer, here.as_str(), matches.get_flag("default"))?;
            Usage::Personal
        }
        Some(one) if authorities.is_empty() => {
            writer.put_authority(&here, std::slice::from_ref(&one.leaf), replace)?;
            Usage::Authority
        }
        _ if !authorities.is_empty() => {
            writer.put_authority(&here, &authorities, replace)?;
            Usage::Authority
        }
        _ => {
            return Err(NotDone::said(format!(
                "{from} has no certificate labelled `{there}` that can be read; `gatehouse keyring list {from}` shows what it has"
            )));
        }
    };
    tell(&shelf, &writer, &name, usage, here.as_str());
    Ok(ExitCode::SUCCESS)
}
