use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::analysis::difference::treated;
use crate::analysis::small::{small_rules, universe};
use crate::analysis::treatment::Protection;
use crate::policy::lookup::Rule;
use crate::policy::{Release, lower, parse};

const POLICY: &str = "\
TTLSRule MQ
{
 LocalPortRange 1414-1415
 Jobname CSQ1CHIN
 Direction Inbound
 Priority 50
 TTLSGroupActionRef on
 TTLSEnvironmentActionRef server
}
TTLSRule CLEAR
{
 LocalPortRange 21
 RemoteAddr 10.9.9.9
 Direction Inbound
 Priority 40
 TTLSGroupActionRef off
}
TTLSRule FTP
{
 LocalPortRange 21
 Direction Inbound
 Priority 30
 TTLSGroupActionRef on
 TTLSEnvironmentActionRef server
 TTLSConnectionActionRef old
}
TTLSRule NIGHT
{
 RemoteAddr 10.2.0.0/16
 RemotePortRange 7554-7560
 Direction Outbound
 IpTimeConditionRef night
 TTLSGroupActionRef on
 TTLSEnvironmentActionRef client
}
IpTimeCondition night
{
 TimeOfDayRange 22:00-06:00
}
TTLSGroupAction on
{
 TTLSEnabled On
}
TTLSGroupAction off
{
 TTLSEnabled Off
}
TTLSEnvironmentAction server
{
 HandshakeRole ServerWithClientAuth
 TTLSKeyringParms
 {
  Keyring CSQ1/RING
 }
 TTLSEnvironmentAdvancedParms
 {
  TLSv1 Off
  TLSv1.1 Off
  TLSv1.2 On
  CertificateLabel MQ PROD 2026
 }
 TTLSCipherParms
 {
  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
  V3CipherSuites TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
 }
}
TTLSEnvironmentAction client
{
 HandshakeRole Client
 TTLSKeyringParms
 {
  Keyring CSQ1/RING
 }
}
TTLSConnectionAction old
{
 HandshakeRole Server
 TTLSConnectionAdvancedParms
 {
  TLSv1.1 On
 }
 TTLSCipherParms
 {
  V3CipherSuites4Char 002F
 }
}
";

/// The messages of a line, with the code of each; nothing when it holds.
fn said(line: &str) -> Vec<String> {
    let lowered = lower(&parse(POLICY.as_bytes()), "p");
    let rules = treated(&lowered.policy, Release::V3R1);
    let suite = read(line, "tests");
    let mut findings = suite.findings;
    let all: Vec<&Expectation> = suite.expectations.iter().collect();
    for (expectation, outcome) in all.iter().zip(outcomes(&all, &rules)) {
        let found = expectation.findings(&outcome, "tests", &lowered.origins);
        assert_eq!(found.is_empty(), outcome.holds());
        findings.extend(found);
    }
    assert!(
        findings.iter().all(|finding| !finding.help().contains('{')),
        "{findings:?}"
    );
    findings
        .iter()
        .map(|finding| format!("{} {}", finding.page.code, finding.message()))
        .collect()
}

#[test]
fn what_holds_holds_for_all_connections_of_the_line() {
    for line in [
        "",
        "  # only words",
        "inbound local port 1414 job CSQ1CHIN must be protected with at least TLSv1.2 and keyring CSQ1/RING # why",
        "inbound local port 1414,1415 job csq1chin must meet rule MQ",
        "inbound to all port 1414 job CSQ1CHIN must be protected with client certificate required and forward secrecy",
        "inbound local port 1414 job CSQ1CHIN must be protected with label \"MQ PROD 2026\"",
        "inbound local port 1414 job CSQ1CHIN must be protected with suites from C030,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "inbound local port 1414 job CSQ1CHIN must be protected with V3CipherSuites4Char C030,C02F and handshaketimeout 10",
        "inbound local port 21 from 10.9.9.9 must be clear",
        "inbound local port 21 must be protected with at most TLSv1.2 and HandshakeRole Server"
            .replace("port 21", "port 21 from 10.9.9.10-10.9.9.20")
            .as_str(),
        "outbound to 10.2.0.0/16 port 7554-7560 at 2026-11-21T02:00 must be protected",
        "inbound local port 9443 must meet no rule",
        "Outbound remote 10.2.1.1 port 7554 at 2026-11-21T12:00 MUST be clear",
    ] {
        assert!(said(line).is_empty(), "{line}: {:?}", said(line));
    }
}

