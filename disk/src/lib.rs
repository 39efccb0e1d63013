//! Files of the Policy Agent as they lie on this machine: where a name that files use is here, and what
//! is read of it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::str::FromStr;

use generator::lines::Lines;
use generator::policy::{Files, encoding};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// A policy of 100,000 rules has 25 MB.
const LARGEST: u64 = 256 << 20;
/// Files of a directory that are looked into.
const MOST_FILES: usize = 10_000;

/// The name of standard input in findings.
const STDIN: &str = "<stdin>";

/// A file that was named on the command line and cannot be read.
#[derive(Debug, Error)]
#[error("{path}: {reason}")]
pub struct Unread {
    path: String,
    reason: String,
}

impl Unread {
    pub fn new(path: &Path, reason: impl ToString) -> Self {
        Self {
            path: path.display().to_string(),
            reason: reason.to_string(),
        }
    }
}

/// What a name that files use is here.
#[derive(Clone, Debug)]
pub struct Mapping {
    name: String,
    file: PathBuf,
}

/// A mapping without `=`.
#[derive(Debug, Error)]
#[error("write NAME=FILE")]
pub struct NoMapping;

impl Mapping {
    pub fn new(name: &str, file: PathBuf) -> Self {
        let name = name.to_owned();
        Self { name, file }
    }

    /// The file that this name is, if it is about it.
    pub fn file_of(&self, name: &str) -> Option<&Path> {
        (self.name == name).then_some(self.file.as_path())
    }
}

impl FromStr for Mapping {
    type Err = NoMapping;

    fn from_str(text: &str) -> Result<Self, NoMapping> {
        let (name, file) = text.split_once('=').ok_or(NoMapping)?;
        if name.is_empty() || file.is_empty() {
            return Err(NoMapping);
        }
        Ok(Self {
            name: name.to_owned(),
            file: file.into(),
        })
    }
}

/// Texts that count instead of what is on the disk, by [`identity`].
pub type Unsaved = BTreeMap<PathBuf, Rc<[u8]>>;

/// Reads each file once, and keeps it for its lines.
pub struct Disk {
    root: Option<PathBuf>,
    mappings: Vec<Mapping>,
    unsaved: Rc<Unsaved>,
    /// A name means the file of that name and no other.
    exact: bool,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    read: BTreeMap<String, Vec<u8>>,
    lines: BTreeMap<String, Rc<Lines>>,
    /// Where the file stands that was named last on the command line.
    beside: PathBuf,
    /// Files that another one led to, as they are on this machine.
    reached: BTreeSet<PathBuf>,
    /// Where a file was found that is not where its name says.
    elsewhere: BTreeMap<String, PathBuf>,
}

impl Disk {
    /// Paths that files name are looked for below `root`, and where a mapping names one, there; of several
    /// mappings of one name the first counts.
    pub fn new(root: Option<PathBuf>, mappings: Vec<Mapping>) -> Self {
        Self::with(root, mappings, Rc::default())
    }

    /// With texts that are edited.
    pub fn with(root: Option<PathBuf>, mappings: Vec<Mapping>, unsaved: Rc<Unsaved>) -> Self {
        Self {
            root,
            mappings,
            unsaved,
            exact: false,
            state: RefCell::default(),
        }
    }

    /// From here on a file that is not where its name says is not looked for beside the one that was named
    /// on the command line.
    #[must_use]
    pub fn exact(self) -> Self {
        Self {
            exact: true,
            ..self
        }
    }

    /// Begins with a text that was handed over; other files may lie in `beside`.
    pub fn begin(&self, name: &str, text: &[u8], beside: &Path) {
        let mut state = self.state.borrow_mut();
        state.beside = beside.to_owned();
        state.read.insert(name.to_owned(), text.to_vec());
    }

    /// Whether a file was read under this name.
    pub fn has(&self, name: &str) -> bool {
        self.state.borrow().read.contains_key(name)
    }

    /// Reads a file of the command line; its name in findings.
    pub fn name(&self, path: &Path) -> Result<String, Unread> {
        let failed = |error: io::Error| Unread::new(path, error);
        let (name, bytes) = if path == Path::new("-") {
            let mut bytes = self.bytes(STDIN);
            bytes.append(&mut read_stdin().map_err(failed)?);
            (STDIN.to_owned(), bytes)
        } else {
            let bytes = self.look(path);
            let bytes = bytes.map_err(|reason| Unread::new(path, reason))?;
            (path.display().to_string(), bytes)
        };
        let mut state = self.state.borrow_mut();
        state.beside = path.parent().unwrap_or(Path::new("")).to_owned();
        state.read.insert(name.clone(), bytes);
        Ok(name)
    }

    /// The lines of a file that was read, as findings count its bytes.
    pub fn lines(&self, name: &str) -> Rc<Lines> {
        if let Some(lines) = self.state.borrow().lines.get(name) {
            return lines.clone();
        }
        let text = encoding::readable(&self.bytes(name)).into_owned();
        let lines = Rc::new(Lines::of(text));
        let known = &mut self.state.borrow_mut().lines;
        known.insert(name.to_owned(), lines.clone());
        lines
    }

