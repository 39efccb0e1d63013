//! Side panels: over the page, at most two, the top one is the one in use.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{IconButton, fresh_id};

#[derive(Clone)]
struct Panel {
    id: String,
    title: String,
    view: ViewFn,
    on_close: Arc<dyn Fn() + Send + Sync>,
}

/// The open panels, from the bottom up.
#[derive(Clone, Copy)]
pub struct Panels {
    open: RwSignal<Vec<Panel>>,
    /// Where the focus was before each panel opened.
    came_from: StoredValue<Vec<Option<HtmlElement>>, LocalStorage>,
}

/// Deeper than this is a page.
const MOST: usize = 2;

impl Panels {
    pub fn provide() -> Self {
        let panels = Self {
            open: RwSignal::new(Vec::new()),
            came_from: StoredValue::new_local(Vec::new()),
        };
        provide_context(panels);
        panels
    }

    pub fn here() -> Self {
        expect_context()
    }

    /// Whether another panel may open.
    pub fn room(self) -> bool {
        self.open.with(Vec::len) < MOST
    }

    pub fn any(self) -> bool {
        self.open.with(|open| !open.is_empty())
    }

    /// Opens a panel; `on_close` runs however it is closed.
    ///
    /// What opens it may be gone before it is closed, so nothing here belongs to the opener.
    pub fn open(
        self,
        title: String,
        view: impl Into<ViewFn>,
        on_close: impl Fn() + Send + Sync + 'static,
    ) {
        let focused = document()
            .active_element()
            .and_then(|element| element.dyn_into().ok());
        self.came_from.update_value(|all| all.push(focused));
        let panel = Panel {
            id: fresh_id("panel"),
            title,
            view: view.into(),
            on_close: Arc::new(on_close),
        };
        self.open.update(|open| open.push(panel));
    }

    /// Closes the top panel and gives the focus back.
    pub fn close(self) {
        let Some(panel) = self.open.try_update(Vec::pop).flatten() else {
            return;
        };
        (panel.on_close)();
        let from = self
            .came_from
            .try_update_value(Vec::pop)
            .flatten()
            .flatten();
        if let Some(element) = from {
            request_animation_frame(move || drop(element.focus()));
        }
    }

    /// Closes all, for instance because the page is left.
    pub fn close_all(self) {
        while self.open.with_untracked(|open| !open.is_empty()) {
            self.close();
        }
    }
}

/// Draws the open panels.
#[component]
pub fn PanelHost() -> impl IntoView {
    let panels = Panels::here();
    let count = Memo::new(move |_| panels.open.with(Vec::len));
    view! {
        <For each=move || panels.open.get().into_iter().enumerate() key=|(_, panel)| panel.id.clone() let:entry>
            {
                let (at, panel) = entry;
                let heading = format!("{}-title", panel.id);
                let title_id = heading.clone();
                let body = format!("{}-body", panel.id);
                let first = format!("#{body} :is(input, select, textarea, button):not([readonly])");
                super::focus_soon(first);
                view! {
                    <section
                        class="panel"
                        class:is-below=move || at + 1 < count.get()
                        role="dialog"
                        aria-labelledby=heading
                        inert=move || at + 1 < count.get()
                    >
                        <header class="panel-head">
                            <h2 id=title_id>{panel.title}</h2>
                            <IconButton label="Close" icon="close" on_press=move || panels.close() />
                        </header>
                        <div class="panel-body" id=body>{panel.view.run()}</div>
                    </section>
                }
            }
        </For>
    }
}
