#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;

use super::*;
use crate::check::check_file;
use crate::compile::tests::{configurations, worked_example};
use crate::compile::{Compiled, Header, compile};
use crate::objects::{Endpoint, Layout, MapUse, library};
use crate::policy::effective::{Parameter, Said};
use crate::policy::lookup::{Connection, Moment, Rule, rules};
use crate::policy::model::Policy;
use crate::policy::table::lists::suites_of_line;
use crate::policy::table::{Kind, Repeat};
use crate::policy::{Named, lower, parse};

struct Memory(HashMap<String, Vec<u8>>);

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.0
            .get(path)
            .cloned()
            .ok_or_else(|| "no such file".to_owned())
    }
}

fn id(text: &str) -> ObjectId {
    ObjectId(text.to_owned())
}

fn new_image() -> Target {
    Target::NewImage {
        name: "TCPIP".parse().unwrap(),
        image: "MVSA".parse().unwrap(),
        release: Release::default(),
    }
}

/// Takes over the policy of the first stack that a file leads to.
fn adopted(files: &[(&str, &str)], base: &Configuration, target: &Target) -> Adoption {
    let memory = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    let memory = Memory(memory.collect());
    let checked = check_file(files[0].0, &memory, Release::default());
    let main = (checked.kind == crate::check::FileKind::Configuration).then_some(files[0].0);
    let mut number = 0;
    let mut new_id = || {
        number += 1;
        id(&format!("new{number}"))
    };
    adopt(&checked.stacks[0], main, &memory, base, target, &mut new_id)
}

/// The policy of a file, taken over into an empty configuration and compiled again.
fn again(text: &str) -> (Configuration, Compiled) {
    let empty = Configuration::default();
    let adoption = adopted(&[("/p", text)], &empty, &new_image());
    let configuration = adoption.apply(&empty);
    let compiled = compile(&configuration, &adoption.stack, &Header::default()).unwrap();
    assert_eq!(compiled.unwritten, [], "{text}");
    (configuration, compiled)
}

fn text_of(configuration: &Configuration, stack: &ObjectId) -> String {
    let compiled = compile(configuration, stack, &Header::default()).unwrap();
    compiled.policy.text
}

#[test]
fn what_was_written_comes_back_byte_for_byte() {
    for layout in [Layout::Compact, Layout::Compatible] {
        let before = text_of(&worked_example(layout), &id("stack"));
        let (_, compiled) = again(&before);
        assert_eq!(compiled.policy.text, before);
    }
}

#[test]
fn in_its_own_store_nothing_changes() {
    for layout in [Layout::Compact, Layout::Compatible] {
        let mut base = worked_example(layout);
        base.objects.extend(library::supplied());
        let text = text_of(&base, &id("stack"));
        let adoption = adopted(&[("/p", &text)], &base, &Target::Stack(id("stack")));
        assert_eq!(adoption.changes, [], "{layout:?}");
    }
}

proptest! {
    #[test]
    fn any_written_text_comes_back(configuration in configurations()) {
        let compiled = compile(&configuration, &id("stack"), &Header::default()).unwrap();
        // What is refused is named in comments, and is in no rule.
        prop_assume!(compiled.unwritten.is_empty());
        let before = compiled.policy.text;
        let (_, compiled) = again(&before);
        same(&compiled.policy.text, &before);
        let adoption = adopted(&[("/p", &before)], &configuration, &Target::Stack(id("stack")));
        let after = text_of(&adoption.apply(&configuration), &id("stack"));
        same(&after, &before);
    }
}

