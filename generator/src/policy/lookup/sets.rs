//! Sets of addresses and of ports.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::spans::Spans;
use crate::policy::net::{AddressSpan, PortSpan};

/// A set of addresses. The default is every address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressSet {
    // INVARIANT: in order, and no two touch within a family, so that equal sets are equal values.
    spans: Spans<AddressSpan>,
}

/// A set of ports. The default is every port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PortSet {
    // INVARIANT: in order, no two touch, no port 0.
    spans: Spans<PortSpan>,
}

impl AddressSet {
    /// Every address of both families.
    pub fn all() -> Self {
        Self {
            spans: Spans::Fixed(&[AddressSpan::V4, AddressSpan::V6]),
        }
    }

    /// The addresses of one span.
    pub fn one(span: AddressSpan) -> Self {
        Self {
            spans: Spans::One([span]),
        }
    }

    /// The addresses in any of these.
    pub fn new(spans: impl IntoIterator<Item = AddressSpan>) -> Self {
        let mut spans: Vec<_> = spans.into_iter().collect();
        spans.sort_unstable();
        let mut merged: Vec<AddressSpan> = Vec::with_capacity(spans.len());
        for span in spans {
            if let Some(last) = merged.last_mut()
                && let Some(joined) = join(*last, span)
            {
                *last = joined;
                continue;
            }
            merged.push(span);
        }
        Self {
            spans: merged.into(),
        }
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        let after = self.spans.partition_point(|span| span.low() <= address);
        after > 0 && self.spans[after - 1].contains(address)
    }

    /// The addresses that are in both sets.
    pub fn both(&self, other: &Self) -> Self {
        let pairs = self
            .spans
            .iter()
            .flat_map(|one| other.spans.iter().map(move |two| (one, two)));
        Self::new(pairs.filter_map(|(one, two)| {
            let (low, high) = (one.low().max(two.low()), one.high().min(two.high()));
            AddressSpan::new(low, high).ok()
        }))
    }

    pub fn is_all(&self) -> bool {
        *self.spans == [AddressSpan::V4, AddressSpan::V6]
    }

    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The set as spans in order that do not touch.
    pub fn spans(&self) -> &[AddressSpan] {
        &self.spans
    }
}

impl Default for AddressSet {
    fn default() -> Self {
        Self::all()
    }
}

impl PortSet {
    /// Every port.
    pub fn all() -> Self {
        Self::one(PortSpan::ALL)
    }

    /// The ports of one span.
    pub fn one(span: PortSpan) -> Self {
        Self {
            spans: real(span).into_iter().collect(),
        }
    }

    /// The ports in any of these.
    pub fn new(spans: impl IntoIterator<Item = PortSpan>) -> Self {
        let mut spans: Vec<_> = spans.into_iter().filter_map(real).collect();
        spans.sort_unstable();
        let mut merged: Vec<PortSpan> = Vec::with_capacity(spans.len());
        for span in spans {
            if let Some(last) = merged.last_mut()
                && u32::from(span.low()) <= u32::from(last.high()) + 1
                && let Ok(joined) = PortSpan::new(last.low(), last.high().max(span.high()))
            {
                *last = joined;
                continue;
            }
            merged.push(span);
        }
        Self {
            spans: merged.into(),
        }
    }

    pub fn contains(&self, port: u16) -> bool {
        let after = self.spans.partition_point(|span| span.low() <= port);
        after > 0 && self.spans[after - 1].contains(port)
    }

    /// The ports that are in both sets.
    pub fn both(&self, other: &Self) -> Self {
        let pairs = self
            .spans
            .iter()
            .flat_map(|one| other.spans.iter().map(move |two| (one, two)));
        Self::new(pairs.filter_map(|(one, two)| {
            PortSpan::new(one.low().max(two.low()), one.high().min(two.high())).ok()
        }))
    }

    pub fn is_all(&self) -> bool {
        self.spans.len() == 1 && self.spans[0].low() == 1 && self.spans[0].high() == u16::MAX
    }

    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The set as spans in order that do not touch.
    pub fn spans(&self) -> &[PortSpan] {
        &self.spans
    }
}

impl Default for PortSet {
    fn default() -> Self {
        Self::all()
    }
}

/// The ports of a span that a connection can have, which port 0 is none of.
fn real(span: PortSpan) -> Option<PortSpan> {
    PortSpan::new(span.low().max(1), span.high()).ok()
}

/// Two spans as one if they overlap or touch; `one` does not begin after `two`.
fn join(one: AddressSpan, two: AddressSpan) -> Option<AddressSpan> {
    let high = one.high().max(two.high());
    let touches = one.contains(two.low()) || next(one.high()) == Some(two.low());
    // Ends of two families are refused.
    touches
        .then(|| AddressSpan::new(one.low(), high).ok())
        .flatten()
}

/// The address that follows within its family.
fn next(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(v4) => v4
            .to_bits()
            .checked_add(1)
            .map(|bits| Ipv4Addr::from_bits(bits).into()),
        IpAddr::V6(v6) => v6
            .to_bits()
            .checked_add(1)
            .map(|bits| Ipv6Addr::from_bits(bits).into()),
    }
}
