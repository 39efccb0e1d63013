//! What a code, a message, a line of a log, a statement or an attribute means.

use generator::check::examples::{Example, example};
use generator::finding::{Page, Severity};
use generator::policy::Release;
use generator::policy::spelling;
use generator::policy::table::{AttributeDef, Kind, StatementDef, lines, statements};
use generator::runtime::{self, Kind as Runtime};
use generator::{check, problems};
use serde::{Deserialize, Serialize};

/// The answer to a question in a few words: `GET /api/v1/policy/explain?q=AT210`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explain {
    pub asked: String,
    /// The best first.
    pub found: Vec<Explanation>,
    /// How many there are in all.
    pub total: usize,
    /// The question names what was found, and does not only share words with it.
    pub exact: bool,
    /// What is known to be unknown: a code that nobody here has heard of, in a sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// What may have been meant, where nothing was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meant: Option<String>,
}

/// One thing, explained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    pub kind: ExplainKind,
    /// What to ask for to get just this.
    pub key: String,
    pub title: String,
    /// In a sentence.
    pub meaning: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub severity: Option<Severity>,
    /// Names and values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<ExplainPart>,
}

/// More of an explanation, below a heading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExplainPart {
    pub title: String,
    pub form: ExplainForm,
    pub lines: Vec<String>,
}

/// What the lines of a part are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ExplainForm {
    Sentences,
    /// To be typed.
    Commands,
    /// To be asked for.
    Links,
    /// Of a file.
    Text,
}

/// What is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ExplainKind {
    /// A finding of Gatehouse.
    Finding,
    Statement,
    Attribute,
    /// A return code of AT-TLS or System SSL.
    Code,
    Errno,
    Message,
    /// A line of the Policy Agent's log.
    Log,
}

/// Characters of a question that are looked at.
const LONGEST: usize = runtime::LONGEST;
/// Explanations that are handed over.
const MOST: usize = 300;

/// Explains what a text names: a code or the name of a finding, a statement, an attribute, a return code, a
/// message, lines of a log; else all that hold its words. An empty text asks for every finding.
pub fn explain(text: &str) -> Explain {
    let asked: String = text.trim().chars().take(LONGEST).collect();
    let all = everything();
    let is = |word: &str| word.eq_ignore_ascii_case(&asked);
    let exact = |one: &&Thing| one.names().into_iter().any(is);
    let mut found: Vec<&Thing> = all.iter().filter(exact).collect();
    if asked.is_empty() {
        found = all
            .iter()
            .filter(|one| matches!(one, Thing::Finding(_)))
            .collect();
    }
    let exact = !found.is_empty() && !asked.is_empty();
    let answer = runtime::explain(if exact { "" } else { &asked });
    let heard = answer.explanations.iter();
    let heard: Vec<_> = heard
        .filter(|one| !matches!(one.kind, Runtime::Statement | Runtime::Attribute))
        .collect();
    if !heard.is_empty() {
        return Explain {
            total: heard.len(),
            found: heard.into_iter().take(MOST).map(of_runtime).collect(),
            exact: true,
            unknown: unknown(&answer),
            meant: None,
            asked,
        };
    }
    if found.is_empty() {
        found = holding(&all, &asked);
    }
    let total = found.len();
    let meant = (total == 0).then(|| {
        let names = all.iter().flat_map(Thing::names);
        spelling::closest(&asked, names).map(str::to_owned)
    });
    Explain {
        found: found.into_iter().take(MOST).map(Thing::explain).collect(),
        total,
        exact,
        unknown: match total {
            0 => unknown(&answer),
            _ => Vec::new(),
        },
        meant: meant.flatten(),
        asked,
    }
}

/// The things that hold every word, those first that have one of them in a name.
fn holding<'a>(all: &'a [Thing], asked: &str) -> Vec<&'a Thing> {
    let asked = asked.to_lowercase();
    let words: Vec<_> = asked.split_whitespace().collect();
    let mut found: Vec<_> = all
        .iter()
        .filter(|one| {
            let text = one.text().to_lowercase();
            words.iter().all(|word| text.contains(word))
        })
        .collect();
    found.sort_by_key(|one| {
        let names = one.names().join(" ").to_lowercase();
        !words.iter().any(|word| names.contains(word))
    });
    found
}

