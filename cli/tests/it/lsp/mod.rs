//! `gatehouse lsp`: each feature, asked for over the protocol.

mod client;
mod editor;
mod protocol;

use serde_json::{Value, json};

use client::{Client, edited};

const MAIN: &str =
    "TcpImage A image.conf\nTcpImage B image2.conf\nCommonTTLSConfig common.policy\n";
const IMAGE: &str = "TTLSConfig own.policy\n";
const IMAGE2: &str = "TTLSConfig other.policy\n";
const COMMON: &str = "# \u{1F600} shared\nTTLSGroupAction ON\n{\n  TTLSEnabled Off\n}\n";
const OWN: &str =
    "TTLSRule MQ\n{\n  Jobname CSQ1CHIN\n  Direction Inbound\n  TTLSGroupActionRef ON\n}\n";
const OTHER: &str =
    "TTLSRule DB\n{\n  Jobname DB2\n  Direction Inbound\n  TTLSGroupActionRef ON\n}\n";

const FILES: [(&str, &str); 6] = [
    ("main.conf", MAIN),
    ("image.conf", IMAGE),
    ("image2.conf", IMAGE2),
    ("common.policy", COMMON),
    ("own.policy", OWN),
    ("other.policy", OTHER),
];

fn lines(locations: &Value) -> Vec<String> {
    let locations = locations.as_array().unwrap().iter();
    let mut lines: Vec<_> = locations
        .map(|one| {
            let file = one["uri"].as_str().unwrap().rsplit('/').next().unwrap();
            let start = &one["range"]["start"];
            format!("{file}:{}:{}", start["line"], start["character"])
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn what_is_wrong_is_told_for_each_file_and_taken_back() {
    let mut client = Client::new(&FILES, Value::Null);
    client.open("main.conf", MAIN);
    assert_eq!(client.codes("main.conf"), [""; 0]);
    // Unsaved text of a file that the main file leads to.
    client.open("common.policy", &COMMON.replace("ON", "OFF"));
    assert_eq!(client.codes("own.policy"), ["AT015"]);
    let mut others = client.diagnostics.clone();
    others.retain(|_, found| !found.is_empty());
    let mut names: Vec<_> = others.keys().map(String::as_str).collect();
    names.retain(|name| *name != "common.policy");
    assert_eq!(names, ["other.policy", "own.policy"]);
    let found = &client.diagnostics["own.policy"][0];
    assert_eq!(found["severity"], 1);
    assert_eq!(
        found["range"]["start"],
        json!({ "line": 4, "character": 21 })
    );
    assert!(
        found["message"]
            .as_str()
            .unwrap()
            .contains("no `TTLSGroupAction` named `ON`")
    );
    // One letter more and one less, in two changes at once: the newest text counts.
    client.change(
        "common.policy",
        json!([
            { "range": { "start": { "line": 1, "character": 17 }, "end": { "line": 1, "character": 19 } }, "text": "" },
            { "range": { "start": { "line": 1, "character": 17 }, "end": { "line": 1, "character": 17 } }, "text": "N" },
        ]),
    );
    assert_eq!(client.codes("own.policy"), [""; 0]);
    client.leave();
}

#[test]
fn a_policy_that_is_open_alone_is_checked_alone() {
    let mut client = Client::new(&FILES, json!({ "release": "2.4" }));
    client.open("own.policy", OWN);
    assert_eq!(client.codes("own.policy"), ["AT015"]);
    client.open("main.conf", MAIN);
    assert_eq!(client.codes("own.policy"), [""; 0]);
    let uri = client.uri("main.conf");
    client.tell(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": uri } }),
    );
    assert_eq!(client.codes("own.policy"), ["AT015"]);
    client.leave();
}

#[test]
fn settings_count_from_the_beginning_and_later() {
    let new = "TTLSGskAdvancedParms G\n{\n  GSK_SESSION_TICKET_CLIENT_ENABLE On\n}\n";
    let mut client = Client::new(&[], json!({ "release": "V1R7", "root": 7 }));
    assert_eq!(client.shown, ["`root` is the path of a directory"]);
    client.open("g.policy", new);
    assert!(
        client.codes("g.policy").contains(&"AT018".to_owned())
            || !client.diagnostics["g.policy"].is_empty()
    );
    let before = client.diagnostics["g.policy"].len();
    client.tell(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "gatehouse": { "release": "3.2" } } }),
    );
    let after = client.codes("g.policy").len();
    assert!(after < before, "{before} {after}");
    client.leave();
}

