//! What passes on one connection that is watched: handshake messages as the library sees them, and records as
//! they are on the wire. Clear text of programs is in neither; what opens it is kept where that is asked for.

use std::cell::RefCell;

use super::wire::Wire;

/// Types of records (RFC 8446, 5.1).
const CHANGE_CIPHER_SPEC: u8 = 20;
const APPLICATION_DATA: u8 = 23;
const LAST_TYPE: u8 = 24;
/// The longest body of a record (RFC 5246, 6.2.3).
const LONGEST: usize = (1 << 14) + 2048;
/// Bytes of one message that are kept.
const MESSAGE: usize = 64 << 10;
/// Events of one call of the library.
const EVENTS: usize = 512;
/// The secrets that open handshakes of TLS 1.3, and nothing that comes after.
const OF_HANDSHAKES: [&str; 2] = [
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET ",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET ",
];

/// What is noted of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tapped {
    #[default]
    Nothing,
    /// What both sides say in handshakes.
    Handshakes,
    /// Secrets that open the data of programs, too.
    Data,
}

/// What the library tells in the middle of a call.
#[derive(Debug)]
pub(super) enum Heard {
    /// The beginning of a record.
    Record {
        kind: u8,
        version: u16,
        length: usize,
    },
    /// What an encrypted record of TLS 1.3 holds.
    Inner(u8),
    /// A message, an alert or a change of ciphers, as it is in the clear.
    Message { kind: u8, bytes: Vec<u8> },
}

#[derive(Default)]
struct Noted {
    /// By whether the partner said it.
    events: Vec<(bool, Heard)>,
    secrets: Vec<String>,
}

thread_local! {
    // Each call of the library is for one connection, which takes this after it.
    static NOTED: RefCell<Noted> = RefCell::default();
}

/// Something was said on a connection that is watched.
pub(super) fn note(from_partner: bool, heard: Heard) {
    NOTED.with_borrow_mut(|noted| {
        if noted.events.len() < EVENTS {
            noted.events.push((from_partner, heard));
        }
    });
}

/// A message, as far as it is kept.
pub(super) fn note_message(from_partner: bool, kind: u8, bytes: &[u8]) {
    let bytes = bytes.get(..MESSAGE).unwrap_or(bytes).to_vec();
    note(from_partner, Heard::Message { kind, bytes });
}

/// A line of a key log.
pub(super) fn note_secret(line: &str) {
    NOTED.with_borrow_mut(|noted| noted.secrets.push(line.to_owned()));
}

/// Whether a line of a key log opens a handshake, and nothing that comes after.
pub fn is_of_handshake(line: &str) -> bool {
    OF_HANDSHAKES.iter().any(|start| line.starts_with(start))
}

/// Something that was said.
#[derive(Debug)]
pub struct Said {
    pub from_partner: bool,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The type of records that it is of, its bytes, and the records that it took: type, version, length.
    Message {
        kind: u8,
        bytes: Vec<u8>,
        records: Vec<(u8, u16, usize)>,
    },
    /// Records of programs, and bytes in them as they are on the wire.
    Data { records: u64, bytes: u64 },
}

/// What passed since it was asked before.
#[derive(Debug, Default)]
pub struct Passed {
    pub said: Vec<Said>,
    /// As it was on the wire, by whether it is of the partner. Where a program's data is not encrypted, there
    /// are zeros in its place.
    pub wire: Vec<(bool, Vec<u8>)>,
    /// Lines of a key log.
    pub secrets: Vec<String>,
}

/// Watches one connection.
#[derive(Debug, Default)]
pub struct Tap {
    tapped: Tapped,
    passed: Passed,
    streams: [Stream; 2],
}

/// One direction.
#[derive(Debug, Default)]
struct Stream {
    /// The beginning of a record that is not whole.
    header: Vec<u8>,
    /// Bytes of the record that are to come.
    left: usize,
    /// They are a program's.
    data: bool,
    /// This is no TLS, up to the end.
    clear: bool,
    /// Records since the last message.
    records: Vec<(u8, u16, usize)>,
    /// In TLS 1.3: an encrypted record of which it is not known what it holds, and the other way round.
    unknown: Option<usize>,
    inner: Option<u8>,
}

/// Where in the wire something was read and written.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    read: usize,
    written: usize,
}

