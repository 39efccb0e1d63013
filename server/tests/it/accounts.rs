//! Accounts and passwords.

use std::time::Duration;

use serde_json::json;

use crate::common::{Client, PASSWORD, TestServer};

const NEW: &str = "wolkenbank 12";

/// The password of whoever asks.
fn own() -> serde_json::Value {
    json!({ "password": PASSWORD })
}

async fn made(server: &TestServer, root: &Client, name: &str) -> String {
    let answer = root
        .post("/accounts", json!({ "name": name, "password": PASSWORD }))
        .await;
    assert_eq!(answer.outcome(), "201");
    assert!(
        !server
            .audit
            .text()
            .contains(answer.json()["password"].as_str().unwrap())
    );
    answer.json()["password"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_account_must_change_its_random_password_first() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    let first = made(&server, &root, "anna").await;
    assert_eq!(first.len(), 23);
    let mut anna = server.anonymous();
    let answer = anna.log_in("anna", &first).await;
    assert_eq!(answer.json()["must_change_password"], true);
    assert_eq!(
        anna.get("/tokens").await.outcome(),
        "403 password-change-required"
    );
    let change = json!({ "old": first, "new": NEW });
    let answer = anna.put("/account/password", change).await;
    assert_eq!(answer.outcome(), "204");
    anna.keep_cookie(&answer);
    assert_eq!(anna.get("/tokens").await.outcome(), "200");
    assert_eq!(
        anna.get("/session").await.json()["must_change_password"],
        false
    );
    assert_eq!(
        server.anonymous().log_in("anna", &first).await.outcome(),
        "401 log-in-refused"
    );
    assert_eq!(
        server.anonymous().log_in("anna", NEW).await.outcome(),
        "200"
    );
}

#[tokio::test]
async fn a_first_password_lapses_after_three_days() {
    let server = TestServer::with(|s| {
        s.session_idle = Duration::from_secs(10 * 86_400);
        s.session_absolute = Duration::from_secs(10 * 86_400);
    })
    .await;
    let root = server.administrator().await;
    let first = made(&server, &root, "anna").await;
    let mut anna = server.anonymous();
    anna.log_in("anna", &first).await;
    server.advance(Duration::from_secs(3 * 86_400));
    assert_eq!(anna.get("/session").await.outcome(), "401 unauthorized");
    assert_eq!(
        anna.log_in("anna", &first).await.outcome(),
        "401 log-in-refused"
    );
    let again = root.post("/accounts/anna/password", own()).await;
    let second = again.json()["password"].as_str().unwrap().to_owned();
    assert_eq!(anna.log_in("anna", &second).await.outcome(), "200");
}

#[tokio::test]
async fn a_change_of_password_asks_for_the_old_one_and_ends_other_sessions() {
    let server = TestServer::new().await;
    server.account("anna", false).await;
    let mut here = server.logged_in("anna").await;
    let elsewhere = server.logged_in("anna").await;
    let wrong = json!({ "old": "wrong wrong", "new": NEW });
    assert_eq!(
        here.put("/account/password", wrong).await.outcome(),
        "403 forbidden"
    );
    assert_eq!(elsewhere.get("/session").await.outcome(), "200");
    let old_cookie = here.clone();
    let right = json!({ "old": PASSWORD, "new": NEW });
    let answer = here.put("/account/password", right).await;
    assert_eq!(answer.outcome(), "204");
    here.keep_cookie(&answer);
    assert_eq!(here.get("/session").await.outcome(), "200");
    assert_eq!(
        elsewhere.get("/session").await.outcome(),
        "401 unauthorized"
    );
    assert_eq!(
        old_cookie.get("/session").await.outcome(),
        "401 unauthorized"
    );
}

#[tokio::test]
async fn new_passwords_follow_the_rules() {
    let server = TestServer::new().await;
    server.account("anna-luise", false).await;
    let mut anna = server.logged_in("anna-luise").await;
    for bad in [
        "kurz 12",
        "password1",
        "Anna-Luise",
        PASSWORD,
        &"x ".repeat(600),
    ] {
        let body = json!({ "old": PASSWORD, "new": bad });
        let answer = anna.put("/account/password", body).await;
        assert_eq!(answer.outcome(), "422 unprocessable", "{bad}");
    }
    // Nothing is cut off: two that differ at character 65 are two.
    let long = format!("{}ab", "wolkenbank 8 ".repeat(5));
    assert_eq!(long.len(), 67);
    let body = json!({ "old": PASSWORD, "new": long });
    let answer = anna.put("/account/password", body).await;
    assert_eq!(answer.outcome(), "204");
    anna.keep_cookie(&answer);
    let other = long.replace("ab", "cb");
    assert_eq!(
        server
            .anonymous()
            .log_in("anna-luise", &other)
            .await
            .outcome(),
        "401 log-in-refused"
    );
    assert_eq!(
        server
            .anonymous()
            .log_in("anna-luise", &long)
            .await
            .outcome(),
        "200"
    );
}

#[tokio::test]
async fn guessing_the_old_password_is_throttled_too() {
    let server = TestServer::new().await;
    server.account("anna", false).await;
    let anna = server.logged_in("anna").await;
    let mut last = String::new();
    for _ in 0..6 {
        let body = json!({ "old": "wrong wrong", "new": NEW });
        last = anna.put("/account/password", body).await.outcome();
    }
    assert_eq!(last, "429 too-many-requests");
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    for body in [
        json!({ "administrator": false, "password": PASSWORD }),
        json!({ "disabled": true }),
    ] {
        assert_eq!(
            root.patch("/accounts/root", body).await.outcome(),
            "409 conflict"
        );
    }
    server.account("anna", true).await;
    let body = json!({ "administrator": false, "password": PASSWORD });
    assert_eq!(root.patch("/accounts/root", body).await.outcome(), "200");
    assert_eq!(root.get("/accounts").await.outcome(), "403 forbidden");
}

#[tokio::test]
async fn names_are_unique_however_they_are_written() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    made(&server, &root, "Anna").await;
    let again = root
        .post("/accounts", json!({ "name": "anna", "password": PASSWORD }))
        .await;
    assert_eq!(again.outcome(), "409 conflict");
    for bad in ["", "a b", "<script>", "a\r\nb"] {
        let answer = root
            .post("/accounts", json!({ "name": bad, "password": PASSWORD }))
            .await;
        assert_eq!(answer.outcome(), "422 unprocessable", "{bad:?}");
    }
}

