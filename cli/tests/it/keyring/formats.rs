//! Files to and from the program `openssl`, which is what most people have.
//!
//! Without it these tests are skipped, but not where `CI` is set.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{Place, labels, text};

/// Runs `openssl` in the directory; what it printed.
#[track_caller]
fn openssl(directory: &Path, line: &str) -> String {
    let output = Command::new("openssl")
        .current_dir(directory)
        .args(line.split_whitespace())
        .env("SECRET", "a password")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{line}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned() + &said
}

fn is_there() -> bool {
    let found = Command::new("openssl").arg("version").output().is_ok();
    assert!(
        found || std::env::var_os("CI").is_none(),
        "`openssl` is not installed"
    );
    found
}

/// A directory with a root, an issuer below it and a server's certificate, made by `openssl`: root.pem,
/// sub.pem, server.pem, server.key; in chain.pem all three in no order.
fn made() -> Option<Place> {
    if !is_there() {
        return None;
    }
    let place = Place::new();
    let here = place.0.path();
    std::fs::write(here.join("ca.ext"), "basicConstraints=critical,CA:TRUE\n").unwrap();
    std::fs::write(here.join("pass"), "a password\nand no more\n").unwrap();
    for line in [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -subj /CN=Root -days 30",
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout sub.key -out sub.csr -subj /CN=Sub",
        "x509 -req -in sub.csr -CA root.pem -CAkey root.key -CAcreateserial -out sub.pem -days 30 -extfile ca.ext",
        "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /C=DE/O=Example/CN=server",
        "x509 -req -in server.csr -CA sub.pem -CAkey sub.key -CAcreateserial -out server.pem -days 90",
    ] {
        openssl(here, line);
    }
    let chain: String = ["root.pem", "server.pem", "sub.pem"]
        .map(|name| text(&here.join(name)))
        .concat();
    std::fs::write(here.join("chain.pem"), chain).unwrap();
    place.done("create R");
    Some(place)
}

#[test]
fn chains_come_in_any_order_and_with_the_key_anywhere() {
    let Some(place) = made() else { return };
    for (label, files) in [
        ("A", "chain.pem server.key"),
        ("B", "server.key root.pem sub.pem server.pem"),
    ] {
        let ran = place.done(&format!("import R {files} --label {label}"));
        assert!(
            ran.out
                .contains("CN=server,O=Example,C=DE, RSA 2048, until "),
            "{}",
            ran.out
        );
    }
    let ring = place.list("R");
    assert_eq!(labels(&ring), ["personal A*", "personal B"]);
    let one = &ring["certificates"][0];
    assert_eq!(one["chain"], serde_json::json!(["CN=Sub", "CN=Root"]));
    assert_eq!(one["chain_complete"], true);
    // The second one is the same certificate, which is worth saying.
    let said = place.ends(0, "import R chain.pem server.key --label B --replace");
    assert!(said.contains("`A` is the same certificate"), "{said}");
    place.done("export R A --chain --out sent.pem");
    openssl(
        place.0.path(),
        "verify -CAfile root.pem -untrusted sent.pem sent.pem",
    );
    assert!(!text(&place.path("sent.pem")).contains("PRIVATE"));
}

#[test]
fn what_is_missing_or_too_much_is_told() {
    let Some(place) = made() else { return };
    for (line, words) in [
        (
            "import R server.pem --label A",
            "there is no private key for it",
        ),
        ("import R server.key --label A", "no certificate"),
        (
            "import R root.pem server.key --label A",
            "belongs to none of the certificates",
        ),
        (
            "import R server.pem server.key root.key --label A",
            "several private keys",
        ),
        (
            "import R root.pem root.key --label A --authority",
            "hold a private key",
        ),
        ("import R server.csr --label A", "certificate request"),
        ("import R pass --label A", "neither PEM nor DER"),
        ("import R server.pem server.key", "with --label"),
        ("import R . --label A", "no regular file"),
    ] {
        let said = place.ends(2, line);
        assert!(said.contains(words), "{line}: {said}");
    }
    assert_eq!(labels(&place.list("R")), [""; 0]);
    let said = place.ends(
        0,
        "import R server.pem server.key root.pem server.pem --label A",
    );
    assert!(said.contains("comes twice"), "{said}");
    assert!(said.contains("`CN=Root` is none of its issuers"), "{said}");
    assert!(
        said.contains("its chain is not complete: `CN=Sub` is neither"),
        "{said}"
    );
    place.done("import R root.pem --label CA --authority");
    place.done("import R sub.pem --label SUB --authority");
    assert_eq!(place.list("R")["certificates"][0]["chain_complete"], true);
}

