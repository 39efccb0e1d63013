//! Targets, installs and drift.

use api::account::Role;
use api::install::{
    Install, InstallPlan, InstallRecord, InstallRequest, InstalledFile, InstalledText, KeepDrift,
    Progress, Return, StackState, Target,
};
use axum::extract::State;
use axum::http::StatusCode;
use generator::objects::{Object, ObjectId};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::within::{self, actor, sentence};
use crate::app::AppState;
use crate::auth::User;
use crate::deploy::{self, DeployError, Site};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path, Query};
use crate::install::{Root, TargetError};
use crate::store::install::InstallRow;
use crate::store::{self, Actor, Page, StoreRow};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(targets))
        .routes(routes!(set_target, remove_target))
        .routes(routes!(preview))
        .routes(routes!(list, install))
        .routes(routes!(show))
        .routes(routes!(texts))
        .routes(routes!(put_back))
        .routes(routes!(confirm))
        .routes(routes!(put_back_now))
        .routes(routes!(progress))
        .routes(routes!(cancel))
        .routes(routes!(drift))
        .routes(routes!(keep))
}

/// Where the files of stacks go.
#[utoipa::path(get, path = "/stores/{store}/targets", tag = "install",
    params(("store" = String, Path, description = "Name of the store")),
    responses((status = OK, body = Vec<Target>), (status = NOT_FOUND, body = api::Problem)))]
async fn targets(
    State(state): State<AppState>,
    user: User,
    Path(store): Path<String>,
) -> ApiResult<Json<Vec<Target>>> {
    let store = open(&state, &user, &store, Role::Viewer).await?;
    let targets = store::target::list(&state.db, store.id).await?;
    let target = |row: store::target::TargetRow| Target {
        stack: row.stack,
        root: row.root,
    };
    Ok(Json(targets.into_iter().map(target).collect()))
}

/// Sets where the files of a stack go. For administrators of the server: it decides which files of
/// the machine a store writes, and anybody may make a store and administer it.
#[utoipa::path(put, path = "/stores/{store}/targets/{stack}", tag = "install", request_body = Target,
    params(("store" = String, Path, description = "Name of the store"),
           ("stack" = String, Path, description = "Id of the stack")),
    responses(
        (status = OK, body = Target),
        (status = NOT_FOUND, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn set_target(
    State(state): State<AppState>,
    user: User,
    Path((store, stack)): Path<(String, ObjectId)>,
    Json(body): Json<Target>,
) -> ApiResult<Json<Target>> {
    let store = open(&state, &user, &store, Role::Administrator).await?;
    user.require_administrator()?;
    if body.stack != stack {
        return Err(ApiError::unprocessable(
            "The stack in the body is not the one in the address.",
        ));
    }
    let object = store::object::find(&state.db, &store, &stack, None).await?;
    if !matches!(object.body, Object::Stack(_)) {
        return Err(ApiError::unprocessable(format!("`{stack}` is no stack.")));
    }
    let (root, allowed) = (body.root, state.settings.install_roots.clone());
    let opened = blocking(move || Root::open(&root, &allowed)).await?;
    let root = opened.map_err(refused)?.path().to_owned();
    store::target::set(&state.db, &store, &actor(&user), &stack, &root).await?;
    Ok(Json(Target { stack, root }))
}

/// Takes the target of a stack away; its files stay. For administrators of the server.
#[utoipa::path(delete, path = "/stores/{store}/targets/{stack}", tag = "install",
    params(("store" = String, Path, description = "Name of the store"),
           ("stack" = String, Path, description = "Id of the stack")),
    responses((status = NO_CONTENT), (status = NOT_FOUND, body = api::Problem)))]
async fn remove_target(
    State(state): State<AppState>,
    user: User,
    Path((store, stack)): Path<(String, ObjectId)>,
) -> ApiResult<StatusCode> {
    let store = open(&state, &user, &store, Role::Administrator).await?;
    user.require_administrator()?;
    store::target::remove(&state.db, &store, &actor(&user), &stack).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows what an install would do; changes nothing.
#[utoipa::path(post, path = "/stores/{store}/installs/preview", tag = "install",
    request_body = InstallRequest,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = InstallPlan),
        (status = NOT_FOUND, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn preview(
    State(state): State<AppState>,
    user: User,
    Path(store): Path<String>,
    Json(body): Json<InstallRequest>,
) -> ApiResult<Json<InstallPlan>> {
    let store = open(&state, &user, &store, Role::Viewer).await?;
    let plan = deploy::plan(&state.site(), &store, &body).await?;
    Ok(Json(plan.shown))
}

/// Which installs to list.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Listing {
    stack: Option<ObjectId>,
    offset: i64,
    limit: Option<i64>,
}

