//! Listening with TLS, and without.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use server::Settings;
use server::serve::Server;
use server::settings::TlsFiles;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::common::TestServer;
use crate::sockets::Running;

const BOUND: Duration = Duration::from_secs(20);

fn make(dir: &Path) -> (TlsFiles, ClientConfig) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let files = TlsFiles {
        certificate: dir.join("certificate.pem"),
        key: dir.join("key.pem"),
    };
    std::fs::write(&files.certificate, cert.pem()).unwrap();
    std::fs::write(&files.key, signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (files, client)
}

#[tokio::test]
async fn https_is_answered_with_hsts() {
    let dir = tempfile::tempdir().unwrap();
    let (files, client) = make(dir.path());
    let server = Running::with(|s| s.tls = Some(files)).await;
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(Arc::new(client));
    let mut stream = connector
        .connect(name, server.connect().await)
        .await
        .unwrap();
    let request = b"GET /api/v1/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    timeout(BOUND, stream.read_to_string(&mut answer))
        .await
        .unwrap()
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"));
    assert!(answer.contains("strict-transport-security: max-age=31536000"));
}

#[tokio::test]
async fn a_handshake_that_does_not_come_is_ended() {
    let dir = tempfile::tempdir().unwrap();
    let (files, _) = make(dir.path());
    let server = Running::with(|s| s.tls = Some(files)).await;
    for first in [b"".as_slice(), b"\x16\x03\x01", b"GET / HTTP/1.1\r\n\r\n"] {
        let mut stream = server.connect().await;
        stream.write_all(first).await.unwrap();
        let mut bytes = Vec::new();
        // An alert at most.
        let end = timeout(BOUND, stream.read_to_end(&mut bytes)).await;
        assert!(end.is_ok());
        assert!(bytes.len() < 16);
    }
}

async fn refusal(change: impl FnOnce(&mut Settings)) -> String {
    let server = TestServer::with(change).await;
    match Server::bind(server.state.clone()).await {
        Ok(bound) => format!("listens on {}", bound.url()),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn plain_http_beyond_this_machine_needs_a_word() {
    let everywhere = |s: &mut Settings| s.listen = "0.0.0.0:0".parse().unwrap();
    insta::assert_snapshot!(refusal(everywhere).await, @"`listen` is 0.0.0.0:0, which others can reach, and there is no TLS: set `tls-certificate` and `tls-key`, or `allow-plain-http` if something in front of Gatehouse does TLS");
    for loopback in ["127.0.0.1:0", "127.1.2.3:0", "[::1]:0"] {
        let words = refusal(|s| s.listen = loopback.parse().unwrap()).await;
        assert!(!words.contains("there is no TLS"), "{words}");
    }
}

#[tokio::test]
async fn wrong_files_are_named_with_their_setting() {
    let dir = tempfile::tempdir().unwrap();
    let (good, _) = make(dir.path());
    let other = tempfile::tempdir().unwrap();
    let (others, _) = make(other.path());
    std::fs::write(dir.path().join("text"), "text").unwrap();
    let said = |certificate: &Path, key: &Path| {
        let files = TlsFiles {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        };
        refusal(|s| {
            s.listen = "127.0.0.1:0".parse().unwrap();
            s.tls = Some(files);
        })
    };
    let gone = said(&dir.path().join("gone"), &good.key).await;
    assert!(gone.starts_with("`tls-certificate` is "), "{gone}");
    assert!(gone.contains("which cannot be read"), "{gone}");
    let text = said(&good.certificate, &dir.path().join("text")).await;
    assert!(
        text.contains("`tls-key`") && text.ends_with("no PEM file with a private key"),
        "{text}"
    );
    let pair = said(&good.certificate, &others.key).await;
    assert!(pair.contains("do not go together"), "{pair}");
}
