//! The first administrator.

use std::time::Duration;

use serde_json::json;
use server::auth::setup;

use crate::common::{PASSWORD, TestServer};

async fn link(server: &TestServer) -> String {
    let now = server.state.clock.unix();
    setup::new_link(&server.state.db, now).await.unwrap()
}

fn body(secret: &str) -> serde_json::Value {
    json!({ "secret": secret, "name": "Anna", "password": PASSWORD })
}

#[tokio::test]
async fn the_link_makes_one_administrator_and_logs_them_in() {
    let server = TestServer::new().await;
    let secret = link(&server).await;
    let mut client = server.anonymous();
    assert_eq!(client.get("/setup").await.show(), "200 {\"needed\":true}");
    let answer = client.post("/setup", body(&secret)).await;
    assert_eq!(answer.outcome(), "201");
    assert_eq!(answer.json()["administrator"], true);
    client.keep_cookie(&answer);
    assert_eq!(client.get("/session").await.json()["name"], "Anna");
    assert_eq!(client.get("/setup").await.show(), "200 {\"needed\":false}");
    let again = server.anonymous().post("/setup", body(&secret)).await;
    assert_eq!(again.outcome(), "409 conflict");
}

#[tokio::test]
async fn a_wrong_secret_makes_nobody() {
    let server = TestServer::new().await;
    let client = server.anonymous();
    assert_eq!(
        client.post("/setup", body("")).await.outcome(),
        "403 forbidden"
    );
    let secret = link(&server).await;
    let wrong = secret.replace(|c: char| c.is_ascii_digit(), "a");
    assert_eq!(
        client.post("/setup", body(&wrong)).await.outcome(),
        "403 forbidden"
    );
    assert_eq!(client.get("/setup").await.json()["needed"], true);
}

#[tokio::test]
async fn the_link_lapses_after_15_minutes_and_when_the_clock_goes_back() {
    let server = TestServer::new().await;
    let secret = link(&server).await;
    let client = server.anonymous();
    server.advance(Duration::from_secs(15 * 60));
    assert_eq!(
        client.post("/setup", body(&secret)).await.outcome(),
        "403 forbidden"
    );
    server.back(Duration::from_secs(430 * 86_400));
    assert_eq!(
        client.post("/setup", body(&secret)).await.outcome(),
        "403 forbidden"
    );
}

#[tokio::test]
async fn a_new_link_ends_the_old_one() {
    let server = TestServer::new().await;
    let old = link(&server).await;
    let new = link(&server).await;
    let client = server.anonymous();
    assert_eq!(
        client.post("/setup", body(&old)).await.outcome(),
        "403 forbidden"
    );
    assert_eq!(client.post("/setup", body(&new)).await.outcome(), "201");
}

#[tokio::test]
async fn two_at_once_make_one_administrator() {
    let server = TestServer::new().await;
    let secret = link(&server).await;
    let (a, b) = (server.anonymous(), server.anonymous());
    let mut other = body(&secret);
    other["name"] = "Bert".into();
    let (a, b) = tokio::join!(a.post("/setup", body(&secret)), b.post("/setup", other));
    let mut outcomes = [a.outcome(), b.outcome()];
    outcomes.sort();
    assert_eq!(outcomes[0], "201");
    assert!(["403 forbidden", "409 conflict"].contains(&outcomes[1].as_str()));
}

#[tokio::test]
async fn a_bad_name_or_password_leaves_the_link_good() {
    let server = TestServer::new().await;
    let secret = link(&server).await;
    let client = server.anonymous();
    for (name, password) in [("a b", PASSWORD), ("anna", "password1"), ("anna", "short")] {
        let body = json!({ "secret": secret, "name": name, "password": password });
        let answer = client.post("/setup", body).await;
        assert_eq!(answer.outcome(), "422 unprocessable", "{name} {password}");
    }
    assert_eq!(client.post("/setup", body(&secret)).await.outcome(), "201");
}

#[tokio::test]
async fn the_database_keeps_neither_secret_nor_password() {
    let server = TestServer::new().await;
    let secret = link(&server).await;
    server.anonymous().post("/setup", body(&secret)).await;
    let written = files(&server);
    assert!(contains(&written, b"$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(!contains(&written, secret.as_bytes()));
    assert!(!contains(&written, PASSWORD.as_bytes()));
    assert!(!server.audit.text().contains(&secret));
    assert!(!server.audit.text().contains(PASSWORD));
}

fn files(server: &TestServer) -> Vec<u8> {
    std::fs::read_dir(server.dir.path())
        .unwrap()
        .flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