/// The installs of a store or of one stack, newest first.
#[utoipa::path(get, path = "/stores/{store}/installs", tag = "install",
    params(("store" = String, Path, description = "Name of the store"),
           ("stack" = Option<String>, Query, description = "Id of a stack"),
           ("offset" = Option<i64>, Query, description = "Position of the first"),
           ("limit" = Option<i64>, Query, description = "At most so many, 1000 at most")),
    responses((status = OK, body = api::Window<InstallRecord>),
              (status = NOT_FOUND, body = api::Problem)))]
async fn list(
    State(state): State<AppState>,
    user: User,
    Path(store): Path<String>,
    Query(query): Query<Listing>,
) -> ApiResult<Json<api::Window<InstallRecord>>> {
    let store = open(&state, &user, &store, Role::Viewer).await?;
    let page = Page::new(query.offset, query.limit.unwrap_or(100));
    let found = store::install::list(&state.db, store.id, query.stack.as_ref(), page).await?;
    Ok(Json(api::Window {
        items: records(&state, found.items),
        total: found.total,
        offset: found.offset,
    }))
}

/// Installs what the plan showed, and nothing else; for installers.
#[utoipa::path(post, path = "/stores/{store}/installs", tag = "install", request_body = Install,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Vec<InstallRecord>),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
        (status = LOCKED, body = api::Problem),
        (status = INSUFFICIENT_STORAGE, body = api::Problem),
    ))]
async fn install(
    State(state): State<AppState>,
    user: User,
    Path(store): Path<String>,
    Json(body): Json<Install>,
) -> ApiResult<Json<Vec<InstallRecord>>> {
    let store = open(&state, &user, &store, Role::Installer).await?;
    let (site, actor) = (state.site(), actor(&user));
    let work = async move { deploy::install(&site, &store, &actor, &body).await };
    let done = to_the_end(work).await?;
    Ok(Json(records(&state, done)))
}

/// The installs of a store that are under way, and how far they are.
#[utoipa::path(get, path = "/stores/{store}/installs/progress", tag = "install",
    params(("store" = String, Path, description = "Name of the store")),
    responses((status = OK, body = Vec<Progress>), (status = NOT_FOUND, body = api::Problem)))]
async fn progress(
    State(state): State<AppState>,
    user: User,
    Path(store): Path<String>,
) -> ApiResult<Json<Vec<Progress>>> {
    let store = open(&state, &user, &store, Role::Viewer).await?;
    Ok(Json(deploy::progress(&state.site(), &store)))
}

/// Ends my installs that are under way before their next stack. What is written stays written; the
/// answer of the install names the stacks that are. For installers.
#[utoipa::path(post, path = "/stores/{store}/installs/cancel", tag = "install",
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Vec<Progress>),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
    ))]
async fn cancel(
    State(state): State<AppState>,
    user: User,
    Path(store): Path<String>,
) -> ApiResult<Json<Vec<Progress>>> {
    let store = open(&state, &user, &store, Role::Installer).await?;
    let cancelled = deploy::cancel(&state.site(), &store, &actor(&user));
    match cancelled.is_empty() {
        true => Err(ApiError::conflict(
            "None of your installs is under way in this store.",
        )),
        false => Ok(Json(cancelled)),
    }
}

/// Keeps the files of an install that waits for its confirmation, and of the stacks that were
/// installed with it; answers these. For installers.
#[utoipa::path(post, path = "/stores/{store}/installs/{id}/confirm", tag = "install",
    params(("store" = String, Path, description = "Name of the store"),
           ("id" = i64, Path, description = "Number of the install")),
    responses(
        (status = OK, body = Vec<InstallRecord>),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
    ))]
async fn confirm(
    State(state): State<AppState>,
    user: User,
    Path((store, id)): Path<(String, i64)>,
) -> ApiResult<Json<Vec<InstallRecord>>> {
    let end = |site, store, actor| async move { deploy::confirm(&site, &store, &actor, id).await };
    end_trial(state, &user, &store, end).await
}

