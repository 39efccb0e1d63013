//! My changes in words, object by object, each to be chosen or taken back.

use std::sync::Arc;

use generator::objects::ObjectId;
use generator::objects::diff::ObjectChange;
use generator::sort;
use leptos::prelude::*;

use super::meet::Stand;
use super::state::{Change, Review, called};
use crate::compare::{ChangeWords, Sides, changes_between};
use crate::form::Cell;
use crate::frame::ObjectBand;
use crate::ui::{Band, Button, Chip, Look, Tone};
use crate::{paths, words};

/// A change with its words; none where the newest revision says the same.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    change: Change,
    words: Option<ObjectChange>,
}

fn rows(changes: &[Change], words: &[ObjectChange]) -> Vec<Row> {
    let mut rows: Vec<Row> = changes
        .iter()
        .map(|change| Row {
            change: change.clone(),
            words: words.iter().find(|words| words.id == change.id).cloned(),
        })
        .collect();
    // As the words are sorted: by kind and name.
    let place = |row: &Row| {
        words
            .iter()
            .position(|words| words.id == row.change.id)
            .unwrap_or(usize::MAX)
    };
    sort::by_key(&mut rows, place);
    rows
}

#[component]
pub fn Rows(review: Review, planned: Sides) -> impl IntoView {
    let all = review.all();
    let in_words = changes_between(all);
    let rows = Memo::new(move |_| {
        Arc::new(
            review
                .changes
                .with(|changes| in_words.with(|words| rows(changes, words))),
        )
    });
    let ready = move || {
        review
            .changes
            .with(|changes| changes.iter().filter(|change| change.ready()).count())
    };
    let chosen = move || review.chosen().len();
    let every = move |on: bool| {
        let ids = review
            .changes
            .with_untracked(|changes| changes.iter().map(|change| change.id.clone()).collect());
        review
            .left_out
            .set(if on { Default::default() } else { ids });
    };
    view! {
        <section class="section" aria-labelledby="changes-title">
            <div class="section-head">
                <h2 id="changes-title">{move || words::count(rows.with(|rows| rows.len()), "changed object", "changed objects")}</h2>
                {move || (ready() > 1).then(|| view! {
                    <label class="check-inline">
                        <input type="checkbox" class="box" prop:checked=move || chosen() == ready() on:change=move |event| every(event_target_checked(&event)) />
                        " All"
                    </label>
                })}
            </div>
            <Missing review planned />
            <ul class="changes">
                <For each=move || rows.get().to_vec() key=row_key let:row>
                    <OneRow review row all />
                </For>
            </ul>
        </section>
    }
}

/// A row is drawn anew when its content changes.
fn row_key(row: &Row) -> String {
    format!(
        "{} {:?} {:?} {}",
        row.change.id,
        row.words.as_ref().map(|words| &words.words),
        std::mem::discriminant(&row.change.stand),
        row.change.locked
    )
}

/// A chosen object that needs one which is left out.
#[component]
fn Missing(review: Review, planned: Sides) -> impl IntoView {
    let missing = Memo::new(move |_| review.missing(planned));
    view! {
        {move || (!missing.with(Vec::is_empty)).then(|| {
            let names = missing.with(|all| all.iter().map(|(_, called)| called.clone()).collect::<Vec<_>>().join(", "));
            let ids: Vec<ObjectId> = missing.with(|all| all.iter().map(|(id, _)| id.clone()).collect());
            let add = move || review.left_out.update(|out| out.retain(|id| !ids.contains(id)));
            view! {
                <Band tone=Tone::Warning>
                    <span>{format!("What is chosen uses {names}, which is new and left out.")}</span>
                    <span class="band-actions"><Button label="Save it, too" on_press=add /></span>
                </Band>
            }
        })}
    }
}

#[component]
fn OneRow(review: Review, row: Row, all: Sides) -> impl IntoView {
    let workspace = review.workspace;
    let Row { change, words } = row;
    let id = change.id.clone();
    let head = workspace
        .head
        .with_untracked(|head| Arc::clone(&head.objects));
    let name = called(&change, &head);
    let kind = change
        .mine
        .as_ref()
        .or_else(|| head.get(&id))
        .map(|object| object.kind());
    let href = change
        .mine
        .as_ref()
        .map(|object| paths::object(&workspace.name(), object.kind(), &id));
    let (own, tick) = (id.clone(), id.clone());
    let on = Signal::derive(move || review.left_out.with(|out| !out.contains(&own)));
    let toggle = move |on: bool| {
        review.left_out.update(|out| {
            if on {
                out.remove(&tick)
            } else {
                out.insert(tick.clone())
            };
        })
    };
    let (ready, locked) = (change.ready(), change.locked);
    let same = change.stand == Stand::Plain;
    let back = name.clone();
    let take_back = {
        let id = id.clone();
        move || {
            let before = workspace.at_head(&id);
            workspace.edit(
                format!("take back the changes of {back}"),
                [(id.clone(), before)],
            );
        }
    };
    let (blocked, name_of_button) = (
        Signal::derive(move || workspace.closed()),
        format!("Undo this change of {name}"),
    );
    let held = locked.then_some(kind).flatten().map(|kind| {
        let cell = Cell::new(id.clone(), kind);
        view! { <ObjectBand cell /> <p class="soft">"It is not saved while somebody else holds it. Your text of it stays in your draft."</p> }
    });
    view! {
        <li class="change-row" class:is-out=move || !on.get()>
            {if ready {
                view! {
                    <input type="checkbox" class="box" aria-label=format!("Save {name}") prop:checked=on
                        on:change=move |event| toggle(event_target_checked(&event)) />
                }.into_any()
            } else {
                view! { <span class="change-held" aria-hidden="true"></span> }.into_any()
            }}
            <div class="change-body">
                {move || (!on.get()).then(|| view! { <span class="change-left"><Chip text="left out" /></span> })}
                {match (words, href) {
                    (Some(change), Some(href)) => view! { <ChangeWords change sides=all href /> }.into_any(),
                    (Some(change), None) => view! { <ChangeWords change sides=all /> }.into_any(),
                    (None, _) => view! {
                        <p><strong>{first_upper(&name)}</strong> " " {same.then(|| view! { <span class="soft">"is in the newest revision as you have it: nothing to save."</span> })}</p>
                    }.into_any(),
                }}
                {held}
                {stand_words(&change.stand).map(|text| view! { <p class="soft">{text}</p> })}
            </div>
            <Button label="Undo this change" name=name_of_button look=Look::Ghost icon="undo" blocked on_press=take_back />
        </li>
    }
}

fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// What the change meets in the newest revision.
fn stand_words(stand: &Stand) -> Option<String> {
    match stand {
        Stand::Plain => None,
        Stand::Merged {
            author, revision, ..
        } => Some(format!(
            "{author} changed other parts of it in revision {revision}. Both changes stay."
        )),
        Stand::Clash(clash) => Some(format!(
            "In conflict with revision {} of {}: settle it above.",
            clash.revision, clash.author
        )),
        Stand::Open => {
            Some("Others have changed it, too. What they changed is being read.".to_owned())
        }
    }
}
