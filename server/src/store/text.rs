//! Text that people give: how long it may be, and what it may hold. And the time as text.

use generator::objects::ObjectId;
use time::OffsetDateTime;
use time::macros::format_description;

use super::{Result, StoreError};

/// The most bytes of one object's JSON.
pub const MAX_BODY: usize = 1 << 20;
/// The most objects of one edit.
pub const MAX_CHANGES: usize = 100_000;
const MAX_LINE: usize = 500;
const MAX_TEXT: usize = 10_000;

/// The time, as RFC 3339 in UTC with milliseconds.
pub fn now() -> String {
    written(OffsetDateTime::now_utc())
}

/// A time in milliseconds since 1970, written so; the earliest time for one out of range.
pub fn at(milliseconds: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000);
    written(time.unwrap_or(OffsetDateTime::UNIX_EPOCH))
}

fn written(time: OffsetDateTime) -> String {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    // INVARIANT: the format names only parts that every date and time has.
    time.format(&format).unwrap_or_default()
}

/// The name of a store: 1 to 64 letters, digits or `_ - .`, starting with a letter or digit.
pub fn store_name(name: &str) -> Result<()> {
    let legal = (1..=64).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    if legal {
        return Ok(());
    }
    Err(StoreError::invalid(
        "the name of a store is 1 to 64 letters, digits or `_ - .`, starting with a letter or digit",
    ))
}

/// The id of an object: 1 to 64 letters, digits or `_ - . : @`.
pub fn object_id(id: &ObjectId) -> Result<()> {
    let legal = (1..=64).contains(&id.0.len())
        && id
            .0
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-.:@".contains(c));
    if legal {
        return Ok(());
    }
    Err(StoreError::invalid(
        "the id of an object is 1 to 64 letters, digits or `_ - . : @`",
    ))
}

/// One line, such as a reason.
pub fn line(what: &str, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(StoreError::invalid(format!("{what} is missing")));
    }
    check(what, text, MAX_LINE, |c| c.is_control())
}

/// Several lines, perhaps none, such as a comment.
pub fn lines(what: &str, text: &str) -> Result<()> {
    check(what, text, MAX_TEXT, |c| {
        c.is_control() && c != '\n' && c != '\t'
    })
}

fn check(what: &str, text: &str, limit: usize, refused: impl Fn(char) -> bool) -> Result<()> {
    if text.len() > limit {
        return Err(StoreError::TooLarge {
            what: what.to_owned(),
            limit,
        });
    }
    if text.chars().any(refused) {
        return Err(StoreError::invalid(format!(
            "{what} holds a control character"
        )));
    }
    Ok(())
}
