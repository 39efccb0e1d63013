//! What counts for a rule, as a plan for TLS.

use std::time::Duration;

use generator::analysis::handshake::{self, Demand, Settings, certificate_labels};
use generator::policy::table::suites::{Protocol, suite_by_number};
use generator::policy::{Named, Release, ResolvedStack, Statement, Tag, View};

use super::remark::Remark;
use crate::support;
use crate::tls::{
    Allowed, Cache, ClientAuth, Fragments, Hosts, Least, Plan, Renegotiation, Revocation, Role,
    ServerName, SuiteB, Tickets, Users, has_suite, has_version,
};

/// Every curve that can be named, the most usual first.
const ALL_CURVES: [u16; 7] = [23, 24, 25, 29, 30, 21, 19];

/// A rule whose parameters are known.
pub struct Effective<'p> {
    view: View<'p>,
    stack: &'p ResolvedStack,
}

impl<'p> Effective<'p> {
    pub fn of(
        stack: &'p ResolvedStack,
        named: &Named<'p>,
        rule: &'p Statement,
        release: Release,
    ) -> Self {
        Self {
            view: View::of(named, rule, release),
            stack,
        }
    }

    /// What counts and is refused. Of a rule that leaves connections in the clear nothing is asked.
    pub fn refused(&self) -> Vec<Remark> {
        let refused = self.view.lines().filter_map(|line| {
            let (def, row) = (line.block.def()?, line.attribute.def()?);
            let value = line.attribute.value();
            let why = support::standing(def.name, row.name)?.refuses(row, value)?;
            let shown = if row.secret { "********" } else { value };
            let words = format!("`{} {shown}` is not done by this engine: {why}", row.name);
            Some(Remark::error(self.place(line.attribute.tag), "", words))
        });
        refused.collect()
    }

    /// How long a handshake may take.
    pub fn handshake(&self) -> Option<Duration> {
        let seconds = self.number("HandshakeTimeout").unwrap_or(10);
        (seconds > 0).then(|| Duration::from_secs(u64::from(seconds)))
    }

    /// The program starts and stops TLS.
    pub fn is_controlled(&self) -> bool {
        self.view.is("ApplicationControlled", "On")
    }

    /// Later connections between the same two are treated alike.
    pub fn has_secondary(&self) -> bool {
        self.view.is("SecondaryMap", "On")
    }

    /// Traces may keep what programs say.
    pub fn shows_clear_text(&self) -> bool {
        self.view.is("CtraceClearText", "On")
    }

    pub fn trace(&self) -> u8 {
        self.number("Trace")
            .and_then(|bits| u8::try_from(bits).ok())
            .unwrap_or(2)
    }

    /// Where the key ring is named.
    pub fn keyring_place(&self) -> String {
        self.place(self.view.tag("Keyring"))
    }

    /// Where it is said what is demanded of clients.
    pub fn client_auth_place(&self) -> String {
        self.place(self.view.tag("ClientAuthType"))
    }

    /// The plan for TLS, and what of the policy it leaves out.
    pub fn plan(&self) -> (Plan, Vec<Remark>) {
        let settings = Settings::of(&self.view);
        let mut remarks = Vec::new();
        let role = match settings.is_client() {
            true => Role::Client,
            false => Role::Server,
        };
        let mut side = settings.side;
        side.versions.retain(|version| *version != Protocol::SslV2);
        if self.view.coded("SSLv3").is_none() && !has_version(Protocol::SslV3) {
            // On by default through V2R1; who did not ask for it does not miss it.
            side.versions.retain(|version| *version != Protocol::SslV3);
        }
        let suite_b = self.suite_b(&mut side, &mut remarks);
        self.say_missing_suites(&side.suites, &mut remarks);
        if side.versions.contains(&Protocol::SslV3) {
            let words = "SSL V3 is on, a protocol with known attacks";
            let place = self.place(self.view.tag("SSLv3"));
            remarks.push(Remark::warning(place, "", words));
        }
        let certificate_signatures = self.certificate_signatures(&side);
        let plan = Plan {
            role,
            client_auth: self.client_auth(settings.role),
            groups: groups(&side, role),
            versions: side.versions,
            suites: side.suites,
            certificate_signatures,
            signatures: side.signatures.unwrap_or_default(),
            keyring: self.view.value("Keyring").unwrap_or_default().to_owned(),
            labels: certificate_labels(&self.view, role == Role::Client),
            server_name: self.server_name(role),
            hosts: Hosts {
                dns: self.list("HostReferenceIdDNS"),
                common_names: self.list("HostReferenceIdCN"),
                wildcards: self.view.is("HostRefWildcardValidation", "On"),
            },
            cache: Cache {
                size: self.number("GSK_V3_SIDCACHE_SIZE").unwrap_or(512),
                seconds: self.number("GSK_V3_SESSION_TIMEOUT").unwrap_or(86400),
            },
            tickets: self.tickets(),
            least: self.least(),
            dh2048: self.view.is("ServerEDHGroupSize", "2048"),
            middlebox: self.view.is("MiddleBoxCompatMode", "On"),
            master_secret: side.master_secret,
            renegotiation: Renegotiation {
                allowed: self.allowed(),
                indicated: side.renegotiation == Demand::Required,
                same_certificate: self.view.is("RenegotiationCertCheck", "On"),
            },
            renewal: self.renewal(role),
            fragments: self.fragments(role),
            suite_b,
            fips: !self.is_off("FIPS140"),
            revocation: self.revocation(),
            staples: role == Role::Server && !self.is_off("OcspServerStapling"),
            users: Users::default(),
        };
        (plan, remarks)
    }

