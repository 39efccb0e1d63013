//! What the open texts lead to: the files of each configuration, its stacks and all that is wrong.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use generator::check::{Checked, FileKind, check_file};
use generator::finding::{Finding, Place};
use generator::policy::model::Keyword;
use generator::policy::syntax::BYTE_ORDER_MARK;
use generator::policy::{Locate, Part, ResolvedStack, Tag};
use lsp_types::{Location, Uri};

use super::documents::{Document, Documents};
use super::positions::{Encoding, Sheet};
use super::settings::Settings;
use super::uris;
use crate::disk::{self, Disk, Unsaved};

/// One open text that no other one leads to, and all that it leads to.
pub struct View {
    pub uri: Uri,
    pub disk: Disk,
    pub checked: Checked,
    /// The name of the text in findings.
    name: String,
    /// The addresses of the files, by their names; a view does not outlive a change of what is open.
    uris: RefCell<BTreeMap<String, Option<Uri>>>,
    /// Those that are not open, by their names.
    sheets: RefCell<BTreeMap<String, (Sheet, bool)>>,
}

/// Everything that was found from the open texts.
#[derive(Default)]
pub struct World {
    pub views: Vec<View>,
}

/// A place as the editor knows it.
pub struct Found {
    pub location: Location,
    /// The file is in EBCDIC and not open, so that its bytes are not those of the text.
    pub is_translated: bool,
}

impl World {
    pub fn of(documents: &Documents, settings: &Settings) -> Self {
        let unsaved = Rc::new(documents.unsaved());
        let (configurations, policies): (Vec<_>, Vec<_>) = documents
            .0
            .values()
            .partition(|document| names_files(document));
        let views = configurations.into_iter().map(|document| {
            let view = View::of(document, settings, unsaved.clone());
            (view, document.file.as_deref())
        });
        let views: Vec<_> = views.collect();
        let leads = |from: usize, to: usize| {
            let (view, _): &(View, Option<&Path>) = &views[from];
            views[to].1.is_some_and(|file| view.leads_to(file))
        };
        // Of two that lead to each other, the first.
        let is_led_to = |to: usize| {
            let mut others = (0..views.len()).filter(|from| *from != to);
            others.any(|from| leads(from, to) && (from < to || !leads(to, from)))
        };
        let led_to: Vec<_> = (0..views.len()).map(is_led_to).collect();
        let alone = views.into_iter().zip(led_to).filter(|(_, led_to)| !led_to);
        let mut views: Vec<_> = alone.map(|((view, _), _)| view).collect();
        for document in policies {
            let file = document.file.as_deref();
            if !views
                .iter()
                .any(|view| file.is_some_and(|file| view.leads_to(file)))
            {
                views.push(View::of(document, settings, unsaved.clone()));
            }
        }
        Self { views }
    }

    /// All findings, each with its place.
    pub fn findings<'w>(
        &'w self,
        documents: &'w Documents,
    ) -> impl Iterator<Item = (&'w View, &'w Finding, Found)> {
        self.views.iter().flat_map(move |view| {
            let findings = view.checked.findings.iter();
            findings.filter_map(move |finding| {
                Some((view, finding, view.found(&finding.place, documents)?))
            })
        })
    }

    /// The stacks whose policies this text is a part of.
    pub fn stacks<'w>(
        &'w self,
        document: &'w Document,
        documents: &'w Documents,
    ) -> impl Iterator<Item = (&'w View, &'w ResolvedStack)> {
        self.views.iter().flat_map(move |view| {
            let stacks = view.checked.stacks.iter().filter(move |stack| {
                let mut files = stack.origins.files.iter();
                files.any(|file| view.uri_of(file, documents).as_ref() == Some(&document.uri))
            });
            stacks.map(move |stack| (view, stack))
        })
    }
}

/// Whether a text has a statement of a main or image file.
fn names_files(document: &Document) -> bool {
    let mut statements = document.text().lowered.policy.statements.iter();
    statements.any(|statement| matches!(statement.keyword, Keyword::Line(_)))
}

impl View {
    fn of(document: &Document, settings: &Settings, unsaved: Rc<Unsaved>) -> Self {
        let disk = Disk::with(settings.root.clone(), settings.mappings.clone(), unsaved);
        let name = match &document.file {
            Some(file) => file.display().to_string(),
            None => document.uri.as_str().to_owned(),
        };
        let beside = document.file.as_deref().and_then(Path::parent);
        disk.begin(&name, document.bytes(), beside.unwrap_or(Path::new("")));
        Self {
            uri: document.uri.clone(),
            checked: check_file(&name, &disk, settings.release),
            disk,
            name,
            uris: RefCell::default(),
            sheets: RefCell::default(),
        }
    }

    fn leads_to(&self, file: &Path) -> bool {
        self.checked.kind == FileKind::Configuration && self.disk.has_reached(file)
    }

    /// The address of a file that was read under this name.
    pub fn uri_of(&self, name: &str, documents: &Documents) -> Option<Uri> {
        if let Some(known) = self.uris.borrow().get(name) {
            return known.clone();
        }
        let uri = self.look_up(name, documents);
        self.uris.borrow_mut().insert(name.to_owned(), uri.clone());
        uri
    }

    fn look_up(&self, name: &str, documents: &Documents) -> Option<Uri> {
        if name == self.name {
            return Some(self.uri.clone());
        }
        let path = self.disk.path(name)?;
        match documents.of_file(&disk::identity(&path)) {
            Some(document) => Some(document.uri.clone()),
            None => uris::uri(&path),
        }
    }

    /// A place as the editor knows it.
    pub fn found(&self, place: &Place, documents: &Documents) -> Option<Found> {
        let Place::Text { file, start, end } = place else {
            return None;
        };
        let uri = self.uri_of(file, documents)?;
        let (sheet, is_translated) = match documents.0.get(&uri) {
            Some(document) => (document.sheet.clone(), false),
            None => self.sheet(file, documents),
        };
        let range = sheet.range(&(*start..*end));
        Some(Found {
            location: Location { uri, range },
            is_translated,
        })
    }

    /// The place of a part of a stack's policy.
    pub fn found_tag(
        &self,
        stack: &ResolvedStack,
        tag: Tag,
        part: Part,
        documents: &Documents,
    ) -> Option<Found> {
        self.found(&stack.origins.place(tag, part), documents)
    }

    /// A file that is not open, and whether it is in EBCDIC.
    fn sheet(&self, name: &str, documents: &Documents) -> (Sheet, bool) {
        if let Some(known) = self.sheets.borrow().get(name) {
            return known.clone();
        }
        let lines = self.disk.lines(name);
        let is_translated = lines.bytes() != self.disk.bytes(name);
        let hidden = match lines.bytes().starts_with(BYTE_ORDER_MARK) {
            true => BYTE_ORDER_MARK.len(),
            false => 0,
        };
        let any = documents.0.values().next();
        let encoding = any.map_or_else(Encoding::default, |any| any.sheet.encoding);
        let sheet = (Sheet::new(lines, encoding, hidden), is_translated);
        let mut known = self.sheets.borrow_mut();
        known.insert(name.to_owned(), sheet.clone());
        sheet
    }
}
