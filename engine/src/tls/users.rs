//! To whom certificates belong: what `ClientAuthType SAFCheck` asks, in place of a security product.
//!
//! ```text
//! # user id, then what a certificate has
//! ALICE  fingerprint  3A:9F:…                     the certificate itself, by its SHA-256
//! BOB    subject      CN=bob,OU=Payments,O=Bank   its own name
//! STAFF  issuer       OU=Staff CA,O=Bank          the name of who signed it
//! ```
//!
//! Names are written with the most specific part first; one that leaves out parts at the front stands for
//! all that end like it. The first line that fits counts.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use openssl::hash::MessageDigest;
use openssl::x509::{X509NameRef, X509Ref};
use thiserror::Error;

/// Characters of a user id.
const LONGEST: usize = 8;
/// Lines of a list.
const MOST: usize = 100_000;

/// The list.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Users {
    lines: Arc<[Line]>,
}

/// Plans are told apart by what they print; there is one list for all of them.
impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Users({} lines)", self.lines.len())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    user: String,
    has: Has,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Has {
    Fingerprint(Vec<u8>),
    /// `NAME=value`, the most specific first.
    Subject(Vec<String>),
    Issuer(Vec<String>),
}

/// A line that says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UsersError {
    #[error("line {line}: `{user}` is no user id of 1 to 8 characters")]
    User { line: usize, user: String },
    #[error("line {line}: write `fingerprint`, `subject` or `issuer` behind the user id")]
    Kind { line: usize },
    #[error("line {line}: `{text}` is no SHA-256 fingerprint of 64 hexadecimal digits")]
    Fingerprint { line: usize, text: String },
    #[error("line {line}: `{text}` is no name such as CN=bob,O=Bank")]
    Name { line: usize, text: String },
    #[error("more than {MOST} lines")]
    Many,
}

impl Users {
    /// Reads the list.
    pub fn read(text: &str) -> Result<Self, UsersError> {
        let mut lines = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if lines.len() == MOST {
                return Err(UsersError::Many);
            }
            lines.push(Line::read(at + 1, line)?);
        }
        Ok(Self {
            lines: lines.into(),
        })
    }

    /// To whom a certificate belongs.
    pub fn user_of(&self, certificate: &X509Ref) -> Option<&str> {
        let digest = certificate.digest(MessageDigest::sha256()).ok();
        let (subject, issuer) = (
            parts(certificate.subject_name()),
            parts(certificate.issuer_name()),
        );
        let fits = |line: &&Line| match &line.has {
            Has::Fingerprint(bytes) => digest.as_deref().is_some_and(|own| own == bytes.as_slice()),
            Has::Subject(end) => subject.ends_with(end),
            Has::Issuer(end) => issuer.ends_with(end),
        };
        self.lines.iter().find(fits).map(|line| line.user.as_str())
    }
}

