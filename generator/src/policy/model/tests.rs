//! Generated policies, and what holds for all of them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use proptest::prelude::*;

use super::*;
use crate::policy::syntax::parse;
use crate::policy::table::{self, lines, statements};
use crate::policy::{emit, lower};

/// Any policy that the constructors let through.
pub(crate) fn policies() -> impl Strategy<Value = Policy> {
    let comments = || proptest::collection::vec(comment(), 0..3);
    let statement = prop_oneof![8 => block(0), 1 => one_line()];
    (
        comments(),
        proptest::collection::vec(statement, 0..6),
        comments(),
    )
        .prop_map(|(header, statements, footer)| Policy {
            header,
            statements,
            footer,
        })
}

fn comment() -> impl Strategy<Value = Comment> {
    "[ -~\u{e9}]{0,20}".prop_filter_map("ends with a blank", |text| Comment::new(&text).ok())
}

fn name() -> impl Strategy<Value = String> {
    "[A-Za-z0-9_.~@$#-]{1,32}".prop_filter("begins a comment", |text| Name::new(text).is_ok())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[!-~]{1,12}",
        "[ -~\u{e9}]{1,30}",
        Just("10.1.1.2".to_owned()),
        Just("1414 1420".to_owned()),
        Just("All".to_owned()),
    ]
}

fn one_line() -> impl Strategy<Value = Statement> {
    let line = proptest::sample::select(lines::lines());
    (line, proptest::collection::vec("[!-~]{1,10}", 0..4)).prop_filter_map(
        "a word that breaks the line",
        |(def, words)| {
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            Statement::line(def, &words, Tag(7)).ok()
        },
    )
}

fn block(depth: u32) -> BoxedStrategy<Statement> {
    let def = proptest::sample::select(statements());
    def.prop_flat_map(move |def| block_of(def, depth, true))
        .boxed()
}

fn block_of(def: &'static StatementDef, depth: u32, named: bool) -> BoxedStrategy<Statement> {
    let attributes = proptest::collection::vec(
        (
            proptest::sample::select(def.attributes.iter().collect::<Vec<_>>()),
            text(),
            comment(),
        ),
        0..5,
    );
    let inner: Vec<_> = statements()
        .iter()
        .filter(|inner| inner.is_inline_in(def))
        .collect();
    let blocks = if inner.is_empty() || depth > 2 {
        Just(Vec::new()).boxed()
    } else {
        let inner = proptest::sample::select(inner);
        let one = (inner, any::<bool>())
            .prop_flat_map(move |(inner, named)| block_of(inner, depth + 1, named));
        proptest::collection::vec(one, 0..3).boxed()
    };
    (name(), attributes, blocks, comment(), comment())
        .prop_map(move |(name, attributes, blocks, above, below)| {
            let mut items = Vec::new();
            for (row, text, comment) in attributes {
                let made = Value::new(&text).and_then(|value| Attribute::new(row, value));
                if let (false, Ok(mut attribute)) =
                    (matches!(row.kind, table::Kind::Inline(_)), made)
                {
                    attribute.comments.push(comment);
                    items.push(Item::Attribute(attribute));
                }
            }
            items.extend(blocks.into_iter().map(|block| Item::Block(Box::new(block))));
            Statement {
                keyword: Keyword::Block(def),
                name: named.then(|| Name::new(&name).unwrap()),
                comments: vec![above],
                body: Body::Block {
                    items,
                    trailing: vec![below],
                },
                tag: Tag(3),
            }
        })
        .boxed()
}

