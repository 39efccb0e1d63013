//! Every version, suite and kind of certificate that policies can name, with real handshakes both ways: what
//! comes of each is what `generator::analysis::handshake` says beforehand of the same policy.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::LazyLock;

use engine::tls::{has_suite, has_version};
use generator::analysis::handshake::{
    Key, Outcome, Peer, Plays, Settings, Side, handshake, profiles, suite_name,
};
use generator::policy::lookup::rules;
use generator::policy::table::TTLS_RULE;
use generator::policy::table::suites::{Protocol, suite_by_number, suites};
use generator::policy::{Named, Release, View, lower, parse};
use openssl::dh::Dh;
use openssl::provider::Provider;
use openssl::ssl::{Ssl, SslContext, SslMethod, SslOptions, SslStream, SslVerifyMode, SslVersion};

use crate::certificates::{Kind, Made};
use crate::fixture::*;

/// Certificates by the labels that they have in the ring.
const KINDS: [(&str, Kind); 5] = [
    ("RSA", Kind::Rsa(2048)),
    ("P256", Kind::Ec),
    ("P384", Kind::P384),
    ("P521", Kind::P521),
    ("ED", Kind::Ed25519),
];

/// The keys that the analysis knows; it has none for Ed25519, as the language has no signature for it.
fn key(label: &str) -> Option<Key> {
    match label {
        "RSA" => Some(Key::Rsa),
        "ED" => None,
        _ => Some(Key::Ecdsa),
    }
}

/// One rule with who knocks at it.
struct Case {
    job: String,
    versions: Vec<Protocol>,
    suites: Vec<u16>,
    /// The labels of the server's certificates, whoever the server is; the first serves as that of a peer.
    labels: Vec<&'static str>,
    peers: Vec<Peer>,
}

fn is_13(number: u16) -> bool {
    number >> 8 == 0x13
}

fn peer(version: Protocol, suites: &[u16], plays: Plays) -> Peer {
    let groups = Some(vec![23, 24, 25]);
    Peer {
        name: format!(
            "{version} {}",
            suites.first().map_or(String::new(), |one| suite_name(*one))
        ),
        side: Side {
            versions: vec![version],
            suites: suites.to_vec(),
            groups: groups.clone(),
            groups13: groups,
            shares: vec![23],
            signatures: Some(vec![
                0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601,
            ]),
            keys: Key::ALL.to_vec(),
            ..Side::default()
        },
        plays,
        assumed: Vec::new(),
    }
}

/// The programs of the library, with what of their suites OpenSSL has.
fn programs(plays: Plays) -> Vec<Peer> {
    let fit = profiles()
        .iter()
        .filter(|one| one.plays == Plays::Either || one.plays == plays);
    let peers = fit.map(|profile| {
        let mut peer = Peer::of_profile(profile);
        let side = &mut peer.side;
        side.suites.retain(|suite| openssl_suite(*suite).is_some());
        side.versions.retain(|version| has_version(*version));
        peer.plays = plays;
        peer
    });
    peers.collect()
}

