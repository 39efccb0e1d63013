//! Codes of System SSL from 442 to 472: labels, extensions, curves, signatures and ICSF.
//!
//! All but one are general knowledge.

use super::{CodeDef, LIST_CERTIFICATE, LIST_RING, NETSTAT, Numbers};

/// What most rows need not say.
const BASE: CodeDef = CodeDef::BELIEVED;

pub(super) static ROWS: &[CodeDef] = &[
    CodeDef {
        numbers: Numbers::One(442),
        meaning: "Several certificates of the key ring have the label that is asked for.",
        attributes: &["CertificateLabel", "ServerCertificateLabel", "Keyring"],
        to_do: &["Leave one of them in the ring."],
        commands: &[LIST_RING],
        related: &[6, 443],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(443),
        meaning: "Several keys are marked as the default.",
        attributes: &["Keyring", "CertificateLabel"],
        to_do: &["Mark one of them, or code `CertificateLabel`."],
        commands: &[LIST_RING],
        related: &[7, 442],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(444),
        meaning: "No random bytes could be made.",
        attributes: &["FIPS140"],
        to_do: &["Check that ICSF is active and that the user ID may use CSFRNG."],
        commands: &["D ICSF,LIST"],
        related: &[455, 456],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(445),
        meaning: "The key database was not made for FIPS mode.",
        attributes: &["FIPS140", "Keyring"],
        to_do: &["Make the database anew as one of FIPS mode with gskkyman, or use a key ring."],
        related: &[103, 457],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(446),
        meaning: "An extension of TLS is not as the other end expects it.",
        attributes: &[
            "ClientHandshakeSNI",
            "ServerHandshakeSNI",
            "ClientMaxSSLFragment",
            "TruncatedHMAC",
        ],
        to_do: &["Compare the settings of extensions at both ends."],
        related: &[447],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(447),
        meaning: "The partner refused an extension of TLS that is required here.",
        attributes: &[
            "ClientHandshakeSNI",
            "ServerHandshakeSNI",
            "ClientMaxSSLFragment",
            "TruncatedHMAC",
        ],
        to_do: &["Write `Optional` or `Off` for the extension, or have the partner support it."],
        related: &[446],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(448),
        meaning: "The server does not know the server name (SNI) that the client asks for.",
        attributes: &[
            "ClientHandshakeSNIList",
            "ServerHandshakeSNIList",
            "ServerHandshakeSNIMatch",
        ],
        to_do: &["Write the same server names at both ends."],
        related: &[446, 447],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(449),
        meaning: "The length of fragments that is asked for is not supported.",
        attributes: &[
            "ClientMaxSSLFragmentLength",
            "ClientMaxSSLFragment",
            "ServerMaxSSLFragment",
        ],
        to_do: &["Write another length, or switch the extension off."],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(450),
        meaning: "The length of an extension of TLS is wrong.",
        to_do: &["Trace the handshake with `Trace 255` and see which end sends it."],
        related: &[410],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(451),
        meaning: "The elliptic curve is not supported.",
        attributes: &["ClientECurves", "ServerKexECurves", "CertificateLabel"],
        to_do: &["Offer another curve, or use a certificate with a key of another curve."],
        related: &[459, 464],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(452),
        meaning: "The parameters of the elliptic curve are missing.",
        attributes: &["ClientECurves", "ServerKexECurves"],
        to_do: &["Trace the handshake with `Trace 255` and see what the partner sends."],
        related: &[454, 461],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(453),
        meaning: "A signature is missing.",
        to_do: &["Trace the handshake with `Trace 255` and see what the partner sends."],
        related: &[467],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(454),
        meaning: "The parameters of the elliptic curve are not valid.",
        attributes: &["ClientECurves", "ServerKexECurves"],
        to_do: &["Trace the handshake with `Trace 255` and see what the partner sends."],
        related: &[452, 461],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(455),
        meaning: "The services of ICSF are not available.",
        attributes: &["GroupUserInstance", "FIPS140"],
        to_do: &[
            "Start ICSF, then TCP/IP, then have the policy installed; afterwards raise `GroupUserInstance`.",
        ],
        commands: &["D ICSF,LIST"],
        related: &[9, 456, 465],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(456),
        meaning: "A service of ICSF ended with an error.",
        causes: &["The application's user ID may not use the service (class CSFSERV)."],
        to_do: &[
            "Check what the user ID may use in class CSFSERV, and read the messages of ICSF and RACF.",
        ],
        commands: &["D ICSF,LIST"],
        related: &[9, 455],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(457),
        meaning: "PKCS #11 of ICSF is not in FIPS mode.",
        attributes: &["FIPS140"],
        to_do: &["Set ICSF up for FIPS mode, or write `FIPS140 Off`."],
        related: &[445, 465],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(458),
        meaning: "A cipher suite of four characters is not valid.",
        attributes: &["V3CipherSuites4Char", "V3CipherSuites"],
        to_do: &[
            "Correct the list; `gatehouse check --release` with the release of the system says which suites it has.",
        ],
        related: &[422],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(459),
        meaning: "FIPS mode does not allow the elliptic curve.",
        attributes: &["ClientECurves", "ServerKexECurves", "FIPS140"],
        to_do: &["Offer curves of at least 224 bits, such as 0023 and 0024."],
        related: &[451],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(460),
        meaning: "The partner did not say that it negotiates anew as RFC 5746 wants, and that is required here.",
        attributes: &["RenegotiationIndicator"],
        to_do: &["Have the partner support RFC 5746, or write `RenegotiationIndicator Optional`."],
        related: &[432],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(461),
        meaning: "The form of the curve's domain parameters is not supported.",
        to_do: &["Use a certificate whose key names its curve."],
        commands: &[LIST_CERTIFICATE],
        related: &[451, 454],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(462),
        meaning: "The form in which points of the curve are written is not supported.",
        to_do: &["Have the partner send uncompressed points."],
        related: &[451],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(463),
        meaning: "The cryptographic hardware has not the service or algorithm that is asked for.",
        attributes: &["V3CipherSuites", "CertificateLabel"],
        to_do: &["Offer other suites, or use a key that needs no such hardware."],
        related: &[9, 456],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(464),
        meaning: "A list of elliptic curves is not valid.",
        attributes: &["ClientECurves", "ServerKexECurves"],
        to_do: &[
            "Write codes of four digits without blanks: 0019, 0021, 0023, 0024, 0025, 0029, 0030.",
        ],
        related: &[451, 515, 517],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(465),
        meaning: "The PKCS #11 services of ICSF are disabled.",
        attributes: &["FIPS140", "Keyring"],
        to_do: &["Have ICSF set up with a token data set."],
        related: &[455, 457],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(466),
        meaning: "A list of signature pairs is not valid.",
        attributes: &["SignaturePairs", "SignaturePairsCert"],
        to_do: &["Write pairs of four digits from the documented list, without blanks."],
        related: &[467, 468],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(467),
        meaning: "A certificate of the chain is signed with an algorithm that the list of signature pairs does not hold.",
        causes: &[
            "A chain of the partner or of this end has signatures with SHA-1 or RSASSA-PSS, for example, that `SignaturePairs` leaves out.",
        ],
        attributes: &["SignaturePairs", "SignaturePairsCert"],
        to_do: &["Add the pair to `SignaturePairs`, or have the certificate signed anew."],
        commands: &[LIST_CERTIFICATE, NETSTAT],
        related: &[466, 468],
        unsure: super::Unsure::Nothing,
        evidence: "System SSL Programming V2R1, topic 467",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(468),
        meaning: "The list of signature pairs holds no pair for the key of a certificate.",
        attributes: &["SignaturePairs", "CertificateLabel"],
        to_do: &["Add pairs for the type of the key, RSA or ECDSA."],
        commands: &[LIST_CERTIFICATE],
        related: &[466, 467],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(469),
        meaning: "An attribute of a key is wrong.",
        to_do: &["Check the key in RACF or ICSF."],
        commands: &[LIST_CERTIFICATE],
        related: &[428],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(470),
        meaning: "A certificate does not meet the rules of Suite B.",
        attributes: &["SuiteBProfile", "CertificateLabel"],
        to_do: &[
            "Use certificates with ECDSA keys of P-256 or P-384, or write `SuiteBProfile Off`.",
        ],
        commands: &[LIST_CERTIFICATE],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(471),
        meaning: "A secure private key in ICSF cannot be used with fixed ECDH.",
        attributes: &["V3CipherSuites", "CertificateLabel"],
        to_do: &["Offer suites with ECDHE in place of ECDH."],
        related: &[434],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(472),
        meaning: "ICSF does not let clear keys be used.",
        causes: &["The key policy of ICSF forbids it."],
        attributes: &["CertificateLabel", "FIPS140"],
        to_do: &["Ask whoever sets up ICSF about its key policy."],
        related: &[455, 456],
        ..BASE
    },
];
