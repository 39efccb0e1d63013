//! What is said of handshakes, against OpenSSL: the hello that it sends, and what two of its programs agree
//! on.
//!
//! Needs the program `openssl`. Without it these tests are skipped, but not where `CI` is set.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use generator::analysis::handshake::{
    Hello, HelloError, Key, Outcome, Peer, Settings, Side, client_hello, group_name, handshake,
};
use generator::policy::table::TTLS_RULE;
use generator::policy::table::suites::Protocol;
use generator::policy::{Named, Release, View, lower, parse};

/// No step of a handshake on loopback takes as long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn openssl() -> bool {
    let found = Command::new("openssl").arg("version").output().is_ok();
    assert!(
        found || std::env::var_os("CI").is_none(),
        "`openssl` is not installed"
    );
    found
}

/// The hello that `openssl s_client` sends with these options.
fn sent(options: &str) -> Hello {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let client = Command::new("openssl")
        .args(["s_client", "-connect", &address])
        .args(options.split_whitespace())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _client = Running(client.unwrap());
    let end = Instant::now() + PATIENCE;
    let mut stream = loop {
        match listener.accept() {
            Ok((stream, _)) => break stream,
            Err(error) => assert!(Instant::now() < end, "no connection: {error}"),
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut bytes = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).unwrap();
        bytes.extend_from_slice(&piece[..length]);
        match client_hello(&bytes) {
            Err(HelloError::CutOff { .. } | HelloError::Empty | HelloError::Unknown)
                if length > 0 => {}
            found => return found.unwrap(),
        }
    }
}

#[test]
fn the_hello_of_s_client_holds_what_was_asked_for() {
    if !openssl() {
        return;
    }
    let hello = sent("-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA -fallback_scsv");
    assert_eq!(hello.suites, [0xC030, 0x002F, 0x00FF, 0x5600]);
    assert!(hello.fallback() && hello.secure_renegotiation());
    assert_eq!(hello.versions().last(), Some(&Protocol::Tls12));
    assert!(hello.key_shares.is_empty());
    let hello = sent("-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256 -groups P-384:X25519");
    assert_eq!(hello.suites.first(), Some(&0x1301));
    assert_eq!(hello.versions(), [Protocol::Tls13]);
    assert_eq!((hello.groups, hello.key_shares), (vec![24, 29], vec![24]));
    let hello = sent(
        "-servername web.test -alpn h2,http/1.1 -no_ticket -sigalgs RSA-PSS+SHA256:ECDSA+SHA384",
    );
    assert_eq!(hello.server_name.as_deref(), Some("web.test"));
    assert_eq!(hello.alpn, ["h2", "http/1.1"]);
    assert_eq!(hello.signatures, [0x0804, 0x0503]);
    assert!(!hello.session_ticket && hello.extended_master_secret);
    assert!(hello.versions().contains(&Protocol::Tls13));
}

/// What a rule says of versions, suites and groups.
struct Rule {
    versions: &'static [Protocol],
    suites: &'static str,
    signatures: &'static str,
}

const NEW: &[Protocol] = &[Protocol::Tls12, Protocol::Tls13];
const TLS12: &[Protocol] = &[Protocol::Tls12];
const TLS13: &[Protocol] = &[Protocol::Tls13];
const OLD: &[Protocol] = &[Protocol::Tls10, Protocol::Tls11];
const TO_12: &[Protocol] = &[Protocol::Tls11, Protocol::Tls12];

const fn rule(versions: &'static [Protocol], suites: &'static str) -> Rule {
    Rule {
        versions,
        suites,
        signatures: "",
    }
}

const fn with_groups(
    versions: &'static [Protocol],
    suites: &'static str,
    signatures: &'static str,
) -> Rule {
    Rule {
        versions,
        suites,
        signatures,
    }
}

