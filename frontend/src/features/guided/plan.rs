//! What the guided start makes of what was asked: ordinary objects, in one step.

use generator::objects::library::Application;
use generator::objects::values::Ports;
use generator::objects::{
    Configuration, Direction, Entry, Group, Image, Kind, MapUse, Mapping, Object, ObjectId, Rule,
    Stack, SystemName, TrafficDescriptor, TrafficRow,
};

use crate::core;
use crate::workspace::Changes;

/// A system that is there, or the name of one to make.
#[derive(Clone, Debug, PartialEq)]
pub enum Where {
    Known(ObjectId),
    New(String),
}

impl Where {
    /// What was typed: a name that is there already means that object.
    pub fn read(config: &Configuration, kind: Kind, image: Option<&ObjectId>, text: &str) -> Self {
        let text = text.trim();
        let known = config.of_kind(kind).into_iter().find(|(_, object)| {
            let inside = match object {
                Object::Stack(stack) => image.is_none() || stack.image.as_ref() == image,
                _ => true,
            };
            inside && object.name().eq_ignore_ascii_case(text)
        });
        match known {
            Some((id, _)) => Self::Known(id.clone()),
            None => Self::New(Entry::<SystemName>::read(text).to_string()),
        }
    }

    pub fn known(&self) -> Option<&ObjectId> {
        match self {
            Self::Known(id) => Some(id),
            Self::New(_) => None,
        }
    }

    pub fn name(&self, config: &Configuration) -> String {
        match self {
            Self::Known(id) => core::name_of(config, id),
            Self::New(name) => name.clone(),
        }
    }
}

/// The ids of what may be made, so that the preview is about the objects that are saved.
#[derive(Clone, Debug)]
pub struct Ids {
    pub group: ObjectId,
    pub image: ObjectId,
    pub stack: ObjectId,
    pub traffic: ObjectId,
    pub rule: ObjectId,
}

/// What was asked, as it stands in the fields.
#[derive(Clone, Debug)]
pub struct Wishes {
    pub application: Option<&'static Application>,
    /// One text for each row of the application.
    pub ports: Vec<String>,
    pub group: Option<ObjectId>,
    pub image: Where,
    pub stack: Where,
    pub keyring: String,
    pub label: String,
    pub level: Option<ObjectId>,
}

/// The parts of a text such as `1414, 1415-1420`; an empty text is one row with every port.
pub fn ports_of(text: &str) -> Vec<Entry<Ports>> {
    // A blank around the dash of a range separates nothing.
    let text = text
        .replace(" - ", "-")
        .replace("- ", "-")
        .replace(" -", "-");
    let parts: Vec<_> = text
        .split([',', ';', ' ', '\t', '\n'])
        .filter(|part| !part.is_empty())
        .map(Entry::read)
        .collect();
    if parts.is_empty() {
        vec![Entry::Value(Ports::All)]
    } else {
        parts
    }
}

/// Why the text of a port field cannot be used.
pub fn ports_error(text: &str) -> Option<String> {
    ports_of(text)
        .iter()
        .find_map(Entry::error)
        .map(|error| error.to_string())
}

/// True when the row waits for connections at its local port, so that this is the one to ask for.
pub fn asks_local(row: &TrafficRow) -> bool {
    row.direction != Direction::Outbound
}

/// The text that a port field starts with.
pub fn ports_text(row: &TrafficRow) -> String {
    if asks_local(row) {
        row.local_port.to_string()
    } else {
        row.remote_port.to_string()
    }
}

/// The rows of the descriptor.
fn rows(wishes: &Wishes) -> Vec<TrafficRow> {
    let Some(application) = wishes.application else {
        return Vec::new();
    };
    let own_ring = own_ring(wishes);
    let mut rows = Vec::new();
    for (at, template) in application.rows().into_iter().enumerate() {
        let text = wishes
            .ports
            .get(at)
            .map_or_else(|| ports_text(&template), Clone::clone);
        for ports in ports_of(&text) {
            let mut row = template.clone();
            if asks_local(&row) {
                row.local_port = ports;
            } else {
                row.remote_port = ports;
            }
            row.certificate_label = Entry::read(&wishes.label);
            if let Some(ring) = &own_ring {
                row.keyring = Entry::read(ring);
            }
            rows.push(row);
        }
    }
    rows
}

