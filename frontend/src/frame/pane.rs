//! The policy pane: what the shown stack's files will say, and which field wrote each line.

use std::sync::Arc;

use generator::compile::{Compiled, CompiledFile};
use generator::objects::{Configuration, Kind, ObjectId};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::focus::{go_to, place_of};
use crate::core::{self, Findings};
use crate::form::tone;
use crate::prefs;
use crate::ui::{CodeDiff, CodeView, Face, IconButton, Select, Tabs, sentence, with_code};
use crate::workspace::Workspace;

/// What the pane shows.
#[derive(Clone, Copy)]
pub struct Pane {
    pub open: RwSignal<bool>,
    pub drawer: RwSignal<bool>,
    pub searching: RwSignal<bool>,
    pub keys: RwSignal<bool>,
    pub width: RwSignal<f64>,
    /// The stack whose files are shown; pages set it.
    pub stack: RwSignal<Option<ObjectId>>,
    /// Shown instead of the store as it is: what a page would make of it.
    pub trial: RwSignal<Option<Arc<Configuration>>>,
    config: Memo<Arc<Configuration>>,
    /// How many pages need its room now, and whether it was open before.
    aside: StoredValue<(u32, bool)>,
    /// The field that has the focus.
    pub focused: RwSignal<Option<(ObjectId, String)>>,
    shown: Memo<Option<ObjectId>>,
    pub files: Memo<Option<Arc<Compiled>>>,
}

impl Pane {
    pub fn provide() -> Self {
        let workspace = Workspace::here();
        let stack = RwSignal::new(None::<ObjectId>);
        let trial = RwSignal::new(None);
        let config = Memo::new(move |_| trial.get().unwrap_or_else(|| workspace.settled.get()));
        let shown = Memo::new(move |_| shown_stack(config, stack));
        let files = Memo::new(move |_| {
            let id = shown.get()?;
            config
                .with(|config| core::compile(config, &id))
                .map(Arc::new)
        });
        let pane = Self {
            open: RwSignal::new(prefs::read("pane").as_deref() != Some("closed")),
            drawer: RwSignal::new(false),
            searching: RwSignal::new(false),
            keys: RwSignal::new(false),
            width: RwSignal::new(
                prefs::read("pane-width")
                    .and_then(|text| text.parse().ok())
                    .unwrap_or_else(usual_width),
            ),
            stack,
            trial,
            config,
            aside: StoredValue::new((0, false)),
            focused: RwSignal::new(None),
            shown,
            files,
        };
        let handle = window_event_listener(leptos::ev::focusin, move |event| {
            let place = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok())
                .and_then(|element| place_of(&element));
            if place.is_some() && pane.focused.with_untracked(|now| *now != place) {
                pane.focused.set(place);
            }
        });
        on_cleanup(move || handle.remove());
        provide_context(pane);
        pane
    }

    pub fn here() -> Self {
        expect_context()
    }

    /// How much of the page the pane takes, in CSS.
    pub fn room(self) -> String {
        if self.open.get() {
            format!("{}px", self.width.get())
        } else {
            "2.5rem".to_owned()
        }
    }

    /// A text of the file that is meant.
    pub fn words(self, which: Signal<String>, of: fn(&CompiledFile) -> &String) -> Memo<String> {
        Memo::new(move |_| {
            self.files.with(|files| {
                let words = |files: &Arc<Compiled>| of(file(files, &which.get())).clone();
                files.as_ref().map(words).unwrap_or_default()
            })
        })
    }

    /// Closes the pane for a page that needs its room; leaving the page opens it again.
    pub fn step_aside(self) {
        // The next page may ask before this one is gone.
        let (pages, was) = self.aside.get_value();
        let was = if pages == 0 {
            self.open.get_untracked()
        } else {
            was
        };
        self.aside.set_value((pages + 1, was));
        self.open.set(false);
        on_cleanup(move || {
            let (pages, was) = self.aside.get_value();
            self.aside.set_value((pages.saturating_sub(1), was));
            if pages == 1 && was {
                self.open.set(true);
            }
        });
    }
}

/// The named stack; where a page names none, the one shown before, or the first one.
fn shown_stack(
    config: Memo<Arc<Configuration>>,
    named: RwSignal<Option<ObjectId>>,
) -> Option<ObjectId> {
    config.with(|config| {
        let named = named.get().filter(|id| config.get(id).is_some());
        named.or_else(|| {
            config
                .of_kind(Kind::Stack)
                .first()
                .map(|(id, _)| (*id).clone())
        })
    })
}

