//! The supplied library: address groups, dated security levels, traffic descriptors of common
//! applications. Data; a new backing store starts with it.
//!
//! Ports are the applications' documented or customary ones. Job names that differ by site are left
//! open, and the description says so.

use super::values::{Address, Ports};
use super::{
    AddressGroup, Direction, Entry, HandshakeRole, Object, ObjectId, PresetUse, SecurityLevel,
    Setting, Settings, Suites, TrafficDescriptor, TrafficRow, Versions,
};
use crate::policy::lookup::Pattern;

/// The date of the security levels that are supplied now.
pub const LEVELS_DATE: &str = "2026-06";

/// The level that a new protection starts from.
pub const DEFAULT_LEVEL: &str = "AT-TLS__Gold";

/// All supplied objects with the ids that they have in every store.
pub fn supplied() -> Vec<(ObjectId, Object)> {
    let groups = ADDRESS_GROUPS.iter().map(|(name, text, address)| {
        let group = AddressGroup {
            name: Entry::read(name),
            description: (*text).to_owned(),
            supplied: true,
            addresses: vec![Entry::Value(*address)],
            ..AddressGroup::default()
        };
        (id_of(name), Object::AddressGroup(group))
    });
    let levels = LEVELS
        .iter()
        .map(|level| (id_of(level.name), Object::SecurityLevel(level.object())));
    let traffic = APPLICATIONS.iter().map(|application| {
        (
            id_of(application.name),
            Object::TrafficDescriptor(application.object()),
        )
    });
    groups.chain(levels).chain(traffic).collect()
}

/// The id of a supplied object.
pub fn id_of(name: &str) -> ObjectId {
    ObjectId(format!("supplied.{name}"))
}

const ADDRESS_GROUPS: &[(&str, &str, Address)] = &[
    ("All_IPv4_Addresses", "Every IPv4 address.", Address::AllV4),
    ("All_IPv6_Addresses", "Every IPv6 address.", Address::AllV6),
    ("All_IP_Addresses", "Every address.", Address::All),
];

/// A supplied security level.
struct Level {
    name: &'static str,
    text: &'static str,
    protect: bool,
    versions: Versions,
    suites: &'static [&'static [&'static str]],
    groups: &'static [&'static str],
    fips: bool,
}

const TLS13: Versions = Versions {
    tls13: true,
    ..Versions::NONE
};
const TLS12: Versions = Versions {
    tls12: true,
    tls13: true,
    ..Versions::NONE
};
const TLS10: Versions = Versions {
    tls10: true,
    tls11: true,
    ..TLS12
};

const TLS13_SUITES: &[&str] = &["1302", "1301", "1303"];
const FORWARD_SECRECY: &[&str] = &["C02C", "C030", "C02B", "C02F"];
const CBC_AND_DHE: &[&str] = &["C024", "C028", "C023", "C027", "009F", "009E"];
const RSA_KEY_EXCHANGE: &[&str] = &["009D", "009C", "003D", "003C", "0035", "002F"];
const GROUPS: &[&str] = &["0023", "0024", "0025", "0029"];

const LEVELS: &[Level] = &[
    Level {
        name: "AT-TLS__Platinum",
        text: "TLS 1.3 only.",
        protect: true,
        versions: TLS13,
        suites: &[TLS13_SUITES],
        groups: GROUPS,
        fips: false,
    },
    Level {
        name: "AT-TLS__Gold",
        text: "TLS 1.3 and 1.2 with forward secrecy and authenticated encryption.",
        protect: true,
        versions: TLS12,
        suites: &[TLS13_SUITES, FORWARD_SECRECY],
        groups: GROUPS,
        fips: false,
    },
    Level {
        name: "AT-TLS__Silver",
        text: "As Gold, with older suites that keep forward secrecy.",
        protect: true,
        versions: TLS12,
        suites: &[TLS13_SUITES, FORWARD_SECRECY, CBC_AND_DHE],
        groups: GROUPS,
        fips: false,
    },
    Level {
        name: "AT-TLS__Bronze",
        text: "For old partners only: TLS 1.0 and 1.1 and RSA key exchange are on.",
        protect: true,
        versions: TLS10,
        suites: &[TLS13_SUITES, FORWARD_SECRECY, CBC_AND_DHE, RSA_KEY_EXCHANGE],
        groups: GROUPS,
        fips: false,
    },
    Level {
        name: "AT-TLS__FIPS",
        text: "As Gold with FIPS 140 on, without ChaCha20 and x25519.",
        protect: true,
        versions: TLS12,
        suites: &[&["1302", "1301"], FORWARD_SECRECY],
        groups: &["0023", "0024", "0025"],
        fips: true,
    },
    Level {
        name: "AT-TLS__No_Protection",
        text: "Leaves the traffic in the clear; for exceptions above a wider rule.",
        protect: false,
        versions: Versions::NONE,
        suites: &[],
        groups: &[],
        fips: false,
    },
];

