//! What the operator can set: flags over environment over file over defaults.

mod load;
mod rows;

pub use load::{Flags, LoadError, load};
pub use rows::{ROWS, Row};

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// The settings of a server; each has a default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The one directory that holds all data.
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub tls: Option<TlsFiles>,
    /// Installs write below these directories and nowhere else.
    pub install_roots: Vec<PathBuf>,
    /// Where the key rings of the engine on this machine are; `None`: nowhere.
    pub keyrings: Option<PathBuf>,
    /// Where the control sockets of engines on this machine are.
    pub engines: PathBuf,
    /// How often the files on targets are looked at.
    pub drift_interval: Duration,
    /// A session ends after this long without a request.
    pub session_idle: Duration,
    /// A session ends this long after the log-in.
    pub session_absolute: Duration,
    /// As `info` or `server=debug,info`.
    pub log_level: String,
    /// Peers whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Serve the browser side from this directory instead of the one built in.
    pub assets: Option<PathBuf>,
    /// Listen beyond loopback without TLS.
    pub allow_plain_http: bool,
    pub limits: Limits,
}

/// Certificate chain and key, PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// What keeps slow and greedy clients from hurting others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub connections: usize,
    pub connections_per_address: usize,
    /// For a TLS handshake.
    pub handshake: Duration,
    /// For the headers of a request, and between two requests.
    pub headers: Duration,
    /// For the whole body of a request.
    pub body: Duration,
    /// An answer of which the client takes nothing for this long is dropped.
    pub stall: Duration,
    /// Bytes of all headers of a request.
    pub header_bytes: usize,
    pub header_count: usize,
    /// Bytes of a request's body; a route that takes more sets its own.
    pub body_bytes: usize,
    /// Requests of one user that change something; half of them may come at once.
    pub writes_per_minute: usize,
    /// Requests under way at the end have this long.
    pub shutdown: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            connections_per_address: 64,
            handshake: Duration::from_secs(10),
            headers: Duration::from_secs(10),
            body: Duration::from_secs(30),
            stall: Duration::from_secs(30),
            header_bytes: 64 * 1024,
            header_count: 100,
            body_bytes: 8 * 1024 * 1024,
            writes_per_minute: 600,
            shutdown: Duration::from_secs(10),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from("gatehouse-data"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8070)),
            tls: None,
            install_roots: Vec::new(),
            keyrings: None,
            engines: PathBuf::from(control::SOCKETS),
            drift_interval: Duration::from_secs(60),
            session_idle: Duration::from_secs(60 * 60),
            session_absolute: Duration::from_secs(12 * 60 * 60),
            log_level: "info".to_owned(),
            trusted_proxies: Vec::new(),
            assets: None,
            allow_plain_http: false,
            limits: Limits::default(),
        }
    }
}

impl Settings {
    /// Whether the peer is a proxy that may speak for others.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.contains(&peer.to_canonical())
    }

    pub fn session_limits(&self) -> crate::auth::session::Limits {
        crate::auth::session::Limits {
            idle: self.session_idle,
            absolute: self.session_absolute,
        }
    }
}
