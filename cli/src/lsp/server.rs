//! The conversation: one message after the other, and what was found when none waits.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, TryRecvError};

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response, ResponseError};
use lsp_types::{
    CancelParams, CodeActionKind, CodeActionOptions, CompletionOptions,
    DidChangeConfigurationParams, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, InitializeParams, InitializeResult, MessageType, NumberOrString,
    OneOf, RenameOptions, ServerCapabilities, ServerInfo, ShowMessageParams,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::diagnostics::Published;
use super::documents::Document;
use super::session::{Session, refused};
use super::wire::{self, Incoming};
use super::{actions, completion, formatting, hover, jump, outline, rename};

/// Messages that are held to see which of them are cancelled.
const HELD: usize = 64;

/// Where a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The editor has not said what it can do.
    New,
    Running,
    /// The editor takes its leave.
    Ending,
}

/// Talks until the editor leaves; answers whether it said so before.
pub fn serve(incoming: &Receiver<Incoming>, out: &mut impl Write) -> io::Result<bool> {
    let mut server = Server {
        out,
        stage: Stage::New,
        session: Session::default(),
        published: Published::default(),
        held: VecDeque::new(),
        is_unpublished: false,
    };
    loop {
        let mut is_open = true;
        while server.held.len() < HELD && is_open {
            match incoming.try_recv() {
                Ok(message) => server.hold(message)?,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => is_open = false,
            }
        }
        match server.held.pop_front() {
            Some(Message::Notification(one)) if one.method == "exit" => {
                return Ok(server.stage == Stage::Ending);
            }
            Some(message) => server.take(message)?,
            None if std::mem::take(&mut server.is_unpublished) => server.publish()?,
            None if is_open => match incoming.recv() {
                Ok(message) => server.hold(message)?,
                Err(_) => return Ok(false),
            },
            None => return Ok(false),
        }
    }
}

struct Server<'a, W> {
    out: &'a mut W,
    stage: Stage,
    session: Session,
    published: Published,
    held: VecDeque<Message>,
    /// What is wrong may not be what the editor was told.
    is_unpublished: bool,
}

