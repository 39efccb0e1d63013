//! A library of programs as peers: what they offer by default.
//!
//! Where a list could not be confirmed, the row says so and every answer repeats it. Suites and groups
//! that System SSL does not have are left out where they would only lengthen a row.

use crate::policy::table::suites::Protocol::{self, SslV3, Tls10, Tls11, Tls12, Tls13};

/// The sides that a program plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plays {
    Client,
    Server,
    Either,
}

/// One program with its defaults.
#[derive(Debug)]
pub struct Profile {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub title: &'static str,
    pub plays: Plays,
    pub versions: &'static [Protocol],
    /// By preference, in pieces that rows share.
    pub suites: &'static [&'static [u16]],
    pub groups: &'static [u16],
    pub shares: &'static [u16],
    pub signatures: &'static [u16],
    pub master_secret: bool,
    /// As a server it takes its client's order of suites.
    pub follows_client: bool,
    /// Where the facts come from, and of when they are.
    pub source: &'static str,
    /// What could not be confirmed; empty: nothing.
    pub open: &'static str,
}

/// Every program, by name.
pub fn profiles() -> &'static [Profile] {
    &PROFILES
}

/// The program of this name or alias, in any case.
pub fn profile(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| {
        let mut names = profile.aliases.iter().chain([&profile.name]);
        names.any(|one| one.eq_ignore_ascii_case(name))
    })
}

const FROM_12: &[Protocol] = &[Tls12, Tls13];
const FROM_10: &[Protocol] = &[Tls10, Tls11, Tls12, Tls13];
const UP_TO_12: &[Protocol] = &[Tls10, Tls11, Tls12];

/// The list of OpenSSL since 1.1.0, below TLS 1.3.
const OPENSSL: &[u16] = &[
    0xC02C, 0xC030, 0x009F, 0xCCA9, 0xCCA8, 0xCCAA, 0xC02B, 0xC02F, 0x009E, 0xC024, 0xC028, 0x006B,
    0xC023, 0xC027, 0x0067, 0xC00A, 0xC014, 0x0039, 0xC009, 0xC013, 0x0033, 0x009D, 0x009C, 0x003D,
    0x003C, 0x0035, 0x002F,
];
const OPENSSL_102: &[u16] = &[
    0xC030, 0xC02C, 0xC028, 0xC024, 0xC014, 0xC00A, 0x00A5, 0x00A3, 0x00A1, 0x009F, 0x006B, 0x006A,
    0x0069, 0x0068, 0x0039, 0x0038, 0x0037, 0x0036, 0xC032, 0xC02E, 0xC02A, 0xC026, 0xC00F, 0xC005,
    0x009D, 0x003D, 0x0035, 0xC02F, 0xC02B, 0xC027, 0xC023, 0xC013, 0xC009, 0x00A4, 0x00A2, 0x00A0,
    0x009E, 0x0067, 0x0040, 0x003F, 0x003E, 0x0033, 0x0032, 0x0031, 0x0030, 0xC031, 0xC02D, 0xC029,
    0xC025, 0xC00E, 0xC004, 0x009C, 0x003C, 0x002F,
];
const TLS13: &[u16] = &[0x1302, 0x1303, 0x1301];
const TLS13_AES: &[u16] = &[0x1302, 0x1301];
const OPENSSL_SIGNATURES: &[u16] = &[
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080A, 0x080B, 0x0804, 0x0805, 0x0806, 0x0401,
    0x0501, 0x0601, 0x0303, 0x0301, 0x0302, 0x0402, 0x0502, 0x0602,
];
const OPENSSL_111_SIGNATURES: &[u16] = &[
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080A, 0x080B, 0x0804, 0x0805, 0x0806, 0x0401,
    0x0501, 0x0601, 0x0303, 0x0203, 0x0301, 0x0201, 0x0302, 0x0202, 0x0402, 0x0502, 0x0602,
];
const OLD_SIGNATURES: &[u16] = &[
    0x0601, 0x0603, 0x0501, 0x0503, 0x0401, 0x0403, 0x0402, 0x0301, 0x0303, 0x0201, 0x0203, 0x0202,
];
const OPENSSL_GROUPS: &[u16] = &[29, 23, 30, 25, 24];
const OPENSSL_35_GROUPS: &[u16] = &[0x11EC, 29, 23, 30, 24, 25];

