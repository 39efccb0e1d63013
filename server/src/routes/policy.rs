//! Questions about policies: what is wrong in files, which rule a connection meets, who gets through it, what
//! changes for connections, whether it is what is expected, what files become in a store, what a code means.

use std::collections::{BTreeMap, BTreeSet};

use api::account::Role;
use api::draft::Draft;
use api::policy::{
    self, Adopt, AdoptHeld, Adopted, Check, Diff, DiffStacks, Differences, Explain, Handshake,
    HandshakeStack, Handshakes, KnownPeer, Simulate, SimulateStack, Simulated, Sources, StackOf,
    Test, TestStacks, Tested, Unanswered,
};
use axum::extract::State;
use generator::objects::{Configuration, Object, ObjectId};
use serde::Deserialize;
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::within::store;
use crate::app::AppState;
use crate::auth::{User, secret};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path, Query};
use crate::store::{StoreRow, draft, lock, object, save};

/// Answers that are worked out at one time: each may take a processor for seconds.
static WORKING: Semaphore = Semaphore::const_new(2);

/// Bytes of an edit besides its changes: its words, and the names of its fields.
const AROUND_CHANGES: usize = 4096;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(check))
        .routes(routes!(simulate))
        .routes(routes!(simulate_stack))
        .routes(routes!(adopt))
        .routes(routes!(peers))
        .routes(routes!(handshake))
        .routes(routes!(handshake_stack))
        .routes(routes!(diff))
        .routes(routes!(diff_stacks))
        .routes(routes!(test))
        .routes(routes!(test_stacks))
        .routes(routes!(explain))
}

/// Says what is wrong in files of the Policy Agent, and which of them leads to which. Nothing is stored.
#[utoipa::path(post, path = "/policy/check", tag = "policy", request_body = Sources,
    responses(
        (status = OK, body = Check),
        (status = PAYLOAD_TOO_LARGE, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
        (status = TOO_MANY_REQUESTS, body = api::Problem),
    ))]
async fn check(
    State(state): State<AppState>,
    user: User,
    Json(sources): Json<Sources>,
) -> ApiResult<Json<Check>> {
    let _upload = state.uploads.begin(&user.name)?;
    answer(move || policy::check(&sources)).await
}

/// Says which rule of files of the Policy Agent a connection meets, why no earlier one applies, and what
/// the rule gives it. Nothing is stored.
#[utoipa::path(post, path = "/policy/simulate", tag = "policy", request_body = Simulate,
    responses(
        (status = OK, body = Vec<Simulated>),
        (status = PAYLOAD_TOO_LARGE, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
        (status = TOO_MANY_REQUESTS, body = api::Problem),
    ))]
async fn simulate(
    State(state): State<AppState>,
    user: User,
    Json(asked): Json<Simulate>,
) -> ApiResult<Json<Vec<Simulated>>> {
    let _upload = state.uploads.begin(&user.name)?;
    answer(move || policy::simulate(&asked)).await
}

/// The same of a stack of the store, as it is in my draft or in a revision.
#[utoipa::path(post, path = "/stores/{store}/simulate", tag = "policy", request_body = SimulateStack,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Simulated),
        (status = NOT_FOUND, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn simulate_stack(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(asked): Json<SimulateStack>,
) -> ApiResult<Json<Simulated>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let configuration = configuration_of(&state, &found, &user, asked.of).await?;
    let work = move || {
        let configuration = configuration();
        policy::simulate_stack(&configuration, &asked.stack, &asked.connection)
    };
    answer(work).await
}

/// The programs whose handshakes can be asked about.
#[utoipa::path(get, path = "/policy/peers", tag = "policy",
    responses((status = OK, body = Vec<KnownPeer>)))]
async fn peers(_user: User) -> Json<Vec<KnownPeer>> {
    Json(policy::peers())
}

/// Says which partners get through the rule that a connection meets: version, cipher suite and group, or
/// the return code, the reason and what to change. Certificates are not looked at. Nothing is stored.
#[utoipa::path(post, path = "/policy/handshake", tag = "policy", request_body = Handshake,
    responses(
        (status = OK, body = Vec<Handshakes>),
        (status = PAYLOAD_TOO_LARGE, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
        (status = TOO_MANY_REQUESTS, body = api::Problem),
    ))]
