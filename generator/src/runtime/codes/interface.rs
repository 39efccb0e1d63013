//! Codes of System SSL from 501 on: waiting, lists of parameters, and what AT-TLS asks of System SSL.

use super::{CodeDef, LIST_CERTIFICATE, NETSTAT, Numbers, TRACE};

const OBSERVED: &str = "trace of a real system";
const WAITS: &[&str] = &["Nothing: it is how a socket answers that does not wait."];
const TRACE_IT: &[&str] = &[TRACE];
/// What 601 to 706 have in common.
const PARAMETER: CodeDef = CodeDef {
    causes: &["AT-TLS passed a value of the policy that this level of System SSL does not know."],
    attributes: &["Envfile"],
    to_do: &[
        "Check the newest parameters of the rule against the release of the system: `gatehouse check --release` says which it has.",
        "Check the variables that begin with GSK_ in the file that `Envfile` names.",
    ],
    ..CodeDef::BELIEVED
};

pub(super) static ROWS: &[CodeDef] = &[
    CodeDef {
        numbers: Numbers::One(501),
        symbol: "GSK_ERR_BUFFER_SIZE",
        meaning: "The size of a buffer is wrong.",
        to_do: TRACE_IT,
        ..CodeDef::BELIEVED
    },
    CodeDef {
        numbers: Numbers::One(502),
        symbol: "GSK_WOULD_BLOCK",
        meaning: "The call would have to wait; that is no error.",
        to_do: WAITS,
        related: &[503, 504],
        evidence: "constants of GSKit in IBM i, the name alone",
        ..CodeDef::BELIEVED
    },
    CodeDef {
        numbers: Numbers::One(503),
        symbol: "GSK_WOULD_BLOCK_READ",
        meaning: "Reading would have to wait; that is no error.",
        to_do: WAITS,
        related: &[502, 504],
        ..CodeDef::BELIEVED
    },
    CodeDef {
        numbers: Numbers::One(504),
        symbol: "GSK_WOULD_BLOCK_WRITE",
        meaning: "Writing would have to wait; that is no error.",
        to_do: WAITS,
        related: &[502, 503],
        ..CodeDef::BELIEVED
    },
    CodeDef {
        numbers: Numbers::One(505),
        symbol: "GSK_ERR_RECORD_OVERFLOW",
        meaning: "A record is longer than is allowed.",
        to_do: TRACE_IT,
        related: &[410],
        ..CodeDef::BELIEVED
    },
    CodeDef {
        numbers: Numbers::One(515),
        meaning: "The list of key share groups is not valid.",
        causes: &[
            "TLS 1.3 is on, and `ClientKeyShareGroups` or `ServerKeyShareGroups` is not coded.",
            "The list holds a group that is not known.",
        ],
        attributes: &["ClientKeyShareGroups", "ServerKeyShareGroups", "TLSv1.3"],
        to_do: &[
            "Code `ClientKeyShareGroups` for the role of the client and `ServerKeyShareGroups` for that of the server, from 0023, 0024, 0025, 0029 and 0030.",
        ],
        commands: &[NETSTAT],
        related: &[464, 517, 519],
        foreseen: &["GH052"],
        evidence: OBSERVED,
        ..CodeDef::BASE
    },
    CodeDef {
        numbers: Numbers::One(517),
        meaning: "The lists of elliptic curves and of key share groups have no group in common.",
        causes: &["`ClientECurves` holds none of the groups of `ClientKeyShareGroups`."],
        attributes: &["ClientECurves", "ClientKeyShareGroups"],
        to_do: &["Add the groups to `ClientECurves`, or write `ClientECurves Any`."],
        commands: &[NETSTAT],
        related: &[464, 515],
        foreseen: &["AT224", "GH053"],
        evidence: OBSERVED,
        ..CodeDef::BASE
    },
    CodeDef {
        numbers: Numbers::One(519),
        meaning: "Cipher suites that are needed were not named.",
        causes: &["TLS 1.3 is on, and the list holds none of its suites: 1301, 1302, 1303."],
        attributes: &["V3CipherSuites", "V3CipherSuites4Char", "TLSv1.3"],
        to_do: &[
            "Add TLS_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256 or TLS_CHACHA20_POLY1305_SHA256 to the list.",
            "Or write `TLSv1.3 Off`.",
        ],
        commands: &[NETSTAT],
        related: &[402, 515],
        foreseen: &["AT222", "GH051"],
        evidence: OBSERVED,
        ..CodeDef::BASE
    },
    CodeDef {
        numbers: Numbers::NotKnown,
        symbol: "GSK_ERR_SERVER_REF_ID_NO_MATCH",
        meaning: "The server's certificate does not carry the host name that the client wants. The number of this code was not found.",
        causes: &[
            "`HostReferenceIdDNS` or `HostReferenceIdCN` of the client's action is not among the names of the certificate.",
        ],
        attributes: &[
            "HostReferenceIdDNS",
            "HostReferenceIdCN",
            "HostRefWildcardValidation",
        ],
        to_do: &[
            "Correct the name in the policy, or have the server's certificate issued with it.",
            "The program sees it as connect() that fails with ECONNRESET.",
        ],
        commands: &[LIST_CERTIFICATE],
        related: &[8],
        evidence: "IP Configuration Guide 3.2, as notes of Zowe cite it",
        ..CodeDef::BASE
    },
    CodeDef {
        numbers: Numbers::One(601),
        meaning: "The choice of protocols is not valid.",
        ..PARAMETER
    },
    CodeDef {
        numbers: Numbers::One(602),
        meaning: "The number of a function is not valid.",
        ..PARAMETER
    },
    CodeDef {
        numbers: Numbers::One(701),
        meaning: "An attribute is not known.",
        ..PARAMETER
    },
    CodeDef {
        numbers: Numbers::One(702),
        meaning: "The length of an attribute is wrong.",
        ..PARAMETER
    },
    CodeDef {
        numbers: Numbers::One(703),
        meaning: "An attribute has a word that it does not take.",
        ..PARAMETER
    },
    CodeDef {
        numbers: Numbers::One(704),
        meaning: "The function for the cache of session ids is not valid.",
        ..PARAMETER
    },
    CodeDef {
        numbers: Numbers::One(705),
        meaning: "An attribute has a number that it does not take.",
        ..PARAMETER
    },
    CodeDef {
        numbers: Numbers::One(706),
        meaning: "A parameter of an attribute is not valid.",
        ..PARAMETER
    },
];
