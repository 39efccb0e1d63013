//! What a row of the table says.

use std::fmt;

use super::lists::CodeList;
use crate::policy::Release;

/// A length that no source limits.
pub const NO_LIMIT: usize = usize::MAX;

/// One statement: its attributes and where it may stand.
#[derive(Debug)]
pub struct StatementDef {
    /// IBM's spelling.
    pub name: &'static str,
    /// One sentence for an administrator.
    pub help: &'static str,
    pub since: Release,
    pub name_rule: NameRule,
    /// The statements in whose block it may be written.
    pub inline_in: &'static [&'static str],
    pub attributes: &'static [AttributeDef],
    /// How sure the list of attributes is.
    pub certainty: Certainty,
    /// Manual, release and topic.
    pub source: &'static str,
}

/// One attribute of one statement.
#[derive(Debug)]
pub struct AttributeDef {
    /// IBM's spelling.
    pub name: &'static str,
    /// The words that NCA uses for it.
    pub label: &'static str,
    /// One sentence for an administrator.
    pub help: &'static str,
    pub kind: Kind,
    pub unit: Option<Unit>,
    /// Each release that changed the default, oldest first. An empty text: the default of that release
    /// is not known.
    pub default: &'static [(Release, &'static str)],
    pub since: Release,
    pub required: Required,
    pub repeat: Repeat,
    /// Attributes of the same block that cannot stand beside it.
    pub excludes: &'static [&'static str],
    /// The value is a password.
    pub secret: bool,
    /// The attribute of System SSL that receives the value; empty when there is none or it is not known.
    pub system_ssl: &'static str,
    /// Where a value is looked for, first to last, before the default.
    pub inherits: &'static [Scope],
    /// How sure the range and the words of the value are.
    pub certainty: Certainty,
    /// How sure it is that the attribute exists in this statement.
    pub existence: Certainty,
    /// How sure the default is.
    pub default_certainty: Certainty,
    /// Manual, release and topic.
    pub source: &'static str,
}

/// How sure a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// A product document, an APAR or a listing of a real system shows it.
    Confirmed,
    /// General knowledge only.
    Unconfirmed,
    /// Seen only in material that is not IBM's.
    ThirdParty,
}

/// Whether a statement needs a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameRule {
    Always,
    UnlessInline,
}

/// Whether an attribute has to be coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Required {
    No,
    Always,
    /// At least one of these.
    OneOf(&'static [&'static str]),
    /// Together with this one.
    With(&'static str),
    /// When the group action of the rule has `TTLSEnabled On`.
    IfEnabled,
    /// When this attribute is `Optional` or `Required`.
    IfAsked(&'static str),
}

/// What several lines of one attribute mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Repeat {
    /// A mistake: one line only.
    Once,
    /// The values join into one ordered list.
    Concat,
    /// Each line is a member.
    List,
}

/// A level at which a value can be coded, the narrowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    Connection,
    Environment,
    Group,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    Seconds,
    Minutes,
    Hours,
    Bytes,
    Bits,
    Entries,
}

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `On` or `Off`.
    Flag,
    /// One of these words, in any case.
    Enum(&'static [&'static str]),
    Int {
        min: i64,
        max: i64,
    },
    Text {
        max: usize,
        form: TextForm,
    },
    /// An address, a prefix, a range or `All`.
    Address,
    SingleAddress,
    AddressPrefix,
    AddressRange,
    /// `n`, `n m`, `n-m` or `n:m`; where `min` is 0, 0 means any port.
    Ports {
        min: u16,
    },
    /// A job name or user id with an asterisk for what follows.
    Wildcard8,
    /// The name of a statement of this kind.
    Ref(&'static str),
    /// A block of this kind.
    Inline(&'static str),
    Suites(SuiteForm),
    /// Codes of curves in one string, or one constant, of those listed.
    Curves(&'static [&'static str]),
    /// Codes of signature pairs in one string, or one constant.
    SignaturePairs {
        many: bool,
    },
    /// Zeros and ones, as many as one of these.
    Mask {
        digits: &'static [usize],
    },
    /// `yyyymmddhhmmss:yyyymmddhhmmss`.
    TimeRange,
    /// `hh:mm-hh:mm`.
    TimeOfDay,
}

/// How a list of cipher suites is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuiteForm {
    /// A string of one-character codes, or one name.
    V2,
    /// A string of two-character codes, or one name.
    V3,
    /// A string of four-character codes.
    V3Char4,
}

