//! Which rule a connection meets.

use super::*;

#[test]
fn a_connection_meets_its_rule_and_gets_what_that_says() {
    let asked = |connection| Simulate {
        sources: sources(),
        stack: Some("tcpip".into()),
        connection,
    };
    let found = simulate(&asked(connection(1414))).unwrap();
    let [stack] = &found[..] else {
        panic!("{found:?}")
    };
    let rule = stack.rule.as_ref().unwrap();
    assert_eq!(
        (rule.name.as_str(), rule.protects, rule.at.line),
        ("MQ~1", Some(true), 1)
    );
    assert_eq!(rule.at.file, "up/tcpip.policy");
    assert_eq!(stack.passed_over[0].name, "Telnet");
    assert_eq!(stack.passed_over[0].why, "other local ports");
    let of = |name: &str| rule.parameters.iter().find(|one| one.name == name).unwrap();
    let role = of("HandshakeRole").said.as_ref().unwrap();
    assert_eq!(
        (role.scope.as_str(), role.value.as_str(), role.at.line),
        ("environment", "Server", 23)
    );
    assert!(of("ClientAuthType").said.is_none());
    assert!(
        !serde_json::to_string(&found)
            .unwrap()
            .contains("zaubernuss")
    );
    let none = simulate(&asked(connection(80))).unwrap();
    assert_eq!(
        (none[0].rule.as_ref(), none[0].passed_over_total),
        (None, 2)
    );
    let wrong = Connection {
        local: "here".into(),
        ..connection(1)
    };
    assert!(
        simulate(&asked(wrong))
            .unwrap_err()
            .detail
            .contains("local address `here`")
    );
}
