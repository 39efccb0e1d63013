//! Cases of the layout, and what holds for every text.

use proptest::prelude::*;

use super::*;
use crate::policy::emit;
use crate::policy::model::tests::policies;

#[track_caller]
fn check(input: &str, expected: &str) {
    let formatted = format(input.as_bytes());
    assert!(!formatted.refused, "refused");
    assert_eq!(String::from_utf8_lossy(&formatted.text), expected);
    holds(input.as_bytes());
}

/// What holds for every text.
#[track_caller]
fn holds(input: &[u8]) {
    let policy = |text: &[u8]| lower(&parse(text), "x").policy;
    let formatted = format(input);
    let shown = || {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        format!("{:?}\n{:?}", text(input), text(&formatted.text))
    };
    assert_eq!(policy(&formatted.text), policy(input), "{}", shown());
    let again = format(&formatted.text);
    assert_eq!(again.text, formatted.text, "{}", shown());
    let solid = |text: &[u8]| -> Vec<u8> {
        let solid = text.iter().filter(|byte| !is_blank(byte));
        solid.map(u8::to_ascii_lowercase).collect()
    };
    assert_eq!(solid(&formatted.text), solid(input), "{}", shown());
    let edits = edits(input, "\n").unwrap_or_default();
    assert_eq!(applied(input, &edits), formatted.text);
}

#[test]
fn a_policy_gets_its_layout() {
    check(
        "\u{feff}\n\n# about A\nttlsrule   A {  # why\r\n\tlocalportrange 1414  # mq\n Direction\tInbound   # in\n\n\n\
         \tTTLSGroupActionRef  G }\n# about G\nTTLSGroupAction G\n\n{\nTTLSEnabled on } # end",
        "\u{feff}# about A\nTTLSRule A\n{  # why\n  LocalPortRange     1414  # mq\n  Direction          Inbound   # in\n\n  \
         TTLSGroupActionRef G\n}\n\n# about G\nTTLSGroupAction G\n{\n  TTLSEnabled on\n} # end\n",
    );
}

#[test]
fn blocks_in_blocks_have_a_column_each() {
    check(
        "IpAddrGroup G\n{\nIpAddrRef a\nIpAddr\n{\nAddr 10.1.1.2\n}\n}",
        "IpAddrGroup G\n{\n  IpAddrRef a\n  IpAddr\n  {\n    Addr 10.1.1.2\n  }\n}\n",
    );
}

#[test]
fn values_stay_as_they_are() {
    check(
        "TTLSConnectionAdvancedParms C\n{\nCertificateLabel   My  own\tlabel {x}\nHandshakeTimeout 10  20\nTRUNCATEDHMAC oPTIONAL\n}\n",
        "TTLSConnectionAdvancedParms C\n{\n  CertificateLabel My  own\tlabel {x}\n  HandshakeTimeout 10  20\n  TruncatedHMAC    oPTIONAL\n}\n",
    );
}

#[test]
fn lines_of_main_files_stay_together() {
    check(
        "loglevel  31\npepinstance  A  /a   FLUSH\n\n\n\nTCPIMAGE B /b\n  TTLSConfig\n",
        "LogLevel 31\nPEPInstance A  /a   FLUSH\n\nTcpImage B /b\nTTLSConfig\n",
    );
}

#[test]
fn what_is_not_understood_stays_as_it_is() {
    let prose = "   Dear reader,  \nthis  is {no policy\n\u{b}\n";
    check(prose, prose);
    check(
        "TTLSRule  A\n{\n      Colour   red  \nDirection Both\n   ${MORE}\n}\n  IpFilterRule X\n      {\n # c\n  a   b\n }\nPortRange P {\n} x\n",
        "TTLSRule A\n{\n      Colour   red  \n  Direction Both\n   ${MORE}\n}\n  IpFilterRule X\n      {\n # c\n  a   b\n }\nPortRange P\n{\n} x\n",
    );
    let bytes = b"TTLSRule  A\n{\n   Jobname   J\xff \n Userid   \0\n Direction  Both\n}\n";
    assert_eq!(
        format(bytes).text,
        b"TTLSRule A\n{\n   Jobname   J\xff \n Userid   \0\n  Direction Both\n}\n"
    );
    assert_eq!(format(bytes).kept, [3, 4]);
    holds(bytes);
}

