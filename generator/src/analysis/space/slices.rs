//! Times as cells: moments that no rule tells apart are one slice.
//!
//! A condition asks for the date, the month, the day, the weekday and the time of day. Days that agree in
//! month, day, length of the month and weekday, with no limit of a date range between them, are alike; the
//! calendar goes through all of them within 40 years, so that the slices are complete.

use std::collections::{HashMap, HashSet};

use super::boxes::Cells;
use crate::policy::lookup::{Moment, Time, TimeCondition};

/// Years in which the calendar goes through all its kinds of years, also where a leap day is left out.
const CALENDAR: u16 = 40;
/// Years are looked at from this one on, so that examples are of our days.
const NOW: u16 = 2026;
/// So many conditions are looked at for so many moments.
const MOST_WORK: usize = 4_000_000;
const MOST_SLICES: usize = 1_000;

/// All moments, parted as the rules part them.
#[derive(Default)]
pub struct Slices {
    /// The times of the rules, each once.
    times: HashMap<Time, usize>,
    /// Which of the times hold, and a moment at which it is so.
    slices: Vec<(Vec<bool>, Moment)>,
}

impl Slices {
    /// For the times of rules; `also`: moments that will be asked for. `None`: they are too many.
    pub fn of<'a>(times: impl Iterator<Item = &'a Time>, also: &[Moment]) -> Option<Self> {
        let mut distinct: HashMap<Time, usize> = HashMap::new();
        for time in times.filter(|time| **time != Time::Always) {
            if !distinct.contains_key(time) {
                distinct.insert(time.clone(), distinct.len());
            }
        }
        if distinct.is_empty() {
            return Some(Self::default());
        }
        let mut in_order: Vec<(&Time, usize)> =
            distinct.iter().map(|(time, at)| (time, *at)).collect();
        in_order.sort_unstable_by_key(|(_, at)| *at);
        let in_order: Vec<&Time> = in_order.into_iter().map(|(time, _)| time).collect();
        let conditions: Vec<&TimeCondition> =
            in_order.iter().flat_map(|time| conditions(time)).collect();
        let most = MOST_WORK / conditions.len().max(1);
        let moments = moments(&conditions, most)?;
        let mut seen: HashSet<Vec<bool>> = HashSet::new();
        let mut slices = Vec::new();
        for moment in moments.into_iter().chain(also.iter().copied()) {
            let holds: Vec<bool> = in_order.iter().map(|time| time.holds(moment)).collect();
            if seen.insert(holds.clone()) {
                slices.push((holds, moment));
            }
        }
        (slices.len() <= MOST_SLICES).then_some(Self {
            times: distinct,
            slices,
        })
    }

    /// The slices in which a time holds.
    pub fn cells(&self, time: &Time) -> Cells {
        let Some(at) = self.times.get(time) else {
            return Cells::One([(0, self.count())]);
        };
        let mut cells: Vec<(u32, u32)> = Vec::new();
        for (slice, (holds, _)) in (0..).zip(&self.slices) {
            match cells.last_mut() {
                _ if !holds[*at] => {}
                Some(last) if last.1 == slice => last.1 += 1,
                _ => cells.push((slice, slice + 1)),
            }
        }
        cells.into()
    }

    /// A moment of a slice. `None`: no rule asks for the time.
    pub fn moment(&self, slice: u32) -> Option<Moment> {
        self.slices.get(slice as usize).map(|(_, moment)| *moment)
    }

    /// The slice of a moment that was asked for.
    pub fn slice(&self, moment: Moment) -> Option<u32> {
        let holds = |at: &(Vec<bool>, Moment)| {
            let mut times = self.times.iter();
            times.all(|(time, index)| time.holds(moment) == at.0[*index])
        };
        match self.slices.is_empty() {
            true => Some(0),
            false => self
                .slices
                .iter()
                .position(holds)
                .and_then(|at| u32::try_from(at).ok()),
        }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.slices.len()).unwrap_or(u32::MAX).max(1)
    }
}

fn conditions(time: &Time) -> &[TimeCondition] {
    match time {
        Time::Always => &[],
        Time::During(conditions) => conditions,
    }
}

/// Moments of every kind that the conditions can tell apart. `None`: more than `most`.
fn moments(conditions: &[&TimeCondition], most: usize) -> Option<Vec<Moment>> {
    let mut minutes: Vec<u16> = conditions
        .iter()
        .flat_map(|condition| &condition.of_day)
        .flat_map(|range| [range.from, range.to])
        .filter(|minute| *minute < 24 * 60)
        .chain([0])
        .collect();
    minutes.sort_unstable();
    minutes.dedup();
    // The first stamp of each stretch that no date range parts.
    let mut limits: Vec<u64> = conditions
        .iter()
        .filter_map(|condition| condition.between)
        .flat_map(|(from, to)| [from, after(to)])
        .collect();
    limits.sort_unstable();
    limits.dedup();
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for year in years(&limits) {
        for (month, day) in days(year) {
            let midnight = Moment {
                year,
                month,
                day,
                hour: 0,
                minute: 0,
                second: 0,
            };
            let first = midnight.stamp();
            let last = first + 235_959;
            let (from, to) = (
                limits.partition_point(|limit| *limit <= first),
                limits.partition_point(|limit| *limit <= last),
            );
            let kind = (
                from,
                month,
                day,
                midnight.days_in_month(),
                midnight.weekday(),
            );
            if from == to && !seen.insert(kind) {
                continue;
            }
            found.extend(minutes.iter().map(|minute| Moment {
                // Below 24 and 60.
                hour: (minute / 60) as u8,
                minute: (minute % 60) as u8,
                ..midnight
            }));
            found.extend(
                limits[from..to]
                    .iter()
                    .filter_map(|limit| at(midnight, *limit)),
            );
            if found.len() > most {
                return None;
            }
        }
    }
    Some(found)
}

