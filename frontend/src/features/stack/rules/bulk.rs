//! Actions on several rules: each shows what it would change before it is done.

use generator::objects::{Kind, ObjectId};
use leptos::prelude::*;

use super::changes::{Bulk, Changes, bulk};
use crate::core;
use crate::ui::{Button, CodeDiff, Dialog, Face, Look, Select, Selection};
use crate::words;
use crate::workspace::Workspace;

#[component]
pub fn BulkBar(stack: ObjectId, selection: Selection) -> impl IntoView {
    let workspace = Workspace::here();
    let asked = RwSignal::new(None::<Bulk>);
    let chosen = Memo::new(move |_| {
        selection
            .keys
            .with(|keys| keys.iter().cloned().map(ObjectId).collect::<Vec<_>>())
    });
    let blocked = Signal::derive(move || workspace.closed());
    let actions: [(&str, Bulk); 8] = [
        ("Turn on", Bulk::Turn(true)),
        ("Turn off", Bulk::Turn(false)),
        ("Move to the top", Bulk::MoveToEnd { top: true }),
        ("Move to the bottom", Bulk::MoveToEnd { top: false }),
        ("Move before…", Bulk::MoveBefore(None)),
        ("Change level…", Bulk::Level(None)),
        ("Change trace…", Bulk::Trace(None)),
        ("Delete", Bulk::Delete),
    ];
    view! {
        <Show when=move || !chosen.with(Vec::is_empty)>
            <div class="bulk" role="region" aria-label="Actions on the chosen rules">
                <strong>{move || format!("{} chosen", words::count(chosen.with(Vec::len), "rule", "rules"))}</strong>
                {actions.clone().into_iter().map(|(words, action)| view! {
                    <Button label=words look=Look::Ghost blocked on_press=move || asked.set(Some(action.clone())) />
                }).collect_view()}
                <Button label="Choose none" look=Look::Ghost on_press=move || selection.clear() />
            </div>
        </Show>
        <Dialog open=Signal::derive(move || asked.get().is_some()) title=Signal::derive(move || title(asked.get().as_ref(), chosen.with(Vec::len)))
            wide=true on_close=move || asked.set(None)>
            <Effect stack=stack.clone() asked chosen selection />
        </Dialog>
    }
}

