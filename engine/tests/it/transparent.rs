//! Programs that were told nothing, on two hosts.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::thread;

use rustix::process::{Pid, Signal};

use crate::fixture::*;
use crate::hosts::{Host, Hosts};

/// A policy for the port 9000 in one direction.
fn policy(role: &str, port: u16) -> String {
    let (way, end) = match role {
        "Client" => ("Outbound", "Remote"),
        _ => ("Inbound", "Local"),
    };
    let text = rule("APP", role, MODERN, BOTH);
    text.replace(
        &format!("  Jobname APP\n  Direction {way}\n"),
        &format!("  {end}PortRange {port}\n  Direction {way}\n"),
    )
}

/// Tells everybody who comes by which address, and then sends back what it gets.
fn greeter(listener: TcpListener) {
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || {
                let peer = stream.peer_addr().expect("a peer");
                let _ = stream.write_all(format!("{:<64}", peer.to_string()).as_bytes());
                let mut copy = stream.try_clone().expect("a copy");
                let _ = std::io::copy(&mut stream, &mut copy);
            });
        }
    });
}

/// Greeters on a port of a host, for both families.
fn greeters(host: &Host, port: u16) {
    for address in host.addresses() {
        greeter(host.listen(SocketAddr::new(address, port)));
    }
}

/// What a greeter says.
fn greeting(stream: &mut impl Read) -> std::io::Result<String> {
    let mut text = [0; 64];
    stream.read_exact(&mut text)?;
    Ok(String::from_utf8_lossy(&text).trim().to_owned())
}

fn start(host: &Host, place: &Place, more: &[&str]) -> Engine {
    host.run(|| place.start(&[], &[&["--transparent"], more].concat()))
}

/// Packets that a rule of a table led to the engine.
fn counted(host: &Host, table: &str) -> u64 {
    let text = host.said("nft", &["list", "table", "inet", table]);
    let counts = text.split("counter packets ").skip(1);
    counts
        .filter_map(|rest| rest.split(' ').next()?.parse::<u64>().ok())
        .sum()
}

/// Names of the tables of engines.
fn tables(host: &Host) -> Vec<String> {
    let text = host.said("nft", &["list", "tables"]);
    let names = text
        .lines()
        .filter_map(|line| line.strip_prefix("table inet "));
    names.map(str::to_owned).collect()
}

fn marks(host: &Host) -> usize {
    let rules = |family| host.said("ip", &[family, "rule"]).matches("fwmark").count();
    rules("-4") + rules("-6")
}

/// A greeting over TLS, and whether it names the address and port that the partner really has.
#[track_caller]
fn greeted_with_tls(from: &Host, to: SocketAddr) {
    let stream = from.connect(to).expect("a connection");
    let own = stream.local_addr().expect("an address");
    let mut stream = tls(stream).expect("a handshake");
    assert_eq!(greeting(&mut stream).expect("a greeting"), own.to_string());
    assert_eq!(round(&mut stream, "hello").expect("an answer"), "hello");
}

/// Whether a program is reached in the clear, with the address and port of the partner.
fn greeted_in_the_clear(from: &Host, to: SocketAddr) -> bool {
    let Ok(mut stream) = from.connect(to) else {
        return false;
    };
    let own = stream.local_addr().expect("an address");
    greeting(&mut stream).is_ok_and(|text| text == own.to_string())
}

#[test]
fn a_server_that_knows_nothing_of_tls_sees_its_real_partners() {
    let Some(hosts) = Hosts::new() else { return };
    let place = Place::new();
    place.put_policy(&policy("Server", 9000));
    greeters(&hosts.server, 9000);
    greeters(&hosts.server, 9001);
    let engine = start(&hosts.server, &place, &["--workers", "2"]);
    for address in hosts.server.addresses() {
        for _ in 0..5 {
            greeted_with_tls(&hosts.client, SocketAddr::new(address, 9000));
        }
    }
    engine.wait_for("LOCAL: 10.99.0.2..9000 REMOTE: 10.99.0.1..");
    engine.wait_for("LOCAL: fd99::2..9000 REMOTE: fd99::1..");
    // A partner on the same host has its port itself; its address is seen all the same.
    let stream = hosts.server.connect(SocketAddr::new(hosts.server.v4, 9000));
    let mut stream = tls(stream.expect("a connection")).expect("a handshake");
    let seen: SocketAddr = greeting(&mut stream)
        .expect("a greeting")
        .parse()
        .expect("an address");
    assert_eq!(seen.ip(), hosts.server.v4);
    // What no rule can protect does not come to the engine.
    let before = counted(&hosts.server, "gatehouse-engine");
    assert!(before >= 11, "{before}");
    for address in hosts.server.addresses() {
        assert!(greeted_in_the_clear(
            &hosts.client,
            SocketAddr::new(address, 9001)
        ));
    }
    assert_eq!(counted(&hosts.server, "gatehouse-engine"), before);
}

