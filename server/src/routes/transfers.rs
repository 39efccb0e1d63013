//! Stores as files: export and import.

use std::fs::OpenOptions;
use std::io::SeekFrom;
use std::os::unix::fs::OpenOptionsExt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use api::account::Role;
use api::store::{NewStore, StoreSummary};
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use serde::Deserialize;
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncSeekExt, ReadBuf};
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::stores::{may_create, summary};
use super::within::{actor, store};
use crate::app::AppState;
use crate::auth::{User, secret};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path, Query, body_error};
use crate::store::{StoreRow, export, import};

/// The most bytes of a file that is imported over HTTP.
const MAX_IMPORT: usize = 64 << 20;
/// Exports and imports at one time: each takes disk or memory of the size of its store.
static UNDER_WAY: Semaphore = Semaphore::const_new(2);

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(download)).merge(
        OpenApiRouter::new()
            .routes(routes!(upload))
            .layer(DefaultBodyLimit::max(MAX_IMPORT)),
    )
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
    let _permit = UNDER_WAY.acquire().await.map_err(ApiError::internal)?;
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

/// Writes the export to a file in the data directory that has no name any more.
async fn exported(state: &AppState, store: &StoreRow, from: Option<i64>) -> ApiResult<FileBody> {
    let name = format!("export-{}.tmp", secret::random_hex(16)?);
    let path = state.db.path().with_file_name(name);
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .map_err(file_error)?;
    std::fs::remove_file(&path).map_err(file_error)?;
    let mut file = File::from_std(opened);
    export::export(&state.db, store, from, &mut file).await?;
    let length = file.seek(SeekFrom::End(0)).await.map_err(file_error)?;
    file.rewind().await.map_err(file_error)?;
    Ok(FileBody { file, length })
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
    // Before the body is read, so that many large ones do not fill the memory.
    let _permit = UNDER_WAY.acquire().await.map_err(ApiError::internal)?;
    let body = Bytes::from_request(request, &state)
        .await
        .map_err(body_error)?;
    let new = NewStore {
        name: named.name,
        description: named.description,
        copy_of: None,
    };
    let made = import::import(&state.db, &actor(&user), &new, &body[..]).await?;
    Ok((
        StatusCode::CREATED,
        summary(&state, &made, Role::Administrator).await?,
    ))
}
