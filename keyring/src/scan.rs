//! Reading a ring: all that can be read, and what is wrong with the rest.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use openssl::ocsp::{OcspResponse, OcspResponseStatus};
use openssl::pkey::PKey;
use openssl::x509::{X509, X509Crl};

use crate::error::RingError;
use crate::guard::{self, Secrecy};
use crate::name;
use crate::ring::{Certificate, Ring, chain, has_root};

/// Bytes of one file; a certificate has about two thousand.
pub const LARGEST: u64 = 1 << 20;
/// Files of one ring.
const MOST_FILES: usize = 10_000;

/// The directories of a ring.
pub const PERSONAL: &str = "personal";
pub const CERTAUTH: &str = "certauth";
/// Lists of revoked certificates.
pub const CRL: &str = "crl";
/// How files end that hold what an OCSP responder said of the certificate beside them.
pub const OCSP: &str = "ocsp";
/// Keys that wait for their certificates; the engine does not look there.
pub const REQUESTS: &str = "requests";
/// The file with the label of the default certificate.
pub const DEFAULT: &str = "default";

/// Reads a ring: what could be read, and why the rest could not. `own` is the user that files may belong to,
/// beside root.
pub fn scan(path: &Path, own: u32) -> (Ring, Vec<RingError>) {
    let mut scan = Scan {
        own,
        ring: Ring::default(),
        faults: Vec::new(),
    };
    if let Err(fault) = guard::check(path, Secrecy::MayBeRead, own) {
        scan.faults.push(fault);
    }
    scan.authorities(&path.join(CERTAUTH));
    scan.revoked(&path.join(CRL));
    scan.personal(&path.join(PERSONAL));
    scan.default(&path.join(DEFAULT));
    (scan.ring, scan.faults)
}

struct Scan {
    own: u32,
    ring: Ring,
    faults: Vec<RingError>,
}

impl Scan {
    fn authorities(&mut self, directory: &Path) {
        for (label, file) in self.files(directory) {
            let read = self.read(&file, Secrecy::MayBeRead);
            match read.and_then(|pem| certificates(&pem, &file)) {
                Ok(found) if found.is_empty() => self.faults.push(RingError::Content {
                    path: file,
                    words: "no certificate",
                }),
                Ok(found) => {
                    let labels = std::iter::repeat_n(label, found.len());
                    self.ring.authority_labels.extend(labels);
                    self.ring.authorities.extend(found);
                }
                Err(fault) => self.faults.push(fault),
            }
        }
    }

    fn revoked(&mut self, directory: &Path) {
        for (_, file) in self.files(directory) {
            let read = self.read(&file, Secrecy::MayBeRead);
            match read.and_then(|bytes| revoked(&bytes, &file)) {
                Ok(list) => self.ring.revoked.push(list),
                Err(fault) => self.faults.push(fault),
            }
        }
    }

    /// What an OCSP responder said of the certificate in a file, which lies beside it.
    fn status(&self, file: &Path) -> Result<Option<Vec<u8>>, RingError> {
        let path = file.with_extension(OCSP);
        if !path.exists() {
            return Ok(None);
        }
        let bytes = self.read(&path, Secrecy::MayBeRead)?;
        let response = OcspResponse::from_der(&bytes);
        let good = response.is_ok_and(|one| one.status() == OcspResponseStatus::SUCCESSFUL);
        match good {
            true => Ok(Some(bytes)),
            false => Err(RingError::Content {
                path,
                words: "no response of OCSP that says anything",
            }),
        }
    }

    fn personal(&mut self, directory: &Path) {
        for (label, file) in self.files(directory) {
            let read = self.read(&file, Secrecy::MustBeSecret);
            let found = read.and_then(|pem| personal(&pem, &file, &self.ring.authorities));
            let found = found.and_then(|mut found| {
                found.status = self.status(&file)?;
                Ok(found)
            });
            match found {
                Ok(found) => {
                    self.ring.personal.insert(label, found);
                }
                Err(fault) => self.faults.push(fault),
            }
        }
    }

