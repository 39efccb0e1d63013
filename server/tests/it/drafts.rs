//! Drafts and locks over HTTP.

use api::account::Role;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::common::{Answer, Client, TestServer};
use crate::stores::{group, saved};

async fn server() -> (TestServer, Client, Client) {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let ana = server.member("ana", "alpha", Role::Editor).await;
    let bo = server.member("bo", "alpha", Role::Editor).await;
    (server, ana, bo)
}

async fn edit(client: &Client, id: &str, etag: Option<&str>, body: Value) -> Answer {
    let mut change = json!({ "id": id, "body": body });
    if let Some(etag) = etag {
        change["etag"] = etag.into();
    }
    let edit = json!({ "words": format!("edit {id}"), "changes": [change] });
    client.post("/stores/alpha/draft/edits", edit).await
}

async fn with_headers(
    client: &Client,
    method: &str,
    path: &str,
    condition: (&str, &str),
    body: Option<Value>,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header(header::HOST, "127.0.0.1:8070")
        .header(header::ORIGIN, "http://127.0.0.1:8070")
        .header(api::ANTI_FORGERY_HEADER, "1")
        .header(condition.0, condition.1);
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    client.send(request.body(body).unwrap()).await
}

#[tokio::test]
async fn two_people_edit_and_see_each_other() {
    let (_server, ana, bo) = server().await;
    saved(&ana, "a", None, group("base")).await;
    let etag = bo
        .get("/stores/alpha/objects/a")
        .await
        .header("etag")
        .to_owned();
    assert_eq!(
        edit(&ana, "a", Some(&etag), group("ana's")).await.status,
        200
    );

    let refused = edit(&bo, "a", Some(&etag), group("bo's")).await;
    assert_eq!(refused.outcome(), "423 locked");
    let conflict = &refused.json()["conflicts"][0];
    assert_eq!(
        (&conflict["name"], &conflict["lock"]["holder"]),
        (&"G".into(), &"ana".into())
    );

    let state = bo.get("/stores/alpha/state").await.json();
    assert_eq!(
        (&state["head"]["number"], &state["locks"][0]["holder"]),
        (&2.into(), &"ana".into())
    );
    assert_eq!(
        (
            &state["editors"][0]["name"],
            &state["editors"][0]["changes"]
        ),
        (&"ana".into(), &1.into())
    );
    assert_eq!(state.get("draft_stored_at"), None);

    let reason = json!({ "reason": "ana is away" });
    let taken = bo.post("/stores/alpha/locks/a/take-over", reason).await;
    assert_eq!(
        (taken.status.as_u16(), &taken.json()["holder"]),
        (200, &"bo".into())
    );
    assert_eq!(edit(&bo, "a", Some(&etag), group("bo's")).await.status, 200);
    assert_eq!(
        bo.post("/stores/alpha/draft/save", json!({ "head": 2 }))
            .await
            .status,
        201
    );

    // A page reads all again when the two times differ, so they agree after a save, too.
    let saved = bo.get("/stores/alpha/draft").await.json();
    let state = bo.get("/stores/alpha/state").await.json();
    assert!(saved["stored_at"].is_string());
    assert_eq!(state["draft_stored_at"], saved["stored_at"]);

    let refused = ana
        .post("/stores/alpha/draft/save", json!({ "head": 2 }))
        .await;
    assert_eq!(refused.outcome(), "409 conflict");
    let conflict = refused.json()["conflicts"][0].clone();
    assert_eq!(
        (&conflict["theirs_author"], &conflict["fields"]),
        (&"bo".into(), &json!(["description"]))
    );
    assert_eq!(
        (
            &conflict["mine"]["description"],
            &conflict["theirs"]["description"]
        ),
        (&"ana's".into(), &"bo's".into())
    );

    // Ana decides, and saves on the newest revision.
    let mine = ana.get("/stores/alpha/draft").await.json()["changes"][0]["etag"].clone();
    let change = json!({ "id": "a", "etag": mine, "body": group("both"), "rebase": conflict["theirs_revision"] });
    let settled = ana
        .post(
            "/stores/alpha/draft/edits",
            json!({ "words": "settle", "changes": [change] }),
        )
        .await;
    assert_eq!(settled.json()["changes"][0]["base"], 3);
    assert_eq!(
        ana.post("/stores/alpha/draft/save", json!({ "head": 3 }))
            .await
            .json()["number"],
        4
    );
}

