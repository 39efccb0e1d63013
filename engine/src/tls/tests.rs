//! Both sides of TLS, in memory: what a plan says is what is agreed on.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};

use generator::analysis::handshake::Demand;
use generator::policy::table::suites::{Protocol, suites};
use proptest::prelude::*;

use super::*;
use crate::certificates::{Kind, Made};
use keyring::{Certificate, Ring};

pub(crate) fn certificate(made: &Made) -> Certificate {
    Certificate {
        complete: true,
        leaf: made.certificate.clone(),
        key: made.key.clone(),
        chain: Vec::new(),
        status: None,
    }
}

/// A ring with an RSA and an EC certificate of its authority.
pub(crate) fn ring() -> &'static Arc<Ring> {
    static RING: LazyLock<Arc<Ring>> = LazyLock::new(|| ring_of("Test Authority"));
    &RING
}

fn ring_of(authority: &str) -> Arc<Ring> {
    let authority = Made::authority(authority);
    let rsa = certificate(&authority.issue("localhost", Kind::Rsa(2048)));
    let ec = certificate(&authority.issue("localhost", Kind::Ec));
    Arc::new(Ring::made(
        vec![("RSA", rsa), ("EC", ec)],
        vec![authority.certificate],
    ))
}

pub(crate) fn plan(role: Role) -> Plan {
    Plan {
        role,
        client_auth: ClientAuth::No,
        versions: vec![Protocol::Tls12, Protocol::Tls13],
        suites: vec![0x1301, 0xC02B, 0xC02F],
        groups: Some(vec![23, 29]),
        signatures: vec![0x0804, 0x0403, 0x0401, 0x0201],
        certificate_signatures: Vec::new(),
        keyring: "R".to_owned(),
        labels: match role {
            Role::Client => Vec::new(),
            Role::Server => vec!["RSA".to_owned(), "EC".to_owned()],
        },
        server_name: ServerName::default(),
        hosts: Hosts::default(),
        cache: Cache {
            size: 100,
            seconds: 300,
        },
        tickets: Tickets {
            count: 2,
            seconds: 300,
            used: true,
        },
        least: Least {
            rsa: 1024,
            ec: 192,
            dsa: 1024,
            dh: 1024,
            ephemeral: 1024,
            version3: false,
        },
        dh2048: false,
        middlebox: false,
        master_secret: Demand::On,
        renegotiation: Renegotiation {
            allowed: Allowed::Secure,
            indicated: false,
            same_certificate: false,
        },
        renewal: None,
        fragments: Fragments::default(),
        suite_b: None,
        fips: false,
        revocation: None,
        staples: false,
        users: Users::default(),
    }
}

const PARTNER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 1);

/// What both sides agree on, or why one of them ends it.
fn agree(client: &Environment, server: &Environment) -> Result<Agreed, Failure> {
    Ok(agree_watched(client, server, Tapped::Nothing)?.0)
}

/// The same, and what was noted on both sides where they are watched.
fn agree_watched(
    client: &Environment,
    server: &Environment,
    tapped: Tapped,
) -> Result<(Agreed, Vec<Passed>), Failure> {
    let (mut client, mut server) = (
        Session::begin(client, PARTNER, tapped)?,
        Session::begin(server, PARTNER, tapped)?,
    );
    let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
    let (mut wire, mut plain) = (Wire::new(), vec![0; PLAIN]);
    for _ in 0..20 {
        wire.put(&to_client);
        let done = client.handshake(&mut wire)?;
        to_server = wire.to_send().to_vec();
        wire.clear();
        wire.put(&to_server);
        let heard = server.handshake(&mut wire)?;
        to_client = wire.to_send().to_vec();
        wire.clear();
        if done && heard {
            // The client reads the tickets, and what it says arrives.
            wire.put(&to_client);
            client.open(&mut wire, &mut plain)?;
            client.seal(b"hello", &mut wire)?;
            let sealed = wire.to_send().to_vec();
            wire.clear();
            wire.put(&sealed);
            let opened = server.open(&mut wire, &mut plain)?;
            assert_eq!(&plain[..opened.bytes], b"hello");
            let passed = [client.passed(), server.passed()];
            return Ok((client.agreed(), passed.into_iter().flatten().collect()));
        }
    }
    panic!(
        "the handshake does not end; to send: {} {}",
        to_server.len(),
        to_client.len()
    );
}

