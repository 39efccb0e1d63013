//! What changes for connections from one policy to another.

use generator::analysis::difference::{self, Treated, treated};
use generator::analysis::treatment::{Change, Protection};
use generator::objects::{Configuration, Kind, ObjectId, summary};
use generator::policy::table::{AttributeDef, statements};
use generator::policy::{Release, Statement};
use serde::{Deserialize, Serialize};

use super::sources::Uploaded;
use super::stacks::{Read, compiled};
use super::{Connection, RuleAt, Sources, StackOf, Unanswered};

/// Asks about files: `POST /api/v1/policy/diff`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Diff {
    pub from: Sources,
    pub to: Sources,
    /// Only this stack; absent: every stack that the files of either side describe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
}

/// Asks about the stacks of a store: `POST /api/v1/stores/{store}/differences`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DiffStacks {
    /// A draft is taken as saving it would leave the store: on the newest revision, without changes that
    /// are in conflict.
    pub from: StackOf,
    pub to: StackOf,
    /// Of a draft only the changes of these objects; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub only: Option<Vec<ObjectId>>,
    /// Only this stack; absent: every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub stack: Option<ObjectId>,
}

/// What changes for connections.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Differences {
    /// Stacks that were compared.
    pub compared: usize,
    /// Those for which something changes or may change.
    pub stacks: Vec<StackDifferences>,
}

/// What changes for the connections of one stack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StackDifferences {
    /// Empty for a policy that no configuration leads to; of a store with its image: `MVSA.TCPIP`.
    pub stack: String,
    /// The stack, where it is one of a store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub id: Option<ObjectId>,
    /// There is such a stack before.
    pub before: bool,
    /// There is such a stack after.
    pub after: bool,
    /// Those first that are no longer protected, then in the order in which rules are searched. At most 100
    /// of a stack and 500 of all.
    pub differences: Vec<ConnectionDifference>,
    /// How many there are.
    pub total: usize,
    /// Rules before and after of which it could not be found out; at most 100.
    pub undecided: Vec<RulesBefore>,
    pub undecided_total: usize,
    /// Rules on one side only that cannot be read: they are taken to match nothing. At most 100.
    pub unreadable: Vec<RuleAt>,
    pub unreadable_total: usize,
}

/// Connections that are treated otherwise: those of one rule before, or none, and one rule after, or none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionDifference {
    /// Absent: no rule applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<RuleAt>,
    /// Absent: no rule applies any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<RuleAt>,
    /// At least one.
    pub changes: Vec<ParameterChange>,
    /// One of the connections.
    pub connection: Connection,
    /// It, in words.
    pub such_as: String,
    /// The conditions that all of them meet, in words.
    pub among: String,
}

/// A parameter that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParameterChange {
    pub name: String,
    /// NCA's words for it.
    pub label: String,
    /// None where there is no value and no default that is known.
    pub before: Vec<String>,
    pub after: Vec<String>,
}

/// A rule before and a rule after; both absent: nothing is known of any.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RulesBefore {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<RuleAt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<RuleAt>,
}

/// What is handed over of one stack, and of all.
const MOST: usize = 100;
const MOST_OF_ALL: usize = 500;

/// Compares the stacks of files by name; where each side has one and a side is a policy that no
/// configuration leads to, these two.
pub fn diff(asked: &Diff) -> Result<Differences, Unanswered> {
    let files = [Uploaded::new(&asked.from)?, Uploaded::new(&asked.to)?];
    let name = asked.stack.as_deref();
    let from = Read::all(&asked.from, &files[0], name);
    let to = Read::all(&asked.to, &files[1], name);
    // A stack may be on one side only.
    let (from, to) = match (from, to) {
        (Err(error), Err(_)) => return Err(error),
        (from, to) => (from.unwrap_or_default(), to.unwrap_or_default()),
    };
    from.iter().chain(&to).try_for_each(Read::entire)?;
    let mut all = Collected::default();
    for (before, after) in pairs(&from, &to) {
        let named = before.or(after);
        let name = named.map_or_else(String::new, |read| read.stack.name.clone());
        all.add(name, None, before, after);
    }
    Ok(all.found)
}

type Both<'r, 'a> = (Option<&'r Read<'a>>, Option<&'r Read<'a>>);

fn pairs<'r, 'a>(from: &'r [Read<'a>], to: &'r [Read<'a>]) -> Vec<Both<'r, 'a>> {
    if let ([one], [two]) = (from, to)
        && (one.stack.name.is_empty() || two.stack.name.is_empty())
    {
        return vec![(Some(one), Some(two))];
    }
    let same =
        |one: &Read<'_>, two: &Read<'_>| one.stack.name.eq_ignore_ascii_case(&two.stack.name);
    let before = from
        .iter()
        .map(|one| (Some(one), to.iter().find(|two| same(one, two))));
    let added = to
        .iter()
        .filter(|two| !from.iter().any(|one| same(one, two)));
    before.chain(added.map(|two| (None, Some(two)))).collect()
}