/// What a rule does to a connection, in words that do not depend on how it is written.
fn meaning(named: &Named<'_>, rule: &Rule<'_>) -> Meaning {
    if named.protects(rule.statement) != Some(true) {
        return BTreeMap::new();
    }
    let parameters = named.effective(rule.statement, Release::default());
    let mut all: BTreeMap<_, _> = parameters
        .iter()
        .filter(|one| !one.row.secret && one.row.name != "GSK_LDAP_USER")
        .filter(|one| !matches!(one.row.kind, Kind::Suites(_)))
        .map(|one| (one.row.name, values(one)))
        .collect();
    let asks = all["HandshakeRole"] == ["ServerWithClientAuth"];
    all.retain(|name, values| {
        let says = values.iter().any(|value| !value.is_empty());
        says && (*name != "ClientAuthType" || asks)
    });
    all.insert("suites", suites(&parameters));
    all
}

fn values(parameter: &Parameter<'_>) -> Vec<String> {
    let canonical = |text: &str| {
        let word = parameter.row.canonical(text);
        word.map_or_else(|| text.to_owned(), |word| word.into_owned())
    };
    let coded: Vec<_> = match &parameter.said {
        None => parameter.default.into_iter().collect(),
        Some(said) => said.attributes.iter().map(|one| one.value()).collect(),
    };
    let count = match parameter.row.repeat {
        Repeat::Once => 1,
        Repeat::Concat | Repeat::List => coded.len(),
    };
    let last = &coded[coded.len().saturating_sub(count)..];
    last.iter().map(|text| canonical(text)).collect()
}