/// The years to look at, ours first.
fn years(limits: &[u64]) -> Vec<u16> {
    let year = |stamp: &u64| {
        u16::try_from(stamp / 10_000_000_000)
            .unwrap_or(u16::MAX)
            .clamp(1900, 9999)
    };
    let mut years: Vec<u16> = match limits.first() {
        None => (NOW..NOW + CALENDAR).collect(),
        Some(first) => {
            let before = year(first).saturating_sub(CALENDAR)..=year(first);
            let after = limits
                .iter()
                .flat_map(|limit| year(limit)..=year(limit) + CALENDAR);
            before.chain(after).collect()
        }
    };
    years.sort_unstable_by_key(|year| (*year < NOW, year.abs_diff(NOW)));
    years.dedup();
    years
}

fn days(year: u16) -> impl Iterator<Item = (u8, u8)> {
    (1..=12).flat_map(move |month| {
        let first = Moment {
            year,
            month,
            day: 1,
            hour: 0,
            minute: 0,
            second: 0,
        };
        (1..=first.days_in_month()).map(move |day| (month, day))
    })
}

/// The moment of a stamp on this day, if there is one.
fn at(midnight: Moment, stamp: u64) -> Option<Moment> {
    let time = stamp.checked_sub(midnight.stamp())?;
    let part = |unit: u64, end: u64| {
        u8::try_from(time / unit % 100)
            .ok()
            .filter(|part| u64::from(*part) < end)
    };
    Some(Moment {
        hour: part(10_000, 24)?,
        minute: part(100, 60)?,
        second: part(1, 60)?,
        ..midnight
    })
}

/// The next stamp that may be of a moment. What is past the end of a day is before the next one.
fn after(stamp: u64) -> u64 {
    let (seconds, minutes) = (stamp % 100, stamp / 100 % 100);
    match (seconds >= 59, minutes >= 59) {
        (false, _) => stamp.saturating_add(1),
        (true, false) => (stamp / 100).saturating_add(1).saturating_mul(100),
        (true, true) => (stamp / 10_000).saturating_add(1).saturating_mul(10_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::lookup::DayTime;

    fn during(condition: TimeCondition) -> Time {
        Time::During(vec![condition])
    }

    #[test]
    fn what_no_rule_tells_apart_is_one_slice() {
        let weekdays = |weekdays| {
            during(TimeCondition {
                weekdays,
                ..TimeCondition::default()
            })
        };
        let night = during(TimeCondition {
            of_day: DayTime::from_text("22:00-06:00").into_iter().collect(),
            ..TimeCondition::default()
        });
        let (work, rest) = (weekdays(0b011_1110), weekdays(0b100_0001));
        let slices =
            Slices::of([&work, &rest, &night, &Time::Always].into_iter(), &[]).unwrap_or_default();
        assert_eq!(slices.slices.len(), 4);
        assert_eq!(&*slices.cells(&Time::Always), [(0, 4)]);
        for slice in 0..4 {
            let moment = slices
                .moment(slice)
                .map(|moment| (work.holds(moment), rest.holds(moment)));
            assert!(moment.is_some_and(|(work, rest)| work != rest));
        }
    }

    #[test]
    fn a_second_and_a_leap_day_are_found() {
        let second = during(TimeCondition {
            between: Some((20261121235959, 20261121235959)),
            ..TimeCondition::default()
        });
        let leap = during(TimeCondition {
            months: 2,
            days: 1 << 28,
            weekdays: 1,
            ..TimeCondition::default()
        });
        let slices = Slices::of([&second, &leap].into_iter(), &[]).unwrap_or_default();
        assert_eq!(slices.slices.len(), 3, "{:?}", slices.slices);
        let never = during(TimeCondition {
            months: 2,
            days: 1 << 29,
            ..TimeCondition::default()
        });
        let slices = Slices::of([&never].into_iter(), &[]).unwrap_or_default();
        assert!(slices.cells(&never).is_empty());
    }

    #[test]
    fn the_slice_of_a_moment_agrees_with_the_times() {
        let range = during(TimeCondition {
            between: Some((20300101120000, 20310630240000)),
            of_day: DayTime::from_text("11:30-12:30").into_iter().collect(),
            ..TimeCondition::default()
        });
        let moment = Moment {
            year: 2031,
            month: 6,
            day: 30,
            hour: 12,
            minute: 29,
            second: 59,
        };
        let slices = Slices::of([&range].into_iter(), &[moment]).unwrap_or_default();
        let slice = slices.slice(moment).unwrap_or(u32::MAX);
        assert_eq!(&*slices.cells(&range), [(slice, slice + 1)]);
        assert_eq!(slices.slices.len(), 2);
    }
}
