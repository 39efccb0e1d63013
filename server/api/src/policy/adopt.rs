//! What files of the Policy Agent become in a store: the objects, a report, and whether they mean the same.
//!
//! Nothing is stored: the answer holds the changes as an edit of a draft takes them.

mod answer;
mod going;

use std::collections::HashSet;

use generator::check::{Checked, FileKind, check_file};
use generator::finding::{Finding, Severity};
use generator::objects::{Configuration, ObjectId};
use generator::policy::table::TTLS_RULE;
use generator::policy::{Release, ResolvedStack};
use serde::{Deserialize, Serialize};

use super::places::Places;
use super::sources::{Beginning, Uploaded};
use super::{Sources, Unanswered};
pub use answer::{
    AdoptCounts, AdoptDifference, AdoptFate, AdoptFile, AdoptGroup, AdoptLine, AdoptObject,
    AdoptProof, AdoptResult, AdoptWhat,
};
pub use going::{AdoptField, AdoptImage, AdoptProblem};

use crate::draft::{EditChange, Lock};
use going::Going;

/// Asks what files become: `POST /api/v1/stores/{store}/adopt`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Adopt {
    pub sources: Sources,
    /// The stacks that are taken over; absent: every one that has rules. Of policies that no
    /// configuration leads to, none is taken beside a configuration unless it is named here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stacks: Option<Vec<AdoptStack>>,
    /// Takes over what can be read of files with errors.
    #[serde(default)]
    pub despite_errors: bool,
}

/// A stack of the files, and where it goes. What is left out is proposed by the answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AdoptStack {
    /// The file that leads to it; needed where several files name a stack of this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main: Option<String>,
    /// As the files name it; empty for a policy that no configuration leads to.
    #[serde(default)]
    pub stack: String,
    /// The system image; made when the store has none of this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The stack of the image that gets the rules, and loses its own; made when there is none.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The release of z/OS of a new image, such as `3.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
}

/// What files become. What the changes make of each object stands under `stacks` in words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Adopted {
    /// Errors in the files of the stacks that are taken.
    pub errors: usize,
    /// The images of the store, to choose from.
    pub images: Vec<AdoptImage>,
    /// Every stack of the files.
    pub stacks: Vec<AdoptedStack>,
    /// For all stacks together.
    pub counts: AdoptCounts,
    /// For `POST …/draft/edits`. Empty when nothing changes, when something is wrong with where a stack
    /// goes, and when there are errors and the question does not say what then.
    pub changes: Vec<EditChange>,
    /// Objects of the changes that other people hold: the edit would be refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<AdoptHeld>,
    /// Bytes that the server takes in one request, where the changes are more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub too_large_for: Option<usize>,
}

/// An object that somebody else edits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptHeld {
    pub name: String,
    pub lock: Lock,
}

/// A stack of the files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptedStack {
    /// The file that leads to it.
    pub main: String,
    /// As the files name it; empty for a policy that no configuration leads to.
    pub stack: String,
    pub rules: usize,
    /// Whether it is taken over.
    pub taken: bool,
    pub image: String,
    #[serde(rename = "as")]
    pub name: String,
    /// The release of the image, which decides about defaults.
    pub release: String,
    /// The store has no image of this name.
    pub image_is_new: bool,
    /// The image has no stack of this name; of one that it has, the rules are replaced.
    pub is_new: bool,
    /// Why it cannot go there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<AdoptProblem>,
    /// Absent where it is not taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<AdoptResult>,
}

/// Says what files become in a configuration. `etag` tells what an edit has to name of an object that is
/// there, and `new_id` makes an id that no object has.
pub fn adopt(
    asked: &Adopt,
    base: &Configuration,
    etag: &dyn Fn(&ObjectId) -> Option<String>,
    new_id: &mut dyn FnMut() -> ObjectId,
) -> Result<Adopted, Unanswered> {
    let release = asked.sources.release()?;
    let uploaded = Uploaded::new(&asked.sources)?;
    let read = read(&asked.sources, &uploaded, release)?;
    let found = found(&read);
    let wanted = wanted(asked, &found)?;
    let errors = errors(&found, &wanted);
    let mut work = answer::Work {
        uploaded: &uploaded,
        places: Places::of(&uploaded),
        base,
        current: base.clone(),
        reused: HashSet::new(),
        changed: Vec::new(),
        new_id,
    };
    let works = errors == 0 || asked.despite_errors;
    let mut adopted = Adopted {
        errors,
        images: going::images(base),
        ..Adopted::default()
    };
    let mut done = HashSet::new();
    for (one, wanted) in found.iter().zip(&wanted) {
        let going = Going::of(one.stack, wanted.as_ref(), &work.current, release, &done);
        let target = going.target.clone().filter(|_| works && wanted.is_some());
        let result = target.map(|target| work.stack(one, &target));
        done.extend(result.as_ref().map(|result| result.id.clone()));
        adopted.stacks.push(AdoptedStack {
            main: one.main.to_owned(),
            stack: one.stack.name.clone(),
            rules: one.rules(),
            taken: wanted.is_some(),
            name: going.name,
            release: going.release,
            // One that an earlier stack of the files brings is new to the store.
            image_is_new: !going::has_image(base, &going.image),
            image: going.image,
            is_new: going.is_new,
            problems: going.problems,
            result,
        });
    }
    together(&mut adopted.stacks, &work.current);
    let mut taken = adopted.stacks.iter().filter(|stack| stack.taken);
    if taken.all(|stack| stack.result.is_some()) {
        (adopted.changes, adopted.counts) = work.changes(etag);
    }
    Ok(adopted)
}

