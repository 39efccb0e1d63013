//! Results in the XML of JUnit, which services for continuous integration read.

use std::fmt::Write as _;

use generator::finding::Finding;

use super::{Case, Result};

/// One suite for each policy, and one for lines that could not be read.
pub fn render(cases: &[Case], unread: &[Finding], file: &str) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"gatehouse test\">\n",
    );
    let mut policies: Vec<&str> = cases.iter().map(|case| case.policy.as_str()).collect();
    policies.dedup();
    for policy in policies {
        let own: Vec<_> = cases.iter().filter(|case| case.policy == policy).collect();
        let of = |result| own.iter().filter(|case| case.result == result).count();
        open(
            &mut text,
            policy,
            own.len(),
            of(Result::Fails),
            of(Result::Undecided),
        );
        own.iter().for_each(|case| one(&mut text, case));
        text.push_str("  </testsuite>\n");
    }
    if !unread.is_empty() {
        open(&mut text, file, unread.len(), 0, unread.len());
        for finding in unread {
            let (code, message) = (finding.page.code, escaped(&finding.message()));
            let _ = writeln!(
                text,
                "    <testcase classname=\"{}\" name=\"{message}\"><error type=\"{code}\" message=\"{message}\"/></testcase>",
                escaped(file)
            );
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn open(text: &mut String, name: &str, tests: usize, failures: usize, errors: usize) {
    let name = escaped(name);
    let _ = writeln!(
        text,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">"
    );
}

fn one(text: &mut String, case: &Case) {
    let (class, name, file) = (
        escaped(&case.policy),
        escaped(&case.text),
        escaped(&case.file),
    );
    let _ = write!(
        text,
        "    <testcase classname=\"{class}\" name=\"{name}\" file=\"{file}\" line=\"{}\"",
        case.line
    );
    let element = match case.result {
        Result::Holds => {
            text.push_str("/>\n");
            return;
        }
        Result::Fails => "failure",
        Result::Undecided => "error",
    };
    let messages: Vec<_> = case
        .findings
        .iter()
        .map(|one| escaped(&one.message()))
        .collect();
    let (first, code) = (
        messages.first().map_or("", String::as_str),
        case.findings.first().map_or("", |one| one.page.code),
    );
    let _ = writeln!(
        text,
        "><{element} type=\"{code}\" message=\"{first}\">{}</{element}></testcase>",
        messages.join("\n")
    );
}

/// Text as XML takes it; characters that it has no place for become question marks.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('?'),
            c => escaped.push(c),
        }
    }
    escaped
}
