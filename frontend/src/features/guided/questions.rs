//! The other questions: which ports, where, which certificate, how protected.

use std::sync::Arc;

use generator::objects::{Kind, Object, ObjectId};
use leptos::prelude::*;

use super::plan::{self, Where};
use super::{Guide, error_note, system_error};
use crate::core;
use crate::form::ObjectPicker;
use crate::ui::{Choice, Face, Picker, Place, Select, TextField};

#[component]
pub fn Ports(guide: Guide) -> impl IntoView {
    view! {
        <section class="question" aria-labelledby="guided-2">
            <h2 id="guided-2"><span class="question-number">"2"</span>"Which ports?"</h2>
            {move || match guide.application.get() {
                None => view! { <p class="soft">"They stand here once an application is chosen."</p> }.into_any(),
                Some(application) => {
                    let rows = application.rows();
                    let many = rows.len() > 1;
                    view! {
                        <div class="form-grid">
                            {rows.into_iter().enumerate().map(|(at, row)| view! { <PortField guide at row many /> }).collect_view()}
                        </div>
                    }.into_any()
                }
            }}
        </section>
    }
}

#[component]
fn PortField(
    guide: Guide,
    at: usize,
    row: generator::objects::TrafficRow,
    many: bool,
) -> impl IntoView {
    let local = plan::asks_local(&row);
    let (word, field, way) = if local {
        ("LocalPortRange", "local_port", "inbound")
    } else {
        ("RemotePortRange", "remote_port", "outbound")
    };
    let number = if many {
        format!(" {}", at + 1)
    } else {
        String::new()
    };
    let label = format!(
        "{} ports{number}, {way}",
        if local { "Local" } else { "Remote" }
    );
    let job = match row.jobname.to_string().as_str() {
        "*" => "any job".to_owned(),
        job => format!("job {job}"),
    };
    let text = Memo::new(move |_| {
        guide
            .ports
            .with(|ports| ports.get(at).cloned().unwrap_or_default())
    });
    let first = Memo::new(move |_| {
        guide
            .ports
            .with(|ports| plan::first_rows(ports).get(at).copied().unwrap_or(at))
    });
    let notes = Signal::derive(move || error_note(plan::ports_error(&text.get())));
    let help = Signal::derive(move || match plan::ports_of(&text.get()).len() {
        1 => format!("For {job}. Several: 1414, 1415-1420."),
        rows => format!("For {job}. {rows} rows, so {rows} rules."),
    });
    // The row that the field makes first can move when the fields before it change.
    move || {
        let place = Place {
            object: guide.ids.with_value(|ids| ids.traffic.0.clone()),
            field: format!("rows/{}/{field}", first.get()),
        };
        let face = Face::new(label.clone())
            .word(word)
            .help(help)
            .mono()
            .notes(notes)
            .place(place)
            .read_only(Signal::derive(move || guide.workspace.closed().is_some()));
        view! {
            <TextField face value=text on_input=move |typed: String| guide.ports.update(|ports| {
                if let Some(port) = ports.get_mut(at) {
                    *port = typed;
                }
            }) />
        }
    }
}

/// The systems of a kind to pick from, stacks only of the chosen image.
fn systems(guide: Guide, kind: Kind) -> Signal<Arc<Vec<Choice>>> {
    Memo::new(move |_| {
        let image = guide.image.get();
        guide.workspace.settled.with(|config| {
            let inside = |object: &Object| match (object, &image) {
                (Object::Stack(stack), Where::Known(image)) => stack.image.as_ref() == Some(image),
                (Object::Stack(_), Where::New(name)) => name.is_empty(),
                _ => true,
            };
            let all = config
                .of_kind(kind)
                .into_iter()
                .filter(|(_, object)| inside(object))
                .map(|(id, object)| Choice {
                    id: id.0.clone(),
                    name: core::shown_name(object),
                    detail: core::contents(config, object),
                });
            Arc::new(all.collect::<Vec<_>>())
        })
    })
    .into()
}

#[component]
pub fn Systems(guide: Guide) -> impl IntoView {
    let image = Callback::new(move |image| guide.choose_image(image));
    let stack = Callback::new(move |stack| guide.choose_stack(stack));
    view! {
        <section class="question" aria-labelledby="guided-3">
            <h2 id="guided-3"><span class="question-number">"3"</span>"Where?"</h2>
            <div class="form-grid">
                <SystemField guide kind=Kind::Image value=guide.image on_choose=image />
                <SystemField guide kind=Kind::Stack value=guide.stack on_choose=stack />
                <GroupField guide />
            </div>
        </section>
    }
}

