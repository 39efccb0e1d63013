//! The pages of a store.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::paths;
use crate::ui::Icon;
use crate::ui::shortcuts::Shortcuts;
use crate::workspace::Workspace;

/// An entry: words, icon, address, and the rooms below which it is the current one.
type Entry = (
    &'static str,
    &'static str,
    fn(&str) -> String,
    &'static [&'static str],
);

const ENTRIES: &[Entry] = &[
    ("Overview", "overview", paths::overview, &["overview"]),
    (
        "Systems",
        "systems",
        paths::systems,
        &["systems", "stack", "rule", "image", "group"],
    ),
    (
        "Traffic Descriptors",
        "traffic",
        paths::traffic_descriptors,
        &["traffic"],
    ),
    (
        "Security Levels",
        "levels",
        paths::security_levels,
        &["levels"],
    ),
    (
        "Address Groups",
        "addresses",
        paths::address_groups,
        &["addresses"],
    ),
    (
        "Requirement Maps",
        "maps",
        paths::requirement_maps,
        &["maps"],
    ),
    (
        "Protect an application",
        "guided",
        paths::guided,
        &["guided"],
    ),
    ("Analysis", "search", paths::analysis, &["analysis"]),
    ("Import", "import", paths::import, &["import"]),
    ("Install", "install", paths::install, &["install"]),
    ("Set-up", "setup", paths::setup_list, &["setup"]),
    ("History", "history", paths::history, &["history"]),
    ("Runtime", "runtime", paths::runtime, &["runtime"]),
    ("Settings", "settings", paths::settings, &["settings"]),
];

#[component]
pub fn StoreNav() -> impl IntoView {
    let workspace = Workspace::here();
    let location = use_location();
    let room = Memo::new(move |_| {
        location
            .pathname
            .with(|path| path.split('/').nth(3).unwrap_or_default().to_owned())
    });
    view! {
        <nav class="nav" aria-label="Pages of the store">
            {ENTRIES.iter().map(|(words, icon, address, rooms)| view! {
                <a href=address(&workspace.name()) class="nav-entry" title=*words
                    aria-current=move || rooms.contains(&room.get().as_str()).then_some("page")>
                    <Icon name=icon />
                    <span class="nav-words">{*words}</span>
                </a>
            }).collect_view()}
        </nav>
    }
}

/// Keys, what they do, and where they lead in a store.
type Key = (&'static str, &'static str, fn(&str) -> String);

const KEYS: &[Key] = &[
    ("g s", "Go to Systems", paths::systems),
    (
        "g t",
        "Go to Traffic Descriptors",
        paths::traffic_descriptors,
    ),
    ("g l", "Go to Security Levels", paths::security_levels),
    ("g a", "Go to Address Groups", paths::address_groups),
    ("g m", "Go to Requirement Maps", paths::requirement_maps),
    ("g o", "Go to Overview", paths::overview),
    ("g h", "Go to History", paths::history),
    ("g p", "Go to Protect an application", paths::guided),
    ("g n", "Go to Analysis", paths::analysis),
    ("g f", "Go to Import", paths::import),
    ("g i", "Go to Install", paths::install),
    ("g u", "Go to Set-up", paths::setup_list),
    ("g r", "Go to Runtime", paths::runtime),
];

/// Words and address of every page.
pub fn pages(store: &str) -> Vec<(&'static str, String)> {
    ENTRIES
        .iter()
        .map(|(words, _, address, _)| (*words, address(store)))
        .collect()
}

/// `g s` and the others of its family.
pub fn shortcuts(shortcuts: Shortcuts, store: &str) {
    for (keys, words, address) in KEYS {
        let (navigate, address) = (use_navigate(), address(store));
        shortcuts.add(keys, words, move || {
            navigate(&address, NavigateOptions::default())
        });
    }
}
