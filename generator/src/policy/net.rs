//! Addresses and ports as the policy language writes them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use thiserror::Error;

/// Addresses of one family from the lowest to the highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressSpan {
    // INVARIANT: one family, low <= high.
    low: IpAddr,
    high: IpAddr,
}

/// Ports from the lowest to the highest; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortSpan {
    // INVARIANT: low <= high.
    low: u16,
    high: u16,
}

/// Why a text is no address, prefix or range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    #[error("it is not an IP address")]
    NotAnAddress,
    #[error("the prefix length is a number from 0 to {max}")]
    PrefixLength { max: u8 },
    #[error("the first address of the range is above the last")]
    Reversed,
    #[error("the range joins an IPv4 and an IPv6 address")]
    MixedFamilies,
    #[error("it is a bare number, which is read as the address {address}")]
    BareNumber { address: Ipv4Addr },
}

/// Why a text is no port and no range of ports.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PortError {
    #[error("it is not a port or a range of ports")]
    NotPorts,
    #[error("ports go from 0 to 65535")]
    OutOfRange,
    #[error("the first port of the range is above the last")]
    Reversed,
}

impl AddressSpan {
    /// The addresses from `low` to `high`.
    pub fn new(low: IpAddr, high: IpAddr) -> Result<Self, AddressError> {
        match (low, high) {
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => {
                Err(AddressError::MixedFamilies)
            }
            _ if low > high => Err(AddressError::Reversed),
            _ => Ok(Self { low, high }),
        }
    }

    /// One address.
    pub const fn single(address: IpAddr) -> Self {
        Self {
            low: address,
            high: address,
        }
    }

    /// All addresses whose first `length` bits are those of `address`.
    pub fn prefix(address: IpAddr, length: u8) -> Result<Self, AddressError> {
        match address {
            IpAddr::V4(v4) if length <= 32 => {
                let host = u32::MAX.checked_shr(length.into()).unwrap_or(0);
                let bits = v4.to_bits();
                Ok(Self {
                    low: Ipv4Addr::from_bits(bits & !host).into(),
                    high: Ipv4Addr::from_bits(bits | host).into(),
                })
            }
            IpAddr::V6(v6) if length <= 128 => {
                let host = u128::MAX.checked_shr(length.into()).unwrap_or(0);
                let bits = v6.to_bits();
                Ok(Self {
                    low: Ipv6Addr::from_bits(bits & !host).into(),
                    high: Ipv6Addr::from_bits(bits | host).into(),
                })
            }
            IpAddr::V4(_) => Err(AddressError::PrefixLength { max: 32 }),
            IpAddr::V6(_) => Err(AddressError::PrefixLength { max: 128 }),
        }
    }

    pub const fn low(&self) -> IpAddr {
        self.low
    }

    pub const fn high(&self) -> IpAddr {
        self.high
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        // The derived order puts all IPv4 addresses below all IPv6 ones.
        self.low <= address && address <= self.high
    }

    /// Reads `address/length`.
    pub fn from_prefix(text: &str) -> Result<Self, AddressError> {
        let (address, length) = text.split_once('/').ok_or(AddressError::NotAnAddress)?;
        let address: IpAddr = address.parse().map_err(|_| AddressError::NotAnAddress)?;
        let max = if address.is_ipv4() { 32 } else { 128 };
        match decimal(length).and_then(|length| u8::try_from(length).ok()) {
            Some(length) => Self::prefix(address, length),
            None => Err(AddressError::PrefixLength { max }),
        }
    }

    /// Reads `address-address`.
    pub fn from_range(text: &str) -> Result<Self, AddressError> {
        let (low, high) = text.split_once('-').ok_or(AddressError::NotAnAddress)?;
        Self::new(
            low.parse().map_err(|_| AddressError::NotAnAddress)?,
            high.parse().map_err(|_| AddressError::NotAnAddress)?,
        )
    }

    /// Reads one address. The Policy Agent was seen to take a bare number for an IPv4 address, which
    /// the error tells.
    pub fn from_single(text: &str) -> Result<Self, AddressError> {
        if let Ok(address) = text.parse() {
            return Ok(Self::single(address));
        }
        match decimal(text).and_then(|number| u32::try_from(number).ok()) {
            Some(number) => Err(AddressError::BareNumber {
                address: Ipv4Addr::from_bits(number),
            }),
            None => Err(AddressError::NotAnAddress),
        }
    }
}

impl FromStr for AddressSpan {
    type Err = AddressError;

