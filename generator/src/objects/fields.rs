//! The fields of objects: their labels, their PAGENT words, their help and defaults.
//!
//! A field that writes one attribute of one statement names its row of the statement table, and
//! what the row says is not said again here. Settings are fields whose row is their key.

use super::{Kind, ObjectId, Settings};
use crate::policy::table::{self, AttributeDef, StatementDef};

/// A field that stands in an object under a name of its own.
#[derive(Clone, Copy, Debug)]
pub struct FieldDef {
    /// Where it stands; `*` for any row.
    pub path: &'static str,
    /// NCA's word.
    pub label: &'static str,
    /// `Statement.Attribute`, when one attribute holds it.
    pub parameter: Option<&'static str>,
    /// One sentence.
    pub help: &'static str,
    /// What an empty field means.
    pub default: &'static str,
    /// One or two real values, where the value has a form.
    pub examples: &'static [&'static str],
}

impl FieldDef {
    /// PAGENT's word, when one attribute holds it.
    pub fn word(&self) -> Option<&'static str> {
        self.parameter
            .and_then(|key| key.split_once('.'))
            .map(|(_, attribute)| attribute)
    }

    /// The help, and what a value may look like.
    pub fn words(&self) -> String {
        with_examples(self.help, self.examples)
    }

    fn holds(&self, path: &str) -> bool {
        let mut parts = path.split('/');
        self.path.split('/').all(|expected| match parts.next() {
            Some(part) => expected == "*" || expected == part,
            None => false,
        })
    }
}

/// Help with its examples between backticks, as messages have what a person types.
pub fn with_examples(help: &str, examples: &[&str]) -> String {
    match examples {
        [] => help.to_owned(),
        [one] => format!("{help} For example `{one}`."),
        [first @ .., last] => format!("{help} For example `{}` or `{last}`.", first.join("`, `")),
    }
}

macro_rules! fields {
    ($($path:literal, $label:literal, $parameter:expr, $help:literal, $default:literal $(, [$($example:literal),*])?;)*) => {
        &[$(FieldDef { path: $path, label: $label, parameter: $parameter, help: $help, default: $default, examples: &[$($($example),*)?] },)*]
    };
}

const NAME: FieldDef = FieldDef {
    path: "name",
    label: "Name",
    parameter: None,
    help: "1 to 64 letters, digits or _ - . @ # $; a change of name breaks no reference.",
    default: "",
    examples: &["MQ_PROD"],
};

const SYSTEM_NAME: FieldDef = FieldDef {
    path: "name",
    label: "Name",
    parameter: None,
    help: "1 to 8 letters, digits or @ # $, not starting with a digit.",
    default: "",
    examples: &["TCPIP", "MVSA"],
};

const DESCRIPTION: FieldDef = FieldDef {
    path: "description",
    label: "Description",
    parameter: None,
    help: "What it is for, in your words.",
    default: "",
    examples: &[],
};

const TAGS: FieldDef = FieldDef {
    path: "tags",
    label: "Tags",
    parameter: None,
    help: "Words of yours to find it by, separated by commas.",
    default: "",
    examples: &["payroll, pci"],
};

