//! Is there a connection that these rules take, and none that is searched before them?

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::boxes::{Budget, Point, Region, gap, subtract_all};
use super::index::Index;
use super::{JOB, LOCAL_PORT, REMOTE_PORT, Slices, Space, TIME, USER, names};
use crate::policy::lookup::{Conditions, Connection, Moment, Time};

/// So many places are tried for a connection that is an example.
const PLACES: usize = 16;

/// Lists of rules, each in the order in which it is searched, on one grid.
pub struct Search<'a> {
    rules: Vec<&'a Conditions>,
    /// A number for each rule, the same for the same conditions.
    same: Vec<u32>,
    /// The rules that are not always in effect.
    timed: Vec<usize>,
    space: Space,
    lists: Vec<(Range<usize>, Index)>,
}

/// Whether there is such a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes(Connection),
    No,
    /// Finding out would have taken too long, or an asterisk inside a name leaves it open.
    Unknown,
}

impl<'a> Search<'a> {
    /// For lists of rules, with the moments that will be asked for. `None`: their times are too many.
    pub fn new(lists: &[&[&'a Conditions]], moments: &[Moment]) -> Option<Self> {
        let rules: Vec<&Conditions> = lists.iter().flat_map(|list| list.iter().copied()).collect();
        let slices = Slices::of(rules.iter().map(|rule| &rule.time), moments)?;
        let space = Space::at_times(&rules, slices);
        let mut numbers = HashMap::with_capacity(rules.len());
        let same = rules.iter().enumerate().map(|(at, rule)| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(space.key(at, rule)).or_insert(next)
        });
        let same = same.collect();
        drop(numbers);
        let timed = (0..rules.len()).filter(|at| rules[*at].time != Time::Always);
        let timed = timed.collect();
        let mut begin = 0;
        let lists = lists.iter().map(|list| {
            let range = begin..begin + list.len();
            begin = range.end;
            let mut index = Index::default();
            range.clone().for_each(|at| index.add(&space, at));
            (range, index)
        });
        Some(Self {
            lists: lists.collect(),
            rules,
            same,
            timed,
            space,
        })
    }

    /// The rules of a list that overlap one of another, in order. `None`: the steps did not suffice.
    pub fn overlapping(
        &self,
        list: usize,
        other: (usize, usize),
        budget: &mut Budget,
    ) -> Option<Vec<usize>> {
        let (range, index) = &self.lists[list];
        let region = self.space.rule(self.lists[other.0].0.start + other.1);
        let found = index.overlapping(&self.space, region, usize::MAX, budget)?;
        Some(found.into_iter().map(|at| at - range.start).collect())
    }

    /// Whether a rule of one list takes all that one of another takes.
    pub fn takes_all(&self, outer: (usize, usize), inner: (usize, usize)) -> bool {
        let [outer, inner] = [outer, inner].map(|(list, at)| self.lists[list].0.start + at);
        let (one, own) = (self.rules[outer], self.rules[inner]);
        self.space.contains(outer, &self.space.region(inner))
            && names::contains(&one.job, &own.job)
            && names::contains(&one.user, &own.user)
    }

    /// A connection that each of the rules `of` takes, given as list and place in it, and that no rule
    /// takes that stands in its list before `before`; at a moment, or at any.
    pub fn find(
        &self,
        of: &[(usize, usize)],
        before: &[(usize, usize)],
        at: Option<Moment>,
        budget: &mut Budget,
    ) -> Answer {
        let place = |(list, at): &(usize, usize)| self.lists[*list].0.start + at;
        let of: Vec<usize> = of.iter().map(place).collect();
        let ends: Vec<(&Index, usize)> = before
            .iter()
            .map(|end| (&self.lists[end.0].1, place(end)))
            .collect();
        let Some((first, others)) = of.split_first() else {
            return Answer::No;
        };
        let mut whole = self.space.rule(*first).clone();
        for other in others {
            whole = whole.common(self.space.rule(*other));
        }
        if let Some(slice) = at.and_then(|at| self.space.slice(at)) {
            whole.limit_time(slice);
        }
        let parts = match whole.is_empty() {
            true => Vec::new(),
            false => self.space.parts(&whole),
        };
        let question = Question {
            search: self,
            of,
            ends,
            whole,
            parts,
        };
        match question.answer(budget) {
            Answer::Yes(found) => Answer::Yes(self.with_moment(found, at)),
            other => other,
        }
    }

    /// An example with the moment that was asked for, or with none where no rule that asks for the time may
    /// take it.
    fn with_moment(&self, mut found: Connection, asked: Option<Moment>) -> Connection {
        if found.at.is_none() {
            return found;
        }
        let shown = std::mem::replace(&mut found.at, asked);
        if asked.is_none() && self.timed.iter().any(|at| self.rules[*at].matches(&found)) {
            found.at = shown;
        }
        found
    }
}

/// One question of a search.
struct Question<'s, 'a> {
    search: &'s Search<'a>,
    of: Vec<usize>,
    ends: Vec<(&'s Index, usize)>,
    whole: Region,
    parts: Vec<Region>,
}

impl Question<'_, '_> {
    fn answer(&self, budget: &mut Budget) -> Answer {
        if self.parts.is_empty() {
            return Answer::No;
        }
        if let Some(found) = self.free_corner(budget) {
            return Answer::Yes(found);
        }
        let Some(covers) = self.covers(budget) else {
            return Answer::Unknown;
        };
        if covers.iter().any(|at| self.takes_all(*at)) {
            return Answer::No;
        }
        let regions: Vec<_> = covers.iter().map(|at| self.cover(*at)).collect();
        let mut open = false;
        for part in &self.parts {
            let place = gap(part, &regions, budget);
            if let Some(found) = place.and_then(|place| self.example(&place, &covers)) {
                return Answer::Yes(found);
            }
            let Some(rest) = subtract_all(part, &regions, budget) else {
                open = true;
                continue;
            };
            open |= !rest.is_empty();
            let mut places = rest.iter().take(PLACES);
            if let Some(found) = places.find_map(|place| self.example(place, &covers)) {
                return Answer::Yes(found);
            }
        }
        match open {
            true => Answer::Unknown,
            false => Answer::No,
        }
    }

