//! The dated preset that a security level started from, and how it differs from it now.

use generator::objects::diff::diff;
use generator::objects::library::{LEVELS_DATE, preset, presets};
use generator::objects::{Configuration, Object, SecurityLevel};
use leptos::prelude::*;

use crate::form::Cell;
use crate::ui::{Button, Look, Select, sentence, with_code};

/// The level with the preset's values; its name, description and client authentication stay.
fn with_preset(level: &SecurityLevel, name: &str) -> Option<SecurityLevel> {
    let preset = preset(name)?;
    Some(SecurityLevel {
        protect: preset.protect,
        versions: preset.versions,
        suites: preset.suites,
        settings: preset.settings,
        preset: preset.preset,
        ..level.clone()
    })
}

/// What a person would say changed from the preset to the level.
fn differences(level: &SecurityLevel, preset: &SecurityLevel) -> Vec<String> {
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
    diff(&one(preset), &one(level))
        .into_iter()
        .flat_map(|change| change.words)
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
    view! {
        <div class="preset">
            <Select face=cell.face("preset") options=Signal::derive(options) value on_change=apply />
            <div>
                {move || used.get().map(|used| match words.get() {
                    None => format!("{} of {} is not supplied any more; the values stay.", used.name, used.date).into_any(),
                    Some(words) if words.is_empty() => format!("As {} of {LEVELS_DATE}.", used.name).into_any(),
                    Some(words) => view! {
                        <p>{if used.date == LEVELS_DATE {
                            format!("Differs from {} of {LEVELS_DATE}:", used.name)
                        } else {
                            format!("It started from {} of {}; {LEVELS_DATE} is supplied now, and differs:", used.name, used.date)
                        }}</p>
                        <ul class="plain-list">{words.iter().map(|words| view! { <li>{with_code(&sentence(words))}</li> }).collect_view()}</ul>
                        <Button label="Return to the preset" look=Look::Ghost on_press=back blocked=cell.read_only />
                    }.into_any(),
                })}
            </div>
        </div>
    }
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