#[tokio::test]
async fn a_new_password_from_an_administrator_ends_sessions_and_tokens() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    server.account("anna", false).await;
    let anna = server.logged_in("anna").await;
    let token = anna
        .post(
            "/tokens",
            json!({ "label": "x", "role": "viewer", "days": 1, "password": PASSWORD }),
        )
        .await;
    let mut script = server.anonymous();
    script.token = Some(token.json()["secret"].as_str().unwrap().to_owned());
    assert_eq!(script.get("/session").await.outcome(), "200");
    root.post("/accounts/anna/password", own()).await;
    assert_eq!(anna.get("/session").await.outcome(), "401 unauthorized");
    assert_eq!(script.get("/session").await.outcome(), "401 unauthorized");
}

#[tokio::test]
async fn an_administrator_ends_the_sessions_of_others() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    server.account("anna", false).await;
    let anna = server.logged_in("anna").await;
    assert_eq!(
        root.delete("/accounts/ANNA/sessions").await.outcome(),
        "204"
    );
    assert_eq!(anna.get("/session").await.outcome(), "401 unauthorized");
    assert_eq!(
        root.delete("/accounts/nobody/sessions").await.outcome(),
        "404 not-found"
    );
}

#[tokio::test]
async fn fields_that_belong_to_the_server_are_refused() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    let answer = root
        .post(
            "/accounts",
            json!({ "name": "anna", "password_hash": "x", "created": "x" }),
        )
        .await;
    insta::assert_snapshot!(answer.show(), @r#"422 {"type":"urn:gatehouse:problem:unprocessable","code":"unprocessable","title":"A value is not one that can be.","status":422,"detail":"`created` in the body is not what belongs there: unknown field `created`, expected one of `name`, `administrator`, `password` at line 1 column 10."}"#);
    server.account("bert", false).await;
    let answer = root
        .patch("/accounts/bert", json!({ "name": "root" }))
        .await;
    assert_eq!(answer.outcome(), "422 unprocessable");
}

