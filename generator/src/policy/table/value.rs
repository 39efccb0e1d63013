//! Whether a text is a legal value of an attribute, and if not, why.

use std::borrow::Cow;

use thiserror::Error;

use super::curves::curve_named;
use super::signatures::signature_pair_named;
use super::suites::{suite_by_code, suite_by_short_code, suite_by_v2_code, suite_named};
use super::{AttributeDef, Certainty, Kind, SuiteForm, TextForm};
use crate::policy::net::{AddressError, AddressSpan, PortError, PortSpan, decimal};

/// The longest name of a statement.
pub const MAX_NAME: usize = 32;

/// The most suites that SSL V2 takes.
const MAX_V2_SUITES: usize = 10;

/// Why a text is no legal value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ValueError {
    #[error("there is no value")]
    Missing,
    #[error("the value is one of {}", .allowed.join(", "))]
    NotAllowed { allowed: &'static [&'static str] },
    #[error("the value is a whole number")]
    NotANumber,
    #[error("the value is from {min} to {max}")]
    OutOfRange { min: i64, max: i64 },
    #[error("the value is at most {max} characters long, and this one has {len}")]
    TooLong { max: usize, len: usize },
    #[error("the value cannot hold `{found}`")]
    Character { found: char },
    #[error("an asterisk stands at the end only")]
    WildcardInside,
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error("an IPv6 address in ::/96 or ::ffff:0:0/96 stands for an IPv4 address and is refused")]
    EmbeddedIpv4,
    #[error("the value is {wanted}")]
    AddressForm { wanted: &'static str },
    #[error(transparent)]
    Ports(#[from] PortError),
    #[error("`{text}` is no cipher suite")]
    UnknownSuite { text: String },
    #[error(
        "the code `{code}` has four digits and belongs in V3CipherSuites4Char; here write the name"
    )]
    LongCode { code: String },
    #[error("a name belongs in V3CipherSuites; here write the code `{code}`")]
    NameNotCode { code: &'static str },
    #[error("the codes have {width} digits each and stand side by side without blanks")]
    CodeWidth { width: usize },
    #[error("there are at most {max} of them, and these are {count}")]
    TooMany { max: usize, count: usize },
    #[error("`{text}` is no curve that can stand here")]
    UnknownCurve { text: String },
    #[error("`{text}` is no signature pair")]
    UnknownSignaturePair { text: String },
    #[error("the value is a row of {} digits, each 0 or 1", one_of(.digits))]
    Mask { digits: &'static [usize] },
    #[error("the value has the form {form}")]
    Form { form: &'static str },
}

impl ValueError {
    /// Whether the Policy Agent is known to take the value all the same.
    pub fn is_tolerated(&self) -> bool {
        matches!(self, Self::Address(AddressError::BareNumber { .. }))
    }
}

impl AttributeDef {
    /// Whether `text` is a legal value. What a reference names is not looked at, beyond its form.
    pub fn check(&self, text: &str) -> Result<(), ValueError> {
        if text.is_empty() {
            return Err(ValueError::Missing);
        }
        match self.kind {
            Kind::Flag => word(text, &["On", "Off"]),
            Kind::Enum(allowed) => word(text, allowed),
            Kind::Int { min, max } => number(text, min, max),
            Kind::Text { max, form } => free_text(text, max, form),
            Kind::Address if text.eq_ignore_ascii_case("All") => Ok(()),
            Kind::Address => address(text.parse()),
            Kind::SingleAddress => address(AddressSpan::from_single(text)),
            Kind::AddressPrefix => address(AddressSpan::from_prefix(text)),
            Kind::AddressRange => address(AddressSpan::from_range(text)),
            Kind::Ports { min } => ports(text, min),
            Kind::Wildcard8 => wildcard(text),
            Kind::Ref(_) => length(text, MAX_NAME),
            Kind::Inline(_) => Ok(()),
            Kind::Suites(form) => suites(text, form),
            Kind::Curves(allowed) => curves(text, allowed),
            Kind::SignaturePairs { many } => signature_pairs(text, many),
            Kind::Mask { digits } => mask(text, digits),
            Kind::TimeRange => time_range(text),
            Kind::TimeOfDay => time_of_day(text),
        }
    }

    /// Whether an error from [`check`](Self::check) rests on a fact that nobody could confirm.
    pub fn is_doubtful(&self, error: &ValueError) -> bool {
        match error {
            ValueError::NotAllowed { .. }
            | ValueError::OutOfRange { .. }
            | ValueError::TooLong { .. }
            | ValueError::TooMany { .. }
            | ValueError::Character { .. }
            | ValueError::Mask { .. }
            | ValueError::Form { .. }
            | ValueError::UnknownCurve { .. }
            | ValueError::UnknownSignaturePair { .. }
            | ValueError::Ports(_) => self.certainty != Certainty::Confirmed,
            // No source lists the suites completely, nor says that an asterisk stands at the end only.
            ValueError::UnknownSuite { .. } | ValueError::WildcardInside => true,
            ValueError::NameNotCode { .. } => true,
            ValueError::Missing
            | ValueError::NotANumber
            | ValueError::Address(_)
            | ValueError::EmbeddedIpv4
            | ValueError::AddressForm { .. }
            | ValueError::LongCode { .. }
            | ValueError::CodeWidth { .. } => false,
        }
    }

    /// The spelling of the table for a value that has one: a word, a name of a suite or a curve.
    pub fn canonical(&self, text: &str) -> Option<Cow<'static, str>> {
        let words: &'static [&'static str] = match self.kind {
            Kind::Flag => &["On", "Off"],
            Kind::Enum(words) => words,
            Kind::Address => &["All"],
            Kind::Suites(SuiteForm::V2 | SuiteForm::V3) => {
                return suite_named(text).map(|suite| suite.name.into());
            }
            Kind::Curves(_) if text.eq_ignore_ascii_case("Any") => &["Any"],
            Kind::Curves(_) => return curve_named(text).map(|curve| curve.name.into()),
            Kind::SignaturePairs { .. } if text.len() != 4 => {
                return signature_pair_named(text).map(|pair| pair.name.into());
            }
            _ => return None,
        };
        words
            .iter()
            .find(|word| word.eq_ignore_ascii_case(text))
            .map(|word| Cow::Borrowed(*word))
    }
}