/// Pick a system, or type the name of a new one.
#[component]
fn SystemField(
    guide: Guide,
    kind: Kind,
    value: RwSignal<Where>,
    on_choose: Callback<Where>,
) -> impl IntoView {
    let (label, word, placeholder) = match kind {
        Kind::Image => ("System image", "LPAR", "such as MVSA"),
        _ => ("TCP/IP stack", "job name", "such as TCPIP"),
    };
    let shown = Signal::derive(move || {
        guide
            .workspace
            .config
            .with(|config| value.get().name(config))
    });
    let picked = Signal::derive(move || value.with(|value| value.known().map(|id| id.0.clone())));
    let notes = Signal::derive(move || error_note(system_error(&value.get(), guide.pressed.get())));
    let help = Signal::derive(move || match value.get() {
        Where::Known(_) => "It is there already.".to_owned(),
        Where::New(name) if name.is_empty() => {
            "Pick one, or type a name: a new one is made.".to_owned()
        }
        Where::New(name) if system_error(&value.get(), true).is_some() => {
            format!("{name} cannot be made.")
        }
        Where::New(name) => format!("A new {} {name} will be made.", kind.singular()),
    });
    let read = move |text: &str| {
        let image = (kind == Kind::Stack).then(|| guide.image.get_untracked());
        guide
            .workspace
            .config
            .with_untracked(|config| match &image {
                // A new image has no stacks yet.
                Some(Where::New(name)) if !name.is_empty() => {
                    Where::New(Where::read(&Default::default(), kind, None, text).name(config))
                }
                image => Where::read(config, kind, image.as_ref().and_then(Where::known), text),
            })
    };
    let line = Callback::new(move |text: String| match read(&text) {
        _ if text.trim().is_empty() => None,
        Where::Known(_) => Some(format!("{text}, which is there")),
        Where::New(name) => Some(match system_error(&Where::New(name.clone()), true) {
            None => format!("New {}: {name}", kind.singular()),
            Some(why) => format!("{name}: {why}"),
        }),
    });
    let place = Place {
        object: guide.ids.with_value(|ids| {
            if kind == Kind::Image {
                ids.image.0.clone()
            } else {
                ids.stack.0.clone()
            }
        }),
        field: "name".to_owned(),
    };
    let face = Face::new(label)
        .word(word)
        .help(help)
        .placeholder(placeholder)
        .notes(notes)
        .place(place)
        .read_only(Signal::derive(move || guide.workspace.closed().is_some()));
    view! {
        <Picker face choices=systems(guide, kind) shown picked text_line=line
            on_pick=move |id: String| on_choose.run(Where::Known(ObjectId(id)))
            on_text=Callback::new(move |text: String| on_choose.run(read(&text))) />
    }
}

/// The group of a new image; asked only where several are possible.
#[component]
fn GroupField(guide: Guide) -> impl IntoView {
    let options = Memo::new(move |_| {
        guide.workspace.settled.with(|config| {
            config
                .of_kind(Kind::Group)
                .into_iter()
                .map(|(id, group)| (id.0.clone(), core::shown_name(group)))
                .collect::<Vec<_>>()
        })
    });
    let asked = Memo::new(move |_| {
        guide.image.with(|image| image.known().is_none())
            && options.with(|options| options.len() > 1)
    });
    let value = Signal::derive(move || {
        guide
            .group
            .get()
            .map(|id| id.0)
            .or_else(|| options.with(|options| options.first().map(|(id, _)| id.clone())))
            .unwrap_or_default()
    });
    view! {
        {move || asked.get().then(|| view! {
            <Select face=Face::new("z/OS group").help("The new image belongs to it.".to_owned()) options value
                on_change=move |id: String| guide.group.set(Some(ObjectId(id))) />
        })}
    }
}

#[component]
pub fn Certificate(guide: Guide) -> impl IntoView {
    let closed = Signal::derive(move || guide.workspace.closed().is_some());
    let ring = Memo::new(move |_| guide.ring());
    let ring_notes = Signal::derive(move || {
        let missing =
            guide.pressed.get() && guide.protects() && ring.with(|ring| ring.trim().is_empty());
        error_note(missing.then(|| "a key ring is needed".to_owned()))
    });
    let ring_help = Signal::derive(move || {
        let there = guide.ring_there();
        match guide.image.get() {
            Where::Known(id) if !there.is_empty() && ring.with(|ring| ring.trim() != there) => {
                let image = guide
                    .workspace
                    .config
                    .with(|config| core::name_of(config, &id));
                format!("For this application alone; {image} uses {there}.")
            }
            _ => "owner/ring, or a key database.".to_owned(),
        }
    });
    let (image_id, traffic_id) = guide
        .ids
        .with_value(|ids| (ids.image.0.clone(), ids.traffic.0.clone()));
    let ring_face = Face::new("Key ring")
        .word("Keyring")
        .help(ring_help)
        .mono()
        .notes(ring_notes)
        .placeholder("owner/ring")
        .place(Place {
            object: image_id,
            field: "keyring".to_owned(),
        })
        .read_only(closed);
    let label_face = Face::new("Certificate label")
        .word("CertificateLabel")
        .help("Empty for the default certificate of the ring.".to_owned())
        .place(Place {
            object: traffic_id,
            field: "rows/0/certificate_label".to_owned(),
        })
        .read_only(closed);
    view! {
        <section class="question" aria-labelledby="guided-4">
            <h2 id="guided-4"><span class="question-number">"4"</span>"With which certificate?"</h2>
            <div class="form-grid">
                <TextField face=ring_face value=ring on_input=move |text| guide.keyring.set(Some(text)) />
                <TextField face=label_face value=guide.label on_input=move |text| guide.label.set(text) />
            </div>
        </section>
    }
}

#[component]
pub fn Level(guide: Guide) -> impl IntoView {
    let value = Signal::derive(move || Some(guide.level.get()));
    let pick = move |id: Option<ObjectId>| {
        if let Some(id) = id {
            guide.level.set(id);
        }
    };
    let words = Memo::new(move |_| {
        guide
            .workspace
            .settled
            .with(|config| match config.get(&guide.level.get()) {
                Some(Object::SecurityLevel(level)) if level.description.is_empty() => {
                    core::level_words(level)
                }
                Some(Object::SecurityLevel(level)) => {
                    format!("{} ({})", level.description, core::level_words(level))
                }
                _ => String::new(),
            })
    });
    let face = Face::new("Security level")
        .help("Every level of the store can be picked.".to_owned())
        .read_only(Signal::derive(move || guide.workspace.closed().is_some()));
    view! {
        <section class="question" aria-labelledby="guided-5">
            <h2 id="guided-5"><span class="question-number">"5"</span>"How protected?"</h2>
            <div class="form-grid">
                <ObjectPicker face kind=Kind::SecurityLevel value on_pick=pick />
            </div>
            <p class="in-words" role="status">{words}</p>
        </section>
    }
}
