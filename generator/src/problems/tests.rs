#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use crate::objects::*;

use super::*;

fn id(text: &str) -> ObjectId {
    ObjectId(text.to_owned())
}

/// A stack with one rule that everything is right with.
fn good() -> Configuration {
    let row = TrafficRow {
        local_port: "1414".into(),
        direction: Direction::Inbound,
        ..TrafficRow::default()
    };
    let objects: [(&str, Object); 8] = [
        (
            "group",
            Group {
                name: "PLEX".into(),
                ..Group::default()
            }
            .into(),
        ),
        (
            "image",
            Image {
                name: "MVSA".into(),
                group: Some(id("group")),
                keyring: "START1/RING".into(),
                ..Image::default()
            }
            .into(),
        ),
        (
            "stack",
            Stack {
                name: "TCPIP".into(),
                image: Some(id("image")),
                ..Stack::default()
            }
            .into(),
        ),
        (
            "addresses",
            AddressGroup {
                name: "AG".into(),
                addresses: vec!["10.1.1.2".into(), "10.2.0.0/16".into()],
                ..AddressGroup::default()
            }
            .into(),
        ),
        (
            "traffic",
            TrafficDescriptor {
                name: "MQ".into(),
                rows: vec![row],
                ..TrafficDescriptor::default()
            }
            .into(),
        ),
        (
            "level",
            SecurityLevel {
                name: "GOLD13".into(),
                ..SecurityLevel::default()
            }
            .into(),
        ),
        (
            "map",
            RequirementMap {
                name: "MAP".into(),
                mappings: vec![Mapping {
                    traffic: Some(id("traffic")),
                    level: Some(id("level")),
                }],
                ..RequirementMap::default()
            }
            .into(),
        ),
        (
            "rule",
            Rule {
                name: "MQ_IN".into(),
                owner: Some(id("stack")),
                local: Endpoint::Group(id("addresses")),
                map: MapUse::Shared(id("map")),
                ..Rule::default()
            }
            .into(),
        ),
    ];
    objects
        .into_iter()
        .map(|(key, object)| (id(key), object))
        .collect()
}

/// The codes that a change to one object brings, each with its field.
fn codes(object: &str, change: impl FnOnce(&mut Object)) -> Vec<(String, String)> {
    let mut configuration = good();
    change(configuration.objects.get_mut(&id(object)).unwrap());
    problems(&configuration)
        .into_iter()
        .map(|finding| match &finding.place {
            Place::Field { field, .. } => (finding.page.code.to_owned(), field.0.clone()),
            Place::Text { .. } => unreachable!("objects have fields"),
        })
        .collect()
}

macro_rules! change {
    ($kind:ident, |$body:ident| $change:expr) => {
        |object: &mut Object| match object {
            Object::$kind($body) => {
                $change;
            }
            _ => unreachable!("another kind"),
        }
    };
}

fn expect(found: Vec<(String, String)>, code: &str, field: &str) {
    assert!(
        found.contains(&(code.to_owned(), field.to_owned())),
        "{code} at {field} is not among {found:?}"
    );
}

fn level(change: impl FnOnce(&mut SecurityLevel)) -> Vec<(String, String)> {
    codes("level", change!(SecurityLevel, |level| change(level)))
}

fn row(change: impl FnOnce(&mut TrafficRow)) -> Vec<(String, String)> {
    codes(
        "traffic",
        change!(TrafficDescriptor, |traffic| change(&mut traffic.rows[0])),
    )
}

fn rule(change: impl FnOnce(&mut Rule)) -> Vec<(String, String)> {
    codes("rule", change!(Rule, |rule| change(rule)))
}

fn addresses(list: &[&str]) -> Vec<(String, String)> {
    codes(
        "addresses",
        change!(AddressGroup, |group| group.addresses =
            list.iter().map(|text| Entry::read(text)).collect()),
    )
}

fn suites(list: &[&str]) -> Suites {
    Suites::List(list.iter().map(|code| (*code).to_owned()).collect())
}

fn many(list: &[&str]) -> Setting {
    Setting::Many(list.iter().map(|code| (*code).to_owned()).collect())
}