#[test]
fn programs_on_two_hosts_talk_in_the_clear_and_the_wire_has_tls() {
    let Some(hosts) = Hosts::new() else { return };
    let (near, far) = (Place::new(), Place::new());
    near.put_policy(&policy("Client", 9000));
    far.put_policy(&policy("Server", 9000));
    let authority = far.authority.pem();
    near.put_authority("R", "CA", &authority);
    greeters(&hosts.server, 9000);
    let inbound = start(&hosts.server, &far, &[]);
    let outbound = start(&hosts.client, &near, &[]);
    for address in hosts.server.addresses() {
        let to = SocketAddr::new(address, 9000);
        let mut stream = hosts.client.connect(to).expect("a connection");
        assert_eq!(stream.peer_addr().expect("a peer"), to);
        let seen = greeting(&mut stream);
        let seen =
            seen.unwrap_or_else(|error| panic!("{error}: {}{}", outbound.log(), inbound.log()));
        let seen: SocketAddr = seen.parse().expect("an address");
        let own = stream.local_addr().expect("an address");
        assert_eq!(seen.ip(), own.ip());
        let bytes: Vec<u8> = (0..8u32 << 20).map(|at| (at / 251) as u8).collect();
        let mut copy = stream.try_clone().expect("a copy");
        let mut back = vec![0; bytes.len()];
        thread::scope(|scope| {
            scope.spawn(|| copy.write_all(&bytes).expect("sent"));
            stream.read_exact(&mut back).expect("all of it");
        });
        assert!(back == bytes);
        // The rules see the port of the program.
        let ends = format!(
            "LOCAL: {}..{} REMOTE: {}..9000",
            own.ip(),
            own.port(),
            address
        );
        outbound.wait_for(&ends);
    }
    for engine in [&inbound, &outbound] {
        engine.wait_for("Initial Handshake TLSv1.3");
    }
}

#[test]
fn an_engine_that_is_killed_leads_nothing_astray_and_one_that_ends_leaves_nothing() {
    let Some(hosts) = Hosts::new() else { return };
    let place = Place::new();
    place.put_policy(&policy("Server", 9000));
    greeters(&hosts.server, 9000);
    let to = SocketAddr::new(hosts.server.v4, 9000);
    let mut engine = start(&hosts.server, &place, &[]);
    greeted_with_tls(&hosts.client, to);
    engine.signal(Signal::KILL);
    engine.ended();
    // The program is reached again, in the clear: nothing holds connections off.
    eventually(
        "the end of the table",
        || tables(&hosts.server).is_empty(),
        String::new,
    );
    assert!(greeted_in_the_clear(&hosts.client, to));
    let mut engine = start(&hosts.server, &place, &[]);
    greeted_with_tls(&hosts.client, to);
    assert_eq!(marks(&hosts.server), 2, "those of the killed one are gone");
    engine.signal(Signal::TERM);
    assert_eq!(engine.ended(), Some(0));
    assert_eq!(tables(&hosts.server), [""; 0]);
    assert_eq!(marks(&hosts.server), 0);
    assert!(greeted_in_the_clear(&hosts.client, to));
}

#[test]
fn connections_end_in_peace_after_sigterm_and_new_ones_pass_by() {
    let Some(hosts) = Hosts::new() else { return };
    let place = Place::new();
    place.put_policy(&policy("Server", 9000));
    greeters(&hosts.server, 9000);
    let to = SocketAddr::new(hosts.server.v4, 9000);
    let mut engine = start(&hosts.server, &place, &["--grace", "25"]);
    let mut stream = tls(hosts.client.connect(to).expect("a connection")).expect("a handshake");
    greeting(&mut stream).expect("a greeting");
    engine.signal(Signal::TERM);
    engine.wait_for("ends when its connections have ended");
    assert!(greeted_in_the_clear(&hosts.client, to));
    assert_eq!(
        round(&mut stream, "still here").expect("an answer"),
        "still here"
    );
    drop(stream);
    assert_eq!(engine.ended(), Some(0));
}

