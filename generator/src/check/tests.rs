//! What the checks say, and what they do not say.

use std::collections::HashSet;

use super::examples::whole;
use super::*;
use crate::finding::Severity;
use crate::policy::table::statements;
use crate::policy::{emit, lower, parse};

const GOOD: &str = "\
# Both ports of the ledger
TTLSRule ledger
{
  LocalPortGroupRef ports
  RemoteAddrGroupRef partners
  Direction Inbound
  TTLSGroupActionRef on
  TTLSEnvironmentActionRef env
}
TTLSGroupAction on { 
  TTLSEnabled ON
}
TTLSEnvironmentAction env
{
  HandshakeRole Server
  TTLSKeyringParms
  {
    Keyring LEDGER/RING
  }
  TTLSEnvironmentAdvancedParms
  {
    TLSv1 Off
    TLSv1.1 Off
    TLSv1.2 On
  }
}
PortGroup ports
{
  PortRange
  {
    Port 7443
  }
  PortRangeRef more
}
PortRange more
{
  Port 7450 7460
}
IpAddrGroup partners
{
  IpAddr
  {
    Addr 2001:db8::1
  }
  IpAddrSet
  {
    Prefix 10.0.0.0/8
  }
}
";

#[test]
fn a_misspelt_attribute_is_not_missing_as_well() {
    for (text, codes) in [
        (
            "TTLSRule A\n{\n Jobname J\n Dirction Both\n TTLSGroupActionRef G\n}\n",
            "AT002",
        ),
        (
            "TTLSRule A\n{\n ZocalAddr All\n Direction Both\n TTLSGroupActionRef G\n}\n",
            "AT002",
        ),
        (
            "TTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSKeyringParams\n {\n  Keyring a/b\n }\n}\n",
            "AT002",
        ),
    ] {
        let text = [text, "TTLSGroupAction G\n{\n TTLSEnabled Off\n}\n"].concat();
        let lowered = lower(&parse(text.as_bytes()), "test.policy");
        let found = check(&lowered.policy, Release::default(), &lowered.origins);
        let found: Vec<_> = found.iter().map(|finding| finding.page.code).collect();
        assert_eq!(found, [codes], "{text}");
    }
}

/// The policy that raises a code.
fn bad(code: &str) -> String {
    let example = examples::example(code).expect("an example");
    example.bad().remove(0).text
}

fn found(text: &str) -> Vec<Finding> {
    let lowered = lower(&parse(text.as_bytes()), "test.policy");
    assert_eq!(lowered.findings, [], "{text}");
    check(&lowered.policy, Release::default(), &lowered.origins)
}

