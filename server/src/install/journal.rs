//! What a write is about to do, on disk before it begins, and the names of its temporaries.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use rustix::io::Errno;

use super::path::{RESERVED, TargetPath};

/// The tokens of this process's writes that are under way.
static ACTIVE: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Names one write: the process and a random number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token(String);

impl Token {
    pub fn draw() -> Result<Self, Errno> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|_| Errno::IO)?;
        let pid = std::process::id();
        Ok(Self(format!("{pid}-{:016x}", u64::from_ne_bytes(random))))
    }

    /// The token and ending of a name that a write made.
    pub fn of_name(name: &str) -> Option<(Self, &str)> {
        let rest = name.strip_prefix(RESERVED)?.strip_prefix('-')?;
        let (token, ending) = rest.split_once('.')?;
        let (pid, random) = token.split_once('-')?;
        pid.parse::<u32>().ok()?;
        (random.len() == 16 && random.bytes().all(|b| b.is_ascii_hexdigit()))
            .then(|| (Self(token.to_owned()), ending))
    }

    /// The name of the new file number `index` until it takes its place.
    pub fn new_file(&self, index: usize) -> String {
        format!("{RESERVED}-{}.{index}.new", self.0)
    }

    /// The second name of the file that number `index` replaces.
    pub fn old_file(&self, index: usize) -> String {
        format!("{RESERVED}-{}.{index}.old", self.0)
    }

    pub fn journal(&self, state: State) -> String {
        let ending = match state {
            State::Forward => "journal",
            State::Undo => "undo",
        };
        format!("{RESERVED}-{}.{ending}", self.0)
    }

    /// True when the process that drew it may still be writing.
    pub fn is_alive(&self) -> bool {
        let Some(pid) = self.pid() else {
            return false;
        };
        if pid == std::process::id() {
            return active(|tokens| tokens.contains(&self.0));
        }
        let Some(pid) = i32::try_from(pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        else {
            return false;
        };
        rustix::process::test_kill_process(pid) != Err(Errno::SRCH)
    }

    fn pid(&self) -> Option<u32> {
        self.0.split('-').next()?.parse().ok()
    }

    /// Marks the write as under way until the mark is dropped.
    pub fn mark(&self) -> Mark {
        active(|tokens| tokens.insert(self.0.clone()));
        Mark(self.0.clone())
    }
}

pub(super) struct Mark(String);

impl Drop for Mark {
    fn drop(&mut self) {
        active(|tokens| tokens.remove(&self.0));
    }
}

fn active<T>(f: impl FnOnce(&mut BTreeSet<String>) -> T) -> T {
    f(&mut ACTIVE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Where a cut-off write is to go; the ending of the journal's name says so, and changing it is one
/// rename.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Done when no temporary is left to be renamed, taken back otherwise.
    Forward,
    /// Taken back.
    Undo,
}

/// The files of one write, in the order in which they take their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Journal {
    pub token: Token,
    pub entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub path: TargetPath,
    /// SHA-256 of the file that is replaced; `None` where nothing was.
    pub old: Option<String>,
    /// SHA-256 of the new file; `None` where the old one is taken away.
    pub new: Option<String>,
}

const FIRST: &str = "gatehouse journal 1";
const LAST: &str = "end";
/// Stands for the hash of a file that is not there.
const NOTHING: &str = "-";

impl Journal {
    pub fn to_text(&self) -> String {
        let mut text = format!("{FIRST}\n");
        for Entry { path, old, new } in &self.entries {
            // Writing to a string does not fail.
            let (old, new) = (old.as_deref(), new.as_deref());
            let (old, new) = (old.unwrap_or(NOTHING), new.unwrap_or(NOTHING));
            let _ = writeln!(text, "{old} {new} {path}");
        }
        text + LAST + "\n"
    }

    /// `None` when the text is not whole: then the write had not begun.
    pub fn from_text(token: Token, text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let body = text
            .strip_prefix(FIRST)?
            .strip_prefix('\n')?
            .strip_suffix('\n')?
            .strip_suffix(LAST)?;
        let entries = body.lines().map(Entry::from_line).collect::<Option<_>>()?;
        Some(Self { token, entries })
    }
}

impl Entry {
    fn from_line(line: &str) -> Option<Self> {
        let mut parts = line.splitn(3, ' ');
        let (old, new, path) = (parts.next()?, parts.next()?, parts.next()?);
        let hash = |text: &str| (text != NOTHING).then(|| text.to_owned());
        Some(Self {
            path: path.parse().ok()?,
            old: hash(old),
            new: hash(new),
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    #[test]
    fn a_journal_reads_as_written_and_not_when_cut_short() {
        let token = Token::draw().unwrap();
        let journal = Journal {
            token: token.clone(),
            entries: vec![
                Entry {
                    path: "/etc/a".parse().unwrap(),
                    old: None,
                    new: Some("aa".to_owned()),
                },
                Entry {
                    path: "/etc/b".parse().unwrap(),
                    old: Some("bb".to_owned()),
                    new: Some("cc".to_owned()),
                },
                Entry {
                    path: "/etc/c".parse().unwrap(),
                    old: Some("dd".to_owned()),
                    new: None,
                },
            ],
        };
        let text = journal.to_text();
        assert_eq!(
            Journal::from_text(token.clone(), text.as_bytes()),
            Some(journal)
        );
        for end in 0..text.len() {
            assert_eq!(
                Journal::from_text(token.clone(), &text.as_bytes()[..end]),
                None
            );
        }
    }

    #[test]
    fn only_names_of_ours_are_litter() {
        let token = Token::draw().unwrap();
        assert_eq!(Token::of_name(&token.new_file(2)), Some((token, "2.new")));
        for name in [
            ".gatehouse.lock",
            "pagent.conf",
            ".gatehouse-1-x.0.new",
            ".gatehouse-x",
        ] {
            assert_eq!(Token::of_name(name), None, "{name}");
        }
    }
}
