//! Two people changed the same object: which of their changes stand side by side?
//!
//! Works on the JSON of the objects, so that a field added to an object needs nothing here. Fields
//! merge one by one; lists merge by what was inserted, removed and changed where (diff3).

use serde_json::{Map, Value};

use super::{FieldPath, Object};

/// What became of two changed versions of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// Both sides' changes; where they exclude each other, mine.
    pub merged: Object,
    /// The fields where both sides changed the same thing in different ways.
    pub conflicts: Vec<FieldPath>,
}

/// Merges two versions of `base`.
pub fn merge(base: &Object, mine: &Object, theirs: &Object) -> Merge {
    merge_by(base, mine, theirs, &mut |clash| clash.mine.cloned())
}

/// A field that both sides changed in different ways; `None` where a side has no such field.
#[derive(Clone, Copy, Debug)]
pub struct Clash<'a> {
    pub field: &'a FieldPath,
    pub base: Option<&'a Value>,
    pub mine: Option<&'a Value>,
    pub theirs: Option<&'a Value>,
}

/// The value that a field in conflict gets; `None` leaves the field out.
pub type Choose<'a> = dyn FnMut(Clash<'_>) -> Option<Value> + 'a;

/// Merges two versions of `base`; `choose` is asked for the value of each field in conflict.
pub fn merge_by(base: &Object, mine: &Object, theirs: &Object, choose: &mut Choose<'_>) -> Merge {
    if mine == theirs || base == theirs {
        return Merge::clean(mine);
    }
    if base == mine {
        return Merge::clean(theirs);
    }
    let whole = |mut conflicts: Vec<FieldPath>| {
        if conflicts.is_empty() {
            conflicts.push(FieldPath::default());
        }
        Merge {
            merged: mine.clone(),
            conflicts,
        }
    };
    let (Ok(b), Ok(m), Ok(t)) = (
        serde_json::to_value(base),
        serde_json::to_value(mine),
        serde_json::to_value(theirs),
    ) else {
        return whole(Vec::new());
    };
    let mut merger = Merger {
        path: Vec::new(),
        conflicts: Vec::new(),
        choose,
    };
    let merged = merger.value(Some(&b), Some(&m), Some(&t));
    // What both sides allow need not be an object: `map` of a rule is one thing or the other.
    match merged.and_then(|value| serde_json::from_value(value).ok()) {
        Some(merged) => Merge {
            merged,
            conflicts: merger.conflicts,
        },
        None => whole(merger.conflicts),
    }
}

impl Merge {
    fn clean(object: &Object) -> Self {
        Self {
            merged: object.clone(),
            conflicts: Vec::new(),
        }
    }
}

/// The most cells of one comparison of two lists; larger ones are compared as a whole.
const CELLS: usize = 4_000_000;

struct Merger<'a, 'c> {
    path: Vec<String>,
    conflicts: Vec<FieldPath>,
    choose: &'a mut Choose<'c>,
}

impl Merger<'_, '_> {
    /// Merges one value; `None` stands for a field that is not there.
    fn value(
        &mut self,
        base: Option<&Value>,
        mine: Option<&Value>,
        theirs: Option<&Value>,
    ) -> Option<Value> {
        if mine == theirs || base == theirs {
            return mine.cloned();
        }
        if base == mine {
            return theirs.cloned();
        }
        let empty = (Value::Object(Map::new()), Value::Array(Vec::new()));
        match (mine, theirs) {
            (Some(Value::Object(m)), Some(Value::Object(t))) => {
                // An enum with content is a map of one key: two keys would be no value.
                let tagged = |map: &Map<String, Value>| map.keys().next().cloned();
                let was_tagged = matches!(base, Some(Value::Object(base)) if base.len() == 1);
                if m.len() == 1 && t.len() == 1 && tagged(m) != tagged(t) && was_tagged {
                    return self.conflict(base, mine, theirs);
                }
                let Value::Object(b) = base.unwrap_or(&empty.0) else {
                    return self.conflict(base, mine, theirs);
                };
                Some(Value::Object(self.map(b, m, t)))
            }
            (Some(Value::Array(m)), Some(Value::Array(t))) => {
                let Value::Array(b) = base.unwrap_or(&empty.1) else {
                    return self.conflict(base, mine, theirs);
                };
                match self.list(b, m, t) {
                    Some(list) => Some(Value::Array(list)),
                    None => self.conflict(base, mine, theirs),
                }
            }
            _ => self.conflict(base, mine, theirs),
        }
    }