/// What comes close to an example, and is right.
const RIGHT: [(&str, &str); 16] = [
    (
        "the same suite in two blocks",
        "TTLSCipherParms C\n{\n V3CipherSuites4Char C02CC030\n}\nTTLSCipherParms D\n{\n V3CipherSuites4Char C030\n}\n",
    ),
    (
        "any curve alone",
        "TTLSSignatureParms S\n{\n ClientECurves Any\n ClientKeyShareGroups 0023\n}\n",
    ),
    (
        "codes of two digits, and of four in their place",
        "TTLSCipherParms C\n{\n V3CipherSuites 352F\n V3CipherSuites4Char 1302\n}\n",
    ),
    (
        "a key database with its stash file",
        "TTLSKeyringParms K\n{\n Keyring /etc/tls/server.kdb\n KeyringStashFile /etc/tls/server.sth\n}\n",
    ),
    (
        "virtual rings and tokens",
        "TTLSKeyringParms K\n{\n Keyring *AUTH*/*\n}\nTTLSKeyringParms L\n{\n Keyring *TOKEN*/prod.token\n}\n",
    ),
    (
        "a ring in lower case, and blanks in a label",
        "TTLSKeyringParms K\n{\n Keyring START1/ring\n}\nTTLSConnectionAdvancedParms C\n{\n CertificateLabel My 'old' label 2\n}\n",
    ),
    (
        "an address in brackets",
        "TTLSGskLdapParms L\n{\n GSK_LDAP_SERVER [2001:db8::1]:389\n}\n",
    ),
    (
        "FIPS mode with what is approved",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n FIPS140 Level2\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSCipherParms\n {\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n }\n TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
    ),
    (
        "a block that a server and a client share",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParmsRef S\n}\nTTLSRule B\n{\n Jobname K\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef F\n}\nTTLSEnvironmentAction F\n{\n HandshakeRole Client\n@ring TTLSEnvironmentAdvancedParmsRef S\n}\nTTLSEnvironmentAdvancedParms S\n{\n@new  ClientEDHGroupSize 2048\n  ServerEDHGroupSize 2048\n}\n",
    ),
    (
        "what is switched off or as the default",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  MiddleBoxCompatMode Off\n  ClientEDHGroupSize Legacy\n  ResetCipherTimer 0\n }\n TTLSGskAdvancedParms\n {\n  TTLSGskOcspParms\n  {\n   OcspAiaEnable Off\n   OcspResponseTimeout 15\n  }\n }\n}\n",
    ),
    (
        "one label for both sides",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  CertificateLabel EC\n  ServerCertificateLabel RSA\n  ServerCertificateLabel EC\n }\n}\n",
    ),
    (
        "a client with a label of its own beside that of servers",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Client\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  CertificateLabel EC\n  ServerCertificateLabel RSA\n }\n}\n",
    ),
    (
        "a connection action that repeats its environment",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n TTLSConnectionActionRef C\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole ServerWithClientAuth\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\nTTLSConnectionAction C\n{\n HandshakeRole ServerWithClientAuth\n TTLSConnectionAdvancedParms\n {\n@new }\n}\n",
    ),
    (
        "rules that meet and do the same",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\nTTLSRule B\n{\n LocalPortRange 992\n Direction Inbound\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef F\n}\nTTLSEnvironmentAction F\n{\n HandshakeRole Server\n Trace 7\n@ring TTLSEnvironmentAdvancedParms\n {\n  SSLv3 Off\n@new }\n}\n",
    ),
    (
        "a server's port and what its clients do",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\nTTLSRule B\n{\n RemotePortRange 25\n Direction Outbound\n Priority 2\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef F\n}\nTTLSRule C\n{\n LocalPortRange 4000\n Direction Both\n Priority 2\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSEnvironmentAction F\n{\n HandshakeRole Client\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
    ),
    (
        "revocation that an exception leaves in the clear",
        "TTLSRule A\n{\n RemotePortRange 389\n Direction Outbound\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n Jobname J\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Client\n@ring TTLSGskAdvancedParms\n {\n  TTLSGskLdapParms\n  {\n   GSK_LDAP_SERVER crl.example\n  }\n }\n TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
    ),
];

#[test]
fn what_is_right_raises_nothing() {
    for (what, text) in RIGHT {
        assert_eq!(found(&whole(text)), [], "{what}");
    }
}

#[test]
fn one_bad_action_of_many_rules_is_one_finding() {
    let rules: String = (0..300)
        .map(|n| {
            format!(
                "TTLSRule R{n}\n{{\n LocalPortRange {}\n Direction Inbound\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n TTLSConnectionActionRef C{}\n}}\n",
                n + 1,
                n % 30
            )
        })
        .collect();
    let actions: String = (0..30)
        .map(|n| format!("TTLSConnectionAction C{n}\n{{\n Trace 6\n}}\n"))
        .collect();
    let shared = "TTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSCipherParms\n {\n  V3CipherSuites TLS_RSA_WITH_RC4_128_SHA\n }\n@ring TTLSEnvironmentAdvancedParms\n {\n  ClientEDHGroupSize 2048\n  TLSv1.2 On\n }\n}\n";
    let text = [rules, actions, whole(shared)].concat();
    let codes: Vec<_> = found(&text).iter().map(|one| one.page.code).collect();
    assert_eq!(codes, ["AT250", "AT252", "AT243"]);
}

#[test]
fn what_is_to_be_filled_in_is_said_once() {
    for (line, code) in [
        ("Jobname ?job?", "AT238"),
        ("LocalPortRange <port>", "AT238"),
        ("Userid ${user}", "AT238"),
        ("LocalAddr xxx.xxx.xxx.xxx", "AT237"),
        ("TTLSConnectionActionRef <action>", "AT237"),
    ] {
        let text = format!(
            "TTLSRule A\n{{\n RemoteAddr 10.1.1.2\n Direction Both\n TTLSGroupActionRef G\n {line}\n}}\nTTLSGroupAction G\n{{\n TTLSEnabled Off\n}}\n"
        );
        let codes: Vec<_> = found(&text).iter().map(|one| one.page.code).collect();
        assert_eq!(codes, [code], "{line}");
    }
}

#[test]
fn codes_of_suites_in_a_row_are_read_each() {
    let text = bad("AT222");
    let suites = " TTLSCipherParms\n {\n  V3CipherSuites4Char 13021301C030\n }\n TTLSKeyringParms";
    let text = text.replace(" TTLSKeyringParms", suites);
    assert_eq!(found(&text), []);
}

#[test]
fn x25519_is_a_curve_of_clients_while_tls_1_3_is_on() {
    let text = bad("AT224");
    let text = text.replace(
        "  ClientECurves 0024\n  ClientKeyShareGroups 0023\n",
        "  ClientKeyShareGroups 0029\n",
    );
    assert_eq!(found(&text), []);
}

#[test]
fn every_code_is_used_once() {
    let mut seen = HashSet::new();
    let own = checks()
        .iter()
        .flat_map(|check| check.pages.iter().copied());
    let all = own
        .chain(crate::policy::lower::PAGES)
        .chain(crate::policy::resolve::PAGES);
    for page in all {
        assert!(seen.insert(page.code), "{}", page.code);
        assert!(
            !page.message.ends_with('.') && !page.help.ends_with('.'),
            "{}",
            page.code
        );
        assert!(page.why.ends_with('.'), "{}", page.code);
    }
}

#[test]
fn a_good_policy_raises_nothing() {
    assert_eq!(found(GOOD), []);
}

#[test]
fn prose_between_statements_is_one_finding() {
    let text = format!(
        "{GOOD}this is no policy\nand neither is this\n\n{}",
        GOOD.replace(" on", " on2")
    );
    let codes: Vec<_> = found(&text)
        .iter()
        .map(|finding| finding.page.code)
        .collect();
    assert_eq!(codes.iter().filter(|code| **code == "AT001").count(), 1);
}

#[test]
fn suggestions_name_what_was_meant() {
    let help = |text| found(text)[0].help();
    assert_eq!(
        help("TTLSRul A\n{\n}\n"),
        "write `TTLSRule` if that is meant"
    );
    assert_eq!(
        help("IpAddrGroup G\n{\n IpAddrRef hostA\n}\nIpAddr HostA\n{\n Addr 10.1.1.2\n}\n"),
        "write `HostA` if that is meant; names differ by case"
    );
    assert_eq!(
        help("TTLSKeyringParms K\n{\n Keyring a/b\n Jobname x\n}\n"),
        "move it to `TTLSRule`"
    );
}

#[test]
fn a_password_is_not_shown() {
    let long = "x".repeat(129);
    let text = format!("TTLSKeyringParms K\n{{\n Keyring /a\n KeyringPw {long}\n}}\n");
    assert!(!found(&text)[0].message().contains("xxx"));
}

#[test]
fn unconfirmed_facts_raise_no_error() {
    for def in statements() {
        for row in def.attributes {
            let doubtful = row.certainty != crate::policy::table::Certainty::Confirmed;
            let text = format!("{} A\n{{\n {} 99999999\n}}\n", def.name, row.name);
            let lowered = lower(&parse(text.as_bytes()), "x");
            let errors = check(&lowered.policy, Release::V3R2, &lowered.origins)
                .into_iter()
                .filter(|finding| finding.page.code == "AT004")
                .filter(|finding| finding.page.severity == Severity::Error);
            let numeric = matches!(row.kind, crate::policy::table::Kind::Int { .. });
            if doubtful && numeric {
                assert_eq!(errors.count(), 0, "{}", row.name);
            }
        }
    }
}

/// Where the corpus is found, every file of it is read without losing a byte.
#[test]
fn the_corpus_is_read_and_written_back() {
    let Some(files) = crate::corpus::files(&["open/ttls", "open/pagent"]) else {
        return;
    };
    let mut read = 0;
    for path in files {
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        let tree = parse(&bytes);
        assert_eq!(tree.text(), bytes, "{}", path.display());
        let lowered = lower(&tree, "corpus");
        let written = emit(&lowered.policy).text;
        let again = lower(&parse(written.as_bytes()), "again");
        assert_eq!(again.policy, lowered.policy, "{}", path.display());
        read += 1;
    }
    assert!(read >= 30, "{read} files");
}
