//! The set-up around a stack's policy files: questions asked once, and the parts made of the answers.

mod list;
mod parts;
mod questions;

use std::sync::Arc;

use api::setup::StackSetup;
use generator::objects::{Configuration, Kind, ObjectId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self as server, Answer, Failure};
use crate::core;
use crate::frame::{NotFound, Page, Pane, id_of_page};
use crate::paths;
use crate::ui::{Band, Button, EmptyState, Look, Tone};
use crate::words;
use crate::workspace::Workspace;

pub use list::SetupListPage;

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
    let heard = heard(workspace, move || {
        let (store, stack) = (workspace.name(), stack.get_value());
        async move { server::stack_setup(&store, &stack.0).await.map(Arc::new) }
    });
    let setup = Memo::new(move |_| match heard.get() {
        Some(answer) => answer.map_err(|failure| words_of(&failure)),
        None => Err(String::new()),
    });
    let title = Memo::new(move |_| match setup.get() {
        Ok(setup) => format!("Set-up of {}", setup.name),
        Err(_) => workspace.config.with(|config| {
            let name = stack.with_value(|stack| full_name(config, stack));
            format!("Set-up of {name}")
        }),
    });
    let trail =
        Signal::derive(move || vec![("Set-up".to_owned(), paths::setup_list(&workspace.name()))]);
    // Whether there is a set-up; its content changes without the page being made anew.
    let none = Memo::new(move |_| setup.get().err());
    view! {
        <Page title trail of=workspace.name()>
            {move || match none.get() {
                Some(why) if why.is_empty() => view! { <p class="soft" role="status">"The set-up is being worked out."</p> }.into_any(),
                Some(why) => {
                    let object = stack.with_value(|stack| paths::object(&workspace.name(), Kind::Stack, stack));
                    view! {
                        <EmptyState title="There is no set-up page yet">
                            <p>{why}</p>
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

/// `IMAGE.STACK`.
fn full_name(config: &Configuration, id: &ObjectId) -> String {
    let image = config
        .get(id)
        .map_or_else(String::new, |stack| core::contents(config, stack));
    let stack = core::name_of(config, id);
    if image.is_empty() {
        stack
    } else {
        format!("{image}.{stack}")
    }
}

/// What the server says of my draft, heard again whenever the draft was stored.
fn heard<T: Clone + Send + Sync + 'static, F: Future<Output = Answer<T>> + 'static>(
    workspace: Workspace,
    ask: impl Fn() -> F + 'static,
) -> RwSignal<Option<Answer<T>>> {
    let heard = RwSignal::new(None);
    let newest = StoredValue::new(0);
    Effect::new(move |_| {
        workspace.settled.with(|_| ());
        if workspace.storing.get() {
            return;
        }
        newest.update_value(|newest| *newest += 1);
        let number = newest.get_value();
        let answer = ask();
        spawn_local(async move {
            let answer = answer.await;
            // The page is gone, or another question is under way.
            if newest.try_get_value() != Some(number) {
                return;
            }
            let known = heard.with_untracked(|heard| matches!(heard, Some(Ok(_))));
            // While the server is away, what it said last stands.
            if !known || !matches!(answer, Err(Failure::Network)) {
                heard.set(Some(answer));
            }
        });
    });
    heard
}

/// Why there is no set-up.
fn words_of(failure: &Failure) -> String {
    match failure {
        Failure::Refused(problem) if problem.status == 422 => {
            let why = problem.detail.as_deref().unwrap_or_default();
            format!(
                "{} The set-up follows from the image, the stack and its key rings.",
                server::sentence(why)
            )
        }
        other => other.words(),
    }
}

/// How far it is, in one line.
#[component]
fn Progress(setup: Memo<Result<Arc<StackSetup>, String>>) -> impl IntoView {
    let workspace = Workspace::here();
    let words = Memo::new(move |_| {
        let setup = setup.get().ok()?;
        let (open, ready) = (setup.open().count(), setup.ready().count());
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