#[tokio::test]
async fn undo_redo_discard_and_partial_saves() {
    let (_server, ana, _) = server().await;
    edit(&ana, "a", None, group("1")).await;
    let draft = edit(&ana, "b", None, group("2")).await.json();
    assert_eq!(
        (draft["changes"].as_array().unwrap().len(), &draft["undo"]),
        (2, &"edit b".into())
    );
    let draft = ana
        .call("POST", "/stores/alpha/draft/undo", None)
        .await
        .json();
    assert_eq!(
        (draft["changes"].as_array().unwrap().len(), &draft["redo"]),
        (1, &"edit b".into())
    );
    assert_eq!(
        ana.call("POST", "/stores/alpha/draft/redo", None)
            .await
            .status,
        200
    );
    let saved = ana
        .post(
            "/stores/alpha/draft/save",
            json!({ "head": 1, "only": ["a"] }),
        )
        .await;
    assert_eq!(
        (saved.status.as_u16(), &saved.json()["changes"]),
        (201, &1.into())
    );
    let draft = ana
        .post("/stores/alpha/draft/discard", json!({ "only": ["b"] }))
        .await
        .json();
    assert_eq!(draft["changes"], json!([]));
    assert_eq!(ana.get("/stores/alpha/locks").await.text(), "[]");
    assert_eq!(
        ana.post("/stores/alpha/draft/save", json!({ "head": 2 }))
            .await
            .outcome(),
        "409 conflict"
    );
}

#[tokio::test]
async fn single_objects_of_the_draft_go_by_etags() {
    let (_server, ana, _) = server().await;
    let path = "/stores/alpha/draft/objects/a";
    assert_eq!(ana.get(path).await.outcome(), "404 not-found");
    let made = with_headers(&ana, "PUT", path, ("if-none-match", "*"), Some(group("1"))).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let again = with_headers(&ana, "PUT", path, ("if-none-match", "*"), Some(group("1"))).await;
    assert_eq!(again.outcome(), "412 precondition-failed");
    let shown = ana.get(path).await;
    let etag = shown.header("etag").to_owned();
    assert_eq!(shown.json()["body"]["description"], "1");
    let wrong = with_headers(&ana, "PUT", path, ("if-match", "\"x\""), Some(group("2"))).await;
    assert_eq!(wrong.outcome(), "412 precondition-failed");
    assert_eq!(
        with_headers(&ana, "PUT", path, ("if-match", &etag), Some(group("2")))
            .await
            .status,
        200
    );
    let etag = ana.get(path).await.header("etag").to_owned();
    assert_eq!(
        with_headers(&ana, "DELETE", path, ("if-match", &etag), None)
            .await
            .status,
        200
    );
    assert_eq!(ana.get(path).await.outcome(), "404 not-found");
    assert_eq!(
        with_headers(&ana, "DELETE", path, ("if-match", "*"), None)
            .await
            .outcome(),
        "400 bad-request"
    );
    // An object of the newest revision is deleted in the draft and still there for others.
    let gold = "/stores/alpha/draft/objects/gold";
    let etag = ana.get(gold).await.header("etag").to_owned();
    let refused = with_headers(&ana, "DELETE", gold, ("if-match", &etag), None).await;
    assert_eq!(
        refused.json()["detail"],
        "`GOLD` comes with Gatehouse: it can be copied, not changed or deleted."
    );
}

#[tokio::test]
async fn bodies_that_are_no_edit_change_nothing() {
    let (_server, ana, _) = server().await;
    for body in [
        json!({}),
        json!({ "words": "x", "changes": [] }),
        json!({ "words": "", "changes": [{ "id": "a", "body": group("") }] }),
        json!({ "words": "x", "changes": [{ "id": "a", "body": { "kind": "nothing" } }] }),
        json!({ "words": "x", "changes": [{ "id": "a", "body": { "kind": "address-group", "owner": "x" } }] }),
        json!({ "words": "x", "changes": [{ "id": "../a", "body": group("") }] }),
        json!({ "words": "x", "changes": [{ "id": "a", "body": group("") }], "user": "bo" }),
        json!({ "words": "x\ny", "changes": [{ "id": "a", "body": group("") }] }),
    ] {
        let answer = ana.post("/stores/alpha/draft/edits", body.clone()).await;
        assert_eq!(answer.outcome(), "422 unprocessable", "{body}");
    }
    assert_eq!(
        ana.get("/stores/alpha/draft").await.json()["changes"],
        json!([])
    );
}

#[tokio::test]
async fn the_audit_tells_who_did_what() {
    let (server, ana, bo) = server().await;
    edit(&ana, "a", None, group("1")).await;
    bo.post(
        "/stores/alpha/locks/a/take-over",
        json!({ "reason": "urgent" }),
    )
    .await;
    bo.delete("/stores/alpha/locks/a").await;
    ana.post("/stores/alpha/draft/save", json!({ "head": 1 }))
        .await;
    let audit = bo.get("/stores/alpha/audit").await.json();
    let lines: Vec<_> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["who"].as_str().unwrap(),
                line["action"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("ana", "save"),
            ("bo", "take-over"),
            ("test", "create-store")
        ]
    );
    assert_eq!(audit["items"][0]["from"], "127.0.0.1");
    assert_eq!(audit["items"][0]["details"]["objects"][0]["name"], "G");
    let mut connection = server.state.db.read().acquire().await.unwrap();
    assert_eq!(
        server::store::audit::verify(&mut connection).await.unwrap(),
        3
    );
}
