//! `gatehouse keyring generate`: a new key with a certificate, or with a request for one.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ::keyring::{Certificate, Host, Issuer, Label, NewKey, RingName, Usage, Wish};
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};
use openssl::x509::X509Name;

use super::place::{Before, tell};
use super::{Answer, NotDone, Shelf, export, flag, new_label, ring, ring_of, word};

/// Days that a certificate is good when nobody says: partners refuse longer ones of public authorities.
const DAYS: &str = "397";
/// Longer than any key should be used.
const MOST_DAYS: i64 = 36_500;

pub fn command() -> Command {
    Command::new("generate")
        .about("Makes a key, and a certificate or a certificate request for it")
        .arg(ring())
        .arg(new_label().required(true))
        .args([
            subject(),
            host(),
            key().default_value("p256"),
            days().default_value(DAYS),
            flag("self-signed").help("The certificate is its own issuer; partners trust it by itself"),
            Arg::new("request")
                .long("request")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Writes a request for an authority (PKCS #10, PEM), - for standard output; `import` takes its answer"),
            Arg::new("ca")
                .long("ca")
                .value_name("LABEL")
                .help("The issuer is this certificate with its key, as of `ca create`"),
            ring_of("ca-ring")
                .long("ca-ring")
                .requires("ca")
                .help("The ring that has the issuer; the same ring unless it is given"),
            flag("default").conflicts_with("request").help("Makes it the default of the ring"),
            flag("replace").help("Replaces what has the label already"),
        ])
        .group(ArgGroup::new("how").args(["self-signed", "request", "ca"]).required(true))
}

pub fn subject() -> Arg {
    Arg::new("subject")
        .long("subject")
        .value_name("NAME")
        .required_unless_present("host")
        .help("The name in it, such as \"CN=www.example.com,O=Example,C=DE\"; the first host unless it is given")
}

fn host() -> Arg {
    Arg::new("host")
        .long("host")
        .value_name("NAME")
        .num_args(1..)
        .action(ArgAction::Append)
        .value_parser(|text: &str| text.parse::<Host>())
        .help("DNS names and IP addresses by which partners reach the server; may be given several times")
}

pub fn key() -> Arg {
    Arg::new("key")
        .long("key")
        .value_name("KIND")
        .value_parser(|text: &str| text.parse::<NewKey>())
        .help("rsa2048, rsa3072, rsa4096, p256, p384 or ed25519; what a rule can use, `check --policy` says")
}

pub fn days() -> Arg {
    Arg::new("days")
        .long("days")
        .value_name("N")
        .value_parser(value_parser!(u32).range(1..=MOST_DAYS))
        .help("How long the certificate is good")
}

pub fn run(matches: &ArgMatches) -> Answer {
    let shelf = Shelf::of(matches);
    let name = shelf.ring(matches, "ring")?;
    let hosts: Vec<Host> = matches
        .get_many("host")
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let subject = subject_of(matches, &hosts)?;
    let label = matches.get_one::<Label>("label");
    let label =
        label.ok_or_else(|| NotDone::said("say which label it is to have, with --label"))?;
    let wish = Wish {
        subject: &subject,
        hosts: &hosts,
        days: matches.get_one("days").copied().unwrap_or(1),
        is_authority: false,
    };
    let kind = matches.get_one("key").copied().unwrap_or(NewKey::P256);
    match matches.get_one::<PathBuf>("request") {
        Some(file) => request(&shelf, &name, label, matches, &wish, kind, file),
        None => certificate(&shelf, &name, label, matches, &wish, kind),
    }
}

fn subject_of(matches: &ArgMatches, hosts: &[Host]) -> Result<X509Name, NotDone> {
    let text = match (word(matches, "subject"), hosts.first()) {
        ("", Some(host)) => format!("CN={host}"),
        (text, _) => text.to_owned(),
    };
    Ok(::keyring::subject(&text)?)
}

fn certificate(
    shelf: &Shelf,
    name: &RingName,
    label: &Label,
    matches: &ArgMatches,
    wish: &Wish<'_>,
    kind: NewKey,
) -> Answer {
    let replace = matches.get_flag("replace");
    let authority = authority(shelf, name, matches)?;
    let writer = shelf.rings.write(name)?;
    let key = kind.make()?;
    let issuer = authority.as_ref().map(|one| Issuer {
        certificate: &one.leaf,
        key: &one.key,
    });
    let made = ::keyring::certificate(wish, &key, issuer, shelf.now)?;
    let issuers: Vec<_> = authority
        .iter()
        .flat_map(|one| std::iter::once(&one.leaf).chain(&one.chain))
        .cloned()
        .collect();
    let before = Before::of(&writer, label.as_str(), false)?;
    writer.put_personal(label, &key, &made, &issuers, replace)?;
    before.settle(&writer, label.as_str(), matches.get_flag("default"))?;
    tell(shelf, &writer, name, Usage::Personal, label.as_str());
    Ok(ExitCode::SUCCESS)
}

/// The issuer that the command line names.
fn authority(
    shelf: &Shelf,
    name: &RingName,
    matches: &ArgMatches,
) -> Result<Option<Certificate>, NotDone> {
    let label = word(matches, "ca");
    if label.is_empty() {
        return Ok(None);
    }
    let from = match matches.contains_id("ca-ring") {
        true => shelf.ring(matches, "ca-ring")?,
        false => name.clone(),
    };
    let (ring, _) = shelf.rings.survey(&from)?;
    let one = ring.personal(label).ok_or_else(|| {
        NotDone::said(format!(
            "{from} has no certificate `{label}` with its key; `gatehouse keyring ca create` makes one"
        ))
    })?;
    if !::keyring::is_authority(&one.leaf) {
        return Err(NotDone::said(format!(
            "`{label}` of {from} is no authority: what it issues nobody would take"
        )));
    }
    let held = ::keyring::held(&ring);
    let valid = held.iter().any(|held| {
        held.label == label && held.usage == Usage::Personal && held.is_valid(shelf.now)
    });
    match valid {
        true => Ok(Some(one.clone())),
        false => Err(NotDone::said(format!(
            "`{label}` of {from} has ended or is not valid yet: what it issues nobody would take"
        ))),
    }
}

fn request(
    shelf: &Shelf,
    name: &RingName,
    label: &Label,
    matches: &ArgMatches,
    wish: &Wish<'_>,
    kind: NewKey,
    file: &Path,
) -> Answer {
    let (replace, printed) = (matches.get_flag("replace"), file == Path::new("-"));
    if !replace && !printed {
        export::refuse_existing(file)?;
    }
    let writer = shelf.rings.write(name)?;
    let key = kind.make()?;
    let pem = ::keyring::request(wish, &key)?;
    writer.put_request(label, &key, &pem, replace)?;
    let written = match printed {
        true => std::io::stdout().lock().write_all(&pem),
        false => export::write(file, &pem, 0o644),
    };
    written.map_err(NotDone::file(file))?;
    eprintln!(
        "gatehouse: {name} keeps the key; `gatehouse keyring import {name} ANSWER --label \"{label}\"` takes the certificate that the authority makes of the request"
    );
    Ok(ExitCode::SUCCESS)
}
