//! Keys, certificates and requests that are made here, and what is said of them.

use jiff::{SignedDuration, Timestamp};
use openssl::x509::X509;

use super::Place;
use crate::*;

const DAY: i64 = 86_400;

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("a time")
}

fn in_days(days: i64) -> Timestamp {
    now() + SignedDuration::from_secs(days * DAY)
}

fn made(
    subject: &str,
    hosts: &[Host],
    days: u32,
    kind: NewKey,
    issuer: Option<&Certificate>,
) -> Certificate {
    let subject = crate::subject(subject).expect("a name");
    let wish = Wish {
        subject: &subject,
        hosts,
        days,
        is_authority: hosts.is_empty(),
    };
    let key = kind.make().expect("a key");
    let by = issuer.map(|one| Issuer {
        certificate: &one.leaf,
        key: &one.key,
    });
    let leaf = certificate(&wish, &key, by, now()).expect("a certificate");
    Certificate {
        leaf,
        key,
        chain: Vec::new(),
        complete: true,
        status: None,
    }
}

fn hosts() -> Vec<Host> {
    let hosts = ["www.example.com", "192.0.2.1", "2001:db8::1"];
    hosts.map(|host| host.parse().expect("a host")).to_vec()
}

fn held_of(one: &Certificate, authorities: Vec<X509>) -> Held {
    let ring = Ring::made(vec![("L", one.clone())], authorities);
    held(&ring).remove(0)
}

#[test]
fn every_kind_of_key_makes_a_certificate_that_an_authority_signs() {
    let ca = made(
        "CN=CA,O=Example\\, Inc.,C=DE",
        &[],
        3650,
        NewKey::P384,
        None,
    );
    for (word, kind) in NewKey::WORDS {
        let one = made("CN=www.example.com", &hosts(), 10, kind, Some(&ca));
        assert!(issued(&ca.leaf, &one.leaf), "{word}");
        assert!(!is_root(&one.leaf) && !is_authority(&one.leaf));
        let held = held_of(&one, vec![ca.leaf.clone()]);
        assert_eq!(held.issuer, "CN=CA,O=Example\\, Inc.,C=DE");
        assert_eq!(held.hosts, ["www.example.com", "192.0.2.1", "2001:db8::1"]);
        assert_eq!(held.days_left(now()), 10);
        assert_eq!(held.signature, "ecdsa-with-SHA384");
        let words = held.key.to_string().to_lowercase();
        let words = words.replace("ec p-", "p").replace(' ', "");
        assert_eq!(words, word);
    }
    assert!(is_root(&ca.leaf) && is_authority(&ca.leaf));
    let alone = made("CN=self", &hosts(), 10, NewKey::Ed25519, None);
    assert!(is_root(&alone.leaf) && !is_authority(&alone.leaf));
}

#[test]
fn nothing_outlives_its_issuer_and_no_serial_number_comes_twice() {
    let ca = made("CN=CA", &[], 5, NewKey::P256, None);
    let one = made("CN=one", &hosts(), 100, NewKey::P256, Some(&ca));
    let two = made("CN=one", &hosts(), 100, NewKey::P256, Some(&ca));
    assert_eq!(held_of(&one, Vec::new()).days_left(now()), 5);
    assert_ne!(serial(&one.leaf), serial(&two.leaf));
    assert_eq!(serial(&one.leaf).len(), 32);
}

#[test]
fn an_authority_with_a_new_key_is_another_one() {
    let old = made("CN=CA", &[], 100, NewKey::P256, None);
    let new = made("CN=CA", &[], 100, NewKey::P256, None);
    let one = made("CN=one", &hosts(), 10, NewKey::P256, Some(&new));
    assert!(!issued(&old.leaf, &one.leaf));
    assert!(issued(&new.leaf, &one.leaf));
}

#[test]
fn names_are_read_and_written_alike() {
    for (written, read) in [
        ("CN=a,O=b,C=DE", "CN=a,O=b,C=DE"),
        ("cn = a b , o=c", "CN=a b,O=c"),
        ("CN=a\\,b\\=c\\\\", "CN=a\\,b=c\\\\"),
        ("CN=Jürgen", "CN=Jürgen"),
        (
            "E=a@example.com,DC=example,DC=com",
            "emailAddress=a@example.com,DC=example,DC=com",
        ),
    ] {
        let found = subject(written).expect(written);
        assert_eq!(name(&found), read);
    }
    for bad in [
        "",
        "www.example.com",
        "CN=",
        "XX=a",
        "CN=a\\",
        "C=Germany",
        "CN=a,",
    ] {
        assert!(subject(bad).is_err(), "{bad}");
    }
}