    /// What the same says of handshakes, as far as this engine does it.
    pub fn foretold(&self, plan: &Plan) -> Settings {
        let mut settings = Settings::of(&self.view);
        settings.side.versions.clone_from(&plan.versions);
        settings.side.suites.retain(|suite| has_suite(*suite));
        settings.without_places()
    }

    /// Puts what a profile allows in the place of suites, groups and signatures. One list of each serves all
    /// versions: TLS 1.3 has the groups and signatures of the profile as well, and older versions, which have
    /// suites that TLS 1.2 would take then, are off.
    fn suite_b(&self, side: &mut handshake::Side, remarks: &mut Vec<Remark>) -> Option<SuiteB> {
        let profile = side.profile_of(Protocol::Tls12)?;
        if !side.versions.contains(&Protocol::Tls12) {
            return None;
        }
        let before = side.versions.len();
        side.versions.retain(|version| *version >= Protocol::Tls12);
        if side.versions.len() < before {
            let words =
                "versions before TLS 1.2 are off, as the Suite B profile has no suite for them";
            let place = self.place(self.view.tag("SuiteBProfile"));
            remarks.push(Remark::warning(place, "", words));
        }
        side.suites.retain(|suite| suite >> 8 == 0x13);
        side.suites.extend(profile.suites);
        let groups = Some(profile.groups.to_vec());
        (side.groups, side.groups13) = (groups.clone(), groups);
        side.shares = profile.groups.iter().take(1).copied().collect();
        side.signatures = Some(profile.signatures.to_vec());
        Some(match profile.groups {
            [23] => SuiteB::Only128,
            [24] => SuiteB::Only192,
            _ => SuiteB::Both,
        })
    }

    /// `SignaturePairs` stands for both where nothing is said of certificates.
    fn certificate_signatures(&self, side: &handshake::Side) -> Vec<u16> {
        let codes = self.view.codes("SignaturePairsCert").into_iter();
        let coded: Vec<_> = codes
            .filter_map(|code| u16::from_str_radix(&code, 16).ok())
            .collect();
        match coded.is_empty() {
            true => side.signatures.clone().unwrap_or_default(),
            false => coded,
        }
    }

    fn allowed(&self) -> Allowed {
        match self.view.value("Renegotiation") {
            Some(word) if word.eq_ignore_ascii_case("Disabled") => Allowed::Nobody,
            Some(word) if word.eq_ignore_ascii_case("All") => Allowed::Anybody,
            _ => Allowed::Secure,
        }
    }

    /// Only the client of a handshake can renew.
    fn renewal(&self, role: Role) -> Option<Duration> {
        let minutes = self.number("ResetCipherTimer").unwrap_or(0);
        let on = role == Role::Client && minutes > 0;
        on.then(|| Duration::from_secs(u64::from(minutes) * 60))
    }

    fn fragments(&self, role: Role) -> Fragments {
        let (keyword, length) = match role {
            Role::Client => ("ClientMaxSSLFragment", "ClientMaxSSLFragmentLength"),
            Role::Server => ("ServerMaxSSLFragment", ""),
        };
        if self.is_off(keyword) {
            return Fragments::default();
        }
        Fragments {
            asked: self
                .number(length)
                .and_then(|bytes| u16::try_from(bytes).ok()),
            required: self.view.is(keyword, "Required"),
        }
    }

    fn revocation(&self) -> Option<Revocation> {
        if !self.view.is("HttpCdpEnable", "On") {
            return None;
        }
        Some(match self.view.value("RevocationSecurityLevel") {
            Some(word) if word.eq_ignore_ascii_case("Low") => Revocation::Low,
            Some(word) if word.eq_ignore_ascii_case("High") => Revocation::High,
            _ => Revocation::Medium,
        })
    }

    fn is_off(&self, keyword: &str) -> bool {
        let word = self.view.value(keyword);
        word.is_none_or(|word| word.eq_ignore_ascii_case("Off"))
    }