#[component]
pub fn PolicyPane() -> impl IntoView {
    let pane = Pane::here();
    let close = move |open: bool| {
        pane.open.set(open);
        prefs::write("pane", if open { "open" } else { "closed" });
    };
    view! {
        {move || if pane.open.get() {
            view! { <OpenPane close=Callback::new(move |()| close(false)) /> }.into_any()
        } else {
            view! {
                <div class="pane-closed">
                    <IconButton label="Show the policy text" icon="text" on_press=move || close(true) />
                </div>
            }.into_any()
        }}
    }
}

fn file<'a>(files: &'a Compiled, which: &str) -> &'a CompiledFile {
    match which {
        "image" => &files.image,
        "main" => &files.main,
        _ => &files.policy,
    }
}

#[component]
fn OpenPane(close: Callback<()>) -> impl IntoView {
    let pane = Pane::here();
    let workspace = Workspace::here();
    let which = RwSignal::new("policy".to_owned());
    let changed = RwSignal::new(false);
    let width = pane.width;
    let stacks = Signal::derive(move || {
        pane.config.with(|config| {
            config
                .of_kind(Kind::Stack)
                .into_iter()
                .map(|(id, object)| {
                    let image = core::contents(config, object);
                    let name = core::shown_name(object);
                    (
                        id.0.clone(),
                        if image.is_empty() {
                            name
                        } else {
                            format!("{image}.{name}")
                        },
                    )
                })
                .collect::<Vec<_>>()
        })
    });
    let shown = pane.shown;
    let text = pane.words(which.into(), |file| &file.text);
    let path = pane.words(which.into(), |file| &file.path);
    let before = Memo::new(move |_| {
        if !changed.get() {
            return String::new();
        }
        let Some(id) = shown.get() else {
            return String::new();
        };
        let files = workspace
            .head
            .with(|head| core::compile(&head.objects, &id));
        files
            .map(|files| file(&files, &which.get()).text.clone())
            .unwrap_or_default()
    });
    let marked = Signal::derive(move || {
        let Some((object, field)) = pane.focused.get() else {
            return Vec::new();
        };
        pane.files.with(|files| {
            files
                .as_ref()
                .map(|files| lines_of(file(files, &which.get()), &object, &field))
                .unwrap_or_default()
        })
    });
    let press = line_press(pane, which.into());
    let flagged = line_flags(pane, which.into());
    let drag = move |event: web_sys::PointerEvent| {
        if event.buttons() == 1
            && let Some(window) =
                web_sys::window().and_then(|window| window.inner_width().ok()?.as_f64())
        {
            width.set((window - f64::from(event.client_x())).clamp(260.0, window * 0.6));
        }
    };
    let resize_key = move |event: web_sys::KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowLeft" => 24.0,
            "ArrowRight" => -24.0,
            _ => return,
        };
        event.prevent_default();
        width.update(|width| *width = (*width + by).clamp(260.0, 1400.0));
        prefs::write("pane-width", &width.get_untracked().to_string());
    };
    view! {
        <aside class="pane" aria-label="Policy text" style:width=move || format!("{}px", width.get())>
            <div class="pane-edge" role="separator" aria-orientation="vertical" aria-label="Width of the policy text" tabindex="0"
                aria-valuenow=move || format!("{:.0}", width.get()) aria-valuemin="260" aria-valuemax="1400"
                on:pointerdown=|event| {
                    let _ = event_target::<Element>(&event).set_pointer_capture(event.pointer_id());
                }
                on:pointermove=drag
                on:pointerup=move |_| prefs::write("pane-width", &width.get_untracked().to_string())
                on:keydown=resize_key></div>
            <div class="pane-head">
                <Select face=Face::new("Stack").compact() options=stacks value=Signal::derive(move || shown.get().map(|id| id.0).unwrap_or_default())
                    on_change=move |id: String| pane.stack.set(Some(ObjectId(id))) />
                <span class="pane-tools">
                    <button type="button" class="small-toggle" aria-pressed=move || changed.get().to_string() on:click=move |_| changed.update(|on| *on = !*on)>"Changed"</button>
                    <IconButton label="Hide the policy text" icon="close" on_press=close />
                </span>
            </div>
            <Tabs id="pane" label="Files of the stack" tabs=vec![("policy", "Policy"), ("image", "Image"), ("main", "Main")] selected=which
                on_select=move |key| which.set(key) />
            <div class="pane-body" role="tabpanel" id="pane-panel" aria-label=move || path.get()>
                <p class="pane-path"><code>{path}</code></p>
                {move || if shown.get().is_none() {
                    view! { <p class="hint">"No stack yet. What the stacks' files will say stands here."</p> }.into_any()
                } else if changed.get() {
                    view! { <CodeDiff label="Changes since the newest revision" before after=text narrow=true /> }.into_any()
                } else {
                    view! { <CodeView label="Policy text" text marked flagged on_line=press /> }.into_any()
                }}
                <FileFindings pane which=which.into() flagged press />
            </div>
        </aside>
    }
}

