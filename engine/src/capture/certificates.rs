//! Chains of certificates in words.

use super::messages::Words;
use super::reader::Reader;
use crate::tls::certificate_words;

/// A Certificate message: of TLS 1.3 (RFC 8446, 4.4.2), or of the older versions (RFC 5246, 7.4.2). Which of
/// them it is shows in its first bytes, as chains of less than 64 KiB are all that there are.
pub fn words(body: &[u8]) -> Option<Words> {
    let (list, is_13) = match body {
        [0, _, _, _, ..] if whole(body, 1).is_some() => (whole(body, 1)?, true),
        _ => (whole(body, 0)?, false),
    };
    let mut rest = list;
    let (mut details, mut first, mut number) = (Vec::new(), String::new(), 0);
    while !rest.is_empty() {
        let der = rest.part(3)?.0;
        if is_13 {
            rest.part(2)?;
        }
        number += 1;
        let (subject, lines) = certificate_words(der)
            .unwrap_or_else(|| ("no certificate that can be read".to_owned(), Vec::new()));
        if number == 1 {
            first.clone_from(&subject);
        }
        details.push(format!("{number}: {subject}"));
        details.extend(lines.into_iter().map(|line| format!("  {line}")));
    }
    Some(Words {
        kind: "Certificate".to_owned(),
        summary: match number {
            0 => "none".to_owned(),
            1 => first,
            _ => format!("{first}, with {} above it", number - 1),
        },
        details,
    })
}

/// The list of certificates after a context of so many bytes' length, where it ends with the message.
fn whole(body: &[u8], context: usize) -> Option<Reader<'_>> {
    let mut rest = Reader(body);
    if context > 0 {
        rest.part(context)?;
    }
    let list = rest.part(3)?;
    rest.is_empty().then_some(list)
}