#[test]
fn a_statement_without_its_brace_stays_as_it_is_and_the_others_do_not() {
    check(
        "PortRange  P\n{\n    Port   1\nTTLSRule  A\n{\n Direction  Both\n}\n",
        "PortRange  P\n{\n    Port   1\nTTLSRule A\n{\n  Direction Both\n}\n",
    );
}

#[test]
fn comments_that_stand_alone_keep_their_side() {
    check("  # a\n\n\n", "# a\n\n");
    check("  # a  ", "# a\n");
    check(
        "# a\n\n\n#b\nTTLSRule A\n{\n}\n#c",
        "# a\n\n#b\nTTLSRule A\n{\n}\n#c\n",
    );
    check("", "");
    check(" \n\t\n", "");
}

#[test]
fn line_ends_are_those_that_were_asked_for() {
    let text = b"TTLSRule A\r\n{\r\n Direction Both\r\n}\r\n";
    let edits = edits(text, "\r\n").unwrap_or_default();
    let span = 16..16;
    let text = " ".to_owned();
    assert_eq!(edits, [Edit { span, text }]);
}

/// Words, blanks and braces as people leave them, and worse.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "TTLSRule",
        "ttlsgroupaction",
        "TTLSEnvironmentAction",
        "TTLSKeyringParms",
        "IpAddrGroup",
        "IpAddr",
        "TTLSCipherParms",
        "IpTimeCondition",
        "Direction",
        "Jobname",
        "LOCALADDR",
        "LocalPortRange",
        "Keyring",
        "CertificateLabel",
        "TcpImage",
        "PEPInstance",
        "TTLSConfig",
        "IpFilterRule",
        "Colour",
        "a",
        "On",
        "1",
        "2",
    ]);
    let piece = prop_oneof![
        8 => words.prop_map(|word| word.as_bytes().to_vec()),
        3 => Just(b"\n".to_vec()),
        2 => Just(b"\n{\n".to_vec()),
        2 => Just(b"\n}\n".to_vec()),
        1 => prop::sample::select(vec![
            "{", "}", "#", "# c", "\t", "    ", "\r\n", "\r", "\n\n", "\u{feff}", "\u{b}", "\u{c}", "\u{85}", "\0",
        ]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..3),
    ];
    let blank = prop::sample::select(vec![" ", "  ", "\n", "\n  ", ""]);
    prop::collection::vec((piece, blank), 0..60).prop_map(|pieces| {
        let pieces = pieces.into_iter();
        pieces
            .flat_map(|(piece, blank)| [piece, blank.as_bytes().to_vec()])
            .flatten()
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_text_changes_its_meaning(text in texts()) {
        holds(&text);
    }

    #[test]
    fn no_bytes_change_their_meaning(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        holds(&bytes);
    }
}

proptest! {
    /// Also with its blanks disturbed.
    #[test]
    fn a_policy_that_is_written_can_be_laid_out(policy in policies(), indent in "[ \t]{0,3}", blank in "[ \t]{1,3}") {
        let written = emit(&policy).text;
        let lines = written.lines().map(|line| {
            let line = line.trim_start();
            let line = match line.starts_with('#') {
                true => line.to_owned(),
                false => line.replacen(' ', &blank, 1),
            };
            format!("{indent}{line}\n")
        });
        let disturbed: String = lines.collect();
        for text in [&written, &disturbed] {
            let formatted = format(text.as_bytes());
            prop_assert!(!formatted.refused && formatted.kept.is_empty(), "{}", text);
            holds(text.as_bytes());
        }
    }
}

/// The corpus is not ours to keep; where it is found, every file of it is laid out.
#[test]
fn the_corpus_is_laid_out() {
    let Some(files) = crate::corpus::files(&["open/ttls", "open/pagent"]) else {
        return;
    };
    let mut read = 0;
    for path in files {
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        holds(&bytes);
        let formatted = format(&bytes);
        assert!(!formatted.refused, "{}", path.display());
        eprintln!("{}: lines {:?} are kept", path.display(), formatted.kept);
        read += 1;
    }
    assert!(read >= 30, "{read} files");
}