/// The ring that the rows name; what is made anew has the ring itself.
fn own_ring(wishes: &Wishes) -> Option<String> {
    wishes.image.known()?;
    Some(wishes.keyring.trim().to_owned()).filter(|ring| !ring.is_empty())
}

/// The key ring that counts on a stack or image that is there.
pub fn ring_there(config: &Configuration, image: &Where, stack: &Where) -> String {
    let of_stack = match stack.known().and_then(|id| config.get(id)) {
        Some(Object::Stack(stack)) => stack.keyring.to_string(),
        _ => String::new(),
    };
    match image.known().and_then(|id| config.get(id)) {
        _ if !of_stack.is_empty() => of_stack,
        Some(Object::Image(image)) => image.keyring.to_string(),
        _ => String::new(),
    }
}

/// What is made, and for which stack.
#[derive(Clone, Debug)]
pub struct Planned {
    pub changes: Changes,
    pub stack: ObjectId,
    pub image: ObjectId,
    /// "system image COLMVSA", for a sentence.
    pub made: Vec<String>,
}

/// The objects that the wishes ask for, as far as they are said.
pub fn planned(config: &Configuration, wishes: &Wishes, ids: &Ids) -> Planned {
    let without = without(config, ids);
    let config = without.as_ref().unwrap_or(config);
    let mut changes = Changes::new();
    let ring = wishes.keyring.trim();
    let image = match &wishes.image {
        Where::Known(id) => {
            // An image without a ring gets the one that was asked for.
            if let Some(Object::Image(image)) = config.get(id)
                && image.keyring.to_string().is_empty()
                && ring_there(config, &wishes.image, &wishes.stack).is_empty()
                && !ring.is_empty()
            {
                changes.insert(
                    id.clone(),
                    Some(
                        Image {
                            keyring: Entry::read(ring),
                            ..image.clone()
                        }
                        .into(),
                    ),
                );
            }
            id.clone()
        }
        Where::New(name) => {
            let group = group(config, wishes, ids, &mut changes);
            let image = Image {
                name: Entry::read(name),
                group: Some(group),
                keyring: Entry::read(ring),
                ..Image::default()
            };
            changes.insert(ids.image.clone(), Some(image.into()));
            ids.image.clone()
        }
    };
    let stack = match &wishes.stack {
        Where::Known(id) => id.clone(),
        Where::New(name) => {
            let stack = Stack {
                name: Entry::read(name),
                image: Some(image.clone()),
                ..Stack::default()
            };
            changes.insert(ids.stack.clone(), Some(stack.into()));
            ids.stack.clone()
        }
    };
    if let Some(application) = wishes.application {
        let with_image = changes
            .get(&image)
            .and_then(Option::as_ref)
            .or_else(|| config.get(&image))
            .cloned();
        protection(
            config,
            wishes,
            ids,
            application,
            &stack,
            with_image.as_ref(),
            &mut changes,
        );
    }
    let made = made(config, &changes);
    Planned {
        changes,
        stack,
        image,
        made,
    }
}

/// The store without what a first try put there, if there was one.
fn without(config: &Configuration, ids: &Ids) -> Option<Configuration> {
    config.get(&ids.rule)?;
    let mut config = config.clone();
    for id in [&ids.group, &ids.image, &ids.stack, &ids.traffic, &ids.rule] {
        config.objects.remove(id);
    }
    Some(config)
}

fn group(config: &Configuration, wishes: &Wishes, ids: &Ids, changes: &mut Changes) -> ObjectId {
    let there = wishes.group.clone().filter(|id| config.get(id).is_some());
    there
        .or_else(|| {
            config
                .of_kind(Kind::Group)
                .first()
                .map(|(id, _)| (*id).clone())
        })
        .unwrap_or_else(|| {
            changes.insert(
                ids.group.clone(),
                Some(
                    Group {
                        name: Entry::read("Default"),
                        ..Group::default()
                    }
                    .into(),
                ),
            );
            ids.group.clone()
        })
}

