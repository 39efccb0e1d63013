use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::io::Errno;
use server::install::{Call, Gate, Root, TargetError, sha256};

use super::*;

/// Fails the call with this number, once or from then on.
struct Nth {
    left: AtomicUsize,
    errno: Errno,
    forever: bool,
    failed: std::sync::Mutex<Option<(Call, String)>>,
}

impl Nth {
    fn new(number: usize, errno: Errno, forever: bool) -> Arc<Self> {
        Arc::new(Self {
            left: AtomicUsize::new(number),
            errno,
            forever,
            failed: std::sync::Mutex::new(None),
        })
    }

    fn failed(&self) -> Option<(Call, String)> {
        self.failed.lock().unwrap().clone()
    }
}

impl Gate for Nth {
    fn pass(&self, call: Call, name: &str) -> Result<(), Errno> {
        let left = self.left.load(Ordering::Relaxed);
        if left > 0 {
            self.left.store(left - 1, Ordering::Relaxed);
            return Ok(());
        }
        let mut failed = self.failed.lock().unwrap();
        if failed.is_some() && !self.forever {
            return Ok(());
        }
        failed.get_or_insert((call, name.to_owned()));
        Err(self.errno)
    }
}

/// Opens the target and writes; every call counts, opening included.
fn write_through(
    bench: &Bench,
    gate: &Arc<Nth>,
    files: &[(&'static str, Vec<u8>)],
) -> Result<(), TargetError> {
    let gate = Arc::clone(gate);
    Root::open_gated(&bench.target(), &bench.allowed(), gate)?
        .write(&borrowed(files))
        .map(|_| ())
}

/// Fails each call in turn, and checks what the target holds after each.
fn each_call_fails(first: bool, errno: Errno, forever: bool) -> usize {
    let (old, new) = (stack_files("old"), stack_files("new"));
    for number in 0.. {
        let bench = Bench::new();
        if !first {
            bench.root().write(&borrowed(&old)).unwrap();
        }
        let before = held(&bench.root(), &old);
        let gate = Nth::new(number, errno, forever);
        let res = write_through(&bench, &gate, &new);
        let Some(failed) = gate.failed() else {
            res.unwrap();
            return number;
        };
        let words = format!("call {number}, {failed:?}, {errno}: {res:?}");
        let after = held(&bench.root(), &new);
        match &res {
            Ok(()) => assert_eq!(after, bytes_of(&new), "{words}"),
            Err(TargetError::Mixed { .. }) => assert!(forever, "{words}"),
            Err(_) => assert_eq!(after, before, "{words}"),
        }
        // What is left is settled, without a write, one way or the other.
        bench.root().recover().unwrap();
        let settled = held(&bench.root(), &new);
        assert!(settled == before || settled == bytes_of(&new), "{words}");
        bench.root().write(&borrowed(&new)).unwrap();
        assert_eq!(held(&bench.root(), &new), bytes_of(&new), "{words}");
        assert_eq!(litter(&bench.path("")), [""; 0], "{words}");
        if !first && res.is_err() {
            for (path, bytes) in &old {
                let previous = std::fs::read(bench.path(&format!("{path}.previous"))).unwrap();
                assert_eq!(&previous, bytes, "{words}");
            }
        }
    }
    unreachable!("the loop ends when no call fails")
}

#[test]
fn a_full_disk_at_any_call_leaves_all_old_or_all_new() {
    assert!(each_call_fails(false, Errno::NOSPC, false) > 60);
    assert!(each_call_fails(true, Errno::NOSPC, false) > 50);
}

#[test]
fn an_io_error_at_any_call_leaves_all_old_or_all_new() {
    assert!(each_call_fails(false, Errno::IO, false) > 60);
    assert!(each_call_fails(true, Errno::IO, false) > 50);
}

#[test]
fn a_disk_that_fails_from_some_call_on_is_reported_and_settled_later() {
    assert!(each_call_fails(false, Errno::IO, true) > 60);
    assert!(each_call_fails(true, Errno::IO, true) > 50);
}

#[test]
fn a_fault_while_taking_back_is_reported_as_a_mix() {
    let bench = Bench::new();
    let (old, new) = (stack_files("old"), stack_files("new"));
    bench.root().write(&borrowed(&old)).unwrap();
    /// Fails every rename after the first, and so the taking back too.
    struct OneRename(AtomicUsize);
    impl Gate for OneRename {
        fn pass(&self, call: Call, _: &str) -> Result<(), Errno> {
            match call == Call::Rename && self.0.fetch_add(1, Ordering::Relaxed) > 0 {
                true => Err(Errno::IO),
                false => Ok(()),
            }
        }
    }
    let gate = Arc::new(OneRename(AtomicUsize::new(0)));
    let root = Root::open_gated(&bench.target(), &bench.allowed(), gate).unwrap();
    let error = root.write(&borrowed(&new)).unwrap_err();
    assert!(matches!(error, TargetError::Mixed { .. }), "{error}");
    assert!(error.to_string().contains("partly new"), "{error}");
    bench.root().recover().unwrap();
    assert_eq!(held(&bench.root(), &old), bytes_of(&old));
    assert_eq!(litter(&bench.path("")), [""; 0]);
}

/// What is put back: one file as it was, one that is taken away, one that is as it was already.
fn put_back_through(bench: &Bench, gate: Arc<dyn Gate>) -> Result<(), TargetError> {
    let (old, new) = (stack_files("old"), stack_files("new"));
    let wanted: Vec<_> = [Some(&old[0]), None, Some(&new[2])]
        .iter()
        .zip(&new)
        .map(|(file, (path, _))| (*path, file.map(|(_, bytes)| &bytes[..])))
        .collect();
    let seen: Vec<_> = new.iter().map(|(_, bytes)| Some(sha256(bytes))).collect();
    Root::open_gated(&bench.target(), &bench.allowed(), gate)?
        .put_back(&wanted, &seen)
        .map(|_| ())
}

/// Fails each call of putting back in turn: what is there is all as before or all put back, and a
/// second attempt does it.
fn each_call_of_putting_back_fails(errno: Errno, forever: bool) -> usize {
    let (old, new) = (stack_files("old"), stack_files("new"));
    let back = vec![Some(old[0].1.clone()), None, Some(new[2].1.clone())];
    for number in 0.. {
        let bench = Bench::new();
        bench.root().write(&borrowed(&new)).unwrap();
        let gate = Nth::new(number, errno, forever);
        let res = put_back_through(&bench, Arc::clone(&gate) as Arc<dyn Gate>);
        let Some(failed) = gate.failed() else {
            res.unwrap();
            return number;
        };
        let words = format!("call {number}, {failed:?}, {errno}: {res:?}");
        let after = held(&bench.root(), &new);
        match &res {
            Ok(()) => assert_eq!(after, back, "{words}"),
            Err(TargetError::Mixed { .. }) => assert!(forever, "{words}"),
            Err(_) => assert_eq!(after, bytes_of(&new), "{words}"),
        }
        bench.root().recover().unwrap();
        let settled = held(&bench.root(), &new);
        assert!(settled == back || settled == bytes_of(&new), "{words}");
        if settled != back {
            put_back_through(&bench, Nth::new(usize::MAX, errno, false)).unwrap();
        }
        assert_eq!(held(&bench.root(), &new), back, "{words}");
        assert_eq!(litter(&bench.path("")), [""; 0], "{words}");
        let previous = std::fs::read(bench.path(&format!("{}.previous", new[1].0))).unwrap();
        assert_eq!(previous, new[1].1, "{words}");
    }
    unreachable!("the loop ends when no call fails")
}

#[test]
fn putting_back_is_whole_or_not_at_all_and_works_the_second_time() {
    assert!(each_call_of_putting_back_fails(Errno::NOSPC, false) > 50);
    assert!(each_call_of_putting_back_fails(Errno::IO, false) > 50);
    assert!(each_call_of_putting_back_fails(Errno::IO, true) > 50);
}
