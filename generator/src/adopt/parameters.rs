//! What the actions of a rule say, sorted to the objects that hold it.
//!
//! Works on what counts for the rule, so that it does not matter in which of the actions something
//! was written. What is coded at the connection and at the environment comes back at both.

use crate::objects::fields::{self, SettingsPlace};
use crate::objects::{
    ClientAuthentication, Entry, HandshakeRole, Layout, SecurityLevel, Setting, Settings, Suites,
    SyslogFacility, TrafficRow, Versions,
};
use crate::policy::effective::{Parameter, Said};
use crate::policy::table::lists::suites_of_line;
use crate::policy::table::suites::Protocol;
use crate::policy::table::{AttributeDef, Kind, Repeat, Scope};
use crate::policy::{Attribute, Tag};

/// What a rule's actions come to.
#[derive(Clone, Debug)]
pub(super) struct Treatment {
    /// Without a name.
    pub level: SecurityLevel,
    /// The rule is a client's, so that it says nothing of how clients are asked for certificates.
    pub is_client: bool,
    /// Without conditions.
    pub row: TrafficRow,
    /// What the group action says, or its default.
    pub trace: u8,
    pub trace_clear_text: bool,
    /// What the environment or connection action says.
    pub own_trace: Option<u8>,
    pub own_trace_clear_text: Option<bool>,
    /// What goes to the rule itself.
    pub settings: Settings,
    pub facility: SyslogFacility,
    /// What is not taken over, and why.
    pub left_out: Vec<(Tag, String)>,
}

/// Where the settings of a rule go, by where they were coded.
struct Places {
    layout: Layout,
    /// What the layout writes by itself is no setting.
    explicit: bool,
}

