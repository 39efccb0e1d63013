//! The program itself: what it prints, how it ends, what it leaves on disk.

use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::program::{Program, Start};

/// Starts a server, with shell that runs in front of it.
fn start(data: &Path, before: &str, first: bool) -> Program {
    Start {
        before,
        first,
        ..Start::on(data)
    }
    .start()
}

fn is_served(server: &Program) -> bool {
    server.client().get("/health").unwrap().status == 200
}

#[test]
fn the_first_start_prints_a_link_and_later_ones_do_not() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let server = start(&data, "", true);
    let link = server.link.clone().unwrap();
    let (url, secret) = link.split_once('#').unwrap();
    assert_eq!(url, format!("http://{}/setup", server.address));
    let password = "brunnenfrosch 7";
    let anna = server.administrator("anna", password);
    let cookie = anna.cookie.clone().unwrap();
    let (_, cookie) = cookie.split_once("gatehouse=").unwrap();
    let wrong = "a wrong one\n2026 ERROR forged";
    let wrong = serde_json::json!({ "name": "anna", "password": wrong });
    let refused = server.client().post("/session", &wrong).unwrap();
    assert_eq!(refused.status, 401);
    let forged = "GET /x%0aERROR?q=geheim HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert_eq!(server.client().exchange(forged).unwrap().status, 404);
    let log = server.stop();
    for hidden in [secret, password, cookie, "a wrong one", "forged", "geheim"] {
        assert!(!log.contains(hidden), "{hidden} in {log}");
    }
    assert!(log.contains("log-in-refused"));
    let again = start(&data, "", false);
    assert!(is_served(&again));
    again.stop();
}

#[test]
fn the_data_is_for_the_server_alone_whatever_the_mask() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("deep/data");
    let server = start(&data, "umask 0;", true);
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
    start(dir.path(), "", true).stop();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(dir.path()), 0o755);
    assert_eq!(mode(&dir.path().join("gatehouse.db")), 0o600);
}

#[test]
fn out_of_descriptors_is_not_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(&dir.path().join("data"), "ulimit -n 48;", true);
    let connections: Vec<_> = (0..60)
        .filter_map(|_| TcpStream::connect(&server.address).ok())
        .collect();
    assert!(connections.len() > 48);
    drop(connections);
    assert!(is_served(&server));
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
