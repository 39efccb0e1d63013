//! The stacks of the newest revision: where their files go, and how these differ.

use generator::objects::ObjectId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::facts::{self, Line};
use super::past::open_record;
use super::room::Room;
use crate::api::account::Role;
use crate::api::deploy;
use crate::frame::WaitsMark;
use crate::session::{Session, Who};
use crate::ui::{Button, Chip, Item, Look, Menu, Panels, SearchField};
use crate::{paths, words};

/// With more stacks than this they can be filtered.
const MANY: usize = 12;
/// So many installs of one stack are searched for its previous files.
const FAR_BACK: u64 = 100;

#[component]
pub fn Stacks(room: Room) -> impl IntoView {
    let workspace = room.workspace;
    let failed = RwSignal::new(None::<String>);
    let revision = move || workspace.head.with(|head| head.revision);
    let filter = RwSignal::new(String::new());
    let many = Memo::new(move |_| room.lines.with(|lines| lines.len() > MANY));
    let shown = Memo::new(move |_| {
        filter.with(|words| room.lines.with(|lines| facts::matching(lines, words)))
    });
    let all_chosen = Memo::new(move |_| {
        let all = |chosen: &Vec<ObjectId>, shown: &Vec<Line>| {
            !shown.is_empty() && shown.iter().all(|line| chosen.contains(&line.id))
        };
        room.chosen
            .with(|chosen| shown.with(|shown| all(chosen, shown)))
    });
    let counted = move || {
        let lines = room.lines.with(|lines| lines.len());
        let (shown, chosen) = (shown.with(Vec::len), room.chosen.with(Vec::len));
        let stacks = words::count(lines, "stack", "stacks");
        format!("{shown} of {stacks}, {chosen} chosen")
    };
    let toggle_all = move |on: bool| {
        let shown: Vec<ObjectId> =
            shown.with_untracked(|lines| lines.iter().map(|line| line.id.clone()).collect());
        let mut chosen = room.chosen.get_untracked();
        chosen.retain(|id| !shown.contains(id));
        if on {
            chosen.extend(shown);
        }
        room.choose(&chosen);
    };
    view! {
        <section aria-label="Stacks">
            <div class="toolbar">
                <span>{move || format!("Install writes revision {}, the newest.", revision())}</span>
                {move || many.get().then(|| view! {
                    <SearchField label="Filter the stacks" placeholder="Filter by name" value=filter on_input=move |words| filter.set(words) />
                    <span class="soft" role="status">{counted}</span>
                })}
                <span class="toolbar-end"><Groups room /></span>
            </div>
            {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            <div class="table-scroll">
                <table class="table" aria-label="Stacks to install">
                    <thead><tr>
                        <th class="cell-tick" scope="col">
                            <input type="checkbox" class="box" aria-label=move || if filter.with(String::is_empty) { "Choose all stacks" } else { "Choose all stacks that the filter shows" } prop:checked=all_chosen
                                on:change=move |event| toggle_all(event_target_checked(&event)) />
                        </th>
                        <th scope="col" style:width="12rem"><span class="no-sort">"Stack"</span></th>
                        <th scope="col" style:width="9rem"><span class="no-sort">"Installed"</span></th>
                        <th scope="col"><span class="no-sort">"Would change"</span></th>
                        <th scope="col" style:width="10.5rem"><span class="no-sort">"Drift"</span></th>
                        <th scope="col" style:width="6rem"><span class="no-sort">"Findings"</span></th>
                        <th scope="col" style:width="11rem"><span class="cds--visually-hidden">"Actions"</span></th>
                    </tr></thead>
                    <tbody>
                        <For each=move || shown.get() key=|line| format!("{line:?}") let:line>
                            <Row room line failed />
                        </For>
                    </tbody>
                </table>
            </div>
        </section>
    }
}

/// Choosing all stacks of a group at once.
#[component]
fn Groups(room: Room) -> impl IntoView {
    let groups = Memo::new(move |_| {
        room.workspace
            .head
            .with(|head| room.lines.with(|lines| facts::groups(&head.objects, lines)))
    });
    view! {
        {move || match groups.get().as_slice() {
            [] => ().into_any(),
            [(name, stacks)] => {
                let stacks = stacks.clone();
                view! { <Button label=format!("Install all of group {name}…") on_press=move || room.choose(&stacks) /> }.into_any()
            }
            many => {
                let items: Vec<Item> = many.iter().cloned().map(|(name, stacks)| {
                    let words = format!("Install all of group {name}… ({})", words::count(stacks.len(), "stack", "stacks"));
                    Item::Act(words, Callback::new(move |()| room.choose(&stacks)))
                }).collect();
                view! { <Menu label="Install all of a group" face=ViewFn::from(|| view! { "Install all of a group…" }) items=Signal::stored_local(items) left=true /> }.into_any()
            }
        }}
    }
}

#[component]
fn Row(room: Room, line: Line, failed: RwSignal<Option<String>>) -> impl IntoView {
    let Line {
        id, name, image, ..
    } = line;
    let key = StoredValue::new(id.clone());
    let chosen =
        Memo::new(move |_| key.with_value(|id| room.chosen.with(|chosen| chosen.contains(id))));
    let preview = Memo::new(move |_| {
        key.with_value(|id| room.previews.with(|previews| previews.get(id).cloned()))
    });
    let state =
        Memo::new(move |_| key.with_value(|id| room.states.with(|states| states.get(id).cloned())));
    let installed = move || match state.get().and_then(|state| state.installed) {
        Some(record) => {
            let title = format!("{} by {}", words::moment(&record.at), record.by);
            view! { <span title=title>{format!("revision {}", record.revision)}</span> }.into_any()
        }
        None => view! { <span class="soft">"never"</span> }.into_any(),
    };
    let change = move || match preview.get() {
        None => view! { <span class="soft">"…"</span> }.into_any(),
        Some(Err(why)) => {
            view! { <span class="tone-error" title=why.clone()>{why.clone()}</span> }.into_any()
        }
        Some(Ok(plan)) => match &plan.refused {
            Some(why) if plan.files.is_empty() => {
                view! { <span class="soft" title=why.clone()>"not known yet"</span> }.into_any()
            }
            _ => facts::change_words(&plan).into_any(),
        },
    };
    let drift = move || {
        let drift = state.get().map(|state| state.drift).unwrap_or_default();
        let kept = drift.iter().filter(|file| file.kept_for_later).count();
        match drift.len() {
            0 => ().into_any(),
            all if all == kept => view! { <Chip text="kept for later" /> }.into_any(),
            all => view! { <Chip text=format!("{} changed", words::count(all, "file", "files")) colour="magenta" /> }.into_any(),
        }
    };
    let findings = move || match preview.get() {
        Some(Ok(plan)) => crate::form::finding_mark(facts::worst(&plan)),
        _ => ().into_any(),
    };
    let store = room.workspace.name();
    let tick_name = format!("Install {name}");
    let for_target = name.clone();
    view! {
        <tr class="row stack-row" class:is-chosen=chosen>
            <td class="cell-tick">
                <input type="checkbox" class="box" aria-label=tick_name prop:checked=chosen on:change=move |_| key.with_value(|id| room.toggle(id)) />
            </td>
            <td><a class="clip" href=paths::stack(&store, &id, "rules") title=name.clone()>{name.clone()}</a></td>
            <td>{installed}</td>
            <td>{change}</td>
            <td>{drift} <WaitsMark stack=id.clone() /></td>
            <td>{findings}</td>
            <td class="cell-return"><ReturnButton room stack=id.clone() name failed /></td>
        </tr>
        <tr class="row target-row" class:is-chosen=chosen>
            <td class="cell-tick"></td>
            <td colspan="6"><Target room stack=id name=for_target image failed /></td>
        </tr>
    }
}

/// The root of a stack's files; a suggestion is one press away.
#[component]
fn Target(
    room: Room,
    stack: ObjectId,
    name: String,
    image: String,
    failed: RwSignal<Option<String>>,
) -> impl IntoView {
    let session = Session::here();
    let key = StoredValue::new((stack, name));
    let saved = Memo::new(move |_| {
        key.with_value(|(stack, _)| {
            room.targets
                .with(|targets| targets.get(stack).cloned().unwrap_or_default())
        })
    });
    let read_only =
        Memo::new(move |_| !room.workspace.may(Role::Administrator) || !session.administrator());
    let suggestion = Memo::new(move |_| {
        let roots = session.who.with(|who| match who {
            Who::Person(me) => me.install_roots.clone(),
            _ => Vec::new(),
        });
        match roots.as_slice() {
            [root] if !image.is_empty() => Some(paths::target_of_image(root, &image)),
            _ => None,
        }
    });
    let wrong = RwSignal::new(false);
    let set = Callback::new(move |root: String| {
        let root = root.trim().to_owned();
        if root == saved.get_untracked() || root.is_empty() {
            return;
        }
        spawn_local(async move {
            let (stack, name) = key.get_value();
            match deploy::set_target(&room.workspace.name(), &stack, &root).await {
                Ok(_) => {
                    failed.try_set(None);
                    wrong.try_set(false);
                    room.again();
                }
                Err(failure) => {
                    failed.try_set(Some(format!(
                        "The target root of {name} is not changed. {}",
                        failure.words()
                    )));
                    wrong.try_set(true);
                }
            }
        });
    });
    view! {
        <div class="target">
            <span class="soft" aria-hidden="true">"Target root"</span>
            <input type="text" class="cds--text-input cds--text-input--sm mono" autocomplete="off" spellcheck="false"
                class:cds--text-input--invalid=wrong
                aria-invalid=move || wrong.get().then_some("true")
                aria-label=key.with_value(|(_, name)| format!("Target root of {name}"))
                title=move || if read_only.get() { "Administrators of the server set it.".to_owned() } else { saved.get() }
                data-target=key.with_value(|(stack, _)| stack.0.clone())
                placeholder=move || if suggestion.get().is_some() { "none yet" } else { "a directory below an install root" }
                readonly=read_only
                prop:value=saved
                on:change=move |event| set.run(event_target_value(&event)) />
            {move || suggestion.get().filter(|_| saved.with(String::is_empty) && !read_only.get()).map(|root| {
                let words = format!("Use {root}");
                view! { <Button label=words look=Look::Ghost on_press=move || set.run(root.clone()) /> }
            })}
        </div>
    }
}

/// The first of the two actions back to the files before.
#[component]
fn ReturnButton(
    room: Room,
    stack: ObjectId,
    name: String,
    failed: RwSignal<Option<String>>,
) -> impl IntoView {
    let panels = Panels::here();
    let key = StoredValue::new((stack, name));
    let previous = Memo::new(move |_| {
        key.with_value(|(stack, _)| {
            room.past
                .with(|past| facts::previous(&past.records, stack).cloned())
        })
    });
    // A long history is read in parts: the install before may be in one that is not here.
    let elsewhere = Memo::new(move |_| {
        let installed = key.with_value(|(stack, _)| {
            room.states.with(|states| {
                states
                    .get(stack)
                    .is_some_and(|state| state.installed.is_some())
            })
        });
        installed
            && room
                .past
                .with(|past| (past.records.len() as u64) < past.total)
    });
    let open = move || {
        if let Some(record) = previous.get_untracked() {
            open_record(room, panels, record, "now");
            return;
        }
        spawn_local(async move {
            let (stack, name) = key.get_value();
            let answer = deploy::installs_of(&room.workspace.name(), &stack, FAR_BACK).await;
            match answer.map(|window| facts::previous(&window.items, &stack).cloned()) {
                Ok(Some(record)) => open_record(room, panels, record, "now"),
                Ok(None) => drop(failed.try_set(Some(format!(
                    "Nothing else was installed on {name} before."
                )))),
                Err(failure) => drop(failed.try_set(Some(failure.words()))),
            }
        });
    };
    view! {
        {move || (previous.with(Option::is_some) || elsewhere.get()).then(|| view! {
            <button type="button" class="cds--btn cds--btn--sm cds--btn--ghost"
                on:click=move |_| open()>
                "Return" <span class="cds--visually-hidden">{key.with_value(|(_, name)| format!(" {name}"))}</span> " to previous…"
            </button>
        })}
    }
}
