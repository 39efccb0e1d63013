//! Search over everything in the store, under both vocabularies, the way to every page, and what can
//! be done here.

use generator::objects::{Kind, Object, fields};
use generator::sort;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::{Pane, nav};
use crate::ui::shortcuts::{Shortcut, Shortcuts};
use crate::ui::{Dialog, focus_soon};
use crate::workspace::Workspace;
use crate::{core, editors, paths};

/// What a line does.
#[derive(Clone, Debug, PartialEq)]
enum To {
    Page(String),
    /// What these keys do on the page that is open.
    Keys(&'static str),
    New(Kind),
}

/// One line: where it leads and what it says.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    name: String,
    /// What kind of thing it is, and what is in it.
    detail: String,
    to: To,
    /// Lower case: what is searched besides the name.
    search: String,
}

const SHOWN: usize = 40;

#[component]
pub fn Palette() -> impl IntoView {
    let pane = Pane::here();
    view! {
        <Dialog open=pane.searching title="Search and jump" wide=true on_close=move || pane.searching.set(false)>
            <Content pane />
        </Dialog>
    }
}

#[component]
fn Content(pane: Pane) -> impl IntoView {
    let workspace = Workspace::here();
    let shortcuts = expect_context::<Shortcuts>();
    let entries = StoredValue::new(untrack(|| entries(workspace, shortcuts)));
    let typed = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let found = Memo::new(move |_| {
        typed.with(|typed| {
            let mut found = entries.with_value(|all| search(all, typed));
            found.extend(explained(typed.trim()));
            found
        })
    });
    let navigate = use_navigate();
    let go = Callback::new(move |entry: Entry| {
        pane.searching.set(false);
        match entry.to {
            To::Page(href) => navigate(&href, NavigateOptions::default()),
            To::Keys(keys) => shortcuts.press(keys),
            To::New(kind) => {
                let id = editors::create_blank(workspace, kind);
                let href = paths::object(&workspace.name(), kind, &id);
                navigate(&href, NavigateOptions::default());
            }
        }
    });
    let key = move |event: web_sys::KeyboardEvent| {
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => active.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => active.update(|at| *at = at.saturating_sub(1)),
            "Enter" => {
                if let Some(entry) =
                    found.with_untracked(|found| found.get(active.get_untracked()).cloned())
                {
                    go.run(entry);
                }
            }
            _ => return,
        }
        event.prevent_default();
        if let Some(option) = crate::ui::find(&format!("#palette-{}", active.get_untracked())) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            option.scroll_into_view_with_scroll_into_view_options(&options);
        }
    };
    focus_soon("#palette-input");
    view! {
        <input id="palette-input" class="cds--text-input" type="text" role="combobox" aria-label="Search and jump" aria-expanded="true"
            aria-controls="palette-list" aria-autocomplete="list" aria-activedescendant=move || format!("palette-{}", active.get())
            autocomplete="off" spellcheck="false" placeholder="A name, a port, an address, a field in NCA's or PAGENT's word, a page, an action"
            prop:value=typed on:keydown=key
            on:input=move |event| { active.set(0); typed.set(event_target_value(&event)); } />
        <ul id="palette-list" class="palette-list" role="listbox" aria-label="Found">
            {move || found.get().into_iter().enumerate().map(|(at, entry)| {
                let (name, detail) = (entry.name.clone(), entry.detail.clone());
                view! {
                    <li id=format!("palette-{at}") role="option" class="picker-option" class:is-active=move || active.get() == at
                        aria-selected=move || (active.get() == at).to_string()
                        on:mousemove=move |_| if active.get_untracked() != at { active.set(at) }
                        on:click=move |_| go.run(entry.clone())>
                        <span class="picker-name">{name}</span><span class="picker-detail">{detail}</span>
                    </li>
                }
            }).collect_view()}
        </ul>
        <p class="hint" role="status">{move || found.with(Vec::is_empty).then_some("Nothing fits.")}</p>
    }
}

fn entries(workspace: Workspace, shortcuts: Shortcuts) -> Vec<Entry> {
    let store = workspace.name();
    let mut all: Vec<Entry> = nav::pages(&store)
        .into_iter()
        .map(|(words, href)| Entry {
            search: String::new(),
            name: words.to_owned(),
            detail: "page".to_owned(),
            to: To::Page(href),
        })
        .collect();
    all.extend(actions(workspace, shortcuts));
    workspace.config.with(|config| {
        all.extend(config.objects.iter().map(|(id, object)| {
            let contents = core::contents(config, object);
            Entry {
                name: core::shown_name(object),
                search: format!(
                    "{} {contents} {} {} {}",
                    object.kind().singular(),
                    object.description(),
                    object.tags().join(" "),
                    settings_words(object)
                )
                .to_lowercase(),
                detail: format!("{} · {contents}", object.kind().singular()),
                to: To::Page(paths::object(&store, object.kind(), id)),
            }
        }));
    });
    all.extend(Kind::ALL.iter().flat_map(|kind| words_of(&store, *kind)));
    all
}

