//! Codes of System SSL from 401 to 440: certificates, ciphers and what the partner does in a handshake.

use super::{
    CALLER, CHANGES, CONNECT_CA, CONNECT_OWN, CodeDef, GSKIT, LIST_CERTIFICATE, LIST_RING, MQ,
    NETSTAT, Numbers, PERMIT_RING, READ_AGAIN, REFRESH, REFRESH_RACF, UPDATE, Unsure, VIRTEL,
};

/// What most rows need not say.
const BASE: CodeDef = CodeDef {
    evidence: GSKIT,
    ..CodeDef::BASE
};

pub(super) static ROWS: &[CodeDef] = &[
    CodeDef {
        numbers: Numbers::One(401),
        symbol: "GSK_ERR_BAD_DATE",
        meaning: "A certificate has expired, or is not valid yet.",
        causes: &[
            "The certificate of this end, of the partner, or of an authority between them is outside its dates.",
            "The clock or the time zone of one end is wrong.",
        ],
        attributes: &["CertificateLabel", "Keyring"],
        to_do: &[
            "Check the dates of every certificate of both chains, and renew what is over.",
            READ_AGAIN,
        ],
        commands: &[
            LIST_CERTIFICATE,
            "RACDCERT CERTAUTH LIST(LABEL('ca'))",
            REFRESH_RACF,
            REFRESH,
        ],
        related: &[8, 414],
        evidence: "IBM MQ for z/OS 7.5 to 9.2, return codes of TLS; guide of Virtel to AT-TLS",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(402),
        symbol: "GSK_ERR_NO_CIPHERS",
        meaning: "There is no cipher suite that both ends can use.",
        causes: &[
            "The lists of the two ends have no suite in common.",
            "TLS 1.3 is the only version that both ends speak, and the list names no suite of TLS 1.3: they have to be named.",
            "The type of the certificate's key fits none of the suites: an RSA key and suites for ECDSA alone, for example.",
            "No protocol version is on, or none that the suites work with.",
            "ICSF is not available for suites that need it.",
        ],
        attributes: &[
            "V3CipherSuites",
            "V3CipherSuites4Char",
            "TLSv1.2",
            "TLSv1.3",
            "CertificateLabel",
            "FIPS140",
        ],
        to_do: &[
            "Name suites that both ends have; for TLS 1.3 name 1301, 1302 or 1303.",
            "Compare the protocol versions of both ends.",
            "Compare the type of the key (RSA, ECDSA) with the suites.",
        ],
        commands: &[NETSTAT, LIST_CERTIFICATE],
        related: &[412, 422, 434, 519],
        foreseen: &["AT220", "AT221", "AT222", "GH050", "GH051", "GH054"],
        evidence: "trace of a real system; IP Diagnosis Guide V2R1 and V2R2; migration note of V2R2",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(403),
        symbol: "GSK_ERR_NO_CERTIFICATE",
        meaning: "The partner sent no certificate.",
        causes: &[
            "The server asks for a certificate of the client, and the client has none.",
            "The server has none to send.",
        ],
        attributes: &["HandshakeRole", "ClientAuthType"],
        to_do: &[
            "Give the client a certificate and have it sent.",
            "If clients need not show one, write `HandshakeRole Server`.",
        ],
        commands: &[NETSTAT],
        related: &[5001, 7],
        evidence: MQ,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(404),
        symbol: "GSK_ERR_BAD_CERTIFICATE",
        meaning: "A certificate is bad.",
        causes: &["It is damaged, or cannot be used."],
        attributes: &["CertificateLabel"],
        to_do: &["Replace the certificate."],
        commands: &[LIST_CERTIFICATE],
        related: &[10, 414],
        unsure: Unsure::Meaning,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(405),
        symbol: "GSK_ERR_UNSUPPORTED_CERTIFICATE_TYPE",
        meaning: "The form of a certificate is not supported.",
        causes: &["It is no X.509 certificate of a supported kind."],
        to_do: &["Replace the certificate."],
        related: &[404, 412],
        evidence: MQ,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(406),
        symbol: "GSK_ERR_IO",
        meaning: "Reading from the connection or writing to it failed in the middle of TLS.",
        causes: &[
            "The partner, its program or a firewall reset the connection, or it timed out.",
            "The partner refused something and ended the connection after an alert.",
        ],
        to_do: &[
            "Read the partner's log at the same moment.",
            "Trace the packets: an alert (first byte 15) before the reset says why.",
        ],
        related: &[420],
        unsure: Unsure::Causes,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(407),
        symbol: "GSK_ERR_BAD_KEYFILE_LABEL",
        meaning: "The label is not in the key ring, or its certificate has no key that can be used.",
        causes: &[
            "`CertificateLabel` is not in the ring.",
            "No label is coded, and the ring has no default certificate.",
        ],
        attributes: &["CertificateLabel", "ServerCertificateLabel", "Keyring"],
        to_do: &[
            "Compare the label with those of the ring, letter by letter.",
            "Connect the certificate with its key.",
            READ_AGAIN,
        ],
        commands: &[LIST_RING, CONNECT_OWN, REFRESH_RACF, REFRESH],
        related: &[6, 7, 428],
        evidence: CHANGES,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(408),
        symbol: "GSK_ERR_BAD_KEYFILE_PASSWORD",
        meaning: "The password of the key database is wrong.",
        causes: &["The stash file is older than the last change of the password."],
        attributes: &["KeyringStashFile", "KeyringPw"],
        to_do: &["Store the password in the stash file again."],
        related: &[106],
        unsure: Unsure::Meaning,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(409),
        symbol: "GSK_ERR_BAD_KEY_LEN_FOR_EXPORT",
        meaning: "The key is longer than a cipher suite of export grade allows.",
        causes: &["A suite of export grade is in the list."],
        attributes: &["V3CipherSuites"],
        to_do: &["Remove the suites of export grade."],
        related: &[203, 433],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(410),
        symbol: "GSK_ERR_BAD_MESSAGE",
        meaning: "What the partner sent has not the form of a TLS message.",
        causes: &[
            "The partner speaks another protocol on this port.",
            "The program does TLS itself, and AT-TLS does it once more.",
            "Data was damaged on its way.",
        ],
        attributes: &[
            "TTLSEnabled",
            "ApplicationControlled",
            "LocalPortRange",
            "RemotePortRange",
        ],
        to_do: &[
            "Make sure that the partner starts TLS on this port: the first bytes are 16 03.",
            "Where the program does TLS itself, let a rule with `TTLSEnabled Off` catch its connections first.",
        ],
        related: &[5003, 429],
        unsure: Unsure::Causes,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(411),
        symbol: "GSK_ERR_BAD_MAC",
        meaning: "The authentication code of a record is wrong.",
        causes: &[
            "Data was altered on its way.",
            "The two ends reckoned with different keys, by a defect of one of them.",
        ],
        to_do: &["Try again, and trace both ends."],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(412),
        symbol: "GSK_ERR_UNSUPPORTED",
        meaning: "A protocol version or kind of certificate is not supported.",
        causes: &[
            "No version of TLS is on at both ends: the partner has TLS 1.0 alone, for example, and the policy TLS 1.2 alone.",
        ],
        attributes: &["TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3"],
        to_do: &[
            "Switch on a version that the partner has, or have the partner raise its own. A connection action overrides the environment action.",
            "SSLv2 and SSLv3 are off by default since V2R1 and V2R2.",
        ],
        commands: &[NETSTAT],
        related: &[402, 429],
        evidence: "support note on TN3270 (PARM1 19C); migration note of V2R2",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(413),
        symbol: "GSK_ERR_BAD_CERT_SIG",
        meaning: "The signature of a certificate is wrong.",
        causes: &[
            "The ring holds another authority of the same name.",
            "The certificate was altered.",
        ],
        attributes: &["Keyring"],
        to_do: &[
            "Import the authority's certificate again, from its owner.",
            READ_AGAIN,
        ],
        commands: &[LIST_RING, REFRESH_RACF, REFRESH],
        related: &[8, 435],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(414),
        symbol: "GSK_ERR_BAD_CERT",
        meaning: "A certificate is not valid.",
        causes: &[
            "A certificate of this end or of the partner fails the checks of its form.",
            "The partner refused the certificate of this end with the alert bad_certificate.",
        ],
        attributes: &["CertificateLabel", "CertValidationMode"],
        to_do: &[
            "Check the certificate and its extensions.",
            "Read the partner's log: it may be the one that refuses.",
        ],
        commands: &[LIST_CERTIFICATE],
        related: &[8, 404, 440],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(415),
        symbol: "GSK_ERR_BAD_PEER",
        meaning: "The partner broke the rules of the protocol.",
        causes: &[
            "Both ends have the same role.",
            "The partner's TLS has a defect, or wants to negotiate anew in a way that is not understood.",
        ],
        attributes: &["HandshakeRole", "Renegotiation", "RenegotiationIndicator"],
        to_do: &[
            "Compare the roles of both ends.",
            "Trace the handshake with `Trace 255`.",
        ],
        related: &[410, 432],
        unsure: Unsure::Causes,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(416),
        symbol: "GSK_ERR_PERMISSION_DENIED",
        meaning: "The user ID may not use the key ring or the private key.",
        causes: &[
            "The application's user ID has no READ to IRR.DIGTCERT.LISTRING, or to the ring's profile in class RDATALIB.",
        ],
        attributes: &["Keyring"],
        to_do: &[
            "Read the user ID in EZD1281I: it is the one to permit.",
            "Permit it, and refresh the class.",
        ],
        commands: &[
            PERMIT_RING,
            "SETROPTS RACLIST(FACILITY) REFRESH",
            "PERMIT owner.ring.LST CLASS(RDATALIB) ID(userid) ACCESS(READ)",
            "SETROPTS RACLIST(RDATALIB) REFRESH",
        ],
        related: &[202, 428],
        evidence: "guide of Virtel to AT-TLS; constants of GSKit in IBM i",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(417),
        symbol: "GSK_ERR_SELF_SIGNED",
        meaning: "A certificate that is signed by itself cannot be validated.",
        causes: &[
            "The partner shows a certificate of its own making, and the ring does not hold it as a trusted authority.",
        ],
        attributes: &["Keyring"],
        to_do: &[
            "Add the partner's certificate under CERTAUTH with TRUST and connect it; a certificate of an authority is better.",
            READ_AGAIN,
        ],
        commands: &[
            "RACDCERT CERTAUTH ADD('hlq.partner') WITHLABEL('ca') TRUST",
            CONNECT_CA,
            REFRESH_RACF,
            REFRESH,
        ],
        related: &[8, 435],
        evidence: "constants of GSKit in IBM i; name of the topic 417 of z/OS",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(418),
        symbol: "GSK_ERR_NO_READ_FUNCTION",
        meaning: "The caller gives no function to read with.",
        causes: &["The caller made a mistake."],
        to_do: &[CALLER],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(419),
        symbol: "GSK_ERR_NO_WRITE_FUNCTION",
        meaning: "The caller gives no function to write with.",
        causes: &["The caller made a mistake."],
        to_do: &[CALLER],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(420),
        symbol: "GSK_ERR_SOCKET_CLOSED",
        meaning: "The partner closed the connection.",
        causes: &[
            "The partner did not like the certificate or the ciphers, and ended the connection without an alert.",
            "It was a scan of ports, or a load balancer that asks whether the server is there.",
        ],
        attributes: &["Keyring", "V3CipherSuites"],
        to_do: &[
            "Read the partner's log at the same moment.",
            "Nothing, where the address is that of a load balancer or a scanner.",
        ],
        related: &[406, 437],
        unsure: Unsure::Causes,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(421),
        symbol: "GSK_ERR_BAD_V2_CIPHER",
        meaning: "A cipher of the SSLv2 list is not valid.",
        causes: &["`V2CipherSuites` has a wrong value."],
        attributes: &["V2CipherSuites", "SSLv2"],
        to_do: &["Remove everything about SSLv2."],
        related: &[422, 429],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(422),
        symbol: "GSK_ERR_BAD_V3_CIPHER",
        meaning: "A cipher suite of the list is not valid here.",
        causes: &[
            "The list holds a code that this release does not know.",
            "The suite needs ICSF or hardware that is not there.",
            "FIPS mode excludes the suite.",
        ],
        attributes: &["V3CipherSuites", "V3CipherSuites4Char", "FIPS140"],
        to_do: &[
            "Correct the list; `gatehouse check --release` with the release of the system says which suites it has.",
            "See in the Policy Agent's log whether it left suites out.",
            "Check that ICSF is active for suites with ECC or GCM.",
        ],
        commands: &["D ICSF,LIST"],
        related: &[402, 458, 519],
        evidence: "Summary of Message and Interface Changes V2R1; constants of GSKit in IBM i",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(427),
        symbol: "GSK_ERR_LDAP_NOT_AVAILABLE",
        meaning: "The LDAP server is not available.",
        causes: &[
            "The server that holds the revocation lists is down, or its name or port is wrong.",
        ],
        attributes: &[
            "GSK_LDAP_SERVER",
            "GSK_LDAP_SERVER_PORT",
            "GSK_CRL_SECURITY_LEVEL",
        ],
        to_do: &["Check the parameters of the LDAP server, and that it answers."],
        related: &[11],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(428),
        symbol: "GSK_ERR_NO_PRIVATE_KEY",
        meaning: "The certificate has no private key that can be used.",
        causes: &[
            "The certificate came without its key, or is connected with USAGE(CERTAUTH).",
            "The application's user ID may read the ring and not the key: for keys of others, of SITE or CERTAUTH it needs more than READ in class RDATALIB.",
            "The key lies in ICSF, and ICSF started after the AT-TLS group.",
        ],
        attributes: &["CertificateLabel", "Keyring", "GroupUserInstance"],
        to_do: &[
            "See in the list of the certificate whether a private key is there, and connect it with USAGE(PERSONAL).",
            "Permit the user ID to the key: UPDATE for keys of other users, CONTROL for those of SITE and CERTAUTH (levels not confirmed).",
            "Start ICSF before the policy is installed; afterwards raise `GroupUserInstance` and have the Policy Agent take it.",
        ],
        commands: &[
            LIST_CERTIFICATE,
            CONNECT_OWN,
            "PERMIT owner.ring.LST CLASS(RDATALIB) ID(userid) ACCESS(UPDATE)",
            UPDATE,
        ],
        related: &[6, 7, 416, 455],
        evidence: "IBM support note on return code 428; Summary of Message and Interface Changes V2R1",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(429),
        symbol: "GSK_ERR_BAD_V2_HEADER",
        meaning: "The head of an SSLv2 record is not valid.",
        causes: &[
            "The partner begins with SSLv2.",
            "The partner sends something that is no TLS.",
        ],
        attributes: &["SSLv2"],
        to_do: &[
            "Switch SSLv2 off at the partner.",
            "Make sure that the partner starts TLS on this port.",
        ],
        related: &[410, 5003],
        evidence: "migration note of V2R2",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(431),
        symbol: "GSK_ERR_CERTIFICATE_REVOKED",
        meaning: "A certificate was revoked.",
        causes: &["A revocation list or an OCSP server names its serial number."],
        attributes: &["CertificateLabel"],
        to_do: &["Replace the certificate."],
        commands: &[LIST_CERTIFICATE],
        related: &[436],
        evidence: VIRTEL,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(432),
        symbol: "GSK_ERR_RENEGOTIATION_NOT_ALLOWED",
        meaning: "The wish to negotiate the session anew was refused.",
        causes: &[
            "The partner or the program wants to negotiate anew, and `Renegotiation` does not let it.",
            "One of the ends does not know RFC 5746.",
        ],
        attributes: &[
            "Renegotiation",
            "RenegotiationIndicator",
            "RenegotiationCertCheck",
        ],
        to_do: &[
            "Set `Renegotiation` and `RenegotiationIndicator` as the partner needs it, or switch the wish off at the partner.",
        ],
        related: &[415, 460],
        evidence: CHANGES,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(433),
        meaning: "The key is larger than export rules allow.",
        causes: &["A suite of export grade is in the list."],
        attributes: &["V3CipherSuites"],
        to_do: &["Remove the suites of export grade."],
        related: &[409],
        ..CodeDef::BELIEVED
    },
    CodeDef {
        numbers: Numbers::One(434),
        symbol: "GSK_ERR_INCOMPATIBLE_KEY",
        meaning: "The key of the certificate does not fit the cipher suite.",
        causes: &[
            "The suite is for ECDSA and the certificate has an RSA key, or the other way round.",
            "The key usage of the certificate leaves out what the suite needs.",
        ],
        attributes: &[
            "V3CipherSuites",
            "CertificateLabel",
            "ServerCertificateLabel",
        ],
        to_do: &[
            "Offer suites that fit the certificate, or name a second `ServerCertificateLabel` with a key of the other type.",
        ],
        commands: &[LIST_CERTIFICATE],
        related: &[402, 440],
        evidence: VIRTEL,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(435),
        symbol: "GSK_ERR_UNKNOWN_CA",
        meaning: "The authority that signed a certificate is not trusted.",
        causes: &[
            "The authority of the partner's certificate is not in the ring of this end.",
            "The partner does not trust the authority of this end's certificate, and said so with the alert unknown_ca.",
        ],
        attributes: &["Keyring"],
        to_do: &[
            "Connect the partner's authorities to the ring, up to the root.",
            "Give the partner the authority of this end's certificate.",
            READ_AGAIN,
        ],
        commands: &[
            LIST_RING,
            CONNECT_CA,
            "RACDCERT CERTAUTH EXPORT(LABEL('ca')) DSN('hlq.ca') FORMAT(CERTB64)",
            REFRESH_RACF,
            REFRESH,
        ],
        related: &[8, 109, 417],
        evidence: VIRTEL,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(436),
        symbol: "GSK_ERR_BAD_CRL",
        meaning: "A revocation list cannot be used.",
        causes: &["It is damaged, or it has expired."],
        attributes: &["GSK_CRL_SECURITY_LEVEL", "GSK_LDAP_SERVER", "HttpCdpEnable"],
        to_do: &["Have its issuer publish a new one."],
        related: &[431],
        ..CodeDef::BELIEVED
    },
    CodeDef {
        numbers: Numbers::One(437),
        symbol: "GSK_ERR_CONNECTION_CLOSED",
        meaning: "The partner ended the connection in order, with close_notify.",
        to_do: &["Nothing."],
        related: &[420],
        ..CodeDef::BELIEVED
    },
    CodeDef {
        numbers: Numbers::One(438),
        symbol: "GSK_ERR_INTERNAL_ERROR",
        meaning: "The partner reported an error of its own with the alert internal_error.",
        causes: &["The fault lies with the partner."],
        to_do: &["Read the partner's log at the same moment."],
        related: &[439],
        ..CodeDef::BELIEVED
    },
    CodeDef {
        numbers: Numbers::One(439),
        symbol: "GSK_ERR_UNKNOWN_ALERT",
        meaning: "The partner ended the handshake with an alert.",
        causes: &[
            "The partner did not like the certificate, the ciphers, or the server name that it was asked for.",
        ],
        attributes: &["V3CipherSuites", "CertificateLabel", "ClientHandshakeSNI"],
        to_do: &[
            "Find the number of the alert in EZD1285I, where the bytes begin with 15 03 and end with 02 and the number, and in the partner's log.",
        ],
        related: &[438],
        ..CodeDef::BELIEVED
    },
    CodeDef {
        numbers: Numbers::One(440),
        symbol: "GSK_ERR_INCORRECT_KEY_USAGE",
        meaning: "The key usage of a certificate does not allow what it is used for.",
        causes: &[
            "The certificate was made without KEYUSAGE(HANDSHAKE).",
            "Its extended key usage names neither servers nor clients, as the case needs.",
        ],
        attributes: &["CertificateLabel", "ServerCertificateLabel"],
        to_do: &[
            "Have the certificate issued again with KEYUSAGE(HANDSHAKE), and with an extended key usage that fits or none.",
        ],
        commands: &[LIST_CERTIFICATE],
        related: &[8, 414, 434],
        evidence: CHANGES,
        ..BASE
    },
];