const TRAFFIC: &[FieldDef] = fields! {
    "rows/*/local_port", "Local port", Some("TTLSRule.LocalPortRange"), "A port, a range, All, or Ephemeral for 1024-65535.", "All", ["1414", "1415-1420"];
    "rows/*/remote_port", "Remote port", Some("TTLSRule.RemotePortRange"), "A port, a range, All, or Ephemeral for 1024-65535.", "All", ["1414", "1415-1420"];
    "rows/*/direction", "TCP connect direction", Some("TTLSRule.Direction"), "Inbound for connections that others open to this system, outbound for those it opens itself.", "Either";
    "rows/*/jobname", "Jobname", Some("TTLSRule.Jobname"), "The job name of the program that owns the socket; a trailing * stands for any ending.", "*", ["CSQ1CHIN", "FTPD*"];
    "rows/*/userid", "User ID", Some("TTLSRule.Userid"), "The user ID of the program that owns the socket; a trailing * stands for any ending.", "*", ["MQUSER", "WEB*"];
    "rows/*/role", "AT-TLS handshake role", Some("TTLSEnvironmentAction.HandshakeRole"), "Which end of the handshake AT-TLS plays; it need not follow the direction.", "Server for inbound, Client for outbound";
    "rows/*/application_controlled", "Application controlled", Some("TTLSEnvironmentAdvancedParms.ApplicationControlled"), "The handshake waits until the application asks for it; TN3270 and FTP need it.", "Off";
    "rows/*/secondary_map", "Secondary map", Some("TTLSEnvironmentAdvancedParms.SecondaryMap"), "Later connections of the same program and partner are treated alike, as FTP data connections need.", "Off";
    "rows/*/keyring", "Key ring", Some("TTLSKeyringParms.Keyring"), "owner/ring, a key database path, or *TOKEN*/name; empty for the key ring of the stack or image.", "", ["START1/MQRING", "/etc/mq.kdb"];
    "rows/*/keyring_stash_file", "Stash file", Some("TTLSKeyringParms.KeyringStashFile"), "The file with the password of a key database; key rings need none.", "", ["/etc/mq.sth"];
    "rows/*/certificate_label", "Certificate label", Some("TTLSEnvironmentAdvancedParms.CertificateLabel"), "The certificate to show; empty for the default certificate of the key ring.", "", ["MQ PROD 2026"];
    "rows/*/server_certificate_labels", "Server certificate labels", Some("TTLSEnvironmentAdvancedParms.ServerCertificateLabel"), "Several certificates to choose from, one on each line, the preferred one first: one RSA and one ECDSA, or old and new.", "", ["MQ RSA 2026"];
    "rows", "Traffic", None, "One row for each kind of connection; each becomes a rule.", "";
};

const LEVEL: &[FieldDef] = fields! {
    "protect", "Protect with TLS", Some("TTLSGroupAction.TTLSEnabled"), "Off leaves the traffic in the clear.", "On";
    "versions/sslv2", "Use SSL V2", Some("TTLSEnvironmentAdvancedParms.SSLv2"), "Broken since 1995; only for partners that cannot do anything else.", "Off";
    "versions/sslv3", "Use SSL V3", Some("TTLSEnvironmentAdvancedParms.SSLv3"), "Broken; only for partners that cannot do anything else.", "Off";
    "versions/tls10", "Use TLS V1.0", Some("TTLSEnvironmentAdvancedParms.TLSv1"), "Deprecated by RFC 8996; only for old partners.", "Off";
    "versions/tls11", "Use TLS V1.1", Some("TTLSEnvironmentAdvancedParms.TLSv1.1"), "Deprecated by RFC 8996; only for old partners.", "Off";
    "versions/tls12", "Use TLS V1.2", Some("TTLSEnvironmentAdvancedParms.TLSv1.2"), "What every partner of the last ten years can do.", "On";
    "versions/tls13", "Use TLS V1.3", Some("TTLSEnvironmentAdvancedParms.TLSv1.3"), "The newest version; needs cipher suites of its own.", "On";
    "suites", "Cipher suites", Some("TTLSCipherParms.V3CipherSuites"), "In order of preference.", "";
    "client_authentication", "Use client authentication", Some("TTLSEnvironmentAdvancedParms.ClientAuthType"), "Whether a client must show a certificate, and how it is checked.", "Off";
    "preset", "Preset", None, "The dated set of values that this level started from.", "";
};

const ADDRESSES: &[FieldDef] = fields! {
    "addresses", "IP addresses", Some("IpAddr.Addr"), "One address, a prefix or a range.", "", ["10.1.1.2", "10.1.0.0/16", "10.1.1.2-10.1.1.9", "2001:db8::/32"];
    "hosts/*/name", "Host", None, "The name of a host; the addresses that the name server gives are recorded, and written to the policy.", "", ["mq1.example.com"];
    "hosts", "Hosts", None, "Hosts whose recorded addresses belong to this group.", "";
    "groups", "Address groups", None, "Groups whose addresses belong to this one too.", "";
};

const MAP: &[FieldDef] = fields! {
    "mappings/*/traffic", "Traffic descriptor", None, "Which ports.", "";
    "mappings/*/level", "Security level", None, "How protected.", "";
    "mappings", "Mappings", None, "In order: the first that fits counts.", "";
};

const GROUP: &[FieldDef] = fields! {
    "variables", "Variables", None, "${NAME} in a port, an address, a job name, a key ring or a label stands for what is given here; a stack's value goes before its image's, and that before its group's.", "";
    "tests", "Policy tests", None, "What is expected of the connections of each stack, one expectation on a line.", "", ["any local port 23 must be protected"];
};

