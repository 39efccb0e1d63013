//! Health, and the check of everything that is stored.

use std::time::Duration;

use server::auth::session;
use server::store::StoreError;
use server::verification;
use tokio::sync::oneshot;

use crate::common::{Client, TestServer};

async fn damage(server: &TestServer, statement: &'static str) {
    let done = sqlx::query(statement)
        .execute(server.state.db.unwatched())
        .await
        .unwrap();
    assert_eq!(done.rows_affected(), 1);
}

/// The first check after a start has no hurry.
async fn checked(client: &Client) -> String {
    for _ in 0..1000 {
        let health = client.get("/health").await;
        if health.json()["checked_at"].is_string() {
            return health.json()["status"].as_str().unwrap().to_owned();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing was checked");
}

#[tokio::test]
async fn health_needs_no_log_in() {
    let server = TestServer::new().await;
    let answer = server.anonymous().get("/health").await;
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        answer.show(),
        format!("200 {{\"status\":\"ok\",\"version\":\"{version}\"}}")
    );
}

#[tokio::test]
async fn health_says_when_the_database_does_not_answer() {
    let server = TestServer::new().await;
    let client = server.anonymous();
    server.state.db.close().await;
    assert_eq!(client.get("/health").await.outcome(), "503 unavailable");
}

#[tokio::test]
async fn damage_is_found_after_the_start_and_shown_to_administrators() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let root = server.administrator().await;
    assert_eq!(root.get("/verification").await.outcome(), "404 not-found");
    let statement = "update object_revision set body = replace(body, 'GOLD', 'GULD')";
    damage(&server, statement).await;
    let state = &server.state;
    let interval = verification::INTERVAL;
    let task = verification::start(state.db.clone(), state.verifications.clone(), interval);
    let stranger = server.anonymous();
    assert_eq!(checked(&stranger).await, "damaged");
    task.abort();

    let found = root.get("/verification").await.json();
    assert_eq!(found["bodies"], 1);
    let words = found["damage"][0].as_str().unwrap();
    assert!(
        words.starts_with("store alpha, object gold, revision 1: "),
        "{words}"
    );
    // Every open page of a store says so.
    let state = root.get("/stores/alpha/state").await.json();
    assert_eq!(state["server"], "damaged");
    // A stranger learns that there is damage and not where.
    assert!(!stranger.get("/health").await.text().contains("gold"));

    damage(
        &server,
        "update object_revision set body = replace(body, 'GULD', 'GOLD')",
    )
    .await;
    let found = root.post("/verification", serde_json::Value::Null).await;
    assert_eq!(found.json()["damage"], serde_json::json!([]));
    assert_eq!(stranger.get("/health").await.json()["status"], "ok");
    let state = root.get("/stores/alpha/state").await.json();
    assert_eq!(state.get("server"), None);
}

#[tokio::test]
async fn a_check_comes_again_after_the_interval() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let state = &server.state;
    let interval = Duration::from_millis(5);
    let task = verification::start(state.db.clone(), state.verifications.clone(), interval);
    let client = server.anonymous();
    assert_eq!(checked(&client).await, "ok");
    damage(
        &server,
        "update object_revision set hash = substr(hash, 2) || 'x'",
    )
    .await;
    let mut status = String::new();
    for _ in 0..1000 {
        status = checked(&client).await;
        if status == "damaged" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(status, "damaged");
    task.abort();
}

#[tokio::test]
async fn an_error_of_any_write_shows_until_a_fresh_connection_has_passed_its_check() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    let client = server.anonymous();
    let token = serde_json::json!({ "label": "x", "role": "viewer", "days": 1, "password": crate::common::PASSWORD });
    let log_in = serde_json::json!({ "name": "nobody", "password": "x" });
    for (method, path, body) in [
        ("POST", "/tokens", Some(token)),
        ("POST", "/session", Some(log_in)),
        ("DELETE", "/session", None),
    ] {
        sqlx::query("pragma query_only = 1")
            .execute(server.state.db.unwatched())
            .await
            .unwrap();
        let answer = root.call(method, path, body).await;
        assert_eq!(answer.outcome(), "503 unavailable", "{path}");
        let status = || async { client.get("/health").await.json()["status"].clone() };
        assert_eq!(status().await, "not-writing", "{path}");
        // The next write has a fresh connection, which is not so.
        let other = server.logged_in("root").await;
        assert_eq!(status().await, "ok");
        assert_eq!(other.get("/tokens").await.outcome(), "200");
    }
}

