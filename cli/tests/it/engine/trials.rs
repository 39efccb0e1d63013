//! Files that are checked, policies on trial, and handshakes.

use std::fs;

use ::control::{
    Answer, Ask, CertificateInfo, Checked, FileText, Loaded, Outcome, ProbeInfo, RemarkInfo,
    TlsInfo, TrialInfo, TrialState,
};

use super::answers::{line, status, status_with};
use super::{Engine, run};

fn checked(accepted: bool) -> String {
    let remarks = match accepted {
        true => Vec::new(),
        false => vec![RemarkInfo {
            error: true,
            text: "/etc/ttls.policy:3: error AT0102: wrong\u{1b}[2J".to_owned(),
        }],
    };
    line(&Answer::Checked(Checked {
        accepted,
        remarks,
        warnings: usize::from(accepted) * 2,
        rules: usize::from(accepted) * 3,
        files: Vec::new(),
    }))
}

#[test]
fn files_are_sent_as_they_would_lie() {
    let here = tempfile::tempdir().unwrap();
    let (new, main) = (here.path().join("new"), here.path().join("main"));
    fs::write(&new, "TTLSRule A").unwrap();
    fs::write(&main, "TcpImage A").unwrap();
    let command = format!(
        "check {}=/etc/ttls.policy {} --config {}",
        new.display(),
        new.display(),
        main.display()
    );
    let (ran, asked) = Engine::start([status(), checked(true)]).run(&command);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    assert_eq!(
        ran.out,
        "the engine would load it: 3 rules; `gatehouse check` has 2 warnings about it\n"
    );
    let file = |path: &std::path::Path, text: &str| FileText {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let own = new.canonicalize().unwrap();
    let files = vec![
        file("/etc/ttls.policy".as_ref(), "TTLSRule A"),
        file(&own, "TTLSRule A"),
        file("/etc/pagent.conf".as_ref(), "TcpImage A"),
    ];
    assert_eq!(asked, [Ask::Status, Ask::Check { files }]);
}

#[test]
fn what_would_be_refused_ends_with_1() {
    let said = Engine::start([checked(false)]).ends(1, "check");
    assert_eq!(
        said,
        "/etc/ttls.policy:3: error AT0102: wrong?[2J\nthe engine would refuse it\n"
    );
    let said = Engine::start([checked(false)]).ends(1, "check --json");
    assert!(said.contains("\"accepted\": false"), "{said}");
    let ran = run("check /nonexistent --socket /nonexistent");
    assert_eq!(ran.code, Some(2));
    let said = Engine::start([]).ends(2, "check /nonexistent");
    assert!(
        said.contains("/nonexistent: there is no such file"),
        "{said}"
    );
    for wrong in [
        "check =",
        "check a=",
        "activate --within 0s",
        "activate --within 25h",
        "back one",
        "probe R --connect 127.0.0.1:1",
        "probe --name h",
        "probe --connect localhost:1",
    ] {
        assert_eq!(run(wrong).code, Some(2), "{wrong}");
    }
}

fn info(state: TrialState, why: &str) -> TrialInfo {
    TrialInfo {
        number: 7,
        state,
        until: 1_826_859_600,
        left: 300,
        why: why.to_owned(),
    }
}

fn activated(outcome: Outcome) -> String {
    let trial = (outcome == Outcome::Replaced).then(|| info(TrialState::Running, ""));
    line(&Answer::Activated {
        loaded: Loaded {
            outcome,
            remarks: vec!["trial 7: unless it is confirmed".to_owned()],
            rules: 3,
        },
        trial,
    })
}

#[test]
fn a_policy_is_activated_for_a_time() {
    let (ran, asked) = Engine::start([activated(Outcome::Replaced)]).run("activate --within 90s");
    assert_eq!(
        (ran.code, asked),
        (Some(0), vec![Ask::Activate { within: 90 }])
    );
    assert_eq!(
        ran.out,
        "trial 7: unless it is confirmed\nloaded: 3 rules, which new connections meet\n"
    );
    let (ran, asked) = Engine::start([activated(Outcome::Kept)]).run("activate --json");
    assert_eq!(
        (ran.code, asked),
        (Some(1), vec![Ask::Activate { within: 300 }])
    );
    assert!(ran.out.contains("\"trial\": null"), "{}", ran.out);
}

#[test]
fn a_trial_is_ended_by_its_number_or_without() {
    let confirmed = line(&Answer::Trial(info(TrialState::Confirmed, "")));
    let (ran, asked) = Engine::start([confirmed]).run("confirm 7");
    assert_eq!(asked, [Ask::Confirm { trial: 7 }]);
    assert_eq!(
        ran.out,
        "trial 7 is confirmed: its policy stays in effect\n"
    );

    let running = status_with(Some(info(TrialState::Running, "")));
    let back = line(&Answer::Trial(info(
        TrialState::Back,
        "somebody asked for it",
    )));
    let (ran, asked) = Engine::start([running, back]).run("back");
    assert_eq!(asked, [Ask::Status, Ask::Back { trial: 7 }]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);

    let said = Engine::start([status()]).ends(1, "back");
    assert_eq!(said, "gatehouse: no trial goes on\n");
    let over = status_with(Some(info(TrialState::Back, "nobody confirmed it in time")));
    let said = Engine::start([over]).ends(1, "confirm");
    assert_eq!(
        said,
        "gatehouse: no trial goes on; the last one is over: nobody confirmed it in time\n"
    );
}

#[test]
fn status_says_what_is_on_trial() {
    let running = status_with(Some(info(TrialState::Running, "")));
    let said = Engine::start([running]).ends(0, "status");
    let line = "trial        7, goes back in 5m 0s unless it is confirmed\n";
    assert!(said.contains(line), "{said}");
    assert!(said.contains("files        /etc/pagent.conf\n"), "{said}");
    let over = status_with(Some(info(TrialState::Back, "nobody confirmed it in time")));
    let said = Engine::start([over]).ends(0, "status");
    let line = "trial        7 is over since 2027-11-22 06:00:00, the policy from before is in effect: nobody confirmed it in time\n";
    assert!(said.contains(line), "{said}");
}

#[test]
fn handshakes_are_listed() {
    let tls = TlsInfo {
        version: "TLSv1.3".to_owned(),
        suite: "TLS_AES_128_GCM_SHA256".to_owned(),
        group: None,
        server_name: None,
        resumed: false,
        own: Some(CertificateInfo {
            subject: "CN=www.example.com".to_owned(),
            issuer: "CN=CA".to_owned(),
            serial: "0A".to_owned(),
            until: "Nov 22 05:00:00 2028 GMT".to_owned(),
            names: Vec::new(),
        }),
        partner: None,
        user: None,
    };
    let done = ProbeInfo {
        rule: "Web".to_owned(),
        rules: 3,
        client: false,
        good: true,
        rc: None,
        words: "the certificate `www` expired".to_owned(),
        tls: Some(tls),
    };
    let client = ProbeInfo {
        rule: "Out".to_owned(),
        rules: 1,
        client: true,
        words: String::new(),
        tls: None,
        ..done.clone()
    };
    let failed = ProbeInfo {
        good: false,
        client: false,
        rc: Some(402),
        words: "no shared cipher".to_owned(),
        ..client.clone()
    };
    let probed = |probes: &[&ProbeInfo]| {
        let probes = probes.iter().copied().cloned().collect();
        line(&Answer::Probed { probes })
    };
    let said = Engine::start([probed(&[&done, &client])]).ends(0, "probe");
    assert_eq!(
        said,
        "\
RULE            RESULT         VERSION  SUITE                   CERTIFICATE         VALID UNTIL
Web and 2 more  done           TLSv1.3  TLS_AES_128_GCM_SHA256  CN=www.example.com  Nov 22 05:00:00 2028 GMT
Out             client, ready  -        -                       -                   -
Web: the certificate `www` expired
"
    );
    let (ran, asked) = Engine::start([probed(&[&failed])]).run("probe Out");
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("Out   RC 402  "), "{}", ran.out);
    assert!(ran.out.ends_with("Out: no shared cipher\n"), "{}", ran.out);
    let rule = Some("Out".to_owned());
    let (connect, name) = (None, None);
    assert_eq!(
        asked,
        [Ask::Probe {
            rule,
            connect,
            name
        }]
    );
    let (ran, asked) =
        Engine::start([probed(&[&done])]).run("probe --connect [::1]:443 --name www --json");
    assert_eq!(ran.code, Some(0));
    let connect = Some("[::1]:443".parse().unwrap());
    let (rule, name) = (None, Some("www".to_owned()));
    assert_eq!(
        asked,
        [Ask::Probe {
            rule,
            connect,
            name
        }]
    );
    let said = Engine::start([probed(&[])]).ends(0, "probe");
    assert_eq!(said, "nothing is protected\n");
}
