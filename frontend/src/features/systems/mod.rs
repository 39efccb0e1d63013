//! z/OS groups, system images and stacks, as one table in which each can be added in place.

mod pages;
mod tree;

use std::collections::BTreeSet;

use generator::objects::{Group, Image, Kind, Object, ObjectId, Stack};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::core;
use crate::frame::{Page, use_query};
use crate::installed::{OnTarget, installed};
use crate::paths;
use crate::ui::shortcuts::Shortcuts;
use crate::ui::{Button, EmptyState, Item, Look, Menu, SearchField, css_string, find, focus_soon};
use crate::workspace::Workspace;
pub use pages::SystemPage;
use tree::{Line, Node, Shown, lines};

/// Where a row to type in is open: below which object; `None` for a group.
type Adding = Option<Option<ObjectId>>;

#[derive(Clone, Copy)]
struct Tree {
    workspace: Workspace,
    closed: RwSignal<BTreeSet<ObjectId>>,
    adding: RwSignal<Adding>,
}

#[component]
pub fn SystemsPage() -> impl IntoView {
    let workspace = Workspace::here();
    let tree = Tree {
        workspace,
        closed: RwSignal::new(BTreeSet::new()),
        adding: RwSignal::new(None),
    };
    let (filter, set_filter) = use_query("q");
    let on_targets = installed();
    let add_group = Callback::new(move |()| tree.start(None));
    let blocked = Signal::derive(move || workspace.closed());
    expect_context::<Shortcuts>().add_unless(blocked, "n", "New z/OS group", add_group);
    let rows = Memo::new(move |_| {
        let findings = workspace.findings.get();
        let adding = tree.adding.get();
        let (closed, filter) = (tree.closed.get(), filter.get().to_lowercase());
        on_targets.with(|on_targets| {
            workspace.config.with(|config| {
                lines(&Shown {
                    config,
                    findings: &findings,
                    closed: &closed,
                    on_targets: on_targets.as_deref(),
                    filter: &filter,
                    adding: adding.as_ref(),
                })
            })
        })
    });
    let actions = ViewFn::from(
        move || view! { <Button label="Add z/OS group" look=Look::Primary icon="add" blocked on_press=add_group /> },
    );
    let empty = Memo::new(move |_| rows.with(Vec::is_empty) && filter.with(String::is_empty));
    let none_fits = move || {
        rows.with(Vec::is_empty).then(|| view! {
            <EmptyState title="Nothing fits the filter">
                <p>{move || format!("The filter “{}” hides all systems.", filter.get())}</p>
                <Button label="Clear the filter" on_press=move || set_filter.run(String::new()) />
            </EmptyState>
        })
    };
    view! {
        <Page title="Systems" of=workspace.name() actions>
            <Show when=move || !empty.get() fallback=move || view! {
                <EmptyState title="No systems yet">
                    <p>"A z/OS group holds system images, an image holds TCP/IP stacks, and a stack holds rules. Start with a group: its name, Enter, then its image and stack in the same way."</p>
                    <Button label="Add z/OS group" look=Look::Primary icon="add" blocked on_press=add_group />
                </EmptyState>
            }>
                <div class="toolbar">
                    <SearchField label="Filter systems" placeholder="Name, description, key ring; tag:NAME, finding, changed" value=filter on_input=set_filter />
                </div>
                <div class="table-box"><div class="table-scroll" on:keydown=move |event| tree.pressed(&event)>
                <table class="table" aria-label="Systems">
                    <thead><tr>
                        <th scope="col" style:width="32%"><span class="no-sort">"Name"</span></th>
                        <th scope="col"><span class="no-sort">"Key ring"</span></th>
                        <th scope="col" style:width="3.5rem"><span class="no-sort">"Rules"</span></th>
                        <th scope="col" style:width="5rem"><span class="no-sort">"Findings"</span></th>
                        <th scope="col" style:width="9rem"><span class="no-sort">"Installed"</span></th>
                        <th scope="col" class="cell-actions"><span class="cds--visually-hidden">"Actions"</span></th>
                    </tr></thead>
                    <tbody>
                        <For each=move || rows.get() key=Line::key let:line>
                            {match line {
                                Line::Node(node) => view! { <NodeRow tree node /> }.into_any(),
                                Line::Add(below, level) => view! { <AddRow tree below level /> }.into_any(),
                            }}
                        </For>
                    </tbody>
                </table>
                {none_fits}
                </div></div>
            </Show>
        </Page>
    }
}

