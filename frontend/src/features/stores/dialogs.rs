//! The questions of the list of stores.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::api::store::{CopyOf, NewStore, StoreChange};
use crate::api::{self, Answer, Failure, Problem};
use crate::paths;
use crate::ui::{Button, Dialog, Face, Look, Select, TextField};

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    New(Start),
    /// The store, and the one revision that is copied; `None` for its whole history.
    Copy(String, Option<i64>),
    /// The name and the description as they are.
    Rename(String, String),
}

/// What a new store begins with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    Guided,
    Empty,
    /// Files of the Policy Agent.
    Policy,
    File,
}

impl Start {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (
            Self::Guided,
            "guided",
            "The guided start: protect an application",
        ),
        (Self::Empty, "empty", "Nothing"),
        (Self::Policy, "policy", "Files of the Policy Agent"),
        (Self::File, "file", "The export of another store"),
    ];

    fn key(self) -> String {
        let of_self = Self::ALL.iter().find(|(start, _, _)| *start == self);
        of_self.map_or("", |(_, key, _)| key).to_owned()
    }

    fn read(key: &str) -> Self {
        let found = Self::ALL.iter().find(|(_, known, _)| *known == key);
        found.map_or(Self::Empty, |(start, _, _)| *start)
    }
}

impl Ask {
    fn title(&self) -> String {
        match self {
            Self::New(_) => "New store".to_owned(),
            Self::Copy(of, None) => format!("Copy {of}"),
            Self::Copy(of, Some(revision)) => format!("Copy {of} as of revision {revision}"),
            Self::Rename(name, _) => format!("Rename {name}"),
        }
    }

    fn verb(&self) -> &'static str {
        match self {
            Self::New(_) => "Create the store",
            Self::Copy(..) => "Copy the store",
            Self::Rename(..) => "Rename the store",
        }
    }
}

/// A file that is to be imported.
#[derive(Clone, Debug, PartialEq)]
enum File {
    Missing,
    /// It is being read.
    Reading,
    Text(String),
    Unreadable,
}

/// What was filled in.
#[derive(Clone, Copy)]
struct Filled {
    name: RwSignal<String>,
    description: RwSignal<String>,
    start: RwSignal<Start>,
    file: RwSignal<File>,
}

/// `on_done`: with the page that the answer leads to, if any.
#[component]
pub fn Asked(
    asked: RwSignal<Option<Ask>>,
    #[prop(into)] on_done: Callback<Option<String>>,
) -> impl IntoView {
    let title = Signal::derive(move || asked.get().map(|ask| ask.title()).unwrap_or_default());
    view! {
        <Dialog open=Signal::derive(move || asked.get().is_some()) title on_close=move || asked.set(None)>
            {move || asked.get().map(|ask| view! { <Form ask asked on_done /> })}
        </Dialog>
    }
}

