//! The actions of a rule: which value stands in which statement.
//!
//! The compact layout writes each value once: what a level and a row say goes to the environment,
//! what a rule alone says to the connection. The compatible one repeats the role and puts protocol
//! versions, suites and what the row says at the connection, as the Network Configuration Assistant
//! does.

use std::collections::BTreeMap;

use crate::objects::attls::security::suite_of;
use crate::objects::fields;
use crate::objects::settings::Setting;
use crate::objects::{
    ClientAuthentication, Entry, HandshakeRole, Layout, Settings, Suites, SyslogFacility,
};
use crate::policy::Release;
use crate::policy::model::{BuildError, Statement, Tag};
use crate::policy::table::{self, Kind as TableKind, StatementDef};

use super::attls::Kind;
use super::block::{Block, NameParts, Origins};
use super::expand::Expanded;
use super::{Origin, Place, Unwritten};

/// The actions that a rule refers to.
#[derive(Clone, Debug)]
pub(super) struct ActionRefs {
    pub group: String,
    pub environment: Option<String>,
    pub connection: Option<String>,
}

/// All action statements of a file, and what they refer to.
pub(super) struct Actions {
    layout: Layout,
    group: Kind,
    environment: Kind,
    connection: Kind,
    connection_advanced: Kind,
    environment_advanced: Kind,
    group_advanced: Kind,
    keyring: Kind,
    cipher: Kind,
    signature: Kind,
    gsk: Kind,
}

/// The values of a statement's attributes on their way to its block, by attribute.
type Values = BTreeMap<&'static str, (Vec<String>, Origin)>;

/// What one row says, sorted by the statement that it goes to.
#[derive(Default)]
struct Parts {
    statements: BTreeMap<&'static str, Values>,
}

impl Parts {
    fn put(
        &mut self,
        statement: &'static str,
        attribute: &'static str,
        values: Vec<String>,
        origin: Origin,
    ) {
        self.statements
            .entry(statement)
            .or_default()
            .insert(attribute, (values, origin));
    }

    fn one(
        &mut self,
        statement: &'static str,
        attribute: &'static str,
        value: &str,
        origin: Origin,
    ) {
        self.put(statement, attribute, vec![value.to_owned()], origin);
    }

    /// The attributes of a statement in the table's order.
    fn block(&self, def: &'static StatementDef, origins: &mut Origins) -> Block {
        let mut block = Block::new(def);
        let Some(values) = self.statements.get(def.name) else {
            return block;
        };
        for attribute in def.attributes {
            if let Some((values, origin)) = values.get(attribute.name) {
                let tag = origins.tag(origin);
                for value in values {
                    block.line(attribute.name, value.clone(), tag);
                }
            }
        }
        block
    }

    fn has(&self, statement: &str, attribute: &str) -> bool {
        self.statements
            .get(statement)
            .is_some_and(|values| values.contains_key(attribute))
    }

    fn take(&mut self, statement: &str, attribute: &str) -> Option<(Vec<String>, Origin)> {
        self.statements.get_mut(statement)?.remove(attribute)
    }
}

const ENVIRONMENT_ADVANCED: &str = "TTLSEnvironmentAdvancedParms";
const CONNECTION_ADVANCED: &str = "TTLSConnectionAdvancedParms";

impl Actions {
    pub fn new(layout: Layout) -> Self {
        let kind = |def| Kind::new(def, layout);
        Self {
            layout,
            group: kind(&table::TTLS_GROUP_ACTION),
            environment: kind(&table::TTLS_ENVIRONMENT_ACTION),
            connection: kind(&table::TTLS_CONNECTION_ACTION),
            connection_advanced: kind(&table::TTLS_CONNECTION_ADVANCED_PARMS),
            environment_advanced: kind(&table::TTLS_ENVIRONMENT_ADVANCED_PARMS),
            group_advanced: kind(&table::TTLS_GROUP_ADVANCED_PARMS),
            keyring: kind(&table::TTLS_KEYRING_PARMS),
            cipher: kind(&table::TTLS_CIPHER_PARMS),
            signature: kind(&table::TTLS_SIGNATURE_PARMS),
            gsk: kind(&table::TTLS_GSK_ADVANCED_PARMS),
        }
    }

    /// The statements in the order of the file.
    pub fn statements(self) -> Vec<Statement> {
        [
            self.group,
            self.group_advanced,
            self.environment,
            self.environment_advanced,
            self.connection,
            self.connection_advanced,
            self.keyring,
            self.cipher,
            self.signature,
            self.gsk,
        ]
        .into_iter()
        .flat_map(Kind::statements)
        .collect()
    }

