//! My account: password, sessions, tokens.

mod password;
mod sessions;
mod tokens;

use leptos::prelude::*;

use crate::frame::{Page, PlainFrame};
use crate::session::Session;
pub use password::FirstPassword;

#[component]
pub fn AccountPage() -> impl IntoView {
    view! { <PlainFrame><Content /></PlainFrame> }
}

#[component]
fn Content() -> impl IntoView {
    let session = Session::here();
    let kind = move || {
        if session.administrator() {
            "You are an administrator of this server."
        } else {
            "What you may do is decided per store."
        }
    };
    view! {
        <Page title="My account">
            <div class="sections">
                <p>"Logged in as " <strong>{move || session.name()}</strong> ". " {kind}</p>
                <password::Password />
                <sessions::Sessions />
                <tokens::Tokens />
            </div>
        </Page>
    }
}