    fn say_missing_suites(&self, suites: &[u16], remarks: &mut Vec<Remark>) {
        let missing = suites.iter().filter(|number| !has_suite(**number));
        let missing: Vec<_> = missing
            .filter_map(|number| suite_by_number(*number))
            .map(|suite| suite.name)
            .collect();
        let coded = generator::policy::SUITES
            .iter()
            .find_map(|name| self.view.coded(name));
        if let (Some(tag), false) = (coded, missing.is_empty()) {
            let words = format!(
                "left out, as the OpenSSL of this engine does not have them: {}",
                missing.join(", ")
            );
            remarks.push(Remark::warning(self.place(tag), "", words));
        }
    }

    fn client_auth(&self, role: handshake::Role) -> ClientAuth {
        if role != handshake::Role::ServerWithClientAuth {
            return ClientAuth::No;
        }
        match self.view.value("ClientAuthType") {
            Some(word) if word.eq_ignore_ascii_case("PassThru") => ClientAuth::PassThru,
            Some(word) if word.eq_ignore_ascii_case("Full") => ClientAuth::Full,
            Some(word) if word.eq_ignore_ascii_case("SAFCheck") => ClientAuth::User,
            _ => ClientAuth::Required,
        }
    }

    fn server_name(&self, role: Role) -> ServerName {
        match role {
            Role::Client if !self.view.is("ClientHandshakeSNI", "Off") => ServerName {
                sent: self.list("ClientHandshakeSNIList").into_iter().next(),
                ..ServerName::default()
            },
            Role::Server if !self.view.is("ServerHandshakeSNI", "Off") => {
                let lines = self.list("ServerHandshakeSNIList").into_iter();
                let known = lines.filter_map(|line| {
                    let (host, label) = line.split_once('/')?;
                    Some((host.to_owned(), label.to_owned()))
                });
                ServerName {
                    sent: None,
                    known: known.collect(),
                    required: self.view.is("ServerHandshakeSNI", "Required"),
                    must_match: self.view.is("ServerHandshakeSNIMatch", "Required"),
                }
            }
            Role::Client | Role::Server => ServerName::default(),
        }
    }

    fn tickets(&self) -> Tickets {
        let count = match self.view.is("GSK_SESSION_TICKET_SERVER_ENABLE", "Off") {
            true => 0,
            false => self.number("GSK_SESSION_TICKET_SERVER_COUNT").unwrap_or(2),
        };
        Tickets {
            count: u8::try_from(count).unwrap_or(u8::MAX),
            seconds: self
                .number("GSK_SESSION_TICKET_SERVER_TIMEOUT")
                .unwrap_or(300),
            used: !self.view.is("GSK_SESSION_TICKET_CLIENT_ENABLE", "Off"),
        }
    }

    fn least(&self) -> Least {
        let bits = |name: &str| self.number(name).unwrap_or(0);
        Least {
            rsa: bits("PeerMinRsaKeySize"),
            ec: bits("PeerMinECCKeySize"),
            dsa: bits("PeerMinDsaKeySize"),
            dh: bits("PeerMinDHKeySize"),
            ephemeral: match self.view.is("ClientEDHGroupSize", "2048") {
                true => 2048,
                false => 1024,
            },
            version3: self.view.is("PeerMinCertVersion", "3"),
        }
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.view.value(name)?.parse().ok()
    }

    /// The lines of a parameter that may have several.
    fn list(&self, name: &str) -> Vec<String> {
        let lines = self.view.said(name).iter();
        lines
            .map(|line| line.attribute.value().to_owned())
            .collect()
    }

    pub fn place(&self, tag: Tag) -> String {
        let found = self.stack.origins.line(tag);
        found.map_or_else(String::new, |(file, line)| format!("{file}:{line}"))
    }
}

/// The groups of all versions in one list, as OpenSSL has one: those of TLS 1.3 first. `None`: any.
fn groups(side: &handshake::Side, role: Role) -> Option<Vec<u16>> {
    let new = side.versions.contains(&Protocol::Tls13);
    let old = side
        .versions
        .iter()
        .any(|version| *version < Protocol::Tls13);
    let mut groups = Vec::new();
    let mut add = |more: &[u16]| {
        for group in more {
            if !groups.contains(group) {
                groups.push(*group);
            }
        }
    };
    match role {
        Role::Client => {
            if new {
                add(&side.shares);
            }
            add(side.groups.as_deref()?);
        }
        Role::Server => {
            if new {
                add(side.groups13.as_deref().unwrap_or(&ALL_CURVES));
            }
            if old {
                match (&side.groups, new) {
                    (Some(curves), _) => add(curves),
                    (None, true) => add(&ALL_CURVES),
                    (None, false) => return None,
                }
            }
        }
    }
    Some(groups)
}

/// Whether a plan has TLS 1.3 and no group for it, which System SSL ends with a code of its own.
pub fn lacks_key_share(plan: &Plan) -> bool {
    plan.versions.contains(&Protocol::Tls13) && plan.groups.as_ref().is_some_and(Vec::is_empty)
}