#[test]
fn a_table_that_is_lost_comes_back() {
    let Some(hosts) = Hosts::new() else { return };
    let place = Place::new();
    place.put_policy(&policy("Server", 9000));
    greeters(&hosts.server, 9000);
    let to = SocketAddr::new(hosts.server.v4, 9000);
    let engine = start(&hosts.server, &place, &[]);
    // Others cannot take it away …
    let _ = hosts.server.output("nft", &["flush", "ruleset"]);
    greeted_with_tls(&hosts.client, to);
    // … but they can end the program that holds it.
    let children = nft_of(&engine);
    let [nft] = children[..] else {
        panic!("{children:?}")
    };
    rustix::process::kill_process(nft, Signal::KILL).expect("a signal");
    engine.wait_for("the table is there again");
    greeted_with_tls(&hosts.client, to);
}

#[test]
fn another_policy_catches_other_connections_and_those_that_run_go_on() {
    let Some(hosts) = Hosts::new() else { return };
    let place = Place::new();
    place.put_policy(&policy("Server", 9000));
    greeters(&hosts.server, 9000);
    greeters(&hosts.server, 9001);
    let [old, new] = [9000, 9001].map(|port| SocketAddr::new(hosts.server.v4, port));
    let engine = start(&hosts.server, &place, &[]);
    let mut running = tls(hosts.client.connect(old).expect("a connection")).expect("a handshake");
    greeting(&mut running).expect("a greeting");
    place.put_policy(&policy("Server", 9001));
    engine.signal(Signal::HUP);
    engine.wait_for("other connections are caught from now on");
    greeted_with_tls(&hosts.client, new);
    assert!(greeted_in_the_clear(&hosts.client, old));
    assert_eq!(
        round(&mut running, "still here").expect("an answer"),
        "still here"
    );
    // The same again changes nothing; a bad one neither.
    let loaded = || engine.log().matches(" loaded: ").count();
    let count = loaded();
    engine.signal(Signal::HUP);
    eventually("a reload", || loaded() > count, || engine.log());
    place.put_policy("TTLSRule X\n{\n  Colour Red\n}\n");
    engine.signal(Signal::HUP);
    engine.wait_for("the policy that was loaded before stays in effect");
    assert_eq!(
        engine.log().matches("other connections are caught").count(),
        1
    );
    greeted_with_tls(&hosts.client, new);
}

#[test]
fn several_engines_do_not_disturb_each_other() {
    let Some(hosts) = Hosts::new() else { return };
    let places = [9000, 9001].map(|port| {
        let place = Place::new();
        place.put_policy(&policy("Server", port));
        greeters(&hosts.server, port);
        place
    });
    let [one, two] = [9000, 9001].map(|port| SocketAddr::new(hosts.server.v4, port));
    let mut first = start(&hosts.server, &places[0], &["--instance", "one"]);
    let second = start(&hosts.server, &places[1], &["--instance", "two"]);
    greeted_with_tls(&hosts.client, one);
    greeted_with_tls(&hosts.client, two);
    let mut third = places[1].command(&[], &["--transparent", "--instance", "two"]);
    let third = hosts.server.run(|| third.output().expect("an engine"));
    assert_eq!(third.status.code(), Some(1));
    let said = text(&third.stderr);
    assert!(
        said.contains("another program that runs holds the table inet gatehouse-two"),
        "{said}"
    );
    greeted_with_tls(&hosts.client, two);
    first.signal(Signal::TERM);
    assert_eq!(first.ended(), Some(0));
    assert_eq!(tables(&hosts.server), ["gatehouse-two"]);
    greeted_with_tls(&hosts.client, two);
    assert!(greeted_in_the_clear(&hosts.client, one));
    drop(second);
}

#[test]
fn two_engines_with_the_same_outbound_rule_do_not_lead_in_circles() {
    let Some(hosts) = Hosts::new() else { return };
    let (near, far) = (Place::new(), Place::new());
    near.put_policy(&policy("Client", 9000));
    far.put_policy(&policy("Server", 9000));
    near.put_authority("R", "CA", &far.authority.pem());
    greeters(&hosts.server, 9000);
    let _inbound = start(&hosts.server, &far, &[]);
    let _one = start(&hosts.client, &near, &["--instance", "one"]);
    let _two = start(&hosts.client, &near, &["--instance", "two"]);
    let to = SocketAddr::new(hosts.server.v4, 9000);
    let mut stream = hosts.client.connect(to).expect("a connection");
    greeting(&mut stream).expect("a greeting");
    assert_eq!(round(&mut stream, "hello").expect("an answer"), "hello");
}

