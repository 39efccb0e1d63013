//! Logging in, staying so, and logging out.

use std::time::Duration;

use crate::common::{Client, PASSWORD, TestServer};

const MINUTE: Duration = Duration::from_secs(60);

async fn two_browsers(server: &TestServer) -> (Client, Client) {
    server.account("anna", false).await;
    let (mut a, mut b) = (server.anonymous(), server.anonymous());
    assert_eq!(a.log_in("anna", PASSWORD).await.outcome(), "200");
    assert_eq!(b.log_in("ANNA", PASSWORD).await.outcome(), "200");
    (a, b)
}

async fn is_in(client: &Client) -> bool {
    client.get("/session").await.status == 200
}

#[tokio::test]
async fn a_log_in_sets_a_protected_cookie_and_says_who_it_is() {
    let server = TestServer::with(|s| s.install_roots = vec!["/srv/policy".into()]).await;
    server.account("anna", false).await;
    let mut client = server.anonymous();
    let answer = client.log_in("anna", PASSWORD).await;
    let cookie = answer.header("set-cookie");
    let (value, rest) = cookie.split_once(';').unwrap();
    assert_eq!(value.len(), "gatehouse=".len() + 64);
    assert_eq!(rest, " Path=/; Max-Age=43200; HttpOnly; SameSite=Strict");
    insta::assert_snapshot!(answer.show(), @r#"200 {"name":"anna","administrator":false,"must_change_password":false,"version":"0.1.0","install_roots":["/srv/policy"]}"#);
}

#[tokio::test]
async fn under_tls_the_cookie_is_secure_and_bound_to_the_host() {
    let server = TestServer::new().await;
    server.account("anna", false).await;
    let mut client = server.anonymous();
    client.peer.tls = true;
    let request = axum::http::Request::post("/api/v1/session")
        .header("content-type", "application/json")
        .header("host", "gate.example")
        .header("origin", "https://gate.example")
        .header("x-gatehouse", "1")
        .body(format!("{{\"name\":\"anna\",\"password\":\"{PASSWORD}\"}}").into())
        .unwrap();
    let answer = client.send(request).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-gatehouse="));
    assert!(cookie.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure"));
    // The name without the prefix does not count here.
    client.keep_cookie(&answer);
    assert!(is_in(&client).await);
    client.cookie = client.cookie.map(|c| c.replace("__Host-", ""));
    assert!(!is_in(&client).await);
}

#[tokio::test]
async fn unknown_user_and_wrong_password_get_the_same_answer() {
    let server = TestServer::new().await;
    server.account("anna", false).await;
    let mut answers = Vec::new();
    for (name, password) in [
        ("anna", "wrong wrong"),
        ("nobody", PASSWORD),
        ("no body", PASSWORD),
    ] {
        let answer = server.anonymous().log_in(name, password).await;
        assert!(!answer.headers.contains_key("set-cookie"));
        answers.push(answer.show());
    }
    insta::assert_snapshot!(answers[0], @r#"401 {"type":"urn:gatehouse:problem:log-in-refused","code":"log-in-refused","title":"Name or password is wrong.","status":401}"#);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[tokio::test]
async fn log_out_ends_this_session_and_clears_the_browser() {
    let server = TestServer::new().await;
    let (a, b) = two_browsers(&server).await;
    let answer = a.delete("/session").await;
    assert_eq!(answer.outcome(), "204");
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"cookies\"");
    assert!(
        answer
            .header("set-cookie")
            .starts_with("gatehouse=; Path=/; Max-Age=0;")
    );
    assert!(!is_in(&a).await);
    assert!(is_in(&b).await);
}

#[tokio::test]
async fn log_out_everywhere_ends_both_browsers() {
    let server = TestServer::new().await;
    let (a, b) = two_browsers(&server).await;
    assert_eq!(a.delete("/sessions").await.outcome(), "204");
    assert!(!is_in(&a).await && !is_in(&b).await);
}

#[tokio::test]
async fn one_sees_and_ends_ones_own_sessions_only() {
    let server = TestServer::new().await;
    let (a, b) = two_browsers(&server).await;
    server.account("bert", false).await;
    let stranger = server.logged_in("bert").await;
    let list = a.get("/sessions").await.json();
    let sessions = list.as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let other = sessions.iter().find(|s| s["current"] == false).unwrap();
    assert_eq!(other["from"], "127.0.0.1");
    let path = format!("/sessions/{}", other["handle"].as_str().unwrap());
    assert_eq!(stranger.delete(&path).await.outcome(), "404 not-found");
    assert_eq!(a.delete(&path).await.outcome(), "204");
    assert!(is_in(&a).await && !is_in(&b).await);
}

#[tokio::test]
async fn a_planted_id_dies_at_log_in() {
    let server = TestServer::new().await;
    let (mut a, victim) = two_browsers(&server).await;
    let planted = victim.cookie.clone();
    a.cookie = planted.clone();
    assert_eq!(a.log_in("anna", PASSWORD).await.outcome(), "200");
    assert_ne!(a.cookie, planted);
    assert!(is_in(&a).await);
    assert!(!is_in(&victim).await);
}

#[tokio::test]
async fn forged_ids_are_nobody() {
    let server = TestServer::new().await;
    let (a, _) = two_browsers(&server).await;
    let good = a.cookie.clone().unwrap();
    let id = good.strip_prefix("gatehouse=").unwrap();
    for forged in [
        String::new(),
        "gatehouse=".into(),
        format!("gatehouse={}", "0".repeat(64)),
        format!("gatehouse={}", id.to_uppercase()),
        format!("gatehouse={}", &id[..63]),
        format!("gatehouse={id}00"),
        format!("gatehouse=\"{id}\""),
        format!("gatehouse={}", "' or 1=1 --"),
        format!("Gatehouse={id}"),
        format!("__Host-gatehouse={id}"),
    ] {
        let mut client = a.clone();
        client.cookie = Some(forged.clone());
        let answer = client.get("/session").await;
        assert_eq!(answer.outcome(), "401 unauthorized", "{forged}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
    }
    assert!(is_in(&a).await);
}

#[tokio::test]
async fn an_idle_session_ends_and_an_active_one_does_not() {
    let server = TestServer::with(|s| s.session_idle = 10 * MINUTE).await;
    let (a, b) = two_browsers(&server).await;
    for _ in 0..5 {
        server.advance(4 * MINUTE);
        assert!(is_in(&a).await);
    }
    assert!(!is_in(&b).await);
}

#[tokio::test]
async fn no_activity_carries_a_session_over_its_absolute_limit() {
    let server = TestServer::with(|s| {
        s.session_idle = 10 * MINUTE;
        s.session_absolute = 30 * MINUTE;
    })
    .await;
    let (a, _) = two_browsers(&server).await;
    for _ in 0..5 {
        server.advance(5 * MINUTE);
        assert!(is_in(&a).await);
    }
    server.advance(5 * MINUTE);
    assert!(!is_in(&a).await);
}

#[tokio::test]
async fn a_clock_that_goes_back_makes_no_session_last_a_year() {
    let server = TestServer::new().await;
    let (mut a, _) = two_browsers(&server).await;
    server.back(430 * 24 * 60 * MINUTE);
    assert!(!is_in(&a).await);
    assert_eq!(a.log_in("anna", PASSWORD).await.outcome(), "200");
    assert!(is_in(&a).await);
}

#[tokio::test]
async fn a_session_outlives_a_restart() {
    let server = TestServer::new().await;
    let (a, _) = two_browsers(&server).await;
    let cookie = a.cookie.clone();
    drop(a);
    let server = server.restart().await;
    let mut client = server.anonymous();
    client.cookie = cookie;
    assert!(is_in(&client).await);
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    let (a, b) = two_browsers(&server).await;
    let body = serde_json::json!({ "disabled": true });
    assert_eq!(root.patch("/accounts/anna", body).await.outcome(), "200");
    assert!(!is_in(&a).await && !is_in(&b).await);
    let again = server.anonymous().log_in("anna", PASSWORD).await;
    assert_eq!(again.outcome(), "401 log-in-refused");
}

#[tokio::test]
async fn log_ins_right_and_wrong_stand_in_the_audit() {
    let server = TestServer::new().await;
    server.account("anna", false).await;
    let mut client = server.anonymous().from("192.0.2.7");
    client.log_in("anna", "wrong wrong").await;
    client.log_in("anna", PASSWORD).await;
    client.get("/accounts").await;
    client.delete("/session").await;
    let actions = server.audit.actions();
    let short: Vec<_> = actions
        .iter()
        .map(|(who, action, _)| (who.as_str(), *action))
        .collect();
    let expected = [
        ("anna", "log-in-refused"),
        ("anna", "log-in"),
        ("anna", "refused"),
        ("anna", "log-out"),
    ];
    assert_eq!(short, expected);
    assert!(server.audit.text().contains("192.0.2.7"));
    // A store of others is as if it were not there, and the audit has the try.
    server.store("theirs").await;
    server.account("bo", false).await;
    let bo = server.logged_in("bo").await;
    for (path, noted) in [
        ("/stores/theirs/members", true),
        ("/stores/nowhere/members", false),
    ] {
        let before = server.audit.actions().len();
        assert_eq!(bo.get(path).await.outcome(), "404 not-found");
        let tries = server.audit.actions()[before..]
            .iter()
            .any(|(_, action, _)| *action == "refused");
        assert_eq!(tries, noted, "{path}");
    }
    // What was typed in the wrong field is not kept.
    server.anonymous().log_in("my secret words", "x").await;
    assert!(!server.audit.text().contains("my secret words"));
}