/// A rule for each suite, version and certificate, and one with much of everything.
fn cases(plays: Plays) -> Vec<Case> {
    let versions: Vec<_> = Protocol::ALL
        .into_iter()
        .filter(|one| has_version(*one))
        .collect();
    let known: Vec<_> = suites()
        .iter()
        .filter(|suite| suite.number().is_some_and(has_suite))
        .collect();
    let mut cases = Vec::new();
    let mut add = |version: Protocol, suite: u16, label: &'static str| {
        let after = versions
            .iter()
            .find(|one| **one != version && **one > Protocol::Tls10);
        let other = match is_13(suite) {
            true if suite == 0x1301 => 0x1302,
            true => 0x1301,
            false if suite == 0x002F => 0x0035,
            false => 0x002F,
        };
        let mut peers = vec![
            peer(version, &[suite], plays),
            peer(version, &[other], plays),
            peer(version, &[other, suite], plays),
        ];
        peers.extend(after.map(|after| peer(*after, &[suite, 0xC02F, 0x1301], plays)));
        cases.push(Case {
            job: format!("M{:06}", cases.len()),
            versions: vec![version],
            suites: vec![suite],
            labels: vec![label],
            peers,
        });
    };
    for version in versions.iter().copied() {
        for suite in known.iter().filter(|suite| suite.works_with(version)) {
            let number = suite.number().unwrap_or_default();
            let labels: &[&'static str] = match (version, suite.key_exchange, suite.authentication)
            {
                (Protocol::Tls13, ..) => &["RSA", "P256", "P384", "P521", "ED"],
                (Protocol::Tls12, "ECDHE", "ECDSA") if suite.name.contains("GCM") => {
                    &["P256", "P384", "P521", "ED"]
                }
                (_, _, "ECDSA") => &["P256"],
                // Of the other kind, which is no certificate for such a suite.
                (Protocol::Tls12, "ECDHE", "RSA") => &["RSA", "P256"],
                _ => &["RSA"],
            };
            labels.iter().for_each(|label| add(version, number, label));
        }
    }
    let modern: Vec<u16> = vec![
        0x1302, 0x1301, 0xC02C, 0xC030, 0xC02B, 0xC02F, 0x009F, 0xC013, 0x0035, 0x002F,
    ];
    let mixes: [(&[Protocol], &[&'static str]); 4] = [
        (
            &[
                Protocol::Tls10,
                Protocol::Tls11,
                Protocol::Tls12,
                Protocol::Tls13,
            ],
            &["RSA", "P256"],
        ),
        (&[Protocol::Tls12, Protocol::Tls13], &["P256"]),
        (&[Protocol::Tls12], &["RSA"]),
        (&[Protocol::Tls13], &["P384"]),
    ];
    for (versions, labels) in mixes {
        // A server of OpenSSL in this test has one certificate.
        let labels = if plays == Plays::Server {
            &labels[..1]
        } else {
            labels
        };
        cases.push(Case {
            job: format!("M{:06}", cases.len()),
            versions: versions.to_vec(),
            suites: modern.clone(),
            labels: labels.to_vec(),
            peers: programs(plays),
        });
    }
    cases
}

/// The policy of a case; the engine plays what its peers do not.
fn policy(case: &Case, plays: Plays) -> String {
    let mut environment =
        "  TTLSKeyringParms\n  {\n    Keyring root/R\n  }\n  TTLSCipherParms\n  {\n".to_owned();
    for suite in &case.suites {
        environment += &format!("    V3CipherSuites {}\n", suite_name(*suite));
    }
    environment += "  }";
    let mut advanced = Vec::new();
    for version in &Protocol::ALL[1..] {
        let on = if case.versions.contains(version) {
            "On"
        } else {
            "Off"
        };
        advanced.push(format!("    {} {on}", version.attribute()));
    }
    let role = match plays {
        Plays::Server => "Client",
        Plays::Client | Plays::Either => {
            advanced.extend(
                case.labels
                    .iter()
                    .map(|label| format!("    ServerCertificateLabel {label}")),
            );
            "Server"
        }
    };
    rule(&case.job, role, &environment, &advanced.join("\n"))
}

/// What the analysis says: the version and suite that are agreed on.
fn predicted(policy: &str, case: &Case, peer: &Peer) -> Result<(Protocol, u16), String> {
    let parsed = lower(&parse(policy.as_bytes()), "policy").policy;
    let named = Named::of(&parsed);
    let rule = rules(&parsed)[0].statement;
    assert_eq!(rule.def().map(|def| def.name), Some(TTLS_RULE.name));
    let mut settings = Settings::of(&View::of(&named, rule, Release::default()));
    let mut peer = peer.clone();
    let keys: Vec<Key> = case.labels.iter().filter_map(|label| key(label)).collect();
    match settings.is_client() {
        true => peer.side.keys = keys,
        false => settings.side.keys = keys,
    }
    match handshake(&settings, &peer) {
        Outcome::Fails(failure) => Err(failure.because),
        Outcome::Succeeds(success) => {
            let choices = &success.agreed.choices;
            // Of several certificates, the first suite with any of them.
            let (server, client) = match settings.is_client() {
                true => (&peer.side, &settings.side),
                false => (&settings.side, &peer.side),
            };
            let first = if server.follows_client {
                client
            } else {
                server
            };
            let order = &first.suites;
            let first = order
                .iter()
                .find(|suite| choices.iter().any(|one| one.suite == **suite));
            Ok((
                success.agreed.version,
                *first.expect("a choice of the lists"),
            ))
        }
    }
}

/// What OpenSSL calls a suite.
fn openssl_suite(number: u16) -> Option<&'static str> {
    static NAMES: LazyLock<HashMap<u16, String>> = LazyLock::new(|| {
        let mut all = builder(SslMethod::tls());
        all.set_cipher_list("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
            .expect("suites");
        let ssl = Ssl::new(&all.build()).expect("a connection");
        let name = |number: u16| {
            let lists = ssl
                .bytes_to_cipher_list(&number.to_be_bytes(), false)
                .ok()?;
            let name = lists.suites.iter().next()?.name().to_owned();
            // A name is known of suites whose cipher was not built along, too.
            let usable = number >> 8 == 0x13
                || builder(SslMethod::tls())
                    .set_cipher_list(&format!("{name}:@SECLEVEL=0"))
                    .is_ok();
            usable.then_some((number, name))
        };
        (0..=u16::MAX)
            .filter(|number| matches!(number >> 8, 0 | 0x13 | 0xC0 | 0xCC))
            .filter_map(name)
            .collect()
    });
    NAMES.get(&number).map(String::as_str)
}

fn builder(method: SslMethod) -> openssl::ssl::SslContextBuilder {
    static OUTDATED: LazyLock<Option<Provider>> =
        LazyLock::new(|| Provider::try_load(None, "legacy", true).ok());
    LazyLock::force(&OUTDATED);
    let mut builder = SslContext::builder(method).expect("a context");
    builder.set_security_level(0);
    builder
}

fn version(protocol: Protocol) -> SslVersion {
    match protocol {
        Protocol::SslV2 | Protocol::SslV3 => SslVersion::SSL3,
        Protocol::Tls10 => SslVersion::TLS1,
        Protocol::Tls11 => SslVersion::TLS1_1,
        Protocol::Tls12 => SslVersion::TLS1_2,
        Protocol::Tls13 => SslVersion::TLS1_3,
    }
}

fn group(number: u16) -> Option<&'static str> {
    Some(match number {
        23 => "P-256",
        24 => "P-384",
        25 => "P-521",
        29 => "X25519",
        30 => "X448",
        _ => return None,
    })
}

fn signature(number: u16) -> Option<String> {
    let hash = match number >> 8 {
        2 => "SHA1",
        3 => "SHA224",
        4 => "SHA256",
        5 => "SHA384",
        6 => "SHA512",
        _ => "",
    };
    Some(match number {
        0x0804 => "rsa_pss_rsae_sha256".to_owned(),
        0x0805 => "rsa_pss_rsae_sha384".to_owned(),
        0x0806 => "rsa_pss_rsae_sha512".to_owned(),
        0x0807 => "ed25519".to_owned(),
        _ if hash.is_empty() => return None,
        _ => match number & 0xff {
            1 => format!("RSA+{hash}"),
            3 => format!("ECDSA+{hash}"),
            _ => return None,
        },
    })
}

/// A side as OpenSSL has it; `made` is the certificate of a server.
fn context(side: &Side, made: Option<&Made>) -> Option<SslContext> {
    let mut builder = builder(if made.is_some() {
        SslMethod::tls_server()
    } else {
        SslMethod::tls_client()
    });
    builder.set_verify(SslVerifyMode::NONE);
    builder
        .set_min_proto_version(Some(version(*side.versions.first()?)))
        .ok()?;
    builder
        .set_max_proto_version(Some(version(*side.versions.last()?)))
        .ok()?;
    let list = |new: bool| {
        let suites = side.suites.iter().filter(|suite| is_13(**suite) == new);
        suites
            .filter_map(|suite| openssl_suite(*suite))
            .collect::<Vec<_>>()
            .join(":")
    };
    builder.set_ciphersuites(&list(true)).ok()?;
    match list(false).as_str() {
        "" => {}
        old => builder
            .set_cipher_list(&format!("{old}:@SECLEVEL=0"))
            .ok()?,
    }
    let groups = side.groups.iter().flatten().filter_map(|one| group(*one));
    builder
        .set_groups_list(&groups.collect::<Vec<_>>().join(":"))
        .ok()?;
    let signatures = side
        .signatures
        .iter()
        .flatten()
        .filter_map(|one| signature(*one));
    builder
        .set_sigalgs_list(&signatures.collect::<Vec<_>>().join(":"))
        .ok()?;
    if let Some(made) = made {
        builder.set_certificate(&made.certificate).ok()?;
        builder.set_private_key(&made.key).ok()?;
        builder.set_tmp_dh(&*Dh::get_2048_256().ok()?).ok()?;
        if !side.follows_client {
            builder.set_options(SslOptions::CIPHER_SERVER_PREFERENCE);
        }
    }
    Some(builder.build())
}

/// What was agreed on, by the name of the suite, and whether bytes pass.
fn agreed(
    stream: &mut SslStream<TcpStream>,
    program: Option<&mut TcpStream>,
) -> Result<(SslVersion, String), String> {
    let failed = |error: std::io::Error| error.to_string();
    match program {
        None => drop(round(stream, "hello").map_err(failed)?),
        Some(program) => {
            program.write_all(b"hello").map_err(failed)?;
            let mut came = [0; 5];
            stream.read_exact(&mut came).map_err(failed)?;
        }
    }
    let suite = stream
        .ssl()
        .current_cipher()
        .and_then(|suite| suite.standard_name());
    let version = stream.ssl().version2().ok_or("no version")?;
    Ok((version, suite.unwrap_or("none").to_owned()))
}

/// Compares; `Some`: both differ.
fn compared(
    case: &Case,
    peer: &Peer,
    predicted: &Result<(Protocol, u16), String>,
    found: &Result<(SslVersion, String), String>,
) -> Option<String> {
    let same = match (predicted, found) {
        (Ok((expected, suite)), Ok((found, name))) => {
            version(*expected) == *found && suite_name(*suite) == *name
        }
        (Err(_), Err(_)) => true,
        _ => false,
    };
    let rule = format!(
        "{:?} {} {:?}",
        case.versions,
        suite_by_number(case.suites[0]).map_or("", |suite| suite.name),
        case.labels
    );
    (!same).then(|| {
        format!(
            "{rule} with {}: predicted {predicted:?}, found {found:?}",
            peer.name
        )
    })
}

fn made(place: &Place) -> HashMap<&'static str, Made> {
    let all = KINDS.map(|(label, kind)| (label, place.authority.issue("localhost", kind)));
    for (label, made) in &all {
        place.put_personal("R", label, &made.pem_with_key());
    }
    all.into()
}

