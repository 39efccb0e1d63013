//! The policy language in the browser: questions in, answers out, off the thread that draws.
//!
//! A module of its own, which only pages load that need it. What it says is what the server says: both call
//! `api::policy`.

use wasm_bindgen::prelude::wasm_bindgen;

fn main() {}

/// Answers a question; both are JSON texts, as [`api::policy::ask`] has them.
#[wasm_bindgen]
pub fn ask(question: &str) -> String {
    api::policy::ask(question)
}