#[test]
fn nothing_is_wrong_with_what_is_right() {
    assert_eq!(problems(&good()), []);
}

#[test]
fn the_supplied_objects_have_no_errors() {
    let configuration: Configuration = library::supplied().into_iter().collect();
    let errors: Vec<_> = problems(&configuration)
        .into_iter()
        .filter(|finding| finding.page.severity == crate::finding::Severity::Error)
        .collect();
    assert_eq!(errors, []);
}

#[test]
fn names_are_checked() {
    expect(
        codes(
            "level",
            change!(SecurityLevel, |level| level.name = "MY LEVEL".into()),
        ),
        "GH001",
        "name",
    );
    expect(
        codes(
            "image",
            change!(Image, |image| image.name = "TOOLONGNAME".into()),
        ),
        "GH001",
        "name",
    );
    let mut configuration = good();
    configuration.objects.insert(
        id("other"),
        TrafficDescriptor {
            name: "mq".into(),
            rows: vec![TrafficRow::default()],
            ..Default::default()
        }
        .into(),
    );
    assert!(
        problems(&configuration)
            .iter()
            .any(|finding| finding.page.code == "GH002")
    );
}

#[test]
fn references_are_checked() {
    expect(
        rule(|rule| rule.map = MapUse::Shared(id("gone"))),
        "GH010",
        "map/shared",
    );
    expect(
        rule(|rule| rule.local = Endpoint::Group(id("map"))),
        "GH011",
        "local/group",
    );
    expect(
        codes(
            "addresses",
            change!(AddressGroup, |group| group.groups.push(id("addresses"))),
        ),
        "GH012",
        "groups",
    );
    expect(
        rule(|rule| rule.local = Endpoint::default()),
        "GH013",
        "name",
    );
}

#[test]
fn addresses_are_checked() {
    expect(addresses(&["10.1.1.300"]), "GH020", "addresses/0");
    expect(addresses(&["10.1.1.9-10.1.1.2"]), "GH020", "addresses/0");
    expect(addresses(&["10.1.1.2-fe80::1"]), "GH020", "addresses/0");
    expect(addresses(&["::ffff:10.1.1.2"]), "GH020", "addresses/0");
    expect(addresses(&["10.1.1.2/24"]), "GH021", "addresses/0");
    expect(
        addresses(&["10.1.0.0/16", "10.1.1.2"]),
        "GH022",
        "addresses/1",
    );
    expect(addresses(&["10.1.1.2", "10.1.1.2"]), "GH022", "addresses/1");
    expect(
        addresses(&["10.1.1.2", "10.1.1.1-10.1.1.9"]),
        "GH022",
        "addresses/0",
    );
    expect(addresses(&["0.0.0.0", "10.1.1.2"]), "GH023", "addresses/0");
    expect(addresses(&[]), "GH024", "addresses");
    expect(addresses(&["6793"]), "GH025", "addresses/0");
    assert_eq!(
        addresses(&["All", "fe80::/10"])
            .iter()
            .filter(|(code, _)| code == "GH022")
            .count(),
        1
    );
}

#[test]
fn hosts_need_a_name_and_its_answer() {
    let hosts = |name: &str, asked: &str, answer: &[&str]| {
        let answer = Answer {
            asked: asked.to_owned(),
            addresses: answer.iter().map(|text| Entry::read(text)).collect(),
            at: "2026-11-21T10:00:00Z".to_owned(),
        };
        let host = Host {
            name: Entry::read(name),
            answer: Some(answer),
        };
        let given = change!(AddressGroup, |group| {
            group.addresses = Vec::new();
            group.hosts = vec![host.clone()];
        });
        codes("addresses", given)
    };
    let mq = "mq1.example.com";
    assert_eq!(hosts(mq, "MQ1.example.com", &["10.1.1.2", "fd00::2"]), []);
    expect(hosts("10.1.1.2", "", &[]), "GH026", "hosts/0/name");
    expect(hosts("mq one", "", &[]), "GH026", "hosts/0/name");
    expect(hosts("", "", &[]), "GH026", "hosts/0/name");
    expect(hosts(mq, mq, &[]), "GH027", "hosts/0/name");
    // The answer to another name does not count.
    expect(
        hosts(mq, "mq2.example.com", &["10.1.1.2"]),
        "GH027",
        "hosts/0/name",
    );
    let field = "hosts/0/answer/addresses/1";
    expect(hosts(mq, mq, &["10.1.1.2", "no"]), "GH020", field);
    for local in ["0.0.0.0", "127.0.1.1", "::1", "fe80::1"] {
        expect(hosts(mq, mq, &["10.1.1.2", local]), "GH028", field);
    }
    assert_eq!(hosts("mq1.example.com.", mq, &["10.1.1.2"]), []);
}

