//! Addresses of hosts, and ports that programs wait at.

use super::{Answer, get, send, store_path};
pub use ::api::discovery::{Listener, LookedUp, MOST_NAMES};
use ::api::discovery::{ListenersIn, LookUp};

pub async fn look_up(store: &str, names: Vec<String>) -> Answer<LookedUp> {
    send("POST", &store_path(store, "/hosts"), &LookUp { names }).await
}

/// On the server's machine.
pub async fn listeners_here(store: &str) -> Answer<Vec<Listener>> {
    get(&store_path(store, "/listeners")).await
}

/// As a report shows them.
pub async fn listeners_in(store: &str, text: String) -> Answer<Vec<Listener>> {
    let given = ListenersIn { text };
    send("POST", &store_path(store, "/listeners"), &given).await
}
