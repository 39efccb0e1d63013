//! Export, import and copies over HTTP.

use std::sync::Arc;

use api::account::Role;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;
use tokio::sync::Notify;

use crate::common::{Answer, Client, TestServer};
use crate::stores::{group, saved};

async fn upload(client: &Client, query: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(format!("/api/v1/store-imports?{query}"))
        .header(header::HOST, "127.0.0.1:8070")
        .header(header::ORIGIN, "http://127.0.0.1:8070")
        .header(api::ANTI_FORGERY_HEADER, "1")
        .header(header::CONTENT_TYPE, "application/x-ndjson")
        .body(body.into())
        .unwrap();
    client.send(request).await
}

async fn server() -> (TestServer, Client) {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let ana = server.member("ana", "alpha", Role::Editor).await;
    saved(&ana, "a", None, group("one")).await;
    saved(&ana, "b", None, group(&"long ".repeat(2000))).await;
    (server, ana)
}

#[tokio::test]
async fn an_export_is_imported_and_exports_to_the_same_bytes() {
    let (server, ana) = server().await;
    let file = ana.get("/stores/alpha/export").await;
    assert_eq!(
        file.header("content-type"),
        "application/x-ndjson; charset=utf-8"
    );
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"alpha.gatehouse.ndjson\""
    );
    let made = upload(&ana, "name=copy", file.body.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(
        (&made.json()["revision"], &made.json()["role"]),
        (&3.into(), &"administrator".into())
    );
    assert_eq!(ana.get("/stores/copy/export").await.body, file.body);
    assert_eq!(
        upload(&ana, "name=copy", file.body.clone()).await.outcome(),
        "409 conflict"
    );

    let part = ana.get("/stores/alpha/export?from=3").await.text();
    assert_eq!(
        part.lines()
            .filter(|line| line.starts_with("{\"revision\""))
            .count(),
        1
    );
    // The file has no name any more: only the database and what belongs to it is there.
    let names = std::fs::read_dir(server.dir.path()).unwrap();
    assert!(names.flatten().all(|entry| {
        entry
            .file_name()
            .to_string_lossy()
            .starts_with("gatehouse.")
    }));
}

#[tokio::test]
async fn a_damaged_file_is_refused_with_its_line_and_leaves_nothing() {
    let (_server, ana) = server().await;
    let text = ana
        .get("/stores/alpha/export")
        .await
        .text()
        .replacen("one", "two", 1);
    let refused = upload(&ana, "name=copy", text).await;
    assert_eq!(refused.outcome(), "422 unprocessable");
    assert_eq!(
        refused.json()["detail"],
        "Line 5: the body does not have its hash: it was changed. Nothing was imported."
    );
    assert_eq!(ana.get("/stores/copy").await.outcome(), "404 not-found");
    assert_eq!(
        upload(&ana, "name=copy", "").await.outcome(),
        "422 unprocessable"
    );
    let large = vec![b' '; (64 << 20) + 1];
    assert_eq!(
        upload(&ana, "name=copy", large).await.outcome(),
        "413 too-large"
    );
}

/// A body that does not come to its end, and tells when somebody waits for it.
fn endless(waited_for: &Arc<Notify>) -> Body {
    let waited_for = waited_for.clone();
    Body::from_stream(futures_util::stream::poll_fn(move |_| {
        waited_for.notify_one();
        std::task::Poll::<Option<Result<Vec<u8>, std::io::Error>>>::Pending
    }))
}

#[tokio::test]
async fn uploads_that_do_not_end_keep_nobody_else_waiting() {
    let (server, ana) = server().await;
    let bo = server.member("bo", "alpha", Role::Editor).await;
    let file = ana.get("/stores/alpha/export").await;
    let mut slow = Vec::new();
    for name in ["one", "two"] {
        let waited_for = Arc::new(Notify::new());
        let (client, body) = (ana.clone(), endless(&waited_for));
        slow.push(tokio::spawn(async move {
            upload(&client, &format!("name={name}"), body).await
        }));
        waited_for.notified().await;
    }
    // One's own have a bound; others do not wait for them, nor does an export.
    let third = upload(&ana, "name=three", file.body.clone()).await;
    assert_eq!(third.outcome(), "429 too-many-requests");
    let made = upload(&bo, "name=four", file.body.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(ana.get("/stores/alpha/export").await.body, file.body);
    for upload in slow {
        upload.abort();
        assert!(upload.await.is_err_and(|error| error.is_cancelled()));
    }
    let made = upload(&ana, "name=three", file.body).await;
    assert_eq!(made.status, 201, "{}", made.text());
}

#[tokio::test]
async fn files_of_a_server_that_ended_are_taken_away_at_the_start() {
    let (server, ana) = server().await;
    let file = |name: &str| server.dir.path().join(name);
    for name in ["export-0123.tmp", "import-0123.tmp", "import-mine.txt"] {
        std::fs::write(file(name), "left").unwrap();
    }
    let body = ana.get("/stores/alpha/export").await.body;
    assert_eq!(upload(&ana, "name=copy", body).await.status, 201);
    let left = "update store set name = '/0123' where name = 'copy'";
    let done = sqlx::query(left).execute(server.state.db.unwatched());
    done.await.unwrap();
    assert_eq!(ana.get("/stores/%2F0123").await.outcome(), "404 not-found");
    let clearing = server::routes::transfers::sweep(&server.state).await;
    clearing.unwrap().await.unwrap();
    assert!(!file("export-0123.tmp").exists() && !file("import-0123.tmp").exists());
    assert!(file("import-mine.txt").exists());
    let stores: i64 = sqlx::query_scalar("select count(*) from store")
        .fetch_one(server.state.db.read())
        .await
        .unwrap();
    assert_eq!(stores, 1);
}

#[tokio::test]
async fn a_copy_needs_the_right_to_read_its_source() {
    let (server, ana) = server().await;
    server.store("beta").await;
    let copy = |store: &str, name: &str| json!({ "name": name, "copy_of": { "store": store, "revision": 2 } });
    let made = ana.post("/stores", copy("alpha", "mine")).await.json();
    assert_eq!(
        (&made["revision"], &made["objects"]),
        (&1.into(), &2.into())
    );
    assert_eq!(
        ana.post("/stores", copy("beta", "yours")).await.outcome(),
        "404 not-found"
    );
    let missing = json!({ "name": "x", "copy_of": { "store": "alpha", "revision": 9 } });
    assert_eq!(
        ana.post("/stores", missing).await.outcome(),
        "404 not-found"
    );
}