#[tokio::test]
async fn reading_does_not_wait_for_whoever_writes_and_the_session_stays() {
    let server =
        TestServer::with(|settings| settings.session_idle = Duration::from_secs(600)).await;
    server.store("alpha").await;
    let root = server.administrator().await;
    let change =
        serde_json::json!({ "id": "new", "body": { "kind": "address-group", "name": "NEW" } });
    let edit = serde_json::json!({ "words": "add", "changes": [change] });
    let drafted = root.post("/stores/alpha/draft/edits", edit).await;
    assert_eq!(drafted.outcome(), "200");
    damage(
        &server,
        "update draft set active_at = '2026-01-01T00:00:00Z'",
    )
    .await;
    // An import has the writing connection for as long as it takes.
    let (has_it, had) = oneshot::channel::<()>();
    let (done, end) = oneshot::channel::<()>();
    let db = server.state.db.clone();
    let import = tokio::spawn(async move {
        db.write(async |_| {
            let _ = has_it.send(());
            let _ = end.await;
            Ok::<_, StoreError>(())
        })
        .await
    });
    had.await.unwrap();
    for _ in 0..4 {
        server.advance(Duration::from_secs(400));
        for path in ["/stores", "/stores/alpha/state", "/stores/alpha/draft"] {
            let answer = tokio::time::timeout(Duration::from_secs(1), root.get(path)).await;
            assert_eq!(answer.unwrap().outcome(), "200", "{path}");
        }
    }
    done.send(()).unwrap();
    import.await.unwrap().unwrap();
    // What was used meanwhile is not swept away, and is written down.
    let (state, now) = (&server.state, server.state.clock.unix());
    let limits = state.settings.session_limits();
    session::sweep(&state.db, &state.uses, limits, now)
        .await
        .unwrap();
    assert_eq!(root.get("/stores").await.outcome(), "200");
    let (written,): (i64,) = sqlx::query_as("select max(last_active_at) from session")
        .fetch_one(state.db.read())
        .await
        .unwrap();
    assert_eq!(written, now);
}

#[tokio::test]
async fn a_check_that_cannot_be_done_is_told_and_tried_again() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let root = server.administrator().await;
    let rename = |sql: &'static str| sqlx::query(sql).execute(server.state.db.unwatched());
    rename("alter table draft_change rename to elsewhere")
        .await
        .unwrap();
    let failed = root.post("/verification", serde_json::Value::Null).await;
    assert_eq!(failed.outcome(), "500 internal");
    let status = || async { root.get("/health").await.json()["status"].clone() };
    assert_eq!(status().await, "unchecked");
    let answer = root.get("/verification").await;
    assert_eq!(answer.outcome(), "503 unavailable");
    let words = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(words.contains("the drafts could not be read"), "{words}");

    rename("alter table elsewhere rename to draft_change")
        .await
        .unwrap();
    root.post("/verification", serde_json::Value::Null).await;
    assert_eq!(status().await, "ok");

    // A failure after a check that was done leaves what that one found, and is mended by itself.
    rename("alter table draft_change rename to elsewhere")
        .await
        .unwrap();
    let state = &server.state;
    let interval = Duration::from_millis(20);
    let task = verification::start(state.db.clone(), state.verifications.clone(), interval);
    until(&status, "unchecked").await;
    let found = root.get("/verification").await.json();
    assert_eq!(found["bodies"], 1);
    let reason = found["failure"]["reason"].as_str().unwrap();
    assert!(reason.contains("the drafts could not be read"), "{reason}");
    rename("alter table elsewhere rename to draft_change")
        .await
        .unwrap();
    until(&status, "ok").await;
    task.abort();
}

async fn until(status: &impl AsyncFn() -> serde_json::Value, wanted: &str) {
    for _ in 0..1000 {
        if status().await == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the server never became {wanted}");
}
