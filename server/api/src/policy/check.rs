//! What is wrong in files of the Policy Agent.

use std::collections::{BTreeMap, HashSet};

use generator::check::{Checked, FileKind, check_file};
use generator::finding::{Finding, Place, Severity};
use generator::policy::table::TTLS_RULE;
use generator::policy::{Accounts, Fate, Files, Left, Release, ResolvedStack, encoding};
use serde::{Deserialize, Serialize};

use super::places::Places;
use super::sources::{Beginning, Found, Uploaded};
use super::{Sources, Span, Unanswered};

/// What [`check`] found: `POST /api/v1/policy/check`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    /// The release that was checked for.
    pub release: String,
    /// Every release that can be checked for.
    pub releases: Vec<String>,
    /// Which file leads to which, in the order of a tree.
    pub tree: Vec<Named>,
    pub stacks: Vec<PolicyStack>,
    /// At most 2,000: the worst ones, when there are more.
    pub findings: Vec<PolicyFinding>,
    /// How many there are in all.
    pub total: usize,
    /// What became of the statements of each file that was read.
    pub account: Vec<FileStatements>,
    /// The text of files that were sent as bytes, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, String>))]
    pub texts: BTreeMap<String, String>,
}

/// A file under the name that another one uses for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Named {
    /// 0 for a file that no other one leads to.
    pub depth: usize,
    /// As the file above it writes it.
    pub name: String,
    pub role: PolicyFileRole,
    /// The stack that it is for, where it is for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// The file of the question; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum PolicyFileRole {
    Main,
    Image,
    Policy,
    /// The policy that all stacks share.
    Common,
    /// Of another technology: looked for, not read.
    Other,
}

/// A stack that the files describe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyStack {
    /// Empty for the default stack, and for a policy that no configuration leads to.
    pub name: String,
    /// The file that was begun with.
    pub main: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub common: Option<String>,
    pub rules: usize,
}

/// Something that is wrong with text, or worth knowing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyFinding {
    pub code: String,
    pub name: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub severity: Severity,
    pub message: String,
    pub help: String,
    pub at: Span,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// Another place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Related {
    pub at: Span,
    pub words: String,
}

/// What would mend it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fix {
    /// A verb phrase.
    pub title: String,
    /// Only this can be meant: it may be written without asking.
    pub safe: bool,
    pub edits: Vec<TextEdit>,
}

/// Text in the place of other text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TextEdit {
    pub at: Span,
    pub text: String,
}

/// What became of the statements of a file. Each is used, overridden, unused or refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileStatements {
    pub path: String,
    /// How many were read.
    pub read: usize,
    pub used: usize,
    pub overridden: usize,
    pub unused: usize,
    pub refused: usize,
    /// Those that are not used; at most 500.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<LeftStatement>,
}

/// A statement that is not used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LeftStatement {
    /// `overridden`, `unused` or `refused`.
    pub fate: String,
    /// Keyword and name.
    pub statement: String,
    pub at: Span,
    /// The statement that counts instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Span>,
}

/// Findings that are handed over.
const MOST: usize = 2000;
/// Statements of one file that are not used and are handed over.
const MOST_LEFT: usize = 500;

/// Says what is wrong in files.
pub fn check(sources: &Sources) -> Result<Check, Unanswered> {
    let release = sources.release()?;
    let uploaded = Uploaded::new(sources)?;
    let beginnings = uploaded.begin(sources)?;
    let mut answer = Answer {
        uploaded: &uploaded,
        release,
        places: Places::of(&uploaded),
        accounts: Accounts::default(),
        seen: HashSet::new(),
        found: Vec::new(),
        check: Check {
            release: release.to_string(),
            releases: Release::ALL.iter().map(ToString::to_string).collect(),
            ..Check::default()
        },
    };
    for at in beginnings {
        if !uploaded.was_reached(at) {
            answer.begin(at);
        }
    }
    answer.end(sources)
}

struct Answer<'a, 'b> {
    uploaded: &'b Uploaded<'a>,
    release: Release,
    places: Places<'a, 'b>,
    accounts: Accounts,
    seen: HashSet<(&'static str, Place, String)>,
    found: Vec<Finding>,
    check: Check,
}

impl Answer<'_, '_> {
    /// Follows one file.
    fn begin(&mut self, at: usize) {
        let main = self.uploaded.files[at].0;
        let before = self.uploaded.take_asked();
        let files = Beginning {
            uploaded: self.uploaded,
            main,
        };
        let checked = check_file(main, &files, self.release);
        let asked = self.uploaded.take_asked().into_iter();
        let asked = asked.filter(|(name, _)| !before.contains_key(name));
        self.tree(main, &checked, &asked.collect());
        for stack in &checked.stacks {
            self.stack(main, &checked, stack);
        }
        for file in checked.account() {
            self.accounts.take(&file);
        }
        for finding in checked.findings {
            let key = (finding.page.code, finding.place.clone(), finding.message());
            if self.seen.insert(key) {
                self.found.push(finding);
            }
        }
    }

