//! When a rule counts: `IpTimeCondition`.

use generator::objects::{EffectiveTimes, Object};
use generator::sort;
use leptos::prelude::*;
use serde_json::json;

use crate::form::Cell;
use crate::ui::{Checkbox, Face, TextField};

const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[component]
pub fn Times(cell: Cell) -> impl IntoView {
    let set = Memo::new(move |_| cell.value("effective").is_some());
    let locked = Signal::derive(move || cell.read_only.get().is_some());
    let turn = move |on: bool| {
        cell.set(
            "effective",
            on.then(|| {
                serde_json::to_value(EffectiveTimes::default()).unwrap_or_else(|_| json!({}))
            }),
        );
    };
    view! {
        <fieldset class="group">
            <legend>"Effective times " <small class="second-word">"IpTimeCondition"</small></legend>
            <crate::form::NotesOf cell path="effective" />
            <Checkbox face=Face::new("Only at these times").help("Times are local to the Policy Agent.").read_only(locked) value=set on_change=turn />
            <Show when=move || set.get()>
                <Boxes cell path="effective/days_of_week" label="Days of the week; none ticked: every day" names=&DAYS first=0 />
                <Boxes cell path="effective/months" label="Months; none ticked: every month" names=&MONTHS first=1 />
                <div class="form-grid">
                    <Numbers cell path="effective/days_of_month" />
                    <Numbers cell path="effective/days_from_last" />
                    <Text cell path="effective/time_of_day" />
                    <Text cell path="effective/period" />
                </div>
            </Show>
        </fieldset>
    }
}

fn numbers(cell: Cell, path: &str) -> Vec<u8> {
    let value = cell.value(path);
    value
        .and_then(|value| serde_json::from_value(value).ok())
        .unwrap_or_default()
}

/// A number for each box that is ticked.
#[component]
fn Boxes(
    cell: Cell,
    path: &'static str,
    label: &'static str,
    names: &'static [&'static str],
    first: u8,
) -> impl IntoView {
    let ticked = Memo::new(move |_| numbers(cell, path));
    let locked = Signal::derive(move || cell.read_only.get().is_some());
    let set = move |number: u8, on: bool| {
        let mut all = ticked.get_untracked();
        all.retain(|other| *other != number);
        if on {
            all.push(number);
            sort::by(&mut all, Ord::cmp);
        }
        cell.set(path, Some(json!(all)));
    };
    view! {
        <fieldset class="group">
            <legend class="legend-soft">{label}</legend>
            <div class="boxes">
                {names.iter().zip(first..).map(|(name, number)| view! {
                    <Checkbox face=Face::new(*name).read_only(locked) on_change=move |on| set(number, on)
                        value=Signal::derive(move || ticked.with(|all| all.contains(&number))) />
                }).collect_view()}
            </div>
        </fieldset>
    }
}

/// The numbers in a text such as `1, 15`; `None` while part of it is no day.
fn read_days(text: &str) -> Option<Vec<u8>> {
    let parts = text
        .split([',', ' '])
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts
        .map(|part| part.parse().ok().filter(|day| (1..=31).contains(day)))
        .collect()
}

/// Days as numbers with commas. Text that is none is kept here and stored when it is one.
#[component]
fn Numbers(cell: Cell, path: &'static str) -> impl IntoView {
    let stored = Memo::new(move |_| {
        let days = numbers(cell, path);
        let days: Vec<String> = days.iter().map(u8::to_string).collect();
        days.join(", ")
    });
    let typed = RwSignal::new(None::<String>);
    let shown = Signal::derive(move || typed.get().unwrap_or_else(|| stored.get()));
    let wrong = Signal::derive(move || {
        let wrong = typed.with(|typed| {
            typed
                .as_deref()
                .is_some_and(|text| read_days(text).is_none())
        });
        let note = || crate::ui::Note {
            tone: crate::ui::Tone::Error,
            message: "days are numbers from 1 to 31, with commas between them".to_owned(),
            help: String::new(),
            fix: None,
            why: None,
        };
        wrong.then(note).into_iter().collect::<Vec<_>>()
    });
    let face = cell.face(path).notes(wrong);
    let input = move |text: String| {
        if let Some(days) = read_days(&text) {
            cell.type_in(path, Some(json!(days)));
        }
        typed.set(Some(text));
    };
    view! { <TextField face value=shown on_input=input /> }
}

#[component]
fn Text(cell: Cell, path: &'static str) -> impl IntoView {
    let face = cell.face(path).mono();
    let value = cell.text(path.to_owned());
    let input = move |text: String| cell.type_in(path, Some(json!(text.trim())));
    view! { <TextField face value on_input=input /> }
}

/// "weekdays 1, 2; 08:00-17:00", or "always".
pub fn in_words(object: &Object) -> String {
    let Object::Rule(rule) = object else {
        return String::new();
    };
    let Some(times) = &rule.effective else {
        return "always".to_owned();
    };
    let named = |numbers: &[u8], names: &[&str], first: u8| {
        let name = |number: &u8| {
            names
                .get(usize::from(number.checked_sub(first)?))
                .map(|name| name[..3].to_owned())
        };
        numbers
            .iter()
            .filter_map(name)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let days = |numbers: &[u8]| {
        numbers
            .iter()
            .map(u8::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let from_last = match days(&times.days_from_last) {
        days if days.is_empty() => days,
        days => format!("{days} from the last"),
    };
    let parts = [
        named(&times.days_of_week, &DAYS, 0),
        named(&times.months, &MONTHS, 1),
        days(&times.days_of_month),
        from_last,
        times.time_of_day.clone(),
        times.period.clone(),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        "always".to_owned()
    } else {
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::Rule;

    #[test]
    fn days_are_read_only_when_all_of_them_are_days() {
        assert_eq!(read_days("1, 15 31"), Some(vec![1, 15, 31]));
        assert_eq!(read_days(""), Some(vec![]));
        assert_eq!(read_days("0"), None);
        assert_eq!(read_days("1, x"), None);
    }

    #[test]
    fn times_are_said_in_words() {
        let times = EffectiveTimes {
            days_of_week: vec![1, 5],
            time_of_day: "08:00-17:00".into(),
            ..EffectiveTimes::default()
        };
        let rule = Rule {
            effective: Some(times),
            ..Rule::default()
        };
        assert_eq!(in_words(&rule.into()), "Mon Fri, 08:00-17:00");
        assert_eq!(in_words(&Rule::default().into()), "always");
    }
}
