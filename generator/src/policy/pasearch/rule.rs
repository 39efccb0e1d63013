//! The part of a listing that is about a rule: its actions, when it is in effect, and its conditions.

use super::{ActionRef, UNKNOWN, put, put_two, word};
use crate::policy::conditions::Coded;
use crate::policy::lookup::{DayTime, Moment, Rule};
use crate::policy::model::Statement;
use crate::policy::named::Named;
use crate::policy::net::{AddressError, AddressSpan, PortSpan};
use crate::policy::table::IP_TIME_CONDITION;

/// The widths to which values are filled with blanks.
const NAME: usize = 47;
const ADDRESS: usize = 46;
const WORD: usize = 16;
const PORT: usize = 6;

pub(super) fn rule(named: &Named<'_>, rule: &Rule<'_>, actions: &[ActionRef<'_>]) -> String {
    let mut text = String::new();
    let out = &mut text;
    let name = rule.statement.name_str().unwrap_or_default();
    let priority = rule.priority.to_string();
    put(out, 0, "policyRule", 25, name, NAME);
    put(out, 2, "Rule Type", 25, "TTLS", NAME);
    put_two(out, 2, ("Version", "3"), ("Status", "Active"), WORD);
    put_two(out, 2, ("Weight", &priority), ("ForLoadDist", "False"), 6);
    let order = ("Sequence Actions", "Don't Care");
    put_two(out, 2, ("Priority", &priority), order, 12);
    let count = actions.len().to_string();
    put(out, 2, "No. Policy Action", 25, &count, 0);
    for action in actions {
        put(out, 2, "policyAction", 25, action.name, NAME);
        let kind = format!("TTLS {}", word(action.scope));
        put(out, 3, "ActionType", 25, &kind, WORD);
        put(out, 3, "Action Sequence", 25, "0", WORD);
    }
    let mut periods: Vec<_> = named
        .members(rule.statement, &IP_TIME_CONDITION)
        .map(Some)
        .collect();
    if periods.is_empty() {
        periods.push(None);
    }
    for period in periods {
        time(out, period.flatten());
    }
    conditions(out, &named.conditions(rule.statement));
    super::action::stamps(out, 2);
    text
}

/// One period; without a statement, that of a rule which is always in effect.
fn time(out: &mut String, condition: Option<&Statement>) {
    let value = |name: &str| condition.and_then(|condition| condition.value(name));
    let coded_or_default = |name: &str| {
        let row = IP_TIME_CONDITION.attribute(name);
        let default = row.and_then(|row| row.default.first());
        value(name).unwrap_or(default.map_or("", |(_, value)| value))
    };
    let days = coded_or_default("DayOfMonthMask");
    let (first, last) = days.split_at_checked(31).unwrap_or((days, ""));
    let last = match (value("DayOfMonthMask"), last) {
        (None, _) => first,
        // Days counted from the last add to the others, so that there are none.
        (Some(_), "") => "0000000000000000000000000000000",
        (Some(_), last) => last,
    };
    out.push_str("  Time Periods:\n   Day of Month Mask:\n");
    put(out, 3, "First to Last", 25, first, 0);
    put(out, 3, "Last to First", 25, last, 0);
    let months = coded_or_default("MonthOfYearMask");
    put(out, 3, "Month of Yr Mask", 25, months, WORD);
    let weekdays = format!("{}  (Sunday - Saturday)", coded_or_default("DayOfWeekMask"));
    put(out, 3, "Day of Week Mask", 25, &weekdays, 0);
    let range =
        value("ConditionTimeRange").map(|range| range.split_once(':').unwrap_or((range, "")));
    let (from, to) = range.map_or(("None".to_owned(), "None".to_owned()), |(from, to)| {
        (date(from), date(to))
    });
    put(out, 3, "Start Date Time", 25, &from, WORD);
    put(out, 3, "End Date Time", 25, &to, WORD);
    let ranges = condition
        .into_iter()
        .flat_map(|one| one.values("TimeOfDayRange"));
    let mut ranges: Vec<_> = ranges.map(|one| one.value()).collect();
    let is_coded = !ranges.is_empty();
    if !is_coded {
        ranges.push(coded_or_default("TimeOfDayRange"));
    }
    for range in ranges {
        let (from, to) = range.split_once('-').unwrap_or((range, ""));
        let all_day = DayTime::from_text(range) == DayTime::from_text("00:00-24:00");
        put_two(out, 3, ("Fr TimeOfDay", from), ("To TimeOfDay", to), WORD);
        // Only the system knows how far its time is from UTC.
        let utc = if all_day { "00:00" } else { UNKNOWN };
        let two = ("To TimeOfDay UTC", utc);
        put_two(out, 3, ("Fr TimeOfDay UTC", utc), two, WORD);
    }
    put(out, 3, "TimeZone", 25, "Local", WORD);
}

/// `Sun Jan  1 02:00:00 2012` of `20120101020000`.
fn date(digits: &str) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<u8>().ok();
    let read = || {
        let at = Moment {
            year: digits.get(..4)?.parse().ok()?,
            month: part(4, 6)?,
            day: part(6, 8)?,
            hour: part(8, 10)?,
            minute: part(10, 12)?,
            second: part(12, 14)?,
        };
        let day = DAYS.get(usize::from(at.weekday()))?;
        let month = MONTHS.get(usize::from(at.month).checked_sub(1)?)?;
        Some(format!(
            "{day} {month} {:2} {:02}:{:02}:{:02} {}",
            at.day, at.hour, at.minute, at.second, at.year
        ))
    };
    read().unwrap_or_else(|| digits.to_owned())
}