/// SunJSSE since JDK 13, below TLS 1.3: with forward secrecy, and with the server's RSA key.
const JAVA: &[u16] = &[
    0xC02C, 0xC02B, 0xCCA9, 0xC030, 0xCCA8, 0xC02F, 0x009F, 0xCCAA, 0x00A3, 0x009E, 0x00A2, 0xC024,
    0xC028, 0xC023, 0xC027, 0x006B, 0x006A, 0x0067, 0x0040, 0xC00A, 0xC014, 0xC009, 0xC013, 0x0039,
    0x0038, 0x0033, 0x0032,
];
const STATIC_RSA: &[u16] = &[0x009D, 0x009C, 0x003D, 0x003C, 0x0035, 0x002F];
const JAVA_OLD: &[u16] = &[
    0xC02C, 0xC02B, 0xC030, 0x009D, 0xC02E, 0xC032, 0x009F, 0x00A3, 0xC02F, 0x009C, 0xC02D, 0xC031,
    0x009E, 0x00A2, 0xC024, 0xC028, 0x003D, 0xC026, 0xC02A, 0x006B, 0x006A, 0xC00A, 0xC014, 0x0035,
    0xC005, 0xC00F, 0x0039, 0x0038, 0xC023, 0xC027, 0x003C, 0xC025, 0xC029, 0x0067, 0x0040, 0xC009,
    0xC013, 0x002F, 0xC004, 0xC00E, 0x0033, 0x0032,
];
const JAVA_SIGNATURES: &[u16] = &[
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0401,
    0x0501, 0x0601, 0x0402, 0x0303, 0x0301, 0x0302, 0x0203, 0x0201, 0x0202,
];
const JAVA_GROUPS: &[u16] = &[29, 23, 24, 25, 30];
const NIST: &[u16] = &[23, 24, 25];

const SCHANNEL: &[u16] = &[
    0xC02C, 0xC02B, 0xC030, 0xC02F, 0x009F, 0x009E, 0xC024, 0xC023, 0xC028, 0xC027, 0xC00A, 0xC009,
    0xC014, 0xC013,
];
const SCHANNEL_SIGNATURES: &[u16] = &[
    0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0201, 0x0403, 0x0503, 0x0203, 0x0202, 0x0601, 0x0603,
];
const SCHANNEL_GROUPS: &[u16] = &[29, 23, 24];

const MQ: &[u16] = &[
    0x009D, 0xC02C, 0xC030, 0x003D, 0xC024, 0xC028, 0x009C, 0xC02B, 0xC02F, 0x003C, 0xC023, 0xC027,
];

const BASE: Profile = Profile {
    name: "",
    aliases: &[],
    title: "",
    plays: Plays::Either,
    versions: FROM_12,
    suites: &[],
    groups: OPENSSL_GROUPS,
    shares: &[29],
    signatures: OPENSSL_SIGNATURES,
    master_secret: true,
    follows_client: false,
    source: "",
    open: "",
};

