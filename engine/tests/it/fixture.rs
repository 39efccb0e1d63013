//! A directory with a policy and key rings, the engine over it, and peers around it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use openssl::ssl::{Ssl, SslContext, SslContextBuilder, SslMethod, SslStream, SslVerifyMode};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::certificates::{Kind, Made};
use crate::files::put;

/// Nothing in these tests takes longer, however busy the machine is.
pub const LONG: Duration = Duration::from_secs(30);

/// Policy, rings and the authority that signed what is in them.
pub struct Place {
    dir: TempDir,
    pub authority: Made,
}

impl Place {
    /// A ring `root/R` with the authority and an EC certificate `SERVER` for `localhost`, by default.
    pub fn new() -> Self {
        let place = Self {
            dir: tempfile::tempdir().expect("a directory"),
            authority: Made::authority("Test Authority"),
        };
        place.put_authority("R", "CA", &place.authority.pem());
        let server = place.authority.issue("localhost", Kind::Ec);
        place.put_personal("R", "SERVER", &server.pem_with_key());
        place.put("rings/root/R/default", b"SERVER\n", 0o644);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file, with the directories above it.
    pub fn put(&self, name: &str, bytes: &[u8], mode: u32) {
        put(&self.path(name), bytes, mode);
    }

    pub fn put_personal(&self, ring: &str, label: &str, pem: &[u8]) {
        self.put(
            &format!("rings/root/{ring}/personal/{label}.pem"),
            pem,
            0o600,
        );
    }

    pub fn put_authority(&self, ring: &str, label: &str, pem: &[u8]) {
        self.put(
            &format!("rings/root/{ring}/certauth/{label}.pem"),
            pem,
            0o644,
        );
    }

    /// Writes main, image and policy file.
    pub fn put_policy(&self, policy: &str) {
        let path = |name: &str| self.path(name).display().to_string();
        self.put(
            "pagent.conf",
            format!("TcpImage TCPIP {}\n", path("image.conf")).as_bytes(),
            0o644,
        );
        self.put(
            "image.conf",
            format!("TTLSConfig {}\n", path("ttls.policy")).as_bytes(),
            0o644,
        );
        self.put("ttls.policy", policy.as_bytes(), 0o644);
    }

    pub fn command(&self, pairs: &[String], more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatehouse-engine"));
        command.arg("--config").arg(self.path("pagent.conf"));
        command.arg("--keyrings").arg(self.path("rings"));
        for pair in pairs {
            command.args(["--listen", pair]);
        }
        command
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    /// The engine, listening. Rules see the user `root` unless a pair says otherwise.
    pub fn start(&self, pairs: &[String], more: &[&str]) -> Engine {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|pair| format!("{pair},user=root"))
            .collect();
        let engine = Engine::watch(self.command(&pairs, more));
        assert_eq!(engine.ports.len(), pairs.len(), "{}", engine.log());
        engine
    }

    /// The engine where it is not to run: what it says.
    pub fn refused(&self) -> String {
        self.refused_with(&[])
    }

    pub fn refused_with(&self, more: &[&str]) -> String {
        let pair = "inbound:127.0.0.1:0=127.0.0.1:9".to_owned();
        let output = self.command(&[pair], more).output().expect("the engine");
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        text(&output.stderr)
    }
}

/// The port of a line that says where the engine listens.
fn port_of(line: &str) -> Option<u16> {
    let (_, listens) = line.split_once(" listens ")?;
    let address: SocketAddr = listens.split(' ').nth(1)?.parse().ok()?;
    Some(address.port())
}

/// A running engine; it is killed when it is dropped.
pub struct Engine {
    child: Child,
    log: Arc<Mutex<String>>,
    pub ports: Vec<u16>,
}

impl Engine {
    /// Starts a program that is the engine, or becomes it, and waits until it serves.
    pub fn watch(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the engine");
        let stderr = child.stderr.take().expect("a pipe");
        let log = Arc::new(Mutex::new(String::new()));
        let copy = log.clone();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut log = copy.lock().expect("a log");
                log.extend([line.as_str(), "\n"]);
            }
        });
        let mut engine = Engine {
            child,
            log,
            ports: Vec::new(),
        };
        engine.wait_for(" ready");
        engine.ports = engine.log().lines().filter_map(port_of).collect();
        engine
    }

    pub fn log(&self) -> String {
        self.log.lock().expect("a log").clone()
    }

    /// Waits for words in the log.
    #[track_caller]
    pub fn wait_for(&self, words: &str) {
        eventually(words, || self.log().contains(words), || self.log());
    }

    pub fn address(&self, pair: usize) -> SocketAddr {
        ([127, 0, 0, 1], self.ports[pair]).into()
    }

    pub fn connect(&self, pair: usize) -> TcpStream {
        let stream = TcpStream::connect(self.address(pair)).expect("a connection");
        stream.set_read_timeout(Some(LONG)).expect("a timeout");
        stream.set_write_timeout(Some(LONG)).expect("a timeout");
        stream
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("a signal");
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Kilobytes of memory that the engine has.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).expect("a status");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .expect("its size");
        line.trim()
            .trim_end_matches(" kB")
            .parse()
            .expect("a number")
    }

    /// The code with which it ends, within a time.
    pub fn ended(&mut self) -> Option<i32> {
        let mut code = None;
        let child = &mut self.child;
        eventually(
            "the end",
            || {
                code = child.try_wait().expect("a child");
                code.is_some()
            },
            String::new,
        );
        code.and_then(|status| status.code())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something that happens soon.
#[track_caller]
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool, more: impl Fn() -> String) {
    let until = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < until, "{what} did not come; {}", more());
        thread::sleep(Duration::from_millis(5));
    }
}

