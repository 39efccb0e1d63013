//! The table of the kernel's packet filter that leads connections to the engine, as text for `nft`.
//!
//! The same policy, users and ports give the same text. Connections that have to come are in sets; what is
//! not in a set passes as if there were no engine.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use generator::policy::lookup::{Conditions, Pattern, Way};

use super::cells::{FIELDS, Family, Group, Region, Span, Tree};
use super::marks::Marks;
use crate::shell::users::Users;

/// Has the table end with the one who made it.
pub const OWNED: &str = "flags owner;";
/// Users that have sets of their own; with more, none has one.
const MOST_USERS: usize = 256;
/// Trees cost as many looks at rules as there are users and rules.
const MOST_LOOKS: usize = 2_000_000;

/// The field names of `nft` and the types of sets, by family.
const NAMES: [[(&str, &str); FIELDS]; 2] = [
    [
        ("tcp dport", "inet_service"),
        ("ip daddr", "ipv4_addr"),
        ("ip saddr", "ipv4_addr"),
        ("tcp sport", "inet_service"),
    ],
    [
        ("tcp dport", "inet_service"),
        ("ip6 daddr", "ipv6_addr"),
        ("ip6 saddr", "ipv6_addr"),
        ("tcp sport", "inet_service"),
    ],
];

/// Connections that have to come to the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catch {
    /// By family.
    inbound: [Tree; 2],
    /// Of users that rules name, by user and family.
    of_users: Vec<(u32, [Tree; 2])>,
    /// Of everybody else.
    outbound: [Tree; 2],
}

/// The ports of the engine, by family; `None`: the host does not have that family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ports {
    pub inbound: [Option<u16>; 2],
    pub outbound: [Option<u16>; 2],
}

impl Catch {
    /// For rules in the order in which they are searched, with whether they protect.
    pub fn of<'a>(
        rules: impl Iterator<Item = (&'a Conditions, bool)> + Clone,
        users: &Users,
    ) -> Self {
        let mut named: Vec<u32> = Vec::new();
        let mut known = true;
        let mut count = 0;
        for (rule, protected) in rules.clone().filter(|(rule, _)| rule.user != Pattern::Any) {
            if protected {
                match users.numbers(&rule.user) {
                    Some(numbers) => named.extend(numbers),
                    None => known = false,
                }
            }
            count += 1;
        }
        named.sort_unstable();
        named.dedup();
        known &= count == 0 || named.len() <= MOST_USERS;
        known &= named.len() * rules.clone().count() <= MOST_LOOKS;
        let trees = |way: Way, takes: &dyn Fn(&Pattern) -> bool| {
            Family::BOTH.map(|family| {
                let own = rules.clone().filter(|(rule, _)| takes(&rule.user));
                let regions = own.filter_map(|(rule, on)| Region::of(rule, on, way, family));
                Tree::of(&regions.collect::<Vec<_>>(), family)
            })
        };
        let everybody = |_: &Pattern| true;
        let inbound = trees(Way::Inbound, &everybody);
        if !known {
            return Self {
                inbound,
                of_users: Vec::new(),
                outbound: trees(Way::Outbound, &everybody),
            };
        }
        let outbound = trees(Way::Outbound, &|user| *user == Pattern::Any);
        let of_user = |number: u32| {
            let takes = |user: &Pattern| user.matches(&users.name(number));
            (number, trees(Way::Outbound, &takes))
        };
        let of_users = named.into_iter().map(of_user);
        Self {
            of_users: of_users.filter(|(_, own)| *own != outbound).collect(),
            inbound,
            outbound,
        }
    }

    /// No connection at all.
    pub fn nothing() -> Self {
        Self {
            inbound: [Tree::None, Tree::None],
            of_users: Vec::new(),
            outbound: [Tree::None, Tree::None],
        }
    }

