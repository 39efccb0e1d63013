//! Pasted text as plain lines: without the colours of a terminal, marks of byte order, marks of quoting,
//! and with plain punctuation.

/// Bytes of a text that are looked at.
pub const LONGEST: usize = 1 << 20;

/// A text as plain lines, and whether its end was left out.
pub(super) fn plain(text: &str) -> (String, bool) {
    let cut = text.len() > LONGEST;
    let text = match cut {
        true => &text[..text.floor_char_boundary(LONGEST)],
        false => text,
    };
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => {
                // A sequence of a terminal ends with a letter; what has none is no sequence for long.
                if characters.next_if_eq(&'[').is_some() {
                    for _ in 0..32 {
                        match characters.next() {
                            Some('@'..='~') | None => break,
                            Some(_) => {}
                        }
                    }
                }
            }
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    plain.push('\n');
                }
            }
            '\n' => plain.push('\n'),
            '\u{85}' | '\u{2028}' | '\u{2029}' => plain.push('\n'),
            '\u{feff}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{fffd}' => {}
            '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => plain.push('\''),
            '\u{2010}'..='\u{2015}' => plain.push('-'),
            '\u{2026}' => plain.push_str("..."),
            other if other.is_whitespace() || other.is_control() => plain.push(' '),
            other => plain.push(other),
        }
    }
    (plain, cut)
}

/// A line without the marks of quoting in front of it.
pub(super) fn unquoted(line: &str) -> &str {
    line.trim_start_matches(['>', '|', ' ']).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rubbish_of_terminals_and_programs_goes() {
        let (text, cut) = plain(
            "\u{feff}\u{1b}[31;1mRC:\u{a0}402\u{1b}[0m \u{2013} \u{2018}x\u{2019}\r\nnext\u{0}",
        );
        assert_eq!((text.as_str(), cut), ("RC: 402 - 'x'\nnext ", false));
        assert_eq!(plain("\u{1b}").0, "");
        assert_eq!(plain("\u{1b}[").0, "");
        assert_eq!(unquoted("> | > EZD1286I  "), "EZD1286I");
    }

    #[test]
    fn text_that_is_too_long_is_cut_between_characters() {
        let (text, cut) = plain(&"ä".repeat(LONGEST));
        assert!(cut && text.len() <= LONGEST && text.chars().all(|one| one == 'ä'));
    }
}