/// Puts back what was there before an install that waits for its confirmation, and before the stacks
/// that were installed with it; answers the lines of the history that say so. For installers.
#[utoipa::path(post, path = "/stores/{store}/installs/{id}/put-back", tag = "install",
    params(("store" = String, Path, description = "Name of the store"),
           ("id" = i64, Path, description = "Number of the install")),
    responses(
        (status = OK, body = Vec<InstallRecord>),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = INSUFFICIENT_STORAGE, body = api::Problem),
    ))]
async fn put_back_now(
    State(state): State<AppState>,
    user: User,
    Path((store, id)): Path<(String, i64)>,
) -> ApiResult<Json<Vec<InstallRecord>>> {
    let end =
        |site, store, actor| async move { deploy::put_back_now(&site, &store, &actor, id).await };
    end_trial(state, &user, &store, end).await
}

/// Ends the wait of an install one way or the other; answers what the history says of it.
async fn end_trial<W>(
    state: AppState,
    user: &User,
    store: &str,
    end: impl FnOnce(Site, StoreRow, Actor) -> W,
) -> ApiResult<Json<Vec<InstallRecord>>>
where
    W: Future<Output = Result<Vec<InstallRow>, DeployError>> + Send + 'static,
{
    let store = open(&state, user, store, Role::Installer).await?;
    let rows = to_the_end(end(state.site(), store, actor(user))).await?;
    Ok(Json(records(&state, rows)))
}

/// One install.
#[utoipa::path(get, path = "/stores/{store}/installs/{id}", tag = "install",
    params(("store" = String, Path, description = "Name of the store"),
           ("id" = i64, Path, description = "Number of the install")),
    responses((status = OK, body = InstallRecord), (status = NOT_FOUND, body = api::Problem)))]
async fn show(
    State(state): State<AppState>,
    user: User,
    Path((store, id)): Path<(String, i64)>,
) -> ApiResult<Json<InstallRecord>> {
    let store = open(&state, &user, &store, Role::Viewer).await?;
    let row = store::install::find(&state.db, store.id, id).await?;
    Ok(Json(record(&state, row)))
}

/// The files of an install as they were written.
#[utoipa::path(get, path = "/stores/{store}/installs/{id}/files", tag = "install",
    params(("store" = String, Path, description = "Name of the store"),
           ("id" = i64, Path, description = "Number of the install")),
    responses((status = OK, body = Vec<InstalledText>),
              (status = NOT_FOUND, body = api::Problem)))]
async fn texts(
    State(state): State<AppState>,
    user: User,
    Path((store, id)): Path<(String, i64)>,
) -> ApiResult<Json<Vec<InstalledText>>> {
    let store = open(&state, &user, &store, Role::Viewer).await?;
    let row = store::install::find(&state.db, store.id, id).await?;
    if let Some(undone) = row.undoes {
        let texts = store::trial::put_back_texts(&state.db, &store, undone).await?;
        let text = |file: store::trial::PutBackText| InstalledText {
            role: file.role,
            path: on_this_machine(&row.root, &file.path),
            sha256: file.sha256,
            text: file.text,
            replaced: file.replaced,
        };
        return Ok(Json(texts.into_iter().map(text).collect()));
    }
    let texts = store::install::texts(&state.db, &store, id).await?;
    let text = |file: store::install::FileText| InstalledText {
        role: file.role,
        path: on_this_machine(&row.root, &file.path),
        sha256: Some(file.sha256),
        text: file.text,
        replaced: None,
    };
    Ok(Json(texts.into_iter().map(text).collect()))
}

/// Writes the files of an earlier install again; for installers.
#[utoipa::path(post, path = "/stores/{store}/installs/{id}/return", tag = "install",
    request_body = Return,
    params(("store" = String, Path, description = "Name of the store"),
           ("id" = i64, Path, description = "Number of the install")),
    responses(
        (status = OK, body = InstallRecord),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
        (status = LOCKED, body = api::Problem),
        (status = INSUFFICIENT_STORAGE, body = api::Problem),
    ))]
async fn put_back(
    State(state): State<AppState>,
    user: User,
    Path((store, id)): Path<(String, i64)>,
    Json(body): Json<Return>,
) -> ApiResult<Json<InstallRecord>> {
    let store = open(&state, &user, &store, Role::Installer).await?;
    let (site, actor) = (state.site(), actor(&user));
    let work = async move { deploy::put_back(&site, &store, &actor, id, &body).await };
    let done = to_the_end(work).await?;
    Ok(Json(record(&state, done)))
}