/// The descriptor and the rule.
fn protection(
    config: &Configuration,
    wishes: &Wishes,
    ids: &Ids,
    application: &'static Application,
    stack: &ObjectId,
    image: Option<&Object>,
    changes: &mut Changes,
) {
    let of_image = match image {
        Some(Object::Image(image)) => image.keyring.to_string(),
        _ => String::new(),
    };
    let of_stack = match config.get(stack) {
        Some(Object::Stack(stack)) => stack.keyring.to_string(),
        _ => String::new(),
    };
    let there = if of_stack.is_empty() {
        of_image
    } else {
        of_stack
    };
    let rows = rows(wishes).into_iter().map(|mut row| {
        if row.keyring.to_string() == there {
            row.keyring = Entry::default();
        }
        row
    });
    let wish = match wishes.stack.name(config).as_str() {
        "" => application.name.to_owned(),
        stack => format!("{}-{stack}", application.name),
    };
    let traffic = TrafficDescriptor {
        name: Entry::read(&core::free_name(config, Kind::TrafficDescriptor, &wish)),
        description: application.text.to_owned(),
        rows: rows.collect(),
        ..TrafficDescriptor::default()
    };
    changes.insert(ids.traffic.clone(), Some(traffic.into()));
    let rule = Rule {
        name: Entry::read(&core::free_name(config, Kind::Rule, application.name)),
        owner: Some(stack.clone()),
        order: config.next_order(stack),
        map: MapUse::Own(vec![Mapping {
            traffic: Some(ids.traffic.clone()),
            level: wishes.level.clone(),
        }]),
        ..Rule::default()
    };
    changes.insert(ids.rule.clone(), Some(rule.into()));
}

fn made(config: &Configuration, changes: &Changes) -> Vec<String> {
    let order = [
        Kind::Group,
        Kind::Image,
        Kind::Stack,
        Kind::TrafficDescriptor,
        Kind::Rule,
    ];
    let of_kind = |kind: Kind| {
        changes.iter().filter_map(move |(id, object)| {
            Some((id, object.as_ref().filter(|object| object.kind() == kind)?))
        })
    };
    order
        .into_iter()
        .flat_map(of_kind)
        .map(|(id, object)| match config.get(id) {
            Some(_) => format!("the key ring of {}", core::called(object)),
            None => core::called(object),
        })
        .collect()
}

/// The first row that each port field makes: the inputs name it, so that a line of the policy text
/// leads to them.
pub fn first_rows(ports: &[String]) -> Vec<usize> {
    let mut next = 0;
    let first = |text: &String| {
        let at = next;
        next += ports_of(text).len();
        at
    };
    ports.iter().map(first).collect()
}