/// Servers and clients, and whether they are to agree.
static PAIRS: [(Rule, Rule, bool); 20] = [
    (rule(NEW, "13021301C030"), rule(NEW, "13011302C030"), true),
    (rule(NEW, "13011302"), rule(NEW, "13021301C030"), true),
    (rule(NEW, "1303C030"), rule(NEW, "13011302C030"), false),
    (rule(NEW, "C030C02F"), rule(NEW, "1302C02FC030"), true),
    (rule(TLS12, "C02FC030"), rule(NEW, "1302C030C02F"), true),
    (rule(TLS13, "1302"), rule(TLS12, "C030"), false),
    (rule(TLS12, "C030"), rule(TLS13, "1302"), false),
    (rule(TLS12, "0035002F"), rule(TLS12, "002F0035"), true),
    (rule(TLS12, "0035"), rule(TLS12, "002F"), false),
    (
        rule(TLS12, "009D009C003D003C"),
        rule(TLS12, "003C009C"),
        true,
    ),
    (rule(TLS12, "00390033"), rule(TLS12, "0033C030"), true),
    (rule(TLS12, "C02CC02B"), rule(TLS12, "C02BC02C"), false),
    (rule(TLS12, "C02CC030"), rule(TLS12, "C02CC030"), true),
    (rule(OLD, "0035002F"), rule(TO_12, "002F0035"), true),
    (rule(OLD, "C013"), rule(TLS12, "C013"), false),
    (rule(TO_12, "C030"), rule(OLD, "C0140035"), false),
    (
        with_groups(TLS12, "C030", "ServerKexECurves 0024\n"),
        with_groups(TLS12, "C030", "ClientECurves 0023\n"),
        false,
    ),
    (
        with_groups(TLS12, "C030009D", "ServerKexECurves 0024\n"),
        with_groups(TLS12, "C030009D", "ClientECurves 0023\n"),
        true,
    ),
    (
        with_groups(TLS13, "1301", "ServerKeyShareGroups 0025\n"),
        with_groups(
            TLS13,
            "1301",
            "ClientECurves 00230025\nClientKeyShareGroups 0023\n",
        ),
        true,
    ),
    (
        with_groups(TLS13, "1301", "ServerKeyShareGroups 0024\n"),
        with_groups(
            TLS13,
            "1301",
            "ClientECurves 00290023\nClientKeyShareGroups 0029\n",
        ),
        false,
    ),
];

fn text(rule: &Rule, role: &str) -> String {
    let versions: String = Protocol::ALL
        .into_iter()
        .map(|version| {
            let on = if rule.versions.contains(&version) {
                "On"
            } else {
                "Off"
            };
            format!("{} {on}\n", version.attribute())
        })
        .collect();
    let signatures = match rule.signatures {
        "" => String::new(),
        lines => format!("TTLSSignatureParms\n{{\n{lines}}}\n"),
    };
    format!(
        "TTLSRule R\n{{\nJobname J\nDirection Both\nTTLSGroupActionRef G\nTTLSEnvironmentActionRef E\n}}\n\
         TTLSGroupAction G\n{{\nTTLSEnabled On\n}}\n\
         TTLSEnvironmentAction E\n{{\nHandshakeRole {role}\n\
         TTLSEnvironmentAdvancedParms\n{{\n{versions}}}\n\
         TTLSCipherParms\n{{\nV3CipherSuites4Char {}\n}}\n{signatures}}}\n",
        rule.suites
    )
}

fn with<T>(rule: &Rule, role: &str, ask: impl FnOnce(Settings) -> T) -> T {
    let lowered = lower(&parse(text(rule, role).as_bytes()), "p");
    assert_eq!(lowered.findings, []);
    let found = lowered.policy.of(&TTLS_RULE).next().unwrap();
    let named = Named::of(&lowered.policy);
    ask(Settings::of(&View::of(&named, found, Release::V3R1)))
}

/// OpenSSL's name for each number of a suite.
fn names() -> Vec<(u16, String)> {
    let output = Command::new("openssl")
        .args(["ciphers", "-V", "ALL:@SECLEVEL=0"])
        .output()
        .unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let parse = |line: &str| {
        let (number, rest) = line.trim().split_once(" - ")?;
        let (high, low) = number.split_once(',')?;
        let byte = |text: &str| u16::from_str_radix(text.trim_start_matches("0x"), 16).ok();
        Some((
            byte(high)? * 256 + byte(low)?,
            rest.split_whitespace().next()?.to_owned(),
        ))
    };
    lines.lines().filter_map(parse).collect()
}