    /// Reads an address, a prefix or a range.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        if text.contains('/') {
            Self::from_prefix(text)
        } else if text.contains('-') {
            Self::from_range(text)
        } else {
            Self::from_single(text)
        }
    }
}

impl fmt::Display for AddressSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.low == self.high {
            write!(f, "{}", self.low)
        } else {
            write!(f, "{}-{}", self.low, self.high)
        }
    }
}

impl PortSpan {
    /// Every port.
    pub const ALL: Self = Self {
        low: 0,
        high: u16::MAX,
    };

    /// The ports from `low` to `high`.
    pub const fn new(low: u16, high: u16) -> Result<Self, PortError> {
        if low > high {
            Err(PortError::Reversed)
        } else {
            Ok(Self { low, high })
        }
    }

    /// One port.
    pub const fn single(port: u16) -> Self {
        Self {
            low: port,
            high: port,
        }
    }

    pub const fn low(&self) -> u16 {
        self.low
    }

    pub const fn high(&self) -> u16 {
        self.high
    }

    pub const fn contains(&self, port: u16) -> bool {
        self.low <= port && port <= self.high
    }
}

impl FromStr for PortSpan {
    type Err = PortError;

    /// Reads `n`, `n-m`, `n:m` or `n m`.
    fn from_str(text: &str) -> Result<Self, PortError> {
        let delimiter = |c: char| matches!(c, '-' | ':' | ' ');
        let (low, high) = match text.split_once(delimiter) {
            Some((low, high)) => (low, high.trim_start_matches(' ')),
            None => (text, text),
        };
        let low = decimal(low).ok_or(PortError::NotPorts)?;
        let high = decimal(high).ok_or(PortError::NotPorts)?;
        let low = u16::try_from(low).map_err(|_| PortError::OutOfRange)?;
        let high = u16::try_from(high).map_err(|_| PortError::OutOfRange)?;
        Self::new(low, high)
    }
}

impl fmt::Display for PortSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.low == self.high {
            write!(f, "{}", self.low)
        } else {
            write!(f, "{}-{}", self.low, self.high)
        }
    }
}

/// A number of digits only: no sign, no blank, no underscore.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str) -> Result<String, AddressError> {
        text.parse::<AddressSpan>().map(|span| span.to_string())
    }

    #[test]
    fn addresses_prefixes_and_ranges_are_read() {
        assert_eq!(span("10.1.1.2").as_deref(), Ok("10.1.1.2"));
        assert_eq!(span("10.1.1.2/31").as_deref(), Ok("10.1.1.2-10.1.1.3"));
        assert_eq!(span("0.0.0.0/0").as_deref(), Ok("0.0.0.0-255.255.255.255"));
        assert_eq!(
            span("2001:db8::/127").as_deref(),
            Ok("2001:db8::-2001:db8::1")
        );
        assert_eq!(
            span("::/0").as_deref(),
            Ok("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
        );
        assert_eq!(
            span("10.1.1.2-10.1.1.9").as_deref(),
            Ok("10.1.1.2-10.1.1.9")
        );
    }

    #[test]
    fn a_wrong_address_says_why() {
        assert_eq!(
            span("10.1.1.2/33"),
            Err(AddressError::PrefixLength { max: 32 })
        );
        assert_eq!(span("::1/+8"), Err(AddressError::PrefixLength { max: 128 }));
        assert_eq!(span("10.1.1.9-10.1.1.2"), Err(AddressError::Reversed));
        assert_eq!(span("10.1.1.9-::1"), Err(AddressError::MixedFamilies));
        assert_eq!(span("10.1.1"), Err(AddressError::NotAnAddress));
        assert_eq!(
            span("6793"),
            Err(AddressError::BareNumber {
                address: Ipv4Addr::new(0, 0, 26, 137)
            })
        );
    }

    #[test]
    fn ports_are_read_with_each_delimiter() {
        for text in ["1414-1420", "1414:1420", "1414 1420", "1414   1420"] {
            assert_eq!(text.parse(), PortSpan::new(1414, 1420), "{text}");
        }
        assert_eq!("0".parse(), Ok(PortSpan::single(0)));
        assert_eq!("65536".parse::<PortSpan>(), Err(PortError::OutOfRange));
        assert_eq!("20-10".parse::<PortSpan>(), Err(PortError::Reversed));
        for text in ["", "-", "1-2-3", "+1", "1 - 2", "ftp"] {
            assert_eq!(text.parse::<PortSpan>(), Err(PortError::NotPorts), "{text}");
        }
    }
}