impl Tree {
    /// Keys on a name: arrows go from name to name, and open and close what holds others; Delete
    /// deletes.
    fn pressed(self, event: &web_sys::KeyboardEvent) {
        let modified = event.alt_key() || event.ctrl_key() || event.meta_key();
        let target: Element = event_target(event);
        if modified || event.default_prevented() || !target.matches("a").unwrap_or(false) {
            return;
        }
        let Ok(Some(row)) = target.closest("tr[data-node]") else {
            return;
        };
        let Some(id) = node_of(&row) else { return };
        match event.key().as_str() {
            "ArrowDown" => focus_name(row.next_element_sibling()),
            "ArrowUp" => focus_name(row.previous_element_sibling()),
            "ArrowRight" => self.fold(&id, false),
            "ArrowLeft" => self.fold(&id, true),
            "Delete" => self.delete(&id),
            _ => return,
        }
        event.prevent_default();
    }

    fn fold(self, id: &ObjectId, close: bool) {
        if self.closed.with_untracked(|closed| closed.contains(id)) == close {
            return;
        }
        self.closed.update(|closed| match close {
            true => drop(closed.insert(id.clone())),
            false => drop(closed.remove(id)),
        });
        // The line is drawn anew.
        focus_soon(format!("{} a", row_of(id)));
    }

    /// Deletes, and goes to the row that is next to it.
    fn delete(self, id: &ObjectId) {
        let row = find(&row_of(id));
        let beside = row.and_then(|row| {
            let next = row.next_element_sibling();
            let next = next.as_ref().and_then(node_of);
            next.or_else(|| node_of(&row.previous_element_sibling()?))
        });
        if self.workspace.try_delete(id)
            && let Some(beside) = beside
        {
            focus_soon(format!("{} a", row_of(&beside)));
        }
    }

    /// What can be done with a group, image or stack.
    fn actions(self, id: &ObjectId, settings: Callback<()>) -> Vec<Item> {
        let kept = untrack(|| self.workspace.undeletable(id));
        let id = id.clone();
        vec![
            Item::Act("Settings".to_owned(), settings),
            Item::unless(kept, "Delete", move || self.delete(&id)),
        ]
    }

    /// Opens the row to type in.
    fn start(self, below: Option<ObjectId>) {
        if let Some(parent) = &below {
            self.closed.update(|closed| {
                closed.remove(parent);
            });
        }
        self.adding.set(Some(below));
        focus_soon("#add-name");
    }

    /// Makes what was typed, and offers the next level.
    fn add(self, below: Option<&ObjectId>, name: &str, keyring: &str) {
        let object = self.below(below, name, keyring);
        let kind = object.kind();
        let id = self
            .workspace
            .create(format!("add {}", core::called(&object)), object);
        match kind {
            Kind::Group | Kind::Image => self.start(Some(id)),
            _ => {
                self.adding.set(None);
                focus_soon(format!("{} a", row_of(&id)));
            }
        }
    }

    fn below(self, below: Option<&ObjectId>, name: &str, keyring: &str) -> Object {
        match below.and_then(|id| {
            self.workspace
                .config
                .with_untracked(|config| config.get(id).map(|object| (id.clone(), object.kind())))
        }) {
            Some((id, Kind::Group)) => Image {
                name: name.into(),
                group: Some(id),
                keyring: keyring.into(),
                ..Image::default()
            }
            .into(),
            Some((id, _)) => Stack {
                name: name.into(),
                image: Some(id),
                keyring: keyring.into(),
                ..Stack::default()
            }
            .into(),
            None => Group {
                name: name.into(),
                ..Group::default()
            }
            .into(),
        }
    }
}

/// The object of a row; none of a row to type in.
fn node_of(row: &Element) -> Option<ObjectId> {
    row.get_attribute("data-node").map(ObjectId)
}

/// The row of an object, as a selector.
fn row_of(id: &ObjectId) -> String {
    format!("[data-node={}]", css_string(&id.0))
}

fn focus_name(row: Option<Element>) {
    let name = row.and_then(|row| row.query_selector("a, input").ok()?);
    if let Some(name) = name.and_then(|name| name.dyn_into::<HtmlElement>().ok()) {
        let _ = name.focus();
    }
}

