//! What is wrong with a request is said in a problem document, and nothing else is said.

use axum::body::Body;
use axum::http::Request;

use serde_json::json;

use crate::common::{Answer, TestServer};

async fn send(server: &TestServer, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post("/api/v1/session")
        .header("content-type", kind)
        .header("x-gatehouse", "1")
        .body(body.into())
        .unwrap();
    server.anonymous().send(request).await
}

#[tokio::test]
async fn bad_bodies_are_problems() {
    let server = TestServer::new().await;
    let json = "application/json";
    let deep = format!("{{\"name\":{}", "[".repeat(10_000));
    let cases: [(&str, &str, &[u8], &str); 12] = [
        ("empty", json, b"", "400 bad-request"),
        ("cut off", json, b"{\"name\":", "400 bad-request"),
        (
            "not UTF-8",
            json,
            b"{\"name\":\"\xff\",\"password\":\"x\"}",
            "400 bad-request",
        ),
        ("deep", json, deep.as_bytes(), "422 unprocessable"),
        (
            "two values",
            json,
            b"{\"name\":\"a\",\"password\":\"b\"}{}",
            "400 bad-request",
        ),
        (
            "other type",
            json,
            b"{\"name\":1,\"password\":\"x\"}",
            "422 unprocessable",
        ),
        ("no object", json, b"\"x\"", "422 unprocessable"),
        ("a list", json, b"[]", "422 unprocessable"),
        (
            "unknown field",
            json,
            b"{\"name\":\"a\",\"password\":\"b\",\"x\":1}",
            "422 unprocessable",
        ),
        (
            "twice",
            json,
            b"{\"name\":\"a\",\"name\":\"b\",\"password\":\"c\"}",
            "422 unprocessable",
        ),
        (
            "form",
            "application/x-www-form-urlencoded",
            b"name=a",
            "415 unsupported-media-type",
        ),
        (
            "text",
            "text/plain",
            b"{\"name\":\"a\",\"password\":\"b\"}",
            "415 unsupported-media-type",
        ),
    ];
    for (name, kind, body, expected) in cases {
        let answer = send(&server, kind, body.to_vec()).await;
        assert_eq!(answer.outcome(), expected, "{name}: {}", answer.text());
        let text = answer.text();
        for word in [
            "serde", "axum", "sqlx", "struct", ".rs", "LogIn", "panicked",
        ] {
            assert!(!text.contains(word), "{name}: {text}");
        }
    }
    let accepted = send(
        &server,
        "application/json; charset=UTF-8",
        "{\"name\":\"a\",\"password\":\"b\"}",
    )
    .await;
    assert_eq!(accepted.outcome(), "401 log-in-refused");
    let other = send(&server, "application/json; charset=utf-16", "{}").await;
    assert_eq!(other.outcome(), "415 unsupported-media-type");
}

#[tokio::test]
async fn deep_json_is_refused_for_every_type() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let root = server.administrator().await;
    let request = Request::put("/api/v1/stores/alpha/members")
        .header("content-type", "application/json")
        .header("x-gatehouse", "1")
        .body(Body::from("[".repeat(1_000_000)))
        .unwrap();
    let answer = root.send(request).await;
    assert!(answer.status.is_client_error());
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_too_large() {
    let server = TestServer::with(|s| s.limits.body_bytes = 1000).await;
    server.store("alpha").await;
    let root = server.administrator().await;
    let members = json!([{ "name": "x".repeat(1000), "role": "viewer" }]);
    let answer = root.put("/stores/alpha/members", members).await;
    assert_eq!(answer.outcome(), "413 too-large");
}

#[tokio::test]
async fn before_log_in_little_is_taken() {
    let server = TestServer::new().await;
    let long = |len: usize| format!("{{\"name\":\"a\",\"password\":\"{}\"}}", "x".repeat(len));
    let answer = send(&server, "application/json", long(1000)).await;
    assert_ne!(answer.outcome(), "413 too-large");
    let answer = send(&server, "application/json", long(17_000)).await;
    assert_eq!(answer.outcome(), "413 too-large");
    let setup = Request::post("/api/v1/setup")
        .header("content-type", "application/json")
        .header("x-gatehouse", "1")
        .body(Body::from(long(17_000)))
        .unwrap();
    assert_eq!(
        server.anonymous().send(setup).await.outcome(),
        "413 too-large"
    );
}

