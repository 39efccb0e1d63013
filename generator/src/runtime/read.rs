//! Messages in pasted text: each taken apart into its values.
//!
//! Takes lines of syslogd and of the console, in any case, some joined or broken by a mail program. What
//! holds no message is left out and counted.

use super::clean::unquoted;
use super::messages::{EVENTS, MESSAGES, MessageDef, VALUES, message};
use super::pagent;

/// Messages that are taken apart.
const MOST: usize = 10_000;
/// Bytes of one message; what is longer is cut.
const LONGEST: usize = 2_000;

/// One inserted value of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Value {
    /// The keyword, in upper case: `CONNID`.
    pub name: &'static str,
    pub text: String,
}

/// One message of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Message {
    /// Number of the line in the text, from 1.
    pub line: usize,
    /// `EZD1286I`, or the class of a line of the Policy Agent's log: `OBJERR`.
    pub id: &'static str,
    /// The job of TCP/IP that wrote it, where syslogd says so.
    pub stack: String,
    /// As far as they stand there.
    pub values: Vec<Value>,
    /// The return code, where it has one that is a number.
    pub rc: Option<u32>,
    /// What is not taken apart.
    pub rest: String,
}

impl Message {
    /// The value of a keyword; empty when it is not there.
    pub fn value(&self, name: &str) -> &str {
        let mut values = self.values.iter();
        let found = values.find(|value| value.name == name);
        found.map_or("", |value| &value.text)
    }

    fn push(&mut self, name: &'static str, text: &str) {
        if !text.is_empty() {
            self.values.push(Value {
                name,
                text: text.to_owned(),
            });
        }
    }
}

/// What was found in a text.
pub(super) struct Found {
    pub messages: Vec<Message>,
    /// Lines that hold nothing known.
    pub unread: usize,
    /// There are more messages than are taken apart.
    pub cut: bool,
}

/// A message as it is being gathered.
struct Raw<'t> {
    line: usize,
    def: Def,
    /// What stands before the id on its line.
    before: &'t str,
    /// What stands behind the id, with the lines that go on from it.
    text: String,
}

#[derive(Clone, Copy)]
enum Def {
    Numbered(&'static MessageDef),
    /// The class of a line of the Policy Agent.
    Pagent(&'static str),
}

/// The messages of a text.
pub(super) fn read(text: &str) -> Found {
    let mut found = Found {
        messages: Vec::new(),
        unread: 0,
        cut: false,
    };
    let mut open: Option<Raw<'_>> = None;
    for (at, line) in text.lines().enumerate() {
        let line = unquoted(line);
        if line.is_empty() {
            // A message does not go on behind an empty line.
            found.messages.extend(open.take().and_then(Raw::close));
            continue;
        }
        if found.messages.len() > MOST {
            break;
        }
        let starts = starts(line);
        if starts.is_empty() {
            match &mut open {
                Some(raw) if raw.goes_on(line) => raw.add(line),
                _ => {
                    found.messages.extend(open.take().and_then(Raw::close));
                    found.unread += 1;
                }
            }
        }
        for (number, (from, behind, def)) in starts.iter().enumerate() {
            found.messages.extend(open.take().and_then(Raw::close));
            let end = starts.get(number + 1).map_or(line.len(), |next| next.0);
            let mut raw = Raw {
                line: at + 1,
                def: *def,
                before: if number == 0 { &line[..*from] } else { "" },
                text: String::new(),
            };
            raw.add(&line[*behind..end]);
            open = Some(raw);
        }
    }
    found.messages.extend(open.take().and_then(Raw::close));
    found.cut = found.messages.len() > MOST;
    found.messages.truncate(MOST);
    found
}

/// Where messages begin in a line: the id, what is behind it, and what it is.
fn starts(line: &str) -> Vec<(usize, usize, Def)> {
    let mut starts = Vec::new();
    let mut from = 0;
    for word in line.split(' ') {
        let end = from + word.len();
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let numbered = match bare.len() {
            7 | 8 => message(bare),
            _ => None,
        };
        if let Some(def) = numbered.filter(|def| is_told(def, &line[end..])) {
            starts.push((from, end, Def::Numbered(def)));
        } else if starts.is_empty()
            && let Some((class, ..)) = pagent::class(bare)
            && thread(&line[end..]).is_some()
        {
            // The text of such a line may name messages.
            return vec![(from, end, Def::Pagent(class))];
        }
        from = end + 1;
    }
    starts
}

/// Whether a message stands there, and not its name alone.
fn is_told(def: &MessageDef, behind: &str) -> bool {
    let is_attls = def.text.starts_with("TTLS ");
    let mut words = behind.split_whitespace();
    match words.next() {
        // The text may have gone to the next line.
        None if is_attls => true,
        Some(word) if is_attls => word.eq_ignore_ascii_case("TTLS"),
        // A message of the console is its text as it is; without any it is a name.
        Some(word) => {
            def.text.is_empty()
                || def.text.split(' ').take(2).any(|own| {
                    own.eq_ignore_ascii_case(word)
                        || !own.bytes().any(|byte| byte.is_ascii_uppercase())
                })
        }
        None => false,
    }
}

/// The number of the thread in ` :005: text`, and the text.
fn thread(behind: &str) -> Option<(&str, &str)> {
    let (number, text) = behind.trim_start().strip_prefix(':')?.split_once(':')?;
    let is_number =
        !number.is_empty() && number.len() <= 5 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some((number, text.trim_start()))
}

impl Raw<'_> {
    fn add(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.text.len());
        let text = text.trim();
        let text = &text[..text.floor_char_boundary(room.min(text.len()))];
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }

