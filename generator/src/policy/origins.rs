//! Where the statements and attributes of a policy come from.

use std::ops::Range;

use super::model::Tag;
use crate::finding::Place;

/// Which piece of a statement or attribute is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    Keyword,
    /// The name of a statement or the value of an attribute.
    Value,
}

/// Turns a tag into a place: a file read here, or the fields of the objects that were compiled.
pub trait Locate {
    fn place(&self, tag: Tag, part: Part) -> Place;
}

/// Where one statement or attribute stands. Offsets beyond 4 GiB are cut to that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Index into [`Origins::files`].
    pub file: usize,
    /// Number of the line, from 1.
    pub line: usize,
    pub keyword: Range<usize>,
    /// The name or value; the keyword again where there is none.
    pub value: Range<usize>,
    /// Behind its last word, or behind the brace that closes its block.
    pub end: usize,
}

/// The origins of everything that was read from one or more files. Tag `n` means entry `n - 1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    pub files: Vec<String>,
    /// For each file, the entries before its own.
    starts: Vec<usize>,
    entries: Vec<Entry>,
}

/// An [`Origin`] in little room: there is one for each line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    line: u32,
    keyword: [u32; 2],
    value: [u32; 2],
    end: u32,
}

fn packed(range: Range<usize>) -> [u32; 2] {
    [range.start, range.end].map(short)
}

fn unpacked([start, end]: [u32; 2]) -> Range<usize> {
    // As wide as an offset can be here, so nothing is lost.
    start as usize..end as usize
}

fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Origins {
    /// Adds a file; what is added next belongs to it.
    pub(super) fn begin_file(&mut self, file: &str) {
        self.files.push(file.to_owned());
        self.starts.push(self.entries.len());
    }

    pub(super) fn add(
        &mut self,
        line: usize,
        keyword: Range<usize>,
        value: Range<usize>,
        end: usize,
    ) -> Tag {
        self.entries.push(Entry {
            line: short(line),
            keyword: packed(keyword),
            value: packed(value),
            end: short(end),
        });
        // More entries than numbers: what is beyond comes from nowhere.
        u32::try_from(self.entries.len()).map_or(Tag::NONE, Tag)
    }

    /// Notes where the block of a statement ends.
    pub(super) fn close(&mut self, tag: Tag, end: usize) {
        let index = usize::try_from(tag.0).ok().and_then(|n| n.checked_sub(1));
        if let Some(entry) = index.and_then(|index| self.entries.get_mut(index)) {
            entry.end = entry.end.max(short(end));
        }
    }

    /// Where a tag points.
    pub fn of(&self, tag: Tag) -> Option<Origin> {
        let index = usize::try_from(tag.0).ok()?.checked_sub(1)?;
        let entry = self.entries.get(index)?;
        let files = self.starts.partition_point(|start| *start <= index);
        Some(Origin {
            file: files.saturating_sub(1),
            line: entry.line as usize,
            keyword: unpacked(entry.keyword),
            value: unpacked(entry.value),
            end: entry.end as usize,
        })
    }

    /// File and line of a tag.
    pub fn line(&self, tag: Tag) -> Option<(&str, usize)> {
        let origin = self.of(tag)?;
        Some((self.files.get(origin.file)?, origin.line))
    }

    /// The file of a tag and its index.
    pub fn file(&self, tag: Tag) -> Option<(usize, &str)> {
        let index = self.of(tag)?.file;
        Some((index, self.files.get(index)?))
    }

    /// A place in the file that was begun last.
    pub(super) fn here(&self, span: Range<usize>) -> Place {
        Place::Text {
            file: self.files.last().cloned().unwrap_or_default(),
            start: span.start,
            end: span.end,
        }
    }
}

impl Locate for Origins {
    fn place(&self, tag: Tag, part: Part) -> Place {
        let Some(origin) = self.of(tag) else {
            return self.here(0..0);
        };
        let span = match part {
            Part::Keyword => origin.keyword,
            Part::Value => origin.value,
        };
        Place::Text {
            file: self.files.get(origin.file).cloned().unwrap_or_default(),
            start: span.start,
            end: span.end,
        }
    }
}
