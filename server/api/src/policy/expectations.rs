//! Whether policies do what is expected of them: policy tests.

use generator::analysis::difference::treated;
use generator::analysis::expectations::{
    self, Expectation, Outcome, Suite, examples, outcomes, read,
};
use generator::finding::{Finding, Place};
use generator::lines::Lines;
use generator::objects::{Configuration, Kind, ObjectId, summary, systems};
use generator::policy::{Statement, Tag};
use serde::{Deserialize, Serialize};

use super::differences::named;
use super::sources::Uploaded;
use super::stacks::Read;
use super::{At, Connection, PolicyFinding, RuleAt, Sources, Span, StackOf, Unanswered};

/// Asks about files: `POST /api/v1/policy/test`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Test {
    pub sources: Sources,
    /// Only this stack; absent: every stack that the files describe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// Expectations, one on a line.
    pub tests: String,
}

/// Asks about the stacks of a store: `POST /api/v1/stores/{store}/test`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TestStacks {
    #[serde(default)]
    pub of: StackOf,
    /// A stack, or an image or group with all of its stacks; absent: every stack of the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub owner: Option<ObjectId>,
    /// Expectations, one on a line; absent: those that are kept with the stacks, their images and groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tests: Option<String>,
}

/// What became of expectations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tested {
    /// Stacks that were looked at.
    pub stacks: usize,
    pub holds: usize,
    pub fails: usize,
    pub undecided: usize,
    /// Lines that are not understood, and sections of stacks that are not there. At most 500.
    pub findings: Vec<PolicyFinding>,
    /// How many there are.
    pub findings_total: usize,
    /// One for each stack that a line is about. At most 2,000: first those that do not hold, when there
    /// are more.
    pub results: Vec<TestResult>,
    /// Where no line is read: lines that hold now, to begin with; at most 3.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
}

/// What became of one line for one stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestResult {
    /// The stack, or its policy where it has no name; of a store with its image: `MVSA.TCPIP`.
    pub stack: String,
    /// The line. Its file is `tests`, or the name of the object that keeps it.
    pub at: Span,
    /// The object that keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub object: Option<ObjectId>,
    /// Without its comment.
    pub text: String,
    pub result: TestVerdict,
    /// At most 10; none when it holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<TestFailure>,
    /// Rules that fail as well.
    #[serde(default)]
    pub more: usize,
}

/// Whether a line holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum TestVerdict {
    Fails,
    /// Proving it would take too much work.
    Undecided,
    Holds,
}

/// A rule, or none, that does not do what is expected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestFailure {
    /// Absent: no rule applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleAt>,
    /// What falls short, in words.
    pub why: String,
    /// The parameter that falls short, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// Where that is coded; absent: it is the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coded: Option<At>,
    /// A connection that shows it.
    pub connection: Connection,
    /// It, in words.
    pub such_as: String,
}

/// Findings and results that are handed over, and expectations of a text that are looked at.
const MOST_FINDINGS: usize = 500;
const MOST_RESULTS: usize = 2000;
const MOST_LINES: usize = 10_000;

/// The name of a text that no object keeps.
const FILE: &str = "tests";

/// Tests the stacks of files.
pub fn test(asked: &Test) -> Result<Tested, Unanswered> {
    let uploaded = Uploaded::new(&asked.sources)?;
    let stacks = Read::all(&asked.sources, &uploaded, asked.stack.as_deref())?;
    stacks.iter().try_for_each(Read::entire)?;
    let names = stacks.iter().map(|one| one.stack.name.clone());
    let known: Vec<_> = names.collect();
    let text = Text::read(FILE.to_owned(), None, &asked.tests)?;
    let mut answer = Answer::default();
    // Of one stack, the sections of others are not asked for.
    answer.findings(&text, asked.stack.is_none().then_some(&known));
    if text.suite.expectations.is_empty() {
        answer.tested.examples = stacks.iter().find_map(begin).unwrap_or_default();
    }
    for read in &stacks {
        let own = &read.stack.name;
        let shown = match own.as_str() {
            "" => read.stack.policy_path.clone().unwrap_or_default(),
            name => name.to_owned(),
        };
        answer.stack(&[&text], &[own], &shown, read);
    }
    Ok(answer.end(stacks.len()))
}

