//! What the server knows while an editor talks to it.

use std::path::PathBuf;

use lsp_server::{ErrorCode, ResponseError};
use lsp_types::{InitializeParams, TextDocumentPositionParams, Uri};

use super::documents::{Document, Documents};
use super::positions::Encoding;
use super::settings::Settings;
use super::uris;
use super::world::World;

/// The open texts, what they lead to, and what the editor can do.
#[derive(Default)]
pub struct Session {
    pub documents: Documents,
    pub settings: Settings,
    pub encoding: Encoding,
    /// The editor takes texts with places to fill in.
    pub snippets: bool,
    /// Where the paths of settings begin.
    pub folder: PathBuf,
    world: World,
    /// Something changed since the world was looked at.
    is_stale: bool,
}

impl Session {
    /// Takes what an editor says of itself; answers which settings cannot be taken.
    pub fn begin(&mut self, params: &InitializeParams) -> Vec<String> {
        let capabilities = &params.capabilities;
        let offered = capabilities.general.as_ref();
        let offered = offered.and_then(|general| general.position_encodings.as_deref());
        self.encoding = Encoding::of(offered.unwrap_or_default());
        let document = capabilities.text_document.as_ref();
        let item = document.and_then(|one| one.completion.as_ref()?.completion_item.as_ref());
        self.snippets = item.and_then(|item| item.snippet_support).unwrap_or(false);
        let folders = params
            .workspace_folders
            .iter()
            .flatten()
            .map(|folder| &folder.uri);
        #[expect(deprecated, reason = "older editors say nothing else")]
        let root = params.root_uri.as_ref();
        let folder = folders.chain(root).find_map(uris::path);
        self.folder = folder
            .or_else(|| std::env::current_dir().ok())
            .unwrap_or_default();
        match &params.initialization_options {
            Some(options) => self.settings.take(options, &self.folder),
            None => Vec::new(),
        }
    }

    /// Something is not as it was.
    pub fn changed(&mut self) {
        self.is_stale = true;
    }

    /// Looks at everything again if something changed.
    pub fn look(&mut self) {
        if std::mem::take(&mut self.is_stale) {
            self.world = World::of(&self.documents, &self.settings);
        }
    }

    /// As it was when it was looked at.
    pub fn world(&self) -> &World {
        &self.world
    }

    pub fn document(&self, uri: &Uri) -> Result<&Document, ResponseError> {
        let document = self.documents.0.get(uri);
        document.ok_or_else(|| {
            refused(
                ErrorCode::InvalidParams,
                format!("`{}` is not open", uri.as_str()),
            )
        })
    }

    /// A text and the offset that is asked about.
    pub fn place(
        &self,
        at: &TextDocumentPositionParams,
    ) -> Result<(&Document, usize), ResponseError> {
        let document = self.document(&at.text_document.uri)?;
        Ok((document, document.sheet.offset(at.position)))
    }
}

pub fn refused(code: ErrorCode, message: impl Into<String>) -> ResponseError {
    ResponseError {
        code: code as i32,
        message: message.into(),
        data: None,
    }
}
