//! The guided start: one page from an application to its protected ports.
//!
//! Everything that is made is an ordinary object afterwards, made in one step.

mod cards;
mod plan;
mod questions;
mod save;

use std::sync::Arc;

use generator::finding::{Place, Severity};
use generator::objects::library::{self, APPLICATIONS, Application};
use generator::objects::{Configuration, Entry, Kind, Object, ObjectId, SystemName};
use leptos::prelude::*;

use crate::core;
use crate::frame::{Page, Pane};
use crate::ui::{Button, Look, Note, Tone};
use crate::workspace::{Workspace, new_id};
use plan::{Ids, Planned, Where, Wishes};

/// What the page asks, as it stands in the fields.
#[derive(Clone, Copy)]
struct Guide {
    workspace: Workspace,
    ids: StoredValue<Ids>,
    application: RwSignal<Option<&'static Application>>,
    ports: RwSignal<Vec<String>>,
    group: RwSignal<Option<ObjectId>>,
    image: RwSignal<Where>,
    stack: RwSignal<Where>,
    /// `None`: not touched yet, so it shows the ring that counts there.
    keyring: RwSignal<Option<String>>,
    label: RwSignal<String>,
    level: RwSignal<ObjectId>,
    /// Something was pressed that needs all answers: from now on empty fields are complained of.
    pressed: RwSignal<bool>,
    planned: Memo<Arc<Made>>,
}

/// What would be made, and what the store would be then.
#[derive(Clone, Debug)]
struct Made {
    planned: Planned,
    config: Arc<Configuration>,
    /// Errors at what is made.
    errors: Vec<String>,
}

impl PartialEq for Made {
    fn eq(&self, other: &Self) -> bool {
        self.config == other.config && self.planned.changes == other.planned.changes
    }
}

fn fresh_ids() -> Ids {
    Ids {
        group: new_id(),
        image: new_id(),
        stack: new_id(),
        traffic: new_id(),
        rule: new_id(),
    }
}

/// The only object of a kind, so that it need not be chosen.
fn only(config: &Configuration, kind: Kind) -> Where {
    match config.of_kind(kind).as_slice() {
        [(id, _)] => Where::Known((*id).clone()),
        _ => Where::New(String::new()),
    }
}

impl Guide {
    fn new() -> Self {
        let workspace = Workspace::here();
        let (image, stack) = workspace
            .config
            .with_untracked(|config| (only(config, Kind::Image), only(config, Kind::Stack)));
        let ids = StoredValue::new(fresh_ids());
        let (application, ports) = (RwSignal::new(None), RwSignal::new(Vec::new()));
        let (group, image, stack) = (
            RwSignal::new(None),
            RwSignal::new(image),
            RwSignal::new(stack),
        );
        let (keyring, label) = (RwSignal::new(None), RwSignal::new(String::new()));
        let level = RwSignal::new(library::id_of(library::DEFAULT_LEVEL));
        let wishes = move |config: &Configuration| Wishes {
            application: application.get(),
            ports: ports.get(),
            group: group.get(),
            image: image.get(),
            stack: stack.get(),
            keyring: keyring
                .get()
                .unwrap_or_else(|| plan::ring_there(config, &image.get(), &stack.get())),
            label: label.get(),
            level: Some(level.get()),
        };
        let planned = Memo::new(move |_| {
            workspace.settled.with(|config| {
                let planned = plan::planned(config, &wishes(config), &ids.get_value());
                let applied = plan::applied(config, &planned.changes);
                let errors = errors(&applied, &planned);
                Arc::new(Made {
                    planned,
                    config: Arc::new(applied),
                    errors,
                })
            })
        });
        Self {
            workspace,
            ids,
            application,
            ports,
            group,
            image,
            stack,
            keyring,
            label,
            level,
            pressed: RwSignal::new(false),
            planned,
        }
    }

    fn choose(self, application: &'static Application) {
        self.ports
            .set(application.rows().iter().map(plan::ports_text).collect());
        self.application.set(Some(application));
    }

    fn choose_image(self, image: Where) {
        // A stack of another image is not meant any more.
        let stays = self.workspace.config.with_untracked(|config| match self.stack.get_untracked() {
            Where::Known(id) => matches!(config.get(&id), Some(Object::Stack(stack)) if stack.image.as_ref() == image.known()),
            Where::New(_) => true,
        });
        if !stays {
            self.stack.set(Where::New(String::new()));
        }
        self.image.set(image);
    }

    fn choose_stack(self, stack: Where) {
        let image = stack.known().and_then(|id| {
            self.workspace
                .config
                .with_untracked(|config| match config.get(id) {
                    Some(Object::Stack(stack)) => stack.image.clone(),
                    _ => None,
                })
        });
        if let Some(image) = image {
            self.image.set(Where::Known(image));
        }
        self.stack.set(stack);
    }

    /// The key ring as its field shows it.
    fn ring(self) -> String {
        self.keyring.get().unwrap_or_else(|| self.ring_there())
    }

    fn ring_there(self) -> String {
        self.workspace
            .settled
            .with(|config| plan::ring_there(config, &self.image.get(), &self.stack.get()))
    }