/// A program that talks plain TCP: each connection is dealt with by a function, in a thread.
pub struct Program {
    pub address: SocketAddr,
    pub came: Arc<Mutex<usize>>,
}

impl Program {
    pub fn start(talk: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let came = Arc::new(Mutex::new(0));
        let (count, talk) = (came.clone(), Arc::new(talk));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                *count.lock().expect("a count") += 1;
                stream.set_read_timeout(Some(LONG)).expect("a timeout");
                let talk = talk.clone();
                thread::spawn(move || talk(stream));
            }
        });
        Self { address, came }
    }

    /// Sends back what comes.
    pub fn echo() -> Self {
        Self::start(|mut stream| {
            let mut copy = stream.try_clone().expect("a copy");
            let _ = std::io::copy(&mut stream, &mut copy);
            let _ = copy.shutdown(std::net::Shutdown::Write);
        })
    }

    pub fn came(&self) -> usize {
        *self.came.lock().expect("a count")
    }

    /// A pair that leads to it.
    pub fn inbound(&self, job: &str) -> String {
        format!("inbound:127.0.0.1:0={},job={job}", self.address)
    }

    pub fn outbound(&self, job: &str) -> String {
        format!("outbound:127.0.0.1:0={},job={job}", self.address)
    }
}

/// A TLS client that checks nothing.
pub fn tls(stream: TcpStream) -> Result<SslStream<TcpStream>, String> {
    tls_with(stream, |_| {})
}

pub fn tls_with(
    stream: TcpStream,
    set: impl FnOnce(&mut SslContextBuilder),
) -> Result<SslStream<TcpStream>, String> {
    let mut client = SslContext::builder(SslMethod::tls_client()).expect("a client");
    client.set_verify(SslVerifyMode::NONE);
    set(&mut client);
    let ssl = Ssl::new(&client.build()).expect("a client");
    ssl.connect(stream).map_err(|error| error.to_string())
}

