//! Bytes into tokens.

/// A run of bytes of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Spaces, tabs, form feeds and byte order marks.
    Blank,
    /// LF, CR LF or a lone CR.
    Newline,
    /// `#` at the start of a word, and all that follows on the line.
    Comment,
    /// `{` in a word that holds nothing but braces.
    Open,
    /// `}` in a word that holds nothing but braces.
    Close,
    /// Anything else up to the next blank.
    Word,
}

/// Some editors leave it in the middle of a file.
pub const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Cuts the bytes into tokens without a gap.
pub(super) fn tokens(source: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while start < source.len() {
        let rest = &source[start..];
        let (kind, len) = match rest[0] {
            b'\n' => (TokenKind::Newline, 1),
            b'\r' if rest.get(1) == Some(&b'\n') => (TokenKind::Newline, 2),
            b'\r' => (TokenKind::Newline, 1),
            b'#' => (TokenKind::Comment, line_len(rest)),
            _ => match blank_len(rest) {
                0 => word(rest),
                len => (TokenKind::Blank, len),
            },
        };
        if kind == TokenKind::Open {
            push_braces(&mut tokens, start, &rest[..len]);
        } else {
            tokens.push(Token {
                kind,
                start,
                end: start + len,
            });
        }
        start += len;
    }
    tokens
}

/// A word, or as `Open` a run of braces of both kinds.
fn word(rest: &[u8]) -> (TokenKind, usize) {
    let len = (0..rest.len())
        .find(|at| matches!(rest[*at], b'\n' | b'\r') || blank_at(&rest[*at..]) > 0)
        .unwrap_or(rest.len());
    if rest[..len].iter().all(|byte| matches!(byte, b'{' | b'}')) {
        (TokenKind::Open, len)
    } else {
        (TokenKind::Word, len)
    }
}

fn push_braces(tokens: &mut Vec<Token>, start: usize, braces: &[u8]) {
    tokens.extend(braces.iter().enumerate().map(|(at, byte)| Token {
        kind: if *byte == b'{' {
            TokenKind::Open
        } else {
            TokenKind::Close
        },
        start: start + at,
        end: start + at + 1,
    }));
}

fn line_len(rest: &[u8]) -> usize {
    rest.iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .unwrap_or(rest.len())
}

fn blank_len(rest: &[u8]) -> usize {
    let mut len = 0;
    loop {
        match blank_at(&rest[len..]) {
            0 => return len,
            more => len += more,
        }
    }
}

fn blank_at(rest: &[u8]) -> usize {
    match rest.first() {
        Some(b' ' | b'\t' | 0x0B | 0x0C) => 1,
        Some(_) if rest.starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len(),
        _ => 0,
    }
}
