use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::*;

#[test]
fn a_reader_that_never_stops_sees_whole_files_only() {
    let bench = Bench::new();
    let texts: Vec<Vec<u8>> = (0..2)
        .map(|mark| {
            format!("{mark} line of a policy\n")
                .repeat(20_000)
                .into_bytes()
        })
        .collect();
    bench.root().write(&[("/etc/a", &texts[0])]).unwrap();
    let done = AtomicBool::new(false);
    let seen = thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = BTreeSet::new();
            while !done.load(Ordering::Relaxed) {
                let bytes = std::fs::read(bench.path("/etc/a")).unwrap();
                seen.insert(texts.iter().position(|text| *text == bytes).unwrap());
            }
            seen
        });
        for round in 1..=150 {
            bench
                .root()
                .write(&[("/etc/a", &texts[round % 2])])
                .unwrap();
        }
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    assert_eq!(seen.len(), 2);
}

#[test]
fn many_writers_take_turns_and_the_last_one_counts_whole() {
    let bench = Bench::new();
    thread::scope(|scope| {
        for writer in 0..8 {
            let bench = &bench;
            scope.spawn(move || {
                for round in 0..5 {
                    let files = stack_files(&format!("writer {writer} round {round}"));
                    bench.root().write(&borrowed(&files)).unwrap();
                }
            });
        }
    });
    let root = bench.root();
    let texts: Vec<_> = stack_files("")
        .iter()
        .map(|(path, _)| String::from_utf8(root.read(path).unwrap().unwrap()).unwrap())
        .collect();
    let marks: BTreeSet<_> = texts
        .iter()
        .map(|text| {
            text.lines()
                .next()
                .unwrap()
                .split_once(" writer ")
                .unwrap()
                .1
        })
        .collect();
    assert_eq!(marks.len(), 1, "{marks:?}");
    assert_eq!(litter(&bench.path("")), [""; 0]);
}
