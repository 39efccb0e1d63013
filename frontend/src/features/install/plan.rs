//! What an install of the chosen stacks would do, and the button that does it.

use std::collections::BTreeMap;
use std::sync::Arc;

use generator::finding::Severity;
use generator::objects::ObjectId;
use generator::sort;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::facts;
use super::room::{Planned, Room, Run};
use super::wait::WaitField;
use crate::api::finding::Finding;
use crate::api::install::{EnginePlan, FilePlan, FileRole, InstallPlan, StackPlan};
use crate::form::tone;
use crate::frame::go_to;
use crate::ui::{
    Band, Button, CodeDiff, CodeView, Face, Icon, Look, Skeleton, TextField, Tone, sentence,
    with_code,
};
use crate::workspace::Workspace;
use crate::{paths, words};

/// With more stacks than this they are counted, and their differences wait to be opened.
const NAMED: usize = 3;

#[component]
pub fn Plan(room: Room) -> impl IntoView {
    // The result of the install stands in its place.
    let done = Memo::new(move |_| matches!(room.run.get(), Run::Done(..) | Run::Running(_)));
    let plan = Memo::new(move |_| match room.plan.get() {
        Planned::Plan(plan) => Some(plan).filter(|_| !done.get()),
        _ => None,
    });
    view! {
        {move || match room.plan.get() {
            _ if done.get() => ().into_any(),
            Planned::Nothing => view! { <p class="soft">"Choose stacks to see what would be written to their targets."</p> }.into_any(),
            Planned::Asking => view! { <Skeleton label="Comparing with the targets" /> }.into_any(),
            Planned::Failed(why) => view! {
                <Band tone=Tone::Error>
                    <span>{why}</span>
                    <span class="band-actions"><Button label="Try again" on_press=move || room.again() /></span>
                </Band>
            }.into_any(),
            Planned::Plan(_) => ().into_any(),
        }}
        // A plan that is read again leaves the fields beside it as they are.
        <Show when=move || plan.with(Option::is_some)><Shown room plan /></Show>
    }
}

/// "Install 6 files of 2 stacks".
fn button_words(plan: &InstallPlan) -> String {
    let files: usize = plan.stacks.iter().map(|stack| stack.files.len()).sum();
    let files = words::count(files, "file", "files");
    match plan.stacks.len() {
        1 => format!("Install {files}"),
        stacks => format!("Install {files} of {stacks} stacks"),
    }
}

/// "Revision 3 on COLMVSA.TCPIP".
fn heading(plan: &InstallPlan) -> String {
    let names = plan.stacks.iter().map(|stack| stack.name.as_str());
    let on = match plan.stacks.len() {
        1..=NAMED => names.collect::<Vec<_>>().join(", "),
        stacks => format!("{stacks} stacks"),
    };
    format!("Revision {} on {on}", plan.revision)
}

/// Which files are unfolded, by path, where somebody folded or unfolded them.
type Folds = StoredValue<BTreeMap<String, bool>>;

