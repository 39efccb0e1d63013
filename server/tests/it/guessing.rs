//! Guessing passwords.

use std::time::Duration;

use crate::common::{PASSWORD, TestServer};

async fn outcome(server: &TestServer, from: &str, name: &str, password: &str) -> String {
    let mut client = server.anonymous().from(from);
    client.log_in(name, password).await.outcome()
}

#[tokio::test]
async fn thirty_wrong_in_a_row_meet_a_limit_and_others_do_not() {
    let server = TestServer::new().await;
    server.account("anna", false).await;
    server.account("bert", false).await;
    let mut outcomes = Vec::new();
    for _ in 0..30 {
        outcomes.push(outcome(&server, "192.0.2.1", "anna", "wrong wrong").await);
    }
    assert_eq!(outcomes[4], "401 log-in-refused");
    assert!(outcomes[5..].iter().all(|o| o == "429 too-many-requests"));
    // The right password does not pass either, so that nothing is learnt.
    assert_eq!(
        outcome(&server, "192.0.2.1", "anna", PASSWORD).await,
        "429 too-many-requests"
    );
    assert_eq!(outcome(&server, "192.0.2.1", "bert", PASSWORD).await, "200");
    assert_eq!(outcome(&server, "192.0.2.2", "anna", PASSWORD).await, "200");
}

#[tokio::test]
async fn the_answer_says_when_to_try_again_and_means_it() {
    let server = TestServer::new().await;
    server.account("anna", false).await;
    for _ in 0..5 {
        outcome(&server, "192.0.2.1", "anna", "wrong wrong").await;
    }
    let answer = server
        .anonymous()
        .from("192.0.2.1")
        .log_in("anna", PASSWORD)
        .await;
    assert_eq!(answer.header("retry-after"), "30");
    assert_eq!(answer.json()["retry_after"], 30);
    server.advance(Duration::from_secs(30));
    assert_eq!(outcome(&server, "192.0.2.1", "anna", PASSWORD).await, "200");
}

#[tokio::test]
async fn the_limit_survives_a_restart() {
    let server = TestServer::new().await;
    server.account("anna", false).await;
    for _ in 0..6 {
        outcome(&server, "192.0.2.1", "anna", "wrong wrong").await;
    }
    let server = server.restart().await;
    assert_eq!(
        outcome(&server, "192.0.2.1", "anna", PASSWORD).await,
        "429 too-many-requests"
    );
}

#[tokio::test]
async fn strangers_do_not_lock_out_an_administrator() {
    let server = TestServer::new().await;
    server.account("root", true).await;
    assert_eq!(outcome(&server, "192.0.2.1", "root", PASSWORD).await, "200");
    // Many strangers, until the account itself is slowed down for new addresses.
    for stranger in 0..25 {
        let address = format!("198.51.100.{stranger}");
        outcome(&server, &address, "root", "wrong wrong").await;
    }
    assert_eq!(
        outcome(&server, "203.0.113.1", "root", PASSWORD).await,
        "429 too-many-requests"
    );
    assert_eq!(outcome(&server, "192.0.2.1", "root", PASSWORD).await, "200");
    // And from anywhere after a minute.
    for stranger in 0..25 {
        let address = format!("198.51.100.{stranger}");
        outcome(&server, &address, "root", "wrong wrong").await;
    }
    server.advance(Duration::from_secs(60));
    assert_eq!(
        outcome(&server, "203.0.113.1", "root", PASSWORD).await,
        "200"
    );
}

#[tokio::test]
async fn one_address_tries_no_more_than_its_share_of_names() {
    let server = TestServer::new().await;
    let mut refused = 0;
    for name in 0..40 {
        let outcome = outcome(&server, "192.0.2.1", &format!("user{name}"), "wrong wrong").await;
        refused += u32::from(outcome.starts_with("429"));
    }
    assert_eq!(refused, 10);
}

#[tokio::test]
async fn a_clock_that_goes_back_shuts_nobody_out() {
    let server = TestServer::new().await;
    server.account("anna", false).await;
    for _ in 0..6 {
        outcome(&server, "192.0.2.1", "anna", "wrong wrong").await;
    }
    server.back(Duration::from_secs(430 * 86_400));
    assert_eq!(outcome(&server, "192.0.2.1", "anna", PASSWORD).await, "200");
}

#[tokio::test]
async fn forwarded_addresses_of_strangers_do_not_dodge_the_limit() {
    let server = TestServer::new().await;
    server.account("anna", false).await;
    let mut last = String::new();
    for attempt in 0..7 {
        let request = axum::http::Request::post("/api/v1/session")
            .header("content-type", "application/json")
            .header("x-gatehouse", "1")
            .header("x-forwarded-for", format!("203.0.113.{attempt}"))
            .body("{\"name\":\"anna\",\"password\":\"wrong\"}".into())
            .unwrap();
        last = server
            .anonymous()
            .from("192.0.2.1")
            .send(request)
            .await
            .outcome();
    }
    assert_eq!(last, "429 too-many-requests");
}
