//! Which passwords are taken: at least 8 characters and not one of those that everybody tries
//! first. There are no rules of composition, and nothing is cut off.
//!
//! The commonest passwords are a few words with a few decorations, and runs over the keyboard. A
//! list of the words and a look for the decorations finds them, and many more than a list would.

use std::collections::BTreeSet;
use std::sync::LazyLock;

const LEAST_CHARS: usize = 8;
/// Longer than any person types, and short enough to hash.
pub const MOST_BYTES: usize = 1024;
/// Beyond this length a pattern is no longer what is tried first.
const SHORT: usize = 20;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("The password is too short: it needs at least 8 characters, better 15.")]
    TooShort,
    #[error("The password is too long: at most 1024 bytes are taken.")]
    TooLong,
    #[error("This is among the passwords that are tried first. Take another one.")]
    Common,
    #[error("The password is the name of the account. Take another one.")]
    Name,
}

/// Whether the account called `name` may have this password.
pub fn check(password: &str, name: &str) -> Result<(), Refused> {
    if password.chars().count() < LEAST_CHARS {
        return Err(Refused::TooShort);
    }
    if password.len() > MOST_BYTES {
        return Err(Refused::TooLong);
    }
    let lower = password.to_lowercase();
    if decorated(&lower, |word| word == name.to_lowercase()) {
        return Err(Refused::Name);
    }
    if is_common(&lower) {
        return Err(Refused::Common);
    }
    Ok(())
}

fn is_common(lower: &str) -> bool {
    let length = lower.chars().count();
    if length > SHORT {
        return false;
    }
    let block = block(lower);
    block.chars().count() <= 4 && block.len() < lower.len()
        || is_run(lower)
        || is_run(block)
        || is_date(lower)
        || [lower, block]
            .iter()
            .any(|text| decorated(text, |word| WORDS.contains(word)))
}

/// The shortest text that gives `text` when it is written several times.
fn block(text: &str) -> &str {
    text.char_indices()
        .skip(1)
        .map(|(end, _)| &text[..end])
        .find(|block| {
            text.len().is_multiple_of(block.len()) && block.repeat(text.len() / block.len()) == text
        })
        .unwrap_or(text)
}

/// What lies side by side on keyboards, in the alphabet and among the figures.
const ROWS: &[&str] = &[
    "1234567890-=",
    "0123456789",
    "!@#$%^&*()_+",
    "qwertyuiop[]",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "yxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "zaq1xsw2cde3vfr4bgt5nhy6mju7",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qazwsxedcrfvtgbyhnujmikolp",
    "a1b2c3d4e5f6g7h8i9",
    "1a2b3c4d5e6f7g8h9",
];

/// Ways over the figures; only the whole way in order counts, since parts of it are any figures.
const WAYS: &[&str] = &[
    "147258369147",
    "963852741963",
    "159357159",
    "951753951",
    "789456123789",
    "321654987321",
    "1357924680",
    "0246813579",
];

/// Mostly steps along a row in either direction, or the same character again.
fn is_run(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() < 3 {
        return false;
    }
    if WAYS.iter().any(|way| way.contains(text)) {
        return true;
    }
    let breaks = chars
        .windows(2)
        .filter(|pair| {
            let (a, b) = (pair[0], pair[1]);
            a != b
                && !ROWS
                    .iter()
                    .any(|row| beside(row, a, b) || beside(row, b, a))
        })
        .count();
    breaks <= 1
}

fn beside(row: &str, a: char, b: char) -> bool {
    row.chars()
        .zip(row.chars().skip(1))
        .any(|pair| pair == (a, b))
}

/// Eight figures that are a day of the last or this century.
fn is_date(text: &str) -> bool {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap_or(0);
    let year = |y: u32| (1900..2100).contains(&y);
    let day = |a: u32, b: u32| {
        let (low, high) = (a.min(b), a.max(b));
        (1..=12).contains(&low) && (1..=31).contains(&high)
    };
    year(number(4, 8)) && day(number(0, 2), number(2, 4))
        || year(number(0, 4)) && day(number(4, 6), number(6, 8))
}

static WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    include_str!("common-words.txt")
        .split_whitespace()
        .collect()
});

