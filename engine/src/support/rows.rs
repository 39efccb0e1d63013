//! The list itself.

use super::Standing;
use super::Standing::{Approximated, Honored, Refused};

/// An attribute that means the same in several statements.
pub struct Row {
    pub statements: &'static [&'static str],
    pub attribute: &'static str,
    pub standing: Standing,
}

const RULE: &[&str] = &["TTLSRule"];
const GROUP: &[&str] = &["TTLSGroupAction"];
const GROUP_MORE: &[&str] = &["TTLSGroupAdvancedParms"];
const ENVIRONMENT: &[&str] = &["TTLSEnvironmentAction"];
const CONNECTION: &[&str] = &["TTLSConnectionAction"];
const ACTIONS: &[&str] = &["TTLSEnvironmentAction", "TTLSConnectionAction"];
const ALL_ACTIONS: &[&str] = &[
    "TTLSGroupAction",
    "TTLSEnvironmentAction",
    "TTLSConnectionAction",
];
const MORE: &[&str] = &[
    "TTLSEnvironmentAdvancedParms",
    "TTLSConnectionAdvancedParms",
];
const ENVIRONMENT_MORE: &[&str] = &["TTLSEnvironmentAdvancedParms"];
const ALL_MORE: &[&str] = &[
    "TTLSGroupAdvancedParms",
    "TTLSEnvironmentAdvancedParms",
    "TTLSConnectionAdvancedParms",
];
const KEYRING: &[&str] = &["TTLSKeyringParms"];
const CIPHERS: &[&str] = &["TTLSCipherParms"];
const SIGNATURES: &[&str] = &["TTLSSignatureParms"];
const GSK: &[&str] = &["TTLSGskAdvancedParms"];
const LDAP: &[&str] = &["TTLSGskLdapParms"];
const OCSP: &[&str] = &["TTLSGskOcspParms"];
const CDP: &[&str] = &["TTLSGskHttpCdpParms"];

const fn honored(statements: &'static [&'static str], attribute: &'static str) -> Row {
    Row {
        statements,
        attribute,
        standing: Honored,
    }
}

const fn close(
    statements: &'static [&'static str],
    attribute: &'static str,
    how: &'static str,
) -> Row {
    Row {
        statements,
        attribute,
        standing: Approximated { how },
    }
}

const fn refused(
    statements: &'static [&'static str],
    attribute: &'static str,
    unless: &'static [&'static str],
    why: &'static str,
) -> Row {
    Row {
        statements,
        attribute,
        standing: Refused { unless, why },
    }
}

const JOB: &str = "in transparent mode the name of the program's process or its systemd unit, which may be longer than eight characters; with a listener what that names, and without that nothing";
const USER: &str = "in transparent mode the user who opened the program's socket, by /etc/passwd; with a listener what that names, and without that the user of the engine";
const NEW_EACH_TIME: &str =
    "every load makes new environments, so a raised number changes nothing more";
const NO_MASTER: &str = "Off and On do as said; Required is checked when the handshake is done";
const NOT_READ: &str = "servers and responders are not asked about revocation, and such a policy would be taken for one that does; lists in the key ring are read, with HttpCdpEnable On";
const IDLE_LDAP: &str = "has no effect: a policy with a server to ask, GSK_LDAP_SERVER, is refused";
const IDLE_OCSP: &str =
    "has no effect: a policy that asks responders, OcspUrl or OcspAiaEnable On, is refused";
const NO_FETCH: &str =
    "has no effect: lists are read from the directory `crl` of the key ring, and not fetched";

