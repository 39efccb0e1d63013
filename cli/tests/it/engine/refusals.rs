//! What is said where there is no answer, or another than was hoped for.

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt as _;
use std::thread;

use ::control::Answer;

use super::answers::{line, status};
use super::{Engine, command, ran, run};

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
    let mut command = command(&format!("status --socket {}", socket.display()));
    fs::set_permissions(here.path(), Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&socket, Permissions::from_mode(0o000)).unwrap();
    if rustix::process::geteuid().is_root() {
        // Root may speak to every socket, and nobody to this one.
        command.uid(65_534);
    }
    let Ok(ran) = ran(&mut command) else {
        eprintln!("skipped: nobody may run the program here");
        return;
    };
    assert_eq!(ran.code, Some(2), "{}", ran.errors);
    let end = "main.sock: this user may not steer the engine\n";
    assert!(ran.errors.ends_with(end), "{}", ran.errors);
}

/// As when too many ask already: the engine says why and closes, before it was asked.
#[test]
fn who_is_refused_at_the_door_is_told_why() {
    let here = tempfile::tempdir().unwrap();
    let socket = here.path().join("main.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let why = "16 others ask already".to_owned();
    let refused = line(&Answer::Refused { why });
    let door = thread::spawn(move || {
        for _ in 0..20 {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(refused.as_bytes()).unwrap();
        }
    });
    for asked in 0..20 {
        let command = if asked % 2 == 0 { "status" } else { "events" };
        let said = ends(1, &format!("{command} --socket {}", socket.display()));
        assert_eq!(said, "gatehouse: 16 others ask already\n");
    }
    door.join().unwrap();
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