/// The configuration as it will be.
pub fn applied(config: &Configuration, changes: &Changes) -> Configuration {
    let mut config = config.clone();
    for (id, object) in changes {
        match object {
            Some(object) => config.objects.insert(id.clone(), object.clone()),
            None => config.objects.remove(id),
        };
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::library::{self, APPLICATIONS};

    fn id(text: &str) -> ObjectId {
        ObjectId(text.to_owned())
    }

    fn ids() -> Ids {
        Ids {
            group: id("g"),
            image: id("i"),
            stack: id("s"),
            traffic: id("t"),
            rule: id("r"),
        }
    }

    fn mq() -> Wishes {
        Wishes {
            application: APPLICATIONS
                .iter()
                .find(|application| application.title == "IBM MQ"),
            ports: vec!["1414, 1415-1420".to_owned()],
            group: None,
            image: Where::New("COLMVSA".to_owned()),
            stack: Where::New("TCPIP".to_owned()),
            keyring: "START1/COLINRING".to_owned(),
            label: "MQCERT".to_owned(),
            level: Some(library::id_of(library::DEFAULT_LEVEL)),
        }
    }

    fn store() -> Configuration {
        library::supplied().into_iter().collect()
    }

    fn files(config: &Configuration, wishes: &Wishes) -> String {
        let planned = planned(config, wishes, &ids());
        let config = applied(config, &planned.changes);
        core::compile(&config, &planned.stack).unwrap().policy.text
    }

    #[test]
    fn two_texts_of_ports_are_two_rows_and_two_rules() {
        let config = store();
        let planned = planned(&config, &mq(), &ids());
        assert_eq!(
            planned.made,
            [
                "z/OS group Default",
                "system image COLMVSA",
                "TCP/IP stack TCPIP",
                "traffic descriptor MQ-Channel-TCPIP",
                "rule MQ-Channel"
            ]
            .map(|words| words.replace("rule", Kind::Rule.singular()))
        );
        let text = files(&config, &mq());
        assert_eq!(text.matches("TTLSRule ").count(), 2, "{text}");
        assert!(
            text.contains("1415-1420")
                && text.contains("START1/COLINRING")
                && text.contains("MQCERT"),
            "{text}"
        );
        let errors = generator::problems::problems(&applied(&config, &planned.changes));
        let errors: Vec<_> = errors
            .iter()
            .filter(|f| f.page.severity == generator::finding::Severity::Error)
            .map(|f| f.message())
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }

    #[test]
    fn a_second_application_on_the_same_stack_makes_only_its_own_objects() {
        let mut config = store();
        config = applied(&config, &planned(&config, &mq(), &ids()).changes);
        let more = Ids {
            traffic: id("t2"),
            rule: id("r2"),
            ..ids()
        };
        let image = Where::read(&config, Kind::Image, None, "colmvsa");
        let stack = Where::read(&config, Kind::Stack, image.known(), "tcpip");
        let wishes = Wishes {
            ports: vec!["1500".to_owned()],
            image,
            stack,
            ..mq()
        };
        let planned = planned(&config, &wishes, &more);
        assert_eq!(
            planned
                .changes
                .keys()
                .map(|id| id.0.as_str())
                .collect::<Vec<_>>(),
            ["r2", "t2"]
        );
        let Some(Some(Object::TrafficDescriptor(traffic))) = planned.changes.get(&more.traffic)
        else {
            panic!()
        };
        assert_eq!(traffic.name.to_string(), "MQ-Channel-TCPIP_2");
        assert_eq!(
            traffic.rows[0].keyring.to_string(),
            "",
            "the image names this ring"
        );
    }

    #[test]
    fn another_ring_than_the_images_counts_for_the_application_alone() {
        let mut config = store();
        config = applied(&config, &planned(&config, &mq(), &ids()).changes);
        let wishes = Wishes {
            image: Where::Known(id("i")),
            stack: Where::Known(id("s")),
            keyring: "OTHER/RING".to_owned(),
            ..mq()
        };
        let more = Ids {
            traffic: id("t2"),
            rule: id("r2"),
            ..ids()
        };
        let planned = planned(&config, &wishes, &more);
        assert!(!planned.changes.contains_key(&id("i")));
        let Some(Some(Object::TrafficDescriptor(traffic))) = planned.changes.get(&more.traffic)
        else {
            panic!()
        };
        assert_eq!(traffic.rows[0].keyring.to_string(), "OTHER/RING");
    }

    #[test]
    fn a_second_try_makes_the_same_objects_again() {
        let config = store();
        let first = planned(&config, &mq(), &ids());
        let config = applied(&config, &first.changes);
        assert_eq!(planned(&config, &mq(), &ids()).changes, first.changes);
    }

    #[test]
    fn ports_are_read_as_people_write_them() {
        let all = |text: &str| {
            ports_of(text)
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(all("1414, 1415 - 1420;23"), ["1414", "1415-1420", "23"]);
        assert_eq!(all(" "), ["All"]);
        assert_eq!(
            ports_error("1414, 99999").as_deref(),
            Some("`99999` is no port: ports are whole numbers from 1 to 65535")
        );
        assert_eq!(ports_error("1414"), None);
    }
}
