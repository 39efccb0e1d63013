//! The parts of the page, in the order in which they are put in place.

use std::collections::BTreeMap;

use askama::Template;

use super::answers::{Answers, quoted};
use super::facts::Facts;
use super::question::Question;
use super::rings::Ring;
use super::{Part, PartKind, catalog, layout};

macro_rules! templates {
    ($($name:ident $path:literal;)*) => {$(
        #[derive(Template)]
        #[template(path = $path, escape = "none")]
        struct $name<'a> {
            f: &'a Facts<'a>,
            a: &'a Answers<'a>,
        }
    )*};
}

templates! {
    Profile "setup/profile.txt";
    TurnOn "setup/turn-on.txt";
    TurnOff "setup/turn-off.txt";
    Servauth "setup/servauth.txt";
    StartedTasks "setup/started-tasks.txt";
    PagentProcedure "setup/pagent-procedure.txt";
    PagentEnvironment "setup/pagent-environment.txt";
    SyslogdProcedure "setup/syslogd-procedure.txt";
    SyslogdRules "setup/syslogd-rules.txt";
    Checklist "setup/checklist.txt";
}

#[derive(Template)]
#[template(path = "setup/ring.txt", escape = "none")]
struct RingJob<'a> {
    f: &'a Facts<'a>,
    a: &'a Answers<'a>,
    ring: &'a Ring,
}

/// Takes the answers of an authority outside RACF.
#[derive(Template)]
#[template(path = "setup/ring-reply.txt", escape = "none")]
struct ReplyJob<'a> {
    f: &'a Facts<'a>,
    a: &'a Answers<'a>,
    ring: &'a Ring,
    certificates: Vec<Certificate>,
}

/// A certificate that the jobs of a ring make.
struct Certificate {
    owner: String,
    /// Between quotes.
    label: String,
    /// The ring's default.
    default: bool,
    /// Where an authority outside RACF gets its request, and where its answer is expected.
    request: String,
    reply: String,
}

impl RingJob<'_> {
    fn answer(&self, what: &str) -> String {
        self.a.of(&self.ring.key(what)).to_owned()
    }

    fn has(&self, what: &str) -> bool {
        self.a.has(&self.ring.key(what))
    }

    fn quoted(&self, what: &str) -> String {
        quoted(&self.answer(what))
    }

    fn is_external(&self) -> bool {
        self.a.is_external()
    }

    /// The certificates to make for one owner of the ring.
    fn certificates(&self, owner: &str) -> Vec<Certificate> {
        let mut all = certificates(self.a, self.ring);
        all.retain(|certificate| certificate.owner == *owner);
        all
    }

    /// User IDs of applications that use another user's ring.
    fn guests(&self, owner: &str) -> String {
        let mut users = self.a.id_list(&self.ring.key("users"));
        users.retain(|user| user != owner);
        users.join(" ")
    }

    /// True when certificates of this ring are made with a subject's further parts.
    fn subject(&self, name: &str) -> String {
        subject(self.a, name)
    }
}

/// All certificates of a ring: for each owner the default one first.
fn certificates(answers: &Answers<'_>, ring: &Ring) -> Vec<Certificate> {
    let default = ring.has_default().then(|| answers.of(&ring.key("label")));
    let named = ring
        .labels
        .iter()
        .map(String::as_str)
        .filter(|label| Some(*label) != default);
    let labels: Vec<(&str, bool)> = default
        .iter()
        .map(|label| (*label, true))
        .chain(named.map(|label| (label, false)))
        .collect();
    let prefix = match answers.is_external() && !labels.is_empty() {
        true => answers.name(&ring.key("request_prefix")),
        false => String::new(),
    };
    let owners = answers.owners(ring);
    let pairs = owners
        .iter()
        .flat_map(|owner| labels.iter().map(move |label| (owner, label)));
    pairs
        .zip(1..)
        .map(|((owner, (label, default)), number)| Certificate {
            owner: owner.clone(),
            label: quoted(label),
            default: *default,
            request: format!("'{prefix}.REQ{number}'"),
            reply: format!("'{prefix}.CRT{number}'"),
        })
        .collect()
}