impl<W: Write> Server<'_, W> {
    fn hold(&mut self, incoming: Incoming) -> io::Result<()> {
        match incoming {
            Incoming::Malformed(words) => wire::refuse(self.out, &words),
            Incoming::Message(Message::Notification(one)) if one.method == "$/cancelRequest" => {
                self.cancel(one)
            }
            Incoming::Message(message) => {
                self.held.push_back(message);
                Ok(())
            }
        }
    }

    /// A request that waits is not looked at; one that was answered was answered.
    fn cancel(&mut self, notification: Notification) -> io::Result<()> {
        let Some(params) = read::<CancelParams>(notification.params) else {
            return Ok(());
        };
        let id = match params.id {
            NumberOrString::Number(number) => RequestId::from(number),
            NumberOrString::String(text) => RequestId::from(text),
        };
        let is_meant = |held: &Message| matches!(held, Message::Request(one) if one.id == id);
        let Some(at) = self.held.iter().position(is_meant) else {
            return Ok(());
        };
        self.held.remove(at);
        self.answer(id, Err(refused(ErrorCode::RequestCanceled, "cancelled")))
    }

    fn take(&mut self, message: Message) -> io::Result<()> {
        match message {
            Message::Request(request) => {
                let id = request.id.clone();
                let answer = self.request(request);
                self.answer(id, answer)
            }
            Message::Notification(notification) if self.stage == Stage::Running => {
                self.notification(notification)
            }
            Message::Notification(_) | Message::Response(_) => Ok(()),
        }
    }

    fn request(&mut self, request: Request) -> Result<Value, ResponseError> {
        let (method, params) = (request.method.as_str(), request.params);
        match (self.stage, method) {
            (Stage::New, "initialize") => self.initialize(params),
            (Stage::New, _) => Err(refused(
                ErrorCode::ServerNotInitialized,
                "`initialize` comes first",
            )),
            (Stage::Ending, _) => Err(refused(
                ErrorCode::InvalidRequest,
                "after `shutdown` comes `exit`",
            )),
            (Stage::Running, "initialize") => Err(refused(
                ErrorCode::InvalidRequest,
                "`initialize` comes once",
            )),
            (Stage::Running, "shutdown") => {
                self.stage = Stage::Ending;
                Ok(Value::Null)
            }
            (Stage::Running, "textDocument/hover") => self.ask(params, hover::hover),
            (Stage::Running, "textDocument/definition") => self.ask(params, jump::definition),
            (Stage::Running, "textDocument/references") => self.ask(params, jump::references),
            (Stage::Running, "textDocument/prepareRename") => self.ask(params, rename::prepare),
            (Stage::Running, "textDocument/rename") => self.ask(params, rename::rename),
            (Stage::Running, "textDocument/codeAction") => self.ask(params, actions::actions),
            (Stage::Running, "textDocument/documentSymbol") => self.ask(params, outline::symbols),
            (Stage::Running, "textDocument/foldingRange") => self.ask(params, outline::folds),
            (Stage::Running, "textDocument/completion") => self.ask(params, completion::completion),
            (Stage::Running, "textDocument/formatting") => self.ask(params, formatting::formatting),
            (Stage::Running, _) => Err(refused(
                ErrorCode::MethodNotFound,
                format!("`{method}` is not known here"),
            )),
        }
    }

    /// Asks one of the features, of the newest text.
    fn ask<P: DeserializeOwned, R: Serialize>(
        &mut self,
        params: Value,
        feature: fn(&Session, P) -> Result<R, ResponseError>,
    ) -> Result<Value, ResponseError> {
        let params = serde_json::from_value(params)
            .map_err(|error| refused(ErrorCode::InvalidParams, error.to_string()))?;
        self.session.look();
        let answer = feature(&self.session, params)?;
        serde_json::to_value(answer)
            .map_err(|error| refused(ErrorCode::InternalError, error.to_string()))
    }

    fn initialize(&mut self, params: Value) -> Result<Value, ResponseError> {
        let params: InitializeParams = serde_json::from_value(params)
            .map_err(|error| refused(ErrorCode::InvalidParams, error.to_string()))?;
        let wrong = self.session.begin(&params);
        self.stage = Stage::Running;
        for words in wrong {
            // The editor takes messages before the answer.
            let _ = self.show(words);
        }
        let result = InitializeResult {
            capabilities: capabilities(&self.session),
            server_info: Some(ServerInfo {
                name: "gatehouse".to_owned(),
                version: Some(server::VERSION.to_owned()),
            }),
        };
        serde_json::to_value(result)
            .map_err(|error| refused(ErrorCode::InternalError, error.to_string()))
    }

    fn notification(&mut self, notification: Notification) -> io::Result<()> {
        let params = notification.params;
        let encoding = self.session.encoding;
        let documents = &mut self.session.documents.0;
        match notification.method.as_str() {
            "textDocument/didOpen" => {
                let Some(params) = read::<DidOpenTextDocumentParams>(params) else {
                    return Ok(());
                };
                let opened = params.text_document;
                let uri = opened.uri.clone();
                let document = Document::new(opened.uri, opened.version, opened.text, encoding);
                documents.insert(uri, document);
            }
            "textDocument/didChange" => {
                let Some(params) = read::<DidChangeTextDocumentParams>(params) else {
                    return Ok(());
                };
                let Some(document) = documents.get_mut(&params.text_document.uri) else {
                    return Ok(());
                };
                document.change(params.text_document.version, params.content_changes);
            }
            "textDocument/didClose" => {
                let Some(params) = read::<DidCloseTextDocumentParams>(params) else {
                    return Ok(());
                };
                documents.remove(&params.text_document.uri);
            }
            // Files beside the open ones may be others now.
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {}
            "workspace/didChangeConfiguration" => {
                let Some(params) = read::<DidChangeConfigurationParams>(params) else {
                    return Ok(());
                };
                let folder = self.session.folder.clone();
                for words in self.session.settings.take(&params.settings, &folder) {
                    self.show(words)?;
                }
            }
            _ => return Ok(()),
        }
        self.session.changed();
        self.is_unpublished = true;
        Ok(())
    }

    fn publish(&mut self) -> io::Result<()> {
        self.session.look();
        for one in self.published.renew(&self.session) {
            self.notify("textDocument/publishDiagnostics", &one)?;
        }
        Ok(())
    }

    /// Shows words to who sits before the editor.
    fn show(&mut self, message: String) -> io::Result<()> {
        let typ = MessageType::WARNING;
        self.notify("window/showMessage", &ShowMessageParams { typ, message })
    }

    fn notify(&mut self, method: &str, params: &impl Serialize) -> io::Result<()> {
        let params = serde_json::to_value(params)?;
        let method = method.to_owned();
        Message::Notification(Notification { method, params }).write(self.out)
    }

    fn answer(&mut self, id: RequestId, answer: Result<Value, ResponseError>) -> io::Result<()> {
        let response_result = answer;
        Message::Response(Response {
            id,
            response_result,
        })
        .write(self.out)
    }
}

