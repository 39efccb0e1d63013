//! When a rule is in effect.

use crate::policy::table::clock;

/// When a rule is in effect. The default is always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Time {
    #[default]
    Always,
    /// While any of these holds.
    During(Vec<TimeCondition>),
}

/// One `IpTimeCondition`: all parts must hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TimeCondition {
    /// First and last moment, as the digits `yyyymmddhhmmss`.
    pub between: Option<(u64, u64)>,
    /// January is bit 0.
    pub months: u16,
    /// The first day of the month is bit 0.
    pub days: u32,
    /// The last day of the month is bit 0.
    pub days_from_last: u32,
    /// Sunday is bit 0.
    pub weekdays: u8,
    /// Any of these; none means all day.
    pub of_day: Vec<DayTime>,
}

/// Minutes since midnight, the last one not included. The end may lie on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DayTime {
    pub from: u16,
    pub to: u16,
}

/// A moment by the clock on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
}

impl Time {
    pub fn holds(&self, at: Moment) -> bool {
        match self {
            Self::Always => true,
            Self::During(conditions) => conditions.iter().any(|condition| condition.holds(at)),
        }
    }
}

impl Default for TimeCondition {
    fn default() -> Self {
        Self {
            between: None,
            months: 0xfff,
            days: 0x7fff_ffff,
            days_from_last: 0,
            weekdays: 0x7f,
            of_day: Vec::new(),
        }
    }
}

impl TimeCondition {
    pub fn holds(&self, at: Moment) -> bool {
        let bit = |mask: u32, index: u32| mask.checked_shr(index).unwrap_or(0) & 1 == 1;
        let day = u32::from(at.day.saturating_sub(1));
        let from_last = u32::from(at.days_in_month().saturating_sub(at.day));
        let stamp = at.stamp();
        let minutes = u16::from(at.hour) * 60 + u16::from(at.minute);
        self.between
            .is_none_or(|(from, to)| from <= stamp && stamp <= to)
            && bit(self.months.into(), u32::from(at.month.saturating_sub(1)))
            && (bit(self.days, day) || bit(self.days_from_last, from_last))
            && bit(self.weekdays.into(), u32::from(at.weekday()))
            && (self.of_day.is_empty() || self.of_day.iter().any(|range| range.holds(minutes)))
    }
}

impl DayTime {
    /// Reads `hh:mm-hh:mm`.
    pub fn from_text(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        Some(Self {
            from: clock(from)?,
            to: clock(to)?,
        })
    }

    /// A range whose end is before its start goes over midnight.
    fn holds(self, minutes: u16) -> bool {
        if self.from <= self.to {
            self.from <= minutes && minutes < self.to
        } else {
            minutes >= self.from || minutes < self.to
        }
    }
}

impl Moment {
    /// The digits `yyyymmddhhmmss` as a number.
    pub(crate) fn stamp(self) -> u64 {
        let fields = [self.month, self.day, self.hour, self.minute, self.second];
        fields.iter().fold(u64::from(self.year), |stamp, field| {
            stamp * 100 + u64::from(*field)
        })
    }

    pub(crate) fn days_in_month(self) -> u8 {
        match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if self.is_leap_year() => 29,
            2 => 28,
            _ => 31,
        }
    }

    fn is_leap_year(self) -> bool {
        let year = self.year;
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    }

    /// 0 is Sunday.
    pub fn weekday(self) -> u8 {
        // Counts days from 1 March, so that the leap day is the last of its year.
        const BEFORE_MONTH: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
        let month = usize::from(self.month.clamp(1, 12)) - 1;
        let year = u32::from(self.year).saturating_sub(u32::from(month < 2));
        let days = year + year / 4 - year / 100 + year / 400 + BEFORE_MONTH[month];
        // The remainder is below 7.
        ((days + u32::from(self.day)) % 7) as u8
    }
}
