//! The names of statements: within PAGENT's 32 characters, without collisions.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use crate::objects::Layout;
use crate::policy::table::MAX_NAME;

use super::block::NameParts;

/// Gives names to statements; one for each statement kind.
pub(super) struct Namer {
    layout: Layout,
    taken: HashSet<String>,
}

impl Namer {
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            taken: HashSet::new(),
        }
    }

    /// A name that no statement of the kind has yet, and the full name where it had to be shortened.
    ///
    /// The compatible layout numbers contents (`eAct1~MQ`). The compact one is named after objects
    /// alone (`eAct~MQ~GOLD12`), so that another rule does not rename what others use.
    pub fn name(&mut self, number: usize, parts: &NameParts<'_>) -> (String, Option<String>) {
        let stem = match (self.layout, parts.compatible) {
            (Layout::Compatible, Some(object)) => format!("{}{number}~{object}", parts.kind),
            (Layout::Compatible, None) => format!("{}{number}", parts.kind),
            (Layout::Compact, _) if parts.kind.is_empty() => parts.objects.join("~"),
            (Layout::Compact, _) => [&[parts.kind], parts.objects].concat().join("~"),
        };
        self.unique(stem)
    }

    /// The stem itself, or the stem with a number where the name is taken.
    pub fn unique(&mut self, stem: String) -> (String, Option<String>) {
        let mut full = stem.clone();
        for number in 2.. {
            let name = shorten(&full);
            if self.taken.insert(name.clone()) {
                let shortened = (name != full).then_some(full);
                return (name, shortened);
            }
            full = format!("{stem}~{number}");
        }
        unreachable!("there are more numbers than names")
    }
}

/// The name, or its first 26 characters, a period, and five characters of its hash.
pub(crate) fn shorten(name: &str) -> String {
    if name.chars().count() <= MAX_NAME {
        return name.to_owned();
    }
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let hash = Sha256::digest(name.as_bytes());
    let mut short: String = name.chars().take(MAX_NAME - 6).collect();
    short.push('.');
    short.extend(
        hash.iter()
            .take(5)
            .map(|byte| char::from(DIGITS[usize::from(byte % 32)])),
    );
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_32_characters_stay_and_longer_ones_are_shortened_to_32() {
        let fits = "a".repeat(32);
        assert_eq!(shorten(&fits), fits);
        let long = shorten(&"a".repeat(33));
        assert_eq!(long.len(), 32);
        assert_ne!(long, shorten(&"a".repeat(34)));
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let mut namer = Namer::new(Layout::Compact);
        assert_eq!(namer.unique("MQ~1".to_owned()), ("MQ~1".to_owned(), None));
        assert_eq!(namer.unique("MQ~1".to_owned()), ("MQ~1~2".to_owned(), None));
    }
}
