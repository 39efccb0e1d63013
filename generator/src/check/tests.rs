//! Each code has a text that raises it and one that does not.

use std::collections::HashSet;
use std::path::PathBuf;

use super::*;
use crate::finding::Severity;
use crate::policy::table::statements;
use crate::policy::{emit, lower, parse};

/// Code, a text that raises it and nothing else, the message it raises.
const BAD: [(&str, &str, &str); 29] = [
    (
        "AT001",
        "TTLSRul A\n{\n}\n",
        "`TTLSRul` is not a statement of AT-TLS policy",
    ),
    (
        "AT002",
        "TTLSKeyringParms K\n{\n Keyring a/b\n KeyringPaw x\n}\n",
        "`KeyringPaw` is not an attribute of `TTLSKeyringParms K`",
    ),
    (
        "AT003",
        "TTLSKeyringParms K\n{\n Keyring a/b\n HandshakeTimeout 10\n}\n",
        "`HandshakeTimeout` does not stand in `TTLSKeyringParms K`",
    ),
    (
        "AT004",
        "TTLSConnectionAction C\n{\n Trace 256\n}\n",
        "`256` is not a value of `Trace`: the value is from 0 to 255",
    ),
    (
        "AT005",
        "TTLSConnectionAdvancedParms C\n{\n HandshakeTimeout 601\n}\n",
        "`601` may not be a value of `HandshakeTimeout`: the value is from 0 to 600",
    ),
    (
        "AT006",
        "TTLSKeyringParms\n{\n Keyring a/b\n}\n",
        "this `TTLSKeyringParms` has no name",
    ),
    (
        "AT007",
        "TTLSKeyringParms a23456789_123456789_123456789_123\n{\n Keyring a/b\n}\n",
        "the name `a23456789_123456789_123456789_123` is 33 characters long",
    ),
    (
        "AT008",
        "IpAddr A\n{\n Addr 10.1.1.2\n}\nIpAddr A\n{\n Addr 10.1.1.3\n}\n",
        "`IpAddr A` has no effect because another statement of that name follows",
    ),
    (
        "AT009",
        "PortRange P\n{\n Port 1\n Port 2\n}\n",
        "`Port` is coded more than once in `PortRange P`",
    ),
    (
        "AT010",
        "TTLSConnectionAction C\n{\n TTLSCipherParms\n {\n }\n TTLSCipherParmsRef D\n}\nTTLSCipherParms D\n{\n}\n",
        "`TTLSCipherParmsRef` and `TTLSCipherParms` cannot both stand in `TTLSConnectionAction C`",
    ),
    (
        "AT011",
        "IpAddrSet S\n{\n Prefix 10.0.0.0/8\n Range 10.1.1.2-10.1.1.3\n}\n",
        "`Range` and `Prefix` should not both stand in `IpAddrSet S`",
    ),
    (
        "AT012",
        "TTLSEnvironmentAction E\n{\n HandshakeRole Server\n}\n",
        "`TTLSEnvironmentAction E` has no `TTLSKeyringParms` or `TTLSKeyringParmsRef`",
    ),
    (
        "AT013",
        "IpAddrGroup G\n{\n}\n",
        "`IpAddrGroup G` has no `IpAddr` or `IpAddrRef` or `IpAddrSet` or `IpAddrSetRef`",
    ),
    (
        "AT014",
        "TTLSRule A\n{\n Direction Both\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
        "rule `A` has no condition besides its direction",
    ),
    (
        "AT015",
        "IpAddrGroup G\n{\n IpAddrRef A\n}\n",
        "there is no `IpAddr` named `A`",
    ),
    (
        "AT210",
        "TTLSRule A\n{\n LocalAddr All\n Direction Both\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\n",
        "rule `A` turns AT-TLS on but names no environment action",
    ),
    (
        "AT017",
        "TTLSRule A\n{\n LocalAddr All\n Direction Both\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\nIpAddr B\n{\n Addr 10.1.1.2\n}\n",
        "nothing refers to `IpAddr B`",
    ),
    (
        "AT211",
        "TTLSRule A\n{\n LocalPortRange 1-1023\n Direction Both\n TTLSGroupActionRef G\n}\nTTLSRule B\n{\n LocalPortRange 23\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
        "rule `B` never matches: `A` is searched before and takes all of it",
    ),
    (
        "AT212",
        "TTLSRule A\n{\n LocalPortRange 23\n Direction Both\n Priority 9\n TTLSGroupActionRef G\n}\nTTLSRule B\n{\n LocalPortRange 23\n Direction Both\n TTLSGroupActionRef H\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\nTTLSGroupAction H\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSKeyringParms\n {\n  Keyring a/b\n }\n}\n",
        "rule `B` never matches: `A` is searched before and has the same conditions, and leaves it in the clear",
    ),
    (
        "AT213",
        "TTLSRule A\n{\n LocalAddr 10.1.1.2\n RemoteAddr 2001:db8::1\n Direction Both\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
        "no connection meets all conditions of rule `A`",
    ),
    (
        "AT214",
        "TTLSRule A\n{\n LocalPortRange 7554\n Jobname Z1*\n Direction Inbound\n Priority 9\n TTLSGroupActionRef G\n}\nTTLSRule B\n{\n LocalPortRange 7550-7559\n LocalAddr 10.1.1.2\n Direction Both\n TTLSGroupActionRef H\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\nTTLSGroupAction H\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSKeyringParms\n {\n  Keyring a/b\n }\n}\n",
        "`A` is searched before rule `B` and leaves some of its connections in the clear, such as inbound from 192.0.2.1 to 10.1.1.2 port 7554, job Z1",
    ),
    (
        "AT220",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n  TLSv1 Off\n  TLSv1.1 Off\n }\n TTLSKeyringParms\n {\n  Keyring a/b\n }\n}\n",
        "rule `A` protects, and no protocol version is on",
    ),
    (
        "AT221",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n  TLSv1 Off\n  TLSv1.1 Off\n  TLSv1.2 On\n }\n TTLSCipherParms\n {\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n }\n TTLSKeyringParms\n {\n  Keyring a/b\n }\n}\n",
        "no cipher suite of rule `A` works with a protocol version that is on",
    ),
    (
        "AT222",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n  TLSv1.2 On\n  TLSv1.3 On\n }\n TTLSKeyringParms\n {\n  Keyring a/b\n }\n}\n",
        "TLS 1.3 is on for rule `A`, and none of its cipher suites is one of TLS 1.3",
    ),
    (
        "AT223",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n  TLSv1.2 On\n }\n TTLSCipherParms\n {\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n }\n TTLSKeyringParms\n {\n  Keyring a/b\n }\n}\n",
        "TLS_AES_128_GCM_SHA256 works only with TLS 1.3, which is off",
    ),
    (
        "AT224",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Client\n TTLSEnvironmentAdvancedParms\n {\n  TLSv1.2 On\n  TLSv1.3 On\n }\n TTLSCipherParms\n {\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n }\n TTLSSignatureParms\n {\n  ClientECurves 0024\n  ClientKeyShareGroups 0023\n }\n TTLSKeyringParms\n {\n  Keyring a/b\n }\n}\n",
        "no client key share group (0023) is among the curves of the client (0024)",
    ),
    (
        "AT225",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n  ClientAuthType Required\n }\n TTLSKeyringParms\n {\n  Keyring a/b\n }\n}\n",
        "`ClientAuthType` has no effect in the role Server",
    ),
    (
        "AT226",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n SuiteBProfile 128\n TTLSKeyringParms\n {\n  Keyring a/b\n }\n}\n",
        "Suite B profile 128 covers TLS 1.2 only, and it is off",
    ),
    (
        "AT016",
        "TTLSGskAdvancedParms G\n{\n CrlSigAlgPairs 0601\n}\n",
        "`CrlSigAlgPairs` came with 3.2, and the target runs 3.1",
    ),
];

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

