//! Bytes that are taken from the front, by the lengths that they say.

#[derive(Clone, Copy)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of so many bytes, at most eight.
    pub fn number(&mut self, bytes: usize) -> Option<u64> {
        let taken = self.take(bytes)?.iter();
        Some(taken.fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    pub fn u8(&mut self) -> Option<u8> {
        Some(*self.take(1)?.first()?)
    }

    pub fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    /// What has its length, in so many bytes, before it.
    pub fn part(&mut self, bytes: usize) -> Option<Self> {
        let length = usize::try_from(self.number(bytes)?).ok()?;
        self.take(length).map(Self)
    }

    /// Numbers of two bytes up to the end.
    pub fn numbers(mut self) -> Vec<u16> {
        std::iter::from_fn(|| self.u16()).collect()
    }
}

/// Hexadecimal digits; of a long row the beginning.
pub fn hex(bytes: &[u8]) -> String {
    const MOST: usize = 32;
    let digits: String = bytes
        .iter()
        .take(MOST)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    match bytes.len() > MOST {
        true => format!("{digits}… ({} bytes)", bytes.len()),
        false => digits,
    }
}
