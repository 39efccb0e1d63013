//! The document of the API, and a page to browse it; both after log-in.

use std::sync::Arc;

use axum::Extension;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::Config;

use crate::app::AppState;
use crate::auth::User;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path};

/// Routes beside the API: they describe it and are not part of it.
pub fn routes(document: OpenApi) -> Router<AppState> {
    Router::new()
        .route("/api/v1/openapi.json", get(json))
        .route("/api/docs", get(to_page))
        .route("/api/docs/", get(page))
        .route("/api/docs/{*file}", get(file))
        .layer(Extension(Arc::new(document)))
}

async fn json(_: User, Extension(document): Extension<Arc<OpenApi>>) -> Json<Arc<OpenApi>> {
    Json(document)
}

/// The page's files have relative addresses.
async fn to_page(_: User) -> Redirect {
    Redirect::to("/api/docs/")
}

async fn page(_: User) -> ApiResult<Response> {
    swagger("index.html")
}

async fn file(_: User, Path(path): Path<String>) -> ApiResult<Response> {
    if path == "swagger-initializer.js" {
        let kind = [(header::CONTENT_TYPE, "text/javascript")];
        return Ok((kind, START).into_response());
    }
    swagger(&path)
}

/// Starts the page; its trials carry the header that the server asks for.
const START: &str = include_str!("docs.js");

fn swagger(path: &str) -> ApiResult<Response> {
    let unknown = || ApiError::not_found("such address");
    let config = Arc::new(Config::from("/api/v1/openapi.json"));
    let found = utoipa_swagger_ui::serve(path, config)
        .map_err(|error| ApiError::internal(error.to_string()))?
        .ok_or_else(unknown)?;
    let kind = [(header::CONTENT_TYPE, found.content_type)];
    let mut response = (kind, found.bytes.into_owned()).into_response();
    if found.gzpipped {
        let gzip = HeaderValue::from_static("gzip");
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, gzip);
    }
    Ok(response)
}
