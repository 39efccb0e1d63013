//! Objects in a few words, as lists and reports show them.

use super::{
    ClientAuthentication, Configuration, Endpoint, Object, ObjectId, SecurityLevel, Suites,
};
use crate::policy::table::lists::suite_of;

/// A name as it is shown: an empty one says so.
pub fn shown_name(object: &Object) -> String {
    match object.name() {
        name if name.is_empty() => "(no name)".to_owned(),
        name => name,
    }
}

/// The name of the object with this id.
pub fn name_of(configuration: &Configuration, id: &ObjectId) -> String {
    configuration
        .get(id)
        .map_or_else(|| "(deleted)".to_owned(), shown_name)
}

/// The addresses of one end, or the name of their group.
pub fn endpoint(configuration: &Configuration, endpoint: &Endpoint) -> String {
    match endpoint {
        Endpoint::Address(address) => match address.to_string().as_str() {
            "All" => "all addresses".to_owned(),
            text => text.to_owned(),
        },
        Endpoint::Group(id) => name_of(configuration, id),
    }
}

/// The ports of both ends: `1414`, `to 443`, `all`.
pub fn ports(local: &str, remote: &str) -> String {
    match (local, remote) {
        ("All", "All") => "all".to_owned(),
        (local, "All") => local.to_owned(),
        ("All", remote) => format!("to {remote}"),
        (local, remote) => format!("{local} to {remote}"),
    }
}

/// The protocol versions that are on, the newest first.
pub fn versions(level: &SecurityLevel) -> Vec<&'static str> {
    let versions = &level.versions;
    let names = [
        (versions.tls13, "TLS 1.3"),
        (versions.tls12, "TLS 1.2"),
        (versions.tls11, "TLS 1.1"),
        (versions.tls10, "TLS 1.0"),
        (versions.sslv3, "SSL 3"),
        (versions.sslv2, "SSL 2"),
    ];
    names
        .into_iter()
        .filter(|(on, _)| *on)
        .map(|(_, name)| name)
        .collect()
}

/// How a level protects, without its suites: "TLS 1.3, TLS 1.2".
pub fn protection(level: &SecurityLevel) -> String {
    match versions(level) {
        _ if !level.protect => "in the clear".to_owned(),
        on if on.is_empty() => "no version on".to_owned(),
        on => on.join(", "),
    }
}

/// "TLS 1.3, TLS 1.2, 3 suites".
pub fn level(level: &SecurityLevel) -> String {
    let protection = protection(level);
    if !level.protect || versions(level).is_empty() {
        return protection;
    }
    let suites = match &level.suites {
        Suites::SystemDefaults => "System SSL suites".to_owned(),
        Suites::List(list) if list.len() == 1 => "1 suite".to_owned(),
        Suites::List(list) => format!("{} suites", list.len()),
    };
    format!("{protection}, {suites}")
}

/// What a level means for a partner: "TLS 1.3, TLS 1.2; forward secrecy always; no client
/// certificate".
pub fn level_sentence(level: &SecurityLevel) -> String {
    let protection = self::level(level);
    if !level.protect || versions(level).is_empty() {
        return protection;
    }
    let secrecy = match forward_secrecy(level) {
        Some((0, _)) => "; no forward secrecy",
        Some((some, all)) if some < all => "; forward secrecy with some of the suites",
        Some(_) => "; forward secrecy always",
        None => "",
    };
    let client = match level.client_authentication {
        ClientAuthentication::Off => "no client certificate",
        ClientAuthentication::PassThru => "a client certificate is asked for and not checked",
        ClientAuthentication::Full => "a client certificate is checked where one is shown",
        ClientAuthentication::Required => "a client certificate is required",
        ClientAuthentication::SafCheck => {
            "a client certificate is required, and RACF must know its user"
        }
    };
    format!("{protection}{secrecy}; {client}")
}

/// How many of the suites that a version in use can choose agree on a new key each time, and how
/// many there are; `None` where System SSL decides, or none can be chosen.
fn forward_secrecy(level: &SecurityLevel) -> Option<(usize, usize)> {
    let Suites::List(list) = &level.suites else {
        return None;
    };
    let on = level.versions.protocols();
    let usable = list.iter().filter_map(|text| suite_of(text));
    let usable: Vec<_> = usable
        .filter(|suite| on.iter().any(|version| suite.works_with(*version)))
        .collect();
    let fresh = ["ECDHE", "DHE", "key share group"];
    let secret = usable
        .iter()
        .filter(|suite| fresh.contains(&suite.key_exchange));
    Some((secret.count(), usable.len())).filter(|(_, all)| *all > 0)
}

/// The suites of a level by name, in their order, what names none as it was typed; `None` where
/// System SSL decides.
pub fn suites(level: &SecurityLevel) -> Option<Vec<&str>> {
    match &level.suites {
        Suites::SystemDefaults => None,
        Suites::List(list) => Some(
            list.iter()
                .map(|text| suite_of(text).map_or(text.as_str(), |suite| suite.name))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Versions;
    use super::*;

    #[test]
    fn ports_are_told_from_both_ends() {
        assert_eq!(ports("All", "All"), "all");
        assert_eq!(ports("1414", "All"), "1414");
        assert_eq!(ports("All", "443"), "to 443");
        assert_eq!(ports("1414", "443"), "1414 to 443");
    }

    #[test]
    fn a_level_is_told_by_what_it_means_for_a_partner() {
        let level = |suites: &[&str], client_authentication| SecurityLevel {
            suites: Suites::List(suites.iter().map(|code| (*code).to_owned()).collect()),
            client_authentication,
            ..SecurityLevel::default()
        };
        let told = |suites: &[&str], client| level_sentence(&level(suites, client));
        assert_eq!(
            told(&["1301", "C02F"], ClientAuthentication::Off),
            "TLS 1.3, TLS 1.2, 2 suites; forward secrecy always; no client certificate"
        );
        let some = told(&["1301", "009C"], ClientAuthentication::Required);
        assert!(some.contains(
            "; forward secrecy with some of the suites; a client certificate is required"
        ));
        assert!(told(&["009C"], ClientAuthentication::Off).contains("; no forward secrecy;"));
        assert!(!told(&["nonsense"], ClientAuthentication::Off).contains("secrecy"));
    }

    #[test]
    fn a_level_is_told_by_versions_and_suites() {
        let mut one = SecurityLevel::default();
        assert_eq!(level(&one), "TLS 1.3, TLS 1.2, 7 suites");
        assert_eq!(
            suites(&one).map(|all| all[0]),
            Some("TLS_AES_256_GCM_SHA384")
        );
        one.suites = Suites::List(vec!["what?".into()]);
        assert_eq!(level(&one), "TLS 1.3, TLS 1.2, 1 suite");
        assert_eq!(suites(&one), Some(vec!["what?"]));
        one.suites = Suites::SystemDefaults;
        assert_eq!(level(&one), "TLS 1.3, TLS 1.2, System SSL suites");
        one.versions = Versions::NONE;
        assert_eq!(level(&one), "no version on");
        one.protect = false;
        assert_eq!(level(&one), "in the clear");
    }
}
