//! What stands in the files of a stack beside what objects say.

use crate::finding::Place;
use crate::objects::values::FileName;
use crate::objects::{Entry, RefreshOptions, StackFiles};
use crate::policy::model::{Body, Keyword, Policy, Statement};
use crate::policy::table::lines::{
    COMMON_TTLS_CONFIG, LOG_LEVEL, TCP_IMAGE, TTLS_CONFIG, is_foreign,
};
use crate::policy::{
    Files, Locate, Origins, Part, ResolvedStack, Tag, emit, encoding, lower, parse,
};

use super::report::{Entry as Line, What};

/// The files of a stack, and what is to be said of them.
pub(super) struct Around {
    pub files: StackFiles,
    pub report: Vec<Line>,
}

/// Reads the main and image file of a stack again, for paths, options and further statements.
pub(super) fn around(stack: &ResolvedStack, main: Option<&str>, files: &dyn Files) -> Around {
    let mut around = Around {
        files: StackFiles::default(),
        report: Vec::new(),
    };
    around.files.policy = path(stack.policy_path.as_deref());
    let Some(main) = main else {
        return around;
    };
    around.files.main = path(Some(main));
    let one_file = stack.image_path == main;
    around.main(main, stack, files, one_file);
    if !one_file {
        around.files.image = path(Some(&stack.image_path));
        around.image(&stack.image_path, files);
    }
    around
}

/// What is said of another stack in the main file: it holds when that one is not taken over to the same image.
pub fn of_other(stack: &str) -> String {
    format!("stack {stack} stays in the main file only if it is taken over, too")
}

fn path(path: Option<&str>) -> Entry<FileName> {
    Entry::read(path.unwrap_or(""))
}

impl Around {
    fn main(&mut self, path: &str, stack: &ResolvedStack, files: &dyn Files, one_file: bool) {
        let Some((policy, origins)) = read(path, files) else {
            return;
        };
        let mut more = Vec::new();
        for statement in &policy.statements {
            let words = words(statement);
            match statement.keyword {
                Keyword::Line(def) if def == &TCP_IMAGE => {
                    let name = words.first().copied().unwrap_or("");
                    match name.eq_ignore_ascii_case(&stack.name) {
                        true => self.files.image_options = options(words.get(1..).unwrap_or(&[])),
                        false => {
                            self.say(What::Conflict, &origins, statement.tag, of_other(name));
                        }
                    }
                }
                Keyword::Line(def) if def == &COMMON_TTLS_CONFIG => {
                    let text = "what the common file says stands in the stack's own policy file";
                    self.say(What::Changed, &origins, statement.tag, text.to_owned());
                }
                Keyword::Line(def) if def == &TTLS_CONFIG => {
                    if one_file {
                        self.files.policy_options = options(&words);
                        let text = "the statements of the image stand in a file of their own";
                        self.say(What::Changed, &origins, statement.tag, text.to_owned());
                    }
                }
                Keyword::Line(def) if def == &LOG_LEVEL && words == ["127"] => {}
                _ => more.push(statement.clone()),
            }
        }
        self.files.main_more = self.kept(more, &origins, "main");
    }

    fn image(&mut self, path: &str, files: &dyn Files) {
        let Some((policy, origins)) = read(path, files) else {
            return;
        };
        let mut more = Vec::new();
        for statement in &policy.statements {
            match statement.keyword {
                Keyword::Line(def) if def == &TTLS_CONFIG => {
                    // Of several the last counts.
                    self.files.policy_options = options(&words(statement));
                }
                _ => more.push(statement.clone()),
            }
        }
        self.files.image_more = self.kept(more, &origins, "image");
    }

    /// Statements without an object form, as text.
    fn kept(&mut self, statements: Vec<Statement>, origins: &Origins, file: &str) -> String {
        for statement in &statements {
            let text = format!(
                "`{}` is kept among the further statements of the {file} file",
                statement.keyword.as_str()
            );
            self.say(What::Kept, origins, statement.tag, text);
        }
        text_of(statements)
    }

    fn say(&mut self, what: What, origins: &Origins, tag: Tag, text: String) {
        self.report
            .push(line(what, origins.place(tag, Part::Keyword), text));
    }
}

pub(super) fn line(what: What, place: Place, text: String) -> Line {
    Line {
        what,
        place,
        text,
        object: None,
    }
}

/// Statements as the text of a file.
pub(super) fn text_of(statements: Vec<Statement>) -> String {
    let policy = Policy {
        statements,
        ..Policy::default()
    };
    emit(&policy).text
}

/// Whether a statement of a policy file is none of AT-TLS, and is left to whoever reads it.
pub(super) fn is_of_others(statement: &Statement) -> bool {
    match &statement.keyword {
        Keyword::Unknown(word) => {
            is_foreign(word.as_str()) || matches!(statement.body, Body::Block { .. })
        }
        Keyword::Block(_) | Keyword::Line(_) => false,
    }
}

fn read(path: &str, files: &dyn Files) -> Option<(Policy, Origins)> {
    let bytes = files.read(path).ok()?;
    let lowered = lower(&parse(&encoding::readable(&bytes)), path);
    Some((lowered.policy, lowered.origins))
}

fn words(statement: &Statement) -> Vec<&str> {
    statement
        .parameters()
        .iter()
        .map(|word| word.as_str())
        .collect()
}

/// The words after a path, or after a name where there is no path.
fn options(words: &[&str]) -> Entry<RefreshOptions> {
    let is_path = |word: &&str| word.parse::<RefreshOptions>().is_err();
    let after = words.iter().position(|word| !is_path(word));
    let words = after.map_or(&[][..], |after| &words[after..]);
    match words.join(" ").parse::<RefreshOptions>() {
        Ok(options) if options.is_default() => Entry::default(),
        Ok(options) => Entry::Value(options),
        Err(_) => Entry::default(),
    }
}