pub static ROWS: &[Row] = &[
    honored(RULE, "LocalAddr"),
    honored(RULE, "LocalAddrRef"),
    honored(RULE, "LocalAddrSetRef"),
    honored(RULE, "LocalAddrGroupRef"),
    honored(RULE, "RemoteAddr"),
    honored(RULE, "RemoteAddrRef"),
    honored(RULE, "RemoteAddrSetRef"),
    honored(RULE, "RemoteAddrGroupRef"),
    honored(RULE, "LocalPortRange"),
    honored(RULE, "LocalPortRangeRef"),
    honored(RULE, "LocalPortGroupRef"),
    honored(RULE, "RemotePortRange"),
    honored(RULE, "RemotePortRangeRef"),
    honored(RULE, "RemotePortGroupRef"),
    close(RULE, "Jobname", JOB),
    close(RULE, "Userid", USER),
    honored(RULE, "Direction"),
    honored(RULE, "Priority"),
    close(RULE, "IpTimeCondition", "by the time zone of this host"),
    close(RULE, "IpTimeConditionRef", "by the time zone of this host"),
    honored(RULE, "TTLSGroupActionRef"),
    honored(RULE, "TTLSEnvironmentActionRef"),
    honored(RULE, "TTLSConnectionActionRef"),
    honored(&["IpAddr"], "Addr"),
    honored(&["IpAddrSet"], "Prefix"),
    honored(&["IpAddrSet"], "Range"),
    honored(&["IpAddrGroup"], "IpAddr"),
    honored(&["IpAddrGroup"], "IpAddrRef"),
    honored(&["IpAddrGroup"], "IpAddrSet"),
    honored(&["IpAddrGroup"], "IpAddrSetRef"),
    honored(&["PortRange"], "Port"),
    honored(&["PortGroup"], "PortRange"),
    honored(&["PortGroup"], "PortRangeRef"),
    honored(&["IpTimeCondition"], "ConditionTimeRange"),
    honored(&["IpTimeCondition"], "MonthOfYearMask"),
    honored(&["IpTimeCondition"], "DayOfMonthMask"),
    honored(&["IpTimeCondition"], "DayOfWeekMask"),
    honored(&["IpTimeCondition"], "TimeOfDayRange"),
    honored(GROUP, "TTLSEnabled"),
    close(
        ALL_ACTIONS,
        "CtraceClearText",
        "the log never has clear text; with `On`, a trace that is asked for with a reason keeps secrets that open it, for an hour at most",
    ),
    close(
        ALL_ACTIONS,
        "Trace",
        "levels 1, 2, 4 and 8 do as said; 16 (flow) and 32 (data) write nothing yet",
    ),
    honored(GROUP, "TTLSGroupAdvancedParms"),
    honored(GROUP, "TTLSGroupAdvancedParmsRef"),
    close(
        GROUP,
        "FIPS140",
        "every level does as System SSL's parameters say and takes algorithms of OpenSSL's FIPS module only; without the module (provider `fips`), which the OpenSSL that is built along lacks, the policy is refused with RC 455",
    ),
    close(GROUP, "GroupUserInstance", NEW_EACH_TIME),
    close(
        ALL_MORE,
        "SecondaryMap",
        "connections belong together that have the same two addresses, job name and user id, in place of the same process; with listeners those need ,job=NAME, and in transparent mode a connection is looked at whose ports a rule names, so that one for the ports of secondary connections is needed",
    ),
    close(
        GROUP_MORE,
        "SyslogFacility",
        "messages go to standard error, which a service manager hands to the log of the host",
    ),
    refused(
        GROUP_MORE,
        "Envfile",
        &[],
        "the variables of System SSL in it mean nothing to OpenSSL",
    ),
    honored(ENVIRONMENT, "TTLSKeyringParms"),
    honored(ENVIRONMENT, "TTLSKeyringParmsRef"),
    honored(ACTIONS, "HandshakeRole"),
    close(
        ENVIRONMENT,
        "SuiteBProfile",
        "as RFC 6460, with the CBC suites beside GCM; older versions than TLS 1.2 are off then, and the curves and signature pairs of the profile hold for TLS 1.3 as well",
    ),
    honored(ACTIONS, "TTLSCipherParms"),
    honored(ACTIONS, "TTLSCipherParmsRef"),
    honored(ACTIONS, "TTLSSignatureParms"),
    honored(ACTIONS, "TTLSSignatureParmsRef"),
    honored(ENVIRONMENT, "TTLSEnvironmentAdvancedParms"),
    honored(ENVIRONMENT, "TTLSEnvironmentAdvancedParmsRef"),
    honored(ENVIRONMENT, "TTLSGskAdvancedParms"),
    honored(ENVIRONMENT, "TTLSGskAdvancedParmsRef"),
    close(ENVIRONMENT, "EnvironmentUserInstance", NEW_EACH_TIME),
    honored(CONNECTION, "TTLSConnectionAdvancedParms"),
    honored(CONNECTION, "TTLSConnectionAdvancedParmsRef"),
    close(CONNECTION, "ConnectionUserInstance", NEW_EACH_TIME),
    refused(MORE, "SSLv2", &["Off"], "OpenSSL has no SSL V2 any more"),
    close(
        MORE,
        "SSLv3",
        "On needs an OpenSSL that was built with it: the one that is built along is, those of distributions are not and refuse the policy",
    ),
    honored(MORE, "TLSv1"),
    honored(MORE, "TLSv1.1"),
    honored(MORE, "TLSv1.2"),
    honored(MORE, "TLSv1.3"),
    honored(MORE, "MiddleBoxCompatMode"),
    close(
        MORE,
        "ApplicationControlled",
        "programs ask at the socket of --applications, by attls.h, in place of SIOCTTLSCTL; without that socket connections stay in the clear, and the log says so",
    ),
    close(
        MORE,
        "HandshakeTimeout",
        "holds for the whole handshake, and not for the partner's first bytes alone",
    ),
    close(
        MORE,
        "ResetCipherTimer",
        "by another handshake, which Renegotiation Disabled does not keep back, and in TLS 1.3 by new keys both ways; by clients only, as on z/OS: a server does as 0",
    ),
    honored(MORE, "CertificateLabel"),
    close(
        MORE,
        "ServerCertificateLabel",
        "of several certificates with keys of one kind the first counts",
    ),
    refused(
        MORE,
        "TruncatedHMAC",
        &["Off", "Optional"],
        "OpenSSL does not have it; Optional does as Off",
    ),
    honored(MORE, "ClientMaxSSLFragment"),
    honored(MORE, "ClientMaxSSLFragmentLength"),
    close(
        MORE,
        "ServerMaxSSLFragment",
        "Off does as Optional: OpenSSL agrees with every client that asks",
    ),
    honored(MORE, "ClientHandshakeSNI"),
    close(
        MORE,
        "ClientHandshakeSNIMatch",
        "a server that does not know the name and goes on cannot be told from one that knows it",
    ),
    close(MORE, "ClientHandshakeSNIList", "the first name is sent"),
    honored(MORE, "ServerHandshakeSNI"),
    honored(MORE, "ServerHandshakeSNIMatch"),
    honored(MORE, "ServerHandshakeSNIList"),
    honored(MORE, "HostReferenceIdDNS"),
    honored(MORE, "HostReferenceIdCN"),
    close(
        MORE,
        "HostRefWildcardValidation",
        "an asterisk stands for the whole first label",
    ),
    close(
        ENVIRONMENT_MORE,
        "Renegotiation",
        "Abbreviated does as Default; a partner that renegotiates twice within a second is ended with RC 432",
    ),
    honored(ENVIRONMENT_MORE, "RenegotiationIndicator"),
    honored(ENVIRONMENT_MORE, "RenegotiationCertCheck"),
    close(
        ENVIRONMENT_MORE,
        "ClientAuthType",
        "SAFCheck asks the file `certmap` in the directory of the key rings to whom a certificate belongs, in place of a security product",
    ),
    close(ENVIRONMENT_MORE, "CertValidationMode", "does as RFC5280"),
    close(
        ENVIRONMENT_MORE,
        "3DesKeyCheck",
        "OpenSSL makes such keys at random; that two parts of one are equal has a chance of 1 in 2 to the 56th",
    ),
    honored(ENVIRONMENT_MORE, "ClientEDHGroupSize"),
    close(
        ENVIRONMENT_MORE,
        "ServerEDHGroupSize",
        "Legacy does as Match: the strength of the certificate's key decides",
    ),
    honored(ENVIRONMENT_MORE, "PeerMinCertVersion"),
    honored(ENVIRONMENT_MORE, "PeerMinDHKeySize"),
    honored(ENVIRONMENT_MORE, "PeerMinDsaKeySize"),
    honored(ENVIRONMENT_MORE, "PeerMinECCKeySize"),
    honored(ENVIRONMENT_MORE, "PeerMinRsaKeySize"),
    close(ENVIRONMENT_MORE, "ServerScsv", "is always On"),
    close(ENVIRONMENT_MORE, "ClientExtendedMasterSecret", NO_MASTER),
    close(ENVIRONMENT_MORE, "ServerExtendedMasterSecret", NO_MASTER),
    close(
        KEYRING,
        "Keyring",
        "a directory that holds the ring; of a ring without a default certificate that has only one, this one is it. Key databases and tokens are refused",
    ),
    refused(
        KEYRING,
        "KeyringPw",
        &[],
        "key databases of gskkyman are not read",
    ),
    refused(
        KEYRING,
        "KeyringStashFile",
        &[],
        "key databases of gskkyman are not read",
    ),
    close(
        CIPHERS,
        "V2CipherSuites",
        "has no effect: SSLv2 On is refused",
    ),
    close(
        CIPHERS,
        "V3CipherSuites",
        "suites that OpenSSL does not have are left out with a warning",
    ),
    close(
        CIPHERS,
        "V3CipherSuites4Char",
        "suites that OpenSSL does not have are left out with a warning",
    ),
    close(
        SIGNATURES,
        "ClientECurves",
        "one list for all versions: the key share groups first",
    ),
    close(
        SIGNATURES,
        "ClientKeyShareGroups",
        "the OpenSSL of distributions sends a key share for the first group only",
    ),
    close(
        SIGNATURES,
        "ServerKexECurves",
        "one list for all versions: with TLS 1.3 on, the key share groups first",
    ),
    close(
        SIGNATURES,
        "ServerKeyShareGroups",
        "one list for all versions: the curves of older versions behind them",
    ),
    close(
        SIGNATURES,
        "SignaturePairs",
        "pairs with MD5 are left out of what is offered; a certificate with a PSS signature is taken for one of any hash",
    ),
    close(
        SIGNATURES,
        "SignaturePairsCert",
        "the partner's certificates are checked by it; it is not told to the partner",
    ),
    honored(GSK, "TTLSGskLdapParms"),
    honored(GSK, "TTLSGskLdapParmsRef"),
    honored(GSK, "TTLSGskOcspParms"),
    honored(GSK, "TTLSGskOcspParmsRef"),
    honored(GSK, "TTLSGskHttpCdpParms"),
    honored(GSK, "TTLSGskHttpCdpParmsRef"),
    close(
        GSK,
        "GSK_SYSPLEX_SIDCACHE",
        "sessions are kept by this engine for itself",
    ),
    close(
        GSK,
        "GSK_SYSPLEX_SESSION_TICKET_CACHE",
        "tickets are good at this engine only",
    ),
    close(
        GSK,
        "GSK_V2_SESSION_TIMEOUT",
        "has no effect: SSLv2 On is refused",
    ),
    close(
        GSK,
        "GSK_V2_SIDCACHE_SIZE",
        "has no effect: SSLv2 On is refused",
    ),
    close(
        GSK,
        "GSK_V3_SESSION_TIMEOUT",
        "while TLS 1.3 is on as well, the shorter one of this and the time of the tickets holds for both",
    ),
    honored(GSK, "GSK_V3_SIDCACHE_SIZE"),
    honored(GSK, "GSK_SESSION_TICKET_CLIENT_ENABLE"),
    close(
        GSK,
        "GSK_SESSION_TICKET_CLIENT_MAXCACHED",
        "one for each server, and no more than GSK_V3_SIDCACHE_SIZE",
    ),
    close(
        GSK,
        "GSK_SESSION_TICKET_CLIENT_MAXSIZE",
        "tickets of any size are taken",
    ),
    honored(GSK, "GSK_SESSION_TICKET_SERVER_ENABLE"),
    close(
        GSK,
        "GSK_SESSION_TICKET_SERVER_ALGORITHM",
        "tickets are encrypted with AES-256-CBC",
    ),
    honored(GSK, "GSK_SESSION_TICKET_SERVER_COUNT"),
    close(
        GSK,
        "GSK_SESSION_TICKET_SERVER_KEY_REFRESH",
        "the key of tickets lives as long as the loaded policy",
    ),
    close(
        GSK,
        "GSK_SESSION_TICKET_SERVER_TIMEOUT",
        "while an older version is on as well, the shorter one of this and GSK_V3_SESSION_TIMEOUT holds for both",
    ),
    close(
        GSK,
        "AIACDPPriority",
        "has no effect: responders are not asked, so that there is nothing to choose from",
    ),
    close(GSK, "MaxSrcRevExtLocValues", NO_FETCH),
    close(GSK, "MaxValidRevExtLocValues", NO_FETCH),
    close(
        GSK,
        "RevocationSecurityLevel",
        "Low goes on where a list of revoked certificates is missing or out of date; Medium where one is missing and the certificate names no place for it; High refuses",
    ),
    refused(
        GSK,
        "CrlSigAlgPairs",
        &[],
        "the signatures of lists of revoked certificates are checked, and not by which pair they are made",
    ),
    refused(LDAP, "GSK_LDAP_SERVER", &[], NOT_READ),
    close(LDAP, "GSK_LDAP_USER", IDLE_LDAP),
    close(LDAP, "GSK_LDAP_USER_PW", IDLE_LDAP),
    close(LDAP, "GSK_LDAP_SERVER_PORT", IDLE_LDAP),
    close(LDAP, "GSK_CRL_CACHE_TIMEOUT", IDLE_LDAP),
    close(LDAP, "GSK_CRL_SECURITY_LEVEL", IDLE_LDAP),
    close(LDAP, "CRLCacheSize", IDLE_LDAP),
    close(LDAP, "CRLCacheEntryMaxsize", IDLE_LDAP),
    close(LDAP, "CRLCacheExtended", IDLE_LDAP),
    close(LDAP, "CRLCacheTempCRL", IDLE_LDAP),
    close(LDAP, "CRLCacheTempCRLTimeout", IDLE_LDAP),
    close(LDAP, "LDAPResponseTimeout", IDLE_LDAP),
    refused(OCSP, "OcspUrl", &[], NOT_READ),
    refused(OCSP, "OcspAiaEnable", &["Off"], NOT_READ),
    close(OCSP, "OcspProxyServerName", IDLE_OCSP),
    close(OCSP, "OcspProxyServerPort", IDLE_OCSP),
    close(OCSP, "OcspRetrieveViaGet", IDLE_OCSP),
    close(OCSP, "OcspUrlPriority", IDLE_OCSP),
    close(OCSP, "OcspRequestSigkeylabel", IDLE_OCSP),
    close(OCSP, "OcspRequestSigalg", IDLE_OCSP),
    close(OCSP, "OcspResponseSigAlgPairs", IDLE_OCSP),
    close(
        OCSP,
        "OcspServerStapling",
        "what a responder said is read from LABEL.ocsp beside the certificate, for this certificate alone: Any does as EndEntity; nothing is fetched",
    ),
    close(OCSP, "OcspClientCacheSize", IDLE_OCSP),
    close(OCSP, "OcspCliCacheEntryMaxsize", IDLE_OCSP),
    close(OCSP, "OcspNonceGenEnable", IDLE_OCSP),
    close(OCSP, "OcspNonceCheckEnable", IDLE_OCSP),
    close(OCSP, "OcspNonceSize", IDLE_OCSP),
    close(OCSP, "OcspResponseTimeout", IDLE_OCSP),
    close(OCSP, "OcspMaxResponseSize", IDLE_OCSP),
    close(
        CDP,
        "HttpCdpEnable",
        "lists of revoked certificates are read from the directory `crl` of the key ring, with the policy, for the whole chain; nothing is fetched",
    ),
    close(CDP, "HttpCdpProxyServerName", NO_FETCH),
    close(CDP, "HttpCdpProxyServerPort", NO_FETCH),
    close(CDP, "HttpCdpResponseTimeout", NO_FETCH),
    close(CDP, "HttpCdpMaxResponseSize", NO_FETCH),
    close(CDP, "HttpCdpCacheSize", NO_FETCH),
    close(CDP, "HttpCdpCacheEntryMaxsize", NO_FETCH),
];
