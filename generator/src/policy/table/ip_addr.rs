//! `IpAddr`: names one IP address.

use super::{AttributeDef, Certainty, Kind, NameRule, Required, StatementDef};
use crate::policy::Release;

pub static IP_ADDR: StatementDef = StatementDef {
    name: "IpAddr",
    help: "Names one IP address.",
    since: Release::V1R7,
    name_rule: NameRule::UnlessInline,
    inline_in: &["IpAddrGroup"],
    source: "IP Configuration Reference 2.2, IpAddr",
    certainty: Certainty::Confirmed,
    attributes: &[AttributeDef {
        name: "Addr",
        label: "IP address",
        help: "Gives one IPv4 or IPv6 address.",
        kind: Kind::SingleAddress,
        required: Required::Always,
        source: "IP Configuration Reference 2.2, IpAddr",
        ..AttributeDef::BASE
    }],
};
