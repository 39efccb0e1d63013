//! Programs as people have them, on either side. Those that `scripts/setup.sh --tests` does not install are
//! tried where they are, and the test says so where they are not.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::certificates::Kind;
use crate::fixture::*;

fn web(place: &Place, port: u16) -> Engine {
    place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
    place.put("ca.pem", &place.authority.pem(), 0o644);
    place.start(
        &[format!("inbound:127.0.0.1:0=127.0.0.1:{port},job=WEB")],
        &[],
    )
}

/// What curl gets by TLS; it checks the certificate.
fn curl(place: &Place, engine: &Engine, path: &str) -> String {
    let port = engine.ports[0];
    let (url, resolve) = (
        format!("https://localhost:{port}/{path}"),
        format!("localhost:{port}:127.0.0.1"),
    );
    let authority = place.path("ca.pem").display().to_string();
    let arguments = [
        "-sS",
        "--max-time",
        "20",
        "--cacert",
        &authority,
        "--resolve",
        &resolve,
        &url,
    ];
    let output = run("curl", &arguments, "");
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[test]
fn python_talks_tls_to_a_program_in_the_clear() {
    let place = Place::new();
    place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
    place.put("ca.pem", &place.authority.pem(), 0o644);
    let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
    let script = "import socket, ssl, sys
for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
    context = ssl.create_default_context(cafile=sys.argv[2])
    context.minimum_version = context.maximum_version = version
    session = None
    for _ in range(2):
        plain = socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=20)
        with context.wrap_socket(plain, server_hostname='localhost', session=session) as stream:
            stream.sendall(b'x' * 100000)
            read = 0
            while read < 100000:
                read += len(stream.recv(65536))
            session = stream.session
            print(stream.version(), stream.cipher()[0], stream.session_reused)
            stream.unwrap().close()
";
    let arguments = [
        "-c",
        script,
        &engine.ports[0].to_string(),
        &place.path("ca.pem").display().to_string(),
    ];
    let output = run("python3", &arguments, "");
    let said = text(&output.stdout);
    let expected = "TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256 False
TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256 True
TLSv1.3 TLS_AES_128_GCM_SHA256 False
TLSv1.3 TLS_AES_128_GCM_SHA256 True
";
    assert_eq!(said, expected, "{} {}", text(&output.stderr), engine.log());
}

#[test]
fn nginx_serves_by_tls_without_knowing() {
    if !has("nginx") {
        return;
    }
    let place = Place::new();
    let port = free_port();
    place.put("www/page.txt", "page\n".repeat(100_000).as_bytes(), 0o644);
    let directory = place.path(".").canonicalize().expect("a directory");
    let own = directory.display();
    let settings = format!(
        "daemon off; master_process off; pid {own}/nginx.pid; error_log {own}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {own}/1; proxy_temp_path {own}/2; fastcgi_temp_path {own}/3; uwsgi_temp_path {own}/4; scgi_temp_path {own}/5;
  server {{ listen 127.0.0.1:{port}; root {own}/www; }}
}}
"
    );
    place.put("nginx.conf", settings.as_bytes(), 0o644);
    let file = directory.join("nginx.conf").display().to_string();
    let arguments = [
        "-c",
        "PATH=$PATH:/usr/sbin exec nginx -c \"$1\"",
        "sh",
        &file,
    ];
    let _server = Process::start("sh", &arguments, &directory);
    wait_for_port(port);
    let engine = web(&place, port);
    for _ in 0..3 {
        assert_eq!(
            curl(&place, &engine, "page.txt").len(),
            500_000,
            "{}",
            engine.log()
        );
    }
}

/// A client for both versions, and a server that sends back a line.
const JAVA: &str = r#"
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.*;
import javax.net.ssl.*;

class Peer {
    public static void main(String[] args) throws Exception {
        if (args[0].equals("client")) client(Integer.parseInt(args[1]), args[2]); else server(args[1]);
    }

    static void client(int port, String file) throws Exception {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var in = new FileInputStream(file)) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        for (var version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            for (int turn = 0; turn < 2; turn++) {
                var plain = new Socket("127.0.0.1", port);
                var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
                socket.setEnabledProtocols(new String[] {version});
                var checks = socket.getSSLParameters();
                checks.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(checks);
                socket.setSoTimeout(20000);
                socket.getOutputStream().write("a line\n".getBytes(StandardCharsets.UTF_8));
                var line = new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
                System.out.println(socket.getSession().getProtocol() + " " + socket.getSession().getCipherSuite() + " " + line);
                socket.close();
            }
        }
    }

    static void server(String file) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        try (var in = new FileInputStream(file)) { store.load(in, "secret".toCharArray()); }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "secret".toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        var listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
        System.out.println("port " + listener.getLocalPort());
        for (int turn = 0; turn < 2; turn++) {
            var socket = (SSLSocket) listener.accept();
            socket.setSoTimeout(20000);
            var line = new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
            socket.getOutputStream().write((socket.getSession().getProtocol() + " " + line + "\n").getBytes(StandardCharsets.UTF_8));
            socket.close();
        }
    }
}
"#;

