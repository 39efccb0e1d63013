//! The address of every page, one function each.
//!
//! Tabs and filters stand in the query, so that an address names exactly what is shown.

use crate::api::escape;
use generator::objects::{Kind, ObjectId};

pub const STORES: &str = "/stores";
/// The question for the copy of a store, whole or as of one revision.
pub fn copy(store: &str, revision: Option<i64>) -> String {
    let revision = revision.map(|number| format!("&revision={number}"));
    format!("{STORES}?copy={store}{}", revision.unwrap_or_default())
}
pub const LOG_IN: &str = "/login";
/// My account.
pub const ACCOUNT: &str = "/account";
/// All accounts, for administrators.
pub const ACCOUNTS: &str = "/accounts";
/// The server itself, for administrators.
pub const SERVER: &str = "/server";

/// What codes, statements and attributes mean.
pub const EXPLAIN: &str = "/explain";

/// What one of them means.
pub fn explain(text: &str) -> String {
    match text {
        "" => EXPLAIN.to_owned(),
        text => format!("{EXPLAIN}/{}", escape(text)),
    }
}

/// The log-in page, which goes on to `next`.
pub fn log_in(next: &str) -> String {
    format!("{LOG_IN}?next={}", escape(next))
}

/// `next` as a path of this site; anything else leads to the list of stores.
pub fn safe_next(next: Option<String>) -> String {
    match next {
        Some(path)
            if path.starts_with('/')
                && !path.starts_with("//")
                && !path.contains(['\\', '\n', '\r', '\t'])
                && !path.starts_with(LOG_IN) =>
        {
            path
        }
        _ => STORES.to_owned(),
    }
}

fn within(store: &str, rest: &str) -> String {
    format!("/s/{}/{rest}", escape(store))
}

macro_rules! store_pages {
    ($($(#[$doc:meta])* $name:ident => $rest:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name(store: &str) -> String {
            within(store, $rest)
        }
    )*};
}

store_pages! {
    overview => "overview";
    systems => "systems";
    traffic_descriptors => "traffic";
    security_levels => "levels";
    address_groups => "addresses";
    requirement_maps => "maps";
    analysis => "analysis";
    import => "import";
    install => "install";
    history => "history";
    /// The engines of the server's machine.
    runtime => "runtime";
    review => "review";
    guided => "guided";
    setup_list => "setup";
    /// Members and settings of the store.
    settings => "settings";
}

/// Two revisions side by side.
pub fn compare(store: &str, from: i64, to: i64) -> String {
    within(store, &format!("history?from={from}&to={to}"))
}

/// One revision, to read.
pub fn revision(store: &str, number: i64) -> String {
    within(store, &format!("history?revision={number}"))
}

/// What restoring a revision would do.
pub fn restore(store: &str, number: i64) -> String {
    within(store, &format!("history?restore={number}"))
}

/// What restoring one object of a revision would do.
pub fn restore_object(store: &str, number: i64, object: &ObjectId) -> String {
    within(
        store,
        &format!("history?restore={number}&object={}", escape(&object.0)),
    )
}

/// The install page with stacks chosen, and parts of their set-up pages.
pub fn install_of(store: &str, stacks: &[ObjectId], parts: &[String]) -> String {
    let list = |key: &str, words: Vec<&str>| {
        let words: Vec<String> = words.into_iter().map(escape).collect();
        (!words.is_empty()).then(|| format!("{key}={}", words.join(",")))
    };
    let stacks = list("stacks", stacks.iter().map(|id| id.0.as_str()).collect());
    let parts = list("parts", parts.iter().map(String::as_str).collect());
    let query: Vec<String> = stacks.into_iter().chain(parts).collect();
    format!("{}?{}", install(store), query.join("&"))
}

/// The folder of an image's stacks below an install root.
pub fn target_of_image(root: &str, image: &str) -> String {
    format!("{}/{image}", root.trim_end_matches('/'))
}

/// A stack's page; `tab` is `rules`, `files` or `settings`.
pub fn stack(store: &str, id: &ObjectId, tab: &str) -> String {
    within(store, &format!("stack/{}/{tab}", escape(&id.0)))
}

pub fn setup_of(store: &str, stack: &ObjectId) -> String {
    within(store, &format!("setup/{}", escape(&stack.0)))
}

/// The list in which the objects of a kind stand.
pub fn list(store: &str, kind: Kind) -> String {
    match kind {
        Kind::AddressGroup => address_groups(store),
        Kind::TrafficDescriptor => traffic_descriptors(store),
        Kind::SecurityLevel => security_levels(store),
        Kind::RequirementMap => requirement_maps(store),
        Kind::Group | Kind::Image | Kind::Stack | Kind::Rule => systems(store),
    }
}

/// The page on which an object is edited.
pub fn object(store: &str, kind: Kind, id: &ObjectId) -> String {
    let room = match kind {
        Kind::AddressGroup => "addresses",
        Kind::TrafficDescriptor => "traffic",
        Kind::SecurityLevel => "levels",
        Kind::RequirementMap => "maps",
        Kind::Rule => "rule",
        Kind::Group => "group",
        Kind::Image => "image",
        Kind::Stack => return stack(store, id, "settings"),
    };
    within(store, &format!("{room}/{}", escape(&id.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_that_leaves_the_site_is_not_followed() {
        for evil in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "",
            "/login?next=/login",
        ] {
            assert_eq!(safe_next(Some(evil.to_owned())), STORES, "{evil:?}");
        }
        assert_eq!(
            safe_next(Some("/s/PROD/systems".to_owned())),
            "/s/PROD/systems"
        );
    }

    #[test]
    fn names_are_escaped_in_addresses() {
        let id = ObjectId("a/b".to_owned());
        assert_eq!(object("A B", Kind::Rule, &id), "/s/A%20B/rule/a%2Fb");
    }
}