#[component]
fn Form(
    ask: Ask,
    asked: RwSignal<Option<Ask>>,
    on_done: Callback<Option<String>>,
) -> impl IntoView {
    let (name, description, start) = match &ask {
        Ask::Rename(name, description) => (name.clone(), description.clone(), Start::Empty),
        Ask::Copy(of, None) => (format!("{of}-copy"), String::new(), Start::Empty),
        Ask::Copy(of, Some(number)) => (format!("{of}-{number}"), String::new(), Start::Empty),
        Ask::New(start) => (String::new(), String::new(), *start),
    };
    let filled = Filled {
        name: RwSignal::new(name),
        description: RwSignal::new(description),
        start: RwSignal::new(start),
        file: RwSignal::new(File::Missing),
    };
    let failed = RwSignal::new(None::<String>);
    let doing = RwSignal::new(false);
    let imports = move || filled.start.get() == Start::File;
    let blocked = Signal::derive(move || {
        let reading = imports() && filled.file.with(|file| *file == File::Reading);
        reading.then(|| "The file is being read.".to_owned())
    });
    let verb = ask.verb();
    let is_new = matches!(ask, Ask::New(_));
    let describes = !matches!(ask, Ask::Copy(..));
    let submit = move || {
        doing.set(true);
        let ask = ask.clone();
        spawn_local(async move {
            let answer = carry_out(&ask, filled).await;
            doing.set(false);
            match answer {
                Ok(page) => {
                    asked.set(None);
                    on_done.try_run(page);
                }
                Err(failure) => failed.set(Some(failure.words())),
            }
        });
    };
    let starts = Start::ALL.map(|(_, key, words)| (key.to_owned(), words.to_owned()));
    let start = Signal::derive(move || filled.start.get().key());
    view! {
        <form class="stack" on:submit=move |event| { event.prevent_default(); if !doing.get_untracked() && blocked.get_untracked().is_none() { submit() } }>
            {is_new.then(|| view! {
                <Select face=Face::new("Begins with") options=Signal::stored(starts.to_vec()) value=start
                    on_change=move |key: String| filled.start.set(Start::read(&key)) />
            })}
            {move || imports().then(|| view! { <FileField filled /> })}
            <TextField face=Face::new("Name").help("1 to 64 letters, digits or _ - .").required() value=filled.name
                on_input=move |text| filled.name.set(text) autofocus=true />
            {move || (describes && !imports()).then(|| view! {
                <TextField face=Face::new("Description") value=filled.description on_input=move |text| filled.description.set(text) />
            })}
            {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            <div class="dialog-foot">
                <Button label="Cancel" look=Look::Ghost on_press=move || asked.set(None) />
                <Button label=verb look=Look::Primary submit=true blocked />
            </div>
        </form>
    }
}

#[component]
fn FileField(filled: Filled) -> impl IntoView {
    let read = move |event: web_sys::Event| {
        let input = event_target::<web_sys::HtmlInputElement>(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else {
            return;
        };
        if filled.name.with_untracked(String::is_empty) {
            let name = file.name();
            filled
                .name
                .set(name.split('.').next().unwrap_or_default().to_owned());
        }
        filled.file.set(File::Reading);
        spawn_local(async move {
            let read = JsFuture::from(file.text()).await.ok();
            let text = read.and_then(|text| text.as_string());
            filled
                .file
                .try_set(text.map_or(File::Unreadable, File::Text));
        });
    };
    view! {
        <div class="cds--form-item">
            <label class="cds--label" for="import-file">"Export file"</label>
            <input id="import-file" type="file" required on:change=read />
        </div>
    }
}

/// The page that it leads to.
async fn carry_out(ask: &Ask, filled: Filled) -> Answer<Option<String>> {
    let name = filled.name.get_untracked().trim().to_owned();
    let description = filled.description.get_untracked();
    let start = filled.start.get_untracked();
    let copy_of = match ask {
        Ask::Rename(old, _) => {
            let change = StoreChange {
                name: Some(name).filter(|name| name != old),
                description: Some(description),
                archived: None,
            };
            return api::change_store(old, &change).await.map(|()| None);
        }
        Ask::New(_) => None,
        Ask::Copy(store, revision) => Some(CopyOf {
            store: store.clone(),
            revision: *revision,
        }),
    };
    let made = match (start, filled.file.get_untracked()) {
        (Start::File, File::Text(text)) => api::import_store(&name, &text).await?,
        (Start::File, file) => {
            let title = match file {
                File::Unreadable => "the file could not be read as text; choose it again",
                _ => "choose the file first",
            };
            return Err(Failure::Refused(Box::new(Problem {
                title: title.to_owned(),
                ..Problem::default()
            })));
        }
        _ => {
            let new = NewStore {
                name,
                description,
                copy_of,
            };
            api::create_store(&new).await?
        }
    };
    Ok(Some(match start {
        Start::Guided => paths::guided(&made.name),
        Start::Policy => paths::import(&made.name),
        Start::Empty | Start::File => paths::overview(&made.name),
    }))
}
