//! Whether objects mean what the policy meant that they were made of.

use crate::analysis::difference::{Differences, Treated, differences, treated};
use crate::policy::{Policy, Release, Statement};

/// What the policy that was written does to connections otherwise than the one that was read.
///
/// How clients are asked for certificates counts where they are asked: `ClientAuthType` of another
/// role has no effect and is not taken over.
pub fn changes<'p>(read: &'p Policy, written: &'p Policy, release: Release) -> Differences<'p> {
    let (old, new) = (treated(read, release), treated(written, release));
    let mut found = differences(&old, &new);
    found.found.retain(|one| {
        let asks = asks(&old, one.old) || asks(&new, one.new);
        let mut changes = one.changes.iter();
        changes.any(|change| asks || change.parameter != "ClientAuthType")
    });
    found
}

fn asks(rules: &[Treated<'_>], rule: Option<&Statement>) -> bool {
    let is = |treated: &&Treated<'_>| {
        rule.is_some_and(|rule| std::ptr::eq(rule, treated.rule.statement))
    };
    let treated = rules.iter().find(is);
    treated.is_some_and(|one| one.treatment.is("HandshakeRole", "ServerWithClientAuth"))
}
