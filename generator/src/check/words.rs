//! Lists in sentences.

/// So many things of a list are named.
const NAMED: usize = 5;

/// "a, b and c"; of many the first and how many more.
pub(super) fn and(items: &[impl AsRef<str>]) -> String {
    list(items, "and")
}

/// "a, b or c".
pub(super) fn or(items: &[impl AsRef<str>]) -> String {
    list(items, "or")
}

fn list(items: &[impl AsRef<str>], word: &str) -> String {
    let mut words: Vec<_> = items.iter().map(AsRef::as_ref).collect();
    let more = words.len().saturating_sub(NAMED);
    let more = format!("{more} more");
    if words.len() > NAMED + 1 {
        words.truncate(NAMED);
        words.push(&more);
    }
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_end_with_a_number() {
        assert_eq!(and(&[""; 0]), "");
        assert_eq!(and(&["a"]), "a");
        assert_eq!(or(&["a", "b"]), "a or b");
        assert_eq!(and(&["a", "b", "c", "d", "e", "f"]), "a, b, c, d, e and f");
        let seven = ["a", "b", "c", "d", "e", "f", "g"];
        assert_eq!(and(&seven), "a, b, c, d, e and 2 more");
    }
}