fn found(text: &str) -> Vec<Finding> {
    let lowered = lower(&parse(text.as_bytes()), "test.policy");
    assert_eq!(lowered.findings, [], "{text}");
    check(&lowered.policy, Release::default(), &lowered.origins)
}

#[test]
fn every_bad_example_raises_its_code_alone() {
    for (code, text, message) in BAD {
        let found = found(text);
        let got: Vec<_> = found
            .iter()
            .map(|finding| (finding.page.code, finding.message()))
            .collect();
        assert_eq!(got, [(code, message.to_owned())], "{text}");
        assert!(!found[0].help().contains('{'), "{}", found[0].help());
    }
}

#[test]
fn every_code_has_an_example() {
    let pages: HashSet<_> = checks()
        .iter()
        .flat_map(|check| check.pages)
        .collect::<Vec<_>>()
        .into_iter()
        .map(|page| page.code)
        .collect();
    let examples: HashSet<_> = BAD.iter().map(|(code, ..)| *code).collect();
    assert_eq!(pages, examples);
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

/// The corpus is not ours to keep; where it is found, every file of it is read without losing a byte.
#[test]
fn the_corpus_is_read_and_written_back() {
    let corpus = std::env::var_os("GATEHOUSE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
        PathBuf::from,
    );
    let mut read = 0;
    for folder in ["ttls", "pagent"] {
        let Ok(entries) = std::fs::read_dir(corpus.join("open").join(folder)) else {
            assert!(
                std::env::var_os("CI").is_none(),
                "{} is missing",
                corpus.display()
            );
            eprintln!("skipped: {} is missing", corpus.display());
            return;
        };
        for entry in entries.flatten() {
            let Ok(bytes) = std::fs::read(entry.path()) else {
                continue;
            };
            let tree = parse(&bytes);
            assert_eq!(tree.text(), bytes, "{}", entry.path().display());
            let lowered = lower(&tree, "corpus");
            let written = emit(&lowered.policy).text;
            let again = lower(&parse(written.as_bytes()), "again");
            assert_eq!(again.policy, lowered.policy, "{}", entry.path().display());
            let found = check(&lowered.policy, Release::default(), &lowered.origins);
            for finding in lowered.findings.iter().chain(&found) {
                eprintln!(
                    "{:?} {} {}",
                    entry.file_name(),
                    finding.page.code,
                    finding.message()
                );
            }
            read += 1;
        }
    }
    assert!(read >= 30, "{read} files");
}
