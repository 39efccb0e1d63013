//! `TTLSGskLdapParms`: says how certificate revocation lists are read from LDAP servers.

use super::{
    AttributeDef, Certainty, Kind, NO_LIMIT, NameRule, Repeat, Required, StatementDef, TextForm,
    Unit,
};
use crate::policy::Release;

pub static TTLS_GSK_LDAP_PARMS: StatementDef = StatementDef {
    name: "TTLSGskLdapParms",
    help: "Says how certificate revocation lists are read from LDAP servers.",
    since: Release::V1R7,
    name_rule: NameRule::UnlessInline,
    inline_in: &["TTLSGskAdvancedParms"],
    source: "IP Configuration Reference 2.1, TTLSGskLdapParms",
    certainty: Certainty::Confirmed,
    attributes: &[
        AttributeDef {
            name: "GSK_LDAP_SERVER",
            label: "LDAP server",
            help: "Names, one per line, an LDAP server that holds revocation lists, with an optional port after a colon.",
            kind: Kind::Text {
                max: NO_LIMIT,
                form: TextForm::HostAndPort,
            },
            required: Required::Always,
            repeat: Repeat::List,
            system_ssl: "GSK_LDAP_SERVER",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSGskLdapParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "GSK_LDAP_USER",
            label: "LDAP user",
            help: "Gives the distinguished name with which to log in to the LDAP server.",
            kind: Kind::Text {
                max: NO_LIMIT,
                form: TextForm::Free,
            },
            required: Required::With("GSK_LDAP_USER_PW"),
            system_ssl: "GSK_LDAP_USER",
            source: "IP Configuration Reference 2.1, TTLSGskLdapParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "GSK_LDAP_USER_PW",
            label: "LDAP password",
            help: "Gives the password with which to log in to the LDAP server, in clear text in the file.",
            kind: Kind::Text {
                max: NO_LIMIT,
                form: TextForm::Password,
            },
            required: Required::With("GSK_LDAP_USER"),
            secret: true,
            system_ssl: "GSK_LDAP_USER_PW",
            source: "IP Configuration Reference 2.1, TTLSGskLdapParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "GSK_LDAP_SERVER_PORT",
            label: "LDAP port",
            help: "Sets the port of the LDAP servers that are named without one.",
            kind: Kind::Int { min: 1, max: 65535 },
            default: &[(Release::V1R7, "389")],
            system_ssl: "GSK_LDAP_SERVER_PORT",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSGskLdapParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "GSK_CRL_CACHE_TIMEOUT",
            label: "CRL cache timeout",
            help: "Sets how long a revocation list from LDAP is kept; 0 means that it is not kept.",
            kind: Kind::Int { min: 0, max: 720 },
            unit: Some(Unit::Hours),
            default: &[(Release::V1R7, "24")],
            system_ssl: "GSK_CRL_CACHE_TIMEOUT",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSGskLdapParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "GSK_CRL_SECURITY_LEVEL",
            label: "CRL security level",
            help: "Says how strict a check is when the LDAP server or its revocation list cannot be had.",
            kind: Kind::Enum(&["Low", "Medium", "High"]),
            default: &[(Release::V1R7, "Medium")],
            system_ssl: "GSK_CRL_SECURITY_LEVEL",
            default_certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSGskLdapParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "CRLCacheSize",
            label: "CRL cache size",
            help: "Sets how many revocation lists from LDAP are kept; -1 means no limit.",
            kind: Kind::Int {
                min: -1,
                max: 32000,
            },
            unit: Some(Unit::Entries),
            default: &[(Release::V2R2, "-1")],
            since: Release::V2R2,
            system_ssl: "GSK_CRL_CACHE_SIZE",
            existence: Certainty::ThirdParty,
            source: "IP Configuration Reference 2.1, TTLSGskLdapParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "CRLCacheEntryMaxsize",
            label: "Largest cached CRL",
            help: "Sets the size of the largest revocation list from LDAP that is kept; 0 means no limit.",
            kind: Kind::Int {
                min: 0,
                max: 2147483647,
            },
            unit: Some(Unit::Bytes),
            default: &[(Release::V2R2, "0")],
            since: Release::V2R2,
            system_ssl: "GSK_CRL_CACHE_ENTRY_MAXSIZE",
            existence: Certainty::ThirdParty,
            source: "IP Configuration Reference 2.1, TTLSGskLdapParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "CRLCacheExtended",
            label: "Extended CRL cache",
            help: "Switches from the basic to the extended cache for revocation lists from LDAP.",
            kind: Kind::Flag,
            default: &[(Release::V2R2, "Off")],
            since: Release::V2R2,
            system_ssl: "GSK_CRL_CACHE_EXTENDED",
            existence: Certainty::ThirdParty,
            default_certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSGskLdapParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "CRLCacheTempCRL",
            label: "Temporary CRL",
            help: "Keeps an empty revocation list for a time when the LDAP server has none, so that it is not asked each time.",
            kind: Kind::Flag,
            default: &[(Release::V2R2, "On")],
            since: Release::V2R2,
            system_ssl: "GSK_CRL_CACHE_TEMP_CRL",
            existence: Certainty::ThirdParty,
            default_certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSGskLdapParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "CRLCacheTempCRLTimeout",
            label: "Temporary CRL timeout",
            help: "Sets how long a temporary revocation list is kept.",
            kind: Kind::Int { min: 1, max: 720 },
            unit: Some(Unit::Hours),
            default: &[(Release::V2R2, "24")],
            since: Release::V2R2,
            system_ssl: "GSK_CRL_CACHE_TEMP_CRL_TIMEOUT",
            certainty: Certainty::Unconfirmed,
            existence: Certainty::ThirdParty,
            default_certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, TTLSGskLdapParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "LDAPResponseTimeout",
            label: "LDAP response timeout",
            help: "Sets how long to wait for an answer of the LDAP server; 0 means no limit.",
            kind: Kind::Int { min: 0, max: 43200 },
            unit: Some(Unit::Seconds),
            default: &[(Release::V2R2, "15")],
            since: Release::V2R2,
            system_ssl: "GSK_LDAP_RESPONSE_TIMEOUT",
            certainty: Certainty::Unconfirmed,
            existence: Certainty::ThirdParty,
            source: "IP Configuration Reference 2.1, TTLSGskLdapParms",
            ..AttributeDef::BASE
        },
    ],
};
