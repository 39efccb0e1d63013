//! Columns: what a template says in one line, broken as JCL and TSO allow it.
//!
//! Nothing goes beyond column 71. A JCL statement is continued after a comma, or inside quotes in
//! column 16; a TSO command with `+`, which drops the blanks that the next line begins with.

const LAST_COLUMN: usize = 71;
/// JCL lets a continued statement begin in columns 4 to 16.
const JCL_OPERANDS: usize = 12;
const JCL_QUOTED: usize = 16;

/// Breaks the lines of a job or procedure; in-stream lines after `//SYSTSIN` are TSO commands.
pub(super) fn job(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut commands = false;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            continue;
        }
        match commands {
            true if line == "/*" => {
                commands = false;
                out.push_str("/*\n");
            }
            true => tso(line, &mut out),
            false => {
                commands = line.starts_with("//SYSTSIN");
                match line.strip_prefix("//*") {
                    Some(words) => paragraph("//*", words, "", &mut out),
                    None => statement(line, &mut out),
                }
            }
        }
    }
    out
}

/// Words after a prefix, on as many lines as they need.
fn paragraph(prefix: &str, words: &str, end: &str, out: &mut String) {
    let width = LAST_COLUMN - end.len();
    let mut line = prefix.to_owned();
    for word in words
        .split_whitespace()
        .flat_map(|word| cut(word, width - prefix.len() - 1))
    {
        if line.len() > prefix.len() && line.len() + 1 + word.len() > width {
            out.push_str(&line);
            out.push_str(end);
            out.push('\n');
            line = prefix.to_owned();
        }
        line.push(' ');
        line.push_str(word);
    }
    out.push_str(&line);
    out.push_str(end);
    out.push('\n');
}

/// Pieces of at most `len` bytes, cut between characters.
fn cut(word: &str, len: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while rest.len() > len {
        let at = (1..=len)
            .rev()
            .find(|at| rest.is_char_boundary(*at))
            .unwrap_or(rest.len());
        let (piece, more) = rest.split_at(at);
        pieces.push(piece);
        rest = more;
    }
    pieces.push(rest);
    pieces
}

/// One JCL statement: `//NAME OPERATION operands`, the operands without blanks outside quotes.
fn statement(line: &str, out: &mut String) {
    let mut fields = line.splitn(3, ' ');
    let (name, operation) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
    let mut current = format!("{name:<10} {operation} ");
    for (at, operand) in operands(fields.next().unwrap_or(""))
        .into_iter()
        .enumerate()
    {
        if at > 0 && current.len() + operand.len() > LAST_COLUMN {
            push_line(&current, out);
            current = format!("{:<width$}", "//", width = JCL_OPERANDS - 1);
        }
        // Only a quoted operand is longer than a line: it fills the line and goes on in column 16.
        let mut rest = operand;
        while current.len() + rest.len() > LAST_COLUMN {
            let (piece, more) = rest.split_at(LAST_COLUMN - current.len());
            push_line(&(current + piece), out);
            current = format!("{:<width$}", "//", width = JCL_QUOTED - 1);
            rest = more;
        }
        current.push_str(rest);
    }
    push_line(&current, out);
}

/// The operands, each with its comma.
fn operands(text: &str) -> Vec<&str> {
    let (mut found, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0_u32, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth = depth.saturating_sub(1),
            b',' if !quoted && depth == 0 => {
                found.push(&text[start..=at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&text[start..]);
    found
}

fn push_line(line: &str, out: &mut String) {
    out.push_str(line.trim_end());
    out.push('\n');
}

/// One TSO command, or a comment; never in column 1, where `/*` would end the input.
fn tso(line: &str, out: &mut String) {
    const FIRST: &str = "  ";
    const NEXT: &str = "     ";
    let line = line.trim();
    if let Some(words) = line.strip_prefix("/*") {
        return paragraph("  /*", words.trim_end_matches("*/"), " */", out);
    }
    let mut current = FIRST.to_owned();
    for word in words(line) {
        if current.len() > NEXT.len() && current.len() + 1 + word.len() > LAST_COLUMN - 2 {
            out.push_str(&current);
            out.push_str(" +\n");
            current = NEXT.to_owned();
        }
        if !current.trim_start().is_empty() {
            current.push(' ');
        }
        let mut rest = word;
        while current.len() + rest.len() > LAST_COLUMN - 2 {
            let (piece, more) = rest.split_at(place_to_cut(rest, LAST_COLUMN - 1 - current.len()));
            out.push_str(&current);
            out.push_str(piece);
            out.push_str("+\n");
            current = NEXT.to_owned();
            rest = more;
        }
        current.push_str(rest);
    }
    push_line(&current, out);
}

/// The words of a command; a quoted blank separates none.
fn words(line: &str) -> Vec<&str> {
    let (mut found, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b' ' if !quoted => {
                found.push(&line[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&line[start..]);
    found.retain(|word| !word.is_empty());
    found
}

/// At most `len`, so that there is a rest, and that it does not begin with a blank, which would be
/// dropped.
fn place_to_cut(word: &str, len: usize) -> usize {
    (1..word.len().min(len + 1))
        .rev()
        .find(|at| word.is_char_boundary(*at) && !word[*at..].starts_with(' '))
        .unwrap_or(word.len())
}
