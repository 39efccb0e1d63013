//! The side that a rule gives its connections, with what had to be assumed for it.

use super::side::{Asks, Demand, Key, Side, SuiteB};
use crate::policy::effective::statement_of;
use crate::policy::table::Scope;
use crate::policy::table::curves::curve_named;
use crate::policy::table::suites::{CipherSuite, Fips, Protocol, default_suites, suite_by_number};
use crate::policy::{Release, SUITES, Tag, View};

/// What a connection plays in the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Client,
    Server,
    ServerWithClientAuth,
}

/// What a rule gives a handshake. It needs nothing of the policy that it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub role: Role,
    pub side: Side,
    /// TLS 1.3 is on, and none of the suites is one of it.
    pub idle13: bool,
    /// What is taken for granted, as sentences without their periods.
    pub assumed: Vec<String>,
    rule: Tag,
    // INVARIANT: by name.
    coded: Vec<Coded>,
}

/// Where a parameter that counts is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Coded {
    name: &'static str,
    scope: Scope,
    tag: Tag,
}

/// The attribute that decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub keyword: &'static str,
    /// The statement that has the attribute.
    pub statement: &'static str,
    /// Where it is coded; the rule where it is not.
    pub tag: Tag,
    pub coded: bool,
    /// The action in which it is coded, or in a part of which.
    pub scope: Option<Scope>,
}

/// The Suite B profiles: RFC 6460. Which suites a profile of System SSL takes is not confirmed.
static SUITE_B_128: SuiteB = SuiteB {
    suites: &[0xC02B, 0xC023],
    groups: &[23],
    signatures: &[0x0403],
};
static SUITE_B_192: SuiteB = SuiteB {
    suites: &[0xC02C, 0xC024],
    groups: &[24],
    signatures: &[0x0503],
};
static SUITE_B_BOTH: SuiteB = SuiteB {
    suites: &[0xC02C, 0xC024, 0xC02B, 0xC023],
    groups: &[24, 23],
    signatures: &[0x0503, 0x0403],
};

impl Settings {
    pub fn of(view: &View<'_>) -> Self {
        let role = match view.value("HandshakeRole").unwrap_or("Server") {
            role if role.eq_ignore_ascii_case("Client") => Role::Client,
            role if role.eq_ignore_ascii_case("Server") => Role::Server,
            _ => Role::ServerWithClientAuth,
        };
        let mut settings = Self {
            role,
            side: Side {
                versions: view.versions(),
                signatures: Some(numbers(&view.codes("SignaturePairs"))),
                keys: Key::ALL.to_vec(),
                ..Side::default()
            },
            idle13: false,
            assumed: Vec::new(),
            rule: view.rule.tag,
            coded: coded(view),
        };
        settings.suites(view);
        settings.groups(view);
        settings.suite_b(view);
        settings.fips(view);
        settings.without_idle_tls13();
        if view.is("ApplicationControlled", "On") {
            settings.assume(
                "the application starts the handshake, as `ApplicationControlled On` demands",
            );
        }
        match role {
            Role::Client => settings.as_client(view),
            Role::Server | Role::ServerWithClientAuth => settings.as_server(view),
        }
        settings
    }

    pub fn is_client(&self) -> bool {
        self.role == Role::Client
    }

    /// The attribute of this name, and where it is coded for the rule.
    pub fn field(&self, keyword: &'static str) -> Field {
        let statement = statement_of(keyword);
        let coded = self.coded_at(keyword);
        Field {
            keyword,
            statement: statement.map_or("", |statement| statement.name),
            tag: coded.map_or(self.rule, |coded| coded.tag),
            coded: coded.is_some(),
            scope: coded.map(|coded| coded.scope),
        }
    }

    /// The attribute that holds the suites.
    pub fn suites_field(&self) -> Field {
        let coded = SUITES
            .into_iter()
            .find(|name| self.coded_at(name).is_some());
        self.field(coded.unwrap_or(SUITES[0]))
    }