impl Level {
    fn object(&self) -> SecurityLevel {
        let codes = |codes: &[&str]| {
            codes
                .iter()
                .map(|code| (*code).to_owned())
                .collect::<Vec<_>>()
        };
        let mut settings = Settings::new();
        if self.versions.tls13 {
            for list in [
                "ClientECurves",
                "ClientKeyShareGroups",
                "ServerKeyShareGroups",
            ] {
                settings.insert(
                    format!("TTLSSignatureParms.{list}"),
                    Setting::Many(codes(self.groups)),
                );
            }
        }
        if self.fips {
            settings.insert(
                "TTLSGroupAction.FIPS140".to_owned(),
                Setting::One("On".to_owned()),
            );
        }
        SecurityLevel {
            name: Entry::read(self.name),
            description: self.text.to_owned(),
            supplied: true,
            protect: self.protect,
            preset: Some(PresetUse {
                name: self.name.to_owned(),
                date: LEVELS_DATE.to_owned(),
                pinned: false,
            }),
            versions: self.versions,
            suites: Suites::List(codes(&self.suites.concat())),
            settings,
            ..SecurityLevel::default()
        }
    }
}

/// The supplied level of this name as it is now, to start from or to compare with.
pub fn preset(name: &str) -> Option<SecurityLevel> {
    LEVELS
        .iter()
        .find(|level| level.name == name)
        .map(Level::object)
}

/// The names of the supplied levels, strongest first.
pub fn presets() -> impl Iterator<Item = &'static str> {
    LEVELS.iter().map(|level| level.name)
}

/// An application that the guided start offers: its traffic descriptor and what to say about it.
#[derive(Debug)]
pub struct Application {
    /// The name of its traffic descriptor.
    pub name: &'static str,
    /// On its card.
    pub title: &'static str,
    /// Searched, too.
    pub words: &'static str,
    pub text: &'static str,
    /// Runs on z/OS, not on Linux.
    pub zos: bool,
    rows: &'static [Row],
}

#[derive(Debug)]
struct Row {
    local: &'static str,
    remote: &'static str,
    direction: Direction,
    job: &'static str,
    role: Option<HandshakeRole>,
    controlled: bool,
    secondary: bool,
}

const SERVER: Row = Row {
    local: "All",
    remote: "All",
    direction: Direction::Inbound,
    job: "*",
    role: None,
    controlled: false,
    secondary: false,
};
const CLIENT: Row = Row {
    direction: Direction::Outbound,
    ..SERVER
};

macro_rules! application {
    ($name:literal, $title:literal, $words:literal, zos $zos:literal, $text:literal, [$($row:expr),*]) => {
        Application { name: $name, title: $title, words: $words, text: $text, zos: $zos, rows: &[$($row),*] }
    };
}

const WITH_CLIENT_AUTH: Option<HandshakeRole> = Some(HandshakeRole::ServerWithClientAuth);

