//! The reports of protected ports and of changes, in all their formats.

use api::account::Role;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::common::{Answer, Client, TestServer};

fn objects() -> Vec<Value> {
    let rows = json!([
        { "local_port": "1414", "direction": "inbound", "jobname": "MQ*" },
        { "remote_port": "1415", "direction": "outbound", "keyring": "MQ/RING",
          "certificate_label": "MQ_1 <A>" },
    ]);
    let own =
        |traffic: &str, level: &str| json!({ "own": [{ "traffic": traffic, "level": level }] });
    vec![
        json!({ "id": "i", "body": { "kind": "image", "name": "SYS1", "keyring": "TCPIP/RING" } }),
        json!({ "id": "s", "body": { "kind": "stack", "name": "TCPIP", "image": "i" } }),
        json!({ "id": "a", "body": { "kind": "address-group", "name": "Partners", "addresses": ["10.1.0.0/16"] } }),
        json!({ "id": "t", "body": { "kind": "traffic-descriptor", "name": "MQ", "rows": rows } }),
        json!({ "id": "u", "body": { "kind": "traffic-descriptor", "name": "Old", "rows": [{ "local_port": "23" }] } }),
        json!({ "id": "l", "body": { "kind": "security-level", "name": "TLS", "protect": true,
            "versions": { "tls12": true, "tls13": true }, "suites": { "list": ["1302", "C030"] },
            "client_authentication": "full" } }),
        json!({ "id": "c", "body": { "kind": "security-level", "name": "Clear", "protect": false,
            "description": "left | open\nuntil <May>" } }),
        json!({ "id": "r", "body": { "kind": "rule", "name": "Mq_in", "owner": "s", "order": "b",
            "description": "=HYPERLINK(\"x\")", "remote": { "group": "a" }, "map": own("t", "l") } }),
        json!({ "id": "q", "body": { "kind": "rule", "name": "Old_port", "owner": "i", "order": "b", "map": own("u", "c") } }),
        json!({ "id": "off", "body": { "kind": "rule", "name": "Off", "owner": "s", "order": "c", "enabled": false, "map": own("t", "l") } }),
    ]
}

/// A viewer of a store whose second revision protects ports.
async fn server() -> (TestServer, Client) {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let ana = server.member("ana", "alpha", Role::Editor).await;
    let edit = json!({ "words": "edit", "changes": objects() });
    let draft = ana.post("/stores/alpha/draft/edits", edit).await;
    assert_eq!(draft.status, 200, "{}", draft.text());
    let save = json!({ "head": 1, "comment": "saved" });
    let saved = ana.post("/stores/alpha/draft/save", save).await;
    assert_eq!(saved.status, 201, "{}", saved.text());
    let viewer = server.member("vera", "alpha", Role::Viewer).await;
    (server, viewer)
}

async fn report(viewer: &Client, query: &str) -> (Answer, String) {
    let answer = viewer.get(&format!("/stores/alpha/ports{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let revision = viewer.get("/stores/alpha/revisions/2").await.json();
    let at = revision["at"].as_str().unwrap();
    let text = answer.text().replace(at, "2027-01-15T08:00:00Z");
    (answer, text)
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => "../snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, text);
    });
}

fn file(answer: &Answer) -> (&str, &str) {
    (
        answer.header("content-type"),
        answer.header("content-disposition"),
    )
}

#[tokio::test]
async fn the_report_is_json_unless_asked_otherwise() {
    let (_server, viewer) = server().await;
    let (answer, text) = report(&viewer, "").await;
    assert_eq!(file(&answer), ("application/json; charset=utf-8", ""));
    let found: Value = serde_json::from_str(&text).unwrap();
    snapshot("ports-json", &serde_json::to_string_pretty(&found).unwrap());
    assert_eq!(report(&viewer, "?format=json&revision=2").await.1, text);
}

#[tokio::test]
async fn the_sheet_has_no_formula() {
    let (_server, viewer) = server().await;
    let (answer, text) = report(&viewer, "?format=csv").await;
    assert_eq!(
        file(&answer),
        (
            "text/csv; charset=utf-8",
            "attachment; filename=\"alpha-ports-2.csv\""
        )
    );
    assert_eq!(text.matches("\r\n").count(), 4);
    snapshot("ports-csv", &text.replace("\r\n", "\n"));
}

