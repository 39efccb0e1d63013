//! A decision that needs its own frame: native `<dialog>` with focus trap and Escape.

use leptos::prelude::*;

use super::fresh_id;

#[component]
pub fn Dialog(
    #[prop(into)] open: Signal<bool>,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] on_close: Callback<()>,
    #[prop(optional)] wide: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    let heading = fresh_id("dialog");
    let title_id = heading.clone();
    Effect::new(move |_| {
        let (Some(dialog), open) = (dialog.get(), open.get()) else {
            return;
        };
        if open && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            node_ref=dialog
            class="dialog"
            class:is-wide=wide
            aria-labelledby=heading
            on:close=move |_| if open.get_untracked() { on_close.run(()) }
            on:keydown=|event| event.stop_propagation()
        >
            <h2 id=title_id>{title}</h2>
            <Show when=move || open.get()>{children()}</Show>
        </dialog>
    }
}
