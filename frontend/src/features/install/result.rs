//! What is being written, and what was.

use leptos::prelude::*;

use super::facts;
use super::past::open_record;
use super::room::{Room, Run};
use crate::api::install::{InstallOutcome, InstallRecord, InstallStep};
use crate::ui::{Band, Button, Icon, Look, Panels, Tone};
use crate::words;

#[component]
pub fn Result(room: Room) -> impl IntoView {
    view! {
        {move || match room.run.get() {
            Run::Idle => ().into_any(),
            Run::Running(files) => view! { <Running room files /> }.into_any(),
            Run::Failed(why) => view! {
                <Band tone=Tone::Error>
                    <strong>"Not installed. "</strong><span>{why}</span>
                </Band>
            }.into_any(),
            Run::Done(records, left_out) => view! {
                <section class="stack" aria-label="Result of the install" role="status" tabindex="-1" data-run>
                    {(!left_out.is_empty()).then(|| view! { <LeftOut room done=records.len() left_out /> })}
                    {match records.len() {
                        0..=SHOWN => records.into_iter().map(|record| view! { <Done room record /> }).collect_view().into_any(),
                        _ => view! { <Many room records /> }.into_any(),
                    }}
                    <div class="button-row"><Button label="Close the result" look=Look::Ghost on_press=move || room.choose(&[]) /></div>
                </section>
            }.into_any(),
        }}
    }
}

/// With more stacks than this, the result names them in lines; with more files, progress names those
/// of the stack that is being written.
const SHOWN: usize = 10;

/// What an install waits for, or waited for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stand {
    /// It stood from the start.
    Stands,
    Waits,
    Kept,
    PutBack,
}

impl Stand {
    /// `record`: as the install answered; `now`: as the history has it, where that is read.
    fn of(record: &InstallRecord, now: Option<&InstallRecord>) -> Self {
        let now = now.unwrap_or(record);
        match (&record.waits, &now.waits) {
            _ if now.undone => Self::PutBack,
            (None, _) => Self::Stands,
            (Some(_), Some(_)) => Self::Waits,
            (Some(_), None) => Self::Kept,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Stands => "",
            Self::Waits => {
                "It is put back unless somebody keeps it in time: at the top of every page of this store, with the time that is left."
            }
            Self::Kept => "It is kept.",
            Self::PutBack => "It was put back: what was there before is there again.",
        }
    }

    /// For "Revision 3 … on COLMVSA.TCPIP".
    fn verb(self) -> &'static str {
        match self {
            Self::PutBack => "was installed",
            _ => "is installed",
        }
    }
}

fn told(stand: Stand) -> impl IntoView {
    (stand != Stand::Stands).then(|| view! { <p>{stand.words()}</p> })
}

/// What became of an install since it answered.
fn stand(room: Room, record: &InstallRecord) -> Memo<Stand> {
    let record = record.clone();
    Memo::new(move |_| {
        room.past.with(|past| {
            let now = past.records.iter().find(|other| other.id == record.id);
            Stand::of(&record, now)
        })
    })
}

/// What was installed on many stacks, one line each. All of them wait for the same confirmation.
#[component]
fn Many(room: Room, records: Vec<InstallRecord>) -> impl IntoView {
    let revision = records.first().map_or(0, |record| record.revision);
    let count = records.len();
    // The newest is the first of the history.
    let stand = records.last().map(|record| stand(room, record));
    let stand = move || stand.map_or(Stand::Stands, |stand| stand.get());
    let title = move || {
        let verb = stand().verb();
        format!("Revision {revision} {verb} on {count} stacks")
    };
    let line = |record: InstallRecord| {
        let files = words::count(record.files.len(), "file", "files");
        view! { <li>{record.name} " " <span class="soft">{format!("{files} written, install {}", record.id)}</span></li> }
    };
    view! {
        <div class="install-result">
            <h2><Icon name="check" /> {title}</h2>
            {move || told(stand())}
            <ul class="written">{records.into_iter().map(line).collect_view()}</ul>
        </div>
    }
}

/// The stacks that an install did not come to.
#[component]
fn LeftOut(room: Room, done: usize, left_out: Vec<String>) -> impl IntoView {
    let words = format!(
        "Cancelled: {} installed, {} left as they were.",
        words::count(done, "stack is", "stacks are"),
        words::count(left_out.len(), "stack is", "stacks are"),
    );
    let names = left_out.clone();
    let choose = move || {
        let lines = room.lines.get_untracked();
        let rest = lines.iter().filter(|line| names.contains(&line.name));
        room.choose(&rest.map(|line| line.id.clone()).collect::<Vec<_>>());
    };
    view! {
        <Band tone=Tone::Warning>
            <strong>{words}</strong>
            <span>" Not installed: " {left_out.join(", ")} "."</span>
            <span class="band-actions"><Button label="Choose these" on_press=choose /></span>
        </Band>
    }
}

