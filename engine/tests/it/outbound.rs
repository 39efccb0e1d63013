//! Programs that connect in the clear, and servers that talk TLS.

use crate::certificates::{Kind, Made};
use crate::fixture::*;

/// A TLS server that answers requests of the web, with a certificate for `localhost`.
fn web_server(place: &Place, made: &Made, more: &[&str]) -> (Process, u16) {
    place.put("server.pem", &made.pem_with_key(), 0o600);
    let port = free_port();
    let accept = format!("127.0.0.1:{port}");
    let file = place.path("server.pem").display().to_string();
    let arguments = [
        "s_server", "-accept", &accept, "-cert", &file, "-key", &file, "-www", "-quiet",
    ];
    let server = Process::start(
        "openssl",
        &[&arguments[..], more].concat(),
        &place.path("."),
    );
    wait_for_port(port);
    (server, port)
}

fn client(more: &str) -> String {
    rule("APP", "Client", MODERN, &format!("{BOTH}\n{more}"))
}

fn pair(port: u16) -> String {
    format!("outbound:127.0.0.1:0=127.0.0.1:{port},job=APP")
}

fn curl(engine: &Engine) -> std::process::Output {
    let url = format!("http://127.0.0.1:{}/", engine.ports[0]);
    run("curl", &["-sS", "--max-time", "20", &url], "")
}

#[test]
fn a_program_in_the_clear_reaches_servers_of_every_version() {
    for version in ["-tls1_2", "-tls1_3"] {
        let place = Place::new();
        place.put_policy(&client(""));
        let made = place.authority.issue("localhost", Kind::Rsa(2048));
        let (_server, port) = web_server(&place, &made, &[version]);
        let engine = place.start(&[pair(port)], &[]);
        for _ in 0..3 {
            let output = curl(&engine);
            assert!(
                text(&output.stdout).contains("s_server"),
                "{} {}",
                text(&output.stderr),
                engine.log()
            );
        }
        // The second connection comes back with the session of the first.
        engine.wait_for(" resumed");
    }
}

#[test]
fn a_server_of_another_authority_is_refused() {
    let place = Place::new();
    place.put_policy(&client(""));
    let stranger = Made::authority("Another Authority").issue("localhost", Kind::Ec);
    let (_server, port) = web_server(&place, &stranger, &[]);
    let engine = place.start(&[pair(port)], &[]);
    let output = curl(&engine);
    // On a busy machine curl looks first when the connection is reset already, and calls it not made.
    assert!(!output.status.success());
    assert_eq!(text(&output.stdout), "");
    engine.wait_for("RC:  435 Initial Handshake");
}

#[test]
fn a_server_of_another_name_is_refused_where_a_name_is_demanded() {
    let place = Place::new();
    let made = place.authority.issue("localhost", Kind::Ec);
    let (_server, port) = web_server(&place, &made, &[]);
    for (name, expected) in [("localhost", true), ("other.example", false)] {
        place.put_policy(&client(&format!("    HostReferenceIdDNS {name}")));
        let engine = place.start(&[pair(port)], &[]);
        assert_eq!(
            curl(&engine).status.success(),
            expected,
            "{name} {}",
            engine.log()
        );
    }
}

#[test]
fn a_key_that_is_too_small_is_refused() {
    let place = Place::new();
    let made = place.authority.issue("localhost", Kind::Rsa(2048));
    let (_server, port) = web_server(&place, &made, &[]);
    place.put_policy(&client("    PeerMinRsaKeySize 2048"));
    assert!(curl(&place.start(&[pair(port)], &[])).status.success());
    let made = place.authority.issue("localhost", Kind::Rsa(1024));
    let (_server, port) = web_server(&place, &made, &["-cipher", "ALL:@SECLEVEL=0"]);
    let engine = place.start(&[pair(port)], &[]);
    assert!(!curl(&engine).status.success());
    engine.wait_for("RC:  414 Initial Handshake");
}