#[test]
fn what_fails_names_a_connection_the_rule_and_what_falls_short() {
    for (line, expected) in [
        (
            "inbound local port 1414 must be protected",
            "AT304 inbound from 192.0.2.1 to 192.0.2.1 port 1414 meets no rule: they stay in the clear",
        ),
        (
            "inbound local port 1410-1414 job CSQ1CHIN must be protected",
            "AT304 inbound from 192.0.2.1 to 192.0.2.1 port 1410, job CSQ1CHIN meets no rule: they stay in the clear",
        ),
        (
            "inbound local port 21 from 10.9.0.0/16 must be protected",
            "AT304 inbound from 10.9.9.9 to 192.0.2.1 port 21 meets rule `CLEAR`: it leaves them in the clear",
        ),
        (
            "inbound local port 21 from 10.1.0.0/16 must be protected with at least TLSv1.2",
            "AT304 inbound from 10.1.0.0 to 192.0.2.1 port 21 meets rule `FTP`: TLSv1.1 is on",
        ),
        (
            "inbound local port 21 from 10.1.0.0/16 must be protected with forward secrecy",
            "AT304 inbound from 10.1.0.0 to 192.0.2.1 port 21 meets rule `FTP`: TLS_RSA_WITH_AES_128_CBC_SHA has no forward secrecy",
        ),
        (
            "inbound local port 21 from 10.1.0.0/16 must be protected with client certificate",
            "AT304 inbound from 10.1.0.0 to 192.0.2.1 port 21 meets rule `FTP`: HandshakeRole is Server",
        ),
        (
            "inbound local port 1415 job CSQ1CHIN must be protected with Keyring OTHER/RING",
            "AT304 inbound from 192.0.2.1 to 192.0.2.1 port 1415, job CSQ1CHIN meets rule `MQ`: Keyring is CSQ1/RING",
        ),
        (
            "outbound to 10.2.0.0/16 port 7554 must be protected",
            "AT304 outbound from 192.0.2.1 to 10.2.0.0 port 7554, at 2026-01-01T06:00 meets no rule: they stay in the clear",
        ),
        (
            "outbound to 10.2.0.0/16 port 7554 at 2026-11-21T23:30 must be protected with at least TLSv1.2",
            "AT304 outbound from 192.0.2.1 to 10.2.0.0 port 7554, at 2026-11-21T23:30 meets rule `NIGHT`: TLSv1 is on by default",
        ),
        (
            "any local port 1414 job CSQ1CHIN from 10.1.1.1 must be clear",
            "AT302 `from` cannot stand here: it does not say which side, as the direction is open",
        ),
    ] {
        assert_eq!(said(line), [expected], "{line}");
    }
    let wide = said("inbound must be clear");
    assert_eq!(wide.len(), 2, "each rule that fails: {wide:?}");
}

#[test]
fn what_is_not_understood_is_found_at_its_word() {
    for (line, place, message) in [
        (
            "inbound locl port 1 must be clear",
            "locl",
            "`locl` is not understood here",
        ),
        (
            "inbound local port 1 mst be clear",
            "mst",
            "`mst` is not understood here",
        ),
        (
            "inbound local port 0 must be clear",
            "0",
            "`0` cannot stand here: `0`: ports go from 1 to 65535",
        ),
        (
            "inbound local port 1,,2 must be clear",
            "1,,2",
            "`1,,2` cannot stand here: there is nothing between two commas",
        ),
        (
            "inbound local 10.1.1 must be clear",
            "10.1.1",
            "`10.1.1` cannot stand here: `10.1.1`: it is not an IP address",
        ),
        (
            "inbound at 2026-02-30 must be clear",
            "2026-02-30",
            "`2026-02-30` cannot stand here: it is no moment",
        ),
        (
            "inbound local port 1 must be protected with TLSv1.2 Yes",
            "Yes",
            "`Yes` cannot stand here: the value is one of On, Off",
        ),
        (
            "inbound local port 1 must be protected with KeyringPw x",
            "KeyringPw",
            "`KeyringPw` is not understood here",
        ),
        (
            "inbound local port 1 must be protected with at least TLSv1.4",
            "TLSv1.4",
            "`TLSv1.4` is not understood here",
        ),
        (
            "inbound local port 1 must be protected with suites from C030,NONE",
            "C030,NONE",
            "`C030,NONE` cannot stand here: `NONE`: System SSL has no such suite",
        ),
        (
            "inbound local port 1 must be clear with keyring X",
            "with",
            "`with` is not understood here",
        ),
        (
            "inbound job A job B must be clear",
            "job",
            "`job` cannot stand here: it was said before",
        ),
        (
            "inbound local port 1 must",
            "",
            "the line ends where `be` or `meet` should follow",
        ),
        (
            "stack",
            "",
            "the line ends where the name of a stack should follow",
        ),
        ("prot", "prot", "`prot` is not understood here"),
    ] {
        let text = format!("# a comment\n{line}\n");
        let suite = read(&text, "tests");
        let [finding] = &suite.findings[..] else {
            panic!("{line}: {:?}", suite.findings);
        };
        assert_eq!(finding.message(), message, "{line}");
        let Place::Text { start, end, .. } = finding.place else {
            panic!("{finding:?}");
        };
        assert_eq!(&text[start..end], place, "{line}");
        assert!(suite.expectations.is_empty());
    }
    let misspelt = read("inbuond local port 1 must be clear", "tests");
    let suggestion = misspelt.findings[0].suggestion.as_ref();
    assert_eq!(suggestion.map(|one| one.text.as_str()), Some("inbound"));
}

