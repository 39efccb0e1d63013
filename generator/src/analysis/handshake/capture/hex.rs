//! Hex dumps: plain digits, `xxd`, `hexdump`, `tcpdump -X`, and what Wireshark copies.

/// Most bytes of a line that begins with an offset; the rest is the text column.
const WIDTH: usize = 16;

/// The bytes of each block: a packet, or the whole dump. A block ends where offsets begin anew, or where a
/// line holds something else.
pub fn blocks(text: &str) -> Vec<Vec<u8>> {
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    let mut current = Vec::new();
    for line in text.lines() {
        let line = line.replace("\\x", " ").replace(['"', ';'], " ");
        match read(&line, current.len()) {
            Line::Dump { offset, bytes } => {
                if offset == 0 {
                    blocks.push(std::mem::take(&mut current));
                }
                current.extend(bytes);
            }
            Line::Plain(bytes) => current.extend(bytes),
            Line::Other => blocks.push(std::mem::take(&mut current)),
        }
    }
    blocks.push(current);
    blocks.retain(|block| !block.is_empty());
    blocks
}

enum Line {
    Dump { offset: usize, bytes: Vec<u8> },
    Plain(Vec<u8>),
    Other,
}

/// A line, after so many bytes of its block.
fn read(line: &str, so_far: usize) -> Line {
    let line = line.trim();
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let digits = first
        .strip_suffix(':')
        .unwrap_or(first)
        .trim_start_matches("0x");
    let offset = usize::from_str_radix(digits, 16).ok();
    let offset = offset.filter(|offset| {
        let width = (4..=8).contains(&digits.len());
        width && (first.ends_with(':') || *offset == so_far || (*offset == 0 && so_far > 0))
    });
    match offset {
        Some(offset) if !rest.trim().is_empty() => Line::Dump {
            offset,
            bytes: columns(rest),
        },
        // The last line of `hexdump` is an offset alone.
        Some(offset) if offset == so_far && offset > 0 => Line::Plain(Vec::new()),
        _ => plain(line),
    }
}

/// Digits with nothing else but blanks, colons and `0x`.
fn plain(line: &str) -> Line {
    let line = line.replace("0x", " ").replace([',', ':'], " ");
    let mut bytes = Vec::new();
    for word in line.split_whitespace() {
        match pairs(word) {
            Some(pairs) => bytes.extend(pairs),
            None => return Line::Other,
        }
    }
    match bytes.is_empty() {
        true => Line::Other,
        false => Line::Plain(bytes),
    }
}

/// The bytes of a line behind its offset, up to the text column.
fn columns(rest: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut gap = 0;
    for word in rest.trim_start().split(' ') {
        if word.is_empty() {
            gap += 1;
            continue;
        }
        // Two blanks part the halves of a line; more of them fill a short one up.
        match pairs(word) {
            Some(pairs) if gap < 2 && bytes.len() + pairs.len() <= WIDTH => bytes.extend(pairs),
            _ => break,
        }
        gap = 0;
    }
    bytes
}

fn pairs(word: &str) -> Option<Vec<u8>> {
    let digits = word.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let value = |digit: u8| (digit as char).to_digit(16);
    let pairs = digits.as_chunks::<2>().0.iter();
    let byte = |[high, low]: &[u8; 2]| u8::try_from(value(*high)? * 16 + value(*low)?).ok();
    pairs.map(byte).collect()
}
