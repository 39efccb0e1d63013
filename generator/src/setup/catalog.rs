//! The questions, one row each.

use super::facts::Facts;
use super::question::{Check, Level, Question};
use super::rings::Ring;

struct Row {
    key: &'static str,
    label: &'static str,
    help: &'static str,
    suggestion: &'static str,
    required: bool,
    check: Check,
}

impl Row {
    const BASE: Self = Self {
        key: "",
        label: "",
        help: "",
        suggestion: "",
        required: true,
        check: Check::UserId,
    };
}

pub(super) const NEW: &str = "new";
pub(super) const EXISTING: &str = "existing";
pub(super) const EXTERNAL: &str = "external";

const IMAGE: &[Row] = &[
    Row {
        key: "pagent_user",
        label: "User ID of the Policy Agent",
        help: "The started task runs under it; it gets the right to use a stack before its policy is there.",
        suggestion: "PAGENT",
        ..Row::BASE
    },
    Row {
        key: "pagent_group",
        label: "Default group of the started tasks",
        help: "A RACF group with a z/OS UNIX group ID.",
        suggestion: "OMVSGRP",
        ..Row::BASE
    },
    Row {
        key: "pagent_proc",
        label: "Procedure of the Policy Agent",
        help: "The name in START and MODIFY commands, and of the member in the procedure library.",
        suggestion: "PAGENT",
        check: Check::Member,
        ..Row::BASE
    },
    Row {
        key: "syslogd_user",
        label: "User ID of syslogd",
        help: "The started task runs under it.",
        suggestion: "SYSLOGD",
        ..Row::BASE
    },
    Row {
        key: "syslogd_proc",
        label: "Procedure of syslogd",
        help: "The name in the START command, and of the member in the procedure library.",
        suggestion: "SYSLOGD",
        check: Check::Member,
        ..Row::BASE
    },
    Row {
        key: "proclib",
        label: "Procedure library",
        help: "A data set that JES searches for procedures.",
        suggestion: "USER.PROCLIB",
        check: Check::DataSet,
        ..Row::BASE
    },
    Row {
        key: "env_place",
        label: "Environment of the Policy Agent",
        help: "The file or data set with its environment variables. A data set has lines of at most 80 characters; choose a file where the paths are longer.",
        suggestion: "/etc/pagent.env",
        check: Check::Place,
        ..Row::BASE
    },
    Row {
        key: "syslogd_conf",
        label: "Configuration of syslogd",
        help: "The file with its rules.",
        suggestion: "/etc/syslog.conf",
        check: Check::ShortPath,
        ..Row::BASE
    },
    Row {
        key: "log_directory",
        label: "Folder of the logs",
        help: "syslogd writes its files there.",
        suggestion: "/var/log",
        check: Check::Path,
        ..Row::BASE
    },
    Row {
        key: "time_zone",
        label: "Time zone",
        help: "TZ of the started tasks; it also decides when rules with effective times count.",
        suggestion: "UTC0",
        check: Check::TimeZone,
        ..Row::BASE
    },
    Row {
        key: "tcpparms",
        label: "Data set of the TCP/IP profiles",
        help: "Profile and OBEYFILE members are kept there.",
        suggestion: "TCPIP.TCPPARMS",
        check: Check::DataSet,
        ..Row::BASE
    },
    Row {
        key: "pagent_start",
        label: "Start of the Policy Agent",
        help: "`autolog`: by the stack, as soon as it is up. `console`: by a START command of the operator or of automation.",
        suggestion: "autolog",
        check: Check::OneOf(&["autolog", "console"]),
        ..Row::BASE
    },
    Row {
        key: "operators",
        label: "Who may start and refresh the Policy Agent",
        help: "User IDs or groups, separated by blanks.",
        suggestion: "SYS1",
        check: Check::UserIds,
        ..Row::BASE
    },
    Row {
        key: "viewers",
        label: "Who may look at policies",
        help: "User IDs or groups that may use pasearch, separated by blanks.",
        suggestion: "SYS1",
        check: Check::UserIds,
        ..Row::BASE
    },
    Row {
        key: "initstack_users",
        label: "Who else may use a stack before its policy is there",
        help: "User IDs of infrastructure that the Policy Agent or syslogd need, such as OMPROUTE. What they send in that time is in the clear; leave ordinary servers out.",
        required: false,
        check: Check::UserIds,
        ..Row::BASE
    },
    Row {
        key: "job_name",
        label: "Name of the jobs",
        help: "Many sites want the user ID of the submitter with one more letter.",
        suggestion: "GHSETUP",
        check: Check::Member,
        ..Row::BASE
    },
    Row {
        key: "job_account",
        label: "Accounting information",
        help: "For the JOB statement, without parentheses.",
        required: false,
        check: Check::Account,
        ..Row::BASE
    },
    Row {
        key: "job_class",
        label: "Job class",
        help: "Left out where it stays open.",
        required: false,
        check: Check::Class,
        ..Row::BASE
    },
    Row {
        key: "msg_class",
        label: "Message class",
        help: "Left out where it stays open.",
        required: false,
        check: Check::Class,
        ..Row::BASE
    },
];

