//! What a misspelt word was meant to be.

/// Words longer than this are no misspelt keyword.
const LONGEST: usize = 64;

/// The candidate closest to `word`, if it is close enough to be meant. Case does not count.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let limit = (word.len() / 4).clamp(1, 4);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= limit)
        .map(|candidate| (distance(word.as_bytes(), candidate.as_bytes()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
    }
}
