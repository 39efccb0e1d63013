//! The history of installs: each can be shown, compared with now, and installed again.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::facts;
use super::result::engine_lines;
use super::room::Room;
use crate::api::install::{InstallOutcome, InstallRecord, InstalledText};
use crate::api::{Answer, deploy};
use crate::ui::{
    Band, Button, Chip, CodeDiff, CodeView, Column, DataTable, EmptyState, Item, Look, Panels,
    RowAction, Skeleton, Tabs, Tone, sentence,
};
use crate::words;

#[component]
pub fn Past(room: Room) -> impl IntoView {
    let panels = Panels::here();
    let rows = Memo::new(move |_| room.past.with(|past| Arc::clone(&past.records)));
    let total = Memo::new(move |_| room.past.with(|past| past.total));
    let open =
        Callback::new(move |record: InstallRecord| open_record(room, panels, record, "files"));
    let actions: RowAction<InstallRecord> = Arc::new(move |record: &InstallRecord| {
        let act = |words: &str, tab: &'static str| {
            let record = record.clone();
            Item::Act(
                words.to_owned(),
                Callback::new(move |()| open_record(room, panels, record.clone(), tab)),
            )
        };
        match record.outcome {
            InstallOutcome::Done if record.undoes.is_none() => vec![
                act("Show its files", "files"),
                act("Compare with now", "now"),
                act("Install again…", "now"),
            ],
            _ => vec![act("Show its files", "files")],
        }
    });
    let empty = ViewFn::from(
        || view! { <EmptyState title="Nothing was installed from this store yet"><p>"Each install stands here, with its files, who did it and when."</p></EmptyState> },
    );
    view! {
        <section class="install-past" aria-labelledby="install-past">
            <h2 id="install-past">"History of installs"</h2>
            <DataTable id="installs" label="History of installs" rows key=|record: &InstallRecord| record.id.to_string()
                name=|record: &InstallRecord| format!("install {} of {}", record.id, record.name) columns=columns() on_open=open actions empty />
            {move || {
                let shown = rows.with(|rows| rows.len()) as u64;
                (shown < total.get()).then(|| view! {
                    <div class="button-row">
                        <span class="soft">{format!("{shown} of {} are listed.", total.get())}</span>
                        <Button label="List older ones" look=Look::Ghost on_press=move || room.older() />
                    </div>
                })
            }}
        </section>
    }
}

fn columns() -> Vec<Column<InstallRecord>> {
    vec![
        Column::new("at", "When", "10rem", |record: &InstallRecord| {
            view! { <span title=record.at.clone()>{words::moment(&record.at)}</span> }.into_any()
        })
        .sorted(|record| record.at.clone()),
        Column::new("stack", "Stack", "18%", |record: &InstallRecord| {
            record.name.clone().into_any()
        })
        .sorted(|record| record.name.clone()),
        Column::new(
            "revision",
            "Revision",
            "6.5rem",
            |record: &InstallRecord| record.revision.to_string().into_any(),
        )
        .sorted(|record| record.revision.to_string()),
        Column::new("outcome", "Outcome", "13rem", |record: &InstallRecord| {
            outcome(record)
        })
        .sorted(|record| format!("{:?}", record.outcome)),
        Column::new("by", "By", "10%", |record: &InstallRecord| {
            record.by.clone().into_any()
        })
        .sorted(|record| record.by.clone()),
        Column::new("files", "Files", "5rem", |record: &InstallRecord| {
            record.files.len().to_string().into_any()
        }),
        Column::new("comment", "Comment", "", |record: &InstallRecord| {
            view! { <span class="clip" title=record.comment.clone()>{record.comment.clone()}</span> }.into_any()
        }),
    ]
}

