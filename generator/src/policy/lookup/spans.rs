//! Spans in order, kept without a heap where there is one: nearly every condition of a rule is one span.

use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// A list of spans that is made once and then only read; a copy shares it.
#[derive(Clone, Debug)]
pub enum Spans<T: 'static> {
    One([T; 1]),
    Fixed(&'static [T]),
    Many(Arc<[T]>),
}

impl<T> Deref for Spans<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::One(span) => span,
            Self::Fixed(spans) => spans,
            Self::Many(spans) => spans,
        }
    }
}

impl<T> From<Vec<T>> for Spans<T> {
    fn from(spans: Vec<T>) -> Self {
        spans.into_iter().collect()
    }
}

impl<T> FromIterator<T> for Spans<T> {
    fn from_iter<I: IntoIterator<Item = T>>(spans: I) -> Self {
        let mut spans = spans.into_iter();
        match (spans.next(), spans.next()) {
            (None, _) => Self::Fixed(&[]),
            (Some(one), None) => Self::One([one]),
            (Some(one), Some(two)) => Self::Many([one, two].into_iter().chain(spans).collect()),
        }
    }
}

impl<T: PartialEq> PartialEq for Spans<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Spans<T> {}

impl<T: Hash> Hash for Spans<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}
