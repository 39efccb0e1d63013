//! `gatehouse keyring import`: certificates and keys from files into a ring.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ::keyring::{Bundle, BundleError, Label, RingName, Usage, Writer};
use clap::{Arg, ArgMatches, Command, value_parser};
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::place::{Before, tell};
use super::{Answer, NotDone, Shelf, flag, new_label, password, ring, warn};

/// Bytes of one file.
const LARGEST: u64 = 1 << 20;

pub fn command() -> Command {
    Command::new("import")
        .about("Takes a certificate with its key, or authorities, from files into a key ring")
        .after_help(
            "Files are PEM, DER, PKCS #7 or PKCS #12, in any order; key, certificate and issuers may stand \
             in one or in several. A certificate whose key was made with `generate --request` needs no key.",
        )
        .arg(ring())
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .num_args(1..)
                .value_parser(value_parser!(PathBuf))
                .help("Files with certificates and keys"),
        )
        .arg(new_label())
        .args([
            flag("authority").help("What the files hold are authorities, to be trusted"),
            flag("default").help("Makes the certificate the default of the ring").conflicts_with("authority"),
            flag("replace").help("Replaces what has the label already"),
        ])
        .args(password::flags())
}

pub fn run(matches: &ArgMatches) -> Answer {
    let shelf = Shelf::of(matches);
    let name = shelf.ring(matches, "ring")?;
    let files = matches.get_many::<PathBuf>("file");
    let found = Found::read(files.into_iter().flatten(), matches)?;
    let label = match matches.get_one::<Label>("label") {
        Some(label) => label.clone(),
        None => match &found.label {
            Some(label) => label.parse()?,
            None => return Err(NotDone::said("say which label it is to have, with --label")),
        },
    };
    let writer = shelf.rings.write(&name)?;
    let task = Task {
        shelf: &shelf,
        name: &name,
        writer: &writer,
        label: &label,
        replace: matches.get_flag("replace"),
    };
    match matches.get_flag("authority") {
        true => task.authority(&found)?,
        false => task.personal(found, matches.get_flag("default"))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What all files hold.
#[derive(Default)]
struct Found {
    certificates: Vec<X509>,
    keys: Vec<PKey<Private>>,
    label: Option<String>,
}

impl Found {
    fn read<'f>(
        files: impl Iterator<Item = &'f PathBuf>,
        matches: &ArgMatches,
    ) -> Result<Self, NotDone> {
        let mut found = Self::default();
        let mut password = password::given(matches)?;
        for path in files {
            let bytes = bytes(path)?;
            let failed = |error| NotDone::Bundle {
                path: path.clone(),
                error,
            };
            let bundle = match ::keyring::read_bundle(&bytes, password.as_ref()) {
                Err(BundleError::NoPassword) if password.is_none() => {
                    let asked = password::asked(&format!("Password of {}: ", path.display()))?;
                    let asked = password.insert(asked);
                    ::keyring::read_bundle(&bytes, Some(asked)).map_err(failed)?
                }
                read => read.map_err(failed)?,
            };
            found.take(bundle, path);
        }
        Ok(found)
    }

    fn take(&mut self, bundle: Bundle, path: &Path) {
        for one in bundle.certificates {
            let der = one.to_der().unwrap_or_default();
            let same = |other: &X509| other.to_der().is_ok_and(|other| other == der);
            match self.certificates.iter().any(same) {
                true => warn(&format!(
                    "{}: the certificate of `{}` comes twice; once is enough",
                    path.display(),
                    ::keyring::name(one.subject_name())
                )),
                false => self.certificates.push(one),
            }
        }
        for key in bundle.keys {
            if !self.keys.iter().any(|other| other.public_eq(&key)) {
                self.keys.push(key);
            }
        }
        self.label = self.label.take().or(bundle.label);
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, NotDone> {
    let failed = NotDone::file(path);
    if path == Path::new("-") {
        return crate::disk::read_stdin().map_err(failed);
    }
    let found = std::fs::metadata(path).map_err(&failed)?;
    if !found.is_file() || found.len() > LARGEST {
        let path = path.display();
        return Err(NotDone::said(format!(
            "{path}: no file of certificates: it is no regular file, or has more than {LARGEST} bytes"
        )));
    }
    std::fs::read(path).map_err(failed)
}

/// What is to be done with it.
struct Task<'t> {
    shelf: &'t Shelf,
    name: &'t RingName,
    writer: &'t Writer,
    label: &'t Label,
    replace: bool,
}

impl Task<'_> {
    fn authority(&self, found: &Found) -> Result<(), NotDone> {
        if !found.keys.is_empty() {
            return Err(NotDone::said(
                "the files hold a private key, and an authority is trusted without one; leave out the key, or --authority",
            ));
        }
        self.writer
            .put_authority(self.label, &found.certificates, self.replace)?;
        tell(
            self.shelf,
            self.writer,
            self.name,
            Usage::Authority,
            self.label.as_str(),
        );
        Ok(())
    }

    fn personal(&self, mut found: Found, asked: bool) -> Result<(), NotDone> {
        if found.certificates.is_empty() {
            return Err(NotDone::said(
                "the files hold a private key and no certificate; name the file with its certificate, too",
            ));
        }
        let (key, request) = self.key(&mut found)?;
        let of_key = |one: &X509| one.public_key().is_ok_and(|other| other.public_eq(&key));
        let Some(at) = found.certificates.iter().position(of_key) else {
            return Err(NotDone::said(
                "the private key belongs to none of the certificates in the files; name the file with its certificate",
            ));
        };
        let leaf = found.certificates.remove(at);
        let issuers = self.issuers(&leaf, &found.certificates);
        let before = Before::of(
            self.writer,
            self.label.as_str(),
            ::keyring::is_authority(&leaf),
        )?;
        self.writer
            .put_personal(self.label, &key, &leaf, &issuers, self.replace)?;
        before.settle(self.writer, self.label.as_str(), asked)?;
        if let Some(request) = request {
            self.writer.remove(Usage::Request, &request)?;
        }
        tell(
            self.shelf,
            self.writer,
            self.name,
            Usage::Personal,
            self.label.as_str(),
        );
        Ok(())
    }

    /// The key: from the files, from a request that waits, or the one that the label has already. With the
    /// label of the request that it comes from.
    fn key(&self, found: &mut Found) -> Result<(PKey<Private>, Option<String>), NotDone> {
        if found.keys.len() > 1 {
            return Err(NotDone::said(
                "the files hold several private keys; import each with its certificate, under a label of its own",
            ));
        }
        if let Some(key) = found.keys.pop() {
            return Ok((key, None));
        }
        let fits = |key: &PKey<Private>| {
            let mut all = found.certificates.iter();
            all.any(|one| one.public_key().is_ok_and(|other| other.public_eq(key)))
        };
        for (label, key) in self.writer.requests()? {
            if fits(&key) {
                return Ok((key, Some(label)));
            }
        }
        let (ring, _) = self.writer.survey();
        let own = ring.personal(self.label.as_str());
        match own.filter(|own| fits(&own.key)) {
            Some(own) => Ok((own.key.clone(), None)),
            None => Err(NotDone::said(
                "there is no private key for it, neither in the files nor in a request of the ring; name the file with the key, or say --authority if it is one to be trusted",
            )),
        }
    }

    /// The issuers to keep beside a certificate, nearest first and with the root; what else the files hold
    /// is left out.
    fn issuers(&self, leaf: &X509, others: &[X509]) -> Vec<X509> {
        let mut kept = ::keyring::chain(leaf, others.iter());
        let last = kept.last().unwrap_or(leaf).clone();
        let root = others
            .iter()
            .find(|one| ::keyring::is_root(one) && ::keyring::issued(one, &last));
        kept.extend(root.cloned());
        for other in others {
            let der = other.to_der().unwrap_or_default();
            let same = |one: &X509| one.to_der().is_ok_and(|one| one == der);
            if !kept.iter().any(same) {
                warn(&format!(
                    "`{}` is none of its issuers and is left out",
                    ::keyring::name(other.subject_name())
                ));
            }
        }
        kept
    }
}
