//! Messages of AT-TLS, of the Policy Agent and of the stack about it, as rows.
//!
//! Layouts are those of IP Messages volumes 2 and 4 (V2R1, V2R4) and of real logs; where the order of the
//! inserted values is not confirmed the row says so, and the reader does not depend on it.

/// One message.
#[derive(Debug)]
pub struct MessageDef {
    pub id: &'static str,
    /// Its text; inserted values in lower case.
    pub text: &'static str,
    /// The keywords of inserted values, in the order of the text. [`VALUES`] says what each is.
    pub values: &'static [&'static str],
    /// Where it goes: trace bit, facility, priority.
    pub goes_to: &'static str,
    /// Whole sentences.
    pub meaning: &'static str,
    pub to_do: &'static [&'static str],
    pub commands: &'static [&'static str],
    pub related: &'static [&'static str],
    pub unsure: bool,
}

impl MessageDef {
    const BASE: Self = Self {
        id: "",
        text: "",
        values: &[],
        goes_to: "",
        meaning: "",
        to_do: &[],
        commands: &[],
        related: &[],
        unsure: false,
    };
}

/// The keywords of inserted values, and what stands behind each.
pub(super) static VALUES: [(&str, &str); 14] = [
    (
        "GRPID",
        "Number of the AT-TLS group, 8 hexadecimal digits; `NETSTAT TTLS GROUP` shows it with its action.",
    ),
    (
        "ENVID",
        "Number of the environment of System SSL, 8 hexadecimal digits; 00000000: not about one.",
    ),
    (
        "CONNID",
        "Number of the connection, 8 hexadecimal digits, as in the column Conn of NETSTAT; 00000000: not about one.",
    ),
    (
        "LOCAL",
        "Address and port of this end, with two dots between them.",
    ),
    (
        "REMOTE",
        "Address and port of the partner, with two dots between them; IPv4 may be written ::FFFF:10.1.1.2.",
    ),
    ("JOBNAME", "Job of the application that owns the socket."),
    (
        "USERID",
        "User ID of the application; it opens the key ring.",
    ),
    (
        "TYPE",
        "InBound: the application accepted the connection; OutBound: it opened it.",
    ),
    (
        "STATUS",
        "Not Enabled: the rule leaves it in the clear; Enabled: AT-TLS starts TLS; Appl Control: the application does.",
    ),
    ("RULE", "The rule that the connection met."),
    (
        "RC",
        "Return code: below 5000 of System SSL, from 5001 to 5999 of AT-TLS, from 6001 on internal to AT-TLS; 0 is well.",
    ),
    ("EVENT", "What was being done."),
    (
        "ACTIONS",
        "Group, environment and connection action; **N/A** where there is none.",
    ),
    ("DATA", "More, as it is."),
];

/// Events of EZD1282I, EZD1283I, EZD1286I and EZD1287I: what they mean, and what a failure is about. The
/// words go on from "failed in".
pub(super) static EVENTS: [(&str, &str, &str); 14] = [
    (
        "Environment Create",
        "making its environment",
        "Key ring, certificate, ICSF or a parameter of System SSL.",
    ),
    (
        "Environment Init",
        "making its environment",
        "Key ring, certificate, ICSF or a parameter of System SSL.",
    ),
    ("Environment Close", "closing its environment", ""),
    (
        "Connection Init",
        "preparing its handshake",
        "Cipher suites, or the certificate's label.",
    ),
    (
        "Initial Handshake",
        "its initial handshake",
        "The partner: its versions, ciphers, certificate, or its silence.",
    ),
    ("Connection Close", "its end", ""),
    (
        "Connection Stop",
        "stopping TLS",
        "The program that controls TLS.",
    ),
    ("Connection Abend Close", "its end, after an abend", ""),
    (
        "Data Decryption",
        "decrypting data",
        "What the partner sent, or a connection that broke.",
    ),
    (
        "Data Encryption",
        "encrypting data",
        "A connection that broke.",
    ),
    (
        "Policy Mapping",
        "finding its policy",
        "The AT-TLS group can no longer be used.",
    ),
    (
        "Reset Cipher",
        "renewing its keys",
        "The partner, which may refuse it.",
    ),
    (
        "Reset Session",
        "dropping its session",
        "The program that controls TLS.",
    ),
    (
        "Cipher Reset",
        "renewing its keys",
        "The partner, which may refuse it.",
    ),
];

