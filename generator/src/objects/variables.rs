//! Values that differ by place: `${NAME}` in a field stands for what the stack, its image or its
//! z/OS group gives for NAME; the nearest one counts.
//!
//! A field keeps what was typed. What is compiled, checked or listed for a stack comes from
//! [`resolve`], in which the values have taken their places. A value is text: what it stands for is
//! read as if it had been typed, and variables inside it do not count.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::str::FromStr;

use super::{Configuration, Endpoint, Entry, FieldPath, Kind, Object, ObjectId};

/// The variables of a z/OS group, an image or a stack, by name.
pub type Variables = BTreeMap<String, String>;

/// The longest name of a variable.
pub const MAX_NAME: usize = 32;

/// A capital letter, then capital letters, digits and `_`.
pub fn is_name(text: &str) -> bool {
    (1..=MAX_NAME).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// A part of a text: as it stands, or the name of a variable.
enum Part<'t> {
    Plain(&'t str),
    Variable(&'t str),
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    // Where to look from: behind a `${` that begins no variable.
    let mut from = 0;
    while let Some(start) = rest.get(from..).and_then(|tail| tail.find("${")) {
        let start = from + start;
        let inside = &rest[start + 2..];
        match inside.find('}').map(|end| &inside[..end]) {
            Some(name) if is_name(name) => {
                parts.extend([Part::Plain(&rest[..start]), Part::Variable(name)]);
                rest = &inside[name.len() + 1..];
                from = 0;
            }
            _ => from = start + 2,
        }
    }
    parts.push(Part::Plain(rest));
    parts
}

/// The names of the variables in a text, in order.
pub fn names_in(text: &str) -> Vec<&str> {
    if !text.contains("${") {
        return Vec::new();
    }
    let parts = parts(text).into_iter();
    parts
        .filter_map(|part| match part {
            Part::Variable(name) => Some(name),
            Part::Plain(_) => None,
        })
        .collect()
}

/// What counts for a stack: its own variables, then its image's, then its group's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Scope<'a> {
    pub fn of(configuration: &'a Configuration, stack: &ObjectId) -> Self {
        let mut scope = BTreeMap::new();
        for owner in configuration.owners_of(stack) {
            let variables = configuration.get(&owner).and_then(variables_of);
            for (name, value) in variables.into_iter().flatten() {
                scope.entry(name.as_str()).or_insert(value.as_str());
            }
        }
        Self(scope)
    }

    /// The value of a variable; `None` where no place gives one.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).copied()
    }

    /// The text with the values in their places; variables without a value stay.
    pub fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        for part in parts(text) {
            match part {
                Part::Plain(text) => filled.push_str(text),
                Part::Variable(name) => match self.get(name) {
                    Some(value) => filled.push_str(value.trim()),
                    None => filled.extend(["${", name, "}"]),
                },
            }
        }
        filled
    }

    /// The object with the values in their places.
    pub fn resolve(&self, object: &Object) -> Object {
        let mut resolved = object.clone();
        visit_mut(&mut resolved, |entry| {
            let filled = entry
                .text()
                .filter(|text| !names_in(text).is_empty())
                .map(|text| self.fill(text));
            if let Some(text) = filled {
                entry.put(&text);
            }
        });
        resolved
    }
}

/// The variables that an object gives.
pub fn variables_of(object: &Object) -> Option<&Variables> {
    match object {
        Object::Group(group) => Some(&group.variables),
        Object::Image(image) => Some(&image.variables),
        Object::Stack(stack) => Some(&stack.variables),
        _ => None,
    }
}

/// A field in which variables stand, and their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    pub field: FieldPath,
    pub names: Vec<String>,
}

/// The fields of an object in which variables stand.
pub fn uses(object: &Object) -> Vec<Use> {
    let mut found = Vec::new();
    visit(object, |field, entry| {
        let Some(text) = entry.text() else { return };
        let names: Vec<_> = names_in(text).into_iter().map(str::to_owned).collect();
        if !names.is_empty() {
            found.push(Use {
                field: field().into(),
                names,
            });
        }
    });
    found
}

