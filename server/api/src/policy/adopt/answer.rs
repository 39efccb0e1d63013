//! What a stack of the files becomes, in words and numbers.

use std::collections::{BTreeMap, HashSet};

use generator::adopt::{self, Adoption, Target, What, proof};
use generator::analysis::difference::{Difference, Differences};
use generator::compile::{Compiled, CompiledFile, Header, compile};
use generator::objects::references::references;
use generator::objects::{Configuration, Entry, Kind, Object, ObjectId, Stack};
use generator::policy::{Lowered, Origins, Release, ResolvedStack, Statement, Tag, lower, parse};
use serde::{Deserialize, Serialize};

use super::Found;
use crate::draft::EditChange;
use crate::policy::places::Places;
use crate::policy::sources::{Beginning, Uploaded};
use crate::policy::stacks::RuleAt;
use crate::policy::{At, PolicyFileRole};

/// What a stack of the files becomes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptResult {
    /// The stack that has the rules then.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: ObjectId,
    pub counts: AdoptCounts,
    /// At most 1,000: those that are removed first, those that are used as they are last.
    pub objects: Vec<AdoptObject>,
    /// What became of each statement: what is lost first, what is taken over last.
    pub report: Vec<AdoptGroup>,
    pub proof: AdoptProof,
    /// Parts of rules that cannot be written, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unwritten: Vec<String>,
    /// The files as they would be written.
    pub files: Vec<AdoptFile>,
}

/// What becomes of objects, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptCounts {
    pub new: usize,
    pub changed: usize,
    pub removed: usize,
    /// Objects of the store that the rules use as they are.
    pub reused: usize,
}

/// An object of the store that the files concern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptObject {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: ObjectId,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub kind: Kind,
    pub name: String,
    pub fate: AdoptFate,
}

/// What becomes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AdoptFate {
    Removed,
    Changed,
    New,
    /// Used as it is.
    Reused,
}

/// The lines of the report that say the same kind of thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptGroup {
    pub what: AdoptWhat,
    /// For a heading.
    pub title: String,
    /// How many lines there are.
    pub total: usize,
    /// At most 1,000.
    pub lines: Vec<AdoptLine>,
}

/// What became of something in the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AdoptWhat {
    /// It is gone: it cannot be understood, or must not be kept.
    LeftOut,
    /// Some connections are treated otherwise, unless somebody acts.
    Conflict,
    /// The stack had it, and the files do not.
    Removed,
    /// It is written otherwise, with the same effect.
    Changed,
    /// It stands as text among the stack's files.
    Kept,
    /// It is an object now, or part of one.
    Became,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptLine {
    pub text: String,
    /// Where it stands in the files; absent for something that the stack had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<At>,
    /// What it became, or what is concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub object: Option<ObjectId>,
}

/// Whether the files that would be written treat every connection as those that were read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptProof {
    /// Certainly nothing changes for any connection.
    pub same: bool,
    /// At most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<AdoptDifference>,
    /// How many there are.
    pub total: usize,
    /// Pairs of rules for which it could not be found out.
    pub undecided: usize,
    /// Rules with a condition that cannot be read; at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
}

/// Connections that are treated otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptDifference {
    /// What is different, such as `HandshakeTimeout 10 → 20`.
    pub changes: Vec<String>,
    /// One of the connections.
    pub connection: String,
    /// The conditions that all of them meet.
    pub among: String,
    /// The rule of the files that takes them; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<RuleAt>,
    /// The rule that would be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<RuleAt>,
}

/// A file as it would be written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptFile {
    pub role: PolicyFileRole,
    /// As the Policy Agent names it.
    pub path: String,
    pub text: String,
    /// The file of the question that it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
}

/// Lines of one group, and objects of one stack, that are handed over.
const MOST: usize = 1000;
/// Differences of one stack that are handed over.
const MOST_DIFFERENCES: usize = 100;