/// Tests stacks of a configuration.
pub fn test_stacks(
    configuration: &Configuration,
    owner: Option<&ObjectId>,
    tests: Option<&str>,
) -> Result<Tested, Unanswered> {
    let all = configuration.of_kind(Kind::Stack).into_iter();
    let all = all.map(|(id, _)| (id, configuration.owners_of(id)));
    let below = |owners: &[ObjectId]| owner.is_none_or(|owner| owners.contains(owner));
    let stacks: Vec<_> = all.filter(|(_, owners)| below(owners)).collect();
    if let Some(owner) = owner
        && configuration.get(owner).is_none()
    {
        return Err(Unanswered::new(format!(
            "There is no stack, image or group `{owner}`."
        )));
    }
    let texts = match tests {
        Some(tests) => vec![Text::read(FILE.to_owned(), None, tests)?],
        None => kept(configuration, &stacks)?,
    };
    let mut answer = Answer::default();
    for text in &texts {
        let below = |owners: &[ObjectId]| text.object.as_ref().is_none_or(|id| owners.contains(id));
        let own = stacks.iter().filter(|(_, owners)| below(owners));
        let names = own.flat_map(|(id, _)| names_of(configuration, id));
        answer.findings(text, Some(&names.collect::<Vec<_>>()));
    }
    if texts.iter().all(|text| text.suite.expectations.is_empty()) {
        let mut read = stacks
            .iter()
            .filter_map(|(id, _)| Read::compiled(configuration, id).ok());
        answer.tested.examples = read.find_map(|read| begin(&read)).unwrap_or_default();
        return Ok(answer.end(stacks.len()));
    }
    for (id, owners) in &stacks {
        let of = |text: &&Text| text.object.as_ref().is_none_or(|id| owners.contains(id));
        let texts: Vec<_> = texts.iter().filter(of).collect();
        if texts.iter().all(|text| text.suite.expectations.is_empty()) {
            continue;
        }
        let names = names_of(configuration, id);
        let names: Vec<_> = names.iter().collect();
        let shown = named(configuration, id).unwrap_or_default();
        answer.stack(&texts, &names, &shown, &Read::compiled(configuration, id)?);
    }
    Ok(answer.end(stacks.len()))
}

/// What a stack does now; `None`: nothing that a line could say.
fn begin(read: &Read<'_>) -> Option<Vec<String>> {
    let found = examples(&treated(&read.stack.policy, read.release), 3);
    (!found.is_empty()).then_some(found)
}

/// The names by which a section can mean a stack: its own, and with its image.
fn names_of(configuration: &Configuration, id: &ObjectId) -> Vec<String> {
    let own = configuration.get(id).map(summary::shown_name);
    own.into_iter().chain(named(configuration, id)).collect()
}

/// The texts that stacks and what is above them keep, those of groups first.
fn kept(
    configuration: &Configuration,
    stacks: &[(&ObjectId, Vec<ObjectId>)],
) -> Result<Vec<Text>, Unanswered> {
    let mut seen: Vec<&ObjectId> = Vec::new();
    let mut texts = Vec::new();
    for at in (0..3).rev() {
        for id in stacks.iter().filter_map(|(_, owners)| owners.get(at)) {
            let Some(object) = configuration.get(id).filter(|_| !seen.contains(&id)) else {
                continue;
            };
            seen.push(id);
            let tests = systems::tests_of(object).unwrap_or_default();
            if !tests.trim().is_empty() {
                let name = named(configuration, id).filter(|_| at == 0);
                let name = name.unwrap_or_else(|| summary::shown_name(object));
                texts.push(Text::read(name, Some(id.clone()), tests)?);
            }
        }
    }
    Ok(texts)
}

