//! An editor, as far as the protocol goes: the real program on the other end of two pipes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// A server that says nothing for so long is ended, so that the test fails.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Client {
    pub folder: tempfile::TempDir,
    child: Arc<Mutex<Child>>,
    input: Option<ChildStdin>,
    /// Tells the one who watches that the test is over.
    _over: Sender<()>,
    out: BufReader<ChildStdout>,
    number: i64,
    version: i64,
    /// What the server said last of each file.
    pub diagnostics: BTreeMap<String, Vec<Value>>,
    pub shown: Vec<String>,
}

impl Client {
    /// With files, and after `initialize`.
    pub fn new(files: &[(&str, &str)], options: Value) -> Self {
        let mut client = Self::raw(files);
        let capabilities = json!({
            "general": { "positionEncodings": ["utf-16"] },
            "textDocument": { "completion": { "completionItem": { "snippetSupport": true } } },
        });
        let params = json!({
            "processId": null, "rootUri": client.uri(""), "capabilities": capabilities,
            "initializationOptions": options,
        });
        let answer = client.ask("initialize", params);
        assert_eq!(answer["serverInfo"]["name"], "gatehouse");
        assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
        client.tell("initialized", json!({}));
        client
    }

    pub fn raw(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let input = child.stdin.take();
        let child = Arc::new(Mutex::new(child));
        let (over, is_over) = channel();
        let watched = child.clone();
        thread::spawn(move || {
            if is_over.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                watched.lock().unwrap().kill().unwrap();
            }
        });
        Self {
            folder,
            child,
            input,
            _over: over,
            out,
            number: 0,
            version: 1,
            diagnostics: BTreeMap::new(),
            shown: Vec::new(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn uri(&self, name: &str) -> String {
        format!("file://{}", self.path(name).display())
    }

    pub fn send(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    pub fn send_json(&mut self, value: &Value) {
        let body = value.to_string();
        self.send(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub fn tell(&mut self, method: &str, params: Value) {
        self.send_json(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request without waiting; its number.
    pub fn begin(&mut self, method: &str, params: Value) -> i64 {
        self.number += 1;
        let number = self.number;
        self.send_json(
            &json!({ "jsonrpc": "2.0", "id": number, "method": method, "params": params }),
        );
        number
    }

    /// The next message; what is told is kept.
    pub fn next(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert_ne!(
                self.out.read_line(&mut line).unwrap(),
                0,
                "the server went away"
            );
            match line.trim_end().split_once(": ") {
                Some((_, value)) => length = value.parse().unwrap(),
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.out.read_exact(&mut body).unwrap();
        let message: Value = serde_json::from_slice(&body).unwrap();
        let params = &message["params"];
        match message["method"].as_str() {
            Some("textDocument/publishDiagnostics") => {
                let uri = params["uri"].as_str().unwrap().to_owned();
                let name = uri.rsplit('/').next().unwrap().to_owned();
                let found = params["diagnostics"].as_array().unwrap().clone();
                self.diagnostics.insert(name, found);
            }
            Some("window/showMessage") => {
                self.shown
                    .push(params["message"].as_str().unwrap().to_owned());
            }
            _ => {}
        }
        message
    }

    /// The whole answer to a request.
    pub fn wait(&mut self, number: i64) -> Value {
        loop {
            let message = self.next();
            if message["id"] == number && message.get("method").is_none() {
                return message;
            }
        }
    }

    #[track_caller]
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let number = self.begin(method, params);
        let answer = self.wait(number);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The words with which a request is refused, and the number of the reason.
    #[track_caller]
    pub fn refused(&mut self, method: &str, params: Value) -> (i64, String) {
        let number = self.begin(method, params);
        let error = self.wait(number)["error"].clone();
        (
            error["code"].as_i64().unwrap(),
            error["message"].as_str().unwrap().to_owned(),
        )
    }

    pub fn open(&mut self, name: &str, text: &str) {
        let uri = self.uri(name);
        let document = json!({ "uri": uri, "languageId": "pagent", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    pub fn change(&mut self, name: &str, changes: Value) {
        self.version += 1;
        let document = json!({ "uri": self.uri(name), "version": self.version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.tell("textDocument/didChange", params);
    }

    /// Where the mark stands in a text, which has it once, as `textDocument` and `position`.
    pub fn at(&self, name: &str, text: &str, mark: &str) -> Value {
        let before = &text[..text.find(mark).unwrap_or_else(|| panic!("no {mark}"))];
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
        json!({
            "textDocument": { "uri": self.uri(name) },
            "position": { "line": line, "character": column },
        })
    }

    /// Codes of what is wrong with a file, as the server said after all that was sent before.
    #[track_caller]
    pub fn codes(&mut self, name: &str) -> Vec<String> {
        // Nothing waits behind it, so what is wrong is said before the answer to the next one.
        let uri = self.uri(name);
        self.settle(&uri);
        let found = self
            .diagnostics
            .get(name)
            .map(Vec::as_slice)
            .unwrap_or_default();
        found
            .iter()
            .map(|one| one["code"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Waits until the server has told what is wrong with a file.
    fn settle(&mut self, uri: &str) {
        loop {
            let message = self.next();
            if message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
            {
                return;
            }
        }
    }

    /// Takes leave as an editor should.
    pub fn leave(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        let (code, _) = self.refused("textDocument/hover", json!({}));
        assert_eq!(code, -32600);
        self.tell("exit", Value::Null);
        assert_eq!(self.end(), Some(0));
    }

    /// Goes away; the code with which the server ends.
    pub fn vanish(mut self) -> Option<i32> {
        self.end()
    }

    /// Waits for the end; the server reads to it first.
    fn end(&mut self) -> Option<i32> {
        drop(self.input.take());
        std::io::copy(&mut self.out, &mut std::io::sink()).unwrap();
        self.child.lock().unwrap().wait().unwrap().code()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Ends with its input.
        drop(self.input.take());
        let _ = self.child.lock().unwrap().wait();
    }
}

/// A text after edits that do not overlap, given with UTF-16 columns.
pub fn edited(text: &str, edits: &Value) -> String {
    let offset = |position: &Value| {
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        let mut left = position["character"].as_u64().unwrap();
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let rest = text[start..].char_indices();
        for (at, letter) in rest {
            if left == 0 {
                return start + at;
            }
            left -= letter.len_utf16() as u64;
        }
        text.len()
    };
    let mut edits: Vec<_> = edits.as_array().unwrap().iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(offset(&edit["range"]["start"])));
    let mut text = text.to_owned();
    let places: Vec<_> = edits
        .iter()
        .map(|edit| {
            (
                offset(&edit["range"]["start"]),
                offset(&edit["range"]["end"]),
            )
        })
        .collect();
    for (edit, (start, end)) in edits.iter().zip(places) {
        text.replace_range(start..end, edit["newText"].as_str().unwrap());
    }
    text
}