/// What becomes of a store, stack by stack.
pub(super) struct Work<'a, 'b, 'n> {
    pub uploaded: &'b Uploaded<'a>,
    pub places: Places<'a, 'b>,
    pub base: &'b Configuration,
    /// With what earlier stacks brought.
    pub current: Configuration,
    /// Objects that are used as they are.
    pub reused: HashSet<ObjectId>,
    /// In an order in which each refers to earlier ones.
    pub changed: Vec<ObjectId>,
    pub new_id: &'n mut dyn FnMut() -> ObjectId,
}

impl Work<'_, '_, '_> {
    /// Takes a stack over.
    pub fn stack(&mut self, found: &Found<'_>, target: &Target) -> AdoptResult {
        let files = Beginning {
            uploaded: self.uploaded,
            main: found.main,
        };
        let main = found.is_configured().then_some(found.main);
        let stack = found.stack;
        let mut adoption = adopt::adopt(
            stack,
            main,
            &files,
            &self.current,
            target,
            &mut *self.new_id,
        );
        self.paths(&mut adoption, found, target);
        let before = std::mem::take(&mut self.current);
        self.current = adoption.apply(&before);
        let known: HashSet<_> = self.changed.iter().cloned().collect();
        let ids = adoption.changes.iter().map(|(id, _)| id);
        self.changed
            .extend(ids.filter(|id| !known.contains(*id)).cloned());
        let (counts, objects) = self.objects(&before, &adoption);
        let report = self.report(&adoption);
        let compiled = compile(&self.current, &adoption.stack, &Header::default());
        let compiled = compiled.unwrap_or_default();
        let unwritten = compiled.unwritten.iter();
        AdoptResult {
            counts,
            objects,
            report,
            proof: self.proof(stack, &compiled, &adoption.stack),
            unwritten: unwritten.map(|one| one.reason.clone()).collect(),
            files: self.files(found, compiled),
            id: adoption.stack,
        }
    }

    /// Paths of files that were handed over are those of another machine. That of the main file is known
    /// where another file is named in full: what stands before its name stands before that of the main
    /// file, too.
    fn paths(&self, adoption: &mut Adoption, found: &Found<'_>, target: &Target) {
        if matches!(target, Target::Stack(_)) {
            return;
        }
        let main = found.is_configured().then(|| self.main_path(found));
        let stack = adoption
            .changes
            .iter_mut()
            .filter(|(id, _)| *id == adoption.stack);
        for (_, object) in stack {
            if let Some(Object::Stack(Stack { files, .. })) = object {
                files.main = Entry::read(main.as_deref().unwrap_or_default());
                if !found.is_configured() {
                    files.policy = Entry::read(absolute(&files.policy.to_string()));
                }
            }
        }
    }

    fn main_path(&self, found: &Found<'_>) -> String {
        let named = [
            Some(&found.stack.image_path),
            found.stack.policy_path.as_ref(),
        ];
        let mut before = named.into_iter().flatten().filter_map(|name| {
            let path = self.places.shown(name);
            path.strip_suffix(name.as_str()).map(str::to_owned)
        });
        let before = before.find(|before| !before.is_empty());
        let path = before.and_then(|before| found.main.strip_prefix(&before));
        absolute(path.unwrap_or(found.main)).to_owned()
    }

    fn objects(
        &mut self,
        before: &Configuration,
        adoption: &Adoption,
    ) -> (AdoptCounts, Vec<AdoptObject>) {
        let mut fates: BTreeMap<&ObjectId, AdoptFate> = BTreeMap::new();
        for (id, object) in &adoption.changes {
            let fate = match (before.get(id), object) {
                (Some(_), None) => AdoptFate::Removed,
                (Some(own), Some(object)) if own != object => AdoptFate::Changed,
                (None, Some(_)) => AdoptFate::New,
                (Some(_), Some(_)) | (None, None) => continue,
            };
            fates.insert(id, fate);
        }
        let reused = reached(&self.current, &adoption.stack);
        let reused: Vec<_> = (reused.iter())
            .filter(|id| !fates.contains_key(id))
            .collect();
        let in_base = reused.iter().filter(|id| self.base.get(id).is_some());
        self.reused.extend(in_base.map(|id| (**id).clone()));
        let mut all: Vec<_> = fates.into_iter().collect();
        all.extend(reused.iter().map(|id| (*id, AdoptFate::Reused)));
        let mut objects: Vec<_> = all
            .into_iter()
            .filter_map(|(id, fate)| {
                let object = self.current.get(id).or_else(|| before.get(id))?;
                Some(AdoptObject {
                    id: id.clone(),
                    kind: object.kind(),
                    name: object.name(),
                    fate,
                })
            })
            .collect();
        let counts = AdoptCounts::of(objects.iter().map(|object| object.fate));
        objects.sort_by_cached_key(|one| (one.fate, one.kind, one.name.clone()));
        objects.truncate(MOST);
        (counts, objects)
    }

    fn report(&mut self, adoption: &Adoption) -> Vec<AdoptGroup> {
        let group = |what: What| {
            let entries = adoption.report.iter();
            let entries: Vec<_> = entries.filter(|entry| entry.what == what).collect();
            let lines = entries.iter().take(MOST).map(|entry| AdoptLine {
                text: entry.text.clone(),
                at: (entry.place.file().is_some()).then(|| self.places.at(&entry.place)),
                object: entry.object.clone(),
            });
            AdoptGroup {
                what: what.into(),
                title: what.title().to_owned(),
                lines: lines.collect(),
                total: entries.len(),
            }
        };
        let groups = What::ALL.map(group).into_iter();
        groups.filter(|group| group.total > 0).collect()
    }

    fn proof(&self, stack: &ResolvedStack, compiled: &Compiled, id: &ObjectId) -> AdoptProof {
        let file = &compiled.policy;
        let written = lower(&parse(file.text.as_bytes()), &file.path);
        let found = proof::changes(&stack.policy, &written.policy, self.release(id));
        let difference = |one: &Difference<'_>| AdoptDifference {
            changes: one.changes.iter().map(ToString::to_string).collect(),
            connection: one.connection.to_string(),
            among: one.among.to_string(),
            old: one.old.map(|rule| self.rule(rule, &stack.origins)),
            new: one.new.map(|rule| written_rule(rule, &written)),
        };
        proof_of(&found, difference)
    }

    fn rule(&self, rule: &Statement, origins: &Origins) -> RuleAt {
        let (file, line) = line(origins, rule.tag);
        RuleAt {
            name: rule.name_str().unwrap_or_default().to_owned(),
            at: At {
                file: self.places.shown(&file),
                line,
                ..At::default()
            },
        }
    }

    fn release(&self, stack: &ObjectId) -> Release {
        let image = match self.current.get(stack) {
            Some(Object::Stack(stack)) => stack.image.as_ref(),
            _ => None,
        };
        match image.and_then(|id| self.current.get(id)) {
            Some(Object::Image(image)) => image.release,
            _ => Release::default(),
        }
    }

    fn files(&self, found: &Found<'_>, compiled: Compiled) -> Vec<AdoptFile> {
        let stack = found.stack;
        let file = |role: PolicyFileRole, file: CompiledFile, read: Option<&str>| AdoptFile {
            role,
            path: file.path,
            text: file.text,
            read: (read.and_then(|name| self.uploaded.find(name).ok()))
                .map(|at| self.uploaded.files[at].0.to_owned()),
        };
        let configured = found.is_configured();
        let image =
            Some(stack.image_path.as_str()).filter(|path| configured && *path != found.main);
        let policy = stack.policy_path.as_deref();
        vec![
            file(PolicyFileRole::Policy, compiled.policy, policy),
            file(PolicyFileRole::Image, compiled.image, image),
            file(
                PolicyFileRole::Main,
                compiled.main,
                configured.then_some(found.main),
            ),
        ]
    }

    /// All changes together, as an edit takes them.
    pub fn changes(
        self,
        etag: &dyn Fn(&ObjectId) -> Option<String>,
    ) -> (Vec<EditChange>, AdoptCounts) {
        let mut fates = Vec::new();
        let mut changes = Vec::new();
        let mut current = self.current;
        for id in self.changed {
            let (own, body) = (self.base.get(&id), current.objects.remove(&id));
            fates.push(match (own, &body) {
                (Some(_), None) => AdoptFate::Removed,
                (Some(own), Some(object)) if own != object => AdoptFate::Changed,
                (None, Some(_)) => AdoptFate::New,
                (Some(_), Some(_)) | (None, None) => continue,
            });
            changes.push(EditChange {
                etag: own.and_then(|_| etag(&id)),
                id,
                body,
                rebase: None,
            });
        }
        let changed: HashSet<_> = changes.iter().map(|change| &change.id).collect();
        let reused = self
            .reused
            .iter()
            .filter(|id| !changed.contains(id))
            .count();
        let mut counts = AdoptCounts::of(fates.into_iter());
        counts.reused = reused;
        (changes, counts)
    }
}

