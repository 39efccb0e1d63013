//! `IpTimeCondition`: says when a rule is in effect; all of its attributes must hold.

use super::{AttributeDef, Certainty, Kind, NameRule, Repeat, StatementDef};
use crate::policy::Release;

pub static IP_TIME_CONDITION: StatementDef = StatementDef {
    name: "IpTimeCondition",
    help: "Says when a rule is in effect; all of its attributes must hold.",
    since: Release::V1R7,
    name_rule: NameRule::UnlessInline,
    inline_in: &["TTLSRule"],
    source: "pasearch listing of 3.1; no page of its own was found",
    certainty: Certainty::Unconfirmed,
    attributes: &[
        AttributeDef {
            name: "ConditionTimeRange",
            label: "Date range",
            help: "Gives the first and last moment of the condition, as yyyymmddhhmmss:yyyymmddhhmmss.",
            kind: Kind::TimeRange,
            certainty: Certainty::Unconfirmed,
            source: "pasearch listing of 3.1; no page of its own was found",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "MonthOfYearMask",
            label: "Months",
            help: "Marks with 1 the months in which the condition holds, from January to December.",
            kind: Kind::Mask { digits: &[12] },
            default: &[(Release::V1R7, "111111111111")],
            certainty: Certainty::Unconfirmed,
            source: "pasearch listing of 3.1; no page of its own was found",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "DayOfMonthMask",
            label: "Days of the month",
            help: "Marks with 1 the days on which the condition holds, counted from the first day and optionally also from the last.",
            kind: Kind::Mask { digits: &[31, 62] },
            default: &[(Release::V1R7, "1111111111111111111111111111111")],
            certainty: Certainty::Unconfirmed,
            source: "pasearch listing of 3.1; no page of its own was found",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "DayOfWeekMask",
            label: "Days of the week",
            help: "Marks with 1 the weekdays on which the condition holds, from Sunday to Saturday.",
            kind: Kind::Mask { digits: &[7] },
            default: &[(Release::V1R7, "1111111")],
            source: "pasearch listing of 3.1; no page of its own was found",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TimeOfDayRange",
            label: "Time of day",
            help: "Gives the time of day at which the condition holds, as hh:mm-hh:mm in the Policy Agent's time zone.",
            kind: Kind::TimeOfDay,
            default: &[(Release::V1R7, "00:00-24:00")],
            repeat: Repeat::List,
            source: "pasearch listing of 3.1; no page of its own was found",
            ..AttributeDef::BASE
        },
    ],
};
