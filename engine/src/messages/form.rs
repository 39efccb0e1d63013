//! How lines of the log look.

use std::str::FromStr;

use jiff::Zoned;
use serde::Serialize;
use thiserror::Error;

/// A form of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// For people: time, name, words.
    #[default]
    Text,
    /// For programs: an object in each line.
    Json,
    /// For the journal of systemd, which knows the time: a priority before each line.
    Journal,
}

/// A word that is no form.
#[derive(Debug, Error)]
#[error("the forms are text, json and journal")]
pub struct NoForm;

impl FromStr for Form {
    type Err = NoForm;

    fn from_str(text: &str) -> Result<Self, NoForm> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            "journal" => Ok(Self::Journal),
            _ => Err(NoForm),
        }
    }
}

/// One line for programs.
#[derive(Serialize)]
struct Entry<'t> {
    time: String,
    engine: &'t str,
    /// The id of AT-TLS, where it is one of its messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rc: Option<u32>,
    text: &'t str,
}

impl Form {
    /// A text as it is written, with the ends of its lines.
    pub fn written(self, now: &Zoned, name: &str, text: &str) -> String {
        match self {
            Self::Text => format!("{}\n", plain(now, name, text)),
            Self::Json => {
                let entry = Entry {
                    time: now.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
                    engine: name,
                    message: id(text),
                    connection: behind(text, "CONNID: ")
                        .and_then(|digits| u32::from_str_radix(digits, 16).ok()),
                    rule: id(text).and_then(|_| behind(text, "RULE: ")),
                    rc: id(text)
                        .and_then(|_| behind(text, "RC: "))
                        .and_then(|digits| digits.parse().ok()),
                    text,
                };
                // Strings and numbers always have a text.
                serde_json::to_string(&entry).unwrap_or_default() + "\n"
            }
            Self::Journal => {
                let priority = if is_bad(text) { 4 } else { 6 };
                let lines = text.lines().map(|line| format!("<{priority}>{line}\n"));
                lines.collect()
            }
        }
    }
}

/// For people.
pub fn plain(now: &Zoned, name: &str, text: &str) -> String {
    format!("{} {name} {text}", now.strftime("%H:%M:%S"))
}

/// The id of the message that a text begins with.
fn id(text: &str) -> Option<&str> {
    let first = text.split_ascii_whitespace().next()?;
    (first.len() == 8 && first.starts_with("EZD")).then_some(first)
}

/// The word behind a label.
fn behind<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(label)?;
    rest.split_ascii_whitespace().next()
}

/// Something that somebody has to look at.
fn is_bad(text: &str) -> bool {
    let error = matches!(id(text), Some("EZD1286I" | "EZD1287I"));
    error || text.contains("error") || text.contains("cannot be")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ERROR: &str = "EZD1286I TTLS Error GRPID: 00000003 ENVID: 00000001 CONNID: 0000001F LOCAL: 10.1.1.2..992 REMOTE: 10.1.0.9..40000 JOBNAME: TN3270 USERID: START1 RULE: RULEA RC:  402 Initial Handshake\n  why: no suite in common";

    fn at() -> Zoned {
        "2026-11-22T06:05:04.321+01:00[+01:00]"
            .parse()
            .expect("a time")
    }

    #[test]
    fn people_read_time_and_words() {
        let written = Form::Text.written(&at(), "TCPIP", "ready");
        assert_eq!(written, "06:05:04 TCPIP ready\n");
    }

    #[test]
    fn programs_read_one_object_a_line() {
        let written = Form::Json.written(&at(), "TCPIP", ERROR);
        assert_eq!(written.lines().count(), 1);
        let entry: serde_json::Value = serde_json::from_str(&written).expect("JSON");
        assert_eq!(entry["time"], "2026-11-22T06:05:04.321+01:00");
        assert_eq!(entry["message"], "EZD1286I");
        assert_eq!(
            (&entry["connection"], &entry["rc"]),
            (&31.into(), &402.into())
        );
        assert_eq!(entry["rule"], "RULEA");
        assert_eq!(entry["text"], ERROR);
        let other = Form::Json.written(&at(), "TCPIP", "a \"RC: 5\" that is none");
        let entry: serde_json::Value = serde_json::from_str(&other).expect("JSON");
        assert_eq!((entry.get("rc"), entry.get("message")), (None, None));
    }

    #[test]
    fn the_journal_gets_a_priority_for_each_line() {
        let written = Form::Journal.written(&at(), "TCPIP", ERROR);
        let lines: Vec<_> = written.lines().collect();
        assert!(lines[0].starts_with("<4>EZD1286I") && lines[1] == "<4>  why: no suite in common");
        assert_eq!(Form::Journal.written(&at(), "TCPIP", "ready"), "<6>ready\n");
    }
}