fn judge(tried: usize, agreed: usize, differing: &[String]) {
    println!(
        "{tried} handshakes, {agreed} of them agreed, {} other than predicted",
        differing.len()
    );
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!(agreed > 40 && agreed < tried, "{agreed} of {tried}");
}

#[test]
fn partners_get_what_is_predicted() {
    let place = Place::new();
    made(&place);
    let cases = cases(Plays::Client);
    let policies: Vec<_> = cases
        .iter()
        .map(|case| policy(case, Plays::Client))
        .collect();
    place.put_policy(&policies.concat());
    let program = Program::echo();
    let pairs: Vec<_> = cases
        .iter()
        .map(|case| program.inbound(&case.job))
        .collect();
    let engine = place.start(&pairs, &["--workers", "1"]);
    let (mut tried, mut succeeded, mut differing) = (0, 0, Vec::new());
    for (at, (case, policy)) in cases.iter().zip(&policies).enumerate() {
        for peer in &case.peers {
            let expected = predicted(policy, case, peer);
            let Some(context) = context(&peer.side, None) else {
                continue;
            };
            let ssl = Ssl::new(&context).expect("a connection");
            let stream = ssl
                .connect(engine.connect(at))
                .map_err(|error| error.to_string());
            let found = stream.and_then(|mut stream| agreed(&mut stream, None));
            tried += 1;
            succeeded += usize::from(found.is_ok());
            differing.extend(compared(case, peer, &expected, &found));
        }
    }
    judge(tried, succeeded, &differing);
}

