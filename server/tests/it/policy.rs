//! Questions about policy text.

use api::account::Role;
use serde_json::{Value, json};

use crate::common::{Client, TestServer};

const POLICY: &str = "TTLSRule A\n{\n LocalPortRange 1414\n Dirction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n";

fn files() -> Value {
    json!({ "files": [
        { "path": "main", "text": "TcpImage TCPIP /etc/image\n" },
        { "path": "in/image", "text": "TTLSConfig /etc/policy\n" },
        { "path": "in/policy", "text": POLICY },
    ] })
}

fn connection(port: u16) -> Value {
    json!({ "way": "inbound", "local": "10.1.1.2", "local_port": port, "remote": "10.1.0.2", "remote_port": 51844 })
}

async fn viewer() -> (TestServer, Client) {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let viewer = server.member("vera", "alpha", Role::Viewer).await;
    (server, viewer)
}

#[tokio::test]
async fn files_are_checked_and_nothing_is_stored() {
    let (_server, viewer) = viewer().await;
    let answer = viewer.post("/policy/check", files()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let found = answer.json();
    assert_eq!(found["stacks"][0]["name"], "TCPIP");
    assert_eq!(found["tree"][2]["path"], "in/policy");
    let finding = &found["findings"][0];
    assert_eq!(finding["code"], "AT002", "{finding}");
    assert_eq!(finding["at"]["line"], 4);
    assert_eq!(finding["fix"]["edits"][0]["text"], "Direction");
    let wrong = json!({ "files": [], "release": "9.9" });
    assert_eq!(viewer.post("/policy/check", wrong).await.status, 422);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let server = TestServer::with(|settings| settings.limits.body_bytes = 1000).await;
    server.account("vera", false).await;
    let vera = server.logged_in("vera").await;
    let large = json!({ "files": [{ "path": "p", "text": "#".repeat(2000) }] });
    assert_eq!(vera.post("/policy/check", large).await.status, 413);
}

#[tokio::test]
async fn a_connection_meets_a_rule_of_files() {
    let (_server, viewer) = viewer().await;
    let ask = |port| json!({ "sources": files(), "connection": connection(port) });
    let found = viewer.post("/policy/simulate", ask(1414)).await.json();
    assert_eq!(found[0]["rule"]["name"], "A");
    assert_eq!(found[0]["rule"]["protects"], false);
    let found = viewer.post("/policy/simulate", ask(23)).await.json();
    assert_eq!(found[0]["passed_over"][0]["why"], "other local ports");
}

#[tokio::test]
async fn a_connection_meets_a_rule_of_a_stack_as_drafted_and_as_saved() {
    let (server, viewer) = viewer().await;
    let ana = server.member("ana", "alpha", Role::Editor).await;
    let own = json!({ "own": [{ "traffic": "t", "level": "gold" }] });
    let changes = json!([
        { "id": "i", "body": { "kind": "image", "name": "SYS1", "keyring": "TCPIP/RING" } },
        { "id": "s", "body": { "kind": "stack", "name": "TCPIP", "image": "i" } },
        { "id": "t", "body": { "kind": "traffic-descriptor", "name": "MQ",
            "rows": [{ "local_port": "1414", "direction": "inbound" }] } },
        { "id": "r", "body": { "kind": "rule", "name": "Mq_in", "owner": "s", "order": "b", "map": own } },
    ]);
    let edit = json!({ "words": "edit", "changes": changes });
    let draft = ana.post("/stores/alpha/draft/edits", edit).await;
    assert_eq!(draft.status, 200, "{}", draft.text());
    let ask = |of: Value| json!({ "stack": "s", "of": of, "connection": connection(1414) });
    let found = ana
        .post("/stores/alpha/simulate", ask(json!("draft")))
        .await;
    assert_eq!(found.status, 200, "{}", found.text());
    let found = found.json();
    assert_eq!(found["rule"]["name"], "Mq_in~1");
    assert_eq!(found["rule"]["at"]["object"], "r");
    let role = &found["rule"]["parameters"];
    let role = role.as_array().unwrap().iter();
    let mut role = role.filter(|one| one["name"] == "HandshakeRole");
    assert_eq!(role.next().unwrap()["said"]["at"]["object"], "t");
    // Another's draft, and the revision before it, know no such stack.
    let others = viewer
        .post("/stores/alpha/simulate", ask(json!("draft")))
        .await;
    assert_eq!(others.status, 422);
    let saved = ana
        .post("/stores/alpha/simulate", ask(json!({ "revision": 1 })))
        .await;
    assert_eq!(saved.status, 422);
    let none = ana
        .post("/stores/alpha/simulate", ask(json!({ "revision": 9 })))
        .await;
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn a_code_is_explained() {
    let (_server, viewer) = viewer().await;
    let found = viewer.get("/policy/explain?q=at015").await.json();
    assert_eq!(found["found"][0]["key"], "AT015");
    assert_eq!(found["total"], 1);
    let found = viewer.get("/policy/explain").await.json();
    assert!(found["total"].as_u64().unwrap() > 100);
}

const WHOLE: &str = "TTLSRule A\n{\n LocalPortRange 1414\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n";

fn onto(image: &str) -> Value {
    let mut sources = files();
    sources["files"][2]["text"] = WHOLE.into();
    json!({ "sources": sources, "stacks": [{ "stack": "TCPIP", "image": image }] })
}

#[tokio::test]
async fn files_are_taken_over_by_an_answer_that_becomes_an_edit() {
    let (server, viewer) = viewer().await;
    let ana = server.member("ana", "alpha", Role::Editor).await;
    let answer = viewer.post("/stores/alpha/adopt", onto("MVSA")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let nothing = ana.get("/stores/alpha/draft").await.json();
    assert_eq!(nothing["changes"], json!([]), "nothing is stored");
    let found = ana.post("/stores/alpha/adopt", onto("MVSA")).await.json();
    assert_eq!(
        found["stacks"][0]["result"]["proof"]["same"], true,
        "{found}"
    );
    let edit = json!({ "words": "take over TCPIP", "changes": found["changes"] });
    let draft = ana.post("/stores/alpha/draft/edits", edit).await;
    assert_eq!(draft.status, 200, "{}", draft.text());
    assert_eq!(draft.json()["undo"], "take over TCPIP");
    // In my draft it is there now; in that of others it is not.
    let again = ana.post("/stores/alpha/adopt", onto("MVSA")).await.json();
    assert_eq!(
        (&again["changes"], &again["errors"]),
        (&json!([]), &json!(0))
    );
    assert_eq!(again["images"][0]["name"], "MVSA");
    let others = viewer
        .post("/stores/alpha/adopt", onto("MVSA"))
        .await
        .json();
    assert_eq!(others["images"], json!([]));
    let undone = ana
        .post("/stores/alpha/draft/undo", json!(null))
        .await
        .json();
    assert_eq!(undone["changes"], json!([]), "one step");
}

#[tokio::test]
async fn an_edited_file_replaces_what_was_seen_and_says_who_holds_it() {
    let (server, _) = viewer().await;
    let ana = server.member("ana", "alpha", Role::Editor).await;
    let ben = server.member("ben", "alpha", Role::Editor).await;
    let found = ana.post("/stores/alpha/adopt", onto("MVSA")).await.json();
    let edit = json!({ "words": "take over", "changes": found["changes"] });
    ana.post("/stores/alpha/draft/edits", edit).await;
    let head = ana.get("/stores/alpha/draft").await.json()["head"].clone();
    let saved = ana
        .post("/stores/alpha/draft/save", json!({ "head": head }))
        .await;
    assert_eq!(saved.status, 201, "{}", saved.text());
    let mut asked = onto("MVSA");
    asked["sources"]["files"][2]["text"] = WHOLE.replace("1414", "1415").into();
    let mine = ana.post("/stores/alpha/adopt", asked.clone()).await.json();
    let changes = mine["changes"].as_array().unwrap();
    assert!(
        !changes.is_empty() && changes.iter().any(|change| change["etag"].is_string()),
        "{mine}"
    );
    assert!(mine.get("held").is_none(), "{mine}");
    // Ben is first.
    let edit = json!({ "words": "take over", "changes": changes });
    let draft = ben.post("/stores/alpha/draft/edits", edit.clone()).await;
    assert_eq!(draft.status, 200, "{}", draft.text());
    let mine = ana.post("/stores/alpha/adopt", asked).await.json();
    assert_eq!(mine["held"][0]["lock"]["holder"], "ben", "{mine}");
    assert_eq!(
        ana.post("/stores/alpha/draft/edits", edit).await.status,
        423
    );
}
