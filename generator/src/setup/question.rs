//! Questions, and what an answer may be.

/// Something that only the administrator knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The key of the answer.
    pub key: String,
    pub level: Level,
    pub label: String,
    /// What it is used for, as a sentence.
    pub help: String,
    /// A legal answer to start from; empty only for questions that may stay open.
    pub suggestion: String,
    pub required: bool,
    pub check: Check,
}

/// What an answer holds for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Level {
    /// All stacks of the image.
    Image,
    Stack,
    /// The key ring of this name, on the image.
    Ring(String),
}

/// What an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// A user ID or group.
    UserId,
    /// Up to 16 user IDs or groups, separated by blanks or commas.
    UserIds,
    /// A member, job or procedure.
    Member,
    /// A data set without member.
    DataSet,
    /// The first parts of the names of data sets.
    DataSetPrefix,
    /// A z/OS UNIX file, or a data set, with or without member.
    Place,
    /// A z/OS UNIX path.
    Path,
    /// A z/OS UNIX path that has room in the PARM of a procedure.
    ShortPath,
    /// Accounting information of a job, without its parentheses.
    Account,
    /// One letter or digit.
    Class,
    /// `TZ`.
    TimeZone,
    /// A label of a certificate.
    Label,
    /// Text inside a distinguished name.
    NamePart,
    /// A host name.
    Host,
    /// Two letters.
    Country,
    /// `yyyy/mm/dd`.
    Date,
    OneOf(&'static [&'static str]),
}

impl Question {
    /// Why an answer is refused; `None` when it can be used.
    pub fn refusal(&self, answer: &str) -> Option<String> {
        match (answer.trim(), self.required) {
            ("", true) => Some("an answer is needed".to_owned()),
            ("", false) => None,
            (answer, _) => self.check.refusal(answer),
        }
    }
}

impl Check {
    /// Why text that is not empty is refused; `None` when it can be used.
    pub fn refusal(self, text: &str) -> Option<String> {
        match self {
            Self::UserId => name(text, 8, Digit::Anywhere),
            Self::UserIds => user_ids(text),
            Self::Member => name(text, 8, Digit::NotFirst),
            Self::DataSet => data_set(text),
            Self::DataSetPrefix if text.len() > 35 => Some("35 characters are possible".to_owned()),
            Self::DataSetPrefix => data_set(text),
            Self::Place if text.starts_with('/') => path(text),
            Self::Place => data_set_with_member(text),
            Self::Path => path(text),
            Self::ShortPath if text.len() > 60 => Some("60 characters are possible".to_owned()),
            Self::ShortPath => path(text),
            Self::Account => characters(text, 1..=50, "letters, digits, `@ # $ . - / ,`", |c| {
                national(c) || ".-/,".contains(c)
            }),
            Self::Class => characters(text, 1..=1, "one letter or digit", |c| {
                c.is_ascii_alphanumeric()
            }),
            Self::TimeZone => characters(text, 3..=60, "letters, digits, `+ - , : . / < >`", |c| {
                c.is_ascii_alphanumeric() || "+-,:./<>".contains(c)
            }),
            Self::Label => characters(text, 1..=32, LABEL_WORDS, label_character),
            Self::NamePart => characters(text, 1..=64, LABEL_WORDS, label_character),
            Self::Host => characters(text, 1..=255, "letters, digits, `.` and `-`", |c| {
                c.is_ascii_alphanumeric() || ".-".contains(c)
            }),
            Self::Country => characters(text, 2..=2, "two letters", |c| c.is_ascii_alphabetic()),
            Self::Date => date(text),
            Self::OneOf(words) => match words.contains(&text) {
                true => None,
                false => Some(format!("choose one of {}", words.join(", "))),
            },
        }
    }
}

enum Digit {
    Anywhere,
    NotFirst,
}

const LABEL_WORDS: &str = "letters, digits, blanks and `_ - . , : / @ # $ & ' ( ) = +`";

