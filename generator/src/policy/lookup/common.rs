//! A connection that two rules both take.

use std::net::IpAddr;

use super::{AddressSet, Conditions, Connection, Direction, Pattern, PortSet, Way};

impl Conditions {
    /// A connection that meets these conditions and others, at a time at which both rules are in effect.
    /// `None`: there is none, or none was found, which happens only with an asterisk inside a name.
    pub fn common(&self, other: &Self) -> Option<Connection> {
        let way = match (self.direction, other.direction) {
            (Direction::Both, Direction::Both | Direction::Inbound) => Way::Inbound,
            (Direction::Inbound, Direction::Both | Direction::Inbound) => Way::Inbound,
            (Direction::Both | Direction::Outbound, Direction::Outbound) => Way::Outbound,
            (Direction::Outbound, Direction::Both) => Way::Outbound,
            (Direction::Inbound, Direction::Outbound) => return None,
            (Direction::Outbound, Direction::Inbound) => return None,
        };
        let local = addresses(&self.local, &other.local);
        let remote = addresses(&self.remote, &other.remote);
        let (local, remote) = local.into_iter().find_map(|local| {
            let mut remote = remote.iter();
            let remote = remote.find(|remote| remote.is_ipv4() == local.is_ipv4())?;
            Some((local, *remote))
        })?;
        let found = Connection {
            local,
            remote,
            local_port: port(&self.local_ports, &other.local_ports)?,
            remote_port: port(&self.remote_ports, &other.remote_ports)?,
            job: name(&self.job, &other.job)?,
            user: name(&self.user, &other.user)?,
            way,
            at: None,
        };
        (self.matches(&found) && other.matches(&found)).then_some(found)
    }
}

/// An address of each span that two sets share: the lowest, or where that is no address of anything, one
/// for documentation.
fn addresses(one: &AddressSet, other: &AddressSet) -> Vec<IpAddr> {
    let (mut found, mut rest) = (Vec::new(), other.spans());
    for span in one.spans() {
        // Both are in order: what ends before this one begins is over.
        let over = rest.partition_point(|other| other.high() < span.low());
        rest = &rest[over..];
        let shared = rest.iter().take_while(|other| other.low() <= span.high());
        found.extend(shared.map(|other| {
            let low = other.low().max(span.low());
            let example = match low {
                IpAddr::V4(_) => IpAddr::from([192, 0, 2, 1]),
                IpAddr::V6(_) => IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]),
            };
            let usual = low.is_unspecified() && span.contains(example) && other.contains(example);
            if usual { example } else { low }
        }));
    }
    found
}

fn port(one: &PortSet, other: &PortSet) -> Option<u16> {
    let mut rest = other.spans();
    for span in one.spans() {
        let over = rest.partition_point(|other| other.high() < span.low());
        rest = &rest[over..];
        if let Some(other) = rest.first().filter(|other| other.low() <= span.high()) {
            return Some(other.low().max(span.low()));
        }
    }
    None
}

fn name(one: &Pattern, other: &Pattern) -> Option<String> {
    let example = |pattern: &Pattern| match pattern {
        Pattern::Any => String::new(),
        Pattern::Exact(text) | Pattern::Prefix(text) => text.clone(),
        Pattern::Glob(text) => text.replace('*', ""),
    };
    let mut examples = [example(one), example(other)].into_iter();
    examples.find(|name| one.matches(name) && other.matches(name))
}

#[cfg(test)]
mod tests {
    use crate::policy::lookup::rules;
    use crate::policy::{lower, parse};

    /// Whether two rules with these conditions share a connection.
    fn meet(one: &str, other: &str) -> bool {
        let text = format!("TTLSRule A\n{{\n{one}\n}}\nTTLSRule B\n{{\n{other}\n}}\n");
        let lowered = lower(&parse(text.as_bytes()), "p");
        let rules = rules(&lowered.policy);
        let [a, b] = &rules[..] else { panic!("{text}") };
        let (Some(a), Some(b)) = (&a.conditions, &b.conditions) else {
            panic!("{text}")
        };
        let found = a.common(b);
        assert_eq!(found.is_some(), b.common(a).is_some(), "{text}");
        if let Some(found) = &found {
            assert!(a.matches(found) && b.matches(found), "{found:?}");
        }
        found.is_some()
    }

    #[test]
    fn each_condition_can_keep_two_rules_apart() {
        for (one, other, expected) in [
            ("", "", true),
            ("Direction Inbound", "Direction Outbound", false),
            ("Direction Both", "Direction Outbound", true),
            ("LocalPortRange 7552-7558", "LocalPortRange 7554", true),
            (
                "LocalPortRange 7552-7558",
                "LocalPortRange 7559-7560",
                false,
            ),
            ("RemotePortRange 1", "LocalPortRange 2", true),
            ("LocalAddr 10.0.0.0/8", "LocalAddr 10.77.0.0/16", true),
            ("LocalAddr 10.0.0.0/8", "LocalAddr 11.0.0.0/8", false),
            ("LocalAddr 10.0.0.0/8", "RemoteAddr 2001:db8::/32", false),
            ("LocalAddr 10.0.0.0/8", "RemoteAddr All", true),
            ("Jobname ZWE1*", "Jobname ZWE1AG", true),
            ("Jobname ZWE1*", "Jobname ZWE2*", false),
            ("Jobname CSQ*", "Jobname CSQ1*", true),
            ("Userid A", "Userid B", false),
        ] {
            assert_eq!(meet(one, other), expected, "{one:?} {other:?}");
        }
    }
}
