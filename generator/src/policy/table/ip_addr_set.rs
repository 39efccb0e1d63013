//! `IpAddrSet`: names a prefix or a range of IP addresses.

use super::{AttributeDef, Certainty, Kind, NameRule, Required, StatementDef};
use crate::policy::Release;

pub static IP_ADDR_SET: StatementDef = StatementDef {
    name: "IpAddrSet",
    help: "Names a prefix or a range of IP addresses.",
    since: Release::V1R7,
    name_rule: NameRule::UnlessInline,
    inline_in: &["IpAddrGroup"],
    source: "IP Configuration Reference, TTLSRule; no page of its own was found",
    certainty: Certainty::Unconfirmed,
    attributes: &[
        AttributeDef {
            name: "Prefix",
            label: "IP address prefix",
            help: "Gives all addresses that begin with the same bits, as address/length.",
            kind: Kind::AddressPrefix,
            required: Required::OneOf(&["Prefix", "Range"]),
            excludes: &["Range"],
            existence: Certainty::ThirdParty,
            source: "IP Configuration Reference, TTLSRule; no page of its own was found",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "Range",
            label: "IP address range",
            help: "Gives all addresses from the lowest to the highest, joined by a dash.",
            kind: Kind::AddressRange,
            required: Required::OneOf(&["Prefix", "Range"]),
            excludes: &["Prefix"],
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference, TTLSRule; no page of its own was found",
            ..AttributeDef::BASE
        },
    ],
};
