//! Reports as CSV: of ports, one line for each with every field.

use api::report::{PortReport, ProtectedPort};
use csv::{Terminator, WriterBuilder};

use super::{WriteError, certificate, suites, versions};

type Field = (&'static str, fn(&ProtectedPort) -> String);

const FIELDS: &[Field] = &[
    ("Image", |port| port.image_name.clone()),
    ("Stack", |port| port.stack_name.clone()),
    ("Local ports", |port| port.local_ports.clone()),
    ("Remote ports", |port| port.remote_ports.clone()),
    ("Direction", |port| port.direction.clone()),
    ("Local address", |port| port.local_address.clone()),
    ("Remote address", |port| port.remote_address.clone()),
    ("Job", |port| port.job.clone()),
    ("User ID", |port| port.user.clone()),
    ("Rule", |port| port.rule_name.clone()),
    ("Rule of", |port| port.owner.clone()),
    ("Rule description", |port| port.rule_description.clone()),
    ("Traffic descriptor", |port| port.traffic_name.clone()),
    ("Security level", |port| port.level_name.clone()),
    ("Level description", |port| port.level_description.clone()),
    ("Protected", |port| yes(port.protects)),
    ("Versions", versions),
    ("Cipher suites", |port| suites(port, " ")),
    ("Role", |port| port.role.clone().unwrap_or_default()),
    ("Client authentication", |port| {
        port.client_authentication.clone().unwrap_or_default()
    }),
    ("Key ring", |port| port.keyring.clone()),
    ("Certificate", certificate),
    ("Application controlled", |port| {
        yes(port.application_controlled)
    }),
    ("At certain times only", |port| yes(port.at_times)),
];

pub(super) fn write(report: &PortReport) -> Result<Vec<u8>, WriteError> {
    let ports = report.ports.iter();
    table(
        FIELDS.iter().map(|(title, _)| *title),
        ports.map(|port| FIELDS.iter().map(|(_, text)| text(port))),
    )
}

/// A sheet with a line of titles.
pub(super) fn table<R: IntoIterator<Item = String>>(
    titles: impl IntoIterator<Item = &'static str>,
    rows: impl Iterator<Item = R>,
) -> Result<Vec<u8>, WriteError> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(titles)?;
    for row in rows {
        writer.write_record(row.into_iter().map(no_formula))?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()).into())
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

/// A spreadsheet takes a field that begins like this for a formula; an apostrophe makes it text.
fn no_formula(text: String) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        true => format!("'{text}"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_never_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(no_formula(text.to_owned()), format!("'{text}"));
        }
        for text in ["", "1414", "a=b", "1415-1420"] {
            assert_eq!(no_formula(text.to_owned()), text);
        }
    }
}