    fn stack(&mut self, main: &str, checked: &Checked, stack: &ResolvedStack) {
        let image = (checked.kind == FileKind::Configuration).then_some(&stack.image_path);
        self.check.stacks.push(PolicyStack {
            name: stack.name.clone(),
            main: main.to_owned(),
            image: image.map(|name| self.places.shown(name)),
            policy: stack
                .policy_path
                .as_deref()
                .map(|name| self.places.shown(name)),
            common: stack
                .common_path
                .as_deref()
                .map(|name| self.places.shown(name)),
            rules: stack.policy.of(&TTLS_RULE).count(),
        });
    }

    fn tree(&mut self, main: &str, checked: &Checked, asked: &BTreeMap<String, Found>) {
        if checked.kind == FileKind::Policy {
            self.named(0, main, PolicyFileRole::Policy, None);
            return;
        }
        let mut named = HashSet::from([main]);
        let is_main = checked.stacks.iter().any(|stack| stack.image_path != main);
        let role = if is_main {
            PolicyFileRole::Main
        } else {
            PolicyFileRole::Image
        };
        self.named(0, main, role, None);
        for stack in &checked.stacks {
            let name = Some(stack.name.as_str()).filter(|name| !name.is_empty());
            let mut depth = 1;
            if stack.image_path != main {
                named.insert(&stack.image_path);
                self.named(1, &stack.image_path, PolicyFileRole::Image, name);
                depth = 2;
            }
            if let Some(policy) = &stack.policy_path {
                named.insert(policy);
                self.named(depth, policy, PolicyFileRole::Policy, name);
            }
        }
        let mut common = checked
            .stacks
            .iter()
            .filter_map(|one| one.common_path.as_ref());
        if let Some(common) = common.next() {
            named.insert(common);
            self.named(1, common, PolicyFileRole::Common, None);
        }
        for name in asked.keys().filter(|name| !named.contains(name.as_str())) {
            self.named(1, name, PolicyFileRole::Other, None);
        }
    }

    fn named(&mut self, depth: usize, name: &str, role: PolicyFileRole, stack: Option<&str>) {
        let found = match depth {
            0 => Ok(name.to_owned()),
            _ => (self.uploaded.find(name)).map(|at| self.uploaded.files[at].0.to_owned()),
        };
        let (path, missing) = match found {
            Ok(path) => (Some(path), None),
            Err(reason) => (None, Some(reason)),
        };
        self.check.tree.push(Named {
            depth,
            name: name.to_owned(),
            role,
            stack: stack.map(str::to_owned),
            path,
            missing,
        });
    }

    fn end(mut self, sources: &Sources) -> Result<Check, Unanswered> {
        let mut found = std::mem::take(&mut self.found);
        self.check.total = found.len();
        if found.len() > MOST {
            found.sort_by_key(|finding| std::cmp::Reverse(finding.page.severity));
            found.truncate(MOST);
        }
        for finding in &found {
            let finding = self.finding(finding);
            self.check.findings.push(finding);
        }
        self.check.account = self.statements();
        let sent = sources.files.iter().filter(|file| file.base64.is_some());
        for path in sent.map(|file| &file.path) {
            if let Ok(bytes) = self.uploaded.read(path) {
                let text = encoding::readable(&bytes);
                let text = String::from_utf8_lossy(&text).into_owned();
                self.check.texts.insert(path.clone(), text);
            }
        }
        Ok(self.check)
    }

    fn finding(&mut self, finding: &Finding) -> PolicyFinding {
        let places = &mut self.places;
        PolicyFinding::of(finding, |place| places.span(place))
    }

    fn statements(&mut self) -> Vec<FileStatements> {
        let files = self.accounts.files();
        let files = files.map(|(path, file)| FileStatements {
            path: self.places.shown(path),
            read: file.read,
            used: file.count(Fate::Used),
            overridden: file.count(Fate::Overridden),
            unused: file.count(Fate::Unused),
            refused: file.count(Fate::Refused),
            left: (file.left.iter().take(MOST_LEFT))
                .map(|left| self::left(left, &mut self.places))
                .collect(),
        });
        files.collect()
    }
}

fn left(left: &Left, places: &mut Places<'_, '_>) -> LeftStatement {
    LeftStatement {
        fate: left.fate.as_str().to_owned(),
        statement: left.statement.clone(),
        at: places.span(&left.place),
        by: left.by.as_ref().map(|by| places.span(by)),
    }
}

impl PolicyFinding {
    /// `span` gives the places of the finding.
    pub(super) fn of(finding: &Finding, mut span: impl FnMut(&Place) -> Span) -> Self {
        let at = span(&finding.place);
        let related = finding.related.iter();
        let related = related.map(|(place, words)| Related {
            at: span(place),
            words: words.clone(),
        });
        let related = related.collect();
        Self {
            code: finding.page.code.to_owned(),
            name: finding.page.name.to_owned(),
            severity: finding.page.severity,
            message: finding.message(),
            help: finding.help(),
            related,
            fix: finding.suggestion.as_ref().map(|suggestion| Fix {
                title: format!("write `{}`", suggestion.text),
                safe: suggestion.safe,
                edits: vec![TextEdit {
                    at: at.clone(),
                    text: suggestion.text.clone(),
                }],
            }),
            at,
        }
    }
}