    fn conflict(
        &mut self,
        base: Option<&Value>,
        mine: Option<&Value>,
        theirs: Option<&Value>,
    ) -> Option<Value> {
        let path = FieldPath(self.path.join("/"));
        let value = (self.choose)(Clash {
            field: &path,
            base,
            mine,
            theirs,
        });
        if self.conflicts.last() != Some(&path) {
            self.conflicts.push(path);
        }
        value
    }

    fn map(
        &mut self,
        base: &Map<String, Value>,
        mine: &Map<String, Value>,
        theirs: &Map<String, Value>,
    ) -> Map<String, Value> {
        let keys = crate::sort::set(base.keys().chain(mine.keys()).chain(theirs.keys()));
        let mut merged = Map::new();
        for key in keys {
            self.path.push(key.clone());
            if let Some(value) = self.value(base.get(key), mine.get(key), theirs.get(key)) {
                merged.insert(key.clone(), value);
            }
            self.path.pop();
        }
        merged
    }

    /// diff3: elements that all three have merge one by one; what lies between two such elements
    /// merges on its own. `None` where that was changed on both sides and cannot be merged.
    fn list(&mut self, base: &[Value], mine: &[Value], theirs: &[Value]) -> Option<Vec<Value>> {
        let (to_mine, to_theirs) = (partners(base, mine)?, partners(base, theirs)?);
        let mut merged = Vec::new();
        let (mut b, mut m, mut t) = (0, 0, 0);
        for at in 0..=base.len() {
            let shared = match at == base.len() {
                true => Some((mine.len(), theirs.len())),
                false => to_mine[at].zip(to_theirs[at]),
            };
            let Some((in_mine, in_theirs)) = shared else {
                continue;
            };
            let mine_part = Part::new(&base[b..at], &to_mine[b..at], mine, m..in_mine);
            let theirs_part = Part::new(&base[b..at], &to_theirs[b..at], theirs, t..in_theirs);
            merged.extend(self.stretch(&base[b..at], &mine_part, &theirs_part)?);
            if at < base.len() {
                self.path.push(in_mine.to_string());
                let (m, t) = (&mine[in_mine], &theirs[in_theirs]);
                merged.extend(self.value(Some(&base[at]), Some(m), Some(t)));
                self.path.pop();
            }
            (b, m, t) = (at + 1, in_mine + 1, in_theirs + 1);
        }
        Some(merged)
    }

    /// The elements between two that all three have.
    fn stretch(&self, base: &[Value], mine: &Part<'_>, theirs: &Part<'_>) -> Option<Vec<Value>> {
        if mine.all == theirs.all || base == theirs.all {
            return Some(mine.all.to_vec());
        }
        if base == mine.all {
            return Some(theirs.all.to_vec());
        }
        // What one side removed, the other must have left as it was.
        if !self.holds_rows(base, mine.all, theirs.all) || mine.changed || theirs.changed {
            return None;
        }
        Some(both(&mine.added, &theirs.added))
    }

    /// Whether elements stand for themselves, so that two that were added at one place both stay.
    /// Suites and signatures do not: their order is one choice.
    fn holds_rows(&self, base: &[Value], mine: &[Value], theirs: &[Value]) -> bool {
        const SETS: [&str; 3] = ["addresses", "groups", "tags"];
        let mut all = base.iter().chain(mine).chain(theirs);
        all.all(Value::is_object) || self.path.last().is_some_and(|name| SETS.contains(&&**name))
    }
}

/// One side of a stretch.
struct Part<'a> {
    all: &'a [Value],
    /// What has no partner in the base.
    added: Vec<Value>,
    /// An element of the base that the other side removed stands here with another value.
    changed: bool,
}