#[test]
fn hosts_are_names_or_addresses() {
    for good in ["a", "*.example.com", "a_b.example", "10.0.0.1", "::1"] {
        assert!(good.parse::<Host>().is_ok(), "{good}");
    }
    for bad in ["", "a..b", "a b", "a,DNS:b", "*.", "a.*.b", &"x".repeat(64)] {
        assert!(bad.parse::<Host>().is_err(), "{bad}");
    }
}

#[test]
fn dates_chains_and_strength_are_judged() {
    let ca = made("CN=CA", &[], 1000, NewKey::P256, None);
    let mut one = made("CN=one", &hosts(), 40, NewKey::P256, Some(&ca));
    let said = |ring: &Ring, at: Timestamp| -> Vec<(Weight, String)> {
        let remarks = judge(ring, &[], at).into_iter();
        remarks.map(|one| (one.weight, one.words)).collect()
    };
    let ring = Ring::made(vec![("L", one.clone())], vec![ca.leaf.clone()]);
    assert_eq!(said(&ring, now()), []);
    let near = [0, 9, 10, 11, 33, 39, 40, 41].map(|days| held(&ring)[0].expiry(in_days(days)));
    let month = Some(Expiry::Month);
    assert_eq!(near[..5], [None, None, None, month, month]);
    assert_eq!(
        near[5..],
        [Some(Expiry::Week), Some(Expiry::Day), Some(Expiry::Ended)]
    );
    let (weight, words) = said(&ring, in_days(11)).remove(0);
    assert_eq!(
        (weight, words.as_str()),
        (Weight::Warning, "ends on 2027-01-01, in 29 days")
    );
    let (weight, words) = said(&ring, in_days(41)).remove(0);
    assert_eq!(
        (weight, words.as_str()),
        (Weight::Error, "ended on 2027-01-01")
    );
    let (weight, words) = said(&ring, in_days(-2)).remove(0);
    assert_eq!(
        (weight, words.as_str()),
        (Weight::Error, "is not valid before 2026-11-22")
    );
    one.complete = false;
    let ring = Ring::made(vec![("L", one.clone())], Vec::new());
    let words = said(&ring, now()).remove(0).1;
    assert!(words.contains("`CN=CA` is neither in its file"), "{words}");
    let weak = made("CN=weak", &hosts(), 90, NewKey::Rsa(1024), Some(&ca));
    let ring = Ring::made(vec![("L", weak)], vec![ca.leaf.clone()]);
    assert!(said(&ring, now())[0].1.contains("RSA 1024"));
    let ring = Ring::made(vec![("CA", ca.clone())], vec![one.leaf]);
    let words: Vec<_> = said(&ring, now()).into_iter().map(|one| one.1).collect();
    assert!(
        words[0].contains("is an authority and the default"),
        "{words:?}"
    );
    assert!(
        words[1].contains("stands among the authorities and is none"),
        "{words:?}"
    );
    assert_eq!(said(&Ring::default(), now())[0].1, "holds nothing");
}

#[test]
fn a_ring_is_surveyed_as_far_as_it_can_be_read() {
    let place = Place {
        dir: tempfile::tempdir().expect("a directory"),
    };
    let one = made("CN=one", &[], 10, NewKey::P256, None);
    let pem = one.leaf.to_pem().expect("PEM");
    place.put("webuser/R/certauth/GOOD.pem", &pem, 0o644);
    place.put("webuser/R/certauth/BAD.pem", b"nothing", 0o644);
    place.put("webuser/R/personal/BARE.pem", &pem, 0o600);
    place.put("webuser/R/default", b"BARE\n", 0o644);
    let (ring, faults) = place
        .rings()
        .survey(&"R".parse().expect("a name"))
        .expect("a ring");
    assert_eq!(ring.authorities().len(), 1);
    let words: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(words.len(), 2, "the default is one of them: {words:?}");
    assert!(
        words[0].contains("BAD.pem: holds no certificate"),
        "{words:?}"
    );
    assert!(words[1].contains("no private key"), "{words:?}");
}
