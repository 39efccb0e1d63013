//! Findings that come and go.

use std::collections::BTreeMap;
use std::sync::Arc;

use generator::finding::{Finding, Place, Severity};
use generator::objects::Configuration;
use generator::sort;
use leptos::prelude::*;

use super::Sides;
use crate::core::{self, Findings};
use crate::ui::{Icon, Tone, with_code};
use crate::{paths, words};

/// What makes two findings the same one.
fn key(finding: &Finding) -> (&'static str, String, String) {
    let place = match &finding.place {
        Place::Field { object, field } => format!("{object} {field}"),
        Place::Text { file, .. } => file.clone(),
    };
    (finding.page.code, place, finding.message())
}

/// The findings of `of` that `without` has not.
fn only_in(of: &Findings, without: &Findings) -> Vec<Arc<Finding>> {
    let mut left: BTreeMap<_, usize> = BTreeMap::new();
    for finding in &without.all {
        *left.entry(key(finding)).or_default() += 1;
    }
    let mut only: Vec<Arc<Finding>> = of
        .all
        .iter()
        .filter(|finding| match left.get_mut(&key(finding)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        })
        .cloned()
        .collect();
    sort::by_key(&mut only, |finding| {
        std::cmp::Reverse(finding.page.severity)
    });
    only
}

pub fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Info => Tone::Info,
        Severity::Warning => Tone::Warning,
        Severity::Error => Tone::Error,
    }
}

/// New findings and those that are gone, each with its object.
#[component]
pub fn FindingsDifference(sides: Sides, store: String) -> impl IntoView {
    let before = Memo::new(move |_| Arc::new(sides.before.with(|config| core::findings(config))));
    let after = Memo::new(move |_| Arc::new(sides.after.with(|config| core::findings(config))));
    let store = StoredValue::new(store);
    view! {
        <div class="findings-difference">
            {move || {
                let (old, now) = (before.get(), after.get());
                let (new, gone) = (only_in(&now, &old), only_in(&old, &now));
                let stay = now.all.len() - new.len().min(now.all.len());
                let stays = (stay > 0).then(|| format!("{} as before.", words::count(stay, "finding stays", "findings stay")));
                if new.is_empty() && gone.is_empty() {
                    return view! { <p>"No finding comes or goes. " {stays}</p> }.into_any();
                }
                view! {
                    {list("New", new, sides.after, store)}
                    {list("Gone", gone, sides.before, store)}
                    <p class="soft">{stays}</p>
                }.into_any()
            }}
        </div>
    }
}

fn list(
    title: &'static str,
    findings: Vec<Arc<Finding>>,
    of: Signal<Arc<Configuration>>,
    store: StoredValue<String>,
) -> Option<impl IntoView> {
    /// More than anybody reads at once; the rest is counted.
    const MOST: usize = 100;
    let more = findings.len().saturating_sub(MOST);
    let gone = title == "Gone";
    (!findings.is_empty()).then(|| view! {
        <section class="findings-list" class:is-gone=gone aria-label=format!("{title} findings")>
            <h3>{format!("{title} ({})", findings.len())}</h3>
            <ul>{findings.into_iter().take(MOST).map(|finding| line(&finding, &of.get_untracked(), &store.get_value(), gone)).collect_view()}</ul>
            {(more > 0).then(|| view! { <p class="soft">{format!("… and {more} more.")}</p> })}
        </section>
    })
}

fn line(
    finding: &Finding,
    config: &Configuration,
    store: &str,
    gone: bool,
) -> impl IntoView + use<> {
    let tone = tone(finding.page.severity);
    let object = match &finding.place {
        Place::Field { object, .. } => config.get(object).map(|found| {
            (
                core::called(found),
                paths::object(store, found.kind(), object),
            )
        }),
        Place::Text { .. } => None,
    };
    view! {
        <li class=format!("finding {}", tone.class())>
            <Icon name=tone.icon() />
            <div>
                <span class="cds--visually-hidden">{tone.word()} ": "</span>
                {object.map(|(called, href)| match gone {
                    true => view! { <strong>{called}</strong> ": " }.into_any(),
                    false => view! { <a href=href>{called}</a> ": " }.into_any(),
                })}
                {with_code(&finding.message())} " " <small class="soft">{finding.page.code}</small>
            </div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::{Group, ObjectId};

    #[test]
    fn what_both_have_neither_comes_nor_goes() {
        let nameless: Configuration = [(ObjectId("a".into()), Group::default().into())]
            .into_iter()
            .collect();
        let two: Configuration = [
            (ObjectId("a".into()), Group::default().into()),
            (ObjectId("b".into()), Group::default().into()),
        ]
        .into_iter()
        .collect();
        let (one, both) = (core::findings(&nameless), core::findings(&two));
        assert!(!one.all.is_empty(), "a group without a name is an error");
        assert!(only_in(&one, &one).is_empty());
        assert!(!only_in(&both, &one).is_empty());
        assert!(only_in(&both, &one).iter().all(
            |finding| matches!(&finding.place, Place::Field { object, .. } if object.0 == "b")
        ));
    }
}