    /// Whether the chosen level protects at all.
    fn protects(self) -> bool {
        let level = self.level.get();
        self.workspace.settled.with(|config| !matches!(config.get(&level), Some(Object::SecurityLevel(level)) if !level.protect))
    }

    /// What each question still lacks; the first one is said beside the buttons.
    fn lacks(self) -> Option<String> {
        if let Some(why) = self.workspace.closed() {
            return Some(why);
        }
        if self.application.get().is_none() {
            return Some("Choose an application first.".to_owned());
        }
        if self
            .ports
            .with(|ports| ports.iter().any(|text| plan::ports_error(text).is_some()))
        {
            return Some("A port cannot be read.".to_owned());
        }
        if system_error(&self.image.get(), true).is_some() {
            return Some("The system image is missing.".to_owned());
        }
        if system_error(&self.stack.get(), true).is_some() {
            return Some("The TCP/IP stack is missing.".to_owned());
        }
        if self.protects() && self.ring().trim().is_empty() {
            return Some("The key ring is missing.".to_owned());
        }
        self.planned.with(|made| made.errors.first().cloned())
    }
}

/// Why a system cannot be used; an empty name counts once everything is wanted.
fn system_error(system: &Where, all: bool) -> Option<String> {
    match system {
        Where::Known(_) => None,
        Where::New(name) if name.is_empty() && !all => None,
        Where::New(name) => Entry::<SystemName>::read(name)
            .error()
            .map(|error| error.to_string()),
    }
}

/// The errors at what is made.
fn errors(config: &Configuration, planned: &Planned) -> Vec<String> {
    let found = generator::problems::problems(config);
    let concerns = found.iter().filter(|finding| {
        finding.page.severity == Severity::Error
            && matches!(&finding.place, Place::Field { object, .. } if planned.changes.contains_key(object))
    });
    concerns.map(|finding| finding.message()).collect()
}

fn error_note(message: Option<String>) -> Vec<Note> {
    let note = |message| Note {
        tone: Tone::Error,
        message,
        help: String::new(),
        fix: None,
        why: None,
    };
    message.map(note).into_iter().collect()
}

#[component]
pub fn GuidedPage() -> impl IntoView {
    let guide = Guide::new();
    let workspace = guide.workspace;
    show_in_pane(guide);
    let lacks = Memo::new(move |_| guide.lacks());
    let saving = save::Saving::new(guide);
    let blocked = Signal::derive(move || match saving.busy() {
        Some(words) => Some(words),
        None => lacks.get().or_else(|| saving.frozen()),
    });
    view! {
        <Page title="Protect an application" of=workspace.name()>
            <div class="guided">
                <cards::Cards guide />
                <questions::Ports guide />
                <questions::Systems guide />
                <questions::Certificate guide />
                <questions::Level guide />
                <section class="question" aria-label="What is made">
                    <h2>"What is made"</h2>
                    <Made guide />
                    {move || saving.failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
                    <div class="button-row">
                        <Button label="Save and install" look=Look::Primary blocked=Signal::derive(move || blocked.get().or_else(|| saving.not_installer()))
                            on_press=move || saving.start(true) />
                        <Button label="Save" blocked on_press=move || saving.start(false) />
                        <span class="soft" role="status">{move || blocked.get()}</span>
                    </div>
                </section>
            </div>
        </Page>
    }
}

/// The policy pane shows the store as it will be, while the page is open.
fn show_in_pane(guide: Guide) {
    let pane = Pane::here();
    let before = pane.stack.get_untracked();
    let shown_before = before.clone();
    Effect::new(move |_| {
        let made = guide.planned.get();
        // Before anything is chosen there is nothing to show.
        let chosen = guide.application.get().is_some();
        pane.stack.set(
            chosen
                .then(|| made.planned.stack.clone())
                .or(before.clone()),
        );
        pane.trial.set(chosen.then(|| Arc::clone(&made.config)));
    });
    on_cleanup(move || {
        pane.trial.set(None);
        pane.stack.set(shown_before.clone());
    });
}

/// What is made, in words.
#[component]
fn Made(guide: Guide) -> impl IntoView {
    let words = Memo::new(move |_| {
        guide.application.get()?;
        let said = |system: RwSignal<Where>| system_error(&system.get(), true).is_none();
        if !said(guide.image) || !said(guide.stack) {
            return None;
        }
        let made = guide.planned.with(|made| made.planned.made.clone());
        let (last, before) = made.split_last()?;
        Some(match before {
            [] => last.clone(),
            before => format!("{} and {last}", before.join(", ")),
        })
    });
    let rules = Memo::new(move |_| {
        guide.planned.with(|made| {
            core::compile(&made.config, &made.planned.stack).map_or(0, |files| files.rules.len())
        })
    });
    view! {
        {move || words.get().map(|words| view! {
            <p class="in-words">
                "Makes " {words} ". " {move || crate::words::count(rules.get(), "rule", "rules")} " in the stack’s policy file. Each of them can be changed afterwards."
            </p>
        })}
    }
}

/// All applications that are offered.
fn applications() -> &'static [Application] {
    APPLICATIONS
}