#[test]
fn java_talks_tls_to_programs_in_the_clear_both_ways() {
    if !has("javac") {
        return;
    }
    let place = Place::new();
    place.put("Peer.java", JAVA.as_bytes(), 0o644);
    place.put("ca.pem", &place.authority.pem(), 0o644);
    let policies = [
        rule("WEB", "Server", MODERN, BOTH),
        rule("NEW", "Client", MODERN, BOTH),
        rule(
            "OLD",
            "Client",
            MODERN,
            &BOTH.replace("TLSv1.3 On", "TLSv1.3 Off"),
        ),
    ];
    place.put_policy(&policies.concat());
    let compiled = run(
        "javac",
        &[
            "-d",
            &place.path(".").display().to_string(),
            &place.path("Peer.java").display().to_string(),
        ],
        "",
    );
    assert!(compiled.status.success(), "{}", text(&compiled.stderr));
    let made = place.authority.issue("localhost", Kind::Rsa(2048));
    let mut store = openssl::pkcs12::Pkcs12::builder();
    store.name("own").pkey(&made.key).cert(&made.certificate);
    let store = store.build2("secret").expect("a store");
    place.put("own.p12", &store.to_der().expect("a store"), 0o600);
    let server = Talk::start("java", &["Peer", "server", "own.p12"], &place.path("."));
    server.wait_for("port ");
    eventually("a port", || server.said().contains('\n'), || server.said());
    let said = server.said();
    let port: u16 = said
        .trim()
        .trim_start_matches("port ")
        .parse()
        .expect("a port");
    let program = Program::echo();
    let leads = |job: &str| format!("outbound:127.0.0.1:0=127.0.0.1:{port},job={job}");
    let engine = place.start(&[program.inbound("WEB"), leads("NEW"), leads("OLD")], &[]);
    for (pair, version) in [(1, "TLSv1.3"), (2, "TLSv1.2")] {
        let back = format!("{version} a line\n");
        let mut stream = engine.connect(pair);
        stream.write_all(b"a line\n").expect("sent");
        let mut answer = String::new();
        // Java says before the end of TLS that the user canceled.
        let read = stream.read_to_string(&mut answer);
        assert!(read.is_ok(), "{read:?} {answer} {}", engine.log());
        assert_eq!(answer, back, "{}", engine.log());
    }
    let output = run(
        "java",
        &[
            "-cp",
            &place.path(".").display().to_string(),
            "Peer",
            "client",
            &engine.ports[0].to_string(),
            &place.path("ca.pem").display().to_string(),
        ],
        "",
    );
    let old = "TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 a line\n";
    let new = "TLSv1.3 TLS_AES_128_GCM_SHA256 a line\n";
    assert_eq!(
        text(&output.stdout),
        [old, old, new, new].concat(),
        "{} {}",
        text(&output.stderr),
        engine.log()
    );
}

/// A command that is run as somebody else where we are root, as PostgreSQL wants it.
fn unprivileged(directory: &Path, command: &str) -> Command {
    let mut made = match rustix::process::geteuid().is_root() {
        true => {
            let mut made = Command::new("setpriv");
            made.args([
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "sh",
                "-c",
                command,
            ]);
            made
        }
        false => {
            let mut made = Command::new("sh");
            made.args(["-c", command]);
            made
        }
    };
    made.current_dir(directory)
        .env("HOME", directory)
        .stdin(Stdio::null());
    made
}

#[test]
fn postgresql_talks_through_two_engines() {
    if !["psql", "initdb", "postgres", "setpriv"]
        .into_iter()
        .all(has)
    {
        return;
    }
    let place = Place::new();
    let directory = tempfile::Builder::new()
        .tempdir_in("/tmp")
        .expect("a directory");
    let own = directory.path();
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(own, Some(65534), Some(65534)).expect("another owner");
    }
    let made = unprivileged(
        own,
        "initdb -D data -U tester -A trust --no-sync >made 2>&1",
    )
    .status();
    if !made.is_ok_and(|status| status.success()) {
        println!(
            "not tried: initdb does not work here: {}",
            std::fs::read_to_string(own.join("made")).unwrap_or_default()
        );
        return;
    }
    let port = free_port();
    let command =
        format!("exec postgres -D data -h 127.0.0.1 -p {port} -k '' -F -c ssl=off >said 2>&1");
    let mut server = Process(unprivileged(own, &command).spawn().expect("a server"));
    wait_for_port(port);
    let policies = [
        rule("SERVE", "Server", MODERN, BOTH),
        rule("CALL", "Client", MODERN, BOTH),
    ];
    place.put_policy(&policies.concat());
    let serving = place.start(
        &[format!("inbound:127.0.0.1:0=127.0.0.1:{port},job=SERVE")],
        &[],
    );
    let calling = place.start(
        &[format!(
            "outbound:127.0.0.1:0={},job=CALL",
            serving.address(0)
        )],
        &[],
    );
    let target = format!(
        "host=127.0.0.1 port={} user=tester dbname=postgres sslmode=disable connect_timeout=20",
        calling.ports[0]
    );
    let query = "select sum(n), length(string_agg(n::text, ',')) from generate_series(1, 300000) n";
    let mut output = run("psql", &["-XAt", &target, "-c", query], "");
    for _ in 0..50 {
        // It listens before it takes anybody.
        if output.status.success() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        output = run("psql", &["-XAt", &target, "-c", query], "");
    }
    assert_eq!(
        text(&output.stdout),
        "45000150000|1988894\n",
        "{} {} {}",
        text(&output.stderr),
        serving.log(),
        calling.log()
    );
    let rows = run(
        "psql",
        &[
            "-XAt",
            &target,
            "-c",
            "select repeat('x', 1000) from generate_series(1, 5000)",
        ],
        "",
    );
    assert_eq!(rows.stdout.len(), 5_005_000);
    calling.wait_for("RC:    0 Initial Handshake TLSv1.3");
    drop((calling, serving));
    // It ends its own processes when it is asked to.
    let pid = rustix::process::Pid::from_child(&server.0);
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::INT);
    let _ = server.0.wait();
}

