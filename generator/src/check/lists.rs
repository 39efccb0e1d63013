//! Lists of codes in one block: cipher suites, curves, signature pairs.

use std::collections::HashMap;

use super::treatment::suites_of;
use super::words::and;
use super::{Check, Known, Look, Report, title};
use crate::finding::{Page, Severity};
use crate::policy::table::lists::CodeList;
use crate::policy::table::suites::{suite_by_code, suite_by_short_code};
use crate::policy::table::{AttributeDef, Kind, Repeat, SuiteForm};
use crate::policy::{Attribute, Part, Statement, Tag};

pub static CHECK: Check = Check {
    pages: &[&LISTED_TWICE, &ANY_WITH_OTHERS, &TOO_MANY_V2, &READ_AS_TWO],
    look: Look::Each(|_| Box::new(run)),
};

static LISTED_TWICE: Page = Page {
    code: "AT227",
    name: "listed-twice",
    severity: Severity::Info,
    message: "twice in the list of `{statement}`: {items}",
    help: "remove the later one",
    why: "The order of a list is its order of preference, and of equal entries the first counts. Moving or removing the later one changes nothing.",
};

static ANY_WITH_OTHERS: Page = Page {
    code: "AT228",
    name: "any-curve-and-others",
    severity: Severity::Error,
    message: "`ClientECurves Any` stands beside other curves",
    help: "keep `Any`, or the others",
    why: "`Any` sends no list of curves at all, so it excludes every other value, and the combination is refused.",
};

static TOO_MANY_V2: Page = Page {
    code: "AT229",
    name: "too-many-v2-suites",
    severity: Severity::Error,
    message: "`{statement}` has {count} suites of SSL 2.0",
    help: "keep at most 10, or better none",
    why: "A list of SSL 2.0 holds at most 10 suites in all its lines.",
};

static READ_AS_TWO: Page = Page {
    code: "AT230",
    name: "code-read-as-two",
    severity: Severity::Warning,
    message: "`{value}` is read as the codes {codes}: {suites}",
    help: "if {meant} is meant, write its name, or the code on `V3CipherSuites4Char`",
    why: "`V3CipherSuites` takes codes of two digits. The codes of TLS 1.3 are at the same time two codes of old suites each, one of which does not encrypt, so nothing seems wrong.",
};

/// The most suites of SSL 2.0 in a list, by the IP Configuration Reference.
const MOST_V2: usize = 10;

fn run<'p>(known: &Known<'p>, report: &mut Report<'p>) {
    let (statement, def) = (known.statement, known.def);
    let rows = def.attributes.iter();
    for row in rows.filter(|row| row.repeat == Repeat::Concat) {
        match row.kind {
            Kind::Suites(SuiteForm::V2) => v2(statement, row, report),
            // The two forms make one list, which the first of them speaks for.
            Kind::Suites(SuiteForm::V3) => v3(statement, report),
            Kind::Suites(SuiteForm::V3Char4) => {}
            _ => codes(statement, row, report),
        }
    }
}

fn v2(statement: &Statement, row: &AttributeDef, report: &mut Report<'_>) {
    let lines: Vec<_> = statement.values(row.name).collect();
    let all: Vec<_> = suites(lines.iter().copied()).collect();
    let count = all.len();
    // AT004 reports one line that is too long.
    if let Some(last) = lines.last().filter(|_| count > MOST_V2 && lines.len() > 1) {
        let finding = report.at(&TOO_MANY_V2, last.tag, Part::Value);
        let finding = finding.fact("statement", title(statement));
        return report.push(finding.fact("count", count));
    }
    twice(statement, all.into_iter(), report);
}

fn v3(statement: &Statement, report: &mut Report<'_>) {
    let lines = statement.attributes().filter(|one| {
        matches!(
            one.def().map(|row| row.kind),
            Some(Kind::Suites(SuiteForm::V3 | SuiteForm::V3Char4))
        )
    });
    twice(statement, suites(lines), report);
    for line in statement.values("V3CipherSuites") {
        read_as_two(line, report);
    }
}

fn suites<'p>(lines: impl Iterator<Item = &'p Attribute>) -> impl Iterator<Item = (String, Tag)> {
    lines.flat_map(|line| {
        let suites = suites_of(line).into_iter();
        suites.map(|suite| (suite.name.to_owned(), line.tag))
    })
}

fn codes(statement: &Statement, row: &'static AttributeDef, report: &mut Report<'_>) {
    let Some(list) = CodeList::of(row) else {
        return;
    };
    let lines = statement.values(row.name);
    let all = lines.flat_map(|line| {
        let codes = list.split(line.value()).into_iter();
        codes.map(|code| (code, line.tag))
    });
    let all: Vec<_> = all.collect();
    let any = |(code, _): &&(String, Tag)| code.eq_ignore_ascii_case("Any");
    match all.iter().find(any) {
        Some((_, tag)) if !all.iter().all(|one| any(&one)) => {
            let finding = report.at(&ANY_WITH_OTHERS, *tag, Part::Value);
            let others = all.iter().find(|one| !any(one));
            let place = others.map(|(_, tag)| report.at.place(*tag, Part::Value));
            report.push(match place {
                Some(place) => finding.related(place, "another curve"),
                None => finding,
            });
        }
        _ => twice(statement, all.into_iter(), report),
    }
}

/// Reports what stands in a list more than once.
fn twice(statement: &Statement, all: impl Iterator<Item = (String, Tag)>, report: &mut Report<'_>) {
    let mut seen: HashMap<String, Tag> = HashMap::new();
    let mut again: Vec<(String, Tag, Tag)> = Vec::new();
    for (code, tag) in all {
        match seen.get(&code) {
            Some(before) => again.push((code, *before, tag)),
            None => drop(seen.insert(code, tag)),
        }
    }
    let Some((_, before, tag)) = again.first() else {
        return;
    };
    let place = report.at.place(*before, Part::Value);
    let mut names: Vec<_> = again.iter().map(|(code, ..)| code.as_str()).collect();
    names.dedup();
    let finding = report
        .at(&LISTED_TWICE, *tag, Part::Value)
        .fact("statement", title(statement))
        .fact("items", and(&names));
    report.push(finding.related(place, "this one counts"));
}

/// Codes of four digits that are as well codes of two.
fn read_as_two(line: &Attribute, report: &mut Report<'_>) {
    let value = line.value();
    if !value.is_ascii() || value.is_empty() || !value.len().is_multiple_of(4) {
        return;
    }
    let pieces = |width: usize| {
        let starts = (0..value.len()).step_by(width);
        starts.filter_map(move |at| value.get(at..at + width))
    };
    let long: Option<Vec<_>> = pieces(4).map(suite_by_code).collect();
    let short: Option<Vec<_>> = pieces(2).map(suite_by_short_code).collect();
    if let (Some(long), Some(short)) = (long, short) {
        let names: Vec<_> = short.iter().map(|suite| suite.name).collect();
        let meant: Vec<_> = long.iter().map(|suite| suite.name).collect();
        let finding = report
            .at(&READ_AS_TWO, line.tag, Part::Value)
            .fact("value", value)
            .fact("codes", and(&pieces(2).collect::<Vec<_>>()))
            .fact("suites", and(&names))
            .fact("meant", and(&meant));
        report.push(finding);
    }
}
