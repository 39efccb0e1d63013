//! Rows of the table as a few lines of Markdown, for who points at a word.

use crate::policy::Release;
use crate::policy::table::lines::LineDef;
use crate::policy::table::lists::{CodeList, suite_of};
use crate::policy::table::suites::{CipherSuite, Fips, Protocol};
use crate::policy::table::{
    AttributeDef, Certainty, Kind, NO_LIMIT, Repeat, Required, StatementDef, SuiteForm,
};

/// What a statement is for, and since when there is one.
pub fn statement_words(def: &StatementDef) -> String {
    let mut text = format!("**{}**\n\n{}\n\n", def.name, def.help);
    if !def.inline_in.is_empty() {
        let around: Vec<_> = def
            .inline_in
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        line(&mut text, "may stand in", &around.join(", "));
    }
    line(
        &mut text,
        "since",
        &sure(def.since.to_string(), def.certainty),
    );
    line(&mut text, "source", def.source);
    text
}

/// What a statement of a main or image file is for.
pub fn line_words(def: &LineDef) -> String {
    format!("**{}** `{}`\n\n{}\n", def.name, def.syntax, def.help)
}

/// What an attribute is for, its values, and its default from this release on.
pub fn attribute_words(around: &StatementDef, row: &AttributeDef, release: Release) -> String {
    let mut text = format!(
        "**{}** of {}: {}\n\n{}\n\n",
        row.name, around.name, row.label, row.help
    );
    line(&mut text, "values", &sure(values(row), row.certainty));
    let default = row.default_words(release);
    if !default.is_empty() {
        line(&mut text, "default", &sure(default, row.default_certainty));
    }
    line(
        &mut text,
        "since",
        &sure(row.since.to_string(), row.existence),
    );
    line(&mut text, "must be coded", &required(row.required));
    let repeat = match row.repeat {
        Repeat::Once => "",
        Repeat::Concat => "in several lines, which join into one list",
        Repeat::List => "several times",
    };
    line(&mut text, "may be coded", repeat);
    let excludes: Vec<_> = row
        .excludes
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    line(&mut text, "not beside", &excludes.join(", "));
    line(&mut text, "System SSL", row.system_ssl);
    line(&mut text, "source", row.source);
    text
}

/// What the code or name at this place of a value means: a cipher suite, a curve, a signature pair.
/// `at` counts bytes from the beginning of the value.
pub fn code_words(row: &AttributeDef, value: &str, at: usize) -> Option<String> {
    let (list, width) = match row.kind {
        Kind::Suites(form) => (CodeList::Suites, form.width()),
        Kind::Curves(codes) => (CodeList::Curves(codes), 4),
        Kind::SignaturePairs { .. } => (CodeList::SignaturePairs, 4),
        _ => return None,
    };
    let joined = value.len() > width && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = match joined {
        true => {
            let start = at.min(value.len() - 1) / width * width;
            value.get(start..value.len().min(start + width))?
        }
        false => value,
    };
    if let Kind::Suites(_) = row.kind {
        return suite_of(code).map(suite_words);
    }
    let code = list.code(code)?;
    Some(format!(
        "**{}** `{}`\n\n{}\n",
        code.name, code.code, code.detail
    ))
}

fn suite_words(suite: &'static CipherSuite) -> String {
    let mut text = format!("**{}**\n\n", suite.name);
    let codes = [Some(suite.code), suite.short_code()];
    let codes: Vec<_> = codes
        .into_iter()
        .flatten()
        .map(|code| format!("`{code}`"))
        .collect();
    line(&mut text, "codes", &codes.join(", "));
    let bits = match suite.bits {
        0 => "none: what is sent can be read".to_owned(),
        bits => format!("{}, {bits} bit", suite.cipher),
    };
    line(&mut text, "encryption", &bits);
    line(&mut text, "key exchange", suite.key_exchange);
    line(&mut text, "authentication", suite.authentication);
    line(&mut text, "MAC", suite.mac);
    let versions: Vec<_> = suite.protocols.iter().map(Protocol::to_string).collect();
    line(&mut text, "versions", &versions.join(", "));
    let fips = match suite.fips {
        Fips::Yes => "yes",
        Fips::Probably => "by its algorithms yes",
        Fips::No => "no",
    };
    line(&mut text, "FIPS mode", fips);
    text
}