fn outcome(record: &InstallRecord) -> AnyView {
    let again = record
        .returned_to
        .map(|id| view! { " " <span class="soft">{format!("as install {id}")}</span> });
    if let Some(undone) = record.undoes {
        let words = format!("undoes install {undone}");
        return view! { <Chip text="put back" colour="magenta" /> " " <span class="soft">{words}</span> }.into_any();
    }
    let chip = match &record.outcome {
        InstallOutcome::Done if record.undone => view! { <Chip text="was put back" /> }.into_any(),
        InstallOutcome::Done if record.waits.is_some() => {
            view! { <Chip text="waits for confirmation" colour="blue" /> }.into_any()
        }
        InstallOutcome::Done if record.current => {
            view! { <Chip text="on the target" colour="green" /> }.into_any()
        }
        InstallOutcome::Done => view! { <Chip text="replaced" /> }.into_any(),
        InstallOutcome::Pending => view! { <Chip text="not finished" colour="blue" /> }.into_any(),
        InstallOutcome::Failed(why) => {
            view! { <span title=why.clone()><Chip text="failed" colour="red" /></span> }.into_any()
        }
    };
    view! { {chip} {again} }.into_any()
}

/// What a panel about one install needs.
#[derive(Clone, PartialEq)]
struct Both {
    then: Vec<InstalledText>,
    /// By path; absent where nothing is known to be there.
    now: BTreeMap<String, String>,
    drifted: bool,
}

/// Opens an install in a panel; `tab` is `files` or `now`.
pub fn open_record(room: Room, panels: Panels, record: InstallRecord, tab: &'static str) {
    let title = format!("Install {} of {}", record.id, record.name);
    panels.open(
        title,
        move || view! { <Record room record=record.clone() tab /> },
        || (),
    );
}

/// The files of an install, and those that are on the target now.
async fn both(room: Room, record: &InstallRecord) -> Answer<Both> {
    let name = room.workspace.name();
    let then = deploy::installed_texts(&name, record.id).await?;
    let state = deploy::drift(&name)
        .await?
        .into_iter()
        .find(|state| state.stack == record.stack);
    let mut now = BTreeMap::new();
    let mut drifted = false;
    if let Some(state) = state {
        if let Some(current) = &state.installed {
            let texts = deploy::installed_texts(&name, current.id).await?;
            now.extend(texts.into_iter().map(|file| (file.path, file.text)));
        }
        for file in state.drift {
            drifted = true;
            match file.on_target {
                Some(text) => now.insert(file.path, text),
                None => now.remove(&file.path),
            };
        }
    }
    Ok(Both { then, now, drifted })
}