#[test]
fn python_is_reached_with_a_certificate_of_the_client() {
    let place = Place::new();
    place.put_policy(&client("    CertificateLabel SERVER"));
    place.put(
        "server.pem",
        &place.authority.issue("localhost", Kind::Ec).pem_with_key(),
        0o600,
    );
    place.put("ca.pem", &place.authority.pem(), 0o644);
    let script = "import http.server, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('server.pem')
context.load_verify_locations('ca.pem')
context.verify_mode = ssl.CERT_REQUIRED
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.connection.getpeercert()['subject'][0][0][1].encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(name)))
        self.end_headers()
        self.wfile.write(name)
server = http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Answer)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
";
    place.put("server.py", script.as_bytes(), 0o644);
    let port = free_port();
    let _server = Process::start(
        "python3",
        &["server.py", &port.to_string()],
        &place.path("."),
    );
    wait_for_port(port);
    let engine = place.start(&[pair(port)], &[]);
    let output = curl(&engine);
    assert_eq!(
        text(&output.stdout),
        "localhost",
        "{} {}",
        text(&output.stderr),
        engine.log()
    );
}

#[test]
fn a_server_that_is_not_there_resets_the_program() {
    let place = Place::new();
    place.put_policy(&client(""));
    let engine = place.start(&[pair(free_port())], &[]);
    assert!(!curl(&engine).status.success());
    engine.wait_for("cannot be reached");
}

#[test]
fn servers_of_openssl_are_reached_in_every_version_with_every_kind_of_key() {
    let place = Place::new();
    let environment = "  TTLSKeyringParms
  {
    Keyring root/R
  }
  TTLSCipherParms
  {
    V3CipherSuites4Char 1302C02CC030C00AC014
  }";
    let advanced = "    TLSv1 On\n    TLSv1.1 On\n    TLSv1.2 On\n    TLSv1.3 On";
    place.put_policy(&rule("APP", "Client", environment, advanced));
    let kinds = [
        ("rsa", Kind::Rsa(2048), "RSA"),
        ("p256", Kind::Ec, "ECDSA"),
        ("p384", Kind::P384, "ECDSA"),
        ("p521", Kind::P521, "ECDSA"),
    ];
    let versions = [
        ("-tls1", "TLSv1", "_WITH_AES_256_CBC_SHA"),
        ("-tls1_1", "TLSv1.1", "_WITH_AES_256_CBC_SHA"),
        ("-tls1_2", "TLSv1.2", "_WITH_AES_256_GCM_SHA384"),
        ("-tls1_3", "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
    ];
    let (mut servers, mut pairs, mut expected) = (Vec::new(), Vec::new(), Vec::new());
    for (name, kind, key) in kinds {
        let file = format!("{name}.pem");
        let made = place.authority.issue("localhost", kind);
        place.put(&file, &made.pem_with_key(), 0o600);
        for (option, version, suite) in versions {
            let port = free_port();
            let accept = format!("127.0.0.1:{port}");
            let arguments = [
                "s_server",
                "-accept",
                &accept,
                "-cert",
                &file,
                "-cipher",
                "ALL:@SECLEVEL=0",
                "-www",
                "-quiet",
                option,
            ];
            servers.push(Process::start("openssl", &arguments, &place.path(".")));
            wait_for_port(port);
            pairs.push(pair(port));
            expected.push(match suite.strip_prefix('_') {
                Some(_) => format!("{version} TLS_ECDHE_{key}{suite}"),
                None => format!("{version} {suite}"),
            });
        }
    }
    let engine = place.start(&pairs, &[]);
    for (at, expected) in expected.iter().enumerate() {
        let url = format!("http://127.0.0.1:{}/", engine.ports[at]);
        let output = run("curl", &["-sS", "--max-time", "20", &url], "");
        let said = text(&output.stdout);
        assert!(said.contains("s_server"), "{expected}: {}", engine.log());
        engine.wait_for(&format!("RC:    0 Initial Handshake {expected}"));
    }
}
