//! The protocol around the features: order, cancelled and unknown requests, and what is no message.

use serde_json::{Value, json};

use super::client::Client;

#[test]
fn nothing_is_answered_before_initialize_and_nothing_after_shutdown() {
    let mut client = Client::raw(&[]);
    let (code, _) = client.refused("textDocument/hover", json!({}));
    assert_eq!(code, -32002);
    let capabilities = json!({ "general": { "positionEncodings": ["utf-16", "utf-8"] } });
    let answer = client.ask("initialize", json!({ "capabilities": capabilities }));
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-8");
    let (code, _) = client.refused("initialize", json!({ "capabilities": {} }));
    assert_eq!(code, -32600);
    client.leave();
}

#[test]
fn an_editor_that_vanishes_takes_the_server_with_it() {
    assert_eq!(Client::new(&[], Value::Null).vanish(), Some(1));
    let mut client = Client::raw(&[]);
    client.tell("exit", Value::Null);
    assert_eq!(client.vanish(), Some(1));
}

#[test]
fn columns_count_bytes_when_the_editor_offers_it() {
    let mut client = Client::raw(&[]);
    let capabilities = json!({ "general": { "positionEncodings": ["utf-8"] } });
    client.ask("initialize", json!({ "capabilities": capabilities }));
    client.open(
        "p.policy",
        "TTLSRule \u{e4}\u{e4}\n{\n  Jobname \u{1F600} Dirction\n}\n",
    );
    client.codes("p.policy");
    let found = &client.diagnostics["p.policy"];
    let after = found.iter().find(|one| one["code"] == "AT105").unwrap();
    assert_eq!(
        after["range"]["start"],
        json!({ "line": 2, "character": 15 })
    );
    client.leave();
}

#[test]
fn what_is_no_message_or_not_known_is_refused_and_the_next_is_answered() {
    let mut client = Client::new(&[], Value::Null);
    client.send(b"Content-Length: 4\r\n\r\n{\"a\"");
    assert_eq!(client.next()["error"]["code"], -32700);
    client.send(b"X: y\r\n\r\n");
    assert_eq!(client.next()["error"]["code"], -32700);
    client.send_json(&json!([1, 2]));
    assert_eq!(client.next()["error"]["code"], -32700);
    client.send_json(&json!({ "id": 70_000_000_000_i64, "method": "x" }));
    assert_eq!(client.next()["error"]["code"], -32700);
    let (code, _) = client.refused("textDocument/semanticTokens/full", json!({}));
    assert_eq!(code, -32601);
    let (code, said) = client.refused("textDocument/hover", json!({ "position": "here" }));
    assert_eq!(code, -32602, "{said}");
    let at = json!({ "textDocument": { "uri": "file:///none" }, "position": { "line": 0, "character": 0 } });
    let (code, said) = client.refused("textDocument/hover", at);
    assert_eq!(
        (code, said.as_str()),
        (-32602, "`file:///none` is not open")
    );
    client.tell("textDocument/didChange", json!({ "textDocument": 1 }));
    client.tell("$/unheardOf", json!({}));
    client.send_json(&json!({ "jsonrpc": "2.0", "id": 9, "result": null }));
    client.leave();
}

#[test]
fn changes_that_make_no_sense_are_survived() {
    let mut client = Client::new(&[], Value::Null);
    client.open("p.policy", "\u{feff}TTLSRule A\r{\u{0}\n}");
    let edit = |from: [u32; 2], to: [u32; 2], text: &str| {
        let position =
            |[line, character]: [u32; 2]| json!({ "line": line, "character": character });
        json!({ "range": { "start": position(from), "end": position(to) }, "text": text })
    };
    client.change(
        "p.policy",
        json!([
            edit([9, 9], [4_000_000_000, 0], "\u{1F600}"),
            edit([2, 1], [1, 0], "x"),
            edit([0, 0], [0, 4_000_000_000], ""),
        ]),
    );
    client.codes("p.policy");
    let document = json!({ "textDocument": { "uri": client.uri("p.policy") } });
    for method in ["textDocument/documentSymbol", "textDocument/foldingRange"] {
        client.ask(method, document.clone());
    }
    client.leave();
}

/// A file of one line with something wrong at each of its bytes is told and laid out all the same.
#[test]
fn a_long_line_of_rubbish_is_survived() {
    let mut client = Client::new(&[], Value::Null);
    client.open("p.policy", &"} ".repeat(5_000));
    assert_eq!(client.codes("p.policy").len(), 5_001);
    let document = json!({ "textDocument": { "uri": client.uri("p.policy") } });
    let mut asked = document.clone();
    asked["options"] = json!({ "tabSize": 8, "insertSpaces": true });
    let edits = client.ask("textDocument/formatting", asked);
    assert_eq!(edits.as_array().unwrap().len(), 1);
    client.leave();
}