#[test]
fn pkcs12_comes_with_old_and_new_algorithms_and_passwords_from_elsewhere() {
    let Some(place) = made() else { return };
    let here = place.0.path();
    let export = "pkcs12 -export -in server.pem -inkey server.key -certfile chain.pem -name Server -passout env:SECRET";
    openssl(here, &format!("{export} -out new.p12"));
    openssl(here, &format!("{export} -out old.p12 -legacy"));
    for (at, file) in ["new.p12", "old.p12"].into_iter().enumerate() {
        let said = place.ends(2, &format!("import R {file}"));
        assert!(said.contains("--password-file"), "{said}");
        let ran = place.done(&format!(
            "import R {file} --password-file pass --label L{at}"
        ));
        assert!(!(ran.out + &ran.errors).contains("a password"));
    }
    let ran = place.done("import R new.p12 --password-file pass");
    assert!(ran.out.contains(" Server: "), "its own name: {}", ran.out);
    assert_eq!(
        labels(&place.list("R")),
        ["personal L0*", "personal L1", "personal Server"]
    );
    assert_eq!(place.list("R")["certificates"][0]["chain_complete"], true);
    std::fs::write(here.join("other"), "not it\n").unwrap();
    let said = place.ends(2, "import R new.p12 --label X --password-file other");
    assert!(
        said.contains("new.p12: the password does not fit"),
        "{said}"
    );
    assert!(!said.contains("not it"), "{said}");
    let said = place.ends(
        2,
        "import R new.p12 --label X --password-env NO_SUCH_VARIABLE",
    );
    assert!(said.contains("no variable `NO_SUCH_VARIABLE`"), "{said}");
}

#[test]
fn keys_under_a_password_and_der_are_taken() {
    let Some(place) = made() else { return };
    let here = place.0.path();
    openssl(
        here,
        "pkcs8 -topk8 -in server.key -out closed.key -passout env:SECRET",
    );
    openssl(here, "x509 -in server.pem -outform DER -out server.der");
    openssl(
        here,
        "pkcs8 -topk8 -nocrypt -in server.key -outform DER -out key.der",
    );
    openssl(
        here,
        "crl2pkcs7 -nocrl -certfile chain.pem -outform DER -out chain.p7b",
    );
    place.done("import R server.der closed.key --label A --password-file pass");
    openssl(
        here,
        "x509 -in root.pem -trustout -addtrust serverAuth -out trusted.pem",
    );
    place.done("import R chain.p7b key.der --label B");
    place.done("import R trusted.pem --label ROOT --authority");
    assert_eq!(place.list("R")["certificates"][1]["chain_complete"], true);
    let kept = text(
        &place
            .0
            .path()
            .join("rings")
            .join(place.list("R")["name"].as_str().unwrap())
            .join("personal/A.pem"),
    );
    assert!(!kept.contains("ENCRYPTED"), "the engine asks nobody");
}

#[test]
fn a_request_goes_to_an_authority_and_its_answer_comes_back() {
    let Some(place) = made() else { return };
    let here = place.0.path();
    for (key, label) in [("rsa3072", "A"), ("p384", "B"), ("ed25519", "C")] {
        place.done(&format!(
            "generate R --label {label} --subject CN=www,O=Example --host www.example.com 10.1.1.2 --key {key} --request {label}.csr"
        ));
        let said = openssl(here, &format!("req -in {label}.csr -verify -noout -text"));
        assert!(
            said.contains("DNS:www.example.com, IP Address:10.1.1.2"),
            "{said}"
        );
        assert!(said.contains("O = Example, CN = www"), "{said}");
        openssl(
            here,
            &format!(
                "x509 -req -in {label}.csr -CA sub.pem -CAkey sub.key -CAcreateserial -out {label}.crt -days 60"
            ),
        );
    }
    assert_eq!(
        place.list("R")["requests"],
        serde_json::json!(["A", "B", "C"])
    );
    assert_eq!(labels(&place.list("R")), [""; 0], "nothing to present yet");
    let said = place.ends(2, "generate R --label A --host a --request A.csr");
    assert!(said.contains("A.csr is there already"), "{said}");
    let said = place.ends(2, "generate R --label A --host a --request -");
    assert!(said.contains("request labelled `A` already"), "{said}");
    for label in ["A", "B", "C"] {
        place.done(&format!(
            "import R {label}.crt sub.pem root.pem --label {label}"
        ));
    }
    assert_eq!(
        labels(&place.list("R")),
        ["personal A*", "personal B", "personal C"]
    );
    assert_eq!(place.list("R")["requests"], serde_json::json!([]));
    // An authority that renews for the same key needs nothing but the label.
    openssl(
        here,
        "x509 -req -in A.csr -CA sub.pem -CAkey sub.key -CAcreateserial -out again.crt -days 80",
    );
    place.done("import R again.crt --label A --replace");
    let said = place.ends(2, "import R again.crt --label B --replace");
    assert!(said.contains("no private key for it"), "{said}");
}

