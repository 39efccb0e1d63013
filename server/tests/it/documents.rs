//! The document of the API and its page.

use axum::body::Body;
use axum::http::Request;

use crate::common::{Client, TestServer};

#[test]
fn the_document_is_as_it_was_agreed() {
    let (_, document) = server::routes::api().split_for_parts();
    insta::with_settings!({
        snapshot_path => "../snapshots",
        prepend_module_to_snapshot => false,
    }, {
        insta::assert_snapshot!("openapi", document.to_pretty_json().unwrap());
    });
}

async fn page(client: &Client, path: &str) -> (u16, String, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = client.send(request).await;
    let kind = answer.header("content-type").to_owned();
    (
        answer.status.as_u16(),
        kind,
        String::from_utf8_lossy(&answer.body).into_owned(),
    )
}

#[tokio::test]
async fn document_and_page_are_there_after_log_in_only() {
    let server = TestServer::new().await;
    let user = server.administrator().await;
    let stranger = server.anonymous();
    for path in [
        "/api/v1/openapi.json",
        "/api/docs",
        "/api/docs/",
        "/api/docs/swagger-ui-bundle.js",
    ] {
        assert_eq!(page(&stranger, path).await.0, 401, "{path}");
    }
    let (status, kind, text) = page(&user, "/api/v1/openapi.json").await;
    assert_eq!(
        (status, kind.as_str()),
        (200, "application/json; charset=utf-8")
    );
    assert!(text.contains("/api/v1/session"));
    assert_eq!(page(&user, "/api/docs").await.0, 303);
    assert_eq!(page(&user, "/api/docs/nothing.js").await.0, 404);
}

#[tokio::test]
async fn the_page_runs_under_our_content_security_policy() {
    let server = TestServer::new().await;
    let user = server.administrator().await;
    let (status, kind, text) = page(&user, "/api/docs/").await;
    assert_eq!((status, kind.as_str()), (200, "text/html; charset=utf-8"));
    // Every script has a relative address and no text of its own.
    let scripts: Vec<&str> = text.split("<script").skip(1).collect();
    assert!(!scripts.is_empty());
    for script in scripts {
        let (tag, rest) = script.split_once('>').unwrap();
        let source = tag
            .split("src=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        assert!(!source.contains("//"), "{source}");
        assert!(rest.starts_with("</script>") || rest.trim_start().starts_with("</script>"));
        let file = format!("/api/docs/{}", source.trim_start_matches("./"));
        let (status, kind, _) = page(&user, &file).await;
        assert_eq!(status, 200, "{file}");
        assert!(kind.contains("javascript"), "{file}: {kind}");
    }
    assert!(!text.contains("onload=") && !text.contains("javascript:"));
}
