//! A process that writes without end is killed at random moments.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::*;

const TARGET: &str = "GATEHOUSE_TEST_TARGET";

/// Not a test of its own: what the killed process runs.
#[test]
fn writes_until_killed() {
    let Ok(target) = std::env::var(TARGET) else {
        return;
    };
    let allowed = Path::new(&target).parent().unwrap().to_owned();
    let deadline = Instant::now() + Duration::from_secs(20);
    for round in 0.. {
        let root = Root::open(&target, &[&allowed]).unwrap();
        root.write(&borrowed(&stack_files(&format!("round {round}"))))
            .unwrap();
        if Instant::now() > deadline {
            return;
        }
    }
}

fn writer(bench: &Bench) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::writes_until_killed"])
        .env(TARGET, bench.target())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// The mark that all three files carry, or `None` when they carry none or different ones.
fn common_mark(root: &Root) -> Option<String> {
    let mut marks = stack_files("").into_iter().map(|(path, _)| {
        let text = String::from_utf8(root.read(path).unwrap()?).unwrap();
        let mark = text
            .lines()
            .next()?
            .strip_prefix(&format!("# {path} "))?
            .to_owned();
        assert_eq!(
            text,
            format!("# {path} {mark}\n").repeat(400),
            "a file is not whole"
        );
        Some(mark)
    });
    let first = marks.next()??;
    marks
        .all(|mark| mark.as_ref() == Some(&first))
        .then_some(first)
}

#[test]
fn a_kill_at_any_moment_leaves_whole_files_and_the_next_run_puts_them_in_step() {
    let bench = Bench::new();
    bench
        .root()
        .write(&borrowed(&stack_files("round 0")))
        .unwrap();
    let mut random = [0; 1];
    let (mut litter_seen, mut recovered_seen) = (0, 0);
    for _ in 0..40 {
        let mut child = writer(&bench);
        // The moment counts from the first write of the child.
        let before = std::fs::read(bench.path("/etc/pagent.conf")).unwrap();
        let start = Instant::now();
        while std::fs::read(bench.path("/etc/pagent.conf")).unwrap() == before {
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "the child writes nothing"
            );
            std::thread::yield_now();
        }
        getrandom::fill(&mut random).unwrap();
        let moment = Instant::now() + Duration::from_micros(u64::from(random[0]) * 100);
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let root = bench.root();
        let _ = common_mark(&root); // Each file is whole, whatever the others are.
        litter_seen += usize::from(!litter(&bench.path("")).is_empty());
        recovered_seen += root.recover().unwrap().len();
        assert!(common_mark(&root).is_some(), "the files are not in step");
        root.write(&borrowed(&stack_files("round -1"))).unwrap();
        assert_eq!(common_mark(&root).as_deref(), Some("round -1"));
        assert_eq!(litter(&bench.path("")), [""; 0]);
    }
    println!("litter after {litter_seen} of 40 kills, {recovered_seen} writes settled");
    assert!(litter_seen > 0, "no kill met a write");
}