#[test]
fn what_is_made_and_exported_openssl_takes() {
    let Some(place) = made() else { return };
    let here = place.0.path();
    for line in [
        "ca create R --label CA --key rsa2048",
        "generate R --label A --host www.example.com --ca CA",
        "export R CA --authority --out ca.pem",
        "export R A --out a.pem",
        "export R A --der --out a.der",
    ] {
        place.done(line);
    }
    let said = openssl(
        here,
        "verify -CAfile ca.pem -x509_strict -verify_hostname www.example.com -purpose sslserver a.pem",
    );
    assert!(said.contains("a.pem: OK"), "{said}");
    openssl(here, "x509 -inform DER -in a.der -noout");
    assert!(
        place
            .ends(2, "export R A --out a.pem")
            .contains("is there already")
    );
    assert_eq!(place.done("export R A").out, text(&here.join("a.pem")));
    let said = place.ends(2, "export R A --with-key");
    assert!(said.contains("--out"), "{said}");
    let said = place.ends(2, "export R A --with-key --out a.p12");
    assert!(said.contains("nobody is there to ask"), "{said}");
    place.done("export R A --with-key --out a.p12 --password-file pass");
    let said = openssl(here, "pkcs12 -in a.p12 -passin env:SECRET -nodes");
    assert!(
        said.contains("BEGIN PRIVATE KEY") && said.contains("friendlyName: A"),
        "{said}"
    );
    use std::os::unix::fs::MetadataExt as _;
    assert_eq!(
        std::fs::metadata(here.join("a.p12")).unwrap().mode() & 0o777,
        0o600
    );
    // And back again.
    place.done("create COPY");
    place.done("import COPY a.p12 --password-file pass");
    assert_eq!(labels(&place.list("COPY")), ["personal A*"]);
}

#[test]
fn an_expired_certificate_is_taken_with_a_warning() {
    let Some(place) = made() else { return };
    let here = place.0.path();
    openssl(
        here,
        "x509 -req -in server.csr -signkey server.key -out old.pem -days -1",
    );
    let said = place.ends(0, "import R old.pem server.key --label A");
    assert!(
        said.contains("warning: ") && said.contains(" ended on "),
        "{said}"
    );
    assert!(place.ends(1, "check R").contains("error: ended on "));
    assert!(place.ends(1, "expiry").contains("has ended"));
}

/// Runs a command of the program on a terminal of its own, and types a line when it asks; what the terminal
/// showed, and the code.
const ON_A_TERMINAL: &str = "
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown = b''
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    line = shown.split(b'\\n')[-1]
    if line.endswith(b': ') and line.startswith((b'Password ', b'The same ')):
        os.write(terminal, b'a password\\n')
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status))
";

#[test]
fn a_password_that_is_typed_is_not_shown() {
    let Some(place) = made() else { return };
    let here = place.0.path();
    openssl(
        here,
        "pkcs12 -export -in server.pem -inkey server.key -out a.p12 -passout env:SECRET",
    );
    for line in [
        "import R a.p12 --label A",
        "export R A --with-key --out b.p12",
    ] {
        let output = Command::new("timeout")
            .current_dir(here)
            .args(["30", "python3", "-c", ON_A_TERMINAL])
            .args([
                env!("CARGO_BIN_EXE_gatehouse"),
                "keyring",
                "--keyrings",
                "rings",
            ])
            .args(line.split_whitespace())
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{shown}");
        assert!(shown.contains("Password "), "{shown}");
        assert!(!shown.contains("a password"), "{shown}");
    }
    openssl(here, "pkcs12 -in b.p12 -passin env:SECRET -noout");
}
