#![expect(clippy::unwrap_used, reason = "a test may panic")]

use crate::objects::*;

use super::*;

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

// Below the macro, which they use.
mod addresses;
mod names;
mod pages;
mod references;
mod rules;
mod security;
mod settings;
mod systems;
mod traffic;
mod variables;

fn id(text: &str) -> ObjectId {
    ObjectId(text.to_owned())
}

/// Adds `stack2`, on the image of the other one.
fn add_stack(configuration: &mut Configuration, files: StackFiles) {
    let stack = Stack {
        name: "TCPIP2".into(),
        image: Some(id("image")),
        files,
        ..Stack::default()
    };
    configuration.objects.insert(id("stack2"), stack.into());
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
