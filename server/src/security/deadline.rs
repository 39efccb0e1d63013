//! A deadline for the whole body of a request: dripping it does not help. A long body that keeps
//! coming earns time.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Sleep;

use crate::app::AppState;

/// The body did not arrive in time.
#[derive(Debug, thiserror::Error)]
#[error("the body did not arrive in time")]
pub struct TooSlow;

/// Who sends less is slow.
const LEAST_BYTES_PER_SECOND: f64 = 64.0 * 1024.0;

/// A body that ends with [`TooSlow`] when its time is over.
struct Timed {
    body: Body,
    end: Pin<Box<Sleep>>,
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            if let Some(data) = frame
                .as_ref()
                .and_then(|frame| frame.as_ref().ok()?.data_ref())
            {
                let earned = Duration::from_secs_f64(data.len() as f64 / LEAST_BYTES_PER_SECOND);
                let end = self.end.deadline() + earned;
                self.end.as_mut().reset(end);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        match self.end.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Some(Err(TooSlow.into()))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Starts the deadline of the request's body.
pub async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let limit = state.settings.limits.body;
    let request = request.map(|body| {
        if body.is_end_stream() {
            return body;
        }
        Body::new(Timed {
            body,
            end: Box::pin(tokio::time::sleep(limit)),
        })
    });
    next.run(request).await
}