#[test]
fn traffic_rows_are_checked() {
    expect(
        codes(
            "traffic",
            change!(TrafficDescriptor, |traffic| traffic.rows.clear()),
        ),
        "GH030",
        "rows",
    );
    expect(
        row(|row| row.local_port = "99999".into()),
        "GH031",
        "rows/0/local_port",
    );
    expect(
        row(|row| row.local_port = "1420-1414".into()),
        "GH031",
        "rows/0/local_port",
    );
    for job in ["CSQ9.CHIN", "TOOLONGJOB", "A*B", "1JOB"] {
        expect(
            row(|row| row.jobname = job.into()),
            "GH032",
            "rows/0/jobname",
        );
    }
    expect(
        row(|row| row.role = Some(HandshakeRole::Client)),
        "GH034",
        "rows/0/role",
    );
    expect(
        row(|row| row.keyring = "START1.RING".into()),
        "GH035",
        "rows/0/keyring",
    );
    expect(
        row(|row| row.server_certificate_labels = vec!["L".into(); 9]),
        "GH036",
        "rows/0/server_certificate_labels",
    );
    expect(
        row(|row| row.jobname = "TN3270".into()),
        "GH037",
        "rows/0/application_controlled",
    );
    expect(
        row(|row| row.certificate_label = "a } b".into()),
        "GH038",
        "rows/0/certificate_label",
    );
    expect(
        codes(
            "traffic",
            change!(TrafficDescriptor, |traffic| traffic
                .rows
                .push(traffic.rows[0].clone())),
        ),
        "GH039",
        "rows/1/local_port",
    );
    expect(
        row(|row| (row.keyring, row.keyring_stash_file) = ("A/B".into(), "/a.sth".into())),
        "GH040",
        "rows/0/keyring_stash_file",
    );
    expect(
        row(|row| row.keyring = "/a/b.kdb".into()),
        "GH041",
        "rows/0/keyring_stash_file",
    );
}

#[test]
fn the_return_codes_of_the_seed_are_foreseen() {
    expect(
        level(|level| level.versions = Versions::NONE),
        "GH050",
        "versions",
    );
    expect(
        level(|level| level.suites = suites(&["C02C"])),
        "GH051",
        "suites",
    );
    expect(
        level(|level| level.suites = Suites::SystemDefaults),
        "GH051",
        "suites",
    );
    expect(
        level(|level| level.settings.clear()),
        "GH052",
        "settings/TTLSSignatureParms.ClientKeyShareGroups",
    );
    expect(
        level(|level| {
            level
                .settings
                .insert("TTLSSignatureParms.ClientECurves".into(), many(&["0023"]));
            level.settings.insert(
                "TTLSSignatureParms.ClientKeyShareGroups".into(),
                many(&["0029"]),
            );
        }),
        "GH053",
        "settings/TTLSSignatureParms.ClientKeyShareGroups",
    );
    expect(
        level(|level| {
            (level.versions, level.suites) = (
                Versions {
                    tls11: true,
                    ..Versions::NONE
                },
                suites(&["C02C"]),
            )
        }),
        "GH054",
        "suites",
    );
}

