//! What the filter of a list asks of a row.

use generator::objects::has_tag;

/// What a row answers to a filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// All that it shows, and its tags, in small letters.
    pub text: String,
    /// The names of what it uses.
    pub uses: Vec<String>,
    /// The lowest and highest port of each field that names some.
    pub ports: Vec<(u16, u16)>,
    /// In any case.
    pub tags: Vec<String>,
    /// The words that ask for something else than text, and whether it is so.
    pub marks: Vec<(&'static str, bool)>,
}

impl Facts {
    /// Of what a row shows, and its tags; letters of both cases.
    pub fn new(shown: &[&str], tags: &[String], marks: &[(&'static str, bool)]) -> Self {
        Self {
            text: format!("{} {}", shown.join(" "), tags.join(" ")).to_lowercase(),
            tags: tags.to_vec(),
            marks: marks.to_vec(),
            ..Self::default()
        }
    }

    /// Whether every word of the filter, in small letters, holds: `uses:NAME`, `tag:WORD`,
    /// `port:1414`, a mark,
    /// or text.
    pub fn fit(&self, filter: &str) -> bool {
        filter.split_whitespace().all(|word| self.fits(word))
    }

    fn fits(&self, word: &str) -> bool {
        match word.split_once(':') {
            Some(("uses", name)) => self.uses.iter().any(|used| used.to_lowercase() == name),
            Some(("port", port)) => port.parse().is_ok_and(|port: u16| {
                let holds = |(low, high): &(u16, u16)| (*low..=*high).contains(&port);
                self.ports.iter().any(holds)
            }),
            Some(("tag", word)) => has_tag(&self.tags, word),
            _ => match self.marks.iter().find(|(mark, _)| *mark == word) {
                Some((_, holds)) => *holds,
                None => self.text.contains(word),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_a_filter_must_hold() {
        let facts = Facts {
            uses: vec!["GOLD".to_owned()],
            ports: vec![(80, 80), (1414, 1420)],
            ..Facts::new(
                &["MQ_IN", "off site"],
                &["PCI scope".to_owned()],
                &[("off", false), ("finding", true)],
            )
        };
        for (filter, expected) in [
            ("", true),
            ("mq site", true),
            ("mq gold", false),
            ("mq scop", true),
            ("uses:gold", true),
            ("uses:gol", false),
            ("tag:pci tag:scope", true),
            ("tag:sco", false),
            ("port:1415 finding", true),
            ("port:8", false),
            ("port:x", false),
            ("off", false),
            ("::", false),
        ] {
            assert_eq!(facts.fit(filter), expected, "{filter}");
        }
    }
}
