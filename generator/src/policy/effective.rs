//! What a rule gives its connections: each parameter, where its value comes from, and what it beat.
//!
//! A value is looked for in the connection action, the environment action and the group action, each
//! with its parameter blocks; the first that says something counts, and after all of them the default of
//! the release. Which attribute stands where, the table says.

use std::sync::LazyLock;

use super::model::{Attribute, Item, Policy, Statement};
use super::named::Named;
use super::release::Release;
use super::table::{
    AttributeDef, Kind, Scope, StatementDef, TTLS_CONNECTION_ACTION, TTLS_ENVIRONMENT_ACTION,
    TTLS_GROUP_ACTION, statement, statements,
};

/// One parameter of a rule.
#[derive(Clone, Debug)]
pub struct Parameter<'p> {
    /// The statement whose attribute it is, at the widest scope that has it.
    pub statement: &'static StatementDef,
    pub row: &'static AttributeDef,
    /// What counts; `None`: the default does.
    pub said: Option<Said<'p>>,
    /// What is coded and does not count, the narrowest scope first.
    pub beaten: Vec<Said<'p>>,
    /// The default of the release, where there is one that is known.
    pub default: Option<&'static str>,
}

/// What is coded of a parameter at one scope.
#[derive(Clone, Debug)]
pub struct Said<'p> {
    pub scope: Scope,
    /// At least one; several of an attribute that repeats.
    pub attributes: Vec<&'p Attribute>,
}

impl Parameter<'_> {
    /// Something is coded that is not what holds anyway.
    pub fn is_own(&self) -> bool {
        self.said.as_ref().is_some_and(|said| {
            let [attribute] = said.attributes[..] else {
                return true;
            };
            let default = self.default.unwrap_or_default();
            !attribute.value().eq_ignore_ascii_case(default)
        })
    }
}

/// The actions of a rule, the narrowest scope first, and the attributes that refer to them.
const ACTIONS: [(Scope, &str, &StatementDef); 3] = [
    (
        Scope::Connection,
        "TTLSConnectionActionRef",
        &TTLS_CONNECTION_ACTION,
    ),
    (
        Scope::Environment,
        "TTLSEnvironmentActionRef",
        &TTLS_ENVIRONMENT_ACTION,
    ),
    (Scope::Group, "TTLSGroupActionRef", &TTLS_GROUP_ACTION),
];

/// The parameters of a rule in the order of the table, those that nothing is known of left out: neither
/// coded nor with a default.
pub fn effective<'p>(policy: &'p Policy, rule: &Statement, release: Release) -> Vec<Parameter<'p>> {
    Named::of(policy).effective(rule, release)
}

impl<'p> Named<'p> {
    /// As [`effective`].
    pub fn effective(&self, rule: &Statement, release: Release) -> Vec<Parameter<'p>> {
        let scopes: Vec<(Scope, Vec<&Statement>)> = ACTIONS
            .iter()
            .filter_map(|(scope, reference, def)| {
                let action = self.find(def, rule.value(reference)?)?;
                Some((*scope, self.with_parts(action)))
            })
            .collect();
        let mut parameters = Vec::new();
        for (def, row) in ROWS.iter().copied() {
            let mut said = scopes.iter().filter_map(|(scope, parts)| {
                let attributes: Vec<_> = of(parts, row.name).collect();
                (!attributes.is_empty()).then_some(Said {
                    scope: *scope,
                    attributes,
                })
            });
            let counts = said.next();
            let beaten = said.collect();
            let default = row.default_in(release).filter(|_| row.since <= release);
            if counts.is_some() || default.is_some() {
                parameters.push(Parameter {
                    statement: def,
                    row,
                    said: counts,
                    beaten,
                    default,
                });
            }
        }
        parameters
    }
}

type Row = (&'static StatementDef, &'static AttributeDef);

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| rows().collect());

/// Every attribute of an action or parameter block that holds a value, once: where several statements
/// have it, the one with the default.
fn rows() -> impl Iterator<Item = Row> {
    let all = || {
        let parts = statements().iter().filter(|def| is_part(def));
        parts.flat_map(|def| {
            let values = def.attributes.iter();
            let values = values.filter(|row| !matches!(row.kind, Kind::Inline(_) | Kind::Ref(_)));
            values.map(move |row| (*def, row))
        })
    };
    all().filter(move |(def, row)| {
        let with_name = || all().filter(|(_, other)| other.name.eq_ignore_ascii_case(row.name));
        let best = with_name().find(|(_, other)| !other.default.is_empty());
        let best = best.or_else(|| with_name().next());
        best.is_some_and(|(other, _)| other.name == def.name)
    })
}

/// Whether a statement is an action, or stands in one.
fn is_part(def: &StatementDef) -> bool {
    def.name.starts_with("TTLS") && def.name != "TTLSRule"
}