/// The configuration as a stack has it.
pub fn resolve<'a>(configuration: &'a Configuration, stack: &ObjectId) -> Cow<'a, Configuration> {
    let scope = Scope::of(configuration, stack);
    if scope.0.is_empty() {
        return Cow::Borrowed(configuration);
    }
    let mut resolved = Cow::Borrowed(configuration);
    for (id, object) in &configuration.objects {
        if !uses(object).is_empty() {
            let object = scope.resolve(object);
            resolved.to_mut().objects.insert(id.clone(), object);
        }
    }
    resolved
}

/// A configuration as each of its stacks has it.
#[derive(Clone, Debug)]
pub struct Resolved<'a> {
    /// By name of the stack.
    pub stacks: Vec<(&'a ObjectId, Cow<'a, Configuration>)>,
}

impl<'a> Resolved<'a> {
    pub fn of(configuration: &'a Configuration) -> Self {
        let stacks = configuration.of_kind(Kind::Stack).into_iter();
        Self {
            stacks: stacks
                .map(|(id, _)| (id, resolve(configuration, id)))
                .collect(),
        }
    }
}

/// A field that may hold variables, whatever its value's type.
trait Text {
    /// What is typed in it, where that may hold a variable.
    fn text(&self) -> Option<&str>;
    fn put(&mut self, text: &str);
}

/// No type takes braces, so a text with a variable in it is no value, and is kept as it was typed.
impl<T: FromStr> Text for Entry<T> {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Value(_) => None,
            Self::Typed(text) => Some(text),
        }
    }

    fn put(&mut self, text: &str) {
        *self = Self::read(text);
    }
}

/// Goes through the fields in which variables count.
macro_rules! walk {
    ($object:ident, $seen:ident, $rows:ident $(, $mutable:ident)?) => {
        match $object {
            Object::TrafficDescriptor(traffic) => {
                for (at, row) in traffic.rows.$rows().enumerate() {
                    $seen(&|| format!("rows/{at}/local_port"), &$($mutable)? row.local_port);
                    $seen(&|| format!("rows/{at}/remote_port"), &$($mutable)? row.remote_port);
                    $seen(&|| format!("rows/{at}/jobname"), &$($mutable)? row.jobname);
                    $seen(&|| format!("rows/{at}/userid"), &$($mutable)? row.userid);
                    $seen(&|| format!("rows/{at}/keyring"), &$($mutable)? row.keyring);
                    $seen(
                        &|| format!("rows/{at}/keyring_stash_file"),
                        &$($mutable)? row.keyring_stash_file,
                    );
                    $seen(
                        &|| format!("rows/{at}/certificate_label"),
                        &$($mutable)? row.certificate_label,
                    );
                    for (label, entry) in row.server_certificate_labels.$rows().enumerate() {
                        $seen(
                            &|| format!("rows/{at}/server_certificate_labels/{label}"),
                            entry,
                        );
                    }
                }
            }
            Object::AddressGroup(group) => {
                for (at, entry) in group.addresses.$rows().enumerate() {
                    $seen(&|| format!("addresses/{at}"), entry);
                }
            }
            Object::Rule(rule) => {
                if let Endpoint::Address(entry) = &$($mutable)? rule.local {
                    $seen(&|| "local/address".to_owned(), entry);
                }
                if let Endpoint::Address(entry) = &$($mutable)? rule.remote {
                    $seen(&|| "remote/address".to_owned(), entry);
                }
            }
            Object::Image(image) => {
                $seen(&|| "keyring".to_owned(), &$($mutable)? image.keyring);
                $seen(
                    &|| "keyring_stash_file".to_owned(),
                    &$($mutable)? image.keyring_stash_file,
                );
            }
            Object::Stack(stack) => {
                $seen(&|| "keyring".to_owned(), &$($mutable)? stack.keyring);
                $seen(
                    &|| "keyring_stash_file".to_owned(),
                    &$($mutable)? stack.keyring_stash_file,
                );
            }
            Object::SecurityLevel(_) | Object::RequirementMap(_) | Object::Group(_) => {}
        }
    };
}

