//! What z/OS says when a connection fails, explained: return codes, messages, and lines pasted from a log.
//!
//! [`explain`] takes any text and says what is known of it. The facts are rows: [`codes`], [`messages`],
//! the errnos and the texts of the Policy Agent's log. Knows the policy language and nothing above it: a
//! finding is named by its code alone, and what a rule of some policy has is the caller's to say.

mod clean;
pub mod codes;
mod connections;
mod errnos;
pub mod messages;
mod pagent;
mod read;
#[cfg(test)]
mod tests;
mod words;

use crate::policy::spelling::closest;
use codes::{CodeDef, Unsure, code, code_named, nearest, range};
use errnos::{ERRNOS, ErrnoDef, errno};
use messages::{MESSAGES, MessageDef, VALUES, message};

pub use clean::LONGEST;
pub use connections::{Connection, Failure};
pub use read::{Message, Value};

/// A text that is longer is no question for one thing.
const LONGEST_QUESTION: usize = 100;
/// A log of more messages explains codes and not every message.
const FEW: usize = 3;
/// Unknown codes of a log that are said.
const MOST_UNKNOWN: usize = 20;

/// All that is known of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Answer {
    /// Of a question: what it may mean, the likeliest first. Of a log: its codes and texts, in the order of
    /// their first line.
    pub explanations: Vec<Explanation>,
    /// What is asked for or found, and not known.
    pub unknown: Vec<Unknown>,
    /// The messages of a log.
    pub messages: Vec<Message>,
    /// The messages of each connection, joined.
    pub connections: Vec<Connection>,
    /// Lines of a log that hold nothing known.
    pub unread: usize,
    /// The text is longer than is looked at.
    pub cut: bool,
}

impl Answer {
    /// Whether anything was recognised.
    pub fn is_known(&self) -> bool {
        !self.explanations.is_empty() || !self.messages.is_empty()
    }

    /// What is known of a return code in it.
    pub fn explanation_of(&self, rc: u32) -> Option<&Explanation> {
        let mut codes = self
            .explanations
            .iter()
            .filter(|one| one.kind == Kind::Code);
        codes.find(|one| one.number == Some(rc))
    }
}

/// What an explanation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Kind {
    /// A return code of AT-TLS or System SSL.
    Code,
    Errno,
    Message,
    /// A line of the Policy Agent's log.
    Log,
    Statement,
    Attribute,
}

/// What is known of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Explanation {
    pub kind: Kind,
    /// `402`, `EZD1286I`, `HandshakeTimeout`.
    pub subject: String,
    /// The number of a return code that is one.
    pub number: Option<u32>,
    /// Its other name: a symbol, or the words of a field.
    pub title: String,
    /// Who gives it.
    pub source: &'static str,
    /// Whole sentences.
    pub meaning: String,
    /// The meaning is not confirmed.
    pub unsure: bool,
    /// Named facts: inserted values of a message, or where an attribute stands and what it takes.
    pub facts: Vec<Fact>,
    /// Whole sentences, the likeliest first.
    pub causes: &'static [&'static str],
    /// The causes are not confirmed.
    pub unsure_causes: bool,
    /// Rows of the table that it may be about.
    pub parameters: Vec<Parameter>,
    /// Whole sentences.
    pub to_do: &'static [&'static str],
    /// Commands of z/OS as examples; lower case is to be filled in.
    pub commands: &'static [&'static str],
    pub related: Vec<String>,
    /// Codes of the findings that report it beforehand.
    pub foreseen: &'static [&'static str],
    /// Where the facts come from.
    pub evidence: &'static str,
}

/// A name and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Fact {
    pub name: String,
    pub words: String,
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Parameter {
    pub statement: &'static str,
    pub attribute: &'static str,
}

/// What nobody here knows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Unknown {
    pub subject: String,
    /// What can be said all the same, in whole sentences; may be empty.
    pub words: String,
    /// What is known next to it.
    pub nearest: Vec<String>,
}