impl<'p> Named<'p> {
    /// A statement and the parameter blocks in it or named by it.
    fn with_parts(&self, statement: &'p Statement) -> Vec<&'p Statement> {
        let mut parts = vec![statement];
        // INVARIANT: a block is of a statement further down in the table, so that this ends.
        let mut at = 0;
        while let Some(part) = parts.get(at).copied() {
            at += 1;
            for item in part.items() {
                match item {
                    Item::Block(block) => parts.push(block),
                    Item::Attribute(attribute) => parts.extend(self.named_part(part, attribute)),
                }
            }
        }
        parts
    }

    fn named_part(&self, part: &Statement, attribute: &Attribute) -> Option<&'p Statement> {
        let Kind::Ref(target) = attribute.def()?.kind else {
            return None;
        };
        let (def, around) = (statement(target)?, part.def()?);
        let position = |def: &StatementDef| {
            let mut all = statements().iter();
            all.position(|other| other.name == def.name)
        };
        let deeper = is_part(def) && position(def) > position(around);
        deeper.then(|| self.find(def, attribute.value()))?
    }
}

fn of<'p>(parts: &[&'p Statement], name: &str) -> impl Iterator<Item = &'p Attribute> {
    parts
        .iter()
        .flat_map(|part| part.attributes())
        .filter(move |attribute| {
            attribute
                .def()
                .is_some_and(|row| row.name.eq_ignore_ascii_case(name))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{lower, parse};

    const POLICY: &str = "\
TTLSRule R\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n TTLSConnectionActionRef C\n}
TTLSGroupAction G\n{\n TTLSEnabled On\n Trace 2\n}
TTLSEnvironmentAction E\n{\n HandshakeRole Server\n Trace 6\n TTLSKeyringParms\n {\n  Keyring A/B\n }\n TTLSEnvironmentAdvancedParmsRef EA\n TTLSCipherParmsRef CI\n}
TTLSEnvironmentAdvancedParms EA\n{\n TLSv1.2 On\n TLSv1.3 Off\n HandshakeTimeout 20\n}
TTLSConnectionAction C\n{\n HandshakeRole Client\n TTLSConnectionAdvancedParms\n {\n  HandshakeTimeout 30\n }\n}
TTLSCipherParms CI\n{\n V3CipherSuites TLS_AES_128_GCM_SHA256\n V3CipherSuites TLS_AES_256_GCM_SHA384\n}
TTLSEnvironmentAdvancedParms EA\n{\n TLSv1.2 On\n TLSv1.3 On\n HandshakeTimeout 20\n}
";

    /// "name value scope", and what it beat.
    fn lines(text: &str, which: impl Fn(&Parameter<'_>) -> bool) -> Vec<String> {
        let lowered = lower(&parse(text.as_bytes()), "p");
        let policy = lowered.policy;
        let rule = &policy.statements[0];
        let values = |said: &Said<'_>| {
            let values: Vec<_> = said.attributes.iter().map(|one| one.value()).collect();
            format!("{} {:?}", values.join(","), said.scope)
        };
        let found = effective(&policy, rule, Release::V3R1);
        let line = |one: Parameter<'_>| {
            let value = one
                .said
                .as_ref()
                .map_or_else(|| format!("{} default", one.default.unwrap_or("")), values);
            let beaten: Vec<_> = one.beaten.iter().map(values).collect();
            format!("{} {value} {}", one.row.name, beaten.join(" "))
                .trim_end()
                .to_owned()
        };
        found
            .into_iter()
            .filter(|one| which(one))
            .map(line)
            .collect()
    }

    #[test]
    fn the_narrowest_scope_counts_and_the_last_statement_of_a_name() {
        let coded = lines(POLICY, |one| one.said.is_some());
        let expected = [
            "TTLSEnabled On Group",
            "Trace 6 Environment 2 Group",
            "HandshakeRole Client Connection Server Environment",
            "TLSv1.2 On Environment",
            "TLSv1.3 On Environment",
            "HandshakeTimeout 30 Connection 20 Environment",
            "Keyring A/B Environment",
            "V3CipherSuites TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384 Environment",
        ];
        let mut found = coded.clone();
        found.sort_by_key(|line| expected.iter().position(|other| other == line));
        assert_eq!(found, expected, "{coded:#?}");
    }

    #[test]
    fn what_nobody_says_is_the_default_of_the_release() {
        let all = lines(POLICY, |one| one.said.is_none());
        assert!(all.contains(&"TLSv1.1 On default".to_owned()), "{all:#?}");
        assert!(all.contains(&"ClientAuthType Required default".to_owned()));
        let names: Vec<_> = all
            .iter()
            .filter_map(|line| line.split(' ').next())
            .collect();
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len(), "each once");
    }

    #[test]
    fn what_is_as_the_default_is_not_its_own() {
        let text = POLICY.replace("HandshakeTimeout 20", "ApplicationControlled Off");
        let own = lines(&text, |one| one.is_own());
        assert!(
            !own.iter()
                .any(|line| line.starts_with("ApplicationControlled")),
            "{own:#?}"
        );
        assert!(own.iter().any(|line| line.starts_with("TLSv1.3")));
    }

    #[test]
    fn a_rule_without_actions_has_defaults_only() {
        let text = "TTLSRule R\n{\n TTLSGroupActionRef None\n}\n";
        assert!(lines(text, |one| one.said.is_some()).is_empty());
    }
}