#[tokio::test]
async fn a_body_that_drips_is_ended() {
    let server = TestServer::new().await;
    tokio::time::pause();
    let drops = futures_util::stream::unfold((), |()| async {
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        Some((Ok::<_, std::io::Error>("x"), ()))
    });
    let answer = send(&server, "application/json", Body::from_stream(drops)).await;
    assert_eq!(answer.outcome(), "408 request-timeout");
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    for path in [
        "/nothing",
        "/",
        "",
        "/tokens/abc",
        "/tokens/99999999999999999999",
    ] {
        let method = if path.starts_with("/tokens") {
            "DELETE"
        } else {
            "GET"
        };
        let answer = root.call(method, path, None).await;
        assert_eq!(answer.outcome(), "404 not-found", "{path}");
    }
    for method in ["PUT", "OPTIONS", "TRACE", "PROPFIND", "CONNECT"] {
        let answer = root.call(method, "/health", None).await;
        assert_eq!(answer.outcome(), "405 method-not-allowed", "{method}");
    }
    let request = Request::get("/api").body(Body::empty()).unwrap();
    assert_eq!(root.send(request).await.outcome(), "404 not-found");
}

#[tokio::test]
async fn an_error_of_the_server_says_nothing_but_its_number() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    sqlx::query("alter table account rename column last_log_in_at to gone")
        .execute(server.state.db.unwatched())
        .await
        .unwrap();
    let answer = root.get("/accounts").await;
    assert_eq!(answer.outcome(), "500 internal");
    let id = answer.header("x-request-id").to_owned();
    assert_eq!(id.len(), 16);
    insta::assert_snapshot!(answer.text().replace(&id, "ID"), @r#"{"type":"urn:gatehouse:problem:internal","code":"internal","title":"The server made an error.","status":500,"detail":"The server's log has the particulars under ID."}"#);
}

#[tokio::test]
async fn names_with_markup_come_back_as_text() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    let label = "<img src=x onerror=alert(1)>\r\nX: y";
    let body = serde_json::json!({ "label": label, "role": "viewer", "days": 1, "password": crate::common::PASSWORD });
    let answer = root.post("/tokens", body).await;
    assert_eq!(answer.json()["token"]["label"], label);
    assert_eq!(
        answer.header("content-type"),
        "application/json; charset=utf-8"
    );
}

#[tokio::test]
async fn a_full_disk_is_said_and_saving_works_again_when_there_is_room() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    let limit = |pages: &'static str| sqlx::query(pages).execute(server.state.db.unwatched());
    // SQLite takes the present size when the number is smaller.
    limit("pragma max_page_count = 1").await.unwrap();
    let body = |n: i32| serde_json::json!({ "label": "x".repeat(100), "role": "viewer", "days": n, "password": crate::common::PASSWORD });
    let mut outcomes = Vec::new();
    for n in 1..=100 {
        outcomes.push(root.post("/tokens", body(n)).await.outcome());
    }
    assert!(
        outcomes.iter().any(|o| o == "507 disk-full"),
        "{outcomes:?}"
    );
    assert!(outcomes.iter().all(|o| o == "507 disk-full" || o == "201"));
    assert_eq!(root.get("/tokens").await.outcome(), "200");
    limit("pragma max_page_count = 1000000").await.unwrap();
    assert_eq!(root.post("/tokens", body(1)).await.outcome(), "201");
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_unavailable() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    sqlx::query("pragma query_only = 1")
        .execute(server.state.db.unwatched())
        .await
        .unwrap();
    let body = serde_json::json!({ "label": "x", "role": "viewer", "days": 1, "password": crate::common::PASSWORD });
    assert_eq!(
        root.post("/tokens", body).await.outcome(),
        "503 unavailable"
    );
    // Reading goes on, though the last use of the session cannot be noted.
    server.advance(std::time::Duration::from_secs(120));
    assert_eq!(root.get("/tokens").await.outcome(), "200");
}
