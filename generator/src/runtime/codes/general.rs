//! Codes of System SSL below 400: handles, storage, key databases and key rings.

use super::{
    CALLER, CHANGES, CONNECT_CA, CONNECT_OWN, CodeDef, LIST_CERTIFICATE, LIST_RING, MQ, Numbers,
    PERMIT_RING, READ_AGAIN, REFRESH, REFRESH_RACF, TRACE,
};

/// What most rows need not say.
const BASE: CodeDef = CodeDef {
    evidence: MQ,
    ..CodeDef::BASE
};

pub(super) static ROWS: &[CodeDef] = &[
    CodeDef {
        numbers: Numbers::One(1),
        symbol: "GSK_INVALID_HANDLE",
        meaning: "The handle of the environment or connection is not one of System SSL.",
        causes: &["The caller made a mistake; under AT-TLS that is an internal error."],
        to_do: &["Try again.", TRACE],
        related: &[5],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(2),
        symbol: "GSK_API_NOT_AVAILABLE",
        meaning: "The function is not available.",
        to_do: &[TRACE],
        ..CodeDef::BELIEVED
    },
    CodeDef {
        numbers: Numbers::One(3),
        symbol: "GSK_INTERNAL_ERROR",
        meaning: "System SSL met an error of its own.",
        causes: &[
            "ICSF changed while the environment was in use.",
            "A defect, or storage that was overwritten.",
        ],
        attributes: &["GroupUserInstance"],
        to_do: &["Check the state of ICSF.", "Try again.", TRACE],
        commands: &["D ICSF,LIST"],
        related: &[9, 12],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(4),
        symbol: "GSK_INSUFFICIENT_STORAGE",
        meaning: "There is not enough storage.",
        causes: &["The Language Environment heap of the AT-TLS tasks in TCP/IP is used up."],
        attributes: &["GSK_V3_SIDCACHE_SIZE"],
        to_do: &[
            "Give the TCP/IP procedure more: its region, and HEAP64 and HEAPPOOLS64 in its CEEOPTS.",
        ],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(5),
        symbol: "GSK_INVALID_STATE",
        meaning: "The call does not fit the state of the handle.",
        causes: &["Calls came in the wrong order."],
        attributes: &["ApplicationControlled"],
        to_do: &[
            "Where a program controls TLS itself, see whether it stops or resets TLS at the wrong time.",
            CALLER,
        ],
        related: &[1],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(6),
        symbol: "GSK_KEY_LABEL_NOT_FOUND",
        meaning: "The certificate label that is asked for is not in the key ring, key database or token.",
        causes: &[
            "The label is misspelt; upper and lower case count.",
            "The certificate is not connected to the ring.",
            "The certificate is marked NOTRUST: RACF does not hand it out.",
        ],
        attributes: &["CertificateLabel", "ServerCertificateLabel", "Keyring"],
        to_do: &[
            "Compare the label with those of the ring.",
            "Connect the certificate, or mark it trusted.",
            READ_AGAIN,
        ],
        commands: &[
            LIST_RING,
            "RACDCERT ID(userid) ALTER(LABEL('label')) TRUST",
            REFRESH_RACF,
            REFRESH,
        ],
        related: &[7, 407, 428],
        evidence: "System SSL Programming 2.5, return codes; IBM MQ for z/OS 7.5 to 9.2, return codes of TLS",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(7),
        symbol: "GSK_CERTIFICATE_NOT_AVAILABLE",
        meaning: "The key ring holds no certificate that can be used.",
        causes: &[
            "No label is coded, and the ring has no default certificate.",
            "The default certificate is marked NOTRUST, or is no personal one.",
        ],
        attributes: &["CertificateLabel", "ServerCertificateLabel", "Keyring"],
        to_do: &[
            "Connect a personal certificate as default, or code `CertificateLabel`.",
            READ_AGAIN,
        ],
        commands: &[LIST_RING, CONNECT_OWN, REFRESH_RACF, REFRESH],
        related: &[6, 428],
        evidence: "IBM MQ for z/OS 7.5 to 9.2, return codes of TLS; guide of Virtel to AT-TLS",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(8),
        symbol: "GSK_ERR_CERT_VALIDATION",
        meaning: "A certificate or its chain could not be validated.",
        causes: &[
            "The root or an intermediate authority is missing from the ring, or is marked NOTRUST.",
            "A certificate of the chain may not be used so: constraints, key usage, dates.",
            "The chain breaks a rule of the RFC that `CertValidationMode` asks for.",
        ],
        attributes: &["Keyring", "CertValidationMode"],
        to_do: &[
            "Connect every authority of the chain to the ring with USAGE(CERTAUTH).",
            "Check dates and extensions of each certificate; a trace of System SSL names the check that failed.",
            READ_AGAIN,
        ],
        commands: &[LIST_RING, CONNECT_CA, REFRESH_RACF, REFRESH],
        related: &[109, 401, 417, 435],
        evidence: "IBM MQ for z/OS 7.5 to 9.2, return codes of TLS; guide of Virtel to AT-TLS",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(9),
        symbol: "GSK_ERR_CRYPTO",
        meaning: "A cryptographic operation failed.",
        causes: &[
            "ICSF is not active, or refuses the user ID (class CSFSERV).",
            "The key or the algorithm is not supported.",
            "FIPS mode does not allow it.",
        ],
        attributes: &["FIPS140", "CertificateLabel"],
        to_do: &[
            "Check that ICSF is active, and what the application's user ID may use of it.",
            "Check the type and size of the key.",
        ],
        commands: &["D ICSF,LIST"],
        related: &[3, 428, 455, 456],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(10),
        symbol: "GSK_ERR_ASN",
        meaning: "A certificate or revocation list could not be decoded.",
        causes: &["It is damaged, or it is not in DER form."],
        to_do: &["Export it again where it comes from, and import it anew."],
        commands: &[LIST_CERTIFICATE],
        related: &[404, 414],
        evidence: "IBM MQ for z/OS 7.5 to 9.2, return codes of TLS; Summary of Message and Interface Changes V2R1",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(11),
        symbol: "GSK_ERR_LDAP",
        meaning: "A question to the LDAP server failed.",
        causes: &["Name, port, user or password of the LDAP server are wrong."],
        attributes: &[
            "GSK_LDAP_SERVER",
            "GSK_LDAP_SERVER_PORT",
            "GSK_LDAP_USER",
            "GSK_LDAP_USER_PW",
        ],
        to_do: &["Check the parameters of the LDAP server, and that it answers."],
        related: &[427],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(12),
        symbol: "GSK_ERR_UNKNOWN_ERROR",
        meaning: "System SSL met an error that it has no code for.",
        to_do: &[TRACE],
        related: &[3],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(13),
        meaning: "A structure that the caller passes is smaller than it has to be.",
        causes: &["The caller made a mistake."],
        to_do: &[CALLER],
        evidence: CHANGES,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(14),
        meaning: "The caller passes no structure for the list of all cipher suites.",
        causes: &["The caller made a mistake."],
        to_do: &[CALLER],
        evidence: CHANGES,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(102),
        symbol: "GSK_KEYFILE_IO_ERROR",
        meaning: "The key database, token or key ring could not be read.",
        causes: &[
            "The permissions of the file do not let the user ID read it.",
            "The database is damaged.",
            "The security product answered with an error.",
        ],
        attributes: &["Keyring"],
        to_do: &["Check path, permissions, and the messages of RACF (ICH408I)."],
        related: &[103, 202],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(103),
        symbol: "GSK_KEYFILE_INVALID_FORMAT",
        meaning: "A record of the key database has a wrong form.",
        causes: &["The file is no key database, or it is damaged."],
        attributes: &["Keyring"],
        to_do: &[
            "Restore the database, or make it anew with gskkyman. It has to be moved in binary.",
        ],
        related: &[102, 106],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(106),
        symbol: "GSK_KEYFILE_BAD_PASSWORD",
        meaning: "The password of the key database is wrong.",
        causes: &[
            "The password or the stash file belongs to another database, or is older than the last change.",
        ],
        attributes: &["KeyringStashFile", "KeyringPw"],
        to_do: &["Store the password in a stash file again with gskkyman, and name that file."],
        related: &[201, 204, 408],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(109),
        symbol: "GSK_NO_CA_CERTIFICATES",
        meaning: "The key ring holds no certificate of an authority.",
        causes: &["Only personal certificates are connected to it."],
        attributes: &["Keyring"],
        to_do: &[
            "Connect the authorities of the partners to the ring with USAGE(CERTAUTH).",
            READ_AGAIN,
        ],
        commands: &[LIST_RING, CONNECT_CA, REFRESH_RACF, REFRESH],
        related: &[8, 435],
        evidence: "IBM MQ for z/OS 7.5 to 9.2, return codes of TLS; guide of Virtel to AT-TLS",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(201),
        symbol: "GSK_NO_KEYFILE_PASSWORD",
        meaning: "The key database needs a password, and none is given.",
        causes: &[
            "`Keyring` begins with a slash, which makes it a file, and no stash file is coded.",
        ],
        attributes: &["Keyring", "KeyringStashFile", "KeyringPw"],
        to_do: &[
            "Code `KeyringStashFile`; or, if a ring is meant, write `owner/ring` without the slash in front.",
        ],
        related: &[106, 202],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(202),
        symbol: "GSK_KEYRING_OPEN_ERROR",
        meaning: "The key ring, key database or token cannot be opened.",
        causes: &[
            "The ring does not exist under the user ID that is asked: without `owner/` it is the ring of the application's user ID.",
            "The name differs in a letter or in upper and lower case.",
            "The application's user ID may not read the ring.",
        ],
        attributes: &["Keyring"],
        to_do: &[
            "Read the user ID in EZD1281I or in the error message: it is the one that opens the ring, and neither that of TCP/IP nor of the Policy Agent.",
            "List the ring under its owner, and write it as `owner/ring`.",
            "Permit the user ID: READ to IRR.DIGTCERT.LISTRING for its own ring, UPDATE for one of others; or READ to `owner.ring.LST` in class RDATALIB.",
        ],
        commands: &[
            LIST_RING,
            PERMIT_RING,
            "SETROPTS RACLIST(FACILITY) REFRESH",
            REFRESH,
        ],
        related: &[102, 416, 5006],
        foreseen: &["GH035"],
        evidence: "IP Diagnosis Guide V2R1 and V2R2, AT-TLS return codes; Summary of Message and Interface Changes V2R1",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(203),
        symbol: "GSK_RSA_TEMP_KEY_PAIR",
        meaning: "A temporary pair of keys could not be made.",
        causes: &[
            "A cipher suite of export grade is in the list.",
            "Cryptography failed.",
        ],
        attributes: &["V3CipherSuites"],
        to_do: &[
            "Remove the suites of export grade.",
            "Check the state of ICSF.",
        ],
        related: &[9, 409],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(204),
        symbol: "GSK_KEYFILE_PW_EXPIRED",
        meaning: "The password of the key database has expired.",
        causes: &["The life time that gskkyman gave the password is over."],
        attributes: &["KeyringStashFile", "KeyringPw"],
        to_do: &["Change the password with gskkyman, and store it in the stash file again."],
        related: &[106],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(301),
        symbol: "GSK_CLOSE_FAILED",
        meaning: "Closing failed.",
        to_do: &[TRACE],
        ..CodeDef::BELIEVED
    },
    CodeDef {
        numbers: Numbers::One(302),
        symbol: "GSK_CONNECTION_ACTIVE",
        meaning: "The call is not allowed while a connection is active.",
        causes: &["An environment was closed while it was in use."],
        to_do: &[CALLER],
        evidence: MQ,
        ..BASE
    },
];