    /// The names of the actions of a row; the statements are made when they are new.
    pub fn refs(
        &mut self,
        place: &Place<'_>,
        expanded: &Expanded<'_>,
        origins: &mut Origins,
    ) -> Result<ActionRefs, Unwritten> {
        let mut parts = collect(place, expanded, self.layout)?;
        let mut row = RowWriter {
            actions: self,
            place,
            expanded,
            origins,
        };
        let group = row.group(&parts)?;
        if !expanded.level.protect {
            return Ok(ActionRefs {
                group,
                environment: None,
                connection: None,
            });
        }
        let connection = row.connection(&mut parts)?;
        let environment = row.environment(&parts)?;
        Ok(ActionRefs {
            group,
            environment: Some(environment),
            connection,
        })
    }
}

/// Everything that level, row, rule, stack and image say, by statement.
fn collect(place: &Place<'_>, expanded: &Expanded<'_>, layout: Layout) -> Result<Parts, Unwritten> {
    let mut parts = Parts::default();
    let (level, row, rule) = (expanded.level, expanded.row, expanded.rule);
    // In the compatible layout, versions and what the row says stand at the connection.
    let near = match layout {
        Layout::Compact => ENVIRONMENT_ADVANCED,
        Layout::Compatible => CONNECTION_ADVANCED,
    };
    if level.protect {
        versions(&mut parts, expanded, near, place.release());
        if let (Some(word), true) = (level.client_authentication.word(), is_server(expanded)) {
            parts.one(
                ENVIRONMENT_ADVANCED,
                "ClientAuthType",
                word,
                expanded.level_field("client_authentication"),
            );
        }
        add_settings(
            &mut parts,
            expanded,
            &level.settings,
            &|key| expanded.level_field(&format!("settings/{key}")),
            ENVIRONMENT_ADVANCED,
        )?;
        row_fields(&mut parts, place, expanded, near)?;
        add_settings(
            &mut parts,
            expanded,
            &row.settings,
            &|key| expanded.row_field(&format!("settings/{key}")),
            near,
        )?;
        add_settings(
            &mut parts,
            expanded,
            &rule.settings,
            &|key| expanded.rule_field(&format!("settings/{key}")),
            CONNECTION_ADVANCED,
        )?;
    }
    Ok(parts)
}

fn is_server(expanded: &Expanded<'_>) -> bool {
    expanded.row.effective_role() != HandshakeRole::Client
}

/// The role, with what the level says of client authentication.
fn role(expanded: &Expanded<'_>) -> HandshakeRole {
    match expanded.row.effective_role() {
        HandshakeRole::Server
            if expanded.level.client_authentication != ClientAuthentication::Off =>
        {
            HandshakeRole::ServerWithClientAuth
        }
        role => role,
    }
}

/// All switches are written, always: their defaults differ between releases.
fn versions(parts: &mut Parts, expanded: &Expanded<'_>, near: &'static str, release: Release) {
    let versions = expanded.level.versions;
    let switches = [
        ("SSLv2", "sslv2", versions.sslv2),
        ("SSLv3", "sslv3", versions.sslv3),
        ("TLSv1", "tls10", versions.tls10),
        ("TLSv1.1", "tls11", versions.tls11),
        ("TLSv1.2", "tls12", versions.tls12),
        ("TLSv1.3", "tls13", versions.tls13),
    ];
    for (attribute, field, on) in switches {
        let known = near_def(near)
            .attribute(attribute)
            .is_some_and(|def| def.since <= release);
        // SSL V2 has been off by default in every release.
        if on || (known && attribute != "SSLv2") {
            parts.one(
                near,
                attribute,
                if on { "On" } else { "Off" },
                expanded.level_field(&format!("versions/{field}")),
            );
        }
    }
}

fn near_def(near: &str) -> &'static StatementDef {
    if near == CONNECTION_ADVANCED {
        &table::TTLS_CONNECTION_ADVANCED_PARMS
    } else {
        &table::TTLS_ENVIRONMENT_ADVANCED_PARMS
    }
}