fn visit(object: &Object, mut see: impl FnMut(&dyn Fn() -> String, &dyn Text)) {
    let mut seen = |field: &dyn Fn() -> String, entry: &dyn Text| see(field, entry);
    walk!(object, seen, iter);
}

fn visit_mut(object: &mut Object, mut change: impl FnMut(&mut dyn Text)) {
    let mut seen = |_: &dyn Fn() -> String, entry: &mut dyn Text| change(entry);
    walk!(object, seen, iter_mut, mut);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::{Group, Image, Stack, TrafficDescriptor, TrafficRow};

    fn id(text: &str) -> ObjectId {
        ObjectId(text.to_owned())
    }

    fn given(pairs: &[(&str, &str)]) -> Variables {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    fn sample() -> Configuration {
        let stack = |name: &str, variables| Stack {
            name: name.into(),
            image: Some(id("i")),
            variables,
            ..Stack::default()
        };
        let row = TrafficRow {
            local_port: "${PORT}".into(),
            keyring: "${OWNER}/RING".into(),
            certificate_label: "${NOBODY}".into(),
            ..TrafficRow::default()
        };
        let all: [(&str, Object); 5] = [
            (
                "g",
                Group {
                    variables: given(&[("PORT", "1"), ("OWNER", "START1")]),
                    ..Group::default()
                }
                .into(),
            ),
            (
                "i",
                Image {
                    group: Some(id("g")),
                    variables: given(&[("PORT", "1414")]),
                    ..Image::default()
                }
                .into(),
            ),
            ("a", stack("A", given(&[("PORT", " 1500-1600 ")])).into()),
            ("b", stack("B", Variables::new()).into()),
            (
                "t",
                TrafficDescriptor {
                    rows: vec![row],
                    ..TrafficDescriptor::default()
                }
                .into(),
            ),
        ];
        let all = all.into_iter();
        all.map(|(at, object)| (id(at), object)).collect()
    }

    fn row_on(stack: &str) -> TrafficRow {
        let sample = sample();
        match resolve(&sample, &id(stack)).get(&id("t")) {
            Some(Object::TrafficDescriptor(traffic)) => traffic.rows[0].clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn variables_are_found_where_they_are_whole() {
        for (text, names) in [
            ("${A}", vec!["A"]),
            ("x${A_1}y${B}", vec!["A_1", "B"]),
            ("${${A}", vec!["A"]),
            ("$A ${a} ${1} ${} ${A", vec![]),
            ("${A }", vec![]),
        ] {
            assert_eq!(names_in(text), names, "{text}");
        }
        assert!(is_name(&"A".repeat(32)) && !is_name(&"A".repeat(33)));
    }

    #[test]
    fn the_nearest_value_counts_and_is_read_as_typed() {
        assert_eq!(row_on("a").local_port, Entry::from("1500-1600"));
        assert_eq!(row_on("b").local_port, Entry::from("1414"));
        assert_eq!(row_on("b").keyring, Entry::from("START1/RING"));
        // What has no value stays as it was typed.
        assert_eq!(row_on("b").certificate_label, Entry::from("${NOBODY}"));
    }

    #[test]
    fn without_variables_nothing_is_copied() {
        let mut sample = sample();
        sample.objects.remove(&id("t"));
        let resolved = resolve(&sample, &id("a"));
        assert!(matches!(resolved, Cow::Borrowed(_)));
    }

    #[test]
    fn a_text_with_a_variable_is_no_value_of_any_type() {
        let sample = sample();
        let Some(Object::TrafficDescriptor(traffic)) = sample.get(&id("t")) else {
            panic!("a descriptor")
        };
        let row = &traffic.rows[0];
        assert!(row.local_port.value().is_none() && row.keyring.value().is_none());
        assert!(row.certificate_label.value().is_none());
    }

    #[test]
    fn uses_are_found_by_field() {
        let sample = sample();
        let found = uses(&sample.objects[&id("t")]);
        let fields: Vec<_> = found.iter().map(|one| one.field.0.as_str()).collect();
        assert_eq!(
            fields,
            [
                "rows/0/local_port",
                "rows/0/keyring",
                "rows/0/certificate_label"
            ]
        );
        assert_eq!(found[1].names, ["OWNER"]);
    }
}
