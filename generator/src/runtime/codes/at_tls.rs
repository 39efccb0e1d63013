//! Codes that AT-TLS gives itself, and 0.

use super::{
    CodeDef, DIAGNOSIS, GENERAL, LIST_RING, NETSTAT, Numbers, Source, UPDATE, Unsure, VIRTEL,
};

/// What a row of AT-TLS need not say.
const BASE: CodeDef = CodeDef {
    source: Source::AtTls,
    evidence: DIAGNOSIS,
    ..CodeDef::BASE
};

pub(super) static ROWS: &[CodeDef] = &[
    CodeDef {
        numbers: Numbers::One(0),
        meaning: "The call or the event ended well.",
        to_do: &["Nothing: look for the first line of the connection whose code is another one."],
        evidence: "trace of AT-TLS at V2R4",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(5001),
        meaning: "The server wants a certificate of the client, and the client sent none.",
        causes: &[
            "The client has no certificate, or is not set up to send one.",
            "The client has certificates, and none from an authority that the server names.",
        ],
        attributes: &["ClientAuthType", "HandshakeRole"],
        to_do: &[
            "Give the client a certificate and have it sent.",
            "If clients need not show one, write `ClientAuthType Full` or `PassThru`, or `HandshakeRole Server`.",
        ],
        commands: &[NETSTAT],
        related: &[403, 5002],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(5002),
        meaning: "The client's certificate is valid, and no user ID of the security product belongs to it.",
        causes: &[
            "`ClientAuthType SAFCheck` is in effect, and the certificate is neither registered nor mapped by a filter.",
            "It was registered, and the classes were not refreshed.",
        ],
        attributes: &["ClientAuthType"],
        to_do: &[
            "Register the certificate with its user ID, or write a filter for its names.",
            "If being trusted is enough, write `ClientAuthType Required`.",
        ],
        commands: &[
            "RACDCERT ID(userid) ADD('hlq.client') WITHLABEL('label') TRUST",
            "SETROPTS RACLIST(DIGTCERT DIGTNMAP) REFRESH",
        ],
        related: &[5001],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(5003),
        meaning: "Bytes in the clear came where a record of TLS has to stand, so the connection was ended.",
        causes: &[
            "The partner does not speak TLS: http in place of https, or another port.",
            "The rule matches more connections than it should.",
            "A program that controls TLS itself started the handshake before it had read all that was sent in the clear.",
        ],
        attributes: &["ApplicationControlled", "LocalPortRange", "RemotePortRange"],
        to_do: &[
            "Have the partner start TLS on this port, or make the conditions of the rule narrower.",
            "With `ApplicationControlled On`, the program has to read everything before it asks for TLS.",
        ],
        related: &[410, 5004],
        evidence: "IP Diagnosis Guide V2R1 and V2R2, AT-TLS return codes; guide of Virtel to AT-TLS",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(5004),
        meaning: "AT-TLS was ready for the handshake, and nothing of TLS came from the partner within `HandshakeTimeout` seconds.",
        causes: &[
            "Both ends have the role of the server, and each waits for the other.",
            "The partner talks in the clear and waits for the first word of the server.",
            "The partner or the network is stalled.",
        ],
        attributes: &["HandshakeRole", "HandshakeTimeout", "ApplicationControlled"],
        to_do: &[
            "Compare the roles of both ends: one has to be the client.",
            "Make sure that the partner starts TLS on this port.",
            "Raise `HandshakeTimeout` only where partners are slow.",
            "A port for both kinds of clients needs `ApplicationControlled On` and a program that asks with TTLS_ALLOW_HSTIMEOUT.",
        ],
        commands: &[NETSTAT],
        related: &[5003, 5005],
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(5005),
        meaning: "The handshake began and did not end in time.",
        causes: &[
            "The partner stopped in the middle of the handshake.",
            "Packets are lost.",
            "Somebody has to confirm the use of the client's certificate, and is slow.",
        ],
        attributes: &["HandshakeTimeout"],
        to_do: &[
            "See in EZD1284I and EZD1285I how far the handshake came; `Trace 255` writes them.",
            "Raise `HandshakeTimeout`: the time for the whole handshake is believed to be ten times its value.",
        ],
        related: &[5004],
        unsure: Unsure::Meaning,
        evidence: GENERAL,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(5006),
        meaning: "The environment of System SSL that this connection needs could not be made. It is a consequence: an earlier message has the code of the cause.",
        causes: &[
            "The key ring is missing, or the user ID may not read it.",
            "The ring holds no certificate that can be used.",
            "System SSL does not take a parameter.",
        ],
        attributes: &["Keyring", "CertificateLabel"],
        to_do: &[
            "Find the EZD1286I or EZD1287I before it with the event Environment Init and the same GRPID and ENVID, and look its code up: often 202, 416, 6 or 7.",
        ],
        commands: &[LIST_RING],
        related: &[6, 7, 202, 416],
        unsure: Unsure::Causes,
        evidence: VIRTEL,
        ..BASE
    },
    CodeDef {
        numbers: Numbers::One(5018),
        meaning: "The connection met a rule whose AT-TLS group can no longer be used. Every later connection of the group ends so, with the event Policy Mapping.",
        causes: &[
            "The process of the group inside TCP/IP failed, after an abend for example; EZD2042I says so on the console.",
        ],
        attributes: &["GroupUserInstance"],
        to_do: &[
            "Raise `GroupUserInstance` in the group action and have the Policy Agent take it: the group is made anew. Recycling the stack does the same.",
            "Keep the dump, and apply the service of APAR PH68292 (2.5, 3.1, 3.2).",
        ],
        commands: &[UPDATE],
        related: &[5006],
        evidence: "APAR PH68292",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::Among(&[(5007, 5017), (5019, 5999)]),
        meaning: "An error of AT-TLS that an administrator can correct. What the single number means was not found in any public document.",
        to_do: &[
            "Look the number up in the IP Diagnosis Guide, table of AT-TLS return codes; the event of the message narrows it down.",
        ],
        related: &[5006, 5018],
        evidence: "IP Diagnosis Guide V2R1 and V2R2, the range alone",
        ..BASE
    },
    CodeDef {
        numbers: Numbers::Among(&[(6001, 6999)]),
        meaning: "An internal error of AT-TLS.",
        causes: &["A defect, or a state that AT-TLS does not expect."],
        to_do: &["Collect the syslogd messages and the console log, and report it to IBM."],
        ..BASE
    },
];
