//! From the main configuration file to the policy of each stack.
//!
//! Reads main file, image files and AT-TLS files through a trait that the caller implements. What the
//! statements mean is left to the checks.

mod others;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::account::Account;
use super::encoding;
use super::lower::{Lowered, lower_into};
use super::model::{Body, Keyword, Policy, Statement};
use super::origins::{Locate, Origins, Part};
use super::syntax::parse;
use super::table::lines::{COMMON_TTLS_CONFIG, FileKind, LineDef, TCP_IMAGE, TTLS_CONFIG};
use crate::finding::{Finding, Page, Place, Severity};

/// Where the files come from: a disk, an upload, data sets mapped to local paths.
pub trait Files {
    /// The bytes of a file, or in words why there are none.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
}

/// What a main configuration file leads to.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    pub stacks: Vec<ResolvedStack>,
    /// The main file, then the image files, each once.
    pub configuration: Vec<ConfigurationFile>,
    /// What is wrong with the files themselves.
    pub findings: Vec<Finding>,
    /// Statements in all files, each file once.
    pub statements: usize,
}

/// A main or image file.
#[derive(Clone, Debug)]
pub struct ConfigurationFile {
    pub policy: Policy,
    /// Where each tag of `policy` points.
    pub origins: Origins,
    pub account: Account,
}

/// The policy of one stack.
#[derive(Clone, Debug)]
pub struct ResolvedStack {
    /// Empty: the default stack, because no `TcpImage` names one.
    pub name: String,
    /// The main file itself when `TcpImage` names no other.
    pub image_path: String,
    /// The file that the last `TTLSConfig` names.
    pub policy_path: Option<String>,
    pub common_path: Option<String>,
    /// How its AT-TLS file is read and installed.
    pub reading: Reading,
    /// The statements of the common file, then those of the stack's own: of one name the last counts.
    pub policy: Policy,
    /// Where each tag of `policy` points.
    pub origins: Origins,
    /// What became of each statement of `policy`.
    pub account: Account,
}

/// What `TTLSConfig` and `TcpImage` say beside their paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The image file has a `TTLSConfig`.
    pub configured: bool,
    /// Policies are deleted before they are loaded at a start or refresh; `NOFLUSH` when nobody says.
    pub flush: bool,
    /// Policies are removed when the Policy Agent ends; `NOPURGE` when nobody says.
    pub purge: bool,
    /// Seconds after which the files are read again.
    pub interval: u32,
}

impl Default for Reading {
    /// As a listing of a system shows it on which nothing of this was coded; that `NOFLUSH` and
    /// `NOPURGE` are the defaults is general knowledge.
    fn default() -> Self {
        Self {
            configured: false,
            flush: false,
            purge: false,
            interval: 1800,
        }
    }
}

impl Reading {
    /// Takes over what a statement says; what it does not say stays.
    fn heed(&mut self, statement: &Statement) {
        for word in statement.parameters() {
            match word.as_str().to_ascii_uppercase().as_str() {
                "FLUSH" => self.flush = true,
                "NOFLUSH" => self.flush = false,
                "PURGE" => self.purge = true,
                "NOPURGE" => self.purge = false,
                other => self.interval = other.parse().unwrap_or(self.interval),
            }
        }
    }
}

/// Follows a main configuration file.
pub fn resolve(main_path: &str, files: &dyn Files) -> Resolved {
    let mut reader = Reader::new(files);
    let mut origins = Origins::default();
    match reader.file(main_path, &mut origins, None) {
        Some(main) => reader.follow(main_path, main, origins),
        None => reader.end(),
    }
}

/// Follows a main configuration file that was read.
pub(crate) fn follow(main_path: &str, main: Lowered, files: &dyn Files) -> Resolved {
    let mut reader = Reader::new(files);
    reader.reported.insert(main_path.to_owned());
    reader.statements = main.policy.statements.len();
    reader.findings = main.findings;
    reader.follow(main_path, main.policy, main.origins)
}

/// What a main file says of the stacks.
struct Main<'a> {
    common: Option<&'a Statement>,
    origins: &'a Origins,
}

/// What an image file says of each stack that names it.
struct Image {
    /// The `TTLSConfig` that counts.
    config: Option<Config>,
    /// There is a statement that seems to be meant as one.
    misspelt: bool,
    /// Where the file begins.
    start: Place,
}

