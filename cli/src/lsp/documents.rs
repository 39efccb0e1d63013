//! The texts that are open in the editor.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use generator::policy::at::Text;
use lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::positions::{Encoding, Sheet};
use super::uris;
use crate::disk;
use generator::lines::Lines;

/// One text as it is in the editor, saved or not.
pub struct Document {
    pub uri: Uri,
    pub version: i32,
    /// The file that it is on this machine, by its identity.
    pub file: Option<PathBuf>,
    pub sheet: Sheet,
    read: OnceCell<Rc<Text>>,
}

impl Document {
    pub fn new(uri: Uri, version: i32, text: String, encoding: Encoding) -> Self {
        let file = uris::path(&uri).map(|path| disk::identity(&path));
        Self {
            sheet: sheet(text, encoding),
            read: OnceCell::new(),
            uri,
            version,
            file,
        }
    }

    pub fn bytes(&self) -> &[u8] {
        self.sheet.lines.bytes()
    }

    /// The text as the generator reads it, read once for each version.
    pub fn text(&self) -> &Text {
        self.read.get_or_init(|| Rc::new(Text::of(self.bytes())))
    }

    /// Takes changes one after the other.
    pub fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        self.version = version;
        for change in changes {
            let text = match change.range {
                None => change.text,
                Some(range) => {
                    let span = self.sheet.span(range);
                    let bytes = self.bytes();
                    let parts = [
                        &bytes[..span.start],
                        change.text.as_bytes(),
                        &bytes[span.end..],
                    ];
                    // A span lies between letters.
                    String::from_utf8_lossy(&parts.concat()).into_owned()
                }
            };
            self.sheet = sheet(text, self.sheet.encoding);
        }
        self.read = OnceCell::new();
    }
}

fn sheet(text: String, encoding: Encoding) -> Sheet {
    Sheet::new(Rc::new(Lines::of(text.into_bytes())), encoding, 0)
}

/// The open texts by address.
#[derive(Default)]
pub struct Documents(pub BTreeMap<Uri, Document>);

impl Documents {
    pub fn of_file(&self, file: &std::path::Path) -> Option<&Document> {
        self.0
            .values()
            .find(|document| document.file.as_deref() == Some(file))
    }

    /// The texts of those that are files.
    pub fn unsaved(&self) -> disk::Unsaved {
        let files = self.0.values().filter_map(|document| {
            let file = document.file.clone()?;
            Some((file, Rc::from(document.bytes())))
        });
        files.collect()
    }
}