/// What a text means to whom it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextForm {
    /// May hold blanks.
    Free,
    /// A certificate's label; may hold blanks.
    Label,
    Path,
    HostName,
    HostAndPort,
    /// `host/label`; the label may hold blanks.
    HostAndLabel,
    Keyring,
    Password,
    Url,
}

impl StatementDef {
    /// The attribute of this name, in any case.
    pub fn attribute(&self, name: &str) -> Option<&'static AttributeDef> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// Whether it may be written in the block of `other`.
    pub fn is_inline_in(&self, other: &StatementDef) -> bool {
        self.inline_in.contains(&other.name)
    }
}

impl PartialEq for StatementDef {
    /// Statements are equal when their names are: the table holds each once.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.name == other.name
    }
}

impl Eq for StatementDef {}

impl AttributeDef {
    /// What a row need not say.
    pub const BASE: Self = Self {
        name: "",
        label: "",
        help: "",
        kind: Kind::Flag,
        unit: None,
        default: &[],
        since: Release::V1R7,
        required: Required::No,
        repeat: Repeat::Once,
        excludes: &[],
        secret: false,
        system_ssl: "",
        inherits: &[],
        certainty: Certainty::Confirmed,
        existence: Certainty::Confirmed,
        default_certainty: Certainty::Confirmed,
        source: "",
    };

    /// The value that holds in this release when none is coded. `None`: there is none, or it is not known.
    pub fn default_in(&self, release: Release) -> Option<&'static str> {
        self.default
            .iter()
            .rev()
            .find(|(since, _)| *since <= release)
            .map(|(_, value)| *value)
            .filter(|value| !value.is_empty())
    }

    /// The default in words: the value that holds in this release with the release that brought it,
    /// and what newer ones changed: `Off since V2R1, On since 3.2`. Empty when there is none.
    pub fn default_words(&self, release: Release) -> String {
        let older = self.default.iter().filter(|(since, _)| *since <= release);
        let first = older.count().saturating_sub(1);
        let words = |(since, value): &(Release, &str)| match CodeList::of(self) {
            _ if value.is_empty() => format!("not known since {since}"),
            Some(list) => format!("{} since {since}", list.split(value).join(" ")),
            None => format!("{value} since {since}"),
        };
        let all: Vec<_> = self.default.iter().skip(first).map(words).collect();
        all.join(", ")
    }
}

impl Kind {
    /// Real values of this form, to show to whom types one; none where words are chosen, numbers
    /// typed, or any text will do.
    pub const fn examples(&self) -> &'static [&'static str] {
        match self {
            Self::Text { form, .. } => match form {
                TextForm::Label => &["MQ PROD 2026"],
                TextForm::Path => &["/etc/attls.env"],
                TextForm::HostName => &["mq1.example.com"],
                TextForm::HostAndPort => &["ldap.example.com:389"],
                TextForm::HostAndLabel => &["mq1.example.com/MQ PROD 2026"],
                TextForm::Keyring => &["START1/MQRING", "/etc/mq.kdb"],
                TextForm::Url => &["http://ocsp.example.com:8080/"],
                TextForm::Free | TextForm::Password => &[],
            },
            Self::Address | Self::AddressPrefix => &["10.1.0.0/16"],
            Self::SingleAddress => &["10.1.1.2"],
            Self::AddressRange => &["10.1.1.2-10.1.1.9"],
            Self::Ports { .. } => &["1414", "1415-1420"],
            Self::Wildcard8 => &["CSQ1CHIN", "FTPD*"],
            Self::TimeRange => &["20260101000000:20261231235959"],
            Self::TimeOfDay => &["08:00-18:00"],
            Self::Flag
            | Self::Enum(_)
            | Self::Int { .. }
            | Self::Ref(_)
            | Self::Inline(_)
            | Self::Suites(_)
            | Self::Curves(_)
            | Self::SignaturePairs { .. }
            | Self::Mask { .. } => &[],
        }
    }

    /// Whether the value goes on to the end of the line, blanks included.
    pub const fn takes_rest_of_line(&self) -> bool {
        matches!(
            self,
            Self::Text {
                form: TextForm::Free | TextForm::Label | TextForm::HostAndLabel,
                ..
            }
        )
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Bytes => "bytes",
            Self::Bits => "bits",
            Self::Entries => "entries",
        })
    }
}