/// A file that was read just now.
type Read = (Policy, Origins);

struct Config {
    statement: Statement,
    place: Place,
}

struct Reader<'a> {
    files: &'a dyn Files,
    findings: Vec<Finding>,
    /// The files whose findings are in the list.
    reported: HashSet<String>,
    /// The main and image files of which it is said what is not read.
    looked_over: HashSet<String>,
    /// The image files that were read.
    images: HashMap<String, Rc<Image>>,
    stacks: Vec<ResolvedStack>,
    configuration: Vec<ConfigurationFile>,
    statements: usize,
}

impl<'a> Reader<'a> {
    fn new(files: &'a dyn Files) -> Self {
        Self {
            files,
            findings: Vec::new(),
            reported: HashSet::new(),
            looked_over: HashSet::new(),
            images: HashMap::new(),
            stacks: Vec::new(),
            configuration: Vec::new(),
            statements: 0,
        }
    }

    fn follow(mut self, main_path: &str, main: Policy, origins: Origins) -> Resolved {
        self.looked_over.insert(main_path.to_owned());
        self.others(&main, &origins);
        let common = self.last(&main, &COMMON_TTLS_CONFIG, &origins);
        let images: Vec<_> = of(&main, &TCP_IMAGE).collect();
        let is_own = |image: &&Statement| path_of(image, 1).is_none_or(|path| path == main_path);
        let own_image = images.is_empty() || images.iter().any(is_own);
        if !own_image {
            self.misplaced(&origins, of(&main, &TTLS_CONFIG), &CONFIG_IN_MAIN);
        }
        let said = Main {
            common,
            origins: &origins,
        };
        if images.is_empty() {
            self.stack("", main_path, None, &said);
        }
        for image in images {
            let name = image.parameters().first().map_or("", |word| word.as_str());
            let path = path_of(image, 1).unwrap_or(main_path);
            self.stack(name, path, Some(image), &said);
        }
        let account = Account::of_configuration(&main, |def| {
            let is = |kind| def.files.contains(&kind);
            is(FileKind::Main) || (own_image && is(FileKind::Image))
        });
        let main = ConfigurationFile {
            policy: main,
            origins,
            account,
        };
        self.configuration.insert(0, main);
        self.end()
    }

    /// Reads one stack's image file and the AT-TLS files that count for it.
    fn stack(
        &mut self,
        name: &str,
        image_path: &str,
        named_by: Option<&Statement>,
        main: &Main<'_>,
    ) {
        let mut reading = Reading::default();
        if let Some(image) = named_by {
            reading.heed(image);
        }
        let named_by = named_by.map(|image| main.origins.place(image.tag, Part::Value));
        let (image, read) = match self.image(image_path, named_by) {
            Some((image, read)) => (Some(image), read),
            None => (None, None),
        };
        let mut stack = self.stack_of(name, image_path, image.as_deref(), main);
        if let Some(config) = image.as_ref().and_then(|image| image.config.as_ref()) {
            reading.configured = true;
            reading.heed(&config.statement);
        }
        stack.reading = reading;
        self.stacks.push(stack);
        if let Some((policy, origins)) = read
            && self.looked_over.insert(image_path.to_owned())
        {
            self.others(&policy, &origins);
            let account =
                Account::of_configuration(&policy, |def| def.files.contains(&FileKind::Image));
            self.configuration.push(ConfigurationFile {
                policy,
                origins,
                account,
            });
        }
    }

    /// An image file, and what stands in it when it is read for the first time: any number of stacks can
    /// name the same one.
    fn image(&mut self, path: &str, named_by: Option<Place>) -> Option<(Rc<Image>, Option<Read>)> {
        if let Some(image) = self.images.get(path) {
            return Some((Rc::clone(image), None));
        }
        let mut origins = Origins::default();
        let policy = self.file(path, &mut origins, named_by)?;
        self.policy_in_image(&policy, &origins);
        let config = self.last(&policy, &TTLS_CONFIG, &origins);
        let image = Rc::new(Image {
            config: config.map(|statement| Config {
                statement: statement.clone(),
                place: origins.place(statement.tag, Part::Value),
            }),
            misspelt: others::means(&policy, &TTLS_CONFIG),
            start: origins.here(0..0),
        });
        self.images.insert(path.to_owned(), Rc::clone(&image));
        Some((image, Some((policy, origins))))
    }

