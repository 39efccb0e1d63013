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

/// What a byte can begin or end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    Blank,
    Newline,
    /// Begins a byte order mark, or is plain.
    Mark,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    classes[b' ' as usize] = Class::Blank;
    classes[b'\t' as usize] = Class::Blank;
    classes[0x0B] = Class::Blank;
    classes[0x0C] = Class::Blank;
    classes[b'\n' as usize] = Class::Newline;
    classes[b'\r' as usize] = Class::Newline;
    classes[BYTE_ORDER_MARK[0] as usize] = Class::Mark;
    classes
};

fn is_mark_byte(byte: u8) -> bool {
    byte == BYTE_ORDER_MARK[0]
}

/// Cuts bytes into tokens without a gap.
#[derive(Clone, Debug)]
pub struct Tokens<'s> {
    source: &'s [u8],
    at: usize,
    /// Up to here stand braces side by side.
    braces: usize,
}

/// The tokens of these bytes from an offset on.
pub(super) fn tokens(source: &[u8], at: usize) -> Tokens<'_> {
    Tokens {
        source,
        at,
        braces: 0,
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        let first = *self.source.get(start)?;
        let (kind, end) = match CLASSES[usize::from(first)] {
            Class::Newline => (TokenKind::Newline, start + self.newline(start)),
            Class::Blank => (TokenKind::Blank, self.blanks(start)),
            Class::Mark if self.is_mark(start) => (TokenKind::Blank, self.blanks(start)),
            Class::Plain | Class::Mark => match first {
                b'#' => (TokenKind::Comment, self.line_end(start)),
                b'{' | b'}' => self.brace(start, first),
                _ => (TokenKind::Word, self.word_end(start)),
            },
        };
        self.at = end;
        Some(Token { kind, start, end })
    }
}

impl Tokens<'_> {
    fn is_mark(&self, at: usize) -> bool {
        self.source[at..].starts_with(BYTE_ORDER_MARK)
    }

    fn newline(&self, at: usize) -> usize {
        match self.source[at..].starts_with(b"\r\n") {
            true => 2,
            false => 1,
        }
    }

    fn line_end(&self, start: usize) -> usize {
        let rest = &self.source[start..];
        let len = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        start + len.unwrap_or(rest.len())
    }

    fn blanks(&self, mut at: usize) -> usize {
        loop {
            at = self.end_of(at, |class| class == Class::Blank);
            match self.source.get(at) {
                Some(byte) if is_mark_byte(*byte) && self.is_mark(at) => {
                    at += BYTE_ORDER_MARK.len();
                }
                _ => return at,
            }
        }
    }

    fn word_end(&self, mut at: usize) -> usize {
        loop {
            at = self.end_of(at, |class| class == Class::Plain);
            match self.source.get(at) {
                Some(byte) if is_mark_byte(*byte) && !self.is_mark(at) => at += 1,
                _ => return at,
            }
        }
    }

    /// The end of the bytes of some class.
    fn end_of(&self, at: usize, is: impl Fn(Class) -> bool) -> usize {
        let rest = self.source.get(at..).unwrap_or_default();
        let other = |byte: &u8| !is(CLASSES[usize::from(*byte)]);
        at + rest.iter().position(other).unwrap_or(rest.len())
    }

    /// A brace, or a word that begins with one.
    fn brace(&mut self, start: usize, first: u8) -> (TokenKind, usize) {
        if start >= self.braces {
            let end = self.word_end(start);
            let word = &self.source[start..end];
            if !word.iter().all(|byte| matches!(byte, b'{' | b'}')) {
                return (TokenKind::Word, end);
            }
            self.braces = end;
        }
        match first {
            b'{' => (TokenKind::Open, start + 1),
            _ => (TokenKind::Close, start + 1),
        }
    }
}
