//! Whether the write-ahead file that a killed server left behind is as SQLite wrote it.
//!
//! SQLite reads it up to the first frame whose checksum is wrong and takes the rest for what was cut
//! off by the end of the power; a flipped bit would so take back what was acknowledged, in silence.
//! The layout is that of "WAL-mode File Format" in the documentation of SQLite.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// Whether all that the file says was committed can be read from it. An end that was cut off while
/// it was written is no damage: that was not acknowledged.
pub fn is_whole(path: &Path) -> io::Result<bool> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let mut file = BufReader::new(file);
    let mut header = [0; HEADER];
    if !fill(&mut file, &mut header)? {
        return Ok(false);
    }
    let Some(log) = Log::read(&header) else {
        return Ok(false);
    };
    frames_are_whole(&log, file)
}

/// After a bad frame, a commit that a later frame was chained to is the proof of damage: SQLite
/// only goes on behind a commit that is on the disk with all before it. Frames of work that was
/// taken back can stand there, too, and so can those of a last commit that the power cut through:
/// behind neither did anything go on.
fn frames_are_whole(log: &Log, mut file: impl Read) -> io::Result<bool> {
    let mut bytes = vec![0; FRAME_HEADER + log.page];
    let mut seed = log.sum;
    let (mut frames, mut sound, mut after_commit) = (0_u64, true, false);
    while fill(&mut file, &mut bytes)? {
        frames += 1;
        let frame = Frame::read(&bytes);
        let chained = frame.salt == log.salt && frame.sum == log.frame_sum(seed, &bytes);
        sound &= chained;
        if !sound && chained && after_commit {
            return Ok(false);
        }
        after_commit = frame.salt == log.salt && frame.commits;
        seed = frame.sum;
    }
    Ok(frames > 0)
}

/// Fills `bytes`; false when the file ends before.
fn fill(file: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

type Sum = [u32; 2];

/// The header of the file.
struct Log {
    /// The numbers under the checksums are big-endian.
    big_endian: bool,
    page: usize,
    salt: [u8; 8],
    sum: Sum,
}

impl Log {
    /// `None` when the header is not one.
    fn read(header: &[u8; HEADER]) -> Option<Self> {
        let big_endian = match number(header, 0) {
            0x377f_0682 => false,
            0x377f_0683 => true,
            _ => return None,
        };
        let page = usize::try_from(number(header, 8)).ok()?;
        let sum = [number(header, 24), number(header, 28)];
        let whole = sum == add(big_endian, [0, 0], &header[..24]);
        let possible = page.is_power_of_two() && (512..=65536).contains(&page);
        (whole && possible).then(|| Self {
            big_endian,
            page,
            salt: part(header, 16),
            sum,
        })
    }

    fn frame_sum(&self, seed: Sum, frame: &[u8]) -> Sum {
        let seed = add(self.big_endian, seed, &frame[..8]);
        add(self.big_endian, seed, &frame[FRAME_HEADER..])
    }
}

/// The header of a frame.
struct Frame {
    commits: bool,
    salt: [u8; 8],
    sum: Sum,
}

impl Frame {
    fn read(frame: &[u8]) -> Self {
        Self {
            commits: number(frame, 4) != 0,
            salt: part(frame, 8),
            sum: [number(frame, 16), number(frame, 20)],
        }
    }
}

/// SQLite's running checksum over pairs of numbers.
fn add(big_endian: bool, seed: Sum, bytes: &[u8]) -> Sum {
    let read = if big_endian {
        u32::from_be_bytes
    } else {
        u32::from_le_bytes
    };
    bytes.chunks_exact(8).fold(seed, |[a, b], pair| {
        let a = a.wrapping_add(read(part(pair, 0))).wrapping_add(b);
        let b = b.wrapping_add(read(part(pair, 4))).wrapping_add(a);
        [a, b]
    })
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(part(bytes, at))
}

/// Callers read within what they have read from the file.
fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&bytes[at..at + N]);
    part
}
