//! `gatehouse keyring export`: certificates for partners, and keys only where that is asked for.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ::keyring::{Ring, RingName};
use clap::{Arg, ArgMatches, Command, value_parser};
use openssl::x509::X509;

use super::password::NoPassword;
use super::{Answer, NotDone, Shelf, flag, label, password, ring, word};

pub fn command() -> Command {
    Command::new("export")
        .about("Writes a certificate, for partners who are to trust it")
        .after_help(
            "Without --with-key no key leaves the ring. With it the file is PKCS #12 under a password, for \
             the owner alone.",
        )
        .arg(ring())
        .arg(label())
        .args([
            flag("chain").help("With its issuers, as far as the ring has them"),
            flag("der").conflicts_with_all(["chain", "with-key"]).help("DER instead of PEM"),
            flag("authority").conflicts_with("with-key").help("The authority, where a certificate with a key has the same label"),
            flag("with-key").requires("out").help("With its key and its issuers, as PKCS #12 under a password"),
            flag("replace").requires("out").help("Replaces the file"),
            Arg::new("out")
                .long("out")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("The file; standard output unless it is given"),
        ])
        .args(password::flags())
}

pub fn run(matches: &ArgMatches) -> Answer {
    let shelf = Shelf::of(matches);
    let name = shelf.ring(matches, "ring")?;
    let label = word(matches, "label");
    let (ring, _) = shelf.rings.survey(&name)?;
    let out = matches.get_one::<PathBuf>("out");
    if let Some(out) = out.filter(|_| !matches.get_flag("replace")) {
        refuse_existing(out)?;
    }
    let (bytes, mode) = match matches.get_flag("with-key") {
        true => (with_key(matches, &ring, &name, label)?, 0o600),
        false => (certificates(matches, &ring, &name, label)?, 0o644),
    };
    let Some(out) = out else {
        if matches.get_flag("der") && io::stdout().is_terminal() {
            return Err(NotDone::said(
                "DER is nothing for a terminal; name a file with --out",
            ));
        }
        let _ = io::stdout().lock().write_all(&bytes);
        return Ok(ExitCode::SUCCESS);
    };
    write(out, &bytes, mode).map_err(NotDone::file(out))?;
    println!("{name} {label}: written to {}", out.display());
    Ok(ExitCode::SUCCESS)
}

fn missing(name: &RingName, label: &str, what: &str) -> NotDone {
    NotDone::said(format!(
        "{name} has no {what} labelled `{label}`; `gatehouse keyring list {name}` shows what it has"
    ))
}

fn with_key(
    matches: &ArgMatches,
    ring: &Ring,
    name: &RingName,
    label: &str,
) -> Result<Vec<u8>, NotDone> {
    let one = ring
        .personal(label)
        .ok_or_else(|| missing(name, label, "certificate with a key"))?;
    let password = match password::given(matches)? {
        Some(password) if password.is_empty() => return Err(NoPassword::Empty.into()),
        Some(password) => password,
        None => password::chosen("Password for the file: ")?,
    };
    Ok(::keyring::pkcs12(label, one, &password)?)
}

fn certificates(
    matches: &ArgMatches,
    ring: &Ring,
    name: &RingName,
    label: &str,
) -> Result<Vec<u8>, NotDone> {
    let authorities: Vec<&X509> = ring
        .labelled_authorities()
        .filter(|(other, _)| *other == label)
        .map(|(_, one)| one)
        .collect();
    let own = ring
        .personal(label)
        .filter(|_| !matches.get_flag("authority"));
    let mut found: Vec<X509> = match own {
        Some(own) => vec![own.leaf.clone()],
        None => authorities.into_iter().cloned().collect(),
    };
    let Some(first) = found.first().cloned() else {
        return Err(missing(name, label, "certificate"));
    };
    if matches.get_flag("der") {
        return match found.len() {
            1 => Ok(first.to_der()?),
            count => Err(NotDone::said(format!(
                "`{label}` are {count} certificates, and DER holds one; leave out --der"
            ))),
        };
    }
    if matches.get_flag("chain") {
        match own {
            Some(own) => found.extend(own.chain.iter().cloned()),
            None => found.extend(::keyring::chain(&first, ring.authorities().iter())),
        }
        let last = found.last().cloned().unwrap_or(first);
        let root = ring
            .authorities()
            .iter()
            .find(|one| ::keyring::is_root(one) && ::keyring::issued(one, &last));
        found.extend(root.filter(|_| !::keyring::is_root(&last)).cloned());
    }
    Ok(::keyring::pem(&found)?)
}

pub fn refuse_existing(path: &Path) -> Result<(), NotDone> {
    match path.exists() {
        true => Err(NotDone::said(format!(
            "{} is there already; choose another name, or say --replace",
            path.display()
        ))),
        false => Ok(()),
    }
}

/// A file beside it takes its place when all of it is on the disk.
pub fn write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .prefix(".gatehouse-")
        .permissions(fs::Permissions::from_mode(mode))
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