    /// What `nft` is to do, as one transaction: the table of that name is made anew.
    pub fn text(&self, name: &str, marks: Marks, ports: Ports) -> String {
        let mut text = format!("table inet {name} {{ {OWNED} }}\ndelete table inet {name}\n");
        let _ = writeln!(text, "table inet {name} {{\n  {OWNED}");
        let mut chains = String::new();
        chains.push_str("  chain inbound {\n    ip6 daddr fe80::/10 return\n");
        put(&mut text, &mut chains, "in", &self.inbound, ports.inbound);
        chains.push_str("  }\n");
        for (user, trees) in &self.of_users {
            let _ = writeln!(chains, "  chain outbound_{user} {{");
            put(
                &mut text,
                &mut chains,
                &format!("out_{user}_"),
                trees,
                ports.outbound,
            );
            chains.push_str("  }\n");
        }
        chains.push_str("  chain outbound {\n    ip6 daddr fe80::/10 return\n");
        let mut users = self.of_users.iter();
        if let Some((first, _)) = users.next() {
            let _ = write!(
                chains,
                "    meta skuid vmap {{ {first} : goto outbound_{first}"
            );
            for (user, _) in users {
                let _ = write!(chains, ",\n      {user} : goto outbound_{user}");
            }
            chains.push_str(" }\n");
        }
        put(
            &mut text,
            &mut chains,
            "out",
            &self.outbound,
            ports.outbound,
        );
        chains.push_str("  }\n");
        text.push_str(&chains);
        let (zone, all, mask) = (Marks::ZONE, Marks::ALL, Marks::MASK);
        let (own, on) = (marks.inward(), marks.arriving());
        let kinds = mask | Marks::KINDS;
        let inward = [Marks::INWARD, Marks::ARRIVING].map(|kind| all | kind);
        // Before other programs that change where connections go, such as those of containers: what they
        // do is for the connection that the engine makes.
        let _ = write!(
            text,
            "  chain arriving {{
    type nat hook prerouting priority -101
    meta l4proto != tcp accept
    fib daddr type local jump inbound
  }}
  chain leaving {{
    type nat hook output priority -101
    meta l4proto != tcp accept
    meta mark & {kinds:#x} {{ {:#x}, {:#x} }} accept
    meta mark & {mask:#x} != {all:#x} jump outbound
    fib daddr type local jump inbound
  }}
  chain apart {{
    type filter hook output priority -300
    meta mark {own:#x} ct original zone set {zone}
  }}
  chain answers {{
    type route hook output priority -150
    meta mark {own:#x} ct state new ct mark set {own:#x}
    ct direction original ct mark {own:#x} meta mark set {on:#x}
    ct direction reply ct mark {own:#x} meta mark set {own:#x}
  }}
  chain answers_from_elsewhere {{
    type filter hook prerouting priority -150
    ct direction reply ct mark {own:#x} meta mark set {own:#x}
  }}
}}
",
            inward[0], inward[1],
        );
        text
    }
}

/// Writes the sets and rules of one direction.
fn put(
    sets: &mut String,
    chain: &mut String,
    name: &str,
    trees: &[Tree; 2],
    ports: [Option<u16>; 2],
) {
    for (at, family) in Family::BOTH.into_iter().enumerate() {
        let (protocol, number) = match family {
            Family::V4 => ("ipv4", 4),
            Family::V6 => ("ipv6", 6),
        };
        let Some(port) = ports[at] else { continue };
        for group in trees[at].groups() {
            let kind = if group.exact { "_exact" } else { "" };
            let name = format!("{name}{number}{kind}");
            let _ = write!(chain, "    meta nfproto {protocol} meta l4proto tcp ");
            for (field, span) in &group.fixed {
                let _ = write!(chain, "{} ", NAMES[at][*field].0);
                push(chain, *span, *field, family);
                chain.push(' ');
            }
            if !group.varying.is_empty() {
                put_set(sets, &name, &group, family);
                let fields = joined(&group, |field| NAMES[at][field].0);
                let _ = write!(chain, "{fields} @{name} ");
            }
            let _ = writeln!(chain, "counter redirect to :{port}");
        }
    }
}

fn joined(group: &Group, part: impl Fn(usize) -> &'static str) -> String {
    let parts = group.varying.iter().map(|field| part(*field));
    parts.collect::<Vec<_>>().join(" . ")
}

fn put_set(sets: &mut String, name: &str, group: &Group, family: Family) {
    let names = &NAMES[usize::from(family == Family::V6)];
    let flags = if group.exact { "" } else { " flags interval;" };
    let types = joined(group, |field| names[field].1);
    let _ = write!(sets, "  set {name} {{ type {types};{flags} elements = {{");
    for (at, cell) in group.cells.iter().enumerate() {
        sets.push_str(if at == 0 { "\n    " } else { ",\n    " });
        for (at, field) in group.varying.iter().enumerate() {
            sets.push_str(if at == 0 { "" } else { " . " });
            let span = cell[*field].unwrap_or((0, family.highest(*field)));
            push(sets, span, *field, family);
        }
    }
    sets.push_str(" } }\n");
}

fn push(text: &mut String, (low, high): Span, field: usize, family: Family) {
    for (at, value) in [low, high].into_iter().enumerate() {
        if at == 1 && low == high {
            return;
        }
        text.push_str(if at == 0 { "" } else { "-" });
        let _ = match (field, family) {
            (1 | 2, Family::V4) => {
                let bits = u32::try_from(value).unwrap_or(u32::MAX);
                write!(text, "{}", Ipv4Addr::from_bits(bits))
            }
            (1 | 2, Family::V6) => write!(text, "{}", Ipv6Addr::from_bits(value)),
            _ => write!(text, "{value}"),
        };
    }
}

#[cfg(test)]
impl Catch {
    /// Whether a connection comes to the engine.
    pub fn contains(&self, way: Way, user: u32, six: bool, values: &[u128; FIELDS]) -> bool {
        let own = self.of_users.iter().find(|(number, _)| *number == user);
        let trees = match (way, own) {
            (Way::Inbound, _) => &self.inbound,
            (Way::Outbound, Some((_, trees))) => trees,
            (Way::Outbound, None) => &self.outbound,
        };
        trees[usize::from(six)].contains(values)
    }
}
