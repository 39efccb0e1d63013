//! The files of each stack that differ.

use std::collections::BTreeMap;
use std::sync::Arc;

use generator::compile::{Compiled, CompiledFile};
use generator::objects::{Configuration, Kind, ObjectId};
use generator::sort;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Sides;
use crate::ui::CodeDiff;
use crate::workspace::pause;
use crate::{core, prefs, words};

/// One file that differs; empty text and path where a side has no such file.
#[derive(Clone, Debug, PartialEq)]
struct FileDifference {
    title: &'static str,
    path: (String, String),
    text: (String, String),
    added: usize,
    removed: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct StackDifference {
    /// `COLMVSA.TCPIP`.
    name: String,
    files: Vec<FileDifference>,
}

/// How far the comparison is.
#[derive(Clone, Debug, Default, PartialEq)]
struct Progress {
    done: usize,
    of: usize,
    stacks: Vec<StackDifference>,
}

/// The stacks of both sides, by name.
fn stacks(before: &Configuration, after: &Configuration) -> Vec<(ObjectId, String)> {
    let ids = |config: &Configuration| {
        let all = config.of_kind(Kind::Stack).into_iter();
        sort::set(all.map(|(id, _)| id.clone()))
    };
    let mut all: Vec<_> = ids(before)
        .union(&ids(after))
        .map(|id| {
            (
                id.clone(),
                name(
                    if after.get(id).is_some() {
                        after
                    } else {
                        before
                    },
                    id,
                ),
            )
        })
        .collect();
    sort::by(&mut all, |a, b| a.1.cmp(&b.1));
    all
}

fn name(config: &Configuration, id: &ObjectId) -> String {
    let Some(stack) = config.get(id) else {
        return String::new();
    };
    let image = core::contents(config, stack);
    let name = core::shown_name(stack);
    if image.is_empty() {
        name
    } else {
        format!("{image}.{name}")
    }
}

fn files(before: Option<&Compiled>, after: Option<&Compiled>) -> Vec<FileDifference> {
    type Part = (&'static str, fn(&Compiled) -> &CompiledFile);
    const PARTS: [Part; 3] = [
        ("Policy file", |files| &files.policy),
        ("Image file", |files| &files.image),
        ("Main file", |files| &files.main),
    ];
    let parts = PARTS.iter().filter_map(|(title, part)| {
        let (old, new) = (before.map(part), after.map(part));
        let text =
            |file: Option<&CompiledFile>| file.map(|file| file.text.clone()).unwrap_or_default();
        let path =
            |file: Option<&CompiledFile>| file.map(|file| file.path.clone()).unwrap_or_default();
        let (text, path) = ((text(old), text(new)), (path(old), path(new)));
        if text.0 == text.1 && path.0 == path.1 {
            return None;
        }
        let (added, removed) = counts(&text.0, &text.1);
        Some(FileDifference {
            title,
            path,
            text,
            added,
            removed,
        })
    });
    parts.collect()
}

/// How many lines one text has that the other has not, and the other way round.
fn counts(before: &str, after: &str) -> (usize, usize) {
    let mut lines: BTreeMap<&str, i64> = BTreeMap::new();
    for line in after.lines() {
        *lines.entry(line).or_default() += 1;
    }
    for line in before.lines() {
        *lines.entry(line).or_default() -= 1;
    }
    let sum = |sign: i64| {
        lines
            .values()
            .map(|count| usize::try_from(count * sign).unwrap_or(0))
            .sum()
    };
    (sum(1), sum(-1))
}

/// Compares stack by stack, and lets the page breathe between two.
fn compared(sides: Sides) -> RwSignal<Progress> {
    let progress = RwSignal::new(Progress::default());
    let run = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let (before, after) = (sides.before.get(), sides.after.get());
        run.update_value(|run| *run += 1);
        let number = run.get_value();
        spawn_local(async move {
            let all = stacks(&before, &after);
            let mut now = Progress {
                done: 0,
                of: all.len(),
                stacks: Vec::new(),
            };
            for (id, name) in all {
                let files = files(
                    core::compile(&before, &id).as_ref(),
                    core::compile(&after, &id).as_ref(),
                );
                if !files.is_empty() {
                    now.stacks.push(StackDifference { name, files });
                }
                now.done += 1;
                if now.done.is_multiple_of(8) {
                    pause(0).await;
                    if run.try_get_value() != Some(number) {
                        return;
                    }
                    progress.try_set(now.clone());
                }
            }
            if run.try_get_value() == Some(number) {
                progress.try_set(now);
            }
        });
    });
    progress
}