    /// A connection in a corner that no rule before takes, which is the quick way.
    fn free_corner(&self, budget: &mut Budget) -> Option<Connection> {
        if self
            .of
            .iter()
            .any(|at| names::is_glob(self.search.rules[*at]))
        {
            return None;
        }
        let space = &self.search.space;
        self.parts.iter().find_map(|part| {
            let corner = |ports_last: bool, others_last: bool| {
                part.corner(|way| match way {
                    LOCAL_PORT | REMOTE_PORT => ports_last,
                    _ => others_last,
                })
            };
            let ends = [(false, false), (true, true), (true, false), (false, true)];
            let corners = ends
                .into_iter()
                .map(|(ports, others)| corner(ports, others));
            let mut late = space.usual(part);
            late.0[TIME] = part.corner(|way| way == TIME).0[TIME];
            let mut corners = [space.usual(part), late].into_iter().chain(corners);
            let free = |corner: &Point, budget: &mut Budget| {
                let mut ends = self.ends.iter();
                ends.all(|(index, end)| index.is_free(space, corner, *end, budget) == Some(true))
            };
            let corner = corners.find(|corner| free(corner, budget))?;
            self.example(&Region::from(&corner), &[])
        })
    }

    /// The rules that are searched before and overlap; of those with the same conditions one. `None`: the
    /// steps did not suffice.
    fn covers(&self, budget: &mut Budget) -> Option<Vec<usize>> {
        let mut covers = Vec::new();
        let mut seen = HashSet::new();
        for (index, end) in &self.ends {
            let found = index.overlapping(&self.search.space, &self.whole, *end, budget)?;
            covers.extend(
                found
                    .into_iter()
                    .filter(|at| seen.insert(self.search.same[*at])),
            );
        }
        Some(covers)
    }

    fn takes_all(&self, at: usize) -> bool {
        let one = self.search.rules[at];
        let own = || self.of.iter().map(|own| self.search.rules[*own]);
        self.search.space.contains(at, &self.parts)
            && own().any(|own| names::contains(&one.job, &own.job))
            && own().any(|own| names::contains(&one.user, &own.user))
    }

    /// The region of a rule, as far as it is certain. A name with an asterisk in its middle is certain where
    /// one of the rules has the same.
    fn cover(&self, at: usize) -> Cow<'_, Region> {
        let mut cover = self.search.space.certain(at);
        if matches!(cover, Cow::Borrowed(_)) {
            return cover;
        }
        let one = self.search.rules[at];
        for own in &self.of {
            let own = self.search.rules[*own];
            if one.job == own.job {
                cover.to_mut().copy(&self.whole, JOB);
            }
            if one.user == own.user {
                cover.to_mut().copy(&self.whole, USER);
            }
        }
        cover
    }

    /// A connection in this place that the rules take, and none of the covers.
    fn example(&self, place: &Region, covers: &[usize]) -> Option<Connection> {
        let rules = &self.search.rules;
        let own: Vec<&Conditions> = self.of.iter().map(|at| rules[*at]).collect();
        let examples = self.search.space.examples(place, &own).into_iter();
        let fits = |one: &Connection| {
            own.iter().all(|rule| rule.matches(one))
                && !covers.iter().any(|at| rules[*at].matches(one))
        };
        examples.into_iter().find(fits)
    }
}
