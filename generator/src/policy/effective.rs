//! What a rule gives its connections: each parameter, where its value comes from, and what it beat.
//!
//! A value is looked for in the connection action, the environment action and the group action, each
//! with its parameter blocks; the first that says something counts, and after all of them the default of
//! the release. Which attribute stands where, the table says.
//!
//! Two attributes make up the list of cipher suites of SSL V3 and later. It is one parameter in this: the
//! scope that says anything of it replaces the list of a wider one whole, whichever attribute either used.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::model::{Attribute, Item, Policy, Statement};
use super::named::Named;
use super::release::Release;
use super::table::{
    AttributeDef, Kind, Scope, StatementDef, TTLS_CONNECTION_ACTION, TTLS_ENVIRONMENT_ACTION,
    TTLS_GROUP_ACTION, statements,
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

/// The attributes that hold cipher suites of SSL V3 and later, and together make one list.
pub const SUITES: [&str; 2] = ["V3CipherSuites", "V3CipherSuites4Char"];

/// The names of a rule's connection, environment and group action. Rules with the same ones are treated
/// alike.
pub type Actions<'p> = [Option<&'p str>; 3];

/// The actions that a rule names.
pub fn actions(rule: &Statement) -> Actions<'_> {
    ACTIONS.map(|(_, reference, _)| rule.value(reference))
}

/// The parameters of a rule in the order of the table, those that nothing is known of left out: neither
/// coded nor with a default.
pub fn effective<'p>(policy: &'p Policy, rule: &Statement, release: Release) -> Vec<Parameter<'p>> {
    Named::of(policy).effective(rule, release)
}

/// One line that says something of a parameter.
#[derive(Clone, Copy, Debug)]
pub struct Line<'p> {
    pub scope: Scope,
    pub attribute: &'p Attribute,
    /// The statement or block that it stands in.
    pub block: &'p Statement,
    /// Index into [`ROWS`].
    position: usize,
}

/// What the actions of a rule say, wherever it stands in them.
#[derive(Clone, Debug)]
pub struct Coded<'p> {
    // INVARIANT: by position; of one parameter the narrowest scope first, and then as they stand.
    lines: Vec<Line<'p>>,
    whole: bool,
}

impl<'p> Line<'p> {
    /// The parameter that it is of: the row of the widest scope.
    pub fn row(&self) -> &'static AttributeDef {
        ROWS[self.position].1
    }
}

impl<'p> Coded<'p> {
    /// Every line, those of one parameter beside each other.
    pub fn lines(&self) -> &[Line<'p>] {
        &self.lines
    }

    /// The lines of a parameter, the narrowest scope first.
    fn of(&self, position: usize) -> &[Line<'p>] {
        let from = self.lines.partition_point(|line| line.position < position);
        let rest = &self.lines[from..];
        &rest[..rest.partition_point(|line| line.position == position)]
    }

    /// The lines of a parameter that count, and those that they beat.
    pub fn said(&self, name: &str) -> (&[Line<'p>], &[Line<'p>]) {
        let position = POSITIONS.get(name);
        position.map_or((&[], &[]), |position| self.split(*position))
    }

    fn split(&self, position: usize) -> (&[Line<'p>], &[Line<'p>]) {
        let lines = self.of(position);
        let scope = match SUITES.contains(&ROWS[position].1.name) {
            true => self.scope_of_suites(),
            false => lines.first().map(|line| line.scope),
        };
        lines.split_at(lines.partition_point(|line| Some(line.scope) == scope))
    }

    /// The narrowest scope that says anything of the list of suites.
    fn scope_of_suites(&self) -> Option<Scope> {
        let positions = SUITES.iter().filter_map(|name| POSITIONS.get(name));
        let first = positions.filter_map(|position| self.of(*position).first());
        first.map(|line| line.scope).min()
    }

