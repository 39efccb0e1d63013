//! Numbers and times as a person reads them.

use js_sys::Date;
use wasm_bindgen::JsValue;

use crate::api::account::Role;

/// "1 rule", "2 rules".
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn two(number: u32) -> String {
    format!("{number:02}")
}

fn date(rfc3339: &str) -> Option<Date> {
    let date = Date::new(&JsValue::from_str(rfc3339));
    (!date.get_time().is_nan()).then_some(date)
}

/// Local time: `10:15:02`.
pub fn clock(rfc3339: &str) -> String {
    match date(rfc3339) {
        Some(date) => format!(
            "{}:{}:{}",
            two(date.get_hours()),
            two(date.get_minutes()),
            two(date.get_seconds())
        ),
        None => rfc3339.to_owned(),
    }
}

/// Local date and time: `2026-11-20 10:15`.
pub fn moment(rfc3339: &str) -> String {
    match date(rfc3339) {
        Some(date) => format!(
            "{}-{}-{} {}:{}",
            date.get_full_year(),
            two(date.get_month() + 1),
            two(date.get_date()),
            two(date.get_hours()),
            two(date.get_minutes()),
        ),
        None => rfc3339.to_owned(),
    }
}

/// So many seconds: "4 min 10 s", "2 h 5 min".
pub fn span(seconds: f64) -> String {
    let seconds = seconds as u64;
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest} s"),
        (0, _) => format!("{minutes} min {rest} s"),
        _ => format!("{hours} h {minutes} min"),
    }
}

/// Relative under one day, local date and time after: "3 min ago".
pub fn ago(rfc3339: &str) -> String {
    let Some(date) = date(rfc3339) else {
        return rfc3339.to_owned();
    };
    let seconds = (Date::now() - date.get_time()) / 1000.0;
    match seconds {
        s if s < 60.0 => "just now".to_owned(),
        s if s < 3600.0 => format!("{} min ago", (s / 60.0).floor()),
        s if s < 86_400.0 => format!("{} h ago", (s / 3600.0).floor()),
        _ => moment(rfc3339),
    }
}

/// A date and time: local, with UTC on hover; relative under one day where that is asked for.
#[leptos::component]
pub fn Moment(#[prop(into)] at: String, #[prop(optional)] relative: bool) -> impl leptos::IntoView {
    use leptos::prelude::*;
    let shown = if relative { ago(&at) } else { moment(&at) };
    view! { <time datetime=at.clone() title=utc(&at)>{shown}</time> }
}

/// "2026-11-20 09:15:02 UTC".
pub fn utc(rfc3339: &str) -> String {
    match date(rfc3339) {
        Some(date) => {
            let text = String::from(date.to_iso_string());
            format!(
                "{} UTC",
                text.replace('T', " ").chars().take(19).collect::<String>()
            )
        }
        None => rfc3339.to_owned(),
    }
}

pub const ROLES: &[Role] = &[
    Role::Viewer,
    Role::Editor,
    Role::Installer,
    Role::Administrator,
];

/// A role with what it may.
pub fn role_words(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer: reads",
        Role::Editor => "Editor: edits and saves",
        Role::Installer => "Installer: edits, saves and installs",
        Role::Administrator => "Administrator: everything in the store",
    }
}

/// A role as the value of a choice.
pub fn role_key(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Editor => "editor",
        Role::Installer => "installer",
        Role::Administrator => "administrator",
    }
}

pub fn role_of_key(key: &str) -> Option<Role> {
    ROLES.iter().copied().find(|role| role_key(*role) == key)
}
