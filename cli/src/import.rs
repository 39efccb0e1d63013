//! `gatehouse import`: policy files become the objects of a store, as the text of an export.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use generator::adopt::{Adoption, Entry, Target, What, adopt, proof};
use generator::check::{Checked, FileKind};
use generator::compile::{Header, compile};
use generator::finding::{Place, Severity};
use generator::objects::values::NameError;
use generator::objects::{Configuration, Kind, Object, ObjectId, SystemName, library};
use generator::policy::{Release, ResolvedStack, lower, parse};
use server::Clock;
use server::store::StoreError;
use server::store::export::{self, Made};
use server::store::saved::of_export;
use thiserror::Error;

use crate::check::text;
use crate::disk::{self, Disk, Unasked};

/// The code of a program that took over less than all.
const IN_PART: u8 = 1;
/// The code of a program that could not do what it was asked to.
const NOT_DONE: u8 = 2;

pub fn command() -> Command {
    let name = |id: &'static str| {
        Arg::new(id)
            .long(id)
            .value_name("NAME")
            .value_parser(|text: &str| text.parse::<SystemName>())
    };
    let path = |id: &'static str| {
        let arg = Arg::new(id).long(id).value_name("FILE");
        arg.value_parser(value_parser!(PathBuf))
    };
    Command::new("import")
        .about("Makes objects of policy files, which mean the same, and writes them as an exported store")
        .after_help(
            "The report says what became of each statement. Ends with 0, or 1 when something is left out, \
             in conflict or treated otherwise, or the policy has errors, or 2 when it could not be done.",
        )
        .args(disk::flags_of_one())
        .args([
            name("image")
                .required(true)
                .help("The system image of the stacks; made when the store has none of this name"),
            name("as")
                .help("The stack of a policy file, or of a configuration that names none")
                .default_value("TCPIP"),
            path("into").help("An exported store that gets the objects as its next revision"),
            path("out")
                .required(true)
                .help("Where the exported store is written; *New store*, *import* reads it"),
            Arg::new("comment")
                .long("comment")
                .value_name("TEXT")
                .help("What the revision says of itself"),
            Arg::new("despite-errors")
                .long("despite-errors")
                .action(ArgAction::SetTrue)
                .help("Takes over what can be read of a policy with errors"),
        ])
}

/// Why nothing was taken over.
#[derive(Debug, Error)]
enum ImportError {
    #[error(transparent)]
    Unasked(#[from] Unasked),
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    #[error("{0} is no exported store: it is not UTF-8")]
    NoText(PathBuf),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("stack `{0}` has no usable name: {1}; name another one with --as")]
    Stack(String, NameError),
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    match import(matches) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(IN_PART),
        Err(error) => {
            eprintln!("gatehouse: {error}");
            ExitCode::from(NOT_DONE)
        }
    }
}

/// Whether all was taken over and means the same.
fn import(matches: &ArgMatches) -> Result<bool, ImportError> {
    let disk = disk::of(matches);
    let checked = disk::checked_on(&disk, matches)?;
    let mut errors = checked.findings.clone();
    errors.retain(|finding| finding.page.severity == Severity::Error);
    if !errors.is_empty() && !matches.get_flag("despite-errors") {
        print(&text::all(&errors, &disk));
        eprintln!("gatehouse: nothing is taken over (--despite-errors takes what can be read)");
        return Ok(false);
    }
    let store = Store::of(matches)?;
    let mut taking = Taking {
        matches,
        release: disk::release(matches),
        configuration: store.configuration.clone(),
        whole: errors.is_empty(),
        text: String::new(),
        made: 0,
        revision: store.revision,
    };
    for stack in &checked.stacks {
        taking.stack(&checked, stack, &disk)?;
    }
    let file = store.with(&taking.configuration, matches)?;
    let out: &PathBuf = matches.get_one("out").unwrap_or(&store.path);
    fs::write(out, file).map_err(|error| ImportError::File(out.clone(), error))?;
    print(&taking.text);
    Ok(taking.whole)
}

/// A reader that goes away, such as `head`, is no error.
fn print(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// The store that gets the objects.
struct Store {
    path: PathBuf,
    /// The text of the export; none for a new store.
    text: Option<String>,
    /// The newest.
    revision: i64,
    configuration: Configuration,
}

impl Store {
    fn of(matches: &ArgMatches) -> Result<Self, ImportError> {
        let Some(path) = matches.get_one::<PathBuf>("into") else {
            return Ok(Self {
                path: PathBuf::new(),
                text: None,
                revision: 0,
                configuration: library::supplied().into_iter().collect(),
            });
        };
        let bytes = fs::read(path).map_err(|error| ImportError::File(path.clone(), error))?;
        let saved = of_export(&bytes, "", None)?;
        let text = String::from_utf8(bytes).map_err(|_| ImportError::NoText(path.clone()))?;
        Ok(Self {
            path: path.clone(),
            text: Some(text),
            revision: saved.revision.number,
            configuration: saved.configuration,
        })
    }

    /// The text of the store with its next revision.
    fn with(&self, now: &Configuration, matches: &ArgMatches) -> Result<String, ImportError> {
        let file = matches.get_one::<PathBuf>("file");
        let name = file
            .map(|file| file.display().to_string())
            .unwrap_or_default();
        let comment = matches.get_one::<String>("comment").cloned();
        let made = Made {
            author: "import".to_owned(),
            at: Clock::system().rfc3339(),
            comment: comment.unwrap_or_else(|| format!("Taken over from {name}")),
        };
        let Some(text) = &self.text else {
            return Ok(export::first(&made.comment.clone(), now, made)?);
        };
        let before = &self.configuration.objects;
        let put = now
            .objects
            .iter()
            .filter(|(id, object)| before.get(*id) != Some(*object));
        let put = put.map(|(id, object)| (id, Some(object)));
        let gone = before.keys().filter(|id| !now.objects.contains_key(*id));
        let changes: Vec<_> = put.chain(gone.map(|id| (id, None))).collect();
        Ok(export::next(text, self.revision + 1, &changes, made)?)
    }
}

/// What was taken over so far.
struct Taking<'m> {
    matches: &'m ArgMatches,
    release: Release,
    configuration: Configuration,
    whole: bool,
    text: String,
    made: usize,
    revision: i64,
}

