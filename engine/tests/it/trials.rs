//! Policies on trial: the way to them, and the way back.

use std::path::PathBuf;
use std::time::Duration;

use ::control::{
    Answer, Ask, Checked, Client, ClientError, FileText, Loaded, Outcome, ProbeInfo, Status,
    TrialInfo, TrialState,
};
use rustix::process::Signal;

use crate::certificates::Kind;
use crate::fixture::*;

/// An engine with a control socket, a state directory, and a rule `WEB`.
struct Steered {
    place: Place,
    engine: Engine,
}

impl Steered {
    fn start() -> Self {
        let place = Place::new();
        place.put_policy(&good());
        std::fs::create_dir(place.path("state")).expect("a directory");
        let engine = start(&place);
        Self { place, engine }
    }

    fn try_ask(&self, ask: &Ask) -> Result<Answer, ClientError> {
        let socket = self.place.path("engine.sock");
        Client::connect(&socket).expect("an engine").ask(ask)
    }

    fn ask(&self, ask: &Ask) -> Answer {
        self.try_ask(ask).expect("an answer")
    }

    #[track_caller]
    fn refused(&self, ask: &Ask) -> String {
        match self.try_ask(ask) {
            Err(ClientError::Refused(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    fn status(&self) -> Status {
        match self.ask(&Ask::Status) {
            Answer::Status(status) => status,
            other => panic!("{other:?}"),
        }
    }

    fn rules(&self) -> Vec<String> {
        match self.ask(&Ask::Rules) {
            Answer::Rules { rules } => rules.into_iter().map(|rule| rule.name).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn load(&self, ask: &Ask) -> Loaded {
        match self.ask(ask) {
            Answer::Loaded(loaded) => loaded,
            other => panic!("{other:?}"),
        }
    }

    fn activate(&self, within: u32) -> (Loaded, Option<TrialInfo>) {
        match self.ask(&Ask::Activate { within }) {
            Answer::Activated { loaded, trial } => (loaded, trial),
            other => panic!("{other:?}"),
        }
    }

    /// Activates and says the number of the trial.
    fn trial(&self, within: u32) -> u32 {
        let (loaded, trial) = self.activate(within);
        assert_eq!(loaded.outcome, Outcome::Replaced, "{loaded:?}");
        trial.expect("a trial").number
    }

    fn check(&self, files: Vec<FileText>) -> Checked {
        match self.ask(&Ask::Check { files }) {
            Answer::Checked(checked) => checked,
            other => panic!("{other:?}"),
        }
    }

    fn probe(&self, rule: Option<&str>) -> Vec<ProbeInfo> {
        let rule = rule.map(str::to_owned);
        let ask = Ask::Probe {
            rule,
            connect: None,
            name: None,
        };
        match self.ask(&ask) {
            Answer::Probed { probes } => probes,
            other => panic!("{other:?}"),
        }
    }

    fn file(&self, name: &str, text: impl Into<String>) -> FileText {
        FileText {
            path: self.place.path(name),
            text: text.into(),
        }
    }

    #[track_caller]
    fn is_back(&self, number: u32, why: &str) {
        let trial = self.status().trial.expect("a trial");
        assert_eq!(
            (trial.number, trial.state, trial.why.as_str()),
            (number, TrialState::Back, why)
        );
        assert_eq!(self.rules(), ["WEB"]);
    }
}

fn start(place: &Place) -> Engine {
    let path = |name: &str| place.path(name).display().to_string();
    let (control, state) = (path("engine.sock"), path("state"));
    let pairs = [Program::echo().inbound("WEB")];
    place.start(&pairs, &["--control", &control, "--state", &state])
}

fn good() -> String {
    rule("WEB", "Server", MODERN, BOTH)
}

fn other() -> String {
    rule("OTHER", "Server", MODERN, BOTH)
}

fn bad() -> String {
    rule("WEB", "Server", MODERN, "    TruncatedHMAC Required")
}

#[test]
fn the_engine_says_what_it_reads() {
    let steered = Steered::start();
    let status = steered.status();
    let path = |name: &str| {
        let path = steered.place.path(name);
        path.canonicalize().expect("a file")
    };
    assert_eq!(status.config, path("pagent.conf"));
    let files: Vec<_> = status.files.iter().map(|file| file.path.clone()).collect();
    assert_eq!(
        files,
        ["pagent.conf", "image.conf", "ttls.policy"].map(path)
    );
    assert_eq!(status.files[2].sha256, disk::sha256(good().as_bytes()));
    assert_eq!(status.trial, None);
}

#[test]
fn what_is_checked_changes_nothing() {
    let steered = Steered::start();
    let as_it_is = steered.check(Vec::new());
    assert!(as_it_is.accepted, "{as_it_is:?}");
    assert_eq!(as_it_is.files, steered.status().files);

    let refused = steered.check(vec![steered.file("ttls.policy", bad())]);
    assert!(!refused.accepted);
    let error = refused.remarks.iter().find(|remark| remark.error);
    let error = &error.expect("an error").text;
    assert!(error.contains("ttls.policy:"), "{error}");

    let two = format!("{}{}", good(), other());
    let taken = steered.check(vec![
        steered.file("new.policy", two.clone()),
        steered.file(
            "image.conf",
            format!(
                "TTLSConfig {}\n",
                steered.place.path("new.policy").display()
            ),
        ),
    ]);
    assert!(taken.accepted, "{taken:?}");
    assert_eq!(taken.rules, 2);
    assert_eq!(taken.files[2].sha256, disk::sha256(two.as_bytes()));

    // What it may read, not everybody who asks may: he learns where, not what.
    steered.place.put("secret", b"TTLSRule\nhunter2 {\n", 0o600);
    let secret = steered.place.path("secret").display().to_string();
    let asked = steered.check(vec![
        steered.file("image.conf", format!("TTLSConfig {secret}\n")),
    ]);
    assert!(!asked.accepted);
    let said = format!("{:?}", asked.remarks);
    assert!(
        said.contains("secret:") && !said.contains("hunter2"),
        "{said}"
    );

    // A ring that the engine has not.
    let ring = good().replace("root/R", "root/NONE");
    let refused = steered.check(vec![steered.file("ttls.policy", ring)]);
    assert!(
        refused
            .remarks
            .iter()
            .any(|one| one.error && one.text.contains("key ring root/NONE")),
        "{refused:?}"
    );
    let relative = FileText {
        path: PathBuf::from("ttls.policy"),
        text: good(),
    };
    let why = steered.refused(&Ask::Check {
        files: vec![relative],
    });
    assert!(why.contains("begins with `/`"), "{why}");
    assert_eq!(steered.rules(), ["WEB"]);
    let text = std::fs::read_to_string(steered.place.path("ttls.policy")).expect("a file");
    assert_eq!(text, good());
}

#[test]
fn large_files_are_checked_one_at_a_time() {
    let steered = Steered::start();
    // Longer than any other question may be.
    let large = format!("{}{}", "# a remark\n".repeat(200_000), good());
    assert!(large.len() > 2_000_000);
    let files = vec![steered.file("ttls.policy", large)];
    let checked = steered.check(files.clone());
    assert!(checked.accepted, "{checked:?}");

    use std::io::Write;
    use std::os::unix::net::UnixStream;
    let mut slow = UnixStream::connect(steered.place.path("engine.sock")).expect("a socket");
    let beginning = format!("{{\"ask\":\"check\",\"files\":[{}", " ".repeat(100_000));
    slow.write_all(beginning.as_bytes()).expect("a beginning");
    let mut why = String::new();
    let taken = || {
        let asked = steered.try_ask(&Ask::Check {
            files: files.clone(),
        });
        if let Err(ClientError::Refused(words)) = asked {
            why = words;
        }
        !why.is_empty()
    };
    eventually("a refusal", taken, String::new);
    assert_eq!(why, "somebody else has files checked; try again");
    drop(slow);
    let free = || {
        let files = files.clone();
        matches!(steered.try_ask(&Ask::Check { files }), Ok(Answer::Checked(one)) if one.accepted)
    };
    eventually("the next turn", free, String::new);
}

#[test]
fn what_nobody_confirms_is_gone_back_from() {
    let steered = Steered::start();
    let mut before = tls(steered.engine.connect(0)).expect("a handshake");
    steered.place.put_policy(&other());
    let number = steered.trial(1);
    assert_eq!(steered.rules(), ["OTHER"]);
    // Nobody is connected to the socket while the time passes.
    let words = format!("trial {number} is over, nobody confirmed it in time");
    steered.engine.wait_for(&words);
    steered.is_back(number, "nobody confirmed it in time");
    assert!(tls(steered.engine.connect(0)).is_ok());
    assert_eq!(round(&mut before, "still").expect("an answer"), "still");
    let why = steered.refused(&Ask::Confirm { trial: number });
    assert_eq!(why, "trial 1 is over: nobody confirmed it in time");

    // What it went back from is not loaded by itself, and is by order.
    let update = steered.load(&Ask::Update);
    assert_eq!(update.outcome, Outcome::Kept);
    assert!(update.remarks[0].contains("went back"), "{update:?}");
    assert_eq!(steered.rules(), ["WEB"]);
    let refresh = steered.load(&Ask::Refresh);
    assert_eq!(refresh.outcome, Outcome::Replaced);
    assert_eq!(steered.rules(), ["OTHER"]);
    assert_eq!(steered.status().trial, None);
}

#[test]
fn files_that_changed_after_the_way_back_are_loaded() {
    let steered = Steered::start();
    steered.place.put_policy(&other());
    let trial = steered.trial(600);
    steered.ask(&Ask::Back { trial });
    steered.is_back(trial, "somebody asked for it");
    steered.place.put_policy(&(other() + &good()));
    let update = steered.load(&Ask::Update);
    assert_eq!((update.outcome, update.rules), (Outcome::Replaced, 2));
    // Since others lay there, nobody minds the first ones.
    steered.place.put_policy(&other());
    assert_eq!(steered.load(&Ask::Update).outcome, Outcome::Replaced);
    assert_eq!(steered.rules(), ["OTHER"]);
}

#[test]
fn what_is_confirmed_stays() {
    let steered = Steered::start();
    steered.place.put_policy(&other());
    let trial = steered.trial(2);
    let Answer::Trial(info) = steered.ask(&Ask::Confirm { trial }) else {
        panic!("a trial");
    };
    assert_eq!(info.state, TrialState::Confirmed);
    assert_eq!(steered.status().trial, None);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(steered.rules(), ["OTHER"]);
    let why = steered.refused(&Ask::Back { trial });
    assert_eq!(why, "there is no trial 1");
}

#[test]
fn what_is_refused_begins_no_trial() {
    let steered = Steered::start();
    steered.place.put_policy(&bad());
    let (loaded, trial) = steered.activate(600);
    assert_eq!((loaded.outcome, trial), (Outcome::Kept, None));
    assert!(!loaded.remarks.is_empty());
    assert_eq!(
        (steered.rules(), steered.status().trial),
        (vec!["WEB".to_owned()], None)
    );
    for within in [0, Ask::LONGEST_TRIAL + 1] {
        let why = steered.refused(&Ask::Activate { within });
        assert!(why.contains("1 to 90000 seconds"), "{why}");
    }
}

#[test]
fn a_signal_leaves_a_trial_and_other_files_end_it() {
    let steered = Steered::start();
    steered.place.put_policy(&other());
    let trial = steered.trial(600);
    let loaded = || steered.engine.log().matches(" loaded: ").count();
    let count = loaded();
    steered.engine.signal(Signal::HUP);
    eventually("a reload", || loaded() > count, || steered.engine.log());
    let info = steered.status().trial.expect("a trial");
    assert_eq!((info.number, info.state), (trial, TrialState::Running));
    // A second trial leads back to what was confirmed, too.
    steered.place.put_policy(&(other() + "# more\n"));
    let second = steered.trial(600);
    assert_eq!(
        steered.refused(&Ask::Confirm { trial }),
        "there is no trial 1"
    );
    steered.ask(&Ask::Back { trial: second });
    steered.is_back(second, "somebody asked for it");

    let third = steered.trial(600);
    steered.place.put_policy(&(good() + &other()));
    let refreshed = steered.load(&Ask::Refresh);
    let over = format!("trial {third} is over: other files were loaded by order");
    assert!(refreshed.remarks.contains(&over), "{refreshed:?}");
    assert_eq!(steered.status().trial, None);
    assert_eq!(steered.rules().len(), 2);
}

#[test]
fn the_interval_leaves_a_trial_and_what_was_gone_back_from() {
    let steered = Steered::start();
    let image = |interval: &str| {
        let policy = steered.place.path("ttls.policy").display().to_string();
        let text = format!("TTLSConfig {policy} {interval}\n");
        steered.place.put("image.conf", text.as_bytes(), 0o644);
    };
    image("1");
    assert_eq!(steered.load(&Ask::Refresh).outcome, Outcome::Replaced);
    steered.place.put("ttls.policy", other().as_bytes(), 0o644);
    let trial = steered.trial(600);
    steered
        .place
        .put("ttls.policy", (other() + "# more\n").as_bytes(), 0o644);
    std::thread::sleep(Duration::from_secs(4));
    let info = steered.status().trial.expect("a trial");
    assert_eq!((info.number, info.state), (trial, TrialState::Running));
    steered.place.put("ttls.policy", other().as_bytes(), 0o644);
    steered.ask(&Ask::Back { trial });
    std::thread::sleep(Duration::from_secs(4));
    steered.is_back(trial, "somebody asked for it");
    // Another file is what the interval is for.
    steered
        .place
        .put("ttls.policy", (good() + &other()).as_bytes(), 0o644);
    eventually(
        "both rules",
        || steered.rules().len() == 2,
        || steered.engine.log(),
    );
}

#[test]
fn the_way_back_has_key_rings_as_they_are_then() {
    let steered = Steered::start();
    steered.place.put_policy(&other());
    let trial = steered.trial(600);
    let serial = |steered: &Steered| {
        let probe = steered.probe(None).remove(0);
        probe
            .tls
            .expect("a handshake")
            .own
            .expect("a certificate")
            .serial
    };
    let first = serial(&steered);
    let renewed = steered.place.authority.issue("localhost", Kind::Ec);
    steered
        .place
        .put_personal("R", "SERVER", &renewed.pem_with_key());
    eventually(
        "the new certificate",
        || serial(&steered) != first,
        || steered.engine.log(),
    );
    let second = serial(&steered);
    // The trial goes on, and both policies have the ring as it is now.
    assert_eq!(steered.status().trial.map(|info| info.number), Some(trial));
    steered.ask(&Ask::Back { trial });
    assert_eq!(
        (serial(&steered), steered.rules()),
        (second, vec!["WEB".to_owned()])
    );
}

#[test]
fn an_engine_that_is_killed_in_a_trial_begins_with_what_was_confirmed() {
    let mut steered = Steered::start();
    steered.place.put_policy(&other());
    steered.trial(600);
    steered.engine.signal(Signal::KILL);
    steered.engine.ended();
    steered.engine = start(&steered.place);
    steered.is_back(
        0,
        "the engine ended before the files that are there now were confirmed",
    );
    assert_eq!(steered.load(&Ask::Update).outcome, Outcome::Kept);
    // Also when it is started once more.
    steered.engine.signal(Signal::TERM);
    steered.engine.ended();
    steered.engine = start(&steered.place);
    assert_eq!(steered.rules(), ["WEB"]);

    // Once others lay there, they may come again.
    steered.place.put_policy(&good());
    assert_eq!(steered.load(&Ask::Update).outcome, Outcome::Unchanged);
    steered.place.put_policy(&other());
    steered.engine.signal(Signal::KILL);
    steered.engine.ended();
    steered.engine = start(&steered.place);
    assert_eq!(steered.rules(), ["OTHER"]);
    steered.place.put_policy(&good());
    steered.load(&Ask::Update);
    steered.place.put_policy(&other());

    // Confirmed once, they stay.
    let trial = steered.trial(600);
    steered.ask(&Ask::Confirm { trial });
    steered.engine.signal(Signal::KILL);
    steered.engine.ended();
    steered.engine = start(&steered.place);
    assert_eq!(
        (steered.rules(), steered.status().trial),
        (vec!["OTHER".to_owned()], None)
    );

    // What somebody else wrote after that is no trial.
    steered.place.put_policy(&good());
    steered.trial(600);
    steered.engine.signal(Signal::KILL);
    steered.engine.ended();
    steered.place.put_policy(&(good() + "# by hand\n"));
    steered.engine = start(&steered.place);
    assert_eq!(
        (steered.rules(), steered.status().trial),
        (vec!["WEB".to_owned()], None)
    );
}

#[test]
fn handshakes_say_what_the_policy_presents() {
    let steered = Steered::start();
    let policy = format!(
        "{}{}",
        rule("WEB", "Server", MODERN, BOTH),
        rule("OUT", "Client", MODERN, BOTH)
    );
    steered.place.put_policy(&policy);
    steered.load(&Ask::Refresh);
    let probes = steered.probe(None);
    assert_eq!(probes.len(), 2, "{probes:?}");
    let [out, web] = &probes[..] else {
        panic!("two");
    };
    assert!(web.good && !web.client && web.rc.is_none(), "{web:?}");
    let tls = web.tls.as_ref().expect("a handshake");
    assert_eq!(tls.version, "TLSv1.3");
    assert_eq!(tls.own.as_ref().expect("one").subject, "CN=localhost");
    assert!(out.good && out.client && out.tls.is_none(), "{out:?}");
    assert_eq!(steered.probe(Some("OUT")), std::slice::from_ref(out));
    let why = steered.refused(&Ask::Probe {
        rule: Some("NONE".to_owned()),
        connect: None,
        name: None,
    });
    assert_eq!(why, "there is no rule NONE");

    // By the way that connections take.
    let named = |address, name: &str| match steered.ask(&Ask::Probe {
        rule: None,
        connect: Some(address),
        name: Some(name.to_owned()),
    }) {
        Answer::Probed { mut probes } => probes.remove(0),
        other => panic!("{other:?}"),
    };
    let connect = |address| named(address, "localhost");
    let done = connect(steered.engine.address(0));
    let words = "the certificate is for `localhost`, by an alternative name";
    assert_eq!((done.good, done.words.as_str()), (true, words));
    let other = named(steered.engine.address(0), "www.example.com");
    assert!(!other.good && other.tls.is_some(), "{other:?}");
    let words = "the certificate is not for `www.example.com`: its alternative names are ";
    assert!(other.words.starts_with(words), "{other:?}");
    let partner = done.tls.expect("a handshake").partner.expect("one");
    assert_eq!(partner.subject, "CN=localhost");
    let clear = connect(Program::echo().address);
    assert!(!clear.good && clear.rc.is_some(), "{clear:?}");
    let closed = connect(([127, 0, 0, 1], free_port()).into());
    assert!(closed.words.starts_with("no connection: "), "{closed:?}");
    // Somebody who says nothing is not waited for.
    let silent = connect(Program::start(|_| std::thread::sleep(LONG)).address);
    assert!(!silent.good, "{silent:?}");

    // Suites for EC keys, and an RSA key.
    let rsa = steered.place.authority.issue("localhost", Kind::Rsa(2048));
    steered
        .place
        .put_personal("R", "SERVER", &rsa.pem_with_key());
    let only = MODERN.replace(
        "    V3CipherSuites TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n",
        "",
    );
    steered.place.put_policy(&rule(
        "WEB",
        "Server",
        &only,
        "    TLSv1.2 On\n    TLSv1.3 Off",
    ));
    steered.load(&Ask::Refresh);
    let probe = steered.probe(None).remove(0);
    assert_eq!((probe.good, probe.rc), (false, Some(402)), "{probe:?}");
}