#[test]
fn names_lead_to_statements_and_back() {
    let mut client = Client::new(&FILES, Value::Null);
    client.open("main.conf", MAIN);
    client.open("own.policy", OWN);
    let at = client.at("own.policy", OWN, "ON\n");
    let found = client.ask("textDocument/definition", at.clone());
    assert_eq!(lines(&found), ["common.policy:1:16"]);
    let file = client.at("main.conf", MAIN, "mage2");
    let found = client.ask("textDocument/definition", file);
    assert_eq!(lines(&found), ["image2.conf:0:0"]);
    let mut all = at.clone();
    all["context"] = json!({ "includeDeclaration": true });
    let found = client.ask("textDocument/references", all.clone());
    assert_eq!(
        lines(&found),
        ["common.policy:1:16", "other.policy:4:21", "own.policy:4:21"]
    );
    all["context"]["includeDeclaration"] = json!(false);
    let found = client.ask("textDocument/references", all);
    assert_eq!(lines(&found), ["other.policy:4:21", "own.policy:4:21"]);

    let prepared = client.ask("textDocument/prepareRename", at.clone());
    assert_eq!(prepared["placeholder"], "ON");
    let mut named = at;
    named["newName"] = json!("group~on");
    let edit = client.ask("textDocument/rename", named.clone());
    let changes = &edit["changes"];
    for (name, text) in [
        ("common.policy", COMMON),
        ("own.policy", OWN),
        ("other.policy", OTHER),
    ] {
        let uri = client.uri(name);
        assert_eq!(edited(text, &changes[&uri]), text.replace("ON", "group~on"));
    }
    for (name, words) in [
        ("two words", "is no name"),
        ("", "is no name"),
        ("# x", "is no name"),
    ] {
        named["newName"] = json!(name);
        let (_, said) = client.refused("textDocument/rename", named.clone());
        assert!(said.contains(words), "{said}");
    }
    client.change(
        "own.policy",
        json!([{ "text": format!("{OWN}TTLSGroupAction OFF\n{{\n}}\n") }]),
    );
    named["newName"] = json!("OFF");
    let (_, said) = client.refused("textDocument/rename", named);
    assert!(said.contains("already"), "{said}");
    client.leave();
}

#[test]
fn slips_are_mended_one_by_one_or_all() {
    let wrong = "# \u{1F600}\r\nTTLSRule \u{e4}1\r\n{\r\n  Jobname CSQ1CHIN\r\n  Dirction Inbound # \u{1F600}\r\n  TTLSGroupActionRf on\r\n}\r\nTTLSGroupAction ON\r\n{\r\n  TTLSEnabled Off\r\n}\r\n";
    let mut client = Client::new(&[], Value::Null);
    client.open("p.policy", wrong);
    let at = client.at("p.policy", wrong, "rction");
    let position = &at["position"];
    let range = json!({ "start": position, "end": position });
    let mut params = json!({ "textDocument": at["textDocument"], "range": range, "context": { "diagnostics": [] } });
    let actions = client.ask("textDocument/codeAction", params.clone());
    let titles: Vec<_> = actions
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["title"].as_str().unwrap())
        .collect();
    assert_eq!(
        titles,
        [
            "AT002: write `Direction`",
            "mend all of which only one thing can be meant"
        ]
    );
    assert_eq!(actions[0]["diagnostics"][0]["code"], "AT002");
    let uri = client.uri("p.policy");
    let one = edited(wrong, &actions[0]["edit"]["changes"][&uri]);
    assert_eq!(one, wrong.replace("Dirction", "Direction"));
    params["context"]["only"] = json!(["source.fixAll"]);
    let actions = client.ask("textDocument/codeAction", params);
    assert_eq!(actions.as_array().unwrap().len(), 1);
    let all = edited(wrong, &actions[0]["edit"]["changes"][&uri]);
    assert_eq!(
        all,
        wrong
            .replace("Dirction", "Direction")
            .replace("ActionRf", "ActionRef")
    );
    client.leave();
}

