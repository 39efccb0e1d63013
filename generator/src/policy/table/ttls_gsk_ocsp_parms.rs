//! `TTLSGskOcspParms`: says how certificates are checked by OCSP, and whether a server staples OCSP responses.

use super::{
    AttributeDef, Certainty, Kind, NO_LIMIT, NameRule, Repeat, StatementDef, TextForm, Unit,
};
use crate::policy::Release;

pub static TTLS_GSK_OCSP_PARMS: StatementDef = StatementDef {
    name: "TTLSGskOcspParms",
    help: "Says how certificates are checked by OCSP, and whether a server staples OCSP responses.",
    since: Release::V2R2,
    name_rule: NameRule::UnlessInline,
    inline_in: &["TTLSGskAdvancedParms"],
    source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
    certainty: Certainty::Confirmed,
    attributes: &[
        AttributeDef {
            name: "OcspUrl",
            label: "OCSP responder URL",
            help: "Gives the http address of an OCSP responder that is asked about every certificate.",
            kind: Kind::Text {
                max: 2083,
                form: TextForm::Url,
            },
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_URL",
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspAiaEnable",
            label: "OCSP by certificate extension",
            help: "Asks the OCSP responder that a certificate names in its AIA extension.",
            kind: Kind::Flag,
            default: &[(Release::V2R2, "Off")],
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_ENABLE",
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspProxyServerName",
            label: "OCSP proxy",
            help: "Names the HTTP proxy through which OCSP responders are reached.",
            kind: Kind::Text {
                max: NO_LIMIT,
                form: TextForm::HostName,
            },
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_PROXY_SERVER_NAME",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspProxyServerPort",
            label: "OCSP proxy port",
            help: "Sets the port of the HTTP proxy for OCSP.",
            kind: Kind::Int { min: 1, max: 65535 },
            default: &[(Release::V2R2, "80")],
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_PROXY_SERVER_PORT",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspRetrieveViaGet",
            label: "OCSP by HTTP GET",
            help: "Sends OCSP requests by HTTP GET, which caches can answer, instead of POST.",
            kind: Kind::Flag,
            default: &[(Release::V2R2, "Off")],
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_RETRIEVE_VIA_GET",
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspUrlPriority",
            label: "OCSP URL before AIA",
            help: "Asks the responder of OcspUrl before those named in the certificates.",
            kind: Kind::Flag,
            default: &[(Release::V2R2, "On")],
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_URL_PRIORITY",
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspRequestSigkeylabel",
            label: "OCSP signing key label",
            help: "Names the certificate whose key signs OCSP requests; without it requests are not signed.",
            kind: Kind::Text {
                max: 127,
                form: TextForm::Label,
            },
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_REQUEST_SIGKEYLABEL",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspRequestSigalg",
            label: "OCSP signing algorithm",
            help: "Chooses the pair of hash and signature algorithm that signs OCSP requests.",
            kind: Kind::SignaturePairs { many: false },
            default: &[(Release::V2R2, "0401")],
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_REQUEST_SIGALG",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspResponseSigAlgPairs",
            label: "OCSP response signature pairs",
            help: "Lists the pairs of hash and signature algorithm accepted in OCSP responses.",
            kind: Kind::SignaturePairs { many: true },
            since: Release::V2R3,
            repeat: Repeat::Concat,
            system_ssl: "GSK_OCSP_RESPONSE_SIGALG_PAIRS",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspServerStapling",
            label: "OCSP stapling",
            help: "Makes a server send OCSP responses in the handshake, for its own certificate (EndEntity) or for its chain (Any).",
            kind: Kind::Enum(&["Off", "Any", "EndEntity"]),
            default: &[(Release::V2R3, "Off")],
            since: Release::V2R3,
            system_ssl: "GSK_SERVER_OCSP_STAPLING",
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspClientCacheSize",
            label: "OCSP cache size",
            help: "Sets how many OCSP responses are kept; 0 means none.",
            kind: Kind::Int { min: 0, max: 32000 },
            unit: Some(Unit::Entries),
            default: &[(Release::V2R2, "256")],
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_CLIENT_CACHE_SIZE",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspCliCacheEntryMaxsize",
            label: "OCSP responses kept per CA",
            help: "Sets how many OCSP responses are kept for one certificate authority; 0 means no limit.",
            kind: Kind::Int { min: 0, max: 32000 },
            unit: Some(Unit::Entries),
            default: &[(Release::V2R2, "0")],
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_CLIENT_CACHE_ENTRY_MAXSIZE",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspNonceGenEnable",
            label: "OCSP nonce in requests",
            help: "Puts a random value into OCSP requests so that an old response can be told from a new one.",
            kind: Kind::Flag,
            default: &[(Release::V2R2, "Off")],
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_NONCE_GENERATION_ENABLE",
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspNonceCheckEnable",
            label: "OCSP nonce check",
            help: "Refuses OCSP responses that do not return the random value of the request.",
            kind: Kind::Flag,
            default: &[(Release::V2R2, "Off")],
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_NONCE_CHECK_ENABLE",
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspNonceSize",
            label: "OCSP nonce size",
            help: "Sets the length of the random value in OCSP requests.",
            kind: Kind::Int { min: 8, max: 256 },
            unit: Some(Unit::Bytes),
            default: &[(Release::V2R2, "8")],
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_NONCE_SIZE",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspResponseTimeout",
            label: "OCSP response timeout",
            help: "Sets how long to wait for the answer of an OCSP responder; 0 means no limit.",
            kind: Kind::Int { min: 0, max: 43200 },
            unit: Some(Unit::Seconds),
            default: &[(Release::V2R2, "15")],
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_RESPONSE_TIMEOUT",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "OcspMaxResponseSize",
            label: "Largest OCSP response",
            help: "Sets the size of the largest OCSP response that is accepted; 0 means no limit.",
            kind: Kind::Int {
                min: 0,
                max: 2147483647,
            },
            unit: Some(Unit::Bytes),
            default: &[(Release::V2R2, "20480")],
            since: Release::V2R2,
            system_ssl: "GSK_OCSP_MAX_RESPONSE_SIZE",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.3, TTLSGskOcspParms",
            ..AttributeDef::BASE
        },
    ],
};
