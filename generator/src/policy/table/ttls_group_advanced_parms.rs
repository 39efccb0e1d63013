//! `TTLSGroupAdvancedParms`: holds the less common settings of a group action.

use super::{AttributeDef, Certainty, Kind, NO_LIMIT, NameRule, Scope, StatementDef, TextForm};
use crate::policy::Release;

pub static TTLS_GROUP_ADVANCED_PARMS: StatementDef = StatementDef {
    name: "TTLSGroupAdvancedParms",
    help: "Holds the less common settings of a group action.",
    since: Release::V1R7,
    name_rule: NameRule::UnlessInline,
    inline_in: &["TTLSGroupAction"],
    source: "IP Configuration Reference 2.1 and 3.1, TTLSGroupAction",
    certainty: Certainty::Confirmed,
    attributes: &[
        AttributeDef {
            name: "SecondaryMap",
            label: "Secondary map",
            help: "Remembers the process and address pair of each matched connection, so that its secondary connections, such as FTP data connections, get the same policy.",
            kind: Kind::Flag,
            default: &[(Release::V1R7, "Off")],
            inherits: &[Scope::Connection, Scope::Environment, Scope::Group],
            source: "IP Configuration Reference 2.1 and 3.1, TTLSGroupAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "SyslogFacility",
            label: "Syslog facility",
            help: "Chooses the syslogd facility that receives this group's AT-TLS messages.",
            kind: Kind::Enum(&["Daemon", "Auth"]),
            default: &[(Release::V1R7, "Daemon")],
            source: "IP Configuration Reference 2.1 and 3.1, TTLSGroupAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "Envfile",
            label: "Environment file",
            help: "Names the file with environment variables for the group's Language Environment process.",
            kind: Kind::Text {
                max: NO_LIMIT,
                form: TextForm::Path,
            },
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1 and 3.1, TTLSGroupAction",
            ..AttributeDef::BASE
        },
    ],
};
