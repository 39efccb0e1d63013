//! RACF commands: known ones, with known operands, in balanced quotes and parentheses.

use super::jcl::is_name;

/// A command as it was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    pub verb: String,
    pub operands: Vec<Operand>,
}

/// `WORD` or `WORD(…)`; quoted text is unquoted.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    pub word: String,
    pub quoted: bool,
    pub inside: Option<Vec<Operand>>,
}

impl Command {
    /// The one text inside an operand, at any depth.
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        text(&self.operands, path)
    }

    pub fn has(&self, word: &str) -> bool {
        self.operands.iter().any(|operand| operand.word == word)
    }
}

fn text<'a>(operands: &'a [Operand], path: &[&str]) -> Option<&'a str> {
    let operand = operands.iter().find(|operand| operand.word == path[0])?;
    let inside = operand.inside.as_ref()?;
    match &path[1..] {
        [] => match &inside[..] {
            [one] => Some(&one.word),
            _ => None,
        },
        rest => text(inside, rest),
    }
}

/// Operands that may stand in a command; a word with `()` has something inside.
const KNOWN: &[(&str, &[&str])] = &[
    ("ADDUSER", &["DFLTGRP()", "OMVS()", "NOPASSWORD"]),
    (
        "SETROPTS",
        &["CLASSACT()", "GENERIC()", "RACLIST()", "REFRESH"],
    ),
    ("RDEFINE", &["UACC()", "STDATA()"]),
    ("PERMIT", &["CLASS()", "ID()", "ACCESS()"]),
    ("RLIST", &["AUTHUSER"]),
    (
        "RACDCERT",
        &[
            "CERTAUTH",
            "ID()",
            "GENCERT",
            "SUBJECTSDN()",
            "WITHLABEL()",
            "KEYUSAGE()",
            "RSA",
            "SIZE()",
            "NOTAFTER()",
            "ADD()",
            "TRUST",
            "ADDRING()",
            "CONNECT()",
            "ALTNAME()",
            "SIGNWITH()",
            "GENREQ()",
            "DSN()",
            "LISTRING()",
        ],
    ),
];
const CLASSES: &[&str] = &[
    "SERVAUTH", "STARTED", "OPERCMDS", "FACILITY", "RDATALIB", "DIGTCERT", "DIGTRING",
];

pub fn command(line: &str) -> Result<Command, String> {
    let mut rest = line;
    let all = list(&mut rest, 0)?;
    if !rest.is_empty() {
        return Err(format!("a parenthesis too many: {line}"));
    }
    let [verb, operands @ ..] = &all[..] else {
        return Err("an empty command".into());
    };
    let command = Command {
        verb: verb.word.clone(),
        operands: operands.to_vec(),
    };
    check(&command).map_err(|error| format!("{error}: {line}"))?;
    Ok(command)
}

fn check(command: &Command) -> Result<(), String> {
    let (_, known) = KNOWN
        .iter()
        .find(|(verb, _)| *verb == command.verb)
        .ok_or("an unknown command")?;
    let positional = match command.verb.as_str() {
        "ADDUSER" | "PERMIT" => 1,
        "RDEFINE" | "RLIST" => 2,
        _ => 0,
    };
    if command.operands.len() < positional {
        return Err("operands are missing".into());
    }
    for operand in &command.operands[positional..] {
        let form = match operand.inside {
            Some(_) => format!("{}()", operand.word),
            None => operand.word.clone(),
        };
        if !known.contains(&form.as_str()) || operand.quoted {
            return Err(format!("unknown operand {form}"));
        }
        if operand.inside.as_ref().is_some_and(Vec::is_empty) {
            return Err(format!("{form} is empty"));
        }
    }
    let class = match command.verb.as_str() {
        "RDEFINE" | "RLIST" => Some(command.operands[0].word.as_str()),
        "PERMIT" => Some(command.text(&["CLASS"]).ok_or("PERMIT without CLASS")?),
        _ => None,
    };
    if class.is_some_and(|class| !CLASSES.contains(&class)) {
        return Err("an unknown class".into());
    }
    for operand in &command.operands {
        check_names(operand)?;
    }
    check_racdcert(command)
}

