//! Conflicts: both sides, field by field; pick or type.

use std::collections::BTreeMap;
use std::sync::Arc;

use generator::objects::diff::diff;
use generator::objects::{Configuration, FieldPath, Object};
use generator::sort;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use super::meet::{Clash, FieldClash, can_type, fields, settled, shown, typed};
use super::state::Review;
use crate::compare::short_words;
use crate::core;
use crate::ui::{Button, Look, fresh_id};
use crate::words;

/// Which side a field takes.
#[derive(Clone, Debug, PartialEq)]
enum Pick {
    Mine,
    Theirs,
    Typed(String),
}

#[component]
pub fn Clashes(review: Review) -> impl IntoView {
    let clashes = Memo::new(move |_| review.clashes());
    view! {
        {move || (!clashes.with(Vec::is_empty)).then(|| view! {
            <section class="section clashes" aria-labelledby="clashes-title">
                <h2 id="clashes-title">{format!("Settle {} first", words::count(clashes.with(Vec::len), "conflict", "conflicts"))}</h2>
                <p>"Somebody saved a revision that changes the same as you. Nothing is overwritten: you decide what holds. The other changes can be saved without these."</p>
                {clashes.get().into_iter().map(|clash| view! { <OneClash review clash /> }).collect_view()}
            </section>
        })}
    }
}

/// What is known while one conflict is settled.
#[derive(Clone, Copy)]
struct Settling {
    review: Review,
    clash: StoredValue<Clash>,
    fields: StoredValue<Vec<FieldClash>>,
    picks: RwSignal<BTreeMap<FieldPath, Pick>>,
    failed: RwSignal<Option<String>>,
}

impl Settling {
    fn value(field: &FieldClash, pick: &Pick) -> Option<Option<Value>> {
        match pick {
            Pick::Mine => Some(field.mine.clone()),
            Pick::Theirs => Some(field.theirs.clone()),
            Pick::Typed(text) => typed(text, field).map(Some),
        }
    }

    /// The object that the picks make; `None` until each field has one. Tracked.
    fn result(self) -> Option<Object> {
        let picks = self.picks.get();
        let values: Vec<(FieldPath, Option<Value>)> = self.fields.with_value(|fields| {
            fields
                .iter()
                .map(|field| {
                    Some((
                        field.field.clone(),
                        Self::value(field, picks.get(&field.field)?)?,
                    ))
                })
                .collect::<Option<_>>()
        })?;
        let values = sort::map(values);
        self.clash
            .with_value(|clash| settled(clash, |path| values.get(path).cloned().flatten()))
    }

    fn all(self, pick: &Pick) {
        let all = self.fields.with_value(|fields| {
            fields
                .iter()
                .map(|field| (field.field.clone(), pick.clone()))
                .collect()
        });
        self.picks.set(all);
    }

    /// Stores the decision in my draft.
    fn settle(self, body: Option<Object>) {
        let (id, name, revision) = self
            .clash
            .with_value(|clash| (clash.id.clone(), clash.name.clone(), clash.revision));
        spawn_local(async move {
            let workspace = self.review.workspace;
            let words = format!("settle the conflict of {name} with revision {revision}");
            // On the newest revision: its body is the one that is shown as theirs.
            let head = workspace.head.with_untracked(|head| head.revision);
            if let Err(failure) = workspace.settle_conflict(words, id, body, head).await {
                workspace.reload().await;
                self.failed.try_set(Some(failure.words()));
            }
        });
    }
}