/// Stacks of one main file that go to one image share the main file that is written.
fn together(stacks: &mut [AdoptedStack], current: &Configuration) {
    let done = stacks.iter().filter(|stack| stack.result.is_some());
    let done: Vec<_> = done
        .map(|stack| (stack.main.clone(), stack.image.clone(), stack.stack.clone()))
        .collect();
    for stack in stacks {
        let others = done.iter().filter(|(main, image, name)| {
            (main, image.to_uppercase()) == (&stack.main, stack.image.to_uppercase())
                && *name != stack.stack
        });
        let others: Vec<_> = others.map(|(_, _, name)| name.as_str()).collect();
        if let (Some(result), false) = (&mut stack.result, others.is_empty()) {
            result.beside(&others, current);
        }
    }
}

/// A file that was begun with, and what it leads to.
struct Read<'a> {
    main: &'a str,
    checked: Checked,
}

fn read<'a>(
    sources: &Sources,
    uploaded: &Uploaded<'a>,
    release: Release,
) -> Result<Vec<Read<'a>>, Unanswered> {
    let mut read = Vec::new();
    for at in uploaded.begin(sources)? {
        if uploaded.was_reached(at) {
            continue;
        }
        let main = uploaded.files[at].0;
        let checked = check_file(main, &Beginning { uploaded, main }, release);
        read.push(Read { main, checked });
    }
    Ok(read)
}

/// A stack that files describe.
struct Found<'r> {
    main: &'r str,
    checked: &'r Checked,
    stack: &'r ResolvedStack,
}

impl Found<'_> {
    fn rules(&self) -> usize {
        self.stack.policy.of(&TTLS_RULE).count()
    }

    /// Whether a main or image file leads to it.
    fn is_configured(&self) -> bool {
        self.checked.kind == FileKind::Configuration
    }

    /// Whether a finding is about what the stack is made of.
    fn concerns(&self, finding: &Finding) -> bool {
        let stack = self.stack;
        let named = [&stack.policy_path, &stack.common_path];
        let missing = finding.facts.iter().find(|(name, _)| *name == "path");
        if let Some((_, path)) = missing {
            let own = *path == stack.image_path || named.contains(&&Some(path.clone()));
            return own || path == self.main;
        }
        let file = finding.place.file();
        file.is_some_and(|file| {
            file == self.main || *file == stack.image_path || stack.origins.files.contains(file)
        })
    }
}

fn found<'r>(read: &'r [Read<'_>]) -> Vec<Found<'r>> {
    let stacks = read.iter().flat_map(|one| {
        let stacks = one.checked.stacks.iter();
        stacks.map(|stack| Found {
            main: one.main,
            checked: &one.checked,
            stack,
        })
    });
    // Files without any rule that nothing leads to are no policy.
    stacks
        .filter(|one| one.is_configured() || one.rules() > 0)
        .collect()
}

/// What is asked of each stack; nothing of one that is not taken.
fn wanted(asked: &Adopt, found: &[Found<'_>]) -> Result<Vec<Option<AdoptStack>>, Unanswered> {
    let Some(stacks) = &asked.stacks else {
        let any = found.iter().any(|one| one.is_configured());
        let taken = |one: &Found<'_>| one.rules() > 0 && (one.is_configured() || !any);
        let wanted = found.iter().map(|one| taken(one).then(AdoptStack::default));
        return Ok(wanted.collect());
    };
    let mut wanted = vec![None; found.len()];
    for stack in stacks {
        let is = |one: &Found<'_>| {
            let main = stack.main.as_ref();
            one.stack.name.eq_ignore_ascii_case(&stack.stack)
                && main.is_none_or(|main| main == one.main)
        };
        let mut fits = (0..found.len()).filter(|at| is(&found[*at]));
        match (fits.next(), fits.next()) {
            (Some(at), None) if wanted[at].is_none() => wanted[at] = Some(stack.clone()),
            (Some(_), None) => {
                let detail = format!("The question names stack `{}` twice.", stack.stack);
                return Err(Unanswered::new(detail));
            }
            (Some(one), Some(other)) => {
                return Err(Unanswered::new(format!(
                    "`{}` and `{}` both lead to stack `{}`; say which one in `main`.",
                    found[one].main, found[other].main, stack.stack
                )));
            }
            (None, _) => {
                let detail = format!("The files describe no stack `{}`.", stack.stack);
                return Err(Unanswered::new(detail));
            }
        }
    }
    Ok(wanted)
}

/// How many errors are in the files of the stacks that are taken.
fn errors(found: &[Found<'_>], wanted: &[Option<AdoptStack>]) -> usize {
    let mut seen = HashSet::new();
    for (one, _) in found.iter().zip(wanted).filter(|(_, one)| one.is_some()) {
        let findings = one.checked.findings.iter();
        let errors = findings.filter(|finding| finding.page.severity == Severity::Error);
        seen.extend(
            errors
                .filter(|finding| one.concerns(finding))
                .map(|finding| (finding.page.code, finding.place.clone(), finding.message())),
        );
    }
    seen.len()
}