async fn handshake(
    State(state): State<AppState>,
    user: User,
    Json(asked): Json<Handshake>,
) -> ApiResult<Json<Vec<Handshakes>>> {
    let _upload = state.uploads.begin(&user.name)?;
    answer(move || policy::handshake(&asked)).await
}

/// The same of a stack of the store, as it is in my draft or in a revision.
#[utoipa::path(post, path = "/stores/{store}/handshake", tag = "policy", request_body = HandshakeStack,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Handshakes),
        (status = NOT_FOUND, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn handshake_stack(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(asked): Json<HandshakeStack>,
) -> ApiResult<Json<Handshakes>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let configuration = configuration_of(&state, &found, &user, asked.of).await?;
    let work = move || {
        let configuration = configuration();
        policy::handshake_stack(&configuration, &asked.stack, &asked.connection, &asked.with)
    };
    answer(work).await
}

/// Says what changes for connections from one set of files to another, with a connection for each change.
/// Names, order and places of what means the same are no difference. Nothing is stored.
#[utoipa::path(post, path = "/policy/diff", tag = "policy", request_body = Diff,
    responses(
        (status = OK, body = Differences),
        (status = PAYLOAD_TOO_LARGE, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
        (status = TOO_MANY_REQUESTS, body = api::Problem),
    ))]
async fn diff(
    State(state): State<AppState>,
    user: User,
    Json(asked): Json<Diff>,
) -> ApiResult<Json<Differences>> {
    let _upload = state.uploads.begin(&user.name)?;
    answer(move || policy::diff(&asked)).await
}

/// The same of the stacks of the store, between two revisions, or a revision and what saving my draft would
/// make of the newest one.
#[utoipa::path(post, path = "/stores/{store}/differences", tag = "policy", request_body = DiffStacks,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Differences),
        (status = NOT_FOUND, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn diff_stacks(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(asked): Json<DiffStacks>,
) -> ApiResult<Json<Differences>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let only = asked.only.as_deref();
    let from = saved(&state, &found, &user, asked.from, only).await?;
    let to = saved(&state, &found, &user, asked.to, only).await?;
    answer(move || policy::diff_stacks(&from, &to, asked.stack.as_ref())).await
}

/// A revision, or what saving my draft would make of the newest one.
async fn saved(
    state: &AppState,
    found: &StoreRow,
    user: &User,
    of: StackOf,
    only: Option<&[ObjectId]>,
) -> ApiResult<Configuration> {
    Ok(match of {
        StackOf::Draft => save::planned(&state.db, found, &user.name, only).await?,
        StackOf::Revision(number) => {
            let objects = object::configuration(&state.db, found, Some(number)).await?;
            with_draft(objects, Draft::default())
        }
    })
}

/// Says whether files do what is expected of them, for all connections that a line describes. Nothing is
/// stored.
#[utoipa::path(post, path = "/policy/test", tag = "policy", request_body = Test,
    responses(
        (status = OK, body = Tested),
        (status = PAYLOAD_TOO_LARGE, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
        (status = TOO_MANY_REQUESTS, body = api::Problem),
    ))]
async fn test(
    State(state): State<AppState>,
    user: User,
    Json(asked): Json<Test>,
) -> ApiResult<Json<Tested>> {
    let _upload = state.uploads.begin(&user.name)?;
    answer(move || policy::test(&asked)).await
}

/// The same of the stacks of the store, as they are in my draft or in a revision: with the policy tests
/// that are kept there, or with others. `fails`, `undecided` and `findings_total` of 0 say that all hold.
#[utoipa::path(post, path = "/stores/{store}/test", tag = "policy", request_body = TestStacks,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Tested),
        (status = NOT_FOUND, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn test_stacks(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(asked): Json<TestStacks>,
) -> ApiResult<Json<Tested>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let configuration = configuration_of(&state, &found, &user, asked.of).await?;
    let work = move || {
        let configuration = configuration();
        policy::test_stacks(&configuration, asked.owner.as_ref(), asked.tests.as_deref())
    };
    answer(work).await
}

/// Says what files of the Policy Agent become in my draft: the changes for `POST …/draft/edits`, the report,
/// whether every connection is treated as before, and the files as they would be written. Nothing is stored.
#[utoipa::path(post, path = "/stores/{store}/adopt", tag = "policy", request_body = Adopt,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Adopted),
        (status = NOT_FOUND, body = api::Problem),
        (status = PAYLOAD_TOO_LARGE, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
        (status = TOO_MANY_REQUESTS, body = api::Problem),
    ))]
