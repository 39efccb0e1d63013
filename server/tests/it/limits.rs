//! What one user may ask for.

use api::account::Role;
use serde_json::json;

use crate::common::TestServer;

#[tokio::test]
async fn writes_of_one_user_have_a_limit_and_reading_has_none() {
    let server = TestServer::with(|settings| settings.limits.writes_per_minute = 4).await;
    server.store("alpha").await;
    let ana = server.member("ana", "alpha", Role::Editor).await;
    let bo = server.member("bo", "alpha", Role::Editor).await;
    let path = "/stores/alpha/draft/discard";
    for _ in 0..2 {
        assert_eq!(ana.post(path, json!({})).await.status, 200);
    }
    let refused = ana.post(path, json!({})).await;
    assert_eq!(refused.outcome(), "429 too-many-requests");
    assert_eq!(refused.header("retry-after"), "15");
    assert_eq!(ana.get("/stores/alpha/draft").await.status, 200);
    assert_eq!(bo.post(path, json!({})).await.status, 200);
}