    fn stack_of(
        &mut self,
        name: &str,
        image_path: &str,
        image: Option<&Image>,
        main: &Main<'_>,
    ) -> ResolvedStack {
        let common = main.common;
        let mut stack = ResolvedStack {
            name: name.to_owned(),
            image_path: image_path.to_owned(),
            policy_path: None,
            common_path: common
                .and_then(|common| path_of(common, 0))
                .map(str::to_owned),
            reading: Reading::default(),
            policy: Policy::default(),
            origins: Origins::default(),
            account: Account::default(),
        };
        let Some(image) = image else {
            return stack;
        };
        let Some(config) = &image.config else {
            // A misspelt one is reported as that.
            if !image.misspelt {
                let finding = Finding::new(&NO_CONFIG, image.start.clone());
                self.findings.push(finding.fact("stack", name));
            }
            return stack;
        };
        stack.policy_path = path_of(&config.statement, 0).map(str::to_owned);
        let place = |common: &Statement| main.origins.place(common.tag, Part::Value);
        let sources = [
            common.map(|common| (common, place(common))),
            Some((&config.statement, config.place.clone())),
        ];
        for (statement, place) in sources.into_iter().flatten() {
            let Some(path) = path_of(statement, 0) else {
                continue;
            };
            if let Some(read) = self.file(path, &mut stack.origins, Some(place)) {
                match stack.policy == Policy::default() {
                    true => stack.policy = read,
                    false => {
                        stack.policy.header.extend(read.header);
                        stack.policy.statements.extend(read.statements);
                        stack.policy.footer.extend(read.footer);
                    }
                }
            }
        }
        stack.account = Account::of_policy(&stack.policy);
        stack
    }

    /// Reads one file; what cannot be read is reported at the statement that names it.
    fn file(
        &mut self,
        path: &str,
        origins: &mut Origins,
        named_at: Option<Place>,
    ) -> Option<Policy> {
        match self.files.read(path) {
            Ok(bytes) => {
                let text = encoding::readable(&bytes);
                let (policy, findings) = lower_into(&parse(&text), path, origins);
                // Two stacks can share a file.
                if self.reported.insert(path.to_owned()) {
                    self.statements += policy.statements.len();
                    self.findings.extend(encoding::finding(path, &bytes));
                    self.findings.extend(findings);
                }
                Some(policy)
            }
            Err(reason) => {
                let place = named_at.unwrap_or_else(|| Place::Text {
                    file: path.to_owned(),
                    start: 0,
                    end: 0,
                });
                let finding = Finding::new(&UNREADABLE, place);
                self.findings
                    .push(finding.fact("path", path).fact("reason", reason));
                None
            }
        }
    }

    /// The statement that counts, which is the last; the others are reported.
    fn last<'p>(
        &mut self,
        policy: &'p Policy,
        def: &'static LineDef,
        origins: &Origins,
    ) -> Option<&'p Statement> {
        let mut last: Option<&Statement> = None;
        for statement in of(policy, def) {
            if let Some(before) = last {
                let place = origins.place(before.tag, Part::Keyword);
                let later = origins.place(statement.tag, Part::Keyword);
                let finding = Finding::new(&OVERRIDDEN, place).fact("statement", def.name);
                self.findings
                    .push(finding.related(later, "this one counts"));
            }
            last = Some(statement);
        }
        last
    }

    /// A policy where an image file should be is one mistake, however long it is.
    fn policy_in_image(&mut self, image: &Policy, origins: &Origins) {
        let mut policies = image.statements.iter().filter(|s| s.def().is_some());
        let Some(first) = policies.next() else { return };
        let keyword = first.keyword.as_str();
        let what = match policies.count() {
            0 => format!("`{keyword}` is"),
            1 => format!("`{keyword}` and 1 more statement are"),
            more => format!("`{keyword}` and {more} more statements are"),
        };
        let place = origins.place(first.tag, Part::Keyword);
        let finding = Finding::new(&POLICY_IN_IMAGE, place);
        self.findings.push(finding.fact("what", what));
    }

    fn misplaced<'p>(
        &mut self,
        origins: &Origins,
        statements: impl Iterator<Item = &'p Statement>,
        page: &'static Page,
    ) {
        for statement in statements {
            let place = origins.place(statement.tag, Part::Keyword);
            let finding = Finding::new(page, place);
            self.findings
                .push(finding.fact("statement", statement.keyword.as_str()));
        }
    }

    fn end(self) -> Resolved {
        Resolved {
            stacks: self.stacks,
            configuration: self.configuration,
            findings: self.findings,
            statements: self.statements,
        }
    }
}