    fn default(&mut self, marked: &Path) {
        if !marked.exists() {
            return;
        }
        let text = match self.read(marked, Secrecy::MayBeRead) {
            Ok(text) => text,
            Err(fault) => return self.faults.push(fault),
        };
        let label = String::from_utf8_lossy(&text)
            .trim_end_matches(['\r', '\n'])
            .to_owned();
        match self.ring.personal.contains_key(&label) {
            true => self.ring.default = Some(label),
            // It may be one of those that cannot be read, which was said.
            false if !self.faults.is_empty() => {}
            false => self.faults.push(RingError::NoDefault {
                path: marked.to_owned(),
                label,
            }),
        }
    }

    /// The files of a directory, by label and in its order; none where there is no directory.
    fn files(&mut self, directory: &Path) -> BTreeMap<String, PathBuf> {
        match self.listed(directory) {
            Ok(found) => found,
            Err(fault) => {
                self.faults.push(fault);
                BTreeMap::new()
            }
        }
    }

    fn listed(&self, directory: &Path) -> Result<BTreeMap<String, PathBuf>, RingError> {
        match fs::symlink_metadata(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            _ => guard::check(directory, Secrecy::MayBeRead, self.own)?,
        }
        files(directory)
    }

    fn read(&self, path: &Path, secrecy: Secrecy) -> Result<Vec<u8>, RingError> {
        read(path, secrecy, self.own)
    }
}

/// Reads a file that nobody else may change. `own` is the user that it may belong to, beside root.
pub fn read(path: &Path, secrecy: Secrecy, own: u32) -> Result<Vec<u8>, RingError> {
    let unread = |source| RingError::Unread {
        path: path.to_owned(),
        source,
    };
    let found = fs::metadata(path).map_err(unread)?;
    let content = |words| RingError::Content {
        path: path.to_owned(),
        words,
    };
    if !found.is_file() {
        return Err(content("no file"));
    }
    if found.len() > LARGEST {
        return Err(content("more than any certificate has"));
    }
    guard::check(path, secrecy, own)?;
    fs::read(path).map_err(unread)
}

/// A list of revoked certificates, in PEM or DER; in DER.
fn revoked(bytes: &[u8], path: &Path) -> Result<Vec<u8>, RingError> {
    let list = X509Crl::from_pem(bytes).or_else(|_| X509Crl::from_der(bytes));
    let der = list.and_then(|list| list.to_der());
    der.map_err(|source| RingError::Broken {
        path: path.to_owned(),
        source,
    })
}

/// The PEM files of a directory, by label; lists of revoked certificates may be in DER, too.
pub fn files(directory: &Path) -> Result<BTreeMap<String, PathBuf>, RingError> {
    let unread = |source| RingError::Unread {
        path: directory.to_owned(),
        source,
    };
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).map_err(unread)?.take(MOST_FILES) {
        let path = entry.map_err(unread)?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let ending = path.extension().and_then(|end| end.to_str());
        if let (Some(stem), Some("pem" | "crl")) = (stem, ending) {
            found.insert(name::label(stem), path.clone());
        }
    }
    Ok(found)
}

/// A file with a key, its certificate and perhaps its issuers, in any order.
fn personal(pem: &[u8], path: &Path, authorities: &[X509]) -> Result<Certificate, RingError> {
    let content = |words| RingError::Content {
        path: path.to_owned(),
        words,
    };
    let mut found = certificates(pem, path)?;
    // A key under a password would ask for it on the terminal: it gets an empty one, which fits none.
    let key = PKey::private_key_from_pem_passphrase(pem, b"");
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
    let chain = chain(&leaf, found.iter().chain(authorities));
    let complete = has_root(&leaf, &chain, found.iter().chain(authorities));
    Ok(Certificate {
        leaf,
        key,
        chain,
        complete,
        status: None,
    })
}

fn certificates(pem: &[u8], path: &Path) -> Result<Vec<X509>, RingError> {
    X509::stack_from_pem(pem).map_err(|source| RingError::Broken {
        path: path.to_owned(),
        source,
    })
}
