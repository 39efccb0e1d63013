//! Files as somebody hands them over: what of them is read for which stack, and all that is wrong.

use std::collections::{HashMap, HashSet};

use super::{check, visit_known};
use crate::finding::{Finding, Page, Place, Severity};
use crate::policy::model::{Comment, Keyword};
use crate::policy::resolve::follow;
use crate::policy::table::lines::{COMMON_TTLS_CONFIG, TCP_IMAGE, TTLS_CONFIG};
use crate::policy::table::{Kind, TTLS_RULE};
use crate::policy::{
    Account, ConfigurationFile, FileAccount, Files, Locate, Lowered, Part, Policy, Reading,
    Release, Resolved, ResolvedStack, Tag, by_file, encoding, lower, parse, resolve,
};

/// What a file leads to.
#[derive(Clone, Debug)]
pub struct Checked {
    pub kind: FileKind,
    /// One for each stack; the only one of a policy file has no name.
    pub stacks: Vec<ResolvedStack>,
    /// The main file, then the image files; none for a policy file.
    pub configuration: Vec<ConfigurationFile>,
    /// By file, in the order in which they were read, and by place. What is wrong with a file that
    /// several stacks share is said once.
    pub findings: Vec<Finding>,
}

/// What a file is, by what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A main or image configuration file: it names other files.
    Configuration,
    /// Statements of AT-TLS policy, or none at all.
    Policy,
}

/// Reads a file and those that it names, and checks the policy of each stack.
pub fn check_file(path: &str, files: &dyn Files, release: Release) -> Checked {
    let (kind, resolved) = follow_file(path, files);
    let Resolved {
        stacks,
        configuration,
        mut findings,
        statements,
    } = resolved;
    let mut unused = HashMap::new();
    let mut places = Places::default();
    for stack in &stacks {
        for finding in check(&stack.policy, release, &stack.origins) {
            match finding.page == &super::unused::UNUSED {
                true => unused
                    .entry(finding.place.clone())
                    .or_insert_with(Vec::new)
                    .push(finding),
                false => findings.push(finding),
            }
        }
        findings.extend(no_rules(stack));
        if refers_beyond(stack) {
            places.add(&findings);
            findings.extend(refers_to_own(stack, &places));
        }
    }
    findings.extend(
        unused
            .into_values()
            .filter_map(|said| in_all(&stacks, said)),
    );
    let checked = Checked {
        kind,
        findings: in_order(findings, path, &stacks),
        stacks,
        configuration,
    };
    debug_assert_eq!(
        checked
            .account()
            .iter()
            .map(|file| file.fates().len())
            .sum::<usize>(),
        statements
    );
    checked
}

impl Checked {
    /// What became of each statement that was read, by file.
    pub fn account(&self) -> Vec<FileAccount<'_>> {
        by_file(&self.configuration, &self.stacks)
    }
}

/// What a file leads to, itself included; nothing is checked.
pub fn follow_file(path: &str, files: &dyn Files) -> (FileKind, Resolved) {
    let Ok(bytes) = files.read(path) else {
        return (FileKind::Configuration, resolve(path, files));
    };
    let mut lowered = lower(&parse(&encoding::readable(&bytes)), path);
    lowered.findings.extend(encoding::finding(path, &bytes));
    drop(bytes);
    let kind = kind(&lowered.policy);
    let resolved = match kind {
        FileKind::Policy => of_policy_file(path, lowered),
        FileKind::Configuration => follow(path, lowered, files),
    };
    (kind, resolved)
}

/// What a stack does not use of a file that it shares, another one may.
fn in_all(stacks: &[ResolvedStack], mut said: Vec<Finding>) -> Option<Finding> {
    let finding = said.pop()?;
    let file = finding.place.file()?;
    let shares = stacks
        .iter()
        .filter(|stack| stack.origins.files.contains(file));
    (shares.count() == said.len() + 1).then_some(finding)
}

fn kind(policy: &Policy) -> FileKind {
    let names_files = policy.statements.iter().any(|statement| {
        [&COMMON_TTLS_CONFIG, &TCP_IMAGE, &TTLS_CONFIG]
            .iter()
            .any(|def| statement.keyword == Keyword::Line(def))
    });
    match names_files {
        true => FileKind::Configuration,
        false => FileKind::Policy,
    }
}

fn of_policy_file(path: &str, lowered: Lowered) -> Resolved {
    let stack = ResolvedStack {
        name: String::new(),
        image_path: String::new(),
        policy_path: Some(path.to_owned()),
        common_path: None,
        reading: Reading::default(),
        account: Account::of_policy(&lowered.policy),
        policy: lowered.policy,
        origins: lowered.origins,
    };
    Resolved {
        statements: stack.policy.statements.len(),
        stacks: vec![stack],
        configuration: Vec::new(),
        findings: lowered.findings,
    }
}

