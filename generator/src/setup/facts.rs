//! What the configuration knows about a stack's set-up.

use std::collections::{BTreeMap, BTreeSet};

use crate::compile::default_paths;
use crate::objects::values::{FileName, NameMask, Ports};
use crate::objects::{
    Configuration, Direction, Entry, HandshakeRole, Image, Object, ObjectId, Stack, SyslogFacility,
};

use super::SetupError;
use super::rings::{Rings, protected_rows};

/// The stack, its image, and what follows from its rules.
pub(super) struct Facts<'a> {
    pub image: String,
    pub stack: String,
    /// As PAGENT names them.
    pub main_file: String,
    pub image_file: String,
    pub policy_file: String,
    /// All stacks of the image with a name, this one included.
    pub stacks: Vec<String>,
    /// Stacks of the image that name another main file; PAGENT reads one only.
    pub other_main: Vec<String>,
    /// AT-TLS messages have the facility auth.
    pub auth: bool,
    pub ports: Vec<Port>,
    /// Job names that listen.
    pub server_jobs: Vec<String>,
    pub rings: Rings,
    answers: [&'a BTreeMap<String, String>; 2],
}

/// Ports that a job listens on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Port {
    pub low: u16,
    pub high: u16,
    pub job: String,
}

impl Port {
    pub fn is_range(&self) -> bool {
        self.high > self.low
    }

    pub fn count(&self) -> u32 {
        u32::from(self.high) - u32::from(self.low) + 1
    }
}

impl<'a> Facts<'a> {
    pub fn of(configuration: &'a Configuration, id: &ObjectId) -> Result<Self, SetupError> {
        let Some(Object::Stack(stack)) = configuration.get(id) else {
            return Err(SetupError::NoStack);
        };
        let image_id = stack.image.as_ref().ok_or(SetupError::NoImage)?;
        let Some(Object::Image(image)) = configuration.get(image_id) else {
            return Err(SetupError::NoImage);
        };
        let name = |name: &Entry<_>| name.value().map(ToString::to_string);
        let [main_file, image_file, policy_file] = files(stack);
        let siblings = siblings(configuration, image_id);
        let (ports, server_jobs) = listeners(configuration, id, stack);
        Ok(Self {
            image: name(&image.name)
                .ok_or_else(|| SetupError::ImageName(image.name.to_string()))?,
            stack: name(&stack.name)
                .ok_or_else(|| SetupError::StackName(stack.name.to_string()))?,
            stacks: siblings
                .iter()
                .map(|stack| stack.name.to_string())
                .collect(),
            other_main: siblings
                .iter()
                .filter(|other| files(other)[0] != main_file)
                .map(|other| other.name.to_string())
                .collect(),
            auth: match image.syslog_facility {
                SyslogFacility::Auth => true,
                SyslogFacility::Daemon => false,
            },
            rings: Rings::of(configuration, id, stack, image),
            answers: answers(stack, image),
            main_file,
            image_file,
            policy_file,
            ports,
            server_jobs,
        })
    }

    pub fn has_single_ports(&self) -> bool {
        self.ports.iter().any(|port| !port.is_range())
    }

    pub fn has_port_ranges(&self) -> bool {
        self.ports.iter().any(Port::is_range)
    }

    /// The answer to a question, blanks around it taken away.
    pub fn answer(&self, key: &str) -> Option<&'a str> {
        self.answers
            .iter()
            .find_map(|answers| answers.get(key))
            .map(|answer| answer.trim())
            .filter(|answer| !answer.is_empty())
    }
}

fn answers<'a>(stack: &'a Stack, image: &'a Image) -> [&'a BTreeMap<String, String>; 2] {
    [&stack.setup, &image.setup]
}

fn files(stack: &Stack) -> [String; 3] {
    let mut paths = default_paths(stack);
    let typed = [&stack.files.main, &stack.files.image, &stack.files.policy];
    for (path, typed) in paths.iter_mut().zip(typed) {
        if let Some(value) = typed.value().filter(|value: &&FileName| !value.is_empty()) {
            *path = value.to_string();
        }
    }
    paths
}

/// The stacks of an image that have a name, by name.
fn siblings<'a>(configuration: &'a Configuration, image: &ObjectId) -> Vec<&'a Stack> {
    let mut stacks: Vec<_> = configuration
        .objects
        .values()
        .filter_map(|object| match object {
            Object::Stack(stack) if stack.image.as_ref() == Some(image) => Some(stack),
            _ => None,
        })
        .filter(|stack| stack.name.value().is_some())
        .collect();
    crate::sort::by_key(&mut stacks, |stack| stack.name.to_string());
    stacks.dedup_by_key(|stack| stack.name.to_string());
    stacks
}

/// The ports that can be reserved, and the jobs that wait for AT-TLS.
fn listeners(
    configuration: &Configuration,
    id: &ObjectId,
    stack: &Stack,
) -> (Vec<Port>, Vec<String>) {
    let (mut ports, mut jobs) = (BTreeSet::new(), BTreeSet::new());
    for row in protected_rows(configuration, id, stack) {
        let listens = match (row.direction, row.effective_role()) {
            (Direction::Outbound, _) | (Direction::Either, HandshakeRole::Client) => false,
            (Direction::Inbound | Direction::Either, _) => true,
        };
        let Entry::Value(NameMask::Exact(job)) = &row.jobname else {
            continue;
        };
        if !listens {
            continue;
        }
        jobs.insert(job.clone());
        let (low, high) = match row.local_port {
            Entry::Value(Ports::One(port)) => (port, port),
            Entry::Value(Ports::Range(low, high)) => (low, high),
            Entry::Value(Ports::All | Ports::Ephemeral) | Entry::Typed(_) => continue,
        };
        ports.insert(Port {
            low,
            high,
            job: job.clone(),
        });
    }
    (ports.into_iter().collect(), jobs.into_iter().collect())
}
