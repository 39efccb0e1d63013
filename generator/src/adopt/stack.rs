//! The stack that gets the rules: what it, its image and its rules hold.

use std::collections::HashSet;

use crate::finding::Place;
use crate::objects::values::{FileName, Keyring};
use crate::objects::{
    Configuration, Entry, Image, Object, ObjectId, Setting, Stack, SyslogFacility, SystemName,
    variables,
};
use crate::policy::{Fate, Files, Release, ResolvedStack};

use super::connectivity;
use super::files::{Around, around, is_of_others, line, text_of};
use super::known::Known;
use super::report::{Entry as Line, What};
use super::rules::{Found, Reader, is_rule};
use super::{Adoption, Target};

/// A key ring and its stash file.
pub(super) type Ring = (Entry<Keyring>, Entry<FileName>);

/// The stack on its way.
pub(super) struct Home {
    pub stack_id: ObjectId,
    pub stack: Stack,
    pub image_id: Option<ObjectId>,
    pub image: Image,
    pub is_new: bool,
    is_new_image: bool,
}

pub(super) fn adopt(
    resolved: &ResolvedStack,
    main: Option<&str>,
    files: &dyn Files,
    base: &Configuration,
    target: &Target,
    new_id: &mut dyn FnMut() -> ObjectId,
) -> Adoption {
    let mut home = Home::of(base, target, new_id);
    let filled = variables::resolve(base, &home.stack_id);
    let mut reader = Reader::new(&resolved.policy, &resolved.origins, home.image.release);
    let found = reader.rules();
    let before = (home.stack.clone(), home.image.clone());
    home.take(&found, &reader);
    let mut known = Known::new(&filled, new_id);
    let Around { files, mut report } = around(resolved, main, files);
    home.files(files);
    let more = rest(resolved, &mut reader, &found);
    home.stack.files.policy_more = more;
    let mut changes = Vec::new();
    let rules = connectivity::changes(&mut known, &mut reader, &home, base, &found);
    if home.is_new_image || home.image != before.1 {
        changes.extend(
            home.image_id
                .clone()
                .map(|id| (id, Some(home.image.clone().into()))),
        );
    }
    if home.is_new || home.stack != before.0 {
        changes.push((home.stack_id.clone(), Some(home.stack.clone().into())));
    }
    changes.extend(
        known
            .made
            .into_iter()
            .map(|(id, object)| (id, Some(object))),
    );
    changes.extend(rules);
    report.append(&mut reader.report);
    crate::sort::by_key(&mut report, |line| (line.what, order(line)));
    Adoption {
        stack: home.stack_id,
        changes,
        report,
    }
}

fn order(line: &Line) -> (String, usize) {
    match &line.place {
        Place::Text { file, start, .. } => (file.clone(), *start),
        Place::Field { .. } => (String::new(), 0),
    }
}

impl Home {
    fn of(base: &Configuration, target: &Target, new_id: &mut dyn FnMut() -> ObjectId) -> Self {
        match target {
            Target::Stack(id) => {
                let stack = match base.get(id) {
                    Some(Object::Stack(stack)) => stack.clone(),
                    _ => Stack::default(),
                };
                let image = stack.image.as_ref().and_then(|id| image(base, id));
                Self {
                    stack_id: id.clone(),
                    image_id: stack.image.clone(),
                    image: image.unwrap_or_default(),
                    is_new: false,
                    is_new_image: false,
                    stack,
                }
            }
            Target::NewStack { name, image: on } => {
                let image = image(base, on).unwrap_or_default();
                Self::new(name, on.clone(), image, false, new_id)
            }
            Target::NewImage {
                name,
                image,
                release,
            } => {
                let id = new_id();
                let image = new_image(image, *release);
                Self::new(name, id, image, true, new_id)
            }
        }
    }

    fn new(
        name: &SystemName,
        image_id: ObjectId,
        image: Image,
        is_new_image: bool,
        new_id: &mut dyn FnMut() -> ObjectId,
    ) -> Self {
        Self {
            stack_id: new_id(),
            stack: Stack {
                name: Entry::Value(name.clone()),
                image: Some(image_id.clone()),
                ..Stack::default()
            },
            image_id: Some(image_id),
            image,
            is_new: true,
            is_new_image,
        }
    }

    /// What holds for all rules, or for most.
    fn take(&mut self, found: &[Found<'_>], reader: &Reader<'_>) {
        if self.is_new {
            self.stack.layout = reader.style.layout;
            self.stack.write_defaults = reader.style.write_defaults;
            self.ring(found);
        }
        let trace = found.iter().map(|rule| (rule, rule.treatment.trace));
        let clear = found
            .iter()
            .map(|rule| (rule, rule.treatment.trace_clear_text));
        self.stack.trace = self.common(trace).unwrap_or(self.stack.trace);
        self.stack.trace_clear_text = self.common(clear).unwrap_or(self.stack.trace_clear_text);
        if self.is_new_image {
            let protecting = found.iter().filter(|rule| rule.treatment.level.protect);
            let auth =
                protecting.map(|rule| (rule, rule.treatment.facility == SyslogFacility::Auth));
            if self.common(auth) == Some(true) {
                self.image.syslog_facility = SyslogFacility::Auth;
            }
        }
    }

    /// What all say; of a new stack, what most say.
    fn common<'f, T: Ord + Copy>(
        &self,
        values: impl Iterator<Item = (&'f Found<'f>, T)>,
    ) -> Option<T> {
        let mut counts: Vec<(usize, T)> = Vec::new();
        for (rule, value) in values {
            // As many as are written for it.
            let rows = rule.ports.len() * rule.times().len();
            match counts.iter_mut().find(|(_, known)| *known == value) {
                Some((count, _)) => *count += rows,
                None => counts.push((rows, value)),
            }
        }
        let most = counts.iter().copied().max()?;
        (self.is_new || counts.len() == 1).then_some(most.1)
    }