/// The applications with supplied traffic descriptors.
pub const APPLICATIONS: &[Application] = &[
    application!("MQ-Channel", "IBM MQ", "MQ queue manager channel initiator CHIN", zos true,
        "The listener of a queue manager; its job is the channel initiator, QMGRCHIN.",
        [Row { local: "1414", ..SERVER }]),
    application!("TN3270-Server", "TN3270", "3270 telnet terminal TSO x3270", zos true,
        "The TN3270 server; it asks for the handshake itself.",
        [Row { local: "23", job: "TN3270*", controlled: true, ..SERVER }, Row { local: "992", job: "TN3270*", controlled: true, ..SERVER }]),
    application!("FTP-Server", "FTP server", "file transfer FTPD", zos true,
        "The FTP daemon; data connections follow their control connection.",
        [Row { local: "21", job: "FTPD*", controlled: true, secondary: true, ..SERVER }]),
    application!("FTP-Client", "FTP client", "file transfer", zos true,
        "FTP clients of this system; data connections follow their control connection.",
        [Row { remote: "21", controlled: true, secondary: true, ..CLIENT }]),
    application!("DB2-Server", "Db2", "DB2 DDF DRDA DIST database", zos true,
        "The distributed data facility; its job is ssidDIST.",
        [Row { local: "446", ..SERVER }, Row { local: "448", ..SERVER }]),
    application!("DB2-Requester", "Db2 requester", "DB2 DRDA client database", zos true,
        "Db2 as a client of another Db2.",
        [Row { remote: "446", ..CLIENT }, Row { remote: "448", ..CLIENT }]),
    application!("CICS", "CICS", "CICS HTTP IPIC web transaction", zos true,
        "A CICS region's listeners; set the ports of your site.",
        [Row { job: "CICS*", ..SERVER }]),
    application!("IMS-Connect", "IMS Connect", "IMS HWS", zos true,
        "IMS Connect; set the ports of your site.",
        [Row { job: "HWS*", ..SERVER }]),
    application!("ZOS-Connect", "z/OS Connect", "zOSConnect REST API Liberty BAQ", zos true,
        "A z/OS Connect server whose HTTP port AT-TLS protects.",
        [Row { local: "9080", ..SERVER }]),
    application!("Message-Broker", "Message Broker", "Integration Bus ACE SOAP WebSphere", zos true,
        "SOAP nodes of a broker: input on 7800, requests to 7843.",
        [Row { local: "7800", ..SERVER }, Row { remote: "7843", ..CLIENT }]),
    application!("JES-NJE", "JES NJE", "JES2 network job entry", zos true,
        "NJE over TCP/IP, both ways.",
        [Row { local: "2252", job: "JES2S*", ..SERVER }, Row { remote: "2252", job: "JES2S*", ..CLIENT }]),
    application!("RACF-RRSF", "RACF RRSF", "remote sharing facility", zos true,
        "RACF remote sharing, both ways; RACF insists on client authentication.",
        [Row { local: "18136", job: "RACF", role: WITH_CLIENT_AUTH, ..SERVER }, Row { remote: "18136", job: "RACF", ..CLIENT }]),
    application!("CSSMTP", "CSSMTP", "mail SMTP STARTTLS", zos true,
        "The SMTP client of Communications Server.",
        [Row { remote: "25", job: "CSSMTP", controlled: true, ..CLIENT }, Row { remote: "587", job: "CSSMTP", controlled: true, ..CLIENT }]),
    application!("DCAS", "DCAS", "certificate access server passticket", zos true,
        "The Digital Certificate Access Server.",
        [Row { local: "8990", job: "DCAS", controlled: true, ..SERVER }]),
    application!("Centralized-Policy-Server", "Policy server", "PAGENT policy client", zos true,
        "A Policy Agent that serves other Policy Agents.",
        [Row { local: "16310", job: "PAGENT", ..SERVER }]),
    application!("NSS-Server", "NSS server", "network security services NSSD", zos true,
        "The network security services daemon.",
        [Row { local: "4159", job: "NSSD", ..SERVER }]),
    application!("LBA-Advisor", "Load Balancing Advisor", "LBADV SASP agent", zos true,
        "The advisor: 3860 for load balancers, 8100 for agents.",
        [Row { local: "3860", job: "LBADV*", role: WITH_CLIENT_AUTH, controlled: true, ..SERVER },
         Row { local: "8100", job: "LBADV*", role: WITH_CLIENT_AUTH, controlled: true, ..SERVER }]),
    application!("Syslogd-TLS", "syslogd", "syslog log", zos true,
        "syslogd over TLS, both ways.",
        [Row { local: "6514", job: "SYSLOGD*", ..SERVER }, Row { remote: "6514", job: "SYSLOGD*", ..CLIENT }]),
    application!("PostgreSQL", "PostgreSQL", "postgres database", zos false,
        "A PostgreSQL server's plain port.", [Row { local: "5432", ..SERVER }]),
    application!("MySQL", "MySQL", "mariadb database", zos false,
        "A MySQL server's plain port.", [Row { local: "3306", ..SERVER }]),
    application!("Redis", "Redis", "valkey cache", zos false,
        "A Redis server.", [Row { local: "6379", ..SERVER }]),
    application!("HTTP", "HTTP", "web server REST", zos false,
        "A web server's plain port.", [Row { local: "80", ..SERVER }]),
    application!("SMTP", "SMTP", "mail", zos false,
        "A mail server.", [Row { local: "25", ..SERVER }]),
    application!("IMAP", "IMAP", "mail", zos false,
        "A mail server's mailboxes.", [Row { local: "143", ..SERVER }]),
    application!("LDAP", "LDAP", "directory", zos false,
        "A directory server.", [Row { local: "389", ..SERVER }]),
    application!("Syslog", "syslog", "rsyslog journald log", zos false,
        "A syslog receiver: 514 plain, 6514 for TLS.", [Row { local: "514", ..SERVER }, Row { local: "6514", ..SERVER }]),
    application!("MQTT", "MQTT", "broker IoT mosquitto", zos false,
        "An MQTT broker.", [Row { local: "1883", ..SERVER }]),
    application!("AMQP", "AMQP", "broker rabbitmq", zos false,
        "An AMQP broker.", [Row { local: "5672", ..SERVER }]),
    application!("x3270-Client", "x3270 client", "3270 telnet terminal", zos false,
        "Terminal programs of this host that connect to a TN3270 server.",
        [Row { remote: "23", ..CLIENT }, Row { remote: "992", ..CLIENT }]),
];

