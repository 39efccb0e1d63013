//! How the engine's own connections are told from those of programs.

/// The marks of one instance. No two instances lead each other's connections to themselves: the upper half
/// is that of all engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    slot: u32,
}

impl Marks {
    /// The upper half of the marks of every engine.
    pub const ALL: u32 = 0x4748_0000;
    pub const MASK: u32 = 0xffff_0000;
    /// What a mark is for, in its lowest bits.
    pub const KINDS: u32 = 3;
    /// Connections to programs, as the engine begins them, and answers to them.
    pub const INWARD: u32 = 1;
    /// Packets of those on their way to the program, which are routed like all others.
    pub const ARRIVING: u32 = 2;
    /// Where the kernel keeps track of connections to programs, apart from those of the partners, which have
    /// the same addresses and ports.
    pub const ZONE: u16 = 0x4748;

    /// For the name of an instance.
    pub fn of(instance: &str) -> Self {
        // FNV-1a: any spread does, and it must be the same after a restart.
        let hash = instance.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        Self {
            slot: ((hash >> 16) ^ hash) & 0x3fff,
        }
    }

    /// Of connections to partners.
    pub const fn outward(self) -> u32 {
        Self::ALL | self.slot << 2
    }

    /// Of connections to programs. The routing table of their answers has the same number.
    pub const fn inward(self) -> u32 {
        self.outward() | Self::INWARD
    }

    /// Of their packets on the way to the program.
    pub const fn arriving(self) -> u32 {
        self.outward() | Self::ARRIVING
    }
}
