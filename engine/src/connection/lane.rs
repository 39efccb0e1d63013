//! The way to one side of a connection.

use super::buffers::Source;

/// What is on its way to one side, and how far that side is.
#[derive(Debug, Default)]
pub struct Lane {
    /// What came with the last event.
    pub fresh: Source,
    /// The side takes nothing for now.
    pub blocked: bool,
    /// Nothing more comes this way.
    pub ended: bool,
    /// The side was told so.
    pub finished: bool,
    /// The side is to be cut as soon as it has what waits.
    pub cut: bool,
    /// The side was cut.
    pub gone: bool,
    waiting: Vec<u8>,
    at: usize,
}

impl Lane {
    pub fn is_waiting(&self) -> bool {
        self.at < self.waiting.len()
    }

    /// What the side would not take yet.
    pub fn waiting(&self) -> &[u8] {
        self.waiting.get(self.at..).unwrap_or_default()
    }

    /// Adds to what waits.
    pub fn wait(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// The side took so many bytes of what waited.
    pub fn drop_waiting(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
        if !self.is_waiting() {
            // An idle connection holds no memory.
            self.waiting = Vec::new();
            self.at = 0;
        }
    }
}