impl<'a> Part<'a> {
    fn new(
        base: &[Value],
        to_side: &[Option<usize>],
        side: &'a [Value],
        range: std::ops::Range<usize>,
    ) -> Self {
        let partnered = crate::sort::set(to_side.iter().flatten().copied());
        let unpaired = range.clone().filter(|at| !partnered.contains(at));
        let pairs = base.iter().zip(to_side);
        Self {
            added: unpaired.map(|at| side[at].clone()).collect(),
            changed: pairs
                .filter_map(|(element, partner)| Some((element, &side[(*partner)?])))
                .any(|(element, partner)| element != partner),
            all: &side[range],
        }
    }
}

/// Rows that both sides added at one place: those of the side that sorts first, then the others that
/// are not among them. The order does not depend on whose is whose.
fn both(mine: &[Value], theirs: &[Value]) -> Vec<Value> {
    let text = |rows: &[Value]| rows.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (first, second) = match text(mine) <= text(theirs) {
        true => (mine, theirs),
        false => (theirs, mine),
    };
    let mut rows = first.to_vec();
    rows.extend(second.iter().filter(|row| !first.contains(row)).cloned());
    rows
}

/// For each element of `base` its partner in `other`: the same one, or one that was changed in place.
/// `None` when the lists are too long to compare.
pub(super) fn partners(base: &[Value], other: &[Value]) -> Option<Vec<Option<usize>>> {
    let mut found = vec![None; base.len()];
    let head = base.iter().zip(other).take_while(|(a, b)| a == b).count();
    let rest = base.len().min(other.len()) - head;
    let pairs = base.iter().rev().zip(other.iter().rev());
    let tail = pairs.take(rest).take_while(|(a, b)| a == b).count();
    for (at, partner) in found.iter_mut().enumerate().take(head) {
        *partner = Some(at);
    }
    for back in 1..=tail {
        found[base.len() - back] = Some(other.len() - back);
    }
    let (a, b) = (
        &base[head..base.len() - tail],
        &other[head..other.len() - tail],
    );
    for (i, j) in best_pairs(a, b)? {
        found[head + i] = Some(head + j);
    }
    Some(found)
}

/// Pairs in order with the highest likeness in all: a longest common subsequence that also knows
/// elements that are nearly the same.
fn best_pairs(a: &[Value], b: &[Value]) -> Option<Vec<(usize, usize)>> {
    let width = b.len() + 1;
    if a.len().saturating_mul(width) > CELLS {
        return None;
    }
    // best[i * width + j]: the highest sum over a[i..] and b[j..].
    let mut best = vec![0_u64; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let skip = best[(i + 1) * width + j].max(best[i * width + j + 1]);
            let pair = match likeness(&a[i], &b[j]) {
                0 => 0,
                likeness => best[(i + 1) * width + j + 1] + likeness,
            };
            best[i * width + j] = skip.max(pair);
        }
    }
    let (mut pairs, mut i, mut j) = (Vec::new(), 0, 0);
    while i < a.len() && j < b.len() {
        if best[i * width + j] == best[(i + 1) * width + j] {
            i += 1;
        } else if best[i * width + j] == best[i * width + j + 1] {
            j += 1;
        } else {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        }
    }
    Some(pairs)
}

/// How much two elements are the same: 0 for not at all, and for rows with at least half of their
/// fields equal a little; equal ones outweigh any number of those.
fn likeness(a: &Value, b: &Value) -> u64 {
    if a == b {
        return 1_000_000_000;
    }
    let (Value::Object(a), Value::Object(b)) = (a, b) else {
        return 0;
    };
    let fields = crate::sort::set(a.keys().chain(b.keys()));
    let equal = fields
        .iter()
        .filter(|key| a.get(**key) == b.get(**key))
        .count();
    match equal * 2 >= fields.len() {
        true => 1 + (equal * 500 / fields.len().max(1)) as u64,
        false => 0,
    }
}

#[cfg(test)]
mod tests;
