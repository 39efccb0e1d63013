//! What real files hold beside policy: what is said of it, and that one mistake is one finding or few.

use std::collections::HashMap;

use generator::check::{Checked, check_file};
use generator::finding::Place;
use generator::policy::{Fate, Files, Release};

const GOOD: &str = "TTLSRule A\n{\n  LocalPortRange 1414\n  Direction Inbound\n  \
    TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n  TTLSEnabled Off\n}\n";

struct Memory<'a>(HashMap<&'a str, &'a [u8]>);

impl Files for Memory<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let bytes = self.0.get(path).ok_or("there is no such file")?;
        Ok(bytes.to_vec())
    }
}

/// The findings of the first of these files and all it leads to: code, file, line and message.
fn said(files: &[(&str, &[u8])]) -> (Vec<String>, Checked) {
    let memory = Memory(files.iter().copied().collect());
    let checked = check_file(files[0].0, &memory, Release::default());
    let line = |place: &Place| match place {
        Place::Text { file, start, .. } => {
            let bytes = memory.0.get(file.as_str()).copied().unwrap_or_default();
            let before = &bytes[..(*start).min(bytes.len())];
            let lines = before.iter().filter(|byte| matches!(byte, b'\n' | 0x15));
            format!("{file}:{}", lines.count() + 1)
        }
        Place::Field { .. } => panic!("{place:?}"),
    };
    let findings = checked.findings.iter().map(|finding| {
        format!(
            "{} {} {}",
            finding.page.code,
            line(&finding.place),
            finding.message()
        )
    });
    (findings.collect(), checked)
}

#[track_caller]
fn says(bytes: impl AsRef<[u8]>, expected: &[&str]) {
    assert_eq!(said(&[("p", bytes.as_ref())]).0, expected);
}

#[test]
fn byte_order_marks_and_ends_of_lines_do_not_matter() {
    says(format!("\u{feff}{GOOD}\u{feff}\n\u{feff}"), &[]);
    says(GOOD.replace(' ', "\u{feff} "), &[]);
    says(GOOD.replace('\n', "\r\n"), &[]);
    says(GOOD.replace('\n', "\r"), &[]);
    says(GOOD.replace("\n{", " {"), &[]);
}

#[test]
fn bytes_that_are_no_text_are_said_where_they_matter() {
    says(
        [b"# Gr\xfc\xdfe \0 aus K\xf6ln\n", GOOD.as_bytes()].concat(),
        &[],
    );
    says(
        GOOD.replace("Rule A", "Rule A\0"),
        &["AT106 p:1 the line of `TTLSRule` holds bytes that are no text"],
    );
    let latin = GOOD.replace("Rule A", "Rule ?").into_bytes();
    let latin: Vec<_> = latin
        .iter()
        .map(|byte| if *byte == b'?' { 0xE4 } else { *byte })
        .collect();
    says(
        latin,
        &["AT106 p:1 the line of `TTLSRule` holds bytes that are no text"],
    );
}

#[test]
fn a_policy_behind_one_number_sign_is_found_there() {
    let line = format!("# {}", GOOD.replace('\n', " "));
    says(&line, &["AT206 p:1 `p` holds no `TTLSRule`"]);
    let (_, checked) = said(&[("p", line.as_bytes())]);
    let help = checked.findings[0].help();
    assert!(help.contains("ends of lines were lost"), "{help}");
    let (_, checked) = said(&[("p", b"# nothing\n")]);
    assert!(checked.findings[0].help().starts_with("add a rule"));
}

#[test]
fn prose_and_prompts_are_one_finding_each() {
    let text = format!(
        "user@MVSA:/u/user: >cat p.policy\n{GOOD}this is how it\nlooked before.\n\n$\n{}",
        GOOD.replace("Rule A", "Rule B")
            .replace("1414", "1415")
            .replace(" G\n", " H\n")
    );
    says(
        text,
        &[
            "AT001 p:1 `user@MVSA:/u/user:` is not a statement of AT-TLS policy",
            "AT001 p:12 `this` is not a statement of AT-TLS policy",
        ],
    );
}

#[test]
fn what_stands_behind_a_keyword_or_does_not() {
    says(
        GOOD.replace("Inbound", "Inbound or so"),
        &["AT105 p:4 `or so` after the value of `Direction` is ignored"],
    );
    says(
        GOOD.replace(" Inbound", ""),
        &["AT004 p:4 `` is not a value of `Direction`: there is no value"],
    );
    let label = "TTLSConnectionActionRef C\n}\nTTLSConnectionAction C\n{\n  \
        TTLSConnectionAdvancedParms\n  {\n    CertificateLabel My own label\n  }\n}\nTTLSGroupAction";
    says(GOOD.replacen("}\nTTLSGroupAction", label, 1), &[]);
}

