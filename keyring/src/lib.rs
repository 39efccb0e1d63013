//! Key rings: directories of labelled certificates, keys and authorities.
//!
//! ```text
//! KEYRINGS/OWNER/RING/personal/LABEL.pem   certificate, its private key, and the chain if it has one
//! KEYRINGS/OWNER/RING/certauth/LABEL.pem   certificates of authorities
//! KEYRINGS/OWNER/RING/default              the label of the default certificate
//! ```
//!
//! A ring without an owner belongs to the user that the engine runs as, as one without a user id belongs to
//! the application on z/OS. In a file's name, `%2F` stands for a slash of the label and `%25` for a percent
//! sign. Only reading is done here.

#[cfg(test)]
#[path = "../tests/it/certificates.rs"]
mod certificates;
mod guard;
mod name;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Ref};
use thiserror::Error;

use guard::Secrecy;
pub use name::{RingName, RingNameError};

/// Bytes of one file; a certificate has about two thousand.
const LARGEST: u64 = 1 << 20;
/// Files of one ring.
const MOST_FILES: usize = 10_000;

/// Where the rings are.
#[derive(Clone, Debug)]
pub struct Rings {
    directory: PathBuf,
    /// The owner of rings that name none.
    user: String,
}

/// What a ring holds.
#[derive(Clone, Debug, Default)]
pub struct Ring {
    personal: BTreeMap<String, Certificate>,
    authorities: Vec<X509>,
    default: Option<String>,
}

/// A certificate with its key.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub leaf: X509,
    pub key: PKey<Private>,
    /// The issuers to send along, nearest first, without the root.
    pub chain: Vec<X509>,
}

/// Why a ring cannot be used.
#[derive(Debug, Error)]
pub enum RingError {
    #[error(transparent)]
    Name(#[from] RingNameError),
    #[error("there is no key ring {0}")]
    Missing(PathBuf),
    #[error("{path}: {source}")]
    Unread { path: PathBuf, source: io::Error },
    #[error(
        "{path}: {words}; on a key ring that others may change or read, nothing can be built: {mend}"
    )]
    Open {
        path: PathBuf,
        words: &'static str,
        mend: String,
    },
    #[error("{path}: holds {words}")]
    Content { path: PathBuf, words: &'static str },
    #[error("{path}: {source}")]
    Broken { path: PathBuf, source: ErrorStack },
    #[error("{path}: the private key does not belong to the certificate")]
    OtherKey { path: PathBuf },
    #[error("{path} names the label `{label}`, which no personal certificate of the ring has")]
    NoDefault { path: PathBuf, label: String },
}

impl RingError {
    /// The return code of System SSL that says it.
    pub fn code(&self) -> u16 {
        match self {
            Self::Name(_) | Self::Missing(_) => 202,
            Self::Unread { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => 416,
            Self::Unread { .. } => 102,
            Self::Open { .. } => 416,
            Self::Content { .. } | Self::Broken { .. } => 103,
            Self::OtherKey { .. } => 428,
            Self::NoDefault { .. } => 7,
        }
    }
}

impl Rings {
    /// Rings below a directory; `user` is whom those belong to that name no owner.
    pub fn new(directory: PathBuf, user: String) -> Self {
        Self { directory, user }
    }

    /// Reads a ring by the name that a policy uses.
    pub fn read(&self, name: &str) -> Result<Ring, RingError> {
        let name: RingName = name.parse()?;
        let owner = name.owner.as_deref().unwrap_or(&self.user);
        let path = self.owner(owner).join(&name.ring);
        if !path.is_dir() {
            return Err(RingError::Missing(path));
        }
        guard::check(&path, Secrecy::MayBeRead)?;
        read_ring(&path)
    }

    /// The directory of an owner: user ids are the same in any case.
    fn owner(&self, owner: &str) -> PathBuf {
        let exact = self.directory.join(owner);
        if exact.is_dir() {
            return exact;
        }
        let entries = fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten();
        let mut same = entries.filter(|entry| entry.file_name().eq_ignore_ascii_case(owner));
        same.next().map_or(exact, |entry| entry.path())
    }
}

impl Ring {
    pub fn personal(&self, label: &str) -> Option<&Certificate> {
        self.personal.get(label)
    }

    /// The certificate that is presented when no label is coded: the one that is marked, or the only one.
    pub fn default_certificate(&self) -> Option<&Certificate> {
        match &self.default {
            Some(label) => self.personal.get(label),
            None if self.personal.len() == 1 => self.personal.values().next(),
            None => None,
        }
    }