/// User IDs are names; labels and subjects are quoted.
fn check_names(operand: &Operand) -> Result<(), String> {
    for inside in operand.inside.iter().flatten() {
        let quoted = matches!(
            operand.word.as_str(),
            "WITHLABEL" | "LABEL" | "CN" | "O" | "C" | "DOMAIN" | "ADD" | "DSN" | "HOME"
        );
        let id = matches!(operand.word.as_str(), "ID" | "DFLTGRP" | "USER");
        if quoted && (!inside.quoted || inside.word.is_empty()) {
            return Err(format!("{} wants quotes", operand.word));
        }
        if id && !is_name(&format!("A{}", inside.word.get(1..).unwrap_or(""))) {
            return Err(format!("`{}` is no user ID", inside.word));
        }
        check_names(inside)?;
    }
    Ok(())
}

fn check_racdcert(command: &Command) -> Result<(), String> {
    if command.verb != "RACDCERT" {
        return Ok(());
    }
    let functions = ["GENCERT", "GENREQ", "ADD", "ADDRING", "CONNECT", "LISTRING"];
    let count = functions
        .iter()
        .filter(|function| command.has(function))
        .count();
    if count != 1 {
        return Err("RACDCERT has one function".into());
    }
    if !command.has("CERTAUTH") && !command.has("ID") {
        return Err("RACDCERT names no owner".into());
    }
    if command.has("CONNECT") && command.text(&["CONNECT", "RING"]).is_none() {
        return Err("CONNECT names no ring".into());
    }
    if command.has("GENCERT") && command.text(&["SUBJECTSDN", "CN"]).is_none() {
        return Err("GENCERT names no subject".into());
    }
    Ok(())
}

/// Operands up to a closing parenthesis or the end.
fn list(rest: &mut &str, depth: usize) -> Result<Vec<Operand>, String> {
    let mut found = Vec::new();
    loop {
        *rest = rest.trim_start_matches([' ', ',']);
        match rest.chars().next() {
            None | Some(')') => return Ok(found),
            Some('\'') => found.push(quoted(rest)?),
            Some('(') => return Err("a parenthesis without a word".into()),
            Some(_) => found.push(word(rest, depth)?),
        }
    }
}

fn word(rest: &mut &str, depth: usize) -> Result<Operand, String> {
    let end = rest.find([' ', ',', '(', ')', '\'']).unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    *rest = after;
    let mut operand = Operand {
        word: word.to_owned(),
        quoted: false,
        inside: None,
    };
    if let Some(inside) = rest.strip_prefix('(') {
        *rest = inside;
        operand.inside = Some(list(rest, depth + 1)?);
        *rest = rest
            .strip_prefix(')')
            .ok_or("a parenthesis is not closed")?;
    }
    match rest.starts_with('\'') {
        true => Err("a quote inside a word".into()),
        false => Ok(operand),
    }
}

fn quoted(rest: &mut &str) -> Result<Operand, String> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\'' {
            text.push(c);
            continue;
        }
        if chars.next_if(|(_, next)| *next == '\'').is_some() {
            text.push('\'');
            continue;
        }
        *rest = &rest[at + 1..];
        return Ok(Operand {
            word: text,
            quoted: true,
            inside: None,
        });
    }
    Err("a quote is not closed".into())
}

#[test]
fn broken_commands_are_refused() {
    for (line, words) in [
        ("RDEFINE SERVAUTH A.B UACC(NONE", "not closed"),
        ("RDEFINE SERVAUTH A.B UACC(NONE))", "too many"),
        ("RDEFINE SERVOUTH A.B UACC(NONE)", "unknown class"),
        ("RDELETE SERVAUTH A.B", "unknown command"),
        ("PERMIT A.B CLASS(SERVAUTH) ID() ACCESS(READ)", "is empty"),
        (
            "PERMIT A.B CLASS(SERVAUTH) ID(TOOLONGID) ACCESS(READ)",
            "no user ID",
        ),
        (
            "RDEFINE STARTED A.* STDATA(USER(A)) DFLTGRP(B)",
            "unknown operand",
        ),
        ("RACDCERT ID(A) CONNECT(CERTAUTH LABEL('x))", "not closed"),
        (
            "RACDCERT ID(A) CONNECT(CERTAUTH LABEL(x) RING(R))",
            "wants quotes",
        ),
        ("RACDCERT ID(A) ADDRING(R) LISTRING(R)", "one function"),
    ] {
        let error = command(line).unwrap_err();
        assert!(error.contains(words), "{line}: {error}");
    }
}
