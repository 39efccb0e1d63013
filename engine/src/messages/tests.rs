//! The layouts, read back by the reader of logs of the generator.

use std::sync::Arc;

use generator::policy::lookup::Way;
use generator::runtime;

use super::*;
use crate::policy::{Actions, Counters, Name};

/// A connection whose rule asks for this trace.
pub fn subject(trace: u8) -> Subject {
    let name = |text: &str, number| Name {
        text: text.to_owned(),
        number,
    };
    let actions = Actions {
        group: name("GRP", 3),
        environment: name("ENV", 9),
        connection: Name::default(),
        trace,
        clear_text: false,
        parameters: Arc::default(),
        protection: Protection::Clear,
        handshake: None,
        controlled: false,
        secondary: false,
        settings: None,
    };
    Subject {
        id: 0x53,
        way: Way::Inbound,
        local: "10.1.1.2:992".parse().expect("an address"),
        remote: "[2001:db8::1]:40000".parse().expect("an address"),
        job: "TN3270".to_owned(),
        user: "START1".to_owned(),
        rule: Some(Rule {
            name: "RULEA".into(),
            actions: Arc::new(actions),
            counters: Arc::new(Counters::new(0)),
        }),
        extra: 0,
    }
}

#[test]
fn messages_have_the_layouts_of_at_tls() {
    let subject = subject(15);
    assert_eq!(
        subject.mapped().as_deref(),
        Some(
            "EZD1281I TTLS Map CONNID: 00000053 LOCAL: 10.1.1.2..992 REMOTE: 2001:db8::1..40000 JOBNAME: TN3270 USERID: START1 TYPE: InBound STATUS: Not Enabled RULE: RULEA ACTIONS: GRP ENV **N/A**"
        ),
    );
    assert_eq!(
        subject.start(Doing::InitialHandshake).as_deref(),
        Some(
            "EZD1282I TTLS Start GRPID: 00000003 ENVID: 00000009 CONNID: 00000053 Initial Handshake ACTIONS: GRP ENV **N/A**"
        ),
    );
    assert_eq!(
        subject.event(Doing::InitialHandshake, 402, "").as_deref(),
        Some(
            "EZD1283I TTLS Event GRPID: 00000003 ENVID: 00000009 CONNID: 00000053 RC:  402 Initial Handshake"
        ),
    );
}

#[test]
fn the_generator_reads_what_the_engine_writes() {
    let failure = Failure::new(402, "no shared cipher");
    let text = subject(15)
        .error(Doing::InitialHandshake, &failure)
        .expect("a message");
    let answer = runtime::explain(&text);
    let ids: Vec<_> = answer.messages.iter().map(|message| message.id).collect();
    assert_eq!(ids, ["EZD1286I", "EZD1287I"], "{text}");
    assert!(
        answer
            .messages
            .iter()
            .all(|message| message.rc == Some(402)),
        "{text}"
    );
    assert!(
        text.contains("why: no shared cipher. ") && text.contains("V3CipherSuites"),
        "{text}"
    );
}

#[test]
fn each_level_of_the_trace_has_its_messages() {
    let failure = Failure::new(5004, "silence");
    let written = |trace: u8| {
        let subject = subject(trace);
        let error = subject
            .error(Doing::InitialHandshake, &failure)
            .unwrap_or_default();
        [
            subject.mapped().is_some(),
            error.contains("EZD1286I"),
            error.contains("EZD1287I"),
            subject.event(Doing::ConnectionClose, 0, "").is_some(),
        ]
    };
    assert_eq!(written(0), [false; 4]);
    assert_eq!(written(1), [false, false, true, false]);
    assert_eq!(written(2), [false, true, false, false]);
    assert_eq!(written(4), [true, false, false, false]);
    assert_eq!(written(8), [false, false, false, true]);
}