#[test]
fn security_levels_are_checked() {
    expect(
        level(|level| level.suites = suites(&["1302"])),
        "GH055",
        "versions/tls12",
    );
    expect(
        level(|level| level.versions.tls12 = false),
        "GH056",
        "suites/list/3",
    );
    expect(
        level(|level| level.suites = suites(&["1302", "ABCD"])),
        "GH057",
        "suites/list/1",
    );
    expect(
        level(|level| level.suites = suites(&["1302", "C02C", "1302"])),
        "GH058",
        "suites/list/2",
    );
    expect(
        level(|level| level.versions.tls10 = true),
        "GH059",
        "versions/tls10",
    );
    expect(
        level(|level| level.suites = suites(&["1302", "C02C", "0005"])),
        "GH059",
        "suites/list/2",
    );
    expect(
        level(|level| level.suites = suites(&["1302", "C02C", "2F"])),
        "GH060",
        "suites/list/2",
    );
    expect(
        level(|level| {
            level
                .settings
                .insert("TTLSGroupAction.FIPS140".into(), Setting::One("On".into()));
        }),
        "GH061",
        "suites/list/2",
    );
    expect(
        level(|level| {
            level.settings.insert(
                "TTLSEnvironmentAction.SuiteBProfile".into(),
                Setting::One("128".into()),
            );
        }),
        "GH062",
        "settings/TTLSEnvironmentAction.SuiteBProfile",
    );
    expect(
        level(|level| {
            level.settings.insert(
                "TTLSSignatureParms.ClientECurves".into(),
                many(&["Any", "0023"]),
            );
        }),
        "GH063",
        "settings/TTLSSignatureParms.ClientECurves",
    );
}

/// A newer preset is proposed, as a whole, to a level that is not pinned and not supplied.
#[test]
fn a_newer_preset_is_proposed() {
    let of = |date: &str, pinned: bool| {
        let mut configuration = good();
        let level = configuration.objects.get_mut(&id("level"));
        if let Some(Object::SecurityLevel(level)) = level {
            level.preset = Some(PresetUse {
                name: "AT-TLS__Platinum".into(),
                date: date.to_owned(),
                pinned,
            });
        }
        configuration
    };
    let old = of("2020-01", false);
    let found = problems(&old);
    let finding = found.iter().find(|finding| finding.page.code == "GH064");
    let edits = &finding.unwrap().fix.as_ref().unwrap().edits;
    let before = old.get(&id("level")).unwrap();
    let after = edit::apply(before, edits).unwrap();
    let (Object::SecurityLevel(before), Object::SecurityLevel(after)) = (before, after) else {
        panic!()
    };
    let newest = attls::presets::with_preset(before, "AT-TLS__Platinum");
    assert_eq!(Some(after), newest);
    let mut respelled = of("2020-01", false);
    if let Some(Object::SecurityLevel(level)) = respelled.objects.get_mut(&id("level")) {
        let own = level.preset.take();
        *level = attls::presets::with_preset(level, "AT-TLS__Platinum").unwrap();
        level.preset = own;
        level.client_authentication = ClientAuthentication::Required;
        let suites = ["TLS_AES_256_GCM_SHA384", "1301", "1303"];
        level.suites = Suites::List(suites.map(str::to_owned).to_vec());
    }
    let newest = of(library::LEVELS_DATE, false);
    for quiet in [of("2020-01", true), newest, respelled] {
        let codes: Vec<_> = problems(&quiet).iter().map(|it| it.page.code).collect();
        assert!(!codes.contains(&"GH064"), "{codes:?}");
    }
}

#[test]
fn settings_are_checked() {
    let with = |key: &str, value: &str| {
        let (key, value) = (key.to_owned(), value.to_owned());
        level(move |level| {
            level.settings.insert(key, Setting::One(value));
        })
    };
    expect(
        with("TTLSEnvironmentAdvancedParms.Nonsense", "On"),
        "GH015",
        "settings/TTLSEnvironmentAdvancedParms.Nonsense",
    );
    expect(
        with("TTLSEnvironmentAdvancedParms.Renegotiation", "Maybe"),
        "GH016",
        "settings/TTLSEnvironmentAdvancedParms.Renegotiation",
    );
    expect(
        with("TTLSGskAdvancedParms.GSK_V3_SIDCACHE_SIZE", "64001"),
        "GH017",
        "settings/TTLSGskAdvancedParms.GSK_V3_SIDCACHE_SIZE",
    );
    let companions = row(|row| {
        row.settings.insert(
            "TTLSEnvironmentAdvancedParms.ServerHandshakeSNI".into(),
            Setting::One("Optional".into()),
        );
    });
    expect(
        companions,
        "GH014",
        "rows/0/settings/TTLSEnvironmentAdvancedParms.ServerHandshakeSNI",
    );
}

