//! Key rings: the form of their names, and what belongs to a key database.

use super::placeholder::is_placeholder;
use super::{Check, Known, Look, Report};
use crate::finding::{Page, Severity};
use crate::policy::table::{Kind, TTLS_KEYRING_PARMS, TextForm};
use crate::policy::{Attribute, Part, Statement};

pub static CHECK: Check = Check {
    pages: &[&NO_PASSWORD, &NOT_A_FILE, &PASSWORD_WINS, &FORM, &QUOTED],
    look: Look::Each(|_| Box::new(run)),
};

static NO_PASSWORD: Page = Page {
    code: "AT231",
    name: "key-database-without-password",
    severity: Severity::Warning,
    message: "`{keyring}` looks like a key database, and there is neither a stash file nor a password",
    help: "add `KeyringStashFile`, or write the ring of a user id as `OWNER/RING`",
    why: "A key database is opened with its stash file or password. Without either the value is taken for the name of a SAF key ring, as it seems, and no connection gets a certificate.",
};

static NOT_A_FILE: Page = Page {
    code: "AT232",
    name: "password-for-a-key-ring",
    severity: Severity::Warning,
    message: "because of `{keyword}`, `{keyring}` is opened as a key database file",
    help: "remove `{keyword}`, or write the path of the key database",
    why: "`KeyringPw` and `KeyringStashFile` belong to a key database in a file. Beside the name of a SAF key ring or of a token they turn the name into that of a file, which is not there.",
};

static PASSWORD_WINS: Page = Page {
    code: "AT233",
    name: "password-and-stash-file",
    severity: Severity::Warning,
    message: "`KeyringStashFile` has no effect beside `KeyringPw`",
    help: "remove `KeyringPw`, which stands in the file for all who can read it",
    why: "Of the two the password counts.",
};

static FORM: Page = Page {
    code: "AT234",
    name: "form-of-key-ring",
    severity: Severity::Warning,
    message: "`{keyring}` is no usual name of a key ring: {reason}",
    help: "write `RING`, `OWNER/RING`, `*TOKEN*/name`, or the whole path of a key database with its `KeyringStashFile`",
    why: "The file is taken as it is, and only the first connection shows that no such ring can be opened: it is reset, and the message EZD1287I names the event Environment Init.",
};

static QUOTED: Page = Page {
    code: "AT235",
    name: "quoted-value",
    severity: Severity::Warning,
    message: "the quotation marks of `{value}` are taken as part of the value",
    help: "write it without them; blanks inside a label need none",
    why: "No manual that was found knows quotation marks in these files, and a label or ring is then looked for with them.",
};

/// RACF: characters of a user id, of a ring's name and of a PKCS #11 token's name.
const OWNER: usize = 8;
const RING: usize = 237;
const TOKEN: usize = 32;

fn run<'p>(known: &Known<'p>, report: &mut Report<'p>) {
    let (statement, def) = (known.statement, known.def);
    if def == &TTLS_KEYRING_PARMS {
        keyring(statement, report);
    }
    for attribute in statement.attributes() {
        if is_quoted(attribute) {
            let finding = report.at(&QUOTED, attribute.tag, Part::Value);
            report.push(finding.fact("value", attribute.value()));
        }
    }
}

/// Labels and rings that begin or end with a quotation mark.
fn is_quoted(attribute: &Attribute) -> bool {
    let form = attribute.def().map(|row| row.kind);
    let named = matches!(
        form,
        Some(Kind::Text {
            form: TextForm::Label | TextForm::Keyring,
            ..
        })
    );
    let value = attribute.value();
    named && (value.starts_with(QUOTES) || value.ends_with(QUOTES))
}

const QUOTES: [char; 2] = ['\'', '"'];

fn keyring(statement: &Statement, report: &mut Report<'_>) {
    let last = |name: &str| statement.values(name).last();
    let (password, stash) = (last("KeyringPw"), last("KeyringStashFile"));
    if let (Some(_), Some(stash)) = (password, stash) {
        let finding = report.at(&PASSWORD_WINS, stash.tag, Part::Keyword);
        report.push(finding);
    }
    let Some(keyring) = last("Keyring") else {
        return;
    };
    let value = keyring.value();
    if value.is_empty() || is_placeholder(value) || is_quoted(keyring) {
        return;
    }
    let place = (keyring.tag, Part::Value);
    let finding = match (value.starts_with('/'), password.or(stash)) {
        (true, None) => report.at(&NO_PASSWORD, place.0, place.1),
        (true, Some(_)) => return,
        (false, Some(attribute)) => {
            let finding = report.at(&NOT_A_FILE, attribute.tag, Part::Keyword);
            finding.fact("keyword", attribute.name())
        }
        (false, None) => match odd(value) {
            Some(reason) => report.at(&FORM, place.0, place.1).fact("reason", reason),
            None => return,
        },
    };
    report.push(finding.fact("keyring", value));
}

/// The user id before the slash of a ring's name.
pub(super) fn owner(value: &str) -> Option<&str> {
    let (owner, _) = value.split_once('/')?;
    (!owner.is_empty() && !owner.starts_with('*')).then_some(owner)
}

/// What is wrong with the name of a SAF key ring or token.
fn odd(value: &str) -> Option<String> {
    let Some((owner, ring)) = value.split_once('/') else {
        return long("a ring's name", value, RING);
    };
    if owner.starts_with('*') {
        let known = ["*TOKEN*", "*AUTH*", "*SITE*"];
        return match known.iter().any(|name| name.eq_ignore_ascii_case(owner)) {
            true if ring.is_empty() => Some(format!("nothing follows `{owner}/`")),
            true => long("a token's name", ring, TOKEN),
            false => Some(format!("`{owner}` is not `*TOKEN*`")),
        };
    }
    if ring.contains('/') {
        return Some("it has more than one slash, and does not begin with one".to_owned());
    }
    if ring.is_empty() {
        return Some("no ring follows the owner".to_owned());
    }
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '#' | '$');
    let illegal = owner.chars().find(|c| !legal(*c));
    long("the user id of its owner", owner, OWNER)
        .or_else(|| illegal.map(|found| format!("no user id holds `{found}`")))
        .or_else(|| long("a ring's name", ring, RING))
}

fn long(what: &str, text: &str, most: usize) -> Option<String> {
    let length = text.chars().count();
    (length > most)
        .then(|| format!("{what} has at most {most} characters, and this one has {length}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_are_not_odd() {
        for name in [
            "RING",
            "START1/TN3270.TTLS",
            "*TOKEN*/PROD.TOKEN",
            "*AUTH*/*",
            "*SITE*/*",
        ] {
            assert_eq!(odd(name), None, "{name}");
        }
        for (name, reason) in [
            (
                "etc/tls/key.kdb",
                "it has more than one slash, and does not begin with one",
            ),
            ("OWNER/", "no ring follows the owner"),
            ("*TOKEN*/", "nothing follows `*TOKEN*/`"),
            ("*TOKENS*/A", "`*TOKENS*` is not `*TOKEN*`"),
            ("A.B/RING", "no user id holds `.`"),
            (
                "NINECHARS/RING",
                "the user id of its owner has at most 8 characters, and this one has 9",
            ),
        ] {
            assert_eq!(odd(name).as_deref(), Some(reason));
        }
        assert!(odd(&"R".repeat(238)).is_some());
    }
}
