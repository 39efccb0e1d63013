//! Policies in which something is wrong that the checks find.

use super::{Example, POLICY};

pub(super) static EXAMPLES: [Example; 58] = [
    Example {
        code: "AT001",
        files: &[(POLICY, "IpAdr A\n{\n Addr 10.1.1.2\n}\n")],
        mends: &[("IpAdr ", "IpAddr ")],
        message: "`IpAdr` is not a statement of AT-TLS policy",
    },
    Example {
        code: "AT002",
        files: &[(POLICY, "TTLSConnectionAction C\n{\n Trce 2\n}\n")],
        mends: &[("Trce", "Trace")],
        message: "`Trce` is not an attribute of `TTLSConnectionAction C`",
    },
    Example {
        code: "AT003",
        files: &[(
            POLICY,
            "TTLSKeyringParms K\n{\n Keyring A/B\n HandshakeTimeout 10\n}\n",
        )],
        mends: &[(" HandshakeTimeout 10\n", "")],
        message: "`HandshakeTimeout` does not stand in `TTLSKeyringParms K`",
    },
    Example {
        code: "AT004",
        files: &[(POLICY, "TTLSConnectionAction C\n{\n Trace 256\n}\n")],
        mends: &[("256", "255")],
        message: "`256` is not a value of `Trace`: the value is from 0 to 255",
    },
    Example {
        code: "AT005",
        files: &[(
            POLICY,
            "TTLSConnectionAdvancedParms C\n{\n HandshakeTimeout 601\n}\n",
        )],
        mends: &[("601", "600")],
        message: "`601` may not be a value of `HandshakeTimeout`: the value is from 0 to 600",
    },
    Example {
        code: "AT006",
        files: &[(POLICY, "TTLSKeyringParms\n{\n Keyring A/B\n}\n")],
        mends: &[("TTLSKeyringParms\n", "TTLSKeyringParms K\n")],
        message: "this `TTLSKeyringParms` has no name",
    },
    Example {
        code: "AT007",
        files: &[(
            POLICY,
            "TTLSKeyringParms a23456789_123456789_123456789_123\n{\n Keyring A/B\n}\n",
        )],
        mends: &[(
            "a23456789_123456789_123456789_123",
            "a23456789_123456789_123456789_12",
        )],
        message: "the name `a23456789_123456789_123456789_123` is 33 characters long",
    },
    Example {
        code: "AT008",
        files: &[(
            POLICY,
            "IpAddr A\n{\n Addr 10.1.1.2\n}\nIpAddr A\n{\n Addr 10.1.1.3\n}\n",
        )],
        mends: &[("}\nIpAddr A", "}\nIpAddr B")],
        message: "`IpAddr A` has no effect because another statement of that name follows",
    },
    Example {
        code: "AT009",
        files: &[(POLICY, "PortRange P\n{\n Port 1\n Port 2\n}\n")],
        mends: &[(" Port 1\n Port 2\n", " Port 1 2\n")],
        message: "`Port` is coded more than once in `PortRange P`",
    },
    Example {
        code: "AT010",
        files: &[(
            POLICY,
            "TTLSConnectionAction C\n{\n TTLSCipherParms\n {\n }\n TTLSCipherParmsRef D\n}\nTTLSCipherParms D\n{\n}\n",
        )],
        mends: &[(" TTLSCipherParms\n {\n }\n", "")],
        message: "`TTLSCipherParmsRef` and `TTLSCipherParms` cannot both stand in `TTLSConnectionAction C`",
    },
    Example {
        code: "AT011",
        files: &[(
            POLICY,
            "IpAddrSet S\n{\n Prefix 10.0.0.0/8\n Range 10.1.1.2-10.1.1.3\n}\n",
        )],
        mends: &[(" Range 10.1.1.2-10.1.1.3\n", "")],
        message: "`Range` and `Prefix` should not both stand in `IpAddrSet S`",
    },
    Example {
        code: "AT012",
        files: &[(
            POLICY,
            "TTLSEnvironmentAction E\n{\n HandshakeRole Server\n}\n",
        )],
        mends: &[(
            "Server\n",
            "Server\n TTLSKeyringParms\n {\n  Keyring A/B\n }\n",
        )],
        message: "`TTLSEnvironmentAction E` has no `TTLSKeyringParms` or `TTLSKeyringParmsRef`",
    },
    Example {
        code: "AT013",
        files: &[(POLICY, "IpAddrGroup G\n{\n}\n")],
        mends: &[("{\n}", "{\n IpAddr\n {\n  Addr 10.1.1.2\n }\n}")],
        message: "`IpAddrGroup G` has no `IpAddr` or `IpAddrRef` or `IpAddrSet` or `IpAddrSetRef`",
    },
    Example {
        code: "AT014",
        files: &[(
            POLICY,
            "TTLSRule A\n{\n Direction Both\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
        )],
        mends: &[("Direction Both\n", "LocalPortRange 7443\n Direction Both\n")],
        message: "rule `A` has no condition besides its direction",
    },
    Example {
        code: "AT015",
        files: &[(POLICY, "IpAddrGroup G\n{\n IpAddrRef A\n}\n")],
        mends: &[("Ref A\n}\n", "Ref A\n}\nIpAddr A\n{\n Addr 10.1.1.2\n}\n")],
        message: "there is no `IpAddr` named `A`",
    },
    Example {
        code: "AT016",
        files: &[(
            POLICY,
            "TTLSGskAdvancedParms G\n{\n CrlSigAlgPairs 0601\n}\n",
        )],
        mends: &[(" CrlSigAlgPairs 0601\n", "")],
        message: "`CrlSigAlgPairs` came with 3.2, and the target runs 3.1",
    },
    Example {
        code: "AT017",
        files: &[(
            POLICY,
            "TTLSRule A\n{\n LocalAddr All\n Direction Both\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\nIpAddr B\n{\n Addr 10.1.1.2\n}\n",
        )],
        mends: &[("IpAddr B\n{\n Addr 10.1.1.2\n}\n", "")],
        message: "nothing refers to `IpAddr B`",
    },
    Example {
        code: "AT210",
        files: &[(
            POLICY,
            "TTLSRule A\n{\n LocalAddr All\n Direction Both\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\n",
        )],
        mends: &[
            ("Ref G\n}", "Ref G\n TTLSEnvironmentActionRef E\n}"),
            (
                "Enabled On\n}\n",
                "Enabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
            ),
        ],
        message: "rule `A` turns AT-TLS on but names no environment action",
    },
    Example {
        code: "AT211",
        files: &[(
            POLICY,
            "TTLSRule A\n{\n LocalPortRange 1-1023\n Direction Both\n TTLSGroupActionRef G\n}\nTTLSRule B\n{\n LocalPortRange 23\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
        )],
        mends: &[("Inbound\n", "Inbound\n Priority 9\n")],
        message: "rule `B` never matches: `A` is searched before and takes all of it",
    },
    Example {
        code: "AT212",
        files: &[(
            POLICY,
            "TTLSRule A\n{\n LocalPortRange 23\n Direction Both\n Priority 9\n TTLSGroupActionRef G\n}\nTTLSRule B\n{\n LocalPortRange 23\n Direction Both\n TTLSGroupActionRef H\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\nTTLSGroupAction H\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        )],
        mends: &[(
            "23\n Direction Both\n Priority 9",
            "24\n Direction Both\n Priority 9",
        )],
        message: "rule `B` never matches: `A` is searched before and has the same conditions, and leaves it in the clear",
    },
    Example {
        code: "AT213",
        files: &[(
            POLICY,
            "TTLSRule A\n{\n LocalAddr 10.1.1.2\n RemoteAddr 2001:db8::1\n Direction Both\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
        )],
        mends: &[("2001:db8::1", "10.1.0.2")],
        message: "no connection meets all conditions of rule `A`",
    },
    Example {
        code: "AT214",
        files: &[(
            POLICY,
            "TTLSRule A\n{\n LocalPortRange 7554\n Jobname Z1*\n Direction Inbound\n Priority 9\n TTLSGroupActionRef G\n}\nTTLSRule B\n{\n LocalPortRange 7550-7559\n LocalAddr 10.1.1.2\n Direction Both\n TTLSGroupActionRef H\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\nTTLSGroupAction H\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        )],
        mends: &[("LocalPortRange 7554", "LocalPortRange 7560")],
        message: "`A` is searched before rule `B` and leaves some of its connections in the clear, such as inbound from 192.0.2.1 to 10.1.1.2 port 7554, job Z1",
    },
    Example {
        code: "AT220",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n  TLSv1 Off\n  TLSv1.1 Off\n }\n@ring}\n",
        )],
        mends: &[("TLSv1.1 Off\n", "TLSv1.1 Off\n  TLSv1.2 On\n")],
        message: "rule `A` protects, and no protocol version is on",
    },
    Example {
        code: "AT221",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n@new }\n TTLSCipherParms\n {\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n }\n@ring}\n",
        )],
        mends: &[(
            "TLS_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        )],
        message: "no cipher suite of rule `A` works with a protocol version that is on",
    },
    Example {
        code: "AT222",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n@new  TLSv1.3 On\n }\n@ring}\n",
        )],
        mends: &[(
            " }\n@ring",
            " }\n TTLSCipherParms\n {\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n }\n@ring",
        )],
        message: "TLS 1.3 is on for rule `A`, and none of its cipher suites is one of TLS 1.3",
    },
    Example {
        code: "AT223",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n@new }\n TTLSCipherParms\n {\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n }\n@ring}\n",
        )],
        mends: &[("@new }", "@new  TLSv1.3 On\n }")],
        message: "of no use without TLS 1.3: TLS_AES_128_GCM_SHA256",
    },
    Example {
        code: "AT224",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Client\n TTLSEnvironmentAdvancedParms\n {\n@new  TLSv1.3 On\n }\n TTLSCipherParms\n {\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n }\n TTLSSignatureParms\n {\n  ClientECurves 0024\n  ClientKeyShareGroups 0023\n }\n@ring}\n",
        )],
        mends: &[("ClientECurves 0024", "ClientECurves 00230024")],
        message: "no client key share group (0023) is among the curves of the client (0024)",
    },
    Example {
        code: "AT225",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSEnvironmentAdvancedParms\n {\n  ClientAuthType Required\n@new }\n@ring}\n",
        )],
        mends: &[("Role Server\n", "Role ServerWithClientAuth\n")],
        message: "`ClientAuthType` has no effect in the role Server",
    },
    Example {
        code: "AT226",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n SuiteBProfile 128\n@ring TTLSEnvironmentAdvancedParms\n {\n  TLSv1 Off\n  TLSv1.1 Off\n  TLSv1.3 On\n }\n TTLSCipherParms\n {\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n }\n}\n",
        )],
        mends: &[(" SuiteBProfile 128\n", "")],
        message: "Suite B profile 128 covers TLS 1.2 only, and it is off",
    },
    Example {
        code: "AT227",
        files: &[(
            POLICY,
            "TTLSCipherParms C\n{\n V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n V3CipherSuites4Char C02CC030\n}\n",
        )],
        mends: &[("C02CC030", "C02C")],
        message: "twice in the list of `TTLSCipherParms C`: TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    },
    Example {
        code: "AT228",
        files: &[(
            POLICY,
            "TTLSSignatureParms S\n{\n ClientECurves Any\n ClientECurves 0023\n}\n",
        )],
        mends: &[(" ClientECurves Any\n", "")],
        message: "`ClientECurves Any` stands beside other curves",
    },
    Example {
        code: "AT229",
        files: &[(
            POLICY,
            "TTLSCipherParms C\n{\n V2CipherSuites 123467\n V2CipherSuites 123467\n}\n",
        )],
        mends: &[(
            " V2CipherSuites 123467\n V2CipherSuites 123467\n",
            " V2CipherSuites 123467\n",
        )],
        message: "`TTLSCipherParms C` has 12 suites of SSL 2.0",
    },
    Example {
        code: "AT230",
        files: &[(POLICY, "TTLSCipherParms C\n{\n V3CipherSuites 1302\n}\n")],
        mends: &[("V3CipherSuites 1302", "V3CipherSuites4Char 1302")],
        message: "`1302` is read as the codes 13 and 02: TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA and TLS_RSA_WITH_NULL_SHA",
    },
    Example {
        code: "AT231",
        files: &[(
            POLICY,
            "TTLSKeyringParms K\n{\n Keyring /etc/tls/server.kdb\n}\n",
        )],
        mends: &[(
            "server.kdb\n",
            "server.kdb\n KeyringStashFile /etc/tls/server.sth\n",
        )],
        message: "`/etc/tls/server.kdb` looks like a key database, and there is neither a stash file nor a password",
    },
    Example {
        code: "AT232",
        files: &[(
            POLICY,
            "TTLSKeyringParms K\n{\n Keyring A/B\n KeyringStashFile /etc/tls/server.sth\n}\n",
        )],
        mends: &[(" KeyringStashFile /etc/tls/server.sth\n", "")],
        message: "because of `KeyringStashFile`, `A/B` is opened as a key database file",
    },
    Example {
        code: "AT233",
        files: &[(
            POLICY,
            "TTLSKeyringParms K\n{\n Keyring /etc/tls/server.kdb\n KeyringStashFile /etc/tls/server.sth\n KeyringPw secret\n}\n",
        )],
        mends: &[(" KeyringPw secret\n", "")],
        message: "`KeyringStashFile` has no effect beside `KeyringPw`",
    },
    Example {
        code: "AT234",
        files: &[(POLICY, "TTLSKeyringParms K\n{\n Keyring A/B/C\n}\n")],
        mends: &[("A/B/C", "A/B")],
        message: "`A/B/C` is no usual name of a key ring: it has more than one slash, and does not begin with one",
    },
    Example {
        code: "AT235",
        files: &[(
            POLICY,
            "TTLSConnectionAdvancedParms C\n{\n CertificateLabel 'LEDGER 2026'\n}\n",
        )],
        mends: &[("'LEDGER 2026'", "LEDGER 2026")],
        message: "the quotation marks of `'LEDGER 2026'` are taken as part of the value",
    },
    Example {
        code: "AT236",
        files: &[(
            POLICY,
            "TTLSKeyringParms K\n{\n Keyring start1/B\n}\nTTLSKeyringParms L\n{\n Keyring start1/B\n}\n",
        )],
        mends: &[("start1", "START1")],
        message: "`start1/B` is not in upper case, as all owners of key rings are",
    },
    Example {
        code: "AT237",
        files: &[(POLICY, "TTLSConnectionAction C\n{\n Trace <level>\n}\n")],
        mends: &[("<level>", "2")],
        message: "`<level>` is still to be filled in: it is not a value of `Trace`",
    },
    Example {
        code: "AT238",
        files: &[(
            POLICY,
            "TTLSKeyringParms K\n{\n Keyring <owner>/<ring>\n}\n",
        )],
        mends: &[("<owner>/<ring>", "START1/LEDGERRING")],
        message: "`<owner>/<ring>` looks as if it is still to be filled in",
    },
    Example {
        code: "AT239",
        files: &[(
            POLICY,
            "IpAddr A\n{\n Addr 10.1.1.2\n}\nIpAddr B\n{\n Addr 10.1.1.3\n}\nIpAddr A\n{\n Addr 10.1.1.2\n}\nIpAddr B\n{\n Addr 10.1.1.3\n}\n",
        )],
        mends: &[(
            "}\nIpAddr A\n{\n Addr 10.1.1.2\n}\nIpAddr B\n{\n Addr 10.1.1.3\n}\n",
            "}\n",
        )],
        message: "these 2 statements stand in the file already, word for word",
    },
    Example {
        code: "AT241",
        files: &[(
            POLICY,
            "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n FIPS140 On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSCipherParms\n {\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n  V3CipherSuites TLS_RSA_WITH_RC4_128_SHA\n }\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        )],
        mends: &[("  V3CipherSuites TLS_RSA_WITH_RC4_128_SHA\n", "")],
        message: "ignored in FIPS mode: TLS_RSA_WITH_RC4_128_SHA",
    },
    Example {
        code: "AT242",
        files: &[(
            POLICY,
            "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n FIPS140 On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSCipherParms\n {\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n }\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  TLSv1.3 On\n }\n}\n",
        )],
        mends: &[
            ("  V3CipherSuites TLS_AES_128_GCM_SHA256\n", ""),
            ("@new  TLSv1.3 On\n", "@new"),
        ],
        message: "rule `A` has FIPS mode and TLS 1.3",
    },
    Example {
        code: "AT243",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  ClientHandshakeSNI Optional\n  ClientHandshakeSNIMatch Optional\n  ClientHandshakeSNIList a.example\n }\n}\n",
        )],
        mends: &[(
            "  ClientHandshakeSNI Optional\n  ClientHandshakeSNIMatch Optional\n  ClientHandshakeSNIList a.example\n",
            "",
        )],
        message: "without effect in the role Server: `ClientHandshakeSNI`, `ClientHandshakeSNIMatch` and `ClientHandshakeSNIList`",
    },
    Example {
        code: "AT243",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Client\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  ServerCertificateLabel LEDGER\n }\n}\n",
        )],
        mends: &[("  ServerCertificateLabel LEDGER\n", "")],
        message: "without effect in the role Client: `ServerCertificateLabel`",
    },
    Example {
        code: "AT244",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  MiddleBoxCompatMode On\n }\n}\n",
        )],
        mends: &[("@new  MiddleBoxCompatMode On\n", "@new")],
        message: "without effect unless TLS 1.3 is on: `MiddleBoxCompatMode`",
    },
    Example {
        code: "AT245",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSGskAdvancedParms\n {\n  TTLSGskOcspParms\n  {\n   OcspResponseTimeout 30\n   OcspProxyServerName proxy.example\n  }\n }\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        )],
        mends: &[(
            "   OcspResponseTimeout",
            "   OcspAiaEnable On\n   OcspResponseTimeout",
        )],
        message: "without effect, because there is no `OcspUrl` or `OcspAiaEnable On`: `OcspResponseTimeout` and `OcspProxyServerName`",
    },
    Example {
        code: "AT246",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  ServerMaxSSLFragment Required\n }\n}\n",
        )],
        mends: &[(
            "ServerMaxSSLFragment Required",
            "ServerMaxSSLFragment Optional",
        )],
        message: "`ServerMaxSSLFragment Required` turns away every client that does not offer the extension",
    },
    Example {
        code: "AT247",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n SuiteBProfile 128\n TTLSCipherParms\n {\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n }\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        )],
        mends: &[(
            " TTLSCipherParms\n {\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n }\n",
            "",
        )],
        message: "rule `A` has both Suite B profile 128 and lists of its own",
    },
    Example {
        code: "AT248",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new  CertificateLabel OLD\n  ServerCertificateLabel NEW\n  ServerCertificateLabel EC NEW\n }\n}\n",
        )],
        mends: &[("  CertificateLabel OLD\n", "  CertificateLabel EC NEW\n")],
        message: "`OLD` is not among the labels of `ServerCertificateLabel`",
    },
    Example {
        code: "AT249",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring}\n",
        )],
        mends: &[(
            "@ring}",
            "@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}",
        )],
        message: "nothing newer than TLS 1.1 can be chosen, as nothing says otherwise",
    },
    Example {
        code: "AT250",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n  SSLv3 On\n  TLSv1.1 Off\n  TLSv1.2 On\n }\n}\n",
        )],
        mends: &[("  SSLv3 On\n", "  TLSv1 Off\n")],
        message: "SSL 3.0 and TLS 1.0 can be chosen",
    },
    Example {
        code: "AT252",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSCipherParms\n {\n  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n  V3CipherSuites TLS_RSA_WITH_NULL_SHA\n  V3CipherSuites TLS_RSA_WITH_3DES_EDE_CBC_SHA\n }\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        )],
        mends: &[
            ("  V3CipherSuites TLS_RSA_WITH_NULL_SHA\n", ""),
            ("  V3CipherSuites TLS_RSA_WITH_3DES_EDE_CBC_SHA\n", ""),
        ],
        message: "weak cipher suites can be chosen: TLS_RSA_WITH_NULL_SHA and TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    },
    Example {
        code: "AT253",
        files: &[(
            POLICY,
            "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n TTLSConnectionActionRef C\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSConnectionAction C\n{\n HandshakeRole Server\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole ServerWithClientAuth\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        )],
        mends: &[(" HandshakeRole Server\n}\nTTLSEnv", " Trace 2\n}\nTTLSEnv")],
        message: "this beats the `HandshakeRole ServerWithClientAuth` of the environment action, so rule `A` asks no client for a certificate",
    },
    Example {
        code: "AT254",
        files: &[(
            POLICY,
            "@ruleTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\nTTLSRule B\n{\n LocalPortRange 992\n Direction Inbound\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef F\n}\nTTLSEnvironmentAction F\n{\n HandshakeRole Server\n TTLSKeyringParms\n {\n  Keyring A/C\n }\n TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        )],
        mends: &[("LocalPortRange 992\n", "LocalPortRange 992\n Priority 2\n")],
        message: "only its name puts `A` before rule `B`, and the two treat inbound from 192.0.2.1 to 192.0.2.1 port 992, job J differently",
    },
    Example {
        code: "AT255",
        files: &[(
            POLICY,
            "TTLSRule A\n{\n RemotePortRange 389\n Direction Outbound\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Client\n TTLSGskAdvancedParms\n {\n  TTLSGskLdapParms\n  {\n   GSK_LDAP_SERVER crl.example\n  }\n }\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        )],
        mends: &[(
            "Direction Outbound\n",
            "Jobname LEDGER\n Direction Outbound\n",
        )],
        message: "rule `A` takes the connections of System SSL to `crl.example:389` as well",
    },
    Example {
        code: "AT256",
        files: &[(
            POLICY,
            "TTLSRule A\n{\n LocalPortRange 443\n Direction Inbound\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n CtraceClearText On\n}\nTTLSEnvironmentAction E\n{\n HandshakeRole Server\n@ring TTLSEnvironmentAdvancedParms\n {\n@new }\n}\n",
        )],
        mends: &[(" CtraceClearText On\n", "")],
        message: "traces may hold what programs say",
    },
];