#[test]
fn a_parameter_that_the_image_does_not_know_is_found() {
    let mut configuration = good();
    let Some(Object::Image(image)) = configuration.objects.get_mut(&id("image")) else {
        unreachable!()
    };
    image.release = crate::policy::Release::V2R4;
    let Some(Object::SecurityLevel(level)) = configuration.objects.get_mut(&id("level")) else {
        unreachable!()
    };
    level.settings.insert(
        "TTLSGskAdvancedParms.CrlSigAlgPairs".into(),
        many(&["0601"]),
    );
    assert!(
        problems(&configuration)
            .iter()
            .any(|finding| ["GH018", "GH019"].contains(&finding.page.code))
    );
}

#[test]
fn rules_are_checked() {
    expect(
        codes("map", change!(RequirementMap, |map| map.mappings.clear())),
        "GH070",
        "mappings",
    );
    expect(
        codes(
            "map",
            change!(RequirementMap, |map| map.mappings[0].level = None),
        ),
        "GH071",
        "mappings/0/level",
    );
    expect(rule(|rule| rule.owner = None), "GH072", "owner");
    let two_families = rule(|rule| {
        rule.local = Endpoint::Address("10.1.1.2".into());
        rule.remote = Endpoint::Address("fd00::2".into());
    });
    expect(two_families, "GH078", "remote");
    expect(
        rule(|rule| {
            rule.effective = Some(EffectiveTimes {
                time_of_day: "25:00".into(),
                ..EffectiveTimes::default()
            })
        }),
        "GH074",
        "effective/time_of_day",
    );
    expect(
        rule(|rule| {
            rule.effective = Some(EffectiveTimes {
                months: vec![13],
                ..EffectiveTimes::default()
            })
        }),
        "GH074",
        "effective/months",
    );
    expect(
        rule(|rule| rule.trace_clear_text = Some(true)),
        "GH076",
        "trace_clear_text",
    );
    let mut configuration = good();
    let Some(Object::Rule(rule)) = configuration.objects.get_mut(&id("rule")) else {
        unreachable!()
    };
    rule.local = Endpoint::default();
    let Some(Object::TrafficDescriptor(traffic)) = configuration.objects.get_mut(&id("traffic"))
    else {
        unreachable!()
    };
    traffic.rows[0].local_port = "All".into();
    assert!(
        problems(&configuration)
            .iter()
            .any(|finding| finding.page.code == "GH075")
    );
}

fn with_rule_above(protect: bool) -> Vec<String> {
    let mut configuration = good();
    let mut above = configuration.objects[&id("rule")].clone();
    let Object::Rule(rule) = &mut above else {
        unreachable!()
    };
    rule.name = "ABOVE".into();
    rule.local = Endpoint::default();
    rule.map = MapUse::Own(vec![Mapping {
        traffic: Some(id("traffic")),
        level: Some(id("upper")),
    }]);
    let level = SecurityLevel {
        name: "UPPER".into(),
        protect,
        ..SecurityLevel::default()
    };
    configuration.objects.insert(id("upper"), level.into());
    configuration.objects.insert(id("above"), above);
    let Some(Object::Rule(rule)) = configuration.objects.get_mut(&id("rule")) else {
        unreachable!()
    };
    rule.order = "b".parse().unwrap();
    problems(&configuration)
        .iter()
        .map(|finding| finding.page.code.to_owned())
        .collect()
}