    /// The same for whoever does not know the places of the policy's text: rules that differ in nothing else
    /// are equal then.
    pub fn without_places(mut self) -> Self {
        self.rule = Tag::default();
        for coded in &mut self.coded {
            coded.tag = Tag::default();
        }
        self
    }

    fn coded_at(&self, keyword: &str) -> Option<&Coded> {
        let at = self
            .coded
            .binary_search_by_key(&keyword, |coded| coded.name);
        self.coded.get(at.ok()?)
    }

    fn assume(&mut self, words: &str) {
        self.assumed.push(words.to_owned());
    }

    fn suites(&mut self, view: &View<'_>) {
        let coded = view.suites().unwrap_or_default().into_iter();
        let mut suites: Vec<&CipherSuite> = coded.map(|(suite, _)| suite).collect();
        if suites.is_empty() {
            let release = view.release;
            suites = default_suites(release);
            self.assumed.push(format!(
                "no cipher suites are coded: those of System SSL in {release} count"
            ));
        }
        for number in suites.into_iter().filter_map(CipherSuite::number) {
            // Of duplicates the first counts.
            if !self.side.suites.contains(&number) {
                self.side.suites.push(number);
            }
        }
    }

    fn groups(&mut self, view: &View<'_>) {
        let release = view.release;
        if self.role != Role::Client {
            // Before ServerKexECurves came, a server took every curve that System SSL knows.
            let curves = groups(&view.codes("ServerKexECurves"));
            self.side.groups = (!curves.is_empty()).then_some(curves);
            self.side.groups13 = Some(groups(&view.codes("ServerKeyShareGroups")));
            return;
        }
        let mut codes = view.codes("ClientECurves");
        if codes.is_empty() && release >= Release::V3R2 {
            // 3.2 changed the order; the new one was not found.
            codes = ["0023", "0024", "0025", "0021", "0019", "0029"]
                .map(str::to_owned)
                .to_vec();
            self.assume("the default curves of a client in 3.2 are those of 3.1 in another order");
        }
        let any = codes.iter().any(|code| code.eq_ignore_ascii_case("Any"));
        let curves = (!any).then(|| groups(&codes));
        self.side.groups.clone_from(&curves);
        self.side.groups13 = curves;
        self.side.shares = groups(&view.codes("ClientKeyShareGroups"));
    }

    fn suite_b(&mut self, view: &View<'_>) {
        let profile = view.value("SuiteBProfile").unwrap_or("Off");
        self.side.suite_b = match profile.to_ascii_lowercase().as_str() {
            "128" => Some(&SUITE_B_128),
            "192" | "192min" => Some(&SUITE_B_192),
            "128min" | "all" => Some(&SUITE_B_BOTH),
            _ => return,
        };
        self.assumed.push(format!(
            "Suite B profile {profile} takes the place of the suites, groups and signatures of TLS 1.2 (not confirmed)"
        ));
    }

    /// Leaves out what FIPS mode ignores: old versions and other suites by "SSL/TLS protocol" in System SSL
    /// Programming 2.1; x25519 and x448 by general knowledge.
    fn fips(&mut self, view: &View<'_>) {
        if view
            .value("FIPS140")
            .is_none_or(|word| word.eq_ignore_ascii_case("Off"))
        {
            return;
        }
        self.side
            .versions
            .retain(|version| *version >= Protocol::Tls10);
        let fips = |number: &u16| {
            let suite = suite_by_number(*number);
            suite.is_some_and(|suite| suite.fips != Fips::No)
        };
        self.side.suites.retain(fips);
        let nist = |list: &mut Vec<u16>| list.retain(|group| !matches!(group, 29 | 30));
        self.side.groups.iter_mut().for_each(nist);
        self.side.groups13.iter_mut().for_each(nist);
        nist(&mut self.side.shares);
        self.assume("FIPS mode leaves out x25519, x448 and ChaCha20, and takes TLS 1.3 where it is on (not confirmed)");
    }

