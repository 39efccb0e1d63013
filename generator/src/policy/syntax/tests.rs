use proptest::prelude::*;

use super::*;

/// The nodes as text: one letter for the kind, then what stands there.
fn outline(text: &str) -> String {
    let tree = parse(text.as_bytes());
    let mut lines = Vec::new();
    for node in tree.nodes() {
        lines.push(match node.kind {
            NodeKind::Line => {
                let words: Vec<_> = tree.words(node.span).map(|word| tree.str(word)).collect();
                format!("L {}", words.join("|"))
            }
            NodeKind::Comment => format!("C {}", tree.str(node.span)),
            NodeKind::Open => "{".to_owned(),
            NodeKind::Close => "}".to_owned(),
        });
    }
    lines.join("\n")
}

#[test]
fn lines_words_comments_and_braces_are_told_apart() {
    assert_eq!(
        outline("TTLSRule  A {  # why\r\n  Port 1 2\t3\n}}"),
        "L TTLSRule|A\n{\nC # why\nL Port|1|2|3\n}\n}"
    );
}

#[test]
fn a_hash_inside_a_word_is_no_comment_and_a_brace_inside_a_word_is_no_brace() {
    assert_eq!(outline("Jobname JOB#1 {x"), "L Jobname|JOB#1|{x");
    assert_eq!(outline("a #b c"), "L a\nC #b c");
}

#[test]
fn a_byte_order_mark_counts_as_blank_wherever_it_stands() {
    assert_eq!(outline("\u{feff}a\u{feff}b\n\u{feff}"), "L a|b");
}

#[test]
fn braces_know_whether_they_are_closed() {
    assert_eq!(parse(b"{ { } } }").closed(), [true, true]);
    assert_eq!(parse(b"{ {{} x{ #{").closed(), [false, false, true]);
    let opened: Vec<_> = parse(b"{}{").nodes().map(|node| node.opened).collect();
    assert_eq!(opened, [0, 1, 1]);
}

#[test]
fn nodes_know_line_column_and_the_empty_line_above() {
    let tree = parse(b"a\n\n  b {\n");
    let facts: Vec<_> = tree
        .nodes()
        .map(|node| (node.line, node.column, node.starts_line, node.blank_above))
        .collect();
    assert_eq!(
        facts,
        [
            (1, 0, true, false),
            (3, 2, true, true),
            (3, 4, false, false)
        ]
    );
}

#[test]
fn a_hundred_thousand_open_braces_are_read() {
    let text = "{".repeat(100_000);
    assert_eq!(parse(text.as_bytes()).nodes().count(), 100_000);
}

proptest! {
    #[test]
    fn every_byte_is_kept(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(parse(&bytes).text(), bytes);
    }

    #[test]
    fn every_byte_of_policy_like_text_is_kept(text in "[a-c#{}\\r\\n\\t \u{feff}\u{e9}]{0,200}") {
        let tree = parse(text.as_bytes());
        prop_assert_eq!(tree.text(), text.as_bytes());
        for node in tree.nodes() {
            prop_assert!(!node.span.is_empty());
        }
    }
}
