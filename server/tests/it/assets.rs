//! The browser side.

use axum::body::Body;
use axum::http::Request;

use crate::common::{Answer, TestServer};

async fn server_with_files() -> TestServer {
    let server_dir = tempfile::tempdir().unwrap();
    let root = server_dir.keep();
    std::fs::create_dir(root.join("fonts")).unwrap();
    std::fs::write(root.join("index.html"), "<!doctype html>page").unwrap();
    std::fs::write(root.join("app.js"), "plain").unwrap();
    std::fs::write(root.join("app.js.br"), "brotli").unwrap();
    std::fs::write(root.join("app.js.gz"), "gzip").unwrap();
    std::fs::write(root.join("app_bg.wasm"), "wasm").unwrap();
    std::fs::write(root.join("fonts/plex.woff2"), "font").unwrap();
    TestServer::with(|s| s.assets = Some(root)).await
}

async fn get(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server
        .anonymous()
        .send(request.body(Body::empty()).unwrap())
        .await
}

#[tokio::test]
async fn files_come_in_the_shortest_form_that_is_taken() {
    let server = server_with_files().await;
    for (accepts, body, encoding) in [
        ("gzip, deflate, br", "brotli", "br"),
        ("gzip", "gzip", "gzip"),
        ("br;q=0, gzip;q=0", "plain", ""),
        ("", "plain", ""),
    ] {
        let answer = get(&server, "/app.js", &[("accept-encoding", accepts)]).await;
        assert_eq!(answer.text(), body);
        assert_eq!(answer.header("content-encoding"), encoding);
        assert_eq!(
            answer.header("content-type"),
            "text/javascript; charset=utf-8"
        );
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
    let wasm = get(&server, "/app_bg.wasm", &[]).await;
    assert_eq!(wasm.header("content-type"), "application/wasm");
    assert_eq!(get(&server, "/fonts/plex.woff2", &[]).await.text(), "font");
}

#[tokio::test]
async fn an_etag_spares_the_second_load() {
    let server = server_with_files().await;
    let etag = get(&server, "/app.js", &[]).await.header("etag").to_owned();
    let again = get(&server, "/app.js", &[("if-none-match", &etag)]).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), etag);
    let headers = [("if-none-match", etag.as_str()), ("accept-encoding", "br")];
    assert_eq!(get(&server, "/app.js", &headers).await.text(), "brotli");
}

#[tokio::test]
async fn a_page_inside_the_application_is_the_index() {
    let server = server_with_files().await;
    let html = [("accept", "text/html,application/xhtml+xml")];
    for path in [
        "/",
        "/setup",
        "/stores/PROD/systems",
        "/stores/A%20B/rules/x.y",
    ] {
        let answer = get(&server, path, &html).await;
        assert_eq!(answer.text(), "<!doctype html>page", "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    }
    assert_eq!(get(&server, "/", &[]).await.status, 200);
    assert_eq!(
        get(&server, "/gone.js", &[]).await.outcome(),
        "404 not-found"
    );
    assert_eq!(
        get(&server, "/api/nothing", &html).await.outcome(),
        "404 not-found"
    );
}

#[tokio::test]
async fn no_spelling_of_a_path_leaves_the_directory() {
    let server = server_with_files().await;
    for path in [
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/..%2fCargo.toml",
        "/%252e%252e%252fetc/passwd",
        "/fonts/../../etc/passwd",
        "/fonts/..%5c..%5cetc",
        "/....//etc/passwd",
        "//etc/passwd",
        "/fonts%00/plex.woff2",
        "/.git/config",
        "/..;/etc/passwd",
    ] {
        for accept in ["*/*", "text/html"] {
            let answer = get(&server, path, &[("accept", accept)]).await;
            assert_eq!(answer.outcome(), "404 not-found", "{path}");
        }
    }
    // A directory has no listing.
    assert_eq!(
        get(&server, "/fonts/", &[]).await.outcome(),
        "404 not-found"
    );
    assert_eq!(get(&server, "/fonts", &[]).await.outcome(), "404 not-found");
}

#[tokio::test]
async fn files_are_only_read() {
    let server = server_with_files().await;
    let request = Request::head("/app.js").body(Body::empty()).unwrap();
    let head = server.anonymous().send(request).await;
    assert_eq!(
        (head.status.as_u16(), head.header("content-length")),
        (200, "5")
    );
    let request = Request::put("/app.js").header("x-gatehouse", "1");
    let answer = server
        .anonymous()
        .send(request.body(Body::from("x")).unwrap())
        .await;
    assert_eq!(answer.outcome(), "405 method-not-allowed");
}
