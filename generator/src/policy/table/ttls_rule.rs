//! `TTLSRule`: says which connections the policy applies to and which actions they get.

use super::{AttributeDef, Certainty, Kind, NameRule, Repeat, Required, StatementDef};
use crate::policy::Release;

pub static TTLS_RULE: StatementDef = StatementDef {
    name: "TTLSRule",
    help: "Says which connections the policy applies to and which actions they get.",
    since: Release::V1R7,
    name_rule: NameRule::Always,
    inline_in: &[],
    source: "IP Configuration Reference, TTLSRule",
    certainty: Certainty::Confirmed,
    attributes: &[
        AttributeDef {
            name: "LocalAddr",
            label: "Local address",
            help: "Limits the rule to connections whose address on this stack is in the given address, prefix or range; All means any address.",
            kind: Kind::Address,
            default: &[(Release::V1R7, "All")],
            excludes: &["LocalAddrRef", "LocalAddrSetRef", "LocalAddrGroupRef"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "LocalAddrRef",
            label: "Local address, by reference",
            help: "Names the IpAddr statement with the one address on this stack to which the rule applies.",
            kind: Kind::Ref("IpAddr"),
            excludes: &["LocalAddr", "LocalAddrSetRef", "LocalAddrGroupRef"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "LocalAddrSetRef",
            label: "Local address set",
            help: "Names the IpAddrSet statement with the prefix or range of addresses on this stack to which the rule applies.",
            kind: Kind::Ref("IpAddrSet"),
            excludes: &["LocalAddr", "LocalAddrRef", "LocalAddrGroupRef"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "LocalAddrGroupRef",
            label: "Local address group",
            help: "Names the IpAddrGroup statement with the addresses on this stack to which the rule applies.",
            kind: Kind::Ref("IpAddrGroup"),
            excludes: &["LocalAddr", "LocalAddrRef", "LocalAddrSetRef"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "RemoteAddr",
            label: "Remote address",
            help: "Limits the rule to connections whose partner address is in the given address, prefix or range; All means any address.",
            kind: Kind::Address,
            default: &[(Release::V1R7, "All")],
            excludes: &["RemoteAddrRef", "RemoteAddrSetRef", "RemoteAddrGroupRef"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "RemoteAddrRef",
            label: "Remote address, by reference",
            help: "Names the IpAddr statement with the one partner address to which the rule applies.",
            kind: Kind::Ref("IpAddr"),
            excludes: &["RemoteAddr", "RemoteAddrSetRef", "RemoteAddrGroupRef"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "RemoteAddrSetRef",
            label: "Remote address set",
            help: "Names the IpAddrSet statement with the prefix or range of partner addresses to which the rule applies.",
            kind: Kind::Ref("IpAddrSet"),
            excludes: &["RemoteAddr", "RemoteAddrRef", "RemoteAddrGroupRef"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "RemoteAddrGroupRef",
            label: "Remote address group",
            help: "Names the IpAddrGroup statement with the partner addresses to which the rule applies.",
            kind: Kind::Ref("IpAddrGroup"),
            excludes: &["RemoteAddr", "RemoteAddrRef", "RemoteAddrSetRef"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "LocalPortRange",
            label: "Local port",
            help: "Limits the rule to connections whose port on this stack is the given port or in the given range; 0 means any port.",
            kind: Kind::Ports { min: 0 },
            default: &[(Release::V1R7, "0")],
            excludes: &["LocalPortRangeRef", "LocalPortGroupRef"],
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "LocalPortRangeRef",
            label: "Local port, by reference",
            help: "Names the PortRange statement with the port or range of ports on this stack to which the rule applies.",
            kind: Kind::Ref("PortRange"),
            excludes: &["LocalPortRange", "LocalPortGroupRef"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "LocalPortGroupRef",
            label: "Local port group",
            help: "Names the PortGroup statement with the ports on this stack to which the rule applies.",
            kind: Kind::Ref("PortGroup"),
            excludes: &["LocalPortRange", "LocalPortRangeRef"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "RemotePortRange",
            label: "Remote port",
            help: "Limits the rule to connections whose partner port is the given port or in the given range; 0 means any port.",
            kind: Kind::Ports { min: 0 },
            default: &[(Release::V1R7, "0")],
            excludes: &["RemotePortRangeRef", "RemotePortGroupRef"],
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "RemotePortRangeRef",
            label: "Remote port, by reference",
            help: "Names the PortRange statement with the partner port or range of ports to which the rule applies.",
            kind: Kind::Ref("PortRange"),
            excludes: &["RemotePortRange", "RemotePortGroupRef"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "RemotePortGroupRef",
            label: "Remote port group",
            help: "Names the PortGroup statement with the partner ports to which the rule applies.",
            kind: Kind::Ref("PortGroup"),
            excludes: &["RemotePortRange", "RemotePortRangeRef"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "Jobname",
            label: "Jobname",
            help: "Limits the rule to sockets owned by the job of this name, where an asterisk at the end stands for any further characters.",
            kind: Kind::Wildcard8,
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "Userid",
            label: "User ID",
            help: "Limits the rule to sockets whose process runs under this user ID, where an asterisk at the end stands for any further characters.",
            kind: Kind::Wildcard8,
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "Direction",
            label: "TCP connect direction",
            help: "Says whether the rule applies to connections that this system accepts (Inbound), opens (Outbound) or both.",
            kind: Kind::Enum(&["Inbound", "Outbound", "Both"]),
            required: Required::Always,
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "Priority",
            label: "Priority",
            help: "Orders the rules: the rule with the higher number is tried first and the first rule that matches ends the search.",
            kind: Kind::Int {
                min: 1,
                max: 2000000000,
            },
            default: &[(Release::V1R7, "1")],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "IpTimeCondition",
            label: "Effective time",
            help: "Describes in this block when the rule is in effect; a rule without one is always in effect.",
            kind: Kind::Inline("IpTimeCondition"),
            repeat: Repeat::List,
            excludes: &["IpTimeConditionRef"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "IpTimeConditionRef",
            label: "Effective time, by reference",
            help: "Names the IpTimeCondition statement that says when the rule is in effect.",
            kind: Kind::Ref("IpTimeCondition"),
            repeat: Repeat::List,
            excludes: &["IpTimeCondition"],
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSGroupActionRef",
            label: "Group action",
            help: "Names the TTLSGroupAction statement that turns AT-TLS on or off for matching connections.",
            kind: Kind::Ref("TTLSGroupAction"),
            required: Required::Always,
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSEnvironmentActionRef",
            label: "Environment action",
            help: "Names the TTLSEnvironmentAction statement with key ring, handshake role and environment settings; needed when the group action turns AT-TLS on.",
            kind: Kind::Ref("TTLSEnvironmentAction"),
            required: Required::IfEnabled,
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSConnectionActionRef",
            label: "Connection action",
            help: "Names the TTLSConnectionAction statement whose settings override those of the environment action for matching connections.",
            kind: Kind::Ref("TTLSConnectionAction"),
            source: "IP Configuration Reference, TTLSRule",
            ..AttributeDef::BASE
        },
    ],
};
