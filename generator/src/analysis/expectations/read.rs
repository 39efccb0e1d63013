//! Reads a file of expectations. What is not understood is a finding at its word; the rest is read.

use std::ops::Range;

use super::Expectation;
use super::demand::{Demand, wanted};
use super::line::{Word, lines, words};
use crate::finding::{Finding, Page, Place, Severity};
use crate::policy::lookup::{AddressSet, Conditions, Direction, Moment, Pattern, PortSet};
use crate::policy::net::{AddressSpan, PortSpan};
use crate::policy::spelling;
use crate::policy::table::lists::suite_of;
use crate::policy::table::suites::Protocol;
use crate::policy::table::{AttributeDef, Kind, Repeat, statements};

/// What was read of a file.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    pub expectations: Vec<Expectation>,
    /// The stacks that have a section, with the place of each name.
    pub stacks: Vec<(String, Place)>,
    pub findings: Vec<Finding>,
}

/// Reads expectations; `file` is the name that findings use.
pub fn read(text: &str, file: &str) -> Suite {
    let mut suite = Suite::default();
    let mut stack = None;
    for (start, line) in lines(text) {
        let words = words(line, start);
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            continue;
        };
        let span = first.span.start..last.span.end;
        let mut reader = Reader {
            words: &words,
            at: 0,
            end: span.end,
        };
        let result = match first.is("stack") {
            true => reader.section().map(|(name, span)| {
                let Range { start, end } = span;
                let place = Place::Text {
                    file: file.to_owned(),
                    start,
                    end,
                };
                suite.stacks.push((name.clone(), place));
                stack = Some(name);
            }),
            false => reader.expectation().map(|(subject, at, demands)| {
                suite.expectations.push(Expectation {
                    text: line[span.start - start..span.end - start].to_owned(),
                    span,
                    stack: stack.clone(),
                    subject,
                    at,
                    demands,
                });
            }),
        };
        if let Err(wrong) = result {
            suite.findings.push(wrong.finding(file));
        }
    }
    suite
}

impl Suite {
    /// Findings of sections for stacks that are not among these.
    pub fn unknown_stacks<'s>(&self, known: impl Iterator<Item = &'s str> + Clone) -> Vec<Finding> {
        let is_known = |name: &str| known.clone().any(|one| one.eq_ignore_ascii_case(name));
        let unknown = self.stacks.iter().filter(|(name, _)| !is_known(name));
        let finding = |(name, place): &(String, Place)| {
            let names: Vec<_> = known.clone().filter(|name| !name.is_empty()).collect();
            let help = match names.is_empty() {
                true => "a file of AT-TLS policy is of no stack; name the main configuration file, or leave the section out".to_owned(),
                false => format!("there is {}", names.join(", ")),
            };
            Finding::new(&NO_STACK, place.clone())
                .fact("stack", name)
                .fact("help", help)
        };
        unknown.map(finding).collect()
    }
}

type Wrong = Box<Reason>;

/// Why a line is not read.
struct Reason {
    page: &'static Page,
    span: Range<usize>,
    word: String,
    reason: String,
    help: String,
    suggestion: Option<crate::finding::Suggestion>,
}

impl Reason {
    fn finding(self, file: &str) -> Finding {
        let Range { start, end } = self.span;
        let place = Place::Text {
            file: file.to_owned(),
            start,
            end,
        };
        Finding::new(self.page, place)
            .fact("word", self.word)
            .fact("reason", self.reason)
            .fact("help", self.help)
            .suggest(self.suggestion)
    }
}

/// Reads the words of one line.
struct Reader<'w> {
    words: &'w [Word],
    at: usize,
    /// Where the line ends.
    end: usize,
}

/// What may stand before `must`.
const CLAUSES: [&str; 8] = ["local", "remote", "from", "to", "job", "user", "at", "must"];

