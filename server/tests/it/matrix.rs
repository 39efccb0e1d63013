//! Who may use which route: every route of the document against everybody.
//!
//! A route that has no line here fails the test. To add one: a line with the route as in the
//! document, a body (or `NONE`), and the status for each column. `{store}` becomes `alpha`; other
//! parameters become what [`example`] says. Each line has a server of its own; its columns run from
//! left to right, so a line that takes something away says what those to the right then see.

use std::collections::BTreeSet;

use api::account::Role;
use serde_json::{Value, json};
use utoipa::openapi::path::{Operation, PathItem};

use crate::common::{Client, PASSWORD, TestServer};

/// Method and path, body, and the status for: nobody, a viewer, an editor, an installer and an
/// administrator of `alpha`, an administrator of `beta`, an administrator of the server.
type Row = (&'static str, Value, [u16; 7]);

const NONE: Value = Value::Null;

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    vec![
        // Nobody, viewer, editor, installer, administrator, of beta, of the server.
        ("GET /health", NONE, [200, 200, 200, 200, 200, 200, 200]),
        ("GET /setup", NONE, [200, 200, 200, 200, 200, 200, 200]),
        ("POST /setup", json!({"secret": "x", "name": "x", "password": "x"}), [409, 409, 409, 409, 409, 409, 409]),
        ("GET /session", NONE, [401, 200, 200, 200, 200, 200, 200]),
        ("POST /session", json!({"name": "nobody", "password": "x"}), [401, 401, 401, 401, 401, 429, 429]),
        ("DELETE /session", NONE, [401, 204, 204, 204, 204, 204, 204]),
        ("GET /sessions", NONE, [401, 200, 200, 200, 200, 200, 200]),
        ("DELETE /sessions", NONE, [401, 204, 204, 204, 204, 204, 204]),
        ("DELETE /sessions/{handle}", NONE, [401, 404, 404, 404, 404, 404, 404]),
        ("PUT /account/password", json!({"old": "x", "new": "brunnenfrosch 8"}), [401, 403, 403, 403, 403, 403, 403]),
        ("GET /accounts", NONE, [401, 403, 403, 403, 403, 403, 200]),
        ("POST /accounts", json!({"name": "new", "password": PASSWORD}), [401, 403, 403, 403, 403, 403, 201]),
        ("PATCH /accounts/{name}", json!({"disabled": true}), [401, 403, 403, 403, 403, 403, 200]),
        ("POST /accounts/{name}/password", json!({"password": PASSWORD}), [401, 403, 403, 403, 403, 403, 200]),
        ("DELETE /accounts/{name}/sessions", NONE, [401, 403, 403, 403, 403, 403, 204]),
        ("GET /tokens", NONE, [401, 200, 200, 200, 200, 200, 200]),
        ("POST /tokens", json!({"label": "x", "role": "viewer", "stores": ["alpha"], "days": 1, "password": PASSWORD}), [401, 201, 201, 201, 201, 404, 201]),
        ("DELETE /tokens/{id}", NONE, [401, 404, 404, 404, 404, 404, 404]),
        ("GET /stores/{store}/members", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("PUT /stores/{store}/members", json!([{"name": "bystander", "role": "viewer"}, {"name": "administrator", "role": "administrator"}]), [401, 403, 403, 403, 200, 404, 200]),
        ("GET /stores", NONE, [401, 200, 200, 200, 200, 200, 200]),
        ("POST /stores", json!({"name": "gamma"}), [401, 201, 409, 409, 409, 409, 409]),
        ("GET /stores/{store}", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("PATCH /stores/{store}", json!({"description": "x"}), [401, 403, 403, 403, 200, 404, 200]),
        ("DELETE /stores/{store}", json!({"confirm_name": "alpha"}), [401, 403, 403, 403, 409, 404, 409]),
        ("PUT /stores/{store}/freeze", json!({"reason": "x"}), [401, 403, 403, 403, 200, 404, 423]),
        ("DELETE /stores/{store}/freeze", NONE, [401, 403, 403, 403, 409, 404, 409]),
        ("GET /stores/{store}/export", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("POST /store-imports", NONE, [401, 400, 400, 400, 400, 400, 400]),
        ("GET /stores/{store}/revisions", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("GET /stores/{store}/revisions/{revision}", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("GET /stores/{store}/compare", NONE, [401, 400, 400, 400, 400, 400, 400]),
        ("POST /stores/{store}/restore", json!({"revision": 1, "head": 1}), [401, 403, 409, 409, 409, 404, 409]),
        ("GET /stores/{store}/configuration", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("GET /stores/{store}/objects", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("GET /stores/{store}/objects/{object}", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("GET /stores/{store}/objects/{object}/history", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("GET /stores/{store}/ports", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("POST /policy/check", json!({"files": []}), [401, 200, 200, 200, 200, 200, 200]),
        ("POST /policy/simulate", json!({"sources": {"files": []}, "connection": {"way": "inbound", "local": "x", "local_port": 1, "remote": "y", "remote_port": 2}}), [401, 422, 422, 422, 422, 422, 422]),
        ("GET /policy/peers", NONE, [401, 200, 200, 200, 200, 200, 200]),
        ("POST /policy/handshake", json!({"sources": {"files": []}, "connection": {"way": "inbound", "local": "x", "local_port": 1, "remote": "y", "remote_port": 2}}), [401, 422, 422, 422, 422, 422, 422]),
        ("POST /policy/diff", json!({"from": {"files": []}, "to": {"files": []}}), [401, 422, 422, 422, 422, 422, 422]),
        ("POST /policy/test", json!({"sources": {"files": []}, "tests": ""}), [401, 422, 422, 422, 422, 422, 422]),
        ("GET /policy/explain", NONE, [401, 200, 200, 200, 200, 200, 200]),
        ("POST /stores/{store}/simulate", json!({"stack": "s1", "connection": {"way": "inbound", "local": "10.1.1.2", "local_port": 1, "remote": "10.1.1.3", "remote_port": 2}}), [401, 422, 422, 422, 422, 404, 422]),
        ("POST /stores/{store}/adopt", json!({"sources": {"files": []}}), [401, 200, 200, 200, 200, 404, 200]),
        ("POST /stores/{store}/handshake", json!({"stack": "s1", "connection": {"way": "inbound", "local": "10.1.1.2", "local_port": 1, "remote": "10.1.1.3", "remote_port": 2}}), [401, 422, 422, 422, 422, 404, 422]),
        ("POST /stores/{store}/differences", json!({"from": {"revision": 1}, "to": "draft"}), [401, 200, 200, 200, 200, 404, 200]),
        ("POST /stores/{store}/test", json!({}), [401, 200, 200, 200, 200, 404, 200]),
        ("GET /stores/{store}/setup", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("GET /stores/{store}/setup/{stack}", NONE, [401, 404, 404, 404, 404, 404, 404]),
        ("POST /stores/{store}/hosts", json!({"names": []}), [401, 403, 200, 200, 200, 404, 200]),
        ("GET /stores/{store}/listeners", NONE, [401, 403, 403, 403, 403, 404, 200]),
        ("GET /keyrings", NONE, [401, 403, 403, 403, 403, 403, 200]),
        ("GET /engines", NONE, [401, 403, 403, 403, 403, 403, 200]),
        ("GET /engines/{engine}/connections", NONE, [401, 403, 403, 403, 403, 403, 404]),
        ("GET /engines/{engine}/rules", NONE, [401, 403, 403, 403, 403, 403, 404]),
        ("GET /engines/{engine}/parameters", NONE, [401, 403, 403, 403, 403, 403, 404]),
        ("GET /engines/{engine}/traces", NONE, [401, 403, 403, 403, 403, 403, 404]),
        ("POST /engines/{engine}/traces", json!({"rule": "x"}), [401, 403, 403, 403, 403, 403, 404]),
        ("DELETE /engines/{engine}/traces", NONE, [401, 403, 403, 403, 403, 403, 404]),
        ("DELETE /engines/{engine}/traces/{trace}", NONE, [401, 403, 403, 403, 403, 403, 404]),
        ("GET /engines/{engine}/traces/{trace}/records", NONE, [401, 403, 403, 403, 403, 403, 404]),
        ("GET /engines/{engine}/traces/{trace}/pcapng", NONE, [401, 403, 403, 403, 403, 403, 404]),
        ("GET /engines/{engine}/failures", NONE, [401, 403, 403, 403, 403, 403, 404]),
        ("POST /engines/{engine}/update", NONE, [401, 403, 403, 403, 403, 403, 404]),
        ("POST /engines/{engine}/refresh", NONE, [401, 403, 403, 403, 403, 403, 404]),
        ("GET /engines/{engine}/events", NONE, [401, 403, 403, 403, 403, 403, 404]),
        ("POST /stores/{store}/listeners", json!({"text": ""}), [401, 403, 200, 200, 200, 404, 200]),
        ("GET /stores/{store}/state", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("GET /stores/{store}/draft", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("POST /stores/{store}/draft/edits", json!({"words": "x", "changes": [{"id": "a", "body": {"kind": "address-group"}}]}), [401, 403, 200, 423, 423, 404, 423]),
        ("POST /stores/{store}/draft/undo", NONE, [401, 403, 409, 409, 409, 404, 409]),
        ("POST /stores/{store}/draft/redo", NONE, [401, 403, 409, 409, 409, 404, 409]),
        ("POST /stores/{store}/draft/discard", json!({}), [401, 403, 200, 200, 200, 404, 200]),
        ("POST /stores/{store}/draft/save", json!({"head": 1}), [401, 403, 409, 409, 409, 404, 409]),
        ("GET /stores/{store}/draft/objects/{object}", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("PUT /stores/{store}/draft/objects/{object}", json!({"kind": "address-group"}), [401, 403, 400, 400, 400, 404, 400]),
        ("DELETE /stores/{store}/draft/objects/{object}", NONE, [401, 403, 400, 400, 400, 404, 400]),
        ("GET /stores/{store}/locks", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("POST /stores/{store}/locks/{object}/take-over", json!({"reason": "x"}), [401, 403, 404, 404, 404, 404, 404]),
        ("DELETE /stores/{store}/locks/{object}", NONE, [401, 403, 404, 404, 404, 404, 404]),
        ("GET /stores/{store}/audit", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("GET /audit", NONE, [401, 403, 403, 403, 403, 403, 200]),
        ("GET /verification", NONE, [401, 403, 403, 403, 403, 403, 404]),
        ("POST /verification", NONE, [401, 403, 403, 403, 403, 403, 200]),
        ("GET /stores/{store}/targets", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("PUT /stores/{store}/targets/{stack}", json!({"stack": "s1", "root": "/x"}), [401, 403, 403, 403, 403, 404, 404]),
        ("DELETE /stores/{store}/targets/{stack}", NONE, [401, 403, 403, 403, 403, 404, 404]),
        ("POST /stores/{store}/installs/preview", json!({"stacks": []}), [401, 422, 422, 422, 422, 404, 422]),
        ("GET /stores/{store}/installs", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("POST /stores/{store}/installs", json!({"revision": 1, "stacks": [], "plan_hash": "x"}), [401, 403, 403, 422, 422, 404, 422]),
        ("GET /stores/{store}/installs/{id}", NONE, [401, 404, 404, 404, 404, 404, 404]),
        ("GET /stores/{store}/installs/{id}/files", NONE, [401, 404, 404, 404, 404, 404, 404]),
        ("GET /stores/{store}/installs/progress", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("POST /stores/{store}/installs/cancel", NONE, [401, 403, 403, 409, 409, 404, 409]),
        ("POST /stores/{store}/installs/{id}/confirm", NONE, [401, 403, 403, 404, 404, 404, 404]),
        ("POST /stores/{store}/installs/{id}/put-back", NONE, [401, 403, 403, 404, 404, 404, 404]),
        ("POST /stores/{store}/installs/{id}/return", json!({}), [401, 403, 403, 404, 404, 404, 404]),
        ("GET /stores/{store}/drift", NONE, [401, 200, 200, 200, 200, 404, 200]),
        ("POST /stores/{store}/drift/{stack}/keep", json!({}), [401, 403, 422, 422, 422, 404, 422]),
    ]
}

/// What a parameter of a path becomes.
fn example(parameter: &str) -> &'static str {
    match parameter {
        "store" => "alpha",
        "name" => "bystander",
        "object" => "gold",
        "revision" => "1",
        "stack" => "s1",
        "handle" => "0123456789abcdef",
        "engine" => "main",
        "id" | "token" | "trace" => "4711",
        other => panic!("the parameter {{{other}}} needs an example"),
    }
}

#[tokio::test]
async fn every_route_lets_in_whom_the_table_says() {
    let mut wrong = Vec::new();
    for (route, body, expected) in rows() {
        let got = statuses(route, &body).await;
        if got != expected {
            wrong.push(format!("{route}: {got:?} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn statuses(route: &str, body: &Value) -> [u16; 7] {
    let (method, template) = route.split_once(' ').unwrap();
    let path = filled(template);
    let body = (!body.is_null()).then_some(body);
    let server = TestServer::new().await;
    let mut statuses = [0; 7];
    for (status, client) in statuses.iter_mut().zip(everybody(&server).await) {
        let answer = client.call(method, &path, body.cloned()).await;
        *status = answer.status.as_u16();
    }
    statuses
}

async fn everybody(server: &TestServer) -> [Client; 7] {
    server.store("alpha").await;
    server.store("beta").await;
    server.account("bystander", false).await;
    let administrator = server.administrator().await;
    [
        server.anonymous(),
        server.member("viewer", "alpha", Role::Viewer).await,
        server.member("editor", "alpha", Role::Editor).await,
        server.member("installer", "alpha", Role::Installer).await,
        server
            .member("administrator", "alpha", Role::Administrator)
            .await,
        server.member("other", "beta", Role::Administrator).await,
        administrator,
    ]
}

fn filled(template: &str) -> String {
    template
        .split('/')
        .map(
            |part| match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
                Some(parameter) => example(parameter),
                None => part,
            },
        )
        .collect::<Vec<_>>()
        .join("/")
}

#[test]
fn the_table_has_every_route_of_the_document_and_no_other() {
    let known: BTreeSet<String> = rows()
        .iter()
        .map(|(route, ..)| (*route).to_owned())
        .collect();
    let (_, document) = server::routes::api().split_for_parts();
    let there: BTreeSet<String> = document
        .paths
        .paths
        .iter()
        .flat_map(|(path, item)| {
            let path = path.strip_prefix("/api/v1").unwrap().to_owned();
            methods(item)
                .into_iter()
                .map(move |method| format!("{method} {path}"))
        })
        .collect();
    let missing: Vec<_> = there.difference(&known).collect();
    let gone: Vec<_> = known.difference(&there).collect();
    assert!(missing.is_empty(), "no line in the table for {missing:?}");
    assert!(gone.is_empty(), "lines without a route: {gone:?}");
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    let all: [(&str, &Option<Operation>); 5] = [
        ("GET", &item.get),
        ("PUT", &item.put),
        ("POST", &item.post),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ];
    let there = all.into_iter().filter(|(_, operation)| operation.is_some());
    there.map(|(method, _)| method).collect()
}