proptest! {
    #[test]
    fn what_is_written_reads_back(policy in policies()) {
        let emitted = emit(&policy);
        let lowered = lower(&parse(emitted.text.as_bytes()), "x");
        let codes: Vec<_> = lowered.findings.iter().map(|finding| finding.page.code).collect();
        prop_assert_eq!(&lowered.policy, &policy, "{}", emitted.text);
        prop_assert!(codes.is_empty(), "{:?}\n{}", codes, emitted.text);
    }

    #[test]
    fn every_line_has_a_tag(policy in policies()) {
        let emitted = emit(&policy);
        prop_assert_eq!(emitted.text.lines().count(), emitted.lines.len());
        prop_assert!(emitted.text.lines().all(|line| !line.ends_with(' ')));
    }

    /// Whatever somebody types into a field, the file has the statements that were meant.
    #[test]
    fn no_text_adds_a_statement(
        name in any::<String>(), label in any::<String>(), word in "[ -~\\n\\r\u{85}\u{2028}]{0,20}", comment in any::<String>(),
    ) {
        let made = Statement::new(&table::TTLS_CONNECTION_ADVANCED_PARMS, &name)
            .comment(&comment)
            .attribute("CertificateLabel", &label, Tag::NONE)
            .attribute("SSLv3", &word, Tag::NONE)
            .finish();
        if let Ok(statement) = made {
            let policy = Policy { statements: vec![statement], ..Policy::default() };
            let text = emit(&policy).text;
            prop_assert_eq!(text.lines().count(), 6, "{}", text);
            prop_assert_eq!(lower(&parse(text.as_bytes()), "x").policy, policy);
        }
    }
}

#[test]
fn a_policy_does_not_differ_by_its_tags() {
    let rule = |tag| Statement::new(&table::TTLS_RULE, "A").tag(tag).finish();
    assert_eq!(rule(Tag(1)), rule(Tag(2)));
}

#[test]
fn an_injected_statement_is_an_error_that_names_its_place() {
    let error = Statement::new(&table::TTLS_RULE, "A")
        .attribute("Jobname", "X\n}\nTTLSRule B", Tag(5))
        .attribute("Nonsense", "1", Tag(6))
        .finish()
        .unwrap_err();
    assert_eq!(error.tag, Tag(5));
    assert_eq!(
        error.to_string(),
        "TTLSRule A: Jobname: a line cannot hold the character U+000A"
    );
    let error = Statement::new(&table::TTLS_RULE, "A")
        .attribute("Nonsense", "1", Tag(6))
        .finish();
    assert_eq!(
        error.map_err(|error| error.cause),
        Err(Cause::UnknownAttribute)
    );
    let error = Statement::new(&table::TTLS_RULE, "A")
        .block(Statement::unnamed(&table::TTLS_KEYRING_PARMS))
        .finish();
    assert_eq!(error.map_err(|error| error.cause), Err(Cause::NotInline));
    let error = Statement::new(&table::TTLS_RULE, "A")
        .attribute("Jobname", "MY JOB", Tag(6))
        .finish();
    assert_eq!(
        error.map_err(|error| error.cause),
        Err(Cause::Text(TextError::Blank))
    );
}

#[test]
fn the_worked_example_has_its_layout() {
    let group = Statement::new(&table::IP_ADDR_GROUP, "addr1~AG_APP")
        .block(Statement::unnamed(&table::IP_ADDR).attribute("Addr", "10.1.1.2", Tag(2)))
        .finish()
        .unwrap();
    let advanced = Statement::new(&table::TTLS_GSK_ADVANCED_PARMS, "g")
        .tag(Tag(4))
        .attribute("GSK_SESSION_TICKET_CLIENT_MAXCACHED", "5", Tag(3))
        .finish()
        .unwrap();
    let policy = Policy {
        statements: vec![group, advanced],
        ..Policy::default()
    };
    let emitted = emit(&policy);
    let expected = "\
IpAddrGroup                       addr1~AG_APP
{
  IpAddr
  {
    Addr                          10.1.1.2
  }
}
TTLSGskAdvancedParms              g
{
  GSK_SESSION_TICKET_CLIENT_MAXCACHED 5
}
";
    assert_eq!(emitted.text, expected);
    assert_eq!(emitted.lines[4], Tag(2));
    assert_eq!(emitted.lines[7..], [Tag(4), Tag(4), Tag(3), Tag(4)]);
}
