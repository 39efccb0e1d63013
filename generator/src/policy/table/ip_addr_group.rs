//! `IpAddrGroup`: names a group of IP addresses, any of which fits.

use super::{AttributeDef, Certainty, Kind, NameRule, Repeat, Required, StatementDef};
use crate::policy::Release;

pub static IP_ADDR_GROUP: StatementDef = StatementDef {
    name: "IpAddrGroup",
    help: "Names a group of IP addresses, any of which fits.",
    since: Release::V1R7,
    name_rule: NameRule::UnlessInline,
    inline_in: &[],
    source: "IP Configuration Reference, TTLSRule; no page of its own was found",
    certainty: Certainty::Unconfirmed,
    attributes: &[
        AttributeDef {
            name: "IpAddr",
            label: "IP address",
            help: "Adds one address to the group, in this block.",
            kind: Kind::Inline("IpAddr"),
            required: Required::OneOf(&["IpAddr", "IpAddrRef", "IpAddrSet", "IpAddrSetRef"]),
            repeat: Repeat::List,
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference, TTLSRule; no page of its own was found",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "IpAddrRef",
            label: "IP address, by reference",
            help: "Adds the address of the named IpAddr statement to the group.",
            kind: Kind::Ref("IpAddr"),
            required: Required::OneOf(&["IpAddr", "IpAddrRef", "IpAddrSet", "IpAddrSetRef"]),
            repeat: Repeat::List,
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference, TTLSRule; no page of its own was found",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "IpAddrSet",
            label: "IP address set",
            help: "Adds a prefix or range of addresses to the group, in this block.",
            kind: Kind::Inline("IpAddrSet"),
            required: Required::OneOf(&["IpAddr", "IpAddrRef", "IpAddrSet", "IpAddrSetRef"]),
            repeat: Repeat::List,
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference, TTLSRule; no page of its own was found",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "IpAddrSetRef",
            label: "IP address set, by reference",
            help: "Adds the prefix or range of the named IpAddrSet statement to the group.",
            kind: Kind::Ref("IpAddrSet"),
            required: Required::OneOf(&["IpAddr", "IpAddrRef", "IpAddrSet", "IpAddrSetRef"]),
            repeat: Repeat::List,
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference, TTLSRule; no page of its own was found",
            ..AttributeDef::BASE
        },
    ],
};