async fn adopt(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(asked): Json<Adopt>,
) -> ApiResult<Json<Adopted>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let _upload = state.uploads.begin(&user.name)?;
    let (objects, draft) = state_of(&state, &found, &user, StackOf::Draft).await?;
    let locks = lock::list(&state.db, found.id).await?;
    // 96 random bits, and a number for each object.
    let random = secret::random_hex(12).map_err(|error| ApiError::internal(error.to_string()))?;
    let most = state.settings.limits.body_bytes;
    let work = move || {
        let etags = etags(&objects, &draft);
        let configuration = with_draft(objects, draft);
        let mut made = 0_u32;
        let mut new_id = || {
            made += 1;
            ObjectId(format!("{random}{made:08x}"))
        };
        let etag = |id: &ObjectId| etags.get(id).cloned();
        let mut adopted = policy::adopt(&asked, &configuration, &etag, &mut new_id)?;
        let changed: BTreeSet<_> = adopted.changes.iter().map(|change| &change.id).collect();
        let others = locks.into_iter().filter(|lock| lock.holder != user.name);
        let held = others.filter(|lock| changed.contains(&lock.object));
        let held = held.map(|lock| AdoptHeld {
            name: configuration
                .get(&lock.object)
                .map(Object::name)
                .unwrap_or_default(),
            lock,
        });
        adopted.held = held.collect();
        let size = serde_json::to_vec(&adopted.changes).map_or(0, |text| text.len());
        adopted.too_large_for = (size + AROUND_CHANGES > most).then_some(most);
        Ok(adopted)
    };
    answer(work).await
}

/// What an edit of the draft has to name of each object.
fn etags(objects: &Objects, draft: &Draft) -> BTreeMap<ObjectId, String> {
    let stored = objects.objects.iter();
    let mut etags: BTreeMap<_, _> = stored
        .map(|one| (one.id.clone(), one.etag.clone()))
        .collect();
    let changes = draft.changes.iter();
    etags.extend(changes.map(|change| (change.id.clone(), change.etag.clone())));
    etags
}

type Objects = api::store::StoredConfiguration;

/// What makes the configuration of a store, as it is in my draft or in a revision.
pub(super) async fn configuration_of(
    state: &AppState,
    found: &StoreRow,
    user: &User,
    of: StackOf,
) -> ApiResult<impl FnOnce() -> Configuration + Send + use<>> {
    let (objects, draft) = state_of(state, found, user, of).await?;
    Ok(move || with_draft(objects, draft))
}

async fn state_of(
    state: &AppState,
    found: &StoreRow,
    user: &User,
    of: StackOf,
) -> ApiResult<(Objects, Draft)> {
    let (number, draft) = match of {
        StackOf::Revision(number) => (Some(number), Draft::default()),
        StackOf::Draft => (None, draft::find(&state.db, found, &user.name).await?),
    };
    let objects = object::configuration(&state.db, found, number).await?;
    Ok((objects, draft))
}

fn with_draft(objects: Objects, draft: Draft) -> Configuration {
    let stored = objects.objects.into_iter();
    let mut configuration: Configuration = stored.map(|one| (one.id, one.body)).collect();
    for change in draft.changes {
        match change.body {
            Some(body) => configuration.objects.insert(change.id, body),
            None => configuration.objects.remove(&change.id),
        };
    }
    configuration
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Words {
    /// A code, a statement, an attribute, or words; every finding when nothing is said.
    #[serde(default)]
    q: String,
}

/// Says what a code of a finding, a statement or an attribute means.
#[utoipa::path(get, path = "/policy/explain", tag = "policy", params(Words),
    responses((status = OK, body = Explain)))]
async fn explain(_user: User, Query(asked): Query<Words>) -> Json<Explain> {
    Json(policy::explain(&asked.q))
}

async fn answer<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Unanswered> + Send + 'static,
) -> ApiResult<Json<T>> {
    work_out(work)
        .await?
        .map(Json)
        .map_err(|unanswered| ApiError::unprocessable(unanswered.detail))
}

/// Works an answer out where it keeps nobody waiting but who asked.
pub(super) async fn work_out<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> ApiResult<T> {
    let permit = WORKING.acquire().await.map_err(ApiError::internal)?;
    let work = move || {
        // Who goes away does not make room before the work is over.
        let _permit = permit;
        work()
    };
    let answer = tokio::task::spawn_blocking(work).await;
    answer.map_err(ApiError::internal)
}
