//! `TTLSGroupAction`: turns AT-TLS on or off and describes the process that does TLS for the group.

use super::{AttributeDef, Certainty, Kind, NameRule, Required, Scope, StatementDef};
use crate::policy::Release;

pub static TTLS_GROUP_ACTION: StatementDef = StatementDef {
    name: "TTLSGroupAction",
    help: "Turns AT-TLS on or off and describes the process that does TLS for the group.",
    since: Release::V1R7,
    name_rule: NameRule::Always,
    inline_in: &[],
    source: "IP Configuration Reference 2.1 and 3.1, TTLSGroupAction",
    certainty: Certainty::Confirmed,
    attributes: &[
        AttributeDef {
            name: "TTLSEnabled",
            label: "AT-TLS enabled",
            help: "Turns AT-TLS on for matching connections, or leaves them in clear text when Off.",
            kind: Kind::Flag,
            required: Required::Always,
            source: "IP Configuration Reference 2.1 and 3.1, TTLSGroupAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "CtraceClearText",
            label: "Trace of clear text in data trace",
            help: "Lets traces of the stack show application data before encryption and after decryption.",
            kind: Kind::Flag,
            default: &[(Release::V1R7, "Off")],
            inherits: &[Scope::Connection, Scope::Environment, Scope::Group],
            source: "IP Configuration Reference 2.1 and 3.1, TTLSGroupAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "Trace",
            label: "Trace level",
            help: "Adds up what AT-TLS reports: 1 errors to the TCP/IP job log, 2 errors to syslogd, 4 information, 8 events, 16 flow, 32 data.",
            kind: Kind::Int { min: 0, max: 255 },
            default: &[(Release::V1R7, "2")],
            inherits: &[Scope::Connection, Scope::Environment, Scope::Group],
            source: "IP Configuration Reference 2.1 and 3.1, TTLSGroupAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSGroupAdvancedParms",
            label: "Advanced group settings",
            help: "Holds the less common group settings in this block.",
            kind: Kind::Inline("TTLSGroupAdvancedParms"),
            excludes: &["TTLSGroupAdvancedParmsRef"],
            source: "IP Configuration Reference 2.1 and 3.1, TTLSGroupAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSGroupAdvancedParmsRef",
            label: "Advanced group settings, by reference",
            help: "Names the TTLSGroupAdvancedParms statement with the less common group settings.",
            kind: Kind::Ref("TTLSGroupAdvancedParms"),
            excludes: &["TTLSGroupAdvancedParms"],
            source: "IP Configuration Reference 2.1 and 3.1, TTLSGroupAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "FIPS140",
            label: "FIPS 140",
            help: "Makes the group use only cryptography that FIPS 140 permits, at the given level; On equals Level1, and ICSF must be active.",
            kind: Kind::Enum(&["Off", "On", "Level1", "Level2", "Level3"]),
            default: &[(Release::V1R11, "Off")],
            since: Release::V1R11,
            system_ssl: "gsk_fips_state_set()",
            source: "IP Configuration Reference 2.1 and 3.1, TTLSGroupAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "GroupUserInstance",
            label: "Group instance",
            help: "Is a number whose change makes the stack build a new instance of the group although nothing else changed.",
            kind: Kind::Int { min: 0, max: 65535 },
            certainty: Certainty::ThirdParty,
            source: "IP Configuration Reference 2.1 and 3.1, TTLSGroupAction",
            ..AttributeDef::BASE
        },
    ],
};
