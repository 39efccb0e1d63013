//! The values of single fields: names, ports, addresses, key rings.
//!
//! Each type is parsed from the text of its field and prints the same value canonically.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use thiserror::Error;

/// Why text is not a name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    #[error("a name is missing")]
    Empty,
    #[error("{len} characters are too many; {max} are allowed")]
    TooLong { len: usize, max: usize },
    #[error("`{0}` is not allowed in a name")]
    Character(char),
    #[error("a name does not start with `{0}`")]
    Start(char),
}

/// The name of an object: 1 to 64 letters, digits or `_ - . @ # $`, not starting with `#`.
///
/// `~` is reserved: the generator separates its parts with it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName(String);

impl ObjectName {
    pub const MAX: usize = 64;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ObjectName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let len = text.chars().count();
        if len == 0 {
            return Err(NameError::Empty);
        }
        if len > Self::MAX {
            return Err(NameError::TooLong {
                len,
                max: Self::MAX,
            });
        }
        if let Some(c) = text
            .chars()
            .find(|c| !(c.is_ascii_alphanumeric() || "_-.@#$".contains(*c)))
        {
            return Err(NameError::Character(c));
        }
        match text.chars().next() {
            Some('#') => Err(NameError::Start('#')),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

/// The name of a system image or stack: 1 to 8 of A-Z, 0-9, `@ # $`, starting with a letter or `@ # $`.
///
/// Lower case is folded, as z/OS does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SystemName(String);

impl SystemName {
    pub const MAX: usize = 8;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SystemName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let name = text.to_ascii_uppercase();
        let len = name.chars().count();
        if len == 0 {
            return Err(NameError::Empty);
        }
        if len > Self::MAX {
            return Err(NameError::TooLong {
                len,
                max: Self::MAX,
            });
        }
        if let Some(c) = name.chars().find(|c| !is_national(*c)) {
            return Err(NameError::Character(c));
        }
        match name.chars().next() {
            Some(c) if c.is_ascii_digit() => Err(NameError::Start(c)),
            _ => Ok(Self(name)),
        }
    }
}

fn is_national(c: char) -> bool {
    c.is_ascii_uppercase() || c.is_ascii_digit() || "@#$".contains(c)
}

/// Why text is not a job name or user ID condition.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MaskError {
    #[error("{len} characters are too many; 8 are allowed")]
    TooLong { len: usize },
    #[error("`{0}` cannot be part of a z/OS name, so the rule would never match")]
    Character(char),
    #[error("`*` is a wildcard only at the end")]
    Star,
    #[error("a z/OS name does not start with the digit `{0}`, so the rule would never match")]
    Start(char),
}

/// A job name or user ID as a condition: any, exactly one, or all with a prefix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameMask {
    /// Written `*`; an empty field means the same.
    Any,
    Exact(String),
    /// Written with a trailing `*`.
    Prefix(String),
}

impl FromStr for NameMask {
    type Err = MaskError;

    fn from_str(text: &str) -> Result<Self, MaskError> {
        let name = text.to_ascii_uppercase();
        if name.is_empty() || name == "*" {
            return Ok(Self::Any);
        }
        let (stem, prefix) = match name.strip_suffix('*') {
            Some(stem) => (stem, true),
            None => (name.as_str(), false),
        };
        let len = name.chars().count();
        if len > 8 {
            return Err(MaskError::TooLong { len });
        }
        if stem.contains('*') {
            return Err(MaskError::Star);
        }
        if let Some(c) = stem.chars().find(|c| !is_national(*c)) {
            return Err(MaskError::Character(c));
        }
        if let Some(c) = stem.chars().next().filter(char::is_ascii_digit) {
            return Err(MaskError::Start(c));
        }
        Ok(if prefix {
            Self::Prefix(stem.to_owned())
        } else {
            Self::Exact(stem.to_owned())
        })
    }
}

impl fmt::Display for NameMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Exact(name) => f.write_str(name),
            Self::Prefix(stem) => write!(f, "{stem}*"),
        }
    }
}

/// Why text is not a port or a port range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PortError {
    #[error("`{0}` is no port: ports are whole numbers from 1 to 65535")]
    NoPort(String),
    #[error("the range runs backwards: {low} is above {high}")]
    Reversed { low: u16, high: u16 },
}

/// The ports of one traffic row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ports {
    /// Written `All`; an empty field means the same.
    All,
    One(u16),
    /// INVARIANT: both at least 1, the first below the second.
    Range(u16, u16),
    /// 1024 to 65535.
    Ephemeral,
}

impl FromStr for Ports {
    type Err = PortError;

    fn from_str(text: &str) -> Result<Self, PortError> {
        if text.is_empty() || text.eq_ignore_ascii_case("all") || text == "0" {
            return Ok(Self::All);
        }
        if text.eq_ignore_ascii_case("ephemeral") {
            return Ok(Self::Ephemeral);
        }
        let port = |part: &str| match part.trim().parse::<u16>() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(PortError::NoPort(part.trim().to_owned())),
        };
        let Some((low, high)) = text.split_once(['-', ':']) else {
            return port(text).map(Self::One);
        };
        let (low, high) = (port(low)?, port(high)?);
        match low.cmp(&high) {
            std::cmp::Ordering::Less => Ok(Self::Range(low, high)),
            std::cmp::Ordering::Equal => Ok(Self::One(low)),
            std::cmp::Ordering::Greater => Err(PortError::Reversed { low, high }),
        }
    }
}

