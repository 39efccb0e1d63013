//! Jobs and procedures.

const LAST_COLUMN: usize = 71;

/// One JCL statement, its continuations joined.
#[derive(Debug)]
struct Statement {
    name: String,
    operation: String,
    operands: Vec<String>,
}

/// Reads a job that runs TSO commands, and returns the commands, their continuations joined.
pub fn job(text: &str) -> Result<Vec<String>, String> {
    let (statements, input) = read(text)?;
    let [job, exec, rest @ ..] = &statements[..] else {
        return Err("a job has JOB, EXEC and DD statements".into());
    };
    if job.operation != "JOB" || !is_name(&job.name) {
        return Err(format!("it does not begin with a JOB statement: {job:?}"));
    }
    check_exec(exec)?;
    if exec.operands[0] != "PGM=IKJEFT01" {
        return Err("it does not run TSO commands".into());
    }
    check_dds(rest)?;
    let has = |name| rest.iter().any(|dd| dd.name == name);
    if !has("SYSTSPRT") || !has("SYSTSIN") {
        return Err("SYSTSPRT or SYSTSIN is missing".into());
    }
    commands(&input)
}

/// Reads a procedure of one step.
pub fn procedure(text: &str) -> Result<(), String> {
    let (statements, input) = read(text)?;
    let [proc, exec, rest @ ..] = &statements[..] else {
        return Err("a procedure has PROC, EXEC and DD statements".into());
    };
    if proc.operation != "PROC" || !is_name(&proc.name) || !proc.operands.is_empty() {
        return Err(format!("it does not begin with a PROC statement: {proc:?}"));
    }
    if !input.is_empty() {
        return Err("a procedure has no input of its own".into());
    }
    check_exec(exec)?;
    check_dds(rest)
}

fn check_exec(exec: &Statement) -> Result<(), String> {
    let program = exec
        .operands
        .first()
        .and_then(|first| first.strip_prefix("PGM="));
    if exec.operation != "EXEC" || !program.is_some_and(is_name) {
        return Err(format!("EXEC names no program: {exec:?}"));
    }
    for operand in &exec.operands[1..] {
        match operand.split_once('=') {
            Some(("REGION", "0K" | "0M") | ("TIME", "NOLIMIT")) => {}
            Some(("PARM", parm)) => {
                let inside = unquoted(parm).ok_or("PARM is not quoted")?;
                if inside.len() > 100 {
                    return Err(format!("PARM has {} characters", inside.len()));
                }
            }
            _ => return Err(format!("unknown operand {operand}")),
        }
    }
    Ok(())
}

fn check_dds(dds: &[Statement]) -> Result<(), String> {
    let mut names = std::collections::BTreeSet::new();
    for dd in dds {
        if dd.operation != "DD" || !is_name(&dd.name) || !names.insert(&dd.name) {
            return Err(format!("no DD statement: {dd:?}"));
        }
        if dd.operands.is_empty() {
            return Err(format!("DD {} says nothing", dd.name));
        }
        for operand in &dd.operands {
            let good = match operand.split_once('=') {
                None => operand == "*",
                Some(("SYSOUT", class)) => class == "*",
                Some(("DISP", disposition)) => disposition == "SHR",
                Some(("DSN", name)) => is_data_set(name),
                Some(("PATHOPTS", options)) => options == "(ORDONLY)",
                Some(("PATH", path)) => {
                    unquoted(path).is_some_and(|path| path.starts_with('/') && path.len() <= 255)
                }
                Some(("DCB", _)) => true,
                Some(_) => false,
            };
            if !good {
                return Err(format!("DD {}: {operand}", dd.name));
            }
        }
    }
    Ok(())
}

/// The statements, and the lines of the one in-stream data set.
fn read(text: &str) -> Result<(Vec<Statement>, Vec<String>), String> {
    let (mut statements, mut input) = (Vec::new(), Vec::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        check_columns(line)?;
        if line.starts_with("//*") {
            continue;
        }
        let rest = line
            .strip_prefix("//")
            .ok_or(format!("no statement: {line}"))?;
        let mut fields = rest.splitn(3, ' ');
        let name = fields.next().unwrap_or("").to_owned();
        let after = fields.next().map(|second| match second {
            "" => fields.next().unwrap_or("").trim_start(),
            _ => &rest[name.len() + 1..],
        });
        let (operation, field) = match after.unwrap_or("").split_once(' ') {
            Some((operation, field)) => (operation.to_owned(), field.trim_start().to_owned()),
            None => (after.unwrap_or("").to_owned(), String::new()),
        };
        let mut field = field;
        let mut last_len = line.len();
        loop {
            let quoted = field.matches('\'').count() % 2 == 1;
            if !quoted && !field.ends_with(',') {
                break;
            }
            let next = lines
                .next()
                .ok_or("the last statement goes on after the end")?;
            check_columns(next)?;
            let more = next
                .strip_prefix("//")
                .ok_or(format!("no continuation: {next}"))?;
            let start = more.trim_start();
            let column = next.len() - start.len() + 1;
            let good = match quoted {
                // Blanks up to column 71 would belong to the quoted text.
                true => last_len == LAST_COLUMN && column == 16,
                false => (4..=16).contains(&column),
            };
            if !good {
                return Err(format!("continued in column {column}: {next}"));
            }
            last_len = next.len();
            field.push_str(start);
        }
        let operands = operands(&field)?;
        let in_stream = operands == ["*"];
        statements.push(Statement {
            name,
            operation,
            operands,
        });
        if in_stream {
            loop {
                let line = lines.next().ok_or("the input does not end")?;
                check_columns(line)?;
                match line {
                    "/*" => break,
                    _ if line.starts_with("//") || line.starts_with("/*") => {
                        return Err(format!("ends the input: {line}"));
                    }
                    _ => input.push(line.to_owned()),
                }
            }
        }
    }
    Ok((statements, input))
}