impl Line {
    fn read(line: usize, text: &str) -> Result<Self, UsersError> {
        let (user, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let (kind, value) = rest
            .trim_start()
            .split_once(char::is_whitespace)
            .unwrap_or((rest, ""));
        let value = value.trim();
        if user.chars().count() > LONGEST {
            let user = user.to_owned();
            return Err(UsersError::User { line, user });
        }
        let name = || {
            let text = value.to_owned();
            written(value).ok_or(UsersError::Name { line, text })
        };
        let has = match kind.to_ascii_lowercase().as_str() {
            "fingerprint" => {
                let text = value.to_owned();
                Has::Fingerprint(digest(value).ok_or(UsersError::Fingerprint { line, text })?)
            }
            "subject" => Has::Subject(name()?),
            "issuer" => Has::Issuer(name()?),
            _ => return Err(UsersError::Kind { line }),
        };
        Ok(Self {
            user: user.to_ascii_uppercase(),
            has,
        })
    }
}

/// The bytes of a fingerprint, with or without colons.
fn digest(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<_> = text
        .chars()
        .filter(|one| *one != ':')
        .map(|one| one.to_digit(16))
        .collect::<Option<_>>()?;
    let pair = |pair: &[u32]| u8::try_from(pair.first()? * 16 + pair.get(1)?).ok();
    let bytes: Vec<_> = digits.chunks(2).map(pair).collect::<Option<_>>()?;
    (bytes.len() == 32).then_some(bytes)
}

/// The parts of a name as it is written: commas between them, a backslash before one that is not meant so.
fn written(text: &str) -> Option<Vec<String>> {
    let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
    for one in text.chars() {
        match one {
            _ if escaped => {
                part.push(one);
                escaped = false;
            }
            '\\' => escaped = true,
            ',' => parts.push(std::mem::take(&mut part)),
            _ => part.push(one),
        }
    }
    parts.push(part);
    let part = |part: String| {
        let (name, value) = part.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        let empty = name.is_empty() || value.is_empty();
        (!empty).then(|| format!("{}={value}", name.to_ascii_uppercase()))
    };
    parts.into_iter().map(part).collect()
}

/// The parts of a certificate's name, as [`written`] gives them.
fn parts(name: &X509NameRef) -> Vec<String> {
    let part = |entry: &openssl::x509::X509NameEntryRef| {
        let kind = entry.object().nid().short_name().unwrap_or("?");
        let mut text = format!("{}=", kind.to_ascii_uppercase());
        match entry.data().to_string() {
            Ok(value) => text.push_str(value.trim()),
            Err(_) => {
                let bytes = entry.data().as_slice();
                text.push('#');
                bytes.iter().for_each(|byte| {
                    let _ = write!(text, "{byte:02x}");
                });
            }
        }
        text
    };
    let mut parts: Vec<_> = name.entries().map(part).collect();
    // In the certificate, the most general part is the first.
    parts.reverse();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificates::{Kind, Made};

    fn hex(certificate: &X509Ref) -> String {
        let digest = certificate.digest(MessageDigest::sha256()).expect("a hash");
        let pairs: Vec<_> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }

    #[test]
    fn the_first_line_that_fits_counts() {
        let authority = Made::authority("Staff CA");
        let (bob, eve) = (
            authority.issue("bob", Kind::Ec),
            authority.issue("eve", Kind::Ec),
        );
        let stranger = Made::authority("Another CA").issue("bob", Kind::Ec);
        let list = format!(
            "# users\n\nEve fingerprint {}\n bob  subject cn = bob\nSTAFF issuer CN=Staff CA\n",
            hex(&eve.certificate)
        );
        let users = Users::read(&list).expect("a list");
        let user = |made: &Made| users.user_of(&made.certificate);
        assert_eq!(user(&eve), Some("EVE"));
        assert_eq!(user(&bob), Some("BOB"));
        assert_eq!(user(&stranger), Some("BOB"));
        assert_eq!(user(&authority.issue("dan", Kind::Ec)), Some("STAFF"));
        assert_eq!(user(&Made::authority("Another CA")), None);
    }

    #[test]
    fn names_are_compared_part_by_part_from_the_end() {
        let name = |text: &str| written(text).expect("a name");
        let full = name("CN=bob,OU=Pay\\, and more,O=Bank");
        assert!(full.ends_with(&name("ou=Pay\\, and more , o=Bank")));
        assert!(!full.ends_with(&name("U=Pay\\, and more,O=Bank")));
        assert!(!full.ends_with(&name("O=bank")));
    }

    #[test]
    fn lines_that_say_nothing_are_refused_with_their_number() {
        for (text, words) in [
            (
                "\nNINELETTERS subject CN=a",
                "line 2: `NINELETTERS` is no user id",
            ),
            ("BOB", "line 1: write `fingerprint`"),
            ("BOB fingerprint 12:34", "line 1: `12:34` is no SHA-256"),
            ("BOB subject bob", "line 1: `bob` is no name"),
            ("BOB subject CN=bob,", "line 1: `CN=bob,` is no name"),
        ] {
            let error = Users::read(text).expect_err("an error").to_string();
            assert!(error.starts_with(words), "{error}");
        }
    }
}
