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

/// A few names that fit.
pub fn examples(pattern: &Pattern, start: &str) -> Vec<String> {
    match pattern {
        Pattern::Glob(glob) => ["", "\u{1}", "\u{1}Q\u{1}"]
            .iter()
            .map(|filler| glob.replace('*', filler))
            .collect(),
        Pattern::Any | Pattern::Exact(_) | Pattern::Prefix(_) => {
            vec![start.to_owned(), format!("{start}\u{1}")]
        }
    }
}

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
