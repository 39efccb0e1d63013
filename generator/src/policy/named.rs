//! The statements of a policy by name.

use std::collections::HashMap;

use super::model::{Policy, Statement};
use super::table::{Kind, StatementDef, TTLS_GROUP_ACTION};

/// Finds statements by name, for questions about many rules.
pub struct Named<'p>(HashMap<(&'static str, &'p str), &'p Statement>);

impl<'p> Named<'p> {
    pub fn of(policy: &'p Policy) -> Self {
        let named = policy.statements.iter().filter_map(|statement| {
            let key = (statement.def()?.name, statement.name_str()?);
            Some((key, statement))
        });
        // Of several statements of one name the last counts.
        Self(named.collect())
    }

    /// The statement that a reference to this name means.
    pub fn find(&self, def: &'static StatementDef, name: &str) -> Option<&'p Statement> {
        self.0.get(&(def.name, name)).copied()
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