    /// Every line that counts.
    pub fn counting(&self) -> impl Iterator<Item = &Line<'p>> {
        let parameters = self
            .lines
            .chunk_by(|one, next| one.position == next.position);
        parameters.flat_map(|lines| self.split(lines[0].position).0)
    }

    /// The lines of the list of suites that counts, in the order of the file; none: the list of System SSL
    /// does.
    pub fn suites(&self) -> Vec<Line<'p>> {
        let lines = SUITES.iter().flat_map(|name| self.said(name).0);
        let mut lines: Vec<_> = lines.copied().collect();
        crate::sort::by_key(&mut lines, |line| line.attribute.tag);
        lines
    }

    /// The value of a parameter that has one: what is coded, of several lines the last, or the default of
    /// the release.
    pub fn value(&self, name: &str, release: Release) -> Option<&'p str> {
        match self.said(name).0.last() {
            Some(line) => Some(line.attribute.value()),
            None => default_in(parameter(name)?, release),
        }
    }

    /// Nothing in the rule and its actions is unknown, and what they refer to is there. Of others nobody
    /// can say what they lack.
    pub fn is_whole(&self) -> bool {
        self.whole
    }
}

/// The parameter of this name: the row of the widest scope.
pub fn parameter(name: &str) -> Option<&'static AttributeDef> {
    Some(ROWS[*POSITIONS.get(name)?].1)
}

/// Every parameter in the order of the table, with the default of the release where there is one that is
/// known.
pub fn parameters(
    release: Release,
) -> impl Iterator<Item = (&'static AttributeDef, Option<&'static str>)> {
    let rows = ROWS.iter().map(|(_, row)| *row);
    rows.map(move |row| (row, default_in(row, release)))
}

/// The statement whose attribute the parameter of this name is, at the widest scope.
pub fn statement_of(name: &str) -> Option<&'static StatementDef> {
    Some(ROWS[*POSITIONS.get(name)?].0)
}

fn default_in(row: &'static AttributeDef, release: Release) -> Option<&'static str> {
    row.default_in(release).filter(|_| row.since <= release)
}

impl<'p> Named<'p> {
    /// What the actions of a rule say.
    pub fn coded(&self, rule: &Statement) -> Coded<'p> {
        let known = |item: &Item| match item {
            Item::Attribute(attribute) => attribute.def().is_some(),
            Item::Block(block) => block.def().is_some(),
        };
        let mut coded = Coded {
            lines: Vec::new(),
            whole: rule.items().iter().all(known),
        };
        for ((scope, _, def), name) in ACTIONS.into_iter().zip(actions(rule)) {
            let Some(name) = name else {
                continue;
            };
            match self.find(def, name) {
                Some(action) => self.add(scope, action, &mut coded),
                None => coded.whole = false,
            }
        }
        coded.lines.sort_by_key(|line| line.position);
        coded
    }

    /// Adds the lines of an action and of the parameter blocks in it or named by it.
    fn add(&self, scope: Scope, action: &'p Statement, coded: &mut Coded<'p>) {
        let mut parts = vec![action];
        // INVARIANT: a block is of a statement further down in the table, so that this ends.
        let mut at = 0;
        while let Some(block) = parts.get(at).copied() {
            at += 1;
            for item in block.items() {
                let attribute = match item {
                    Item::Block(inner) => {
                        coded.whole &= inner.def().is_some();
                        parts.push(inner);
                        continue;
                    }
                    Item::Attribute(attribute) => attribute,
                };
                let position = attribute.def().and_then(|row| POSITIONS.get(row.name));
                if let Some(position) = position {
                    coded.lines.push(Line {
                        scope,
                        attribute,
                        block,
                        position: *position,
                    });
                    continue;
                }
                match self.named_part(block, attribute) {
                    Some(part) => parts.push(part),
                    None => coded.whole = false,
                }
            }
        }
    }

    fn named_part(&self, around: &Statement, attribute: &Attribute) -> Option<&'p Statement> {
        let Kind::Ref(target) = attribute.def()?.kind else {
            return None;
        };
        let (order, def) = PARTS.get(target)?;
        let (around, _) = PARTS.get(around.def()?.name)?;
        (order > around).then(|| self.find(def, attribute.value()))?
    }

    /// As [`effective`].
    pub fn effective(&self, rule: &Statement, release: Release) -> Vec<Parameter<'p>> {
        let coded = self.coded(rule);
        let mut parameters = Vec::new();
        let said = |lines: &[Line<'p>]| Said {
            scope: lines[0].scope,
            attributes: lines.iter().map(|line| line.attribute).collect(),
        };
        // Of the list of suites: what the other of its attributes beats.
        let mut beaten_list = Vec::new();
        for (position, (statement, row)) in ROWS.iter().copied().enumerate() {
            let (counts, beaten) = coded.split(position);
            let counts = (!counts.is_empty()).then(|| said(counts));
            let by_scope = beaten.chunk_by(|a, b| a.scope == b.scope);
            let mut beaten: Vec<_> = by_scope.map(said).collect();
            if counts.is_none() {
                beaten_list.append(&mut beaten);
            }
            let default = default_in(row, release);
            if counts.is_some() || default.is_some() {
                parameters.push(Parameter {
                    statement,
                    row,
                    said: counts,
                    beaten,
                    default,
                });
            }
        }
        let mut suites = parameters.iter_mut();
        let suites = suites.find(|one| SUITES.contains(&one.row.name) && one.said.is_some());
        if let Some(suites) = suites {
            suites.beaten.append(&mut beaten_list);
        }
        parameters
    }
}