/// A policy that was read and holds no rule. A file that could not be read is reported as that.
fn no_rules(stack: &ResolvedStack) -> Option<Finding> {
    if stack.policy.of(&TTLS_RULE).next().is_some() {
        return None;
    }
    let file = stack.origins.files.last()?;
    if stack.policy_path.as_ref().is_some_and(|own| own != file) {
        return None;
    }
    let place = Place::Text {
        file: file.clone(),
        start: 0,
        end: 0,
    };
    let behind = |comment: &Comment| comment.as_str().contains(TTLS_RULE.name);
    let mut comments = stack.policy.header.iter().chain(&stack.policy.footer);
    let hint = match comments.any(behind) {
        true => {
            "remove the `#` before the rules; if all is one line, ends of lines were lost on the way, so transfer it as text"
        }
        false => "add a rule, or correct the path that leads here",
    };
    let finding = Finding::new(&NO_RULES, place).fact("path", file);
    Some(finding.fact("hint", hint))
}

fn in_order(findings: Vec<Finding>, main: &str, stacks: &[ResolvedStack]) -> Vec<Finding> {
    let mut files = vec![main];
    for stack in stacks {
        files.push(&stack.image_path);
        files.extend(stack.origins.files.iter().map(String::as_str));
    }
    let mut orders: HashMap<&str, usize> = HashMap::new();
    for (order, file) in files.iter().enumerate() {
        orders.entry(file).or_insert(order);
    }
    let place = |finding: &Finding| match &finding.place {
        Place::Text { file, start, .. } => {
            let order = orders.get(file.as_str()).copied();
            (order.unwrap_or(files.len()), *start)
        }
        Place::Field { .. } => (files.len(), 0),
    };
    let mut seen = HashSet::new();
    let mut findings: Vec<_> = findings
        .into_iter()
        .filter(|finding| {
            seen.insert((finding.page.code, finding.place.clone(), finding.message()))
        })
        .collect();
    findings.sort_by_cached_key(place);
    findings
}

/// The places of findings, gathered as they come.
#[derive(Default)]
struct Places {
    places: HashSet<Place>,
    /// So many findings are looked at.
    seen: usize,
}

impl Places {
    /// Adds those of what came since the last time.
    fn add(&mut self, findings: &[Finding]) {
        let new = findings.iter().skip(self.seen);
        self.places.extend(new.map(|finding| finding.place.clone()));
        self.seen = findings.len();
    }
}

/// Whether the common file of a stack is another one than its own.
fn refers_beyond(stack: &ResolvedStack) -> bool {
    stack.common_path.is_some() && stack.common_path != stack.policy_path
}

/// What the common file refers to and only the stack's own file has. Of a reference that leads nowhere for
/// another stack it is said already.
fn refers_to_own(stack: &ResolvedStack, said: &Places) -> Vec<Finding> {
    let Some(common) = &stack.common_path else {
        return Vec::new();
    };
    let in_common = |tag: Tag| {
        let line = stack.origins.line(tag);
        line.is_some_and(|(file, _)| file == common)
    };
    let mut names: HashMap<(&str, &str), bool> = HashMap::new();
    for statement in &stack.policy.statements {
        if let (Some(def), Some(name)) = (statement.def(), statement.name_str()) {
            *names.entry((def.name, name)).or_default() |= in_common(statement.tag);
        }
    }
    let mut found = Vec::new();
    visit_known(&stack.policy, &mut |statement, _| {
        for attribute in statement.attributes() {
            let Some(Kind::Ref(target)) = attribute.def().map(|row| row.kind) else {
                continue;
            };
            let only_own = names.get(&(target, attribute.value())) == Some(&false);
            let place = stack.origins.place(attribute.tag, Part::Value);
            if only_own && in_common(attribute.tag) && !said.places.contains(&place) {
                let finding = Finding::new(&REFERS_TO_OWN, place).fact("statement", target);
                found.push(finding.fact("name", attribute.value()));
            }
        }
    });
    found
}

/// Every page of this module.
pub static PAGES: [&Page; 2] = [&NO_RULES, &REFERS_TO_OWN];

static REFERS_TO_OWN: Page = Page {
    code: "AT240",
    name: "common-file-refers-to-own-file",
    severity: Severity::Warning,
    message: "the common file refers to `{statement} {name}`, which only the stack's own file has",
    help: "move the statement to the common file, or what refers to it to the stack's own file",
    why: "The common file is read for every stack, before the stack's own file, and should be complete in itself: such a reference led to errors on a real system, and for a stack whose file lacks the name it leads nowhere.",
};