fn of<'p>(policy: &'p Policy, def: &'static LineDef) -> impl Iterator<Item = &'p Statement> {
    policy
        .statements
        .iter()
        .filter(move |statement| statement.keyword == Keyword::Line(def))
}

/// The parameter at `index` if it is a path and not one of the options that may stand there.
pub(super) fn path_of(statement: &Statement, index: usize) -> Option<&str> {
    const OPTIONS: [&str; 4] = ["FLUSH", "NOFLUSH", "PURGE", "NOPURGE"];
    let Body::Line(words) = &statement.body else {
        return None;
    };
    let word = words.get(index)?.as_str();
    let option = OPTIONS
        .iter()
        .any(|option| option.eq_ignore_ascii_case(word));
    let number = word.bytes().all(|byte| byte.is_ascii_digit());
    (!option && !number).then_some(word)
}

/// Every page of this module.
pub static PAGES: [&Page; 9] = [
    &UNREADABLE,
    &NO_CONFIG,
    &OVERRIDDEN,
    &POLICY_IN_IMAGE,
    &CONFIG_IN_MAIN,
    &others::UNKNOWN,
    &others::OTHER,
    &others::OTHER_UNREADABLE,
    &encoding::IN_EBCDIC,
];

static UNREADABLE: Page = Page {
    code: "AT201",
    name: "file-not-read",
    severity: Severity::Error,
    message: "the file `{path}` cannot be read: {reason}",
    help: "correct the path, or add the file",
    why: "The Policy Agent installs nothing for a stack whose file it cannot read.",
};

static NO_CONFIG: Page = Page {
    code: "AT202",
    name: "no-ttlsconfig",
    severity: Severity::Warning,
    message: "the image file of stack `{stack}` has no `TTLSConfig` statement",
    help: "add `TTLSConfig` with the path of the stack's AT-TLS file, or without one to use the common file alone",
    why: "Without the statement the stack gets no AT-TLS policy at all, not even that of the common file.",
};

static OVERRIDDEN: Page = Page {
    code: "AT203",
    name: "statement-overridden",
    severity: Severity::Warning,
    message: "this `{statement}` has no effect because another one follows",
    help: "remove all but the last",
    why: "Of several the last one counts, and the Policy Agent does not say so.",
};

static POLICY_IN_IMAGE: Page = Page {
    code: "AT204",
    name: "policy-in-image-file",
    severity: Severity::Error,
    message: "{what} ignored in an image configuration file",
    help: "move them to a file of their own, and name it here with `TTLSConfig`",
    why: "A common slip is to name the AT-TLS file on `TcpImage`: all looks well, and no policy is installed.",
};