/// A program that connects, says who it is by its partner's words, and ends.
fn python(host: &Host, to: SocketAddr) -> String {
    let script = "import socket, sys
stream = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20)
print(stream.recv(64).decode().strip())";
    let (address, port) = (to.ip().to_string(), to.port().to_string());
    let output = host.output("timeout", &["30", "python3", "-c", script, &address, &port]);
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
fn rules_see_the_names_of_programs_and_their_users() {
    let Some(hosts) = Hosts::new() else { return };
    let (near, far) = (Place::new(), Place::new());
    let names = "  Jobname python3*\n  Userid ROOT\n  Direction Outbound\n";
    let own = policy("Client", 9000).replace("  Direction Outbound\n", names);
    near.put_policy(&own);
    far.put_policy(&policy("Server", 9000));
    near.put_authority("R", "CA", &far.authority.pem());
    greeters(&hosts.server, 9000);
    let to = SocketAddr::new(hosts.server.v4, 9000);
    let inbound = start(&hosts.server, &far, &[]);
    let outbound = start(&hosts.client, &near, &[]);
    let said = python(&hosts.client, to);
    assert!(
        said.starts_with("10.99.0.1:"),
        "{said} {}{}",
        outbound.log(),
        inbound.log()
    );
    outbound.wait_for("JOBNAME: python3");
    outbound.wait_for("USERID: root");
    // This program has another name, and passes in the clear, which the other engine does not take.
    let mut stream = hosts.client.connect(to).expect("a connection");
    stream.write_all(b"not TLS at all\n").expect("sent");
    assert!(greeting(&mut stream).is_err());
    assert_eq!(
        outbound.log().matches("TTLS Map").count(),
        1,
        "{}",
        outbound.log()
    );
    // Of another user, nothing comes to the engine.
    let before = counted(&hosts.client, "gatehouse-engine");
    let connects = "import socket, sys; socket.create_connection((sys.argv[1], 9000), timeout=20)";
    let address = to.ip().to_string();
    let as_nobody = [
        "--reuid",
        "65534",
        "--clear-groups",
        "timeout",
        "30",
        "python3",
        "-c",
        connects,
        &address,
    ];
    hosts.client.said("setpriv", &as_nobody);
    assert_eq!(counted(&hosts.client, "gatehouse-engine"), before);
}

#[test]
fn inbound_rules_see_the_program_that_waits() {
    let Some(hosts) = Hosts::new() else { return };
    let place = Place::new();
    let own = policy("Server", 9000).replace(
        "  Direction Inbound\n",
        "  Jobname python3*\n  Direction Inbound\n",
    );
    place.put_policy(&own);
    let script = "import socket
for stream, peer in iter(lambda s=socket.create_server(('10.99.0.2', 9000)): s.accept(), None):
    stream.sendall(('%s:%d' % peer).ljust(64).encode())";
    let mut command = Command::new("python3");
    command.args(["-c", script]).stdin(Stdio::null());
    let _server = Process(hosts.server.run(|| command.spawn().expect("a program")));
    let to = SocketAddr::new(hosts.server.v4, 9000);
    eventually(
        "a listener",
        || greeted_in_the_clear(&hosts.client, to),
        String::new,
    );
    let engine = start(&hosts.server, &place, &[]);
    for _ in 0..2 {
        let stream = hosts.client.connect(to).expect("a connection");
        let mut stream = tls(stream).unwrap_or_else(|error| panic!("{error} {}", engine.log()));
        greeting(&mut stream).expect("a greeting");
    }
    engine.wait_for("JOBNAME: python3");
}

/// Sees to it that a user may read what the engine reads.
fn give(place: &Place, user: u32) {
    let walk = |path: std::path::PathBuf| {
        let mut found = vec![path];
        let mut at = 0;
        while at < found.len() {
            let entries = std::fs::read_dir(&found[at])
                .into_iter()
                .flatten()
                .flatten();
            found.extend(entries.map(|entry| entry.path()).collect::<Vec<_>>());
            at += 1;
        }
        found
    };
    for path in walk(place.path("rings")) {
        std::os::unix::fs::chown(path, Some(user), Some(user)).expect("an owner");
    }
    let own = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(place.path("."), own).expect("a mode");
}

const NOBODY: u32 = 65534;

fn status(child: u32, field: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{child}/status")).expect("a status");
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .expect("a field");
    let value = value.split_whitespace().next().expect("a value");
    u64::from_str_radix(value, 16).expect("a number")
}

