//! The engine as a service of systemd.

use std::os::unix::net::UnixDatagram;
use std::process::Command;

use rustix::process::Signal;

use crate::fixture::*;

#[test]
fn systemd_is_told_when_it_serves_reloads_and_ends() {
    let place = Place::new();
    place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
    let path = place.path("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(LONG)).expect("a timeout");
    let told = || {
        let mut room = [0; 256];
        let bytes = socket.recv(&mut room).expect("a message");
        text(&room[..bytes])
    };
    let pair = Program::echo().inbound("WEB");
    let mut command = place.command(&[pair], &[]);
    command.env("NOTIFY_SOCKET", &path);
    let mut engine = Engine::watch(command);
    assert_eq!(told(), "READY=1");
    assert!(tls(engine.connect(0)).is_ok());
    engine.signal(Signal::HUP);
    assert!(told().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    assert_eq!(told(), "READY=1");
    engine.signal(Signal::TERM);
    assert_eq!(told(), "STOPPING=1");
    assert_eq!(engine.ended(), Some(0));
}

#[test]
fn the_unit_is_one_that_systemd_reads() {
    let directory = tempfile::tempdir().expect("a directory");
    let unit = include_str!("../../systemd/gatehouse-engine@.service");
    // Where the program is installed is not what is tried.
    let unit = unit.replace("/usr/bin/gatehouse-engine", "/bin/true");
    let path = directory.path().join("gatehouse-engine@test.service");
    std::fs::write(&path, &unit).expect("a file");
    for line in unit
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        assert!(line.starts_with('[') || line.contains('='), "{line}");
    }
    let Ok(output) = Command::new("systemd-analyze")
        .arg("verify")
        .arg(&path)
        .output()
    else {
        return;
    };
    let said = text(&output.stderr);
    let about = said
        .lines()
        .filter(|line| line.contains("gatehouse-engine@"));
    assert_eq!(about.collect::<Vec<_>>(), [""; 0]);
}