/// Sorts the effective parameters of a rule. `explicit`: the writer of the text wrote defaults, too.
pub(super) fn treatment(
    parameters: &[Parameter<'_>],
    protect: bool,
    layout: Layout,
    explicit: bool,
) -> Treatment {
    let mut sorted = Sorted {
        treatment: empty(protect),
        places: Places { layout, explicit },
    };
    for parameter in parameters {
        sorted.add(parameter, protect);
    }
    let mut treatment = sorted.treatment;
    if protect {
        treatment.level.suites = suites(parameters);
        treatment.level.versions = versions(parameters);
        treatment.authentication(parameters);
    }
    treatment
}

fn empty(protect: bool) -> Treatment {
    Treatment {
        level: SecurityLevel {
            protect,
            versions: Versions::NONE,
            suites: Suites::SystemDefaults,
            settings: Settings::new(),
            ..SecurityLevel::default()
        },
        is_client: false,
        row: TrafficRow::default(),
        trace: 2,
        trace_clear_text: false,
        own_trace: None,
        own_trace_clear_text: None,
        settings: Settings::new(),
        facility: SyslogFacility::Daemon,
        left_out: Vec::new(),
    }
}

impl Treatment {
    /// The role, and how a server asks for certificates.
    fn authentication(&mut self, parameters: &[Parameter<'_>]) {
        let find = |name: &str| parameters.iter().find(|one| one.row.name == name);
        let role = find("HandshakeRole").and_then(value).unwrap_or("");
        let role = [
            HandshakeRole::Client,
            HandshakeRole::Server,
            HandshakeRole::ServerWithClientAuth,
        ]
        .into_iter()
        .find(|known| known.word().eq_ignore_ascii_case(role));
        self.is_client = role == Some(HandshakeRole::Client);
        let asks = find("ClientAuthType");
        self.row.role = role;
        if role != Some(HandshakeRole::ServerWithClientAuth) {
            let coded = asks.and_then(|one| one.said.as_ref());
            let coded = coded.and_then(|said| said.attributes.last());
            self.left_out.extend(coded.map(|attribute| {
                let text = "`ClientAuthType` has no effect in this role".to_owned();
                (attribute.tag, text)
            }));
            return;
        }
        let word = asks.and_then(value).unwrap_or("Required");
        let types = [
            ClientAuthentication::PassThru,
            ClientAuthentication::Full,
            ClientAuthentication::Required,
            ClientAuthentication::SafCheck,
        ];
        let known = types.into_iter().find(|known| {
            let known = known.word().unwrap_or_default();
            known.eq_ignore_ascii_case(word)
        });
        self.level.client_authentication = known.unwrap_or(ClientAuthentication::Required);
    }
}

struct Sorted {
    treatment: Treatment,
    places: Places,
}

impl Sorted {
    fn add(&mut self, parameter: &Parameter<'_>, protect: bool) {
        let into = &mut self.treatment;
        let coded = parameter.said.as_ref().map(last);
        match parameter.row.name {
            "Trace" => self.trace(parameter),
            "CtraceClearText" => self.trace_clear_text(parameter),
            // Nothing else counts for what stays in the clear.
            _ if !protect => {}
            "SyslogFacility" if value(parameter).is_some_and(|word| is(word, "Auth")) => {
                into.facility = SyslogFacility::Auth;
            }
            "ApplicationControlled" => into.row.application_controlled = on(parameter),
            "SecondaryMap" => into.row.secondary_map = on(parameter),
            "Keyring" => into.row.keyring = entry(coded),
            "KeyringStashFile" => into.row.keyring_stash_file = entry(coded),
            "CertificateLabel" => into.row.certificate_label = entry(coded),
            "ServerCertificateLabel" => {
                let labels = parameter.said.iter().flat_map(|said| &said.attributes);
                into.row.server_certificate_labels =
                    labels.map(|label| Entry::read(label.value())).collect();
            }
            "TTLSEnabled"
            | "HandshakeRole"
            | "ClientAuthType"
            | "SyslogFacility"
            | "V2CipherSuites"
            | "V3CipherSuites"
            | "V3CipherSuites4Char" => {}
            name if Protocol::ALL
                .iter()
                .any(|version| version.attribute() == name) => {}
            _ => self.settings(parameter),
        }
    }

    fn trace(&mut self, parameter: &Parameter<'_>) {
        let into = &mut self.treatment;
        for said in entries(parameter) {
            let Ok(level) = last(said).value().parse::<u8>() else {
                continue;
            };
            match said.scope {
                Scope::Group => into.trace = level,
                Scope::Environment | Scope::Connection => into.own_trace = Some(level),
            }
        }
    }

    fn trace_clear_text(&mut self, parameter: &Parameter<'_>) {
        let into = &mut self.treatment;
        for said in entries(parameter) {
            let on = is(last(said).value(), "On");
            match said.scope {
                Scope::Group => into.trace_clear_text = on,
                Scope::Environment | Scope::Connection => into.own_trace_clear_text = Some(on),
            }
        }
    }

    fn settings(&mut self, parameter: &Parameter<'_>) {
        let row = parameter.row;
        for said in entries(parameter) {
            let tag = last(said).tag;
            let Some((place, key)) = self.places.of(row, said.scope) else {
                let text = match row.secret {
                    true => format!("`{}` is a password, and none is kept", row.name),
                    false => format!("`{}` goes with a password, and none is kept", row.name),
                };
                self.treatment.left_out.push((tag, text));
                continue;
            };
            let value = setting(row, said);
            if self.places.explicit && self.places.is_written_anyway(row, &value) {
                continue;
            }
            let settings = match place {
                SettingsPlace::TrafficRow => &mut self.treatment.row.settings,
                SettingsPlace::SecurityLevel => &mut self.treatment.level.settings,
                SettingsPlace::Rule => &mut self.treatment.settings,
            };
            settings.insert(key, value);
        }
    }
}

impl Places {
    /// The place that takes an attribute, and its key there.
    ///
    /// What a rule says itself stands at the connection. In the compatible layout what a row says
    /// stands there as well.
    fn of(&self, row: &AttributeDef, scope: Scope) -> Option<(SettingsPlace, String)> {
        use SettingsPlace::{Rule, SecurityLevel, TrafficRow};
        let order = match (scope, self.layout) {
            (Scope::Connection, Layout::Compact) => [Rule, TrafficRow, SecurityLevel],
            (Scope::Connection, Layout::Compatible) => [TrafficRow, Rule, SecurityLevel],
            (Scope::Environment | Scope::Group, _) => [TrafficRow, SecurityLevel, Rule],
        };
        order.into_iter().find_map(|place| {
            let groups = fields::settings(place).iter();
            let mut keys = groups.flat_map(|group| group.keys);
            let key = keys.find(|key| {
                let attribute = key.split_once('.').map(|(_, attribute)| attribute);
                attribute == Some(row.name)
            })?;
            Some((place, (*key).to_owned()))
        })
    }

    fn is_written_anyway(&self, row: &AttributeDef, value: &Setting) -> bool {
        row.name == "EnvironmentUserInstance" && value.values() == ["0"]
    }
}

/// What is coded, the widest scope first.
fn entries<'a, 'p>(parameter: &'a Parameter<'p>) -> impl Iterator<Item = &'a Said<'p>> {
    parameter.beaten.iter().rev().chain(&parameter.said)
}

/// Of several lines of an attribute that is coded once, the last counts.
fn last<'p>(said: &Said<'p>) -> &'p Attribute {
    // INVARIANT: at least one.
    said.attributes[said.attributes.len() - 1]
}

