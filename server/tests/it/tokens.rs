//! Tokens for scripts.

use std::time::Duration;

use api::account::Role;
use serde_json::{Value, json};

use crate::common::{Client, PASSWORD, TestServer};

async fn script(server: &TestServer, owner: &Client, body: Value) -> Client {
    let answer = owner.post("/tokens", body).await;
    assert_eq!(answer.outcome(), "201", "{}", answer.text());
    let secret = answer.json()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("gh_") && secret.len() == 67);
    let mut client = server.anonymous();
    client.token = Some(secret);
    client
}

fn token(role: &str, stores: &[&str]) -> Value {
    json!({ "label": "nightly", "role": role, "stores": stores, "days": 30, "password": PASSWORD })
}

#[tokio::test]
async fn a_token_may_what_its_role_and_its_owner_may() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    server.store("beta").await;
    let root = server.administrator().await;
    let anna = server.member("anna", "alpha", Role::Administrator).await;
    let members = "/stores/alpha/members";
    let body = json!([{ "name": "anna", "role": "administrator" }]);

    let viewer = script(&server, &anna, token("viewer", &[])).await;
    assert_eq!(viewer.get(members).await.outcome(), "200");
    assert_eq!(
        viewer.put(members, body.clone()).await.outcome(),
        "403 forbidden"
    );

    let full = script(&server, &anna, token("administrator", &["alpha"])).await;
    assert_eq!(full.put(members, body.clone()).await.outcome(), "200");
    assert_eq!(
        full.get("/stores/beta/members").await.outcome(),
        "404 not-found"
    );

    // Being an administrator of the server does not widen a token.
    let beta = script(&server, &root, token("administrator", &["beta"])).await;
    assert_eq!(beta.get("/stores/beta/members").await.outcome(), "200");
    assert_eq!(beta.get(members).await.outcome(), "404 not-found");
    assert_eq!(beta.get("/accounts").await.outcome(), "403 forbidden");
    let reader = script(&server, &root, token("viewer", &[])).await;
    assert_eq!(reader.put(members, body).await.outcome(), "403 forbidden");
    assert_eq!(reader.get("/accounts").await.outcome(), "403 forbidden");
    let all = script(&server, &root, token("administrator", &[])).await;
    assert_eq!(all.get("/accounts").await.outcome(), "200");
}

#[tokio::test]
async fn a_token_makes_no_tokens_and_changes_no_password() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    let script = script(&server, &root, token("administrator", &[])).await;
    assert_eq!(script.get("/tokens").await.outcome(), "403 forbidden");
    assert_eq!(
        script.post("/tokens", token("viewer", &[])).await.outcome(),
        "403 forbidden"
    );
    assert_eq!(script.delete("/sessions").await.outcome(), "403 forbidden");
    let body = json!({ "old": "x", "new": "y" });
    assert_eq!(
        script.put("/account/password", body).await.outcome(),
        "403 forbidden"
    );
}

#[tokio::test]
async fn a_token_lapses_and_can_be_ended() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    let first = script(&server, &root, token("viewer", &[])).await;
    let list = root.get("/tokens").await.json();
    assert_eq!(list[0]["label"], "nightly");
    assert_eq!(list[0].get("last_used"), None);
    assert_eq!(first.get("/session").await.outcome(), "200");
    let list = root.get("/tokens").await.json();
    assert_eq!(list[0]["last_used"], "2027-01-15T08:00:00Z");
    let path = format!("/tokens/{}", list[0]["id"]);
    assert_eq!(root.delete(&path).await.outcome(), "204");
    assert_eq!(root.delete(&path).await.outcome(), "404 not-found");
    assert_eq!(first.get("/session").await.outcome(), "401 unauthorized");

    let second = script(&server, &root, token("viewer", &[])).await;
    server.advance(Duration::from_secs(30 * 86_400 - 1));
    assert_eq!(second.get("/session").await.outcome(), "200");
    server.advance(Duration::from_secs(1));
    assert_eq!(second.get("/session").await.outcome(), "401 unauthorized");
}