/// Leads from a line of a file to the field that wrote it.
pub fn line_press(pane: Pane, which: Signal<String>) -> Callback<usize> {
    let (workspace, navigate) = (Workspace::here(), use_navigate());
    Callback::new(move |line: usize| {
        let origin = pane.files.with_untracked(|files| {
            let files = files.as_ref()?;
            file(files, &which.get_untracked())
                .origins
                .get(line.checked_sub(1)?)
                .cloned()
                .flatten()
        });
        if let Some(origin) = origin {
            go_to(workspace, &navigate, &origin.object, &origin.field.0);
        }
    })
}

/// The lines of a file with something wrong.
pub fn line_flags(pane: Pane, which: Signal<String>) -> Signal<Vec<(usize, &'static str)>> {
    let workspace = Workspace::here();
    Memo::new(move |_| {
        let which = which.get();
        workspace.findings.with(|findings| {
            pane.files.with(|files| {
                let lines = |files: &Arc<Compiled>| flagged_lines(file(files, &which), findings);
                files.as_ref().map(lines).unwrap_or_default()
            })
        })
    })
    .into()
}

/// So many findings of a file are listed below it.
const LISTED: usize = 20;

/// The findings of the fields that wrote the shown file.
#[component]
fn FileFindings(
    pane: Pane,
    which: Signal<String>,
    flagged: Signal<Vec<(usize, &'static str)>>,
    press: Callback<usize>,
) -> impl IntoView {
    let workspace = Workspace::here();
    let lines = Memo::new(move |_| {
        let mut lines: Vec<(usize, &'static str, String)> = Vec::new();
        pane.files.with(|files| {
            let Some(files) = files else { return };
            let file = which.with(|which| file(files, which));
            for (line, flag) in flagged.get() {
                let Some(origin) = file.origins.get(line - 1).and_then(Option::as_ref) else {
                    continue;
                };
                let at = workspace
                    .findings
                    .with(|findings| findings.at(&origin.object, &origin.field.0, false));
                for finding in at {
                    let message = sentence(&finding.message());
                    // A field may have written many lines.
                    if !lines.iter().any(|(_, _, known)| *known == message) {
                        lines.push((line, flag, message));
                    }
                }
                if lines.len() > LISTED {
                    return;
                }
            }
        });
        lines
    });
    view! {
        {move || (!lines.with(Vec::is_empty)).then(|| view! {
            <ul class="pane-findings" aria-label="Findings of this file">
                {lines.get().into_iter().take(LISTED).map(|(line, flag, message)| view! {
                    <li><button type="button" class="drawer-go" on:click=move |_| press.run(line)>
                        <span class="cds--visually-hidden">{flag} ": "</span> <code>{line}</code> " " {with_code(&message)}
                    </button></li>
                }).collect_view()}
                {(lines.with(Vec::len) > LISTED).then(|| view! { <li class="soft">"More stand in the list of findings."</li> })}
            </ul>
        })}
    }
}

/// The lines whose field has a finding, with the worst one's word.
fn flagged_lines(file: &CompiledFile, findings: &Findings) -> Vec<(usize, &'static str)> {
    let mut flagged = Vec::new();
    for (at, origin) in file.origins.iter().enumerate() {
        let Some(origin) = origin else { continue };
        let worst = findings.worst_at(&origin.object, &origin.field.0);
        flagged.extend(worst.map(|severity| (at + 1, tone(severity).flag())));
    }
    flagged
}

/// Three tenths of the window.
fn usual_width() -> f64 {
    let window = web_sys::window().and_then(|window| window.inner_width().ok()?.as_f64());
    (window.unwrap_or(1280.0) * 0.3).clamp(300.0, 620.0)
}

/// The lines that a field wrote; a field that wraps others has theirs, too.
fn lines_of(file: &CompiledFile, object: &ObjectId, field: &str) -> Vec<usize> {
    // A row of a list stands for its whole object.
    let all = field.is_empty();
    let inside = format!("{field}/");
    let lines = file.origins.iter().enumerate().filter_map(|(at, origin)| {
        let origin = origin.as_ref().filter(|origin| origin.object == *object)?;
        (all || origin.field.0 == field || origin.field.0.starts_with(&inside)).then_some(at + 1)
    });
    lines.collect()
}
