use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::sync::{Arc, Mutex};

use rustix::io::Errno;
use server::install::{Call, Drift, DriftState, Gate, Root, TargetError, drift, sha256};

use super::*;

#[test]
fn a_first_install_makes_folders_and_files_with_their_modes() {
    let bench = Bench::new();
    let files = stack_files("one");
    let written = bench.root().write(&borrowed(&files)).unwrap();
    assert_eq!(held(&bench.root(), &files), bytes_of(&files));
    assert!(
        written
            .files
            .iter()
            .all(|file| file.changed && file.replaced.is_none())
    );
    assert_eq!(
        written.files[2].path,
        bench.path("/etc/pagent.conf").display().to_string()
    );
    let mode = |file| bench.path(file).metadata().unwrap().mode() & 0o7777;
    assert_eq!(mode("/etc"), 0o755);
    assert_eq!(mode("/etc/pagent"), 0o755);
    assert_eq!(mode("/etc/pagent.conf"), 0o640);
    assert_eq!(litter(&bench.path("")), [""; 0]);
}

#[test]
fn a_replaced_file_keeps_its_mode_and_owner_and_stays_as_previous() {
    let bench = Bench::new();
    bench.root().write(&[("/a", b"one")]).unwrap();
    let path = bench.path("/a");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o604)).unwrap();
    let root = rustix::process::geteuid().is_root();
    if root {
        std::os::unix::fs::chown(&path, Some(1234), Some(4321)).unwrap();
    }
    let written = bench.root().write(&[("/a", b"two")]).unwrap();
    assert_eq!(written.files[0].replaced, Some(sha256(b"one")));
    bench.root().write(&[("/a", b"three")]).unwrap();
    for name in ["/a", "/a.previous"] {
        let found = bench.path(name).metadata().unwrap();
        assert_eq!(found.mode() & 0o7777, 0o604);
        if root {
            assert_eq!((found.uid(), found.gid()), (1234, 4321));
        }
    }
    assert_eq!(std::fs::read(bench.path("/a.previous")).unwrap(), b"two");
    assert_eq!(litter(&bench.path("")), [""; 0]);
}

#[test]
fn a_file_that_needs_no_change_is_left_alone() {
    let bench = Bench::new();
    bench
        .root()
        .write(&[("/a", b"one"), ("/b", b"one")])
        .unwrap();
    let before = bench.path("/a").metadata().unwrap().ino();
    let written = bench
        .root()
        .write(&[("/a", b"one"), ("/b", b"two")])
        .unwrap();
    assert!(!written.files[0].changed && written.files[1].changed);
    assert_eq!(bench.path("/a").metadata().unwrap().ino(), before);
    assert!(!bench.path("/a.previous").exists());
}

#[test]
fn nothing_is_written_over_a_file_that_is_not_as_it_was_seen() {
    let bench = Bench::new();
    bench
        .root()
        .write(&[("/a", b"one"), ("/b", b"one")])
        .unwrap();
    std::fs::write(bench.path("/b"), b"by hand").unwrap();
    let seen = [Some(sha256(b"one")), Some(sha256(b"one"))];
    let error = bench
        .root()
        .write_over(&[("/a", b"two"), ("/b", b"two")], &seen)
        .unwrap_err();
    assert!(matches!(error, TargetError::Changed { .. }), "{error}");
    assert_eq!(std::fs::read(bench.path("/a")).unwrap(), b"one");
    assert_eq!(std::fs::read(bench.path("/b")).unwrap(), b"by hand");
}

#[test]
fn drift_names_what_is_gone_changed_or_no_file() {
    let bench = Bench::new();
    let root = bench.root();
    root.write(&[("/a", b"1"), ("/b", b"2"), ("/c", b"3"), ("/d", b"4")])
        .unwrap();
    let expected: Vec<_> = [("/a", "1"), ("/b", "2"), ("/c", "3"), ("/d", "4")]
        .map(|(path, text)| (path.to_owned(), sha256(text.as_bytes())))
        .to_vec();
    assert_eq!(drift(&root, &expected), []);
    std::fs::remove_file(bench.path("/b")).unwrap();
    std::fs::write(bench.path("/c"), b"by hand").unwrap();
    std::fs::remove_file(bench.path("/d")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", bench.path("/d")).unwrap();
    let found = |path: &str, state| Drift {
        path: path.to_owned(),
        state,
    };
    assert_eq!(
        drift(&root, &expected),
        [
            found("/b", DriftState::Missing),
            found(
                "/c",
                DriftState::Changed {
                    sha256: sha256(b"by hand"),
                    bytes: b"by hand".to_vec()
                }
            ),
            found(
                "/d",
                DriftState::Unreadable(TargetError::Link {
                    path: bench.path("/d").display().to_string()
                })
            ),
        ]
    );
}

/// Notes the calls.
#[derive(Default)]
struct Recorder(Mutex<Vec<(Call, String)>>);

impl Gate for Recorder {
    fn pass(&self, call: Call, name: &str) -> Result<(), Errno> {
        self.0.lock().unwrap().push((call, name.to_owned()));
        Ok(())
    }
}

#[test]
fn every_file_is_on_disk_before_the_first_takes_its_place_and_its_folder_after() {
    let bench = Bench::new();
    bench.root().write(&borrowed(&stack_files("one"))).unwrap();
    let recorder = Arc::new(Recorder::default());
    let root = Root::open_gated(
        &bench.target(),
        &bench.allowed(),
        Arc::clone(&recorder) as _,
    )
    .unwrap();
    root.write(&borrowed(&stack_files("two"))).unwrap();
    let calls = recorder.0.lock().unwrap();
    let position = |call: Call, name: &str| {
        calls
            .iter()
            .position(|(what, whom)| *what == call && whom.ends_with(name))
            .unwrap()
    };
    let last = |call: Call, name: &str| {
        calls
            .iter()
            .rposition(|(what, whom)| *what == call && whom.ends_with(name))
            .unwrap()
    };
    let names = ["TCPIP_TTLS.policy", "TCPIP.conf", "pagent.conf"];
    let renames = names.map(|name| position(Call::Rename, name));
    assert!(renames.is_sorted(), "{renames:?}");
    assert!(last(Call::SyncFile, ".new") < renames[0]);
    assert!(position(Call::SyncFile, ".journal") < position(Call::Create, ".new"));
    for folder in ["/etc", "/etc/pagent"] {
        let syncs: Vec<_> = (0..calls.len())
            .filter(|index| {
                calls[*index].0 == Call::SyncFolder && calls[*index].1.ends_with(folder)
            })
            .collect();
        assert!(syncs.iter().any(|sync| *sync < renames[0]));
        let removed = last(Call::Remove, ".journal");
        assert!(
            syncs
                .iter()
                .any(|sync| renames[2] < *sync && *sync < removed)
        );
    }
}
