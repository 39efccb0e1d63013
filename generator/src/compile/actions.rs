//! The actions of a rule: which value stands in which statement.
//!
//! The compact layout writes each value once: what a level and a row say goes to the environment,
//! what a rule alone says to the connection. The compatible one repeats the role and puts protocol
//! versions, suites and what the row says at the connection, as the Network Configuration Assistant
//! does.

use std::collections::HashMap;
use std::rc::Rc;

use crate::objects::{Entry, Layout, ObjectId, Suites, SyslogFacility};
use crate::policy::model::{BuildError, Statement, Tag};
use crate::policy::table;
use crate::policy::table::lists::suite_of;

use super::attls::Kind;
use super::block::{Block, NameParts, Origins};
use super::expand::Expanded;
use super::parts::{ENVIRONMENT_ADVANCED, Parts, collect, entry, is_plain, is_server, role};
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
    /// What a level says alone, for rows and rules that add nothing: most of them.
    plain: HashMap<(ObjectId, bool), Rc<Parts>>,
    /// The statements made of plain parts, by level, role and keyword.
    plain_refs: HashMap<(ObjectId, bool, &'static str), Made>,
}

/// The name of a statement and where its first line comes from; `None` where nothing is to be written.
type Made = Option<(String, Tag)>;

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
            plain: HashMap::new(),
            plain_refs: HashMap::new(),
        }
    }

    /// Everything that level, row and rule say of a row.
    fn parts(
        &mut self,
        place: &Place<'_>,
        expanded: &Expanded<'_>,
    ) -> Result<Rc<Parts>, Unwritten> {
        if !is_plain(place, expanded) {
            return collect(place, expanded, self.layout).map(Rc::new);
        }
        let key = (expanded.level_id.clone(), is_server(expanded));
        if let Some(known) = self.plain.get(&key) {
            return Ok(Rc::clone(known));
        }
        let parts = Rc::new(collect(place, expanded, self.layout)?);
        self.plain.insert(key, Rc::clone(&parts));
        Ok(parts)
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
        let parts = self.parts(place, expanded)?;
        let plain = is_plain(place, expanded);
        let mut row = RowWriter {
            actions: self,
            place,
            expanded,
            origins,
            plain,
        };
        let group = row.group(&parts)?;
        if !expanded.level.protect {
            return Ok(ActionRefs {
                group,
                environment: None,
                connection: None,
            });
        }
        let connection = row.connection(&parts)?;
        let environment = row.environment(&parts)?;
        Ok(ActionRefs {
            group,
            environment: Some(environment),
            connection,
        })
    }
}

/// Writes the actions of one row.
struct RowWriter<'w> {
    actions: &'w mut Actions,
    place: &'w Place<'w>,
    expanded: &'w Expanded<'w>,
    origins: &'w mut Origins,
    /// Row and rule add nothing to the level.
    plain: bool,
}