#[test]
fn programs_get_what_is_predicted() {
    let place = Place::new();
    let made = made(&place);
    let cases = cases(Plays::Server);
    let policies: Vec<_> = cases
        .iter()
        .map(|case| policy(case, Plays::Server))
        .collect();
    place.put_policy(&policies.concat());
    let listeners: Vec<_> = cases
        .iter()
        .map(|_| TcpListener::bind("127.0.0.1:0").expect("a port"))
        .collect();
    let pairs: Vec<_> = cases
        .iter()
        .zip(&listeners)
        .map(|(case, listener)| {
            format!(
                "outbound:127.0.0.1:0={},job={}",
                listener.local_addr().expect("an address"),
                case.job
            )
        })
        .collect();
    let engine = place.start(&pairs, &["--workers", "1"]);
    let (mut tried, mut succeeded, mut differing) = (0, 0, Vec::new());
    for (at, (case, policy)) in cases.iter().zip(&policies).enumerate() {
        for peer in &case.peers {
            let expected = predicted(policy, case, peer);
            let Some(context) = context(&peer.side, made.get(case.labels[0])) else {
                continue;
            };
            let mut program = engine.connect(at);
            let (stream, _) = listeners[at].accept().expect("the engine");
            stream.set_read_timeout(Some(LONG)).expect("a timeout");
            let ssl = Ssl::new(&context).expect("a connection");
            let stream = ssl.accept(stream).map_err(|error| error.to_string());
            let found = stream.and_then(|mut stream| agreed(&mut stream, Some(&mut program)));
            tried += 1;
            succeeded += usize::from(found.is_ok());
            differing.extend(compared(case, peer, &expected, &found));
        }
    }
    judge(tried, succeeded, &differing);
}

#[test]
fn a_policy_with_nothing_but_suites_that_are_not_there_is_refused() {
    let place = Place::new();
    let missing = suites()
        .iter()
        .filter_map(|suite| suite.number())
        .filter(|number| !has_suite(*number));
    let cases: Vec<_> = missing
        .enumerate()
        .map(|(at, suite)| Case {
            job: format!("M{at:06}"),
            versions: vec![Protocol::Tls10, Protocol::Tls11, Protocol::Tls12],
            suites: vec![suite],
            labels: Vec::new(),
            peers: Vec::new(),
        })
        .collect();
    let policies: Vec<_> = cases
        .iter()
        .map(|case| policy(case, Plays::Client))
        .collect();
    place.put_policy(&policies.concat());
    let said = place.refused();
    let errors = said.matches(
        "error RC 402: none of the cipher suites is one that the OpenSSL of this engine has",
    );
    assert_eq!(errors.count(), cases.len(), "{said}");
}