fn word(text: &str, allowed: &'static [&'static str]) -> Result<(), ValueError> {
    if allowed.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        Ok(())
    } else {
        Err(ValueError::NotAllowed { allowed })
    }
}

fn number(text: &str, min: i64, max: i64) -> Result<(), ValueError> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) if min < 0 => (-1, digits),
        _ => (1, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ValueError::NotANumber);
    }
    // More digits than an i64 holds are out of every range of the table.
    match digits.parse::<i64>() {
        Ok(number) if (min..=max).contains(&(sign * number)) => Ok(()),
        _ => Err(ValueError::OutOfRange { min, max }),
    }
}

fn length(text: &str, max: usize) -> Result<(), ValueError> {
    let len = text.chars().count();
    if len > max {
        Err(ValueError::TooLong { max, len })
    } else {
        Ok(())
    }
}

fn free_text(text: &str, max: usize, form: TextForm) -> Result<(), ValueError> {
    length(text, max)?;
    let blanks = Kind::Text { max, form }.takes_rest_of_line();
    let illegal = |c: &char| c.is_control() || (*c == ' ' && !blanks);
    if let Some(found) = text.chars().find(illegal) {
        return Err(ValueError::Character { found });
    }
    match form {
        TextForm::Url if !text.to_ascii_lowercase().starts_with("http://") => {
            Err(ValueError::Form {
                form: "http://host[:port][/path]",
            })
        }
        TextForm::HostAndPort => host_and_port(text),
        _ => Ok(()),
    }
}

fn host_and_port(text: &str) -> Result<(), ValueError> {
    // More than one colon: an IPv6 address without a port.
    match text.split_once(':') {
        Some((_, port)) if !port.contains(':') => match decimal(port) {
            Some(1..=65535) => Ok(()),
            _ => Err(ValueError::Form {
                form: "host or host:port",
            }),
        },
        _ => Ok(()),
    }
}

fn address(read: Result<AddressSpan, AddressError>) -> Result<(), ValueError> {
    let span = read?;
    let embedded = |address| match address {
        std::net::IpAddr::V6(v6) => {
            let high = v6.to_bits() >> 32;
            high == 0 || high == 0xffff
        }
        std::net::IpAddr::V4(_) => false,
    };
    // `::/0` begins in ::/96 and means every address.
    let whole = span.high() == std::net::IpAddr::V6(std::net::Ipv6Addr::from_bits(u128::MAX));
    if embedded(span.low()) && !whole {
        Err(ValueError::EmbeddedIpv4)
    } else {
        Ok(())
    }
}

fn ports(text: &str, min: u16) -> Result<(), ValueError> {
    let span: PortSpan = text.parse()?;
    if span.low() < min {
        return Err(ValueError::OutOfRange {
            min: min.into(),
            max: u16::MAX.into(),
        });
    }
    Ok(())
}

fn wildcard(text: &str) -> Result<(), ValueError> {
    length(text, 8)?;
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '#' | '$' | '*');
    if let Some(found) = text.chars().find(|c| !legal(*c)) {
        return Err(ValueError::Character { found });
    }
    match text.find('*') {
        Some(at) if at + 1 < text.len() => Err(ValueError::WildcardInside),
        _ => Ok(()),
    }
}

