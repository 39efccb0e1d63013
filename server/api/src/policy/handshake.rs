//! Whether a peer gets through the rule that a connection meets, and what to change if not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use generator::analysis::handshake::{
    self, Asks, Choice, Outcome, Peer, Plays, Settings, from_client_hello, group_name, profiles,
    suite_name,
};
use generator::objects::fields::{self, SettingsPlace};
use generator::objects::{Configuration, FieldPath, Kind, ObjectId};
use generator::policy::effective::parameter;
use generator::policy::lookup::{self, rules};
use generator::policy::table::TTLS_RULE;
use generator::policy::{Named, Statement, View};
use serde::{Deserialize, Serialize};

use super::sources::Uploaded;
use super::stacks::{Read, met};
use super::{At, Connection, RuleAt, Sources, StackOf, Unanswered};

/// Asks about files: `POST /api/v1/policy/handshake`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Handshake {
    pub sources: Sources,
    /// Only this stack; absent: every stack that the files describe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    pub connection: Connection,
    #[serde(default)]
    pub with: Partners,
}

/// Asks about a stack of a store: `POST /api/v1/stores/{store}/handshake`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HandshakeStack {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub stack: ObjectId,
    #[serde(default)]
    pub of: StackOf,
    pub connection: Connection,
    #[serde(default)]
    pub with: Partners,
}

/// Who is at the other end. Nothing said: every program of the library that can be there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Partners {
    /// Programs of the library, by name: `GET /api/v1/policy/peers`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<String>,
    /// Other rules of the same stack, by name: the other end of a connection between two programs of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// A captured ClientHello.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hello: Option<Capture>,
    /// The partners have no certificate to show as clients.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_certificate: bool,
}

/// A capture, as a text or as bytes: exactly one of both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Capture {
    /// A hex dump of the record or of packets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A pcap or pcapng file, or the record itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// What becomes of handshakes on one stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Handshakes {
    /// Empty for a policy that no configuration leads to.
    pub stack: String,
    /// The rule that the connection meets; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleAt>,
    /// Whether its group action turns TLS on; absent: there is no rule, or it says neither. No handshake
    /// is tried unless it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protects: Option<bool>,
    /// This side is the client.
    pub client: bool,
    pub partners: Vec<Partner>,
    /// What is taken for granted, in sentences.
    pub assumed: Vec<String>,
}

/// One partner: either `agreed` or `refused` is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Partner {
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Agreed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
}

/// What both sides agree on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agreed {
    /// Such as `TLS 1.3`.
    pub version: String,
    /// One for each kind of server certificate with which it works.
    pub choices: Vec<Chosen>,
    /// `no`, `requested` or `required`.
    pub client_certificate: String,
}

/// What is chosen with one kind of server certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chosen {
    /// `RSA` or `ECDSA`.
    pub key: String,
    pub suite: String,
    /// Absent: the suite needs none, or any may be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The server asks for a second ClientHello.
    pub retry: bool,
}

/// Why a handshake fails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refused {
    /// The return code that AT-TLS ends with; absent: it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    /// The code could not be confirmed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsure: bool,
    /// The alert that the peer sees, such as `handshake_failure (40)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<String>,
    /// Which side lacks what, in a sentence.
    pub because: String,
    /// The parameter of this side that decides.
    pub parameter: String,
    /// NCA's words for it.
    pub label: String,
    /// Where it is coded; where it is not, the rule or the object that could say it.
    pub at: At,
    pub coded: bool,
    /// The smallest change of this side that lets the peer through, in words; absent: there is none, and
    /// the peer has to change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
}

/// One program of the library: `GET /api/v1/policy/peers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnownPeer {
    pub name: String,
    pub title: String,
    /// It never waits for a client.
    pub only_client: bool,
    /// Where its facts come from.
    pub source: String,
    /// What of them is not confirmed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub open: String,
}

/// Partners of one question.
const MOST: usize = 100;

/// The library.
pub fn peers() -> Vec<KnownPeer> {
    let known = |one: &handshake::Profile| KnownPeer {
        name: one.name.to_owned(),
        title: one.title.to_owned(),
        only_client: one.plays == Plays::Client,
        source: one.source.to_owned(),
        open: one.open.to_owned(),
    };
    profiles().iter().map(known).collect()
}

