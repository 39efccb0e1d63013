//! A button that opens a list of actions.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{Icon, find, fresh_id};

/// One line of a menu.
#[derive(Clone)]
pub enum Item {
    Act(String, Callback<()>),
    Link(String, String),
    /// A file: the browser downloads it.
    Download(String, String),
    /// Cannot be done now: words and why.
    Blocked(String, String),
    Line,
}

impl Item {
    /// What can be done, unless something is against it.
    pub fn unless(why: Option<String>, words: &str, call: impl Into<Callback<()>>) -> Self {
        match why {
            Some(why) => Self::Blocked(words.to_owned(), why),
            None => Self::Act(words.to_owned(), call.into()),
        }
    }
}

#[component]
pub fn Menu(
    #[prop(into)] label: Signal<String>,
    /// What stands in the button; the label is its name for screen readers.
    #[prop(optional, into)]
    face: Option<ViewFn>,
    #[prop(into)] items: Signal<Vec<Item>, LocalStorage>,
    /// Opens towards the left: for buttons at the right edge.
    #[prop(optional)]
    left: bool,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let has_face = face.is_some();
    let id = fresh_id("menu");
    let step = {
        let id = id.clone();
        move |event: &web_sys::KeyboardEvent, by: i32| {
            event.prevent_default();
            let Some(list) = find(&format!("#{id}")) else {
                return;
            };
            let Ok(all) = list.query_selector_all("[role=menuitem]") else {
                return;
            };
            let now = document().active_element();
            let at = (0..all.length())
                .find(|n| all.item(*n).as_ref() == now.as_ref().map(AsRef::as_ref));
            let count = all.length() as i32;
            let next = at.map_or(if by > 0 { 0 } else { count - 1 }, |at| {
                (at as i32 + by).rem_euclid(count.max(1))
            });
            if let Some(item) = all.item(next as u32) {
                use wasm_bindgen::JsCast;
                let _ = item.unchecked_into::<web_sys::HtmlElement>().focus();
            }
        }
    };
    let button = NodeRef::<leptos::html::Button>::new();
    let key = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "ArrowDown" => {
            open.set(true);
            step(&event, 1);
        }
        "ArrowUp" => step(&event, -1),
        "Escape" if open.get_untracked() => {
            event.stop_propagation();
            event.prevent_default();
            open.set(false);
            if let Some(button) = button.get_untracked() {
                let _ = button.focus();
            }
        }
        _ => {}
    };
    let leave = move |event: web_sys::FocusEvent| {
        use wasm_bindgen::JsCast;
        let root = event
            .current_target()
            .and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let to = event
            .related_target()
            .and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if !root.is_some_and(|root| root.contains(to.as_ref())) {
            open.set(false);
        }
    };
    view! {
        <div class="menu" class:opens-left=left on:keydown=key on:focusout=leave>
            <button
                node_ref=button
                type="button"
                class=if face.is_some() { "menu-button" } else { "icon-button" }
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                aria-label=move || (!has_face).then(|| label.get())
                title=move || label.get()
                on:click=move |event| {
                    event.stop_propagation();
                    open.update(|open| *open = !*open);
                }
            >
                {match &face {
                    Some(face) => face.run(),
                    None => view! { <Icon name="more" /> }.into_any(),
                }}
            </button>
            <Show when=move || open.get()>
                <div class="menu-list" role="menu" id=id.clone() aria-label=move || label.get()>
                    {move || items.get().into_iter().map(|item| item_view(item, open)).collect_view()}
                </div>
            </Show>
        </div>
    }
}

fn item_view(item: Item, open: RwSignal<bool>) -> AnyView {
    let close = move |_| open.set(false);
    match item {
        Item::Act(words, call) => view! {
            <button type="button" role="menuitem" class="menu-item" tabindex="-1"
                on:click=move |event| { event.stop_propagation(); open.set(false); call.run(()); }>{words}</button>
        }
        .into_any(),
        Item::Link(words, href) => {
            view! { <A href attr:role="menuitem" attr:class="menu-item" attr:tabindex="-1" on:click=close>{words}</A> }.into_any()
        }
        Item::Download(words, href) => view! {
            <a href=href download="" rel="external" role="menuitem" class="menu-item" tabindex="-1" on:click=close>{words}</a>
        }
        .into_any(),
        Item::Blocked(words, why) => {
            let reason = why.clone();
            view! {
            <button type="button" role="menuitem" class="menu-item is-blocked" tabindex="-1" aria-disabled="true" title=why
                on:click=|event| event.stop_propagation()>
                {words} <small>{reason}</small>
            </button>
            }
            .into_any()
        }
        Item::Line => view! { <hr class="menu-line" /> }.into_any(),
    }
}
