//! Each code has a text that raises it and one that does not.

use std::collections::HashSet;

use super::*;
use crate::finding::Severity;
use crate::policy::table::statements;
use crate::policy::{emit, lower, parse};

/// Code, a text that raises it and nothing else, the message it raises. See [`SHARED`].
const BAD: [(&str, &str, &str); 57] = [
    (
        "AT001",
        "TTLSRul A\n{\n}\n",
        "`TTLSRul` is not a statement of AT-TLS policy",
    ),
    (
        "AT002",
        "TTLSKeyringParms K\n{\n Keyring A/B\n KeyringPaw x\n}\n",
        "`KeyringPaw` is not an attribute of `TTLSKeyringParms K`",
    ),
    (
        "AT003",
        "TTLSKeyringParms K\n{\n Keyring A/B\n HandshakeTimeout 10\n}\n",
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
        "TTLSKeyringParms\n{\n Keyring A/B\n}\n",
        "this `TTLSKeyringParms` has no name",
    ),
    (
        "AT007",
        "TTLSKeyringParms a23456789_123456789_123456789_123\n{\n Keyring A/B\n}\n",
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
        "TTLSRule A\n{\n LocalPortRange 23\n Direction Both\n Priority 9\n TTLSGroupActionRef G\n}\nTTLSRule B\n{\n LocalPortRange 23\n Direction Both\n TTLSGroupActionRef H\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\nTTLSGroupAction H\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        "rule `B` never matches: `A` is searched before and has the same conditions, and leaves it in the clear",
    ),
    (
        "AT213",
        "TTLSRule A\n{\n LocalAddr 10.1.1.2\n RemoteAddr 2001:db8::1\n Direction Both\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
        "no connection meets all conditions of rule `A`",
    ),
    (
        "AT214",
        "TTLSRule A\n{\n LocalPortRange 7554\n Jobname Z1*\n Direction Inbound\n Priority 9\n TTLSGroupActionRef G\n}\nTTLSRule B\n{\n LocalPortRange 7550-7559\n LocalAddr 10.1.1.2\n Direction Both\n TTLSGroupActionRef H\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\nTTLSGroupAction H\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        "`A` is searched before rule `B` and leaves some of its connections in the clear, such as inbound from 192.0.2.1 to 10.1.1.2 port 7554, job Z1",
    ),
    (
        "AT220",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n  TLSv1 Off\n  TLSv1.1 Off\n }\n@ring}\n",
        "rule `A` protects, and no protocol version is on",
    ),
    (
        "AT221",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n@new }\n TTLSCipherParms\n {\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n }\n@ring}\n",
        "no cipher suite of rule `A` works with a protocol version that is on",
    ),
    (
        "AT222",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n@new  TLSv1.3 On\n }\n@ring}\n",
        "TLS 1.3 is on for rule `A`, and none of its cipher suites is one of TLS 1.3",
    ),
    (
        "AT223",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n@new }\n TTLSCipherParms\n {\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n }\n@ring}\n",
        "of no use without TLS 1.3: TLS_AES_128_GCM_SHA256",
    ),
    (
        "AT224",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Client\n TTLSEnvironmentAdvancedParms\n {\n@new  TLSv1.3 On\n }\n TTLSCipherParms\n {\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n }\n TTLSSignatureParms\n {\n  ClientECurves 0024\n  ClientKeyShareGroups 0023\n }\n@ring}\n",
        "no client key share group (0023) is among the curves of the client (0024)",
    ),
    (
        "AT225",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n  ClientAuthType Required\n@new }\n@ring}\n",
        "`ClientAuthType` has no effect in the role Server",
    ),
    (
        "AT226",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n SuiteBProfile 128\n@ring TTLSEnvironmentAdvancedParms\n {\n  TLSv1 Off\n  TLSv1.1 Off\n  TLSv1.3 On\n }\n TTLSCipherParms\n {\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n }\n}\n",
        "Suite B profile 128 covers TLS 1.2 only, and it is off",
    ),
    (
        "AT016",
        "TTLSGskAdvancedParms G\n{\n CrlSigAlgPairs 0601\n}\n",
        "`CrlSigAlgPairs` came with 3.2, and the target runs 3.1",
    ),
    (
        "AT227",
        "TTLSCipherParms C\n{\n V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n V3CipherSuites4Char C02CC030\n}\n",
        "twice in the list of `TTLSCipherParms C`: TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    ),
    (
        "AT228",
        "TTLSSignatureParms S\n{\n ClientECurves Any\n ClientECurves 0023\n}\n",
        "`ClientECurves Any` stands beside other curves",
    ),
    (
        "AT229",
        "TTLSCipherParms C\n{\n V2CipherSuites 123467\n V2CipherSuites 123467\n}\n",
        "`TTLSCipherParms C` has 12 suites of SSL 2.0",
    ),
    (
        "AT230",
        "TTLSCipherParms C\n{\n V3CipherSuites 1302\n}\n",
        "`1302` is read as the codes 13 and 02: TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA and TLS_RSA_WITH_NULL_SHA",
    ),
    (
        "AT231",
        "TTLSKeyringParms K\n{\n Keyring /etc/tls/server.kdb\n}\n",
        "`/etc/tls/server.kdb` looks like a key database, and there is neither a stash file nor a password",
    ),
    (
        "AT232",
        "TTLSKeyringParms K\n{\n Keyring A/B\n KeyringStashFile /etc/tls/server.sth\n}\n",
        "because of `KeyringStashFile`, `A/B` is opened as a key database file",
    ),
    (
        "AT233",
        "TTLSKeyringParms K\n{\n Keyring /etc/tls/server.kdb\n KeyringStashFile /etc/tls/server.sth\n KeyringPw secret\n}\n",
        "`KeyringStashFile` has no effect beside `KeyringPw`",
    ),
    (
        "AT234",
        "TTLSKeyringParms K\n{\n Keyring A/B/C\n}\n",
        "`A/B/C` is no usual name of a key ring: it has more than one slash, and does not begin with one",
    ),
    (
        "AT235",
        "TTLSConnectionAdvancedParms C\n{\n CertificateLabel 'LEDGER 2026'\n}\n",
        "the quotation marks of `'LEDGER 2026'` are taken as part of the value",
    ),
    (
        "AT236",
        "TTLSKeyringParms K\n{\n Keyring start1/B\n}\nTTLSKeyringParms L\n{\n Keyring start1/B\n}\n",
        "`start1/B` is not in upper case, as all owners of key rings are",
    ),
    (
        "AT237",
        "TTLSConnectionAction C\n{\n Trace <level>\n}\n",
        "`<level>` is still to be filled in: it is not a value of `Trace`",
    ),
    (
        "AT238",
        "TTLSKeyringParms K\n{\n Keyring <owner>/<ring>\n}\n",
        "`<owner>/<ring>` looks as if it is still to be filled in",
    ),
    (
        "AT239",
        "IpAddr A\n{\n Addr 10.1.1.2\n}\nIpAddr B\n{\n Addr 10.1.1.3\n}\nIpAddr A\n{\n Addr 10.1.1.2\n}\nIpAddr B\n{\n Addr 10.1.1.3\n}\n",
        "these 2 statements stand in the file already, word for word",
    ),
    (
        "AT241",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n FIPS140 On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSCipherParms\n {\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n  V3CipherSuites TLS_RSA_WITH_RC4_128_SHA\n }\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        "ignored in FIPS mode: TLS_RSA_WITH_RC4_128_SHA",
    ),
    (
        "AT242",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n FIPS140 On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSCipherParms\n {\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n }\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  TLSv1.3 On\n }\n}\n",
        "rule `A` has FIPS mode and TLS 1.3",
    ),
    (
        "AT243",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  ClientHandshakeSNI Optional\n  ClientHandshakeSNIMatch Optional\n  ClientHandshakeSNIList a.example\n }\n}\n",
        "without effect in the role Server: `ClientHandshakeSNI`, `ClientHandshakeSNIMatch` and `ClientHandshakeSNIList`",
    ),
    (
        "AT243",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Client\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  ServerCertificateLabel LEDGER\n }\n}\n",
        "without effect in the role Client: `ServerCertificateLabel`",
    ),
    (
        "AT244",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  MiddleBoxCompatMode On\n }\n}\n",
        "without effect unless TLS 1.3 is on: `MiddleBoxCompatMode`",
    ),
    (
        "AT245",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSGskAdvancedParms\n {\n  TTLSGskOcspParms\n  {\n   OcspResponseTimeout 30\n   OcspProxyServerName proxy.example\n  }\n }\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        "without effect, because there is no `OcspUrl` or `OcspAiaEnable On`: `OcspResponseTimeout` and `OcspProxyServerName`",
    ),
    (
        "AT246",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  ServerMaxSSLFragment Required\n }\n}\n",
        "`ServerMaxSSLFragment Required` turns away every client that does not offer the extension",
    ),
    (
        "AT247",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n SuiteBProfile 128\n TTLSCipherParms\n {\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n }\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        "rule `A` has both Suite B profile 128 and lists of its own",
    ),
    (
        "AT248",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  CertificateLabel OLD\n  ServerCertificateLabel NEW\n  ServerCertificateLabel EC NEW\n }\n}\n",
        "`OLD` is not among the labels of `ServerCertificateLabel`",
    ),
    (
        "AT249",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring}\n",
        "nothing newer than TLS 1.1 can be chosen, as nothing says otherwise",
    ),
    (
        "AT250",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n  SSLv3 On\n  TLSv1.1 Off\n  TLSv1.2 On\n }\n}\n",
        "SSL 3.0 and TLS 1.0 can be chosen",
    ),
    (
        "AT252",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSCipherParms\n {\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n  V3CipherSuites TLS_RSA_WITH_NULL_SHA\n  V3CipherSuites TLS_RSA_WITH_3DES_EDE_CBC_SHA\n }\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        "weak cipher suites can be chosen: TLS_RSA_WITH_NULL_SHA and TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    ),
    (
        "AT253",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n TTLSConnectionActionRef C\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSConnectionAction C\n{\n HandshakeRole Server\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole ServerWithClientAuth\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        "this beats the `HandshakeRole ServerWithClientAuth` of the environment action, so rule `A` asks no client for a certificate",
    ),
    (
        "AT254",
        "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\nTTLSRule B\n{\n LocalPortRange 992\n Direction Inbound\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef F\n}\nTTLSEnvironmentAction F\n{\n HandshakeRole Server\n TTLSKeyringParms\n {\n  Keyring A/C\n }\n TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        "only its name puts `A` before rule `B`, and the two treat inbound from 192.0.2.1 to 192.0.2.1 port 992, job J differently",
    ),
    (
        "AT255",
        "TTLSRule A\n{\n RemotePortRange 389\n Direction Outbound\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Client\n TTLSGskAdvancedParms\n {\n  TTLSGskLdapParms\n  {\n   GSK_LDAP_SERVER crl.example\n  }\n }\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        "rule `A` takes the connections of System SSL to `crl.example:389` as well",
    ),
];

/// Text that many examples share: a rule that protects, its key ring, and versions that are sound.
const SHARED: [(&str, &str); 3] = [
    (
        "@rule",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\n",
    ),
    ("@ring", " TTLSKeyringParms\n {\n  Keyring A/B\n }\n"),
    ("@new", "  TLSv1 Off\n  TLSv1.1 Off\n  TLSv1.2 On\n"),
];

fn whole(text: &str) -> String {
    let replace = |text: String, (short, long): (&str, &str)| text.replace(short, long);
    SHARED.into_iter().fold(text.to_owned(), replace)
}

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

/// The text that raises a code.
fn example(code: &str) -> &'static str {
    let found = BAD.iter().find(|(known, ..)| *known == code);
    found.map_or("", |(_, text, _)| text)
}