impl Ports {
    /// The lowest and highest port; `None` when every port counts.
    pub fn bounds(self) -> Option<(u16, u16)> {
        match self {
            Self::All => None,
            Self::One(port) => Some((port, port)),
            Self::Range(low, high) => Some((low, high)),
            Self::Ephemeral => Some((1024, 65535)),
        }
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("All"),
            Self::One(port) => write!(f, "{port}"),
            Self::Range(low, high) => write!(f, "{low}-{high}"),
            Self::Ephemeral => f.write_str("Ephemeral"),
        }
    }
}

/// Why text is not an address, prefix or range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    #[error("an address is missing")]
    Empty,
    #[error("`{0}` is no IPv4 or IPv6 address")]
    NoAddress(String),
    #[error("the prefix length {len} is too long; {max} is the most here")]
    PrefixLength { len: u32, max: u8 },
    #[error("`{0}` is no prefix length")]
    NoPrefixLength(String),
    #[error("the range runs backwards: {low} is above {high}")]
    Reversed { low: IpAddr, high: IpAddr },
    #[error("the range mixes IPv4 and IPv6")]
    Mixed,
    /// IP Configuration Reference 2.2, IpAddr.
    #[error("AT-TLS refuses IPv4-mapped and IPv4-compatible IPv6 addresses; write `{0}`")]
    Mapped(Ipv4Addr),
}

/// One address condition: every address, one address, a prefix or a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// Written `All`.
    All,
    /// Every IPv4 address; written `All_IPv4`.
    AllV4,
    /// Every IPv6 address; written `All_IPv6`.
    AllV6,
    One(IpAddr),
    /// The address as typed, host bits included, and the length.
    Prefix(IpAddr, u8),
    /// INVARIANT: one family, the first not above the second.
    Range(IpAddr, IpAddr),
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        match text.to_ascii_lowercase().as_str() {
            "" => return Err(AddressError::Empty),
            "all" => return Ok(Self::All),
            "all_ipv4" => return Ok(Self::AllV4),
            "all_ipv6" => return Ok(Self::AllV6),
            _ => {}
        }
        if let Some((address, len)) = text.split_once('/') {
            let address = ip(address)?;
            let max = if address.is_ipv4() { 32 } else { 128 };
            let len: u32 = len
                .trim()
                .parse()
                .map_err(|_| AddressError::NoPrefixLength(len.trim().to_owned()))?;
            return match u8::try_from(len) {
                Ok(short) if short <= max => Ok(Self::Prefix(address, short)),
                _ => Err(AddressError::PrefixLength { len, max }),
            };
        }
        let Some((low, high)) = text.split_once('-') else {
            return ip(text).map(Self::One);
        };
        let (low, high) = (ip(low)?, ip(high)?);
        if low.is_ipv4() != high.is_ipv4() {
            return Err(AddressError::Mixed);
        }
        if low > high {
            return Err(AddressError::Reversed { low, high });
        }
        Ok(Self::Range(low, high))
    }
}

fn ip(text: &str) -> Result<IpAddr, AddressError> {
    let text = text.trim();
    match text.parse() {
        Ok(IpAddr::V6(v6)) => match v4_inside(v6) {
            Some(v4) => Err(AddressError::Mapped(v4)),
            None => Ok(IpAddr::V6(v6)),
        },
        Ok(v4) => Ok(v4),
        Err(_) => Err(AddressError::NoAddress(text.to_owned())),
    }
}

/// The IPv4 address in `::ffff:a.b.c.d` or `::a.b.c.d`; `::` and `::1` are none.
fn v4_inside(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    v6.to_ipv4_mapped().or_else(|| match v6.segments() {
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => v6.to_ipv4(),
        _ => None,
    })
}

impl Address {
    /// The lowest and highest address of each family that it holds.
    pub fn bounds(self) -> Vec<(IpAddr, IpAddr)> {
        let v4 = (
            IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            IpAddr::V4(Ipv4Addr::BROADCAST),
        );
        let v6 = (
            IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            IpAddr::V6(Ipv6Addr::from(u128::MAX)),
        );
        match self {
            Self::All => vec![v4, v6],
            Self::AllV4 => vec![v4],
            Self::AllV6 => vec![v6],
            Self::One(address) => vec![(address, address)],
            Self::Range(low, high) => vec![(low, high)],
            Self::Prefix(address, len) => vec![(first_of(address, len), last_of(address, len))],
        }
    }

    /// The prefix without its host bits, when it has any.
    pub fn without_host_bits(self) -> Option<Self> {
        match self {
            Self::Prefix(address, len) if first_of(address, len) != address => {
                Some(Self::Prefix(first_of(address, len), len))
            }
            _ => None,
        }
    }
}

