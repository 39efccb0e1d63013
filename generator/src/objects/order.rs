//! A place in an ordered list that can be changed without touching the neighbours.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A key that sorts as text; between any two keys there is another one.
///
/// INVARIANT: letters `a` to `z` only, not ending in `a`; or empty, before all others.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
pub struct OrderKey(String);

/// The text is no order key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no order key")]
pub struct OrderKeyError(String);

const BASE: u8 = 26;

impl OrderKey {
    /// A key after `low` and before `high`; without bounds, the middle.
    ///
    /// When `low` is not below `high`, the key comes right after `low`.
    pub fn between(low: Option<&Self>, high: Option<&Self>) -> Self {
        if high.is_none()
            && let Some(key) = low.and_then(Self::next)
        {
            return key;
        }
        let low = low.map_or(&[][..], |key| key.0.as_bytes());
        let high = high.map(|key| key.0.as_bytes()).filter(|high| *high > low);
        let digit = |bytes: &[u8], at: usize| bytes.get(at).map_or(0, |byte| byte - b'a');
        let mut key = String::new();
        let mut bounded = high;
        for at in 0.. {
            let from = digit(low, at);
            let to = bounded.map_or(BASE, |high| {
                if at < high.len() {
                    digit(high, at)
                } else {
                    BASE
                }
            });
            if from + 1 < to {
                key.push((b'a' + from.midpoint(to)) as char);
                return Self(key);
            }
            key.push((b'a' + from) as char);
            if from < to {
                bounded = None;
            }
        }
        unreachable!("some position leaves room, because low ends")
    }

    /// The next key of at most four letters, if there is one: appending is what happens most, and
    /// this way keys stay short.
    fn next(&self) -> Option<Self> {
        let digits = (0..4).map(|at| {
            self.0
                .as_bytes()
                .get(at)
                .map_or(0, |byte| u32::from(byte - b'a'))
        });
        let number = digits.fold(0, |number, digit| number * u32::from(BASE) + digit) + 1;
        let number = if number % u32::from(BASE) == 0 {
            number + 1
        } else {
            number
        };
        if number >= u32::from(BASE).pow(4) {
            return None;
        }
        let letter = |place: u32| {
            char::from(b'a' + (number / u32::from(BASE).pow(place) % u32::from(BASE)) as u8)
        };
        Some(Self([3, 2, 1, 0].map(letter).iter().collect()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrderKey {
    type Err = OrderKeyError;

    fn from_str(text: &str) -> Result<Self, OrderKeyError> {
        let legal = text.bytes().all(|byte| byte.is_ascii_lowercase()) && !text.ends_with('a');
        if legal {
            Ok(Self(text.to_owned()))
        } else {
            Err(OrderKeyError(text.to_owned()))
        }
    }
}

impl TryFrom<String> for OrderKey {
    type Error = OrderKeyError;

    fn try_from(text: String) -> Result<Self, OrderKeyError> {
        text.parse()
    }
}

impl From<OrderKey> for String {
    fn from(key: OrderKey) -> Self {
        key.0
    }
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> impl Strategy<Value = OrderKey> {
        "[a-z]{0,4}[b-z]".prop_map(|text| text.parse().unwrap())
    }

    proptest! {
        #[test]
        fn a_key_between_two_keys_lies_between_them(a in key(), b in key()) {
            prop_assume!(a != b);
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            let middle = OrderKey::between(Some(&low), Some(&high));
            prop_assert!(low < middle && middle < high, "{low} {middle} {high}");
            prop_assert_eq!(middle.to_string().parse(), Ok(middle));
        }

        #[test]
        fn a_key_before_or_after_any_key_exists(a in key()) {
            prop_assert!(OrderKey::between(Some(&a), None) > a);
            prop_assert!(OrderKey::between(None, Some(&a)) < a);
        }
    }

    #[test]
    fn five_thousand_appended_keys_stay_short() {
        let mut keys = vec![OrderKey::between(None, None)];
        for _ in 0..5000 {
            let next = OrderKey::between(keys.last(), None);
            assert!(next > *keys.last().unwrap());
            keys.push(next);
        }
        assert!(keys.iter().all(|key| key.as_str().len() <= 4));
    }
}