/// The suites of the narrowest action that names any.
fn suites(parameters: &[Parameter<'_>]) -> Vec<String> {
    let lists = parameters
        .iter()
        .filter(|one| matches!(one.row.kind, Kind::Suites(_)));
    let said: Vec<&Said<'_>> = lists
        .flat_map(|one| one.said.iter().chain(&one.beaten))
        .collect();
    let scope = said.iter().map(|said| said.scope as usize).min();
    let said = said
        .into_iter()
        .filter(|said| Some(said.scope as usize) == scope);
    let mut lines: Vec<_> = said.flat_map(|said| &said.attributes).collect();
    lines.sort_by_key(|line| line.tag);
    let codes = lines
        .into_iter()
        .flat_map(|line| match line.def().map(|row| row.kind) {
            Some(Kind::Suites(form)) => suites_of_line(line.value(), form),
            _ => Vec::new(),
        });
    let code = |suite: Result<&crate::policy::table::suites::CipherSuite, String>| {
        suite.map_or_else(|text| text, |suite| suite.code.to_owned())
    };
    codes.map(code).collect()
}

/// Connections at the edges of what rules take: one for each rule, and for each two that overlap.
fn connections(rules: &[Rule<'_>]) -> Vec<Connection> {
    let conditions: Vec<_> = rules
        .iter()
        .filter_map(|rule| rule.conditions.as_ref())
        .collect();
    let pairs = conditions
        .iter()
        .flat_map(|one| conditions.iter().map(move |two| (one, two)));
    pairs.filter_map(|(one, two)| one.common(two)).collect()
}

/// Every connection at an edge of one of two policies gets the same of both.
#[track_caller]
fn equivalent(before: &Policy, after: &Policy) {
    let changes = proof::changes(before, after, Release::default());
    let words = changes
        .found
        .iter()
        .map(|one| (one.connection.to_string(), &one.changes));
    let words: Vec<_> = words.collect();
    assert!(changes.is_none(), "{words:?} {}", changes.undecided.len());
    let (one, two) = (Named::of(before), Named::of(after));
    let (before, after) = (rules(before), rules(after));
    let mut connections = [connections(&before), connections(&after)].concat();
    let moments = [
        (11, 21, 2, 0),
        (11, 22, 12, 30),
        (2, 28, 23, 59),
        (6, 3, 9, 15),
    ];
    let timed: Vec<_> = connections
        .iter()
        .flat_map(|connection| {
            moments.map(|at| Connection {
                at: Some(moment(at)),
                ..connection.clone()
            })
        })
        .collect();
    connections.extend(timed);
    let means = |named: &Named<'_>, rules: &[Rule<'_>]| {
        let all = rules.iter().map(|rule| meaning(named, rule));
        all.collect::<Vec<_>>()
    };
    let (first, second) = (means(&one, &before), means(&two, &after));
    for connection in connections {
        let met = |rules: &[Rule<'_>]| {
            let mut rules = rules.iter();
            rules.position(|rule| rule.first_failure(&connection).is_none())
        };
        let one = met(&before).map(|at| &first[at]);
        let two = met(&after).map(|at| &second[at]);
        let apart = apart(one, two);
        assert!(apart.is_empty(), "{connection:?}: {apart:?}");
    }
}

/// Two texts are equal, or the first lines that differ.
#[track_caller]
fn same(one: &str, two: &str) {
    let lines: Vec<_> = [one, two]
        .map(|text| text.lines().collect::<Vec<_>>())
        .into();
    let at = lines[0]
        .iter()
        .zip(&lines[1])
        .take_while(|(one, two)| one == two)
        .count();
    let from = |lines: &[&str]| {
        lines[at.min(lines.len())..]
            .iter()
            .take(6)
            .map(|line| (*line).to_owned())
            .collect::<Vec<_>>()
    };
    assert!(
        one == two,
        "line {}: {:#?} and {:#?}",
        at + 1,
        from(&lines[0]),
        from(&lines[1])
    );
}

type Meaning = BTreeMap<&'static str, Vec<String>>;

/// What differs: each parameter with both values.
fn apart(one: Option<&Meaning>, two: Option<&Meaning>) -> Vec<String> {
    match (one, two) {
        (Some(one), Some(two)) => {
            let names: std::collections::BTreeSet<_> = one.keys().chain(two.keys()).collect();
            let apart = names
                .into_iter()
                .filter(|name| one.get(*name) != two.get(*name));
            apart
                .map(|name| format!("{name}: {:?} {:?}", one.get(name), two.get(name)))
                .collect()
        }
        (None, None) => Vec::new(),
        (one, two) => vec![format!("met: {} {}", one.is_some(), two.is_some())],
    }
}

fn moment((month, day, hour, minute): (u8, u8, u8, u8)) -> Moment {
    Moment {
        year: 2026,
        month,
        day,
        hour,
        minute,
        second: 0,
    }
}

fn policy(text: &str) -> Policy {
    lower(&parse(text.as_bytes()), "p").policy
}

#[test]
fn every_policy_of_the_corpus_means_the_same_as_objects() {
    let Some(policies) = crate::corpus::files(&["open/ttls"]) else {
        return;
    };
    let (mut files, mut taken) = (0, 0);
    for path in policies {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let empty = Configuration::default();
        let adoption = adopted(&[("/p", &text)], &empty, &new_image());
        let left_out = adoption
            .report
            .iter()
            .any(|line| line.what == What::LeftOut && line.text.starts_with("rule "));
        let configuration = adoption.apply(&empty);
        let compiled = compile(&configuration, &adoption.stack, &Header::default()).unwrap();
        files += 1;
        // Rules that refer to nothing, or values that are none: the report names them.
        if left_out || !compiled.unwritten.is_empty() {
            eprintln!(
                "{name}: left out {left_out}, unwritten {:?}",
                compiled.unwritten
            );
            continue;
        }
        taken += 1;
        eprintln!("{name}");
        equivalent(&policy(&text), &policy(&compiled.policy.text));
        let (_, twice) = again(&compiled.policy.text);
        assert_eq!(twice.policy.text, compiled.policy.text, "{name}");
    }
    assert!(files >= 25 && taken >= 15, "{taken} of {files}");
}

const GROUPS: &str = "\
# Ledger: everybody may come in
TTLSRule ledger-in
{
  LocalAddrGroupRef mesh
  LocalPortGroupRef ports
  RemotePortRange 1024-65535
  Direction Inbound
  Priority 50
  IpTimeConditionRef night
  IpTimeCondition
  {
    DayOfWeekMask 1000001
    TimeOfDayRange 01:00-02:00
    TimeOfDayRange 22:00-23:00
  }
  TTLSGroupActionRef on
  TTLSEnvironmentActionRef ledger-env
}
TTLSRule plain
{
  RemoteAddrRef monitor
  Direction Both
  Priority 900
  TTLSGroupActionRef off
}
IpTimeCondition night { }
IpAddr monitor
{
  Addr 198.51.100.9
}
IpAddrGroup mesh
{
  # the two old machines
  IpAddr
  {
    Addr 198.51.100.20
  }
  IpAddrSet
  {
    Prefix 2001:db8:40::/48
  }
}
PortGroup ports
{
  PortRange
  {
    Port 5100
  }
  PortRangeRef more
}
PortRange more
{
  Port 5200-5209
}
TTLSGroupAction on
{
  TTLSEnabled On
  Trace 6
  TTLSGroupAdvancedParms
  {
    SecondaryMap On
    SyslogFacility Auth
  }
}
TTLSGroupAction off
{
  TTLSEnabled Off
  Trace 6
}
# how the ledger speaks
TTLSEnvironmentAction ledger-env
{
  HandshakeRole ServerWithClientAuth
  TTLSKeyringParms
  {
    Keyring LEDGSRV/TLSRING
  }
  TTLSCipherParms
  {
    V3CipherSuites4Char 13021301
    V3CipherSuites TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
  }
  TTLSEnvironmentAdvancedParms
  {
    TLSv1.2 On
    TLSv1.3 On
    ClientAuthType safcheck
    HandshakeTimeout 20
  }
}
TTLSKeyringParms spare
{
  Keyring A/B
}
SomeOther thing
{
  What ever
}
";

#[test]
fn groups_times_and_inline_blocks_become_objects() {
    let text = GROUPS.replace("night { }", "night\n{\n  MonthOfYearMask 000000000001\n}");
    let empty = Configuration::default();
    let adoption = adopted(&[("/p", &text)], &empty, &new_image());
    let configuration = adoption.apply(&empty);
    let compiled = compile(&configuration, &adoption.stack, &Header::default()).unwrap();
    assert_eq!(compiled.unwritten, []);
    equivalent(&policy(&text), &policy(&compiled.policy.text));
    let objects: Vec<_> = adoption
        .changes
        .iter()
        .filter_map(|(_, object)| object.as_ref())
        .collect();
    let mut names: Vec<_> = objects
        .iter()
        .map(|object| format!("{} {}", object.kind().word(), object.name()))
        .collect();
    names.sort();
    insta::assert_snapshot!(format!("{}\n\n{}", names.join("\n"), report(&adoption)));
    let about = |kind: crate::objects::Kind, name: &str| {
        let found = objects
            .iter()
            .find(|object| object.kind() == kind && object.name() == name);
        found.map(|object| object.description())
    };
    use crate::objects::Kind::{AddressGroup, Rule, SecurityLevel};
    assert_eq!(
        about(Rule, "ledger-in"),
        Some("Ledger: everybody may come in")
    );
    assert_eq!(about(AddressGroup, "mesh"), Some("the two old machines"));
    assert_eq!(
        about(SecurityLevel, "ledger-env"),
        Some("how the ledger speaks")
    );
    let (_, twice) = again(&compiled.policy.text);
    assert_eq!(twice.policy.text, compiled.policy.text);
}

fn report(adoption: &Adoption) -> String {
    let lines = adoption.report.iter().map(|line| {
        let at = match &line.place {
            crate::finding::Place::Text { file, start, .. } => format!("{file}:{start}"),
            crate::finding::Place::Field { object, .. } => object.0.clone(),
        };
        format!("{}: {at}: {}", line.what.title(), line.text)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn equal_definitions_become_one_object_also_those_that_are_there() {
    let rule = |name: &str, port: u16, env: &str| {
        format!(
            "TTLSRule {name}\n{{\n LocalPortRange {port}\n Direction Inbound\n TTLSGroupActionRef G{name}\n TTLSEnvironmentActionRef {env}\n}}\nTTLSGroupAction G{name}\n{{\n TTLSEnabled On\n}}\n"
        )
    };
    let env = |name: &str| {
        format!(
            "TTLSEnvironmentAction {name}\n{{\n HandshakeRole Server\n TTLSKeyringParms\n {{\n  Keyring A/B\n }}\n TTLSCipherParms\n {{\n  V3CipherSuites4Char C02CC030\n }}\n TTLSEnvironmentAdvancedParms\n {{\n  TLSv1 Off\n  TLSv1.1 Off\n  TLSv1.2 On\n }}\n}}\n"
        )
    };
    let text = [
        rule("one", 1001, "e1"),
        rule("two", 1002, "e2"),
        env("e1"),
        env("e2"),
    ]
    .concat();
    let (configuration, _) = again(&text);
    let levels = configuration.of_kind(crate::objects::Kind::SecurityLevel);
    assert_eq!(levels.len(), 1);
    let mut base = worked_example(Layout::Compact);
    base.objects.extend(library::supplied());
    let target = Target::NewStack {
        name: "TCPIP2".parse().unwrap(),
        image: id("image"),
    };
    let adoption = adopted(&[("/p", &text)], &base, &target);
    let made = |kind| {
        adoption
            .changes
            .iter()
            .filter_map(|(_, object)| object.as_ref())
            .filter(move |object| object.kind() == kind)
            .count()
    };
    assert_eq!(
        made(crate::objects::Kind::SecurityLevel),
        0,
        "GOLD12 says the same"
    );
    assert_eq!(made(crate::objects::Kind::Rule), 2);
    assert_eq!(made(crate::objects::Kind::Image), 0);
}

#[test]
fn an_edit_on_the_target_comes_back_as_that_edit() {
    let base = worked_example(Layout::Compact);
    let text = text_of(&base, &id("stack"));
    let edited = text.replace(
        "LocalPortRange                  1414",
        "LocalPortRange                  1499",
    );
    assert_ne!(edited, text);
    let adoption = adopted(&[("/p", &edited)], &base, &Target::Stack(id("stack")));
    let after = adoption.apply(&base);
    assert_eq!(text_of(&after, &id("stack")).matches("1499").count(), 1);
    let kinds: Vec<_> = adoption
        .changes
        .iter()
        .map(|(_, object)| object.as_ref().map(Object::kind))
        .collect();
    assert_eq!(
        kinds,
        [
            Some(crate::objects::Kind::TrafficDescriptor),
            Some(crate::objects::Kind::Rule)
        ]
    );
    let Some(Object::Rule(rule)) = after.get(&id("rule")) else {
        panic!("the rule has its id")
    };
    assert_eq!(rule.local, Endpoint::Group(id("group")));
    assert!(matches!(rule.map, MapUse::Own(_)));
}

#[test]
fn a_rule_that_the_file_lost_is_removed_and_one_that_it_gained_is_in_its_place() {
    let base = worked_example(Layout::Compact);
    let text = text_of(&base, &id("stack"));
    let new = "TTLSRule first\n{\n RemoteAddr 10.9.9.9\n Direction Inbound\n Priority 2000000000\n TTLSGroupActionRef off\n}\nTTLSGroupAction off\n{\n TTLSEnabled Off\n}\n";
    let with = [&text, new].concat();
    let adoption = adopted(&[("/p", &with)], &base, &Target::Stack(id("stack")));
    let after = adoption.apply(&base);
    let names: Vec<_> = after
        .rules_of(&id("stack"))
        .into_iter()
        .map(|(_, rule)| rule.name.to_string())
        .collect();
    assert_eq!(names, ["first", "MQ_IN"]);
    equivalent(&policy(&with), &policy(&text_of(&after, &id("stack"))));
    let adoption = adopted(&[("/p", new)], &after, &Target::Stack(id("stack")));
    assert!(adoption.changes.contains(&(id("rule"), None)));
    assert!(
        adoption
            .report
            .iter()
            .any(|line| line.what == What::Removed)
    );
}

#[test]
fn what_stands_beside_the_policy_is_kept() {
    let files = [
        (
            "/etc/pagent.conf",
            "LogLevel 511\nCodepage IBM-1047\nTcpImage TCPIP /etc/t.conf NOFLUSH NOPURGE 600\n",
        ),
        (
            "/etc/t.conf",
            "# filters\nIPSecConfig /etc/ipsec.policy\nTTLSConfig /etc/t.ttls NOPURGE\n",
        ),
        (
            "/etc/t.ttls",
            "TTLSRule A\n{\n LocalPortRange 23\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
        ),
    ];
    let empty = Configuration::default();
    let adoption = adopted(&files, &empty, &new_image());
    let configuration = adoption.apply(&empty);
    let compiled = compile(&configuration, &adoption.stack, &Header::default()).unwrap();
    assert_eq!(compiled.main.path, "/etc/pagent.conf");
    assert_eq!(
        compiled.main.text,
        "TcpImage TCPIP /etc/t.conf NOFLUSH NOPURGE 600\nLogLevel 511\nCodepage IBM-1047\n"
    );
    assert_eq!(compiled.image.path, "/etc/t.conf");
    assert_eq!(
        compiled.image.text,
        "TTLSConfig /etc/t.ttls NOPURGE\n## filters\nIPSecConfig /etc/ipsec.policy\n"
    );
    assert_eq!(compiled.policy.path, "/etc/t.ttls");
    for file in [&compiled.main, &compiled.image] {
        assert_eq!(file.text.lines().count(), file.origins.len());
        assert!(
            file.origins.iter().skip(1).all(Option::is_some),
            "{}",
            file.text
        );
    }
}

#[test]
fn passwords_are_not_kept() {
    let text = GROUPS
        .replace(
            "Keyring LEDGSRV/TLSRING",
            "Keyring /etc/mq.kdb\n    KeyringPw geheim",
        )
        .replace("night { }", "night\n{\n}");
    let empty = Configuration::default();
    let adoption = adopted(&[("/p", &text)], &empty, &new_image());
    assert!(!format!("{adoption:?}").contains("geheim"));
    assert!(
        adoption
            .report
            .iter()
            .any(|line| line.what == What::LeftOut && line.text.contains("KeyringPw"))
    );
}

/// Policies of hand-written form: shared and inline blocks, any names, overlapping rules.
fn handwritten() -> impl Strategy<Value = String> {
    let conditions = (
        prop_oneof![
            Just(""),
            Just(" LocalPortRange 23\n"),
            Just(" LocalPortRange 20-30\n"),
            Just(" LocalPortGroupRef PG\n"),
            Just(" RemotePortRange 23\n")
        ],
        prop_oneof![
            Just(""),
            Just(" RemoteAddr 10.0.0.0/8\n"),
            Just(" RemoteAddrRef A1\n"),
            Just(" RemoteAddrGroupRef AG\n"),
            Just(" LocalAddr 10.1.1.1-10.1.1.9\n")
        ],
        prop_oneof![Just(""), Just(" Jobname FTP*\n"), Just(" Userid WEB\n")],
        prop_oneof![Just("Inbound"), Just("Outbound"), Just("Both")],
        prop_oneof![
            Just(""),
            Just(" IpTimeConditionRef T1\n"),
            Just(
                " IpTimeCondition\n {\n  DayOfWeekMask 0111110\n  TimeOfDayRange 08:00-18:00\n }\n"
            )
        ],
        0..4usize,
        0..3usize,
        0..4usize,
        1..4u32,
    );
    let advanced = proptest::collection::vec(
        prop_oneof![
            Just(" HandshakeTimeout 20\n"),
            Just(" Renegotiation All\n"),
            Just(" TLSv1.3 On\n"),
            Just(" TLSv1.2 on\n"),
            Just(" TLSv1 Off\n"),
            Just(" SecondaryMap On\n"),
            Just(" ApplicationControlled On\n"),
            Just(" CertificateLabel My Label\n"),
            Just(" ClientAuthType Full\n"),
            Just(" ServerCertificateLabel A\n ServerCertificateLabel B C\n"),
            Just(" ResetCipherTimer 5\n"),
        ],
        0..4,
    );
    let group = (
        prop_oneof![Just("On"), Just("on"), Just("Off")],
        prop_oneof![
            Just(""),
            Just(" Trace 6\n"),
            Just(" Trace 255\n CtraceClearText On\n"),
            Just(" FIPS140 On\n"),
            Just(" TTLSGroupAdvancedParms\n {\n  SyslogFacility Auth\n }\n")
        ],
    );
    let role = prop_oneof![Just("Server"), Just("client"), Just("ServerWithClientAuth")];
    let ciphers = prop_oneof![
        Just(""),
        Just(" TTLSCipherParmsRef CP\n"),
        Just(
            " TTLSCipherParms\n {\n  V3CipherSuites TLS_AES_128_GCM_SHA256\n  V3CipherSuites4Char C02C\n }\n"
        )
    ];
    let environment = (
        role.clone(),
        advanced.clone(),
        ciphers.clone(),
        prop_oneof![Just("A/B"), Just("C/D")],
    );
    let connection = (
        proptest::option::of(role),
        advanced,
        ciphers,
        prop_oneof![Just(""), Just(" Trace 4\n")],
    );
    (proptest::collection::vec(conditions, 1..6), [group.clone(), group.clone(), group], [environment.clone(), environment], [connection.clone(), connection.clone(), connection]).prop_map(|(rules, groups, environments, connections)| {
        let mut text = String::from("IpAddr A1\n{\n Addr 10.2.2.2\n}\nIpAddrGroup AG\n{\n IpAddrRef A1\n IpAddr\n {\n  Addr 2001:db8::1\n }\n}\nPortGroup PG\n{\n PortRange\n {\n  Port 21\n }\n PortRange\n {\n  Port 990\n }\n}\nIpTimeCondition T1\n{\n MonthOfYearMask 110000000011\n}\nTTLSCipherParms CP\n{\n V3CipherSuites TLS_RSA_WITH_AES_128_CBC_SHA\n}\n");
        for (number, (ports, addresses, owner, direction, time, group, environment, connection, priority)) in rules.into_iter().enumerate() {
            text.push_str(&format!("TTLSRule r{number}\n{{\n{ports}{addresses}{owner} Direction {direction}\n Priority {priority}\n{time} TTLSGroupActionRef g{}\n TTLSEnvironmentActionRef e{}\n", group.min(2), environment.min(1)));
            if connection < 3 {
                text.push_str(&format!(" TTLSConnectionActionRef c{connection}\n"));
            }
            text.push_str("}\n");
        }
        for (number, (enabled, more)) in groups.iter().enumerate() {
            text.push_str(&format!("TTLSGroupAction g{number}\n{{\n TTLSEnabled {enabled}\n{more}}}\n"));
        }
        for (number, (role, advanced, ciphers, ring)) in environments.iter().enumerate() {
            text.push_str(&format!("TTLSEnvironmentAction e{number}\n{{\n HandshakeRole {role}\n{ciphers} TTLSKeyringParms\n {{\n  Keyring {ring}\n }}\n TTLSEnvironmentAdvancedParms\n {{\n{}}}\n}}\n", advanced.concat()));
        }
        for (number, (role, advanced, ciphers, trace)) in connections.iter().enumerate() {
            let role = role.map_or(String::new(), |role| format!(" HandshakeRole {role}\n"));
            text.push_str(&format!("TTLSConnectionAction c{number}\n{{\n{role}{trace}{ciphers} TTLSConnectionAdvancedParms\n {{\n{}}}\n}}\n", advanced.concat()));
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_handwritten_policy_means_the_same_as_objects(text in handwritten()) {
        let (_, compiled) = again(&text);
        equivalent(&policy(&text), &policy(&compiled.policy.text));
        let (_, twice) = again(&compiled.policy.text);
        same(&twice.policy.text, &compiled.policy.text);
    }
}