impl RowWriter<'_> {
    fn explicit(&self) -> bool {
        self.actions.layout == Layout::Compatible || self.place.stack.write_defaults
    }

    fn refused(&self, error: &BuildError) -> Unwritten {
        let origin = self.origins.of(error.tag).map_or_else(
            || self.expanded.rule_field("name"),
            |origin| Origin::clone(origin),
        );
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
        let tag = self.origins.tag(self.expanded.level_field("protect"));
        block.line("TTLSEnabled", if protect { "On" } else { "Off" }, tag);
        if stack.trace != 2 || self.explicit() {
            let tag = self.origins.tag(self.place.stack_field("trace"));
            block.line("Trace", stack.trace.to_string(), tag);
        }
        if stack.trace_clear_text {
            let tag = self.origins.tag(self.place.stack_field("trace_clear_text"));
            block.line("CtraceClearText", "On", tag);
        }
        let mut names = vec![if protect { "On" } else { "Off" }];
        for attribute in ["FIPS140", "GroupUserInstance"] {
            if let Some((values, origin)) = parts
                .statements
                .get("TTLSGroupAction")
                .and_then(|values| values.get(attribute))
            {
                let tag = self.origins.tag(origin.clone());
                block.line(attribute, values.concat(), tag);
                names.push(if attribute == "FIPS140" {
                    "FIPS"
                } else {
                    self.expanded.rule_name
                });
            }
        }
        let of_rule = ["Envfile", "SyslogFacility"];
        let says = |name| parts.get("TTLSGroupAdvancedParms", name).is_some();
        if of_rule.into_iter().any(says) {
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
            .name_of(block, &parts)
            .map_err(|error| self.refused(&error))
    }

    fn group_advanced(&mut self, parts: &Parts) -> Block {
        let mut block = Block::new(&table::TTLS_GROUP_ADVANCED_PARMS);
        let facility = parts.get("TTLSGroupAdvancedParms", "SyslogFacility");
        if let Some((values, origin)) = facility {
            let tag = self.origins.tag(origin.clone());
            block.line("SyslogFacility", values.concat(), tag);
        } else if let Some((id, image)) = self.place.image
            && (image.syslog_facility != SyslogFacility::Daemon || self.place.stack.write_defaults)
        {
            let tag = self.origins.tag(Origin {
                object: id.clone(),
                field: "syslog_facility".into(),
            });
            let word = match image.syslog_facility {
                SyslogFacility::Daemon => "Daemon",
                SyslogFacility::Auth => "Auth",
            };
            block.line("SyslogFacility", word, tag);
        }
        let envfile = parts.get("TTLSGroupAdvancedParms", "Envfile");
        if let Some((values, origin)) = envfile {
            let tag = self.origins.tag(origin.clone());
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
            .name_of(block, &parts)
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
                let tag = self.origins.tag(origin.clone());
                block.line("EnvironmentUserInstance", values.concat(), tag);
            }
            None if self.explicit() => block.line("EnvironmentUserInstance", "0", Tag::NONE),
            None => {}
        }
        if let Some((values, origin)) = own.and_then(|values| values.get("SuiteBProfile")) {
            let tag = self.origins.tag(origin.clone());
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
            .name_of(block, &names)
            .map_err(|error| self.refused(&error))
    }

    fn role(&mut self, block: &mut Block) {
        let level_says = role(self.expanded) != self.expanded.row.effective_role();
        let origin = if level_says {
            self.expanded.level_field("client_authentication")
        } else {
            self.expanded.row_field("role")
        };
        let tag = self.origins.tag(origin.clone());
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
                Some(&self.place.stack.keyring_stash_file),
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
            let tag = self.origins.tag(origin.clone());
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
                .name_of(block, &parts)
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

    /// Refers to a statement; what a level says alone is made once for all its rows.
    fn refer(
        &mut self,
        parent: &mut Block,
        keyword: &'static str,
        plain: bool,
        make: impl FnOnce(&mut Self) -> Result<Made, Unwritten>,
    ) -> Result<(), Unwritten> {
        let key = (
            self.expanded.level_id.clone(),
            is_server(self.expanded),
            keyword,
        );
        let known = if plain {
            self.actions.plain_refs.get(&key).cloned()
        } else {
            None
        };
        let made = match known {
            Some(made) => made,
            None => make(self)?,
        };
        if let Some((name, tag)) = &made {
            parent.line(keyword, name.clone(), *tag);
        }
        if plain {
            self.actions.plain_refs.insert(key, made);
        }
        Ok(())
    }

    /// The name of the statement of `kind` with this content; `None` when it is empty.
    fn named(
        &mut self,
        kind: fn(&mut Actions) -> &mut Kind,
        block: Block,
        names: &NameParts<'_>,
    ) -> Result<Made, Unwritten> {
        if block.is_empty() {
            return Ok(None);
        }
        let tag = block.tag;
        let name = kind(self.actions)
            .name_of(block, names)
            .map_err(|error| self.refused(&error))?;
        Ok(Some((name, tag)))
    }

    fn ciphers(&mut self, parent: &mut Block) -> Result<(), Unwritten> {
        let Suites::List(codes) = &self.expanded.level.suites else {
            return Ok(());
        };
        self.refer(parent, "TTLSCipherParmsRef", true, |row| {
            let mut block = Block::new(&table::TTLS_CIPHER_PARMS);
            for (at, code) in codes.iter().enumerate() {
                let origin = row.expanded.level_field(&format!("suites/list/{at}"));
                let Some(suite) = suite_of(code) else {
                    let level = &row.expanded.level.name;
                    let reason = format!("security level {level}: `{code}` is no cipher suite");
                    return Err(Unwritten { origin, reason });
                };
                let keyword = if suite.code.len() == 1 {
                    "V2CipherSuites"
                } else {
                    "V3CipherSuites"
                };
                let tag = row.origins.tag(origin.clone());
                block.line(keyword, suite.name, tag);
            }
            let level = row.expanded.level.name.to_string();
            let names = NameParts {
                kind: "cipher",
                objects: &[&level],
                compatible: Some(&level),
            };
            row.named(|actions| &mut actions.cipher, block, &names)
        })
    }

    fn signatures(&mut self, parent: &mut Block, parts: &Parts) -> Result<(), Unwritten> {
        self.refer(parent, "TTLSSignatureParmsRef", self.plain, |row| {
            let block = parts.block(&table::TTLS_SIGNATURE_PARMS, row.origins);
            let level = row.expanded.level.name.to_string();
            let names = NameParts {
                kind: "sigParms",
                objects: &[&level],
                compatible: Some(&level),
            };
            row.named(|actions| &mut actions.signature, block, &names)
        })
    }

    fn environment_advanced(&mut self, parent: &mut Block, parts: &Parts) -> Result<(), Unwritten> {
        self.refer(
            parent,
            "TTLSEnvironmentAdvancedParmsRef",
            self.plain,
            |row| {
                let block = parts.block(&table::TTLS_ENVIRONMENT_ADVANCED_PARMS, row.origins);
                let traffic = row.expanded.traffic.name.to_string();
                let level = row.expanded.level.name.to_string();
                // Named after the level alone where the row adds nothing.
                let from_row = parts.comes_from(ENVIRONMENT_ADVANCED, row.expanded.traffic_id);
                let objects = if from_row {
                    vec![traffic.as_str(), level.as_str()]
                } else {
                    vec![level.as_str()]
                };
                let names = NameParts {
                    kind: "eAdv",
                    objects: &objects,
                    compatible: Some(&level),
                };
                row.named(|actions| &mut actions.environment_advanced, block, &names)
            },
        )
    }

    fn gsk(&mut self, parent: &mut Block, parts: &Parts) -> Result<(), Unwritten> {
        self.refer(parent, "TTLSGskAdvancedParmsRef", self.plain, |row| {
            let mut block = parts.block(&table::TTLS_GSK_ADVANCED_PARMS, row.origins);
            for def in [
                &table::TTLS_GSK_LDAP_PARMS,
                &table::TTLS_GSK_OCSP_PARMS,
                &table::TTLS_GSK_HTTP_CDP_PARMS,
            ] {
                let inner = parts.block(def, row.origins);
                if !inner.is_empty() {
                    block.block(inner);
                }
            }
            let level = row.expanded.level.name.to_string();
            let names = NameParts {
                kind: "gskAdv",
                objects: &[&level],
                compatible: Some(&level),
            };
            row.named(|actions| &mut actions.gsk, block, &names)
        })
    }

    /// The connection action; in the compact layout only where the rule itself says something.
    fn connection(&mut self, parts: &Parts) -> Result<Option<String>, Unwritten> {
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
                .name_of(advanced, &names)
                .map_err(|error| self.refused(&error))?;
            block.line("TTLSConnectionAdvancedParmsRef", name, tag);
        }
        let clear_text = rule
            .trace_clear_text
            .unwrap_or(compatible && self.place.stack.trace_clear_text);
        if rule.trace_clear_text.is_some() || compatible {
            let tag = self
                .origins
                .tag(self.expanded.rule_field("trace_clear_text"));
            block.line(
                "CtraceClearText",
                if clear_text { "On" } else { "Off" },
                tag,
            );
        }
        if let Some(trace) = rule.trace {
            let tag = self.origins.tag(self.expanded.rule_field("trace"));
            block.line("Trace", trace.to_string(), tag);
        }
        if let Some((values, origin)) = parts.get("TTLSConnectionAction", "ConnectionUserInstance")
        {
            let tag = self.origins.tag(origin.clone());
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
            .name_of(block, &names)
            .map(Some)
            .map_err(|error| self.refused(&error))
    }
}