static CONFIG_IN_MAIN: Page = Page {
    code: "AT205",
    name: "ttlsconfig-in-main-file",
    severity: Severity::Warning,
    message: "`{statement}` is ignored in the main configuration file",
    help: "move it to the image file of the stack",
    why: "The main file is read for it only when it is the image file as well.",
};

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    struct Memory(HashMap<&'static str, &'static str>);

    impl Files for Memory {
        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            match self.0.get(path) {
                Some(text) => Ok(text.as_bytes().to_vec()),
                None => Err("no such file".to_owned()),
            }
        }
    }

    fn read(files: &[(&'static str, &'static str)]) -> Resolved {
        resolve("/main", &Memory(files.iter().copied().collect()))
    }

    #[track_caller]
    fn codes(files: &[(&'static str, &'static str)], expected: &[&str]) {
        let found = read(files).findings;
        let codes: Vec<_> = found.iter().map(|finding| finding.page.code).collect();
        assert_eq!(codes, expected);
    }

    const RULE: &str = "TTLSRule A\n{\n Direction Inbound\n}\n";

    #[test]
    fn each_stack_gets_common_and_own_statements() {
        let resolved = read(&[
            (
                "/main",
                "CommonTTLSConfig /common\nTcpImage TCPIP /image FLUSH 600\nPEPInstance TCPIP2 /image2\n",
            ),
            ("/image", "TTLSConfig /own NOPURGE\n"),
            ("/image2", "TTLSConfig PURGE\n"),
            ("/common", RULE),
            ("/own", "TTLSRule B\n{\n}\n"),
        ]);
        assert_eq!(resolved.findings, []);
        let names = |stack: &ResolvedStack| -> Vec<String> {
            let names = stack.policy.statements.iter();
            names
                .filter_map(|s| s.name_str().map(str::to_owned))
                .collect()
        };
        assert_eq!(names(&resolved.stacks[0]), ["A", "B"]);
        assert_eq!(names(&resolved.stacks[1]), ["A"]);
        assert_eq!(resolved.stacks[1].name, "TCPIP2");
        let own = &resolved.stacks[0];
        let tag = own.policy.statements[1].tag;
        assert_eq!(own.origins.line(tag), Some(("/own", 1)));
        let expected = Reading {
            configured: true,
            flush: true,
            purge: false,
            interval: 600,
        };
        assert_eq!(own.reading, expected);
        assert!(resolved.stacks[1].reading.purge && !resolved.stacks[1].reading.flush);
        assert_eq!(resolved.stacks[1].reading.interval, 1800);
    }

    #[test]
    fn one_file_can_be_main_and_image_file() {
        let files = [
            ("/main", "TcpImage TCPIP FLUSH PURGE\nTTLSConfig /own\n"),
            ("/own", RULE),
        ];
        codes(&files, &[]);
        assert_eq!(read(&files).stacks[0].policy.statements.len(), 1);
        let files = [("/main", "TTLSConfig /own\n"), ("/own", RULE)];
        assert_eq!(read(&files).stacks[0].policy_path.as_deref(), Some("/own"));
    }

    #[test]
    fn what_is_not_read_is_said() {
        codes(
            &[
                (
                    "/main",
                    "TcpImage A /a\nTcpImage B /a\nLogLevel 31\nHere it goes on\nand on\n",
                ),
                (
                    "/a",
                    "TLSConfig /own\nIPSecConfig /filters\nIDSConfig /none\nAutoMonitorParms\n{\n}\n",
                ),
                ("/own", RULE),
                ("/filters", "IpFilterPolicy\n{\n}\n"),
            ],
            &["AT207", "AT207", "AT208", "AT216"],
        );
    }

    /// Files that count how often they are read.
    struct Counted(Memory, Cell<usize>);

    impl Files for Counted {
        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            self.1.set(self.1.get() + 1);
            self.0.read(path)
        }
    }

    #[test]
    fn a_file_that_many_stacks_name_is_read_once() {
        for (line, image) in [
            ("TcpImage A\n", ""),
            ("TcpImage A /image\n", "LogLevel 31\n"),
        ] {
            let main = line.repeat(2000).leak();
            let memory = Memory([("/main", &*main), ("/image", image)].into());
            let files = Counted(memory, Cell::new(0));
            let resolved = resolve("/main", &files);
            assert_eq!((resolved.stacks.len(), files.1.get()), (2000, 2), "{line}");
            assert_eq!(resolved.findings.len(), 2000, "AT202 for each");
        }
    }

    #[test]
    fn what_does_not_lead_to_a_policy_is_reported() {
        codes(&[], &["AT201"]);
        codes(&[("/main", "TcpImage TCPIP /image\n")], &["AT201"]);
        codes(
            &[("/main", "TcpImage TCPIP /image\n"), ("/image", "")],
            &["AT202"],
        );
        codes(
            &[("/main", "TcpImage TCPIP /rules\n"), ("/rules", RULE)],
            &["AT204", "AT202"],
        );
        codes(
            &[
                ("/main", "TTLSConfig /x\nTcpImage TCPIP /image\n"),
                ("/image", "TTLSConfig\n"),
            ],
            &["AT205"],
        );
        codes(
            &[
                ("/main", "TcpImage TCPIP /image\n"),
                ("/image", "TTLSConfig /a\nTTLSConfig /b\n"),
                ("/b", RULE),
            ],
            &["AT203"],
        );
    }
}
