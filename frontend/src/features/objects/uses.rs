//! Who uses an object, and taking it away from them.

use std::collections::HashSet;
use std::sync::Arc;

use generator::objects::references::References;
use generator::objects::{Configuration, Kind, Object, ObjectId};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::core;
use crate::form::ObjectPicker;
use crate::ui::{Button, Face, Look};
use crate::workspace::Workspace;
use crate::{paths, words};

/// Words and address of an object.
type Link = (String, String);

#[derive(Clone, Debug, Default, PartialEq)]
struct Users {
    direct: Vec<Link>,
    /// Those that use what uses it.
    through: Vec<Link>,
    rules: usize,
    stacks: usize,
}

impl Users {
    fn of(store: &str, config: &Configuration, id: &ObjectId) -> Self {
        let references = References::of(config);
        let all = references.where_used(id);
        let direct: HashSet<_> = references
            .users_of(id)
            .iter()
            .map(|(user, _)| user)
            .collect();
        let link = |user: &ObjectId| {
            let object = config.get(user)?;
            let href = paths::object(store, object.kind(), user);
            Some((core::called(object), href))
        };
        let links = |is_direct: bool| {
            let some = all.iter().filter(|user| direct.contains(user) == is_direct);
            some.filter_map(link).collect()
        };
        let owner_of = |user: &ObjectId| match config.get(user) {
            Some(Object::Rule(rule)) => Some(rule.owner.clone()),
            _ => None,
        };
        let rules: Vec<_> = all.iter().filter_map(owner_of).collect();
        let owners: HashSet<_> = rules.iter().flatten().collect();
        let counts_on = |stack: &ObjectId| {
            let of_stack = config.owners_of(stack);
            of_stack.iter().any(|owner| owners.contains(owner))
        };
        let stacks = config.of_kind(Kind::Stack).into_iter();
        Self {
            direct: links(true),
            through: links(false),
            rules: rules.len(),
            stacks: stacks.filter(|(stack, _)| counts_on(stack)).count(),
        }
    }

    fn heading(&self) -> String {
        if self.direct.is_empty() {
            return "Used by nothing yet".to_owned();
        }
        if self.rules == 0 {
            return format!(
                "Used by {}, and so far by no rule",
                words::count(self.direct.len(), "object", "objects")
            );
        }
        format!(
            "Used by {} on {}",
            words::count(self.rules, "rule", "rules"),
            words::count(self.stacks, "stack", "stacks")
        )
    }
}

/// Who refers to the object, and what becomes of them when it is deleted.
#[component]
pub fn Uses(id: ObjectId, kind: Kind) -> impl IntoView {
    let workspace = Workspace::here();
    let (store, of) = (workspace.name(), id.clone());
    let users = Memo::new(move |_| {
        let users = |config: &Arc<Configuration>| Users::of(&store, config, &of);
        workspace.settled.with(users)
    });
    view! {
        <UsedBy users />
        <Delete id kind users />
    }
}

/// Who refers to the object, as links.
#[component]
fn UsedBy(users: Memo<Users>) -> impl IntoView {
    let list = |links: Vec<Link>| {
        let line = |(words, href)| view! { <li><a href=href>{words}</a></li> };
        view! { <ul>{links.into_iter().map(line).collect_view()}</ul> }
    };
    view! {
        <section class="used-by">
            <h2>{move || users.with(Users::heading)}</h2>
            {move || list(users.get().direct)}
            {move || Some(users.get().through).filter(|links| !links.is_empty()).map(|links| view! { <p class="soft">"Through them:"</p> {list(links)} })}
        </section>
    }
}

/// Deletes the object; where others use it, they get another one in its place.
#[component]
fn Delete(id: ObjectId, kind: Kind, users: Memo<Users>) -> impl IntoView {
    let workspace = Workspace::here();
    let id = StoredValue::new(id);
    let other = RwSignal::new(None::<ObjectId>);
    let used = Memo::new(move |_| users.with(|users| users.direct.len()));
    let supplied = Memo::new(move |_| {
        let object = id.with_value(|id| workspace.object(id));
        object.is_none_or(|object| object.supplied())
    });
    let blocked = Signal::derive(move || {
        let missing = match other.get() {
            None => Some("Pick what is to be used instead.".to_owned()),
            Some(other) if id.with_value(|id| *id == other) => Some("Pick another one.".to_owned()),
            Some(_) => None,
        };
        let read_only = id.with_value(|id| workspace.read_only(id));
        read_only.or(missing.filter(|_| used.get() > 0))
    });
    let navigate = use_navigate();
    let delete = Callback::new(move |()| {
        let id = id.get_value();
        match other.get_untracked() {
            Some(other) if used.get_untracked() > 0 => {
                let (words, changes) = workspace.config.with_untracked(|config| {
                    let (this, that) = (core::name_of(config, &id), core::name_of(config, &other));
                    let words = format!("replace {} {this} by {that}", kind.singular());
                    let references = References::of(config);
                    (words, core::replaced(config, &references, &id, &other))
                });
                workspace.edit(words, changes);
            }
            _ => workspace.delete(&[id]),
        }
        navigate(
            &paths::list(&workspace.name(), kind),
            NavigateOptions::default(),
        );
    });
    view! {
        {move || (!supplied.get()).then(|| {
            let used = used.get();
            let label = if used > 0 { "Replace and delete" } else { "Delete" };
            view! {
                <section class="used-by">
                    <h2>"Delete"</h2>
                    {(used > 0).then(|| view! { <p class="hint">{format!("What uses it ({}) gets another one in its place.", words::count(used, "object", "objects"))}</p> })}
                    <div class="inline-form">
                        {(used > 0).then(|| view! { <ObjectPicker face=Face::new("Used instead") kind value=other on_pick=move |picked| other.set(picked) /> })}
                        <Button label look=Look::Danger blocked on_press=delete />
                    </div>
                </section>
            }
        })}
    }
}