fn suites(text: &str, form: SuiteForm) -> Result<(), ValueError> {
    if text.contains(' ') {
        return Err(ValueError::CodeWidth {
            width: form.width(),
        });
    }
    if let Some(suite) = suite_named(text) {
        let own = suite.code.len() == 1;
        return match form {
            SuiteForm::V2 if own => Ok(()),
            SuiteForm::V3 if !own => Ok(()),
            SuiteForm::V3Char4 if !own => Err(ValueError::NameNotCode { code: suite.code }),
            _ => Err(ValueError::UnknownSuite {
                text: text.to_owned(),
            }),
        };
    }
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(ValueError::UnknownSuite {
            text: text.to_owned(),
        });
    }
    if form == SuiteForm::V3 && text.len() == 4 && suite_by_code(text).is_some() {
        // `1301` is also the short codes 13 and 01; only what cannot be read so is a mistake for sure.
        if chunks(text, 2).any(|code| suite_by_short_code(code).is_none()) {
            return Err(ValueError::LongCode {
                code: text.to_owned(),
            });
        }
    }
    let width = form.width();
    if !text.len().is_multiple_of(width) {
        return Err(ValueError::CodeWidth { width });
    }
    let count = text.len() / width;
    if form == SuiteForm::V2 && count > MAX_V2_SUITES {
        return Err(ValueError::TooMany {
            max: MAX_V2_SUITES,
            count,
        });
    }
    let known = |code: &&str| match form {
        SuiteForm::V2 => suite_by_v2_code(code).is_some(),
        SuiteForm::V3 => suite_by_short_code(code).is_some(),
        SuiteForm::V3Char4 => suite_by_code(code).is_some(),
    };
    match chunks(text, width).find(|code| !known(code)) {
        Some(code) => Err(ValueError::UnknownSuite {
            text: code.to_owned(),
        }),
        None => Ok(()),
    }
}

fn curves(text: &str, allowed: &'static [&'static str]) -> Result<(), ValueError> {
    let unknown = |text: &str| {
        Err(ValueError::UnknownCurve {
            text: text.to_owned(),
        })
    };
    if text.eq_ignore_ascii_case("Any") {
        return if allowed.contains(&"Any") {
            Ok(())
        } else {
            unknown(text)
        };
    }
    if let Some(curve) = curve_named(text) {
        return if allowed.contains(&curve.code) {
            Ok(())
        } else {
            unknown(text)
        };
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return unknown(text);
    }
    if !text.len().is_multiple_of(4) {
        return Err(ValueError::CodeWidth { width: 4 });
    }
    match chunks(text, 4).find(|code| !allowed.contains(code)) {
        Some(code) => unknown(code),
        None => Ok(()),
    }
}

fn signature_pairs(text: &str, many: bool) -> Result<(), ValueError> {
    if signature_pair_named(text).is_some() {
        return Ok(());
    }
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(ValueError::UnknownSignaturePair {
            text: text.to_owned(),
        });
    }
    if !text.len().is_multiple_of(4) {
        return Err(ValueError::CodeWidth { width: 4 });
    }
    if !many && text.len() > 4 {
        return Err(ValueError::TooMany {
            max: 1,
            count: text.len() / 4,
        });
    }
    match chunks(text, 4).find(|code| signature_pair_named(code).is_none()) {
        Some(code) => Err(ValueError::UnknownSignaturePair {
            text: code.to_owned(),
        }),
        None => Ok(()),
    }
}

fn mask(text: &str, digits: &'static [usize]) -> Result<(), ValueError> {
    let binary = text.bytes().all(|byte| matches!(byte, b'0' | b'1'));
    if binary && digits.contains(&text.len()) {
        Ok(())
    } else {
        Err(ValueError::Mask { digits })
    }
}

fn time_range(text: &str) -> Result<(), ValueError> {
    let stamp = |part: &str| {
        let field = |from: usize, to: usize, low: u64, high: u64| {
            part.get(from..to)
                .and_then(decimal)
                .is_some_and(|n| (low..=high).contains(&n))
        };
        part.len() == 14
            && field(0, 4, 1900, 9999)
            && field(4, 6, 1, 12)
            && field(6, 8, 1, 31)
            && field(8, 10, 0, 24)
            && field(10, 12, 0, 59)
            && field(12, 14, 0, 59)
    };
    match text.split_once(':') {
        Some((from, to)) if stamp(from) && stamp(to) && from <= to => Ok(()),
        _ => Err(ValueError::Form {
            form: "yyyymmddhhmmss:yyyymmddhhmmss",
        }),
    }
}

fn time_of_day(text: &str) -> Result<(), ValueError> {
    match text.split_once('-') {
        Some((from, to)) if clock(from).is_some() && clock(to).is_some() => Ok(()),
        _ => Err(ValueError::Form {
            form: "hh:mm-hh:mm",
        }),
    }
}

/// Minutes since midnight; `24:00` is the end of the day.
pub(crate) fn clock(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let total = decimal(hours)? * 60 + decimal(minutes)?;
    (decimal(minutes)? < 60 && total <= 24 * 60)
        .then(|| u16::try_from(total).ok())
        .flatten()
}

/// Pieces of `width` bytes. The caller has made sure that the text is ASCII.
fn chunks(text: &str, width: usize) -> impl Iterator<Item = &str> {
    (0..text.len())
        .step_by(width)
        .filter_map(move |at| text.get(at..(at + width).min(text.len())))
}

fn one_of(digits: &[usize]) -> String {
    let words: Vec<_> = digits.iter().map(ToString::to_string).collect();
    words.join(" or ")
}

impl SuiteForm {
    /// Characters of one code.
    pub const fn width(self) -> usize {
        match self {
            Self::V2 => 1,
            Self::V3 => 2,
            Self::V3Char4 => 4,
        }
    }
}
