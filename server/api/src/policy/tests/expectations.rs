//! Policy tests.

use super::*;

#[test]
fn expectations_hold_or_name_a_connection() {
    let asked = |tests: &str| Test {
        sources: whole(),
        stack: None,
        tests: tests.into(),
    };
    let found = test(&asked(
        "# all\ninbound local port 1414 must be protected\ninbound local port 21 must be protected\n\nstack TCPIP:\nany local port 9443 must meet no rule\n",
    ))
    .unwrap();
    assert_eq!((found.holds, found.fails, found.undecided), (2, 1, 0));
    let failed = &found.results[1];
    assert_eq!((failed.result, failed.at.line), (TestVerdict::Fails, 3));
    assert_eq!(failed.failures[0].connection.local_port, 21);
    assert_eq!(failed.failures[0].rule, None);
    assert_eq!(found.findings_total, 0);
    let wrong = test(&asked("inbund must be clear\nstack NONE:\n")).unwrap();
    let codes: Vec<_> = wrong.findings.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["AT301", "AT307"]);
    assert_eq!(
        (wrong.findings[0].at.line, wrong.findings[1].at.line),
        (1, 2)
    );
    assert!(wrong.findings[0].fix.is_some());
    assert_eq!(
        wrong.examples,
        [
            "inbound local port 23 must be protected with at least TLSv1.2",
            "inbound local port 1414 must be protected with at least TLSv1.2"
        ]
    );
    let held = test(&asked(&wrong.examples.join("\n"))).unwrap();
    assert_eq!((held.holds, held.fails, held.examples.len()), (2, 0, 0));
}

#[test]
fn kept_tests_are_those_of_the_stack_and_of_what_is_above_it() {
    let store = stored();
    let of = |owner: Option<&str>, tests: Option<&str>| {
        let owner = owner.map(|id| ObjectId(id.into()));
        test_stacks(&store, owner.as_ref(), tests).unwrap()
    };
    let all = of(None, None);
    assert_eq!((all.stacks, all.holds, all.fails), (2, 3, 0), "{all:?}");
    let of_a = of(Some("i"), None);
    assert_eq!((of_a.stacks, of_a.holds), (1, 2));
    let own = of(
        Some("g"),
        Some("stack MVSB.TCPIP:\nany local port 1414 must be protected with keyring A/RING\n"),
    );
    assert_eq!((own.holds, own.fails), (0, 1));
    // Outbound connections meet no rule; inbound ones one with another key ring.
    assert_eq!(own.results[0].failures.len(), 2, "{own:?}");
    assert_eq!(own.results[0].stack, "MVSB.TCPIP");
}