    /// A file that was read, as it is.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        let state = self.state.borrow();
        state.read.get(name).cloned().unwrap_or_default()
    }

    /// Where a file that was read lies on this machine.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        let elsewhere = self.elsewhere(name);
        elsewhere.or_else(|| (name != STDIN).then(|| PathBuf::from(name)))
    }

    /// Files are read anew from here on; standard input, which was read to its end, is kept.
    pub fn forget(&self) {
        let mut state = self.state.borrow_mut();
        state.read.retain(|name, _| name == STDIN);
        state.lines.clear();
        state.reached.clear();
        state.elsewhere.clear();
    }

    /// Where a file was found that is not where its name says.
    pub fn elsewhere(&self, name: &str) -> Option<PathBuf> {
        self.state.borrow().elsewhere.get(name).cloned()
    }

    /// Whether another file led to this one.
    pub fn was_reached(&self, name: &str) -> bool {
        self.has_reached(&identity(Path::new(name)))
    }

    /// The same, for a file by its [`identity`].
    pub fn has_reached(&self, file: &Path) -> bool {
        self.state.borrow().reached.contains(file)
    }

    /// What was read, as a number: two disks that say the same read the same texts.
    pub fn digest(&self) -> u64 {
        let mut digest = DefaultHasher::new();
        self.state.borrow().read.hash(&mut digest);
        digest.finish()
    }

    fn look(&self, path: &Path) -> Result<Vec<u8>, String> {
        match self.unsaved.get(&identity(path)) {
            Some(text) => Ok(text.to_vec()),
            None => read(path),
        }
    }

    /// Where a name that a file uses may be on this machine, the likeliest first.
    fn candidates(&self, name: &str) -> Vec<PathBuf> {
        if let Some(mapping) = self.mappings.iter().find(|mapping| mapping.name == name) {
            return vec![mapping.file.clone()];
        }
        if let Some(root) = &self.root {
            return vec![root.join(name.trim_start_matches('/'))];
        }
        let own = PathBuf::from(name);
        if self.exact {
            return vec![own];
        }
        let last = own
            .file_name()
            .map(|last| self.state.borrow().beside.join(last));
        std::iter::once(own).chain(last).collect()
    }
}

impl Files for Disk {
    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        if let Some(bytes) = self.state.borrow().read.get(name) {
            return Ok(bytes.clone());
        }
        let candidates = self.candidates(name);
        let mut reason = String::new();
        for path in &candidates {
            match self.look(path) {
                Ok(bytes) => {
                    let mut state = self.state.borrow_mut();
                    state.reached.insert(identity(path));
                    state.read.insert(name.to_owned(), bytes.clone());
                    if path != Path::new(name) {
                        state.elsewhere.insert(name.to_owned(), path.clone());
                    }
                    return Ok(bytes);
                }
                Err(other) if reason.is_empty() => reason = other,
                Err(_) => {}
            }
        }
        let mapped = self.mappings.iter().any(|mapping| mapping.name == name);
        if name.starts_with("//") && self.root.is_none() && !mapped {
            reason = "a data set; say with --map which file holds its text".to_owned();
        }
        Err(reason)
    }
}

/// One path for a file, however it is named; also for one that is not there yet.
pub fn identity(path: &Path) -> PathBuf {
    if let Ok(found) = path.canonicalize() {
        return found;
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (absolute.parent(), absolute.file_name()) {
        (Some(directory), Some(name)) => identity(directory).join(name),
        _ => absolute,
    }
}

/// SHA-256 of bytes, in lower-case hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Standard input to its end.
pub fn read_stdin() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The bytes of a file, or in words why there are none.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let words = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    };
    let file = fs::File::open(path).map_err(words)?;
    let found = file.metadata().map_err(words)?;
    if !found.is_file() && !found.is_dir() && found.len() == 0 {
        // A pipe or a device; its length is known when it is read.
    } else if found.len() > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes).map_err(words)?;
    Ok(bytes)
}

/// The regular files below a directory, by name; those that begin with a dot are left out.
pub fn files_below(directory: &Path) -> Result<Vec<PathBuf>, Unread> {
    let (mut files, mut folders) = (Vec::new(), vec![directory.to_owned()]);
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| Unread::new(&folder, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Unread::new(&folder, error))?;
            let kind = entry
                .file_type()
                .map_err(|error| Unread::new(&entry.path(), error))?;
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            match (kind.is_dir(), kind.is_file()) {
                _ if hidden => {}
                (true, _) => folders.push(entry.path()),
                (_, true) => files.push(entry.path()),
                _ => {}
            }
        }
        if files.len() > MOST_FILES {
            let reason = format!("more than {MOST_FILES} files; name those to check");
            return Err(Unread::new(directory, reason));
        }
    }
    files.sort();
    Ok(files)
}

/// A file of its user alone, as it is to be or as it was, also after a loss of power.
pub fn store(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    // Nobody else may read or write what this makes.
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    fs::File::open(directory)?.sync_all()
}

/// In the place of the old file at once, with its rights.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link stays one.
    let path = path.canonicalize()?;
    let directory = path.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file()
        .set_permissions(fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}