impl<'w> Reader<'w> {
    fn peek(&self) -> Option<&'w Word> {
        self.words.get(self.at)
    }

    fn next(&mut self, wanted: &str) -> Result<&'w Word, Wrong> {
        let word = self.peek().ok_or_else(|| self.missing(wanted))?;
        self.at += 1;
        Ok(word)
    }

    fn takes(&mut self, keyword: &str) -> bool {
        let found = self.peek().is_some_and(|word| word.is(keyword));
        self.at += usize::from(found);
        found
    }

    /// A keyword that has to stand here.
    fn keyword(&mut self, keyword: &'static str) -> Result<(), Wrong> {
        let word = self.next(&format!("`{keyword}`"))?;
        match word.is(keyword) {
            true => Ok(()),
            false => Err(not_understood(word, &[keyword])),
        }
    }

    fn missing(&self, wanted: &str) -> Wrong {
        Box::new(Reason {
            page: &MISSING,
            span: self.end..self.end,
            word: wanted.to_owned(),
            reason: String::new(),
            help: format!("write {wanted}"),
            suggestion: None,
        })
    }

    /// Nothing may follow.
    fn ends(&self) -> Result<(), Wrong> {
        match self.peek() {
            Some(word) => {
                let mut wrong = not_understood(word, &[]);
                wrong.help = "remove it; demands follow `must be protected with`, and `and` stands between them".to_owned();
                Err(wrong)
            }
            None => Ok(()),
        }
    }

    /// `stack NAME:`
    fn section(&mut self) -> Result<(String, Range<usize>), Wrong> {
        self.keyword("stack")?;
        let word = self.next("the name of a stack")?;
        self.takes(":");
        self.ends()?;
        Ok((
            word.text.trim_end_matches(':').to_owned(),
            word.span.clone(),
        ))
    }

    fn expectation(&mut self) -> Result<(Conditions, Option<Moment>, Vec<Demand>), Wrong> {
        let mut subject = Conditions::default();
        let first = self.next("who")?;
        const WAYS: [(&str, Direction); 3] = [
            ("inbound", Direction::Inbound),
            ("outbound", Direction::Outbound),
            ("any", Direction::Both),
        ];
        let way = WAYS.iter().find(|(word, _)| first.is(word));
        subject.direction = match way {
            Some((_, direction)) => *direction,
            None => {
                return Err(not_understood(
                    first,
                    &["inbound", "outbound", "any", "stack"],
                ));
            }
        };
        let mut at = None;
        let mut seen: Vec<&str> = Vec::new();
        loop {
            let word = self.next("`must` and what is expected")?;
            if word.is("must") {
                return Ok((subject, at, self.demands()?));
            }
            let Some(clause) = CLAUSES.into_iter().find(|clause| word.is(clause)) else {
                return Err(not_understood(word, &CLAUSES));
            };
            let side = side(clause, subject.direction);
            if seen.contains(&side.unwrap_or(clause)) {
                return Err(refused(
                    word,
                    "it was said before",
                    "say each thing once, with commas between several values",
                ));
            }
            seen.push(side.unwrap_or(clause));
            match (clause, side) {
                ("job", _) => subject.job = self.pattern("the name of a job")?,
                ("user", _) => subject.user = self.pattern("a user id")?,
                ("at", _) => at = Some(self.moment()?),
                (_, Some("local")) => {
                    self.end_point(&mut subject.local, &mut subject.local_ports)?
                }
                (_, Some(_)) => self.end_point(&mut subject.remote, &mut subject.remote_ports)?,
                (_, None) => {
                    let help =
                        "write `local` or `remote`, or begin the line with `inbound` or `outbound`";
                    return Err(refused(
                        word,
                        "it does not say which side, as the direction is open",
                        help,
                    ));
                }
            }
        }
    }

    /// Addresses, ports, or both.
    fn end_point(&mut self, addresses: &mut AddressSet, ports: &mut PortSet) -> Result<(), Wrong> {
        if !self.peek().is_some_and(|word| word.is("port")) {
            let word = self.next("addresses, or `port` and ports")?;
            if !word.is("all") {
                *addresses = AddressSet::new(list(
                    word,
                    "address, prefix or range",
                    str::parse::<AddressSpan>,
                )?);
            }
        }
        if self.takes("port") {
            let word = self.next("ports")?;
            let read = |text: &str| match text.parse::<PortSpan>() {
                Ok(span) if span.low() == 0 => Err("ports go from 1 to 65535".to_owned()),
                Ok(span) => Ok(span),
                Err(error) => Err(error.to_string()),
            };
            *ports = PortSet::new(list(word, "port or range of ports", read)?);
        }
        Ok(())
    }

    fn pattern(&mut self, wanted: &str) -> Result<Pattern, Wrong> {
        Ok(Pattern::from(self.next(wanted)?.text.as_str()))
    }

    fn moment(&mut self) -> Result<Moment, Wrong> {
        let word = self.next("a moment, such as `2026-11-21T02:00`")?;
        let help = "write year, month, day and time, such as `2026-11-21T02:00`";
        Moment::from_text(&word.text).ok_or_else(|| refused(word, "it is no moment", help))
    }

    fn demands(&mut self) -> Result<Vec<Demand>, Wrong> {
        let word = self.next("`be` or `meet`")?;
        if word.is("meet") {
            return self.meeting();
        }
        if !word.is("be") {
            return Err(not_understood(word, &["be", "meet"]));
        }
        let word = self.next("`protected` or `clear`")?;
        if word.is("clear") {
            self.ends()?;
            return Ok(vec![Demand::Clear]);
        }
        if !word.is("protected") {
            return Err(not_understood(word, &["protected", "clear"]));
        }
        let mut demands = vec![Demand::Protected];
        if self.takes("with") {
            demands.push(self.demand()?);
            while self.takes("and") {
                demands.push(self.demand()?);
            }
        }
        self.ends()?;
        Ok(demands)
    }

    /// `rule NAME` or `no rule`
    fn meeting(&mut self) -> Result<Vec<Demand>, Wrong> {
        let none = self.takes("no");
        self.keyword("rule")?;
        let demand = match none {
            true => Demand::NoRule,
            false => Demand::Rule(self.next("the name of a rule")?.text.clone()),
        };
        self.ends()?;
        Ok(vec![demand])
    }

    fn demand(&mut self) -> Result<Demand, Wrong> {
        let word = self.next("what it is to be protected with")?;
        if word.is("at") {
            let most = match self.takes("most") {
                true => true,
                false => self.keyword("least").map(|()| false)?,
            };
            let version = self.version()?;
            return Ok(if most {
                Demand::AtMost(version)
            } else {
                Demand::AtLeast(version)
            });
        }
        if word.is("forward") {
            return self.keyword("secrecy").map(|()| Demand::ForwardSecrecy);
        }
        if word.is("client") {
            self.keyword("certificate")?;
            self.takes("required");
            return Ok(Demand::ClientCertificate);
        }
        if word.is("suites") {
            self.keyword("from")?;
            let word = self.next("cipher suites")?;
            let read = |text: &str| suite_of(text).ok_or("System SSL has no such suite");
            return Ok(Demand::Suites(list(word, "cipher suite", read)?));
        }
        if word.is("label") {
            return Ok(Demand::Label(self.next("a label")?.text.clone()));
        }
        self.setting(word)
    }

    fn version(&mut self) -> Result<Protocol, Wrong> {
        let word = self.next("a version, such as `TLSv1.2`")?;
        let mut all = Protocol::ALL.into_iter();
        let names = Protocol::ALL.map(Protocol::attribute);
        all.find(|version| word.is(version.attribute()))
            .ok_or_else(|| not_understood(word, &names))
    }

    /// An attribute of the table and its value.
    fn setting(&mut self, word: &Word) -> Result<Demand, Wrong> {
        let row = match word.quoted {
            true => None,
            false => rows().find(|row| row.name.eq_ignore_ascii_case(&word.text)),
        };
        let Some(row) = row else {
            const OWN: [&str; 6] = ["at", "keyring", "label", "suites", "forward", "client"];
            let names: Vec<&str> = OWN.into_iter().chain(rows().map(|row| row.name)).collect();
            let mut wrong = not_understood(word, &names);
            if wrong.suggestion.is_none() {
                wrong.help = "write `at least` and a version, `keyring`, `label`, `suites from`, `forward secrecy`, `client certificate required`, or an attribute of the policy language and its value".to_owned();
            }
            return Err(wrong);
        };
        let value = self.next(&format!("the value of `{}`", row.name))?;
        let several = row.repeat != Repeat::Once && !value.quoted;
        let texts: Vec<String> = match several {
            true => value.text.split(',').map(str::to_owned).collect(),
            false => vec![value.text.clone()],
        };
        for text in &texts {
            if let Err(error) = row.check(text)
                && !error.is_tolerated()
                && !row.is_doubtful(&error)
            {
                return Err(refused(
                    value,
                    &error.to_string(),
                    &format!("write a value of `{}`", row.name),
                ));
            }
        }
        Ok(Demand::Setting(row, wanted(row, &texts)))
    }
}

