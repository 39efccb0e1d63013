//! Which ports are protected, how, and by whom: the list for the overview and for an auditor.
//!
//! It says what the objects say. Whether a row can be written is what `problems` and `compile` say.

use crate::objects::variables::Resolved;
use crate::objects::{
    Configuration, HandshakeRole, Image, Object, ObjectId, Rule, SecurityLevel, Stack,
    TrafficDescriptor, TrafficRow, summary,
};

/// One row of a traffic descriptor as a rule of a stack uses it.
#[derive(Clone, Copy, Debug)]
pub struct ProtectedPort<'a> {
    configuration: &'a Configuration,
    pub stack_id: &'a ObjectId,
    pub stack: &'a Stack,
    pub rule_id: &'a ObjectId,
    pub rule: &'a Rule,
    pub traffic_id: &'a ObjectId,
    pub traffic: &'a TrafficDescriptor,
    pub row: &'a TrafficRow,
    pub level_id: &'a ObjectId,
    pub level: &'a SecurityLevel,
}

/// Every row that an enabled rule of an enabled stack uses: stacks by name, rows in search order.
/// Variables have the values of the stack.
pub fn protected_ports<'a>(resolved: &'a Resolved<'_>) -> Vec<ProtectedPort<'a>> {
    let mut ports = Vec::new();
    for (id, configuration) in &resolved.stacks {
        let Some(Object::Stack(stack)) = configuration.get(id) else {
            continue;
        };
        if !stack.enabled {
            continue;
        }
        for (rule_id, rule) in configuration.rules_of(id) {
            if rule.enabled {
                of_rule(configuration, (id, stack), (rule_id, rule), &mut ports);
            }
        }
    }
    ports
}

fn of_rule<'a>(
    configuration: &'a Configuration,
    (stack_id, stack): (&'a ObjectId, &'a Stack),
    (rule_id, rule): (&'a ObjectId, &'a Rule),
    ports: &mut Vec<ProtectedPort<'a>>,
) {
    for mapping in configuration.mappings_of(rule) {
        let (Some(traffic_id), Some(level_id)) = (&mapping.traffic, &mapping.level) else {
            continue;
        };
        let (Some(Object::TrafficDescriptor(traffic)), Some(Object::SecurityLevel(level))) =
            (configuration.get(traffic_id), configuration.get(level_id))
        else {
            continue;
        };
        ports.extend(traffic.rows.iter().map(|row| ProtectedPort {
            configuration,
            stack_id,
            stack,
            rule_id,
            rule,
            traffic_id,
            traffic,
            row,
            level_id,
            level,
        }));
    }
}

impl<'a> ProtectedPort<'a> {
    fn image(&self) -> Option<&'a Image> {
        match self.configuration.get(self.stack.image.as_ref()?) {
            Some(Object::Image(image)) => Some(image),
            _ => None,
        }
    }

    /// Empty while the stack is on no image.
    pub fn image_name(&self) -> String {
        let image = self.stack.image.as_ref();
        image.map_or_else(String::new, |id| summary::name_of(self.configuration, id))
    }

    pub fn stack_name(&self) -> String {
        summary::name_of(self.configuration, self.stack_id)
    }

    /// `SYS1.TCPIP`.
    pub fn place(&self) -> String {
        match self.image_name() {
            image if image.is_empty() => self.stack_name(),
            image => format!("{image}.{}", self.stack_name()),
        }
    }

    pub fn rule_name(&self) -> String {
        summary::name_of(self.configuration, self.rule_id)
    }

    /// The stack, image or z/OS group that the rule belongs to.
    pub fn owner(&self) -> String {
        let owner = self.rule.owner.as_ref();
        owner.map_or_else(String::new, |id| summary::name_of(self.configuration, id))
    }

    pub fn local_address(&self) -> String {
        summary::endpoint(self.configuration, &self.rule.local)
    }

    pub fn remote_address(&self) -> String {
        summary::endpoint(self.configuration, &self.rule.remote)
    }

    /// Both ends: `1414`, `to 443`, `all`.
    pub fn ports(&self) -> String {
        let row = self.row;
        summary::ports(&row.local_port.to_string(), &row.remote_port.to_string())
    }

    /// `inbound`, `outbound` or `both`.
    pub fn direction(&self) -> String {
        self.row.direction.word().to_lowercase()
    }

    /// The job name or its mask; `any` for every job.
    pub fn job(&self) -> String {
        any(self.row.jobname.to_string())
    }

    /// The user ID or its mask; `any` for every user.
    pub fn user(&self) -> String {
        any(self.row.userid.to_string())
    }

    pub fn role(&self) -> HandshakeRole {
        self.row.role_at(self.level)
    }

    /// What the server asks of clients, `off` when it asks for no certificate; `None` where this
    /// end is the client or nothing is protected.
    pub fn client_authentication(&self) -> Option<&'static str> {
        if !self.level.protect {
            return None;
        }
        match self.role() {
            HandshakeRole::Client => None,
            HandshakeRole::Server => Some("off"),
            // The default of `ClientAuthType`, where the row alone asks for it.
            HandshakeRole::ServerWithClientAuth => Some(
                self.level
                    .client_authentication
                    .word()
                    .unwrap_or("Required"),
            ),
        }
    }

    /// The key ring that counts: the row's, or the stack's, or the image's; none where nothing is
    /// protected.
    pub fn keyring(&self) -> String {
        if !self.level.protect {
            return String::new();
        }
        let image = self.image().map(|image| &image.keyring);
        [Some(&self.row.keyring), Some(&self.stack.keyring), image]
            .into_iter()
            .flatten()
            .map(ToString::to_string)
            .find(|keyring| !keyring.is_empty())
            .unwrap_or_default()
    }

    /// Empty for the default certificate of the key ring.
    pub fn certificate_labels(&self) -> Vec<String> {
        let several = &self.row.server_certificate_labels;
        let one = self.row.certificate_label.to_string();
        match several.is_empty() {
            true if one.is_empty() => Vec::new(),
            true => vec![one],
            false => several.iter().map(ToString::to_string).collect(),
        }
    }
}