impl Taking<'_> {
    fn stack(
        &mut self,
        checked: &Checked,
        stack: &ResolvedStack,
        disk: &Disk,
    ) -> Result<(), ImportError> {
        let target = self.target(stack)?;
        let main = self.matches.get_one::<PathBuf>("file");
        let main = main.map(|file| file.display().to_string());
        let main = main.filter(|_| checked.kind == FileKind::Configuration);
        let (configuration, revision) = (&self.configuration, self.revision + 1);
        let made = &mut self.made;
        let mut new_id = || loop {
            *made += 1;
            let id = ObjectId(format!("import-{revision}-{made}"));
            if configuration.get(&id).is_none() {
                return id;
            }
        };
        let adoption = adopt(
            stack,
            main.as_deref(),
            disk,
            configuration,
            &target,
            &mut new_id,
        );
        self.configuration = adoption.apply(configuration);
        self.told(&adoption, stack, disk);
        Ok(())
    }

    fn target(&self, stack: &ResolvedStack) -> Result<Target, ImportError> {
        let word = |id: &str| self.matches.get_one::<SystemName>(id).cloned();
        let name = match stack.name.as_str() {
            "" => word("as"),
            name => Some(
                name.parse()
                    .map_err(|error| ImportError::Stack(name.to_owned(), error))?,
            ),
        };
        // Both have values: one is required, the other has a default.
        let (Some(name), Some(image)) = (name, word("image")) else {
            return Err(ImportError::Stack(String::new(), NameError::Empty));
        };
        let named = |kind: Kind, name: &SystemName| {
            let found = self.configuration.of_kind(kind).into_iter();
            found
                .filter(move |(_, object)| object.name() == name.as_str())
                .map(|(id, _)| id.clone())
                .collect::<Vec<_>>()
        };
        let Some(on) = named(Kind::Image, &image).pop() else {
            let release = self.release;
            return Ok(Target::NewImage {
                name,
                image,
                release,
            });
        };
        let own = named(Kind::Stack, &name).into_iter().find(|id| {
            let stack = self.configuration.get(id);
            matches!(stack, Some(Object::Stack(stack)) if stack.image.as_ref() == Some(&on))
        });
        Ok(own.map_or(Target::NewStack { name, image: on }, Target::Stack))
    }

    /// The report, and what the objects do otherwise.
    fn told(&mut self, adoption: &Adoption, stack: &ResolvedStack, disk: &Disk) {
        let name = self.configuration.get(&adoption.stack).map(Object::name);
        let _ = writeln!(self.text, "stack {}", name.unwrap_or_default());
        for what in What::ALL {
            let entries: Vec<_> = adoption
                .report
                .iter()
                .filter(|entry| entry.what == what)
                .collect();
            if entries.is_empty() {
                continue;
            }
            self.whole &= !matches!(what, What::LeftOut | What::Conflict);
            let _ = writeln!(self.text, "  {}:", what.title());
            for entry in entries {
                let _ = writeln!(self.text, "    {}{}", place(entry, disk), entry.text);
            }
        }
        let Some(compiled) = compile(&self.configuration, &adoption.stack, &Header::default())
        else {
            return;
        };
        for one in &compiled.unwritten {
            self.whole = false;
            let _ = writeln!(self.text, "  not written: {}", one.reason);
        }
        let written = lower(
            &parse(compiled.policy.text.as_bytes()),
            &compiled.policy.path,
        );
        let changes = proof::changes(&stack.policy, &written.policy, self.release);
        self.whole &= changes.is_none();
        for one in &changes.found {
            let words: Vec<_> = one.changes.iter().map(ToString::to_string).collect();
            let _ = writeln!(
                self.text,
                "  treated otherwise: {}: {}",
                one.connection,
                words.join("; ")
            );
        }
        let _ = match (changes.is_none(), changes.undecided.len()) {
            (true, _) => writeln!(self.text, "  proven: every connection is treated as before"),
            (false, 0) => Ok(()),
            (false, count) => writeln!(self.text, "  not decided for {count} pairs of rules"),
        };
    }
}

/// `file:line: `
fn place(entry: &Entry, disk: &Disk) -> String {
    match &entry.place {
        Place::Text { file, start, .. } => {
            let line = disk.lines(file).position(*start).line;
            format!("{}:{line}: ", Path::new(file).display())
        }
        Place::Field { .. } => String::new(),
    }
}