/// Each stack whose files differ, with the differences.
#[component]
pub fn FileDifferences(sides: Sides) -> impl IntoView {
    let progress = compared(sides);
    let wide = RwSignal::new(match prefs::read("diff-wide").as_deref() {
        Some(choice) => choice == "yes",
        None => web_sys::window()
            .and_then(|window| window.inner_width().ok()?.as_f64())
            .is_some_and(|width| width >= 1700.0),
    });
    let choose = move |on: bool| {
        wide.set(on);
        prefs::write("diff-wide", if on { "yes" } else { "no" });
    };
    let counted = Memo::new(move |_| progress.with(|now| (now.done, now.of, now.stacks.len())));
    let found = Memo::new(move |_| progress.with(|now| Arc::new(now.stacks.clone())));
    view! {
        <div class="file-differences">
            {move || {
                let (done, of, differ) = counted.get();
                match () {
                    () if done < of => view! { <p role="status">{format!("Compared {done} of {of} stacks.")}</p> }.into_any(),
                    () if of == 0 => view! { <p>"There is no stack, so no file is written."</p> }.into_any(),
                    () if differ == 0 => view! { <p>"No file changes."</p> }.into_any(),
                    () => view! {
                        <div class="files-head">
                            <p>{format!("The files of {} change.", words::count(differ, "stack", "stacks"))}</p>
                            <label class="check-inline">
                                <input type="checkbox" class="box" prop:checked=wide on:change=move |event| choose(event_target_checked(&event)) />
                                " Side by side"
                            </label>
                        </div>
                    }.into_any(),
                }
            }}
            {move || {
                let all = found.get();
                let few = all.len() <= 2;
                all.iter().map(|stack| stack_view(stack.clone(), few, wide)).collect_view()
            }}
        </div>
    }
}

fn stack_view(stack: StackDifference, open: bool, wide: RwSignal<bool>) -> impl IntoView {
    let StackDifference { name, files } = stack;
    view! {
        <section class="stack-difference" aria-label=format!("Files of {name}")>
            <h3>{name.clone()}</h3>
            {files.into_iter().map(|file| view! { <OneFile file of=name.clone() open wide /> }).collect_view()}
        </section>
    }
}

/// A difference is drawn when it is opened: drawing all of a large store would take long.
#[component]
fn OneFile(file: FileDifference, of: String, open: bool, wide: RwSignal<bool>) -> impl IntoView {
    let shown = RwSignal::new(open && file.title == "Policy file");
    let words = match (file.path.0.as_str(), file.path.1.as_str()) {
        ("", path) => format!("{path}, new"),
        (path, "") => format!("{path}, no longer written"),
        (old, new) if old != new => format!("{old} → {new}"),
        (_, path) => path.to_owned(),
    };
    let label = format!("{} of {of}", file.title);
    let (before, after) = (file.text.0, file.text.1);
    view! {
        <details class="file-difference" open=shown.get_untracked() on:toggle=move |event| {
            shown.set(event_target::<web_sys::Element>(&event).has_attribute("open"));
        }>
            <summary>
                <span>{file.title}</span> " " <code>{words}</code>
                <span class="counts">
                    <span class="count-added">{format!("+{}", file.added)}</span> " "
                    <span class="count-removed">{format!("−{}", file.removed)}</span>
                    <span class="cds--visually-hidden">" lines"</span>
                </span>
            </summary>
            {move || shown.get().then(|| {
                let (label, before, after) = (label.clone(), before.clone(), after.clone());
                view! { <CodeDiff label before after narrow=!wide.get() /> }
            })}
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_where_they_differ() {
        assert_eq!(counts("a\nb\nc\n", "a\nB\nc\nd\n"), (2, 1));
        assert_eq!(counts("a\na\n", "a\n"), (0, 1));
        assert_eq!(counts("", "a\nb"), (2, 0));
        assert_eq!(counts("same", "same"), (0, 0));
    }
}
