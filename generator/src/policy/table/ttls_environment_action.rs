//! `TTLSEnvironmentAction`: describes a System SSL environment: key ring, handshake role, cipher suites and advanced settings.

use super::{AttributeDef, Certainty, Kind, NameRule, Required, Scope, StatementDef};
use crate::policy::Release;

pub static TTLS_ENVIRONMENT_ACTION: StatementDef = StatementDef {
    name: "TTLSEnvironmentAction",
    help: "Describes a System SSL environment: key ring, handshake role, cipher suites and advanced settings.",
    since: Release::V1R7,
    name_rule: NameRule::Always,
    inline_in: &[],
    source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
    certainty: Certainty::Confirmed,
    attributes: &[
        AttributeDef {
            name: "TTLSKeyringParms",
            label: "Key ring settings",
            help: "Says in this block which key ring or key database holds the certificates.",
            kind: Kind::Inline("TTLSKeyringParms"),
            required: Required::OneOf(&["TTLSKeyringParms", "TTLSKeyringParmsRef"]),
            excludes: &["TTLSKeyringParmsRef"],
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSKeyringParmsRef",
            label: "Key ring settings, by reference",
            help: "Names the TTLSKeyringParms statement that says which key ring or key database holds the certificates.",
            kind: Kind::Ref("TTLSKeyringParms"),
            required: Required::OneOf(&["TTLSKeyringParms", "TTLSKeyringParmsRef"]),
            excludes: &["TTLSKeyringParms"],
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "HandshakeRole",
            label: "AT-TLS handshake role",
            help: "Says whether this side acts as TLS client, as TLS server, or as TLS server that asks for a client certificate.",
            kind: Kind::Enum(&["Client", "Server", "ServerWithClientAuth"]),
            required: Required::Always,
            system_ssl: "GSK_SESSION_TYPE",
            inherits: &[Scope::Connection, Scope::Environment],
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "SuiteBProfile",
            label: "Suite B profile",
            help: "Restricts TLS 1.2 sessions to the suites, curves and signatures of a Suite B profile.",
            kind: Kind::Enum(&["Off", "128", "128Min", "192", "192Min", "All"]),
            default: &[(Release::V2R1, "Off")],
            since: Release::V2R1,
            system_ssl: "GSK_SUITE_B_PROFILE",
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSCipherParms",
            label: "Cipher suites",
            help: "Lists in this block the cipher suites in order of preference; without any list System SSL uses its own.",
            kind: Kind::Inline("TTLSCipherParms"),
            excludes: &["TTLSCipherParmsRef"],
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSCipherParmsRef",
            label: "Cipher suites, by reference",
            help: "Names the TTLSCipherParms statement that lists the cipher suites in order of preference.",
            kind: Kind::Ref("TTLSCipherParms"),
            excludes: &["TTLSCipherParms"],
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSSignatureParms",
            label: "Curves and signatures",
            help: "Lists in this block the elliptic curves, key share groups and signature algorithms.",
            kind: Kind::Inline("TTLSSignatureParms"),
            since: Release::V1R13,
            excludes: &["TTLSSignatureParmsRef"],
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSSignatureParmsRef",
            label: "Curves and signatures, by reference",
            help: "Names the TTLSSignatureParms statement that lists elliptic curves, key share groups and signature algorithms.",
            kind: Kind::Ref("TTLSSignatureParms"),
            since: Release::V1R13,
            excludes: &["TTLSSignatureParms"],
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "CtraceClearText",
            label: "Trace of clear text in data trace",
            help: "Replaces the setting of the group action that lets stack traces show application data in clear text.",
            kind: Kind::Flag,
            inherits: &[Scope::Connection, Scope::Environment, Scope::Group],
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "Trace",
            label: "Trace level",
            help: "Replaces the trace level of the group action for the connections of this environment.",
            kind: Kind::Int { min: 0, max: 255 },
            inherits: &[Scope::Connection, Scope::Environment, Scope::Group],
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSEnvironmentAdvancedParms",
            label: "Advanced environment settings",
            help: "Holds the protocol versions and the other advanced settings of the environment in this block.",
            kind: Kind::Inline("TTLSEnvironmentAdvancedParms"),
            excludes: &["TTLSEnvironmentAdvancedParmsRef"],
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSEnvironmentAdvancedParmsRef",
            label: "Advanced environment settings, by reference",
            help: "Names the TTLSEnvironmentAdvancedParms statement with protocol versions and other advanced settings of the environment.",
            kind: Kind::Ref("TTLSEnvironmentAdvancedParms"),
            excludes: &["TTLSEnvironmentAdvancedParms"],
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSGskAdvancedParms",
            label: "System SSL settings",
            help: "Holds the session cache, session ticket and revocation settings of System SSL in this block.",
            kind: Kind::Inline("TTLSGskAdvancedParms"),
            excludes: &["TTLSGskAdvancedParmsRef"],
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TTLSGskAdvancedParmsRef",
            label: "System SSL settings, by reference",
            help: "Names the TTLSGskAdvancedParms statement with session cache, session ticket and revocation settings.",
            kind: Kind::Ref("TTLSGskAdvancedParms"),
            excludes: &["TTLSGskAdvancedParms"],
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "EnvironmentUserInstance",
            label: "Environment instance",
            help: "Is a number whose change makes the stack build the environment anew, for example to read a changed key ring.",
            kind: Kind::Int { min: 0, max: 65535 },
            certainty: Certainty::ThirdParty,
            source: "IP Configuration Reference 2.3, 2.4 and 3.1, TTLSEnvironmentAction",
            ..AttributeDef::BASE
        },
    ],
};