const IMAGE: &[FieldDef] = fields! {
    "group", "z/OS group", None, "The group that it is installed with.", "";
    "release", "z/OS release", None, "Decides which parameters may be written, and their defaults.", "3.1";
    "keyring", "Key ring", Some("TTLSKeyringParms.Keyring"), "owner/ring: the default for all AT-TLS traffic of the image.", "", ["START1/MVSARING"];
    "keyring_stash_file", "Stash file", Some("TTLSKeyringParms.KeyringStashFile"), "The file with the password of a key database; key rings need none.", "", ["/etc/mvsa.sth"];
    "syslog_facility", "Syslog facility", Some("TTLSGroupAdvancedParms.SyslogFacility"), "Auth lets syslogd keep AT-TLS messages in a file of their own.", "Daemon";
    "variables", "Variables", None, "${NAME} in a port, an address, a job name, a key ring or a label stands for what is given here; a stack's value goes before its image's, and that before its group's.", "";
    "tests", "Policy tests", None, "What is expected of the connections of each stack, one expectation on a line.", "", ["any local port 23 must be protected"];
    "setup", "Set-up answers", None, "What the set-up page asked.", "";
};

const STACK: &[FieldDef] = fields! {
    "image", "System image", None, "The system that it runs on.", "";
    "enabled", "AT-TLS enabled", None, "Off: no rule is written for this stack.", "On";
    "trace", "Trace level", Some("TTLSGroupAction.Trace"), "What AT-TLS logs for every rule of the stack: 1 errors to the job log, 2 errors to syslogd, 4 info, 8 events, 16 flow, 32 data.", "2";
    "trace_clear_text", "Trace of clear text", Some("TTLSGroupAction.CtraceClearText"), "Traces may hold decrypted data.", "Off";
    "keyring", "Key ring", Some("TTLSKeyringParms.Keyring"), "Empty for the image's key ring.", "", ["START1/TCPIPRING"];
    "keyring_stash_file", "Stash file", Some("TTLSKeyringParms.KeyringStashFile"), "The file with the password of the stack's own key database; key rings need none.", "", ["/etc/tcpip.sth"];
    "layout", "Layout of the policy file", None, "Compact writes each value once; compatible writes as the Network Configuration Assistant does.", "Compact";
    "write_defaults", "Write defaults", None, "Write values that equal their default, too.", "Off";
    "files/main", "Main file", None, "What PAGENT reads first.", "/etc/pagent.conf", ["/etc/pagent.conf"];
    "files/image", "Image file", None, "Named by the main file.", "/etc/pagent.STACK.conf", ["/etc/pagent.TCPIP.conf"];
    "files/policy", "Policy file", None, "Named by the image file.", "/etc/pagent.STACK.ttls", ["/etc/pagent.TCPIP.ttls"];
    "files/image_options", "Refresh of the image file", None, "The words after its path in the main file: FLUSH or NOFLUSH, PURGE or NOPURGE, and seconds between looks at it.", "FLUSH PURGE 1800", ["NOFLUSH NOPURGE 600"];
    "files/policy_options", "Refresh of the policy file", None, "The words after its path in the image file: FLUSH or NOFLUSH, PURGE or NOPURGE.", "FLUSH PURGE", ["NOFLUSH NOPURGE"];
    "files/main_more", "Further statements of the main file", None, "Written as they are, for other technologies and the Policy Agent itself; stacks that share the file write equal ones once.", "", ["Codepage IBM-1047"];
    "files/image_more", "Further statements of the image file", None, "Written as they are, for other technologies.", "", ["IPSecConfig /etc/ipsec.policy"];
    "files/policy_more", "Further statements of the policy file", None, "Written as they are, below everything else.", "";
    "variables", "Variables", None, "${NAME} in a port, an address, a job name, a key ring or a label stands for what is given here; a stack's value goes before its image's, and that before its group's.", "";
    "tests", "Policy tests", None, "What is expected of the connections of each stack, one expectation on a line.", "", ["any local port 23 must be protected"];
    "setup", "Set-up answers", None, "What the set-up page asked.", "";
};

