//! `PortGroup`: names a group of port ranges, any of which fits.

use super::{AttributeDef, Certainty, Kind, NameRule, Repeat, Required, StatementDef};
use crate::policy::Release;

pub static PORT_GROUP: StatementDef = StatementDef {
    name: "PortGroup",
    help: "Names a group of port ranges, any of which fits.",
    since: Release::V1R7,
    name_rule: NameRule::UnlessInline,
    inline_in: &[],
    source: "IP Configuration Reference, TTLSRule; APAR PI40723",
    certainty: Certainty::Unconfirmed,
    attributes: &[
        AttributeDef {
            name: "PortRange",
            label: "Port range",
            help: "Adds a port or a range of ports to the group, in this block.",
            kind: Kind::Inline("PortRange"),
            required: Required::OneOf(&["PortRange", "PortRangeRef"]),
            repeat: Repeat::List,
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference, TTLSRule; APAR PI40723",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "PortRangeRef",
            label: "Port range, by reference",
            help: "Adds the port or range of the named PortRange statement to the group.",
            kind: Kind::Ref("PortRange"),
            required: Required::OneOf(&["PortRange", "PortRangeRef"]),
            repeat: Repeat::List,
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference, TTLSRule; APAR PI40723",
            ..AttributeDef::BASE
        },
    ],
};