#[component]
fn Shown(room: Room, plan: Memo<Option<Arc<InstallPlan>>>) -> impl IntoView {
    let words = move |of: fn(&InstallPlan) -> String| {
        Signal::derive(move || plan.with(|plan| plan.as_deref().map(of).unwrap_or_default()))
    };
    let blocked = Signal::derive(move || {
        let obstacle = |plan: &Option<Arc<InstallPlan>>| {
            let stacks = &plan.as_deref()?.stacks;
            room.overwrite
                .with(|overwrite| facts::obstacle(stacks, overwrite, room.files_only.get()))
        };
        room.closed()
            .or_else(|| plan.with(obstacle))
            .or_else(|| room.wait.wrong())
    });
    let same = Memo::new(move |_| {
        plan.with(|plan| {
            let plan = plan.as_deref();
            plan.is_some_and(|plan| facts::same_content(&plan.stacks))
        })
    });
    let folds = Folds::default();
    let stacks = move || {
        let plan = plan.get()?;
        let (all, count) = (plan.stacks.iter(), plan.stacks.len());
        let view =
            |stack: &StackPlan| view! { <StackView room stack=stack.clone() stacks=count folds /> };
        Some(all.map(view).collect_view())
    };
    let comment = room.comment;
    view! {
        <section aria-label="What would be written" class="stack">
            <div class="install-bar">
                <div class="install-words">
                    <h2>{words(heading)}</h2>
                    <Parts room />
                </div>
                <TextField face=Face::new("Comment, kept in the history") value=comment on_input=move |text| comment.set(text) />
                <WaitField room />
                <Button label=words(button_words) look=Look::Primary blocked on_press=move || room.install() />
            </div>
            {move || blocked.get().map(|why| view! { <p class="install-why" role="status"><Icon name="warning" /> {why}</p> })}
            {move || same.get().then(|| view! {
                <p class="soft">"The files on the target have this content already; installing again renews their headers only."</p>
            })}
            {stacks}
        </section>
    }
}

/// The chosen parts of the set-up page.
#[component]
fn Parts(room: Room) -> impl IntoView {
    view! {
        {move || {
            let parts = room.parts.get();
            (!parts.is_empty()).then(|| view! {
                <p class="soft">
                    {format!("With {} of the set-up page: {}. ", words::count(parts.len(), "part", "parts"), parts.join(", "))}
                    <Button label="Leave them out" look=Look::Ghost on_press=move || room.set_parts.run(String::new()) />
                </p>
            })
        }}
    }
}

#[component]
fn StackView(room: Room, stack: StackPlan, stacks: usize, folds: Folds) -> impl IntoView {
    let StackPlan {
        stack: id,
        name,
        findings,
        refused,
        files,
        engines,
    } = stack;
    let no_target = files.is_empty() && refused.is_some();
    let drifted: Vec<FilePlan> = files.iter().filter(|file| file.drifted).cloned().collect();
    let target = format!("[data-target={}]", crate::ui::css_string(&id.0));
    view! {
        <section class="stack install-stack" aria-label=name.clone()>
            {(stacks > 1).then(|| view! { <h3>{name.clone()}</h3> })}
            {refused.map(|why| view! {
                <Band tone=Tone::Error>
                    <span>{sentence(&why)}</span>
                    {no_target.then(|| view! {
                        <span class="band-actions"><Button label="Go to the target root" on_press=move || { crate::ui::focus(&target); } /></span>
                    })}
                </Band>
            })}
            <Findings findings />
            {engines.into_iter().map(|engine| engine_view(room, engine)).collect_view()}
            {(!drifted.is_empty()).then(|| view! { <Drift room stack=id name=name.clone() files=drifted /> })}
            {files.into_iter().map(|file| view! { <FileView file few=stacks <= NAMED folds /> }).collect_view()}
        </section>
    }
}

/// What an engine says of the files. One that stops the install can be left alone.
fn engine_view(room: Room, engine: EnginePlan) -> impl IntoView {
    let stops = facts::stops(&engine);
    let words = match (engine.trouble, engine.refuses) {
        (Some(trouble), _) => format!("cannot be asked, and may read these files. {trouble}"),
        (None, true) => "reads these files, and would refuse the policy.".to_owned(),
        (None, false) => "reads these files, and will load them on trial.".to_owned(),
    };
    let alone = room.files_only;
    let label = move || match alone.get() {
        true => "With the engines",
        false => "Files only",
    };
    let remarks = engine.remarks.into_iter();
    let remarks =
        remarks.map(|remark| view! { <li class:tone-error=remark.error>{remark.text}</li> });
    view! {
        <Band tone=if stops { Tone::Error } else { Tone::Info }>
            <span>
                <strong>"Engine " {engine.name}</strong> " " {words}
                {move || (stops && alone.get()).then_some(" It is left alone.")}
                <ul>{remarks.collect_view()}</ul>
            </span>
            {stops.then(|| view! {
                <span class="band-actions"><Button label=Signal::derive(move || label().to_owned()) on_press=move || alone.update(|alone| *alone = !*alone) /></span>
            })}
        </Band>
    }
}