    /// TLS 1.3 that is on and has no suite is never chosen; a policy with it installs.
    fn without_idle_tls13(&mut self) {
        let side = &mut self.side;
        let on = side.versions.contains(&Protocol::Tls13);
        self.idle13 = on && side.suites_of(Protocol::Tls13).is_empty();
        if self.idle13 {
            side.versions.retain(|version| *version != Protocol::Tls13);
            self.assume("TLS 1.3 is on without a cipher suite of its own: it is never chosen, and as the only version it ends with 519 or 402");
        }
    }

    fn demand(view: &View<'_>, keyword: &str) -> Demand {
        match view.value(keyword) {
            Some(word) if word.eq_ignore_ascii_case("Required") => Demand::Required,
            Some(word) if word.eq_ignore_ascii_case("Off") => Demand::Off,
            _ => Demand::On,
        }
    }

    /// The indication of RFC 5746 is always shown; whether this side insists on the partner's. `Client`
    /// and `Server` are taken for the side that insists (not confirmed).
    fn insists(view: &View<'_>, word: &str) -> Demand {
        let insists = ["Both", word];
        match insists
            .iter()
            .any(|word| view.is("RenegotiationIndicator", word))
        {
            true => Demand::Required,
            false => Demand::On,
        }
    }

    fn as_client(&mut self, view: &View<'_>) {
        self.side.master_secret = Self::demand(view, "ClientExtendedMasterSecret");
        self.side.renegotiation = Self::insists(view, "Client");
        self.side.server_name = Self::demand(view, "ClientHandshakeSNI");
        self.assume("the partner's certificate stands the checks of the key ring, and is signed with a pair of `SignaturePairs`");
    }

    fn as_server(&mut self, view: &View<'_>) {
        self.side.master_secret = Self::demand(view, "ServerExtendedMasterSecret");
        self.side.renegotiation = Self::insists(view, "Server");
        self.side.server_name = match Self::demand(view, "ServerHandshakeSNI") {
            Demand::Required => Demand::Required,
            Demand::On | Demand::Off => Demand::On,
        };
        self.side.fallback = view.is("ServerScsv", "On");
        self.side.asks = match (self.role, view.value("ClientAuthType")) {
            (Role::ServerWithClientAuth, Some(word)) => {
                let optional = ["PassThru", "Full"].iter();
                match optional.clone().any(|one| one.eq_ignore_ascii_case(word)) {
                    true => Asks::Requested,
                    false => Asks::Required,
                }
            }
            (Role::ServerWithClientAuth, None) => Asks::Required,
            _ => Asks::No,
        };
        self.assume("the key ring is not known: an RSA and an ECDSA certificate are tried, each strong enough for the partner");
        if self.side.asks == Asks::Required {
            self.assume(match view.is("ClientAuthType", "SAFCheck") {
                true => "the client's certificate stands the checks of the key ring and belongs to a user id",
                false => "the client's certificate stands the checks of the key ring",
            });
        }
    }
}

/// Every parameter that is coded, with its place.
fn coded(view: &View<'_>) -> Vec<Coded> {
    let mut all: Vec<Coded> = Vec::new();
    for line in view.lines() {
        let name = line.row().name;
        // Lines of one parameter stand beside each other.
        if all.last().is_none_or(|last| last.name != name) {
            all.push(Coded {
                name,
                scope: line.scope,
                tag: view.tag(name),
            });
        }
    }
    all.sort_unstable_by_key(|coded| coded.name);
    all.dedup_by_key(|coded| coded.name);
    all
}

/// Hexadecimal codes as numbers.
fn numbers(codes: &[String]) -> Vec<u16> {
    let numbers = codes
        .iter()
        .filter_map(|code| u16::from_str_radix(code, 16).ok());
    numbers.collect()
}

/// Codes of curves as IANA's numbers.
fn groups(codes: &[String]) -> Vec<u16> {
    let known = codes.iter().filter_map(|code| curve_named(code));
    known.map(|curve| curve.iana).collect()
}
