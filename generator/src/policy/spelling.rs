//! What a misspelt word was meant to be.

use crate::finding::Suggestion;

/// Words longer than this are no misspelt keyword.
const LONGEST: usize = 64;

/// The candidate closest to `word`, if it is close enough to be meant; of equally close ones the first.
/// Case does not count.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    Some(meant(word, candidates)?.0)
}

/// The same, and whether no other candidate comes as close.
pub fn meant<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<(&'a str, bool)> {
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let limit = (word.len() / 4).clamp(1, 4);
    let mut best: Option<(usize, &str, bool)> = None;
    for candidate in candidates {
        if candidate.len().abs_diff(word.len()) > limit {
            continue;
        }
        let distance = distance(word.as_bytes(), candidate.as_bytes());
        best = match best {
            _ if distance > limit => best,
            Some((least, first, _)) if least == distance => Some((least, first, false)),
            Some((least, ..)) if least < distance => best,
            _ => Some((distance, candidate, true)),
        };
    }
    best.map(|(_, candidate, alone)| (candidate, alone))
}

/// What to do about a statement that nobody knows.
pub fn statement_hint(meant: Option<(&str, bool)>) -> String {
    match meant {
        Some((meant, _)) => format!("write `{meant}` if that is meant"),
        None => "remove it, or put `#` before it if it is a comment".to_owned(),
    }
}

/// The suggestion to write a keyword for a word that comes close to it, and to others or not. Another
/// number is another thing, and no slip.
pub fn suggestion(word: &str, (meant, alone): (&str, bool)) -> Suggestion {
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    Suggestion {
        text: meant.to_owned(),
        safe: alone && digits(word) == digits(meant),
    }
}

/// Letters to add, drop, change or swap with their neighbour.
fn distance(word: &[u8], candidate: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=candidate.len()).collect();
    for (row, letter) in word.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in candidate.iter().enumerate() {
            let other = other.to_ascii_lowercase();
            let mut best = above[column] + usize::from(*letter != other);
            best = best.min(above[column + 1] + 1).min(current[column] + 1);
            let swapped = row > 0
                && column > 0
                && word[row - 1] == other
                && candidate[column - 1].eq_ignore_ascii_case(letter);
            if swapped {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut above, current);
    }
    above[candidate.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        let words = ["Direction", "Priority", "TLSv1.2", "TLSv1.3", "Trace"];
        assert_eq!(closest("Dirction", words), Some("Direction"));
        assert_eq!(closest("pirority", words), Some("Priority"));
        assert_eq!(closest("TRACE", words), Some("Trace"));
        assert_eq!(closest("Colour", words), None);
        assert_eq!(closest(&"x".repeat(1000), words), None);
        assert_eq!(closest("", words), None);
        assert_eq!(meant("Dirction", words), Some(("Direction", true)));
        assert_eq!(meant("TLSv1.", words), Some(("TLSv1.2", false)));
    }
}
