//! Policies against peers, and captures of every form.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod captures;
mod forms;

use super::*;
use crate::policy::table::TTLS_RULE;
use crate::policy::table::suites::Protocol;
use crate::policy::{Named, Release, View, lower, parse};

/// What stands in the blocks of a rule.
#[derive(Clone, Copy)]
struct Blocks {
    role: &'static str,
    group: &'static str,
    environment: &'static str,
    advanced: &'static str,
    ciphers: &'static str,
    signatures: &'static str,
}

const MODERN: Blocks = Blocks {
    role: "Server",
    group: "",
    environment: "",
    advanced: "TLSv1 Off\nTLSv1.1 Off\nTLSv1.2 On\nTLSv1.3 On\n",
    ciphers: "V3CipherSuites4Char 13021301C02CC030C02BC02F\n",
    signatures: "",
};

fn text(blocks: &Blocks) -> String {
    let Blocks {
        role,
        group,
        environment,
        advanced,
        ciphers,
        signatures,
    } = blocks;
    let block = |name: &str, lines: &str| match lines {
        "" => String::new(),
        lines => format!("{name}\n{{\n{lines}}}\n"),
    };
    format!(
        "TTLSRule R\n{{\nJobname J\nDirection Both\nTTLSGroupActionRef G\nTTLSEnvironmentActionRef E\n}}\n\
         TTLSGroupAction G\n{{\nTTLSEnabled On\n{group}}}\n\
         TTLSEnvironmentAction E\n{{\nHandshakeRole {role}\n{environment}{}{}{}}}\n",
        block("TTLSEnvironmentAdvancedParms", advanced),
        block("TTLSCipherParms", ciphers),
        block("TTLSSignatureParms", signatures),
    )
}

fn with<T>(blocks: &Blocks, release: Release, ask: impl FnOnce(&Settings) -> T) -> T {
    let lowered = lower(&parse(text(blocks).as_bytes()), "p");
    assert_eq!(lowered.findings, [], "{}", text(blocks));
    let rule = lowered.policy.of(&TTLS_RULE).next().unwrap();
    let named = Named::of(&lowered.policy);
    ask(&Settings::of(&View::of(&named, rule, release)))
}

/// The answer in a line: what is agreed on, or code, reason, keyword and change.
fn line(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Succeeds(success) => success.agreed.to_string(),
        Outcome::Fails(failure) => {
            let code = failure.code.map_or("?".to_owned(), |code| code.to_string());
            let change = failure.change.as_deref().unwrap_or("-");
            let (because, keyword) = (&failure.because, failure.field.keyword);
            format!("{code}: {because}: `{keyword}`: {change}")
        }
    }
}

fn of_peer(name: &str) -> Peer {
    Peer::of_profile(profile(name).unwrap())
}

#[track_caller]
fn check(blocks: &Blocks, peer: &str, expected: &str) {
    let found = with(blocks, Release::V3R1, |settings| {
        handshake(settings, &of_peer(peer))
    });
    assert_eq!(line(&found), expected);
}

#[test]
fn the_newest_version_comes_first_and_the_servers_order_decides() {
    check(
        &MODERN,
        "openssl-3",
        "TLS 1.3, TLS_AES_256_GCM_SHA384, x25519",
    );
    check(
        &MODERN,
        "java-8",
        "TLS 1.2; RSA certificate: TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, secp256r1; \
         ECDSA certificate: TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, secp256r1",
    );
    let aes128 = Blocks {
        ciphers: "V3CipherSuites4Char 13011302\n",
        ..MODERN
    };
    check(
        &aes128,
        "openssl-3",
        "TLS 1.3, TLS_AES_128_GCM_SHA256, x25519",
    );
}

