//! The set-up around a stack's policy files: questions asked once, and the parts made of the answers.

mod list;
mod parts;
mod questions;

use std::sync::Arc;

use generator::objects::{Kind, Object, ObjectId};
use generator::setup::{self, Part, Question};
use leptos::prelude::*;

use crate::core;
use crate::frame::{NotFound, Page, Pane, id_of_page};
use crate::paths;
use crate::ui::{Band, Button, EmptyState, Look, Tone};
use crate::words;
use crate::workspace::Workspace;

pub use list::SetupListPage;

/// The set-up of one stack, as it follows from the store as I see it.
#[derive(Clone, Debug, PartialEq)]
struct Setup {
    image: ObjectId,
    image_name: String,
    name: String,
    questions: Vec<Question>,
    parts: Vec<Part>,
    answers: std::collections::BTreeMap<String, String>,
}

impl Setup {
    /// `Err` says why there is none.
    fn of(config: &generator::objects::Configuration, stack: &ObjectId) -> Result<Self, String> {
        let questions = setup::questions(config, stack).map_err(|error| error.to_string())?;
        let parts = setup::parts(config, stack).map_err(|error| error.to_string())?;
        let Some(Object::Stack(object)) = config.get(stack) else {
            return Err("there is no such stack".to_owned());
        };
        let image = object
            .image
            .clone()
            .unwrap_or_else(|| ObjectId(String::new()));
        let mut answers = object.setup.clone();
        if let Some(Object::Image(image)) = config.get(&image) {
            answers.extend(image.setup.clone());
        }
        let image_name = core::name_of(config, &image);
        let name = format!("{image_name}.{}", core::name_of(config, stack));
        Ok(Self {
            image,
            image_name,
            name,
            questions,
            parts,
            answers,
        })
    }

    fn answer(&self, question: &Question) -> String {
        self.answers.get(&question.key).cloned().unwrap_or_default()
    }

    /// The questions that keep a part from being made.
    fn open(&self) -> Vec<&Question> {
        self.questions
            .iter()
            .filter(|question| question.refusal(&self.answer(question)).is_some())
            .collect()
    }
}

/// The id of a question's input, for links to it.
fn question_anchor(key: &str) -> String {
    format!(
        "[data-field={}]",
        crate::ui::css_string(&format!("setup/{key}"))
    )
}

#[component]
pub fn SetupPage() -> impl IntoView {
    let id = id_of_page();
    let workspace = Workspace::here();
    let there = Memo::new(move |_| {
        let id = id.get();
        workspace
            .config
            .with(|config| {
                config
                    .get(&id)
                    .is_some_and(|object| object.kind() == Kind::Stack)
            })
            .then_some(id)
    });
    view! {
        {move || match there.get() {
            Some(id) => view! { <Found id /> }.into_any(),
            None => view! { <NotFound /> }.into_any(),
        }}
    }
}

#[component]
fn Found(id: ObjectId) -> impl IntoView {
    let workspace = Workspace::here();
    Pane::here().step_aside();
    let stack = StoredValue::new(id.clone());
    let setup = Memo::new(move |_| {
        workspace
            .settled
            .with(|config| stack.with_value(|stack| Setup::of(config, stack).map(Arc::new)))
    });
    let title = Memo::new(move |_| match setup.get() {
        Ok(setup) => format!("Set-up of {}", setup.name),
        Err(_) => workspace.config.with(|config| {
            format!(
                "Set-up of {}",
                stack.with_value(|stack| core::name_of(config, stack))
            )
        }),
    });
    let trail =
        Signal::derive(move || vec![("Set-up".to_owned(), paths::setup_list(&workspace.name()))]);
    // Whether there is a set-up; its content changes without the page being made anew.
    let none = Memo::new(move |_| setup.get().err());
    view! {
        <Page title trail of=workspace.name()>
            {move || match none.get() {
                Some(why) => {
                    let object = stack.with_value(|stack| paths::object(&workspace.name(), Kind::Stack, stack));
                    view! {
                        <EmptyState title="There is no set-up page yet">
                            <p>{words_of(&why)}</p>
                            <a class="cds--btn cds--btn--sm cds--btn--primary" href=object>"Open the settings of the stack"</a>
                        </EmptyState>
                    }.into_any()
                }
                None => view! {
                    <div class="stack setup">
                        <Progress setup />
                        <questions::Questions setup stack=stack.get_value() />
                        <parts::Parts setup stack=stack.get_value() />
                    </div>
                }.into_any(),
            }}
        </Page>
    }
}

fn words_of(why: &str) -> String {
    let mut letters = why.chars();
    let text: String = letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    });
    format!("{text}. The set-up follows from the image, the stack and its key rings.")
}

/// How far it is, in one line.
#[component]
fn Progress(setup: Memo<Result<Arc<Setup>, String>>) -> impl IntoView {
    let workspace = Workspace::here();
    let words = Memo::new(move |_| {
        let setup = setup.get().ok()?;
        let open = setup.open().len();
        let ready = setup
            .parts
            .iter()
            .filter(|part| part.missing.is_empty())
            .count();
        let all = words::count(setup.parts.len(), "part", "parts");
        Some(match open {
            0 => format!("All questions are answered; {all} can be put in place."),
            open => format!(
                "{} open; {ready} of {all} can be put in place.",
                words::count(open, "question is", "questions are")
            ),
        })
    });
    view! {
        <div class="in-words setup-progress">
            <span role="status">{words}</span>
            <Button label="Go to the parts" look=Look::Ghost on_press=|| { crate::ui::focus("#setup-parts"); } />
        </div>
        {move || workspace.closed().map(|_| view! { <Band tone=Tone::Info>"The answers can be read here, not changed."</Band> })}
    }
}
