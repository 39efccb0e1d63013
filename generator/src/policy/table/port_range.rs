//! `PortRange`: names one port or one range of ports.

use super::{AttributeDef, Certainty, Kind, NameRule, Required, StatementDef};
use crate::policy::Release;

pub static PORT_RANGE: StatementDef = StatementDef {
    name: "PortRange",
    help: "Names one port or one range of ports.",
    since: Release::V1R7,
    name_rule: NameRule::UnlessInline,
    inline_in: &["PortGroup"],
    source: "IP Configuration Reference, TTLSRule; APAR PI40723",
    certainty: Certainty::Unconfirmed,
    attributes: &[AttributeDef {
        name: "Port",
        label: "Port",
        help: "Gives one port, or the lowest and highest port of a range.",
        kind: Kind::Ports { min: 1 },
        required: Required::Always,
        certainty: Certainty::Unconfirmed,
        source: "IP Configuration Reference, TTLSRule; APAR PI40723",
        ..AttributeDef::BASE
    }],
};
