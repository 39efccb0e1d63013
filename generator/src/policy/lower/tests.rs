use proptest::prelude::*;

use super::*;
use crate::policy::emit;
use crate::policy::syntax::parse;

fn read(text: &str) -> Lowered {
    lower(&parse(text.as_bytes()), "test.policy")
}

/// The findings as `line: code message`, then the policy as text.
fn outcome(text: &str) -> (Vec<String>, String) {
    let lowered = read(text);
    let findings = lowered.findings.iter().map(|finding| {
        let crate::finding::Place::Text { start, .. } = finding.place else {
            return "no place".to_owned();
        };
        let line = text[..start].lines().count().max(1);
        let line = line + usize::from(text[..start].ends_with('\n'));
        format!("{line}: {} {}", finding.page.code, finding.message())
    });
    (findings.collect(), emit(&lowered.policy).text)
}

#[track_caller]
fn findings(text: &str, expected: &[&str]) {
    assert_eq!(outcome(text).0, expected);
}

const RULE: &str = "\
TTLSRule                          A
{
  Direction                       Inbound
}
";

#[test]
fn the_canonical_text_is_read_and_written_back() {
    let text = "\
## Header
## more

## a rule
TTLSRule                          A
{
  ## ports of MQ
  LocalPortRange                  1414 1420
  Direction                       Inbound
}
IpAddrGroup                       G
{
  IpAddr
  {
    Addr                          10.1.1.2
    ## last
  }
}
TcpImage TCPIP /etc/image FLUSH
## the end
";
    let lowered = read(text);
    assert!(lowered.findings.is_empty(), "{:?}", lowered.findings);
    assert_eq!(lowered.policy.header.len(), 2);
    assert_eq!(emit(&lowered.policy).text, text);
}

#[test]
fn case_indentation_and_line_ends_do_not_matter() {
    let (found, text) = outcome("\u{feff}ttlsrule\tA {\r\n direction Inbound\r\n}\r\n");
    assert_eq!(found, [""; 0]);
    assert_eq!(text, RULE);
}

#[test]
fn an_inline_comment_moves_above_its_attribute() {
    let (_, text) = outcome("TTLSRule A # one\n# two\n{\nDirection Inbound # three\n}");
    assert_eq!(
        text,
        "## one\n## two\nTTLSRule                          A\n{\n  ## three\n  Direction                       Inbound\n}\n"
    );
}

#[test]
fn a_label_goes_to_the_end_of_the_line_and_a_word_does_not() {
    let text =
        "TTLSConnectionAdvancedParms A\n{\n CertificateLabel My Own  Label\n SSLv3 Off never\n}\n";
    findings(
        text,
        &["4: AT105 `never` after the value of `SSLv3` is ignored"],
    );
    let lowered = read(text);
    let statement = &lowered.policy.statements[0];
    assert_eq!(statement.value("CertificateLabel"), Some("My Own  Label"));
    assert_eq!(statement.value("sslv3"), Some("Off"));
}

#[test]
fn a_missing_closing_brace_is_one_finding_and_the_next_statement_is_read() {
    let text = "TTLSRule A\n{\n  Direction Inbound\nTTLSRule B\n{\n  Direction Outbound\n}\n";
    findings(
        text,
        &["1: AT101 the block of `TTLSRule A` has no closing brace"],
    );
    let names: Vec<_> = read(text)
        .policy
        .statements
        .iter()
        .map(|statement| statement.name_str().unwrap_or("").to_owned())
        .collect();
    assert_eq!(names, ["A", "B"]);
}

#[test]
fn a_missing_brace_is_seen_by_the_indentation_where_the_statement_could_be_inline() {
    let text = "TTLSEnvironmentAction E\n{\n  HandshakeRole Server\nTTLSKeyringParms K\n{\n  Keyring R\n}\n";
    findings(
        text,
        &["1: AT101 the block of `TTLSEnvironmentAction E` has no closing brace"],
    );
    assert_eq!(read(text).policy.statements.len(), 2);
}

#[test]
fn a_missing_closing_brace_of_an_inner_block_ends_the_inner_block_only() {
    let text = "TTLSEnvironmentAction E\n{\n  TTLSKeyringParms\n  {\n    Keyring R\n  TTLSCipherParms\n  {\n    V3CipherSuites 35\n  }\n}\n";
    findings(
        text,
        &["3: AT101 the block of `TTLSKeyringParms` has no closing brace"],
    );
    assert_eq!(read(text).policy.statements[0].blocks().count(), 2);
}

