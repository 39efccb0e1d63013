//! What became of each statement: the classes are those of the Policy Agent, and they add up.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../src/corpus.rs"]
mod corpus;

use std::collections::{BTreeSet, HashMap, HashSet};

use generator::check::{Checked, check_file};
use generator::finding::Place;
use generator::policy::model::Keyword;
use generator::policy::table::Kind;
use generator::policy::table::lines::is_foreign;
use generator::policy::{Fate, Files, Policy, Release, Statement};
use proptest::prelude::*;

struct Memory<'a>(HashMap<&'a str, &'a [u8]>);

impl Files for Memory<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let bytes = self.0.get(path).ok_or("there is no such file")?;
        Ok(bytes.to_vec())
    }
}

fn checked(files: &[(&str, &[u8])]) -> Checked {
    let memory = Memory(files.iter().copied().collect());
    check_file(files[0].0, &memory, Release::default())
}

/// "a:3 overridden by b:7 TTLSGroupAction", for all that is not used.
fn left(files: &[(&str, &[u8])]) -> Vec<String> {
    let checked = checked(files);
    let line = |place: &Place| {
        let Place::Text { file, start, .. } = place else {
            panic!("{place:?}");
        };
        let text = files.iter().find(|(path, _)| path == file).unwrap().1;
        let before = text[..*start].iter().filter(|byte| **byte == b'\n');
        format!("{file}:{}", before.count() + 1)
    };
    let mut found = Vec::new();
    for file in checked.account() {
        for left in file.left() {
            let by = left
                .by
                .map_or_else(String::new, |by| format!(" by {}", line(&by)));
            let (fate, keyword) = (left.fate.as_str(), left.statement.keyword.as_str());
            found.push(format!("{} {fate}{by} {keyword}", line(&left.place)));
        }
    }
    found
}

#[test]
fn each_statement_of_a_policy_is_in_one_class() {
    let text = b"\
TTLSRule A { Jobname J
 TTLSGroupActionRef G
 TTLSEnvironmentActionRef E
}
TTLSGroupAction G { TTLSEnabled On
}
TTLSGroupAction G { TTLSEnabled Off
}
TTLSEnvironmentAction E { TTLSKeyringParms { Keyring a
 }
 TTLSCipherParmsRef C
}
TTLSCipherParms C { V3CipherSuites 35
}
TTLSCipherParms D { V3CipherSuites 35
}
TTLSEnvironmentAction F { TTLSCipherParmsRef D
}
TTLSRule A { TTLSGroupActionRef G
 TTLSEnvironmentActionRef E
}
TTLSRul B
two lines
IDSConfig x
TTLSKeyringParms { Keyring b
}
LogLevel 31
";
    let expected = [
        "p:1 overridden by p:19 TTLSRule",
        "p:5 overridden by p:7 TTLSGroupAction",
        "p:15 unused TTLSCipherParms",
        "p:17 unused TTLSEnvironmentAction",
        "p:22 refused TTLSRul",
        "p:23 refused two",
        "p:24 unused IDSConfig",
        "p:25 refused TTLSKeyringParms",
        "p:27 unused LogLevel",
    ];
    assert_eq!(left(&[("p", text)]), expected);
}

#[test]
fn each_line_of_a_configuration_is_in_one_class() {
    let files: [(&str, &[u8]); 5] = [
        (
            "m",
            b"TTLSConfig x\nCommonTTLSConfig no\nCommonTTLSConfig c\nTcpImage A a\nTcpImage B b\nLogLevel 31\nLogLevel 15\nprose\n",
        ),
        ("a", b"TTLSConfig no\nTTLSConfig p\nIDSConfig p\nLogLevel 1\n"),
        ("b", b"TTLSConfig\nTTLSGroupAction X\n{\n}\n"),
        ("c", b"TTLSGroupAction G {\n}\nTTLSGroupAction H {\n}\n"),
        ("p", b"TTLSRule A { TTLSGroupActionRef G\n}\nTTLSGroupAction H {\n}\n"),
    ];
    let expected = [
        "m:1 unused TTLSConfig",
        "m:2 overridden by m:3 CommonTTLSConfig",
        "m:6 overridden by m:7 LogLevel",
        "m:8 refused prose",
        "a:1 overridden by a:2 TTLSConfig",
        "a:3 unused IDSConfig",
        "a:4 unused LogLevel",
        "b:2 unused TTLSGroupAction",
        // One stack has one of its own, the other no rule that leads to it.
        "c:3 unused TTLSGroupAction",
        "p:3 unused TTLSGroupAction",
    ];
    assert_eq!(left(&files), expected);
}

