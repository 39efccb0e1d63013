//! The dated preset that a level started from: what it says, how the level differs, and the way
//! to the newest one.

use generator::objects::attls::presets::{differs, says, with_preset};
use generator::objects::diff::diff;
use generator::objects::library::{LEVELS_DATE, preset, presets};
use generator::objects::{Configuration, Object, SecurityLevel};
use leptos::prelude::*;
use serde_json::Value;

use crate::form::Cell;
use crate::ui::{Button, Checkbox, Face, Look, Select, sentence, with_code};

/// What a person would say changed from the preset to the level; another spelling is no change.
fn differences(level: &SecurityLevel, preset: &SecurityLevel) -> Vec<String> {
    if !differs(level, preset) {
        return Vec::new();
    }
    let one = |level: &SecurityLevel| -> Configuration {
        let level = SecurityLevel {
            preset: None,
            ..level.clone()
        };
        [(
            generator::objects::ObjectId(String::new()),
            Object::SecurityLevel(level),
        )]
        .into_iter()
        .collect()
    };
    let without_subject = |words: String| match words.split_once(": ") {
        Some((_, words)) => words.to_owned(),
        None => words,
    };
    diff(&one(preset), &one(level))
        .into_iter()
        .flat_map(|change| change.words)
        .map(without_subject)
        .collect()
}

#[component]
pub fn PresetLine(cell: Cell) -> impl IntoView {
    let level = move || match cell.object.get().as_deref() {
        Some(Object::SecurityLevel(level)) => Some(level.clone()),
        _ => None,
    };
    let used = Memo::new(move |_| level().and_then(|level| level.preset));
    let words = Memo::new(move |_| {
        let level = level()?;
        let preset = with_preset(&level, &level.preset.as_ref()?.name)?;
        Some(differences(&level, &preset))
    });
    let apply = move |name: String| {
        cell.update("start from a preset", |object| {
            if let Object::SecurityLevel(level) = object {
                match with_preset(level, &name) {
                    Some(new) => *level = new,
                    None => level.preset = None,
                }
            }
        });
    };
    let options = || {
        let mut all = vec![(String::new(), "None: values of its own".to_owned())];
        all.extend(presets().map(|name| (name.to_owned(), name.to_owned())));
        all
    };
    let value = Signal::derive(move || used.get().map(|used| used.name).unwrap_or_default());
    let back = move || {
        if let Some(used) = used.get_untracked() {
            apply(used.name);
        }
    };
    let pinned = cell.flag("preset/pinned");
    let pin = Face::new("Pinned")
        .help("A newer preset of this name is not proposed.")
        .read_only(Signal::derive(move || cell.read_only.get().is_some()));
    let differs = move || {
        let Some(used) = used.get() else {
            return ().into_any();
        };
        let date = &used.date;
        match words.get() {
            None => format!(
                "{} of {date} is not supplied any more; the values stay.",
                used.name
            )
            .into_any(),
            Some(words) if words.is_empty() => {
                format!("As {} of {LEVELS_DATE}.", used.name).into_any()
            }
            Some(words) => {
                let (said, button) = match date == LEVELS_DATE {
                    true => (
                        format!("Differs from {} of {date}:", used.name),
                        "Return to the preset".to_owned(),
                    ),
                    false => (
                        format!(
                            "It started from {} of {date}; {LEVELS_DATE} is supplied now, and differs:",
                            used.name
                        ),
                        format!("Take over {LEVELS_DATE}"),
                    ),
                };
                view! {
                    <p>{said}</p>
                    <ul class="plain-list">{words.iter().map(|words| view! { <li>{with_code(&sentence(words))}</li> }).collect_view()}</ul>
                    <Button label=button look=Look::Ghost on_press=back blocked=cell.read_only />
                }
                .into_any()
            }
        }
    };
    view! {
        <div class="preset">
            <Select face=cell.face("preset") options=Signal::derive(options) value on_change=apply />
            <div>{differs}</div>
        </div>
        {move || used.get().map(|used| view! {
            <Checkbox face=pin.clone() value=pinned on_change=move |on: bool| cell.set("preset/pinned", on.then_some(Value::Bool(true))) />
            <Says name=used.name />
        })}
    }
}

/// What the preset says, as it is supplied now.
#[component]
fn Says(name: String) -> impl IntoView {
    preset(&name).map(|preset| {
        view! {
            <details class="group">
                <summary>{format!("What {name} of {LEVELS_DATE} says")}</summary>
                <dl class="facts">{says(&preset).into_iter().map(|(label, value)| view! { <dt>{label}</dt><dd>{value}</dd> }).collect_view()}</dl>
            </details>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_starts_from_a_preset_equals_it_until_it_is_changed() {
        let own = SecurityLevel {
            name: "GOLD".into(),
            ..SecurityLevel::default()
        };
        for name in presets() {
            let mut level = with_preset(&own, name).unwrap();
            assert_eq!(level.name.to_string(), "GOLD");
            assert_eq!(
                differences(&level, &with_preset(&level, name).unwrap()),
                Vec::<String>::new()
            );
            level.versions.sslv3 = !level.versions.sslv3;
            assert_eq!(
                differences(&level, &with_preset(&level, name).unwrap()).len(),
                1,
                "{name}"
            );
        }
    }
}