/// Says what is known of a return code, errno, message, statement or attribute, or of lines of a log.
///
/// Takes any text; of one longer than [`LONGEST`] bytes its beginning.
pub fn explain(text: &str) -> Answer {
    let (text, cut) = clean::plain(text);
    let asked = text.trim();
    let is_question = asked.len() <= LONGEST_QUESTION && asked.lines().count() == 1;
    let question = asked.trim_matches(['\'', '"', '`', '.', ',', ';', '?', ' ']);
    let mut answer = match is_question {
        true => one_thing(question),
        false => Answer::default(),
    };
    if !answer.is_known() && answer.unknown.is_empty() {
        answer = log(asked);
        if is_question && !answer.is_known() && answer.unknown.is_empty() && !question.is_empty() {
            answer.unknown.push(unknown_word(question));
        }
    }
    answer.cut |= cut;
    answer
}

/// The answer to a question for one thing; empty when it is none.
fn one_thing(question: &str) -> Answer {
    let mut answer = Answer::default();
    if let Some((number, is_errno)) = number(question) {
        answer.number(number, is_errno);
        return answer;
    }
    let found = message(question).map(of_message);
    let found = found.or_else(|| code_named(question).map(of_code));
    let found = found.or_else(|| Some(of_errno(errno(reason(question))?)));
    answer
        .explanations
        .extend(found.or_else(|| words::word(question)));
    answer
}

/// A question without the word `errno2` in front.
fn reason(question: &str) -> &str {
    for word in ["errno2", "errnojr"] {
        if let Some((name, rest)) = question.split_once(['=', ' ', ':'])
            && name.eq_ignore_ascii_case(word)
        {
            return rest.trim_start_matches(['=', ' ', ':']);
        }
    }
    question
}

impl Answer {
    /// Adds all that a number may be.
    fn number(&mut self, number: u32, is_errno: bool) {
        let row = u16::try_from(number).ok().and_then(code);
        let known = errno(&number.to_string()).map(of_errno);
        if !is_errno {
            self.explanations
                .extend(row.map(|row| of_number(row, number)));
        }
        self.explanations.extend(known);
        if !self.is_known() {
            self.unknown.push(unknown_number(number));
        }
    }

    /// Adds what is known of a return code of a log, once.
    fn code(&mut self, number: u32) {
        let said = number.to_string();
        if number == 0
            || self.explanation_of(number).is_some()
            || self.unknown.iter().any(|one| one.subject == said)
        {
            return;
        }
        match u16::try_from(number).ok().and_then(code) {
            Some(row) => self.explanations.push(of_number(row, number)),
            None if self.unknown.len() < MOST_UNKNOWN => self.unknown.push(unknown_number(number)),
            None => {}
        }
    }

    fn has(&self, kind: Kind, subject: &str) -> bool {
        let mut all = self.explanations.iter();
        all.any(|one| one.kind == kind && one.subject == subject)
    }

    /// Adds an explanation, once.
    fn once(&mut self, explanation: Explanation) {
        if !self.has(explanation.kind, &explanation.subject) {
            self.explanations.push(explanation);
        }
    }

    /// Adds a message, once.
    fn message(&mut self, row: &MessageDef) {
        if !self.has(Kind::Message, row.id) {
            self.explanations.push(of_message(row));
        }
    }
}

/// A number that is asked for, with or without words around it, and whether it is said to be an errno.
fn number(question: &str) -> Option<(u32, bool)> {
    let lower = question.to_ascii_lowercase();
    let mut rest = lower.as_str();
    let mut is_errno = false;
    for word in [
        "gsk", "ssl", "at-tls", "return", "rc", "retcode", "errno", "code", "error",
    ] {
        let bare = rest.trim_start_matches([' ', ':', '=', '(']);
        if let Some(behind) = bare.strip_prefix(word)
            && behind.starts_with([' ', ':', '=', '('])
        {
            is_errno |= word == "errno";
            rest = behind;
        }
    }
    let digits = rest.trim_matches([' ', ':', '=', '(', ')']);
    let decimal = !digits.is_empty()
        && digits.len() <= 10
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    let hex = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("x'"));
    let number = match hex {
        // A reason (errno2) is written with eight digits.
        _ if decimal && errno(digits).is_some_and(|row| row.reasons.contains(&digits)) => None,
        _ if decimal => digits.parse().ok(),
        Some(hex) => u32::from_str_radix(hex.trim_end_matches('\''), 16).ok(),
        // TN3270 shows it so: 19C is 412.
        None if digits.len() == 3 && digits.starts_with(|c: char| c.is_ascii_digit()) => {
            u32::from_str_radix(digits, 16).ok()
        }
        None => None,
    };
    number.map(|number| (number, is_errno))
}

