//! Counters over HTTP, for Prometheus: one page, one thread, one request at a time.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::desk::{Desk, Who};
use super::{ShellError, privileges};
use control::{Answer, Ask, metrics};

/// Bytes of a request.
const LONGEST: usize = 8 << 10;
/// Lines of a request.
const LINES: usize = 64;
/// How long one request may take, with its answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The media type of the text format.
const TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Where counters are told.
#[derive(Clone, Debug)]
pub struct Metrics {
    pub address: SocketAddr,
    /// The value of the label `engine`.
    pub name: String,
}

/// Begins to answer; where.
pub fn start(wanted: &Metrics, desk: &Arc<Desk>) -> Result<SocketAddr, ShellError> {
    let failed = |error| ShellError::Metrics(wanted.address, error);
    let listener = TcpListener::bind(wanted.address).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let (desk, name) = (desk.clone(), wanted.name.clone());
    thread::spawn(move || {
        privileges::give_up_all();
        for stream in listener.incoming() {
            match stream {
                // Who asks in no way that is known, or goes away, is left without an answer.
                Ok(stream) => drop(serve(stream, || text(&desk, &name))),
                // No descriptor is left, for example.
                Err(_) => thread::sleep(Duration::from_millis(100)),
            }
        }
    });
    Ok(address)
}

/// The counters; `None`: the engine cannot say them now.
fn text(desk: &Desk, name: &str) -> Option<String> {
    let ask = |ask| desk.answer(ask, Who::Engine);
    match (ask(Ask::Status), ask(Ask::Rules)) {
        (Answer::Status(status), Answer::Rules { rules }) => {
            Some(metrics::exposition(name, &status, &rules))
        }
        _ => None,
    }
}

/// What a request comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Page,
    /// The same without the page itself.
    Head,
    Not(&'static str),
}

fn serve(mut stream: TcpStream, page: impl FnOnce() -> Option<String>) -> io::Result<()> {
    let until = Instant::now() + PATIENCE;
    let wanted = request(&mut stream, until)?;
    let (status, body) = match wanted {
        Wanted::Not(status) => (status, format!("{status}\n")),
        Wanted::Page | Wanted::Head => match page() {
            Some(text) => ("200 OK", text),
            None => {
                let words = "503 Service Unavailable";
                (words, format!("{words}\n"))
            }
        },
    };
    let kind = if status.starts_with("200") {
        TYPE
    } else {
        "text/plain"
    };
    let allow = if status.starts_with("405") {
        "Allow: GET, HEAD\r\n"
    } else {
        ""
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{allow}Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let body = if wanted == Wanted::Head { "" } else { &body };
    let all = [head.as_bytes(), body.as_bytes()].concat();
    let mut rest = all.as_slice();
    while !rest.is_empty() {
        stream.set_write_timeout(Some(left(until)?))?;
        match stream.write(rest)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            bytes => rest = rest.get(bytes..).unwrap_or_default(),
        }
    }
    Ok(())
}

/// Reads a request up to the end of its head.
fn request(stream: &mut TcpStream, until: Instant) -> io::Result<Wanted> {
    let mut bytes = vec![0; LONGEST];
    let mut length = 0;
    loop {
        stream.set_read_timeout(Some(left(until)?))?;
        let room = bytes.get_mut(length..).unwrap_or_default();
        let read = stream.read(room)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        length += read;
        if let Some(wanted) = wanted(bytes.get(..length).unwrap_or_default()) {
            return Ok(wanted);
        }
        if length == LONGEST {
            return Ok(Wanted::Not("431 Request Header Fields Too Large"));
        }
    }
}

fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    match left.is_zero() {
        true => Err(io::ErrorKind::TimedOut.into()),
        false => Ok(left),
    }
}

/// What is asked for; `None`: the head is not whole yet.
fn wanted(bytes: &[u8]) -> Option<Wanted> {
    let mut lines = [httparse::EMPTY_HEADER; LINES];
    let mut request = httparse::Request::new(&mut lines);
    match request.parse(bytes) {
        Ok(httparse::Status::Partial) => return None,
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => {
            return Some(Wanted::Not("431 Request Header Fields Too Large"));
        }
        Err(_) => return Some(Wanted::Not("400 Bad Request")),
    }
    let path = request.path.unwrap_or_default();
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    Some(match (request.method, path) {
        (Some("GET"), "/metrics") => Wanted::Page,
        (Some("HEAD"), "/metrics") => Wanted::Head,
        (_, "/metrics") => Wanted::Not("405 Method Not Allowed"),
        _ => Wanted::Not("404 Not Found"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_is_there_and_nothing_else() {
        let of = |text: &str| wanted(text.as_bytes());
        assert_eq!(
            of("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"),
            Some(Wanted::Page)
        );
        assert_eq!(
            of("GET /metrics?name=x HTTP/1.0\r\n\r\n"),
            Some(Wanted::Page)
        );
        assert_eq!(of("HEAD /metrics HTTP/1.1\r\n\r\n"), Some(Wanted::Head));
        assert_eq!(of("GET /metrics HTTP/1.1\r\nHost:"), None);
        let not = |text: &str| match of(text) {
            Some(Wanted::Not(status)) => status.split_once(' ').map_or("", |(code, _)| code),
            _ => "",
        };
        assert_eq!(not("POST /metrics HTTP/1.1\r\n\r\n"), "405");
        assert_eq!(not("GET / HTTP/1.1\r\n\r\n"), "404");
        assert_eq!(not("GET /metrics/../x HTTP/1.1\r\n\r\n"), "404");
        assert_eq!(not("\x16\x03\x01\x02\x00"), "400");
        let many = "a: b\r\n".repeat(LINES + 1);
        assert_eq!(not(&format!("GET /metrics HTTP/1.1\r\n{many}\r\n")), "431");
    }
}
