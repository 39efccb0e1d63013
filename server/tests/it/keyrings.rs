//! The key rings of the server's machine.

use api::account::Role;
use jiff::Timestamp;
use keyring::{NewKey, Rings, Wish};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::TestServer;

/// A server with rings in a directory.
struct Place {
    server: TestServer,
    directory: TempDir,
}

impl Place {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_owned();
        let server = TestServer::with(|settings| settings.keyrings = Some(path)).await;
        Self { server, directory }
    }

    /// Makes a ring with a certificate `SERVER` that signed itself.
    fn ring(&self, name: &str, days: u32, kind: NewKey) {
        let rings = Rings::new(self.directory.path().to_owned(), "anybody".to_owned());
        let name = name.parse().unwrap();
        rings.create(&name, None).unwrap();
        let subject = keyring::subject("CN=www.example.com").unwrap();
        let wish = Wish {
            subject: &subject,
            hosts: &["www.example.com".parse().unwrap()],
            days,
            is_authority: false,
        };
        let key = kind.make().unwrap();
        let now = Timestamp::from_second(self.server.state.clock.unix()).unwrap();
        let made = keyring::certificate(&wish, &key, None, now).unwrap();
        let writer = rings.write(&name).unwrap();
        let label = "SERVER".parse().unwrap();
        writer
            .put_personal(&label, &key, &made, &[], false)
            .unwrap();
    }
}

fn messages(ring: &Value) -> String {
    ring["remarks"].to_string()
}

#[tokio::test]
async fn rings_are_told_without_their_keys() {
    let place = Place::new().await;
    place.ring("WEB/LONG", 300, NewKey::P256);
    place.ring("WEB/SHORT", 5, NewKey::Rsa(2048));
    let ana = place.server.administrator().await;
    let answer = ana.get("/keyrings").await;
    assert!(!answer.text().contains("PRIVATE"), "{}", answer.text());
    let found = answer.json();
    assert_eq!(found["configured"], true);
    let [long, short] = [0, 1].map(|at| found["rings"][at].clone());
    assert_eq!(long["name"], "WEB/LONG");
    let one = &long["certificates"][0];
    assert_eq!(one["label"], "SERVER");
    assert_eq!(one["usage"], "personal");
    assert_eq!(one["default"], true);
    assert_eq!(
        one["key"],
        json!({ "kind": "ec", "bits": 256, "curve": "P-256" })
    );
    assert_eq!(one.get("expires"), None);
    assert_eq!(long["remarks"], json!([]));
    assert_eq!(short["certificates"][0]["expires"], "week");
    assert_eq!(short["remarks"][0]["severity"], "warning");
    assert!(messages(&short).contains("ends on "), "{short}");
}

#[tokio::test]
async fn without_the_setting_there_are_none() {
    let server = TestServer::new().await;
    let ana = server.administrator().await;
    let found = ana.get("/keyrings").await.json();
    assert_eq!(
        (&found["configured"], &found["rings"]),
        (&json!(false), &json!([]))
    );
    assert_eq!(ana.get("/keyrings?store=none").await.status, 404);
}

#[tokio::test]
async fn a_directory_that_cannot_be_read_is_told() {
    let place = tempfile::tempdir().unwrap();
    let gone = place.path().join("gone");
    let server = TestServer::with(|settings| settings.keyrings = Some(gone)).await;
    let refused = server.administrator().await.get("/keyrings").await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("gone"), "{}", refused.text());
}

#[tokio::test]
async fn the_rules_of_a_store_say_what_they_want_of_a_ring() {
    let place = Place::new().await;
    place.ring("TCPIP/RING", 300, NewKey::P256);
    let server = &place.server;
    server.store("alpha").await;
    let eve = server.member("eve", "alpha", Role::Editor).await;
    let rows = json!([{ "local_port": "1414", "direction": "inbound" }]);
    let changes = json!([
        { "id": "i", "body": { "kind": "image", "name": "SYS1", "keyring": "TCPIP/RING" } },
        { "id": "s", "body": { "kind": "stack", "name": "TCPIP", "image": "i" } },
        { "id": "a", "body": { "kind": "address-group", "name": "Partners", "addresses": ["10.1.0.0/16"] } },
        { "id": "t", "body": { "kind": "traffic-descriptor", "name": "MQ", "rows": rows } },
        { "id": "l", "body": { "kind": "security-level", "name": "TLS", "protect": true,
            "versions": { "tls12": true, "tls13": true }, "suites": { "list": ["1302", "C030"] } } },
        { "id": "r", "body": { "kind": "rule", "name": "Mq_in", "owner": "s", "order": "b",
            "remote": { "group": "a" }, "map": { "own": [{ "traffic": "t", "level": "l" }] } } },
    ]);
    let edit = json!({ "words": "edit", "changes": changes });
    let draft = eve.post("/stores/alpha/draft/edits", edit).await;
    assert_eq!(draft.status, 200, "{}", draft.text());
    let save = json!({ "head": 1, "comment": "saved" });
    let saved = eve.post("/stores/alpha/draft/save", save).await;
    assert_eq!(saved.status, 201, "{}", saved.text());
    let ana = server.administrator().await;
    let alone = ana.get("/keyrings").await.json();
    assert_eq!(alone["rings"][0]["remarks"], json!([]));
    let found = ana.get("/keyrings?store=alpha").await.json();
    let said = messages(&found["rings"][0]);
    assert!(
        said.contains("has TLS 1.2 on, and never agrees on it with these certificates"),
        "{said}"
    );
}
