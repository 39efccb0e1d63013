//! Rings and certificates for programs.

use jiff::Timestamp;
use serde_json::{Value, json};
use server::keyrings::certificate;

use super::list::Shown;

pub fn rings(shown: &[Shown], now: Timestamp) -> String {
    let rings: Vec<_> = shown.iter().map(|one| ring(one, now)).collect();
    format!("{:#}\n", json!({ "rings": rings }))
}

fn ring(shown: &Shown, now: Timestamp) -> Value {
    let held: Vec<_> = shown.held.iter().map(|one| certificate(one, now)).collect();
    let faults: Vec<_> = shown.faults.iter().map(ToString::to_string).collect();
    json!({
        "name": shown.name.to_string(),
        "certificates": held,
        "requests": shown.requests,
        "errors": faults,
    })
}