fn row_fields(
    parts: &mut Parts,
    place: &Place<'_>,
    expanded: &Expanded<'_>,
    near: &'static str,
) -> Result<(), Unwritten> {
    let row = expanded.row;
    let explicit = place.stack.layout == Layout::Compatible || place.stack.write_defaults;
    let switches = [
        (
            "ApplicationControlled",
            "application_controlled",
            row.application_controlled,
        ),
        ("SecondaryMap", "secondary_map", row.secondary_map),
    ];
    for (attribute, field, on) in switches {
        if on || explicit {
            parts.one(
                near,
                attribute,
                if on { "On" } else { "Off" },
                expanded.row_field(field),
            );
        }
    }
    let label = entry(
        &row.certificate_label,
        expanded.row_field("certificate_label"),
        expanded,
    )?;
    if !label.is_empty() {
        parts.one(
            near,
            "CertificateLabel",
            label.as_str(),
            expanded.row_field("certificate_label"),
        );
    }
    let mut labels = Vec::new();
    for (at, typed) in row.server_certificate_labels.iter().enumerate() {
        let label = entry(
            typed,
            expanded.row_field(&format!("server_certificate_labels/{at}")),
            expanded,
        )?;
        if !label.is_empty() {
            labels.push(label.to_string());
        }
    }
    if !labels.is_empty() {
        parts.put(
            near,
            "ServerCertificateLabel",
            labels,
            expanded.row_field("server_certificate_labels"),
        );
    }
    Ok(())
}

/// Sorts settings to their statements; those of the environment that the connection knows, too, go to `near`.
fn add_settings(
    parts: &mut Parts,
    expanded: &Expanded<'_>,
    settings: &Settings,
    origin: &dyn Fn(&str) -> Origin,
    near: &'static str,
) -> Result<(), Unwritten> {
    for (key, setting) in settings {
        let refused = |reason: String| Unwritten {
            origin: origin(key),
            reason: format!(
                "rule {} row {}: {reason}",
                expanded.rule_name, expanded.number
            ),
        };
        let Some((statement, attribute)) = fields::row(key) else {
            return Err(refused(format!("`{key}` is no parameter")));
        };
        let values = values_of(setting);
        let error = values
            .iter()
            .find_map(|value| Some((value, attribute.check(value).err()?)));
        if let Some((value, error)) = error
            && !attribute.is_doubtful(&error)
        {
            return Err(refused(format!("{}: `{value}`: {error}", attribute.name)));
        }
        if values.is_empty() {
            continue;
        }
        let word = |value: String| match attribute.kind {
            TableKind::Flag | TableKind::Enum(_) => attribute
                .canonical(&value)
                .map_or(value, |word| word.into_owned()),
            _ => value,
        };
        let written = values.into_iter().map(word).collect();
        let goes_near = statement.name == ENVIRONMENT_ADVANCED
            && near_def(near).attribute(attribute.name).is_some();
        let statement = if goes_near { near } else { statement.name };
        parts.put(statement, attribute.name, written, origin(key));
    }
    Ok(())
}

fn values_of(setting: &Setting) -> Vec<String> {
    setting
        .values()
        .iter()
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
        .collect()
}

fn entry<'e, T: std::fmt::Display>(
    entry: &'e Entry<T>,
    origin: Origin,
    expanded: &Expanded<'_>,
) -> Result<&'e T, Unwritten> {
    entry.value().ok_or_else(|| Unwritten {
        origin,
        reason: format!(
            "rule {} row {}: `{entry}` cannot be written",
            expanded.rule_name, expanded.number
        ),
    })
}

/// Writes the actions of one row.
struct RowWriter<'w> {
    actions: &'w mut Actions,
    place: &'w Place<'w>,
    expanded: &'w Expanded<'w>,
    origins: &'w mut Origins,
}