#[test]
fn a_brace_too_few_or_too_many_is_one_finding() {
    says(
        GOOD.replacen("}\n", "", 1),
        &["AT101 p:1 the block of `TTLSRule A` has no closing brace"],
    );
    says(
        format!("{GOOD}{}", "}".repeat(1000)),
        &["AT103 p:11 this closing brace ends no block"],
    );
    let (found, _) = said(&[("p", "{ ".repeat(100_000).as_bytes())]);
    let codes: Vec<_> = found.iter().map(|finding| &finding[..5]).collect();
    assert_eq!(codes, ["AT104", "AT206", "AT107"]);
}

#[test]
fn a_line_of_a_megabyte_is_two_short_findings() {
    let (found, _) = said(&[("p", "x".repeat(1 << 20).as_bytes())]);
    let codes: Vec<_> = found.iter().map(|finding| &finding[..5]).collect();
    assert_eq!(codes, ["AT001", "AT206"]);
    assert!(found.iter().all(|finding| finding.len() < 1000));
}

#[test]
fn text_in_ebcdic_is_read() {
    let ebcdic = |byte: u8| match byte {
        b'a'..=b'i' => byte - b'a' + 0x81,
        b'j'..=b'r' => byte - b'j' + 0x91,
        b's'..=b'z' => byte - b's' + 0xA2,
        b'A'..=b'I' => byte - b'A' + 0xC1,
        b'J'..=b'R' => byte - b'J' + 0xD1,
        b'S'..=b'Z' => byte - b'S' + 0xE2,
        b'0'..=b'9' => byte - b'0' + 0xF0,
        b'{' => 0xC0,
        b'}' => 0xD0,
        b'\n' => 0x15,
        _ => 0x40,
    };
    let bytes: Vec<_> = GOOD.bytes().map(ebcdic).collect();
    says(
        bytes,
        &["AT209 p:1 `p` is in EBCDIC, and was read as IBM-1047"],
    );
}

#[test]
fn statements_in_the_wrong_file_are_said_once() {
    let policy = GOOD.as_bytes();
    let files =
        |main, image| -> Vec<(&'static str, &'static [u8])> { vec![("m", main), ("i", image)] };
    let with = |main, image, policy, expected: &[&str]| {
        let files = [files(main, image), vec![("p", policy)]].concat();
        assert_eq!(said(&files).0, expected);
    };
    with(
        b"TcpImage T i\nTTLSConfig p\n",
        b"TTLSConfig p\n",
        policy,
        &["AT205 m:2 `TTLSConfig` is ignored in the main configuration file"],
    );
    let more = [b"TTLSConfig p\n", policy].concat().leak();
    with(
        b"TcpImage T i\n",
        b"TTLSConfig p\n",
        more,
        &["AT001 p:1 `TTLSConfig` is not a statement of AT-TLS policy"],
    );
    // The policy stands where the image file should.
    with(
        b"TcpImage T p\n",
        b"",
        policy,
        &[
            "AT204 p:1 `TTLSRule` and 1 more statement are ignored in an image configuration file",
            "AT202 p:1 the image file of stack `T` has no `TTLSConfig` statement",
        ],
    );
    with(b"TcpImage T FLUSH\nTTLSConfig p\n", b"", policy, &[]);
    with(b"TcpImage T m\nTTLSConfig p\n", b"", policy, &[]);
    with(
        b"TcpImage T i\n",
        b"TTLSConfig //'TCPIP.POLICY(TTLS)' FLUSH\n",
        policy,
        &["AT201 i:1 the file `//'TCPIP.POLICY(TTLS)'` cannot be read: there is no such file"],
    );
}

#[test]
fn a_file_that_names_itself_is_read_once_for_each_of_its_parts() {
    let (found, checked) = said(&[("m", b"TcpImage T m\nTTLSConfig m\n")]);
    assert_eq!(
        found,
        [
            "AT001 m:1 `TcpImage` is not a statement of AT-TLS policy",
            "AT206 m:1 `m` holds no `TTLSRule`",
            "AT001 m:2 `TTLSConfig` is not a statement of AT-TLS policy",
        ]
    );
    let account = checked.account();
    assert_eq!(account[0].fates(), [Fate::Used, Fate::Used]);
}
