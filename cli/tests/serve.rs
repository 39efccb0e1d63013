//! The program itself: what it prints, how it ends, what it leaves on disk.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

struct Program {
    child: Child,
    address: String,
    link: Option<String>,
}

impl Program {
    /// Starts the server and waits for its lines. `before` is shell that runs in front of it.
    fn start(data: &Path, before: &str, first: bool) -> Self {
        let program = env!("CARGO_BIN_EXE_gatehouse");
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!(
                "{before} exec {program} serve --listen 127.0.0.1:0"
            ))
            .env("GATEHOUSE_DATA", data)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next().unwrap().unwrap();
        let address = line.strip_prefix("gatehouse listening on http://").unwrap();
        let address = address.to_owned();
        let link = first.then(|| {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix("first administrator: ")
                .unwrap()
                .to_owned()
        });
        Self {
            child,
            address,
            link,
        }
    }

    fn request(&self, text: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn post(&self, path: &str, body: &str) -> String {
        self.request(&format!(
            "POST /api/v1{path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nx-gatehouse: 1\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        ))
    }

    fn is_served(&self) -> bool {
        self.request("GET /api/v1/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 200 OK")
    }

    /// Tells the server to end; what it logged.
    fn stop(mut self) -> String {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        assert!(self.child.wait().unwrap().success(), "{log}");
        log
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_first_start_prints_a_link_and_later_ones_do_not() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let server = Program::start(&data, "", true);
    let link = server.link.clone().unwrap();
    let (url, secret) = link.split_once('#').unwrap();
    assert_eq!(url, format!("http://{}/setup", server.address));
    let password = "brunnenfrosch 7";
    let body = format!(r#"{{"secret":"{secret}","name":"anna","password":"{password}"}}"#);
    let answer = server.post("/setup", &body);
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    let cookie = answer
        .split("gatehouse=")
        .nth(1)
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let wrong = r#"{"name":"anna","password":"a wrong one\n2026 ERROR forged"}"#;
    assert!(server.post("/session", wrong).starts_with("HTTP/1.1 401 "));
    assert!(
        server
            .request("GET /x%0aERROR?q=geheim HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .contains(" 404 ")
    );
    let log = server.stop();
    for hidden in [secret, password, cookie, "a wrong one", "forged", "geheim"] {
        assert!(!log.contains(hidden), "{hidden} in {log}");
    }
    assert!(log.contains("log-in-refused"));
    let again = Program::start(&data, "", false);
    assert!(again.is_served());
    again.stop();
}

#[test]
fn the_data_is_for_the_server_alone_whatever_the_mask() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("deep/data");
    let server = Program::start(&data, "umask 0;", true);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let files: Vec<_> = std::fs::read_dir(&data)
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    assert!(!files.is_empty());
    for file in files {
        assert_eq!(mode(&file) & 0o077, 0, "{}", file.display());
    }
    server.stop();
}

#[test]
fn a_directory_that_holds_other_things_keeps_its_mode() {
    let dir = tempfile::tempdir().unwrap();
    let shared = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(dir.path(), shared).unwrap();
    std::fs::write(dir.path().join("other"), "").unwrap();
    Program::start(dir.path(), "", true).stop();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(dir.path()), 0o755);
    assert_eq!(mode(&dir.path().join("gatehouse.db")), 0o600);
}

#[test]
fn out_of_descriptors_is_not_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let server = Program::start(&dir.path().join("data"), "ulimit -n 48;", true);
    let connections: Vec<_> = (0..60)
        .filter_map(|_| TcpStream::connect(&server.address).ok())
        .collect();
    assert!(connections.len() > 48);
    drop(connections);
    assert!(server.is_served());
    server.stop();
}

#[test]
fn a_wrong_setting_is_a_sentence() {
    let output = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
        .args(["serve", "--data", "/nonexistent", "--listen", "here"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "gatehouse: the setting `listen` is \"here\" (from the flag --listen); it must be an \
         address and a port, such as 127.0.0.1:8070 or [::1]:8070\n"
    );
}
