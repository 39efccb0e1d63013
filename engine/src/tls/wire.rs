//! The network as a TLS session sees it: bytes that came, and bytes that are to go.

use std::io::{self, Read, Write};

/// Bytes that are read from a socket at once. Larger ones leave the second-level cache, smaller ones cost
/// more system calls.
pub const READ: usize = 128 << 10;

/// Room for the plaintext of one [`Wire`] full of ciphertext, with the rest of a record that came before.
pub const PLAIN: usize = READ + (34 << 10);

/// The type of a record of handshake messages (RFC 8446, 5.1).
pub const HANDSHAKE: u8 = 22;
/// The type of a record of an alert.
pub const ALERT: u8 = 21;

/// Buffers that all connections of a thread share: a session borrows them while it is at work, and keeps
/// nothing of what is in them.
#[derive(Debug, Default)]
pub struct Wire {
    incoming: Vec<u8>,
    at: usize,
    end: usize,
    outgoing: Vec<u8>,
}

impl Wire {
    /// With room for one read.
    pub fn new() -> Self {
        Self {
            incoming: vec![0; READ],
            at: 0,
            end: 0,
            outgoing: Vec::with_capacity(READ + (16 << 10)),
        }
    }

    /// Where bytes from the network are to be put; then call [`Self::filled`].
    pub fn room(&mut self) -> &mut [u8] {
        &mut self.incoming
    }

    /// So many bytes came.
    pub fn filled(&mut self, bytes: usize) {
        (self.at, self.end) = (0, bytes.min(self.incoming.len()));
    }

    /// Puts bytes in as if they had come from the network.
    pub fn put(&mut self, bytes: &[u8]) {
        let bytes = &bytes[..bytes.len().min(self.incoming.len())];
        self.incoming[..bytes.len()].copy_from_slice(bytes);
        self.filled(bytes.len());
    }

    /// What came and was not taken yet.
    pub fn came(&self) -> &[u8] {
        self.incoming.get(self.at..self.end).unwrap_or_default()
    }

    /// How much of what came was taken.
    pub fn read_so_far(&self) -> usize {
        self.at
    }

    /// What was taken since then.
    pub fn read_since(&self, before: usize) -> &[u8] {
        self.incoming.get(before..self.at).unwrap_or_default()
    }

    /// What is to be sent.
    pub fn to_send(&self) -> &[u8] {
        &self.outgoing
    }

    /// Adds to what is to be sent.
    pub fn send(&mut self, bytes: &[u8]) {
        self.outgoing.extend_from_slice(bytes);
    }

    /// Forgets what was sent, and what came.
    pub fn clear(&mut self) {
        self.outgoing.clear();
        self.filled(0);
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let came = self.came();
        if came.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let bytes = came.len().min(buffer.len());
        buffer[..bytes].copy_from_slice(&came[..bytes]);
        self.at += bytes;
        Ok(bytes)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.outgoing.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