#[tokio::test]
async fn the_markdown_keeps_its_cells() {
    let (_server, viewer) = server().await;
    let (answer, text) = report(&viewer, "?format=markdown").await;
    assert_eq!(
        file(&answer),
        (
            "text/markdown; charset=utf-8",
            "attachment; filename=\"alpha-ports-2.md\""
        )
    );
    snapshot("ports-markdown", &text);
}

#[tokio::test]
async fn the_page_is_whole_and_loads_nothing() {
    let (_server, viewer) = server().await;
    let (answer, text) = report(&viewer, "?format=html").await;
    assert_eq!(
        file(&answer),
        (
            "text/html; charset=utf-8",
            "attachment; filename=\"alpha-ports-2.html\""
        )
    );
    for loads in ["<script", "<link", "src=", "href=", "url(", "@import"] {
        assert!(!text.contains(loads), "{loads}");
    }
    snapshot("ports-html", &text);
}

#[tokio::test]
async fn what_differs_between_revisions_is_a_document_too() {
    let (_server, viewer) = server().await;
    let at = |number: i64| format!("/stores/alpha/revisions/{number}");
    let mut times = Vec::new();
    for number in [1, 2] {
        times.push(
            viewer.get(&at(number)).await.json()["at"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    for (format, ending) in [("csv", "csv"), ("markdown", "md"), ("html", "html")] {
        let path = format!("/stores/alpha/compare?from=1&to=2&format={format}");
        let answer = viewer.get(&path).await;
        let name = format!("attachment; filename=\"alpha-changes-1-2.{ending}\"");
        assert_eq!(file(&answer).1, name);
        let mut text = answer.text().replace("\r\n", "\n");
        for time in &times {
            text = text.replace(time, "2027-01-15T08:00:00Z");
        }
        for loads in ["<script", "<link", "src=", "href=", "url(", "@import"] {
            assert!(!text.contains(loads), "{loads}");
        }
        snapshot(&format!("changes-{format}"), &text);
    }
    let json = viewer.get("/stores/alpha/compare?from=1&to=2").await.json();
    assert_eq!(json.as_array().unwrap().len(), objects().len());
    let same = viewer
        .get("/stores/alpha/compare?from=2&to=2&format=markdown")
        .await;
    assert!(same.text().contains("No object differs."));
    let refused = viewer
        .get("/stores/alpha/compare?from=1&to=9&format=csv")
        .await;
    assert_eq!(refused.outcome(), "404 not-found");
}

#[tokio::test]
async fn a_report_without_ports_says_so_and_a_strange_format_is_refused() {
    let (_server, viewer) = server().await;
    let nothing = "No enabled rule of an enabled stack names traffic and a security level.";
    for format in ["markdown", "html"] {
        let (_, text) = report(&viewer, &format!("?format={format}&revision=1")).await;
        assert!(text.contains(nothing), "{text}");
    }
    let (_, json) = report(&viewer, "?revision=1").await;
    assert!(json.ends_with("\"ports\":[]}"), "{json}");
    let refused = |query: &'static str| viewer.get(query);
    assert_eq!(
        refused("/stores/alpha/ports?format=pdf").await.outcome(),
        "400 bad-request"
    );
    assert_eq!(
        refused("/stores/alpha/ports?revision=3").await.outcome(),
        "404 not-found"
    );
}

#[tokio::test]
async fn a_client_that_has_the_report_gets_no_second_one() {
    let (_server, viewer) = server().await;
    let (answer, _) = report(&viewer, "?format=csv").await;
    let again = async |query: &str| {
        let request = Request::get(format!("/api/v1/stores/alpha/ports{query}"))
            .header(header::IF_NONE_MATCH, answer.header("etag"))
            .body(Body::empty())
            .unwrap();
        viewer.send(request).await.status.as_u16()
    };
    assert_eq!(again("?format=csv").await, 304);
    assert_eq!(again("?format=csv&revision=2").await, 304);
    assert_eq!(again("?format=csv&revision=1").await, 200);
    assert_eq!(again("?format=html").await, 200);
}
