use super::*;
use crate::policy::Release;

/// The text without its bar, and where the bar stood.
fn marked(text: &str) -> (Text, usize) {
    let offset = text.find('|').unwrap_or(text.len());
    (Text::of(text.replacen('|', "", 1).as_bytes()), offset)
}

#[track_caller]
fn offers(text: &str, replaced: &str, some: &[&str], none: &[&str]) {
    let (text, offset) = marked(text);
    let names = |def: &'static StatementDef| vec![format!("{} b", def.name), "a".to_owned()];
    let found = choices(&text, offset, Release::V3R1, &names);
    let texts: Vec<_> = found
        .choices
        .iter()
        .map(|choice| choice.text.as_str())
        .collect();
    assert_eq!(text.tree().str(found.span), replaced);
    for wanted in some {
        assert!(texts.contains(wanted), "{wanted}: {texts:?}");
    }
    for unwanted in none {
        assert!(!texts.contains(unwanted), "{unwanted}: {texts:?}");
    }
    assert_eq!(some.is_empty(), texts.is_empty(), "{texts:?}");
}

#[test]
fn statements_are_offered_at_the_top() {
    offers("TT|", "TT", &["TTLSRule", "TcpImage"], &["Direction"]);
    offers("TTLSRule A\n{\n}\n|", "", &["TTLSRule"], &["TcpImage"]);
    offers(
        "TcpImage A /a\nTTLS|Con\n",
        "TTLSCon",
        &["TTLSConfig"],
        &["TTLSRule"],
    );
    offers("TTLSRule A|", "A", &[], &[]);
    offers("# TT|", "", &[], &[]);
    offers("TTLSRule A { Di|", "", &[], &[]);
}

#[test]
fn attributes_are_offered_that_are_not_coded_yet() {
    let rule =
        "TTLSRule A\n{\n  Direction Both\n  |\n  LocalAddr All\n}\nTTLSRule B\n{\n  Jobname X\n}\n";
    let some = ["Priority", "Jobname", "RemoteAddr", "IpTimeCondition"];
    offers(
        rule,
        "",
        &some,
        &["Direction", "LocalAddr", "LocalAddrRef", "Keyring"],
    );
    offers(
        "TTLSRule A\n{\n  Dir|ection Both\n}\n",
        "Direction",
        &["Direction"],
        &[],
    );
    offers(
        "IpAddrGroup G\n{\n IpAddrRef a\n IpAddr\n {\n  |\n",
        "",
        &["Addr"],
        &["IpAddrRef"],
    );
    offers(
        "IpAddrGroup G\n{\n IpAddrRef a\n |\n",
        "",
        &["IpAddrRef"],
        &[],
    );
    offers("Colours\n{\n |\n", "", &[], &[]);
    // 3.2 brought it.
    let advanced = "TTLSEnvironmentAdvancedParms E\n{\n |\n}\n";
    let new = crate::policy::table::TTLS_ENVIRONMENT_ADVANCED_PARMS
        .attributes
        .iter();
    let new: Vec<_> = new
        .filter(|row| row.since > Release::V3R1)
        .map(|row| row.name)
        .collect();
    offers(advanced, "", &["TLSv1.3"], &new);
}

#[test]
fn values_are_offered_as_the_table_knows_them() {
    let at = |line: &str| format!("TTLSConnectionAdvancedParms C\n{{\n  {line}\n}}\n");
    offers(&at("TLSv1.2 O|"), "O", &["On", "Off"], &[]);
    offers(&at("HandshakeTimeout |"), "", &[], &[]);
    offers(&at("TLSv1.2 On |"), "", &[], &[]);
    offers(
        "TTLSRule A\n{\n  TTLSGroupActionRef |\n}\n",
        "",
        &["a", "TTLSGroupAction b"],
        &[],
    );
    let suites = |line: &str| format!("TTLSCipherParms C\n{{\n  {line}\n}}\n");
    let name = "TLS_RSA_WITH_AES_128_CBC_SHA";
    offers(&suites("V3CipherSuites TLS_|"), "TLS_", &[name], &["002F"]);
    offers(
        &suites("V3CipherSuites4Char 1301C0|"),
        "C0",
        &["C02F", "002F"],
        &[name],
    );
}

