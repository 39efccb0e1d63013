//! The server itself: its version, and the check of everything that is stored; for administrators.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::server::{Health, Status};
use crate::api::store::Verification;
use crate::api::{Answer, Failure, people};
use crate::frame::{ForAdministrators, Page};
use crate::ui::{Band, Button, Look, Skeleton, Tone};
use crate::words;

#[component]
pub fn ServerPage() -> impl IntoView {
    view! {
        <ForAdministrators title="Server" words="Administrators of this server see here how it is.">
            <Content />
        </ForAdministrators>
    }
}

/// What the page knows and asks.
#[derive(Clone, Copy)]
struct Server {
    health: RwSignal<Option<Answer<Health>>>,
    /// `None` inside: no check has ended yet.
    found: RwSignal<Option<Answer<Option<Verification>>>>,
    checking: RwSignal<bool>,
    failed: RwSignal<Option<String>>,
}

impl Server {
    fn load(self) {
        spawn_local(async move {
            drop(self.health.try_set(Some(people::health().await)));
            let found = match people::verification().await {
                Ok(found) => Ok(Some(found)),
                Err(Failure::Refused(problem)) if problem.status == 404 => Ok(None),
                Err(failure) => Err(failure),
            };
            drop(self.found.try_set(Some(found)));
        });
    }

    fn check(self) {
        self.checking.set(true);
        spawn_local(async move {
            let answer = people::verify().await;
            self.checking.try_set(false);
            let failed = match answer {
                Ok(found) => {
                    self.found.try_set(Some(Ok(Some(found))));
                    // The check says how the server is now.
                    drop(self.health.try_set(Some(people::health().await)));
                    None
                }
                Err(failure) => Some(failure.words()),
            };
            self.failed.try_set(failed);
        });
    }
}

#[component]
fn Content() -> impl IntoView {
    let server = Server {
        health: RwSignal::new(None),
        found: RwSignal::new(None),
        checking: RwSignal::new(false),
        failed: RwSignal::new(None),
    };
    server.load();
    let busy = Signal::derive(move || {
        server
            .checking
            .get()
            .then(|| "The check is under way.".to_owned())
    });
    let actions = ViewFn::from(move || {
        view! { <Button label="Check now" look=Look::Primary blocked=busy on_press=move || server.check() /> }
    });
    view! {
        <Page title="Server" actions>
            {move || server.failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            {move || server.checking.get().then(|| view! { <p role="status">"Everything that is stored is being read…"</p> })}
            {move || match server.health.get() {
                None => view! { <Skeleton lines=2 /> }.into_any(),
                Some(Err(failure)) => view! { <p class="error" role="alert">{failure.words()}</p> }.into_any(),
                Some(Ok(health)) => view! { <State health /> }.into_any(),
            }}
            <section class="section" aria-labelledby="check-title">
                <h2 id="check-title">"Check of everything that is stored"</h2>
                <p class="soft">"After the start and once a day the server reads all of it: the pages of the database, each object and installed file against its hash, and the chain of the audit."</p>
                {move || match server.found.get() {
                    None => view! { <Skeleton lines=3 /> }.into_any(),
                    Some(Err(failure)) => view! { <p class="error" role="alert">{failure.words()}</p> }.into_any(),
                    Some(Ok(None)) => view! { <p>"The first check since the start has not ended yet."</p> }.into_any(),
                    Some(Ok(Some(found))) => view! { <Found found /> }.into_any(),
                }}
            </section>
        </Page>
    }
}

#[component]
fn State(health: Health) -> impl IntoView {
    let band = match health.status {
        Status::Ok => ().into_any(),
        Status::NotWriting => view! {
            <Band tone=Tone::Warning>
                <strong>"The server cannot write to its disk. "</strong>
                "The disk reported an error. Reading goes on; writing goes on by itself as soon as the database passes a check. The log says what happened."
            </Band>
        }
        .into_any(),
        Status::Unchecked => view! {
            <Band tone=Tone::Warning>
                <strong>"What is stored could not be checked. "</strong>
                "The log says why. The server soon tries again."
            </Band>
        }
        .into_any(),
        Status::NotPutBack => view! {
            <Band tone=Tone::Error>
                <strong>"An install that nobody confirmed could not be put back. "</strong>
                "The pages of its store and the log say why. The server tries again every 2 seconds."
            </Band>
        }
        .into_any(),
        Status::Damaged => view! {
            <Band tone=Tone::Warning>
                <strong>"Something that is stored is not as it was written. "</strong>
                "It stands below and in the log, and is never shown or installed. Keep a copy of the data directory as it is, then bring the objects back from an older revision, an export or a backup."
            </Band>
        }
        .into_any(),
    };
    view! {
        {band}
        <dl class="facts">
            <dt>"Version"</dt><dd>{health.version}</dd>
            <dt>"State"</dt><dd>{match health.status {
                Status::Ok => "Runs, reads and writes",
                Status::NotWriting => "Reads only",
                Status::Unchecked => "Runs; the last check could not be done",
                Status::NotPutBack => "Runs; an install could not be put back",
                Status::Damaged => "Runs; damage was found",
            }}</dd>
        </dl>
    }
}

/// What the last check found.
#[component]
fn Found(found: Verification) -> impl IntoView {
    let read = format!(
        "{}, {}, {}",
        words::count(counted(found.bodies), "object", "objects"),
        words::count(counted(found.files), "installed file", "installed files"),
        words::count(
            counted(found.audit_lines),
            "line of the audit",
            "lines of the audit"
        ),
    );
    view! {
        <dl class="facts">
            <dt>"Last check"</dt><dd><words::Moment at=found.at /></dd>
            <dt>"Read"</dt><dd>{read}</dd>
            {found.failure.map(|failure| view! {
                <dt>"Could not be checked"</dt><dd><words::Moment at=failure.at />": " {failure.reason}</dd>
            })}
            <dt>"Found"</dt><dd>{if found.damage.is_empty() { "All is as it was written." } else { "Damage:" }}</dd>
        </dl>
        {(!found.damage.is_empty()).then(|| view! {
            <ul class="damage" aria-label="Damage">
                {found.damage.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
            </ul>
        })}
    }
}

fn counted(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