fn setting(row: &AttributeDef, said: &Said<'_>) -> Setting {
    if row.repeat == Repeat::Once {
        return Setting::One(word(row, last(said).value()));
    }
    let values = said.attributes.iter().map(|one| word(row, one.value()));
    Setting::Many(values.collect())
}

/// A word of the table as the table has it; other values as they are.
fn word(row: &AttributeDef, value: &str) -> String {
    let words = matches!(row.kind, Kind::Flag | Kind::Enum(_));
    let canonical = words.then(|| row.canonical(value)).flatten();
    canonical.map_or_else(|| value.to_owned(), |word| word.into_owned())
}

/// What counts: coded, or the default.
fn value<'a>(parameter: &'a Parameter<'_>) -> Option<&'a str> {
    let coded = parameter.said.as_ref().map(|said| last(said).value());
    coded.or(parameter.default)
}

fn on(parameter: &Parameter<'_>) -> bool {
    value(parameter).is_some_and(|value| is(value, "On"))
}

fn is(value: &str, word: &str) -> bool {
    value.eq_ignore_ascii_case(word)
}

fn entry<T: std::str::FromStr>(coded: Option<&Attribute>) -> Entry<T> {
    Entry::read(coded.map_or("", Attribute::value))
}

fn versions(parameters: &[Parameter<'_>]) -> Versions {
    let is_on = |version: Protocol| {
        let mut all = parameters.iter();
        all.find(|one| one.row.name == version.attribute())
            .is_some_and(on)
    };
    Versions {
        sslv2: is_on(Protocol::SslV2),
        sslv3: is_on(Protocol::SslV3),
        tls10: is_on(Protocol::Tls10),
        tls11: is_on(Protocol::Tls11),
        tls12: is_on(Protocol::Tls12),
        tls13: is_on(Protocol::Tls13),
    }
}

/// The suites that are coded, as codes.
fn suites(parameters: &[Parameter<'_>]) -> Suites {
    let lists = parameters
        .iter()
        .filter(|one| matches!(one.row.kind, Kind::Suites(_)));
    let said = lists.filter_map(|one| one.said.as_ref());
    let mut lines: Vec<_> = said.flat_map(|said| &said.attributes).collect();
    if lines.is_empty() {
        return Suites::SystemDefaults;
    }
    // As they stand in the block, whichever attribute names them.
    crate::sort::by_key(&mut lines, |line| line.tag);
    let codes = lines
        .into_iter()
        .flat_map(|line| match line.def().map(|row| row.kind) {
            Some(Kind::Suites(form)) => {
                let suites = suites_of_line(line.value(), form).into_iter();
                let codes = suites
                    .map(|suite| suite.map_or_else(|text| text, |suite| suite.code.to_owned()));
                codes.collect::<Vec<_>>()
            }
            _ => Vec::new(),
        });
    Suites::List(codes.collect())
}
