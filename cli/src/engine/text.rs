//! Tables, ages, sizes and moments for people.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How a column stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// Rows below their heads, each column as wide as it has to be.
pub fn table<const N: usize>(heads: [(&str, Side); N], rows: Vec<[String; N]>) -> String {
    let mut all = vec![heads.map(|(head, _)| head.to_owned())];
    all.extend(rows.into_iter().map(|row| row.map(|cell| plain(&cell))));
    let widths = all.iter().fold([0; N], |mut widths, row| {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
        widths
    });
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).zip(heads);
        let cells: Vec<_> = cells
            .map(|((cell, width), (_, side))| {
                let blanks = " ".repeat(width.saturating_sub(cell.chars().count()));
                match side {
                    Side::Left => format!("{cell}{blanks}"),
                    Side::Right => format!("{blanks}{cell}"),
                }
            })
            .collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    all.iter().map(line).collect()
}

/// Facts, a line each, behind their names; those without a value are left out.
pub fn facts(facts: &[(&str, String)]) -> String {
    let facts = facts.iter().filter(|(_, value)| !value.is_empty());
    let width = facts.clone().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |(name, value): &(&str, String)| format!("{name:<width$}  {}\n", plain(value));
    facts.map(line).collect()
}

/// What came from partners, without what a terminal would obey.
pub fn plain(text: &str) -> String {
    let safe = |c: char| match c {
        // Marks of direction are no control characters, and turn lines round.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '?',
        c if c.is_control() => '?',
        c => c,
    };
    text.chars().map(safe).collect()
}

/// The same of a text of several lines.
pub fn plain_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(plain).collect();
    lines.join("\n")
}

/// What a column has where there is nothing.
pub fn or_dash(text: &str) -> String {
    match text {
        "" => "-".to_owned(),
        text => text.to_owned(),
    }
}

/// `3m 12s`: the two largest units of a number of seconds.
pub fn age(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m {}s", seconds % 60),
        (0, _, _) => format!("{hours}h {}m", minutes % 60),
        _ => format!("{days}d {}h", hours % 24),
    }
}

/// `1.2 MiB`
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    // In tenths, rounded; what would be 1024.0 of one unit is 1.0 of the next.
    let mut unit = 1024_u128;
    for name in UNITS {
        let tenths = (u128::from(bytes) * 10 + unit / 2) / unit;
        if tenths < 10_240 {
            return format!("{}.{} {name}", tenths / 10, tenths % 10);
        }
        unit *= 1024;
    }
    format!("{bytes} B")
}

/// A moment in Unix seconds by the clock of this host: `2027-11-22 06:00:00`.
pub fn moment(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok();
    let time = time.and_then(|seconds| Timestamp::from_second(seconds).ok());
    match time {
        Some(time) => {
            let time = time.to_zoned(TimeZone::system());
            time.strftime("%Y-%m-%d %H:%M:%S").to_string()
        }
        None => format!("{seconds} s after 1970"),
    }
}

/// `1 rule`, `12 rules`
pub fn many(number: impl TryInto<u64>, noun: &str) -> String {
    match number.try_into() {
        Ok(1) => format!("1 {noun}"),
        Ok(number) => format!("{number} {noun}s"),
        Err(_) => format!("many {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_sizes_have_units() {
        let ages = [0, 59, 60, 192, 3599, 3600, 86_399, 86_400, 400_000].map(age);
        assert_eq!(
            ages.join(", "),
            "0s, 59s, 1m 0s, 3m 12s, 59m 59s, 1h 0m, 23h 59m, 1d 0h, 4d 15h"
        );
        let sizes = [0, 1023, 1024, 1_258_291, 1_048_575, 1 << 40, u64::MAX].map(size);
        assert_eq!(
            sizes.join(", "),
            "0 B, 1023 B, 1.0 KiB, 1.2 MiB, 1.0 MiB, 1.0 TiB, 16.0 EiB"
        );
        assert_eq!(moment(u64::MAX), "18446744073709551615 s after 1970");
    }

    #[test]
    fn a_terminal_obeys_nothing_of_a_partner() {
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}c\u{9b}d\re"), "a?[2Jb?c?d?e");
        assert_eq!(plain_lines("a\n  b\u{7}\n"), "a\n  b?");
    }
}