pub(super) static MESSAGES: &[MessageDef] = &[
    MessageDef {
        id: "EZD1281I",
        text: "TTLS Map CONNID: cid LOCAL: ip..port REMOTE: ip..port JOBNAME: job USERID: user TYPE: way STATUS: status RULE: rule ACTIONS: group environment connection",
        values: &[
            "CONNID", "LOCAL", "REMOTE", "JOBNAME", "USERID", "TYPE", "STATUS", "RULE", "ACTIONS",
        ],
        goes_to: "trace bit 4 (Info): syslogd, priority info (priority and order of the values not confirmed)",
        meaning: "A connection met a rule. It happens once, when the application first uses the connection, and never changes afterwards.",
        to_do: &[
            "Where the rule is not the one that was meant, ask `gatehouse simulate` with these addresses, ports, job and user ID.",
            "With `Appl Control` and no handshake behind it the application never started TLS: write `ApplicationControlled Off`, unless it is one that does.",
        ],
        related: &["EZD1286I"],
        unsure: true,
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZD1282I",
        text: "TTLS Start GRPID: gid ENVID: eid CONNID: cid event ACTIONS: group environment connection data",
        values: &["GRPID", "ENVID", "CONNID", "EVENT", "ACTIONS"],
        goes_to: "trace bits 8 (Event) and 16 (Flow): syslogd, priority debug",
        meaning: "AT-TLS begins with something.",
        to_do: &["Nothing: the EZD1283I or EZD1286I behind it says how it ended."],
        related: &["EZD1283I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZD1283I",
        text: "TTLS Event GRPID: gid ENVID: eid CONNID: cid RC: rc event data",
        values: &["GRPID", "ENVID", "CONNID", "RC", "EVENT"],
        goes_to: "trace bit 8 (Event): syslogd, priority debug",
        meaning: "AT-TLS ended something, well or not.",
        to_do: &["Where RC is not 0, look the code up."],
        related: &["EZD1282I", "EZD1286I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZD1284I",
        text: "TTLS Flow GRPID: gid ENVID: eid CONNID: cid RC: rc action name - data",
        values: &["GRPID", "ENVID", "CONNID", "RC", "EVENT"],
        goes_to: "trace bit 16 (Flow): syslogd, priority debug",
        meaning: "AT-TLS called a function of System SSL (Call), or read or set one of its attributes (Get, Set), which are printed with their number.",
        to_do: &["Where RC is not 0, look the code up: it is the call that failed."],
        related: &["EZD1285I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZD1285I",
        text: "TTLS Data CONNID: cid way form bytes",
        values: &["CONNID", "EVENT"],
        goes_to: "trace bit 32 (Data): syslogd, priority debug (priority not confirmed)",
        meaning: "Bytes that were sent (SEND) or received (RECV); CIPHER: as they are on the wire, and no cipher suite. The first three bytes are the kind of the record (14 change cipher spec, 15 alert, 16 handshake, 17 data) and the version, the next two its length.",
        to_do: &[
            "An alert, 15 03 xx 00 02, is followed by 01 or 02 (fatal) and its number: the reason of the end that sent it.",
        ],
        related: &["EZD1284I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZD1286I",
        text: "TTLS Error GRPID: gid ENVID: eid CONNID: cid LOCAL: ip..port REMOTE: ip..port JOBNAME: job USERID: user RULE: rule RC: rc event",
        values: &[
            "GRPID", "ENVID", "CONNID", "LOCAL", "REMOTE", "JOBNAME", "USERID", "RULE", "RC",
            "EVENT",
        ],
        goes_to: "trace bit 2 (Error), the default: syslogd, priority err",
        meaning: "Something failed for a connection, and the connection was ended.",
        to_do: &[
            "Look the return code up; the event narrows it down.",
            "Where one connection is not enough, write `Trace 255` for the rule and try once more.",
        ],
        commands: &["NETSTAT TTLS CONN connid DETAIL"],
        related: &["EZD1287I", "EZD1281I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZD1287I",
        text: "TTLS Error RC: rc event LOCAL: ip..port REMOTE: ip..port JOBNAME: job RULE: rule USERID: user GRPID: gid ENVID: eid CONNID: cid",
        values: &[
            "RC", "EVENT", "LOCAL", "REMOTE", "JOBNAME", "RULE", "USERID", "GRPID", "ENVID",
            "CONNID",
        ],
        goes_to: "trace bit 1 (Error): job log of TCP/IP and console, on several lines",
        meaning: "As EZD1286I, on the console.",
        to_do: &["Look the return code up; the event narrows it down."],
        commands: &["NETSTAT TTLS CONN connid DETAIL"],
        related: &["EZD1286I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZD1288I",
        goes_to: "console",
        meaning: "An AT-TLS group has `FIPS140` on, and ICSF is not active.",
        to_do: &[
            "Start ICSF and have the policy installed again with a raised `GroupUserInstance`; or write `FIPS140 Off`.",
        ],
        commands: &["D ICSF,LIST", "F PAGENT,UPDATE"],
        related: &["EZD1289I", "EZD1290I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZD1289I",
        goes_to: "console",
        meaning: "The services of ICSF are available to an AT-TLS group.",
        related: &["EZD1290I"],
        unsure: true,
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZD1290I",
        goes_to: "console",
        meaning: "The services of ICSF are not available to an AT-TLS group.",
        to_do: &[
            "Start ICSF; afterwards raise `GroupUserInstance` and have the Policy Agent take it.",
        ],
        commands: &["D ICSF,LIST", "F PAGENT,UPDATE"],
        related: &["EZD1288I", "EZD1289I"],
        unsure: true,
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZD1579I",
        text: "PAGENT POLICIES ARE NOT ENABLED FOR image : type",
        goes_to: "console",
        meaning: "The policies of the stack were read, and the stack does not use them. For TTLS: they are installed, and `TCPCONFIG NOTTLS` is in effect, so that everything is in the clear. For IPSEC: the file was not even read.",
        to_do: &[
            "Write `TCPCONFIG TTLS` in the profile of the stack, or in a member that is made active.",
        ],
        commands: &["V TCPIP,tcpname,OBEYFILE,hlq.tcpparms(member)"],
        related: &["EZZ8771I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZD1586I",
        text: "PAGENT HAS INSTALLED ALL LOCAL POLICIES FOR image",
        goes_to: "console",
        meaning: "The Policy Agent is done with all kinds of policy for the stack. It comes where there was nothing to install, too.",
        to_do: &[
            "See with `pasearch -t -n` that the rules are there. Where it says `No policies retrieved`, the TcpImage statement may name the policy file in place of an image file with TTLSConfig in it.",
        ],
        commands: &["pasearch -t -n"],
        related: &["EZZ8771I", "EZZ4250I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZD2042I",
        goes_to: "console",
        meaning: "An AT-TLS group failed. Its connections end with return code 5018 and the event Policy Mapping until it is made anew.",
        to_do: &[
            "Raise `GroupUserInstance` in the group action and have the Policy Agent take it; keep the dump; apply the service of APAR PH68292.",
        ],
        commands: &["F PAGENT,UPDATE"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ4248E",
        text: "tcpname WAITING FOR PAGENT TTLS POLICY",
        goes_to: "console; it stays until the policy is there",
        meaning: "`TCPCONFIG TTLS` is in the profile of the stack, and the Policy Agent has not installed its AT-TLS policy yet. Until then sockets are refused, but for user IDs that are permitted to EZB.INITSTACK.",
        to_do: &[
            "Start the Policy Agent.",
            "See that a TcpImage statement names this stack, and that its image file has TTLSConfig.",
            "See that the Policy Agent's user ID is permitted to EZB.INITSTACK and EZB.STACKACCESS; otherwise its log has errno2=74610296.",
        ],
        commands: &[
            "S PAGENT",
            "PERMIT EZB.INITSTACK.sysname.tcpname CLASS(SERVAUTH) ID(userid) ACCESS(READ)",
        ],
        related: &["EZZ4249I", "EZZ4250I", "EZZ8438I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ4249I",
        text: "tcpname INSTALLED TTLS POLICY HAS NO RULES",
        goes_to: "console",
        meaning: "The AT-TLS policy of the stack is complete and empty: everything is in the clear.",
        to_do: &[
            "See which file TTLSConfig of the image file names, and that it holds TTLSRule statements: `gatehouse check` follows them.",
        ],
        commands: &["pasearch -c -t"],
        related: &["EZZ4248E", "EZZ4250I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ4250I",
        text: "AT-TLS SERVICES ARE AVAILABLE FOR tcpname",
        goes_to: "console",
        meaning: "The AT-TLS policy is in the stack, and its services are up. Entries of AUTOLOG with DELAYSTART TTLS start now.",
        related: &["EZZ4248E"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ8431I",
        text: "PAGENT STARTING",
        goes_to: "console",
        meaning: "The Policy Agent begins.",
        related: &["EZZ8432I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ8432I",
        text: "PAGENT INITIALIZATION COMPLETE",
        goes_to: "console",
        meaning: "The Policy Agent is up. It says nothing of policies yet: EZZ8771I does, for each stack.",
        related: &["EZZ8771I", "EZD1586I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ8433I",
        text: "PAGENT SHUTDOWN COMPLETE",
        goes_to: "console",
        meaning: "The Policy Agent has ended. With PURGE the stacks have no AT-TLS rules now, and new connections are in the clear.",
        related: &["EZZ8773I"],
        unsure: true,
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ8434I",
        text: "PAGENT EXITING ABNORMALLY - CODE code",
        goes_to: "console",
        meaning: "The Policy Agent ends because of its surroundings. Code 18: the user may not start it; 27: the user is not a superuser; 1: its log says why.",
        to_do: &[
            "For 18 permit the user ID to MVS.SERVMGR.PAGENT in class OPERCMDS; for 27 give it UID 0.",
            "Read the log of the Policy Agent; where there is none, read syslogd.",
        ],
        commands: &[
            "PERMIT MVS.SERVMGR.PAGENT CLASS(OPERCMDS) ID(userid) ACCESS(CONTROL)",
            "SETROPTS RACLIST(OPERCMDS) REFRESH",
        ],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ8438I",
        text: "PAGENT POLICY DEFINITIONS CONTAIN ERRORS FOR image : type",
        goes_to: "console",
        meaning: "A policy of the stack has errors. Of AT-TLS policy nothing new is installed then: what was there stays.",
        to_do: &[
            "Run `gatehouse check` on the main configuration file: it says file and line.",
            "In the Policy Agent's log the lines with OBJERR and WARNING say what it dislikes; `LogLevel 127` writes them all.",
        ],
        commands: &["F PAGENT,LOGLEVEL,LEVEL=127", "F PAGENT,UPDATE"],
        related: &["EZZ8771I", "EZZ8779I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ8439I",
        goes_to: "console",
        meaning: "The Policy Agent has trouble with an LDAP server. AT-TLS policy is never there.",
        related: &["EZZ8440I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ8440I",
        goes_to: "console",
        meaning: "The Policy Agent has trouble with an LDAP server. AT-TLS policy is never there.",
        related: &["EZZ8439I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ8443I",
        text: "PAGENT MODIFY COMMAND ACCEPTED",
        goes_to: "console",
        meaning: "The Policy Agent took a MODIFY command.",
        related: &["EZZ8771I"],
        unsure: true,
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ8452I",
        text: "PAGENT READY FOR REMOTE CLIENT CONNECTIONS",
        goes_to: "console",
        meaning: "The Policy Agent waits as a policy server for its clients.",
        unsure: true,
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ8771I",
        text: "PAGENT CONFIG POLICY PROCESSING COMPLETE FOR image : type",
        goes_to: "console",
        meaning: "The Policy Agent is done with one kind of policy of a stack, after its start, a refresh or a change.",
        to_do: &["Nothing, unless EZZ8438I stands before it."],
        related: &["EZZ8438I", "EZD1586I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ8773I",
        text: "PAGENT POLICIES PURGED FOR image : type",
        goes_to: "console",
        meaning: "The Policy Agent removed the policies of a stack: it ends with PURGE in effect, or the TcpImage statement is gone. For TTLS: new connections are in the clear.",
        to_do: &[
            "Start the Policy Agent again. With NOPURGE the stack keeps its policy while the Policy Agent is down.",
        ],
        commands: &["S PAGENT"],
        related: &["EZZ8771I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ8779I",
        text: "PAGENT TCPIMAGE/PEPINSTANCE STATEMENTS CONTAIN ERRORS",
        goes_to: "console",
        meaning: "A TcpImage statement of the main configuration file has an error; its stack gets no policy.",
        to_do: &["Run `gatehouse check` on the main configuration file."],
        related: &["EZZ8438I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "EZZ8790I",
        text: "PAGENT REMOTE POLICY PROCESSING COMPLETE FOR image : type",
        goes_to: "console",
        meaning: "As EZZ8771I, for policy that came from a policy server.",
        related: &["EZZ8771I"],
        ..MessageDef::BASE
    },
    MessageDef {
        id: "ICH408I",
        goes_to: "console and the log of RACF",
        meaning: "RACF refused something to a user ID; its lines say what and to whom. Between the start of a stack and its first AT-TLS policy it is normal for EZB.INITSTACK.",
        to_do: &["Permit the user ID to the profile that is named, if it ought to have it."],
        ..MessageDef::BASE
    },
];

/// Every message.
pub fn messages() -> &'static [MessageDef] {
    MESSAGES
}

/// The row of a message, in any case; its last letter may be left out.
pub fn message(id: &str) -> Option<&'static MessageDef> {
    MESSAGES.iter().find(|row| {
        let short = row.id.get(..row.id.len() - 1);
        row.id.eq_ignore_ascii_case(id) || short.is_some_and(|short| short.eq_ignore_ascii_case(id))
    })
}
