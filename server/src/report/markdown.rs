//! The report as Markdown: a table for each stack, and one of the levels that they use.

use std::iter::once;

use api::report::PortReport;

use super::{COLUMNS, NONE, SCOPE, levels, origin, place, stacks, suites, versions};

pub(super) fn write(report: &PortReport) -> String {
    let mut text = format!(
        "# Protected ports\n\n{}\n\n{SCOPE}\n",
        escaped(&origin(report))
    );
    if report.ports.is_empty() {
        text.push_str(&format!("\n{NONE}\n"));
        return text;
    }
    for ports in stacks(report) {
        let title = ports.first().map(place).unwrap_or_default();
        text.push_str(&format!("\n## {}\n\n", escaped(&title)));
        head(&mut text, COLUMNS.iter().map(|column| column.title));
        for port in ports {
            row(&mut text, COLUMNS.iter().map(|column| (column.text)(port)));
        }
    }
    text.push_str("\n## Security levels\n\n");
    head(
        &mut text,
        ["Level", "Versions", "Cipher suites", "Description"].into_iter(),
    );
    for port in levels(report) {
        let cells = [
            port.level_name.clone(),
            versions(port),
            suites(port, ", "),
            port.level_description.clone(),
        ];
        row(&mut text, cells.into_iter());
    }
    text
}

pub(super) fn head(text: &mut String, titles: impl Iterator<Item = &'static str> + Clone) {
    row(text, titles.clone().map(str::to_owned));
    text.push_str(&format!("|{}\n", " --- |".repeat(titles.count())));
}

pub(super) fn row(text: &mut String, cells: impl Iterator<Item = String>) {
    text.push('|');
    for cell in cells {
        text.push_str(&format!(" {} |", escaped(&cell)));
    }
    text.push('\n');
}

/// The text as itself, in one line: no sign of it means anything in Markdown.
pub(super) fn escaped(text: &str) -> String {
    let mut res = String::with_capacity(text.len());
    let before = once(' ').chain(text.chars());
    let after = text.chars().skip(1).chain(once(' '));
    for ((before, sign), after) in before.zip(text.chars()).zip(after) {
        match sign {
            sign if sign.is_control() => res.push(' '),
            // Between letters and digits it is no emphasis.
            '_' if before.is_alphanumeric() && after.is_alphanumeric() => res.push('_'),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '~' => {
                res.extend(['\\', sign]);
            }
            sign => res.push(sign),
        }
    }
    res
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_in_its_cell() {
        let check = |text, expected: &str| assert_eq!(escaped(text), expected);
        check("a|b", "a\\|b");
        check("a\\|b", "a\\\\\\|b");
        check("two\r\nlines", "two  lines");
        check("<script>", "\\<script\\>");
        check("MQ_1 _x_ ABC*", "MQ_1 \\_x\\_ ABC\\*");
        check("TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384");
    }
}
