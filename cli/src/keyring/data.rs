//! Rings and certificates for programs.

use ::keyring::{Held, KeyKind, Remark, Usage, Weight};
use jiff::Timestamp;
use serde_json::{Value, json};

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

pub fn certificate(one: &Held, now: Timestamp) -> Value {
    let kind = match one.key.kind {
        KeyKind::Rsa => "rsa",
        KeyKind::Ec => "ec",
        KeyKind::Ed25519 => "ed25519",
        KeyKind::Other => "other",
    };
    json!({
        "label": one.label,
        "usage": match one.usage {
            Usage::Personal => "personal",
            Usage::Authority => "authority",
            Usage::Request => "request",
        },
        "default": one.is_default,
        "subject": one.subject,
        "issuer": one.issuer,
        "serial": one.serial,
        "not_before": one.not_before.to_string(),
        "not_after": one.not_after.to_string(),
        "days_left": one.days_left(now),
        "key": { "kind": kind, "bits": one.key.bits, "curve": one.key.curve },
        "signature": one.signature,
        "names": one.hosts,
        "sha256": one.fingerprint,
        "is_authority": one.is_authority,
        "chain": one.chain,
        "chain_complete": one.complete,
    })
}

pub fn remark(remark: &Remark) -> Value {
    json!({
        "severity": match remark.weight {
            Weight::Error => "error",
            Weight::Warning => "warning",
        },
        "label": remark.label,
        "message": remark.words,
    })
}
