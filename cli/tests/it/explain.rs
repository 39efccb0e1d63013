//! `gatehouse explain`: return codes, messages, words of the language, and logs.

use serde_json::Value;

use super::command;

const POLICY: &str = "\
TTLSRule mq_in
{
  LocalPortRange 1414
  Direction Inbound
  TTLSGroupActionRef grp_on
  TTLSEnvironmentActionRef env_srv
}
TTLSGroupAction grp_on
{
  TTLSEnabled On
}
TTLSEnvironmentAction env_srv
{
  HandshakeRole Server
  TTLSKeyringParms
  {
    Keyring CSQ1/RING
  }
  TTLSCipherParms
  {
    V3CipherSuites TLS_RSA_WITH_AES_128_CBC_SHA
  }
}
";

const LOG: &str = "\
Nov 02 14:07:11 SYSA TTLS[33554480]: 14:07:11 TCPIPA EZD1281I TTLS Map CONNID: 000001F4 LOCAL: 10.4.0.9..1414 REMOTE: 10.7.3.2..51200 JOBNAME: CSQ1CHIN USERID: MQUSER TYPE: InBound STATUS: Enabled RULE: mq_in ACTIONS: grp_on env_old **N/A**
Nov 02 14:07:12 SYSA TTLS[33554480]: 14:07:12 TCPIPA EZD1286I TTLS Error GRPID: 0000000A ENVID: 00000002 CONNID: 000001F4 LOCAL: 10.4.0.9..1414 REMOTE: 10.7.3.2..51200 JOBNAME: CSQ1CHIN USERID: MQUSER RULE: mq_in RC:  402 Initial Handshake
";

/// The code of the program, what it prints, and what it prints of errors.
fn explain(arguments: &[&str], input: &str) -> (i32, String, String) {
    let directory = tempfile::tempdir().unwrap();
    command::files(directory.path(), &[("p", POLICY), ("log.txt", LOG)]);
    let ran = command::run(directory.path(), "explain", arguments, input.as_bytes());
    (ran.code.unwrap(), ran.out, ran.errors)
}

#[test]
fn a_return_code_says_what_it_is_about_and_what_to_do() {
    let (code, text, _) = explain(&["517"], "");
    let expected = "\
517 (System SSL)

  The lists of elliptic curves and of key share groups have no group in common.

Likely causes
  - `ClientECurves` holds none of the groups of `ClientKeyShareGroups`.

Parameters that it may be about
  ClientECurves         TTLSSignatureParms
  ClientKeyShareGroups  TTLSSignatureParms

What to do
  - Add the groups to `ClientECurves`, or write `ClientECurves Any`.

Commands, for example
  NETSTAT TTLS CONN connid DETAIL

Beforehand, `gatehouse check` finds this: AT224 curves-and-groups-apart

Beforehand, the pages find this: GH053 curves-and-groups-apart

Related: 464, 515

Source: trace of a real system
";
    assert_eq!((code, text.as_str()), (0, expected));
    assert_eq!(
        explain(&["RC", "517"], "").1,
        expected,
        "several words are one question"
    );
    assert_eq!(explain(&["-"], "rc=517\n").1, expected);
}

#[test]
fn what_is_not_confirmed_is_said_so() {
    let (_, text, _) = explain(&["5005"], "");
    assert!(
        text.contains("  Believed, and not confirmed: The handshake began"),
        "{text}"
    );
    assert!(
        explain(&["406"], "")
            .1
            .contains("Likely causes (not confirmed)\n")
    );
}

#[test]
fn a_word_of_the_language_has_values_and_defaults() {
    let (code, text, _) = explain(&["HandshakeTimeout"], "");
    assert_eq!(code, 0);
    assert!(text.starts_with("HandshakeTimeout "), "{text}");
    assert!(text.contains("0 to 600 seconds; default 10"), "{text}");
    assert!(
        text.contains("Return codes that may be about it: 5004, 5005"),
        "{text}"
    );
}

#[test]
fn a_log_is_joined_by_connection_and_met_with_the_policy() {
    let (code, text, errors) = explain(&["-", "--config", "p"], LOG);
    assert_eq!((code, errors.as_str()), (0, ""));
    let expected = [
        "Connection 000001F4 of job CSQ1CHIN of user ID MQUSER met rule `mq_in` and failed in its initial handshake with 402.",
        "rule `mq_in` (p:1)",
        "  TTLSGroupAction `grp_on` (p:8)",
        "  TTLSEnvironmentAction `env_srv` (p:12), which the log does not name: the policy has changed",
        "  TLSv1.2         Off  default",
        "  V3CipherSuites  TLS_RSA_WITH_AES_128_CBC_SHA  environment (p:21)",
        "402 GSK_ERR_NO_CIPHERS (System SSL)",
        "2 messages, 1 connection; 0 lines with nothing known",
    ];
    let mut rest = text.as_str();
    for line in expected {
        let Some(at) = rest.find(line) else {
            panic!("{line}\n\n{text}");
        };
        rest = &rest[at..];
    }
    assert_eq!(
        explain(&["log.txt", "--config", "p"], "").1,
        text,
        "a file of lines"
    );
    assert_eq!(explain(&[LOG, "--config", "p"], "").1, text, "pasted");
    let (_, other, _) = explain(&["-", "--config", "p"], &LOG.replace("mq_in", "gone"));
    assert!(
        other.contains("rule `gone` is not in these files"),
        "{other}"
    );
}

#[test]
fn programs_get_fields() {
    let (code, text, _) = explain(&["-", "--json", "--config", "p"], LOG);
    let value: Value = serde_json::from_str(&text).unwrap();
    let connection = &value["answer"]["connections"][0];
    assert_eq!((code, connection["rule"].as_str()), (0, Some("mq_in")));
    assert_eq!(connection["failures"][0]["rc"], 402);
    assert_eq!(value["answer"]["explanations"][0]["source"], "System SSL");
    assert_eq!(value["rules"][0]["place"], "p:1");
    let (_, text, _) = explain(&["at015", "--json"], "");
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["finding"]["name"], "dangling-reference");
}

#[test]
fn what_is_not_known_ends_with_one_and_says_what_is_near() {
    let (code, text, errors) = explain(&["423"], "");
    assert_eq!((code, text.as_str()), (1, ""));
    assert!(errors.contains("nothing is known of `423`"), "{errors}");
    assert!(errors.contains("`422` and `427` are known"), "{errors}");
    let (code, _, errors) = explain(&["-"], "nothing\nof the kind\n");
    assert_eq!(code, 1);
    assert!(errors.contains("none of the 2 lines"), "{errors}");
    assert_eq!(explain(&["-"], "").0, 1);
    assert_eq!(explain(&["402", "--config", "none"], "").0, 2);
}
