//! Stores as files: export and import.

use std::fs::OpenOptions;
use std::io::SeekFrom;
use std::os::unix::fs::OpenOptionsExt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use api::account::Role;
use api::store::{NewStore, StoreSummary};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt as _;
use http_body::{Body as HttpBody, Frame, SizeHint};
use serde::Deserialize;
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeekExt, AsyncWriteExt, ReadBuf};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::stores::{may_create, summary};
use super::within::{actor, store};
use crate::app::AppState;
use crate::auth::{User, secret};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path, Query, broken, too_long};
use crate::store::{StoreError, StoreRow, export, import};

/// The most bytes of a file that is imported over HTTP.
const MAX_IMPORT: usize = 64 << 20;
/// Exports that are written at one time, and imports that are read: each takes disk or memory of the
/// size of its store. No client is waited for meanwhile.
static EXPORTS: Semaphore = Semaphore::const_new(2);
static IMPORTS: Semaphore = Semaphore::const_new(2);

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(download))
        .routes(routes!(upload))
}

#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct From {
    /// The first revision of the file; the whole history when nothing is said.
    from: Option<i64>,
}

/// The store as one text file: its revisions in order, each with the objects that it changed.
#[utoipa::path(get, path = "/stores/{store}/export", tag = "store",
    params(("store" = String, Path, description = "Name of the store"), From),
    responses(
        (status = OK, body = String, content_type = "application/x-ndjson"),
        (status = NOT_FOUND, body = api::Problem),
    ))]
async fn download(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Query(asked): Query<From>,
) -> ApiResult<Response> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let _permit = EXPORTS.acquire().await.map_err(ApiError::internal)?;
    // Written whole before the first byte is sent: a slow client holds no connection of the
    // database, and what is damaged is an error and not a file that ends too early.
    let file = exported(&state, &found, asked.from).await?;
    // INVARIANT: the name of a store has no sign that means anything in a header.
    let disposition = format!("attachment; filename=\"{}.gatehouse.ndjson\"", found.name);
    let mut response = Body::new(file).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-ndjson; charset=utf-8"),
    );
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// Writes the export to a file of its own.
async fn exported(state: &AppState, store: &StoreRow, from: Option<i64>) -> ApiResult<FileBody> {
    let mut file = nameless(state, EXPORT)?;
    export::export(&state.db, store, from, &mut file).await?;
    let length = file.seek(SeekFrom::End(0)).await.map_err(file_error)?;
    file.rewind().await.map_err(file_error)?;
    Ok(FileBody { file, length })
}

/// What the names of such files begin with, for the moment that they have one.
const EXPORT: &str = "export-";
const IMPORT: &str = "import-";

/// A new file in the data directory that has no name any more.
fn nameless(state: &AppState, kind: &str) -> ApiResult<File> {
    let name = format!("{kind}{}.tmp", secret::random_hex(16)?);
    let path = state.db.path().with_file_name(name);
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .map_err(file_error)?;
    std::fs::remove_file(&path).map_err(file_error)?;
    Ok(File::from_std(opened))
}

/// Takes away what exports and imports left that ended with their server. Called before any begins;
/// the task is done when all of it is gone.
pub async fn sweep(state: &AppState) -> Result<JoinHandle<()>, StoreError> {
    let path = state.db.path();
    let entries = path.parent().map(std::fs::read_dir);
    for entry in entries.into_iter().flatten().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let ours = name.starts_with(EXPORT) || name.starts_with(IMPORT);
        if ours && name.ends_with(".tmp") {
            // What cannot be taken away harms nobody.
            let _ = std::fs::remove_file(entry.path());
        }
    }
    let left = import::left(&state.db).await?;
    let db = state.db.clone();
    Ok(tokio::spawn(async move {
        for id in left {
            if let Err(error) = import::remove(&db, id).await {
                tracing::warn!(%error, "what is left of an import was not cleared away");
            }
        }
    }))
}

fn file_error(error: std::io::Error) -> ApiError {
    match error.kind() {
        std::io::ErrorKind::StorageFull => ApiError::DiskFull,
        std::io::ErrorKind::ReadOnlyFilesystem => {
            ApiError::unavailable("The server's data directory cannot be written.")
        }
        _ => ApiError::internal(error),
    }
}

/// A file as the body of an answer.
struct FileBody {
    file: File,
    /// What is still to come.
    length: u64,
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let mut space = vec![0; 64 << 10];
        let mut buffer = ReadBuf::new(&mut space);
        if let Err(error) = ready!(Pin::new(&mut self.file).poll_read(cx, &mut buffer)) {
            return Poll::Ready(Some(Err(error)));
        }
        let read = buffer.filled().len();
        if read == 0 {
            return Poll::Ready(None);
        }
        self.length = self.length.saturating_sub(read as u64);
        space.truncate(read);
        Poll::Ready(Some(Ok(Frame::data(space.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.length == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Named {
    /// The name of the new store.
    name: String,
    /// Its description; the file's when nothing is said.
    #[serde(default)]
    description: String,
}

/// Makes a store from an exported file of at most 64 MiB. A damaged file leaves nothing behind.
#[utoipa::path(post, path = "/store-imports", tag = "store", params(Named),
    request_body(content = String, content_type = "application/x-ndjson"),
    responses(
        (status = CREATED, body = StoreSummary),
        (status = CONFLICT, body = api::Problem),
        (status = PAYLOAD_TOO_LARGE, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn upload(
    State(state): State<AppState>,
    user: User,
    Query(named): Query<Named>,
    request: Request,
) -> ApiResult<(StatusCode, Json<StoreSummary>)> {
    may_create(&user)?;
    let upload = state.uploads.begin(&user.name)?;
    let mut file = received(&state, request.into_body()).await?;
    let permit = IMPORTS.acquire().await.map_err(ApiError::internal)?;
    let mut bytes = Vec::new();
    file.rewind().await.map_err(file_error)?;
    file.read_to_end(&mut bytes).await.map_err(file_error)?;
    drop((file, upload));
    let new = NewStore {
        name: named.name,
        description: named.description,
        copy_of: None,
    };
    let (db, actor) = (state.db.clone(), actor(&user));
    // It goes on to its end when the client does not wait for it.
    let made = tokio::spawn(async move {
        let _permit = permit;
        import::import(&db, &actor, &new, bytes).await
    });
    let made = made.await.map_err(ApiError::internal)??;
    Ok((
        StatusCode::CREATED,
        summary(&state, &made, Role::Administrator).await?,
    ))
}

/// The body as a file: a slow client holds nothing that others wait for.
async fn received(state: &AppState, body: Body) -> ApiResult<File> {
    let mut file = nameless(state, IMPORT)?;
    let (mut body, mut length) = (body.into_data_stream(), 0);
    while let Some(bytes) = body.try_next().await.map_err(|error| broken(&error))? {
        length += bytes.len();
        if length > MAX_IMPORT {
            return Err(too_long());
        }
        file.write_all(&bytes).await.map_err(file_error)?;
    }
    file.flush().await.map_err(file_error)?;
    Ok(file)
}