const RULE: &[FieldDef] = fields! {
    "enabled", "Enabled", None, "A rule that is off is not written.", "On";
    "local", "Local data endpoint", Some("TTLSRule.LocalAddr"), "An address of this system, or an address group.", "All", ["10.1.1.2", "10.1.0.0/16"];
    "remote", "Remote data endpoint", Some("TTLSRule.RemoteAddr"), "An address of the partner, or an address group.", "All", ["10.20.0.0/16"];
    "map", "Requirement map", None, "Which traffic, and how protected.", "";
    "trace", "Trace level", Some("TTLSConnectionAction.Trace"), "1 errors to the job log, 2 errors to syslogd, 4 info, 8 events, 16 flow, 32 data.", "the stack's";
    "trace_clear_text", "Trace of clear text", Some("TTLSConnectionAction.CtraceClearText"), "Traces may hold decrypted data.", "the stack's";
    "effective/time_of_day", "Time of day", Some("IpTimeCondition.TimeOfDayRange"), "From and to; empty for the whole day.", "", ["08:00-18:00"];
    "effective/period", "Period", Some("IpTimeCondition.ConditionTimeRange"), "First and last moment, as year, month, day, hours, minutes and seconds; empty without bounds.", "", ["20260101000000:20261231235959"];
    "effective/days_of_month", "Days of the month", Some("IpTimeCondition.DayOfMonthMask"), "Numbers of days, separated by commas; empty for every day.", "", ["1, 15"];
    "effective/days_from_last", "Days counted back from the last of the month", Some("IpTimeCondition.DayOfMonthMask"), "1 is the last day of the month, 2 the day before.", "", ["1"];
    "effective", "Effective times", Some("TTLSRule.IpTimeCondition"), "When the rule counts, in the local time of the Policy Agent.", "always";
    "owner", "Belongs to", None, "The stack, or the image or group whose stacks all have it.", "";
    "order", "Order", Some("TTLSRule.Priority"), "The first rule that fits a connection counts.", "";
};

/// The fields of a kind that stand under a name of their own, in the order of its page.
pub fn fields(kind: Kind) -> impl Iterator<Item = &'static FieldDef> {
    let name = match kind {
        Kind::Image | Kind::Stack => &SYSTEM_NAME,
        _ => &NAME,
    };
    [name, &DESCRIPTION, &TAGS]
        .into_iter()
        .chain(own_fields(kind))
}

fn own_fields(kind: Kind) -> &'static [FieldDef] {
    match kind {
        Kind::AddressGroup => ADDRESSES,
        Kind::TrafficDescriptor => TRAFFIC,
        Kind::SecurityLevel => LEVEL,
        Kind::RequirementMap => MAP,
        Kind::Group => GROUP,
        Kind::Image => IMAGE,
        Kind::Stack => STACK,
        Kind::Rule => RULE,
    }
}

/// The field at exactly this path.
pub fn field(kind: Kind, path: &str) -> Option<&'static FieldDef> {
    let parts = path.split('/').count();
    fields(kind).find(|field| field.path.split('/').count() == parts && field.holds(path))
}

/// The label of the field at this path, for a sentence: "Local port of row 2".
pub fn label(kind: Kind, path: &str) -> String {
    let label = match path
        .strip_prefix("settings/")
        .or_else(|| path.split_once("/settings/").map(|(_, key)| key))
    {
        Some(key) => {
            let key = key.split('/').next().unwrap_or(key);
            row(key).map_or(key, |(_, attribute)| attribute.label)
        }
        None => fields(kind)
            .find(|field| field.holds(path))
            .map_or(path, |field| field.label),
    };
    match row_number(path) {
        Some(number) => format!("{label} of row {number}"),
        None => label.to_owned(),
    }
}

fn row_number(path: &str) -> Option<usize> {
    let (list, rest) = path.split_once('/')?;
    let index: usize = rest.split('/').next()?.parse().ok()?;
    matches!(list, "rows" | "mappings" | "addresses" | "hosts").then_some(index + 1)
}

/// The statement and attribute of a settings key.
pub fn row(key: &str) -> Option<(&'static StatementDef, &'static AttributeDef)> {
    let (statement, attribute) = key.split_once('.')?;
    let statement = table::statement(statement)?;
    Some((statement, statement.attribute(attribute)?))
}

/// An object that holds settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SettingsPlace {
    /// The *Advanced* part of a traffic row.
    TrafficRow,
    SecurityLevel,
    /// The advanced settings of a connectivity rule.
    Rule,
}