    /// Whether a line without a message goes on from this one.
    fn goes_on(&self, line: &str) -> bool {
        let Def::Numbered(def) = self.def else {
            return false;
        };
        if def.values.is_empty() || self.text.len() > LONGEST || begins_record(line) {
            return false;
        }
        if self.text.is_empty() {
            return line
                .get(..5)
                .is_some_and(|start| start.eq_ignore_ascii_case("TTLS "));
        }
        let (values, event) = split(&self.text);
        let has = |name: &str| {
            values
                .iter()
                .any(|(other, text)| *other == name && !text.is_empty())
        };
        let wanted = def.values.iter().filter(|name| **name != "EVENT");
        let lacks_value = wanted.into_iter().any(|name| !has(name));
        let lacks_event = def.values.contains(&"EVENT") && is_part_of_event(&event);
        lacks_value || lacks_event
    }

    /// The message; `None`: it was its name alone.
    fn close(self) -> Option<Message> {
        if self.text.is_empty() {
            return None;
        }
        let mut message = Message {
            line: self.line,
            id: "",
            stack: String::new(),
            values: Vec::new(),
            rc: None,
            rest: String::new(),
        };
        match self.def {
            Def::Pagent(class) => {
                message.id = class;
                let (_, text) = thread(&self.text).unwrap_or(("", &self.text));
                let text = text.trim_start_matches('.');
                match text.split_once(": ") {
                    Some((function, told)) if !function.contains(' ') => {
                        message.push("FUNCTION", function);
                        message.rest = told.to_owned();
                    }
                    _ => message.rest = text.to_owned(),
                }
            }
            Def::Numbered(def) => {
                message.id = def.id;
                message.stack = stack(self.before);
                match def.values.is_empty() {
                    true => message.rest = self.text,
                    false => message.take_apart(def, &self.text),
                }
            }
        }
        Some(message)
    }
}

impl Message {
    fn take_apart(&mut self, def: &MessageDef, text: &str) {
        let (values, told) = split(text);
        for (name, text) in values {
            if name == "RC" {
                self.rc = text.parse().ok();
            }
            self.push(name, &text);
        }
        if !def.values.contains(&"EVENT") {
            self.rest = told;
        } else if let Some((event, ..)) = event(&told) {
            self.push("EVENT", event);
            self.rest = told[event.len()..].trim().to_owned();
        } else {
            self.push("EVENT", &told);
        }
    }
}

/// The event that a text begins with.
pub(super) fn event(text: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    EVENTS.iter().find(|(event, ..)| {
        let start = text.get(..event.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(event))
    })
}

/// Whether more of an event may follow.
fn is_part_of_event(told: &str) -> bool {
    EVENTS.iter().any(|(event, ..)| {
        let start = event.get(..told.len());
        told.len() < event.len() && start.is_some_and(|start| start.eq_ignore_ascii_case(told))
    })
}

/// The values behind their keywords, and what stands behind them: the event and what goes with it.
fn split(text: &str) -> (Vec<(&'static str, String)>, String) {
    let mut values: Vec<(&'static str, String)> = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    let mut room = 0;
    let mut words = text.split_whitespace();
    // The kind of the message: `TTLS Error`.
    if words
        .clone()
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case("TTLS"))
    {
        words.nth(1);
    }
    for word in words {
        if let Some((name, value)) = keyword(word) {
            if values.iter().any(|(other, _)| *other == name) {
                // A second message on the same line is another one.
                break;
            }
            room = match name {
                "STATUS" => 2,
                "ACTIONS" => 3,
                _ => 1,
            };
            values.push((name, String::new()));
            if !value.is_empty() {
                room -= 1;
                values
                    .iter_mut()
                    .last()
                    .into_iter()
                    .for_each(|last| last.1.push_str(value));
            }
            continue;
        }
        match values.last_mut() {
            // "RC: Code 515" is how people write it.
            Some(("RC", value)) if value.is_empty() && word.eq_ignore_ascii_case("code") => {}
            Some((_, value)) if room > 0 => {
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(word);
                room -= 1;
            }
            _ => told.push(word),
        }
    }
    (values, told.join(" "))
}

/// A keyword with its colon, and what stands behind it in the same word.
fn keyword(word: &str) -> Option<(&'static str, &str)> {
    let (name, value) = word.split_once(':')?;
    let known = VALUES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    (known.0 != "EVENT" && known.0 != "DATA").then_some((known.0, value))
}

/// Whether a line begins as one of syslogd, of the Policy Agent or of the console does: with a month, a
/// time or a date.
fn begins_record(line: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let is_day = |word: &str| word.len() <= 2 && word.parse::<u8>().is_ok();
    let is_month = MONTHS.iter().any(|month| month.eq_ignore_ascii_case(first));
    let is_time = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let marks = word.bytes().filter(|byte| b":/-.".contains(byte)).count();
        digits >= 4 && marks >= 1 && digits + marks == word.len()
    };
    (is_month && words.next().is_some_and(is_day)) || is_time(first)
}

/// The job of TCP/IP, the word before the id, in a line of syslogd.
fn stack(before: &str) -> String {
    let mut words = before.split_whitespace().rev();
    let job = words.next().unwrap_or_default();
    let is_job = job.len() <= 8 && job.starts_with(|c: char| c.is_ascii_alphabetic());
    let behind_time = words
        .next()
        .is_some_and(|word| word.matches(':').count() == 2);
    match is_job && behind_time {
        true => job.to_ascii_uppercase(),
        false => String::new(),
    }
}

/// The messages that text names without telling them.
pub(super) fn named(text: &str) -> impl Iterator<Item = &'static MessageDef> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| (7..=8).contains(&word.len()));
    words.filter_map(|word| {
        MESSAGES
            .iter()
            .find(|def| def.id.eq_ignore_ascii_case(word))
    })
}
