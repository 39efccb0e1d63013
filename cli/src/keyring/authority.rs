//! `gatehouse keyring ca`: an authority of one's own, for tests.

use std::process::ExitCode;

use ::keyring::{Label, NewKey, Usage, Wish};
use clap::{Arg, ArgMatches, Command};

use super::place::{Before, tell};
use super::{Answer, NotDone, Shelf, flag, generate, new_label, ring, word};

/// Ten years.
const DAYS: &str = "3650";

pub fn command() -> Command {
    Command::new("ca")
        .about("Makes an authority of one's own")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("create")
                .about("Makes a small authority for tests")
                .after_help(
                    "Its certificate is trusted in the ring, and its key is kept there to sign with \
                     `generate --ca`. Whoever has the key can pretend to be any server: a ring of its own \
                     is the place for it.",
                )
                .arg(ring())
                .arg(new_label().required(true))
                .arg(
                    Arg::new("subject")
                        .long("subject")
                        .value_name("NAME")
                        .help("The name in it; CN= and the label unless it is given"),
                )
                .arg(generate::key().default_value("p256"))
                .arg(generate::days().default_value(DAYS))
                .arg(flag("replace").help("Replaces what has the label already")),
        )
}

pub fn run(matches: &ArgMatches) -> Answer {
    let Some(("create", matches)) = matches.subcommand() else {
        // clap lets no other name through.
        return Err(NotDone::said("say what is to be done: create"));
    };
    let shelf = Shelf::of(matches);
    let name = shelf.ring(matches, "ring")?;
    let label = matches.get_one::<Label>("label");
    let label =
        label.ok_or_else(|| NotDone::said("say which label it is to have, with --label"))?;
    let text = match word(matches, "subject") {
        "" => format!("CN={}", escaped(label.as_str())),
        text => text.to_owned(),
    };
    let subject = ::keyring::subject(&text)?;
    let wish = Wish {
        subject: &subject,
        hosts: &[],
        days: matches.get_one("days").copied().unwrap_or(1),
        is_authority: true,
    };
    let replace = matches.get_flag("replace");
    let writer = shelf.rings.write(&name)?;
    let taken = [Usage::Authority, Usage::Personal]
        .into_iter()
        .find(|usage| !replace && writer.has(*usage, label.as_str()));
    if let Some(usage) = taken {
        return Err(::keyring::WriteError::Taken {
            what: usage.as_str(),
            label: label.to_string(),
        }
        .into());
    }
    let kind = matches.get_one("key").copied().unwrap_or(NewKey::P256);
    let key = kind.make()?;
    let made = ::keyring::certificate(&wish, &key, None, shelf.now)?;
    Before::of(&writer, label.as_str(), true)?;
    writer.put_authority(label, std::slice::from_ref(&made), replace)?;
    writer.put_personal(label, &key, &made, &[], replace)?;
    tell(&shelf, &writer, &name, Usage::Authority, label.as_str());
    Ok(ExitCode::SUCCESS)
}

/// What is special in a name gets a backslash.
fn escaped(text: &str) -> String {
    let letters = text.chars().flat_map(|letter| {
        let special = matches!(letter, ',' | '\\' | '=' | '+' | '"' | '<' | '>' | ';');
        special.then_some('\\').into_iter().chain([letter])
    });
    letters.collect()
}
