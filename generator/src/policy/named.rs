//! The statements of a policy by name.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use super::model::{Policy, Statement};
use super::table::{Kind, StatementDef, TTLS_GROUP_ACTION};

/// Finds statements by name, for questions about many rules.
#[derive(Clone, Debug)]
pub struct Named<'p> {
    statements: &'p [Statement],
    places: HashMap<Key<'p>, usize>,
    /// Some statement has the kind and name of a later one.
    overrides: bool,
}

/// Kind and name of a statement. Hashed by its name alone: hardly any two kinds share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key<'p> {
    name: &'p str,
    kind: &'p str,
}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl<'p> Named<'p> {
    pub fn of(policy: &'p Policy) -> Self {
        let mut places = HashMap::with_capacity(policy.statements.len());
        let mut overrides = false;
        for (at, statement) in policy.statements.iter().enumerate() {
            if let (Some(def), Some(name)) = (statement.def(), statement.name_str()) {
                let kind = def.name;
                // Of several statements of one name the last counts.
                overrides |= places.insert(Key { name, kind }, at).is_some();
            }
        }
        Self {
            statements: &policy.statements,
            places,
            overrides,
        }
    }

    /// All statements of the policy.
    pub(crate) fn statements(&self) -> &'p [Statement] {
        self.statements
    }

    /// The statement that a reference to this name means.
    pub fn find(&self, def: &'static StatementDef, name: &str) -> Option<&'p Statement> {
        self.statements.get(self.place(def.name, name)?)
    }

    /// The same, of a kind that is given by its name, as an index of the policy's statements.
    pub fn place(&self, kind: &str, name: &str) -> Option<usize> {
        self.places.get(&Key { name, kind }).copied()
    }

    /// Whether a later statement of the same kind and name counts in the place of this one.
    pub fn is_overridden(&self, statement: &Statement) -> bool {
        let (true, Some(def), Some(name)) = (self.overrides, statement.def(), statement.name_str())
        else {
            return false;
        };
        let counts = self.find(def, name);
        counts.is_some_and(|counts| !std::ptr::eq(counts, statement))
    }

    /// The members of a group: blocks in it, then statements that it names. `None` for a name that
    /// nothing has.
    pub fn members<'a>(
        &'a self,
        group: &'a Statement,
        def: &'static StatementDef,
    ) -> impl Iterator<Item = Option<&'a Statement>> {
        let inline = group
            .blocks()
            .filter(move |block| block.def() == Some(def))
            .map(Some);
        let named = group.attributes().filter_map(move |attribute| {
            let row = attribute.def()?;
            (row.kind == Kind::Ref(def.name)).then(|| self.find(def, attribute.value()))
        });
        inline.chain(named)
    }

    /// Whether the group action of a rule turns TLS on or off; `None`: it says neither.
    pub fn protects(&self, rule: &Statement) -> Option<bool> {
        let name = rule.value("TTLSGroupActionRef")?;
        let enabled = self.find(&TTLS_GROUP_ACTION, name)?.value("TTLSEnabled")?;
        let is = |word: &str| enabled.eq_ignore_ascii_case(word);
        (is("On") || is("Off")).then(|| is("On"))
    }
}

/// Calls `f` with kind and name of all that a statement and the blocks in it refer to.
pub(crate) fn references<'p>(statement: &'p Statement, f: &mut dyn FnMut(&'static str, &'p str)) {
    for attribute in statement.attributes() {
        if let Some(Kind::Ref(target)) = attribute.def().map(|row| row.kind) {
            f(target, attribute.value());
        }
    }
    for block in statement.blocks() {
        references(block, f);
    }
}