#[component]
fn Running(room: Room, files: Vec<String>) -> impl IntoView {
    let total = files.len();
    let progress = room.progress;
    let done =
        Memo::new(move |_| progress.with(|p| p.as_ref().map_or(0, |p| p.files_done as usize)));
    let cancelled = Memo::new(move |_| progress.with(|p| p.as_ref().is_some_and(|p| p.cancelled)));
    let step =
        Memo::new(move |_| progress.with(|p| p.as_ref().map_or_else(Default::default, |p| p.step)));
    let several = Memo::new(move |_| progress.with(|p| p.as_ref().is_some_and(|p| p.stacks > 1)));
    let stack = Memo::new(move |_| progress.with(|p| p.as_ref()?.stack.clone()));
    let writing =
        Memo::new(move |_| progress.with(|p| p.as_ref().map_or(Vec::new(), |p| p.writing.clone())));
    let files = StoredValue::new(files);
    let line = move |path: &String| {
        let at = files.with_value(|files| files.iter().position(|other| other == path));
        let word = match at.is_some_and(|at| at < done.get()) {
            true => "written",
            false if writing.with(|writing| writing.contains(path)) => "writing…",
            false => "waits",
        };
        view! { <li><code>{path.clone()}</code> " " <span class="soft">{word}</span></li> }
    };
    view! {
        <section class="stack" aria-label="Install under way" tabindex="-1" data-run>
            <p role="status">{move || match stack.get() {
                _ if step.get() == InstallStep::Activate => "Written; engines load the policy, on trial.".to_owned(),
                _ if step.get() == InstallStep::Probe => "Loaded; engines make handshakes with it.".to_owned(),
                Some(stack) => format!("{} of {} written; writing {stack}.", done.get(), words::count(total, "file", "files")),
                None => format!("Writing {}.", words::count(total, "file", "files")),
            }}</p>
            <progress aria-label="Install under way" max=total value=move || progress.with(Option::is_some).then(|| done.get())></progress>
            <ul class="written">{move || match total {
                0..=SHOWN => files.get_value().iter().map(line).collect_view(),
                _ => writing.get().iter().map(line).collect_view(),
            }}</ul>
            {move || several.get().then(|| {
                let blocked = Signal::derive(move || cancelled.get().then(|| "It ends after the stack that is being written.".to_owned()));
                view! {
                    <div class="button-row">
                        <Button label="Cancel before the next stack" blocked on_press=move || room.cancel() />
                        <span class="soft" role="status">{blocked}</span>
                    </div>
                }
            })}
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
    let stand = stand(room, &record);
    let (name, revision) = (record.name.clone(), record.revision);
    let title = match (record.outcome.clone(), record.returned_to) {
        (InstallOutcome::Failed(why), _) => {
            Signal::stored(format!("{name} is not installed: {why}"))
        }
        (_, Some(_)) => {
            Signal::stored(format!("{name} has the files of revision {revision} again"))
        }
        (_, None) => {
            let name = name.clone();
            Signal::derive(move || {
                let verb = stand.get().verb();
                format!("Revision {revision} {verb} on {name}")
            })
        }
    };
    view! {
        <div class="install-result" class:tone-error=!written>
            <h2><Icon name=if written { "check" } else { "error" } /> {title}</h2>
            <ul class="written">
                {record.files.iter().map(|file| view! {
                    <li><code>{file.path.clone()}</code> " " <span class="soft" title=file.sha256.clone()>{facts::written_words(file)}</span></li>
                }).collect_view()}
            </ul>
            {engine_lines(&record)}
            <p class="soft">{format!("{} by {}", words::moment(&record.at), record.by)}</p>
            {move || told(stand.get())}
            {move || previous.get().filter(|_| matches!(stand.get(), Stand::Stands | Stand::Kept)).map(|before| {
                let label = format!("Return {name} to previous…");
                view! { <div class="button-row"><Button label on_press=move || open_record(room, panels, before.clone(), "now") /></div> }
            })}
        </div>
    }
}

/// What the engines did, a line each.
pub fn engine_lines(record: &InstallRecord) -> impl IntoView + use<> {
    let engines = record.engines.iter();
    let lines = engines.flat_map(|engine| {
        let of = |text: &String| format!("Engine {}: {text}", engine.name);
        engine.steps.iter().map(move |step| of(&step.text))
    });
    let lines: Vec<_> = lines.map(|line| view! { <li>{line}</li> }).collect();
    (!lines.is_empty()).then(|| view! { <ul class="written">{lines}</ul> })
}