/// Errors first; each leads to its field.
#[component]
fn Findings(findings: Vec<Finding>) -> impl IntoView {
    let mut findings = findings;
    sort::by_key(&mut findings, |finding| std::cmp::Reverse(finding.severity));
    let (errors, others): (Vec<Finding>, Vec<Finding>) = findings
        .into_iter()
        .partition(|finding| finding.severity == Severity::Error);
    let count = others.len();
    view! {
        {(!errors.is_empty()).then(|| view! {
            <ul class="findings" aria-label="Errors">{errors.into_iter().map(finding_view).collect_view()}</ul>
        })}
        {(count > 0).then(|| view! {
            <details class="group">
                <summary>{words::count(count, "finding that does not stop the install", "findings that do not stop the install")}</summary>
                <ul class="findings">{others.into_iter().map(finding_view).collect_view()}</ul>
            </details>
        })}
    }
}

fn finding_view(finding: Finding) -> impl IntoView {
    let workspace = Workspace::here();
    let tone = tone(finding.severity);
    let object = finding.object.clone().and_then(|id| {
        let object = workspace
            .head
            .with_untracked(|head| head.objects.get(&id).cloned())?;
        Some((
            paths::object(&workspace.name(), object.kind(), &id),
            crate::core::called(&object),
        ))
    });
    let place = finding.object.clone().zip(finding.field.clone());
    let navigate = use_navigate();
    let link = object.map(|(href, called)| {
        let go = move |event: web_sys::MouseEvent| {
            if let Some((object, field)) = &place {
                event.prevent_default();
                go_to(workspace, &navigate, object, &field.0);
            }
        };
        view! { <a href=href on:click=go>{format!("Go to {called}")}</a> }
    });
    view! {
        <li class="note">
            <span class=tone.class()><Icon name=tone.icon() /></span>
            <div>
                <span class="cds--visually-hidden">{tone.word()} ": "</span>
                <span class="note-message">{with_code(&sentence(&finding.message))}</span>
                " " <span class="note-help">{with_code(&sentence(&finding.help))}</span>
                " " <span class="soft">{finding.code}</span>
                " " {link}
            </div>
        </li>
    }
}

/// Files that somebody changed on the target since the last install.
#[component]
fn Drift(room: Room, stack: ObjectId, name: String, files: Vec<FilePlan>) -> impl IntoView {
    let key = StoredValue::new(stack);
    let overwritten = Memo::new(move |_| {
        key.with_value(|stack| room.overwrite.with(|overwrite| overwrite.contains(stack)))
    });
    let kept = Memo::new(move |_| {
        key.with_value(|stack| {
            room.states.with(|states| {
                states.get(stack).is_some_and(|state| {
                    !state.drift.is_empty() && state.drift.iter().all(|file| file.kept_for_later)
                })
            })
        })
    });
    let set = move |on: bool| {
        room.overwrite.update(|overwrite| {
            let stack = key.get_value();
            if on {
                overwrite.insert(stack);
            } else {
                overwrite.remove(&stack);
            }
        })
    };
    let count = files.len();
    let blocked = Signal::derive(move || room.closed());
    let keep_blocked = Signal::derive(move || room.workspace.closed());
    view! {
        <section class="drift" aria-label=format!("Changed on the target of {name}")>
            <Band tone=Tone::Warning>
                <span>{move || match (overwritten.get(), kept.get()) {
                    (true, _) => format!("{} on the target will be overwritten.", words::count(count, "changed file", "changed files")),
                    (false, true) => format!("{} changed on the target after the last install. The changed text is kept for later; the file stays as it is until it is overwritten.", words::count(count, "file was", "files were")),
                    (false, false) => format!("{} changed on the target after the last install. Installing would lose that change.", words::count(count, "file was", "files were")),
                }}</span>
                <span class="band-actions">
                    {move || (!kept.get() && !overwritten.get()).then(|| view! {
                        <Button label="Keep for later" blocked=keep_blocked on_press=move || room.keep(key.get_value()) />
                    })}
                    {move || if overwritten.get() {
                        view! { <Button label="Do not overwrite" on_press=move || set(false) /> }.into_any()
                    } else {
                        view! { <Button label="Overwrite" look=Look::Danger blocked on_press=move || set(true) /> }.into_any()
                    }}
                </span>
            </Band>
            {files.into_iter().map(|file| view! {
                <div class="file">
                    <h4>"As installed → on the target now " <code>{file.path.clone()}</code></h4>
                    {match file.on_target {
                        Some(now) => view! { <CodeDiff label=format!("Changed on the target: {}", file.path) before=file.installed.unwrap_or_default() after=now /> }.into_any(),
                        None => view! { <p>"The file is gone from the target, or cannot be read."</p> }.into_any(),
                    }}
                </div>
            }).collect_view()}
        </section>
    }
}