fn found(text: &str) -> Vec<Finding> {
    let lowered = lower(&parse(text.as_bytes()), "test.policy");
    assert_eq!(lowered.findings, [], "{text}");
    check(&lowered.policy, Release::default(), &lowered.origins)
}

#[test]
fn every_bad_example_raises_its_code_alone() {
    for (code, text, message) in BAD {
        let text = whole(text);
        let found = found(&text);
        let got: Vec<_> = found
            .iter()
            .map(|finding| (finding.page.code, finding.message()))
            .collect();
        assert_eq!(got, [(code, message.to_owned())], "{text}");
        assert!(!found[0].help().contains('{'), "{}", found[0].help());
    }
}

/// What comes close to an example of [`BAD`], and is right.
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
        .map(|n| format!("TTLSConnectionAction C{n}\n{{\n CtraceClearText On\n}}\n"))
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
    let text = example("AT222");
    let suites = " TTLSCipherParms\n {\n  V3CipherSuites4Char 13021301C030\n }\n TTLSKeyringParms";
    let text = whole(text).replace(" TTLSKeyringParms", suites);
    assert_eq!(found(&text), []);
}

#[test]
fn x25519_is_a_curve_of_clients_while_tls_1_3_is_on() {
    let text = example("AT224");
    let text = whole(text).replace(
        "  ClientECurves 0024\n  ClientKeyShareGroups 0023\n",
        "  ClientKeyShareGroups 0029\n",
    );
    assert_eq!(found(&text), []);
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