    /// A ring that was named after stack or image, or that all rules use, is theirs.
    fn ring(&mut self, found: &[Found<'_>]) {
        let mut rings: Vec<(Ring, Option<&str>)> = Vec::new();
        for rule in found.iter().filter(|rule| rule.treatment.level.protect) {
            let ring = ring_of(rule);
            if !rings.iter().any(|(known, _)| *known == ring) {
                rings.push((ring, rule.ring));
            }
        }
        let only = rings.len() == 1;
        let (stack, image) = (self.stack.name.to_string(), self.image.name.to_string());
        for ((keyring, stash), owner) in rings {
            let (keyring_of, stash_of) = match owner {
                Some(owner) if self.is_new_image && owner == image => {
                    (&mut self.image.keyring, &mut self.image.keyring_stash_file)
                }
                Some(owner) if owner == stack => {
                    (&mut self.stack.keyring, &mut self.stack.keyring_stash_file)
                }
                None if only => (&mut self.stack.keyring, &mut self.stack.keyring_stash_file),
                _ => continue,
            };
            (*keyring_of, *stash_of) = (keyring, stash);
        }
    }

    /// The ring of rules that name none.
    pub fn common_ring(&self) -> Ring {
        let own = self
            .stack
            .keyring
            .value()
            .is_none_or(|ring| !ring.is_empty());
        match own {
            true => (
                self.stack.keyring.clone(),
                self.stack.keyring_stash_file.clone(),
            ),
            false => (
                self.image.keyring.clone(),
                self.image.keyring_stash_file.clone(),
            ),
        }
    }

    /// The paths and what else the files hold; those of an existing stack stay where they are.
    fn files(&mut self, files: crate::objects::StackFiles) {
        if self.is_new {
            self.stack.files = files;
            return;
        }
        let own = &mut self.stack.files;
        own.image_options = files.image_options;
        own.policy_options = files.policy_options;
        own.main_more = files.main_more;
        own.image_more = files.image_more;
    }
}

pub(super) fn ring_of(rule: &Found<'_>) -> Ring {
    let row = &rule.treatment.row;
    (row.keyring.clone(), row.keyring_stash_file.clone())
}

fn image(base: &Configuration, id: &ObjectId) -> Option<Image> {
    match base.get(id) {
        Some(Object::Image(image)) => Some(image.clone()),
        _ => None,
    }
}

fn new_image(name: &SystemName, release: Release) -> Image {
    Image {
        name: Entry::Value(name.clone()),
        release,
        ..Image::default()
    }
}

/// What of the policy no rule uses: as text where it has no object form, else named in the report.
fn rest<'p>(resolved: &'p ResolvedStack, reader: &mut Reader<'p>, found: &[Found<'p>]) -> String {
    let used = reader.used(found);
    let mut said = HashSet::new();
    let mut more = Vec::new();
    let fates = resolved.account.fates().iter();
    for (statement, fate) in resolved.policy.statements.iter().zip(fates) {
        if used.contains(&statement.tag) {
            continue;
        }
        let title = match statement.name_str() {
            Some(name) => format!("`{} {name}`", statement.keyword.as_str()),
            None => format!("`{}`", statement.keyword.as_str()),
        };
        if *fate == Fate::Overridden {
            let text = format!("{title}: a later statement of this name replaces it");
            reader.say(What::LeftOut, statement.tag, text);
        } else if is_rule(statement) {
            // Said when it was refused.
        } else if is_of_others(statement) || statement.def().is_some() {
            let text = format!("{title} is kept among the further statements of the policy file");
            reader.say(What::Kept, statement.tag, text);
            more.push(statement.clone());
        } else if said.insert(title.clone()) {
            let text = format!("{title} means nothing in a policy file");
            reader.say(What::LeftOut, statement.tag, text);
        }
    }
    text_of(more)
}

/// What a rule says that its image does not.
pub(super) fn facility(home: &Home, rule: &Found<'_>) -> Option<(String, Setting)> {
    let own = rule.treatment.facility;
    let differs = rule.treatment.level.protect && own != home.image.syslog_facility;
    differs.then(|| {
        let word = match own {
            SyslogFacility::Daemon => "Daemon",
            SyslogFacility::Auth => "Auth",
        };
        let key = "TTLSGroupAdvancedParms.SyslogFacility".to_owned();
        (key, Setting::One(word.to_owned()))
    })
}

/// A line of the report about an object.
pub(super) fn became(place: Place, text: String, object: &ObjectId) -> Line {
    Line {
        object: Some(object.clone()),
        ..line(What::Became, place, text)
    }
}
