//! What counts for a rule, asked by the name of a parameter: its value, its place, its list.

use super::effective::{Parameter, Said};
use super::model::{Statement, Tag};
use super::named::Named;
use super::release::Release;
use super::table::lists::{CodeList, suites_in};
use super::table::signatures::default_signature_pairs;
use super::table::suites::{CipherSuite, Protocol};

/// The attributes that hold cipher suites of SSL V3 and later.
pub const SUITES: [&str; 2] = ["V3CipherSuites", "V3CipherSuites4Char"];

/// What counts for a rule.
#[derive(Clone, Debug)]
pub struct View<'p> {
    pub rule: &'p Statement,
    pub release: Release,
    parameters: Vec<Parameter<'p>>,
}

impl<'p> View<'p> {
    pub fn of(named: &Named<'p>, rule: &'p Statement, release: Release) -> Self {
        Self {
            rule,
            release,
            parameters: named.effective(rule, release),
        }
    }

    /// Every parameter, in the order of the table.
    pub fn parameters(&self) -> &[Parameter<'p>] {
        &self.parameters
    }

    pub fn parameter(&self, name: &str) -> Option<&Parameter<'p>> {
        let mut all = self.parameters.iter();
        all.find(|one| one.row.name.eq_ignore_ascii_case(name))
    }

    fn said(&self, name: &str) -> Option<&Said<'p>> {
        self.parameter(name)?.said.as_ref()
    }

    /// The value that counts: coded, or the default.
    pub fn value(&self, name: &str) -> Option<&str> {
        let coded = self.said(name).and_then(|said| said.attributes.first());
        coded
            .map(|one| one.value())
            .or_else(|| self.parameter(name)?.default)
    }

    pub fn is(&self, name: &str, word: &str) -> bool {
        self.value(name)
            .is_some_and(|value| value.eq_ignore_ascii_case(word))
    }

    /// Where a parameter is coded.
    pub fn coded(&self, name: &str) -> Option<Tag> {
        let first = self.said(name)?.attributes.first()?;
        Some(first.tag)
    }

    /// Where a parameter is coded; the rule where it is not.
    pub fn tag(&self, name: &str) -> Tag {
        self.coded(name).unwrap_or(self.rule.tag)
    }

    pub fn name(&self) -> &str {
        self.rule.name_str().unwrap_or("")
    }

    /// The versions that are on, oldest first.
    pub fn versions(&self) -> Vec<Protocol> {
        let all = Protocol::ALL.into_iter();
        all.filter(|version| self.is(version.attribute(), "On"))
            .collect()
    }

    /// The suites that are coded, each with its place, in the order of the file; `None`: a list of
    /// System SSL counts.
    pub fn suites(&self) -> Option<Vec<(&'static CipherSuite, Tag)>> {
        let said = SUITES.iter().filter_map(|name| self.said(name));
        let mut attributes: Vec<_> = said.flat_map(|said| &said.attributes).collect();
        if attributes.is_empty() {
            return None;
        }
        // Both attributes make one list, in the order of their lines.
        crate::sort::by_key(&mut attributes, |attribute| attribute.tag);
        let suites = attributes.into_iter().flat_map(|attribute| {
            let kind = attribute.def().map(|row| row.kind);
            let suites = kind.map_or_else(Vec::new, |kind| suites_in(kind, attribute.value()));
            suites.into_iter().map(|suite| (suite, attribute.tag))
        });
        Some(suites.collect())
    }

    /// The codes of a list, coded or by default. While TLS 1.3 is on, the defaults hold more: x25519 as
    /// last curve, and the RSA-PSS pairs (IP Configuration Reference 2.5, TTLSSignatureParms).
    pub fn codes(&self, name: &str) -> Vec<String> {
        let Some(parameter) = self.parameter(name) else {
            return Vec::new();
        };
        let said = parameter.said.iter().flat_map(|said| &said.attributes);
        let mut lines: Vec<_> = said.map(|one| one.value()).collect();
        if lines.is_empty() {
            lines.extend(parameter.default);
        }
        let list = CodeList::of(parameter.row);
        let codes = lines
            .into_iter()
            .flat_map(|line| list.map(|list| list.split(line)));
        let mut codes: Vec<_> = codes.flatten().collect();
        if parameter.said.is_none() && self.is(Protocol::Tls13.attribute(), "On") {
            match parameter.row.name {
                "ClientECurves" => codes.push("0029".to_owned()),
                "SignaturePairs" => {
                    let pairs = default_signature_pairs(self.release, true).into_iter();
                    codes = pairs.map(|pair| pair.code.to_owned()).collect();
                }
                _ => {}
            }
        }
        codes
    }
}
