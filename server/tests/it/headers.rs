//! Headers of answers, and requests that other sites make.

use axum::body::Body;
use axum::http::Request;

use crate::common::{Client, PASSWORD, TestServer};

async fn write(client: &Client, headers: &[(&str, &str)]) -> String {
    let mut request =
        Request::delete("/api/v1/sessions/0123456789abcdef").header("host", "127.0.0.1:8070");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client
        .send(request.body(Body::empty()).unwrap())
        .await
        .outcome()
}

#[tokio::test]
async fn writes_of_other_sites_are_refused() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    let mark = ("x-gatehouse", "1");
    let ours = ("origin", "http://127.0.0.1:8070");
    let passed = "404 not-found";
    let refused = "403 forbidden";
    assert_eq!(write(&root, &[mark, ours]).await, passed);
    assert_eq!(
        write(&root, &[mark, ours, ("sec-fetch-site", "same-origin")]).await,
        passed
    );
    assert_eq!(write(&root, &[mark]).await, passed);
    assert_eq!(write(&root, &[]).await, refused);
    assert_eq!(write(&root, &[ours]).await, refused);
    assert_eq!(write(&root, &[mark, ("origin", "null")]).await, refused);
    assert_eq!(
        write(&root, &[mark, ("origin", "http://evil.example")]).await,
        refused
    );
    assert_eq!(
        write(&root, &[mark, ("sec-fetch-site", "cross-site")]).await,
        refused
    );
    assert_eq!(
        write(&root, &[mark, ours, ("sec-fetch-site", "same-site")]).await,
        refused
    );
}

#[tokio::test]
async fn a_form_of_another_site_does_not_log_in() {
    let server = TestServer::new().await;
    server.account("anna", false).await;
    let request = Request::post("/api/v1/session")
        .header("content-type", "text/plain")
        .header("origin", "http://evil.example")
        .body(format!("{{\"name\":\"anna\",\"password\":\"{PASSWORD}\"}}").into())
        .unwrap();
    let answer = server.anonymous().send(request).await;
    assert_eq!(answer.outcome(), "403 forbidden");
    assert!(!answer.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn every_answer_is_protected_errors_too() {
    let server = TestServer::new().await;
    let root = server.administrator().await;
    for (path, method) in [
        ("/", "GET"),
        ("/nothing", "GET"),
        ("/../x", "GET"),
        ("/api", "GET"),
        ("/api/docs/", "GET"),
        ("/api/v1/health", "GET"),
        ("/api/v1/health", "PUT"),
        ("/api/v1/health", "OPTIONS"),
        ("/api/v1/nothing", "GET"),
        ("/api/v1/accounts", "GET"),
    ] {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("origin", "http://evil.example");
        let answer = root.send(request.body(Body::empty()).unwrap()).await;
        let has = |name: &str, value: &str| {
            assert_eq!(answer.header(name), value, "{method} {path}: {name}");
        };
        has(
            "content-security-policy",
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
        );
        has("x-content-type-options", "nosniff");
        has("referrer-policy", "no-referrer");
        has("cross-origin-opener-policy", "same-origin");
        has("cross-origin-resource-policy", "same-origin");
        has("strict-transport-security", "");
        assert!(answer.header("permissions-policy").contains("camera=()"));
        if path.starts_with("/api") {
            has("cache-control", "no-store");
        }
        if !answer.body.is_empty() {
            assert!(
                answer.header("content-type").ends_with("; charset=utf-8"),
                "{path}"
            );
        }
        for name in answer.headers.keys() {
            assert!(
                !name.as_str().starts_with("access-control-"),
                "{path}: {name}"
            );
            assert_ne!(name.as_str(), "server");
        }
    }
}

#[tokio::test]
async fn under_tls_browsers_are_told_to_stay_there() {
    let server = TestServer::with(|s| s.trusted_proxies = vec!["192.0.2.1".parse().unwrap()]).await;
    let hsts = "max-age=31536000; includeSubDomains";
    let mut client = server.anonymous();
    client.peer.tls = true;
    assert_eq!(
        client
            .get("/health")
            .await
            .header("strict-transport-security"),
        hsts
    );
    let request = || {
        let request = Request::get("/api/v1/health").header("x-forwarded-proto", "https");
        request.body(Body::empty()).unwrap()
    };
    let proxy = server.anonymous().from("192.0.2.1");
    let stranger = server.anonymous().from("192.0.2.2");
    assert_eq!(
        proxy
            .send(request())
            .await
            .header("strict-transport-security"),
        hsts
    );
    assert_eq!(
        stranger
            .send(request())
            .await
            .header("strict-transport-security"),
        ""
    );
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_host_of_the_browser_counts() {
    let server = TestServer::with(|s| s.trusted_proxies = vec!["192.0.2.1".parse().unwrap()]).await;
    server.account("anna", false).await;
    let request = || {
        Request::post("/api/v1/session")
            .header("content-type", "application/json")
            .header("x-gatehouse", "1")
            .header("host", "127.0.0.1:8070")
            .header("x-forwarded-host", "gate.example")
            .header("x-forwarded-proto", "https")
            .header("origin", "https://gate.example")
            .body(format!("{{\"name\":\"anna\",\"password\":\"{PASSWORD}\"}}").into())
            .unwrap()
    };
    let answer = server.anonymous().from("192.0.2.1").send(request()).await;
    assert_eq!(answer.outcome(), "200");
    assert!(answer.header("set-cookie").ends_with("; Secure"));
    let answer = server.anonymous().from("192.0.2.2").send(request()).await;
    assert_eq!(answer.outcome(), "403 forbidden");
}
