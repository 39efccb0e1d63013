//! What a rule asks of a connection, as it is coded: each condition with the values behind it, wherever
//! they stand.
//!
//! What the values mean is for `lookup`; what a rule does is for `effective`.

use std::collections::HashMap;

use super::model::{Attribute, Item, Statement};
use super::named::Named;
use super::table::{AttributeDef, Kind, Repeat, statement};

/// Groups hold members, and members hold addresses or ports: no chain of the table is longer.
const DEEPEST: usize = 3;

/// One condition of a rule.
#[derive(Clone, Debug)]
pub struct Coded<'p> {
    /// Its row in `TTLSRule`.
    pub row: &'static AttributeDef,
    /// Where the rule says it; `None` for a block in the rule.
    pub attribute: Option<&'p Attribute>,
    /// The values: that of the attribute itself, or those of the statements that it leads to. None when
    /// it leads nowhere.
    pub values: Vec<&'p Attribute>,
}

impl<'p> Named<'p> {
    /// The conditions of a rule in the order in which they are coded. Of an attribute that counts once
    /// only the last is there.
    pub fn conditions(&self, rule: &'p Statement) -> Vec<Coded<'p>> {
        let items = rule.items();
        let mut last = HashMap::new();
        for (at, item) in items.iter().enumerate() {
            if let Item::Attribute(attribute) = item {
                last.extend(attribute.def().map(|row| (row.name, at)));
            }
        }
        let coded = items
            .iter()
            .enumerate()
            .filter_map(|(at, item)| match item {
                Item::Attribute(attribute) => {
                    let row = attribute.def()?;
                    let counts = row.repeat != Repeat::Once || last.get(row.name) == Some(&at);
                    (counts && !is_action(row)).then(|| Coded {
                        row,
                        attribute: Some(attribute),
                        values: self.values(attribute, DEEPEST),
                    })
                }
                Item::Block(block) => Some(Coded {
                    row: rule.def()?.attribute(block.keyword.as_str())?,
                    attribute: None,
                    values: self.values_in(block, DEEPEST),
                }),
            });
        coded.collect()
    }

    fn values(&self, attribute: &'p Attribute, depth: usize) -> Vec<&'p Attribute> {
        let Some(Kind::Ref(target)) = attribute.def().map(|row| row.kind) else {
            return vec![attribute];
        };
        let named = statement(target).and_then(|def| self.find(def, attribute.value()));
        match named.filter(|_| depth > 0) {
            Some(named) => self.values_in(named, depth - 1),
            None => Vec::new(),
        }
    }

    fn values_in(&self, statement: &'p Statement, depth: usize) -> Vec<&'p Attribute> {
        let values = statement.items().iter().flat_map(|item| match item {
            Item::Attribute(attribute) => self.values(attribute, depth),
            Item::Block(block) if depth > 0 => self.values_in(block, depth - 1),
            Item::Block(_) => Vec::new(),
        });
        values.collect()
    }
}

/// Whether an attribute of a rule names an action.
fn is_action(row: &AttributeDef) -> bool {
    matches!(row.kind, Kind::Ref(target) if target.starts_with("TTLS"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{lower, parse};

    fn lines(text: &str) -> Vec<String> {
        let policy = lower(&parse(text.as_bytes()), "p").policy;
        let named = Named::of(&policy);
        let conditions = named.conditions(&policy.statements[0]).into_iter();
        conditions
            .map(|one| {
                let values: Vec<_> = one.values.iter().map(|value| value.value()).collect();
                format!("{} {}", one.row.name, values.join(","))
            })
            .collect()
    }

    #[test]
    fn references_lead_to_their_values() {
        let text = "TTLSRule R\n{\n LocalAddrGroupRef G\n RemotePortRangeRef P\n Direction Both\n Priority 2\n IpTimeCondition\n {\n  DayOfWeekMask 0111110\n }\n TTLSGroupActionRef X\n}
IpAddrGroup G\n{\n IpAddr\n {\n  Addr 10.1.1.2\n }\n IpAddrSetRef S\n IpAddrRef Nowhere\n}
IpAddrSet S\n{\n Prefix 10.2.0.0/16\n}
PortRange P\n{\n Port 1414\n}\n";
        assert_eq!(
            lines(text),
            [
                "LocalAddrGroupRef 10.1.1.2,10.2.0.0/16",
                "RemotePortRangeRef 1414",
                "Direction Both",
                "Priority 2",
                "IpTimeCondition 0111110",
            ]
        );
    }

    #[test]
    fn of_what_counts_once_the_last_is_there() {
        let text = "TTLSRule R\n{\n LocalAddr 10.1.1.2\n LocalAddr 10.1.1.3\n IpTimeConditionRef A\n IpTimeConditionRef B\n}\n";
        assert_eq!(
            lines(text),
            [
                "LocalAddr 10.1.1.3",
                "IpTimeConditionRef ",
                "IpTimeConditionRef "
            ]
        );
    }

    #[test]
    fn what_leads_back_to_itself_ends() {
        let text = "TTLSRule R\n{\n LocalAddrGroupRef G\n}\nIpAddrGroup G\n{\n IpAddrGroup\n {\n  IpAddrGroup\n  {\n   IpAddr\n   {\n    Addr 10.1.1.2\n   }\n  }\n }\n}\n";
        assert!(lines(text).len() <= 1);
    }
}
