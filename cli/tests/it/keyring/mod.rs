//! `gatehouse keyring`: what the commands leave on the disk, say, and end with.

mod formats;
mod policy;

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{Ran, files, run};

/// A directory with key rings below `rings`.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let rings = ["--keyrings", "rings"];
        let all: Vec<_> = arguments.iter().copied().chain(rings).collect();
        run(self.0.path(), "keyring", &all, b"")
    }

    /// What a command prints that does its work.
    #[track_caller]
    fn done(&self, line: &str) -> Ran {
        let ran = self.run(&words(line));
        assert_eq!(ran.code, Some(0), "{line}: {}{}", ran.out, ran.errors);
        ran
    }

    /// What a command says that ends with this code.
    #[track_caller]
    fn ends(&self, code: i32, line: &str) -> String {
        let ran = self.run(&words(line));
        assert_eq!(ran.code, Some(code), "{line}: {}{}", ran.out, ran.errors);
        ran.out + &ran.errors
    }

    #[track_caller]
    fn list(&self, ring: &str) -> Value {
        let ran = self.done(&format!("list {ring} --json"));
        let all: Value = serde_json::from_str(&ran.out).unwrap();
        all["rings"][0].clone()
    }
}

/// Words between blanks.
fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

fn labels(ring: &Value) -> Vec<String> {
    let all = ring["certificates"].as_array().unwrap().iter();
    let label = |one: &Value| {
        let mark = if one["default"] == true { "*" } else { "" };
        format!(
            "{} {}{mark}",
            one["usage"].as_str().unwrap(),
            one["label"].as_str().unwrap()
        )
    };
    all.map(label).collect()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn a_first_ring_takes_two_commands() {
    let place = Place::new();
    let made = place.done("create WEB/R").out;
    assert!(made.starts_with("WEB/R: made, in rings"), "{made}");
    let made = place.done(
        "generate WEB/R --label SERVER --host www.example.com --host 192.0.2.1 --self-signed",
    );
    assert!(
        made.out
            .starts_with("WEB/R SERVER: CN=www.example.com, EC P-256, until "),
        "{}",
        made.out
    );
    assert!(
        made.out.ends_with("; the default of the ring\n"),
        "{}",
        made.out
    );
    let ring = place.list("web/R");
    assert_eq!(ring["name"], "WEB/R");
    let one = &ring["certificates"][0];
    let days = one["days_left"].as_i64().unwrap();
    assert!((396..=397).contains(&days), "{days}");
    assert_eq!(
        one["names"],
        serde_json::json!(["www.example.com", "192.0.2.1"])
    );
    assert_eq!(one["chain_complete"], true);
    assert_eq!(place.ends(0, "check WEB/R"), "WEB/R: nothing to say\n");
    let file = fs::metadata(place.path("rings/WEB/R/personal/SERVER.pem")).unwrap();
    assert_eq!(file.mode() & 0o777, 0o600);
    let listed = place.done("list").out;
    assert!(
        listed.contains("\n  SERVER  personal, default  EC P-256  until "),
        "{listed}"
    );
    let whole = place.done("list WEB/R").out;
    for fact in ["subject", "serial", "valid", "signature", "SHA-256"] {
        assert!(whole.contains(&format!("\n    {fact} ")), "{whole}");
    }
    assert!(!whole.contains("PRIVATE"), "{whole}");
}

#[test]
fn a_test_authority_issues_and_rings_share_it() {
    let place = Place::new();
    for line in [
        "create CA/TEST",
        "ca create CA/TEST --label ROOT --subject CN=Root,O=Example",
        "create WEB/R",
        "generate WEB/R --label SERVER --host localhost --key rsa2048 --ca ROOT --ca-ring CA/TEST",
        "connect WEB/R ROOT --from CA/TEST --authority",
        "create APP/CLIENT",
        "connect APP/CLIENT ROOT --from CA/TEST --authority --as Test/CA",
    ] {
        place.done(line);
    }
    assert_eq!(
        labels(&place.list("CA/TEST")),
        ["personal ROOT*", "authority ROOT"]
    );
    assert_eq!(place.ends(0, "check CA/TEST"), "CA/TEST: nothing to say\n");
    let ring = place.list("WEB/R");
    assert_eq!(labels(&ring), ["personal SERVER*", "authority ROOT"]);
    assert_eq!(ring["certificates"][0]["issuer"], "CN=Root,O=Example");
    assert_eq!(ring["certificates"][0]["key"]["bits"], 2048);
    assert_eq!(labels(&place.list("APP/CLIENT")), ["authority Test/CA"]);
    assert!(
        place
            .path("rings/APP/CLIENT/certauth/Test%2FCA.pem")
            .exists()
    );
    assert!(!text(&place.path("rings/APP/CLIENT/certauth/Test%2FCA.pem")).contains("PRIVATE"));
    assert_eq!(place.ends(0, "check WEB/R"), "WEB/R: nothing to say\n");
    // In one ring, the authority does not become what servers present.
    place.done("generate CA/TEST --label SERVER --host localhost --ca ROOT");
    assert_eq!(
        labels(&place.list("CA/TEST")),
        ["personal ROOT", "personal SERVER*", "authority ROOT"]
    );
    let said = place.ends(2, "generate WEB/R --label X --host localhost --ca SERVER");
    assert!(said.contains("`SERVER` of WEB/R is no authority"), "{said}");
    let said = place.ends(2, "generate WEB/R --label X --host localhost --ca NONE");
    assert!(
        said.contains("`gatehouse keyring ca create` makes one"),
        "{said}"
    );
}

#[test]
fn the_default_stays_until_another_one_is_chosen() {
    let place = Place::new();
    place.done("create R");
    for label in ["B", "A", "C"] {
        place.done(&format!(
            "generate R --label {label} --host localhost --self-signed"
        ));
    }
    assert_eq!(
        labels(&place.list("R")),
        ["personal A", "personal B*", "personal C"]
    );
    let said = place.ends(2, "remove R B");
    assert!(said.contains("is the default of"), "{said}");
    place.done("default R C");
    place.done("remove R B");
    assert_eq!(labels(&place.list("R")), ["personal A", "personal C*"]);
    place.done("remove R C --force");
    assert_eq!(labels(&place.list("R")), ["personal A*"], "the only one");
    let said = place.ends(2, "default R Z");
    assert!(
        said.contains("no personal certificate labelled `Z`"),
        "{said}"
    );
    let said = place.ends(2, "remove R Z");
    assert!(said.contains("has nothing labelled `Z`"), "{said}");
    let said = place.ends(2, "remove R --all");
    assert!(said.contains("is not empty"), "{said}");
    place.done("remove R --all --force");
    assert_eq!(place.done("list").out, "");
    let said = place.ends(2, "list R");
    assert!(said.contains("there is no key ring"), "{said}");
}

#[test]
fn a_ring_that_was_made_by_hand_keeps_its_only_certificate_as_the_default() {
    let place = Place::new();
    place.done("create R");
    place.done("generate R --label OLD --host localhost --self-signed");
    let ring = place.done("list").out.lines().next().unwrap().to_owned();
    fs::remove_file(place.path(&format!("rings/{ring}/default"))).unwrap();
    place.done("generate R --label NEW --host localhost --self-signed");
    assert_eq!(labels(&place.list("R")), ["personal NEW", "personal OLD*"]);
    place.done("generate R --label THIRD --host localhost --self-signed --default");
    assert_eq!(
        labels(&place.list("R")),
        ["personal NEW", "personal OLD", "personal THIRD*"]
    );
}

#[test]
fn labels_are_not_taken_twice_unless_replaced() {
    let place = Place::new();
    place.done("create R");
    let line = "generate R --label A --host localhost --self-signed";
    place.done(line);
    let before = place.list("R")["certificates"][0]["serial"].clone();
    let said = place.ends(2, line);
    assert!(
        said.contains("labelled `A` already") && said.contains("--replace"),
        "{said}"
    );
    assert_eq!(place.list("R")["certificates"][0]["serial"], before);
    place.done(&format!("{line} --replace"));
    assert_ne!(place.list("R")["certificates"][0]["serial"], before);
    assert!(place.ends(2, "create R").contains("there is a key ring"));
    let said = place.ends(2, "ca create R --label A");
    assert!(said.contains("labelled `A` already"), "{said}");
}

#[test]
fn what_ends_soon_is_reported_with_a_code() {
    let place = Place::new();
    place.done("create R");
    assert_eq!(place.ends(0, "expiry"), "");
    place.done("generate R --label LONG --host localhost --self-signed --days 300");
    place.done("generate R --label SHORT --host localhost --self-signed --days 10");
    let said = place.ends(1, "expiry");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("/R  SHORT  "), "{said}");
    assert_eq!(place.ends(0, "expiry --within 5"), "");
    let said = place.ends(1, "expiry R --within 400");
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.lines().next().unwrap().contains("SHORT"), "{said}");
    let ran = place.run(&words("expiry --json"));
    let all: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(all["certificates"][0]["label"], "SHORT");
    assert!(
        all["certificates"][0]["ring"]
            .as_str()
            .unwrap()
            .ends_with("/R")
    );
    let said = place.ends(0, "check R");
    assert!(said.contains("SHORT: warning: ends on "), "{said}");
}

