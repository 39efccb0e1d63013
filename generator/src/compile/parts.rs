//! What level, row, rule, stack and image say of one traffic row, sorted by statement.

use std::collections::BTreeMap;

use crate::objects::fields;
use crate::objects::settings::Setting;
use crate::objects::{Entry, HandshakeRole, Layout, ObjectId, Settings};
use crate::policy::Release;
use crate::policy::table::{self, Kind as TableKind, StatementDef};

use super::block::{Block, Origins};
use super::expand::Expanded;
use super::{Origin, Place, Unwritten};

/// The values of a statement's attributes on their way to its block, by attribute.
pub(super) type Values = BTreeMap<&'static str, (Vec<String>, Origin)>;

/// What one row says, sorted by the statement that it goes to.
#[derive(Default)]
pub(super) struct Parts {
    pub statements: BTreeMap<&'static str, Values>,
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
    pub fn block(&self, def: &'static StatementDef, origins: &mut Origins) -> Block {
        let mut block = Block::new(def);
        let Some(values) = self.statements.get(def.name) else {
            return block;
        };
        for attribute in def.attributes {
            if let Some((values, origin)) = values.get(attribute.name) {
                let tag = origins.tag(origin.clone());
                for value in values {
                    block.line(attribute.name, value.clone(), tag);
                }
            }
        }
        block
    }

    /// Whether the object wrote some attribute of the statement.
    pub fn comes_from(&self, statement: &str, object: &ObjectId) -> bool {
        let values = self.statements.get(statement);
        values.is_some_and(|values| values.values().any(|(_, origin)| &origin.object == object))
    }

    pub fn get(&self, statement: &str, attribute: &str) -> Option<&(Vec<String>, Origin)> {
        self.statements.get(statement)?.get(attribute)
    }
}

pub(super) const ENVIRONMENT_ADVANCED: &str = "TTLSEnvironmentAdvancedParms";
pub(super) const CONNECTION_ADVANCED: &str = "TTLSConnectionAdvancedParms";

/// Whether row and rule add nothing to what the level says.
pub(super) fn is_plain(place: &Place<'_>, expanded: &Expanded<'_>) -> bool {
    let row = expanded.row;
    let said = place.stack.layout == Layout::Compatible
        || place.stack.write_defaults
        || row.application_controlled
        || row.secondary_map
        || !row.server_certificate_labels.is_empty()
        || !row.settings.is_empty()
        || !expanded.rule.settings.is_empty();
    !said
        && row
            .certificate_label
            .value()
            .is_some_and(|label| label.is_empty())
}

/// Everything that level, row, rule, stack and image say, by statement.
pub(super) fn collect(
    place: &Place<'_>,
    expanded: &Expanded<'_>,
    layout: Layout,
) -> Result<Parts, Unwritten> {
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

pub(super) fn is_server(expanded: &Expanded<'_>) -> bool {
    expanded.row.effective_role() != HandshakeRole::Client
}

/// The role, with what the level says of client authentication.
pub(super) fn role(expanded: &Expanded<'_>) -> HandshakeRole {
    expanded.row.role_at(expanded.level)
}

/// All switches are written, always: their defaults differ between releases.
pub(super) fn versions(
    parts: &mut Parts,
    expanded: &Expanded<'_>,
    near: &'static str,
    release: Release,
) {
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

pub(super) fn near_def(near: &str) -> &'static StatementDef {
    if near == CONNECTION_ADVANCED {
        &table::TTLS_CONNECTION_ADVANCED_PARMS
    } else {
        &table::TTLS_ENVIRONMENT_ADVANCED_PARMS
    }
}

pub(super) fn row_fields(
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
pub(super) fn add_settings(
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

pub(super) fn values_of(setting: &Setting) -> Vec<String> {
    setting
        .values()
        .iter()
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
        .collect()
}

pub(super) fn entry<'e, T: std::fmt::Display>(
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
