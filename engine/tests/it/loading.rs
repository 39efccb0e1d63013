//! What is said of policies and key rings that cannot be used.

use generator::policy::table::suites::Protocol;

use crate::certificates::Kind;
use crate::fixture::*;

#[track_caller]
fn refused(place: &Place, policy: &str, words: &[&str]) {
    place.put_policy(policy);
    let said = place.refused();
    for one in words {
        assert!(said.contains(one), "{one}: {said}");
    }
}

#[test]
fn a_parameter_that_is_not_done_is_refused_by_name_and_place() {
    let place = Place::new();
    let more = format!("{BOTH}\n    TruncatedHMAC Required");
    let words = [
        "ttls.policy:",
        "error: `TruncatedHMAC Required` is not done by this engine: OpenSSL does not have it",
    ];
    refused(&place, &rule("WEB", "Server", MODERN, &more), &words);
    let secret = MODERN.replace(
        "Keyring root/R",
        "Keyring /etc/key.kdb\n    KeyringPw verysecret",
    );
    place.put_policy(&rule("WEB", "Server", &secret, BOTH));
    let said = place.refused();
    assert!(
        said.contains("`KeyringPw ********`") && !said.contains("verysecret"),
        "{said}"
    );
}

#[test]
fn a_parameter_that_counts_for_no_protected_rule_is_not_refused() {
    let place = Place::new();
    let more = format!("{BOTH}\n    TruncatedHMAC Required");
    let policy = rule("WEB", "Server", MODERN, &more).replace("TTLSEnabled On", "TTLSEnabled Off");
    place.put_policy(&policy);
    place.start(&[Program::echo().inbound("WEB")], &[]);
}

#[test]
fn errors_of_the_checker_stop_the_load() {
    let place = Place::new();
    let policy = rule("WEB", "Server", MODERN, BOTH).replace(
        "TTLSEnvironmentActionRef WEB_E",
        "TTLSEnvironmentActionRef NOBODY",
    );
    refused(
        &place,
        &policy,
        &[
            "ttls.policy:6: error AT",
            "NOBODY",
            "the policy is not loaded",
        ],
    );
    place.put("image.conf", b"TTLSConfig /nowhere/ttls.policy\n", 0o644);
    let said = place.refused();
    assert!(said.contains("image.conf:1: error AT"), "{said}");
}

#[test]
fn key_rings_that_cannot_be_used_are_told_with_their_codes() {
    let place = Place::new();
    let with = |ring: &str, label: &str| {
        let label = if label.is_empty() {
            String::new()
        } else {
            format!("\n    CertificateLabel {label}")
        };
        rule(
            "WEB",
            "Server",
            &MODERN.replace("root/R", ring),
            &format!("{BOTH}{label}"),
        )
    };
    refused(
        &place,
        &with("root/NONE", ""),
        &["error RC 202: key ring root/NONE: there is no key ring"],
    );
    refused(&place, &with("NONE", ""), &["/rings/", "error RC 202"]);
    refused(
        &place,
        &with("*TOKEN*/ICSF", ""),
        &["error RC 202", "PKCS #11"],
    );
    refused(
        &place,
        &with("root/R", "OTHER"),
        &["error RC 6: key ring root/R: the key ring has no certificate labelled `OTHER`"],
    );
    place.put_authority("EMPTY", "CA", &place.authority.pem());
    refused(
        &place,
        &with("root/EMPTY", ""),
        &["error RC 7: key ring root/EMPTY"],
    );
    place.put(
        "rings/root/OPEN/personal/ONE.pem",
        &place.authority.issue("one", Kind::Ec).pem_with_key(),
        0o644,
    );
    refused(
        &place,
        &with("root/OPEN", ""),
        &["error RC 416", "group or others may read it", "chmod go="],
    );
    let (one, two) = (
        place.authority.issue("one", Kind::Ec),
        place.authority.issue("two", Kind::Ec),
    );
    let mixed = [
        one.pem(),
        two.key.private_key_to_pem_pkcs8().expect("a key"),
    ]
    .concat();
    place.put_personal("MIXED", "ONE", &mixed);
    refused(&place, &with("root/MIXED", ""), &["error RC 428"]);
    place.put_personal(
        "BROKEN",
        "ONE",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    refused(&place, &with("root/BROKEN", ""), &["error RC 103"]);
}

#[test]
fn a_configuration_of_several_stacks_wants_one_named() {
    let place = Place::new();
    place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
    let image = place.path("image.conf").display().to_string();
    place.put(
        "pagent.conf",
        format!("TcpImage ONE {image}\nTcpImage TWO {image}\n").as_bytes(),
        0o644,
    );
    assert!(
        place
            .refused()
            .contains("choose one with --stack: ONE, TWO")
    );
    let engine = place.start(&[Program::echo().inbound("WEB")], &["--stack", "two"]);
    assert!(
        engine.log().contains("policy of stack TWO loaded: 1 rule"),
        "{}",
        engine.log()
    );
}

#[test]
fn ssl_v3_is_warned_of_where_it_is_there_and_refused_where_it_is_not() {
    let place = Place::new();
    let policy = rule("WEB", "Server", MODERN, &format!("{BOTH}\n    SSLv3 On"));
    if engine::tls::has_version(Protocol::SslV3) {
        place.put_policy(&policy);
        let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
        engine.wait_for("warning: SSL V3 is on");
    } else {
        refused(
            &place,
            &policy,
            &["error RC 412: the OpenSSL of this engine has no SSL"],
        );
    }
}

#[test]
fn the_list_of_what_is_done_is_printed() {
    let engine = env!("CARGO_BIN_EXE_gatehouse-engine");
    let plain = text(&run(engine, &["support"], "").stdout);
    assert!(
        plain.contains("  TruncatedHMAC                        refused unless Off or Optional: "),
        "{plain}"
    );
    let json = text(&run(engine, &["support", "--json"], "").stdout);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).expect("JSON");
    assert_eq!(rows.len(), 214);
    assert!(rows.iter().any(|row| row["attribute"] == "TruncatedHMAC"
        && row["standing"] == "refused"
        && row["unless"][0] == "Off"));
}