/// Settings that stand together on a page.
#[derive(Clone, Copy, Debug)]
pub struct SettingsGroup {
    pub title: &'static str,
    /// Keys of table rows.
    pub keys: &'static [&'static str],
}

macro_rules! groups {
    ($($title:literal: $($statement:literal [$($attribute:literal)*])*;)*) => {
        &[$(SettingsGroup { title: $title, keys: &[$($(concat!($statement, ".", $attribute),)*)*] },)*]
    };
}

const TRAFFIC_SETTINGS: &[SettingsGroup] = groups! {
    "Handshake": "TTLSEnvironmentAdvancedParms" ["HandshakeTimeout" "ClientExtendedMasterSecret" "ServerExtendedMasterSecret" "TruncatedHMAC"];
    "Record size": "TTLSEnvironmentAdvancedParms" ["ClientMaxSSLFragment" "ClientMaxSSLFragmentLength" "ServerMaxSSLFragment"];
    "Server name indication": "TTLSEnvironmentAdvancedParms" ["ServerHandshakeSNI" "ServerHandshakeSNIMatch" "ServerHandshakeSNIList" "ClientHandshakeSNI" "ClientHandshakeSNIMatch" "ClientHandshakeSNIList"];
    "Partner host name check": "TTLSEnvironmentAdvancedParms" ["HostReferenceIdDNS" "HostReferenceIdCN" "HostRefWildcardValidation"];
    "Instances": "TTLSEnvironmentAction" ["EnvironmentUserInstance"] "TTLSConnectionAction" ["ConnectionUserInstance"] "TTLSGroupAction" ["GroupUserInstance"];
};

const LEVEL_SETTINGS: &[SettingsGroup] = groups! {
    "Key exchange": "TTLSSignatureParms" ["ClientECurves" "ClientKeyShareGroups" "ServerKeyShareGroups" "ServerKexECurves"] "TTLSEnvironmentAdvancedParms" ["ClientEDHGroupSize" "ServerEDHGroupSize"];
    "Signatures": "TTLSSignatureParms" ["SignaturePairs" "SignaturePairsCert"];
    "Certificate validation": "TTLSEnvironmentAdvancedParms" ["CertValidationMode" "PeerMinCertVersion" "PeerMinRsaKeySize" "PeerMinECCKeySize" "PeerMinDHKeySize" "PeerMinDsaKeySize"];
    "Renegotiation": "TTLSEnvironmentAdvancedParms" ["Renegotiation" "RenegotiationIndicator" "RenegotiationCertCheck"];
    "Compatibility": "TTLSEnvironmentAdvancedParms" ["MiddleBoxCompatMode" "ServerScsv" "3DesKeyCheck"];
    "FIPS 140 and Suite B": "TTLSGroupAction" ["FIPS140"] "TTLSEnvironmentAction" ["SuiteBProfile"];
    "Session identifiers": "TTLSGskAdvancedParms" ["GSK_V3_SESSION_TIMEOUT" "GSK_V3_SIDCACHE_SIZE" "GSK_SYSPLEX_SIDCACHE" "GSK_V2_SESSION_TIMEOUT" "GSK_V2_SIDCACHE_SIZE"] "TTLSEnvironmentAdvancedParms" ["ResetCipherTimer"];
    "Session tickets": "TTLSGskAdvancedParms" ["GSK_SESSION_TICKET_CLIENT_ENABLE" "GSK_SESSION_TICKET_CLIENT_MAXSIZE" "GSK_SESSION_TICKET_CLIENT_MAXCACHED" "GSK_SESSION_TICKET_SERVER_ENABLE" "GSK_SESSION_TICKET_SERVER_ALGORITHM" "GSK_SESSION_TICKET_SERVER_COUNT" "GSK_SESSION_TICKET_SERVER_TIMEOUT" "GSK_SESSION_TICKET_SERVER_KEY_REFRESH" "GSK_SYSPLEX_SESSION_TICKET_CACHE"];
    "Revocation rules": "TTLSGskAdvancedParms" ["AIACDPPriority" "MaxSrcRevExtLocValues" "MaxValidRevExtLocValues" "RevocationSecurityLevel" "CrlSigAlgPairs"];
    "Revocation lists from LDAP": "TTLSGskLdapParms" ["GSK_LDAP_SERVER" "GSK_LDAP_SERVER_PORT" "GSK_CRL_CACHE_TIMEOUT" "GSK_CRL_SECURITY_LEVEL" "CRLCacheSize" "CRLCacheEntryMaxsize" "CRLCacheExtended" "CRLCacheTempCRL" "CRLCacheTempCRLTimeout" "LDAPResponseTimeout"];
    "Revocation lists over HTTP": "TTLSGskHttpCdpParms" ["HttpCdpEnable" "HttpCdpProxyServerName" "HttpCdpProxyServerPort" "HttpCdpResponseTimeout" "HttpCdpMaxResponseSize" "HttpCdpCacheSize" "HttpCdpCacheEntryMaxsize"];
    "OCSP": "TTLSGskOcspParms" ["OcspUrl" "OcspAiaEnable" "OcspProxyServerName" "OcspProxyServerPort" "OcspRetrieveViaGet" "OcspUrlPriority" "OcspRequestSigkeylabel" "OcspRequestSigalg" "OcspResponseSigAlgPairs" "OcspServerStapling" "OcspClientCacheSize" "OcspCliCacheEntryMaxsize" "OcspNonceGenEnable" "OcspNonceCheckEnable" "OcspNonceSize" "OcspResponseTimeout" "OcspMaxResponseSize"];
};

