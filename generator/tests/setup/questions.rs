use std::collections::BTreeSet;

use generator::objects::values::Keyring;
use generator::objects::{Direction, Entry, HandshakeRole, SyslogFacility, TrafficRow};
use generator::setup::{Check, Level, PartKind, SetupError, parts};

use super::fixture::{Site, id, stack_id};
use super::{jcl, racf, read, syslogd};

#[test]
fn each_thing_is_asked_once_with_a_suggestion_that_its_own_check_accepts() {
    let questions = Site::colmvsa().questions();
    let mut keys = BTreeSet::new();
    for question in &questions {
        assert!(
            keys.insert(&question.key),
            "{} is asked twice",
            question.key
        );
        assert_eq!(
            question.refusal(&question.suggestion),
            None,
            "{}",
            question.key
        );
        assert!(
            !question.label.is_empty() && question.help.ends_with('.'),
            "{}",
            question.key
        );
        assert!(
            !question.required || !question.suggestion.is_empty(),
            "{}",
            question.key
        );
    }
}

#[test]
fn a_part_without_its_answers_has_no_text_and_says_what_is_missing() {
    let site = Site::colmvsa();
    let known: BTreeSet<_> = site
        .questions()
        .into_iter()
        .map(|question| question.key)
        .collect();
    for part in site.parts() {
        assert_eq!(
            (part.text.as_str(), part.file_name.as_str()),
            ("", ""),
            "{}",
            part.key
        );
        assert!(!part.missing.is_empty(), "{}", part.key);
        for key in &part.missing {
            assert!(
                known.contains(key),
                "{} wants {key}, which nobody asks",
                part.key
            );
        }
    }
}

#[test]
fn the_required_answers_are_enough_and_each_of_them_is_needed() {
    let full = Site::colmvsa().answered();
    assert!(
        full.parts()
            .iter()
            .all(|part| part.missing.is_empty() && !part.text.is_empty())
    );
    for question in full.questions().iter().filter(|question| question.required) {
        let mut site = Site::colmvsa().answered();
        site.answer(question, "");
        let needed = site
            .parts()
            .iter()
            .any(|part| part.missing.contains(&question.key));
        assert!(needed, "{} is asked for nothing", question.key);
    }
}

#[test]
fn answers_of_the_image_serve_its_other_stacks() {
    let mut site = Site::colmvsa().answered();
    site.more_stacks.push("TCPIP2".to_owned());
    let configuration = site.configuration();
    let parts = parts(&configuration, &id("stack TCPIP2")).unwrap();
    let open: BTreeSet<_> = parts.into_iter().flat_map(|part| part.missing).collect();
    assert!(open.iter().all(|key| key.ends_with("_member")), "{open:?}");
}

#[test]
fn an_illegal_answer_counts_as_none() {
    let cases = [
        ("pagent_user", "TOOLONGUSER"),
        ("proclib", "SYS1..PROCLIB"),
        ("proclib", "1SYS.PROCLIB"),
        ("job_name", "9SETUP"),
        ("job_account", "A')//X EXEC PGM=IEFBR14"),
        ("log_directory", "/var/log/../../etc"),
        ("log_directory", "/var/log;*.*"),
        ("syslogd_conf", "/etc/'x"),
        ("env_place", "SYS1.PARMLIB(MEM"),
        ("operators", "SYS1)ID(*"),
        ("ca_until", "2030/02/30"),
        ("ca_label", "line\nbreak"),
        ("country", "Germany"),
        ("pagent_start", "maybe"),
    ];
    for (key, answer) in cases {
        let mut site = Site::colmvsa().answered();
        let questions = site.questions();
        let question = questions
            .iter()
            .find(|question| question.key == key)
            .unwrap();
        assert!(question.refusal(answer).is_some(), "{key}: {answer}");
        site.answer(question, answer);
        let parts = site.parts();
        let refused: Vec<_> = parts
            .iter()
            .filter(|part| part.missing.contains(&key.to_owned()))
            .collect();
        assert!(!refused.is_empty(), "{key}");
        assert!(
            parts.iter().all(|part| !part.text.contains(answer)),
            "{key}"
        );
    }
}

#[test]
fn tls_messages_go_by_the_facility_and_the_job_name_of_each_stack() {
    for (facility, selector) in [
        (SyslogFacility::Daemon, "daemon"),
        (SyslogFacility::Auth, "auth"),
    ] {
        let mut site = Site::colmvsa().facility(facility).answered();
        site.more_stacks.push("TCPIP2".to_owned());
        let rules = syslogd::read(&site.part("syslogd-rules").text).unwrap();
        let file = |selector: String| {
            rules
                .iter()
                .find(|rule| rule.selectors == [selector.as_str()])
                .map(|rule| &rule.file)
        };
        for stack in ["TCPIP", "TCPIP2"] {
            let tls = file(format!("*.{stack}.{selector}.debug")).unwrap();
            assert_eq!(tls, &format!("/var/log/{stack}.tls.log"));
        }
        let errors = file("*.PAGENT*.*.err".to_owned()).unwrap();
        assert_eq!(errors, "/var/log/pagent.errors.log");
        let last = rules.last().unwrap();
        assert!(
            last.selectors
                .contains(&format!("*.TCPIP2.{selector}.none"))
        );
    }
}