#[component]
fn FileView(file: FilePlan, few: bool, folds: Folds) -> impl IntoView {
    let words = facts::size_words(&file);
    let folded = folds.with_value(|folds| folds.get(&file.path).copied());
    let open = folded.unwrap_or(few && file.role == FileRole::Policy);
    // Hundreds of differences are drawn when somebody opens them.
    let drawn = RwSignal::new(open);
    let since_installed = RwSignal::new(false);
    let FilePlan {
        role,
        path,
        text,
        on_target,
        installed,
        refused,
        drifted,
    } = file;
    let new = on_target.is_none() && installed.is_none();
    let same = on_target.as_deref() == Some(text.as_str());
    // Both are the same comparison where nothing was changed on the target.
    let two = drifted && installed.is_some();
    let (now, then) = (on_target.unwrap_or_default(), installed.unwrap_or_default());
    let label = format!("Difference of {path}");
    let (title, own) = (path.clone(), path.clone());
    let toggled = move |event: web_sys::Event| {
        let open = event_target::<web_sys::Element>(&event).has_attribute("open");
        folds.update_value(|folds| {
            folds.insert(own.clone(), open);
        });
        if open && !drawn.get_untracked() {
            drawn.set(true);
        }
    };
    let texts = StoredValue::new((now, then, text));
    let before = Signal::derive(move || {
        texts.with_value(|(now, then, _)| match since_installed.get() {
            true => then.clone(),
            false => now.clone(),
        })
    });
    let content = move || {
        let text = texts.with_value(|(_, _, text)| text.clone());
        if same {
            view! { <p class="soft">"The file on the target is the same, byte for byte."</p> }
                .into_any()
        } else if new {
            view! { <CodeView label=path.clone() text /> }.into_any()
        } else {
            view! { <CodeDiff label=label.clone() before after=text /> }.into_any()
        }
    };
    view! {
        <details class="group file" open=open on:toggle=toggled>
            <summary>{facts::role_words(role)} " " <code>{title}</code> " " <span class="soft">{words}</span></summary>
            {refused.map(|why| view! { <p class="error">{sentence(&why)}</p> })}
            {two.then(|| view! {
                <div class="button-row">
                    <button type="button" class="small-toggle" aria-pressed=move || (!since_installed.get()).to_string() on:click=move |_| since_installed.set(false)>"From what is on the target now"</button>
                    <button type="button" class="small-toggle" aria-pressed=move || since_installed.get().to_string() on:click=move |_| since_installed.set(true)>"From what was installed last"</button>
                </div>
            })}
            {move || drawn.get().then(&content)}
        </details>
    }
}