/// What is known of lines.
fn log(text: &str) -> Answer {
    let found = read::read(text);
    let mut answer = Answer {
        connections: connections::connections(&found.messages),
        unread: found.unread,
        cut: found.cut,
        ..Answer::default()
    };
    for rc in found.messages.iter().filter_map(|one| one.rc) {
        answer.code(rc);
    }
    for one in &found.messages {
        match message(one.id) {
            Some(row) if row.values.is_empty() || found.messages.len() <= FEW => {
                answer.message(row);
            }
            Some(_) => {}
            None => {
                answer.once(of_log(one));
                answer.mentions(&one.rest);
            }
        }
    }
    if found.messages.is_empty() {
        answer.mentions(text);
        for row in read::named(text) {
            answer.message(row);
        }
    }
    answer.messages = found.messages;
    answer
}

impl Answer {
    /// Adds the codes and errnos that words name.
    fn mentions(&mut self, text: &str) {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let mut before = "";
        for word in words.filter(|word| !word.is_empty()) {
            let is = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(before));
            let number = word.parse::<u32>().ok();
            if let Some(number) = number.filter(|_| is(&["rc", "code", "retcode"])) {
                self.code(number);
            } else if is(&["errno", "errno2", "errnojr"]) || may_be_symbol(word) {
                let row = code_named(word).map(of_code);
                let row = row.or_else(|| errno(word).map(of_errno));
                row.into_iter().for_each(|row| self.once(row));
            }
            before = word;
        }
    }
}

/// Whether a word looks like the name of a code, an errno or a reason.
fn may_be_symbol(word: &str) -> bool {
    let starts = ["GSK_", "EDC", "JR", "E", "74"];
    let is = |start: &&str| {
        let own = word.get(..start.len());
        own.is_some_and(|own| own.eq_ignore_ascii_case(start))
    };
    (4..=40).contains(&word.len()) && starts.iter().any(is)
}

impl Explanation {
    fn new(kind: Kind, subject: impl Into<String>, meaning: impl Into<String>) -> Self {
        Self {
            kind,
            subject: subject.into(),
            number: None,
            title: String::new(),
            source: match kind {
                Kind::Code => "System SSL",
                Kind::Errno => "errno of z/OS UNIX",
                Kind::Message => "message",
                Kind::Log => "log of the Policy Agent",
                Kind::Statement => "statement",
                Kind::Attribute => "attribute",
            },
            meaning: meaning.into(),
            unsure: false,
            facts: Vec::new(),
            causes: &[],
            unsure_causes: false,
            parameters: Vec::new(),
            to_do: &[],
            commands: &[],
            related: Vec::new(),
            foreseen: &[],
            evidence: "",
        }
    }
}

/// What a row says.
pub fn of_code(row: &CodeDef) -> Explanation {
    Explanation {
        title: match row.number() {
            Some(_) => row.symbol.to_owned(),
            None => String::new(),
        },
        number: row.number().map(u32::from),
        source: row.source.as_str(),
        unsure: row.unsure == Unsure::Meaning,
        causes: row.causes,
        unsure_causes: row.unsure != Unsure::Nothing && !row.causes.is_empty(),
        parameters: words::parameters(row.attributes),
        to_do: row.to_do,
        commands: row.commands,
        related: row.related.iter().map(u16::to_string).collect(),
        foreseen: row.foreseen,
        evidence: row.evidence,
        ..Explanation::new(Kind::Code, row.title(), row.meaning)
    }
}