/// Compares the stacks of two configurations by their ids, in the order of their names.
pub fn diff_stacks(
    from: &Configuration,
    to: &Configuration,
    only: Option<&ObjectId>,
) -> Result<Differences, Unanswered> {
    let of = |configuration: &Configuration, id: &ObjectId| named(configuration, id);
    let all = [to, from].into_iter().flat_map(|configuration| {
        let ids = configuration.of_kind(Kind::Stack).into_iter();
        ids.map(|(id, _)| id.clone())
    });
    let mut stacks: Vec<(String, ObjectId)> = all
        .filter(|id| only.is_none_or(|only| only == id))
        .map(|id| {
            (
                of(to, &id).or_else(|| of(from, &id)).unwrap_or_default(),
                id,
            )
        })
        .collect();
    stacks.sort();
    stacks.dedup();
    if let (Some(only), true) = (only, stacks.is_empty()) {
        return Err(Unanswered::new(format!("There is no stack `{only}`.")));
    }
    let mut all = Collected::default();
    for (name, id) in stacks {
        let (before, after) = (compiled(from, &id), compiled(to, &id));
        if let (Some(before), Some(after)) = (&before, &after)
            && before.release == after.release
            && before.file.text == after.file.text
        {
            all.found.compared += 1;
            continue;
        }
        let (before, after) = (
            before.map(|policy| policy.read()),
            after.map(|policy| policy.read()),
        );
        all.add(name, Some(id), before.as_ref(), after.as_ref());
    }
    Ok(all.found)
}

/// `MVSA.TCPIP`
pub(super) fn named(configuration: &Configuration, id: &ObjectId) -> Option<String> {
    let stack = configuration.get(id)?;
    let name = summary::shown_name(stack);
    let owners = configuration.owners_of(id);
    let image = owners.get(1).and_then(|id| configuration.get(id));
    Some(match image.map(summary::shown_name) {
        Some(image) => format!("{image}.{name}"),
        None => name,
    })
}

#[derive(Default)]
struct Collected {
    found: Differences,
    handed_over: usize,
}

impl Collected {
    fn add(
        &mut self,
        stack: String,
        id: Option<ObjectId>,
        before: Option<&Read<'_>>,
        after: Option<&Read<'_>>,
    ) {
        self.found.compared += 1;
        let rules = [before, after].map(|read| read.map_or_else(Vec::new, rules_of));
        let found = difference::differences(&rules[0], &rules[1]);
        if found.is_none() {
            return;
        }
        let most = MOST.min(MOST_OF_ALL - self.handed_over);
        let rule = |read: Option<&Read<'_>>, rule: Option<&Statement>| {
            read.zip(rule).map(|(read, rule)| read.rule(rule))
        };
        let mut differences: Vec<_> = found.found.iter().collect();
        differences.sort_by_key(|one| !loses_protection(&one.changes));
        let differences = differences.into_iter().take(most);
        let differences: Vec<_> = differences
            .map(|one| ConnectionDifference {
                before: rule(before, one.old),
                after: rule(after, one.new),
                changes: one.changes.iter().map(ParameterChange::of).collect(),
                connection: Connection::of(&one.connection),
                such_as: one.connection.to_string(),
                among: one.among.to_string(),
            })
            .collect();
        self.handed_over += differences.len();
        let undecided = found.undecided.iter().take(MOST);
        let unreadable = found.unreadable.iter().take(MOST);
        self.found.stacks.push(StackDifferences {
            stack,
            id,
            before: before.is_some(),
            after: after.is_some(),
            differences,
            total: found.found.len(),
            undecided: undecided
                .map(|(old, new)| RulesBefore {
                    before: rule(before, *old),
                    after: rule(after, *new),
                })
                .collect(),
            undecided_total: found.undecided.len(),
            unreadable: unreadable
                .filter_map(|one| {
                    let side = |read: Option<&Read<'_>>, rules: &[Treated<'_>]| {
                        let here = |own: &Treated<'_>| std::ptr::eq(own.rule.statement, *one);
                        rule(read.filter(|_| rules.iter().any(here)), Some(*one))
                    };
                    side(before, &rules[0]).or_else(|| side(after, &rules[1]))
                })
                .collect(),
            unreadable_total: found.unreadable.len(),
        });
    }
}

/// What nobody may overlook, however much else changes.
fn loses_protection(changes: &[Change]) -> bool {
    let tls = Protection::Tls.to_string();
    let mut enabled = changes.iter().filter(|one| one.parameter == "TTLSEnabled");
    enabled.any(|one| one.before.contains(&tls))
}

fn rules_of<'p>(read: &'p Read<'_>) -> Vec<Treated<'p>> {
    let release: Release = read.release;
    treated(&read.stack.policy, release)
}

impl ParameterChange {
    fn of(change: &Change) -> Self {
        let rows = statements().iter().flat_map(|def| def.attributes);
        let is_it = |row: &&AttributeDef| row.name == change.parameter;
        let label = rows.filter(is_it).map(|row| row.label).next();
        Self {
            name: change.parameter.to_owned(),
            label: label.unwrap_or_default().to_owned(),
            before: change.before.clone(),
            after: change.after.clone(),
        }
    }
}