#[test]
fn rules_that_are_never_reached_are_found() {
    assert_eq!(with_rule_above(true), ["GH073"]);
    assert_eq!(with_rule_above(false), ["GH077"]);
}

#[test]
fn systems_are_checked() {
    expect(
        codes("image", change!(Image, |image| image.keyring = "".into())),
        "GH080",
        "keyring",
    );
    let database = change!(Stack, |stack| stack.keyring = "/u/start1/key.kdb".into());
    expect(codes("stack", database), "GH041", "keyring_stash_file");
    expect(
        codes(
            "image",
            change!(Image, |image| image.keyring = "START1.COLINRING".into()),
        ),
        "GH035",
        "keyring",
    );
    expect(
        codes("stack", change!(Stack, |stack| stack.image = None)),
        "GH081",
        "image",
    );
    expect(
        codes(
            "stack",
            change!(Stack, |stack| stack.files.policy = "/a b".into()),
        ),
        "GH082",
        "files/policy",
    );
    expect(
        codes(
            "stack",
            change!(Stack, |stack| stack.trace_clear_text = true),
        ),
        "GH084",
        "trace_clear_text",
    );
    let files = |change: fn(&mut StackFiles)| {
        codes("stack", change!(Stack, |stack| change(&mut stack.files)))
    };
    for (change, code, field) in [
        (
            (|files| files.image_options = "FLUSH maybe".into()) as fn(&mut StackFiles),
            "GH085",
            "files/image_options",
        ),
        (
            |files| files.policy_options = "PURGE 600".into(),
            "GH085",
            "files/policy_options",
        ),
        (
            |files| files.image_more = "IpSecThing\n{\n  A b\n".to_owned(),
            "GH086",
            "files/image_more",
        ),
        (
            |files| files.policy_more = "# mine\nTTLSRule A\n{\n}\n".to_owned(),
            "GH087",
            "files/policy_more",
        ),
    ] {
        expect(files(change), code, field);
    }
    let sound = files(|files| {
        files.image_options = "noflush 600".into();
        files.main_more = "# ours\nLogLevel 511\nCodepage IBM-1047\n".to_owned();
        files.image_more = "IPSecConfig /etc/ipsec\n".to_owned();
    });
    assert_eq!(sound, files(|_| ()));
    let mut configuration = good();
    configuration.objects.insert(
        id("stack2"),
        Stack {
            name: "TCPIP2".into(),
            image: Some(id("image")),
            files: StackFiles {
                policy: "/etc/pagent.TCPIP.ttls".into(),
                ..StackFiles::default()
            },
            ..Stack::default()
        }
        .into(),
    );
    assert!(
        problems(&configuration)
            .iter()
            .any(|finding| finding.page.code == "GH083")
    );
}

/// `good` with the image's rule, a second stack, and this text in the port.
fn with_variables(port: &str, given: &[(&str, &str, &str)]) -> Configuration {
    let mut configuration = good();
    configuration.objects.insert(
        id("stack2"),
        Stack {
            name: "TCPIP2".into(),
            image: Some(id("image")),
            ..Stack::default()
        }
        .into(),
    );
    if let Some(Object::Rule(rule)) = configuration.objects.get_mut(&id("rule")) {
        rule.owner = Some(id("image"));
    }
    if let Some(Object::TrafficDescriptor(traffic)) = configuration.objects.get_mut(&id("traffic"))
    {
        traffic.rows[0].local_port = port.into();
    }
    for (place, name, value) in given {
        let variables = match configuration.objects.get_mut(&id(place)).unwrap() {
            Object::Group(group) => &mut group.variables,
            Object::Image(image) => &mut image.variables,
            Object::Stack(stack) => &mut stack.variables,
            _ => unreachable!("no place"),
        };
        variables.insert((*name).to_owned(), (*value).to_owned());
    }
    configuration
}

fn said(configuration: &Configuration) -> Vec<String> {
    let found = problems(configuration);
    found
        .iter()
        .map(|finding| {
            let related = finding.related.iter().map(|(_, words)| words.as_str());
            let words: Vec<_> = related.collect();
            format!(
                "{} {} {}",
                finding.page.code,
                finding.message(),
                words.join(", ")
            )
        })
        .map(|words| words.trim_end().to_owned())
        .collect()
}