impl Mark {
    pub fn of(wire: &Wire) -> Self {
        Self {
            read: wire.read_so_far(),
            written: wire.to_send().len(),
        }
    }
}

impl Tap {
    pub fn new(tapped: Tapped) -> Self {
        Self {
            tapped,
            ..Self::default()
        }
    }

    /// Takes what was noted, and what passed on the wire since a mark.
    pub(super) fn take(&mut self, wire: &Wire, since: Mark, is_13: bool, encrypts: bool) {
        let noted = NOTED.take();
        for (from_partner, heard) in noted.events {
            self.hear(from_partner, heard, is_13);
        }
        let may_be_kept = |line: &String| self.tapped == Tapped::Data || is_of_handshake(line);
        let secrets = noted.secrets.into_iter().filter(may_be_kept);
        self.passed.secrets.extend(secrets);
        let pieces = [
            (true, wire.read_since(since.read)),
            (
                false,
                wire.to_send().get(since.written..).unwrap_or_default(),
            ),
        ];
        for (from_partner, piece) in pieces {
            if !piece.is_empty() {
                let shown = self.streams[usize::from(from_partner)].shown(piece, encrypts);
                self.passed.wire.push((from_partner, shown));
            }
        }
    }

    /// What passed since this was asked before; `None`: nothing.
    pub fn passed(&mut self) -> Option<Passed> {
        let any = !self.passed.said.is_empty() || !self.passed.wire.is_empty();
        any.then(|| std::mem::take(&mut self.passed))
    }

    fn hear(&mut self, from_partner: bool, heard: Heard, is_13: bool) {
        let stream = &mut self.streams[usize::from(from_partner)];
        let mut data = None;
        match heard {
            Heard::Record {
                kind: APPLICATION_DATA,
                length,
                ..
            } if !is_13 => data = Some(length),
            Heard::Record {
                kind: APPLICATION_DATA,
                version,
                length,
            } => match stream.inner.take() {
                Some(APPLICATION_DATA) => data = Some(length),
                Some(_) => stream.records.push((APPLICATION_DATA, version, length)),
                None => stream.unknown = Some(length),
            },
            Heard::Record {
                kind,
                version,
                length,
            } => stream.records.push((kind, version, length)),
            Heard::Inner(kind) => match (stream.unknown.take(), kind) {
                (Some(length), APPLICATION_DATA) => data = Some(length),
                (Some(length), _) => stream.records.push((APPLICATION_DATA, 0x0303, length)),
                (None, kind) => stream.inner = Some(kind),
            },
            Heard::Message { kind, bytes } => {
                let records = std::mem::take(&mut stream.records);
                self.passed.said.push(Said {
                    from_partner,
                    what: What::Message {
                        kind,
                        bytes,
                        records,
                    },
                });
            }
        }
        if let Some(length) = data {
            self.data(from_partner, length as u64);
        }
    }

    fn data(&mut self, from_partner: bool, length: u64) {
        if let Some(Said {
            from_partner: before,
            what: What::Data { records, bytes },
        }) = self.passed.said.last_mut()
            && *before == from_partner
        {
            *records += 1;
            *bytes += length;
            return;
        }
        self.passed.said.push(Said {
            from_partner,
            what: What::Data {
                records: 1,
                bytes: length,
            },
        });
    }
}

impl Stream {
    /// What of a piece may be kept, with zeros for the rest.
    fn shown(&mut self, mut piece: &[u8], encrypts: bool) -> Vec<u8> {
        let mut shown = Vec::with_capacity(piece.len());
        while !piece.is_empty() {
            if self.clear {
                shown.resize(shown.len() + piece.len(), 0);
                break;
            }
            if self.left > 0 {
                let (here, rest) = piece.split_at(self.left.min(piece.len()));
                match self.data && !encrypts {
                    true => shown.resize(shown.len() + here.len(), 0),
                    false => shown.extend_from_slice(here),
                }
                self.left -= here.len();
                piece = rest;
                continue;
            }
            let (here, rest) = piece.split_at((5 - self.header.len()).min(piece.len()));
            self.header.extend_from_slice(here);
            piece = rest;
            self.begin(&mut shown, here.len());
        }
        shown
    }

