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

/// A store whose stack protects MQ with the supplied level, saved as revision 2; then a draft without the rule.
async fn saved_and_drafted() -> (TestServer, Client) {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let ana = server.member("ana", "alpha", Role::Editor).await;
    let own = json!({ "own": [{ "traffic": "t", "level": "gold" }] });
    let changes = json!([
        { "id": "i", "body": { "kind": "image", "name": "SYS1", "keyring": "TCPIP/RING" } },
        { "id": "s", "body": { "kind": "stack", "name": "TCPIP", "image": "i",
            "tests": "inbound local port 1414 must be protected" } },
        { "id": "t", "body": { "kind": "traffic-descriptor", "name": "MQ",
            "rows": [{ "local_port": "1414", "direction": "inbound" }] } },
        { "id": "r", "body": { "kind": "rule", "name": "Mq_in", "owner": "s", "order": "b", "map": own } },
    ]);
    let edit = json!({ "words": "edit", "changes": changes });
    let draft = ana.post("/stores/alpha/draft/edits", edit).await;
    assert_eq!(draft.status, 200, "{}", draft.text());
    let saved = ana
        .post("/stores/alpha/draft/save", json!({ "head": 1 }))
        .await;
    assert_eq!(saved.status, 201, "{}", saved.text());
    let answer = ana.get("/stores/alpha/objects/r").await;
    let etag = answer.header("etag").to_owned();
    let changes = json!([
        { "id": "r", "etag": etag },
        { "id": "u", "body": { "kind": "traffic-descriptor", "name": "OTHER", "rows": [] } },
    ]);
    let edit = json!({ "words": "delete the rule", "changes": changes });
    let draft = ana.post("/stores/alpha/draft/edits", edit).await;
    assert_eq!(draft.status, 200, "{}", draft.text());
    (server, ana)
}

#[tokio::test]
async fn a_partner_shakes_hands_with_files_and_with_a_stack() {
    let (_server, ana) = saved_and_drafted().await;
    let known = ana.get("/policy/peers").await.json();
    assert!(known.as_array().unwrap().len() >= 20);
    let ask = |of: Value, name: &str| json!({ "stack": "s", "of": of, "connection": connection(1414), "with": { "peers": [name] } });
    let saved = json!({ "revision": 2 });
    let found = ana
        .post("/stores/alpha/handshake", ask(saved.clone(), "openssl-3"))
        .await;
    assert_eq!(found.status, 200, "{}", found.text());
    let found = found.json();
    assert_eq!(found["rule"]["at"]["object"], "r", "{found}");
    assert_eq!(found["partners"][0]["agreed"]["version"], "TLS 1.3");
    // In the draft the rule is gone.
    let found = ana
        .post("/stores/alpha/handshake", ask(json!("draft"), "openssl-3"))
        .await;
    assert_eq!(found.json()["partners"], json!([]));
    let unknown = ana
        .post("/stores/alpha/handshake", ask(saved, "nobody"))
        .await;
    assert_eq!(unknown.status, 422);
    let of_files = json!({ "sources": files(), "connection": connection(1414) });
    let found = ana.post("/policy/handshake", of_files).await.json();
    assert_eq!(found[0]["protects"], false);
}

#[tokio::test]
async fn what_saving_a_draft_changes_for_connections() {
    let (server, ana) = saved_and_drafted().await;
    let ask = |more: Value| {
        let mut asked = json!({ "from": { "revision": 2 }, "to": "draft" });
        asked
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().cloned().unwrap());
        asked
    };
    let found = ana.post("/stores/alpha/differences", ask(json!({}))).await;
    assert_eq!(found.status, 200, "{}", found.text());
    let found = found.json();
    let stack = &found["stacks"][0];
    assert_eq!(
        (&stack["stack"], &stack["total"]),
        (&json!("SYS1.TCPIP"), &json!(1))
    );
    assert_eq!(stack["differences"][0]["before"]["name"], "Mq_in~1");
    assert_eq!(stack["differences"][0]["connection"]["local_port"], 1414);
    // Without the change of the rule, and for who has no draft, nothing changes.
    let others = ana
        .post("/stores/alpha/differences", ask(json!({ "only": ["u"] })))
        .await;
    assert_eq!(others.json(), json!({ "compared": 1, "stacks": [] }));
    let vera = server.member("vera", "alpha", Role::Viewer).await;
    let none = vera.post("/stores/alpha/differences", ask(json!({}))).await;
    assert_eq!(none.json(), json!({ "compared": 1, "stacks": [] }));
    let unknown = ana
        .post("/stores/alpha/differences", ask(json!({ "stack": "x" })))
        .await;
    assert_eq!(unknown.status, 422);
    let none = json!({ "from": { "revision": 9 }, "to": "draft" });
    assert_eq!(
        ana.post("/stores/alpha/differences", none).await.status,
        404
    );
}

#[tokio::test]
async fn files_are_compared_and_tested() {
    let (_server, viewer) = viewer().await;
    let mut other = files();
    other["files"][2]["text"] = json!(POLICY.replace("Off", "On"));
    let ask = json!({ "from": files(), "to": other });
    let found = viewer.post("/policy/diff", ask).await;
    assert_eq!(found.status, 200, "{}", found.text());
    assert_eq!(found.json()["stacks"][0]["stack"], "TCPIP");
    let ask = json!({ "sources": files(), "tests": "inbound local port 1414 must be protected" });
    let found = viewer.post("/policy/test", ask).await;
    assert_eq!(found.status, 200, "{}", found.text());
    assert_eq!(
        found.json()["results"][0]["failures"][0]["rule"]["name"],
        "A"
    );
}

#[tokio::test]
async fn kept_tests_of_a_stack_are_answered_for_revision_and_draft() {
    let (_server, ana) = saved_and_drafted().await;
    let saved = ana
        .post("/stores/alpha/test", json!({ "of": { "revision": 2 } }))
        .await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    let saved = saved.json();
    assert_eq!((&saved["holds"], &saved["fails"]), (&json!(1), &json!(0)));
    let drafted = ana.post("/stores/alpha/test", json!({})).await.json();
    assert_eq!(
        (&drafted["holds"], &drafted["fails"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(drafted["results"][0]["object"], "s");
    let asked = json!({ "owner": "i", "tests": "any local port 1414 must be clear" });
    let own = ana.post("/stores/alpha/test", asked).await.json();
    assert_eq!(own["holds"], 1);
    let nobody = ana
        .post("/stores/alpha/test", json!({ "owner": "x" }))
        .await;
    assert_eq!(nobody.status, 422);
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
async fn more_changes_than_a_request_carries_are_told_beforehand() {
    for (most, told) in [(4500, json!(4500)), (1 << 20, json!(null))] {
        let server = TestServer::with(|settings| settings.limits.body_bytes = most).await;
        server.store("alpha").await;
        let ana = server.member("ana", "alpha", Role::Editor).await;
        let found = ana.post("/stores/alpha/adopt", onto("MVSA")).await.json();
        assert_eq!(found["too_large_for"], told, "{found}");
    }
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
