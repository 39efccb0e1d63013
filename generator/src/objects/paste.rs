//! A list or table that somebody pastes: addresses into a group, ports into a traffic descriptor.

use std::str::FromStr;

use super::Entry;
use super::values::{Address, Ports};

/// What a heading calls a column of addresses.
const HEADINGS: [&str; 8] = [
    "address",
    "addresses",
    "ip",
    "ip address",
    "ipaddr",
    "network",
    "prefix",
    "cidr",
];

/// The addresses of a pasted text, in its order; none when it is no list of addresses.
///
/// A table (CSV, with commas, semicolons or tabs) whose first line names its columns gives the
/// column of addresses, and what is no address there stays as it was typed. Without such a line, a
/// list gives all of its parts, and a table its first column, if they all are addresses.
pub fn addresses(text: &str) -> Vec<Entry<Address>> {
    let lines: Vec<_> = text.lines().map(cells).collect();
    let heading = lines.first().and_then(|cells| {
        let is_heading = |cell: &String| HEADINGS.contains(&cell.to_lowercase().as_str());
        cells.iter().position(is_heading)
    });
    let column = |at: usize| {
        let cells = lines.iter().filter_map(move |cells| cells.get(at));
        cells.filter(|cell| !cell.is_empty())
    };
    if let Some(at) = heading {
        return column(at).skip(1).map(|cell| Entry::read(cell)).collect();
    }
    let first = column(0).map(String::as_str);
    values(parts(text))
        .or_else(|| values(first))
        .unwrap_or_default()
}

/// The ports of a text such as `1414,1415-1420`; none unless all of it is ports in numbers.
pub fn ports(text: &str) -> Vec<Entry<Ports>> {
    let in_numbers = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    let ports = values(parts(text)).filter(|_| parts(text).all(in_numbers));
    ports.unwrap_or_default()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split([',', ';', '\n', '\t', ' ']).map(str::trim);
    parts.filter(|part| !part.is_empty())
}

/// `None` where a part is no value.
fn values<'t, T: FromStr>(parts: impl Iterator<Item = &'t str>) -> Option<Vec<Entry<T>>> {
    let read = |part| Some(Entry::read(part)).filter(|entry: &Entry<_>| entry.value().is_some());
    parts.map(read).collect()
}

/// The cells of a line; quotes keep what separates cells elsewhere.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.trim_start_matches('\u{feff}').chars() {
        match (c, cells.last_mut()) {
            ('"', _) => quoted = !quoted,
            (',' | ';' | '\t', _) if !quoted => cells.push(String::new()),
            (c, Some(cell)) => cell.push(c),
            (_, None) => {}
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_or_a_table_gives_its_addresses() {
        let cases: [(&str, &[&str]); 9] = [
            ("10.1.1.2", &["10.1.1.2"]),
            (
                "10.1.1.2, 10.2.0.0/16\n2001:db8::/32",
                &["10.1.1.2", "10.2.0.0/16", "2001:db8::/32"],
            ),
            (
                "address,name\n10.1.1.2,MQ1\n10.1.1.3,MQ2\n",
                &["10.1.1.2", "10.1.1.3"],
            ),
            (
                "Name;IP Address;Comment\r\n\"Branch, north\";10.1.0.0/16;x\r\n;10.2.0.0/16;\r\n",
                &["10.1.0.0/16", "10.2.0.0/16"],
            ),
            ("\u{feff}\"address\"\n10.1.1.2\n", &["10.1.1.2"]),
            (
                "address\tname\nmq1\tMQ\n10.1.1.3\tMQ2",
                &["mq1", "10.1.1.3"],
            ),
            ("10.1.1.2,MQ1\n10.1.1.3,MQ2", &["10.1.1.2", "10.1.1.3"]),
            ("MQ1,10.1.1.2\nMQ2,10.1.1.3", &[]),
            ("BRANCHES", &[]),
        ];
        for (text, expected) in cases {
            let texts: Vec<_> = addresses(text).iter().map(ToString::to_string).collect();
            assert_eq!(texts, expected, "{text:?}");
        }
    }

    #[test]
    fn a_list_gives_its_ports_unless_a_part_is_none() {
        let cases: [(&str, &[&str]); 6] = [
            ("1414", &["1414"]),
            (
                "1414,1415-1420; 80\r\n443\t",
                &["1414", "1415-1420", "80", "443"],
            ),
            ("", &[]),
            ("MQ", &[]),
            ("1414,All", &[]),
            ("1414,70000", &[]),
        ];
        for (text, expected) in cases {
            let texts: Vec<_> = ports(text).iter().map(ToString::to_string).collect();
            assert_eq!(texts, expected, "{text:?}");
        }
    }
}
