//! Targets, installs and drift.

use generator::objects::ObjectId;
use serde_json::Value;

use super::install::{
    Install, InstallPlan, InstallRecord, InstallRequest, InstalledText, KeepDrift, Progress,
    Return, StackState, Target,
};
use super::{Answer, escape, get, send, store_path};
use ::api::Window;

pub async fn targets(store: &str) -> Answer<Vec<Target>> {
    get(&store_path(store, "/targets")).await
}

pub async fn set_target(store: &str, stack: &ObjectId, root: &str) -> Answer<Target> {
    let path = store_path(store, &format!("/targets/{}", escape(&stack.0)));
    send(
        "PUT",
        &path,
        &Target {
            stack: stack.clone(),
            root: root.to_owned(),
        },
    )
    .await
}

pub async fn preview(store: &str, request: &InstallRequest) -> Answer<InstallPlan> {
    send("POST", &store_path(store, "/installs/preview"), request).await
}

pub async fn install(store: &str, install: &Install) -> Answer<Vec<InstallRecord>> {
    send("POST", &store_path(store, "/installs"), install).await
}

/// My install in this store that is under way, or that waits for another one.
pub async fn progress(store: &str, me: &str) -> Answer<Option<Progress>> {
    let all: Vec<Progress> = get(&store_path(store, "/installs/progress")).await?;
    Ok(all.into_iter().find(|progress| progress.by == me))
}

/// Ends my installs before their next stack.
pub async fn cancel(store: &str) -> Answer<()> {
    let path = store_path(store, "/installs/cancel");
    let _: Value = send("POST", &path, &()).await?;
    Ok(())
}

/// Keeps the files of an install that waits, or puts back what was there before.
pub async fn end_wait(store: &str, install: i64, keep: bool) -> Answer<()> {
    let how = if keep { "confirm" } else { "put-back" };
    let path = store_path(store, &format!("/installs/{install}/{how}"));
    let _: Value = send("POST", &path, &()).await?;
    Ok(())
}

/// One install.
pub async fn installed(store: &str, install: i64) -> Answer<InstallRecord> {
    get(&store_path(store, &format!("/installs/{install}"))).await
}

/// The installs of all stacks, the newest first.
pub async fn installs(store: &str, offset: u64, limit: u64) -> Answer<Window<InstallRecord>> {
    get(&store_path(
        store,
        &format!("/installs?offset={offset}&limit={limit}"),
    ))
    .await
}

pub async fn installs_of(
    store: &str,
    stack: &ObjectId,
    limit: u64,
) -> Answer<Window<InstallRecord>> {
    get(&store_path(
        store,
        &format!("/installs?stack={}&limit={limit}", escape(&stack.0)),
    ))
    .await
}

/// The files of an install as they were written.
pub async fn installed_texts(store: &str, install: i64) -> Answer<Vec<InstalledText>> {
    get(&store_path(store, &format!("/installs/{install}/files"))).await
}

pub async fn return_to(store: &str, install: i64, body: &Return) -> Answer<InstallRecord> {
    send(
        "POST",
        &store_path(store, &format!("/installs/{install}/return")),
        body,
    )
    .await
}

/// What is installed where, and what drifted.
pub async fn drift(store: &str) -> Answer<Vec<StackState>> {
    get(&store_path(store, "/drift")).await
}

/// Keeps what was changed on the target for later.
pub async fn keep_drift(store: &str, stack: &ObjectId, body: &KeepDrift) -> Answer<()> {
    let path = store_path(store, &format!("/drift/{}/keep", escape(&stack.0)));
    let _: Value = send("POST", &path, body).await?;
    Ok(())
}