/// Answers for each stack that files describe.
pub fn handshake(asked: &Handshake) -> Result<Vec<Handshakes>, Unanswered> {
    let connection = asked.connection.read()?;
    let with = Asked::of(&asked.with)?;
    let uploaded = Uploaded::new(&asked.sources)?;
    let stacks = Read::all(&asked.sources, &uploaded, asked.stack.as_deref())?;
    let answers = stacks
        .iter()
        .map(|stack| with.of_stack(stack, &connection, &|_, _, at| at));
    answers.collect()
}

/// Answers for a stack of a configuration, whose files are compiled.
pub fn handshake_stack(
    configuration: &Configuration,
    stack: &ObjectId,
    connection: &Connection,
    with: &Partners,
) -> Result<Handshakes, Unanswered> {
    let connection = connection.read()?;
    let read = Read::compiled(configuration, stack)?;
    let home =
        |settings: &View<'_>, key: &str, at: At| home(configuration, &read, settings, key, at);
    Asked::of(with)?.of_stack(&read, &connection, &home)
}

/// Where a parameter that is not coded could be: of the rule, its key and the place of the rule.
type Home<'h> = dyn Fn(&View<'_>, &str, At) -> At + 'h;

/// The object of the rule that has a field for this key.
fn home(
    configuration: &Configuration,
    read: &Read<'_>,
    view: &View<'_>,
    key: &str,
    rule: At,
) -> At {
    let Some((kind, field)) = field_of(key) else {
        return rule;
    };
    let tags = view.lines().map(|line| line.attribute.tag);
    let objects = tags.filter_map(|tag| read.at(tag).object);
    let is_kind = |id: &ObjectId| configuration.get(id).is_some_and(|one| one.kind() == kind);
    match objects.into_iter().find(is_kind) {
        Some(object) => At {
            object: Some(object),
            field: Some(FieldPath::from(field)),
            ..rule
        },
        None => rule,
    }
}

/// The kind of object that has a field for a parameter, and the path of the field.
fn field_of(key: &str) -> Option<(Kind, String)> {
    // Suites are one field, however they are coded.
    let key = key.strip_suffix("4Char").unwrap_or(key);
    if fields::is_allowed(SettingsPlace::SecurityLevel, key) {
        return Some((Kind::SecurityLevel, format!("settings/{key}")));
    }
    let all = Kind::ALL.iter().copied();
    let mut fields = all.flat_map(|kind| fields::fields(kind).map(move |field| (kind, field)));
    let (kind, field) = fields.find(|(_, field)| field.parameter == Some(key))?;
    // A row of a list is none in particular.
    (!field.path.contains('*')).then(|| (kind, field.path.to_owned()))
}

/// Partners that are known before a rule is.
struct Asked<'a> {
    with: &'a Partners,
    known: Vec<(Peer, &'static str)>,
}

impl<'a> Asked<'a> {
    fn of(with: &'a Partners) -> Result<Self, Unanswered> {
        if with.peers.len() + with.rules.len() > MOST {
            return Err(Unanswered::new(format!(
                "Ask for at most {MOST} partners at once."
            )));
        }
        let mut known = Vec::new();
        for name in &with.peers {
            let profile = handshake::profile(name).ok_or_else(|| {
                Unanswered::new(format!(
                    "No peer is called `{name}`; `GET /api/v1/policy/peers` lists them."
                ))
            })?;
            known.push((Peer::of_profile(profile), profile.title));
        }
        if let Some(capture) = &with.hello {
            let peer = from_client_hello(&capture.bytes()?).map_err(|error| {
                Unanswered::new(format!("The capture cannot be used: {error}."))
            })?;
            known.push((peer, "The sender of the capture"));
        }
        Ok(Self { with, known })
    }

