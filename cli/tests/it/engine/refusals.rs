//! What is said where there is no answer, or another than was hoped for.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;

use ::engine::control::Answer;

use super::answers::{line, status};
use super::{Engine, run};

#[track_caller]
fn ends(code: i32, line: &str) -> String {
    let ran = run(line);
    assert_eq!(ran.code, Some(code), "{line}: {}{}", ran.out, ran.errors);
    assert_eq!(ran.out, "");
    ran.errors
}

#[test]
fn a_socket_without_an_engine_is_told() {
    let here = tempfile::tempdir().unwrap();
    let socket = here.path().join("main.sock");
    let said = ends(2, &format!("status --socket {}", socket.display()));
    assert!(
        said.contains("main.sock: no engine answers there: "),
        "{said}"
    );
    // What an engine leaves that was killed.
    drop(UnixListener::bind(&socket).unwrap());
    let said = ends(2, &format!("events --socket {}", socket.display()));
    assert!(
        said.contains("main.sock: no engine answers there: "),
        "{said}"
    );
}

#[test]
fn a_socket_of_others_is_told() {
    let here = tempfile::tempdir().unwrap();
    let socket = here.path().join("main.sock");
    let _listener = UnixListener::bind(&socket).unwrap();
    fs::set_permissions(&socket, Permissions::from_mode(0)).unwrap();
    if rustix::process::geteuid().is_root() {
        eprintln!("skipped: root may speak to every socket");
        return;
    }
    let said = ends(2, &format!("status --socket {}", socket.display()));
    assert!(
        said.ends_with("main.sock: this user may not steer the engine\n"),
        "{said}"
    );
}

#[test]
fn what_the_engine_refuses_is_told_in_its_words() {
    let refused = || {
        line(&Answer::Refused {
            why: "there is no trace 7\u{1b}[2J".to_owned(),
        })
    };
    for command in [
        "trace end 7",
        "status",
        "events",
        "metrics",
        "update --json",
    ] {
        let said = Engine::start([refused()]).ends(1, command);
        assert_eq!(said, "gatehouse: there is no trace 7?[2J\n", "{command}");
    }
}

#[test]
fn answers_that_are_none_are_told() {
    for garbage in [
        "HTTP/1.1 400 Bad Request\r\n",
        "{}\n",
        "\n",
        "{\"answer\":\"more\"}\n",
    ] {
        for command in ["status", "events"] {
            let said = Engine::start([garbage.to_owned()]).ends(2, command);
            assert!(
                said.contains("may be of another version"),
                "{command}: {said}"
            );
        }
    }
    for command in ["rules", "connections", "trace list", "events", "refresh"] {
        let said = Engine::start([status()]).ends(2, command);
        assert!(
            said.contains("something else than was asked"),
            "{command}: {said}"
        );
    }
}

#[test]
fn an_engine_that_goes_away_is_told() {
    let event = line(&Answer::Event {
        line: "a line".to_owned(),
    });
    let cut = event.clone() + event.trim_end();
    let said = Engine::start([cut]).ends(2, "events");
    assert!(
        said.starts_with("a line\ngatehouse: the engine went away: "),
        "{said}"
    );
    for answer in ["", "{\"answer\":\"status\""] {
        let said = Engine::start([answer.to_owned()]).ends(2, "status");
        assert!(
            said.starts_with("gatehouse: the engine went away: "),
            "{said}"
        );
    }
    let said = Engine::start([status()]).ends(2, "metrics");
    assert!(
        said.starts_with("gatehouse: the engine went away: "),
        "{said}"
    );
}

#[test]
fn what_cannot_be_asked_is_refused_at_once() {
    for wrong in [
        "trace start --for 25h",
        "trace start --level 16",
        "connections --port 0",
        "connections --remote example.com",
        "connections --connection 0x53",
        "connections --netstat --json",
        "trace",
    ] {
        ends(2, wrong);
    }
}

#[test]
fn what_is_supported_needs_no_engine() {
    let ran = run("support");
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    assert!(ran.out.contains("\n  HandshakeRole "), "{}", ran.out);
    let entries: Vec<serde_json::Value> = serde_json::from_str(&run("support --json").out).unwrap();
    assert!(entries.iter().any(|entry| entry["standing"] == "refused"));
}