type Row = (&'static StatementDef, &'static AttributeDef);

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| rows().collect());

/// Where in [`ROWS`] a parameter of this name is.
static POSITIONS: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    let rows = ROWS.iter().enumerate();
    rows.map(|(at, (_, row))| (row.name, at)).collect()
});

/// The actions and parameter blocks by name, with their order in the table.
static PARTS: LazyLock<HashMap<&'static str, (usize, &'static StatementDef)>> =
    LazyLock::new(|| {
        let parts = statements().iter().copied().enumerate();
        let parts = parts.filter(|(_, def)| is_part(def));
        parts.map(|(at, def)| (def.name, (at, def))).collect()
    });

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
    fn every_attribute_of_an_action_that_holds_a_value_is_a_parameter() {
        for def in statements().iter().filter(|def| is_part(def)) {
            for row in def.attributes {
                let holds = !matches!(row.kind, Kind::Inline(_) | Kind::Ref(_));
                assert_eq!(POSITIONS.contains_key(row.name), holds, "{}", row.name);
            }
        }
    }

    #[test]
    fn actions_with_something_unknown_in_them_are_not_whole() {
        let whole = |text: &str| {
            let policy = lower(&parse(text.as_bytes()), "p").policy;
            let coded = Named::of(&policy).coded(&policy.statements[0]);
            (coded.is_whole(), coded.lines().len())
        };
        assert_eq!(whole(POLICY), (true, 12));
        assert!(!whole(&POLICY.replace("TLSv1.3 On", "TLSv1,3 On")).0);
        assert!(!whole(&POLICY.replace("TTLSCipherParmsRef CI", "TTLSCipherParmsRef CX")).0);
    }

    #[test]
    fn a_list_of_suites_replaces_that_of_a_wider_scope_whichever_attribute_holds_it() {
        let coded = |connection: &str| {
            let text = POLICY.replace("HandshakeRole Client\n", connection);
            lines(&text, |one| SUITES.contains(&one.row.name))
        };
        let block = |lines: &str| format!("TTLSCipherParms\n {{\n{lines} }}\n");
        let wide = "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384 Environment";
        let suites = coded(&block("V3CipherSuites4Char C02F\n"));
        assert_eq!(
            suites,
            [format!("V3CipherSuites4Char C02F Connection {wide}")]
        );
        let suites = coded(&block(
            "V3CipherSuites4Char C02F\nV3CipherSuites 35\nV3CipherSuites4Char C030\n",
        ));
        assert_eq!(
            suites,
            [
                format!("V3CipherSuites 35 Connection {wide}"),
                "V3CipherSuites4Char C02F,C030 Connection".to_owned()
            ]
        );
        let suites = coded(&block("V2CipherSuites 1\n"));
        assert_eq!(suites, [format!("V3CipherSuites {wide}")]);
    }

    #[test]
    fn a_rule_without_actions_has_defaults_only() {
        let text = "TTLSRule R\n{\n TTLSGroupActionRef None\n}\n";
        assert!(lines(text, |one| one.said.is_some()).is_empty());
    }
}