/// The side that a clause is about; `None`: of none, or it depends on a direction that is open.
fn side(clause: &str, direction: Direction) -> Option<&'static str> {
    match (clause, direction) {
        ("local", _) | ("to", Direction::Inbound) | ("from", Direction::Outbound) => Some("local"),
        ("remote", _) | ("from", Direction::Inbound) | ("to", Direction::Outbound) => {
            Some("remote")
        }
        _ => None,
    }
}

/// The attributes of actions and what stands in them.
fn rows() -> impl Iterator<Item = &'static AttributeDef> {
    let parts = statements()
        .iter()
        .filter(|def| def.name.starts_with("TTLS") && def.name != "TTLSRule");
    let rows = parts.flat_map(|def| def.attributes);
    rows.filter(|row| !matches!(row.kind, Kind::Inline(_) | Kind::Ref(_)) && !row.secret)
}

/// Values with commas between them.
fn list<T, E: ToString>(
    word: &Word,
    what: &str,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, Wrong> {
    let mut found = Vec::new();
    for text in word.text.split(',') {
        match read(text) {
            Ok(one) => found.push(one),
            Err(error) => {
                let reason = match text {
                    "" => "there is nothing between two commas".to_owned(),
                    text => format!("`{text}`: {}", error.to_string()),
                };
                return Err(refused(
                    word,
                    &reason,
                    &format!("write each {what}, with commas between them and no blanks"),
                ));
            }
        }
    }
    Ok(found)
}

fn not_understood(word: &Word, wanted: &[&str]) -> Wrong {
    let meant = spelling::meant(&word.text, wanted.iter().copied());
    let help = match (meant, wanted) {
        (Some((meant, _)), _) => format!("write `{meant}` if that is meant"),
        (None, [only]) => format!("write `{only}`"),
        (None, [all @ .., last]) => format!(
            "write {} or `{last}`",
            all.iter()
                .map(|one| format!("`{one}`"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
        (None, []) => "remove it".to_owned(),
    };
    Box::new(Reason {
        page: &NOT_UNDERSTOOD,
        span: word.span.clone(),
        word: word.text.clone(),
        reason: String::new(),
        help,
        suggestion: meant.map(|meant| spelling::suggestion(&word.text, meant)),
    })
}

fn refused(word: &Word, reason: &str, help: &str) -> Wrong {
    Box::new(Reason {
        page: &NO_VALUE,
        span: word.span.clone(),
        word: word.text.clone(),
        reason: reason.to_owned(),
        help: help.to_owned(),
        suggestion: None,
    })
}

pub(super) static NOT_UNDERSTOOD: Page = Page {
    code: "AT301",
    name: "expectation-not-understood",
    severity: Severity::Error,
    message: "`{word}` is not understood here",
    help: "{help}",
    why: "A line of a policy test that is not understood proves nothing, so the test does not pass.",
};

pub(super) static NO_VALUE: Page = Page {
    code: "AT302",
    name: "expectation-value",
    severity: Severity::Error,
    message: "`{word}` cannot stand here: {reason}",
    help: "{help}",
    why: "The connections of a line are described by addresses, ports, names and a moment; what is expected of them by values of the policy language.",
};

pub(super) static MISSING: Page = Page {
    code: "AT303",
    name: "expectation-incomplete",
    severity: Severity::Error,
    message: "the line ends where {word} should follow",
    help: "{help}",
    why: "A line says of which connections it speaks, then `must`, then what is expected of them.",
};

pub(super) static NO_STACK: Page = Page {
    code: "AT307",
    name: "expectation-of-no-stack",
    severity: Severity::Error,
    message: "there is no stack `{stack}`",
    help: "{help}",
    why: "The lines below a section are looked at for that stack alone. Of a stack that is not there nothing can be said.",
};
