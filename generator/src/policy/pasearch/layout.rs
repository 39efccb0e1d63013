//! What the listing does otherwise than the table: the order of the lines, which of them it prints when
//! nothing is coded, how some are called, and how wide they are.
//!
//! Taken from a listing of a 3.1 system. What it does not show is printed when it is coded, behind the
//! others and in the order of the table.

use crate::policy::table::{
    AttributeDef, Kind, StatementDef, TTLS_CONNECTION_ACTION, TTLS_CONNECTION_ADVANCED_PARMS,
    TTLS_ENVIRONMENT_ACTION, TTLS_ENVIRONMENT_ADVANCED_PARMS, TTLS_GROUP_ACTION,
    TTLS_GROUP_ADVANCED_PARMS, TTLS_GSK_ADVANCED_PARMS, TTLS_GSK_HTTP_CDP_PARMS,
    TTLS_GSK_OCSP_PARMS, TTLS_SIGNATURE_PARMS,
};

/// One line that a statement may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub row: &'static AttributeDef,
    /// It is printed with the default of the release when nothing is coded.
    pub with_default: bool,
}

/// The lines of a statement in their order: those of [`ORDER`], then what else the table has.
pub(super) fn lines(def: &'static StatementDef) -> Vec<Line> {
    let order = order(def);
    let listed = order.iter().filter_map(|name| def.attribute(name));
    let others = def.attributes.iter();
    let others = others.filter(|row| !order.contains(&row.name));
    let line = |with_default| move |row| Line { row, with_default };
    listed
        .map(line(true))
        .chain(others.map(line(false)))
        .collect()
}

pub(super) fn order(def: &StatementDef) -> &'static [&'static str] {
    let found = ORDER.iter().find(|(other, _)| *other == def);
    found.map_or(&[], |(_, names)| names)
}

/// The lines that the listing shows of each statement, in its order.
pub(super) static ORDER: [(&StatementDef, &[&str]); 10] = [
    (
        &TTLS_GROUP_ACTION,
        &[
            "TTLSEnabled",
            "CtraceClearText",
            "Trace",
            "FIPS140",
            "TTLSGroupAdvancedParms",
        ],
    ),
    (
        &TTLS_GROUP_ADVANCED_PARMS,
        &["SecondaryMap", "SyslogFacility"],
    ),
    (
        &TTLS_ENVIRONMENT_ACTION,
        &[
            "HandshakeRole",
            "CtraceClearText",
            "Trace",
            "SuiteBProfile",
            "TTLSKeyringParms",
            "TTLSEnvironmentAdvancedParms",
            "TTLSSignatureParms",
            "TTLSCipherParms",
            "TTLSGskAdvancedParms",
            "EnvironmentUserInstance",
        ],
    ),
    (
        &TTLS_ENVIRONMENT_ADVANCED_PARMS,
        &[
            "SSLv2",
            "SSLv3",
            "TLSv1",
            "TLSv1.1",
            "TLSv1.2",
            "TLSv1.3",
            "MiddleBoxCompatMode",
            "ApplicationControlled",
            "HandshakeTimeout",
            "ClientAuthType",
            "ResetCipherTimer",
            "SecondaryMap",
            "CertificateLabel",
            "ServerCertificateLabel",
            "TruncatedHMAC",
            "CertValidationMode",
            "ServerMaxSSLFragment",
            "ClientMaxSSLFragment",
            "ServerHandshakeSNI",
            "ClientHandshakeSNI",
            "ClientExtendedMasterSecret",
            "ServerExtendedMasterSecret",
            "Renegotiation",
            "RenegotiationIndicator",
            "RenegotiationCertCheck",
            "3DesKeyCheck",
            "ClientEDHGroupSize",
            "ServerEDHGroupSize",
            "PeerMinCertVersion",
            "PeerMinDHKeySize",
            "PeerMinDsaKeySize",
            "PeerMinECCKeySize",
            "PeerMinRsaKeySize",
            "ServerScsv",
        ],
    ),
    (
        &TTLS_SIGNATURE_PARMS,
        &[
            "ClientECurves",
            "ClientKeyShareGroups",
            "ServerKeyShareGroups",
            "ServerKexECurves",
            "SignaturePairs",
        ],
    ),
    (
        &TTLS_GSK_ADVANCED_PARMS,
        &[
            "GSK_V3_SESSION_TIMEOUT",
            "GSK_V3_SIDCACHE_SIZE",
            "GSK_SESSION_TICKET_CLIENT_ENABLE",
            "GSK_SESSION_TICKET_CLIENT_MAXSIZE",
            "GSK_SESSION_TICKET_SERVER_ENABLE",
            "GSK_SESSION_TICKET_SERVER_ALGORITHM",
            "GSK_SESSION_TICKET_SERVER_COUNT",
            "GSK_SESSION_TICKET_SERVER_KEY_REFRESH",
            "GSK_SESSION_TICKET_SERVER_TIMEOUT",
            "TTLSGskHttpCdpParms",
            "TTLSGskOcspParms",
        ],
    ),
    (
        &TTLS_GSK_HTTP_CDP_PARMS,
        &[
            "HttpCdpEnable",
            "HttpCdpProxyServerName",
            "HttpCdpProxyServerPort",
            "HttpCdpResponseTimeout",
            "HttpCdpMaxResponseSize",
            "HttpCdpCacheSize",
            "HttpCdpCacheEntryMaxsize",
        ],
    ),
    (
        &TTLS_GSK_OCSP_PARMS,
        &[
            "OcspUrl",
            "OcspAiaEnable",
            "OcspProxyServerName",
            "OcspProxyServerPort",
            "OcspRetrieveViaGet",
            "OcspUrlPriority",
            "OcspRequestSigkeylabel",
            "OcspRequestSigalg",
            "OcspClientCacheSize",
            "OcspCliCacheEntryMaxsize",
            "OcspNonceGenEnable",
            "OcspNonceCheckEnable",
            "OcspNonceSize",
            "OcspResponseTimeout",
            "OcspMaxResponseSize",
            "OcspServerStapling",
        ],
    ),
    (
        &TTLS_CONNECTION_ACTION,
        &[
            "HandshakeRole",
            "CtraceClearText",
            "Trace",
            "TTLSConnectionAdvancedParms",
            "TTLSSignatureParms",
            "TTLSCipherParms",
        ],
    ),
    (
        &TTLS_CONNECTION_ADVANCED_PARMS,
        &[
            "SecondaryMap",
            "SSLv2",
            "SSLv3",
            "TLSv1",
            "TLSv1.1",
            "TLSv1.2",
            "TLSv1.3",
            "MiddleBoxCompatMode",
            "ApplicationControlled",
            "HandshakeTimeout",
            "ResetCipherTimer",
            "CertificateLabel",
            "ServerCertificateLabel",
        ],
    ),
];

