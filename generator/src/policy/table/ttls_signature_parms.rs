//! `TTLSSignatureParms`: lists elliptic curves, key share groups and signature algorithms.

use super::{AttributeDef, Certainty, Kind, NameRule, Repeat, StatementDef};
use crate::policy::Release;

pub static TTLS_SIGNATURE_PARMS: StatementDef = StatementDef {
    name: "TTLSSignatureParms",
    help: "Lists elliptic curves, key share groups and signature algorithms.",
    since: Release::V1R13,
    name_rule: NameRule::UnlessInline,
    inline_in: &["TTLSEnvironmentAction", "TTLSConnectionAction"],
    source: "IP Configuration Reference 2.1 and 2.5, TTLSSignatureParms",
    certainty: Certainty::Confirmed,
    attributes: &[
        AttributeDef {
            name: "ClientECurves",
            label: "Client curves",
            help: "Lists the elliptic curves that a client offers, in order of preference; Any offers all by sending no list.",
            kind: Kind::Curves(&[
                "0019", "0021", "0023", "0024", "0025", "0029", "0030", "Any",
            ]),
            default: &[
                (Release::V1R13, "00210023002400250019"),
                (Release::V3R2, ""),
            ],
            since: Release::V1R13,
            repeat: Repeat::Concat,
            system_ssl: "GSK_CLIENT_ECURVE_LIST",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1 and 2.5, TTLSSignatureParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ClientKeyShareGroups",
            label: "Client key share groups",
            help: "Lists the groups for which a TLS 1.3 client sends key shares.",
            kind: Kind::Curves(&["0023", "0024", "0025", "0029", "0030"]),
            default: &[(Release::V2R4, "0023")],
            since: Release::V2R4,
            repeat: Repeat::Concat,
            system_ssl: "GSK_CLIENT_TLS_KEY_SHARES",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1 and 2.5, TTLSSignatureParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ServerKexECurves",
            label: "Server key exchange curves",
            help: "Lists the elliptic curves that a server accepts for ephemeral key exchange below TLS 1.3.",
            kind: Kind::Curves(&["0019", "0021", "0023", "0024", "0025"]),
            default: &[(Release::V2R3, "00230024002500210019")],
            since: Release::V2R3,
            repeat: Repeat::Concat,
            system_ssl: "GSK_SERVER_ALLOWED_KEX_ECURVES",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1 and 2.5, TTLSSignatureParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "ServerKeyShareGroups",
            label: "Server key share groups",
            help: "Lists the groups that a TLS 1.3 server accepts, in order of preference.",
            kind: Kind::Curves(&["0023", "0024", "0025", "0029", "0030"]),
            default: &[(Release::V2R4, "00230024002500290030")],
            since: Release::V2R4,
            repeat: Repeat::Concat,
            system_ssl: "GSK_SERVER_TLS_KEY_SHARES",
            source: "IP Configuration Reference 2.1 and 2.5, TTLSSignatureParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "SignaturePairs",
            label: "Signature pairs",
            help: "Lists the pairs of hash and signature algorithm that are accepted, in order of preference.",
            kind: Kind::SignaturePairs { many: true },
            default: &[
                (
                    Release::V2R1,
                    "0601060305010503040104030402030103030302020102030202",
                ),
                (Release::V3R2, "060106030501050304010403"),
            ],
            since: Release::V2R1,
            repeat: Repeat::Concat,
            system_ssl: "GSK_TLS_SIG_ALG_PAIRS",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1 and 2.5, TTLSSignatureParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "SignaturePairsCert",
            label: "Certificate signature pairs",
            help: "Lists the pairs of hash and signature algorithm accepted in certificates, where these differ from the signature pairs.",
            kind: Kind::SignaturePairs { many: true },
            since: Release::V2R4,
            repeat: Repeat::Concat,
            system_ssl: "GSK_TLS_CERT_SIG_ALG_PAIRS",
            source: "IP Configuration Reference 2.1 and 2.5, TTLSSignatureParms",
            ..AttributeDef::BASE
        },
    ],
};
