//! The foot of the page: comment, save, save and install.

use leptos::prelude::*;

use super::state::Review;
use crate::ui::shortcuts::Shortcuts;
use crate::ui::{Button, Face, Look, TextField};

#[component]
pub fn SaveBar(review: Review) -> impl IntoView {
    let workspace = review.workspace;
    let next = move || workspace.head.with(|head| head.revision) + 1;
    let label = move || {
        let (chosen, all) = (
            review.chosen().len(),
            review.changes.with(|changes| changes.len()),
        );
        match chosen == all {
            true => format!("Save revision {}", next()),
            false => format!("Save {chosen} of {all} as revision {}", next()),
        }
    };
    let blocked = Signal::derive(move || review.blocked());
    let install = Signal::derive(move || review.blocked().or_else(|| review.no_install()));
    expect_context::<Shortcuts>().add("Ctrl+Enter", "Save the revision", move || {
        review.save(false)
    });
    view! {
        <form class="save-bar" aria-label="Save" on:submit=move |event| { event.prevent_default(); review.save(false) }>
            {move || review.failed.get().map(|why| view! { <p class="error save-failed" role="alert">{format!("Nothing was saved. {why}")}</p> })}
            {move || blocked.get().filter(|_| !review.saving.get()).map(|why| view! { <p class="save-blocked">{why}</p> })}
            <TextField face=Face::new("Comment (optional)").placeholder("What this changes, and why") value=review.comment on_input=move |text| review.comment.set(text) />
            <Button label="Save and install…" blocked=install on_press=move || review.save(true) />
            <Button label=Signal::derive(label) look=Look::Primary submit=true blocked />
        </form>
    }
}