/// The options that make OpenSSL do what a rule says.
fn options(side: &Side, names: &[(u16, String)]) -> Vec<String> {
    let of = |version: Protocol| {
        let all = side.suites_of(version).into_iter();
        let known = all.filter_map(|suite| names.iter().find(|(number, _)| *number == suite));
        known.map(|(_, name)| name.clone()).collect::<Vec<_>>()
    };
    let mut options: Vec<String> = Vec::new();
    for (version, off) in [
        (Protocol::Tls10, "-no_tls1"),
        (Protocol::Tls11, "-no_tls1_1"),
        (Protocol::Tls12, "-no_tls1_2"),
        (Protocol::Tls13, "-no_tls1_3"),
    ] {
        if !side.versions.contains(&version) {
            options.push(off.to_owned());
        }
    }
    let (old, new) = (of(Protocol::Tls12), of(Protocol::Tls13));
    options.extend([
        "-cipher".to_owned(),
        format!("{}:@SECLEVEL=0", old.join(":")),
    ]);
    if old.is_empty() {
        options.pop();
        options.push("ALL:@SECLEVEL=0".to_owned());
    }
    if !new.is_empty() {
        options.extend(["-ciphersuites".to_owned(), new.join(":")]);
    }
    // OpenSSL has one list for all versions, and sends a key share for the first.
    let groups = match side.versions.last() {
        Some(Protocol::Tls13) => side.groups13.as_ref(),
        _ => side.groups.as_ref(),
    };
    let groups = groups.into_iter().flatten();
    let known = groups.map(|group| group_name(*group).replace('x', "X"));
    let known: Vec<_> = known.filter(|name| name != "secp192r1").collect();
    options.extend(["-groups".to_owned(), known.join(":")]);
    options
}

/// Version and suite on which OpenSSL's programs agree.
fn agreed(directory: &Path, server: &[String], client: &[String]) -> Option<(String, String)> {
    let listening = Command::new("openssl")
        .current_dir(directory)
        .args([
            "s_server",
            "-accept",
            "127.0.0.1:0",
            "-naccept",
            "1",
            "-serverpref",
            "-key",
            "key",
            "-cert",
            "cert",
        ])
        .args(server)
        // It ends with its input.
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut listening = Running(listening.unwrap());
    // Kept to the end: the server would stumble over a closed pipe.
    let mut output = BufReader::new(listening.0.stdout.take().unwrap()).lines();
    let address = output.by_ref().map_while(Result::ok).find_map(|line| {
        let address = line.strip_prefix("ACCEPT ")?;
        Some(address.to_owned())
    });
    let address = address.unwrap_or_else(|| panic!("no server with {server:?}"));
    let client = Command::new("openssl")
        .args(["s_client", "-brief", "-connect", &address])
        .args(client)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&client.stderr).into_owned()
        + &String::from_utf8_lossy(&client.stdout);
    let word = |name: &str| {
        let mut lines = text.lines();
        lines.find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()))
    };
    Some((word("Protocol version:")?, word("Ciphersuite:")?))
}

#[test]
fn predictions_are_what_happens_between_openssl_and_openssl() {
    if !openssl() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let made = Command::new("openssl")
        .current_dir(directory.path())
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "cert",
        ])
        .args(["-subj", "/CN=localhost", "-days", "2"])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let names = names();
    for (number, (server, client, agrees)) in PAIRS.iter().enumerate() {
        let (peer, client_options) = with(client, "Client", |settings| {
            (
                Peer::of_rule("client", &settings),
                options(&settings.side, &names),
            )
        });
        let (outcome, server_options) = with(server, "Server", |mut settings| {
            settings.side.keys = vec![Key::Rsa];
            (handshake(&settings, &peer), options(&settings.side, &names))
        });
        let predicted = match &outcome {
            Outcome::Succeeds(success) => {
                let version = success.agreed.version.attribute();
                let suite = success.agreed.choices[0].suite;
                let name = names.iter().find(|(number, _)| *number == suite);
                Some((version.to_owned(), name.unwrap().1.clone()))
            }
            Outcome::Fails(_) => None,
        };
        assert_eq!(predicted.is_some(), *agrees, "{number}: {outcome:?}");
        let happened = agreed(directory.path(), &server_options, &client_options);
        assert_eq!(
            happened, predicted,
            "{number}: {server_options:?} {client_options:?}"
        );
    }
}
