//! `gatehouse keyring remove`: a certificate of a ring, or all of it.

use std::process::ExitCode;

use ::keyring::{RingName, Usage, Writer};
use clap::{Arg, ArgMatches, Command};
use server::keyrings::Use;

use super::{Answer, NotDone, Shelf, flag, policy, ring, word};

pub fn command() -> Command {
    Command::new("remove")
        .about("Removes a certificate of a key ring, or the whole ring")
        .after_help(
            "With --policy, what a rule of the policy presents or reads is not removed unless --force is \
             given.",
        )
        .arg(ring())
        .arg(
            Arg::new("label")
                .value_name("LABEL")
                .required_unless_present("all")
                .conflicts_with("all")
                .help("The label of the certificate"),
        )
        .args([
            flag("all").help("The ring with all that it holds"),
            flag("personal")
                .conflicts_with_all(["authority", "request"])
                .help("The one with the key, where an authority has the same label"),
            flag("authority")
                .conflicts_with("request")
                .help("The authority of that label"),
            flag("request").help("The key of that label that waits for its certificate"),
            flag("force").help("Even the default of the ring, a ring that holds something, or what a policy uses"),
        ])
        .args(policy::flags())
}

pub fn run(matches: &ArgMatches) -> Answer {
    let shelf = Shelf::of(matches);
    let name = shelf.ring(matches, "ring")?;
    let force = matches.get_flag("force");
    let uses = policy::using(matches, &shelf.rings, &name)?;
    let writer = shelf.rings.write(&name)?;
    if matches.get_flag("all") {
        if !force {
            refuse_whole(&name, &writer, &uses)?;
        }
        writer.delete()?;
        println!("{name}: removed");
        return Ok(ExitCode::SUCCESS);
    }
    let label = word(matches, "label");
    let usage = usage(matches, &writer, &name, label)?;
    let (ring, _) = writer.survey();
    let is_default = usage == Usage::Personal && ring.default_label() == Some(label);
    if !force {
        if is_default {
            return Err(NotDone::said(format!(
                "`{label}` is the default of {name}, which rules present that name no label; make another one the default first, or say --force"
            )));
        }
        refuse_used(&uses, label, usage)?;
    }
    if is_default && ring.has_marked_default() {
        writer.set_default(None)?;
    }
    writer.remove(usage, label)?;
    println!("{name} {label}: {} removed", usage.as_str());
    Ok(ExitCode::SUCCESS)
}

/// Which of several things with one label is meant.
fn usage(
    matches: &ArgMatches,
    writer: &Writer,
    name: &RingName,
    label: &str,
) -> Result<Usage, NotDone> {
    let all = [Usage::Personal, Usage::Authority, Usage::Request];
    let words = ["personal", "authority", "request"];
    let mut asked = all
        .iter()
        .zip(words)
        .filter(|(_, word)| matches.get_flag(word));
    if let Some((usage, _)) = asked.next() {
        return Ok(*usage);
    }
    let there: Vec<_> = all
        .into_iter()
        .filter(|usage| writer.has(*usage, label))
        .collect();
    match there[..] {
        [usage] => Ok(usage),
        [] => Err(NotDone::said(format!(
            "{name} has nothing labelled `{label}`; `gatehouse keyring list {name}` shows what it has"
        ))),
        _ => Err(NotDone::said(format!(
            "{name} has several things labelled `{label}`; say which: --personal, --authority or --request"
        ))),
    }
}

fn refuse_whole(name: &RingName, writer: &Writer, uses: &[Use]) -> Result<(), NotDone> {
    if let Some(one) = uses.first() {
        return Err(NotDone::said(format!(
            "{name} is used by {}; say --force to remove it all the same",
            one.words()
        )));
    }
    let (ring, faults) = writer.survey();
    let count = ::keyring::held(&ring).len() + faults.len() + writer.requests()?.len();
    match count {
        0 => Ok(()),
        _ => Err(NotDone::said(format!(
            "{name} is not empty; `gatehouse keyring list {name}` shows what would be lost, --force removes it"
        ))),
    }
}

fn refuse_used(uses: &[Use], label: &str, usage: Usage) -> Result<(), NotDone> {
    let mut using = uses
        .iter()
        .filter(|one| usage == Usage::Personal && one.names(label));
    match using.next() {
        Some(one) => Err(NotDone::said(format!(
            "`{label}` is used by {}; say --force to remove it all the same",
            one.words()
        ))),
        None => Ok(()),
    }
}