fn line(text: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        text.push_str(&format!("- {name}: {value}\n"));
    }
}

fn sure(words: String, certainty: Certainty) -> String {
    match certainty {
        Certainty::Confirmed => words,
        Certainty::Unconfirmed | Certainty::ThirdParty => format!("{words} (unconfirmed)"),
    }
}

fn required(required: Required) -> String {
    match required {
        Required::No => String::new(),
        Required::Always => "always".to_owned(),
        Required::OneOf(names) => format!("this or one of {}", names.join(", ")),
        Required::With(name) => format!("together with `{name}`"),
        Required::IfEnabled => "when the rule's group action has `TTLSEnabled On`".to_owned(),
        Required::IfAsked(name) => format!("when `{name}` is `Optional` or `Required`"),
    }
}

/// What may be written, in words.
fn values(row: &AttributeDef) -> String {
    let unit = row.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
    let coded = |words: &[&str]| -> String {
        let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
        words.join(", ")
    };
    match row.kind {
        Kind::Flag => coded(&["On", "Off"]),
        Kind::Enum(words) => coded(words),
        Kind::Int { min, max } => format!("{min} to {max}{unit}"),
        Kind::Text { max, .. } => {
            let limit = match max {
                NO_LIMIT => "text".to_owned(),
                max => format!("text of at most {max} characters"),
            };
            with_examples(limit, row)
        }
        Kind::Address => with_examples("`All`, an address, a prefix or a range".to_owned(), row),
        Kind::SingleAddress => with_examples("an address".to_owned(), row),
        Kind::AddressPrefix => {
            with_examples("an address with the length of its prefix".to_owned(), row)
        }
        Kind::AddressRange => with_examples("two addresses with a hyphen between".to_owned(), row),
        Kind::Ports { .. } => with_examples("a port or a range of ports".to_owned(), row),
        Kind::Wildcard8 => with_examples(
            "up to 8 characters, an asterisk for any that follow".to_owned(),
            row,
        ),
        Kind::Ref(kind) => format!("the name of a `{kind}`"),
        Kind::Inline(kind) => format!("a block, as of `{kind}`"),
        Kind::Suites(SuiteForm::V2) => {
            "codes of one character side by side, or the name of a suite".to_owned()
        }
        Kind::Suites(SuiteForm::V3) => {
            "codes of two digits side by side, or the name of a suite".to_owned()
        }
        Kind::Suites(SuiteForm::V3Char4) => "codes of four digits side by side".to_owned(),
        Kind::Curves(_) => "codes of four digits side by side, or the name of a curve".to_owned(),
        Kind::SignaturePairs { many: true } => {
            "codes of four digits side by side, or the name of a pair".to_owned()
        }
        Kind::SignaturePairs { many: false } => {
            "a code of four digits, or the name of a pair".to_owned()
        }
        Kind::Mask { digits } => {
            let digits: Vec<_> = digits.iter().map(usize::to_string).collect();
            format!("{} digits, each 0 or 1", digits.join(" or "))
        }
        Kind::TimeRange => with_examples("`yyyymmddhhmmss:yyyymmddhhmmss`".to_owned(), row),
        Kind::TimeOfDay => with_examples("`hh:mm-hh:mm`".to_owned(), row),
    }
}

fn with_examples(words: String, row: &AttributeDef) -> String {
    let examples: Vec<_> = row
        .kind
        .examples()
        .iter()
        .map(|one| format!("`{one}`"))
        .collect();
    match examples.is_empty() {
        true => words,
        false => format!("{words}, such as {}", examples.join(" or ")),
    }
}