/// The commands of the job of a ring.
fn ring_commands(site: &Site, key: &str) -> Vec<racf::Command> {
    let part = site.part(key);
    assert_eq!(part.missing, [""; 0]);
    let commands = jcl::job(&part.text).unwrap();
    commands
        .iter()
        .map(|line| racf::command(line).unwrap())
        .collect()
}

#[test]
fn every_ring_that_a_protected_row_names_has_its_job_and_no_other_has() {
    let mut site = Site::colmvsa();
    site.stack.keyring = Entry::from("TCPUSER/STACKRING");
    site.rows[1].keyring = Entry::<Keyring>::from("start1/Row.Ring");
    site.rows[1].certificate_label = Entry::from("It's mine");
    let site = site.answered();
    let rings: Vec<_> = site
        .parts()
        .into_iter()
        .filter(|part| part.kind == PartKind::RingJob)
        .map(|part| part.key)
        .collect();
    assert_eq!(rings, ["ring-START1~Row.Ring", "ring-TCPUSER~STACKRING"]);
    let commands = ring_commands(&site, "ring-START1~Row.Ring");
    let made = commands
        .iter()
        .find(|command| command.has("ALTNAME"))
        .unwrap();
    assert_eq!(made.text(&["WITHLABEL"]), Some("It's mine"));
    assert_eq!(made.text(&["ID"]), Some("START1"));
    let ring = commands
        .iter()
        .find(|command| command.has("ADDRING"))
        .unwrap();
    assert_eq!(ring.text(&["ADDRING"]), Some("Row.Ring"));
    let permit = commands
        .iter()
        .find(|command| command.verb == "PERMIT")
        .unwrap();
    assert_eq!(permit.operands[0].word, "START1.ROW.RING.LST");
}

#[test]
fn a_ring_of_clients_gets_authorities_only() {
    let mut site = Site::colmvsa();
    site.rows = vec![TrafficRow {
        direction: Direction::Outbound,
        userid: Entry::from("BATCH1"),
        role: Some(HandshakeRole::Client),
        ..TrafficRow::default()
    }];
    let site = site.answered();
    let commands = ring_commands(&site, "ring-START1~COLINRING");
    assert!(!commands.iter().any(|command| command.has("ALTNAME")));
    let guests = commands
        .iter()
        .filter(|command| command.verb == "PERMIT")
        .nth(1)
        .unwrap();
    assert_eq!(guests.text(&["ID"]), Some("BATCH1"));
    assert_eq!(guests.text(&["ACCESS"]), Some("READ"));
    assert!(
        !site
            .questions()
            .iter()
            .any(|question| question.check == Check::Host)
    );
}

#[test]
fn an_authority_outside_racf_gets_requests_and_its_answers_are_taken_in_a_second_job() {
    let mut site = Site::colmvsa();
    site.rows[0].certificate_label = Entry::from("OTHER");
    let mut site = site.answered();
    for (key, answer) in [("ca_source", "external"), ("ca_data_set", "secure.ca.cert")] {
        site.image.setup.insert(key.to_owned(), answer.to_owned());
    }
    let questions = site.questions();
    let asked = |key: &str| questions.iter().find(|question| question.key == key);
    assert!(asked("certificate_until").is_none() && asked("ca_name").is_none());
    let prefix = asked("ring.START1/COLINRING.request_prefix").unwrap();
    assert!(
        site.part("reply-START1~COLINRING")
            .missing
            .contains(&prefix.key)
    );
    site.answer(prefix, &prefix.suggestion);

    let request = ring_commands(&site, "ring-START1~COLINRING");
    let added = request.iter().find(|command| command.has("ADD")).unwrap();
    assert_eq!(added.text(&["ADD"]), Some("SECURE.CA.CERT"));
    assert_eq!(added.text(&["WITHLABEL"]), Some("LOCALCA"));
    assert!(!request.iter().any(|command| command.has("SIGNWITH")));
    let requests: Vec<_> = request
        .iter()
        .filter(|command| command.has("GENREQ"))
        .map(|command| (command.text(&["GENREQ", "LABEL"]), command.text(&["DSN"])))
        .collect();
    assert_eq!(
        requests,
        [
            (Some("COLINRING"), Some("START1.COLINRIN.REQ1")),
            (Some("OTHER"), Some("START1.COLINRIN.REQ2")),
        ]
    );
    // What signs itself is not in the ring.
    let connected = |command: &&racf::Command| command.text(&["CONNECT", "ID"]).is_some();
    assert!(!request.iter().any(|command| connected(&command)));

    let reply = ring_commands(&site, "reply-START1~COLINRING");
    let answers: Vec<_> = reply
        .iter()
        .filter(|command| command.has("ADD"))
        .map(|command| (command.text(&["ADD"]), command.text(&["WITHLABEL"])))
        .collect();
    assert_eq!(
        answers,
        [
            (Some("START1.COLINRIN.CRT1"), Some("COLINRING")),
            (Some("START1.COLINRIN.CRT2"), Some("OTHER")),
        ]
    );
    assert_eq!(reply.iter().filter(connected).count(), 2);
}

