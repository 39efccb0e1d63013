//! What is being written, and what was.

use leptos::prelude::*;

use super::facts;
use super::past::open_record;
use super::room::{Room, Run};
use crate::api::install::{InstallOutcome, InstallRecord};
use crate::ui::{Band, Button, Icon, Look, Panels, Tone};
use crate::words;

#[component]
pub fn Result(room: Room) -> impl IntoView {
    view! {
        {move || match room.run.get() {
            Run::Idle => ().into_any(),
            Run::Running(files) => view! { <Running files /> }.into_any(),
            Run::Failed(why) => view! {
                <Band tone=Tone::Error>
                    <strong>"Not installed. "</strong><span>{why}</span>
                </Band>
            }.into_any(),
            Run::Done(records) => view! {
                <section class="stack" aria-label="Result of the install" role="status">
                    {records.into_iter().map(|record| view! { <Done room record /> }).collect_view()}
                    <div class="button-row"><Button label="Close the result" look=Look::Ghost on_press=move || room.choose(&[]) /></div>
                </section>
            }.into_any(),
        }}
    }
}

#[component]
fn Running(files: Vec<String>) -> impl IntoView {
    view! {
        <section class="stack" aria-label="Install under way" role="status">
            <p>{format!("Writing {}.", words::count(files.len(), "file", "files"))}</p>
            <progress aria-label="Install under way"></progress>
            <ul class="written">{files.into_iter().map(|path| view! { <li><code>{path}</code> <span class="soft">"writing…"</span></li> }).collect_view()}</ul>
        </section>
    }
}

#[component]
fn Done(room: Room, record: InstallRecord) -> impl IntoView {
    let panels = Panels::here();
    let stack = StoredValue::new(record.stack.clone());
    let previous = Memo::new(move |_| {
        stack.with_value(|stack| {
            room.past
                .with(|past| facts::previous(&past.records, stack).cloned())
        })
    });
    let written = matches!(record.outcome, InstallOutcome::Done);
    let title = match (&record.outcome, record.returned_to) {
        (InstallOutcome::Failed(why), _) => format!("{} is not installed: {why}", record.name),
        (_, Some(_)) => format!(
            "{} has the files of revision {} again",
            record.name, record.revision
        ),
        (_, None) => format!(
            "Revision {} is installed on {}",
            record.revision, record.name
        ),
    };
    let name = record.name.clone();
    view! {
        <div class="install-result" class:tone-error=!written>
            <h2><Icon name=if written { "check" } else { "error" } /> {title}</h2>
            <ul class="written">
                {record.files.iter().map(|file| view! {
                    <li><code>{file.path.clone()}</code> " " <span class="soft" title=file.sha256.clone()>{format!("written, SHA-256 {}…", file.sha256.get(..12).unwrap_or_default())}</span></li>
                }).collect_view()}
            </ul>
            <p class="soft">{format!("{} by {}", words::moment(&record.at), record.by)}</p>
            {move || previous.get().map(|before| {
                let label = format!("Return {name} to previous…");
                view! { <div class="button-row"><Button label on_press=move || open_record(room, panels, before.clone(), "now") /></div> }
            })}
        </div>
    }
}