/// What is installed where, and what was changed there since.
#[utoipa::path(get, path = "/stores/{store}/drift", tag = "install",
    params(("store" = String, Path, description = "Name of the store")),
    responses((status = OK, body = Vec<StackState>), (status = NOT_FOUND, body = api::Problem)))]
async fn drift(
    State(state): State<AppState>,
    user: User,
    Path(store): Path<String>,
) -> ApiResult<Json<Vec<StackState>>> {
    let store = open(&state, &user, &store, Role::Viewer).await?;
    let states = deploy::states(&state.site(), &store).await?;
    let shown = states.into_iter().map(|found| stack_state(&state, found));
    Ok(Json(shown.collect()))
}

/// Keeps what was changed on the target for a later adoption; for editors.
#[utoipa::path(post, path = "/stores/{store}/drift/{stack}/keep", tag = "install",
    request_body = KeepDrift,
    params(("store" = String, Path, description = "Name of the store"),
           ("stack" = String, Path, description = "Id of the stack")),
    responses(
        (status = OK, body = StackState),
        (status = NOT_FOUND, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn keep(
    State(state): State<AppState>,
    user: User,
    Path((store, stack)): Path<(String, ObjectId)>,
    Json(body): Json<KeepDrift>,
) -> ApiResult<Json<StackState>> {
    let store = open(&state, &user, &store, Role::Editor).await?;
    let kept = deploy::keep(&state.site(), &store, &actor(&user), &stack, &body.comment).await?;
    Ok(Json(stack_state(&state, kept)))
}

/// The store, when the user may do in it what `least` may.
async fn open(state: &AppState, user: &User, store: &str, least: Role) -> ApiResult<StoreRow> {
    Ok(within::store(state, user, store, least).await?.0)
}

/// Runs work that a client that goes away must not cut off.
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, DeployError>> + Send + 'static,
) -> ApiResult<T> {
    let done = tokio::spawn(work).await.map_err(ApiError::internal)?;
    Ok(done?)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(ApiError::internal)
}

fn refused(error: TargetError) -> ApiError {
    ApiError::unprocessable(sentence(&error.to_string()))
}

impl From<DeployError> for ApiError {
    fn from(error: DeployError) -> Self {
        let words = sentence(&error.to_string());
        match error {
            DeployError::Store(error) => error.into(),
            DeployError::Invalid(_) => Self::unprocessable(words),
            DeployError::Refused { findings, .. } => Self::Unprocessable {
                detail: words,
                findings,
            },
            DeployError::PlanChanged | DeployError::Drifted(_) => Self::conflict(words),
            DeployError::Engine { .. }
            | DeployError::Undone { .. }
            | DeployError::NotUndone { .. } => Self::conflict(words),
            DeployError::UnderWay | DeployError::Unsettled { .. } | DeployError::PuttingBack => {
                Self::conflict(words)
            }
            DeployError::Target { cause, .. } | DeployError::NotPutBack { cause, .. } => {
                match cause {
                    TargetError::Full { .. } => Self::TargetFull { detail: words },
                    TargetError::Busy { .. } => Self::unavailable(words),
                    _ => Self::conflict(words),
                }
            }
            DeployError::CutOff => Self::internal(error),
        }
    }
}

fn stack_state(state: &AppState, found: deploy::State) -> StackState {
    StackState {
        stack: found.stack,
        root: found.root,
        installed: found.installed.map(|row| record(state, row)),
        drift: found.drift,
    }
}

fn records(state: &AppState, rows: Vec<InstallRow>) -> Vec<InstallRecord> {
    rows.into_iter().map(|row| record(state, row)).collect()
}

fn record(state: &AppState, row: InstallRow) -> InstallRecord {
    let file = |file: store::install::FileRow| InstalledFile {
        role: file.role,
        path: on_this_machine(&row.root, &file.path),
        sha256: file.sha256,
    };
    InstallRecord {
        waits: row.waits().map(|trial| deploy::waits(&state.site(), trial)),
        undoes: row.undoes,
        undone: row.undone,
        files: row.files.into_iter().map(file).collect(),
        id: row.id,
        stack: row.stack,
        name: row.name,
        revision: row.revision,
        by: row.by,
        at: row.at,
        comment: row.comment,
        outcome: row.outcome,
        returned_to: row.returned_to,
        current: row.current,
        engines: row.engines,
    }
}

fn on_this_machine(root: &str, path: &str) -> String {
    format!("{}{path}", root.trim_end_matches('/'))
}
