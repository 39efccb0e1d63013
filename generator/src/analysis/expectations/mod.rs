//! Policy tests: what an administrator expects of connections, one expectation on a line.
//!
//! A line describes a set of connections, and what is expected must hold for all of them. It is proven with
//! the same regions as the differences of two policies; a line that fails names a connection, the rule that
//! it meets and what falls short.
//!
//! ```text
//! stack NAME:
//! inbound|outbound|any [CLAUSE …] must EXPECTATION
//!
//! CLAUSE       local|remote|from|to ADDRESSES [port PORTS], local|remote|from|to port PORTS,
//!              job NAME, user NAME, at MOMENT
//! EXPECTATION  be protected [with DEMAND [and DEMAND …]], be clear, meet rule NAME, meet no rule
//! DEMAND       at least VERSION, at most VERSION, keyring NAME, label NAME, suites from SUITES,
//!              forward secrecy, client certificate [required], ATTRIBUTE VALUE
//! ```

mod demand;
mod example;
mod line;
mod read;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::rc::Rc;

use super::difference::Treated;
use super::space::{Answer, Budget, Search};
use super::treatment::Treatment;
use crate::finding::{Finding, Page, Place, Severity};
use crate::policy::lookup::{Conditions, Connection, Moment};
use crate::policy::{Locate, Part, Statement, Tag};

pub use demand::{Demand, Short};
pub use example::examples;
pub use read::{Suite, read};

/// One line of a file of tests.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// As it was written, without its comment.
    pub text: String,
    /// Its bytes in the file.
    pub span: Range<usize>,
    /// The stack that it is about; `None`: every one.
    pub stack: Option<String>,
    /// The connections.
    pub subject: Conditions,
    /// The moment at which they are opened; `None`: any.
    pub at: Option<Moment>,
    /// All must hold.
    pub demands: Vec<Demand>,
}

/// What became of an expectation.
#[derive(Clone, Debug)]
pub struct Outcome<'p> {
    /// Nothing: it holds, unless something is not decided.
    pub failures: Vec<Failure<'p>>,
    /// Rules that fail as well, beyond those that are named.
    pub more: usize,
    /// It could not be found out for some rule, or for the connections that no rule takes.
    pub undecided: bool,
}

/// A rule, or none, that does not do what is expected.
#[derive(Clone, Debug)]
pub struct Failure<'p> {
    /// `None`: no rule applies.
    pub rule: Option<&'p Statement>,
    pub short: Short,
    /// Where the parameter that falls short is coded; [`Tag::NONE`]: it is not.
    pub tag: Tag,
    /// A connection that shows it.
    pub connection: Connection,
}

/// So many rules are named for one expectation.
const MOST_NAMED: usize = 10;
/// Steps that one question may take, and all of a file.
const PER_QUESTION: usize = 2_000_000;
const IN_ALL: usize = 100_000_000;

impl Outcome<'_> {
    pub fn holds(&self) -> bool {
        self.failures.is_empty() && !self.undecided
    }
}

/// What becomes of expectations under a policy, in the order in which they are given.
pub fn outcomes<'p>(expectations: &[&Expectation], rules: &[Treated<'p>]) -> Vec<Outcome<'p>> {
    // A rule with a condition that cannot be read takes nothing.
    let readable = |rule: &'_ &Treated<'p>| rule.rule.conditions.is_some();
    let rules: Vec<&Treated<'p>> = rules.iter().filter(readable).collect();
    let conditions: Vec<&Conditions> = rules
        .iter()
        .filter_map(|rule| rule.rule.conditions.as_ref())
        .collect();
    let subjects: Vec<&Conditions> = expectations.iter().map(|one| &one.subject).collect();
    let moments: Vec<Moment> = expectations.iter().filter_map(|one| one.at).collect();
    let Some(search) = Search::new(&[&conditions, &subjects], &moments) else {
        let unknown = |_: &&Expectation| Outcome {
            failures: Vec::new(),
            more: 0,
            undecided: true,
        };
        return expectations.iter().map(unknown).collect();
    };
    let mut run = Run {
        search,
        rules,
        clear: Rc::new(Treatment::CLEAR),
        total: Budget::new(IN_ALL),
    };
    let outcome = |(at, one): (usize, &&Expectation)| run.outcome(at, one);
    expectations.iter().enumerate().map(outcome).collect()
}

struct Run<'r, 'p> {
    search: Search<'r>,
    rules: Vec<&'r Treated<'p>>,
    clear: Rc<Treatment>,
    total: Budget,
}

/// The lists of the search.
const RULES: usize = 0;
const SUBJECTS: usize = 1;