/// A host of TN3270 that shows a screen and reads the first answer.
const HOST: &str = r#"
import socket, sys
IAC, DO, WILL, SB, SE, EOR = 255, 253, 251, 250, 240, 239
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1], flush=True)
stream, _ = listener.accept()
stream.settimeout(20)
rest = b''
def until(end):
    global rest
    while end not in rest:
        piece = stream.recv(4096)
        if not piece: sys.exit('the terminal went')
        rest += piece
    read, _, rest = rest.partition(end)
    return read
stream.sendall(bytes([IAC, DO, 24]))
until(bytes([IAC, WILL, 24]))
stream.sendall(bytes([IAC, SB, 24, 1, IAC, SE]))
until(bytes([IAC, SE]))
stream.sendall(bytes([IAC, DO, 25, IAC, WILL, 25, IAC, DO, 0, IAC, WILL, 0]))
until(bytes([IAC, DO, 0]))
words = 'WELCOME TO THE HOST'.encode('cp037')
stream.sendall(bytes([0xf5, 0xc3, 0x11, 0x40, 0x40, 0x1d, 0x60]) + words + bytes([0x1d, 0x40, 0x13, IAC, EOR]))
print(until(bytes([IAC, EOR])).decode('cp037'), flush=True)
"#;

#[test]
fn a_terminal_reaches_a_host_that_knows_no_tls() {
    if !has("s3270") {
        return;
    }
    let place = Place::new();
    place.put("host.py", HOST.as_bytes(), 0o644);
    let host = Talk::start("python3", &["host.py"], &place.path("."));
    eventually("a port", || host.said().contains('\n'), || host.said());
    let port: u16 = host.said().trim().parse().expect("a port");
    // As of a Telnet server: TLS 1.2 and suites from a connection action, the ring from the environment.
    let policy = "TTLSRule TERMINALS
{
  Jobname TN3270
  Direction Inbound
  TTLSGroupActionRef ON
  TTLSEnvironmentActionRef SERVE
  TTLSConnectionActionRef ONLY12
}
TTLSGroupAction ON
{
  TTLSEnabled On
  Trace 14
}
TTLSEnvironmentAction SERVE
{
  HandshakeRole Server
  TTLSKeyringParms
  {
    Keyring root/R
  }
}
TTLSConnectionAction ONLY12
{
  TTLSCipherParms
  {
    V3CipherSuites TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
    V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
  }
  TTLSConnectionAdvancedParms
  {
    TLSv1 Off
    TLSv1.1 Off
    TLSv1.2 On
    TLSv1.3 Off
  }
}
";
    place.put_policy(policy);
    place.put("ca.pem", &place.authority.pem(), 0o644);
    let engine = place.start(
        &[format!("inbound:127.0.0.1:0=127.0.0.1:{port},job=TN3270")],
        &[],
    );
    let mut terminal = Talk::start(
        "s3270",
        &["-cafile", "ca.pem", "-accepthostname", "localhost"],
        &place.path("."),
    );
    terminal.say(&format!("Connect(\"L:127.0.0.1:{}\")\n", engine.ports[0]));
    let mut shows = || {
        terminal.say("Ascii()\n");
        std::thread::sleep(std::time::Duration::from_millis(20));
        terminal.said().contains("WELCOME TO THE HOST")
    };
    eventually("a screen", &mut shows, || {
        format!("{} {}", host.said(), engine.log())
    });
    terminal.say("String(\"HELLO\")\nEnter()\n");
    eventually(
        "an answer",
        || host.said().contains("HELLO"),
        || format!("{} {} {}", host.said(), terminal.said(), engine.log()),
    );
    engine.wait_for("RC:    0 Initial Handshake TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
}