#[test]
fn a_section_is_of_one_stack() {
    let suite = read(
        "any must be clear\nstack TCPIP:\nany must be clear\nstack T2 :\nany must be clear\n",
        "tests",
    );
    let stacks: Vec<_> = suite
        .expectations
        .iter()
        .map(|one| one.stack.as_deref())
        .collect();
    assert_eq!(stacks, [None, Some("TCPIP"), Some("T2")]);
    let unknown = suite.unknown_stacks(["tcpip"].into_iter());
    assert_eq!(unknown.len(), 1);
    assert_eq!(unknown[0].message(), "there is no stack `T2`");
}

#[test]
fn of_many_rules_that_fail_some_are_named() {
    let rules: String = (1..=30)
        .map(|port| format!("TTLSRule R{port}\n{{\n LocalPortRange {port}\n Direction Inbound\n TTLSGroupActionRef on\n}}\n"))
        .collect();
    let policy = lower(
        &parse((rules + "TTLSGroupAction on\n{\n TTLSEnabled On\n}\n").as_bytes()),
        "p",
    );
    let suite = read("any must be clear", "tests");
    let all: Vec<&Expectation> = suite.expectations.iter().collect();
    let outcome = &outcomes(&all, &treated(&policy.policy, Release::V3R1))[0];
    assert_eq!((outcome.failures.len(), outcome.more), (MOST_NAMED, 20));
    let findings = all[0].findings(outcome, "tests", &policy.origins);
    let last = findings.last().map(Finding::message);
    assert_eq!(
        last.as_deref(),
        Some("20 more rules do not do what is expected here")
    );
    let undecided = Outcome {
        failures: Vec::new(),
        more: 0,
        undecided: true,
    };
    assert_eq!(
        all[0].findings(&undecided, "tests", &policy.origins)[0]
            .page
            .code,
        "AT306"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_line_holds_when_trying_every_connection_says_so(
        (rules, treatments) in (small_rules(), proptest::collection::vec(select(vec![Protection::Clear, Protection::Tls]), 10)),
        subject in small_rules().prop_filter_map("a subject", |rules| rules.into_iter().next()),
        protected in any::<bool>(),
    ) {
        let policy = lower(&parse(b"TTLSRule A\n{\n Direction Both\n}\n"), "p").policy;
        let statement = &policy.statements[0];
        let treated: Vec<Treated<'_>> = rules.iter().zip(&treatments).map(|(conditions, protection)| Treated {
            rule: Rule { statement, priority: 1, conditions: Some(conditions.clone()) },
            treatment: Rc::new(Treatment { protection: *protection, settings: Vec::new() }),
        }).collect();
        let expectation = Expectation {
            text: String::new(),
            span: 0..0,
            stack: None,
            subject: subject.clone(),
            at: None,
            demands: vec![if protected { Demand::Protected } else { Demand::Clear }],
        };
        let first = |connection: &Connection| rules.iter().position(|rule| rule.matches(connection));
        let does = |connection: &Connection| {
            let tls = first(connection).is_some_and(|at| treatments[at] == Protection::Tls);
            tls == protected
        };
        let holds = universe().iter().filter(|one| subject.matches(one)).all(does);
        let outcome = &outcomes(&[&expectation], &treated)[0];
        let is_glob = |rule: &Conditions| matches!(rule.job, crate::policy::lookup::Pattern::Glob(_));
        let has_glob = rules.iter().chain([&subject]).any(is_glob);
        for failure in &outcome.failures {
            prop_assert!(subject.matches(&failure.connection) && !does(&failure.connection), "{:?}", failure);
        }
        if has_glob {
            prop_assert!(holds || !outcome.holds(), "{:?}", outcome);
        } else {
            prop_assert!(!outcome.undecided);
            prop_assert_eq!(outcome.holds(), holds, "{:?}", outcome);
        }
    }
}

#[test]
fn examples_are_lines_that_hold() {
    let policy = lower(&parse(POLICY.as_bytes()), "p").policy;
    let rules = treated(&policy, Release::default());
    let found = examples(&rules, 3);
    // Another rule takes a part of what FTP asks for, and NIGHT has times.
    let [line] = &found[..] else {
        panic!("{found:?}")
    };
    assert!(
        line.starts_with(
            "inbound local port 1414-1415 job CSQ1CHIN must be protected with at least"
        ),
        "{line}"
    );
    assert!(examples(&[], 3).is_empty());
}