    /// Looks at the beginning of a record, of which so many bytes are new.
    fn begin(&mut self, shown: &mut Vec<u8>, new: usize) {
        if !may_begin(&self.header) {
            self.clear = true;
            shown.resize(shown.len() + new, 0);
            return;
        }
        let old = self.header.len() - new;
        shown.extend_from_slice(self.header.get(old..).unwrap_or_default());
        let [kind, one, _, three, four] = *self.header.as_slice() else {
            // It goes on with the next piece.
            return;
        };
        self.header.clear();
        (self.data, self.left) = match kind {
            // Two bytes say the length, of which three are here.
            0x80.. => {
                let length = usize::from(u16::from_be_bytes([kind & 0x7f, one]));
                (false, length.saturating_sub(3))
            }
            _ => {
                let length = usize::from(u16::from_be_bytes([three, four]));
                (kind == APPLICATION_DATA, length)
            }
        };
        self.clear = self.left > LONGEST;
    }
}

/// Whether a record of TLS can begin like this, or a hello in the form of SSL V2, as old clients send it.
fn may_begin(header: &[u8]) -> bool {
    let is = |at: usize, byte: u8| header.get(at).is_none_or(|one| *one == byte);
    match header.first() {
        None => true,
        Some(CHANGE_CIPHER_SPEC..=LAST_TYPE) => is(1, 3),
        Some(0x80..) => is(2, 1) && is(3, 3),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is kept of pieces.
    fn kept(pieces: &[&[u8]], encrypts: bool) -> Vec<u8> {
        let mut stream = Stream::default();
        let shown = pieces.iter().map(|piece| stream.shown(piece, encrypts));
        shown.collect::<Vec<_>>().concat()
    }

    #[test]
    fn data_that_is_not_encrypted_is_blanked_wherever_it_is_cut() {
        let all = b"\x16\x03\x01\x00\x02hi\x17\x03\x03\x00\x06secret\x15\x03\x03\x00\x02\x01\x00";
        let hidden =
            b"\x16\x03\x01\x00\x02hi\x17\x03\x03\x00\x06\0\0\0\0\0\0\x15\x03\x03\x00\x02\x01\x00";
        for at in 0..all.len() {
            let (one, two) = all.split_at(at);
            assert_eq!(kept(&[one, two], false), hidden, "{at}");
            assert_eq!(kept(&[one, two], true), all, "{at}");
        }
    }

    #[test]
    fn what_is_no_tls_is_kept_nowhere() {
        let text = b"GET /secret HTTP/1.1";
        assert_eq!(kept(&[text], true), [0; 20]);
        assert_eq!(kept(&[&text[..1], &text[1..]], true), [0; 20]);
        // After a record, too.
        let mixed = [b"\x15\x03\x03\x00\x02\x01\x00".as_slice(), b"password"].concat();
        assert_eq!(kept(&[&mixed], true)[7..], [0; 8]);
        // A record that nobody sends.
        assert_eq!(kept(&[b"\x16\x03\x03\xff\xffsecret"], true)[5..], [0; 6]);
    }

    #[test]
    fn a_hello_of_ssl_v2_is_kept() {
        let hello = b"\x80\x06\x01\x03\x01abc\x16\x03\x01\x00\x01x";
        assert_eq!(kept(&[hello], true), hello);
        assert_eq!(kept(&[&hello[..2], &hello[2..]], true), hello);
    }

    #[test]
    fn secrets_that_open_data_are_kept_only_where_that_is_asked_for() {
        for (tapped, count) in [(Tapped::Handshakes, 2), (Tapped::Data, 6)] {
            for line in [
                "CLIENT_HANDSHAKE_TRAFFIC_SECRET 00 11",
                "SERVER_HANDSHAKE_TRAFFIC_SECRET 00 11",
                "CLIENT_TRAFFIC_SECRET_0 00 11",
                "SERVER_TRAFFIC_SECRET_0 00 11",
                "EXPORTER_SECRET 00 11",
                "CLIENT_RANDOM 00 11",
            ] {
                note_secret(line);
            }
            let mut tap = Tap::new(tapped);
            let wire = Wire::default();
            tap.take(&wire, Mark::of(&wire), true, true);
            assert_eq!(tap.passed.secrets.len(), count, "{:?}", tap.passed.secrets);
        }
    }
}
