//! Certificates and keys in all their forms, and bytes that are none.

use openssl::symm::Cipher;
use proptest::prelude::*;

use crate::certificates::{Kind, Made};
use crate::*;

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn secret() -> Password {
    Password::new("a secret").expect("a password")
}

#[track_caller]
fn read(bytes: &[u8]) -> Bundle {
    read_bundle(bytes, None).expect("a bundle")
}

#[test]
fn pem_may_hold_anything_in_any_order() {
    let root = Made::authority("Root");
    let one = root.issue("one", Kind::Rsa(2048));
    let pkcs1 = one
        .key
        .rsa()
        .expect("RSA")
        .private_key_to_pem()
        .expect("PEM");
    let text = b"Bag Attributes: something\r\n";
    let bundle = read(&joined(&[text, &root.pem(), &pkcs1, text, &one.pem()]));
    assert_eq!((bundle.certificates.len(), bundle.keys.len()), (2, 1));
    let crlf = String::from_utf8(one.pem_with_key())
        .expect("text")
        .replace('\n', "\r\n");
    assert_eq!(read(crlf.as_bytes()).keys.len(), 1);
}

#[test]
fn der_is_a_certificate_or_a_key() {
    let one = Made::authority("One");
    let der = one.certificate.to_der().expect("DER");
    assert_eq!(read(&der).certificates.len(), 1);
    for der in [
        one.key.private_key_to_der().expect("DER"),
        one.key.private_key_to_pkcs8().expect("DER"),
    ] {
        let bundle = read(&der);
        assert!(bundle.keys[0].public_eq(&one.key));
    }
}

#[test]
fn passwords_are_asked_for_and_have_to_fit() {
    let one = Made::authority("One");
    let pem = one
        .key
        .private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), b"a secret")
        .expect("PEM");
    let certificate = Certificate {
        leaf: one.certificate.clone(),
        key: one.key.clone(),
        chain: Vec::new(),
        complete: true,
        status: None,
    };
    let archive = pkcs12("One", &certificate, &secret()).expect("PKCS #12");
    for closed in [&pem, &archive] {
        let error = |password| read_bundle(closed, password).expect_err("closed");
        assert!(matches!(error(None), BundleError::NoPassword));
        let wrong = Password::new("another");
        assert!(matches!(error(wrong.as_ref()), BundleError::WrongPassword));
        let open = read_bundle(closed, Some(&secret())).expect("open");
        assert!(open.keys[0].public_eq(&one.key));
    }
    let open = read_bundle(&archive, Some(&secret())).expect("open");
    assert_eq!(open.label.as_deref(), Some("One"));
    assert!(Password::new("a\0b").is_none());
    assert_eq!(format!("{:?}", secret()), "Password");
}

#[test]
fn what_is_no_certificate_is_told() {
    let said = |bytes: &[u8]| read_bundle(bytes, None).expect_err("nothing").to_string();
    assert!(said(b"").contains("neither PEM nor DER"));
    assert!(said(b"hello").contains("neither PEM nor DER"));
    assert!(said(b"-----BEGIN CERTIFICATE-----\nabc").contains("the file is cut"));
    assert!(
        said(b"-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n")
            .contains("a certificate cannot be read")
    );
    assert!(
        said(b"-----BEGIN DH PARAMETERS-----\n-----END DH PARAMETERS-----\n")
            .contains("neither a certificate nor")
    );
    let subject = subject("CN=one").expect("a name");
    let wish = Wish {
        subject: &subject,
        hosts: &[],
        days: 1,
        is_authority: false,
    };
    let key = NewKey::P256.make().expect("a key");
    let request = request(&wish, &key).expect("a request");
    assert!(said(&request).contains("certificate request"));
    let text = String::from_utf8_lossy(&request).into_owned();
    let der = openssl::x509::X509Req::from_pem(text.as_bytes()).and_then(|one| one.to_der());
    assert!(said(&der.expect("DER")).contains("certificate request"));
}

/// Files of every kind, to be spoiled.
fn good() -> Vec<Vec<u8>> {
    let root = Made::authority("Root");
    let one = root.issue("one", Kind::Ec);
    let certificate = Certificate {
        leaf: one.certificate.clone(),
        key: one.key.clone(),
        chain: vec![root.certificate.clone()],
        complete: true,
        status: None,
    };
    vec![
        joined(&[&root.pem(), &one.pem_with_key()]),
        one.certificate.to_der().expect("DER"),
        one.key.private_key_to_pkcs8().expect("DER"),
        pkcs12("One", &certificate, &secret()).expect("PKCS #12"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_at_all_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = read_bundle(&bytes, Some(&secret()));
        let pem = format!("-----BEGIN {}", String::from_utf8_lossy(&bytes));
        let _ = read_bundle(pem.as_bytes(), None);
    }

    #[test]
    fn any_text_is_a_subject_or_none(text in "\\PC{0,40}", part in "(CN|O|C|DC|E)=[ -~]{0,20}(,[ -~]{0,9})?") {
        let _ = subject(&text);
        if let Ok(made) = subject(&part) {
            // What is written is read as the same name.
            let again = name(&made);
            prop_assert_eq!(name(&subject(&again).expect("its own words")), again);
        }
    }
}

#[test]
fn spoiled_files_are_read_or_refused() {
    let good = good();
    let change = (
        0..good.len(),
        any::<prop::sample::Index>(),
        any::<u8>(),
        0..4_u8,
    );
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let ran = runner.run(&change, |(which, at, byte, how)| {
        let mut bytes = good[which].clone();
        let at = at.index(bytes.len());
        match how {
            0 => bytes[at] = byte,
            1 => bytes.truncate(at),
            2 => bytes.insert(at, byte),
            _ => drop(bytes.remove(at)),
        }
        if let Ok(bundle) = read_bundle(&bytes, Some(&secret())) {
            // Whatever was taken for a certificate can be described.
            let ring = Ring::made(Vec::new(), bundle.certificates);
            let _ = judge(&ring, &[], jiff::Timestamp::UNIX_EPOCH);
        }
        Ok(())
    });
    ran.expect("no panic");
}