fn made(plan: Plan, ring: &Arc<Ring>) -> Environment {
    Environment::new(plan, ring).expect("an environment")
}

#[test]
fn every_suite_that_the_library_has_works_in_its_versions() {
    let ring = ring();
    let mut tried = 0;
    for suite in suites() {
        let Some(number) = suite.number().filter(|number| has_suite(*number)) else {
            continue;
        };
        // OpenSSL has no DSA certificates here, and fixed Diffie-Hellman ones not at all.
        if !["RSA", "ECDSA", "TLS13", "any", ""].contains(&suite.authentication) {
            continue;
        }
        for version in Protocol::ALL {
            if !suite.works_with(version) || !has_version(version) {
                continue;
            }
            let with = |role: Role| Plan {
                versions: vec![version],
                suites: vec![number],
                ..plan(role)
            };
            let made = |role| {
                let made = Environment::new(with(role), ring);
                made.unwrap_or_else(|error| panic!("{} {version}: {error}", suite.name))
            };
            let agreed = agree(&made(Role::Client), &made(Role::Server));
            let agreed =
                agreed.unwrap_or_else(|failure| panic!("{} {version}: {failure:?}", suite.name));
            assert_eq!(agreed.suite, suite.name, "{version}");
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried}");
}

#[test]
fn what_both_sides_do_not_share_ends_with_its_code() {
    let ring = ring();
    let code = |client: Plan, server: Plan| {
        let result = agree(&made(client, ring), &made(server, ring));
        result.err().map(|failure| failure.code)
    };
    let (client, server) = (|| plan(Role::Client), || plan(Role::Server));
    assert_eq!(code(client(), server()), None);
    let suites = Plan {
        suites: vec![0xC030],
        versions: vec![Protocol::Tls12],
        ..client()
    };
    assert_eq!(code(suites, server()), Some(402));
    let old = Plan {
        versions: vec![Protocol::Tls13],
        ..client()
    };
    assert_eq!(
        code(
            old,
            Plan {
                versions: vec![Protocol::Tls12],
                ..server()
            }
        ),
        Some(412)
    );
    let least = Least {
        rsa: 4096,
        ec: 384,
        ..client().least
    };
    assert_eq!(code(Plan { least, ..client() }, server()), Some(414));
    let hosts = Hosts {
        dns: vec!["other.example".to_owned()],
        ..Hosts::default()
    };
    assert_eq!(code(Plan { hosts, ..client() }, server()), Some(8));
    let hosts = Hosts {
        common_names: vec!["localhost".to_owned()],
        ..Hosts::default()
    };
    assert_eq!(code(Plan { hosts, ..client() }, server()), None);
}

#[test]
fn a_stranger_is_refused_and_told_so() {
    let (ring, other) = (ring(), &ring_of("Another Authority"));
    let (mine, theirs) = (
        made(plan(Role::Client), other),
        made(plan(Role::Server), ring),
    );
    let failure = agree(&mine, &theirs).expect_err("another authority");
    assert_eq!((failure.code, failure.told), (435, Told::Here));
}

#[test]
fn sessions_go_on_whether_somebody_watches_or_not() {
    let ring = ring();
    for version in [Protocol::Tls12, Protocol::Tls13] {
        let with = |role| Plan {
            versions: vec![version],
            ..plan(role)
        };
        let (client, server) = (
            made(with(Role::Client), ring),
            made(with(Role::Server), ring),
        );
        let (nothing, all) = (Tapped::Nothing, Tapped::Handshakes);
        for (at, tapped) in [nothing, all, all, nothing].into_iter().enumerate() {
            let (agreed, passed) = agree_watched(&client, &server, tapped).expect("a handshake");
            assert_eq!(agreed.resumed, at > 0, "{version} {at}");
            assert_eq!(passed.len(), if tapped == all { 2 } else { 0 });
            for one in &passed {
                let secrets = if version == Protocol::Tls13 { 2 } else { 0 };
                assert_eq!(one.secrets.len(), secrets, "{version}");
                assert!(
                    one.said
                        .iter()
                        .any(|said| matches!(said.what, What::Data { records: 1, .. }))
                );
            }
        }
    }
}

/// There are thousands of them, most of which wait.
#[test]
fn an_idle_session_is_small() {
    assert!(size_of::<Session>() <= 360, "{}", size_of::<Session>());
    let ring = ring();
    let (client, server) = (
        made(plan(Role::Client), ring),
        made(plan(Role::Server), ring),
    );
    let mut server = Session::new(&server, PARTNER).expect("a server");
    let mut client = Session::new(&client, PARTNER).expect("a client");
    let mut wire = Wire::new();
    client.handshake(&mut wire).expect("an offer");
    let offer = wire.to_send().to_vec();
    wire.clear();
    wire.put(&offer);
    server.handshake(&mut wire).expect("an answer");
    // Until it is done, the offer is kept; then it is not.
    let opening = server.evidence().opening;
    assert!(matches!(opening, Opening::Tls(bytes) if *bytes == *offer));
    assert_eq!(server.evidence().opening, Opening::Nothing);
}

#[test]
fn a_client_comes_back_with_its_session_where_it_may() {
    let ring = ring();
    let twice = |client: Plan, server: Plan| {
        let (client, server) = (made(client, ring), made(server, ring));
        let _first = agree(&client, &server).expect("a handshake");
        agree(&client, &server).expect("another one").resumed
    };
    for version in [Protocol::Tls12, Protocol::Tls13] {
        let with = |role| Plan {
            versions: vec![version],
            ..plan(role)
        };
        assert!(twice(with(Role::Client), with(Role::Server)), "{version}");
        let none = Cache {
            size: 0,
            seconds: 300,
        };
        let forgets = Plan {
            cache: none,
            ..with(Role::Client)
        };
        assert!(!twice(forgets, with(Role::Server)), "{version}");
    }
    let unused = Tickets {
        used: false,
        ..plan(Role::Client).tickets
    };
    let only = |role| Plan {
        versions: vec![Protocol::Tls13],
        ..plan(role)
    };
    assert!(!twice(
        Plan {
            tickets: unused,
            ..only(Role::Client)
        },
        only(Role::Server)
    ));
    let unsent = Tickets {
        count: 0,
        ..plan(Role::Server).tickets
    };
    assert!(!twice(
        only(Role::Client),
        Plan {
            tickets: unsent,
            ..only(Role::Server)
        }
    ));
}

#[test]
fn what_a_ring_lacks_is_said_before_any_connection() {
    let authority = Made::authority("Test Authority");
    let bare = Arc::new(Ring::made(Vec::new(), vec![authority.certificate.clone()]));
    let code =
        |plan: Plan, ring: &Arc<Ring>| Environment::new(plan, ring).err().map(|error| error.code());
    let unlabelled = Plan {
        labels: Vec::new(),
        ..plan(Role::Server)
    };
    assert_eq!(code(unlabelled, &bare), Some(7));
    assert_eq!(code(plan(Role::Server), &bare), Some(6));
    assert_eq!(code(plan(Role::Client), &bare), None);
    assert_eq!(
        code(
            plan(Role::Client),
            &Arc::new(Ring::made(Vec::new(), Vec::new()))
        ),
        Some(109)
    );
    let nothing = Plan {
        suites: vec![0x0001],
        ..plan(Role::Client)
    };
    assert!(matches!(code(nothing, &bare), Some(402) | None));
    let none = Plan {
        versions: Vec::new(),
        ..plan(Role::Client)
    };
    assert_eq!(code(none, &bare), Some(412));
}

/// What comes of another handshake in which the client has this certificate.
fn renegotiated(server: &Environment, first: &Made, then: &Made) -> Result<(), Failure> {
    use openssl::ssl::{Ssl, SslContext, SslMethod, SslStream, SslVersion};
    let mut context = SslContext::builder(SslMethod::tls_client()).expect("a client");
    context
        .set_max_proto_version(Some(SslVersion::TLS1_2))
        .expect("a version");
    context
        .set_certificate(&first.certificate)
        .expect("a certificate");
    context.set_private_key(&first.key).expect("a key");
    let ssl = Ssl::new(&context.build()).expect("a client");
    let mut client = SslStream::new(ssl, Wire::new()).expect("a client");
    let mut server = Session::new(server, PARTNER)?;
    let (mut wire, mut plain) = (Wire::new(), vec![0; PLAIN]);
    let mut is_done = false;
    let _begun = client.connect();
    for turn in 0..8 {
        if turn == 4 {
            raw::renew(&mut client, false).expect("a wish");
            raw::present(&mut client, &then.certificate, &then.key);
            let _begun = client.do_handshake();
        }
        wire.put(client.get_ref().to_send());
        client.get_mut().clear();
        match is_done {
            false => is_done = server.handshake(&mut wire)?,
            true => drop(server.open(&mut wire, &mut plain)?),
        }
        client.get_mut().put(wire.to_send());
        wire.clear();
        let _goes_on = client.do_handshake();
    }
    assert!(is_done && !server.is_renewing());
    Ok(())
}

#[test]
fn a_partner_that_renegotiates_with_another_certificate_is_refused_where_that_counts() {
    let authority = Made::authority("Test Authority");
    let own = certificate(&authority.issue("localhost", Kind::Ec));
    let ring = Arc::new(Ring::made(
        vec![("EC", own)],
        vec![authority.certificate.clone()],
    ));
    let [one, other] = ["one", "other"].map(|name| authority.issue(name, Kind::Ec));
    for (counts, then, expected) in [
        (true, &one, None),
        (true, &other, Some(414)),
        (false, &other, None),
    ] {
        let mut plan = plan(Role::Server);
        plan.labels.clear();
        plan.client_auth = ClientAuth::Required;
        plan.renegotiation.same_certificate = counts;
        let result = renegotiated(&made(plan, &ring), &one, then);
        assert_eq!(
            result.err().map(|failure| failure.code),
            expected,
            "{counts}"
        );
    }
}

proptest! {
    /// Whatever is done to a ClientHello, the server waits for more, goes on, or ends with a code; if it answers
    /// at all, then in records of TLS.
    #[test]
    fn a_damaged_hello_ends_in_order(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        behind in prop::collection::vec(any::<u8>(), 0..40),
        splits in prop::collection::vec(1usize..400, 1..5),
    ) {
        static PAIR: LazyLock<[Environment; 2]> =
            LazyLock::new(|| [Role::Client, Role::Server].map(|role| made(plan(role), ring())));
        let [client, server] = &*PAIR;
        let mut wire = Wire::new();
        let mut first = Session::new(client, PARTNER).expect("a client");
        prop_assert_eq!(first.handshake(&mut wire), Ok(false));
        let mut hello = wire.to_send().to_vec();
        wire.clear();
        for (at, byte) in damage {
            let at = at.index(hello.len());
            hello[at] = byte;
        }
        hello.truncate(cut.index(hello.len()) + 1);
        hello.extend(behind);
        let mut server = Session::new(server, PARTNER).expect("a server");
        let (mut rest, mut splits) = (hello.as_slice(), splits.iter().cycle());
        while !rest.is_empty() {
            let size = splits.next().map_or(1, |size| rest.len().min(*size));
            wire.put(&rest[..size]);
            rest = &rest[size..];
            let done = server.handshake(&mut wire);
            prop_assert!(matches!(wire.to_send().first(), None | Some(20..=23)));
            wire.clear();
            match done {
                Ok(done) => prop_assert!(!done, "nobody answered"),
                Err(failure) => {
                    prop_assert!(failure.code > 0 && !failure.words.is_empty());
                    break;
                }
            }
        }
    }
}