static NO_RULES: Page = Page {
    code: "AT206",
    name: "no-rules",
    severity: Severity::Warning,
    message: "`{path}` holds no `TTLSRule`",
    help: "{hint}",
    why: "Without a rule no connection of the stack is protected. The Policy Agent says EZZ4249I and goes on.",
};

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    struct Memory(HashMap<&'static str, &'static [u8]>);

    impl Files for Memory {
        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            let bytes = self.0.get(path).ok_or("no such file")?;
            Ok(bytes.to_vec())
        }
    }

    #[track_caller]
    fn finds(files: &[(&'static str, &'static str)], kind: FileKind, expected: &[&str]) -> Checked {
        let memory = files.iter().map(|(path, text)| (*path, text.as_bytes()));
        let checked = check_file(files[0].0, &Memory(memory.collect()), Release::default());
        let found = checked.findings.iter().map(|finding| {
            let Place::Text { file, start, .. } = &finding.place else {
                panic!("{finding:?}");
            };
            format!("{} {file} {start}", finding.page.code)
        });
        assert_eq!(found.collect::<Vec<_>>(), expected);
        assert_eq!(checked.kind, kind);
        checked
    }

    const RULE: &str = "TTLSRule A\n{\n LocalPortRange 23\n Direction Inbound\n \
        TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n";

    #[test]
    fn a_policy_file_is_checked_alone() {
        let checked = finds(&[("/p", RULE)], FileKind::Policy, &[]);
        assert_eq!(checked.stacks.len(), 1);
        finds(
            &[(
                "/p",
                "TTLSRule A\n{\n Jobname J\n Direction Sideways\n TTLSGroupActionRef G\n}\n",
            )],
            FileKind::Policy,
            &["AT004 /p 35", "AT015 /p 64"],
        );
        finds(&[("/p", "")], FileKind::Policy, &["AT206 /p 0"]);
        finds(&[("/p", "# nothing\n")], FileKind::Policy, &["AT206 /p 0"]);
    }

    #[test]
    fn a_configuration_is_followed_and_what_stacks_share_is_said_once() {
        let checked = finds(
            &[
                (
                    "/main",
                    "CommonTTLSConfig /common\nTcpImage A /a\nTcpImage B /b\n",
                ),
                ("/a", "TTLSConfig /rules\n"),
                ("/b", "TTLSConfig /nowhere\n"),
                ("/common", "TTLSGroupAction G\n{\n TTLSEnabled Perhaps\n}\n"),
                (
                    "/rules",
                    "TTLSRule A\n{\n Jobname J\n Direction Inbound\n TTLSGroupActionRef G\n}\n",
                ),
            ],
            FileKind::Configuration,
            &["AT004 /common 33", "AT201 /b 11"],
        );
        assert_eq!(checked.stacks.len(), 2);
    }

    /// A main file that is its own image file for very many stacks; quadratic work would take minutes.
    #[test]
    fn a_main_file_of_stacks_alone_takes_linear_time() {
        const STACKS: usize = 20_000;
        let main: &[u8] = "TcpImage TCPIP\n".repeat(STACKS).into_bytes().leak();
        let files = Memory([("/main", main)].into());
        let checked = check_file("/main", &files, Release::default());
        assert_eq!(checked.stacks.len(), STACKS);
        let codes = checked.findings.iter().map(|finding| finding.page.code);
        assert_eq!(codes.collect::<Vec<_>>(), ["AT202"]);
    }

    #[test]
    fn what_one_stack_uses_of_a_shared_file_is_used() {
        const ON: &str = "TTLSGroupAction G\n{\n TTLSEnabled Off\n}\nTTLSGroupAction H\n{\n TTLSEnabled Off\n}\n";
        let rule = |group: char| {
            format!(
                "TTLSRule A\n{{\n Jobname J\n Direction Both\n TTLSGroupActionRef {group}\n}}\n"
            )
        };
        let (a, g) = (rule('G'), rule('H'));
        let files = |b: &'static str| {
            [
                (
                    "/main",
                    "CommonTTLSConfig /common\nTcpImage A /a\nTcpImage B /b\n",
                ),
                ("/a", "TTLSConfig /rules\n"),
                ("/b", b),
                ("/common", ON),
            ]
        };
        let with = |b, more: &[(&'static str, &'static str)], expected: &[&str]| {
            finds(
                &[&files(b)[..], more].concat(),
                FileKind::Configuration,
                expected,
            );
        };
        let (a, g): (&'static str, &'static str) = (a.leak(), g.leak());
        with(
            "TTLSConfig /rules\n",
            &[("/rules", a)],
            &["AT017 /common 55"],
        );
        with("TTLSConfig /other\n", &[("/rules", a), ("/other", g)], &[]);
    }

    #[test]
    fn what_the_common_file_refers_to_stands_in_it() {
        const OFF: &str = "TTLSGroupAction G\n{\n TTLSEnabled Off\n}\n";
        const REFERS: &str =
            "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n}\n";
        let main = ("/main", "CommonTTLSConfig /common\nTTLSConfig /own\n");
        let with = |common, own, expected: &[&str]| {
            let files = [main, ("/common", common), ("/own", own)];
            finds(&files, FileKind::Configuration, expected);
        };
        with(REFERS, OFF, &["AT240 /common 60"]);
        with(OFF, REFERS, &[]);
        let both = [REFERS, OFF].concat().leak();
        with(both, OFF, &["AT008 /common 80"]);
    }

    #[test]
    fn what_is_not_there_is_said_at_its_own_name() {
        let checked = check_file("/main", &Memory(HashMap::new()), Release::default());
        let codes: Vec<_> = checked.findings.iter().map(|f| f.page.code).collect();
        assert_eq!(codes, ["AT201"]);
    }
}
