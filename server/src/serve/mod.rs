//! The loop that brings requests to `app`, and keeps slow and greedy clients from hurting others.
//!
//! axum's own loop has no deadline for headers. This one has deadlines for the TLS handshake, the
//! headers, and an answer that is not read; the one for bodies is in `security::deadline`. HTTP/1.1
//! only: the page loads a handful of files, and one protocol has one set of limits.

mod connections;
mod stall;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use self::connections::{Connection, Connections};
use self::stall::Stalling;
use crate::app::AppState;
use crate::security::client::Peer;
use crate::settings::{Limits, Settings};

pub use self::tls::TlsError;

/// A server that has its address and does not answer yet.
pub struct Server {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    state: AppState,
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(
        "`listen` is {0}, which others can reach, and there is no TLS: set `tls-certificate` and \
         `tls-key`, or `allow-plain-http` if something in front of Gatehouse does TLS"
    )]
    PlainHttp(SocketAddr),
    #[error("cannot listen on {address} (`listen`): {source}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl Server {
    /// Takes the address.
    pub async fn bind(state: AppState) -> Result<Self, ServeError> {
        let settings = &state.settings;
        let address = settings.listen;
        if settings.tls.is_none() && !settings.allow_plain_http && !is_loopback(address) {
            return Err(ServeError::PlainHttp(address));
        }
        let tls = settings.tls.as_ref().map(tls::acceptor).transpose()?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| ServeError::Listen { address, source })?;
        Ok(Self {
            listener,
            tls,
            state,
        })
    }

    /// Where it can be reached, from this machine at least, with the port that it got.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let address = self
            .listener
            .local_addr()
            .unwrap_or(self.state.settings.listen);
        if address.ip().is_unspecified() {
            return format!("{scheme}://localhost:{}", address.port());
        }
        format!("{scheme}://{address}")
    }

    /// Answers until `stop`, then finishes the requests under way, within the limit.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let settings = self.state.settings.clone();
        let connections = Connections::new(&settings.limits);
        let graceful = GracefulShutdown::new();
        let service = Service {
            router: crate::app(self.state),
            tls: self.tls,
            settings: settings.clone(),
        };
        let service = Arc::new(service);
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        let counted = !settings.trusts(peer.ip());
                        let Some(connection) = connections.admit(peer.ip(), counted) else {
                            tracing::warn!(%peer, "refused: too many connections");
                            continue;
                        };
                        let watcher = graceful.watcher();
                        tokio::spawn(service.clone().serve(stream, peer, connection, watcher));
                    }
                    Err(error) => pause_after(&error).await,
                },
            }
        }
        drop(self.listener);
        drop(service);
        connections.close_idle();
        if tokio::time::timeout(settings.limits.shutdown, graceful.shutdown())
            .await
            .is_err()
        {
            tracing::warn!("requests were still under way at the end");
        }
    }
}

fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// A connection that broke before it was accepted means nothing; out of descriptors or memory
/// means that trying again at once would only burn the processor.
async fn pause_after(error: &io::Error) {
    let of_the_peer = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    );
    if !of_the_peer {
        tracing::error!(%error, "cannot accept connections; trying again");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What each connection needs.
struct Service {
    router: Router,
    tls: Option<TlsAcceptor>,
    settings: Arc<Settings>,
}

impl Service {
    async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        connection: Connection,
        watcher: Watcher,
    ) {
        let limits = self.settings.limits.clone();
        // Small answers leave at once.
        let _ = stream.set_nodelay(true);
        let stream = Stalling::new(stream, limits.stall);
        let ended = connection.ended();
        let work = async {
            match self.tls.clone() {
                None => self.http(stream, peer, false, &connection, watcher).await,
                Some(tls) => {
                    let handshake = tls.accept(stream);
                    match tokio::time::timeout(limits.handshake, handshake).await {
                        Ok(Ok(stream)) => {
                            self.http(stream, peer, true, &connection, watcher).await;
                        }
                        Ok(Err(error)) => tracing::debug!(%peer, %error, "TLS handshake failed"),
                        Err(_) => tracing::debug!(%peer, "TLS handshake took too long"),
                    }
                }
            }
        };
        tokio::select! {
            () = work => {}
            () = ended => tracing::debug!(%peer, "ended to make room"),
        }
    }

    async fn http<I>(
        &self,
        stream: I,
        peer: SocketAddr,
        tls: bool,
        connection: &Connection,
        watcher: Watcher,
    ) where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let peer = Peer {
            address: peer.ip(),
            tls,
        };
        let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
            let router = self.router.clone();
            let (mut request, busy) = connection.watch(request.map(Body::new));
            request.extensions_mut().insert(peer);
            async move {
                let response = router.oneshot(request).await;
                drop(busy);
                response
            }
        });
        let connection =
            builder(&self.settings.limits).serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(peer = %peer.address, %error, "connection ended");
        }
    }
}

fn builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_buf_size(limits.header_bytes.max(LEAST_BUFFER))
        .max_headers(limits.header_count)
        .half_close(false);
    builder
}

/// hyper's builder takes no smaller buffer.
const LEAST_BUFFER: usize = 8192;