/// `CN('name') O('organization') C('country')`, as far as they are known.
fn subject(answers: &Answers<'_>, name: &str) -> String {
    let mut parts = vec![format!("CN({})", quoted(name))];
    if answers.has("organization") {
        parts.push(format!("O({})", answers.quoted("organization")));
    }
    if answers.has("country") {
        parts.push(format!("C('{}')", answers.name("country")));
    }
    parts.join(" ")
}

/// What a part is before its text is made.
struct Plan<'a> {
    key: String,
    title: String,
    why: &'static str,
    kind: PartKind,
    /// Made with the answers, so that an answer it needs is noted.
    place: Place<'a>,
    text: Text<'a>,
}

type Place<'a> = Box<dyn Fn(&Answers<'_>) -> String + 'a>;
type Text<'a> = Box<dyn Fn(&Answers<'_>) -> askama::Result<String> + 'a>;

pub(super) fn parts(f: &Facts<'_>) -> Vec<Part> {
    let questions = catalog::questions(f).into_iter();
    let questions = crate::sort::map(questions.map(|question| (question.key.clone(), question)));
    let mut parts: Vec<_> = plans(f)
        .iter()
        .map(|plan| plan.part(f, &questions))
        .collect();
    for ring in &f.rings.rings {
        parts.push(ring_part(f, ring, &questions));
        if f.answer("ca_source") == Some(catalog::EXTERNAL) && !ring.holds_only_authorities() {
            parts.push(reply_part(f, ring, &questions));
        }
    }
    parts.push(checklist(f).part(f, &questions));
    parts
}

impl Plan<'_> {
    fn part(&self, f: &Facts<'_>, questions: &BTreeMap<String, Question>) -> Part {
        let answers = Answers::new(f, questions);
        let file_name = (self.place)(&answers);
        // Templates only write strings: there is nothing that could fail.
        let text = (self.text)(&answers).unwrap_or_default();
        let text = match self.kind {
            PartKind::RacfJob | PartKind::RingJob | PartKind::Procedure => layout::job(&text),
            PartKind::ProfileLines
            | PartKind::EnvFile
            | PartKind::SyslogRules
            | PartKind::Checklist => text.trim_end().to_owned() + "\n",
        };
        if self.kind == PartKind::EnvFile
            && !file_name.starts_with('/')
            && text.lines().any(|line| line.len() > 80)
        {
            answers.miss("env_place");
        }
        let missing = answers.missing();
        Part {
            key: self.key.clone(),
            title: self.title.clone(),
            why: self.why.to_owned(),
            kind: self.kind,
            file_name: match missing.is_empty() {
                true => file_name,
                false => String::new(),
            },
            text: match missing.is_empty() {
                true => text,
                false => String::new(),
            },
            missing,
        }
    }
}

macro_rules! plan {
    ($f:ident, $key:literal, $kind:ident, $template:ident, $title:expr, $place:expr, $why:literal) => {
        Plan {
            key: $key.to_owned(),
            title: $title.to_owned(),
            why: $why,
            kind: PartKind::$kind,
            place: Box::new($place),
            text: Box::new(|a| $template { f: $f, a }.render()),
        }
    };
}

fn plans<'a>(f: &'a Facts<'a>) -> Vec<Plan<'a>> {
    let mut all = Vec::from(security(f));
    all.extend(started_tasks(f));
    all.extend(profile(f));
    all
}

fn security<'a>(f: &'a Facts<'a>) -> [Plan<'a>; 2] {
    [
        plan!(
            f,
            "started-tasks",
            RacfJob,
            StartedTasks,
            "User IDs of the Policy Agent and syslogd",
            |_| "started-tasks.jcl".to_owned(),
            "Makes the user IDs, ties the procedures to them, and says who may start the Policy Agent. \
             Commands for what already exists end with a message and change nothing."
        ),
        plan!(
            f,
            "servauth",
            RacfJob,
            Servauth,
            format!("Who may use {} before its policy is there", f.stack),
            |_| "servauth.jcl".to_owned(),
            "While a stack with AT-TLS has no policy yet, only users with access to its EZB.INITSTACK \
             profile may use it. Without the profile nobody may, the Policy Agent included, and the \
             policy never arrives."
        ),
    ]
}

