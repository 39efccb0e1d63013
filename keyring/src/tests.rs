//! Rings on a disk.

mod bundles;
mod making;
mod writing;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::certificates::{Kind, Made};
use crate::files::put;

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn put(&self, name: &str, bytes: &[u8], mode: u32) {
        put(&self.dir.path().join(name), bytes, mode);
    }

    fn rings(&self) -> Rings {
        Rings::new(self.dir.path().to_owned(), "webuser".to_owned())
    }
}

fn place() -> (Place, Made) {
    let place = Place {
        dir: tempfile::tempdir().expect("a directory"),
    };
    (place, Made::authority("Root"))
}

#[test]
fn a_ring_without_an_owner_is_that_of_the_user_and_owners_have_no_case() {
    let (place, root) = place();
    place.put("webuser/OWN/certauth/ROOT.pem", &root.pem(), 0o644);
    place.put("start1/TN/certauth/ROOT.pem", &root.pem(), 0o644);
    let rings = place.rings();
    assert_eq!(rings.read("OWN").expect("a ring").authorities().len(), 1);
    assert!(rings.read("START1/TN").is_ok());
    assert!(matches!(
        rings.read("START1/tn"),
        Err(RingError::Missing(_))
    ));
    for name in [
        "",
        "../x",
        "a/..",
        "a/b/c",
        "/etc/key.kdb",
        "*TOKEN*/T",
        "a/*",
        "*AUTH*/*",
    ] {
        assert!(
            matches!(rings.read(name), Err(RingError::Name(_))),
            "{name}"
        );
    }
}

#[test]
fn key_certificate_and_issuers_stand_in_any_order() {
    let (place, root) = place();
    let made = root.issue("one", Kind::Ec);
    let key = made.key.private_key_to_pem_pkcs8().expect("a key");
    for (label, parts) in [
        ("A", [&key, &made.pem(), &root.pem()]),
        ("B", [&root.pem(), &made.pem(), &key]),
        ("C", [&root.pem(), &key, &made.pem()]),
    ] {
        let pem: Vec<u8> = parts.into_iter().flatten().copied().collect();
        place.put(&format!("webuser/R/personal/{label}.pem"), &pem, 0o600);
    }
    place.put("webuser/R/default", b"B\n", 0o644);
    let ring = place.rings().read("R").expect("a ring");
    for label in ["A", "B", "C"] {
        let certificate = ring.personal(label).expect("a certificate");
        assert_eq!(
            certificate.leaf.to_der().expect("der"),
            made.certificate.to_der().expect("der")
        );
        assert!(certificate.chain.is_empty(), "roots are not sent");
    }
    assert!(ring.default_certificate().is_some());
}

#[test]
fn labels_may_hold_what_file_names_may_not() {
    let (place, root) = place();
    place.put(
        "webuser/R/personal/My%2Fown 100%25 label.pem",
        &root.pem_with_key(),
        0o600,
    );
    let ring = place.rings().read("R").expect("a ring");
    assert!(ring.personal("My/own 100% label").is_some());
    assert!(ring.default_certificate().is_some(), "the only one");
}

#[test]
fn what_others_may_change_or_read_is_refused() {
    let (place, root) = place();
    place.put("webuser/R/personal/ONE.pem", &root.pem_with_key(), 0o600);
    let rings = place.rings();
    assert!(rings.read("R").is_ok());
    for (name, mode) in [
        ("R", 0o777),
        ("R/personal", 0o775),
        ("R/personal/ONE.pem", 0o640),
        ("R/personal/ONE.pem", 0o622),
    ] {
        let path = place.dir.path().join("webuser").join(name);
        let before = fs::metadata(&path).expect("a file").permissions();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
        let error = rings.read("R").expect_err("too open");
        assert_eq!(error.code(), 416, "{error}");
        fs::set_permissions(&path, before).expect("a mode");
    }
}

#[test]
fn a_marked_default_must_be_there() {
    let (place, root) = place();
    place.put("webuser/R/personal/ONE.pem", &root.pem_with_key(), 0o600);
    place.put("webuser/R/default", b"TWO\n", 0o644);
    assert_eq!(
        place.rings().read("R").expect_err("no such label").code(),
        7
    );
}
