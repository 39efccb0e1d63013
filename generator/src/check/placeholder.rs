//! Values that a sample left to be filled in.

use crate::finding::{Page, Severity};

pub(super) static IN_THE_WAY: Page = Page {
    code: "AT237",
    name: "placeholder-left",
    severity: Severity::Error,
    message: "`{value}` is still to be filled in: it is not a value of `{keyword}`",
    help: "write the real value",
    why: "The file was made from a sample, and this part of it was not filled in. It is a parse error, and after one the Policy Agent installs no new AT-TLS policy for the stack.",
};

pub(super) static TAKEN: Page = Page {
    code: "AT238",
    name: "placeholder-as-value",
    severity: Severity::Warning,
    message: "`{value}` looks as if it is still to be filled in",
    help: "write the real value",
    why: "The file was made from a sample, and this part of it was not filled in. The Policy Agent takes it as it stands, and only a connection shows that no such key ring, label or job is there.",
};

/// The signs around a word that stands for another.
const AROUND: [(char, char); 6] = [
    ('<', '>'),
    ('[', ']'),
    ('?', '?'),
    ('%', '%'),
    ('«', '»'),
    ('!', '!'),
];

/// Words that stand for others.
const WORDS: [&str; 9] = [
    "changeme",
    "change_me",
    "change-me",
    "replaceme",
    "replace_me",
    "replace-me",
    "fixme",
    "todo",
    "tbd",
];

/// Whether a value, or a part of it between slashes, stands for another one.
pub(super) fn is_placeholder(value: &str) -> bool {
    stands_for(value) || (value.contains('/') && value.split('/').any(stands_for))
}

fn stands_for(text: &str) -> bool {
    // Nearly every value of a policy is told by its first letter.
    match text.chars().next() {
        Some(first) if AROUND.iter().any(|(open, _)| *open == first) => is_in_signs(text),
        Some('c' | 'C' | 'r' | 'R' | 'f' | 'F' | 't' | 'T') => {
            WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
        }
        Some('x' | 'X' | 'n' | 'N') => is_crossed_out(text),
        Some('$') => text.starts_with("${") && text.ends_with('}'),
        Some('{') => text.starts_with("{{") && text.ends_with("}}"),
        _ => false,
    }
}

fn is_in_signs(text: &str) -> bool {
    let inside = AROUND.iter().find_map(|(open, close)| {
        let rest = text.strip_prefix(*open)?;
        rest.strip_suffix(*close)
    });
    // An IPv6 address can stand in brackets.
    inside.is_some_and(|inside| {
        let first = inside.chars().next();
        first.is_some_and(char::is_alphabetic) && !inside.contains(':')
    })
}

/// "xxx.xxx.x.x", "nnnn": one letter in place of each that is to come.
fn is_crossed_out(text: &str) -> bool {
    let only = |letter: u8| {
        let mut bytes = text.bytes();
        bytes.all(|byte| byte.eq_ignore_ascii_case(&letter) || matches!(byte, b'.' | b':' | b'-'))
    };
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    letters >= 4 && (only(b'x') || only(b'n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_something_is_told_from_values() {
        for text in [
            "<userid>",
            "?port?",
            "[ring_name]",
            "%JOB%",
            "ChangeMe",
            "xxx.xxx.xxx.xxx",
            "x.x.x.x",
            "USER/<ring>",
            "<user>/RING",
            "nnnn",
            "<my label>",
            "${ring}",
            "{{ ring }}",
            "USER/${ring}",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "",
            "?",
            "??",
            "[::1]",
            "[2001:db8::1]:389",
            "XYZ",
            "10.1.1.2",
            "USER/RING",
            "xx",
            "nnxx",
            "a<b>",
            "/etc/x.kdb",
            "<",
            "[fe80::1]",
            "*",
            "$JOB",
            "...",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
