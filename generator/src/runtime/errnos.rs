//! What a program sees of AT-TLS: errno and errno2 of its socket calls, and of the ioctl SIOCTTLSCTL.
//!
//! Conditions are those of the IP Programmer's Guide (AT-TLS programming) and the IP Diagnosis Guide;
//! numbers are those of z/OS UNIX. Language Environment has a message for each: EDC5000I and on for
//! numbers below 1000, EDC7000I and on above.

/// One errno, in what it has to do with AT-TLS.
#[derive(Debug)]
pub struct ErrnoDef {
    pub number: u16,
    pub name: &'static str,
    /// Names of reasons (errno2) that come with it.
    pub reasons: &'static [&'static str],
    /// Whole sentences.
    pub meaning: &'static str,
    pub to_do: &'static [&'static str],
    pub attributes: &'static [&'static str],
    /// Which codes the log has when this is seen.
    pub related: &'static [u16],
    pub unsure: bool,
}

impl ErrnoDef {
    const BASE: Self = Self {
        number: 0,
        name: "",
        reasons: &[],
        meaning: "",
        to_do: &[],
        attributes: &[],
        related: &[],
        unsure: false,
    };

    /// The message of Language Environment: `EDC5112I` for 112, `EDC8121I` for 1121.
    pub fn message(&self) -> String {
        format!("EDC{}I", self.message_number())
    }

    const fn message_number(&self) -> u16 {
        self.number + if self.number < 1000 { 5000 } else { 7000 }
    }
}

pub(super) static ERRNOS: &[ErrnoDef] = &[
    ErrnoDef {
        number: 111,
        name: "EACCES",
        reasons: &["JrConnDeniedPolicy"],
        meaning: "The program asked AT-TLS to start or stop TLS, and its policy does not let it: `ApplicationControlled` is off.",
        to_do: &[
            "Write `ApplicationControlled On` for the rule, if the program is one that controls TLS itself.",
        ],
        attributes: &["ApplicationControlled"],
        ..ErrnoDef::BASE
    },
    ErrnoDef {
        number: 112,
        name: "EAGAIN",
        reasons: &["JrTcpNotActive", "74610296"],
        meaning: "With errno2 74610296: `TCPCONFIG TTLS` is in the profile of the stack, its first AT-TLS policy is not in place yet, and the user ID is not permitted to open sockets before.",
        to_do: &[
            "For the Policy Agent and what it needs: permit its user ID to EZB.INITSTACK in class SERVAUTH. While the profile is not defined nobody is permitted, and RACF writes no message.",
            "For a server: start it after EZZ4250I, with DELAYSTART TTLS in AUTOLOG for example.",
        ],
        ..ErrnoDef::BASE
    },
    ErrnoDef {
        number: 121,
        name: "EINVAL",
        reasons: &["JrInvalidVersion", "JrSocketCallParmError"],
        meaning: "A request to AT-TLS (SIOCTTLSCTL) has a wrong version, length, kind or buffer.",
        to_do: &["Correct the program."],
        ..ErrnoDef::BASE
    },
    ErrnoDef {
        number: 129,
        name: "ENOENT",
        meaning: "There is no such file. The Policy Agent writes it when a file that its configuration names cannot be found.",
        to_do: &[
            "Compare the name in the message with the files; a data set is written `//'HLQ.NAME(MEMBER)'`.",
        ],
        ..ErrnoDef::BASE
    },
    ErrnoDef {
        number: 139,
        name: "EPERM",
        meaning: "A request to AT-TLS (SIOCTTLSCTL) asks for things that exclude each other, such as starting and stopping at once.",
        to_do: &["Correct the program."],
        ..ErrnoDef::BASE
    },
    ErrnoDef {
        number: 140,
        name: "EPIPE",
        meaning: "A request to AT-TLS (SIOCTTLSCTL) came while the connection was not established.",
        to_do: &["Have the program connect or accept first."],
        ..ErrnoDef::BASE
    },
    ErrnoDef {
        number: 1102,
        name: "EWOULDBLOCK",
        meaning: "The handshake of AT-TLS is in progress, and the socket does not wait.",
        to_do: &[
            "Nothing, if it goes away: the program has to try again when the socket is ready.",
        ],
        ..ErrnoDef::BASE
    },
    ErrnoDef {
        number: 1103,
        name: "EINPROGRESS",
        reasons: &["JrOK"],
        meaning: "Starting or stopping TLS has begun, on a socket that does not wait.",
        to_do: &["The program waits until the socket can be written to."],
        ..ErrnoDef::BASE
    },
    ErrnoDef {
        number: 1104,
        name: "EALREADY",
        reasons: &["JrAlreadyActive"],
        meaning: "The program asked to start TLS where it runs already, or to stop it where there is none.",
        to_do: &[
            "Where the program starts TLS itself and the rule does, too: write `ApplicationControlled On`.",
        ],
        attributes: &["ApplicationControlled"],
        ..ErrnoDef::BASE
    },
    ErrnoDef {
        number: 1108,
        name: "EPROTOTYPE",
        meaning: "A request to AT-TLS (SIOCTTLSCTL) came for a socket that is not TCP.",
        to_do: &["Correct the program: AT-TLS is for TCP alone."],
        ..ErrnoDef::BASE
    },
    ErrnoDef {
        number: 1121,
        name: "ECONNRESET",
        reasons: &["JrTTLSHandshakeFailed"],
        meaning: "The connection was reset. With AT-TLS that is how a program sees a handshake that failed: connect() of an outbound connection, or the first read, ends so.",
        to_do: &[
            "Find the EZD1286I or EZD1287I of the connection in syslogd or on the console, and look its return code up.",
        ],
        related: &[402, 406, 5003, 5004],
        ..ErrnoDef::BASE
    },
    ErrnoDef {
        number: 1122,
        name: "ENOBUFS",
        meaning: "The buffer of a request to AT-TLS (SIOCTTLSCTL) is too small.",
        to_do: &["Have the program ask again with a larger buffer."],
        unsure: true,
        ..ErrnoDef::BASE
    },
    ErrnoDef {
        number: 1124,
        name: "ENOTCONN",
        meaning: "A request to AT-TLS (SIOCTTLSCTL) came for a socket that is not connected.",
        to_do: &["Have the program connect or accept first."],
        ..ErrnoDef::BASE
    },
    ErrnoDef {
        number: 1148,
        name: "EPROTO",
        reasons: &["JrTTLSStopReadDataPending", "JrTTLSStopWriteDataPending"],
        meaning: "A request to AT-TLS does not fit the state of the connection: TLS is to be stopped while data is not read or written yet, or reset before it was started, or the timeout is to be allowed for a client or with `HandshakeTimeout 0`.",
        to_do: &[
            "Have the program read and write everything before it stops TLS, and reset only what was started.",
        ],
        attributes: &["HandshakeTimeout", "HandshakeRole"],
        ..ErrnoDef::BASE
    },
];

/// The row of a number, a name, a reason or a message of Language Environment, in any case.
pub(super) fn errno(text: &str) -> Option<&'static ErrnoDef> {
    let number: Option<u16> = text.parse().ok();
    let upper = text.to_ascii_uppercase();
    let message = upper
        .strip_prefix("EDC")
        .and_then(|rest| rest.strip_suffix('I'));
    let message = message.and_then(|digits| digits.parse::<u16>().ok());
    ERRNOS.iter().find(|row| {
        let is = |word: &str| word.eq_ignore_ascii_case(text);
        is(row.name)
            || row.reasons.iter().any(|reason| is(reason))
            || message.is_some_and(|number| number == row.message_number())
            || number == Some(row.number)
    })
}