fn any(text: String) -> String {
    if text == "*" { "any".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::{ClientAuthentication, Direction, Entry, Group, MapUse, Mapping};

    fn id(text: &str) -> ObjectId {
        ObjectId(text.to_owned())
    }

    fn port(text: &str) -> TrafficRow {
        TrafficRow {
            local_port: Entry::read(text),
            direction: Direction::Inbound,
            ..TrafficRow::default()
        }
    }

    fn rule(name: &str, owner: &str) -> Rule {
        Rule {
            name: name.into(),
            owner: Some(id(owner)),
            map: MapUse::Own(vec![Mapping {
                traffic: Some(id("t")),
                level: Some(id("l")),
            }]),
            ..Rule::default()
        }
    }

    /// The group PLEX with the image SYS1 with the stacks TCPIP and OFF.
    fn sample() -> Configuration {
        let stack = |name: &str, enabled| Stack {
            name: name.into(),
            image: Some(id("i")),
            enabled,
            ..Stack::default()
        };
        let off = Rule {
            enabled: false,
            ..rule("Off", "s")
        };
        let rows = vec![
            port("1414"),
            TrafficRow {
                keyring: "MQ/RING".into(),
                direction: Direction::Outbound,
                server_certificate_labels: vec!["RSA".into(), "EC".into()],
                ..port("1415")
            },
        ];
        let all: [(&str, Object); 9] = [
            (
                "g",
                Group {
                    name: "PLEX".into(),
                    ..Group::default()
                }
                .into(),
            ),
            (
                "i",
                Image {
                    name: "SYS1".into(),
                    group: Some(id("g")),
                    keyring: "TCPIP/RING".into(),
                    ..Image::default()
                }
                .into(),
            ),
            ("s", stack("TCPIP", true).into()),
            ("s2", stack("OFF", false).into()),
            (
                "t",
                TrafficDescriptor {
                    name: "MQ".into(),
                    rows,
                    ..TrafficDescriptor::default()
                }
                .into(),
            ),
            (
                "l",
                SecurityLevel {
                    name: "GOLD".into(),
                    client_authentication: ClientAuthentication::Full,
                    ..SecurityLevel::default()
                }
                .into(),
            ),
            ("r1", rule("Of_plex", "g").into()),
            ("r2", rule("Of_stack", "s").into()),
            ("r3", off.into()),
        ];
        all.into_iter()
            .map(|(at, object)| (id(at), object))
            .collect()
    }

    #[test]
    fn every_row_of_an_enabled_rule_counts_once_per_enabled_stack_in_search_order() {
        let sample = sample();
        let found: Vec<_> = protected_ports(&Resolved::of(&sample))
            .iter()
            .map(|port| {
                format!(
                    "{} {} of {}: {}",
                    port.place(),
                    port.rule_name(),
                    port.owner(),
                    port.ports()
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                "SYS1.TCPIP Of_stack of TCPIP: 1414",
                "SYS1.TCPIP Of_stack of TCPIP: 1415",
                "SYS1.TCPIP Of_plex of PLEX: 1414",
                "SYS1.TCPIP Of_plex of PLEX: 1415",
            ]
        );
    }

    #[test]
    fn the_row_comes_before_stack_and_image() {
        let mut sample = sample();
        let resolved = Resolved::of(&sample);
        let ports = protected_ports(&resolved);
        let (server, client) = (&ports[0], &ports[1]);
        assert_eq!(server.keyring(), "TCPIP/RING");
        assert_eq!(server.client_authentication(), Some("Full"));
        assert_eq!(server.certificate_labels(), Vec::<String>::new());
        assert_eq!(client.keyring(), "MQ/RING");
        assert_eq!(client.client_authentication(), None);
        assert_eq!(client.certificate_labels(), ["RSA", "EC"]);
        assert_eq!(
            (client.job(), client.direction()),
            ("any".into(), "outbound".into())
        );
        if let Some(Object::Stack(stack)) = sample.objects.get_mut(&id("s")) {
            stack.keyring = "STACK/RING".into();
        }
        assert_eq!(
            protected_ports(&Resolved::of(&sample))[0].keyring(),
            "STACK/RING"
        );
    }

    #[test]
    fn a_row_that_asks_for_certificates_gets_the_default_of_its_level() {
        let mut sample = sample();
        if let Some(Object::SecurityLevel(level)) = sample.objects.get_mut(&id("l")) {
            level.client_authentication = ClientAuthentication::Off;
        }
        assert_eq!(
            protected_ports(&Resolved::of(&sample))[0].client_authentication(),
            Some("off")
        );
        if let Some(Object::TrafficDescriptor(traffic)) = sample.objects.get_mut(&id("t")) {
            traffic.rows[0].role = Some(HandshakeRole::ServerWithClientAuth);
        }
        assert_eq!(
            protected_ports(&Resolved::of(&sample))[0].client_authentication(),
            Some("Required")
        );
    }
}