/// What a row says of one of its numbers.
fn of_number(row: &CodeDef, number: u32) -> Explanation {
    Explanation {
        number: Some(number),
        subject: number.to_string(),
        ..of_code(row)
    }
}

fn of_errno(row: &ErrnoDef) -> Explanation {
    let mut facts = vec![Fact {
        name: "message".to_owned(),
        words: row.message(),
    }];
    if !row.reasons.is_empty() {
        facts.push(Fact {
            name: "errno2".to_owned(),
            words: row.reasons.join(", "),
        });
    }
    Explanation {
        title: row.number.to_string(),
        unsure: row.unsure,
        facts,
        parameters: words::parameters(row.attributes),
        to_do: row.to_do,
        related: row.related.iter().map(u16::to_string).collect(),
        evidence: "IP Programmer's Guide and IP Diagnosis Guide, AT-TLS and SIOCTTLSCTL",
        ..Explanation::new(Kind::Errno, row.name, row.meaning)
    }
}

fn of_message(row: &MessageDef) -> Explanation {
    let fact = |name: &str, words: &str| Fact {
        name: name.to_owned(),
        words: words.to_owned(),
    };
    let mut facts = Vec::new();
    if !row.text.is_empty() {
        facts.push(fact("text", row.text));
    }
    facts.push(fact("goes to", row.goes_to));
    if row.goes_to.contains("syslogd") {
        facts.push(fact(
            "in syslogd",
            "facility daemon, or auth with `SyslogFacility Auth`; job name of TCP/IP",
        ));
    }
    let values = row.values.iter();
    let values = values.filter_map(|name| VALUES.iter().find(|(known, _)| known == name));
    facts.extend(values.map(|(name, words)| fact(name, words)));
    Explanation {
        unsure: row.unsure,
        facts,
        to_do: row.to_do,
        commands: row.commands,
        related: row.related.iter().map(|id| (*id).to_owned()).collect(),
        evidence: "IP Messages volumes 2 and 4; logs of real systems",
        ..Explanation::new(Kind::Message, row.id, row.meaning)
    }
}

/// What is known of a line of the Policy Agent's log.
fn of_log(line: &Message) -> Explanation {
    let class = pagent::class(line.id);
    let (_, bit, class_words) = class.unwrap_or((line.id, 0, ""));
    let known = pagent::text(&line.rest);
    let subject = known.map_or_else(
        || line.id.to_owned(),
        |known| format!("{} {}", line.id, known.words),
    );
    let meaning = known.map_or(class_words, |known| known.meaning);
    Explanation {
        facts: vec![Fact {
            name: "class".to_owned(),
            words: format!("{}, bit {bit} of `LogLevel`. {class_words}", line.id),
        }],
        to_do: known.map_or(&[], |known| known.to_do),
        foreseen: known.map_or(&[], |known| known.foreseen),
        evidence: "logs of real systems",
        ..Explanation::new(Kind::Log, subject, meaning)
    }
}

fn unknown_number(number: u32) -> Unknown {
    Unknown {
        subject: number.to_string(),
        words: range(number).to_owned(),
        nearest: nearest(number).iter().map(u16::to_string).collect(),
    }
}

/// A word that nobody knows: what comes close to it.
fn unknown_word(word: &str) -> Unknown {
    let ids = || MESSAGES.iter().map(|row| row.id);
    let is_message = matches!(word.len(), 7..=9)
        && word.bytes().filter(u8::is_ascii_digit).count() >= 3
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let symbols = codes::codes()
        .map(|row| row.symbol)
        .chain(ERRNOS.iter().map(|row| row.name));
    let all = symbols
        .filter(|name| !name.is_empty())
        .chain(words::names());
    let (words, nearest) = match is_message {
        true => ("It is no message that is known here.", closest(word, ids())),
        false => ("", closest(word, all)),
    };
    Unknown {
        subject: word.to_owned(),
        words: words.to_owned(),
        nearest: nearest.into_iter().map(str::to_owned).collect(),
    }
}