fn threads(engine: &Engine) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", engine.id())).expect("threads");
    let names = tasks.flatten().map(|task| task.file_name());
    let numbers = names.filter_map(|name| name.to_str()?.parse().ok());
    numbers.collect()
}

#[test]
fn another_user_keeps_only_the_rights_that_are_needed_and_still_reloads() {
    let Some(hosts) = Hosts::new() else { return };
    let place = Place::new();
    place.put_policy(&policy("Server", 9000));
    greeters(&hosts.server, 9000);
    let to = SocketAddr::new(hosts.server.v4, 9000);
    // The key ring is that of root.
    let mut refused = place.command(&[], &["--transparent", "--user", "nobody"]);
    std::fs::set_permissions(place.path("."), std::fs::Permissions::from_mode(0o755))
        .expect("a mode");
    let output = hosts.server.run(|| refused.output().expect("an engine"));
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("RC 416"), "{said}");
    assert!(said.contains("files are read as the user nobody"), "{said}");
    give(&place, NOBODY);
    let engine = start(&hosts.server, &place, &["--user", "nobody"]);
    greeted_with_tls(&hosts.client, to);
    const ADMIN: u64 = 1 << 12;
    const PORTS: u64 = 1 << 10;
    assert_eq!(status(engine.id(), "CapPrm:"), ADMIN | PORTS);
    assert_eq!(status(engine.id(), "NoNewPrivs:"), 1);
    for thread in threads(&engine) {
        assert_eq!(status(thread, "CapPrm:") & !(ADMIN | PORTS), 0);
    }
    place.put_policy(&policy("Server", 9001));
    engine.signal(Signal::HUP);
    engine.wait_for("other connections are caught from now on");
    assert!(greeted_in_the_clear(&hosts.client, to));
    // Job names would need rights that are gone.
    let named = policy("Server", 9001).replace(
        "  Direction Inbound\n",
        "  Jobname X\n  Direction Inbound\n",
    );
    place.put_policy(&named);
    engine.signal(Signal::HUP);
    engine.wait_for("the policy now asks for job names");
    drop(engine);
    let engine = start(&hosts.server, &place, &["--user", "nobody"]);
    const PROCESSES: u64 = 1 << 19 | 1 << 2;
    assert_eq!(status(engine.id(), "CapEff:"), ADMIN | PORTS | PROCESSES);
}

#[test]
fn without_the_right_to_filter_packets_it_says_what_is_missing() {
    let Some(hosts) = Hosts::new() else { return };
    let place = Place::new();
    place.put_policy(&policy("Server", 9000));
    let engine = env!("CARGO_BIN_EXE_gatehouse-engine");
    let (config, rings) = (place.path("pagent.conf"), place.path("rings"));
    let arguments = [
        "--bounding-set",
        "-net_admin",
        "--inh-caps",
        "-net_admin",
        engine,
        "--transparent",
        "--config",
    ];
    let mut command = Command::new("setpriv");
    command
        .args(arguments)
        .arg(config)
        .arg("--keyrings")
        .arg(rings);
    let output = hosts.server.run(|| command.output().expect("setpriv"));
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(
        said.contains("transparent mode needs the capability CAP_NET_ADMIN"),
        "{said}"
    );
}

#[test]
fn the_kernel_takes_rules_that_overlap_in_every_condition() {
    let Some(hosts) = Hosts::new() else { return };
    let conditions = [
        "LocalAddr 10.0.0.0/8\nRemoteAddr 10.99.0.0/16\nLocalPortRange 100-9000",
        "LocalAddr 10.99.0.0/16\nRemoteAddr 10.0.0.0/8\nLocalPortRange 8000-9500\nRemotePortRange 1024-65535",
        "LocalAddr fd00::/8\nRemoteAddr fd99::/64\nRemotePortRange 1-40000\nUserid root",
        "RemoteAddr 10.99.0.1\nLocalPortRange 8999-9000\nUserid nobody",
        "RemotePortRange 7\nLocalPortRange 7",
    ];
    let mut text = policy("Server", 9000);
    for (at, conditions) in conditions.into_iter().enumerate() {
        text += &format!(
            "TTLSRule MORE{at}\n{{\n{conditions}\nDirection Both\nTTLSGroupActionRef APP_G\nTTLSEnvironmentActionRef APP_E\n}}\n"
        );
        text += &format!(
            "TTLSRule OFF{at}\n{{\nPriority 200\nDirection Both\nLocalPortRange {}-{}\nTTLSGroupActionRef OFF_G\n}}\n",
            at * 999 + 1,
            at * 1000 + 1
        );
    }
    text += "TTLSGroupAction OFF_G\n{\n  TTLSEnabled Off\n}\n";
    let place = Place::new();
    place.put_policy(&text);
    greeters(&hosts.server, 9000);
    let engine = start(&hosts.server, &place, &[]);
    for address in hosts.server.addresses() {
        greeted_with_tls(&hosts.client, SocketAddr::new(address, 9000));
    }
    drop(engine);
}

