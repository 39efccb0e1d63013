//! Numbers and times as a person reads them.

use js_sys::Date;
use wasm_bindgen::JsValue;

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
