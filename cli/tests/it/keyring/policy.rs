//! A ring beside the rules that use it.

use super::{Place, files};

const POLICY: &str = "\
TTLSRule Web
{
  LocalPortRange 8443
  Direction Inbound
  TTLSGroupActionRef On
  TTLSEnvironmentActionRef Serve
}
TTLSRule Out
{
  RemotePortRange 443
  Direction Outbound
  TTLSGroupActionRef On
  TTLSEnvironmentActionRef Call
}
TTLSGroupAction On
{
  TTLSEnabled On
}
TTLSEnvironmentAction Serve
{
  HandshakeRole Server
  TTLSKeyringParms
  {
    Keyring web/R
  }
  TTLSCipherParms
  {
    V3CipherSuites TLS_AES_128_GCM_SHA256
    V3CipherSuites TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
  }
  TTLSEnvironmentAdvancedParms
  {
    TLSv1 Off
    TLSv1.1 Off
    TLSv1.2 On
    TLSv1.3 On
    CertificateLabel SERVER
  }
}
TTLSEnvironmentAction Call
{
  HandshakeRole Client
  TTLSKeyringParms
  {
    Keyring CLIENT
  }
}
";

fn place() -> Place {
    let place = Place::new();
    files(place.0.path(), &[("ttls.policy", POLICY)]);
    place.done("create WEB/R");
    place.done("create APP/CLIENT");
    place
}

#[test]
fn the_key_has_to_go_with_suites_and_signatures() {
    let place = place();
    let check = "check WEB/R --policy ttls.policy";
    let said = place.ends(1, check);
    assert!(
        said.contains("SERVER: error: rule `Web` (ttls.policy:")
            && said.contains("no certificate with a key under it"),
        "{said}"
    );
    place.done("generate WEB/R --label SERVER --host localhost --self-signed --key rsa2048");
    assert_eq!(place.ends(0, check), "WEB/R: nothing to say\n");
    place.done("generate WEB/R --label SERVER --host localhost --self-signed --key p256 --replace");
    let said = place.ends(0, check);
    assert!(
        said.contains(
            "has TLS 1.2 on, and never agrees on it with these certificates: no cipher suite"
        ),
        "{said}"
    );
    place.done(
        "generate WEB/R --label SERVER --host localhost --self-signed --key ed25519 --replace",
    );
    let said = place.ends(1, check);
    assert!(
        said.contains("its key, Ed25519, goes with nothing that rule `Web`"),
        "{said}"
    );
}

#[test]
fn labels_for_names_of_servers_have_to_be_there_too() {
    let place = place();
    let named = POLICY.replace(
        "    CertificateLabel SERVER\n",
        "    ServerHandshakeSNI On\n    ServerHandshakeSNIList www.example.com/WWW\n",
    );
    files(place.0.path(), &[("named.policy", &named)]);
    place.done("generate WEB/R --label A --host localhost --self-signed --key rsa2048");
    let check = "check WEB/R --policy named.policy";
    let said = place.ends(1, check);
    assert!(said.contains("WWW: error: rule `Web`"), "{said}");
    place.done("generate WEB/R --label WWW --host www.example.com --self-signed");
    assert_eq!(place.ends(0, check), "WEB/R: nothing to say\n");
    let said = place.ends(2, "remove WEB/R WWW --policy named.policy");
    assert!(said.contains("`WWW` is used by"), "{said}");
}

#[test]
fn rules_that_want_the_same_are_counted() {
    let place = place();
    let rule = POLICY.split_once("TTLSRule Out").unwrap().0;
    let twice = format!(
        "{POLICY}{}",
        rule.replace("8443", "9443").replace("Web", "Web2")
    );
    files(place.0.path(), &[("twice.policy", &twice)]);
    let said = place.ends(1, "check WEB/R --policy twice.policy");
    assert_eq!(
        said.matches("with 1 other presents the label").count(),
        1,
        "{said}"
    );
    assert_eq!(said.matches("error: ").count(), 1, "{said}");
}

#[test]
fn a_client_needs_authorities_and_its_rule_names_no_owner() {
    let place = place();
    let check = "check APP/CLIENT --policy ttls.policy";
    let said = place.ends(1, check);
    assert!(
        said.contains("rule `Out` (") && said.contains("no authority to trust"),
        "{said}"
    );
    place.done("generate WEB/R --label SERVER --host localhost --self-signed");
    place.done("connect APP/CLIENT SERVER --from WEB/R --authority");
    assert_eq!(place.ends(0, check), "APP/CLIENT: nothing to say\n");
}

#[test]
fn what_a_rule_uses_is_not_removed_by_accident() {
    let place = place();
    place.done("generate WEB/R --label OTHER --host localhost --self-signed");
    place.done("generate WEB/R --label SERVER --host localhost --self-signed");
    let said = place.ends(2, "remove WEB/R SERVER --policy ttls.policy");
    assert!(
        said.contains("`SERVER` is used by rule `Web` (ttls.policy:"),
        "{said}"
    );
    let said = place.ends(2, "remove WEB/R --all --policy ttls.policy");
    assert!(said.contains("WEB/R is used by rule `Web`"), "{said}");
    place.done("remove WEB/R SERVER --policy ttls.policy --force");
    let said = place.ends(2, "check WEB/R --policy none.policy");
    assert!(said.contains("none.policy"), "{said}");
}