/// The `nft` that an engine keeps.
fn nft_of(engine: &Engine) -> Vec<Pid> {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", engine.id())).expect("threads");
    let children = tasks.flatten().map(|task| task.path().join("children"));
    let children = children.filter_map(|path| std::fs::read_to_string(path).ok());
    let all: String = children.collect();
    let numbers = all
        .split_whitespace()
        .map(|number| number.parse().expect("a number"));
    numbers.filter_map(Pid::from_raw).collect()
}

/// Where the engine finds its `nft`.
fn system_nft(host: &Host) -> String {
    let paths = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";
    let find = format!("PATH={paths} command -v nft");
    host.said("sh", &["-c", &find]).trim().to_owned()
}

#[test]
fn a_table_that_cannot_be_made_leaves_the_old_policy_in_effect() {
    let Some(hosts) = Hosts::new() else { return };
    let place = Place::new();
    place.put_policy(&policy("Server", 9000));
    greeters(&hosts.server, 9000);
    greeters(&hosts.server, 9001);
    let [old, new] = [9000, 9001].map(|port| SocketAddr::new(hosts.server.v4, port));
    // In a world of its own, where there can be another nft.
    let plain = place.command(&[], &["--transparent"]);
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private"]);
    command.arg(plain.get_program()).args(plain.get_args());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let engine = hosts.server.run(|| Engine::watch(command));
    greeted_with_tls(&hosts.client, old);
    let nft = system_nft(&hosts.server);
    let (id, nft) = (engine.id().to_string(), nft.as_str());
    let within = |arguments: &[&str]| {
        hosts.server.said(
            "nsenter",
            &[&["--mount", "--target", &id], arguments].concat(),
        )
    };
    within(&["mount", "--bind", "/bin/false", nft]);
    for child in nft_of(&engine) {
        rustix::process::kill_process(child, Signal::KILL).expect("a signal");
    }
    engine.wait_for("tried again soon");
    place.put_policy(&policy("Server", 9001));
    engine.signal(Signal::HUP);
    engine.wait_for("the policy that was loaded before stays in effect");
    // The engine may be about to run it.
    within(&["umount", "--lazy", nft]);
    engine.wait_for("the table is there again");
    greeted_with_tls(&hosts.client, old);
    assert!(greeted_in_the_clear(&hosts.client, new));
    // It works again.
    engine.signal(Signal::HUP);
    engine.wait_for("other connections are caught from now on");
    greeted_with_tls(&hosts.client, new);
}

#[test]
fn who_comes_to_the_port_of_the_engine_is_led_nowhere() {
    let Some(hosts) = Hosts::new() else { return };
    let place = Place::new();
    // Everything is protected that comes in, the port of the engine, too.
    place.put_policy(
        &policy("Server", 9000).replace("LocalPortRange 9000", "LocalPortRange 1024-65535"),
    );
    let engine = start(&hosts.server, &place, &[]);
    let table = hosts
        .server
        .said("nft", &["list", "table", "inet", "gatehouse-engine"]);
    let ports = table.split("redirect to :").skip(1);
    let ports: Vec<u16> = ports
        .filter_map(|rest| rest.split_whitespace().next()?.parse().ok())
        .collect();
    assert_eq!(ports.len(), 2, "{table}");
    for (address, port) in hosts.server.addresses().into_iter().zip(ports) {
        // It may be over before it is begun.
        if let Ok(mut stream) = hosts.client.connect(SocketAddr::new(address, port)) {
            assert!(!matches!(stream.read(&mut [0]), Ok(1..)));
        }
    }
    engine.wait_for("came to a port that is only for connections that are caught");
}

