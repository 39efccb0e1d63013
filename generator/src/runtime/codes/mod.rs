//! Return codes of AT-TLS and System SSL, as rows.
//!
//! `RC` of the messages EZD1283I, EZD1284I, EZD1286I and EZD1287I is one of them: below 5000 it comes from
//! System SSL, from 5001 on from AT-TLS. Facts come from the product's manuals, support notes and listings
//! of real systems; what nobody could confirm is marked in the row.

mod at_tls;
mod extensions;
mod general;
mod handshake;
mod interface;

/// Who gives a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Source {
    #[cfg_attr(feature = "serde", serde(rename = "AT-TLS"))]
    AtTls,
    #[cfg_attr(feature = "serde", serde(rename = "System SSL"))]
    SystemSsl,
}

impl Source {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtTls => "AT-TLS",
            Self::SystemSsl => "System SSL",
        }
    }
}

/// The numbers of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    One(u16),
    /// First and last of each range, in which no number is known by itself.
    Among(&'static [(u16, u16)]),
    /// The name is known, the number is not.
    NotKnown,
}

/// Which part of what is said nobody could confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Unsure {
    Nothing,
    /// What it means.
    Meaning,
    /// What causes it.
    Causes,
}

/// One return code.
#[derive(Debug)]
pub struct CodeDef {
    pub numbers: Numbers,
    pub source: Source,
    /// The name of the constant; empty where it is not known.
    pub symbol: &'static str,
    /// Whole sentences.
    pub meaning: &'static str,
    /// Whole sentences, the likeliest first.
    pub causes: &'static [&'static str],
    /// The attributes of the policy that it may be about, the likeliest first.
    pub attributes: &'static [&'static str],
    /// Whole sentences.
    pub to_do: &'static [&'static str],
    /// Commands of z/OS as examples; lower case is to be filled in.
    pub commands: &'static [&'static str],
    /// Codes that go with it or are mistaken for it.
    pub related: &'static [u16],
    /// The findings that report it before anything is live.
    pub foreseen: &'static [&'static str],
    pub unsure: Unsure,
    /// Manual, release and topic, or where it was seen.
    pub evidence: &'static str,
}

impl CodeDef {
    /// What a row need not say.
    pub const BASE: Self = Self {
        numbers: Numbers::NotKnown,
        source: Source::SystemSsl,
        symbol: "",
        meaning: "",
        causes: &[],
        attributes: &[],
        to_do: &[],
        commands: &[],
        related: &[],
        foreseen: &[],
        unsure: Unsure::Nothing,
        evidence: "",
    };

    /// A row of System SSL that general knowledge knows, and no document.
    const BELIEVED: Self = Self {
        unsure: Unsure::Meaning,
        evidence: GENERAL,
        ..Self::BASE
    };

    pub fn has(&self, number: u16) -> bool {
        match self.numbers {
            Numbers::One(one) => one == number,
            Numbers::Among(ranges) => ranges
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&number)),
            Numbers::NotKnown => false,
        }
    }

    /// `402`, `6001-6999`, or the symbol where the number is not known.
    pub fn title(&self) -> String {
        match self.numbers {
            Numbers::One(one) => one.to_string(),
            Numbers::Among(ranges) => {
                let words: Vec<_> = ranges
                    .iter()
                    .map(|(first, last)| format!("{first}-{last}"))
                    .collect();
                words.join(", ")
            }
            Numbers::NotKnown => self.symbol.to_owned(),
        }
    }

    /// The number, where it is one.
    pub const fn number(&self) -> Option<u16> {
        match self.numbers {
            Numbers::One(one) => Some(one),
            Numbers::Among(_) | Numbers::NotKnown => None,
        }
    }
}

const GENERAL: &str = "general knowledge; no public document found";
const MQ: &str = "IBM MQ for z/OS 7.5 to 9.2, return codes of TLS";
const GSKIT: &str = "constants of GSKit in IBM i";
const DIAGNOSIS: &str = "IP Diagnosis Guide V2R1 and V2R2, AT-TLS return codes";
const CHANGES: &str = "Summary of Message and Interface Changes V2R1";
const VIRTEL: &str = "guide of Virtel to AT-TLS";

