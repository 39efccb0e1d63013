//! The stacks that a question is about, each with the way from its policy back to files or objects.

use generator::check::follow_file;
use generator::compile::{self, CompiledFile, Header};
use generator::objects::{Configuration, Object, ObjectId};
use generator::policy::lookup::Rule;
use generator::policy::{Account, Reading, Release, ResolvedStack, Statement, Tag, lower, parse};
use serde::{Deserialize, Serialize};

use super::sources::{Beginning, Uploaded};
use super::{At, Sources, Unanswered};

/// A rule, and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleAt {
    pub name: String,
    pub at: At,
}

/// A stack of a configuration, compiled and read, and the release that it is written for.
///
/// # Errors
/// When there is no such stack.
pub fn compiled_stack(
    configuration: &Configuration,
    id: &ObjectId,
) -> Result<(ResolvedStack, Release), Unanswered> {
    let read = Read::compiled(configuration, id)?;
    Ok((read.stack, read.release))
}

/// A stack whose policy was read.
pub(super) struct Read<'a> {
    pub stack: ResolvedStack,
    pub release: Release,
    from: From<'a>,
}

/// Where the text of a policy comes from.
enum From<'a> {
    Files(&'a Uploaded<'a>),
    Compiled(Box<CompiledFile>),
}

impl<'a> Read<'a> {
    /// Every stack that files describe, or the one with this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn all(
        sources: &Sources,
        uploaded: &'a Uploaded<'a>,
        name: Option<&str>,
    ) -> Result<Vec<Self>, Unanswered> {
        let release = sources.release()?;
        let beginnings = match &sources.main {
            Some(main) => uploaded.find(main).into_iter().collect(),
            None => uploaded.beginnings(),
        };
        let mut found = Vec::new();
        for at in beginnings {
            if uploaded.was_reached(at) {
                continue;
            }
            let main = uploaded.files[at].0;
            let files = Beginning { uploaded, main };
            let stacks = follow_file(main, &files).1.stacks.into_iter();
            let wanted = |stack: &ResolvedStack| {
                name.is_none_or(|name| name.eq_ignore_ascii_case(&stack.name))
            };
            found.extend(stacks.filter(wanted).map(|stack| Self {
                stack,
                release,
                from: From::Files(uploaded),
            }));
        }
        match found.is_empty() {
            true => Err(Unanswered::new("The files describe no such stack.")),
            false => Ok(found),
        }
    }

    /// # Errors
    /// When a file that leads to the policy, or holds it, is not there: of a part of a policy nothing can be
    /// claimed.
    pub fn entire(&self) -> Result<(), Unanswered> {
        let From::Files(uploaded) = &self.from else {
            return Ok(());
        };
        let stack = &self.stack;
        let rest = [&stack.policy_path, &stack.common_path];
        // No image file leads to a policy that was handed over alone.
        let image = Some(&stack.image_path).filter(|path| !path.is_empty());
        let mut names = image.into_iter().chain(rest.into_iter().flatten());
        let missing = names.find_map(|name| Some((name, uploaded.find(name).err()?)));
        match missing {
            Some((name, reason)) => Err(Unanswered::new(format!(
                "`{name}` is named and not among the files: {reason}."
            ))),
            None => Ok(()),
        }
    }

    /// A stack of a configuration, whose policy is compiled.
    ///
    /// # Errors
    /// When there is no such stack.
    pub fn compiled(configuration: &Configuration, id: &ObjectId) -> Result<Self, Unanswered> {
        let policy = compiled(configuration, id);
        let policy = policy.ok_or_else(|| Unanswered::new(format!("There is no stack `{id}`.")))?;
        Ok(policy.read())
    }

    /// The place of something that was read.
    pub fn at(&self, tag: Tag) -> At {
        let (name, line) = self.stack.origins.line(tag).unwrap_or_default();
        match &self.from {
            From::Files(uploaded) => {
                let found = uploaded.find(name);
                At {
                    file: found.map_or(name, |at| uploaded.files[at].0).to_owned(),
                    line,
                    ..At::default()
                }
            }
            From::Compiled(file) => {
                let origin = line.checked_sub(1).and_then(|at| file.origins.get(at));
                let origin = origin.and_then(Option::as_ref);
                At {
                    file: name.to_owned(),
                    line,
                    object: origin.map(|origin| origin.object.clone()),
                    field: origin.map(|origin| origin.field.clone()),
                }
            }
        }
    }

    pub fn rule(&self, rule: &Statement) -> RuleAt {
        RuleAt {
            name: name_of(rule),
            at: self.at(rule.tag),
        }
    }
}

/// The policy file of a stack of a configuration, not read yet.
pub(super) struct CompiledPolicy {
    name: String,
    image_path: String,
    pub release: Release,
    pub file: CompiledFile,
}

/// `None`: there is no such stack.
pub(super) fn compiled(configuration: &Configuration, id: &ObjectId) -> Option<CompiledPolicy> {
    let Some(Object::Stack(stack)) = configuration.get(id) else {
        return None;
    };
    let compiled = compile::compile(configuration, id, &Header::default())?;
    let image = stack.image.as_ref().and_then(|id| configuration.get(id));
    Some(CompiledPolicy {
        name: stack.name.to_string(),
        image_path: compiled.image.path,
        release: match image {
            Some(Object::Image(image)) => image.release,
            _ => Release::default(),
        },
        file: compiled.policy,
    })
}

impl CompiledPolicy {
    pub fn read<'a>(self) -> Read<'a> {
        let lowered = lower(&parse(self.file.text.as_bytes()), &self.file.path);
        Read {
            stack: ResolvedStack {
                name: self.name,
                image_path: self.image_path,
                policy_path: Some(self.file.path.clone()),
                common_path: None,
                reading: Reading::default(),
                account: Account::of_policy(&lowered.policy),
                policy: lowered.policy,
                origins: lowered.origins,
            },
            release: self.release,
            from: From::Compiled(Box::new(self.file)),
        }
    }
}

pub(super) fn name_of(rule: &Statement) -> String {
    rule.name_str().unwrap_or_default().to_owned()
}

/// The rule that a connection meets.
pub(super) fn met<'r, 'p>(
    rules: &'r [Rule<'p>],
    connection: &generator::policy::lookup::Connection,
) -> Option<&'r Rule<'p>> {
    let mut rules = rules.iter();
    rules.find(|rule| rule.first_failure(connection).is_none())
}
