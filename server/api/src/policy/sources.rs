//! The files of a question, and which of them a name in them means.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use generator::policy::table::lines::{self, COMMON_TTLS_CONFIG, TCP_IMAGE, TTLS_CONFIG};
use generator::policy::{Files, Release, encoding};
use serde::{Deserialize, Serialize};

use super::Unanswered;

/// Files as somebody hands them over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Sources {
    pub files: Vec<PolicyFile>,
    /// The file to begin with; absent: every file that no other one leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main: Option<String>,
    /// What names in the files mean, where the paths do not tell: data sets, above all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, String>))]
    pub names: BTreeMap<String, String>,
    /// The release of z/OS, such as `3.1` or `V2R4`; the newest that is usual when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
}

/// One file, as text or as bytes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    pub path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What is no UTF-8, such as EBCDIC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

impl Sources {
    pub(super) fn release(&self) -> Result<Release, Unanswered> {
        let release = self.release.as_deref();
        release.map_or(Ok(Release::default()), |text| {
            text.parse()
                .map_err(|error| Unanswered::new(format!("{error}.")))
        })
    }
}

/// Files of a question, by the names that they use for each other.
pub(super) struct Uploaded<'a> {
    pub files: Vec<(&'a str, Cow<'a, [u8]>)>,
    by_path: HashMap<&'a str, usize>,
    names: &'a BTreeMap<String, String>,
    /// What each name that was asked for means.
    asked: RefCell<BTreeMap<String, Found>>,
}

/// The file that a name means, or why there is none.
pub(super) type Found = Result<usize, String>;

impl<'a> Uploaded<'a> {
    pub fn new(sources: &'a Sources) -> Result<Self, Unanswered> {
        let mut files = Vec::with_capacity(sources.files.len());
        let mut by_path = HashMap::new();
        for file in &sources.files {
            if by_path.insert(file.path.as_str(), files.len()).is_some() {
                let detail = format!("There are two files `{}`.", file.path);
                return Err(Unanswered::new(detail));
            }
            files.push((file.path.as_str(), bytes(file)?));
        }
        Ok(Self {
            files,
            by_path,
            names: &sources.names,
            asked: RefCell::default(),
        })
    }

    /// The file that a name means.
    pub fn find(&self, name: &str) -> Found {
        let name = self.names.get(name).map_or(name, String::as_str);
        if let Some(at) = self.by_path.get(name) {
            return Ok(*at);
        }
        let common = |path: &str| {
            let pairs = parts(name).zip(parts(path));
            pairs.take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
        };
        let paths = self.files.iter().map(|(path, _)| common(path));
        let paths: Vec<_> = paths.enumerate().collect();
        let most = paths.iter().map(|(_, common)| *common).max().unwrap_or(0);
        let mut best = paths.iter().filter(|(_, common)| *common == most);
        match (most, best.next(), best.next()) {
            (1.., Some((at, _)), None) => Ok(*at),
            (1.., Some((one, _)), Some((other, _))) => Err(format!(
                "`{}` and `{}` can both be meant; say which one",
                self.files[*one].0, self.files[*other].0
            )),
            _ if name.starts_with("//") => {
                Err("a data set; add the file that holds its text, and say which one it is".into())
            }
            _ => Err("there is no such file here".into()),
        }
    }

    pub fn was_reached(&self, at: usize) -> bool {
        let asked = self.asked.borrow();
        asked.values().any(|found| *found == Ok(at))
    }

    /// Every name that was asked for since the last call, with what it means.
    pub fn take_asked(&self) -> BTreeMap<String, Found> {
        self.asked.borrow().clone()
    }

    /// The files to begin with: the main file of the question, or all in their order.
    pub fn begin(&self, sources: &Sources) -> Result<Vec<usize>, Unanswered> {
        let Some(main) = &sources.main else {
            return Ok(self.beginnings());
        };
        let found = self.find(main).map_err(|reason| {
            Unanswered::new(format!("The main file `{main}` is not there: {reason}."))
        });
        Ok(vec![found?])
    }

    /// The files in the order in which to begin with them: those that name stacks or a common file, then
    /// those that name a stack's policy, then the others.
    pub fn beginnings(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.files.len()).collect();
        let rank: Vec<u8> = self.files.iter().map(|(_, bytes)| rank(bytes)).collect();
        order.sort_by_key(|at| rank[*at]);
        order
    }
}

impl Files for Uploaded<'_> {
    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let found = self.find(name);
        let mut asked = self.asked.borrow_mut();
        asked.insert(name.to_owned(), found.clone());
        Ok(self.files[found?].1.to_vec())
    }
}

/// A question's main file is not asked for by another file.
pub(super) struct Beginning<'a, 'b> {
    pub uploaded: &'b Uploaded<'a>,
    pub main: &'b str,
}

impl Files for Beginning<'_, '_> {
    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        match self
            .uploaded
            .by_path
            .get(name)
            .filter(|_| name == self.main)
        {
            Some(at) => Ok(self.uploaded.files[*at].1.to_vec()),
            None => self.uploaded.read(name),
        }
    }
}

/// The parts of a path, the last one first.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    let parts = path.trim_start_matches("//").trim_matches('\'');
    parts.rsplit('/').filter(|part| !part.is_empty())
}

fn bytes(file: &PolicyFile) -> Result<Cow<'_, [u8]>, Unanswered> {
    match (&file.text, &file.base64) {
        (Some(text), None) => Ok(Cow::Borrowed(text.as_bytes())),
        (None, Some(base64)) => STANDARD
            .decode(base64)
            .map(Cow::Owned)
            .map_err(|_| Unanswered::new(format!("The bytes of `{}` are no base64.", file.path))),
        _ => Err(Unanswered::new(format!(
            "Send either `text` or `base64` for `{}`.",
            file.path
        ))),
    }
}

/// What a file is, by the first words of its lines; those of a policy are no such statements.
fn rank(bytes: &[u8]) -> u8 {
    let text = encoding::readable(bytes);
    let lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
    let words = lines.filter_map(|line| {
        let mut words = line.split(|byte| byte.is_ascii_whitespace());
        let word = words.find(|word| !word.is_empty())?;
        lines::line(std::str::from_utf8(word).ok()?)
    });
    let mut rank = 2;
    for def in words {
        if *def == TCP_IMAGE || *def == COMMON_TTLS_CONFIG {
            return 0;
        }
        if *def == TTLS_CONFIG {
            rank = 1;
        }
    }
    rank
}