    pub fn authorities(&self) -> &[X509] {
        &self.authorities
    }
}

impl Ring {
    /// A ring that lies nowhere; the first certificate is its default.
    pub fn made(personal: Vec<(&str, Certificate)>, authorities: Vec<X509>) -> Self {
        let default = personal.first().map(|(label, _)| (*label).to_owned());
        let personal = personal
            .into_iter()
            .map(|(label, one)| (label.to_owned(), one))
            .collect();
        Self {
            personal,
            authorities,
            default,
        }
    }
}

impl Certificate {
    /// Whether both are sent with the same issuers.
    pub fn chain_is(&self, other: &Self) -> bool {
        let der = |chain: &[X509]| {
            chain
                .iter()
                .map(|one| one.to_der().unwrap_or_default())
                .collect::<Vec<_>>()
        };
        der(&self.chain) == der(&other.chain)
    }
}

fn read_ring(path: &Path) -> Result<Ring, RingError> {
    let mut ring = Ring::default();
    for (_, file) in files(&path.join("certauth"))? {
        let pem = read(&file, Secrecy::MayBeRead)?;
        let found = certificates(&pem, &file)?;
        if found.is_empty() {
            return Err(RingError::Content {
                path: file,
                words: "no certificate",
            });
        }
        ring.authorities.extend(found);
    }
    for (label, file) in files(&path.join("personal"))? {
        let certificate = personal(&file, &ring.authorities)?;
        ring.personal.insert(label, certificate);
    }
    let marked = path.join("default");
    if marked.exists() {
        let text = read(&marked, Secrecy::MayBeRead)?;
        let label = String::from_utf8_lossy(&text)
            .trim_end_matches(['\r', '\n'])
            .to_owned();
        if !ring.personal.contains_key(&label) {
            return Err(RingError::NoDefault {
                path: marked,
                label,
            });
        }
        ring.default = Some(label);
    }
    Ok(ring)
}

/// The certificates of a directory, by label and in its order; none where there is no directory.
fn files(directory: &Path) -> Result<BTreeMap<String, PathBuf>, RingError> {
    let unread = |source| RingError::Unread {
        path: directory.to_owned(),
        source,
    };
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(unread(error)),
    };
    guard::check(directory, Secrecy::MayBeRead)?;
    let mut found = BTreeMap::new();
    for entry in entries.take(MOST_FILES) {
        let path = entry.map_err(unread)?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        if let (Some(stem), Some("pem")) = (stem, path.extension().and_then(|end| end.to_str())) {
            found.insert(name::label(stem), path.clone());
        }
    }
    Ok(found)
}

/// A file with a key, its certificate and perhaps its issuers, in any order.
fn personal(path: &Path, authorities: &[X509]) -> Result<Certificate, RingError> {
    let pem = read(path, Secrecy::MustBeSecret)?;
    let content = |words| RingError::Content {
        path: path.to_owned(),
        words,
    };
    let broken = |source| RingError::Broken {
        path: path.to_owned(),
        source,
    };
    let mut found = certificates(&pem, path)?;
    // A key under a password would ask for it on the terminal: it gets an empty one, which fits none.
    let key = PKey::private_key_from_pem_passphrase(&pem, b"");
    let key = key.map_err(|_| content("no private key that can be read without a password"))?;
    let own = found
        .iter()
        .position(|one| one.public_key().is_ok_and(|other| other.public_eq(&key)));
    let Some(own) = own else {
        return Err(match found.is_empty() {
            true => content("no certificate"),
            false => RingError::OtherKey {
                path: path.to_owned(),
            },
        });
    };
    let leaf = found.remove(own);
    let chain = chain(&leaf, found, authorities).map_err(broken)?;
    Ok(Certificate { leaf, key, chain })
}

/// The issuers of a certificate, as far as they are known and are not roots.
fn chain(leaf: &X509Ref, beside: Vec<X509>, authorities: &[X509]) -> Result<Vec<X509>, ErrorStack> {
    /// Longer ones no partner takes.
    const LONGEST: usize = 10;
    let mut chain: Vec<X509> = Vec::new();
    let issued_itself = |one: &X509Ref| one.issued(one).as_raw() == 0;
    while chain.len() < LONGEST {
        let last: &X509Ref = chain.last().map_or(leaf, |last| last);
        if issued_itself(last) {
            break;
        }
        let mut known = beside.iter().chain(authorities);
        let Some(issuer) = known.find(|one| one.issued(last).as_raw() == 0 && !issued_itself(one))
        else {
            break;
        };
        chain.push(issuer.clone());
    }
    Ok(chain)
}

fn certificates(pem: &[u8], path: &Path) -> Result<Vec<X509>, RingError> {
    X509::stack_from_pem(pem).map_err(|source| RingError::Broken {
        path: path.to_owned(),
        source,
    })
}

fn read(path: &Path, secrecy: Secrecy) -> Result<Vec<u8>, RingError> {
    let unread = |source| RingError::Unread {
        path: path.to_owned(),
        source,
    };
    let size = fs::metadata(path).map_err(unread)?.len();
    if size > LARGEST {
        return Err(RingError::Content {
            path: path.to_owned(),
            words: "more than any certificate has",
        });
    }
    guard::check(path, secrecy)?;
    fs::read(path).map_err(unread)
}