fn title(action: Option<&Bulk>, count: usize) -> String {
    capitalised(&action.map(|action| action.words(count)).unwrap_or_default())
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// What the action would do: which rules, and what becomes of the policy file.
#[component]
fn Effect(
    stack: ObjectId,
    asked: RwSignal<Option<Bulk>>,
    chosen: Memo<Vec<ObjectId>>,
    selection: Selection,
) -> impl IntoView {
    let workspace = Workspace::here();
    let changes = Memo::new(move |_| {
        let action = asked.get();
        workspace.config.with(|config| {
            action
                .map(|action| bulk(config, &chosen.get(), &action))
                .unwrap_or_default()
        })
    });
    let (own, own_stack) = (stack.clone(), stack.clone());
    let before = Memo::new(move |_| workspace.config.with(|config| text(config, &own)));
    let after = Memo::new(move |_| {
        let mut config = workspace.config.with(|config| (**config).clone());
        apply(&mut config, changes.get());
        text(&config, &stack)
    });
    let count = move || changes.with(Vec::len);
    let same = move || chosen.with(Vec::len).saturating_sub(count());
    let unfinished = Signal::derive(move || match asked.get() {
        Some(Bulk::Level(None)) => Some("Pick a level first.".to_owned()),
        Some(Bulk::MoveBefore(None)) => Some("Pick a rule first.".to_owned()),
        _ if count() == 0 => Some("It would change nothing.".to_owned()),
        _ => None,
    });
    let carry_out = move || {
        if let Some(action) = asked.get_untracked() {
            let changes = changes.get_untracked();
            workspace.edit(action.words(changes.len()), changes);
            selection.clear();
            asked.set(None);
        }
    };
    let verb = Signal::derive(move || title(asked.get().as_ref(), count()));
    view! {
        <div class="stack">
            <Parameter asked stack=own_stack chosen />
            <p>{move || names(workspace, &changes.get())}</p>
            {move || (same() > 0).then(|| view! {
                <p class="soft">{format!("{} as it is: nothing changes, or a shared requirement map says it.", words::count(same(), "rule stays", "rules stay"))}</p>
            })}
            <div class="effect-diff"><CodeDiff label="Policy file" before after narrow=true /></div>
            <div class="dialog-foot">
                <Button label="Cancel" look=Look::Ghost on_press=move || asked.set(None) />
                <Button label=verb look=Look::Primary blocked=unfinished on_press=carry_out />
            </div>
        </div>
    }
}

fn text(config: &generator::objects::Configuration, stack: &ObjectId) -> String {
    core::compile(config, stack)
        .map(|files| files.policy.text)
        .unwrap_or_default()
}

fn apply(config: &mut generator::objects::Configuration, changes: Changes) {
    for (id, object) in changes {
        match object {
            Some(object) => config.objects.insert(id, object),
            None => config.objects.remove(&id),
        };
    }
}

/// "MQ_IN, MQ_OUT and 3 more".
fn names(workspace: Workspace, changes: &Changes) -> String {
    let name = |(id, _): &(ObjectId, _)| workspace.config.with(|config| core::name_of(config, id));
    let mut words: Vec<String> = changes.iter().take(8).map(name).collect();
    if changes.len() > words.len() {
        words.push(format!("and {} more", changes.len() - words.len()));
    }
    words.join(", ")
}

/// The level or trace to change to, or the rule to move before.
#[component]
fn Parameter(
    asked: RwSignal<Option<Bulk>>,
    stack: ObjectId,
    chosen: Memo<Vec<ObjectId>>,
) -> impl IntoView {
    let workspace = Workspace::here();
    let others = Signal::derive(move || {
        let mut all = vec![(String::new(), "Pick a rule".to_owned())];
        workspace.config.with(|config| {
            let rules = config.rules_owned_by(&stack).into_iter();
            let staying = rules.filter(|(id, _)| chosen.with(|chosen| !chosen.contains(id)));
            all.extend(staying.map(|(id, rule)| (id.0.clone(), rule.name.to_string())));
        });
        all
    });
    let other = Signal::derive(move || match asked.get() {
        Some(Bulk::MoveBefore(Some(id))) => id.0,
        _ => String::new(),
    });
    let levels = Signal::derive(move || {
        let mut all = vec![(String::new(), "Pick a level".to_owned())];
        workspace.config.with(|config| {
            all.extend(
                config
                    .of_kind(Kind::SecurityLevel)
                    .into_iter()
                    .map(|(id, object)| (id.0.clone(), core::shown_name(object))),
            );
        });
        all
    });
    let level = Signal::derive(move || match asked.get() {
        Some(Bulk::Level(Some(id))) => id.0,
        _ => String::new(),
    });
    let traces = ["", "0", "1", "2", "3", "6", "7", "15", "31", "63", "255"].map(|trace| {
        (
            trace.to_owned(),
            if trace.is_empty() {
                "The stack's".to_owned()
            } else {
                trace.to_owned()
            },
        )
    });
    let trace = Signal::derive(move || match asked.get() {
        Some(Bulk::Trace(Some(trace))) => trace.to_string(),
        _ => String::new(),
    });
    let kind = Memo::new(move |_| match asked.get() {
        Some(Bulk::Level(_)) => 1,
        Some(Bulk::Trace(_)) => 2,
        Some(Bulk::MoveBefore(_)) => 3,
        _ => 0,
    });
    move || {
        match kind.get() {
        1 => view! { <Select face=Face::new("New security level") options=levels value=level
            on_change=move |id: String| asked.set(Some(Bulk::Level(Some(ObjectId(id)).filter(|id| !id.0.is_empty())))) /> }.into_any(),
        2 => view! { <Select face=Face::new("New trace level") options=Signal::stored(traces.to_vec()) value=trace
            on_change=move |trace: String| asked.set(Some(Bulk::Trace(trace.parse().ok()))) /> }.into_any(),
        3 => view! { <Select face=Face::new("Before this rule") options=others value=other
            on_change=move |id: String| asked.set(Some(Bulk::MoveBefore(Some(ObjectId(id)).filter(|id| !id.0.is_empty())))) /> }.into_any(),
        _ => ().into_any(),
    }
    }
}