fn first_of(address: IpAddr, len: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => Ipv4Addr::from(u32::from(v4) & mask32(len)).into(),
        IpAddr::V6(v6) => Ipv6Addr::from(u128::from(v6) & mask128(len)).into(),
    }
}

fn last_of(address: IpAddr, len: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => Ipv4Addr::from(u32::from(v4) | !mask32(len)).into(),
        IpAddr::V6(v6) => Ipv6Addr::from(u128::from(v6) | !mask128(len)).into(),
    }
}

fn mask32(len: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(len)).unwrap_or(0)
}

fn mask128(len: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(len)).unwrap_or(0)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("All"),
            Self::AllV4 => f.write_str("All_IPv4"),
            Self::AllV6 => f.write_str("All_IPv6"),
            Self::One(address) => write!(f, "{address}"),
            Self::Prefix(address, len) => write!(f, "{address}/{len}"),
            Self::Range(low, high) => write!(f, "{low}-{high}"),
        }
    }
}

/// Why text is no name of a host.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HostError {
    #[error("a name is needed")]
    Empty,
    #[error("{len} characters are too many; 253 are allowed")]
    TooLong { len: usize },
    #[error("it is an address, which needs no look-up")]
    Address,
    #[error(
        "`{0}` is no part of a host name: 1 to 63 letters, digits and `-`, which is neither first nor last"
    )]
    Part(String),
}

/// The name of a host in the domain name system, as RFC 1123 section 2.1 allows it, and `_`, which
/// real names have, too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(String);

impl HostName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        // The root of the tree of names, which some programs write and others do not.
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(HostError::Empty);
        }
        if text.len() > 253 {
            return Err(HostError::TooLong { len: text.len() });
        }
        let numeric = |part: &str| part.chars().all(|c| c.is_ascii_digit());
        if text.parse::<Address>().is_ok() || text.rsplit('.').next().is_some_and(numeric) {
            return Err(HostError::Address);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let wrong = |part: &&str| {
            !(1..=63).contains(&part.len())
                || !part.chars().all(allowed)
                || part.starts_with('-')
                || part.ends_with('-')
        };
        match text.split('.').find(wrong) {
            Some(part) => Err(HostError::Part(part.to_owned())),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why text cannot stand as a value in a policy file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    #[error("{len} characters are too many; {max} are allowed")]
    TooLong { len: usize, max: usize },
    #[error("the character U+{0:04X} cannot stand in a policy file")]
    Control(u32),
    /// PAGENT would read the rest of the line as a comment.
    #[error("`#` starts a comment here, and what follows would be lost")]
    Comment,
    #[error("a blank at this place would end the value")]
    Blank,
    /// PAGENT would read it as the start or end of a block.
    #[error("`{0}` opens or closes a block in a policy file")]
    Brace(char),
}

fn value_text(text: &str, max: usize, blanks: bool) -> Result<String, TextError> {
    let len = text.chars().count();
    if len > max {
        return Err(TextError::TooLong { len, max });
    }
    if let Some(c) = text
        .chars()
        .find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}'))
    {
        return Err(TextError::Control(c.into()));
    }
    if let Some(c) = text.chars().find(|c| matches!(c, '{' | '}')) {
        return Err(TextError::Brace(c));
    }
    if text.starts_with('#') || text.contains(" #") {
        return Err(TextError::Comment);
    }
    if !blanks && text.contains(' ') {
        return Err(TextError::Blank);
    }
    Ok(text.to_owned())
}

macro_rules! text_value {
    ($(#[$doc:meta])* $name:ident, max $max:literal, blanks $blanks:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            pub const MAX: usize = $max;

            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// True when the field was left empty.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                value_text(text, Self::MAX, $blanks).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_value!(
    /// `ring`, `owner/ring`, `/path/file.kdb` or `*TOKEN*/name`; empty where another level decides.
    Keyring, max 1023, blanks false
);
text_value!(
    /// A certificate label; case counts, blanks are allowed inside; empty for the ring's default.
    CertificateLabel, max 127, blanks true
);
text_value!(
    /// A z/OS UNIX path or an MVS data set name in PAGENT's form `//'HLQ.NAME(MEMBER)'`.
    FileName, max 1023, blanks false
);

/// Where a key ring value points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyringKind {
    /// A ring of the security product.
    SafRing,
    /// A key database file.
    Database,
    /// A PKCS #11 token.
    Token,
}

impl Keyring {
    pub fn kind(&self) -> KeyringKind {
        match self.0.as_bytes() {
            [b'/', ..] => KeyringKind::Database,
            text if text.starts_with(b"*TOKEN*/") => KeyringKind::Token,
            _ => KeyringKind::SafRing,
        }
    }

    /// Owner and ring of `owner/ring`.
    pub fn owner_and_ring(&self) -> Option<(&str, &str)> {
        match self.kind() {
            KeyringKind::SafRing => self.0.split_once('/'),
            KeyringKind::Database | KeyringKind::Token => None,
        }
    }
}

macro_rules! displayed {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}
displayed!(ObjectName SystemName);
