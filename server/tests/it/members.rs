//! Members of stores.

use api::account::Role;
use serde_json::json;

use crate::common::TestServer;

#[tokio::test]
async fn members_are_replaced_as_a_whole() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let anna = server.member("Anna", "alpha", Role::Administrator).await;
    let bert = server.member("bert", "alpha", Role::Viewer).await;
    let body =
        json!([{ "name": "anna", "role": "administrator" }, { "name": "bert", "role": "editor" }]);
    let answer = anna.put("/stores/alpha/members", body).await;
    insta::assert_snapshot!(answer.show(), @r#"200 [{"name":"Anna","role":"administrator"},{"name":"bert","role":"editor"}]"#);
    let body = json!([{ "name": "anna", "role": "administrator" }]);
    anna.put("/stores/alpha/members", body).await;
    assert_eq!(server.audit.actions().last().unwrap().1, "member");
    assert_eq!(
        bert.get("/stores/alpha/members").await.outcome(),
        "404 not-found"
    );
}

#[tokio::test]
async fn a_bad_list_changes_nothing() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let anna = server.member("anna", "alpha", Role::Administrator).await;
    let before = anna.get("/stores/alpha/members").await.text();
    for body in [
        json!([{ "name": "nobody", "role": "viewer" }]),
        json!([{ "name": "anna", "role": "viewer" }, { "name": "ANNA", "role": "editor" }]),
        json!([{ "name": "anna", "role": "owner" }]),
        json!([{ "name": "anna", "role": "viewer", "store": "beta" }]),
        json!({ "name": "anna" }),
    ] {
        let answer = anna.put("/stores/alpha/members", body).await;
        assert_eq!(answer.outcome(), "422 unprocessable", "{}", answer.text());
    }
    assert_eq!(anna.get("/stores/alpha/members").await.text(), before);
}

#[tokio::test]
async fn a_store_that_one_may_not_see_answers_as_one_that_is_not_there() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    server.account("anna", false).await;
    let anna = server.logged_in("anna").await;
    let hidden = anna.get("/stores/alpha/members").await.text();
    let missing = anna.get("/stores/gamma/members").await.text();
    assert_eq!(hidden.replace("alpha", "gamma"), missing);
}
