//! Traffic rows: ports, job names, roles, key rings.

use std::fmt::Display;

use crate::objects::values::{Keyring, KeyringKind, MaskError, NameMask, PortError};
use crate::objects::{Direction, Entry, HandshakeRole, ObjectId, TrafficDescriptor, TrafficRow};

use super::{Checker, at, edit, fix, set};

super::pages::pages! {
    NO_ROWS = "GH030" "no-traffic" Error {
        "the traffic descriptor has no row",
        help: "add a row with a port",
        why: "Without a row there is nothing to protect, and no rule is written."
    }
    BAD_PORT = "GH031" "no-port" Error {
        "{field}: {reason}",
        help: "write a port, a range such as 1415-1420, All, or Ephemeral",
        why: "The Policy Agent refuses the whole policy for a wrong port."
    }
    BAD_JOB = "GH032" "name-never-matches" Error {
        "{field} `{text}`: {reason}",
        help: "write up to 8 of A-Z, 0-9, `@ # $`, with a `*` at the end for any ending",
        why: "The Policy Agent accepts such a name, and the rule then matches nothing: the traffic stays in the clear."
    }
    ROLE = "GH034" "role-against-direction" Warning {
        "{direction} traffic with the role {role}",
        help: "the end that opens the connection is the TLS client as a rule; leave the role empty to follow the direction",
        why: "Role and direction are independent, and there are programs that need this. Two clients cannot shake hands, and two servers wait for each other until the timeout."
    }
    DOTTED_RING = "GH035" "ring-with-dot" Warning {
        "`{text}` names a ring with a dot in its name",
        help: "write owner and ring with a slash: `{better}`",
        why: "AT-TLS reads owner/ring. With a dot the whole text is taken as a ring of the program's own user ID, and the handshake fails with return code 202."
    }
    MANY_LABELS = "GH036" "many-server-labels" Warning {
        "{count} server certificate labels",
        help: "name at most 8",
        why: "System SSL is said to take eight; no manual that we have confirms the number."
    }
    NOT_CONTROLLED = "GH037" "application-control-missing" Warning {
        "job `{job}` asks for the handshake itself, and application control is off",
        help: "switch application control on",
        why: "TN3270 and FTP query AT-TLS and start TLS themselves. Without application control the handshake comes before they expect it."
    }
    BAD_TEXT = "GH038" "value-cannot-be-written" Error {
        "{field}: {reason}",
        help: "take the character out",
        why: "The text would change the structure of the policy file."
    }
    SAME_ROW = "GH039" "row-repeated" Warning {
        "row {number} has the conditions of row {other}",
        help: "remove it",
        why: "The first of two equal rules always wins; the second one is never used."
    }
    STASH = "GH040" "stash-file-unused" Warning {
        "a stash file stands beside `{keyring}`, which is no key database",
        help: "empty the stash file, or name the key database",
        why: "With a stash file AT-TLS takes the key ring's name for the name of a key database file."
    }
    NO_STASH = "GH041" "stash-file-missing" Warning {
        "key database `{keyring}` has no stash file",
        help: "name the stash file with its password",
        why: "AT-TLS takes a name without a stash file as the name of a key ring."
    }
}

pub(super) fn check(checker: &mut Checker<'_>, id: &ObjectId, traffic: &TrafficDescriptor) {
    if traffic.rows.is_empty() {
        checker.add(at(&NO_ROWS, id, "rows"));
    }
    for (number, row) in traffic.rows.iter().enumerate() {
        let path = format!("rows/{number}");
        port(
            checker,
            id,
            format_args!("{path}/local_port"),
            "Local port",
            &row.local_port,
        );
        port(
            checker,
            id,
            format_args!("{path}/remote_port"),
            "Remote port",
            &row.remote_port,
        );
        mask(
            checker,
            id,
            format_args!("{path}/jobname"),
            "Jobname",
            &row.jobname,
        );
        mask(
            checker,
            id,
            format_args!("{path}/userid"),
            "User ID",
            &row.userid,
        );
        role(checker, id, &path, row);
        keyring(checker, id, &path, &row.keyring);
        stash(
            checker,
            id,
            &path,
            &row.keyring,
            &row.keyring_stash_file.to_string(),
        );
        labels(checker, id, &path, row);
        controlled(checker, id, &path, row);
    }
    repeated(checker, id, traffic);
}

fn port(
    checker: &mut Checker<'_>,
    id: &ObjectId,
    field: impl Display,
    label: &str,
    entry: &Entry<crate::objects::values::Ports>,
) {
    let Some(error) = entry.error() else { return };
    let field = field.to_string();
    let finding = at(&BAD_PORT, id, field.clone())
        .fact("field", label)
        .fact("reason", &error);
    checker.add(match error {
        PortError::Reversed { low, high } => {
            let better = format!("{high}-{low}");
            finding.fix(set(format!("write `{better}`"), id, field, &better))
        }
        PortError::NoPort(_) => finding,
    });
}

fn mask(
    checker: &mut Checker<'_>,
    id: &ObjectId,
    field: impl Display,
    label: &str,
    entry: &Entry<NameMask>,
) {
    let Some(error) = entry.error() else { return };
    let field = field.to_string();
    let text = entry.to_string();
    let finding = at(&BAD_JOB, id, field.clone())
        .fact("field", label)
        .fact("text", &text)
        .fact("reason", &error);
    let better: Option<String> = match error {
        MaskError::TooLong { .. } => Some(format!(
            "{}*",
            text.chars()
                .take(7)
                .collect::<String>()
                .trim_end_matches('*')
        )),
        MaskError::Star => text
            .split('*')
            .find(|part| !part.is_empty())
            .map(|stem| format!("{stem}*")),
        MaskError::Character(_) => Some(
            text.to_ascii_uppercase()
                .chars()
                .filter(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "@#$*".contains(*c))
                .collect(),
        ),
        MaskError::Start(_) => None,
    };
    let better = better
        .filter(|better| matches!(better.parse::<NameMask>(), Ok(mask) if mask != NameMask::Any));
    checker.add(match better {
        Some(better) => {
            let better = better.to_ascii_uppercase();
            finding.fix(set(format!("write `{better}`"), id, field, &better))
        }
        None => finding,
    });
}

