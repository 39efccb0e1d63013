//! Pieces of sentences.

use generator::analysis::handshake::{Field, Settings, Step, group_name, suite_name};
use generator::policy::table::Scope;
use generator::policy::table::signatures::signature_pairs;

/// Names of a list that are written out.
const WRITTEN: usize = 6;

/// Where attributes of a rule stand.
pub struct Place<'c> {
    /// Group, environment, connection.
    pub actions: &'c [String; 3],
    pub rule: &'c str,
    pub settings: Option<&'c Settings>,
}

impl Place<'_> {
    /// `` `V3CipherSuites` of environment action GOLD ``
    pub fn of(&self, field: &Field) -> String {
        format!("`{}` {}", field.keyword, self.action(field.scope))
    }

    /// The same of an attribute by its name.
    pub fn named(&self, keyword: &'static str) -> String {
        match self.settings {
            Some(settings) => self.of(&settings.field(keyword)),
            None => format!("`{keyword}`"),
        }
    }

    fn action(&self, scope: Option<Scope>) -> String {
        let [group, environment, connection] = self.actions;
        let found = match scope {
            Some(Scope::Connection) => ("connection", connection),
            Some(Scope::Environment) => ("environment", environment),
            Some(Scope::Group) => ("group", group),
            // It is coded nowhere: where most are.
            None => ("environment", environment),
        };
        match found {
            (_, name) if name.is_empty() => format!("of the actions of rule {}", self.rule),
            (kind, name) => format!("of {kind} action {name}"),
        }
    }

    /// A change that was tried, as a sentence without its period.
    pub fn step(&self, step: &Step) -> String {
        let (words, place) = (&step.words, self.of(&step.field));
        let action = self.action(step.field.scope);
        // `On`, where the attribute is not named.
        let value = words
            .strip_prefix("write `")
            .is_some_and(|value| !value.contains(' '));
        match words.as_str() {
            words if words.starts_with("add") => format!("{words} to {place}"),
            words if value => format!("{words} for {place}"),
            words if words.contains('`') => {
                format!("{words}, among the parameters {action}")
            }
            words => format!("{words} ({place})"),
        }
    }
}

/// With a capital letter and a period, unless it has them.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), chars.as_str())
}

/// `a, b and c`; of a long list the beginning.
pub fn joined(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<_> = words.collect();
    if words.len() > WRITTEN + 1 {
        let more = words.len() - WRITTEN;
        words.truncate(WRITTEN);
        words.push(format!("{more} more"));
    }
    match words.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

/// Cipher suites by their names and codes.
pub fn suites(list: &[u16]) -> String {
    let name = |number: &u16| match suite_name(*number) {
        // What has no name is written by its code.
        name if name.len() == 4 => name,
        name => format!("{name} ({number:04X})"),
    };
    // The signalling values are no suites.
    let real = list
        .iter()
        .filter(|number| !matches!(number, 0x00ff | 0x5600));
    joined(real.map(name))
}

pub fn groups(list: &[u16]) -> String {
    joined(list.iter().map(|number| group_name(*number)))
}

pub fn signatures(list: &[u16]) -> String {
    let name = |number: &u16| {
        let code = format!("{number:04X}");
        let known = signature_pairs().iter().find(|pair| pair.code == code);
        known.map_or(code.clone(), |pair| format!("{} ({code})", pair.name))
    };
    joined(list.iter().map(name))
}
