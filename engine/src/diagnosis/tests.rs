use super::*;

/// A connection of no rule that failed with a return code.
pub fn case(code: u16) -> Case {
    let subject = Subject {
        rule: None,
        ..crate::messages::tests::subject(2)
    };
    let failure = Failure::new(code, "no reason");
    Case::of(&subject, failure, false, Evidence::default())
}

#[test]
fn what_nothing_is_known_of_has_the_words_of_its_code() {
    let found = case(402).diagnosis(&Now::default()).expect("a diagnosis");
    assert!(
        found.why.starts_with("There is no cipher suite"),
        "{found:?}"
    );
    assert!(!found.changes.is_empty());
    let unknown = Case {
        failure: Failure::new(4999, "no reason"),
        ..case(1)
    };
    assert_eq!(unknown.diagnosis(&Now::default()), None);
}

#[test]
fn a_case_holds_no_more_than_it_needs() {
    // 256 of them are kept.
    assert!(size_of::<Case>() <= 640, "{}", size_of::<Case>());
    assert!(case(402).subject.rule.is_none());
}

/// A connection of a rule that protects.
fn protected(role: Role) -> Subject {
    use crate::policy::{Actions, Counters, Name, Rule};
    use crate::tls::Environment;
    use generator::policy::table::TTLS_RULE;
    use generator::policy::{Named, Release, View, lower, parse};

    let word = match role {
        Role::Client => "Client",
        Role::Server => "Server",
    };
    let text = format!(
        "TTLSRule R\n{{\n Jobname J\n Direction Inbound\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}}\n\
         TTLSGroupAction G\n{{\n TTLSEnabled On\n}}\n\
         TTLSEnvironmentAction E\n{{\n HandshakeRole {word}\n TTLSCipherParms\n {{\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n }}\n}}\n"
    );
    let policy = lower(&parse(text.as_bytes()), "p").policy;
    let rule = policy.of(&TTLS_RULE).next().expect("a rule");
    let settings = Settings::of(&View::of(&Named::of(&policy), rule, Release::default()));
    let environment = Environment::new(crate::tls::tests::plan(role), crate::tls::tests::ring());
    let name = |text: &str| Name {
        text: text.to_owned(),
        number: 1,
    };
    let actions = Actions {
        group: name("G"),
        environment: name("E"),
        connection: Name::default(),
        trace: 2,
        clear_text: false,
        protection: Protection::Tls(Arc::new(environment.expect("an environment"))),
        handshake: Some(Duration::from_secs(10)),
        settings: Some(Arc::new(settings.without_places())),
        ..(*crate::messages::tests::subject(0)
            .rule
            .expect("a rule")
            .actions)
            .clone()
    };
    Subject {
        rule: Some(Rule {
            name: "R".into(),
            actions: Arc::new(actions),
            counters: Arc::new(Counters::new(0)),
        }),
        ..crate::messages::tests::subject(2)
    }
}

/// Sentences are whole, and what they name is there.
fn check(found: &Diagnosis) {
    let known = |name: &String| {
        let mut all = generator::policy::table::statements().iter();
        all.any(|def| def.attributes.iter().any(|row| row.name == name))
    };
    let texts = found.changes.iter().map(|change| &change.text);
    for text in texts.chain([&found.why]) {
        let first = text.chars().next().expect("a sentence");
        assert!(first.is_uppercase() || first == '`', "{text}");
        assert!(text.ends_with('.'), "{text}");
        for slip in ["..", "  ", ",.", " .", ": .", "``"] {
            assert!(!text.contains(slip), "`{slip}` in {text}");
        }
    }
    for name in found.changes.iter().flat_map(|change| &change.attributes) {
        assert!(known(name), "{name}");
    }
}

#[test]
fn whatever_happens_there_are_whole_sentences() {
    use crate::tls::Judged;
    use control::CertificateInfo;
    for role in [Role::Client, Role::Server] {
        let subject = protected(role);
        let openings = || {
            [
                Opening::Nothing,
                Opening::Tls([0x16, 3, 3, 0, 4, 2, 0, 0, 0, 3, 1].into()),
                Opening::Clear(None),
                Opening::Clear(Some("HTTP")),
            ]
        };
        for alert in 0..=255 {
            let failure = Failure {
                told: Told::Partner(alert),
                ..Failure::new(439, "an alert")
            };
            let case = Case::of(&subject, failure, alert % 2 == 1, Evidence::default());
            check(&case.diagnosis(&Now::default()).expect("a diagnosis"));
        }
        for code in (0..600).chain(5000..6999) {
            let refused = Judged {
                certificate: CertificateInfo {
                    subject: "CN=a".to_owned(),
                    issuer: "CN=b".to_owned(),
                    serial: "01".to_owned(),
                    until: "today".to_owned(),
                    names: Vec::new(),
                },
                depth: u32::from(code % 2),
            };
            for opening in openings() {
                let failure = Failure::new(code, "a fault");
                let evidence = Evidence {
                    opening,
                    ..Evidence::default()
                };
                let case = Case::of(&subject, failure, false, evidence);
                if let Some(found) = case.diagnosis(&Now::default()) {
                    check(&found);
                }
            }
            let failure = Failure {
                refused: Some(Box::new(refused)),
                ..Failure::new(code, "a fault")
            };
            let case = Case::of(&subject, failure, false, Evidence::default());
            check(&case.diagnosis(&Now::default()).expect("a diagnosis"));
        }
    }
}
