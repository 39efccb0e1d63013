//! `gatehouse simulate`: the rule of a connection, and what keeps others from applying.

use super::command;

const POLICY: &str = "\
TTLSRule web
{
  LocalPortRange 8443
  Direction Inbound
  Priority 30
  TTLSGroupActionRef on
}
TTLSRule mq
{
  LocalAddr 10.1.0.0/16
  LocalPortRange 1414-1415
  Jobname CSQ*
  Direction Inbound
  Priority 20
  IpTimeConditionRef weekdays
  TTLSGroupActionRef on
}
TTLSRule rest
{
  RemoteAddr 2001:db8::/32
  Direction Both
  TTLSGroupActionRef off
}
TTLSGroupAction on
{
  TTLSEnabled On
}
TTLSGroupAction off
{
  TTLSEnabled Off
}
IpTimeCondition weekdays
{
  DayOfWeekMask 0111110
}
";

/// The code and what was printed, for a connection that the arguments describe.
fn simulated(arguments: &[&str]) -> (Option<i32>, String) {
    let (code, text, _) = asked(POLICY, &[&["p"], arguments].concat(), &[]);
    (code, text)
}

/// The code and what was printed, the errors last.
fn asked(policy: &str, arguments: &[&str], input: &[u8]) -> (Option<i32>, String, String) {
    let directory = tempfile::tempdir().unwrap();
    command::files(directory.path(), &[("p", policy)]);
    let ran = command::run(directory.path(), "simulate", arguments, input);
    (ran.code, ran.out, ran.errors)
}

const MQ: [&str; 6] = [
    "--local",
    "10.1.1.2:1414",
    "--remote",
    "10.9.9.9:50000",
    "--direction",
    "inbound",
];

#[test]
fn the_rule_is_named_with_what_keeps_the_earlier_ones_away() {
    let found = simulated(&[&MQ[..], &["--job", "CSQ1CHIN"]].concat());
    let expected = "rule `mq` (p:8): TLS\n  not `web` (p:1): other local ports\n";
    assert_eq!(found, (Some(0), expected.to_owned()));
}

#[test]
fn job_time_and_addresses_count() {
    let (code, text) = simulated(&MQ);
    assert_eq!(code, Some(1));
    assert!(
        text.starts_with("no rule applies: the connection stays in the clear\n"),
        "{text}"
    );
    assert!(text.contains("  not `mq` (p:8): another job\n"), "{text}");
    assert!(
        text.contains("  not `rest` (p:18): other remote addresses\n"),
        "{text}"
    );
    let job = ["--job", "CSQ1CHIN", "--at"];
    let friday = simulated(&[&MQ[..], &job, &["2026-11-20T14:30"]].concat());
    assert_eq!(friday.0, Some(0));
    let (code, text) = simulated(&[&MQ[..], &job, &["2026-11-21"]].concat());
    assert_eq!(code, Some(1));
    assert!(text.contains("not at this time"), "{text}");
    let six = [
        "--local",
        "[::1]:23",
        "--remote",
        "[2001:db8::7]:1",
        "--direction",
        "outbound",
    ];
    let (code, text) = simulated(&six);
    assert_eq!(code, Some(0));
    assert!(text.starts_with("rule `rest` (p:18): TLS is off"), "{text}");
}

#[test]
fn what_is_no_connection_is_refused() {
    for wrong in [
        &MQ[..4],
        &["--local", "10.1.1.2"],
        &["--at", "tomorrow"],
        &["--stack", "TCPIP"],
    ] {
        let arguments = match wrong[0] {
            "--at" | "--stack" => [&MQ[..], wrong].concat(),
            _ => wrong.to_vec(),
        };
        assert_eq!(simulated(&arguments).0, Some(2), "{wrong:?}");
    }
}

const LEDGER: &str = "\
TTLSRule ledger
{
  LocalPortRange 7443
  Direction Inbound
  TTLSGroupActionRef on
  TTLSEnvironmentActionRef server
}
TTLSRule partner
{
  RemotePortRange 7443
  Direction Outbound
  TTLSGroupActionRef on
  TTLSEnvironmentActionRef client
}
TTLSGroupAction on
{
  TTLSEnabled On
}
TTLSEnvironmentAction server
{
  HandshakeRole ServerWithClientAuth
  TTLSKeyringParms
  {
    Keyring LEDGER/RING
  }
  TTLSCipherParms
  {
    V3CipherSuites4Char 1303C030
  }
  TTLSEnvironmentAdvancedParmsRef versions
}
TTLSEnvironmentAction client
{
  HandshakeRole Client
  TTLSKeyringParms
  {
    Keyring RING
  }
  TTLSCipherParms
  {
    V3CipherSuites4Char C02F
  }
  TTLSEnvironmentAdvancedParmsRef versions
}
TTLSEnvironmentAdvancedParms versions
{
  TLSv1 Off
  TLSv1.1 Off
  TLSv1.2 On
  TLSv1.3 On
}
";

