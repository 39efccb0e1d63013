//! Rings and certificates for people.

use std::fmt::Write as _;

use ::keyring::{Held, Usage};
use jiff::Timestamp;

use super::list::Shown;

/// `2027-11-22`
pub fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

/// "364 days left", or since when it is over.
pub fn left(one: &Held, now: Timestamp) -> String {
    match one.days_left(now) {
        days if days < 0 => "has ended".to_owned(),
        _ if one.not_before > now => "not valid yet".to_owned(),
        0 => "less than a day left".to_owned(),
        1 => "1 day left".to_owned(),
        days => format!("{days} days left"),
    }
}

/// `personal, default`
fn kind(one: &Held) -> String {
    let kind = match one.usage {
        Usage::Personal => "personal",
        Usage::Authority => "authority",
        Usage::Request => "request",
    };
    match one.is_default {
        true => format!("{kind}, default"),
        false => kind.to_owned(),
    }
}

/// Every ring with a line for each certificate.
pub fn all(rings: &[Shown], now: Timestamp) -> String {
    let mut text = String::new();
    let held = rings.iter().flat_map(|ring| &ring.held);
    let widths = held.fold([0; 3], |[label, of_kind, key], one| {
        [
            label.max(length(&one.label)),
            of_kind.max(length(&kind(one))),
            key.max(length(&one.key.to_string())),
        ]
    });
    for ring in rings {
        let _ = writeln!(text, "{}", ring.name);
        for one in &ring.held {
            let cells = [
                padded(&one.label, widths[0]),
                padded(&kind(one), widths[1]),
                padded(&one.key.to_string(), widths[2]),
            ];
            let end = format!("until {}, {}", day(one.not_after), left(one, now));
            let _ = writeln!(text, "  {}  {end}", cells.join("  "));
        }
        for label in &ring.requests {
            let _ = writeln!(text, "  {label}  request that waits for its certificate");
        }
    }
    text
}

/// One ring with all that is known of each certificate.
pub fn whole(ring: &Shown, now: Timestamp) -> String {
    let mut text = format!("{}\n", ring.name);
    for one in &ring.held {
        let _ = writeln!(text, "  {}  {}", one.label, kind(one));
        for (name, value) in facts(one, now) {
            if !value.is_empty() {
                let _ = writeln!(text, "    {name:<11} {value}");
            }
        }
    }
    for label in &ring.requests {
        let _ = writeln!(text, "  {label}  request that waits for its certificate");
    }
    text
}

fn facts(one: &Held, now: Timestamp) -> [(&'static str, String); 9] {
    let known = match (one.is_root, one.complete) {
        (true, _) => "issued itself".to_owned(),
        (false, true) => format!("complete: {}", one.chain.join("; ")),
        (false, false) if one.chain.is_empty() => {
            "not complete: its issuer is not known".to_owned()
        }
        (false, false) => format!("not complete: {}; …", one.chain.join("; ")),
    };
    [
        ("subject", one.subject.clone()),
        ("issuer", one.issuer.clone()),
        ("serial", one.serial.clone()),
        (
            "valid",
            format!(
                "{} to {}, {}",
                day(one.not_before),
                day(one.not_after),
                left(one, now)
            ),
        ),
        ("key", one.key.to_string()),
        ("signature", one.signature.clone()),
        ("names", one.hosts.join(", ")),
        ("chain", known),
        ("SHA-256", one.fingerprint.clone()),
    ]
}

/// One line about a certificate that was just put somewhere.
pub fn line(one: &Held, now: Timestamp) -> String {
    format!(
        "{}, {}, until {}, {}",
        one.subject,
        one.key,
        day(one.not_after),
        left(one, now)
    )
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn padded(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(length(text));
    format!("{text}{}", " ".repeat(blanks))
}