/// What decides who can log in, by method, path and body without the password.
fn deciding() -> [(&'static str, &'static str, serde_json::Value); 5] {
    [
        (
            "POST",
            "/tokens",
            json!({ "label": "x", "role": "viewer", "days": 1 }),
        ),
        ("POST", "/accounts", json!({ "name": "new" })),
        ("POST", "/accounts/anna/password", json!({})),
        ("PATCH", "/accounts/anna", json!({ "administrator": true })),
        (
            "PATCH",
            "/accounts/anna",
            json!({ "administrator": true, "disabled": true }),
        ),
    ]
}

#[tokio::test]
async fn what_decides_who_can_log_in_asks_for_the_password_again() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    server.account("anna", false).await;
    let anna = server.logged_in("anna").await;
    for (method, path, body) in deciding() {
        for wrong in ["wrong wrong", ""] {
            let mut body = body.clone();
            body["password"] = wrong.into();
            let answer = root.call(method, path, Some(body)).await;
            assert_eq!(answer.outcome(), "403 wrong-password", "{path}");
        }
        // Forgotten by the client altogether.
        let answer = root.call(method, path, Some(body)).await.outcome();
        let refused = answer == "422 unprocessable" || answer == "403 wrong-password";
        assert!(refused, "{path}: {answer}");
        // A log-in sets back what was counted.
        server.anonymous().log_in("root", PASSWORD).await;
    }
    assert_eq!(
        root.get("/accounts").await.json().as_array().unwrap().len(),
        2
    );
    assert_eq!(anna.get("/session").await.json()["administrator"], false);
    let actions = server.audit.actions();
    let noted = actions.iter().filter(|(who, action, what)| {
        who == "root" && *action == "log-in-refused" && what.contains("asked for again")
    });
    assert_eq!(noted.count(), 5);
    assert!(!server.audit.text().contains("wrong wrong"));

    for (method, path, mut body) in deciding() {
        body["password"] = PASSWORD.into();
        let answer = root.call(method, path, Some(body)).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text());
        assert!(!answer.text().contains(PASSWORD));
    }
    // Shutting somebody out is at once.
    server.account("bert", false).await;
    let body = json!({ "disabled": true });
    assert_eq!(root.patch("/accounts/bert", body).await.outcome(), "200");
}

#[tokio::test]
async fn guessing_the_password_that_is_asked_for_again_is_throttled() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    let mut last = String::new();
    for _ in 0..6 {
        let body = json!({ "name": "new", "password": "wrong wrong" });
        last = root.post("/accounts", body).await.outcome();
    }
    assert_eq!(last, "429 too-many-requests");
    // Those of a log-in count together with them.
    let log_in = server.anonymous().log_in("root", PASSWORD).await;
    assert_eq!(log_in.outcome(), "429 too-many-requests");
}

#[tokio::test]
async fn a_token_does_not_decide_who_can_log_in() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    server.account("anna", false).await;
    let body = json!({ "label": "x", "role": "administrator", "days": 1, "password": PASSWORD });
    let made = root.post("/tokens", body).await.json();
    let mut script = server.anonymous();
    script.token = Some(made["secret"].as_str().unwrap().to_owned());
    for (method, path, mut body) in deciding() {
        body["password"] = PASSWORD.into();
        let answer = script.call(method, path, Some(body)).await;
        assert_eq!(answer.outcome(), "403 forbidden", "{path}");
    }
    // It still sees them, and shuts somebody out.
    assert_eq!(script.get("/accounts").await.outcome(), "200");
    let body = json!({ "disabled": true });
    assert_eq!(script.patch("/accounts/anna", body).await.outcome(), "200");
}
