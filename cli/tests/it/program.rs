//! A running server, and a small client for it.

use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// How a server is started.
pub struct Start<'a> {
    pub data: &'a Path,
    /// Shell that runs in front of it.
    pub before: &'a str,
    pub listen: &'a str,
    pub flags: &'a [&'a str],
    /// Where its log goes; absent: kept for [`Program::stop`].
    pub log: Option<&'a Path>,
    /// There is no administrator yet, so a link is printed.
    pub first: bool,
}

impl<'a> Start<'a> {
    pub fn on(data: &'a Path) -> Self {
        Self {
            data,
            before: "",
            listen: "127.0.0.1:0",
            flags: &[],
            log: None,
            first: false,
        }
    }

    /// Starts the server and waits for its lines.
    pub fn start(&self) -> Program {
        let log = match self.log {
            Some(path) => {
                let mut file = OpenOptions::new();
                Stdio::from(file.append(true).create(true).open(path).unwrap())
            }
            None => Stdio::piped(),
        };
        let program = env!("CARGO_BIN_EXE_gatehouse");
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!("{} exec \"$@\"", self.before))
            .args(["sh", program, "serve", "--listen", self.listen])
            .args(self.flags)
            .env("GATEHOUSE_DATA", self.data)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let Some(line) = lines.next() else {
            let mut said = String::new();
            if let Some(mut errors) = child.stderr.take() {
                errors.read_to_string(&mut said).unwrap();
            }
            panic!("the server did not start: {said}");
        };
        let line = line.unwrap();
        let address = line.strip_prefix("gatehouse listening on http://").unwrap();
        let address = address.to_owned();
        let link = self.first.then(|| {
            let line = lines.next().unwrap().unwrap();
            let link = line.strip_prefix("first administrator: ");
            link.unwrap().to_owned()
        });
        Program {
            child,
            address,
            link,
        }
    }
}

pub struct Program {
    child: Child,
    pub address: String,
    pub link: Option<String>,
}

impl Program {
    /// A client that is not logged in.
    pub fn client(&self) -> Client {
        Client {
            address: self.address.clone(),
            cookie: None,
        }
    }

    /// Makes the first administrator; the client has its session.
    pub fn administrator(&self, name: &str, password: &str) -> Client {
        let (_, secret) = self.link.as_ref().unwrap().split_once('#').unwrap();
        let body = serde_json::json!({ "secret": secret, "name": name, "password": password });
        let mut client = self.client();
        let answer = client.post("/setup", &body).unwrap();
        assert_eq!(answer.status, 201, "{}", answer.body);
        let (_, cookie) = answer.head.split_once("set-cookie: ").unwrap();
        client.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        client
    }

    /// Tells the server to end; what it logged.
    pub fn stop(mut self) -> String {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let mut log = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut log).unwrap();
        }
        assert!(self.child.wait().unwrap().success(), "{log}");
        log
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Calls the API as our page does, each time over a connection of its own.
#[derive(Clone)]
pub struct Client {
    pub address: String,
    pub cookie: Option<String>,
}

/// An answer that arrived whole.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Client {
    pub fn get(&self, path: &str) -> io::Result<Answer> {
        self.call("GET", path, "application/json", "")
    }

    pub fn post(&self, path: &str, body: &impl Serialize) -> io::Result<Answer> {
        self.send("POST", path, body)
    }

    pub fn send(&self, method: &str, path: &str, body: &impl Serialize) -> io::Result<Answer> {
        let body = serde_json::to_string(body).unwrap();
        self.call(method, path, "application/json", &body)
    }

    /// Calls a path below `/api/v1`.
    pub fn call(&self, method: &str, path: &str, kind: &str, body: &str) -> io::Result<Answer> {
        let cookie = match &self.cookie {
            Some(cookie) => format!("cookie: {cookie}\r\n"),
            None => String::new(),
        };
        self.exchange(&format!(
            "{method} /api/v1{path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\
             x-gatehouse: 1\r\n{cookie}content-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        ))
    }

    /// Sends a text as it is.
    pub fn exchange(&self, text: &str) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.write_all(text.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Answer::read(&answer).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl Answer {
    /// `None` for a part of one.
    fn read(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.parse::<usize>().unwrap())
        });
        Some(Self {
            status: head.get(9..12)?.parse().unwrap(),
            head: head.to_owned(),
            body: (body.len() == length.unwrap_or(0)).then(|| body.to_owned())?,
        })
    }

    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}
