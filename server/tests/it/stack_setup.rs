//! The set-up around the policy files of a stack.

use api::account::Role;
use serde_json::json;

use crate::common::TestServer;

#[tokio::test]
async fn the_set_up_follows_my_draft() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let ana = server.member("ana", "alpha", Role::Editor).await;
    let ben = server.member("ben", "alpha", Role::Viewer).await;
    let changes = json!([
        { "id": "i", "body": { "kind": "image", "name": "SYS1", "setup": { "pagent_user": "NOT ONE" } } },
        { "id": "s", "body": { "kind": "stack", "name": "TCPIP", "image": "i" } },
        { "id": "t", "body": { "kind": "stack", "name": "LOST" } },
    ]);
    let edit = json!({ "words": "edit", "changes": changes });
    let draft = ana.post("/stores/alpha/draft/edits", edit).await;
    assert_eq!(draft.status, 200, "{}", draft.text());

    let found = ana.get("/stores/alpha/setup/s").await.json();
    assert_eq!(found["name"], "SYS1.TCPIP");
    let questions = found["questions"].as_array().unwrap();
    let user = questions.iter().find(|one| one["key"] == "pagent_user");
    let user = user.unwrap();
    assert_eq!(
        (&user["level"], &user["answer"]),
        (&json!("image"), &json!("NOT ONE"))
    );
    assert!(
        user["refusal"]
            .as_str()
            .unwrap()
            .contains("not possible here")
    );
    assert!(found["parts"].as_array().unwrap().len() > 3);

    let progress = ana.get("/stores/alpha/setup").await.json();
    assert_eq!(progress[1]["stack"], "s");
    assert!(progress[1]["open"].as_u64().unwrap() > 0);
    assert_eq!(
        progress[0]["refused"],
        "the stack belongs to no system image"
    );
    let none = ana.get("/stores/alpha/setup/t").await;
    assert_eq!(none.outcome(), "422 unprocessable");
    // Another's view has no such stack.
    assert_eq!(ben.get("/stores/alpha/setup/s").await.status, 404);
    assert_eq!(ben.get("/stores/alpha/setup").await.json(), json!([]));
}
