use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::sync::Arc;

use rustix::io::Errno;
use server::install::{Call, Gate, PathError, Root, TargetError, TargetPath};

use super::*;

#[test]
fn evil_names_are_refused_with_what_to_do() {
    let refused = |name: &str| name.parse::<TargetPath>().unwrap_err();
    let long = format!("/etc/{}", "x".repeat(250));
    for (name, words) in [
        ("", "no name"),
        ("etc/a", "does not start with `/`"),
        ("/etc/../a", "has the part `..`"),
        ("/..", "has the part `..`"),
        ("/./a", "has the part `.`"),
        ("/etc//a", "has the part `//`"),
        ("/etc/", "names a folder"),
        ("/", "names a folder"),
        ("//'HLQ.TCPPARMS(PAGENTCF)'", "is a data set"),
        ("'HLQ.TCPPARMS(PAGENTCF)'", "is a data set"),
        ("HLQ.TCPPARMS(PAGENTCF)", "is a data set"),
        ("/etc/a\0b", "U+0000"),
        ("/etc/a\nb", "U+000A"),
        ("/etc/a\u{1b}[2J", "U+001B"),
        ("/etc/a\u{202e}b", "U+202E"),
        ("/etc/a b", "U+0020"),
        (&long, "too long"),
        ("/etc/.gatehouse.lock", "Gatehouse's own"),
        ("/.gatehouse-1-0000000000000000.0.new", "Gatehouse's own"),
    ] {
        let error = refused(name).to_string();
        assert!(error.contains(words), "{name:?}: {error}");
    }
    assert_eq!(
        "/etc/pagent.conf".parse::<TargetPath>().unwrap().name(),
        "pagent.conf"
    );
    assert_eq!(
        "/a..b/...".parse::<TargetPath>().unwrap().to_string(),
        "/a..b/..."
    );
}

#[test]
fn a_refused_name_writes_none_of_the_files() {
    let bench = Bench::new();
    let error = bench
        .root()
        .write(&[("/a", b"x"), ("/../b", b"x")])
        .unwrap_err();
    assert!(
        matches!(error, TargetError::Path(PathError::Dots(..))),
        "{error}"
    );
    assert!(!bench.path("").exists());
}

#[test]
fn files_in_each_others_way_are_refused() {
    let bench = Bench::new();
    for (a, b) in [
        ("/a", "/a"),
        ("/a", "/a/b"),
        ("/a/b/c", "/a/b"),
        ("/a", "/a.previous"),
    ] {
        let error = bench.root().write(&[(a, b"x"), (b, b"y")]).unwrap_err();
        assert!(
            matches!(error, TargetError::Path(PathError::Clash(..))),
            "{error}"
        );
    }
    bench
        .root()
        .write(&[("/a", b"x"), ("/ab", b"y"), ("/c.previous", b"z")])
        .unwrap();
}

#[test]
fn a_target_outside_the_allowed_folders_is_refused() {
    let bench = Bench::new();
    let allowed = format!("{}/in", bench.folder.path().display());
    std::fs::create_dir(&allowed).unwrap();
    let open = |path: &str| Root::open(path, &[&allowed]).map(|root| root.path().to_owned());
    let base = bench.folder.path().display();
    for path in [
        format!("{base}"),
        format!("{base}/inside"),
        "/".to_owned(),
        "/etc".to_owned(),
    ] {
        let error = open(&path).unwrap_err();
        assert!(matches!(error, TargetError::Outside { .. }), "{error}");
    }
    for path in [
        format!("{allowed}/../out"),
        "in".to_owned(),
        String::new(),
        format!("{allowed}/a\0"),
    ] {
        let error = open(&path).unwrap_err();
        assert!(matches!(error, TargetError::Path(_)), "{error}");
    }
    assert_eq!(open(&allowed).unwrap(), allowed);
    assert_eq!(
        open(&format!("{allowed}/x/y/")).unwrap(),
        format!("{allowed}/x/y")
    );
    let none = Root::open("/srv", &[] as &[&str])
        .err()
        .unwrap()
        .to_string();
    assert!(none.contains("none is set"), "{none}");
}

#[test]
fn a_symbolic_link_on_the_way_is_refused_wherever_it_leads() {
    let bench = Bench::new();
    bench.root().write(&[("/etc/a", b"one")]).unwrap();
    let elsewhere = TempDir::new().unwrap();
    symlink(elsewhere.path(), bench.path("/out")).unwrap();
    symlink(bench.path("/etc"), bench.path("/in")).unwrap();
    symlink("loop", bench.path("/loop")).unwrap();
    for file in ["/out/a", "/in/a", "/loop/a"] {
        for error in [
            bench.root().write(&[(file, b"x")]).unwrap_err(),
            bench.root().read(file).unwrap_err(),
        ] {
            assert!(matches!(error, TargetError::Link { .. }), "{error}");
        }
    }
    assert_eq!(elsewhere.path().read_dir().unwrap().count(), 0);
    let through = format!("{}/out", bench.target());
    let error = Root::open(&through, &bench.allowed()).err().unwrap();
    assert!(matches!(error, TargetError::Link { .. }), "{error}");
}