impl AdoptResult {
    /// With other stacks of the main file on the same image, which stay in it therefore.
    pub(super) fn beside(&mut self, others: &[&str], current: &Configuration) {
        let said: Vec<_> = others.iter().map(|name| adopt::of_other(name)).collect();
        for group in &mut self.report {
            let before = group.lines.len();
            let is_said =
                |line: &AdoptLine| said.iter().any(|own| own.eq_ignore_ascii_case(&line.text));
            group.lines.retain(|line| !is_said(line));
            group.total -= before - group.lines.len();
        }
        self.report.retain(|group| group.total > 0);
        let main = compile(current, &self.id, &Header::default()).map(|files| files.main);
        let mut files = self.files.iter_mut();
        let own = files.find(|file| file.role == PolicyFileRole::Main);
        if let (Some(file), Some(main)) = (own, main) {
            file.text = main.text;
        }
    }
}

impl AdoptCounts {
    fn of(fates: impl Iterator<Item = AdoptFate>) -> Self {
        let mut counts = Self::default();
        for fate in fates {
            match fate {
                AdoptFate::Removed => counts.removed += 1,
                AdoptFate::Changed => counts.changed += 1,
                AdoptFate::New => counts.new += 1,
                AdoptFate::Reused => counts.reused += 1,
            }
        }
        counts
    }
}

