//! Who is at the other end: the address, and whether the way there is protected.
//!
//! What a proxy says counts only when the peer is one of the proxies that the settings name.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;

use crate::app::AppState;

/// The peer of a connection; the accept loop puts it into each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    pub address: IpAddr,
    pub tls: bool,
}

impl Default for Peer {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            tls: false,
        }
    }
}

/// The client behind a request, in its extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    pub address: IpAddr,
    /// The browser speaks HTTPS.
    pub secure: bool,
}

/// Finds out who the client is, for all that comes after.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<Peer>()
        .copied()
        .unwrap_or_default();
    let client = client_of(peer, request.headers(), &state.settings.trusted_proxies);
    request.extensions_mut().insert(client);
    next.run(request).await
}

fn client_of(peer: Peer, headers: &HeaderMap, trusted: &[IpAddr]) -> Client {
    let peer_address = peer.address.to_canonical();
    if !trusted.contains(&peer_address) {
        return Client {
            address: peer_address,
            secure: peer.tls,
        };
    }
    // The right-most address that is no proxy of ours: those before it are the client's own words.
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|part| part.trim().parse::<IpAddr>().ok())
        .map(|address| address.to_canonical())
        .collect::<Vec<_>>();
    let address = forwarded
        .iter()
        .rev()
        .find(|address| !trusted.contains(address))
        .copied()
        .unwrap_or(peer_address);
    let https = headers
        .get("x-forwarded-proto")
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"https"));
    Client {
        address,
        secure: peer.tls || https,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &str, trusted: &[&str]) -> Client {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        let peer = Peer {
            address: peer.parse().unwrap(),
            tls: false,
        };
        let trusted = trusted
            .iter()
            .map(|t| t.parse().unwrap())
            .collect::<Vec<_>>();
        client_of(peer, &headers, &trusted)
    }

    #[test]
    fn a_stranger_cannot_forward() {
        let client = client("192.0.2.9", "10.0.0.1", &["192.0.2.1"]);
        assert_eq!(client.address.to_string(), "192.0.2.9");
        assert!(!client.secure);
    }

    #[test]
    fn a_trusted_proxy_is_believed_up_to_the_first_stranger() {
        let client = client(
            "::ffff:192.0.2.1",
            "6.6.6.6, 10.0.0.1, 192.0.2.2",
            &["192.0.2.1", "192.0.2.2"],
        );
        assert_eq!(client.address.to_string(), "10.0.0.1");
        assert!(client.secure);
    }
}
