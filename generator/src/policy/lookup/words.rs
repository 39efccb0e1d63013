//! Connections and conditions as people say them.

use std::fmt;

use super::{AddressSet, Conditions, Connection, Direction, Moment, Pattern, PortSet, Time, Way};

/// So many parts of a set are written.
const MOST: usize = 4;

impl fmt::Display for Connection {
    /// `inbound from 10.9.9.9 to 10.1.1.2 port 7554, job ZWE1AG`; the port of the side that opens it is left
    /// out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { local, remote, .. } = self;
        match self.way {
            Way::Inbound => write!(
                f,
                "inbound from {remote} to {local} port {}",
                self.local_port
            )?,
            Way::Outbound => write!(
                f,
                "outbound from {local} to {remote} port {}",
                self.remote_port
            )?,
        }
        for (word, name) in [("job", &self.job), ("user", &self.user)] {
            if !name.is_empty() {
                write!(f, ", {word} {name}")?;
            }
        }
        match self.at {
            Some(at) => write!(f, ", at {at}"),
            None => Ok(()),
        }
    }
}

impl Moment {
    /// Reads `2026-11-21T14:30`; what is left out at the end is zero.
    pub fn from_text(text: &str) -> Option<Self> {
        let parts = |c: char| c.is_ascii_digit() || matches!(c, '-' | ':' | 'T' | 't' | ' ');
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if !text.chars().all(parts) || !(8..=14).contains(&digits.len()) {
            return None;
        }
        let digits = format!("{digits:0<14}");
        let part = |from: usize, to: usize| digits.get(from..to)?.parse::<u8>().ok();
        let moment = Self {
            year: digits.get(..4)?.parse().ok()?,
            month: part(4, 6).filter(|month| (1..=12).contains(month))?,
            day: part(6, 8)?,
            hour: part(8, 10).filter(|hour| *hour < 24)?,
            minute: part(10, 12).filter(|minute| *minute < 60)?,
            second: part(12, 14).filter(|second| *second < 60)?,
        };
        (1..=moment.days_in_month())
            .contains(&moment.day)
            .then_some(moment)
    }
}

impl fmt::Display for Moment {
    /// `2026-11-21T14:30`, with seconds where there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = self;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}")?;
        match second {
            0 => Ok(()),
            second => write!(f, ":{second:02}"),
        }
    }
}

impl Conditions {
    /// What both ask for. Of two times, and of two names with asterisks that do not contain each other,
    /// only the first.
    pub fn both(&self, other: &Self) -> Self {
        Self {
            local: self.local.both(&other.local),
            remote: self.remote.both(&other.remote),
            local_ports: self.local_ports.both(&other.local_ports),
            remote_ports: self.remote_ports.both(&other.remote_ports),
            job: self.job.narrower(&other.job).clone(),
            user: self.user.narrower(&other.user).clone(),
            direction: match self.direction {
                Direction::Both => other.direction,
                Direction::Inbound | Direction::Outbound => self.direction,
            },
            time: match self.time {
                Time::Always => other.time.clone(),
                Time::During(_) => self.time.clone(),
            },
        }
    }
}

impl Pattern {
    fn narrower<'a>(&'a self, other: &'a Self) -> &'a Self {
        match (self, other) {
            (Self::Any, _)
            | (Self::Glob(_), Self::Exact(_))
            | (Self::Prefix(_), Self::Exact(_)) => other,
            (Self::Prefix(one), Self::Prefix(two)) if two.len() > one.len() => other,
            _ => self,
        }
    }
}

impl fmt::Display for Conditions {
    /// `inbound, local port 1414-1415, job CSQ*`; what takes all is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        words.extend(match self.direction {
            Direction::Inbound => Some("inbound".to_owned()),
            Direction::Outbound => Some("outbound".to_owned()),
            Direction::Both => None,
        });
        for (side, addresses, ports) in [
            ("local", &self.local, &self.local_ports),
            ("remote", &self.remote, &self.remote_ports),
        ] {
            words.extend(addresses_of(addresses).map(|list| format!("{side} {list}")));
            words.extend(ports_of(ports).map(|list| format!("{side} port {list}")));
        }
        for (word, pattern) in [("job", &self.job), ("user", &self.user)] {
            if *pattern != Pattern::Any {
                words.push(format!("{word} {pattern}"));
            }
        }
        if self.time != Time::Always {
            words.push("at its times".to_owned());
        }
        match words.is_empty() {
            true => f.write_str("all connections"),
            false => f.write_str(&words.join(", ")),
        }
    }
}

fn addresses_of(set: &AddressSet) -> Option<String> {
    (!set.is_all()).then(|| list(set.spans()))
}

fn ports_of(set: &PortSet) -> Option<String> {
    (!set.is_all()).then(|| list(set.spans()))
}

/// "10.1.1.2, 10.1.2.0-10.1.2.255 and 3 more"
fn list(spans: &[impl fmt::Display]) -> String {
    let words: Vec<_> = spans.iter().take(MOST).map(ToString::to_string).collect();
    let more = match spans.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match words.is_empty() {
        true => "none".to_owned(),
        false => format!("{}{more}", words.join(" or ")),
    }
}