#[test]
fn a_unit_of_systemd_may_give_it_no_more_than_it_needs() {
    let Some(hosts) = Hosts::new() else { return };
    let place = Place::new();
    place.put_policy(&policy("Server", 9000));
    give(&place, NOBODY);
    greeters(&hosts.server, 9000);
    let plain = place.command(&[], &["--transparent"]);
    // As `User`, `AmbientCapabilities`, `CapabilityBoundingSet` and `NoNewPrivileges` of the unit do.
    let rights = "-all,+net_admin,+net_bind_service";
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    command.args(["--inh-caps", rights, "--ambient-caps", rights]);
    command.args(["--bounding-set", rights, "--no-new-privs"]);
    command.arg(plain.get_program()).args(plain.get_args());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut engine = hosts.server.run(|| Engine::watch(command));
    greeted_with_tls(&hosts.client, SocketAddr::new(hosts.server.v4, 9000));
    engine.signal(Signal::TERM);
    assert_eq!(engine.ended(), Some(0));
    assert_eq!(tables(&hosts.server), [""; 0]);
    // Job names would need more.
    let named = policy("Server", 9000).replace(
        "  Direction Inbound\n",
        "  Jobname X\n  Direction Inbound\n",
    );
    place.put_policy(&named);
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    command.args(["--inh-caps", rights, "--ambient-caps", rights]);
    command.arg(plain.get_program()).args(plain.get_args());
    let output = hosts.server.run(|| command.output().expect("setpriv"));
    let said = text(&output.stderr);
    assert!(
        said.contains("CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"),
        "{said}"
    );
}

#[test]
fn listeners_beside_are_not_caught_by_the_engine_itself() {
    let Some(hosts) = Hosts::new() else { return };
    let (near, far) = (Place::new(), Place::new());
    near.put_policy(&policy("Client", 9000));
    far.put_policy(&policy("Server", 9000));
    near.put_authority("R", "CA", &far.authority.pem());
    greeters(&hosts.server, 9000);
    let to = SocketAddr::new(hosts.server.v4, 9000);
    let inbound = format!("inbound:127.0.0.1:0={to}");
    let _far = hosts.server.run(|| far.start(&[], &["--transparent"]));
    let pair = [format!("outbound:127.0.0.1:0={to}"), inbound];
    let engine = hosts.client.run(|| near.start(&pair, &["--transparent"]));
    let mut stream = hosts
        .client
        .connect(engine.address(0))
        .expect("a connection");
    greeting(&mut stream).unwrap_or_else(|error| panic!("{error} {}", engine.log()));
    assert_eq!(engine.log().matches("Initial Handshake TLSv1.3").count(), 1);
    // The other one passes what it gets, which is TLS here.
    let stream = hosts
        .client
        .connect(engine.address(1))
        .expect("a connection");
    greeting(&mut tls(stream).expect("a handshake")).expect("a greeting");
}

#[test]
fn a_firewall_can_close_a_port_to_all_that_does_not_come_by_the_engine() {
    let Some(hosts) = Hosts::new() else { return };
    let (near, far) = (Place::new(), Place::new());
    near.put_policy(&policy("Client", 9000));
    far.put_policy(&policy("Server", 9000));
    near.put_authority("R", "CA", &far.authority.pem());
    greeters(&hosts.server, 9000);
    let to = SocketAddr::new(hosts.server.v4, 9000);
    // As docs/engine.md has it.
    let input = "chain input {
  type filter hook input priority filter
  iifname lo accept
  ct state established,related accept
  ct status dnat accept
  tcp dport 9000 reject with tcp reset
}";
    let output = "chain output {
  type filter hook output priority filter
  oifname != lo tcp dport 9000 meta mark & 0xffff0000 != 0x47480000 reject
}";
    for (host, place, chain) in [(&hosts.server, &far, input), (&hosts.client, &near, output)] {
        let table = format!("table inet firewall {{\n{chain}\n}}\n");
        place.put("firewall.nft", table.as_bytes(), 0o644);
        let rules = place.path("firewall.nft").display().to_string();
        host.said("nft", &["-f", &rules]);
        assert!(!greeted_in_the_clear(&hosts.client, to));
    }
    let engines = [
        start(&hosts.server, &far, &[]),
        start(&hosts.client, &near, &[]),
    ];
    let mut stream = hosts.client.connect(to).expect("a connection");
    greeting(&mut stream).expect("a greeting");
    for (mut engine, host) in engines.into_iter().zip([&hosts.server, &hosts.client]) {
        engine.signal(Signal::KILL);
        engine.ended();
        let gone = || tables(host) == ["firewall"];
        eventually("the end of the table", gone, String::new);
    }
    assert!(!greeted_in_the_clear(&hosts.client, to));
    hosts.client.said("nft", &["flush", "ruleset"]);
    assert!(!greeted_in_the_clear(&hosts.client, to));
}

