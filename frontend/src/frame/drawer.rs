//! All findings of the store, grouped by object, at the foot of the page.

use std::sync::Arc;

use generator::finding::{Finding, Place};
use generator::objects::ObjectId;
use generator::sort;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::{Pane, go_to};
use crate::core;
use crate::form::tone;
use crate::ui::{Button, Icon, IconButton, Look, sentence, with_code};
use crate::words;
use crate::workspace::Workspace;

/// More objects than this are counted, not drawn.
const MOST: usize = 100;

#[component]
pub fn ProblemsDrawer() -> impl IntoView {
    let pane = Pane::here();
    view! { {move || pane.drawer.get().then(|| view! { <Open pane /> })} }
}

/// One object with its findings, worst first.
#[derive(Clone, Debug, PartialEq)]
struct Group {
    object: ObjectId,
    called: String,
    findings: Vec<Arc<Finding>>,
}

#[component]
fn Open(pane: Pane) -> impl IntoView {
    let workspace = Workspace::here();
    let total = move || workspace.findings.with(|findings| findings.all.len());
    view! {
        <section class="drawer" aria-label="Problems">
            <div class="drawer-head">
                <h2>"Problems " <span class="soft">{total}</span></h2>
                <IconButton label="Close the problems" icon="close" on_press=move || pane.drawer.set(false) />
            </div>
            <div class="drawer-body" tabindex="0" role="region" aria-label="List of problems"><Problems /></div>
        </section>
    }
}

/// All findings, by object, each leading to its field.
#[component]
pub fn Problems() -> impl IntoView {
    let workspace = Workspace::here();
    let groups = Memo::new(move |_| groups(workspace));
    view! {
        {move || groups.with(Vec::is_empty).then(|| view! { <p class="soft">"Nothing is wrong here, as far as can be seen without a target."</p> })}
        {move || groups.get().into_iter().take(MOST).map(|group| view! { <GroupView group /> }).collect_view()}
        {move || {
            let more = groups.with(Vec::len).saturating_sub(MOST);
            (more > 0).then(|| view! { <p class="soft">{format!("And {} with findings.", words::count(more, "more object", "more objects"))}</p> })
        }}
    }
}

fn groups(workspace: Workspace) -> Vec<Group> {
    let findings = workspace.findings.get();
    let mut groups: Vec<Group> = Vec::new();
    workspace.settled.with(|config| {
        for finding in &findings.all {
            let Place::Field { object, .. } = &finding.place else {
                continue;
            };
            match groups
                .iter_mut()
                .rev()
                .find(|group| group.object == *object)
            {
                Some(group) => group.findings.push(Arc::clone(finding)),
                None => groups.push(Group {
                    object: object.clone(),
                    called: config.get(object).map(core::called).unwrap_or_default(),
                    findings: vec![Arc::clone(finding)],
                }),
            }
        }
    });
    for group in &mut groups {
        sort::by_key(&mut group.findings, |finding| {
            std::cmp::Reverse(finding.page.severity)
        });
    }
    sort::by_key(&mut groups, |group| {
        std::cmp::Reverse(group.findings.first().map(|finding| finding.page.severity))
    });
    groups
}

#[component]
fn GroupView(group: Group) -> impl IntoView {
    view! {
        <h3 class="drawer-object">{group.called}</h3>
        <ul class="drawer-list">
            {group.findings.into_iter().map(|finding| view! { <Line finding /> }).collect_view()}
        </ul>
    }
}

#[component]
fn Line(finding: Arc<Finding>) -> impl IntoView {
    let workspace = Workspace::here();
    let navigate = use_navigate();
    let tone = tone(finding.page.severity);
    let (code, message, help) = (finding.page.code, finding.message(), finding.help());
    let fix = finding.fix.clone().map(|fix| {
        let label = format!("Fix: {}", fix.title);
        view! { <Button label look=Look::Ghost on_press=move || core::apply_fix(workspace, &fix) /> }
    });
    let go = move |_| {
        if let Place::Field { object, field } = &finding.place {
            go_to(workspace, &navigate, object, &field.0);
        }
    };
    view! {
        <li class=format!("drawer-line {}", tone.class())>
            <Icon name=tone.icon() />
            <button type="button" class="drawer-go" on:click=go>
                <span class="cds--visually-hidden">{tone.word()} ": "</span>
                <span class="drawer-message">{with_code(&sentence(&message))}</span> " " <span class="soft">{with_code(&sentence(&help))} </span>
            </button>
            <finding-why code=code></finding-why>
            {fix}
        </li>
    }
}
