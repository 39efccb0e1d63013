//! The pages, rendered in the browser.

mod api;
mod app;
mod compare;
mod core;
mod editors;
mod features;
mod filter;
mod form;
mod frame;
mod installed;
mod paths;
mod prefs;
mod session;
mod ui;
mod words;
mod workspace;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