fn started_tasks<'a>(f: &'a Facts<'a>) -> [Plan<'a>; 4] {
    let member = |a: &Answers<'_>, key: &str| format!("{}({})", a.name("proclib"), a.name(key));
    [
        plan!(
            f,
            "syslogd-rules",
            SyslogRules,
            SyslogdRules,
            "Rules of syslogd",
            |a| a.of("syslogd_conf").to_owned(),
            "Keeps the errors of the Policy Agent, its other messages and the TLS messages of each \
             stack in files of their own. AT-TLS writes under the job name of the stack. Lines that \
             no rule takes are lost, so the last rule takes the rest."
        ),
        plan!(
            f,
            "syslogd-procedure",
            Procedure,
            SyslogdProcedure,
            "Procedure of syslogd",
            move |a| member(a, "syslogd_proc"),
            "Starts syslogd. It comes before the stacks, so that no message is lost."
        ),
        plan!(
            f,
            "pagent-environment",
            EnvFile,
            PagentEnvironment,
            "Environment of the Policy Agent",
            |a| match a.of("env_place") {
                place if place.starts_with('/') => place.to_owned(),
                place => place.to_ascii_uppercase(),
            },
            "Names the main configuration file; without it the Policy Agent looks for \
             /etc/pagent.conf."
        ),
        plan!(
            f,
            "pagent-procedure",
            Procedure,
            PagentProcedure,
            "Procedure of the Policy Agent",
            move |a| member(a, "pagent_proc"),
            "Starts the Policy Agent, which reads the policy files and hands them to the stacks."
        ),
    ]
}

fn profile<'a>(f: &'a Facts<'a>) -> [Plan<'a>; 3] {
    let member = |a: &Answers<'_>, key: &str| format!("{}({})", a.name("tcpparms"), a.name(key));
    [
        plan!(
            f,
            "profile",
            ProfileLines,
            Profile,
            format!("Lines for the profile of {}", f.stack),
            move |a| member(a, "profile_member"),
            "Turns AT-TLS on when the stack starts, and reserves the ports that the rules protect for \
             their jobs. Add them to what the profile already has."
        ),
        plan!(
            f,
            "turn-on",
            ProfileLines,
            TurnOn,
            format!("OBEYFILE member that turns AT-TLS on in {}", f.stack),
            move |a| member(a, "on_member"),
            "For a stack that is up. Connections that exist stay as they are."
        ),
        plan!(
            f,
            "turn-off",
            ProfileLines,
            TurnOff,
            format!("OBEYFILE member that turns AT-TLS off in {}", f.stack),
            move |a| member(a, "off_member"),
            "The emergency switch. New connections are in the clear after it."
        ),
    ]
}

fn ring_part(f: &Facts<'_>, ring: &Ring, questions: &BTreeMap<String, Question>) -> Part {
    let plan = Plan {
        key: format!("ring-{}", ring.text.replace('/', "~")),
        title: format!("Key ring {}", ring.text),
        why: "Makes the ring, its certificates and the access of the applications. Rights to a ring \
              belong to the user ID of the application, not to that of the stack.",
        kind: PartKind::RingJob,
        place: Box::new(|_| format!("ring-{}.jcl", ring.text.replace('/', "~"))),
        text: Box::new(|a| RingJob { f, a, ring }.render()),
    };
    plan.part(f, questions)
}

fn reply_part(f: &Facts<'_>, ring: &Ring, questions: &BTreeMap<String, Question>) -> Part {
    let plan = Plan {
        key: format!("reply-{}", ring.text.replace('/', "~")),
        title: format!("Signed certificates of key ring {}", ring.text),
        why: "For the day on which the authority's answers are in their data sets: puts each in the \
              place of the certificate that its request was made from, and connects it to the ring.",
        kind: PartKind::RingJob,
        place: Box::new(|_| format!("reply-{}.jcl", ring.text.replace('/', "~"))),
        text: Box::new(|a| {
            let certificates = certificates(a, ring);
            ReplyJob {
                f,
                a,
                ring,
                certificates,
            }
            .render()
        }),
    };
    plan.part(f, questions)
}

fn checklist<'a>(f: &'a Facts<'a>) -> Plan<'a> {
    plan!(
        f,
        "checklist",
        Checklist,
        Checklist,
        format!("Start, check and take back on {}", f.stack),
        |_| "checklist.txt".to_owned(),
        "The commands in their order, and the message numbers that say whether each worked."
    )
}