#[test]
fn a_variable_is_judged_on_each_stack_that_has_the_field() {
    let everywhere = [("group", "PORT", "1414"), ("stack2", "PORT", "1500-1600")];
    /// Owner, name and value of each variable; the findings.
    type Case<'a> = (&'a [(&'a str, &'a str, &'a str)], &'a [&'a str]);
    let all: &[Case] = &[
        (&everywhere, &[]),
        (
            &[("stack2", "PORT", "1414")],
            &["GH090 `${PORT}` has no value on stack TCPIP"],
        ),
        (
            &[("image", "PORT", "1414"), ("stack", "PORT", "2-1")],
            &["GH031 Local port: the range runs backwards: 2 is above 1 as stack TCPIP has it"],
        ),
        (
            &[("image", "PORT", "1414"), ("image", "port", "1")],
            &["GH091 `port` cannot be the name of a variable"],
        ),
    ];
    for (given, expected) in all {
        let found = said(&with_variables("${PORT}", given));
        assert_eq!(&found, expected, "{given:?}");
    }
}

#[test]
fn what_no_stack_has_is_not_judged() {
    let mut configuration = with_variables("${PORT}", &[]);
    configuration.objects.remove(&id("rule"));
    let found = said(&configuration);
    assert!(
        !found.iter().any(|words| words.contains("PORT")),
        "{found:?}"
    );
}

#[test]
fn rules_that_meet_through_a_variable_are_found() {
    let given = [("image", "PORT", "1414"), ("stack2", "PORT", "1500")];
    let mut configuration = with_variables("${PORT}", &given);
    let rule = configuration.objects[&id("rule")].clone();
    let mut fixed = configuration.objects[&id("traffic")].clone();
    if let Object::TrafficDescriptor(traffic) = &mut fixed {
        traffic.name = "FIXED".into();
        traffic.rows[0].local_port = "1414".into();
    }
    let Object::Rule(mut second) = rule else {
        unreachable!("a rule")
    };
    second.name = "SECOND".into();
    second.order = "zz".parse().unwrap();
    second.map = MapUse::Own(vec![Mapping {
        traffic: Some(id("fixed")),
        level: Some(id("level")),
    }]);
    configuration.objects.insert(id("fixed"), fixed);
    configuration.objects.insert(id("second"), second.into());
    let found = said(&configuration);
    // On the second stack the ports are apart.
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("TCPIP") && !found[0].contains("TCPIP2"),
        "{found:?}"
    );
}

#[test]
fn pages_have_codes_of_their_own_and_all_their_words() {
    let mut seen = BTreeSet::new();
    for page in all_pages() {
        assert!(seen.insert(page.code), "{} twice", page.code);
        assert!(
            page.code.starts_with("GH") && page.code.len() == 5,
            "{}",
            page.code
        );
        assert!(
            !page.message.ends_with('.') && !page.help.ends_with('.') && page.why.ends_with('.'),
            "{}",
            page.code
        );
    }
}

#[test]
fn the_facts_of_every_finding_fill_its_message() {
    let mut configuration = good();
    for object in configuration.objects.values_mut() {
        match object {
            Object::TrafficDescriptor(traffic) => {
                traffic.rows[0].jobname = "BAD.JOB".into();
                traffic.rows[0].local_port = "9-1".into();
                traffic.rows[0].keyring = "A.B".into();
            }
            Object::SecurityLevel(level) => {
                level.suites = suites(&["XX", "2F", "C02C", "C02C"]);
                level.settings.clear();
                level.versions.sslv3 = true;
            }
            Object::AddressGroup(group) => {
                group.addresses = vec!["1.2.3.4/8".into(), "77".into(), "1.2.3.4".into()]
            }
            _ => {}
        }
    }
    for finding in problems(&configuration) {
        let words = finding.message() + &finding.help();
        assert!(
            !words.contains('{') && !words.contains('}'),
            "{}: {words}",
            finding.page.code
        );
    }
}