const RULE_SETTINGS: &[SettingsGroup] = groups! {
    "Tuning": "TTLSGskAdvancedParms" ["GSK_V3_SESSION_TIMEOUT" "GSK_V3_SIDCACHE_SIZE" "GSK_SYSPLEX_SIDCACHE"];
    "Environment": "TTLSGroupAdvancedParms" ["Envfile" "SyslogFacility"] "TTLSGroupAction" ["GroupUserInstance"] "TTLSEnvironmentAction" ["EnvironmentUserInstance"] "TTLSConnectionAction" ["ConnectionUserInstance"];
    "Handshake": "TTLSEnvironmentAdvancedParms" ["HandshakeTimeout" "Renegotiation" "RenegotiationIndicator" "RenegotiationCertCheck"];
};

/// The settings that may stand at a place, in groups, in the order of its page.
///
/// Passwords (`KeyringPw`, `GSK_LDAP_USER_PW`) are absent on purpose: nothing secret is kept in a
/// backing store. A key database takes a stash file; LDAP servers are asked without log-in.
pub fn settings(place: SettingsPlace) -> &'static [SettingsGroup] {
    match place {
        SettingsPlace::TrafficRow => TRAFFIC_SETTINGS,
        SettingsPlace::SecurityLevel => LEVEL_SETTINGS,
        SettingsPlace::Rule => RULE_SETTINGS,
    }
}

/// Whether this key may stand at this place.
pub fn is_allowed(place: SettingsPlace, key: &str) -> bool {
    settings(place)
        .iter()
        .any(|group| group.keys.contains(&key))
}