static PROFILES: [Profile; 20] = [
    Profile {
        name: "chromium",
        aliases: &["chrome", "edge"],
        title: "Chromium, and browsers made of it",
        plays: Plays::Client,
        suites: &[&[
            0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014,
            0x009C, 0x009D, 0x002F, 0x0035,
        ]],
        groups: &[0x11EC, 29, 23, 24],
        shares: &[0x11EC, 29],
        signatures: &[
            0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601,
        ],
        source: "general knowledge, 2025",
        open: "all lists",
        ..BASE
    },
    Profile {
        name: "curl",
        title: "curl with OpenSSL 3.0",
        plays: Plays::Client,
        suites: &[TLS13, OPENSSL],
        source: "ClientHello of curl 7.88.1 with OpenSSL 3.0.19, captured in 2026",
        ..BASE
    },
    Profile {
        name: "firefox",
        title: "Firefox, ESR 140",
        plays: Plays::Client,
        suites: &[&[
            0x1301, 0x1303, 0x1302, 0xC02B, 0xC02F, 0xCCA9, 0xCCA8, 0xC02C, 0xC030, 0xC00A, 0xC009,
            0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035,
        ]],
        groups: &[0x11EC, 29, 23, 24, 25],
        shares: &[0x11EC, 29, 23],
        signatures: &[
            0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201,
        ],
        source: "general knowledge, 2025",
        open: "all lists",
        ..BASE
    },
    Profile {
        name: "java-11",
        title: "Java 11 before 11.0.30",
        suites: &[&[0x1301, 0x1302], JAVA_OLD],
        groups: NIST,
        shares: &[23],
        signatures: JAVA_SIGNATURES,
        source: "JEP 332; JSSE Reference Guide 11",
        open: "the order of the suites, the signatures and the groups",
        ..BASE
    },
    Profile {
        name: "java-17",
        title: "Java 17 before 17.0.18",
        suites: &[&[0x1302, 0x1301, 0x1303], JAVA, STATIC_RSA],
        groups: JAVA_GROUPS,
        shares: &[29, 23],
        signatures: JAVA_SIGNATURES,
        source: "ClientHello of OpenJDK 17.0.15, captured in 2026",
        ..BASE
    },
    Profile {
        name: "java-2026",
        aliases: &["java-24", "java-25"],
        title: "Java 11.0.30, 17.0.18, 21.0.10, 24 and later: no suites with RSA key exchange",
        suites: &[&[0x1302, 0x1301, 0x1303], JAVA],
        groups: JAVA_GROUPS,
        shares: &[29, 23],
        signatures: JAVA_SIGNATURES,
        source: "JDK-8245545 (TLS_RSA_* off), on the lists of OpenJDK 17.0.15",
        open: "that its other lists are those of Java 17",
        ..BASE
    },
    Profile {
        name: "java-21",
        title: "Java 21 before 21.0.10",
        suites: &[&[0x1302, 0x1301, 0x1303], JAVA, STATIC_RSA],
        groups: JAVA_GROUPS,
        shares: &[29, 23],
        signatures: JAVA_SIGNATURES,
        source: "as Java 17; JSSE Reference Guide 21",
        open: "that its lists are those of Java 17",
        ..BASE
    },
    Profile {
        name: "java-8",
        aliases: &["java-8u261"],
        title: "Java 8, 8u261 to 8u340: TLS 1.3 is off in clients",
        versions: &[Tls12],
        suites: &[JAVA_OLD],
        groups: NIST,
        shares: &[],
        signatures: JAVA_SIGNATURES,
        source: "JDK-8245485 (TLS 1.3 off in clients by default); JSSE Reference Guide 8",
        open: "the order of the suites, the signatures and the groups; before 8u291 TLS 1.0 and 1.1 are on, too; a server takes TLS 1.3",
        ..BASE
    },
    Profile {
        name: "java-8-old",
        title: "Java 8 before 8u261",
        versions: UP_TO_12,
        suites: &[JAVA_OLD, &[0xC008, 0xC012, 0x000A]],
        groups: NIST,
        shares: &[],
        signatures: OLD_SIGNATURES,
        source: "JSSE Reference Guide 8; general knowledge",
        open: "the order of the suites, the signatures and the groups",
        ..BASE
    },
    Profile {
        name: "java-8u341",
        title: "Java 8, 8u341 and later",
        suites: &[TLS13_AES, JAVA_OLD],
        groups: NIST,
        shares: &[23],
        signatures: JAVA_SIGNATURES,
        source: "general knowledge (JDK-8245263: TLS 1.3 on in clients)",
        open: "that TLS 1.3 is on from 8u341, and all lists",
        ..BASE
    },
    Profile {
        name: "mq",
        aliases: &["mq-c", "ibm-mq"],
        title: "IBM MQ 9.2 and later on AIX, Linux and Windows, ANY_TLS12_OR_HIGHER",
        suites: &[&[0x1303, 0x1302, 0x1301], MQ],
        groups: NIST,
        shares: &[23],
        signatures: &[
            0x0601, 0x0603, 0x0501, 0x0503, 0x0401, 0x0403, 0x0806, 0x0805, 0x0804,
        ],
        source: "IBM MQ 9.2, CipherSpec order in TLS handshake",
        open: "the end of the list of suites, the groups and the signatures; a channel that names one CipherSpec offers that one only",
        ..BASE
    },
    Profile {
        name: "mq-java",
        title: "IBM MQ classes for Java and JMS: the suites of its Java",
        suites: &[TLS13_AES, JAVA_OLD],
        groups: NIST,
        shares: &[23],
        signatures: JAVA_SIGNATURES,
        source: "general knowledge, 2025",
        open: "all lists; a channel that names one suite offers that one only",
        ..BASE
    },
    Profile {
        name: "openssl-1.0.2",
        title: "OpenSSL 1.0.2",
        versions: &[SslV3, Tls10, Tls11, Tls12],
        suites: &[OPENSSL_102],
        groups: &[23, 25, 24],
        shares: &[],
        signatures: OLD_SIGNATURES,
        master_secret: false,
        follows_client: true,
        source: "general knowledge; ciphers(1) of 1.0.2",
        open: "all lists; distributions often turn SSL 3.0 off",
        ..BASE
    },
    Profile {
        name: "openssl-1.1.1",
        title: "OpenSSL 1.1.1",
        versions: FROM_10,
        suites: &[TLS13, OPENSSL],
        signatures: OPENSSL_111_SIGNATURES,
        follows_client: true,
        source: "ciphers(1) and SSL_CONF_cmd(3) of 1.1.1",
        open: "the signatures; distributions often begin with TLS 1.2",
        ..BASE
    },
    Profile {
        name: "openssl-3",
        aliases: &[
            "openssl-3.0",
            "openssl-3.1",
            "openssl-3.2",
            "openssl-3.3",
            "openssl-3.4",
            "openssl",
        ],
        title: "OpenSSL 3.0 to 3.4",
        suites: &[TLS13, OPENSSL],
        follows_client: true,
        source: "ClientHello of OpenSSL 3.0.19, captured in 2026",
        ..BASE
    },
    Profile {
        name: "openssl-3.5",
        title: "OpenSSL 3.5 and later",
        suites: &[TLS13, OPENSSL],
        groups: OPENSSL_35_GROUPS,
        shares: &[0x11EC, 29],
        follows_client: true,
        source: "Release notes and CHANGES of OpenSSL 3.5.0, April 2025",
        open: "that its suites are those of 3.0",
        ..BASE
    },
    Profile {
        name: "schannel-2016",
        aliases: &["schannel-2019", "windows-2016", "windows-2019"],
        title: "Windows Server 2016 and 2019",
        versions: UP_TO_12,
        suites: &[SCHANNEL, STATIC_RSA, &[0x000A]],
        groups: SCHANNEL_GROUPS,
        shares: &[],
        signatures: SCHANNEL_SIGNATURES,
        source: "TLS Cipher Suites in Windows 10 v1607, Microsoft",
        open: "the end of the list of suites, the groups and the signatures",
        ..BASE
    },
    Profile {
        name: "schannel-2022",
        aliases: &["windows-2022"],
        title: "Windows Server 2022",
        versions: FROM_10,
        suites: &[TLS13_AES, SCHANNEL, STATIC_RSA],
        groups: SCHANNEL_GROUPS,
        signatures: SCHANNEL_SIGNATURES,
        source: "TLS Cipher Suites in Windows Server 2022, Microsoft",
        open: "the end of the list of suites, the groups and the signatures",
        ..BASE
    },
    Profile {
        name: "wc3270",
        title: "wc3270 and wx3270 on Windows Server 2022 or Windows 11",
        plays: Plays::Client,
        suites: &[TLS13_AES, SCHANNEL, STATIC_RSA],
        groups: SCHANNEL_GROUPS,
        signatures: SCHANNEL_SIGNATURES,
        source: "x3270 wiki, Transport Layer Security: Schannel of its Windows",
        open: "all lists",
        ..BASE
    },
    Profile {
        name: "x3270",
        aliases: &["c3270", "s3270"],
        title: "x3270 on Linux with OpenSSL 3",
        plays: Plays::Client,
        suites: &[TLS13, OPENSSL],
        source: "x3270 wiki, Transport Layer Security: OpenSSL of its system; lists as OpenSSL 3.0",
        ..BASE
    },
];