/// Whether a word of the kind is left when figures and signs around it, and in the place of
/// letters, are taken away.
fn decorated(text: &str, is_word: impl Fn(&str) -> bool) -> bool {
    let plain = |c: char| !c.is_alphabetic();
    let head = &text[..text.len() - text.trim_start_matches(plain).len()];
    let tail = &text[text.trim_end_matches(plain).len().max(head.len())..];
    if !is_trimming(head) || !is_trimming(tail) {
        return is_word(&letters(text));
    }
    let bare = &text[head.len()..text.len() - tail.len()];
    // A sign at an end can stand for a letter: `pa55w0rd!`, `$ecret1`.
    [
        bare,
        &text[..text.len() - tail.len()],
        &text[head.len()..],
        text,
    ]
    .iter()
    .any(|part| is_word(part) || is_word(&letters(part)))
}

/// What people put before and after a word.
fn is_trimming(text: &str) -> bool {
    text.chars().count() <= 5 || is_run(text) || is_date(text)
}

fn letters(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' | '+' => 't',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for password in [
            "password",
            "Password1",
            "p@ssw0rd",
            "P@ssw0rd123",
            "pa$$word",
            "passw0rd!",
            "12345678",
            "123456789",
            "1234567890",
            "87654321",
            "11111111",
            "00000000",
            "12341234",
            "11223344",
            "123123123",
            "12121212",
            "147258369",
            "789456123",
            "qwertyui",
            "qwerty123",
            "qwer1234",
            "1qaz2wsx",
            "1q2w3e4r",
            "zaq12wsx",
            "asdf1234",
            "abcd1234",
            "abc12345",
            "a1b2c3d4",
            "asdfghjk",
            "asdfjkl;",
            "q1w2e3r4",
            "iloveyou",
            "sunshine",
            "football",
            "baseball",
            "princess",
            "superman",
            "trustno1",
            "jennifer",
            "michelle",
            "starwars",
            "computer",
            "corvette",
            "mercedes",
            "welcome1",
            "Welcome2024",
            "Summer2025!",
            "letmein123",
            "changeme",
            "admin123",
            "administrator",
            "!QAZ2wsx",
            "monkey12",
            "dragon99",
            "passwordpassword",
            "abcabcabc",
            "01011980",
            "19870412",
            "Gatehouse1",
            "$ecret123",
            "qwertyqwerty",
        ] {
            let refused = check(password, "anna");
            assert_eq!(refused, Err(Refused::Common), "{password}");
        }
    }

    #[test]
    fn what_nobody_tries_first_is_taken() {
        for password in [
            "correct horse battery staple",
            "kz8vqw2m",
            "brunnenfrosch 7",
            "Tr0ub4dour-and-3",
            "mainframe password",
            "83920174",
            "ein langer Satz",
            "ÄÖÜäöüß!",
            &"x".repeat(64),
            &format!("{}b", "a".repeat(64)),
        ] {
            assert_eq!(check(password, "anna"), Ok(()), "{password}");
        }
    }

    #[test]
    fn length_counts_characters_and_nothing_is_cut() {
        assert_eq!(check("kz8vqw2", "anna"), Err(Refused::TooShort));
        assert_eq!(check("äöüßäöü", "anna"), Err(Refused::TooShort));
        assert_eq!(check(&"kz8v ".repeat(204), "anna"), Ok(()));
        assert_eq!(check(&"kz8v ".repeat(206), "anna"), Err(Refused::TooLong));
    }

    #[test]
    fn the_name_is_no_password() {
        assert_eq!(check("brunhilde", "Brunhilde"), Err(Refused::Name));
        assert_eq!(check("Brunhilde2025", "brunhilde"), Err(Refused::Name));
        assert_eq!(check("Brunhilde singt", "brunhilde"), Ok(()));
    }

    #[test]
    fn the_words_with_common_endings_are_more_than_the_top_3000() {
        let endings = ["1", "123", "2024", "!"];
        let common = WORDS
            .iter()
            .flat_map(|word| endings.map(|ending| format!("{word}{ending}")))
            .filter(|password| password.len() >= LEAST_CHARS)
            .filter(|password| check(password, "nobody-here") == Err(Refused::Common))
            .count();
        assert!(common > 3000, "{common}");
    }
}