/// The lists of [`TTLS_SIGNATURE_PARMS`] that the listing works out anew for a connection action which
/// switches protocol versions.
pub(super) const OF_CONNECTION: [&str; 3] =
    ["ClientECurves", "ClientKeyShareGroups", "SignaturePairs"];

/// The switches of the protocol versions.
pub(super) const SWITCHES: [&str; 6] = ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

/// What a line is called, where that is not the name of the attribute.
pub(super) fn label(row: &AttributeDef) -> &'static str {
    match row.name {
        "V2CipherSuites" => "v2CipherSuites",
        "V3CipherSuites" | "V3CipherSuites4Char" => "v3CipherSuites",
        name => name,
    }
}

/// The name of a curve, which the listing writes with a capital where it begins with `x`.
pub(super) fn curve(name: &str) -> String {
    match name.starts_with('x') {
        true => name.to_uppercase(),
        false => name.to_owned(),
    }
}

/// The column of a value.
pub(super) fn column(def: &StatementDef) -> usize {
    match def == &TTLS_GSK_ADVANCED_PARMS {
        true => 49,
        false => 33,
    }
}

/// To how many characters a value is filled with blanks.
pub(super) fn pad(def: &StatementDef, row: &AttributeDef) -> usize {
    match (row.name, row.kind) {
        ("Trace", _) if def == &TTLS_GROUP_ACTION => 0,
        ("Renegotiation" | "RenegotiationIndicator", _) => 16,
        (_, Kind::Flag) => 15,
        (_, Kind::Enum(_) | Kind::Int { .. }) if is_ticket(def, row) => 0,
        (_, Kind::Enum(_)) => 15,
        (_, Kind::Int { .. }) => 16,
        _ => 0,
    }
}

fn is_ticket(def: &StatementDef, row: &AttributeDef) -> bool {
    def == &TTLS_GSK_ADVANCED_PARMS && row.name.starts_with("GSK_")
}

/// Blanks behind the label of a block.
pub(super) fn blanks(row: &AttributeDef) -> &'static str {
    match row.name {
        "TTLSGroupAdvancedParms" => "      ",
        _ => "",
    }
}
