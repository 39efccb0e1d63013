//! `TTLSConnectionAdvancedParms`: overrides advanced settings of the environment; what is not coded keeps the value of the environment.

use super::{
    AttributeDef, Certainty, Kind, NO_LIMIT, NameRule, Repeat, Scope, StatementDef, TextForm, Unit,
};
use crate::policy::Release;

pub static TTLS_CONNECTION_ADVANCED_PARMS: StatementDef = StatementDef {
    name: "TTLSConnectionAdvancedParms",
    help: "Overrides advanced settings of the environment; what is not coded keeps the value of the environment.",
    since: Release::V1R7,
    name_rule: NameRule::UnlessInline,
    inline_in: &["TTLSConnectionAction"],
    source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
    certainty: Certainty::Unconfirmed,
    attributes: &[
        AttributeDef {
            name: "SSLv2",
            label: "Use SSL V2",
            help: "Lets SSL version 2 be negotiated, a protocol that gives no protection today.",
            kind: Kind::Flag,
            system_ssl: "GSK_PROTOCOL_SSLV2",
            inherits: &[Scope::Connection, Scope::Environment],
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "SSLv3",
            label: "Use SSL V3",
            help: "Lets SSL version 3 be negotiated, a protocol with known attacks.",
            kind: Kind::Flag,
            system_ssl: "GSK_PROTOCOL_SSLV3",
            inherits: &[Scope::Connection, Scope::Environment],
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TLSv1",
            label: "Use TLS V1.0",
            help: "Lets TLS version 1.0 be negotiated.",
            kind: Kind::Flag,
            system_ssl: "GSK_PROTOCOL_TLSV1",
            inherits: &[Scope::Connection, Scope::Environment],
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TLSv1.1",
            label: "Use TLS V1.1",
            help: "Lets TLS version 1.1 be negotiated.",
            kind: Kind::Flag,
            since: Release::V1R11,
            system_ssl: "GSK_PROTOCOL_TLSV1_1",
            inherits: &[Scope::Connection, Scope::Environment],
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TLSv1.2",
            label: "Use TLS V1.2",
            help: "Lets TLS version 1.2 be negotiated.",
            kind: Kind::Flag,
            since: Release::V2R1,
            system_ssl: "GSK_PROTOCOL_TLSV1_2",
            inherits: &[Scope::Connection, Scope::Environment],
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TLSv1.3",
            label: "Use TLS V1.3",
            help: "Lets TLS version 1.3 be negotiated, for which a TLS 1.3 cipher suite must be listed as well.",
            kind: Kind::Flag,
            since: Release::V2R4,
            system_ssl: "GSK_PROTOCOL_TLSV1_3",
            inherits: &[Scope::Connection, Scope::Environment],
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "MiddleBoxCompatMode",
            label: "Middlebox compatibility",
            help: "Makes a TLS 1.3 handshake look like TLS 1.2 to devices on the path that refuse what they do not know.",
            kind: Kind::Flag,
            since: Release::V2R4,
            system_ssl: "GSK_MIDDLEBOX_COMPAT_MODE",
            inherits: &[Scope::Connection, Scope::Environment],
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ApplicationControlled",
            label: "Application controlled",
            help: "Leaves it to the application to start and stop TLS by an ioctl call, with clear text until it does.",
            kind: Kind::Flag,
            inherits: &[Scope::Connection, Scope::Environment],
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "HandshakeTimeout",
            label: "Handshake timeout",
            help: "Closes a connection whose partner has not sent its first handshake data within this time; 0 means no limit.",
            kind: Kind::Int { min: 0, max: 600 },
            unit: Some(Unit::Seconds),
            inherits: &[Scope::Connection, Scope::Environment],
            certainty: Certainty::ThirdParty,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ResetCipherTimer",
            label: "Reset cipher timer",
            help: "Renews the session keys of a connection each time this period has passed; 0 means never.",
            kind: Kind::Int { min: 0, max: 1440 },
            unit: Some(Unit::Minutes),
            inherits: &[Scope::Connection, Scope::Environment],
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "CertificateLabel",
            label: "Certificate label",
            help: "Names the certificate in the key ring to present; without it the ring's default certificate is used.",
            kind: Kind::Text {
                max: 127,
                form: TextForm::Label,
            },
            system_ssl: "GSK_KEYRING_LABEL",
            inherits: &[Scope::Connection, Scope::Environment],
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ServerCertificateLabel",
            label: "Server certificate labels",
            help: "Names, one per line in order of preference, the certificates in the key ring among which a server chooses.",
            kind: Kind::Text {
                max: 127,
                form: TextForm::Label,
            },
            since: Release::V2R3,
            repeat: Repeat::Concat,
            system_ssl: "GSK_SERVER_KEYRING_LABEL_LIST",
            inherits: &[Scope::Connection, Scope::Environment],
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "SecondaryMap",
            label: "Secondary map",
            help: "Replaces the setting of environment and group that gives secondary connections the policy of their primary one.",
            kind: Kind::Flag,
            inherits: &[Scope::Connection, Scope::Environment, Scope::Group],
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "TruncatedHMAC",
            label: "Truncated HMAC",
            help: "Says whether the TLS extension for shortened message authentication codes is off, offered or demanded.",
            kind: Kind::Enum(&["Off", "Optional", "Required"]),
            since: Release::V1R11,
            system_ssl: "TLS extension (gsk_attribute_set_tls_extension)",
            inherits: &[Scope::Connection, Scope::Environment],
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ClientMaxSSLFragment",
            label: "Max fragment, client",
            help: "Says whether a client offers or demands the TLS extension that limits the size of records.",
            kind: Kind::Enum(&["Off", "Optional", "Required"]),
            since: Release::V1R11,
            system_ssl: "TLS extension",
            inherits: &[Scope::Connection, Scope::Environment],
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ClientMaxSSLFragmentLength",
            label: "Max fragment length, client",
            help: "Sets the largest record that a client asks for.",
            kind: Kind::Enum(&["512", "1024", "2048", "4096"]),
            since: Release::V1R11,
            system_ssl: "TLS extension",
            inherits: &[Scope::Connection, Scope::Environment],
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ServerMaxSSLFragment",
            label: "Max fragment, server",
            help: "Says whether a server accepts or demands the TLS extension that limits the size of records.",
            kind: Kind::Enum(&["Off", "Optional", "Required"]),
            since: Release::V1R11,
            system_ssl: "TLS extension",
            inherits: &[Scope::Connection, Scope::Environment],
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ClientHandshakeSNI",
            label: "SNI, client",
            help: "Says whether a client sends the name of the server that it wants to reach.",
            kind: Kind::Enum(&["Off", "Optional", "Required"]),
            since: Release::V1R11,
            system_ssl: "TLS extension",
            inherits: &[Scope::Connection, Scope::Environment],
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ClientHandshakeSNIMatch",
            label: "SNI match, client",
            help: "Says whether the server has to recognise the name that the client sent.",
            kind: Kind::Enum(&["Optional", "Required"]),
            since: Release::V1R11,
            system_ssl: "TLS extension",
            inherits: &[Scope::Connection, Scope::Environment],
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ClientHandshakeSNIList",
            label: "SNI host names, client",
            help: "Gives one server name per line that a client sends in the handshake.",
            kind: Kind::Text {
                max: NO_LIMIT,
                form: TextForm::HostName,
            },
            since: Release::V1R11,
            repeat: Repeat::List,
            system_ssl: "TLS extension",
            inherits: &[Scope::Connection, Scope::Environment],
            certainty: Certainty::Unconfirmed,
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ServerHandshakeSNI",
            label: "SNI, server",
            help: "Says whether a server reads, or demands, the server name that clients send.",
            kind: Kind::Enum(&["Off", "Optional", "Required"]),
            since: Release::V1R11,
            system_ssl: "TLS extension",
            inherits: &[Scope::Connection, Scope::Environment],
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ServerHandshakeSNIMatch",
            label: "SNI match, server",
            help: "Says whether a server refuses clients whose server name is not in its list.",
            kind: Kind::Enum(&["Optional", "Required"]),
            since: Release::V1R11,
            system_ssl: "TLS extension",
            inherits: &[Scope::Connection, Scope::Environment],
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ServerHandshakeSNIList",
            label: "SNI host names and labels, server",
            help: "Gives one server name per line with the label of the certificate to present for it.",
            kind: Kind::Text {
                max: NO_LIMIT,
                form: TextForm::HostAndLabel,
            },
            since: Release::V1R11,
            repeat: Repeat::List,
            system_ssl: "TLS extension",
            inherits: &[Scope::Connection, Scope::Environment],
            certainty: Certainty::Unconfirmed,
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "HostReferenceIdDNS",
            label: "Partner host name check, DNS names",
            help: "Gives a DNS name that a client demands in the server's certificate.",
            kind: Kind::Text {
                max: NO_LIMIT,
                form: TextForm::HostName,
            },
            since: Release::V2R5,
            repeat: Repeat::List,
            inherits: &[Scope::Connection, Scope::Environment],
            certainty: Certainty::Unconfirmed,
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "HostReferenceIdCN",
            label: "Partner host name check, common name",
            help: "Gives the subject common name that a client demands in the server's certificate.",
            kind: Kind::Text {
                max: NO_LIMIT,
                form: TextForm::Free,
            },
            since: Release::V2R5,
            inherits: &[Scope::Connection, Scope::Environment],
            certainty: Certainty::Unconfirmed,
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "HostRefWildcardValidation",
            label: "Partner host name check, wildcards",
            help: "Lets wildcard names in the server's certificate match the demanded host names.",
            kind: Kind::Flag,
            since: Release::V2R5,
            inherits: &[Scope::Connection, Scope::Environment],
            certainty: Certainty::ThirdParty,
            existence: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSConnectionAdvancedParms",
            ..AttributeDef::BASE
        },
    ],
};
