//! Rules of syslogd.

/// Selectors and destination.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub selectors: Vec<String>,
    pub file: String,
}

const FACILITIES: &[&str] = &[
    "*", "auth", "daemon", "user", "mail", "kern", "cron", "uucp", "news",
];
const PRIORITIES: &[&str] = &[
    "*", "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "none",
];

pub fn read(text: &str) -> Result<Vec<Rule>, String> {
    super::plain(text)?;
    let mut rules: Vec<Rule> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let rule = rule(line).map_err(|error| format!("{error}: {line}"))?;
        if rules.iter().any(|before| before.file == rule.file) {
            return Err(format!("two rules write to one file: {line}"));
        }
        rules.push(rule);
    }
    let catches_all = |rule: &Rule| rule.selectors.iter().any(|selector| selector == "*.*");
    match rules.split_last() {
        Some((last, before)) if catches_all(last) && !before.iter().any(catches_all) => Ok(rules),
        _ => Err("the last rule, and no other, takes the rest".into()),
    }
}

fn rule(line: &str) -> Result<Rule, String> {
    let (selectors, file) = line
        .split_once(' ')
        .ok_or("a rule has a selector and a file")?;
    if selectors.ends_with(';') || file.contains([' ', ';']) || !file.starts_with('/') {
        return Err("a blank after `;`, or no file".into());
    }
    let selectors: Vec<_> = selectors.split(';').map(str::to_owned).collect();
    for selector in &selectors {
        let parts: Vec<_> = selector.split('.').collect();
        let (facility, priority) = match parts[..] {
            [facility, priority] => (facility, priority),
            [user, job, facility, priority] if !user.is_empty() && !job.is_empty() => {
                (facility, priority)
            }
            _ => return Err(format!("`{selector}` is no selector")),
        };
        if !FACILITIES.contains(&facility) || !PRIORITIES.contains(&priority) {
            return Err(format!("`{selector}` has an unknown facility or priority"));
        }
    }
    Ok(Rule {
        selectors,
        file: file.to_owned(),
    })
}

#[test]
fn broken_rules_are_refused() {
    for text in [
        "*.A.daemon.none; *.* /var/log/all\n",
        "*.* /var/log/all\n*.A.daemon.debug /var/log/a\n",
        "*.A.daemon.debug /var/log/a\n",
        "*.A.demon.debug /var/log/a\n*.* /var/log/all\n",
        "*.A.daemon.debug /var/log/all\n*.* /var/log/all\n",
        "*.* all\n",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
}