#[test]
fn what_the_pointer_rests_on_is_explained() {
    let text = "TTLSRule R\n{\n  Dirction Both\n  TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n  TTLSEnabled On\n}\nTTLSCipherParms C\n{\n  V3CipherSuites4Char 1301C02F\n}\n";
    let mut client = Client::new(&[], Value::Null);
    client.open("p.policy", text);
    let mut says = |mark: &str, words: &[&str]| {
        let at = client.at("p.policy", text, mark);
        let found = client.ask("textDocument/hover", at);
        let said = found["contents"]["value"].as_str().unwrap_or_default();
        for word in words {
            assert!(said.contains(word), "{mark}: {word}: {said}");
        }
    };
    says("TTLSRule R", &["Says which connections", "since: V1R7"]);
    says("TTLSEnabled", &["`On`, `Off`"]);
    says(
        "G\n}",
        &[
            "```pagent\nTTLSGroupAction G\n{\n  TTLSEnabled On\n}\n```",
            "p.policy:6",
        ],
    );
    says(
        "C02F",
        &["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "128 bit"],
    );
    says("irction", &["AT002", "What to do: write `Direction`"]);
    let nothing = client.at("p.policy", text, "{\n  V3");
    assert_eq!(client.ask("textDocument/hover", nothing), Value::Null);
    client.leave();
}

#[test]
fn what_may_be_written_is_offered() {
    let text = "TTLSRule R\n{\n  Direction Both\n  \n  TTLSGroupActionRef \n}\nTT\n";
    let mut client = Client::new(&FILES, Value::Null);
    client.open("main.conf", MAIN);
    client.open("own.policy", text);
    let mut offered = |line: u32, character: u32| -> Vec<(String, String)> {
        let uri = client.uri("own.policy");
        let params = json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } });
        let items = client.ask("textDocument/completion", params);
        let items = items.as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        items
            .map(|item| (text(&item["label"]), text(&item["textEdit"]["newText"])))
            .collect()
    };
    let top = offered(6, 2);
    assert!(top.contains(&(
        "TTLSRule".to_owned(),
        "TTLSRule ${1:name}\n{\n  $0\n}".to_owned()
    )));
    let inside = offered(3, 2);
    assert!(inside.contains(&("Jobname".to_owned(), "Jobname ".to_owned())));
    assert!(
        !inside
            .iter()
            .any(|(label, _)| label == "Direction" || label == "TTLSRule")
    );
    assert_eq!(offered(4, 21), [("ON".to_owned(), "ON".to_owned())]);
    let words = offered(2, 12);
    assert_eq!(
        words
            .iter()
            .map(|(label, _)| label.as_str())
            .collect::<Vec<_>>(),
        ["Inbound", "Outbound", "Both"]
    );
    client.leave();
}

#[test]
fn a_text_has_an_outline_folds_and_a_layout() {
    let text = "# \u{1F600} a\r\n# b\r\nttlsrule  R {\r\nIpTimeCondition\r\n{\r\n}\r\nDirection    Both\r\n}\r\n";
    let mut client = Client::new(&[], Value::Null);
    client.open("p.policy", text);
    let document = json!({ "textDocument": { "uri": client.uri("p.policy") } });
    let symbols = client.ask("textDocument/documentSymbol", document.clone());
    assert_eq!(symbols[0]["name"], "R");
    assert_eq!(symbols[0]["detail"], "TTLSRule");
    assert_eq!(
        symbols[0]["range"]["end"],
        json!({ "line": 7, "character": 1 })
    );
    assert_eq!(
        symbols[0]["selectionRange"]["start"],
        json!({ "line": 2, "character": 10 })
    );
    assert_eq!(symbols[0]["children"][0]["name"], "IpTimeCondition");
    let folds = client.ask("textDocument/foldingRange", document.clone());
    let folds = folds.as_array().unwrap().iter();
    let mut folds: Vec<_> = folds
        .map(|fold| (fold["startLine"].as_u64(), fold["endLine"].as_u64()))
        .collect();
    folds.sort();
    assert_eq!(
        folds,
        [(Some(0), Some(1)), (Some(2), Some(7)), (Some(3), Some(5))]
    );
    let mut asked = document;
    asked["options"] = json!({ "tabSize": 8, "insertSpaces": false });
    let edits = client.ask("textDocument/formatting", asked);
    let expected = "# \u{1F600} a\r\n# b\r\nTTLSRule R\r\n{\r\n  IpTimeCondition\r\n  {\r\n  }\r\n  Direction Both\r\n}\r\n";
    assert_eq!(edited(text, &edits), expected);
    client.leave();
}