const LIST_RING: &str = "RACDCERT ID(userid) LISTRING(ring)";
const LIST_CERTIFICATE: &str = "RACDCERT ID(userid) LIST(LABEL('label'))";
const CONNECT_CA: &str =
    "RACDCERT ID(userid) CONNECT(CERTAUTH LABEL('ca') RING(ring) USAGE(CERTAUTH))";
const CONNECT_OWN: &str =
    "RACDCERT ID(userid) CONNECT(ID(userid) LABEL('label') RING(ring) USAGE(PERSONAL) DEFAULT)";
const REFRESH_RACF: &str = "SETROPTS RACLIST(DIGTCERT DIGTRING) REFRESH";
const PERMIT_RING: &str = "PERMIT IRR.DIGTCERT.LISTRING CLASS(FACILITY) ID(userid) ACCESS(READ)";
const REFRESH: &str = "F PAGENT,REFRESH";
const UPDATE: &str = "F PAGENT,UPDATE";
const NETSTAT: &str = "NETSTAT TTLS CONN connid DETAIL";

const READ_AGAIN: &str = "Make AT-TLS read the key ring again: refresh the Policy Agent, or raise `EnvironmentUserInstance`.";
const TRACE: &str =
    "Trace System SSL inside the stack: component trace GSKSRVR with the job name of TCP/IP.";
const CALLER: &str =
    "It is a defect of the calling program; when AT-TLS reports it, ask IBM's support.";

/// The rows, in parts.
static PARTS: [&[CodeDef]; 5] = [
    at_tls::ROWS,
    general::ROWS,
    handshake::ROWS,
    extensions::ROWS,
    interface::ROWS,
];

/// Every code, AT-TLS first, then by number.
pub fn codes() -> impl Iterator<Item = &'static CodeDef> {
    PARTS.into_iter().flatten()
}

/// The row of a number.
pub fn code(number: u16) -> Option<&'static CodeDef> {
    codes().find(|row| row.has(number))
}

/// The row of a constant, in any case.
pub fn code_named(symbol: &str) -> Option<&'static CodeDef> {
    codes().find(|row| !row.symbol.is_empty() && row.symbol.eq_ignore_ascii_case(symbol))
}

/// What the range of a number says, for one that no row has. Whole sentences.
pub const fn range(number: u32) -> &'static str {
    match number {
        1..100 => "Numbers below 100 are general codes of System SSL.",
        100..300 => {
            "Numbers from 100 to 299 are codes of System SSL about key databases and key rings."
        }
        300..400 => "Numbers from 300 to 399 are codes of System SSL about closing.",
        400..500 => {
            "Numbers from 400 to 499 are codes of System SSL about handshakes and certificates."
        }
        500..600 => {
            "Numbers from 500 to 599 are codes of System SSL about waiting and about lists of parameters."
        }
        600..800 => {
            "Numbers from 600 to 799 are codes of System SSL about what its caller asks for."
        }
        800..5000 => "Numbers below 5000 come from System SSL; none of this range is known.",
        5000..6000 => {
            "Numbers from 5001 to 5999 come from AT-TLS and mean something that an administrator can correct."
        }
        6000..7000 => "Numbers from 6001 to 6999 are internal errors of AT-TLS.",
        _ => "AT-TLS and System SSL have no codes of this range.",
    }
}

/// The known numbers next to one: below and above.
pub fn nearest(number: u32) -> Vec<u16> {
    let mut all: Vec<u16> = codes()
        .filter_map(CodeDef::number)
        .filter(|one| *one != 0)
        .collect();
    crate::sort::by_key(&mut all, |one| *one);
    let above = all
        .iter()
        .position(|one| u32::from(*one) > number)
        .unwrap_or(all.len());
    let from = above.saturating_sub(1);
    let found = all.get(from..(above + 1).min(all.len()));
    found.unwrap_or_default().to_vec()
}