#[test]
fn a_ring_without_an_owner_is_made_for_each_application() {
    let mut site = Site::colmvsa();
    site.image.keyring = Entry::from("MQRING");
    let question = |site: &Site| {
        let key = "ring.MQRING.owner";
        site.questions()
            .into_iter()
            .find(|question| question.key == key)
            .unwrap()
    };
    assert_eq!(question(&site).level, Level::Ring("MQRING".to_owned()));
    let mut site = site.answered();
    site.answer(&question(&site), "csq9usr, CSQ8USR");
    let commands = ring_commands(&site, "ring-MQRING");
    let owners: Vec<_> = commands
        .iter()
        .filter(|command| command.has("ADDRING"))
        .filter_map(|command| command.text(&["ID"]))
        .collect();
    assert_eq!(owners, ["CSQ8USR", "CSQ9USR"]);
}

#[test]
fn databases_tokens_and_names_that_no_command_can_hold_are_left_to_the_reader() {
    for ring in [
        "/etc/keys/a.kdb",
        "*TOKEN*/T",
        "*AUTH*/*",
        "START1/a(b",
        "TOOLONGOWNER/R",
    ] {
        let mut site = Site::colmvsa();
        site.image.keyring = Entry::from(ring);
        let site = site.answered();
        assert!(
            !site
                .parts()
                .iter()
                .any(|part| part.kind == PartKind::RingJob),
            "{ring}"
        );
        let checklist = site.part("checklist").text;
        assert!(
            checklist.contains(&format!("{ring}: no job was made")),
            "{checklist}"
        );
    }
}

#[test]
fn long_names_are_broken_and_read_back_whole() {
    let ring = "R".repeat(237);
    let mut site = Site::colmvsa();
    site.image.keyring = Entry::from(format!("START1/{ring}").as_str());
    let mut site = site.answered();
    let long = [
        ("env_place", format!("/{}", "e".repeat(250))),
        ("syslogd_conf", format!("/{}", "s".repeat(59))),
        (
            "organization",
            "O'Brien & Sons, the company with the long name in the street".into(),
        ),
        (
            "operators",
            "ABCDEFG1 ABCDEFG2 ABCDEFG3 ABCDEFG4 ABCDEFG5 ABCDEFG6 ABCDEFG7 X".into(),
        ),
        ("job_account", "1234,'".replace('\'', "") + &"A".repeat(40)),
        ("job_class", "A".into()),
        ("msg_class", "H".into()),
    ];
    for (key, answer) in long {
        let questions = site.questions();
        let question = questions
            .iter()
            .find(|question| question.key == key)
            .unwrap();
        assert_eq!(question.refusal(&answer), None);
        site.answer(question, &answer);
    }
    for part in site.parts() {
        assert_eq!(part.missing, [""; 0]);
        read(&part).unwrap();
    }
    let commands = ring_commands(&site, &format!("ring-START1~{ring}"));
    let added = commands
        .iter()
        .find(|command| command.has("ADDRING"))
        .unwrap();
    assert_eq!(added.text(&["ADDRING"]), Some(ring.as_str()));
    let made = commands
        .iter()
        .find(|command| command.has("ALTNAME"))
        .unwrap();
    let organization = made.text(&["SUBJECTSDN", "O"]).unwrap();
    assert_eq!(
        organization,
        "O'Brien & Sons, the company with the long name in the street"
    );
}

#[test]
fn a_stack_without_image_or_name_has_no_page_but_a_reason() {
    let mut site = Site::colmvsa();
    site.stack.name = Entry::from("NO NAME");
    let error = parts(&site.configuration(), &stack_id()).unwrap_err();
    assert_eq!(error, SetupError::StackName("NO NAME".to_owned()));
    let error = parts(&site.configuration(), &id("image")).unwrap_err();
    assert_eq!(error, SetupError::NoStack);
}