#[test]
fn what_the_engine_would_refuse_is_told_with_what_mends_it() {
    let place = Place::new();
    place.done("create WEB/R");
    place.done("generate WEB/R --label A --host localhost --self-signed");
    let key = place.path("rings/WEB/R/personal/A.pem");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let said = place.ends(1, "check WEB/R");
    assert!(
        said.contains("chmod go= '") && said.contains("A.pem'"),
        "{said}"
    );
    assert!(place.ends(2, "list WEB/R").contains("chmod go="));
    assert!(place.ends(2, "expiry").contains("chmod go="));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(place.path("rings/WEB/R/default"), "NONE\n").unwrap();
    let said = place.ends(1, "check");
    assert!(said.contains("names the label `NONE`"), "{said}");
    let ran = place.run(&words("check --json"));
    let all: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(all["rings"][0]["remarks"][0]["severity"], "error");
    place.done("default WEB/R A");
    assert_eq!(place.ends(0, "check"), "WEB/R: nothing to say\n");
}

#[test]
fn command_lines_that_make_no_sense_are_told() {
    let place = Place::new();
    for (line, words) in [
        ("create ../x", "is not the name of a key ring"),
        ("create /etc/key.kdb", "key database"),
        ("list NO/SUCH", "there is no key ring"),
        ("list", "rings"),
        ("create R --user no-such-user", "this host has no user"),
        (
            "generate R --label A --host a..b --self-signed",
            "neither a DNS name",
        ),
        (
            "generate R --label A --host a --key rsa512 --self-signed",
            "no kind of key",
        ),
        ("generate R --label A --host a", "--self-signed"),
        (
            "generate R --label A --subject XX=a --self-signed",
            "is no part of a name",
        ),
        (
            "generate R --label A --host a --self-signed",
            "there is no key ring",
        ),
        ("import R none.pem --label A", "none.pem"),
        ("export R A", "there is no key ring"),
        ("expiry --within soon", "soon"),
    ] {
        let said = place.ends(2, line);
        assert!(said.contains(words), "{line}: {said}");
    }
}

#[test]
fn rings_of_another_user_are_given_to_that_user() {
    let place = Place::new();
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        // Only root gives files away.
        return;
    }
    let Some((user, _)) = ::keyring::user_named("nobody") else {
        return;
    };
    place.done("create WEB/R --user nobody");
    place.done("generate WEB/R --label A --host localhost --self-signed");
    for file in ["", "personal", "certauth", "personal/A.pem", "default"] {
        let found = fs::metadata(place.path("rings/WEB/R").join(file)).unwrap();
        assert_eq!(found.uid(), user, "{file}");
    }
    // Root takes the ring for what it is to its owner.
    assert_eq!(place.ends(0, "check"), "WEB/R: nothing to say\n");
}