impl<'p> Run<'_, 'p> {
    fn outcome(&mut self, at: usize, expectation: &Expectation) -> Outcome<'p> {
        let mut outcome = Outcome {
            failures: Vec::new(),
            more: 0,
            undecided: false,
        };
        let mut budget = Budget::new(PER_QUESTION.min(self.total.left()));
        let Some(met) = self.search.overlapping(RULES, (SUBJECTS, at), &mut budget) else {
            outcome.undecided = true;
            return outcome;
        };
        for rule in met {
            self.ask(&mut outcome, at, expectation, Some(rule));
            if self.search.takes_all((RULES, rule), (SUBJECTS, at)) {
                return outcome;
            }
        }
        self.ask(&mut outcome, at, expectation, None);
        outcome
    }

    /// Looks at the connections of an expectation that meet this rule, or none.
    fn ask(
        &mut self,
        outcome: &mut Outcome<'p>,
        at: usize,
        expectation: &Expectation,
        rule: Option<usize>,
    ) {
        let own = rule.map(|rule| self.rules[rule]);
        let statement = own.map(|own| own.rule.statement);
        let treatment = own.map_or(&self.clear, |own| &own.treatment);
        let mut demands = expectation.demands.iter();
        let Some(short) = demands.find_map(|demand| demand.unmet(statement, treatment)) else {
            return;
        };
        let tag = short
            .parameter
            .and_then(|name| treatment.setting(name))
            .map_or(Tag::NONE, |one| one.tag);
        let mut of = vec![(SUBJECTS, at)];
        of.extend(rule.map(|rule| (RULES, rule)));
        let before = [(RULES, rule.unwrap_or(self.rules.len()))];
        let mut budget = Budget::new(PER_QUESTION.min(self.total.left()));
        let answer = self.search.find(&of, &before, expectation.at, &mut budget);
        self.total.spend(budget.spent());
        match answer {
            Answer::No => {}
            Answer::Unknown => outcome.undecided = true,
            Answer::Yes(_) if outcome.failures.len() >= MOST_NAMED => outcome.more += 1,
            Answer::Yes(connection) => outcome.failures.push(Failure {
                rule: statement,
                short,
                tag,
                connection,
            }),
        }
    }
}

impl Expectation {
    /// What is to be said of an outcome, in the file of the tests; nothing of one that holds.
    pub fn findings(&self, outcome: &Outcome<'_>, file: &str, at: &dyn Locate) -> Vec<Finding> {
        let place = Place::Text {
            file: file.to_owned(),
            start: self.span.start,
            end: self.span.end,
        };
        let mut findings: Vec<Finding> = Vec::new();
        for failure in &outcome.failures {
            let name = failure.rule.and_then(Statement::name_str);
            let met = name.map_or_else(|| "no rule".to_owned(), |name| format!("rule `{name}`"));
            let mut finding = Finding::new(&FAILS, place.clone())
                .fact("connection", &failure.connection)
                .fact("met", met)
                .fact("short", &failure.short.words)
                .fact("help", match failure.rule {
                    Some(_) => "change what the rule gives, put one above it, or change the expectation",
                    None => "add a rule for these connections, or change the expectation",
                });
            if let Some(rule) = failure.rule {
                finding = finding.related(at.place(rule.tag, Part::Value), "this rule");
            }
            if failure.tag != Tag::NONE {
                finding = finding.related(at.place(failure.tag, Part::Value), "coded here");
            }
            findings.push(finding);
        }
        if outcome.more > 0 {
            let finding = Finding::new(&MORE, place.clone()).fact("count", outcome.more);
            findings.push(finding);
        }
        if outcome.undecided {
            findings.push(Finding::new(&UNDECIDED, place));
        }
        findings
    }
}

/// Every page of this module.
pub static PAGES: [&Page; 7] = [
    &read::NOT_UNDERSTOOD,
    &read::NO_VALUE,
    &read::MISSING,
    &FAILS,
    &MORE,
    &UNDECIDED,
    &read::NO_STACK,
];

static FAILS: Page = Page {
    code: "AT304",
    name: "expectation-fails",
    severity: Severity::Error,
    message: "{connection} meets {met}: {short}",
    help: "{help}",
    why: "An expectation describes a set of connections and holds only if it holds for all of them. The connection that is named is one for which it does not.",
};

static MORE: Page = Page {
    code: "AT305",
    name: "expectation-fails-elsewhere",
    severity: Severity::Error,
    message: "{count} more rules do not do what is expected here",
    help: "mend the ones that are named first",
    why: "Of an expectation that many rules do not meet, only some are named, each with a connection.",
};

static UNDECIDED: Page = Page {
    code: "AT306",
    name: "expectation-not-decided",
    severity: Severity::Warning,
    message: "it could not be found out whether this holds for all of these connections",
    help: "describe fewer connections on the line, or avoid an asterisk inside a job name",
    why: "Proving a line takes too much work when very many rules overlap in many ways, and an asterisk inside a name leaves open which names it shares with another. Nothing is claimed then.",
};
