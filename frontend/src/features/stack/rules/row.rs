//! What the list shows of a rule, and which filters it answers.

use generator::finding::Severity;
use generator::objects::{Configuration, Endpoint, Mapping, ObjectId, Rule};

use crate::filter::Facts;
use crate::{core, paths};

/// One rule in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub id: ObjectId,
    /// Place in the search order, from 1.
    pub place: usize,
    pub name: String,
    pub href: String,
    pub enabled: bool,
    /// Where it comes from, unless it is the stack's own.
    pub from: String,
    pub local: String,
    pub remote: String,
    pub mappings: Vec<(String, String)>,
    pub map: String,
    pub trace: String,
    pub worst: Option<(usize, Severity)>,
    /// Owned by this stack, and so movable here.
    pub own: bool,
    pub facts: Facts,
}

/// What the list shows of a rule.
pub fn row(
    config: &Configuration,
    stack: &ObjectId,
    store: &str,
    at: usize,
    id: &ObjectId,
    rule: &Rule,
    worst: Option<(usize, Severity)>,
) -> Row {
    let name_of = |id: &Option<ObjectId>| {
        id.as_ref()
            .map_or_else(|| "?".to_owned(), |id| core::name_of(config, id))
    };
    let mappings = core::mappings_of(config, &rule.map);
    let contents = |id: &Option<ObjectId>| {
        id.as_ref()
            .and_then(|id| config.get(id))
            .map(|object| core::contents(config, object))
            .unwrap_or_default()
    };
    let ports: Vec<String> = mappings
        .iter()
        .map(|mapping| contents(&mapping.traffic))
        .collect();
    let mut row = Row {
        id: id.clone(),
        place: at + 1,
        name: match rule.name.to_string() {
            name if name.is_empty() => "(no name)".to_owned(),
            name => name,
        },
        href: paths::object(store, generator::objects::Kind::Rule, id),
        enabled: rule.enabled,
        from: match &rule.owner {
            Some(owner) if owner != stack => core::name_of(config, owner),
            _ => String::new(),
        },
        local: core::endpoint_words(config, &rule.local),
        remote: core::endpoint_words(config, &rule.remote),
        mappings: mappings
            .iter()
            .map(|mapping| (name_of(&mapping.traffic), name_of(&mapping.level)))
            .collect(),
        map: match &rule.map {
            generator::objects::MapUse::Shared(id) => core::name_of(config, id),
            generator::objects::MapUse::Own(_) => String::new(),
        },
        trace: rule
            .trace
            .map(|trace| trace.to_string())
            .unwrap_or_default(),
        worst,
        own: rule.owner.as_ref() == Some(stack),
        facts: Facts::default(),
    };
    let addresses = |endpoint: &Endpoint| match endpoint {
        Endpoint::Group(id) => contents(&Some(id.clone())),
        Endpoint::Address(_) => String::new(),
    };
    let names = row
        .mappings
        .iter()
        .flat_map(|(traffic, level)| [traffic, level]);
    let uses: Vec<String> = [&row.map, &row.local, &row.remote]
        .into_iter()
        .chain(names)
        .cloned()
        .collect();
    let shown = [
        &row.name,
        &row.from,
        &uses.join(" "),
        &ports.join(" "),
        &addresses(&rule.local),
        &addresses(&rule.remote),
    ];
    let marks = [("finding", row.worst.is_some()), ("off", !row.enabled)];
    row.facts = Facts {
        uses,
        ports: mappings
            .iter()
            .flat_map(|mapping| ports_of(config, mapping))
            .collect(),
        ..Facts::new(&shown.map(String::as_str), &rule.tags, &marks)
    };
    row
}

fn ports_of(config: &Configuration, mapping: &Mapping) -> Vec<(u16, u16)> {
    let traffic = mapping.traffic.as_ref().and_then(|id| config.get(id));
    traffic.map(core::ports_of).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::{MapUse, Stack, TrafficDescriptor, TrafficRow};

    #[test]
    fn a_port_filter_finds_the_rules_whose_traffic_holds_it() {
        let id = |text: &str| ObjectId(text.to_owned());
        let row_of = |port: &str| TrafficRow {
            local_port: port.into(),
            ..TrafficRow::default()
        };
        let traffic = TrafficDescriptor {
            name: "MQ".into(),
            rows: vec![row_of("1414-1420"), row_of("80")],
            ..Default::default()
        };
        let rule = Rule {
            name: "MQ_IN".into(),
            owner: Some(id("s")),
            map: MapUse::Own(vec![Mapping {
                traffic: Some(id("t")),
                level: None,
            }]),
            ..Rule::default()
        };
        let config: Configuration = [
            (id("s"), Stack::default().into()),
            (id("t"), traffic.into()),
            (id("r"), rule.clone().into()),
        ]
        .into_iter()
        .collect();
        let row = row(&config, &id("s"), "PROD", 0, &id("r"), &rule, None);
        for (word, expected) in [
            ("port:1415", true),
            ("port:80", true),
            ("port:8", false),
            ("port:x", false),
            ("uses:mq", true),
            ("uses:m", false),
            ("mq_in", true),
            ("finding", false),
            ("off", false),
        ] {
            assert_eq!(row.facts.fit(word), expected, "{word}");
        }
    }
}