#[test]
fn names_and_references_mean_a_statement() {
    let named = |text: &str| {
        let (text, offset) = marked(text);
        let spot = text.spot(offset)?;
        let (def, name) = spot.named()?;
        Some(format!("{} {name}", def.name))
    };
    assert_eq!(named("TTLSRule A|\n{\n}").as_deref(), Some("TTLSRule A"));
    assert_eq!(named("TTLSR|ule A\n{\n}"), None);
    let rule = "TTLSRule A\n{\n TTLSGroupActionRef |G # c\n}";
    assert_eq!(named(rule).as_deref(), Some("TTLSGroupAction G"));
    assert_eq!(named("TTLSRule A\n{\n IpTimeCondition |T\n {\n }\n}"), None);
    let text = Text::of(b"TTLSRule A\n{\n IpTimeCondition T\n {\n }\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n}");
    let found = occurrences(
        &text.lowered.policy,
        &crate::policy::table::TTLS_GROUP_ACTION,
        "G",
    );
    let lines = |tags: &[Tag]| -> Vec<usize> {
        let origins = tags.iter().filter_map(|tag| text.origin(*tag));
        origins.map(|origin| origin.line).collect()
    };
    assert_eq!(
        (lines(&found.statements), lines(&found.references)),
        (vec![8], vec![6])
    );
}

#[test]
fn a_statement_ends_behind_its_brace_or_its_last_word() {
    let ends = |text: &str| -> Vec<String> {
        let text = Text::of(text.as_bytes());
        let statements = text.lowered.policy.statements.iter();
        statements.map(|statement| text.shown(statement)).collect()
    };
    assert_eq!(
        ends("A b\n{\n c\n} # d\nTcpImage x y # z"),
        ["A b\n{\n c\n}", "TcpImage x y"]
    );
    assert_eq!(
        ends("TTLSRule A\n{\n Jobname x # c\n\nTTLSRule B\n{\n"),
        ["TTLSRule A\n{\n Jobname x", "TTLSRule B\n{"]
    );
}

#[test]
fn a_password_is_not_shown() {
    let row = statement("TTLSKeyringParms")
        .into_iter()
        .flat_map(|def| def.attributes);
    let secret: Vec<_> = row.filter(|row| row.secret).map(|row| row.name).collect();
    assert!(!secret.is_empty());
    for name in secret {
        let text = Text::of(format!("TTLSKeyringParms K\n{{\n {name} very secret\n}}").as_bytes());
        let shown = text.shown(&text.lowered.policy.statements[0]);
        assert_eq!(
            shown,
            format!("TTLSKeyringParms K\n{{\n {name} ********\n}}")
        );
    }
}

#[test]
fn files_are_found_where_their_names_stand() {
    let name = |text: &str| {
        let (text, offset) = marked(text);
        text.file_name(offset)
            .map(|(path, span)| (path.to_owned(), text.tree().str(span).into_owned()))
    };
    let found = |path: &str| Some((path.to_owned(), path.to_owned()));
    assert_eq!(name("TcpImage  A  /et|c/a FLUSH"), found("/etc/a"));
    assert_eq!(name("TcpImage A|  /etc/a"), None);
    assert_eq!(name("TTLSConfig //'A.B(C)'|"), found("//'A.B(C)'"));
    assert_eq!(name("TTLSConfig FLUS|H"), None);
}

#[test]
fn words_say_what_the_table_says() {
    let def = &crate::policy::table::TTLS_CIPHER_PARMS;
    let row = def.attribute("V3CipherSuites4Char");
    let words = |at| {
        row.and_then(|row| code_words(row, "1301C02F", at))
            .unwrap_or_default()
    };
    assert!(
        words(3).starts_with("**TLS_AES_128_GCM_SHA256**"),
        "{}",
        words(3)
    );
    assert!(words(4).starts_with("**TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256**"));
    assert!(words(99).starts_with("**TLS_ECDHE_RSA"));
    for def in crate::policy::table::statements() {
        assert!(statement_words(def).contains(def.help));
        for row in def.attributes {
            let words = attribute_words(def, row, Release::V3R1);
            assert!(
                words.contains("- values: ") && words.contains(row.help),
                "{words}"
            );
        }
    }
}

#[test]
fn blocks_and_runs_of_comments_can_be_folded() {
    let text =
        Text::of(b"# a\n# b\n# c\nTTLSRule A\n{ # d\n IpTimeCondition\n {\n }\n}\n# e\n\n# f\n");
    let folds: Vec<_> = text
        .folds()
        .into_iter()
        .map(|span| text.tree().str(span).into_owned())
        .collect();
    let inner = "IpTimeCondition\n {\n }";
    let rule = format!("TTLSRule A\n{{ # d\n {inner}\n}}");
    assert_eq!(folds, [&rule, inner, "# a\n# b\n# c"]);
}
