//! What can be found out instead of being typed.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::common::TestServer;

#[tokio::test]
async fn hosts_are_looked_up_and_what_fails_is_said_for_each() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let ana = server.administrator().await;
    let names = json!({ "names": ["localhost", "10.1.1.2", "not a name"] });
    let found = ana.post("/stores/alpha/hosts", names).await.json();
    assert!(found["at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(found["hosts"][0]["name"], "localhost");
    let addresses = found["hosts"][0]["addresses"].as_array().unwrap();
    assert!(addresses.contains(&"127.0.0.1".into()) || addresses.contains(&"::1".into()));
    assert_eq!(found["hosts"][0].get("error"), None);
    for wrong in [1, 2] {
        assert_eq!(found["hosts"][wrong]["addresses"], json!([]));
        assert!(found["hosts"][wrong]["error"].is_string());
    }
    let many = json!({ "names": vec!["localhost"; 101] });
    let refused = ana.post("/stores/alpha/hosts", many).await;
    assert_eq!(refused.status, 422);
}

#[tokio::test]
async fn ports_that_programs_wait_at_are_found_here_and_in_a_report() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let ana = server.administrator().await;
    let waiting = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = waiting.local_addr().unwrap().port();
    let found = ana.get("/stores/alpha/listeners").await.json();
    let mine = |one: &&Value| one["port"] == port;
    let mine = found.as_array().unwrap().iter().find(mine).unwrap();
    assert_eq!(mine["address"], "127.0.0.1");
    assert_ne!(mine["program"], "");
    assert_ne!(mine["user"], "");
    let text = "CSQ9CHIN 000000A2 0.0.0.0..1414          0.0.0.0..0             Listen";
    let read = ana.post("/stores/alpha/listeners", json!({ "text": text }));
    let expected = json!([{ "port": 1414, "address": "", "program": "CSQ9CHIN", "user": "" }]);
    assert_eq!(read.await.json(), expected);
}