/// The traffic of a program that waits for connections at a port: as a supplied descriptor has it
/// for this port and job, which may want the handshake to wait for the application; else any
/// connection to the port. An empty name is of a program that is not known.
pub fn row_of_listener(port: u16, program: &str) -> TrafficRow {
    let waits = |row: &TrafficRow| {
        row.direction == Direction::Inbound && row.local_port == Entry::Value(Ports::One(port))
    };
    let is_job = |row: &TrafficRow| {
        program.is_empty() || Pattern::from(row.jobname.to_string().as_str()).matches(program)
    };
    let supplied = APPLICATIONS.iter().flat_map(Application::rows);
    let known = supplied.into_iter().find(|row| waits(row) && is_job(row));
    known.unwrap_or_else(|| TrafficRow {
        local_port: Entry::Value(Ports::One(port)),
        direction: Direction::Inbound,
        ..TrafficRow::default()
    })
}

impl Application {
    fn object(&self) -> TrafficDescriptor {
        TrafficDescriptor {
            name: Entry::read(self.name),
            description: self.text.to_owned(),
            supplied: true,
            rows: self.rows.iter().map(Row::object).collect(),
            ..TrafficDescriptor::default()
        }
    }

    /// The rows of its traffic descriptor, to start from.
    pub fn rows(&self) -> Vec<TrafficRow> {
        self.object().rows
    }
}

impl Row {
    fn object(&self) -> TrafficRow {
        TrafficRow {
            local_port: Entry::read(self.local),
            remote_port: Entry::read(self.remote),
            direction: self.direction,
            jobname: Entry::read(self.job),
            userid: Entry::read("*"),
            role: self.role,
            application_controlled: self.controlled,
            secondary_map: self.secondary,
            ..TrafficRow::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn supplied_objects_have_valid_names_and_ids_of_their_own() {
        let all = supplied();
        let names: BTreeSet<_> = all
            .iter()
            .map(|(_, object)| (object.kind(), object.name().to_lowercase()))
            .collect();
        let ids: BTreeSet<_> = all.iter().map(|(id, _)| id).collect();
        assert_eq!(names.len(), all.len());
        assert_eq!(ids.len(), all.len());
        assert!(all.iter().all(|(_, object)| object.supplied()));
    }

    #[test]
    fn a_listener_has_the_row_of_its_application_and_job() {
        let ftp = row_of_listener(21, "FTPD1");
        assert!(ftp.application_controlled && ftp.secondary_map);
        assert!(row_of_listener(992, "").application_controlled);
        let other = row_of_listener(21, "VSFTPD");
        assert!(!other.application_controlled);
        assert_eq!(other.local_port, Entry::Value(Ports::One(21)));
        assert_eq!(other.direction, Direction::Inbound);
        assert_eq!(other.jobname, Entry::default());
    }

    #[test]
    fn the_supplied_rows_hold_nothing_that_is_no_value() {
        for application in APPLICATIONS {
            for row in application.rows() {
                assert!(
                    row.local_port.value().is_some() && row.jobname.value().is_some(),
                    "{}",
                    application.name
                );
            }
        }
    }
}