const STACK: &[Row] = &[
    Row {
        key: "profile_member",
        label: "Profile member",
        help: "The member with which the stack starts.",
        suggestion: "PROFILE",
        check: Check::Member,
        ..Row::BASE
    },
    Row {
        key: "on_member",
        label: "OBEYFILE member that turns AT-TLS on",
        help: "For a stack that is already up.",
        suggestion: "TTLSON",
        check: Check::Member,
        ..Row::BASE
    },
    Row {
        key: "off_member",
        label: "OBEYFILE member that turns AT-TLS off",
        help: "For an emergency: new connections are in the clear then.",
        suggestion: "TTLSOFF",
        check: Check::Member,
        ..Row::BASE
    },
];

const AUTHORITY: &[Row] = &[
    Row {
        key: "ca_source",
        label: "Certificate authority",
        help: "`new`: the job makes one in RACF. `existing`: one that RACF already holds with its private key signs. `external`: the job writes requests, which somebody else's authority answers.",
        suggestion: NEW,
        check: Check::OneOf(&[NEW, EXISTING, EXTERNAL]),
        ..Row::BASE
    },
    Row {
        key: "ca_label",
        label: "Label of the certificate authority",
        help: "Upper and lower case count.",
        suggestion: "LOCALCA",
        check: Check::Label,
        ..Row::BASE
    },
];

const NEW_AUTHORITY: &[Row] = &[
    Row {
        key: "ca_name",
        label: "Common name of the certificate authority",
        help: "Partners see it when they add the certificate.",
        suggestion: "Local CA",
        check: Check::NamePart,
        ..Row::BASE
    },
    Row {
        key: "ca_until",
        label: "Certificate authority valid until",
        help: "As `2036/12/31`. RACF takes one year where it stays open.",
        required: false,
        check: Check::Date,
        ..Row::BASE
    },
];

const EXTERNAL_AUTHORITY: &[Row] = &[Row {
    key: "ca_data_set",
    label: "Data set with the certificate of the authority",
    help: "Uploaded as text or binary. Left out where RACF has it already under its label.",
    required: false,
    check: Check::DataSet,
    ..Row::BASE
}];

const SUBJECT: &[Row] = &[
    Row {
        key: "organization",
        label: "Organization",
        help: "Part of the subject of every certificate; left out where it stays open.",
        required: false,
        check: Check::NamePart,
        ..Row::BASE
    },
    Row {
        key: "country",
        label: "Country",
        help: "Two letters; part of the subject, left out where it stays open.",
        required: false,
        check: Check::Country,
        ..Row::BASE
    },
];

/// For an authority within RACF; another one decides by itself.
const VALIDITY: &[Row] = &[Row {
    key: "certificate_until",
    label: "Certificates valid until",
    help: "As `2028/12/31`. RACF takes one year where it stays open.",
    required: false,
    check: Check::Date,
    ..Row::BASE
}];

/// All questions for the page of a stack.
pub(super) fn questions(facts: &Facts<'_>) -> Vec<Question> {
    let mut all: Vec<_> = IMAGE.iter().map(|row| row.question(Level::Image)).collect();
    let certificates = facts
        .rings
        .rings
        .iter()
        .any(|ring| !ring.holds_only_authorities());
    if !facts.rings.rings.is_empty() {
        let mut rows: Vec<_> = AUTHORITY.iter().collect();
        match facts.answer("ca_source") {
            Some(EXISTING) if certificates => rows.extend(SUBJECT.iter().chain(VALIDITY)),
            Some(EXISTING) => {}
            Some(EXTERNAL) => {
                rows.extend(EXTERNAL_AUTHORITY);
                if certificates {
                    rows.extend(SUBJECT);
                }
            }
            _ => rows.extend(NEW_AUTHORITY.iter().chain(SUBJECT).chain(VALIDITY)),
        }
        all.extend(rows.into_iter().map(|row| row.question(Level::Image)));
    }
    all.extend(STACK.iter().map(|row| row.question(Level::Stack)));
    for ring in &facts.rings.rings {
        all.extend(ring_questions(facts, ring));
    }
    all
}