/// Something that can be asked for.
enum Thing {
    Finding(&'static Page),
    Statement(&'static StatementDef),
    Line(&'static lines::LineDef),
    /// With the statements that have it.
    Attribute(&'static AttributeDef, Vec<&'static str>),
}

fn everything() -> Vec<Thing> {
    let pages = check::pages().into_iter().chain(problems::all_pages());
    let mut all: Vec<_> = pages.map(Thing::Finding).collect();
    all.extend(statements().iter().map(|def| Thing::Statement(def)));
    all.extend(lines::lines().iter().map(|def| Thing::Line(def)));
    let mut attributes: Vec<(&AttributeDef, Vec<&str>)> = Vec::new();
    for def in statements() {
        for row in def.attributes {
            let mut known = attributes.iter_mut();
            match known.find(|(other, _)| other.name == row.name && other.help == row.help) {
                Some((_, of)) => of.push(def.name),
                None => attributes.push((row, vec![def.name])),
            }
        }
    }
    let attributes = attributes.into_iter();
    all.extend(attributes.map(|(row, of)| Thing::Attribute(row, of)));
    all
}

impl Thing {
    /// What it is called.
    fn names(&self) -> Vec<&'static str> {
        match self {
            Self::Finding(page) => vec![page.code, page.name],
            Self::Statement(def) => vec![def.name],
            Self::Line(def) => [def.name]
                .into_iter()
                .chain(def.synonyms.iter().copied())
                .collect(),
            Self::Attribute(row, _) => [row.name, row.label, row.system_ssl]
                .into_iter()
                .filter(|name| !name.is_empty())
                .collect(),
        }
    }

    /// All that is searched.
    fn text(&self) -> String {
        let more = match self {
            Self::Finding(page) => [page.message, page.help, page.why].join(" "),
            Self::Statement(def) => def.help.to_owned(),
            Self::Line(def) => def.help.to_owned(),
            Self::Attribute(row, _) => row.help.to_owned(),
        };
        format!("{} {more}", self.names().join(" "))
    }

    fn explain(&self) -> Explanation {
        match self {
            Self::Finding(page) => finding(page),
            Self::Statement(def) => statement(def),
            Self::Line(def) => {
                let facts = [("Form", format!("{} {}", def.name, def.syntax))];
                named(ExplainKind::Statement, def.name, def.help, facts)
            }
            Self::Attribute(row, of) => attribute(row, of),
        }
    }
}

fn finding(page: &Page) -> Explanation {
    // What stands in braces differs from finding to finding.
    let general = |text: &str| text.replace('{', "‹").replace('}', "›");
    Explanation {
        kind: ExplainKind::Finding,
        key: page.code.to_owned(),
        title: format!("{} {}", page.code, page.name),
        meaning: general(page.message),
        why: page.why.to_owned(),
        help: general(page.advice()),
        severity: Some(page.severity),
        facts: Vec::new(),
        parts: example(page.code).map(parts).unwrap_or_default(),
    }
}

fn parts(example: &Example) -> Vec<ExplainPart> {
    let part = |(title, text): (String, String)| ExplainPart {
        title,
        form: ExplainForm::Text,
        lines: text.lines().map(str::to_owned).collect(),
    };
    example.parts().into_iter().map(part).collect()
}

fn named(
    kind: ExplainKind,
    name: &str,
    meaning: &str,
    facts: impl IntoIterator<Item = (&'static str, String)>,
) -> Explanation {
    let facts = facts.into_iter().filter(|(_, value)| !value.is_empty());
    Explanation {
        kind,
        key: name.to_owned(),
        title: name.to_owned(),
        meaning: meaning.to_owned(),
        why: String::new(),
        help: String::new(),
        severity: None,
        facts: facts
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        parts: Vec::new(),
    }
}

/// What is not known of a question or a log.
fn unknown(answer: &runtime::Answer) -> Vec<String> {
    let words = |one: &runtime::Unknown| match one.nearest.is_empty() {
        true => format!("`{}` is not known. {}", one.subject, one.words),
        false => {
            let nearest = one.nearest.join(", ");
            format!(
                "`{}` is not known; near it: {nearest}. {}",
                one.subject, one.words
            )
        }
    };
    let words = answer.unknown.iter().map(words);
    words.map(|words| words.trim_end().to_owned()).collect()
}

fn of_runtime(one: &runtime::Explanation) -> Explanation {
    let unsure = |words: &str, unsure: bool| match unsure {
        true => format!("{words} (unconfirmed)"),
        false => words.to_owned(),
    };
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    let parameters = one.parameters.iter().map(|row| row.attribute.to_owned());
    let mut parameters: Vec<_> = parameters.collect();
    // Of several statements: explained together.
    parameters.dedup();
    let parts: [(String, ExplainForm, Vec<String>); 6] = [
        (
            unsure("Likely causes", one.unsure_causes),
            ExplainForm::Sentences,
            lines(one.causes),
        ),
        (
            "What to do".into(),
            ExplainForm::Sentences,
            lines(one.to_do),
        ),
        (
            "Commands".into(),
            ExplainForm::Commands,
            lines(one.commands),
        ),
        (
            "Parameters that it may be about".into(),
            ExplainForm::Links,
            parameters,
        ),
        (
            "Findings that report it beforehand".into(),
            ExplainForm::Links,
            lines(one.foreseen),
        ),
        ("See also".into(), ExplainForm::Links, one.related.clone()),
    ];
    let parts = parts.into_iter().filter(|(_, _, lines)| !lines.is_empty());
    let facts = one.facts.iter();
    let facts = facts.map(|fact| (fact.name.clone(), fact.words.clone()));
    let from = [("From", one.source), ("Evidence", one.evidence)];
    let from = from.into_iter().filter(|(_, words)| !words.is_empty());
    let from = from.map(|(name, words)| (name.to_owned(), words.to_owned()));
    Explanation {
        kind: match one.kind {
            Runtime::Code => ExplainKind::Code,
            Runtime::Errno => ExplainKind::Errno,
            Runtime::Message => ExplainKind::Message,
            Runtime::Log => ExplainKind::Log,
            Runtime::Statement => ExplainKind::Statement,
            Runtime::Attribute => ExplainKind::Attribute,
        },
        key: one.subject.clone(),
        title: format!("{} {}", one.subject, one.title)
            .trim_end()
            .to_owned(),
        meaning: unsure(&one.meaning, one.unsure),
        why: String::new(),
        help: String::new(),
        severity: None,
        facts: facts.chain(from).collect(),
        parts: parts
            .map(|(title, form, lines)| ExplainPart { title, form, lines })
            .collect(),
    }
}

fn statement(def: &StatementDef) -> Explanation {
    let attributes: Vec<_> = def.attributes.iter().map(|row| row.name).collect();
    let facts = [
        ("Since", def.since.to_string()),
        ("May stand in", def.inline_in.join(", ")),
        ("Attributes", attributes.join(", ")),
    ];
    named(ExplainKind::Statement, def.name, def.help, facts)
}

fn attribute(row: &AttributeDef, of: &[&str]) -> Explanation {
    let mut values = values(row.kind);
    if let Some(unit) = row.unit {
        values.push_str(&format!(" {unit}"));
    }
    let facts = [
        ("NCA’s word", row.label.to_owned()),
        ("In", of.join(", ")),
        ("Values", values),
        ("Examples", row.kind.examples().join(", ")),
        ("Default", row.default_words(Release::default())),
        ("Since", row.since.to_string()),
        ("System SSL", row.system_ssl.to_owned()),
    ];
    named(ExplainKind::Attribute, row.name, row.help, facts)
}

/// The values of a form, in words; empty where examples tell more.
fn values(kind: Kind) -> String {
    match kind {
        Kind::Flag => "On, Off".to_owned(),
        Kind::Enum(words) => words.join(", "),
        Kind::Int { min, max } => format!("{min} to {max}"),
        Kind::Text { max, .. } if max < usize::MAX => format!("at most {max} characters"),
        Kind::Ref(statement) => format!("the name of a {statement}"),
        Kind::Inline(statement) => format!("a block {statement}"),
        Kind::Curves(words) => words.join(", "),
        _ => String::new(),
    }
}