#[test]
fn what_is_no_file_is_named_and_left_alone() {
    let bench = Bench::new();
    bench.root().write(&[("/good", b"one")]).unwrap();
    symlink(bench.path("/good"), bench.path("/link")).unwrap();
    symlink("nowhere", bench.path("/dangling")).unwrap();
    std::fs::create_dir(bench.path("/folder")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        bench.path("/fifo"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    let _socket = UnixListener::bind(bench.path("/socket")).unwrap();
    for (name, words) in [
        ("/link", "is a symbolic link"),
        ("/dangling", "is a symbolic link"),
        ("/folder", "is a folder"),
        ("/fifo", "is a FIFO"),
        ("/socket", "is a socket"),
    ] {
        let error = bench
            .root()
            .write(&[("/good", b"two"), (name, b"x")])
            .unwrap_err();
        assert!(error.to_string().contains(words), "{name}: {error}");
        let error = bench.root().read(name).unwrap_err();
        assert!(error.to_string().contains(words), "{name}: {error}");
        let previous = format!("{name}.previous");
        let below = format!("{name}/a");
        std::fs::rename(bench.path(name), bench.path(&previous)).unwrap();
        let error = bench.root().write(&[(name, b"x")]).unwrap_err();
        assert!(error.to_string().contains(words), "{previous}: {error}");
        std::fs::rename(bench.path(&previous), bench.path(name)).unwrap();
        if name != "/folder" {
            let error = bench.root().write(&[(&below, b"x")]).unwrap_err();
            assert!(
                matches!(
                    error,
                    TargetError::Link { .. } | TargetError::NotAFolder { .. }
                ),
                "{error}"
            );
        }
    }
    let device = Root::open("/dev", &["/dev"]).unwrap();
    let error = device.read("/null").unwrap_err().to_string();
    assert!(error.contains("is a device"), "{error}");
    assert_eq!(std::fs::read(bench.path("/good")).unwrap(), b"one");
    assert_eq!(litter(&bench.path("")), [""; 0]);
}

#[test]
fn an_immutable_file_is_refused_by_name() {
    let bench = Bench::new();
    bench
        .root()
        .write(&[("/a", b"one"), ("/b", b"one")])
        .unwrap();
    let file = std::fs::File::open(bench.path("/b")).unwrap();
    let flags = rustix::fs::IFlags::IMMUTABLE;
    if rustix::fs::ioctl_setflags(&file, flags).is_err() {
        eprintln!("not tried: this user or file system has no immutable files");
        return;
    }
    let error = bench
        .root()
        .write(&[("/a", b"two"), ("/b", b"two")])
        .unwrap_err();
    let held = std::fs::read(bench.path("/a")).unwrap();
    rustix::fs::ioctl_setflags(&file, rustix::fs::IFlags::empty()).unwrap();
    assert!(matches!(error, TargetError::Immutable { .. }), "{error}");
    assert_eq!(held, b"one");
    bench
        .root()
        .write(&[("/a", b"two"), ("/b", b"two")])
        .unwrap();
}

/// Answers every call of one kind with an error.
struct Always(Call, Errno);

impl Gate for Always {
    fn pass(&self, call: Call, _: &str) -> Result<(), Errno> {
        match call == self.0 {
            true => Err(self.1),
            false => Ok(()),
        }
    }
}

#[test]
fn each_kind_of_refusal_by_the_system_has_its_sentence() {
    for (call, errno, words) in [
        (Call::Create, Errno::ACCESS, "may not write"),
        (Call::Lock, Errno::ACCESS, "may not lock"),
        (Call::MakeFolder, Errno::PERM, "may not make the folder"),
        (Call::Create, Errno::ROFS, "is read-only"),
        (Call::Write, Errno::NOSPC, "no space is left"),
        (Call::Write, Errno::DQUOT, "no space is left"),
        (Call::SyncFile, Errno::IO, "cannot write"),
    ] {
        let bench = Bench::new();
        let gate = Arc::new(Always(call, errno));
        let root = Root::open_gated(&bench.target(), &bench.allowed(), gate).unwrap();
        let error = root.write(&[("/etc/a", b"x")]).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert!(!bench.path("/etc").exists());
    }
}

#[test]
fn a_file_whose_owner_cannot_be_kept_is_left_alone() {
    if !rustix::process::geteuid().is_root() {
        return; // Only the superuser can prepare this.
    }
    let bench = Bench::new();
    bench.root().write(&[("/a", b"one")]).unwrap();
    std::os::unix::fs::chown(bench.path("/a"), Some(1234), Some(1234)).unwrap();
    let gate = Arc::new(Always(Call::Owner, Errno::PERM));
    let root = Root::open_gated(&bench.target(), &bench.allowed(), gate).unwrap();
    let error = root.write(&[("/a", b"two")]).unwrap_err();
    assert!(
        error.to_string().contains("belongs to user 1234"),
        "{error}"
    );
    assert_eq!(std::fs::read(bench.path("/a")).unwrap(), b"one");
    assert_eq!(litter(&bench.path("")), [""; 0]);
}