/// What is typed, explained: a code or a word of the policy language, or a line of a log, which has a number.
fn explained(typed: &str) -> Option<Entry> {
    let may_be = !typed.contains(' ') || typed.contains(|sign: char| sign.is_ascii_digit());
    may_be.then(|| Entry {
        name: format!("Explain {typed}").trim_end().to_owned(),
        detail: "codes, statements and attributes".to_owned(),
        to: To::Page(paths::explain(typed)),
        search: String::new(),
    })
}

/// What can be done now: what the keys of the page do, and a new object of each kind.
fn actions(workspace: Workspace, shortcuts: Shortcuts) -> Vec<Entry> {
    let entry = |words: &str, detail: String, to: To| Entry {
        name: words.to_owned(),
        search: "action".to_owned(),
        detail,
        to,
    };
    let of_keys = |shortcut: Shortcut| {
        let detail = format!("action · {}", shortcut.keys);
        entry(shortcut.words, detail, To::Keys(shortcut.keys))
    };
    let mut all: Vec<Entry> = shortcuts.actions().into_iter().map(of_keys).collect();
    if workspace.closed().is_none() {
        let kinds = Kind::ALL.iter().filter(|kind| editors::has_form(**kind));
        all.extend(kinds.map(|kind| {
            let words = format!("New {}", kind.singular());
            entry(&words, "action".to_owned(), To::New(*kind))
        }));
    }
    all
}

/// Both words of each setting that an object has.
fn settings_words(object: &Object) -> String {
    let keys = fields::settings_of(object)
        .into_iter()
        .flat_map(|(_, _, settings)| settings.keys());
    keys.map(|key| {
        format!(
            "{key} {} ",
            fields::row(key).map_or("", |(_, row)| row.label)
        )
    })
    .collect()
}

/// The fields of a kind, under both words; each leads to the list where it is edited.
fn words_of(store: &str, kind: Kind) -> Vec<Entry> {
    let href = paths::list(store, kind);
    let entry = |label: &str, parameter: &str| Entry {
        name: label.to_owned(),
        search: parameter.to_lowercase(),
        detail: match parameter {
            "" => format!("field of each {}", kind.singular()),
            parameter => format!("{parameter} · field of each {}", kind.singular()),
        },
        to: To::Page(href.clone()),
    };
    let mut all: Vec<Entry> = fields::fields(kind)
        .filter(|field| field.parameter.is_some())
        .map(|field| entry(field.label, field.parameter.unwrap_or_default()))
        .collect();
    let place = match kind {
        Kind::TrafficDescriptor => fields::SettingsPlace::TrafficRow,
        Kind::SecurityLevel => fields::SettingsPlace::SecurityLevel,
        Kind::Rule => fields::SettingsPlace::Rule,
        _ => return all,
    };
    let keys = fields::settings(place).iter().flat_map(|group| group.keys);
    all.extend(keys.map(|key| entry(fields::row(key).map_or(key, |(_, row)| row.label), key)));
    all
}

/// What fits, best first: names that begin so, names that hold it, then the rest.
fn search(all: &[Entry], typed: &str) -> Vec<Entry> {
    let needle = typed.trim().to_lowercase();
    let rank = |entry: &Entry| {
        let name = entry.name.to_lowercase();
        if name.starts_with(&needle) {
            Some(0)
        } else if name.contains(&needle) {
            Some(1)
        } else {
            needle
                .split_whitespace()
                .all(|word| name.contains(word) || entry.search.contains(word))
                .then_some(2)
        }
    };
    let mut found: Vec<(u8, &Entry)> = all
        .iter()
        .filter_map(|entry| Some((rank(entry)?, entry)))
        .collect();
    sort::by_key(&mut found, |(rank, _)| *rank);
    found
        .into_iter()
        .take(SHOWN)
        .map(|(_, entry)| entry.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_under_either_word() {
        let all: Vec<Entry> = Kind::ALL
            .iter()
            .flat_map(|kind| words_of("PROD", *kind))
            .collect();
        for word in [
            "jobname",
            "V3CipherSuites",
            "TTLSCipherParms",
            "renegotiation",
            "Connect direction",
        ] {
            assert!(!search(&all, word).is_empty(), "{word}");
        }
        assert!(search(&all, "no such word").is_empty());
    }
}