/// Sends text and reads as much back.
pub fn round(stream: &mut (impl Read + Write), text: &str) -> std::io::Result<String> {
    stream.write_all(text.as_bytes())?;
    stream.flush()?;
    let mut back = vec![0; text.len()];
    stream.read_exact(&mut back)?;
    Ok(String::from_utf8_lossy(&back).into_owned())
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs a command with input, bounded in time by `timeout`.
pub fn run(program: &str, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new("timeout")
        .arg("30")
        .arg(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a program");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("input");
    drop(stdin);
    child.wait_with_output().expect("output")
}

/// Sends a program a line and reads until it says some words, or ends; what it said.
pub fn dialogue(program: &str, arguments: &[&str], line: &str, words: &str) -> String {
    // The engine ends what does not get on, so that reading ends.
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a program");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = child.stdout.take().expect("a pipe");
    let _ = stdin.write_all(line.as_bytes());
    let (mut said, mut piece) = (String::new(), [0; 4096]);
    while let Ok(bytes @ 1..) = stdout.read(&mut piece) {
        said += &text(&piece[..bytes]);
        if said.contains(words) {
            break;
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    said
}

/// A program that is talked to over its standard input and output; it is killed when it is dropped.
pub struct Talk {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Talk {
    pub fn start(program: &str, arguments: &[&str], directory: &Path) -> Self {
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a program");
        let said = Arc::new(Mutex::new(String::new()));
        let stdout = Box::new(child.stdout.take().expect("a pipe")) as Box<dyn Read + Send>;
        let stderr = Box::new(child.stderr.take().expect("a pipe")) as Box<dyn Read + Send>;
        for mut output in [stdout, stderr] {
            let said = said.clone();
            thread::spawn(move || {
                let mut piece = [0; 4096];
                while let Ok(bytes @ 1..) = output.read(&mut piece) {
                    *said.lock().expect("words") += &text(&piece[..bytes]);
                }
            });
        }
        Self { child, said }
    }

    pub fn say(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("a pipe");
        let _ = stdin
            .write_all(line.as_bytes())
            .and_then(|()| stdin.flush());
    }

    pub fn said(&self) -> String {
        self.said.lock().expect("words").clone()
    }

    #[track_caller]
    pub fn wait_for(&self, words: &str) {
        eventually(words, || self.said().contains(words), || self.said());
    }

    /// Whether it ends by itself.
    #[track_caller]
    pub fn ends(&mut self) {
        let (child, said) = (&mut self.child, &self.said);
        let ended = || child.try_wait().expect("a child").is_some();
        eventually("the end", ended, || said.lock().expect("words").clone());
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a program is there; says so if not.
pub fn has(program: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", &format!("PATH=$PATH:/usr/sbin command -v {program}")])
        .stdout(Stdio::null())
        .status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        println!("not tried: there is no {program} here");
    }
    found
}

/// A process that is killed when it is dropped.
pub struct Process(pub Child);

impl Process {
    pub fn start(program: &str, arguments: &[&str], directory: &Path) -> Self {
        let child = Command::new(program)
            .args(arguments)
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.expect("a process"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port where nobody listens now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Waits until somebody listens.
#[track_caller]
pub fn wait_for_port(port: u16) {
    eventually(
        "a listener",
        || TcpStream::connect(("127.0.0.1", port)).is_ok(),
        String::new,
    );
}

/// A rule for one job name, with a policy of its own. `environment` stands in the environment action,
/// `advanced` in its advanced parameters.
pub fn rule(job: &str, role: &str, environment: &str, advanced: &str) -> String {
    let direction = if role == "Client" {
        "Outbound"
    } else {
        "Inbound"
    };
    format!(
        "TTLSRule {job}
{{
  Jobname {job}
  Direction {direction}
  TTLSGroupActionRef {job}_G
  TTLSEnvironmentActionRef {job}_E
}}
TTLSGroupAction {job}_G
{{
  TTLSEnabled On
  Trace 14
}}
TTLSEnvironmentAction {job}_E
{{
  HandshakeRole {role}
{environment}
  TTLSEnvironmentAdvancedParms
  {{
{advanced}
  }}
}}
"
    )
}

/// The key ring of [`Place::new`], and suites and groups for TLS 1.2 and 1.3.
pub const MODERN: &str = "  TTLSKeyringParms
  {
    Keyring root/R
  }
  TTLSCipherParms
  {
    V3CipherSuites TLS_AES_128_GCM_SHA256
    V3CipherSuites TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    V3CipherSuites TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
  }
  TTLSSignatureParms
  {
    ClientKeyShareGroups 0023
    ServerKeyShareGroups 00230029
  }";

pub const BOTH: &str = "    TLSv1 Off\n    TLSv1.1 Off\n    TLSv1.2 On\n    TLSv1.3 On";
