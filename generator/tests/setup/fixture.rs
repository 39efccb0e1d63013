//! Configurations to make pages of.

use generator::objects::{
    Configuration, Direction, Entry, Image, MapUse, Mapping, Object, ObjectId, Rule, SecurityLevel,
    Stack, SyslogFacility, TrafficDescriptor, TrafficRow,
};
use generator::setup::{Level, Part, Question, parts, questions};

pub fn id(text: &str) -> ObjectId {
    ObjectId(text.to_owned())
}

pub fn stack_id() -> ObjectId {
    id("stack")
}

#[derive(Clone, Debug)]
pub struct Site {
    pub image: Image,
    pub stack: Stack,
    pub rows: Vec<TrafficRow>,
    pub more_stacks: Vec<String>,
}

impl Site {
    /// Image COLMVSA, stack TCPIP, ring START1/COLINRING, two ports of MQ.
    pub fn colmvsa() -> Self {
        let row = |port: &str| TrafficRow {
            local_port: Entry::from(port),
            direction: Direction::Inbound,
            jobname: Entry::from("CSQ9CHIN"),
            ..TrafficRow::default()
        };
        Self {
            image: Image {
                name: Entry::from("COLMVSA"),
                keyring: Entry::from("START1/COLINRING"),
                ..Image::default()
            },
            stack: Stack {
                name: Entry::from("TCPIP"),
                ..Stack::default()
            },
            rows: vec![row("1414"), row("1415-1420")],
            more_stacks: Vec::new(),
        }
    }

    pub fn facility(mut self, facility: SyslogFacility) -> Self {
        self.image.syslog_facility = facility;
        self
    }

    pub fn configuration(&self) -> Configuration {
        let mut objects: Vec<(ObjectId, Object)> = vec![
            (id("image"), self.image.clone().into()),
            (
                stack_id(),
                Stack {
                    image: Some(id("image")),
                    ..self.stack.clone()
                }
                .into(),
            ),
            (
                id("traffic"),
                TrafficDescriptor {
                    rows: self.rows.clone(),
                    ..TrafficDescriptor::default()
                }
                .into(),
            ),
            (id("level"), SecurityLevel::default().into()),
            (
                id("rule"),
                Rule {
                    name: Entry::from("R"),
                    owner: Some(stack_id()),
                    map: MapUse::Own(vec![Mapping {
                        traffic: Some(id("traffic")),
                        level: Some(id("level")),
                    }]),
                    ..Rule::default()
                }
                .into(),
            ),
        ];
        for name in &self.more_stacks {
            objects.push((
                id(&format!("stack {name}")),
                Stack {
                    name: Entry::from(name.as_str()),
                    image: Some(id("image")),
                    ..Stack::default()
                }
                .into(),
            ));
        }
        objects.into_iter().collect()
    }

    pub fn questions(&self) -> Vec<Question> {
        questions(&self.configuration(), &stack_id()).unwrap()
    }

    pub fn parts(&self) -> Vec<Part> {
        parts(&self.configuration(), &stack_id()).unwrap()
    }

    pub fn part(&self, key: &str) -> Part {
        self.parts()
            .into_iter()
            .find(|part| part.key == key)
            .unwrap()
    }

    pub fn answer(&mut self, question: &Question, answer: &str) {
        let answers = match question.level {
            Level::Image | Level::Ring(_) => &mut self.image.setup,
            Level::Stack => &mut self.stack.setup,
        };
        answers.insert(question.key.clone(), answer.to_owned());
    }

    /// Answers every required question as suggested.
    pub fn answered(mut self) -> Self {
        for question in self.questions().iter().filter(|question| question.required) {
            self.answer(question, &question.suggestion);
        }
        self
    }
}
