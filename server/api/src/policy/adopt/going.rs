//! Where a stack of the files goes: names that exist, names that are made, and names that cannot be.

use std::collections::HashSet;
use std::fmt::Display;

use generator::adopt::Target;
use generator::objects::{Configuration, Image, Kind, Object, ObjectId, Stack, SystemName};
use generator::policy::{Release, ResolvedStack};
use serde::{Deserialize, Serialize};

use super::AdoptStack;

/// A system image of the store, with its stacks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptImage {
    pub name: String,
    pub release: String,
    /// The names of its stacks.
    pub stacks: Vec<String>,
}

/// Why a stack cannot go where the question says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptProblem {
    pub field: AdoptField,
    /// A sentence.
    pub detail: String,
}

/// A part of [`AdoptStack`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AdoptField {
    Image,
    As,
    Release,
}

/// The stack of a policy that no configuration leads to.
const USUAL: &str = "TCPIP";

/// The images of a configuration by name.
pub fn images(configuration: &Configuration) -> Vec<AdoptImage> {
    let stacks = stacks(configuration);
    let images = configuration.of_kind(Kind::Image).into_iter();
    let images = images.filter_map(|(id, object)| match object {
        Object::Image(image) => Some(AdoptImage {
            name: image.name.to_string(),
            release: image.release.to_string(),
            stacks: (stacks.iter())
                .filter(|(_, stack)| stack.image.as_ref() == Some(id))
                .map(|(_, stack)| stack.name.to_string())
                .collect(),
        }),
        _ => None,
    });
    images.collect()
}

fn stacks(configuration: &Configuration) -> Vec<(&ObjectId, &Stack)> {
    let stacks = configuration.of_kind(Kind::Stack).into_iter();
    let stacks = stacks.filter_map(|(id, object)| match object {
        Object::Stack(stack) => Some((id, stack)),
        _ => None,
    });
    stacks.collect()
}

/// Where a stack goes.
pub(super) struct Going {
    pub image: String,
    pub name: String,
    pub release: String,
    pub is_new: bool,
    pub problems: Vec<AdoptProblem>,
    /// Absent where there are problems.
    pub target: Option<Target>,
}

impl Going {
    /// `done` are the stacks of the configuration that earlier stacks of the files went to.
    pub fn of(
        stack: &ResolvedStack,
        wanted: Option<&AdoptStack>,
        current: &Configuration,
        release: Release,
        done: &HashSet<ObjectId>,
    ) -> Self {
        let said = |part: fn(&AdoptStack) -> &Option<String>| {
            let said = wanted.and_then(|wanted| part(wanted).as_ref());
            said.map(|text| text.trim().to_owned())
        };
        let name = said(|wanted| &wanted.name).unwrap_or_else(|| match stack.name.as_str() {
            "" => USUAL.to_owned(),
            name => name.to_owned(),
        });
        let image = said(|wanted| &wanted.image).unwrap_or_else(|| proposed(current, &name));
        let mut going = Self {
            image,
            name,
            release: String::new(),
            is_new: true,
            problems: Vec::new(),
            target: None,
        };
        going.find(said(|wanted| &wanted.release), current, release, done);
        going
    }

    fn find(
        &mut self,
        said: Option<String>,
        current: &Configuration,
        usual: Release,
        done: &HashSet<ObjectId>,
    ) {
        let name = self.name(AdoptField::As, &self.name.clone(), "the stack");
        let images = named(current, &self.image);
        let (id, existing) = match images.as_slice() {
            [] => return self.new_image(name, said, usual),
            [one] => *one,
            more => {
                let detail = format!(
                    "The store has {} images `{}`; give each a name of its own first.",
                    more.len(),
                    self.image
                );
                return self.problem(AdoptField::Image, detail);
            }
        };
        existing.release.to_string().clone_into(&mut self.release);
        let on_image = stacks(current)
            .into_iter()
            .filter(|(_, stack)| stack.image.as_ref() == Some(id))
            .filter(|(_, stack)| stack.name.to_string().eq_ignore_ascii_case(&self.name));
        let on_image: Vec<_> = on_image.map(|(id, _)| id.clone()).collect();
        match (on_image.as_slice(), name) {
            ([], Some(name)) => {
                let image = id.clone();
                self.target = Some(Target::NewStack { name, image });
            }
            ([], None) => {}
            ([own], _) if done.contains(own) => {
                let detail = format!(
                    "Another stack of the files goes to `{}`, too; give this one another name.",
                    self.name
                );
                self.problem(AdoptField::As, detail);
            }
            ([own], _) => {
                self.is_new = false;
                self.problems.clear();
                self.target = Some(Target::Stack(own.clone()));
            }
            _ => {
                let detail = format!(
                    "Image `{}` has several stacks `{}`; give each a name of its own first.",
                    self.image, self.name
                );
                self.problem(AdoptField::As, detail);
            }
        }
    }

    fn new_image(&mut self, name: Option<SystemName>, said: Option<String>, usual: Release) {
        let image = self.name(AdoptField::Image, &self.image.clone(), "the image");
        let release = match said.filter(|text| !text.is_empty()) {
            Some(text) => {
                self.release.clone_from(&text);
                let read = text.parse::<Release>();
                let failed = read.as_ref().err().map(|error| format!("{error}."));
                failed
                    .into_iter()
                    .for_each(|detail| self.problem(AdoptField::Release, detail));
                read.ok()
            }
            None => Some(usual),
        };
        if let Some(release) = release {
            self.release = release.to_string();
        }
        if let (Some(name), Some(image), Some(release)) = (name, image, release) {
            self.target = Some(Target::NewImage {
                name,
                image,
                release,
            });
        }
    }

    fn name(&mut self, field: AdoptField, text: &str, what: &str) -> Option<SystemName> {
        let read = text.parse::<SystemName>();
        if let Err(error) = &read {
            let detail = match text {
                "" => format!("Type a name for {what}."),
                _ => cannot_be(text, what, error),
            };
            self.problem(field, detail);
        }
        read.ok()
    }

    fn problem(&mut self, field: AdoptField, detail: String) {
        self.problems.push(AdoptProblem { field, detail });
    }
}

fn cannot_be(text: &str, what: &str, error: &dyn Display) -> String {
    format!("`{text}` cannot be the name of {what}: {error}.")
}

/// The image that has a stack of this name, or the only one.
fn proposed(configuration: &Configuration, name: &str) -> String {
    let images = images(configuration);
    let has = |image: &&AdoptImage| {
        let mut stacks = image.stacks.iter();
        stacks.any(|stack| stack.eq_ignore_ascii_case(name))
    };
    let found = images.iter().find(has).or_else(|| images.first());
    found.map(|image| image.name.clone()).unwrap_or_default()
}

/// Whether there is an image of this name.
pub(super) fn has_image(configuration: &Configuration, name: &str) -> bool {
    !named(configuration, name).is_empty()
}

fn named<'c>(configuration: &'c Configuration, name: &str) -> Vec<(&'c ObjectId, &'c Image)> {
    let images = configuration.of_kind(Kind::Image).into_iter();
    let images = images.filter_map(|(id, object)| match object {
        Object::Image(image) if image.name.to_string().eq_ignore_ascii_case(name) => {
            Some((id, image))
        }
        _ => None,
    });
    images.collect()
}
