//! Who did what in the store, newest first.

use generator::sort;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::account::AuditEntry;
use crate::ui::{Button, EmptyState, Look, Skeleton};
use crate::workspace::Workspace;
use crate::{api, words};

/// How many lines are asked for at once.
const PART: u64 = 100;

/// The lines that are here.
#[derive(Clone, Debug, Default)]
struct Lines {
    all: Vec<AuditEntry>,
    total: u64,
}

#[component]
pub fn Audit() -> impl IntoView {
    let workspace = Workspace::here();
    let lines = RwSignal::new(None::<Lines>);
    let failed = RwSignal::new(None::<String>);
    let more = move || {
        spawn_local(async move {
            let offset = lines
                .with_untracked(|lines| lines.as_ref().map_or(0, |lines| lines.all.len() as u64));
            match api::people::audit(&workspace.name(), offset, PART).await {
                Ok(window) => {
                    failed.try_set(None);
                    lines.try_update(|lines| {
                        let lines = lines.get_or_insert_default();
                        lines.total = window.total;
                        // Lines that came meanwhile move the older ones: each is shown once.
                        let known = sort::set(lines.all.iter().map(|line| line.number));
                        lines.all.extend(
                            window
                                .items
                                .into_iter()
                                .filter(|line| !known.contains(&line.number)),
                        );
                    });
                }
                Err(failure) => drop(failed.try_set(Some(failure.words()))),
            }
        });
    };
    more();
    let counted = move || {
        lines.with(|lines| {
            lines
                .as_ref()
                .map(|lines| format!("{} of {} lines", lines.all.len(), lines.total))
        })
    };
    let rest = move || {
        lines.with(|lines| {
            lines
                .as_ref()
                .is_some_and(|lines| (lines.all.len() as u64) < lines.total)
        })
    };
    view! {
        <p class="soft page-lead">"Lines are added and never changed; each carries a hash over itself and the line before. " {counted}</p>
        {move || failed.get().map(|why| view! {
            <EmptyState title="The audit cannot be read">
                <p role="alert">{why}</p>
                <Button label="Try again" look=Look::Primary on_press=more />
            </EmptyState>
        })}
        {move || lines.with(Option::is_none).then(|| view! { <Skeleton label="Reading the audit" /> })}
        <Show when=move || lines.with(Option::is_some)>
            <table class="plain is-top" aria-label="Audit">
                <thead><tr>
                    <th scope="col">"When"</th><th scope="col">"Who"</th><th scope="col">"From"</th>
                    <th scope="col">"What"</th><th scope="col">"Details"</th>
                </tr></thead>
                <tbody>
                    <For each=move || lines.get().unwrap_or_default().all key=|line| line.number let:line><Line line /></For>
                </tbody>
            </table>
            {move || rest().then(|| view! { <p class="page-lead"><Button label="Show older lines" on_press=more /></p> })}
        </Show>
    }
}

#[component]
fn Line(line: AuditEntry) -> impl IntoView {
    let details = (!line.details.is_null())
        .then(|| serde_json::to_string_pretty(&line.details).unwrap_or_default());
    let hash = line.hash.chars().take(12).collect::<String>();
    view! {
        <tr>
            <td class="keep"><words::Moment at=line.at /></td>
            <td class="keep">{line.who}</td>
            <td class="keep">{line.from}</td>
            <td>{line.what} " " <small class="soft">{line.action}</small></td>
            <td>
                <details class="audit-details">
                    <summary>{format!("line {}", line.number)} " " <code>{hash}</code></summary>
                    <pre tabindex="0">{details}</pre>
                </details>
            </td>
        </tr>
    }
}