#[component]
fn NodeRow(tree: Tree, node: Node) -> impl IntoView {
    let Node {
        id,
        kind,
        level,
        name,
        description,
        keyring,
        rules,
        findings,
        on_target,
        open,
    } = node;
    let store = tree.workspace.name();
    let href = match kind {
        Kind::Stack => paths::stack(&store, &id, "rules"),
        kind => paths::object(&store, kind, &id),
    };
    let (fold, own, add_below) = (id.clone(), id.clone(), id.clone());
    let blocked = Signal::derive(move || tree.workspace.closed());
    let label = format!("Actions for {name}");
    let settings = paths::object(&store, kind, &id);
    let navigate = use_navigate();
    let settings = Callback::new(move |()| navigate(&settings, Default::default()));
    let items = {
        let id = id.clone();
        Signal::derive_local(move || tree.actions(&id, settings))
    };
    let fold_button = open.map(|open| {
        let words = format!("{} {name}", if open { "Close" } else { "Open" });
        let toggle = move |_| tree.fold(&fold, open);
        view! {
            <button type="button" class="icon-button tree-fold" aria-expanded=open.to_string() aria-label=words on:click=toggle>
                <crate::ui::Icon name=if open { "down" } else { "right" } />
            </button>
        }
    });
    view! {
        <tr class="row" data-node=own.0>
            <td>
                <span class="tree-cell" style:padding-inline-start=format!("{}rem", 1.5 * level as f64)>
                    {match fold_button {
                        Some(button) => button.into_any(),
                        None => view! { <span class="tree-fold"></span> }.into_any(),
                    }}
                    <a href=href>{name.clone()}</a>
                    <span class="soft clip">{description}</span>
                    {match kind {
                        Kind::Group => Some("image"),
                        Kind::Image => Some("stack"),
                        _ => None,
                    }.map(|what| view! {
                        <button type="button" class="add-below" aria-label=format!("Add {what} to {name}") title=move || blocked.get()
                            aria-disabled=move || blocked.get().map(|_| "true")
                            on:click=move |_| if blocked.get_untracked().is_none() { tree.start(Some(add_below.clone())) }>
                            "+ " {what}
                        </button>
                    })}
                </span>
            </td>
            <td><span class="clip mono" title=keyring.clone()>{keyring.clone()}</span></td>
            <td>{rules.map(|rules| rules.to_string())}</td>
            <td>{crate::form::finding_mark(findings)}</td>
            <td>
                {on_target.as_ref().map(OnTarget::view)}
                " "
                {(kind == Kind::Stack).then(|| view! { <crate::frame::WaitsMark stack=id /> })}
            </td>
            <td class="cell-actions">
                <Menu label items left=true />
            </td>
        </tr>
    }
}

/// A row to type in: Enter saves, Tab goes on, Escape gives up.
#[component]
fn AddRow(tree: Tree, below: Option<ObjectId>, level: usize) -> impl IntoView {
    let (name, keyring) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let what = match level {
        0 => "z/OS group",
        1 => "system image",
        _ => "TCP/IP stack",
    };
    let wrong = Memo::new(move |_| tree::name_error(level, &name.get()));
    let save = Callback::new(move |()| {
        let typed = name.get_untracked();
        if !typed.trim().is_empty() && wrong.get_untracked().is_none() {
            tree.add(below.as_ref(), &typed, &keyring.get_untracked());
        }
    });
    let key = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            save.run(());
        }
        "Escape" => {
            event.prevent_default();
            tree.adding.set(None);
        }
        _ => {}
    };
    view! {
        <tr class="row row-add" on:keydown=key>
            <td>
                <span class="tree-cell" style:padding-inline-start=format!("{}rem", 1.5 * level as f64)>
                    <span class="tree-fold"></span>
                    <input id="add-name" class="cds--text-input cds--text-input--sm" class:mono=level!=0 aria-label=format!("Name of the new {what}")
                        placeholder=format!("Name of the new {what}") autocomplete="off" spellcheck="false" aria-describedby="add-note"
                        prop:value=name on:input=move |event| name.set(event_target_value(&event)) />
                </span>
                <span id="add-note" class="note add-note" aria-live="polite">{move || wrong.get().filter(|_| !name.get().is_empty())}</span>
            </td>
            <td>{(level > 0).then(|| view! {
                <input class="cds--text-input cds--text-input--sm mono" aria-label=format!("Key ring of the new {what}")
                    placeholder=if level == 1 { "owner/ring" } else { "the image's" } autocomplete="off" spellcheck="false"
                    prop:value=keyring on:input=move |event| keyring.set(event_target_value(&event)) />
            })}</td>
            <td colspan="4">
                <Button label="Add" look=Look::Primary on_press=save />
                <Button label="Cancel" look=Look::Ghost on_press=move || tree.adding.set(None) />
            </td>
        </tr>
    }
}
