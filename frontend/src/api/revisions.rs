//! Calls about revisions: list, compare, save, restore.

use generator::objects::{Configuration, ObjectId};
use serde_json::{Value, json};

use super::draft::Save;
use super::store::{NewFreeze, ObjectVersion, Restore, Revision, StoredConfiguration};
use super::{Answer, delete, escape, get, send, store_path};
use ::api::Window;

/// The most items that the server gives at once.
pub const PAGE: u64 = 200;

/// A part of the revisions, newest first.
pub async fn revisions(store: &str, offset: u64, limit: u64) -> Answer<Window<Revision>> {
    get(&store_path(
        store,
        &format!("/revisions?offset={offset}&limit={limit}"),
    ))
    .await
}

/// All objects of a revision.
pub async fn configuration_of(store: &str, revision: i64) -> Answer<Configuration> {
    let stored: StoredConfiguration = get(&store_path(
        store,
        &format!("/configuration?revision={revision}"),
    ))
    .await?;
    Ok(stored
        .objects
        .into_iter()
        .map(|object| (object.id, object.body))
        .collect())
}

/// What changed an object, newest first.
pub async fn versions(store: &str, object: &ObjectId) -> Answer<Vec<ObjectVersion>> {
    let path = store_path(store, &format!("/objects/{}/history", escape(&object.0)));
    let window: Window<ObjectVersion> = get(&format!("{path}?offset=0&limit=1000")).await?;
    Ok(window.items)
}

pub async fn save(store: &str, save: &Save) -> Answer<Revision> {
    send("POST", &store_path(store, "/draft/save"), save).await
}

pub async fn restore(store: &str, restore: &Restore) -> Answer<Revision> {
    send("POST", &store_path(store, "/restore"), restore).await
}

pub async fn freeze(store: &str, freeze: &NewFreeze) -> Answer<()> {
    let _: Value = send("PUT", &store_path(store, "/freeze"), freeze).await?;
    Ok(())
}

pub async fn lift_freeze(store: &str) -> Answer<()> {
    delete(&store_path(store, "/freeze")).await
}

/// Deletes an archived store for good; its name is typed again.
pub async fn delete_store(store: &str) -> Answer<()> {
    let _: Value = send(
        "DELETE",
        &store_path(store, ""),
        &json!({ "confirm_name": store }),
    )
    .await?;
    Ok(())
}
