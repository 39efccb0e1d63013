//! The buffers that all connections of a thread share.

use super::Side;
use crate::tls::{PLAIN, READ, Wire};

/// Memory for one event: what was read, and what came of it.
pub struct Buffers {
    pub(super) wire: Wire,
    pub(super) plain: Vec<u8>,
}

/// Where in the buffers the bytes for a side are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Source {
    #[default]
    Nothing,
    /// What came from the network, as it came.
    Came,
    /// So many bytes of plaintext.
    Plain(usize),
    /// What TLS wants to have sent.
    Sealed,
}

impl Default for Buffers {
    fn default() -> Self {
        Self {
            wire: Wire::new(),
            plain: vec![0; PLAIN],
        }
    }
}

impl Buffers {
    /// Where the bytes of a side are to be read to.
    pub fn room(&mut self, side: Side) -> &mut [u8] {
        match side {
            Side::Net => self.wire.room(),
            Side::Program => self.plain.get_mut(..READ).unwrap_or_default(),
        }
    }

    /// So many bytes of a side were read; nothing else is in the buffers.
    pub(super) fn filled(&mut self, side: Side, bytes: usize) {
        self.clear();
        if side == Side::Net {
            self.wire.filled(bytes);
        }
    }

    pub(super) fn clear(&mut self) {
        self.wire.clear();
    }

    pub(super) fn of(&self, source: Source) -> &[u8] {
        match source {
            Source::Nothing => &[],
            Source::Came => self.wire.came(),
            Source::Plain(bytes) => self.plain.get(..bytes).unwrap_or_default(),
            Source::Sealed => self.wire.to_send(),
        }
    }
}