/// What a notification says, if it is one of its kind; there is nobody to tell when it is not.
fn read<P: DeserializeOwned>(params: Value) -> Option<P> {
    serde_json::from_value(params).ok()
}

fn capabilities(session: &Session) -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::Supported(true)),
        ..TextDocumentSyncOptions::default()
    };
    let kinds = vec![CodeActionKind::QUICKFIX, actions::FIX_ALL];
    ServerCapabilities {
        position_encoding: Some(session.encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        hover_provider: Some(true.into()),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: Default::default(),
        })),
        code_action_provider: Some(
            CodeActionOptions {
                code_action_kinds: Some(kinds),
                ..CodeActionOptions::default()
            }
            .into(),
        ),
        document_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(true.into()),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(vec![" ".to_owned()]),
            ..CompletionOptions::default()
        }),
        document_formatting_provider: Some(OneOf::Left(true)),
        ..ServerCapabilities::default()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_that_waits_is_cancelled() {
        let messages = [
            json!({ "id": 1, "method": "initialize", "params": { "capabilities": {} } }),
            json!({ "id": 2, "method": "textDocument/hover" }),
            json!({ "id": "3", "method": "textDocument/hover" }),
            json!({ "method": "$/cancelRequest", "params": { "id": "3" } }),
            json!({ "method": "$/cancelRequest", "params": { "id": 9 } }),
            json!({ "method": "$/cancelRequest", "params": "x" }),
            json!({ "id": 4, "method": "shutdown" }),
            json!({ "method": "exit" }),
        ];
        let (sender, receiver) = sync_channel(messages.len());
        for message in messages {
            let message = serde_json::from_value(message).map(Incoming::Message);
            let _ = message.map(|message| sender.send(message));
        }
        let mut out = Vec::new();
        assert!(matches!(serve(&receiver, &mut out), Ok(true)));
        let text = String::from_utf8_lossy(&out);
        let bodies = text
            .split("Content-Length: ")
            .filter_map(|part| part.split_once("\r\n\r\n"));
        let answers: Vec<_> = bodies
            .filter_map(|(_, body)| serde_json::from_str::<Value>(body).ok())
            .map(|answer| (answer["id"].to_string(), answer["error"]["code"].as_i64()))
            .collect();
        let expected = [
            ("\"3\"", Some(-32800)),
            ("1", None),
            ("2", Some(-32602)),
            ("4", None),
        ];
        assert_eq!(answers, expected.map(|(id, code)| (id.to_owned(), code)));
    }
}