    fn of_stack(
        &self,
        read: &Read<'_>,
        connection: &lookup::Connection,
        home: &Home<'_>,
    ) -> Result<Handshakes, Unanswered> {
        let named = Named::of(&read.stack.policy);
        let rules = rules(&read.stack.policy);
        let rule = met(&rules, connection).map(|rule| rule.statement);
        let mut answer = Handshakes {
            stack: read.stack.name.clone(),
            rule: rule.map(|rule| read.rule(rule)),
            protects: rule.and_then(|rule| named.protects(rule)),
            client: false,
            partners: Vec::new(),
            assumed: Vec::new(),
        };
        let Some(rule) = rule.filter(|_| answer.protects == Some(true)) else {
            return Ok(answer);
        };
        let view = View::of(&named, rule, read.release);
        let settings = Settings::of(&view);
        answer.client = settings.is_client();
        for (mut peer, title) in self.partners(read, &named, &settings)? {
            if self.with.without_certificate {
                peer.side.certificate = Some(false);
            }
            let mut partner = Partner {
                name: peer.name.clone(),
                title: title.to_owned(),
                agreed: None,
                refused: None,
            };
            let assumed = match handshake::handshake(&settings, &peer) {
                Outcome::Succeeds(success) => {
                    partner.agreed = Some(agreed(&success.agreed));
                    success.assumed
                }
                Outcome::Fails(failure) => {
                    partner.refused = Some(refused(read, &view, &failure, home));
                    failure.assumed
                }
            };
            answer.partners.push(partner);
            for words in assumed {
                if !answer.assumed.contains(&words) {
                    answer.assumed.push(words);
                }
            }
        }
        Ok(answer)
    }

    /// Those that were asked for, as they are for a rule of a stack.
    fn partners(
        &self,
        read: &Read<'_>,
        named: &Named<'_>,
        settings: &Settings,
    ) -> Result<Vec<(Peer, &'static str)>, Unanswered> {
        let mut partners = self.known.clone();
        if partners.is_empty() && self.with.rules.is_empty() {
            let all = profiles().iter();
            let fit = all.filter(|one| !settings.is_client() || one.plays != Plays::Client);
            return Ok(fit.map(|one| (Peer::of_profile(one), one.title)).collect());
        }
        for name in &self.with.rules {
            let rule: Option<&Statement> = read.stack.policy.named(&TTLS_RULE, name);
            let rule = rule.filter(|rule| named.protects(rule) == Some(true));
            let rule = rule.ok_or_else(|| {
                Unanswered::new(format!("There is no rule `{name}` that turns TLS on."))
            })?;
            let other = Settings::of(&View::of(named, rule, read.release));
            partners.push((Peer::of_rule(name, &other), "Another rule of this stack"));
        }
        Ok(partners)
    }
}

impl Capture {
    fn bytes(&self) -> Result<Vec<u8>, Unanswered> {
        match (&self.text, &self.base64) {
            (Some(text), None) => Ok(text.clone().into_bytes()),
            (None, Some(base64)) => STANDARD
                .decode(base64)
                .map_err(|_| Unanswered::new("The bytes of the capture are no base64.")),
            _ => Err(Unanswered::new(
                "Send either `text` or `base64` for the capture.",
            )),
        }
    }
}

fn agreed(found: &handshake::Agreed) -> Agreed {
    let chosen = |one: &Choice| Chosen {
        key: one.key.to_string(),
        suite: suite_name(one.suite),
        group: one.group.map(group_name),
        retry: one.retry,
    };
    Agreed {
        version: found.version.to_string(),
        choices: found.choices.iter().map(chosen).collect(),
        client_certificate: match found.client_certificate {
            Asks::No => "no",
            Asks::Requested => "requested",
            Asks::Required => "required",
        }
        .to_owned(),
    }
}

fn refused(
    read: &Read<'_>,
    view: &View<'_>,
    failure: &handshake::Failure,
    home: &Home<'_>,
) -> Refused {
    let field = &failure.field;
    let at = read.at(field.tag);
    let key = format!("{}.{}", field.statement, field.keyword);
    let row = parameter(field.keyword);
    Refused {
        code: failure.code.map(|code| code.number),
        unsure: failure.code.is_some_and(|code| !code.confirmed),
        alert: failure.alert.map(|alert| alert.to_string()),
        because: failure.because.clone(),
        parameter: field.keyword.to_owned(),
        label: row.map_or(field.keyword, |row| row.label).to_owned(),
        at: match field.coded {
            true => at,
            false => home(view, &key, at),
        },
        coded: field.coded,
        change: failure.change.clone(),
    }
}