/// Two kinds of `nft`: one of a host that knows no tables with an owner, and one that takes no orders one
/// after the other.
const OLD_NFTS: [&str; 2] = [
    r#"#!/bin/sh
if [ "$1" = -i ]; then
    while read -r word file; do
        case $word in
        include) echo "Error: Could not process rule: Operation not supported" >&2 ;;
        *) echo "Error: No such file or directory" >&2; echo "$word $file" >&2 ;;
        esac
    done
else
    exec ./nft "$@"
fi
"#,
    r#"#!/bin/sh
[ "$1" = -i ] || exec ./nft "$@"
echo "no interactive mode in this build" >&2
exit 1
"#,
];

#[test]
fn where_tables_have_no_owner_the_next_start_replaces_what_was_left() {
    let Some(hosts) = Hosts::new() else { return };
    let place = Place::new();
    place.put_policy(&policy("Server", 9000));
    greeters(&hosts.server, 9000);
    let to = SocketAddr::new(hosts.server.v4, 9000);
    let nft = system_nft(&hosts.server);
    std::fs::copy(&nft, place.path("nft")).expect("a copy");
    let start = || {
        let old = place.path("old-nft").display().to_string();
        let plain = place.command(&[], &["--transparent"]);
        let mut command = Command::new("unshare");
        let script = format!("mount --bind {old} {nft} && exec \"$@\"");
        command.args([
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            &script,
            "sh",
        ]);
        command.arg(plain.get_program()).args(plain.get_args());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command.current_dir(place.path("."));
        hosts.server.run(|| Engine::watch(command))
    };
    for old in OLD_NFTS {
        place.put("old-nft", old.as_bytes(), 0o755);
        let mut engine = start();
        engine.wait_for("without an owner the table is there");
        greeted_with_tls(&hosts.client, to);
        engine.signal(Signal::KILL);
        engine.ended();
        assert_eq!(
            tables(&hosts.server),
            ["gatehouse-engine"],
            "as the log said"
        );
        let mut engine = start();
        greeted_with_tls(&hosts.client, to);
        engine.signal(Signal::TERM);
        assert_eq!(engine.ended(), Some(0));
        assert_eq!(tables(&hosts.server), [""; 0]);
        assert!(greeted_in_the_clear(&hosts.client, to));
    }
}

#[test]
fn a_program_in_a_container_with_a_published_port_sees_its_real_partners() {
    let Some(hosts) = Hosts::new() else { return };
    let container = Host::new(3).expect("a namespace");
    crate::hosts::join(&container, &hosts.server);
    greeter(container.listen("10.98.0.2:8000".parse().expect("an address")));
    // As the programs do that look after containers.
    let table = "table ip containers {
  chain arriving {
    type nat hook prerouting priority dstnat
    fib daddr type local tcp dport 9000 dnat to 10.98.0.2:8000
  }
  chain leaving {
    type nat hook output priority -100
    fib daddr type local tcp dport 9000 dnat to 10.98.0.2:8000
  }
}
";
    let place = Place::new();
    place.put("containers.nft", table.as_bytes(), 0o644);
    let rules = place.path("containers.nft").display().to_string();
    hosts.server.said("nft", &["-f", &rules]);
    place.put_policy(&policy("Server", 9000));
    let engine = start(&hosts.server, &place, &[]);
    for _ in 0..3 {
        greeted_with_tls(&hosts.client, SocketAddr::new(hosts.server.v4, 9000));
    }
    engine.wait_for("LOCAL: 10.99.0.2..9000 REMOTE: 10.99.0.1..");
}

#[test]
fn a_host_without_the_newer_addresses_has_the_older_ones_protected() {
    let Some(hosts) = Hosts::new() else { return };
    let place = Place::new();
    place.put_policy(&policy("Server", 9000));
    for interface in ["all", "default", "lo", "wire"] {
        let path = format!("/proc/sys/net/ipv6/conf/{interface}/disable_ipv6");
        hosts
            .server
            .run(|| std::fs::write(path, "1").expect("a switch"));
    }
    let to = SocketAddr::new(hosts.server.v4, 9000);
    greeter(hosts.server.listen(to));
    let mut engine = start(&hosts.server, &place, &[]);
    greeted_with_tls(&hosts.client, to);
    engine.signal(Signal::TERM);
    assert_eq!(engine.ended(), Some(0));
    assert_eq!(marks(&hosts.server), 0);
}