/// Characters that every EBCDIC code page of z/OS has, and that stand safely between quotes.
fn label_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || " _-.,:/@#$&'()=+".contains(c)
}

fn national(c: char) -> bool {
    c.is_ascii_alphanumeric() || "@#$".contains(c)
}

fn characters(
    text: &str,
    len: std::ops::RangeInclusive<usize>,
    words: &str,
    allowed: impl Fn(char) -> bool,
) -> Option<String> {
    if let Some(c) = text.chars().find(|c| !allowed(*c)) {
        // Between quotes nobody sees it.
        let shown = match c {
            ' ' => "a blank".to_owned(),
            c => format!("`{}`", c.escape_debug()),
        };
        return Some(format!("{shown} is not possible here: {words}"));
    }
    if len.contains(&text.len()) {
        return None;
    }
    Some(format!(
        "{} to {} characters are possible",
        len.start(),
        len.end()
    ))
}

fn name(text: &str, max: usize, digit: Digit) -> Option<String> {
    match digit {
        Digit::NotFirst if text.starts_with(|c: char| c.is_ascii_digit()) => {
            Some("it does not start with a digit".to_owned())
        }
        _ => characters(text, 1..=max, "letters, digits and `@ # $`", national),
    }
}

fn user_ids(text: &str) -> Option<String> {
    let ids = split(text);
    match ids.len() {
        1..=16 => ids.iter().find_map(|id| name(id, 8, Digit::Anywhere)),
        _ => Some("1 to 16 user IDs or groups are possible".to_owned()),
    }
}

/// The words of a list.
pub(super) fn split(text: &str) -> Vec<&str> {
    text.split([' ', ','])
        .filter(|word| !word.is_empty())
        .collect()
}

fn data_set(text: &str) -> Option<String> {
    if text.len() > 44 {
        return Some("a data set name has at most 44 characters".to_owned());
    }
    text.split('.').find_map(|qualifier| {
        if qualifier.is_empty() {
            return Some("each part between periods has 1 to 8 characters".to_owned());
        }
        name(qualifier, 8, Digit::NotFirst)
    })
}

fn data_set_with_member(text: &str) -> Option<String> {
    match text.split_once('(') {
        None => data_set(text),
        Some((set, member)) => match member.strip_suffix(')') {
            None => Some("the member ends with `)`".to_owned()),
            Some(member) => data_set(set).or_else(|| name(member, 8, Digit::NotFirst)),
        },
    }
}

fn path(text: &str) -> Option<String> {
    if !text.starts_with('/') || text.ends_with('/') || text.contains("//") {
        return Some("write the whole path, from `/`, without `/` at its end".to_owned());
    }
    if text.split('/').any(|part| part == ".." || part == ".") {
        return Some("write the path without `.` and `..`".to_owned());
    }
    characters(text, 2..=255, "letters, digits and `/ . _ - @ # $`", |c| {
        national(c) || "/._-".contains(c)
    })
}

fn date(text: &str) -> Option<String> {
    let parts: Vec<_> = text.split('/').collect();
    let number = |at: usize, len: usize| {
        let part = parts.get(at).filter(|part| part.len() == len)?;
        part.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| part.parse::<u32>().ok())?
    };
    match (parts.len(), number(0, 4), number(1, 2), number(2, 2)) {
        (3, Some(2000..=9997), Some(month @ 1..=12), Some(day))
            if (1..=days(month)).contains(&day) =>
        {
            None
        }
        _ => Some("write a date as `2030/12/31`".to_owned()),
    }
}

/// The days that every month of this number has; the 29th of February is not worth a leap year rule.
fn days(month: u32) -> u32 {
    match month {
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_is_refused_is_named_so_that_it_is_seen() {
        let refused = |text: &str| name(text, 8, Digit::Anywhere).expect("a refusal");
        assert!(refused("NOT A").starts_with("a blank is not possible here: "));
        assert!(refused("NOT-A").starts_with("`-` is not possible here: "));
    }
}