#[test]
fn a_missing_closing_brace_at_the_end_is_one_finding() {
    findings(
        "IpAddrGroup G\n{\n IpAddr\n {\n  Addr 10.1.1.2\n",
        &["1: AT101 the block of `IpAddrGroup G` has no closing brace"],
    );
}

#[test]
fn a_missing_opening_brace_is_one_finding() {
    let (found, text) = outcome("TTLSRule A\n  Direction Inbound\n}\n");
    assert_eq!(
        found,
        ["1: AT102 `TTLSRule` is not followed by an opening brace"]
    );
    assert_eq!(text, RULE);
}

#[test]
fn stray_braces_are_reported_and_read_over() {
    findings("}\n", &["1: AT103 this closing brace ends no block"]);
    let text = format!("{{\n{RULE}}}\n");
    let (found, written) = outcome(&text);
    assert_eq!(
        found,
        ["1: AT104 this opening brace begins the block of no statement"]
    );
    assert_eq!(written, RULE);
}

#[test]
fn deep_nesting_is_refused_and_reading_goes_on_behind_it() {
    let text = format!("{}{}\n{RULE}", "x {\n".repeat(5000), "}\n".repeat(5000));
    let lowered = read(&text);
    assert_eq!(lowered.findings.len(), 1);
    assert_eq!(lowered.findings[0].page.code, "AT107");
    assert_eq!(lowered.policy.statements.len(), 2);
    assert_eq!(lowered.policy.statements[1].name_str(), Some("A"));
}

#[test]
fn bytes_that_are_no_text_are_reported_and_replaced() {
    let tree = parse(b"TTLSRule A\xFF\n{\n}\n");
    let lowered = lower(&tree, "x");
    assert_eq!(lowered.findings[0].page.code, "AT106");
    assert_eq!(lowered.policy.statements[0].name_str(), Some("A\u{fffd}"));
}

#[test]
fn a_password_is_not_shown_in_a_finding() {
    let lowered = read("TTLSKeyringParms K\n{\n Keyring /a\n KeyringPw open sesame\n}\n");
    let message = lowered.findings[0].message();
    assert!(!message.contains("sesame"), "{message}");
}

#[test]
fn origins_point_at_keyword_and_value() {
    let lowered = read(RULE);
    let statement = &lowered.policy.statements[0];
    let origin = lowered.origins.of(statement.tag).unwrap();
    assert_eq!(
        (&RULE[origin.keyword.clone()], &RULE[origin.value.clone()]),
        ("TTLSRule", "A")
    );
    let attribute = statement.attributes().next().unwrap();
    assert_eq!(
        lowered.origins.line(attribute.tag),
        Some(("test.policy", 3))
    );
}

#[test]
fn an_attribute_called_like_its_block_without_a_brace_is_a_missing_brace() {
    let text = "TTLSEnvironmentAction E\n{\n TTLSKeyringParms\n  Keyring R\n }\n HandshakeRole Server\n}\n";
    findings(
        text,
        &["3: AT102 `TTLSKeyringParms` is not followed by an opening brace"],
    );
    assert_eq!(
        read(text).policy.statements[0].value("HandshakeRole"),
        Some("Server")
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_and_what_is_written_reads_back(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let policy = lower(&parse(&bytes), "x").policy;
        let text = emit(&policy).text;
        prop_assert_eq!(lower(&parse(text.as_bytes()), "x").policy, policy, "{}", text);
    }

    #[test]
    fn broken_policy_text_is_read_and_what_is_written_reads_back(
        lines in proptest::collection::vec(
            prop_oneof![
                Just("TTLSRule A"), Just("TTLSRule"), Just("{"), Just("  {"), Just("}"), Just("  }"), Just(""),
                Just("TTLSEnvironmentAction E {"), Just("  TTLSKeyringParms"), Just("TTLSKeyringParms K"),
                Just("    Keyring R x # y"), Just("  Direction Inbound"), Just("# note"), Just("  ## note"),
                Just("IpAddrGroup G"), Just("  IpAddr"), Just("    Addr 10.1.1.2"), Just("prose between rules"),
                Just("  LocalPortRange 1   2 3"), Just("} {"), Just("TcpImage TCPIP"), Just("  Foo bar"),
                Just("  TTLSCipherParms C"), Just("CertificateLabel a  b"), Just("\u{feff}"),
            ],
            0..24,
        )
    ) {
        let text = lines.join("\n");
        let policy = lower(&parse(text.as_bytes()), "x").policy;
        let written = emit(&policy).text;
        let again = lower(&parse(written.as_bytes()), "x").policy;
        prop_assert_eq!(again, policy, "{}", written);
    }
}