impl Row {
    fn question(&self, level: Level) -> Question {
        Question {
            key: self.key.to_owned(),
            level,
            label: self.label.to_owned(),
            help: self.help.to_owned(),
            suggestion: self.suggestion.to_owned(),
            required: self.required,
            check: self.check,
        }
    }
}

fn ring_questions(facts: &Facts<'_>, ring: &Ring) -> Vec<Question> {
    let mut all = Vec::new();
    let mut ask = |what: &str, suggestion: String, row: Row| {
        all.push(Question {
            key: ring.key(what),
            suggestion,
            ..row.question(Level::Ring(ring.text.clone()))
        });
    };
    let users: Vec<_> = ring.users.iter().take(16).cloned().collect();
    let first_user = || {
        users
            .first()
            .cloned()
            .unwrap_or_else(|| "START1".to_owned())
    };
    if ring.owner.is_none() {
        ask(
            "owner",
            match users.is_empty() {
                true => first_user(),
                false => users.join(" "),
            },
            Row {
                label: "Owner of the key ring",
                help: "The ring is named without an owner, so each application uses its own: the user IDs of the applications.",
                check: Check::UserIds,
                ..Row::BASE
            },
        );
    }
    ask(
        "users",
        match (users.is_empty(), &ring.owner) {
            (true, Some(owner)) => owner.clone(),
            (true, None) => first_user(),
            (false, _) => users.join(" "),
        },
        Row {
            label: "User IDs of the applications",
            help: "The user IDs under which the applications run, not that of the stack; they get access to the ring.",
            check: Check::UserIds,
            ..Row::BASE
        },
    );
    if ring.has_default() {
        ask(
            "label",
            label_of(ring),
            Row {
                label: "Label of the default certificate",
                help: "The certificate of applications that name none. Upper and lower case count.",
                check: Check::Label,
                ..Row::BASE
            },
        );
    }
    if !ring.holds_only_authorities() {
        ask(
            "host",
            host_of(facts),
            Row {
                label: "Host name",
                help: "The name that clients connect to; it stands in the certificates as common name and as alternative name.",
                check: Check::Host,
                ..Row::BASE
            },
        );
    }
    if !ring.holds_only_authorities() && facts.answer("ca_source") == Some(EXTERNAL) {
        ask(
            "request_prefix",
            prefix_of(ring, &first_user()),
            Row {
                label: "Data sets of the requests",
                help: "The first parts of their names: the job writes the requests to `….REQ1`, `….REQ2`; the signed certificates are expected in `….CRT1`, `….CRT2`.",
                check: Check::DataSetPrefix,
                ..Row::BASE
            },
        );
    }
    ask(
        "partner_data_set",
        String::new(),
        Row {
            label: "Data set with the partner's certificate authority",
            help: "The certificate that signed the partners' certificates, uploaded as text or binary; left out where it stays open.",
            required: false,
            check: Check::DataSet,
            ..Row::BASE
        },
    );
    ask(
        "partner_label",
        "PARTNERCA".to_owned(),
        Row {
            label: "Label of the partner's certificate authority",
            help: "Needed when a data set is given.",
            required: false,
            check: Check::Label,
            ..Row::BASE
        },
    );
    all
}

fn label_of(ring: &Ring) -> String {
    let name = ring.name.to_ascii_uppercase();
    name.chars().take(32).collect()
}

/// The user ID that has the ring, and the ring's name as far as a data set name can hold it.
fn prefix_of(ring: &Ring, user: &str) -> String {
    let owner = ring.owner.as_deref().unwrap_or(user);
    let name: String = ring
        .name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .skip_while(char::is_ascii_digit)
        .map(|c| c.to_ascii_uppercase())
        .take(8)
        .collect();
    // A user ID may start with a digit; a part of a data set name may not.
    let first = match Check::Member.refusal(owner) {
        None => owner,
        Some(_) => "CERTS",
    };
    match name.is_empty() {
        true => format!("{first}.CERTS"),
        false => format!("{first}.{name}"),
    }
}

/// The image's name as far as a host name can hold it.
fn host_of(facts: &Facts<'_>) -> String {
    let name: String = facts
        .image
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    match name.is_empty() {
        true => "zos".to_owned(),
        false => name,
    }
}