/// Groups of addresses and ports have one pair of lines for each member: no listing of a real system with
/// a group was seen.
fn conditions(out: &mut String, coded: &[Coded<'_>]) {
    out.push_str("  TTLS Condition Summary:                 NegativeIndicator: Off\n");
    for side in ["Local", "Remote"] {
        out.push_str(&format!("   {side} Address:\n"));
        let forms = ["Addr", "AddrRef", "AddrSetRef", "AddrGroupRef"];
        for text in values(coded, side, &forms).unwrap_or_else(|| vec!["All"]) {
            let (from, label, to) = address(text);
            put(out, 4, "FromAddr", 25, &from, ADDRESS);
            put(out, 4, label, 25, &to, ADDRESS);
        }
    }
    for side in ["Local", "Remote"] {
        let forms = ["PortRange", "PortRangeRef", "PortGroupRef"];
        for text in values(coded, side, &forms).unwrap_or_else(|| vec!["0"]) {
            let (from, to) = match text.parse::<PortSpan>() {
                Ok(span) => (span.low().to_string(), span.high().to_string()),
                Err(_) => (text.to_owned(), text.to_owned()),
            };
            let labels = [format!("{side}PortFrom"), format!("{side}PortTo")];
            put_two(out, 3, (&labels[0], &from), (&labels[1], &to), PORT);
        }
    }
    let word = |name: &str| {
        let found = coded.iter().find(|one| one.row.name == name)?;
        let value = found.values.first()?.value();
        Some(found.row.canonical(value).unwrap_or(value.into()))
    };
    let (job, user) = (word("Jobname"), word("Userid"));
    let user = ("UserId", user.as_deref().unwrap_or_default());
    put_two(
        out,
        3,
        ("JobName", job.as_deref().unwrap_or_default()),
        user,
        WORD,
    );
    let direction = word("Direction");
    let direction = direction.as_deref().unwrap_or(UNKNOWN);
    put(out, 3, "ServiceDirection", 25, direction, WORD);
}

/// The texts of one condition in the first form that is coded; `None`: in no form.
fn values<'p>(coded: &[Coded<'p>], side: &str, forms: &[&str]) -> Option<Vec<&'p str>> {
    let found = forms.iter().find_map(|form| {
        let mut coded = coded.iter();
        coded.find(|one| one.row.name.strip_prefix(side) == Some(*form))
    })?;
    let texts: Vec<_> = found.values.iter().map(|value| value.value()).collect();
    // A reference that leads nowhere.
    Some(if texts.is_empty() {
        vec![UNKNOWN]
    } else {
        texts
    })
}

/// First address, the label of the second line, and what stands there.
fn address(text: &str) -> (String, &'static str, String) {
    if text.eq_ignore_ascii_case("All") {
        return ("All".to_owned(), "ToAddr", "All".to_owned());
    }
    if let Some((address, length)) = text.split_once('/') {
        return (address.to_owned(), "Prefix", length.to_owned());
    }
    match text.parse::<AddressSpan>() {
        Ok(span) => (span.low().to_string(), "ToAddr", span.high().to_string()),
        Err(AddressError::BareNumber { address }) => {
            (address.to_string(), "ToAddr", address.to_string())
        }
        Err(_) => (text.to_owned(), "ToAddr", text.to_owned()),
    }
}