/// All settings of an object, each with the place that holds it and the path of the map.
pub fn settings_of(object: &super::Object) -> Vec<(SettingsPlace, String, &Settings)> {
    match object {
        super::Object::SecurityLevel(level) => {
            vec![(
                SettingsPlace::SecurityLevel,
                "settings".to_owned(),
                &level.settings,
            )]
        }
        super::Object::Rule(rule) => {
            vec![(SettingsPlace::Rule, "settings".to_owned(), &rule.settings)]
        }
        super::Object::TrafficDescriptor(traffic) => traffic
            .rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                (
                    SettingsPlace::TrafficRow,
                    format!("rows/{at}/settings"),
                    &row.settings,
                )
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// An object and one of its fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldOf {
    pub object: ObjectId,
    pub field: super::FieldPath,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_and_setting_is_a_row_of_the_table() {
        let parameters = Kind::ALL
            .iter()
            .flat_map(|kind| fields(*kind))
            .filter_map(|field| field.parameter);
        let places = [
            SettingsPlace::TrafficRow,
            SettingsPlace::SecurityLevel,
            SettingsPlace::Rule,
        ];
        let keys = places
            .into_iter()
            .flat_map(settings)
            .flat_map(|group| group.keys.iter().copied());
        for key in parameters.chain(keys) {
            assert!(row(key).is_some(), "{key} is no row");
        }
    }

    #[test]
    fn no_setting_holds_a_secret() {
        let places = [
            SettingsPlace::TrafficRow,
            SettingsPlace::SecurityLevel,
            SettingsPlace::Rule,
        ];
        for key in places
            .into_iter()
            .flat_map(settings)
            .flat_map(|group| group.keys.iter())
        {
            assert!(!row(key).unwrap().1.secret, "{key} is secret");
        }
    }

    /// Every attribute that a policy can hold has a field: typed, a setting, or one of the few that
    /// compile writes by itself or that are left out on purpose.
    #[test]
    fn every_attribute_of_the_table_has_a_field() {
        let typed: Vec<_> = Kind::ALL
            .iter()
            .flat_map(|kind| fields(*kind))
            .filter_map(|field| field.parameter)
            .collect();
        let places = [
            SettingsPlace::TrafficRow,
            SettingsPlace::SecurityLevel,
            SettingsPlace::Rule,
        ];
        let set: Vec<_> = places
            .into_iter()
            .flat_map(settings)
            .flat_map(|group| group.keys.iter().copied())
            .collect();
        let structural = |attribute: &AttributeDef| {
            matches!(attribute.kind, table::Kind::Ref(_) | table::Kind::Inline(_))
        };
        let elsewhere = [
            "TTLSKeyringParms.KeyringPw",
            "TTLSGskLdapParms.GSK_LDAP_USER",
            "TTLSGskLdapParms.GSK_LDAP_USER_PW",
            "TTLSCipherParms.V2CipherSuites",
            "TTLSCipherParms.V3CipherSuites4Char",
            "IpAddrSet.Prefix",
            "IpAddrSet.Range",
            "PortRange.Port",
        ];
        for statement in table::statements() {
            if [
                "TTLSConnectionAction",
                "TTLSConnectionAdvancedParms",
                "IpTimeCondition",
            ]
            .contains(&statement.name)
            {
                continue; // the same values at the connection's level; the effective times of a rule
            }
            for attribute in statement
                .attributes
                .iter()
                .filter(|attribute| !structural(attribute))
            {
                let key = format!("{}.{}", statement.name, attribute.name);
                let by_other_level =
                    ["Trace", "CtraceClearText", "SecondaryMap"].contains(&attribute.name);
                assert!(
                    by_other_level
                        || typed.contains(&key.as_str())
                        || set.contains(&key.as_str())
                        || elsewhere.contains(&key.as_str()),
                    "{key} has no field"
                );
            }
        }
    }

    /// Whoever types a value that has a form sees one.
    #[test]
    fn what_is_typed_in_a_form_has_examples_that_are_values() {
        for kind in Kind::ALL {
            for field in fields(*kind) {
                let Some((_, row)) = field.parameter.and_then(row) else {
                    continue;
                };
                let typed = !row.kind.examples().is_empty();
                assert!(!typed || !field.examples.is_empty(), "{}", field.path);
                let mask = matches!(row.kind, table::Kind::Mask { .. });
                for example in field.examples.iter().filter(|_| !mask) {
                    let is_address = example.parse::<super::super::values::Address>().is_ok();
                    assert!(row.check(example).is_ok() || is_address, "{}", field.path);
                }
            }
        }
        let places = [
            SettingsPlace::TrafficRow,
            SettingsPlace::SecurityLevel,
            SettingsPlace::Rule,
        ];
        let keys = places.into_iter().flat_map(settings);
        for key in keys.flat_map(|group| group.keys.iter()) {
            let row = row(key).unwrap().1;
            for example in row.kind.examples() {
                assert_eq!(row.check(example), Ok(()), "{key}");
            }
        }
        assert_eq!(
            field(Kind::TrafficDescriptor, "rows/3/jobname").map(FieldDef::words),
            Some("The job name of the program that owns the socket; a trailing * stands for any ending. For example `CSQ1CHIN` or `FTPD*`.".to_owned())
        );
    }

    #[test]
    fn labels_name_the_row() {
        assert_eq!(
            label(Kind::TrafficDescriptor, "rows/1/local_port"),
            "Local port of row 2"
        );
        assert_eq!(
            label(
                Kind::SecurityLevel,
                "settings/TTLSEnvironmentAdvancedParms.Renegotiation"
            ),
            fields_label("TTLSEnvironmentAdvancedParms.Renegotiation")
        );
    }

    fn fields_label(key: &str) -> &'static str {
        row(key).unwrap().1.label
    }
}