/// The classes, found out the slow way.
fn slow(policy: &Policy) -> Vec<Fate> {
    let key = |one: &Statement| Some((one.def()?.name, one.name_str()?.to_owned()));
    let all = &policy.statements;
    let later = |at: usize| {
        let own = key(&all[at]);
        own.is_some() && all[at + 1..].iter().any(|other| key(other) == own)
    };
    let is_rule = |one: &Statement| one.def().is_some_and(|def| def.name == "TTLSRule");
    let mut reached: HashSet<usize> = HashSet::new();
    loop {
        let mut named = HashSet::new();
        for at in &reached {
            let blocks = all[*at].blocks().flat_map(Statement::attributes);
            for attribute in all[*at].attributes().chain(blocks) {
                if let Some(Kind::Ref(target)) = attribute.def().map(|row| row.kind) {
                    named.insert((target, attribute.value().to_owned()));
                }
            }
        }
        let before = reached.len();
        for (at, one) in all.iter().enumerate() {
            let Some(key) = key(one) else { continue };
            if !later(at) && (is_rule(one) || named.contains(&key)) {
                reached.insert(at);
            }
        }
        if reached.len() == before {
            break;
        }
    }
    let fate = |(at, one): (usize, &Statement)| match &one.keyword {
        Keyword::Unknown(word) if !is_foreign(word.as_str()) => Fate::Refused,
        Keyword::Block(_) if one.name_str().is_none() => Fate::Refused,
        Keyword::Block(_) if later(at) => Fate::Overridden,
        Keyword::Block(_) if reached.contains(&at) => Fate::Used,
        _ => Fate::Unused,
    };
    all.iter().enumerate().map(fate).collect()
}

/// Sums, and that each refusal has its finding: its own, or that of the prose that it goes on.
fn adds_up(checked: &Checked) {
    let starts: BTreeSet<_> = checked
        .findings
        .iter()
        .filter_map(|finding| match &finding.place {
            Place::Text { file, start, .. } => Some((file, *start)),
            Place::Field { .. } => None,
        })
        .collect();
    for file in checked.account() {
        let counts = Fate::ALL.map(|fate| file.count(fate));
        assert_eq!(counts.iter().sum::<usize>(), file.fates().len());
        for left in file.left() {
            assert_eq!(left.by.is_some(), left.fate == Fate::Overridden);
            let Place::Text { file, start, .. } = &left.place else {
                panic!("{left:?}");
            };
            let reported = starts.range((file, 0)..=(file, *start)).next().is_some();
            assert!(left.fate != Fate::Refused || reported, "{left:?}");
        }
    }
    for stack in &checked.stacks {
        assert_eq!(stack.account.fates().len(), stack.policy.statements.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_add_up(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        adds_up(&checked(&[("p", &bytes)]));
    }

    #[test]
    fn statements_in_any_order_are_in_the_class_that_the_slow_way_finds(
        pieces in prop::collection::vec(prop_oneof![
            Just("TTLSRule A {\nTTLSGroupActionRef G\n}"),
            Just("TTLSRule B {\nTTLSEnvironmentActionRef E\n}"),
            Just("TTLSRule B {\n}"),
            Just("TTLSGroupAction G {\n}"),
            Just("TTLSGroupAction E {\n}"),
            Just("TTLSEnvironmentAction E {\nTTLSKeyringParmsRef K\n}"),
            Just("TTLSEnvironmentAction E {\nTTLSCipherParms {\n}\nTTLSSignatureParmsRef S\n}"),
            Just("TTLSEnvironmentAction F {\nTTLSKeyringParmsRef L\n}"),
            Just("TTLSKeyringParms K {\n}"),
            Just("TTLSKeyringParms L {\n}"),
            Just("TTLSKeyringParms {\n}"),
            Just("TTLSSignatureParms S {\n}"),
            Just("prose"),
            Just("IDSConfig x"),
        ], 0..24)
    ) {
        let text = pieces.join("\n");
        let checked = checked(&[("p", text.as_bytes())]);
        let stack = &checked.stacks[0];
        prop_assert_eq!(stack.account.fates(), slow(&stack.policy), "{}", text);
        adds_up(&checked);
    }
}

/// The corpus is not ours to keep; where it is found, every file of it adds up.
#[test]
fn the_corpus_adds_up() {
    let Some(files) = corpus::files(&["open/ttls", "open/pagent"]) else {
        return;
    };
    let mut read = 0;
    for path in files {
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        let checked = checked(&[("p", &bytes)]);
        for stack in checked
            .stacks
            .iter()
            .filter(|_| checked.configuration.is_empty())
        {
            assert_eq!(stack.account.fates(), slow(&stack.policy), "{:?}", path);
        }
        adds_up(&checked);
        read += 1;
    }
    assert!(read >= 30, "{read} files");
}