fn check_columns(line: &str) -> Result<(), String> {
    if line.len() > LAST_COLUMN {
        return Err(format!("beyond column {LAST_COLUMN}: {line}"));
    }
    match line.chars().find(|c| !(' '..='~').contains(c)) {
        Some(c) => Err(format!("holds {c:?}: {line}")),
        None => Ok(()),
    }
}

fn operands(field: &str) -> Result<Vec<String>, String> {
    let (mut found, mut current) = (Vec::new(), String::new());
    let (mut depth, mut quoted) = (0, false);
    for c in field.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => return Err(format!("a blank ends the operands early: {field}")),
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                found.push(std::mem::take(&mut current));
                continue;
            }
            _ => {}
        }
        current.push(c);
    }
    if quoted || depth != 0 {
        return Err(format!("quotes or parentheses do not match: {field}"));
    }
    if !field.is_empty() {
        found.push(current);
    }
    Ok(found)
}

/// Joins continued TSO commands, and drops comments.
fn commands(input: &[String]) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut current: Option<String> = None;
    for line in input {
        if let Some(comment) = line.trim_start().strip_prefix("/*") {
            if current.is_some() || comment.find("*/") != Some(comment.len().saturating_sub(2)) {
                return Err(format!(
                    "a comment inside a command, or without end: {line}"
                ));
            }
            continue;
        }
        let text = match current.take() {
            Some(before) => before + line.trim_start(),
            None => line.trim_start().to_owned(),
        };
        match text.strip_suffix('+') {
            Some(more) => current = Some(more.to_owned()),
            None if text.ends_with('-') => return Err(format!("continued by accident: {line}")),
            None => found.push(text),
        }
    }
    match current {
        Some(open) => Err(format!("goes on after the end: {open}")),
        None => Ok(found),
    }
}

pub fn is_name(text: &str) -> bool {
    (1..=8).contains(&text.len())
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "@#$".contains(c))
}

fn is_data_set(text: &str) -> bool {
    let (set, member) = match text.split_once('(') {
        Some((set, member)) => (set, member.strip_suffix(')').unwrap_or("")),
        None => (text, "OK"),
    };
    set.len() <= 44 && set.split('.').all(is_name) && is_name(member)
}

fn unquoted(text: &str) -> Option<&str> {
    text.strip_prefix('\'')?
        .strip_suffix('\'')
        .filter(|inside| !inside.contains('\''))
}

#[test]
fn the_job_of_the_story_that_did_not_run_is_refused() {
    let proc = "//SYSLOGD  PROC\n//SYSLOGD  EXEC PGM=&PROG., REGION=0K,TIME=NOLIMIT\n";
    assert!(
        procedure(proc)
            .unwrap_err()
            .contains("a blank ends the operands early")
    );
    for (text, words) in [
        ("//A PROC\n//A EXEC PROG=B\n", "names no program"),
        ("//A PROC\n//A EXEC PGM=B,\n", "goes on after the end"),
        (
            "//A PROC\n//A EXEC PGM=B,\n//                TIME=NOLIMIT\n",
            "column 19",
        ),
        (
            "//A PROC\n//A EXEC PGM=B\n//TOOLONGDD DD SYSOUT=*\n",
            "no DD statement",
        ),
        (
            "//A PROC\n//A EXEC PGM=B\n//X DD SYSOUT=*\n//X DD SYSOUT=*\n",
            "no DD statement",
        ),
        (
            "//A PROC\n//A EXEC PGM=B\n//X DD PATH='/a\n",
            "goes on after the end",
        ),
    ] {
        assert!(procedure(text).unwrap_err().contains(words), "{text}");
    }
    let long = format!("//A PROC\n//A EXEC PGM=B,PARM='{}'\n", "x".repeat(80));
    assert!(procedure(&long).unwrap_err().contains("beyond column 71"));
}
