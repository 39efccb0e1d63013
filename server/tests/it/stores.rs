//! Stores, revisions and objects over HTTP.

use api::account::Role;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::common::{Answer, Client, TestServer};

/// A server with the stores `alpha` and `beta` and an editor of `alpha`.
async fn server() -> (TestServer, Client) {
    let server = TestServer::new().await;
    server.store("alpha").await;
    server.store("beta").await;
    let ana = server.member("ana", "alpha", Role::Editor).await;
    (server, ana)
}

pub fn group(description: &str) -> Value {
    json!({ "kind": "address-group", "name": "G", "description": description, "addresses": [] })
}

/// Edits an object, new or as it is, and saves.
pub async fn saved(client: &Client, id: &str, etag: Option<&str>, body: Value) -> Value {
    let mut change = json!({ "id": id, "body": body });
    if let Some(etag) = etag {
        change["etag"] = etag.into();
    }
    let edit = json!({ "words": "edit", "changes": [change] });
    let draft = client.post("/stores/alpha/draft/edits", edit).await;
    assert_eq!(draft.status, 200, "{}", draft.text());
    let save = json!({ "head": draft.json()["head"], "comment": "saved" });
    let answer = client.post("/stores/alpha/draft/save", save).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

async fn conditional(client: &Client, path: &str, etag: &str) -> Answer {
    let request = Request::get(format!("/api/v1{path}"))
        .header(header::IF_NONE_MATCH, etag)
        .body(Body::empty())
        .unwrap();
    client.send(request).await
}

#[tokio::test]
async fn a_store_is_made_by_anybody_who_is_then_its_administrator() {
    let (server, ana) = server().await;
    let made = ana
        .post("/stores", json!({ "name": "GAMMA", "description": "test" }))
        .await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    assert_eq!(
        (&made["role"], &made["revision"], &made["objects"]),
        (&"administrator".into(), &1.into(), &1.into())
    );
    assert_eq!(
        ana.post("/stores", json!({ "name": "gamma" }))
            .await
            .outcome(),
        "409 conflict"
    );
    assert_eq!(
        ana.post("/stores", json!({ "name": "a b" }))
            .await
            .outcome(),
        "422 unprocessable"
    );
    assert_eq!(
        ana.post("/stores", json!({ "name": "x", "owner": "y" }))
            .await
            .outcome(),
        "422 unprocessable"
    );

    let names = |answer: Answer| -> Vec<String> {
        answer
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|store| store["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(ana.get("/stores").await), ["alpha", "GAMMA"]);
    let root = server.administrator().await;
    assert_eq!(names(root.get("/stores").await), ["alpha", "beta", "GAMMA"]);
    assert_eq!(
        ana.get("/stores/GAMMA/members").await.text(),
        r#"[{"name":"ana","role":"administrator"}]"#
    );
}

#[tokio::test]
async fn a_store_is_renamed_archived_and_purged_with_its_members() {
    let (server, _) = server().await;
    let root = server.administrator().await;
    let answer = root
        .patch(
            "/stores/alpha",
            json!({ "name": "omega", "archived": true }),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(root.get("/stores/alpha").await.outcome(), "404 not-found");
    let edit = json!({ "words": "x", "changes": [{ "id": "a", "body": group("") }] });
    assert_eq!(
        root.post("/stores/omega/draft/edits", edit).await.outcome(),
        "409 conflict"
    );
    let wrong = root
        .call(
            "DELETE",
            "/stores/omega",
            Some(json!({ "confirm_name": "alpha" })),
        )
        .await;
    assert_eq!(wrong.outcome(), "422 unprocessable");
    let gone = root
        .call(
            "DELETE",
            "/stores/omega",
            Some(json!({ "confirm_name": "omega" })),
        )
        .await;
    assert_eq!(gone.status, 204);
    let (members,): (i64,) = sqlx::query_as("select count(*) from member")
        .fetch_one(server.state.db.read())
        .await
        .unwrap();
    assert_eq!(members, 0);
    let audit = root.get("/audit?limit=2").await.json();
    assert_eq!(
        (&audit["items"][0]["action"], &audit["items"][0]["store"]),
        (&"purge-store".into(), &"omega".into())
    );
    assert_eq!(audit["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn objects_have_etags_and_come_in_windows() {
    let (_server, ana) = server().await;
    for id in ["a", "b", "c"] {
        saved(&ana, id, None, group(id)).await;
    }
    let one = ana.get("/stores/alpha/objects/a").await;
    let etag = one.header("etag").to_owned();
    assert_eq!(one.json()["etag"], etag.as_str());
    assert_eq!(one.json()["since_revision"], 2);
    assert_eq!(
        conditional(&ana, "/stores/alpha/objects/a", &etag)
            .await
            .status,
        304
    );
    assert_eq!(
        conditional(&ana, "/stores/alpha/objects/a", "\"x\"")
            .await
            .status,
        200
    );

    let window = ana
        .get("/stores/alpha/objects?kind=address-group&offset=1&limit=1")
        .await
        .json();
    assert_eq!(
        (
            &window["total"],
            &window["offset"],
            &window["items"][0]["id"]
        ),
        (&3.into(), &1.into(), &"b".into())
    );
    assert_eq!(
        ana.get("/stores/alpha/objects?kind=x").await.outcome(),
        "422 unprocessable"
    );
    assert_eq!(
        ana.get("/stores/alpha/objects?limit=x").await.outcome(),
        "400 bad-request"
    );
    assert_eq!(
        ana.get("/stores/alpha/objects/x").await.outcome(),
        "404 not-found"
    );
    assert_eq!(
        ana.get("/stores/alpha/objects/a?revision=1")
            .await
            .outcome(),
        "404 not-found"
    );
    assert_eq!(
        ana.get("/stores/alpha/objects/a?revision=9")
            .await
            .outcome(),
        "404 not-found"
    );

    let all = ana.get("/stores/alpha/configuration?revision=2").await;
    assert_eq!(
        (
            &all.json()["revision"],
            all.json()["objects"].as_array().unwrap().len()
        ),
        (&2.into(), 2)
    );
    let etag = all.header("etag").to_owned();
    assert_eq!(
        conditional(&ana, "/stores/alpha/configuration?revision=2", &etag)
            .await
            .status,
        304
    );
    assert_eq!(
        conditional(&ana, "/stores/alpha/configuration?revision=3", &etag)
            .await
            .status,
        200
    );
    let revisions = ana.get("/stores/alpha/revisions?limit=2").await.json();
    assert_eq!(
        (&revisions["total"], &revisions["items"][0]["number"]),
        (&4.into(), &4.into())
    );
    let history = ana.get("/stores/alpha/objects/a/history").await.json();
    assert_eq!(
        (&history["total"], &history["items"][0]["author"]),
        (&1.into(), &"ana".into())
    );
}

#[tokio::test]
async fn revisions_are_compared_and_brought_back() {
    let (_server, ana) = server().await;
    saved(&ana, "a", None, group("one")).await;
    let etag = ana
        .get("/stores/alpha/objects/a")
        .await
        .header("etag")
        .to_owned();
    saved(&ana, "a", Some(&etag), group("two")).await;
    let words = ana.get("/stores/alpha/compare?from=2&to=3").await.json();
    assert_eq!(
        words,
        json!([{ "object": "a", "kind": "address-group", "name": "G", "words": ["Address group G: description changed"] }])
    );
    let stale = ana
        .post("/stores/alpha/restore", json!({ "revision": 2, "head": 2 }))
        .await;
    assert_eq!(stale.outcome(), "412 precondition-failed");
    let made = ana
        .post(
            "/stores/alpha/restore",
            json!({ "revision": 2, "head": 3, "object": "a" }),
        )
        .await;
    assert_eq!(
        (made.status.as_u16(), &made.json()["restored_from"]),
        (201, &2.into())
    );
    assert_eq!(
        ana.get("/stores/alpha/objects/a").await.header("etag"),
        etag
    );
}

#[tokio::test]
async fn stores_are_apart() {
    let (server, ana) = server().await;
    saved(&ana, "a", None, group("alpha's")).await;
    saved(&ana, "b", None, group("alpha's")).await;
    let root = server.administrator().await;
    for path in [
        "objects/a",
        "objects/a/history",
        "objects/a?revision=1",
        "revisions/2",
        "configuration?revision=2",
        "draft/objects/a",
        "compare?from=1&to=2",
        "export?from=2",
    ] {
        assert_eq!(
            root.get(&format!("/stores/beta/{path}")).await.outcome(),
            "404 not-found",
            "{path}"
        );
    }
    ana.post(
        "/stores/alpha/draft/edits",
        json!({ "words": "x", "changes": [{ "id": "n", "body": group("") }] }),
    )
    .await;
    assert_eq!(root.get("/stores/beta/locks").await.text(), "[]");
    let taken = root
        .post("/stores/beta/locks/n/take-over", json!({ "reason": "x" }))
        .await;
    assert_eq!(taken.outcome(), "404 not-found");
    assert_eq!(
        root.delete("/stores/beta/locks/n").await.outcome(),
        "404 not-found"
    );
    // The same id is free in the other store.
    let edit = json!({ "words": "x", "changes": [{ "id": "n", "body": group("") }] });
    assert_eq!(
        root.post("/stores/beta/draft/edits", edit).await.status,
        200
    );
    // And a member of one does not see the other at all.
    for path in ["", "/draft", "/state", "/audit", "/objects/gold"] {
        assert_eq!(
            ana.get(&format!("/stores/beta{path}")).await.outcome(),
            "404 not-found",
            "{path}"
        );
    }
}

#[tokio::test]
async fn damage_is_a_problem_that_names_the_place() {
    let (server, ana) = server().await;
    saved(&ana, "a", None, group("1414")).await;
    sqlx::query("update object_revision set body = replace(body, '1414', '1415')")
        .execute(server.state.db.unwatched())
        .await
        .unwrap();
    let answer = ana.get("/stores/alpha/objects/a").await;
    assert_eq!(answer.outcome(), "500 damaged");
    assert!(
        answer.text().contains("store alpha, object a, revision 2"),
        "{}",
        answer.text()
    );
    assert!(!answer.text().contains("1415"));
    let all = "/stores/alpha/configuration?revision=2";
    assert_eq!(ana.get(all).await.outcome(), "500 damaged");
    let root = server.administrator().await;
    let found = root.call("POST", "/verification", None).await.json();
    assert_eq!(found["damage"].as_array().unwrap().len(), 1);
    assert_eq!(found["bodies"], 3);
}

#[tokio::test]
async fn a_frozen_store_says_who_and_why() {
    let (server, ana) = server().await;
    let root = server.administrator().await;
    let frozen = root
        .put(
            "/stores/alpha/freeze",
            json!({ "reason": "change window", "until": "Sunday" }),
        )
        .await;
    assert_eq!(
        (&frozen.json()["by"], &frozen.json()["until"]),
        (&"root".into(), &"Sunday".into())
    );
    ana.post(
        "/stores/alpha/draft/edits",
        json!({ "words": "x", "changes": [{ "id": "a", "body": group("") }] }),
    )
    .await;
    let answer = ana
        .post("/stores/alpha/draft/save", json!({ "head": 1 }))
        .await;
    assert_eq!(
        answer.json()["detail"],
        "The store is frozen by root: change window."
    );
    assert_eq!(
        ana.get("/stores/alpha/state").await.json()["frozen"]["reason"],
        "change window"
    );
    assert_eq!(root.delete("/stores/alpha/freeze").await.status, 204);
    assert_eq!(
        ana.post("/stores/alpha/draft/save", json!({ "head": 1 }))
            .await
            .status,
        201
    );
}
