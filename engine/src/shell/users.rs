//! The users of the host, by name and number.

use std::collections::HashMap;

use generator::policy::lookup::Pattern;

/// The list of users, as it was when it was read. Who is in no list is known by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Users {
    names: HashMap<u32, String>,
}

impl Users {
    /// Reads `/etc/passwd`; a host without it has users by number only.
    pub fn read() -> Self {
        Self::of(&std::fs::read_to_string("/etc/passwd").unwrap_or_default())
    }

    pub fn of(text: &str) -> Self {
        let mut names = HashMap::new();
        for (name, user, _) in keyring::users_of(text) {
            // Of several names of one number the first counts, as everywhere.
            names.entry(user).or_insert_with(|| name.to_owned());
        }
        Self { names }
    }

    /// The user id that rules see.
    pub fn name(&self, number: u32) -> String {
        let name = self.names.get(&number);
        name.map_or_else(|| number.to_string(), Clone::clone)
    }

    /// All users whose name fits. `None`: these cannot be counted.
    pub fn numbers(&self, pattern: &Pattern) -> Option<Vec<u32>> {
        let Pattern::Exact(text) = pattern else {
            return None;
        };
        let named = self.names.iter().filter(|(_, name)| pattern.matches(name));
        let mut numbers: Vec<_> = named.map(|(number, _)| *number).collect();
        numbers.extend(
            text.parse::<u32>()
                .ok()
                .filter(|number| !self.names.contains_key(number)),
        );
        Some(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_known_by_name_and_the_others_by_number() {
        let users = Users::of("root:x:0:0::/root:/bin/sh\nweb:x:33:33::/:\ntoor:x:0:0::/:\nbad\n");
        assert_eq!(users.name(0), "root");
        assert_eq!(users.name(77), "77");
        let numbers = |text: &str| users.numbers(&Pattern::from(text));
        assert_eq!(numbers("WEB"), Some(vec![33]));
        assert_eq!(numbers("77"), Some(vec![77]));
        assert_eq!(numbers("33"), Some(vec![]), "whose name is another");
        assert_eq!(numbers("nobody-knows"), Some(vec![]));
        assert_eq!(numbers("WE*"), None);
    }
}
