//! Writers: what they leave on the disk, and what they refuse.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::thread;

use super::Place;
use crate::certificates::{Kind, Made};
use crate::*;

fn name(text: &str) -> RingName {
    text.parse().expect("a name")
}

fn label(text: &str) -> Label {
    text.parse().expect("a label")
}

/// An empty ring `WEB/R`.
fn place() -> (Place, RingName) {
    let place = Place {
        dir: tempfile::tempdir().expect("a directory"),
    };
    let ring = name("WEB/R");
    place.rings().create(&ring, None).expect("a ring");
    (place, ring)
}

fn put(writer: &Writer, name: &str, made: &Made, replace: bool) -> Result<(), WriteError> {
    writer.put_personal(&label(name), &made.key, &made.certificate, &[], replace)
}

#[test]
fn what_is_written_is_read_and_stands_the_guard() {
    let (place, ring) = place();
    let root = Made::authority("Root");
    let made = root.issue("one", Kind::Ec);
    let rings = place.rings();
    {
        let writer = rings.write(&ring).expect("a writer");
        put(&writer, "My/own 100%", &made, false).expect("written");
        writer
            .put_authority(&label("CA"), std::slice::from_ref(&root.certificate), false)
            .expect("written");
        writer.set_default(Some("My/own 100%")).expect("marked");
    }
    let read = rings.read("web/R").expect("a ring");
    assert_eq!(read.default_label(), Some("My/own 100%"));
    assert!(read.personal("My/own 100%").is_some_and(|one| one.complete));
    let directory = place.dir.path().join("WEB/R");
    let mode = |file: &str| {
        let found = fs::metadata(directory.join(file)).expect("a file");
        found.mode() & 0o777
    };
    assert_eq!(mode("personal"), 0o700);
    assert_eq!(mode("personal/My%2Fown 100%25.pem"), 0o600);
    assert_eq!(mode("certauth/CA.pem"), 0o644);
    let held = held(&read);
    assert_eq!(held.len(), 2);
    assert_eq!(held[0].subject, "CN=one");
    assert_eq!(held[0].chain, ["CN=Root"]);
    assert_eq!(held[0].hosts, ["one"]);
    assert_eq!(held[0].key.to_string(), "EC P-256");
    assert!(held[1].is_authority && held[1].is_root && !held[0].is_authority);
}

#[test]
fn a_label_that_is_taken_is_replaced_only_where_that_is_asked_for() {
    let (place, ring) = place();
    let (one, two) = (Made::authority("One"), Made::authority("Two"));
    let writer = place.rings().write(&ring).expect("a writer");
    put(&writer, "L", &one, false).expect("written");
    let error = put(&writer, "L", &two, false).expect_err("taken");
    assert!(matches!(error, WriteError::Taken { .. }), "{error}");
    put(&writer, "L", &two, true).expect("replaced");
    let (read, faults) = writer.survey();
    assert!(faults.is_empty());
    let leaf = &read.personal("L").expect("a certificate").leaf;
    assert_eq!(
        crate::held::name(leaf.subject_name()),
        "CN=Two",
        "the new one"
    );
    assert!(!writer.has(Usage::Personal, "M"));
    assert!(matches!(
        writer.remove(Usage::Personal, "M"),
        Err(WriteError::NoLabel { .. })
    ));
    assert!(matches!(
        writer.set_default(Some("M")),
        Err(WriteError::NoLabel { .. })
    ));
}

#[test]
fn writers_wait_for_each_other_and_lose_nothing() {
    let (place, ring) = place();
    let made = Made::authority("One");
    thread::scope(|scope| {
        for thread in 0..8 {
            let (rings, ring, made) = (place.rings(), &ring, &made);
            scope.spawn(move || {
                for number in 0..5 {
                    let writer = rings.write(ring).expect("a writer");
                    // Adding to what is there is a loss for whoever is not alone.
                    let (read, faults) = writer.survey();
                    assert!(faults.is_empty(), "{faults:?}");
                    let count = read.personals().count();
                    put(&writer, &format!("{count:03}"), made, false).expect("a free label");
                    assert!(!writer.has(Usage::Personal, &format!("{thread}-{number}")));
                }
            });
        }
    });
    let read = place.rings().read("WEB/R");
    let read = read.map(|ring| ring.personals().count());
    assert_eq!(read.expect("a ring"), 40);
}

#[test]
fn readers_see_whole_files_only() {
    let (place, ring) = place();
    let root = Made::authority("Root");
    let all: Vec<_> = (0..4)
        .map(|number| root.issue(&format!("number {number}"), Kind::Ec))
        .collect();
    let rings = place.rings();
    put(&rings.write(&ring).expect("a writer"), "L", &all[0], false).expect("written");
    let done = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..60 {
                let writer = rings.write(&ring).expect("a writer");
                put(&writer, "L", &all[round % all.len()], true).expect("written");
            }
            done.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        while !done.load(std::sync::atomic::Ordering::Relaxed) {
            place.rings().read("WEB/R").expect("a whole ring");
        }
    });
}

