//! `TTLSGskHttpCdpParms`: says how certificate revocation lists are fetched over HTTP.

use super::{AttributeDef, Certainty, Kind, NO_LIMIT, NameRule, StatementDef, TextForm, Unit};
use crate::policy::Release;

pub static TTLS_GSK_HTTP_CDP_PARMS: StatementDef = StatementDef {
    name: "TTLSGskHttpCdpParms",
    help: "Says how certificate revocation lists are fetched over HTTP.",
    since: Release::V2R2,
    name_rule: NameRule::UnlessInline,
    inline_in: &["TTLSGskAdvancedParms"],
    source: "IP Configuration Reference 2.4, TTLSGskAdvancedParms",
    certainty: Certainty::Confirmed,
    attributes: &[
        AttributeDef {
            name: "HttpCdpEnable",
            label: "CRL over HTTP",
            help: "Fetches revocation lists from the HTTP addresses that certificates name in their CDP extension.",
            kind: Kind::Flag,
            default: &[(Release::V2R2, "Off")],
            since: Release::V2R2,
            system_ssl: "GSK_HTTP_CDP_ENABLE",
            source: "IP Configuration Reference 2.4, TTLSGskAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "HttpCdpProxyServerName",
            label: "CRL proxy",
            help: "Names the HTTP proxy through which revocation lists are fetched.",
            kind: Kind::Text {
                max: NO_LIMIT,
                form: TextForm::HostName,
            },
            since: Release::V2R2,
            system_ssl: "GSK_HTTP_CDP_PROXY_SERVER_NAME",
            certainty: Certainty::Unconfirmed,
            existence: Certainty::ThirdParty,
            source: "IP Configuration Reference 2.4, TTLSGskAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "HttpCdpProxyServerPort",
            label: "CRL proxy port",
            help: "Sets the port of the HTTP proxy for revocation lists.",
            kind: Kind::Int { min: 1, max: 65535 },
            default: &[(Release::V2R2, "80")],
            since: Release::V2R2,
            system_ssl: "GSK_HTTP_CDP_PROXY_SERVER_PORT",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.4, TTLSGskAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "HttpCdpResponseTimeout",
            label: "CRL response timeout",
            help: "Sets how long to wait for a revocation list over HTTP; 0 means no limit.",
            kind: Kind::Int { min: 0, max: 43200 },
            unit: Some(Unit::Seconds),
            default: &[(Release::V2R2, "15")],
            since: Release::V2R2,
            system_ssl: "GSK_HTTP_CDP_RESPONSE_TIMEOUT",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.4, TTLSGskAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "HttpCdpMaxResponseSize",
            label: "Largest CRL",
            help: "Sets the size of the largest revocation list over HTTP that is accepted; 0 means no limit.",
            kind: Kind::Int {
                min: 0,
                max: 2147483647,
            },
            unit: Some(Unit::Bytes),
            default: &[(Release::V2R2, "204800")],
            since: Release::V2R2,
            system_ssl: "GSK_HTTP_CDP_MAX_RESPONSE_SIZE",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.4, TTLSGskAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "HttpCdpCacheSize",
            label: "CRL cache size",
            help: "Sets how many revocation lists from HTTP are kept; 0 means none.",
            kind: Kind::Int { min: 0, max: 32000 },
            unit: Some(Unit::Entries),
            default: &[(Release::V2R2, "32")],
            since: Release::V2R2,
            system_ssl: "GSK_HTTP_CDP_CACHE_SIZE",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.4, TTLSGskAdvancedParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "HttpCdpCacheEntryMaxsize",
            label: "Largest cached CRL",
            help: "Sets the size of the largest revocation list from HTTP that is kept; 0 means no limit.",
            kind: Kind::Int {
                min: 0,
                max: 2147483647,
            },
            unit: Some(Unit::Bytes),
            default: &[(Release::V2R2, "0")],
            since: Release::V2R2,
            system_ssl: "GSK_HTTP_CDP_CACHE_ENTRY_MAXSIZE",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.4, TTLSGskAdvancedParms",
            ..AttributeDef::BASE
        },
    ],
};