#[component]
fn Record(room: Room, record: InstallRecord, tab: &'static str) -> impl IntoView {
    let panels = Panels::here();
    let tab = RwSignal::new(tab.to_owned());
    let files = RwSignal::new(None::<Result<Both, String>>);
    {
        let record = record.clone();
        spawn_local(async move {
            let answer = both(room, &record).await.map_err(|failure| failure.words());
            files.try_set(Some(answer));
        });
    }
    let overwrite = RwSignal::new(false);
    let done = record.outcome == InstallOutcome::Done && record.undoes.is_none();
    let label = format!(
        "Install {} of revision {}",
        words::count(record.files.len(), "file", "files"),
        record.revision
    );
    let blocked = Signal::derive(move || match files.get() {
        _ if !done => Some("It has no files of its own to bring back.".to_owned()),
        None => Some("Reading the files.".to_owned()),
        Some(Err(why)) => Some(why),
        Some(Ok(both)) if both.drifted && !overwrite.get() => {
            Some("Files were changed on the target; tick that they may be overwritten.".to_owned())
        }
        Some(Ok(_)) => room.closed(),
    });
    let (id, paths) = (
        record.id,
        record
            .files
            .iter()
            .map(|file| file.path.clone())
            .collect::<Vec<_>>(),
    );
    let install = move || {
        let overwrite = overwrite.get_untracked();
        panels.close();
        // What is chosen stays; the result says what happened.
        room.return_to(id, paths.clone(), overwrite);
    };
    let drifted =
        Memo::new(move |_| files.with(|files| matches!(files, Some(Ok(both)) if both.drifted)));
    view! {
        <div class="stack">
            <p>
                {format!("Revision {}, {} by {}. ", record.revision, words::moment(&record.at), record.by)}
                {(!record.comment.is_empty()).then(|| record.comment.clone())}
            </p>
            {match record.outcome.clone() {
                InstallOutcome::Failed(why) => view! { <Band tone=Tone::Error>{sentence(&why)}</Band> }.into_any(),
                InstallOutcome::Pending => view! { <Band tone=Tone::Info>"It is under way, or was cut off; the next start of the server finds out."</Band> }.into_any(),
                InstallOutcome::Done if record.current => view! { <Band tone=Tone::Info>"These files are the ones that were installed last."</Band> }.into_any(),
                InstallOutcome::Done => ().into_any(),
            }}
            {engine_lines(&record)}
            <Tabs id="record" label="Files of the install" tabs=vec![("files", "Its files"), ("now", "Compared with now")] selected=tab on_select=move |key| tab.set(key) />
            <div id="record-panel" role="tabpanel" aria-labelledby=move || format!("record-{}", tab.get()) class="stack">
                {move || match (files.get(), tab.get().as_str()) {
                    (None, _) => view! { <Skeleton label="Reading the files" /> }.into_any(),
                    (Some(Err(why)), _) => view! { <Band tone=Tone::Error>{why}</Band> }.into_any(),
                    (Some(Ok(both)), "now") => compared(both).into_any(),
                    (Some(Ok(both)), _) => shown(both).into_any(),
                }}
            </div>
            <div class="panel-foot">
                {move || drifted.get().then(|| view! {
                    <label class="check-inline">
                        <input type="checkbox" class="box" prop:checked=overwrite on:change=move |event| overwrite.set(event_target_checked(&event)) />
                        " Overwrite what was changed on the target"
                    </label>
                })}
                <Button label look=Look::Primary blocked on_press=install />
                <Button label="Close" look=Look::Ghost on_press=move || panels.close() />
                <span class="soft" role="status">{move || blocked.get()}</span>
            </div>
        </div>
    }
}

fn shown(both: Both) -> impl IntoView {
    if both.then.is_empty() {
        return view! { <p class="soft">"No file was written."</p> }.into_any();
    }
    both.then
        .into_iter()
        .map(|file| {
            view! {
                <section class="file">
                    <h3>{facts::role_words(file.role)} " " <code>{file.path.clone()}</code></h3>
                    {match file.sha256 {
                        Some(_) => view! { <CodeView label=file.path.clone() text=file.text /> }.into_any(),
                        None => view! { <p>"Taken away: nothing was there before."</p> }.into_any(),
                    }}
                    {file.replaced.map(|text| view! {
                        <p>"Somebody else had changed it. This text is kept beside it, under the same name with " <code>".previous"</code> ":"</p>
                        <CodeView label=format!("Replaced at {}", file.path) text />
                    })}
                </section>
            }
        })
        .collect_view()
        .into_any()
}

fn compared(both: Both) -> impl IntoView {
    let Both { then, now, .. } = both;
    let of_file = move |file: InstalledText| {
        let on_target = now.get(&file.path).cloned();
        let same = on_target.as_deref() == Some(file.text.as_str());
        let head = format!(
            "{}: on the target now → as installed then",
            facts::role_words(file.role)
        );
        view! {
            <section class="file">
                <h3>{head} " " <code>{file.path.clone()}</code></h3>
                {if same {
                    view! { <p class="soft">"No difference."</p> }.into_any()
                } else {
                    let label = format!("Difference of {}", file.path);
                    view! { <CodeDiff label before=on_target.unwrap_or_default() after=file.text narrow=true /> }.into_any()
                }}
            </section>
        }
    };
    then.into_iter().map(of_file).collect_view()
}