#[test]
fn what_an_interrupted_writer_left_is_in_nobodys_way() {
    let (place, ring) = place();
    let left = place.dir.path().join("WEB/R/personal/.new");
    fs::write(&left, "half of a key").expect("a file");
    let made = Made::authority("One");
    assert!(place.rings().read("WEB/R").is_ok());
    let writer = place.rings().write(&ring).expect("a writer");
    put(&writer, "L", &made, false).expect("written");
    assert!(!left.exists());
    drop(writer);
    assert!(place.rings().read("WEB/R").is_ok());
}

#[test]
fn nothing_is_written_through_a_link() {
    let (place, ring) = place();
    let elsewhere = place.dir.path().join("elsewhere");
    fs::create_dir(&elsewhere).expect("a directory");
    let personal = place.dir.path().join("WEB/R/personal");
    fs::remove_dir(&personal).expect("removed");
    symlink(&elsewhere, &personal).expect("a link");
    let writer = place.rings().write(&ring).expect("a writer");
    let error = put(&writer, "L", &Made::authority("One"), false).expect_err("a link");
    assert!(matches!(error, WriteError::NoDirectory(_)), "{error}");
    assert_eq!(fs::read_dir(&elsewhere).expect("a directory").count(), 0);
    drop(writer);
    // Nor through one in the place of an owner, by which a ring may be read.
    symlink("WEB", place.dir.path().join("LINK")).expect("a link");
    let error = place.rings().write(&name("LINK/R")).expect_err("a link");
    assert!(matches!(error, WriteError::NoDirectory(_)), "{error}");
}

#[test]
fn a_ring_that_others_may_change_is_not_written_to() {
    let (place, ring) = place();
    let path = place.dir.path().join("WEB/R");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).expect("a mode");
    let error = place.rings().write(&ring).expect_err("too open");
    assert!(error.to_string().contains("chmod go-w"), "{error}");
}

#[test]
fn rings_are_made_once_listed_and_removed_whole() {
    let (place, ring) = place();
    let rings = place.rings();
    assert!(matches!(
        rings.create(&ring, None),
        Err(WriteError::Exists(_))
    ));
    rings.create(&name("own"), None).expect("a ring");
    let names = |rings: &Rings| {
        let all = rings.list().expect("a list");
        all.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(names(&rings), ["WEB/R", "webuser/own"]);
    put(
        &rings.write(&ring).expect("a writer"),
        "L",
        &Made::authority("One"),
        false,
    )
    .expect("written");
    let foreign = place.dir.path().join("WEB/R/notes.txt");
    fs::write(&foreign, "mine").expect("a file");
    let error = rings.write(&ring).expect("a writer").delete();
    let error = error.expect_err("something else");
    assert!(error.to_string().contains("notes.txt"), "{error}");
    assert!(rings.read("WEB/R").is_ok(), "all of it is still there");
    fs::remove_file(&foreign).expect("removed");
    let writer = rings.write(&ring).expect("a writer");
    writer.delete().expect("removed");
    assert_eq!(names(&rings), ["webuser/own"]);
    assert!(matches!(
        rings.write(&ring),
        Err(WriteError::Ring(RingError::Missing(_)))
    ));
}

#[test]
fn who_waited_for_a_ring_that_is_removed_is_told() {
    let (place, ring) = place();
    let rings = place.rings();
    let writer = rings.write(&ring).expect("a writer");
    thread::scope(|scope| {
        let waiting = scope.spawn(|| rings.write(&ring));
        // Whether it waits already or comes too late: it gets no ring that is gone.
        thread::yield_now();
        writer.delete().expect("removed");
        let error = waiting.join().expect("a thread").expect_err("no ring");
        assert!(
            matches!(
                &error,
                WriteError::Ring(RingError::Missing(_)) | WriteError::Io { .. }
            ),
            "{error}"
        );
    });
}

#[test]
fn a_stamp_tells_what_a_ring_may_have_become() {
    let (place, ring) = place();
    let rings = place.rings();
    let made = Made::authority("One");
    let mut stamps = vec![rings.stamp("WEB/R")];
    let mut step = |what: &dyn Fn(&Writer)| {
        what(&rings.write(&ring).expect("a writer"));
        stamps.push(rings.stamp("WEB/R"));
    };
    step(&|writer| put(writer, "L", &made, false).expect("written"));
    step(&|writer| put(writer, "L", &made, true).expect("written"));
    step(&|writer| writer.set_default(Some("L")).expect("marked"));
    step(&|writer| {
        let pem = [made.certificate.clone()];
        writer
            .put_authority(&label("CA"), &pem, false)
            .expect("written");
    });
    for (at, stamp) in stamps.iter().enumerate() {
        assert!(!stamps[..at].contains(stamp), "step {at}");
    }
    assert_eq!(rings.stamp("WEB/R"), rings.stamp("WEB/R"));
    assert_eq!(rings.stamp("NO/SUCH"), rings.stamp("NOR/THIS"));
}

#[test]
fn labels_have_what_a_file_can_have() {
    for good in ["A", "Zertifikat für alle", ".hidden", "a/b%c", "..", "%2F"] {
        let label: Label = good.parse().expect("a label");
        let file = label.file();
        let stem = file.strip_suffix(".pem").expect("an ending");
        assert!(!file.contains('/'));
        assert_eq!(crate::name::label(stem), good);
    }
    for bad in ["", " a", "a ", "a\nb", "a\0b", &"x".repeat(300)] {
        assert!(bad.parse::<Label>().is_err(), "{bad:?}");
    }
}
