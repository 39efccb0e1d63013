//! Names of jobs and users as spans of texts in order.

use crate::policy::lookup::{Conditions, Pattern};

/// Texts from the first, included, to the second, not included; `None`: without end.
pub type NameSpan = (Vec<u8>, Option<Vec<u8>>);

/// Whether every name that fits `inner` fits `outer`. May miss some pairs of patterns with an asterisk in
/// the middle.
pub fn contains(outer: &Pattern, inner: &Pattern) -> bool {
    match (outer, inner) {
        (Pattern::Any, _) => true,
        (outer, inner) if outer == inner => true,
        (outer, Pattern::Exact(name)) => outer.matches(name),
        (Pattern::Prefix(stem), Pattern::Prefix(longer)) => longer.starts_with(stem.as_str()),
        (Pattern::Prefix(stem), Pattern::Glob(glob)) => glob_stem(glob).starts_with(stem.as_str()),
        // Ends in an asterisk and takes the stem: takes whatever begins with it.
        (Pattern::Glob(glob), Pattern::Prefix(stem)) => glob.ends_with('*') && outer.matches(stem),
        (Pattern::Prefix(_) | Pattern::Glob(_) | Pattern::Exact(_), Pattern::Any) => false,
        (Pattern::Exact(_), Pattern::Prefix(_) | Pattern::Glob(_)) => false,
        (Pattern::Glob(_), Pattern::Glob(_)) => false,
    }
}

/// The names that may fit: for an asterisk in the middle, all with the same beginning.
pub fn possible(pattern: &Pattern) -> NameSpan {
    match pattern {
        Pattern::Any => (Vec::new(), None),
        Pattern::Exact(name) => {
            let name = name.to_ascii_uppercase().into_bytes();
            let mut after = name.clone();
            after.push(0);
            (name, Some(after))
        }
        Pattern::Prefix(stem) => beginning_with(stem),
        Pattern::Glob(glob) => beginning_with(glob_stem(glob)),
    }
}

/// Whether the names that may fit are those that do.
pub fn is_certain(pattern: &Pattern) -> bool {
    !matches!(pattern, Pattern::Glob(_))
}

pub fn is_glob(conditions: &Conditions) -> bool {
    !is_certain(&conditions.job) || !is_certain(&conditions.user)
}

/// A few names that may fit all these patterns, the most usual first; `cell`: the first name that they can
/// be, and the one that none of them reaches.
pub fn examples<'a>(
    patterns: impl Iterator<Item = &'a Pattern>,
    cell: (&[u8], Option<&[u8]>),
) -> Vec<String> {
    let mut examples: Vec<String> = patterns
        .filter_map(|pattern| match pattern {
            Pattern::Glob(glob) => Some(FILLERS.map(|filler| glob.replace('*', filler))),
            Pattern::Any | Pattern::Exact(_) | Pattern::Prefix(_) => None,
        })
        .flatten()
        .collect();
    let (start, end) = cell;
    let text = String::from_utf8_lossy(start);
    // A cell behind a single name begins with a character that no name has.
    let stem = text.trim_end_matches('\0');
    let ends = LETTERS.iter().map(|letter| format!("{stem}{letter}"));
    let inside =
        |name: &String| start <= name.as_bytes() && end.is_none_or(|end| name.as_bytes() < end);
    let in_order = std::iter::once(stem.to_owned()).chain(ends);
    examples.extend(in_order.filter(inside).take(2));
    examples.extend([text.to_string(), format!("{text}\u{1}")]);
    examples.dedup();
    examples
}

/// What an asterisk in the middle may stand for.
const FILLERS: [&str; 5] = ["", "1", "Q", "\u{1}", "\u{1}Q\u{1}"];
/// What a name may go on with.
const LETTERS: [&str; 6] = ["1", "A", "X", "#", "9", "Z"];

fn glob_stem(glob: &str) -> &str {
    glob.split('*').next().unwrap_or("")
}

fn beginning_with(stem: &str) -> NameSpan {
    let stem = stem.to_ascii_uppercase().into_bytes();
    let mut after = stem.clone();
    while let Some(last) = after.pop() {
        if last < u8::MAX {
            after.push(last + 1);
            return (stem, Some(after));
        }
    }
    (stem, None)
}