impl From<What> for AdoptWhat {
    fn from(what: What) -> Self {
        match what {
            What::LeftOut => Self::LeftOut,
            What::Conflict => Self::Conflict,
            What::Removed => Self::Removed,
            What::Changed => Self::Changed,
            What::Kept => Self::Kept,
            What::Became => Self::Became,
        }
    }
}

/// A path that means the same on every machine, or none.
fn absolute(path: &str) -> &str {
    if path.starts_with('/') { path } else { "" }
}

/// The objects that the own rules of a stack lead to, with the rules.
fn reached(configuration: &Configuration, stack: &ObjectId) -> HashSet<ObjectId> {
    let mut reached = HashSet::new();
    let rules = configuration.rules_owned_by(stack).into_iter();
    let mut open: Vec<ObjectId> = rules.map(|(id, _)| id.clone()).collect();
    while let Some(id) = open.pop() {
        let place = [Kind::Stack, Kind::Image, Kind::Group];
        let Some(object) = configuration.get(&id) else {
            continue;
        };
        if place.contains(&object.kind()) || !reached.insert(id) {
            continue;
        }
        open.extend(references(object).into_iter().map(|to| to.target));
    }
    reached
}

fn line(origins: &Origins, tag: Tag) -> (String, usize) {
    let found = origins.line(tag);
    found.map_or_else(Default::default, |(file, line)| (file.to_owned(), line))
}

fn written_rule(rule: &Statement, written: &Lowered) -> RuleAt {
    let (file, line) = line(&written.origins, rule.tag);
    RuleAt {
        name: rule.name_str().unwrap_or_default().to_owned(),
        at: At {
            file,
            line,
            ..At::default()
        },
    }
}

fn proof_of(
    found: &Differences<'_>,
    difference: impl Fn(&Difference<'_>) -> AdoptDifference,
) -> AdoptProof {
    let unreadable = found.unreadable.iter().take(MOST_DIFFERENCES);
    AdoptProof {
        same: found.is_none(),
        differences: (found.found.iter().take(MOST_DIFFERENCES))
            .map(difference)
            .collect(),
        total: found.found.len(),
        undecided: found.undecided.len(),
        unreadable: unreadable
            .map(|rule| rule.name_str().unwrap_or_default().to_owned())
            .collect(),
    }
}
