//! Messages on standard input and output. A message that is none is said to be so, and the next is read.

use std::io::{self, BufRead, Read, Write};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use lsp_server::Message;
use serde_json::{Value, json};

/// Bytes of one message.
const LONGEST: u64 = 64 << 20;
/// Bytes of the header of one.
const LONGEST_HEADER: u64 = 8 << 10;
/// Messages that wait to be looked at; the editor waits with the others.
const WAITING: usize = 8;

/// What came in.
pub enum Incoming {
    Message(Message),
    /// In words why it is none.
    Malformed(String),
}

/// Reads standard input in a thread of its own, so that a request can be cancelled while it waits.
pub fn connect() -> (Receiver<Incoming>, impl Write) {
    let (sender, receiver) = sync_channel(WAITING);
    thread::spawn(move || {
        let mut input = io::BufReader::new(io::stdin());
        while let Ok(Some(incoming)) = read(&mut input) {
            if sender.send(incoming).is_err() {
                return;
            }
        }
    });
    (receiver, io::stdout())
}

/// The next message; `None` at the end.
pub fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let mut length: Option<u64> = None;
    let mut header = 0;
    loop {
        let mut line = Vec::new();
        let limit = LONGEST_HEADER.saturating_sub(header);
        let read = input.by_ref().take(limit).read_until(b'\n', &mut line)?;
        if read == 0 {
            // Nobody has such a header; where the next one begins, nobody knows.
            return Ok(None);
        }
        header += read as u64;
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("Content-Length")
        {
            length = value.trim().parse().ok();
        }
    }
    let Some(length) = length else {
        let words = "a message begins with `Content-Length: ` and a number";
        return Ok(Some(Incoming::Malformed(words.to_owned())));
    };
    if length > LONGEST {
        io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
        let words = format!("a message has at most {} MiB", LONGEST >> 20);
        return Ok(Some(Incoming::Malformed(words)));
    }
    let mut body = Vec::new();
    if input.by_ref().take(length).read_to_end(&mut body)? as u64 != length {
        return Ok(None);
    }
    Ok(Some(message(&body)))
}

fn message(body: &[u8]) -> Incoming {
    let read = serde_json::from_slice(body).and_then(|value: Value| {
        let has_number = value.get("id").is_some();
        Ok((has_number, serde_json::from_value(value)?))
    });
    match read {
        // A request with a number that cannot be one would be taken for a notification.
        Ok((true, Message::Notification(_))) => {
            let words = "the number of a request is a text, or from -2147483648 to 2147483647";
            Incoming::Malformed(words.to_owned())
        }
        Ok((_, message)) => Incoming::Message(message),
        Err(error) => Incoming::Malformed(error.to_string()),
    }
}

/// Answers what was no message. Its number, if it had one, is not known.
pub fn refuse(out: &mut impl Write, words: &str) -> io::Result<()> {
    let code = lsp_server::ErrorCode::ParseError as i32;
    let error = json!({ "code": code, "message": words });
    let body = json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string();
    write!(out, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_does_not_end_the_conversation() {
        let good = r#"{"jsonrpc":"2.0","method":"a"}"#;
        let good = format!("content-length:{}\r\nX: y\r\n\r\n{good}", good.len());
        let text = format!(
            "{good}Content-Length: 3\r\n\r\n{{]}}X: y\r\n\r\nContent-Length: -1\r\n\r\n{good}Content-Length: 9\r\n\r\n{{}}"
        );
        let mut input = text.as_bytes();
        let mut kinds = Vec::new();
        while let Some(incoming) = read(&mut input).unwrap_or_default() {
            kinds.push(matches!(incoming, Incoming::Message(_)));
        }
        assert_eq!(kinds, [true, false, false, false, true]);
        let endless = vec![b'x'; 1 << 20];
        assert!(matches!(read(&mut &endless[..]), Ok(None)));
        let huge = b"Content-Length: 99999999999999999999\r\n\r\n";
        assert!(matches!(
            read(&mut &huge[..]),
            Ok(Some(Incoming::Malformed(_)))
        ));
    }
}
