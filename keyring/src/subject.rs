//! Names of certificates as people write them: `CN=www.example.com,O=Example,C=DE`.

use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::x509::{X509Name, X509NameBuilder};
use thiserror::Error;

/// A text that is no name of a certificate.
#[derive(Debug, Error)]
pub enum SubjectError {
    #[error("a name is written as CN=www.example.com,O=Example,C=DE; `{0}` has no equals sign")]
    NoEquals(String),
    #[error(
        "`{0}` is no part of a name that is known: CN, O, OU, L, ST, C, DC, UID, SERIALNUMBER, E"
    )]
    Unknown(String),
    #[error("{0} is empty")]
    Empty(String),
    #[error("the name ends with a backslash")]
    Backslash,
    #[error(
        "{part}: OpenSSL does not take `{value}`, such as a country that has not two letters: {source}"
    )]
    Refused {
        part: String,
        value: String,
        source: ErrorStack,
    },
    #[error("OpenSSL refuses it: {0}")]
    Library(#[from] ErrorStack),
}

/// The parts that can be written, by RFC 4514, section 3, and RFC 4519.
const PARTS: [(&str, Nid); 12] = [
    ("CN", Nid::COMMONNAME),
    ("O", Nid::ORGANIZATIONNAME),
    ("OU", Nid::ORGANIZATIONALUNITNAME),
    ("L", Nid::LOCALITYNAME),
    ("ST", Nid::STATEORPROVINCENAME),
    ("S", Nid::STATEORPROVINCENAME),
    ("C", Nid::COUNTRYNAME),
    ("DC", Nid::DOMAINCOMPONENT),
    ("UID", Nid::USERID),
    ("SERIALNUMBER", Nid::SERIALNUMBER),
    ("E", Nid::PKCS9_EMAILADDRESS),
    ("EMAILADDRESS", Nid::PKCS9_EMAILADDRESS),
];

/// Reads a name as RFC 4514 writes it: the most specific part first, a backslash before what is special.
pub fn subject(text: &str) -> Result<X509Name, SubjectError> {
    let mut builder = X509NameBuilder::new()?;
    for part in split(text)?.iter().rev() {
        let (kind, value) = part
            .split_once('=')
            .ok_or_else(|| SubjectError::NoEquals(part.clone()))?;
        let (kind, value) = (kind.trim(), plain(value.trim()));
        let mut known = PARTS.iter();
        let (_, nid) = known
            .find(|(name, _)| name.eq_ignore_ascii_case(kind))
            .ok_or_else(|| SubjectError::Unknown(kind.to_owned()))?;
        if value.is_empty() {
            return Err(SubjectError::Empty(kind.to_owned()));
        }
        let added = builder.append_entry_by_nid(*nid, &value);
        added.map_err(|source| SubjectError::Refused {
            part: kind.to_owned(),
            value,
            source,
        })?;
    }
    Ok(builder.build())
}

/// Parts between commas that have no backslash before them; backslashes are left in.
fn split(text: &str) -> Result<Vec<String>, SubjectError> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ',' => parts.push(String::new()),
            letter => {
                let part = parts.last_mut();
                let Some(part) = part else { continue };
                part.push(letter);
                if letter == '\\' {
                    part.push(letters.next().ok_or(SubjectError::Backslash)?);
                }
            }
        }
    }
    Ok(parts)
}

fn plain(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.extend(letters.next()),
            letter => text.push(letter),
        }
    }
    text
}