#[component]
fn OneClash(review: Review, clash: Clash) -> impl IntoView {
    let by_field = fields(&clash);
    let (kind, name, author, revision) = (
        clash.kind,
        clash.name.clone(),
        clash.author.clone(),
        clash.revision,
    );
    let both = both_sides(&clash);
    let whole = by_field.is_empty();
    let settling = Settling {
        review,
        clash: StoredValue::new(clash),
        fields: StoredValue::new(by_field),
        picks: RwSignal::new(BTreeMap::new()),
        failed: RwSignal::new(None),
    };
    let title = fresh_id("clash");
    let heading = title.clone();
    view! {
        <section class="clash" aria-labelledby=title>
            <h3 id=heading>{name} " " <span class="soft">{kind.singular()}</span></h3>
            <div class="clash-sides">
                <div><strong>"You"</strong> <ul>{both.0.into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}</ul></div>
                <div><strong>{format!("{author}, revision {revision}")}</strong> <ul>{both.1.into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}</ul></div>
            </div>
            {if whole { view! { <Whole settling author /> }.into_any() } else { view! { <Fields settling author /> }.into_any() }}
            {move || settling.failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
        </section>
    }
}

/// What each side did, in words.
fn both_sides(clash: &Clash) -> (Vec<String>, Vec<String>) {
    let config = |object: &Option<Object>| -> Configuration {
        object
            .iter()
            .map(|object| (clash.id.clone(), object.clone()))
            .collect()
    };
    let base = config(&clash.base);
    let words = |side: &Option<Object>| match (side, &clash.base) {
        (None, _) => vec!["Deleted it".to_owned()],
        (Some(_), None) => vec!["Made it".to_owned()],
        _ => diff(&base, &config(side))
            .iter()
            .flat_map(short_words)
            .collect(),
    };
    (words(&clash.mine), words(&clash.theirs))
}

/// One side or the other as a whole.
#[component]
fn Whole(settling: Settling, author: String) -> impl IntoView {
    let (mine, theirs) = settling
        .clash
        .with_value(|clash| (clash.mine.clone(), clash.theirs.clone()));
    let mine_words = if mine.is_some() {
        "Keep mine"
    } else {
        "Delete it"
    };
    let theirs_words = if theirs.is_some() {
        format!("Keep it as {author} saved it")
    } else {
        format!("Delete it, as {author} did")
    };
    view! {
        <div class="clash-actions">
            <Button label=mine_words on_press=move || settling.settle(mine.clone()) />
            <Button label=theirs_words on_press=move || settling.settle(theirs.clone()) />
        </div>
    }
}

#[component]
fn Fields(settling: Settling, author: String) -> impl IntoView {
    let config = settling.review.workspace.config.get_untracked();
    let result = Memo::new(move |_| settling.result());
    let left = move || {
        settling
            .fields
            .with_value(Vec::len)
            .saturating_sub(settling.picks.with(BTreeMap::len))
    };
    let blocked = Signal::derive(move || match (result.get(), left()) {
        (Some(_), _) => None,
        (None, 0) => Some("A typed value does not fit.".to_owned()),
        (None, left) => Some(format!(
            "Choose for {}.",
            words::count(left, "more field", "more fields")
        )),
    });
    let rows = settling.fields.with_value(Clone::clone);
    let many = rows.len() > 1;
    let all_theirs = format!("All from {author}");
    view! {
        <div class="clash-fields">
            {rows.into_iter().map(|field| view! { <OneField settling field author=author.clone() config=Arc::clone(&config) /> }).collect_view()}
        </div>
        <div class="clash-actions">
            {many.then(|| view! {
                <Button label="All mine" look=Look::Ghost on_press=move || settling.all(&Pick::Mine) />
                <Button label=all_theirs look=Look::Ghost on_press=move || settling.all(&Pick::Theirs) />
            })}
            <Button label="Settle the conflict" look=Look::Primary blocked on_press=move || if let Some(object) = result.get_untracked() { settling.settle(Some(object)) } />
            {move || blocked.get().map(|why| view! { <span class="soft">{why}</span> })}
        </div>
    }
}

/// "Row 1: Local port".
fn label(clash: &Clash, path: &FieldPath) -> String {
    let words = core::field_words(clash.kind, &path.0).label;
    let name = match words {
        "" => path
            .0
            .rsplit('/')
            .find(|part| part.parse::<usize>().is_err())
            .unwrap_or(&path.0)
            .replace('_', " "),
        words => words.to_owned(),
    };
    match path
        .0
        .split('/')
        .find_map(|part| part.parse::<usize>().ok())
    {
        Some(row) => format!("Row {}: {name}", row + 1),
        None => name,
    }
}

#[component]
fn OneField(
    settling: Settling,
    field: FieldClash,
    author: String,
    config: Arc<Configuration>,
) -> impl IntoView {
    let name = settling
        .clash
        .with_value(|clash| label(clash, &field.field));
    let group = fresh_id("pick");
    let path = StoredValue::new(field.field.clone());
    let picked = move |pick: fn(&Pick) -> bool| {
        settling
            .picks
            .with(|picks| picks.get(&path.get_value()).is_some_and(pick))
    };
    let set = move |pick: Pick| {
        settling
            .picks
            .update(|picks| drop(picks.insert(path.get_value(), pick)))
    };
    let types = can_type(&field, &config);
    let first = match field.mine.as_ref() {
        Some(Value::String(text)) => text.clone(),
        mine => shown(mine, &config),
    };
    let typed_text = RwSignal::new(first);
    let (base, mine, theirs) = (
        shown(field.base.as_ref(), &config),
        shown(field.mine.as_ref(), &config),
        shown(field.theirs.as_ref(), &config),
    );
    let lines = matches!(field.mine, Some(Value::Array(_)));
    let (g1, g2, g3) = (group.clone(), group.clone(), group.clone());
    view! {
        <fieldset class="clash-field">
            <legend>{name.clone()} " " <span class="soft">{format!("was {base}")}</span></legend>
            <label class="pick" class:is-picked=move || picked(|pick| *pick == Pick::Mine)>
                <input type="radio" name=g1 prop:checked=move || picked(|pick| *pick == Pick::Mine) on:change=move |_| set(Pick::Mine) />
                <span>"Mine"</span> <code>{mine}</code>
            </label>
            <label class="pick" class:is-picked=move || picked(|pick| *pick == Pick::Theirs)>
                <input type="radio" name=g2 prop:checked=move || picked(|pick| *pick == Pick::Theirs) on:change=move |_| set(Pick::Theirs) />
                <span>{format!("From {author}")}</span> <code>{theirs}</code>
            </label>
            {types.then(|| view! {
                <div class="pick" class:is-picked=move || picked(|pick| matches!(pick, Pick::Typed(_)))>
                    <label>
                        <input type="radio" name=g3 prop:checked=move || picked(|pick| matches!(pick, Pick::Typed(_)))
                            on:change=move |_| set(Pick::Typed(typed_text.get_untracked())) />
                        <span>"Another value"</span>
                    </label>
                    <textarea class="cds--text-area" rows=if lines { "4" } else { "1" } aria-label=format!("Another value for {name}") spellcheck="false"
                        prop:value=typed_text
                        on:input=move |event| { typed_text.set(event_target_value(&event)); set(Pick::Typed(event_target_value(&event))); }></textarea>
                </div>
            })}
        </fieldset>
    }
}
