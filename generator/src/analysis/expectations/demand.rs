//! What is expected of the connections of a line, and whether a rule gives it.

use crate::analysis::treatment::{Protection, Treatment, suite_names, values};
use crate::policy::Statement;
use crate::policy::table::lists::suite_of;
use crate::policy::table::suites::{CipherSuite, Protocol};
use crate::policy::table::{AttributeDef, Kind};

/// One thing that is expected.
#[derive(Clone, Debug)]
pub enum Demand {
    Protected,
    Clear,
    /// To meet the rule of this name.
    Rule(String),
    NoRule,
    /// No older version is on.
    AtLeast(Protocol),
    /// No newer version is on.
    AtMost(Protocol),
    /// Every suite that can be negotiated is one of these.
    Suites(Vec<&'static CipherSuite>),
    ForwardSecrecy,
    /// A server asks the client for a certificate and takes none without.
    ClientCertificate,
    /// The only certificate that is offered has this label.
    Label(String),
    /// The parameter has this value, or these in this order.
    Setting(&'static AttributeDef, Vec<String>),
}

/// What falls short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    /// "TLSv1.1 is on"
    pub words: String,
    /// The parameter that it is about.
    pub parameter: Option<&'static str>,
}

impl Short {
    fn of(parameter: &'static str, words: impl Into<String>) -> Option<Self> {
        Some(Self {
            words: words.into(),
            parameter: Some(parameter),
        })
    }

    fn words(words: impl Into<String>) -> Option<Self> {
        Some(Self {
            words: words.into(),
            parameter: None,
        })
    }
}

impl Demand {
    /// Why a rule, or none, does not do what is expected; `None`: it does.
    pub fn unmet(&self, rule: Option<&Statement>, given: &Treatment) -> Option<Short> {
        let protected = given.protection == Protection::Tls;
        match self {
            Self::Clear if protected => Short::words("it is protected"),
            Self::Clear => unreadable(given),
            Self::Rule(name) if rule.and_then(Statement::name_str) == Some(name) => None,
            Self::Rule(name) => Short::words(format!("not rule `{name}`")),
            Self::NoRule if rule.is_none() => None,
            Self::NoRule => Short::words("not none"),
            _ if !protected => unreadable(given).or_else(|| match rule {
                Some(_) => Short::words("it leaves them in the clear"),
                None => Short::words("they stay in the clear"),
            }),
            Self::Protected => None,
            Self::AtLeast(least) => versions(given, |version| version < *least),
            Self::AtMost(most) => versions(given, |version| version > *most),
            Self::Suites(allowed) => {
                let other =
                    |suite: &&CipherSuite| !allowed.iter().any(|one| one.code == suite.code);
                let suite = usable(given).into_iter().find(other)?;
                Short::of(
                    "V3CipherSuites",
                    format!("{} is not among the suites that may be used", suite.name),
                )
            }
            Self::ForwardSecrecy => {
                let lasting = |suite: &&CipherSuite| {
                    let ephemeral = ["DHE", "ECDHE"].contains(&suite.key_exchange);
                    !ephemeral && !suite.works_with(Protocol::Tls13)
                };
                let suite = usable(given).into_iter().find(lasting)?;
                Short::of(
                    "V3CipherSuites",
                    format!("{} has no forward secrecy", suite.name),
                )
            }
            Self::ClientCertificate => client_certificate(given),
            Self::Label(label) => {
                let labels =
                    |name: &'static str| given.setting(name).map(|one| (name, &one.values));
                let of_server = labels("ServerCertificateLabel")
                    .filter(|_| !given.is("HandshakeRole", "Client"));
                let coded = of_server.or_else(|| labels("CertificateLabel"));
                match coded {
                    Some((_, values)) if *values == [label.as_str()] => None,
                    Some((name, values)) => {
                        Short::of(name, format!("the label is {}", values.join(", ")))
                    }
                    None => Short::words("the default certificate of the key ring is used"),
                }
            }
            Self::Setting(row, wanted) => {
                let name = match row.kind {
                    Kind::Suites(_) if row.name.starts_with("V3") => "V3CipherSuites",
                    _ => row.name,
                };
                let Some(setting) = given.setting(name) else {
                    return Short::words(format!(
                        "{name} is not set, and its default is not known"
                    ));
                };
                let shown = setting.shown().join(" ");
                (setting.values != *wanted).then(|| Short {
                    words: format!("{name} is {shown}"),
                    parameter: Some(name),
                })
            }
        }
    }
}

fn unreadable(given: &Treatment) -> Option<Short> {
    let unknown = given.protection == Protection::Unreadable;
    unknown
        .then(|| Short::words("its group action cannot be read"))
        .flatten()
}

/// The versions that are on must be others than these, and there must be one.
fn versions(given: &Treatment, is_wrong: impl Fn(Protocol) -> bool) -> Option<Short> {
    let is_on = |version: &Protocol| given.is(version.attribute(), "On");
    let mut on = Protocol::ALL.into_iter().filter(is_on).peekable();
    if on.peek().is_none() {
        return Short::words("no version of TLS is on");
    }
    let wrong = on.find(|version| is_wrong(*version))?;
    let default = given
        .setting(wrong.attribute())
        .is_some_and(|one| one.tag == crate::policy::Tag::NONE);
    let by = if default { " by default" } else { "" };
    Short::of(
        wrong.attribute(),
        format!("{} is on{by}", wrong.attribute()),
    )
}

/// The suites that a version which is on can use.
fn usable(given: &Treatment) -> Vec<&'static CipherSuite> {
    let named = |name: &str| {
        given
            .setting(name)
            .map_or(&[][..], |one| &one.values)
            .iter()
    };
    let all = named("V3CipherSuites").chain(named("V2CipherSuites"));
    let works = |suite: &&CipherSuite| {
        let mut versions = Protocol::ALL.into_iter();
        versions.any(|version| suite.works_with(version) && given.is(version.attribute(), "On"))
    };
    all.filter_map(|name| suite_of(name))
        .filter(works)
        .collect()
}

fn client_certificate(given: &Treatment) -> Option<Short> {
    if !given.is("HandshakeRole", "ServerWithClientAuth") {
        let role = given.value("HandshakeRole").unwrap_or("not set");
        return Short::of("HandshakeRole", format!("HandshakeRole is {role}"));
    }
    let kind = given.value("ClientAuthType").unwrap_or("not set");
    let asks = ["Required", "SAFCheck"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(kind));
    (!asks).then(|| Short {
        words: format!("ClientAuthType is {kind}"),
        parameter: Some("ClientAuthType"),
    })
}

/// The value of a line in the form in which treatments hold it.
pub(super) fn wanted(row: &'static AttributeDef, texts: &[String]) -> Vec<String> {
    let one = |text: &String| match row.kind {
        Kind::Suites(_) if row.name.starts_with("V3") => suite_names(row, text),
        _ => values(row, text),
    };
    texts.iter().flat_map(one).collect()
}