#[test]
fn a_suite_of_an_older_version_does_not_help() {
    let apart = Blocks {
        ciphers: "V3CipherSuites4Char 1303C030\n",
        ..MODERN
    };
    check(
        &apart,
        "schannel-2022",
        "402: both have TLS 1.3, and no cipher suite of it in common; older versions are not tried: \
         `V3CipherSuites4Char`: add one of TLS_AES_256_GCM_SHA384 and TLS_AES_128_GCM_SHA256",
    );
    let des = Blocks {
        advanced: "TLSv1.2 On\n",
        ciphers: "V3CipherSuites 09\n",
        ..MODERN
    };
    check(
        &des,
        "schannel-2016",
        "402: both have TLS 1.2, and no cipher suite of it in common; older versions are not tried: \
         `V3CipherSuites`: add one of TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, \
         TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 and TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    );
}

#[test]
fn tls_1_3_without_a_suite_is_never_chosen() {
    let idle = Blocks {
        ciphers: "V3CipherSuites4Char C030\n",
        ..MODERN
    };
    check(
        &idle,
        "openssl-3",
        "TLS 1.2, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, secp256r1, with an RSA certificate only",
    );
    let only = Blocks {
        advanced: "TLSv1 Off\nTLSv1.1 Off\nTLSv1.3 On\n",
        ciphers: "",
        ..MODERN
    };
    check(
        &only,
        "openssl-3",
        "519: TLS 1.3 is the only version that is on, and none of the cipher suites is one of it: \
         `V3CipherSuites`: add one of TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256 and \
         TLS_AES_128_GCM_SHA256",
    );
    let found = with(&idle, Release::V3R1, |settings| {
        let mut peer = of_peer("openssl-3");
        peer.side.versions = vec![Protocol::Tls13];
        handshake(settings, &peer)
    });
    assert_eq!(
        line(&found),
        "402: the peer takes TLS 1.3, which is on here without a cipher suite of its own: \
         `V3CipherSuites4Char`: add one of TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256 and \
         TLS_AES_128_GCM_SHA256"
    );
}

#[test]
fn defaults_of_3_1_are_those_of_old_versions() {
    let nothing = Blocks {
        advanced: "",
        ciphers: "",
        ..MODERN
    };
    check(
        &nothing,
        "openssl-3",
        "412: no version in common: the peer has TLS 1.2 and TLS 1.3, this side TLS 1.0 and TLS 1.1: \
         `TLSv1.2`: write `TLSv1.2 On`",
    );
    check(
        &nothing,
        "schannel-2016",
        "TLS 1.1, TLS_RSA_WITH_AES_256_CBC_SHA, with an RSA certificate only",
    );
    let found = with(&nothing, Release::V3R2, |settings| {
        handshake(settings, &of_peer("java-2026"))
    });
    assert!(
        line(&found).starts_with("TLS 1.2; RSA certificate: TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")
    );
    // No suite with RSA key exchange, and TLS 1.2 without others.
    let tls12 = Blocks {
        advanced: "TLSv1.2 On\n",
        ciphers: "V3CipherSuites 352F\n",
        ..MODERN
    };
    check(
        &tls12,
        "java-2026",
        "402: both have TLS 1.2, and no cipher suite of it in common: `V3CipherSuites`: add one of \
         TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 and \
         TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    );
}

#[test]
fn groups_and_key_shares_count() {
    let p521 = Blocks {
        signatures: "ServerKeyShareGroups 0025\nServerKexECurves 0025\n",
        ..MODERN
    };
    check(
        &p521,
        "schannel-2022",
        "?: no group for TLS 1.3 in common: the peer has x25519, secp256r1 and secp384r1, this side \
         secp521r1: `ServerKeyShareGroups`: add one of x25519, secp256r1 and secp384r1",
    );
    check(
        &p521,
        "schannel-2016",
        "402: no group for TLS 1.2 in common: the peer has x25519, secp256r1 and secp384r1, this side \
         secp521r1: `ServerKexECurves`: add one of secp256r1 and secp384r1",
    );
    check(
        &p521,
        "openssl-3",
        "TLS 1.3, TLS_AES_256_GCM_SHA384, secp521r1 after a second ClientHello",
    );
    let client = Blocks {
        role: "Client",
        ..MODERN
    };
    check(
        &client,
        "openssl-3",
        "TLS 1.3, TLS_AES_256_GCM_SHA384, secp256r1",
    );
    let unknown = Blocks {
        signatures: "ClientECurves 0024\nClientKeyShareGroups 0023\n",
        ..client
    };
    check(
        &unknown,
        "openssl-3",
        "517: no key share group is among the curves of the client: `ClientECurves`: add the key share groups",
    );
    let any = Blocks {
        signatures: "ClientECurves Any\n",
        ..client
    };
    check(
        &any,
        "openssl-3",
        "TLS 1.3, TLS_AES_256_GCM_SHA384, secp256r1",
    );
}

#[test]
fn signatures_say_which_certificate_works() {
    let rsa = Blocks {
        signatures: "SignaturePairs 04010501\n",
        ..MODERN
    };
    check(
        &rsa,
        "openssl-3",
        "?: no signature pair in common that a certificate can use in TLS 1.3: `SignaturePairs`: \
         add TLS_SIGALG_SHA256_WITH_ECDSA",
    );
    check(
        &rsa,
        "java-8",
        "TLS 1.2, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, secp256r1, with an RSA certificate only",
    );
    let ecdsa = Blocks {
        signatures: "SignaturePairs 0403\n",
        ..MODERN
    };
    check(
        &ecdsa,
        "openssl-3",
        "TLS 1.3, TLS_AES_256_GCM_SHA384, x25519, with an ECDSA certificate only",
    );
}

#[test]
fn a_client_without_a_certificate_is_refused_where_one_is_required() {
    let asks = Blocks {
        role: "ServerWithClientAuth",
        ..MODERN
    };
    check(
        &asks,
        "curl",
        "TLS 1.3, TLS_AES_256_GCM_SHA384, x25519; client certificate required",
    );
    let found = |advanced| {
        let mut peer = of_peer("curl");
        peer.side.certificate = Some(false);
        let blocks = Blocks { advanced, ..asks };
        line(&with(&blocks, Release::V3R1, |settings| {
            handshake(settings, &peer)
        }))
    };
    assert_eq!(
        found("TLSv1.3 On\nClientAuthType SAFCheck\n"),
        "5001: the peer has no certificate, and this side insists on one: `ClientAuthType`: give the peer \
         a certificate, or write `ClientAuthType Full`"
    );
    assert_eq!(
        found("TLSv1.3 On\nClientAuthType Full\n"),
        "TLS 1.3, TLS_AES_256_GCM_SHA384, x25519; client certificate requested"
    );
}

#[test]
fn extensions_refuse_where_one_side_insists() {
    let insists = Blocks {
        advanced: "TLSv1.2 On\nServerExtendedMasterSecret Required\n",
        ..MODERN
    };
    check(
        &insists,
        "openssl-1.0.2",
        "?: one side insists on the extended master secret, and the other does not have it: \
         `ServerExtendedMasterSecret`: write `On`",
    );
    check(
        &insists,
        "java-8",
        "TLS 1.2; RSA certificate: TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, secp256r1; \
         ECDSA certificate: TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, secp256r1",
    );
    let scsv = Blocks {
        advanced: "TLSv1.2 On\nServerScsv On\n",
        ciphers: "",
        ..MODERN
    };
    let found = with(&scsv, Release::V3R1, |settings| {
        let mut peer = of_peer("schannel-2016");
        peer.side.versions = vec![Protocol::Tls10];
        peer.side.fallback = true;
        handshake(settings, &peer)
    });
    let Outcome::Fails(failure) = &found else {
        panic!("{found:?}")
    };
    assert_eq!(failure.alert, Some(Alert(86, "inappropriate_fallback")));
    assert_eq!(failure.field.keyword, "ServerScsv");
    assert!(failure.field.coded);
}

#[test]
fn fips_mode_and_suite_b_leave_less() {
    let fips = Blocks {
        group: "FIPS140 Level1\n",
        ciphers: "V3CipherSuites4Char 1303000400351302\n",
        ..MODERN
    };
    check(
        &fips,
        "openssl-3",
        "TLS 1.3, TLS_AES_256_GCM_SHA384, secp256r1 after a second ClientHello",
    );
    let suite_b = Blocks {
        environment: "SuiteBProfile 192\n",
        advanced: "TLSv1.2 On\n",
        ciphers: "V3CipherSuites 35\n",
        ..MODERN
    };
    check(
        &suite_b,
        "java-8",
        "TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, secp384r1, with an ECDSA certificate only",
    );
    let found = with(&suite_b, Release::V3R1, |settings| {
        let mut peer = of_peer("java-8");
        peer.side.suites = vec![0x0035];
        handshake(settings, &peer)
    });
    assert_eq!(
        line(&found),
        "402: both have TLS 1.2, and no cipher suite of it in common: `SuiteBProfile`: write `SuiteBProfile Off`"
    );
}

#[test]
fn roles_must_differ() {
    let client = Blocks {
        role: "Client",
        ..MODERN
    };
    check(
        &client,
        "x3270",
        "?: both sides play the client: `HandshakeRole`: write `HandshakeRole Server` if the peer is to be the client",
    );
    let both = with(&MODERN, Release::V3R1, |one| {
        let peer = Peer::of_rule("rule=R", one);
        line(&handshake(one, &peer))
    });
    assert!(
        both.starts_with("5004: both sides wait for a client: `HandshakeRole`"),
        "{both}"
    );
    let agreed = with(&client, Release::V3R1, |one| {
        let peer = Peer::of_rule("rule=R", one);
        with(&MODERN, Release::V3R1, |other| {
            line(&handshake(other, &peer))
        })
    });
    assert_eq!(agreed, "TLS 1.3, TLS_AES_256_GCM_SHA384, secp256r1");
}

#[test]
fn a_change_that_is_proposed_lets_the_peer_through() {
    // The first trial of each remedy was checked inside; here the text is written and asked again.
    let old = Blocks {
        advanced: "",
        ciphers: "V3CipherSuites 352F\n",
        ..MODERN
    };
    check(
        &old,
        "java-2026",
        "412: no version in common: the peer has TLS 1.2 and TLS 1.3, this side TLS 1.0 and TLS 1.1: \
         `TLSv1.3`: write `TLSv1.3 On` and add one of TLS_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256 and \
         TLS_CHACHA20_POLY1305_SHA256",
    );
    let mended = Blocks {
        advanced: "TLSv1.3 On\n",
        ciphers: "V3CipherSuites 352F\nV3CipherSuites TLS_AES_128_GCM_SHA256\n",
        ..MODERN
    };
    check(
        &mended,
        "java-2026",
        "TLS 1.3, TLS_AES_128_GCM_SHA256, secp256r1",
    );
}

#[test]
fn the_field_points_to_its_line() {
    let apart = Blocks {
        ciphers: "V3CipherSuites4Char 1303C030\n",
        ..MODERN
    };
    let text = text(&apart);
    let lowered = lower(&parse(text.as_bytes()), "p");
    let rule = lowered.policy.of(&TTLS_RULE).next().unwrap();
    let named = Named::of(&lowered.policy);
    let settings = Settings::of(&View::of(&named, rule, Release::V3R1));
    let Outcome::Fails(failure) = handshake(&settings, &of_peer("schannel-2022")) else {
        panic!("it is refused")
    };
    let (_, line) = lowered.origins.line(failure.field.tag).unwrap();
    assert_eq!(
        text.lines().nth(line - 1),
        Some("V3CipherSuites4Char 1303C030")
    );
    assert_eq!(failure.field.statement, "TTLSCipherParms");
    assert_eq!(failure.alert, Some(Alert(40, "handshake_failure")));
}

#[test]
fn the_library_is_sound() {
    let mut names: Vec<&str> = Vec::new();
    for one in profiles() {
        names.extend([one.name].iter().chain(one.aliases));
        assert!(
            !one.title.is_empty() && !one.source.is_empty(),
            "{}",
            one.name
        );
        let tls13 = one.versions.contains(&Protocol::Tls13);
        assert_eq!(
            tls13,
            one.suites.iter().any(|list| list.contains(&0x1301)),
            "{}",
            one.name
        );
        assert_eq!(tls13, !one.shares.is_empty(), "{}", one.name);
        assert!(
            one.shares.iter().all(|share| one.groups.contains(share)),
            "{}",
            one.name
        );
        let mut suites = one.suites.concat();
        suites.sort_unstable();
        suites.dedup();
        assert_eq!(
            suites.len(),
            one.suites.concat().len(),
            "{}: a suite twice",
            one.name
        );
        assert_eq!(
            profile(&one.name.to_uppercase()).map(|found| found.name),
            Some(one.name)
        );
    }
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "a name twice");
    assert!(profiles().is_sorted_by_key(|one| one.name));
}

#[test]
fn a_level_admits_some_of_the_library() {
    let refused = |blocks: &Blocks| {
        with(blocks, Release::V3R1, |settings| {
            let all = admits(settings).into_iter();
            let refused = all.filter(|(_, outcome)| matches!(outcome, Outcome::Fails(_)));
            refused.map(|(one, _)| one.name).collect::<Vec<_>>()
        })
    };
    assert_eq!(refused(&MODERN), Vec::<&str>::new());
    let tls13 = Blocks {
        advanced: "TLSv1 Off\nTLSv1.1 Off\nTLSv1.3 On\n",
        ..MODERN
    };
    assert_eq!(
        refused(&tls13),
        ["java-8", "java-8-old", "openssl-1.0.2", "schannel-2016"]
    );
    let client = Blocks {
        role: "Client",
        ..MODERN
    };
    let judged = with(&client, Release::V3R1, |settings| admits(settings).len());
    assert_eq!(
        judged,
        profiles()
            .iter()
            .filter(|one| one.plays != Plays::Client)
            .count()
    );
}