impl RowWriter<'_> {
    fn explicit(&self) -> bool {
        self.actions.layout == Layout::Compatible || self.place.stack.write_defaults
    }

    fn refused(&self, error: &BuildError) -> Unwritten {
        let origin = self
            .origins
            .of(error.tag)
            .cloned()
            .unwrap_or_else(|| self.expanded.rule_field("name"));
        Unwritten {
            origin,
            reason: format!(
                "rule {} row {}: {}: {}",
                self.expanded.rule_name, self.expanded.number, error.keyword, error.cause
            ),
        }
    }

    fn group(&mut self, parts: &Parts) -> Result<String, Unwritten> {
        let stack = self.place.stack;
        let mut block = Block::new(&table::TTLS_GROUP_ACTION);
        let protect = self.expanded.level.protect;
        let tag = self.origins.tag(&self.expanded.level_field("protect"));
        block.line("TTLSEnabled", if protect { "On" } else { "Off" }, tag);
        if stack.trace != 2 || self.explicit() {
            let tag = self.origins.tag(&self.place.stack_field("trace"));
            block.line("Trace", stack.trace.to_string(), tag);
        }
        if stack.trace_clear_text {
            let tag = self
                .origins
                .tag(&self.place.stack_field("trace_clear_text"));
            block.line("CtraceClearText", "On", tag);
        }
        let mut names = vec![if protect { "On" } else { "Off" }];
        for attribute in ["FIPS140", "GroupUserInstance"] {
            if let Some((values, origin)) = parts
                .statements
                .get("TTLSGroupAction")
                .and_then(|values| values.get(attribute))
            {
                let tag = self.origins.tag(origin);
                block.line(attribute, values.concat(), tag);
                names.push(if attribute == "FIPS140" {
                    "FIPS"
                } else {
                    self.expanded.rule_name
                });
            }
        }
        if parts.has("TTLSGroupAdvancedParms", "Envfile") {
            names.push(self.expanded.rule_name);
        }
        let advanced = self.group_advanced(parts);
        self.attach(&mut block, advanced, "TTLSGroupAdvancedParmsRef", &names)?;
        let parts = NameParts {
            kind: "gAct",
            objects: &names,
            compatible: None,
        };
        self.actions
            .group
            .name_of(&block, &parts)
            .map_err(|error| self.refused(&error))
    }

    fn group_advanced(&mut self, parts: &Parts) -> Block {
        let mut block = Block::new(&table::TTLS_GROUP_ADVANCED_PARMS);
        if let Some((id, image)) = self.place.image
            && (image.syslog_facility != SyslogFacility::Daemon || self.place.stack.write_defaults)
        {
            let tag = self.origins.tag(&Origin {
                object: id.clone(),
                field: "syslog_facility".into(),
            });
            let word = match image.syslog_facility {
                SyslogFacility::Daemon => "Daemon",
                SyslogFacility::Auth => "Auth",
            };
            block.line("SyslogFacility", word, tag);
        }
        let envfile = parts
            .statements
            .get("TTLSGroupAdvancedParms")
            .and_then(|values| values.get("Envfile"));
        if let Some((values, origin)) = envfile {
            let tag = self.origins.tag(origin);
            block.line("Envfile", values.concat(), tag);
        }
        block
    }

    /// A block inside its parent, or as a statement of its own that the parent refers to.
    fn attach(
        &mut self,
        parent: &mut Block,
        block: Block,
        keyword: &'static str,
        names: &[&str],
    ) -> Result<(), Unwritten> {
        if block.is_empty() {
            return Ok(());
        }
        if self.actions.layout == Layout::Compact {
            parent.block(block);
            return Ok(());
        }
        let tag = block.tag;
        let parts = NameParts {
            kind: "gAdv",
            objects: names,
            compatible: None,
        };
        let name = self
            .actions
            .group_advanced
            .name_of(&block, &parts)
            .map_err(|error| self.refused(&error))?;
        parent.line(keyword, name, tag);
        Ok(())
    }

    fn environment(&mut self, parts: &Parts) -> Result<String, Unwritten> {
        let (traffic, level) = (
            self.expanded.traffic.name.to_string(),
            self.expanded.level.name.to_string(),
        );
        let mut block = Block::new(&table::TTLS_ENVIRONMENT_ACTION);
        self.role(&mut block);
        let own = parts.statements.get("TTLSEnvironmentAction");
        match own.and_then(|values| values.get("EnvironmentUserInstance")) {
            Some((values, origin)) => {
                let tag = self.origins.tag(origin);
                block.line("EnvironmentUserInstance", values.concat(), tag);
            }
            None if self.explicit() => block.line("EnvironmentUserInstance", "0", Tag::NONE),
            None => {}
        }
        if let Some((values, origin)) = own.and_then(|values| values.get("SuiteBProfile")) {
            let tag = self.origins.tag(origin);
            block.line("SuiteBProfile", values.concat(), tag);
        }
        self.keyring(&mut block)?;
        if self.actions.layout == Layout::Compact {
            self.ciphers(&mut block)?;
            self.signatures(&mut block, parts)?;
        }
        self.environment_advanced(&mut block, parts)?;
        self.gsk(&mut block, parts)?;
        let names = [traffic.as_str(), level.as_str()];
        let names = NameParts {
            kind: "eAct",
            objects: &names,
            compatible: Some(&traffic),
        };
        self.actions
            .environment
            .name_of(&block, &names)
            .map_err(|error| self.refused(&error))
    }

    fn role(&mut self, block: &mut Block) {
        let level_says = role(self.expanded) != self.expanded.row.effective_role();
        let origin = if level_says {
            self.expanded.level_field("client_authentication")
        } else {
            self.expanded.row_field("role")
        };
        let tag = self.origins.tag(&origin);
        block.line("HandshakeRole", role(self.expanded).word(), tag);
    }

    /// The row's key ring, or the stack's, or the image's.
    fn keyring(&mut self, parent: &mut Block) -> Result<(), Unwritten> {
        let row = self.expanded.row;
        let stack_name = self.place.stack.name.to_string();
        let traffic = self.expanded.traffic.name.to_string();
        let mut sources = vec![
            (
                &row.keyring,
                Some(&row.keyring_stash_file),
                self.expanded.row_field("keyring"),
                traffic,
            ),
            (
                &self.place.stack.keyring,
                None,
                self.place.stack_field("keyring"),
                stack_name,
            ),
        ];
        if let Some((id, image)) = self.place.image {
            let origin = Origin {
                object: id.clone(),
                field: "keyring".into(),
            };
            sources.push((
                &image.keyring,
                Some(&image.keyring_stash_file),
                origin,
                image.name.to_string(),
            ));
        }
        for (typed, stash, origin, name) in sources {
            let keyring = entry(typed, origin.clone(), self.expanded)?;
            if keyring.is_empty() {
                continue;
            }
            let tag = self.origins.tag(&origin);
            let mut block = Block::new(&table::TTLS_KEYRING_PARMS);
            block.line("Keyring", keyring.as_str(), tag);
            if let Some(Entry::Value(stash)) = stash
                && !stash.is_empty()
            {
                block.line("KeyringStashFile", stash.as_str(), tag);
            }
            let parts = NameParts {
                kind: "keyR",
                objects: &[&name],
                compatible: None,
            };
            let name = self
                .actions
                .keyring
                .name_of(&block, &parts)
                .map_err(|error| self.refused(&error))?;
            parent.line("TTLSKeyringParmsRef", name, tag);
            return Ok(());
        }
        Err(Unwritten {
            origin: self.expanded.row_field("keyring"),
            reason: format!(
                "rule {} row {}: no key ring is named by the row, the stack or the image",
                self.expanded.rule_name, self.expanded.number
            ),
        })
    }

    fn ciphers(&mut self, parent: &mut Block) -> Result<(), Unwritten> {
        let Suites::List(codes) = &self.expanded.level.suites else {
            return Ok(());
        };
        let mut block = Block::new(&table::TTLS_CIPHER_PARMS);
        for (at, code) in codes.iter().enumerate() {
            let origin = self.expanded.level_field(&format!("suites/list/{at}"));
            let Some(suite) = suite_of(code) else {
                return Err(Unwritten {
                    origin,
                    reason: format!(
                        "security level {}: `{code}` is no cipher suite",
                        self.expanded.level.name
                    ),
                });
            };
            let keyword = if suite.code.len() == 1 {
                "V2CipherSuites"
            } else {
                "V3CipherSuites"
            };
            let tag = self.origins.tag(&origin);
            block.line(keyword, suite.name, tag);
        }
        if block.is_empty() {
            return Ok(());
        }
        let level = self.expanded.level.name.to_string();
        let tag = self.origins.tag(&self.expanded.level_field("suites"));
        let parts = NameParts {
            kind: "cipher",
            objects: &[&level],
            compatible: Some(&level),
        };
        let name = self
            .actions
            .cipher
            .name_of(&block, &parts)
            .map_err(|error| self.refused(&error))?;
        parent.line("TTLSCipherParmsRef", name, tag);
        Ok(())
    }

    fn signatures(&mut self, parent: &mut Block, parts: &Parts) -> Result<(), Unwritten> {
        let block = parts.block(&table::TTLS_SIGNATURE_PARMS, self.origins);
        if block.is_empty() {
            return Ok(());
        }
        let level = self.expanded.level.name.to_string();
        let tag = block.tag;
        let names = NameParts {
            kind: "sigParms",
            objects: &[&level],
            compatible: Some(&level),
        };
        let name = self
            .actions
            .signature
            .name_of(&block, &names)
            .map_err(|error| self.refused(&error))?;
        parent.line("TTLSSignatureParmsRef", name, tag);
        Ok(())
    }

    fn environment_advanced(&mut self, parent: &mut Block, parts: &Parts) -> Result<(), Unwritten> {
        let block = parts.block(&table::TTLS_ENVIRONMENT_ADVANCED_PARMS, self.origins);
        if block.is_empty() {
            return Ok(());
        }
        let (traffic, level) = (
            self.expanded.traffic.name.to_string(),
            self.expanded.level.name.to_string(),
        );
        // Named after the level alone where the row adds nothing.
        let traffic_id = self.expanded.traffic_id;
        let values = parts.statements.get(ENVIRONMENT_ADVANCED);
        let from_row = values.is_some_and(|values| {
            values
                .values()
                .any(|(_, origin)| &origin.object == traffic_id)
        });
        let objects = if from_row {
            vec![traffic.as_str(), level.as_str()]
        } else {
            vec![level.as_str()]
        };
        let tag = block.tag;
        let names = NameParts {
            kind: "eAdv",
            objects: &objects,
            compatible: Some(&level),
        };
        let name = self
            .actions
            .environment_advanced
            .name_of(&block, &names)
            .map_err(|error| self.refused(&error))?;
        parent.line("TTLSEnvironmentAdvancedParmsRef", name, tag);
        Ok(())
    }

    fn gsk(&mut self, parent: &mut Block, parts: &Parts) -> Result<(), Unwritten> {
        let mut block = parts.block(&table::TTLS_GSK_ADVANCED_PARMS, self.origins);
        for def in [
            &table::TTLS_GSK_LDAP_PARMS,
            &table::TTLS_GSK_OCSP_PARMS,
            &table::TTLS_GSK_HTTP_CDP_PARMS,
        ] {
            let inner = parts.block(def, self.origins);
            if !inner.is_empty() {
                block.block(inner);
            }
        }
        if block.is_empty() {
            return Ok(());
        }
        let level = self.expanded.level.name.to_string();
        let tag = block.tag;
        let names = NameParts {
            kind: "gskAdv",
            objects: &[&level],
            compatible: Some(&level),
        };
        let name = self
            .actions
            .gsk
            .name_of(&block, &names)
            .map_err(|error| self.refused(&error))?;
        parent.line("TTLSGskAdvancedParmsRef", name, tag);
        Ok(())
    }

    /// The connection action; in the compact layout only where the rule itself says something.
    fn connection(&mut self, parts: &mut Parts) -> Result<Option<String>, Unwritten> {
        let rule = self.expanded.rule;
        let compatible = self.actions.layout == Layout::Compatible;
        let mut block = Block::new(&table::TTLS_CONNECTION_ACTION);
        if compatible {
            self.role(&mut block);
            self.ciphers(&mut block)?;
            self.signatures(&mut block, parts)?;
        }
        let traffic = self.expanded.traffic.name.to_string();
        let advanced = parts.block(&table::TTLS_CONNECTION_ADVANCED_PARMS, self.origins);
        if !advanced.is_empty() {
            let tag = advanced.tag;
            let names = NameParts {
                kind: "cAdv",
                objects: &[self.expanded.rule_name],
                compatible: Some(&traffic),
            };
            let name = self
                .actions
                .connection_advanced
                .name_of(&advanced, &names)
                .map_err(|error| self.refused(&error))?;
            block.line("TTLSConnectionAdvancedParmsRef", name, tag);
        }
        let clear_text = rule
            .trace_clear_text
            .unwrap_or(compatible && self.place.stack.trace_clear_text);
        if rule.trace_clear_text.is_some() || compatible {
            let tag = self
                .origins
                .tag(&self.expanded.rule_field("trace_clear_text"));
            block.line(
                "CtraceClearText",
                if clear_text { "On" } else { "Off" },
                tag,
            );
        }
        if let Some(trace) = rule.trace {
            let tag = self.origins.tag(&self.expanded.rule_field("trace"));
            block.line("Trace", trace.to_string(), tag);
        }
        if let Some((values, origin)) = parts.take("TTLSConnectionAction", "ConnectionUserInstance")
        {
            let tag = self.origins.tag(&origin);
            block.line("ConnectionUserInstance", values.concat(), tag);
        }
        if block.is_empty() {
            return Ok(None);
        }
        let names = NameParts {
            kind: "cAct",
            objects: &[self.expanded.rule_name],
            compatible: Some(&traffic),
        };
        self.actions
            .connection
            .name_of(&block, &names)
            .map(Some)
            .map_err(|error| self.refused(&error))
    }
}