/// A text of expectations.
struct Text {
    file: String,
    object: Option<ObjectId>,
    suite: Suite,
    lines: Lines,
}

impl Text {
    fn read(file: String, object: Option<ObjectId>, text: &str) -> Result<Self, Unanswered> {
        let suite = read(text, &file);
        if suite.expectations.len() > MOST_LINES {
            return Err(Unanswered::new(format!(
                "There are more than {MOST_LINES} expectations; test them in parts."
            )));
        }
        Ok(Self {
            suite,
            lines: Lines::of(text.as_bytes().to_vec()),
            file,
            object,
        })
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::of(&self.file, &self.lines, (start, end))
    }

    fn finding(&self, finding: &Finding) -> PolicyFinding {
        PolicyFinding::of(finding, |place| match place {
            Place::Text { start, end, .. } => self.span(*start, *end),
            Place::Field { .. } => Span::default(),
        })
    }
}

#[derive(Default)]
struct Answer {
    tested: Tested,
}

impl Answer {
    /// What is wrong with a text; `known` are the names of stacks that a section may have.
    fn findings(&mut self, text: &Text, known: Option<&Vec<String>>) {
        let unknown =
            known.map(|known| text.suite.unknown_stacks(known.iter().map(String::as_str)));
        let unknown = unknown.unwrap_or_default();
        let all: Vec<_> = text.suite.findings.iter().chain(&unknown).collect();
        self.tested.findings_total += all.len();
        let room = MOST_FINDINGS.saturating_sub(self.tested.findings.len());
        let new = all.into_iter().take(room).map(|one| text.finding(one));
        self.tested.findings.extend(new);
    }

    /// What becomes of the lines that are about a stack.
    fn stack(&mut self, texts: &[&Text], names: &[&String], shown: &str, read: &Read<'_>) {
        let is_about = |one: &&Expectation| {
            let section = one.stack.as_ref();
            section.is_none_or(|own| names.iter().any(|name| own.eq_ignore_ascii_case(name)))
        };
        let rules = treated(&read.stack.policy, read.release);
        for text in texts {
            let own = text.suite.expectations.iter();
            let own: Vec<_> = own.filter(is_about).collect();
            for (expectation, outcome) in own.iter().zip(outcomes(&own, &rules)) {
                let result = result(text, expectation, &outcome, shown, read);
                *match result.result {
                    TestVerdict::Holds => &mut self.tested.holds,
                    TestVerdict::Fails => &mut self.tested.fails,
                    TestVerdict::Undecided => &mut self.tested.undecided,
                } += 1;
                self.tested.results.push(result);
            }
        }
    }

    fn end(mut self, stacks: usize) -> Tested {
        self.tested.stacks = stacks;
        let results = &mut self.tested.results;
        if results.len() > MOST_RESULTS {
            results.sort_by_key(|one| one.result);
            results.truncate(MOST_RESULTS);
        }
        self.tested
    }
}

fn result(
    text: &Text,
    expectation: &Expectation,
    outcome: &Outcome<'_>,
    stack: &str,
    read: &Read<'_>,
) -> TestResult {
    let failure = |one: &expectations::Failure<'_>| TestFailure {
        rule: one.rule.map(|rule: &Statement| read.rule(rule)),
        why: one.short.words.clone(),
        parameter: one.short.parameter.map(str::to_owned),
        coded: (one.tag != Tag::NONE).then(|| read.at(one.tag)),
        connection: Connection::of(&one.connection),
        such_as: one.connection.to_string(),
    };
    TestResult {
        stack: stack.to_owned(),
        at: text.span(expectation.span.start, expectation.span.end),
        object: text.object.clone(),
        text: expectation.text.clone(),
        result: match outcome.failures.is_empty() {
            true if outcome.undecided => TestVerdict::Undecided,
            true => TestVerdict::Holds,
            false => TestVerdict::Fails,
        },
        failures: outcome.failures.iter().map(failure).collect(),
        more: outcome.more,
    }
}