fn role(checker: &mut Checker<'_>, id: &ObjectId, path: &str, row: &TrafficRow) {
    let server = row.effective_role() != HandshakeRole::Client;
    let (direction, odd) = match row.direction {
        Direction::Inbound => ("inbound", !server),
        Direction::Outbound => ("outbound", server),
        Direction::Either => return,
    };
    if odd {
        let field = format!("{path}/role");
        let follow = fix("follow the direction", vec![edit(id, field.clone(), None)]);
        checker.add(
            at(&ROLE, id, field)
                .fact("direction", direction)
                .fact("role", row.effective_role().word())
                .fix(follow),
        );
    }
}

/// A key ring wherever it stands; `path` is empty or ends before `/keyring`.
pub(super) fn keyring(
    checker: &mut Checker<'_>,
    id: &ObjectId,
    path: &str,
    entry: &Entry<Keyring>,
) {
    let field = || {
        if path.is_empty() {
            "keyring".to_owned()
        } else {
            format!("{path}/keyring")
        }
    };
    match entry {
        Entry::Typed(_) => text(checker, id, field(), "Key ring", entry),
        Entry::Value(ring) => {
            let plain = ring.kind() == KeyringKind::SafRing && !ring.as_str().contains('/');
            if let (true, Some((owner, name))) = (plain, ring.as_str().split_once('.')) {
                let better = format!("{owner}/{name}");
                let finding = at(&DOTTED_RING, id, field())
                    .fact("text", ring)
                    .fact("better", &better);
                checker.add(finding.fix(set(format!("write `{better}`"), id, field(), &better)));
            }
        }
    }
}

/// A stash file without its key database, or the reverse.
pub(super) fn stash(
    checker: &mut Checker<'_>,
    id: &ObjectId,
    path: &str,
    keyring: &Entry<Keyring>,
    stash: &str,
) {
    let Entry::Value(ring) = keyring else { return };
    let database = ring.kind() == KeyringKind::Database;
    let page = match (stash.is_empty(), database) {
        (false, false) => &STASH,
        (true, true) => &NO_STASH,
        (true, false) | (false, true) => return,
    };
    let field = if path.is_empty() {
        "keyring_stash_file".to_owned()
    } else {
        format!("{path}/keyring_stash_file")
    };
    checker.add(at(page, id, field).fact("keyring", ring));
}

/// A text that cannot be written, wherever it stands.
pub(super) fn text<T>(
    checker: &mut Checker<'_>,
    id: &ObjectId,
    field: impl Display,
    label: &str,
    entry: &Entry<T>,
) where
    T: std::str::FromStr<Err = crate::objects::values::TextError> + Display,
{
    if let Some(error) = entry.error() {
        checker.add(
            at(&BAD_TEXT, id, field.to_string())
                .fact("field", label)
                .fact("reason", error),
        );
    }
}

fn labels(checker: &mut Checker<'_>, id: &ObjectId, path: &str, row: &TrafficRow) {
    text(
        checker,
        id,
        format_args!("{path}/certificate_label"),
        "Certificate label",
        &row.certificate_label,
    );
    text(
        checker,
        id,
        format_args!("{path}/keyring_stash_file"),
        "Stash file",
        &row.keyring_stash_file,
    );
    for (number, label) in row.server_certificate_labels.iter().enumerate() {
        text(
            checker,
            id,
            format_args!("{path}/server_certificate_labels/{number}"),
            "Server certificate label",
            label,
        );
    }
    let count = row.server_certificate_labels.len();
    if count > 8 {
        checker.add(
            at(
                &MANY_LABELS,
                id,
                format!("{path}/server_certificate_labels"),
            )
            .fact("count", count),
        );
    }
}

fn controlled(checker: &mut Checker<'_>, id: &ObjectId, path: &str, row: &TrafficRow) {
    let Entry::Value(NameMask::Exact(job) | NameMask::Prefix(job)) = &row.jobname else {
        return;
    };
    let asks = ["TN3270", "FTPD"]
        .iter()
        .any(|known| job.starts_with(known));
    if asks && !row.application_controlled {
        let field = format!("{path}/application_controlled");
        let on = fix(
            "switch it on",
            vec![edit(id, field.clone(), Some("true".to_owned()))],
        );
        checker.add(
            at(&NOT_CONTROLLED, id, field)
                .fact("job", &row.jobname)
                .fix(on),
        );
    }
}

fn repeated(checker: &mut Checker<'_>, id: &ObjectId, traffic: &TrafficDescriptor) {
    if traffic.rows.len() < 2 {
        return;
    }
    let conditions = |row: &TrafficRow| {
        (
            row.local_port.to_string(),
            row.remote_port.to_string(),
            row.direction,
            row.jobname.to_string(),
            row.userid.to_string(),
        )
    };
    let mut seen = std::collections::HashMap::new();
    for (number, row) in traffic.rows.iter().enumerate() {
        let other = *seen.entry(conditions(row)).or_insert(number);
        if other != number {
            let field = format!("rows/{number}");
            let remove = fix("remove it", vec![edit(id, field, None)]);
            checker.add(
                at(&SAME_ROW, id, format!("rows/{number}/local_port"))
                    .fact("number", number + 1)
                    .fact("other", other + 1)
                    .fix(remove),
            );
        }
    }
}
