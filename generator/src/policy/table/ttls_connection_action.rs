//! `TTLSConnectionAction`: overrides settings of the environment for some of its connections.

use super::{AttributeDef, Certainty, Kind, NameRule, Scope, StatementDef};
use crate::policy::Release;

pub static TTLS_CONNECTION_ACTION: StatementDef = StatementDef {
    name: "TTLSConnectionAction",
    help: "Overrides settings of the environment for some of its connections.",
    since: Release::V1R7,
    name_rule: NameRule::Always,
    inline_in: &[],
    source: "IP Configuration Reference, TTLSConnectionAction",
    certainty: Certainty::Confirmed,
    attributes: &[
        AttributeDef {
            name: "HandshakeRole",
            label: "AT-TLS handshake role",
            help: "Replaces the handshake role of the environment action for the connections of this action.",
            kind: Kind::Enum(&["Client", "Server", "ServerWithClientAuth"]),
            system_ssl: "GSK_SESSION_TYPE",
            inherits: &[Scope::Connection, Scope::Environment],
            source: "IP Configuration Reference, TTLSConnectionAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSCipherParms",
            label: "Cipher suites",
            help: "Lists in this block the cipher suites that replace those of the environment action.",
            kind: Kind::Inline("TTLSCipherParms"),
            excludes: &["TTLSCipherParmsRef"],
            source: "IP Configuration Reference, TTLSConnectionAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSCipherParmsRef",
            label: "Cipher suites, by reference",
            help: "Names the TTLSCipherParms statement whose cipher suites replace those of the environment action.",
            kind: Kind::Ref("TTLSCipherParms"),
            excludes: &["TTLSCipherParms"],
            source: "IP Configuration Reference, TTLSConnectionAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSSignatureParms",
            label: "Curves and signatures",
            help: "Lists in this block the curves, key share groups and signature algorithms that replace those of the environment action.",
            kind: Kind::Inline("TTLSSignatureParms"),
            since: Release::V1R13,
            excludes: &["TTLSSignatureParmsRef"],
            source: "IP Configuration Reference, TTLSConnectionAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSSignatureParmsRef",
            label: "Curves and signatures, by reference",
            help: "Names the TTLSSignatureParms statement whose lists replace those of the environment action.",
            kind: Kind::Ref("TTLSSignatureParms"),
            since: Release::V1R13,
            excludes: &["TTLSSignatureParms"],
            source: "IP Configuration Reference, TTLSConnectionAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "CtraceClearText",
            label: "Trace of clear text in data trace",
            help: "Replaces the setting of environment and group action that lets stack traces show application data in clear text.",
            kind: Kind::Flag,
            inherits: &[Scope::Connection, Scope::Environment, Scope::Group],
            source: "IP Configuration Reference, TTLSConnectionAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "Trace",
            label: "Trace level",
            help: "Replaces the trace level of the environment and group action for the connections of this action.",
            kind: Kind::Int { min: 0, max: 255 },
            inherits: &[Scope::Connection, Scope::Environment, Scope::Group],
            source: "IP Configuration Reference, TTLSConnectionAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSConnectionAdvancedParms",
            label: "Advanced connection settings",
            help: "Holds the advanced settings that override those of the environment in this block.",
            kind: Kind::Inline("TTLSConnectionAdvancedParms"),
            excludes: &["TTLSConnectionAdvancedParmsRef"],
            source: "IP Configuration Reference, TTLSConnectionAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSConnectionAdvancedParmsRef",
            label: "Advanced connection settings, by reference",
            help: "Names the TTLSConnectionAdvancedParms statement whose settings override those of the environment.",
            kind: Kind::Ref("TTLSConnectionAdvancedParms"),
            excludes: &["TTLSConnectionAdvancedParms"],
            source: "IP Configuration Reference, TTLSConnectionAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ConnectionUserInstance",
            label: "Connection instance",
            help: "Is a number whose change makes the stack build a new instance of the connection action although nothing else changed.",
            kind: Kind::Int { min: 0, max: 65535 },
            certainty: Certainty::ThirdParty,
            source: "IP Configuration Reference, TTLSConnectionAction",
            ..AttributeDef::BASE
        },
    ],
};
