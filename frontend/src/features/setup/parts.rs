//! What is to be put in place, part by part.

use std::sync::Arc;

use api::setup::{SetupPart, StackSetup};
use generator::objects::ObjectId;
use leptos::prelude::*;

use super::question_anchor;
use crate::paths;
use crate::ui::{Band, Button, CodeView, HandOver, Look, Tone, focus};
use crate::workspace::Workspace;

#[component]
pub fn Parts(setup: Memo<Result<Arc<StackSetup>, String>>, stack: ObjectId) -> impl IntoView {
    let workspace = Workspace::here();
    let keys = Memo::new(move |_| {
        setup.with(|setup| {
            setup
                .as_ref()
                .map(|setup| {
                    setup
                        .parts
                        .iter()
                        .map(|part| part.key.clone())
                        .collect::<Vec<_>>()
                })
                .unwrap_or_default()
        })
    });
    let ready = Memo::new(move |_| {
        setup.with(|setup| {
            let parts = setup
                .as_ref()
                .map(|setup| setup.parts.as_slice())
                .unwrap_or_default();
            parts
                .iter()
                .filter(|part| part.missing.is_empty())
                .map(|part| part.key.clone())
                .collect::<Vec<_>>()
        })
    });
    let stack = StoredValue::new(stack);
    let all = move || {
        stack.with_value(|stack| {
            paths::install_of(&workspace.name(), std::slice::from_ref(stack), &ready.get())
        })
    };
    view! {
        <section aria-labelledby="setup-parts" class="stack">
            <div class="page-head">
                <h2 id="setup-parts" tabindex="-1">"What to put in place, in this order"</h2>
                {move || (ready.with(Vec::len) > 1).then(|| view! {
                    <a class="cds--btn cds--btn--sm cds--btn--tertiary" href=all>{format!("Install {} parts beside the policy files", ready.with(Vec::len))}</a>
                })}
            </div>
            <For each=move || keys.get().into_iter().enumerate() key=|(at, key)| format!("{at} {key}") let:entry>
                <PartView setup key=entry.1 at=entry.0 stack />
            </For>
        </section>
    }
}

#[component]
fn PartView(
    setup: Memo<Result<Arc<StackSetup>, String>>,
    key: String,
    at: usize,
    stack: StoredValue<ObjectId>,
) -> impl IntoView {
    let workspace = Workspace::here();
    let stored = StoredValue::new(key.clone());
    let part = Memo::new(move |_| {
        setup.with(|setup| {
            stored.with_value(|key| {
                setup
                    .as_ref()
                    .ok()?
                    .parts
                    .iter()
                    .find(|part| part.key == *key)
                    .cloned()
            })
        })
    });
    let field = move |of: fn(&SetupPart) -> String| {
        Memo::new(move |_| part.with(|part| part.as_ref().map(of).unwrap_or_default()))
    };
    let (title, why, file, text) = (
        field(|part| part.title.clone()),
        field(|part| part.why.clone()),
        field(|part| part.file_name.clone()),
        field(|part| part.text.clone()),
    );
    let kind = field(|part| part.kind.clone());
    let missing = Memo::new(move |_| {
        setup.with(|setup| {
            let Ok(setup) = setup else { return Vec::new() };
            let missing = part.with(|part| {
                part.as_ref()
                    .map(|part| part.missing.clone())
                    .unwrap_or_default()
            });
            missing
                .into_iter()
                .map(|key| {
                    let label = setup
                        .questions
                        .iter()
                        .find(|question| question.key == key)
                        .map_or_else(|| key.clone(), |question| question.label.clone());
                    (key, label)
                })
                .collect::<Vec<_>>()
        })
    });
    let ready = Memo::new(move |_| missing.with(Vec::is_empty));
    let name = Signal::derive(move || download_name(&stored.get_value()));
    let install = move || {
        stack.with_value(|stack| {
            paths::install_of(
                &workspace.name(),
                std::slice::from_ref(stack),
                &[stored.get_value()],
            )
        })
    };
    let heading = format!("part-{at}");
    let title_id = heading.clone();
    view! {
        <section class="part" aria-labelledby=heading>
            <div class="part-head">
                <h3 id=title_id><span class="question-number">{at + 1}</span>{title}</h3>
                <span class="soft">{kind}</span>
                {move || ready.get().then(|| view! {
                    <span class="part-actions">
                        <HandOver text name />
                        <a class="cds--btn cds--btn--sm cds--btn--tertiary" href=install>"Install beside the policy files"</a>
                    </span>
                })}
            </div>
            <p>{why}</p>
            {move || if ready.get() {
                view! {
                    <p class="soft">"File " <code>{file}</code></p>
                    <CodeView label=title text />
                }.into_any()
            } else {
                view! {
                    <Band tone=Tone::Info>
                        <span>"It is made when these are answered: "</span>
                        {move || missing.get().into_iter().map(|(key, label)| view! {
                            <Button label look=Look::Ghost on_press=move || { focus(&question_anchor(&key)); } />
                        }).collect_view()}
                    </Band>
                }.into_any()
            }}
        </section>
    }
}

fn download_name(key: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || "-_.".contains(c) {
            c
        } else {
            '-'
        }
    };
    format!("{}.txt", key.chars().map(safe).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::download_name;

    #[test]
    fn a_ring_in_a_key_makes_no_folder() {
        assert_eq!(
            download_name("ring.START1/COLINRING"),
            "ring.START1-COLINRING.txt"
        );
    }
}
