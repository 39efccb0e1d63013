//! Places in the files of a question, as lines and columns.

use std::collections::HashMap;

use generator::finding::Place;
use generator::lines::Lines;
use generator::policy::encoding;

use super::sources::Uploaded;
use super::{At, Span};

/// The lines of files, each counted once.
pub(super) struct Places<'a, 'b> {
    uploaded: &'b Uploaded<'a>,
    /// By the name that leads to it: the file of the question, and its lines.
    files: HashMap<String, (String, Lines)>,
}

impl<'a, 'b> Places<'a, 'b> {
    pub fn of(uploaded: &'b Uploaded<'a>) -> Self {
        Self {
            uploaded,
            files: HashMap::new(),
        }
    }

    /// The file of the question that a name means, or the name.
    pub fn shown(&self, name: &str) -> String {
        let found = self.uploaded.find(name);
        found
            .map_or(name, |at| self.uploaded.files[at].0)
            .to_owned()
    }

    pub fn span(&mut self, place: &Place) -> Span {
        let Place::Text { file, start, end } = place else {
            return Span::default();
        };
        if !self.files.contains_key(file) {
            let found = self.uploaded.find(file);
            let bytes = found.map_or(&[][..], |at| &self.uploaded.files[at].1);
            let lines = Lines::of(encoding::readable(bytes).into_owned());
            (self.files).insert(file.clone(), (self.shown(file), lines));
        }
        let (shown, lines) = &self.files[file];
        Span::of(shown, lines, (*start, *end))
    }

    /// The line at which a place begins.
    pub fn at(&mut self, place: &Place) -> At {
        let Span { file, line, .. } = self.span(place);
        At {
            file,
            line,
            ..At::default()
        }
    }
}