#[tokio::test]
async fn tokens_end_with_the_password_and_with_the_sessions() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let root = server.administrator().await;
    let anna = server.member("anna", "alpha", Role::Editor).await;
    let first = script(&server, &anna, token("viewer", &[])).await;
    assert_eq!(first.get("/stores").await.outcome(), "200");
    let change = json!({ "old": PASSWORD, "new": "brunnenfrosch 8" });
    assert_eq!(anna.put("/account/password", change).await.status, 204);
    assert_eq!(first.get("/stores").await.outcome(), "401 unauthorized");

    let bo = server.member("bo", "alpha", Role::Editor).await;
    let second = script(&server, &bo, token("viewer", &[])).await;
    assert_eq!(root.delete("/accounts/bo/sessions").await.status, 204);
    assert_eq!(second.get("/stores").await.outcome(), "401 unauthorized");
}

#[tokio::test]
async fn a_disabled_owner_has_no_tokens() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    server.account("anna", false).await;
    let anna = server.logged_in("anna").await;
    let script = script(&server, &anna, token("viewer", &[])).await;
    root.patch("/accounts/anna", json!({ "disabled": true }))
        .await;
    assert_eq!(script.get("/session").await.outcome(), "401 unauthorized");
    // Nor when it is let in again.
    root.patch("/accounts/anna", json!({ "disabled": false }))
        .await;
    assert_eq!(script.get("/session").await.outcome(), "401 unauthorized");
    let anna = server.logged_in("anna").await;
    assert_eq!(anna.get("/tokens").await.json(), json!([]));
}

#[tokio::test]
async fn a_token_whose_store_is_gone_is_for_none() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    server.store("beta").await;
    let root = server.administrator().await;
    let script = script(&server, &root, token("viewer", &["alpha"])).await;
    let mut connection = server.state.db.unwatched().acquire().await.unwrap();
    server::auth::member::forget_store(&mut connection, 1)
        .await
        .unwrap();
    drop(connection);
    assert_eq!(
        script.get("/stores/alpha/members").await.outcome(),
        "404 not-found"
    );
    assert_eq!(
        script.get("/stores/beta/members").await.outcome(),
        "404 not-found"
    );
}

#[tokio::test]
async fn bad_tokens_are_refused() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    for body in [
        json!({ "label": " ", "role": "viewer", "days": 1, "password": PASSWORD }),
        json!({ "label": "x", "role": "viewer", "days": 0, "password": PASSWORD }),
        json!({ "label": "x", "role": "viewer", "days": 366, "password": PASSWORD }),
        json!({ "label": "x", "role": "owner", "days": 1, "password": PASSWORD }),
        json!({ "label": "x", "role": "viewer", "days": -1, "password": PASSWORD }),
    ] {
        let answer = root.post("/tokens", body).await;
        assert_eq!(answer.outcome(), "422 unprocessable", "{}", answer.text());
    }
    let mut client = server.anonymous();
    for text in ["", "gh_", "x", &format!("gh_{}", "0".repeat(64))] {
        client.token = Some(text.to_owned());
        assert_eq!(
            client.get("/session").await.outcome(),
            "401 unauthorized",
            "{text}"
        );
    }
}

#[tokio::test]
async fn one_account_has_a_bounded_number_of_tokens() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    use server::auth::token::{Insert, MOST_TOKENS, insert};
    for number in 0..MOST_TOKENS {
        let new = Insert {
            account: "root",
            label: "x",
            role: Role::Viewer,
            stores: &[],
            secret: &number.to_string(),
            now: server.state.clock.unix(),
            expires_at: i64::MAX,
        };
        let made = insert(&server.state.db, &new).await.unwrap();
        assert!(made.is_some());
    }
    assert_eq!(
        root.post("/tokens", token("viewer", &[])).await.outcome(),
        "409 conflict"
    );
}

#[tokio::test]
async fn a_token_needs_no_header_against_forgery() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let root = server.administrator().await;
    let script = script(&server, &root, token("administrator", &[])).await;
    // `Client` sends the header with cookies only.
    assert_eq!(
        script
            .put("/stores/alpha/members", json!([]))
            .await
            .outcome(),
        "200"
    );
}
