//! The questions of the list of stores.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::api::store::{NewStore, StoreChange};
use crate::api::{self, Answer, Failure, Problem};
use crate::ui::{Button, Dialog, Face, Look, TextField};

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    New,
    Import,
    Copy(String),
    /// The name and the description as they are.
    Rename(String, String),
}

impl Ask {
    fn title(&self) -> String {
        match self {
            Self::New => "New store".to_owned(),
            Self::Import => "Import a store from a file".to_owned(),
            Self::Copy(of) => format!("Copy {of}"),
            Self::Rename(name, _) => format!("Rename {name}"),
        }
    }

    fn verb(&self) -> &'static str {
        match self {
            Self::New => "Create the store",
            Self::Import => "Import the store",
            Self::Copy(_) => "Copy the store",
            Self::Rename(..) => "Rename the store",
        }
    }
}

/// What was filled in.
#[derive(Clone, Copy)]
struct Filled {
    name: RwSignal<String>,
    description: RwSignal<String>,
    file: RwSignal<Option<String>>,
}

#[component]
pub fn Asked(asked: RwSignal<Option<Ask>>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let title = Signal::derive(move || asked.get().map(|ask| ask.title()).unwrap_or_default());
    view! {
        <Dialog open=Signal::derive(move || asked.get().is_some()) title on_close=move || asked.set(None)>
            {move || asked.get().map(|ask| view! { <Form ask asked on_done /> })}
        </Dialog>
    }
}

#[component]
fn Form(ask: Ask, asked: RwSignal<Option<Ask>>, on_done: Callback<()>) -> impl IntoView {
    let (name, description) = match &ask {
        Ask::Rename(name, description) => (name.clone(), description.clone()),
        Ask::Copy(of) => (format!("{of}-copy"), String::new()),
        Ask::New | Ask::Import => (String::new(), String::new()),
    };
    let filled = Filled {
        name: RwSignal::new(name),
        description: RwSignal::new(description),
        file: RwSignal::new(None),
    };
    let failed = RwSignal::new(None::<String>);
    let doing = RwSignal::new(false);
    let verb = ask.verb();
    let describes = matches!(ask, Ask::New | Ask::Rename(..));
    let imports = ask == Ask::Import;
    let submit = move || {
        doing.set(true);
        let ask = ask.clone();
        spawn_local(async move {
            let answer = carry_out(&ask, filled).await;
            doing.set(false);
            match answer {
                Ok(()) => {
                    asked.set(None);
                    on_done.try_run(());
                }
                Err(failure) => failed.set(Some(failure.words())),
            }
        });
    };
    view! {
        <form class="stack" on:submit=move |event| { event.prevent_default(); if !doing.get_untracked() { submit() } }>
            {imports.then(|| view! { <FileField filled /> })}
            <TextField face=Face::new("Name").help("1 to 64 letters, digits or _ - .").required() value=filled.name
                on_input=move |text| filled.name.set(text) autofocus=true />
            {describes.then(|| view! {
                <TextField face=Face::new("Description") value=filled.description on_input=move |text| filled.description.set(text) />
            })}
            {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            <div class="dialog-foot">
                <Button label="Cancel" look=Look::Ghost on_press=move || asked.set(None) />
                <Button label=verb look=Look::Primary submit=true />
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
        spawn_local(async move {
            let text = JsFuture::from(file.text())
                .await
                .ok()
                .and_then(|text| text.as_string());
            filled.file.set(text);
        });
    };
    view! {
        <div class="cds--form-item">
            <label class="cds--label" for="import-file">"Export file"</label>
            <input id="import-file" type="file" required on:change=read />
        </div>
    }
}

async fn carry_out(ask: &Ask, filled: Filled) -> Answer<()> {
    let name = filled.name.get_untracked().trim().to_owned();
    let description = filled.description.get_untracked();
    match ask {
        Ask::New => api::create_store(&NewStore {
            name,
            description,
            copy_of: None,
        })
        .await
        .map(drop),
        Ask::Copy(of) => api::copy_store(&name, of).await.map(drop),
        Ask::Rename(old, _) => {
            let change = StoreChange {
                name: Some(name).filter(|name| name != old),
                description: Some(description),
                archived: None,
            };
            api::change_store(old, &change).await
        }
        Ask::Import => match filled.file.get_untracked() {
            Some(text) => api::import_store(&name, &text).await.map(drop),
            None => Err(Failure::Refused(Box::new(Problem {
                title: "the file could not be read as text; choose it again".to_owned(),
                ..Problem::default()
            }))),
        },
    }
}