const LEDGER_IN: [&str; 7] = [
    "p",
    "--local",
    "10.1.1.2:7443",
    "--remote",
    "10.9.9.9:50000",
    "--direction",
    "inbound",
];

fn of_ledger(peers: &[&str]) -> (Option<i32>, String, String) {
    asked(LEDGER, &[&LEDGER_IN[..], peers].concat(), &[])
}

#[test]
fn a_peer_that_is_refused_is_told_with_code_reason_and_line() {
    let (code, text, errors) = of_ledger(&["--peer", "openssl", "--peer", "windows-2022"]);
    assert_eq!(code, Some(3), "{errors}");
    let expected = "\
rule `ledger` (p:1): TLS
  openssl-3      TLS 1.3, TLS_CHACHA20_POLY1305_SHA256, x25519; client certificate required
  schannel-2022  refused with 402: both have TLS 1.3, and no cipher suite of it in common; older versions are not tried
    p:28: `V3CipherSuites4Char`: add one of TLS_AES_256_GCM_SHA384 and TLS_AES_128_GCM_SHA256
    the peer sees the alert handshake_failure (40)
  assumed: the key ring is not known";
    assert!(text.starts_with(expected), "{text}");
    assert!(
        text.contains("  assumed: schannel-2022: not confirmed: "),
        "{text}"
    );
    let (code, text, _) = of_ledger(&["--peer", "curl"]);
    assert_eq!(code, Some(0), "{text}");
    let (code, text, _) = of_ledger(&["--peer", "curl", "--without-certificate"]);
    assert_eq!(code, Some(3));
    assert!(
        text.contains("curl  refused with 5001: the peer has no certificate"),
        "{text}"
    );
    assert!(
        text.contains("    p:1: `ClientAuthType` of `TTLSEnvironmentAdvancedParms`, not coded: "),
        "{text}"
    );
}

#[test]
fn rules_are_peers_of_each_other() {
    let (code, text, _) = of_ledger(&["--peer", "rule=partner"]);
    assert_eq!(code, Some(3));
    let expected =
        "rule=partner  refused with 402: both have TLS 1.2, and no cipher suite of it in common";
    assert!(text.contains(expected), "{text}");
    let (code, _, errors) = of_ledger(&["--peer", "rule=nobody"]);
    assert_eq!(
        (code, errors.as_str()),
        (
            Some(2),
            "gatehouse: there is no rule `nobody` that turns TLS on\n"
        )
    );
}

#[test]
fn the_whole_library_is_asked_and_listed() {
    let (code, text, _) = of_ledger(&["--peer", "all"]);
    assert_eq!(code, Some(3));
    let (_, list, _) = asked(LEDGER, &["--peers"], &[]);
    let names = list.lines().filter(|line| !line.starts_with(' '));
    let names: Vec<_> = names
        .filter_map(|line| line.split([',', ':']).next())
        .collect();
    assert!(names.len() >= 15 && names.contains(&"x3270"), "{list}");
    for name in names {
        assert!(text.contains(&format!("\n  {name} ")), "{name}: {text}");
    }
    let (code, _, errors) = of_ledger(&["--peer", "nobody"]);
    assert_eq!(code, Some(2));
    assert!(
        errors.contains("`gatehouse simulate --peers` lists them"),
        "{errors}"
    );
}

#[test]
fn a_captured_hello_is_judged() {
    let hello = include_bytes!("../../../generator/src/analysis/handshake/tests/hello.hex");
    let arguments = [&LEDGER_IN[..], &["--hello", "-"]].concat();
    let (code, text, errors) = asked(LEDGER, &arguments, hello);
    assert_eq!(code, Some(0), "{errors}");
    assert!(
        text.contains("  ClientHello  TLS 1.3, TLS_CHACHA20_POLY1305_SHA256, x25519"),
        "{text}"
    );
    let (code, _, errors) = asked(LEDGER, &arguments, &hello[..200]);
    assert_eq!(code, Some(2));
    assert!(
        errors.starts_with("gatehouse: -: the ClientHello is cut off: "),
        "{errors}"
    );
    let (code, _, errors) = of_ledger(&["--hello", "nothing"]);
    assert_eq!(code, Some(2));
    assert!(errors.starts_with("gatehouse: nothing: "), "{errors}");
}
