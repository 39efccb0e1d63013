//! The sessions that a client comes back with.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use generator::policy::table::suites::Protocol;
use openssl::error::ErrorStack;
use openssl::ex_data::Index;
use openssl::ssl::{Ssl, SslContextBuilder, SslRef, SslSession, SslVersion};

use super::plan::Plan;
use super::raw;

/// The sessions that a client can come back with, one for each server.
pub struct Sessions {
    kept: Arc<Mutex<HashMap<SocketAddr, SslSession>>>,
    server: Index<Ssl, SocketAddr>,
    size: usize,
    tickets: bool,
}

impl Sessions {
    pub fn new(plan: &Plan) -> Result<Self, ErrorStack> {
        let old = plan
            .versions
            .iter()
            .any(|version| *version < Protocol::Tls13);
        let any = plan.cache.size > 0 && (plan.tickets.used || old);
        Ok(Self {
            kept: Arc::default(),
            server: server_index()?,
            tickets: plan.tickets.used,
            size: if any {
                usize::try_from(plan.cache.size).unwrap_or(usize::MAX)
            } else {
                0
            },
        })
    }

    /// Has the sessions that servers give kept.
    pub fn keep(&self, builder: &mut SslContextBuilder) {
        if self.size == 0 {
            return;
        }
        let (kept, index, size, tickets) =
            (self.kept.clone(), self.server, self.size, self.tickets);
        builder.set_new_session_callback(move |ssl, session| {
            let is_ticket = session.protocol_version() == SslVersion::TLS1_3;
            let Some(server) = ssl
                .ex_data(index)
                .copied()
                .filter(|_| tickets || !is_ticket)
            else {
                return;
            };
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() >= size && !kept.contains_key(&server) {
                // Any one goes: which, the policy does not say.
                let other = kept.keys().next().copied();
                other.map(|other| kept.remove(&other));
            }
            kept.insert(server, session);
        });
    }

    /// Offers the session that was kept of a server. One of TLS 1.3 is good once (RFC 8446, C.4).
    pub fn offer(&self, ssl: &mut Ssl, server: SocketAddr) -> Result<(), ErrorStack> {
        if self.size == 0 {
            return Ok(());
        }
        ssl.set_ex_data(self.server, server);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let session = kept.get(&server).cloned();
        if let Some(session) = session {
            if session.protocol_version() == SslVersion::TLS1_3 {
                kept.remove(&server);
            }
            raw::resume(ssl, &session)?;
        }
        Ok(())
    }
}

impl Sessions {
    /// Forgets the session that was kept of the server of a connection.
    pub fn forget(&self, ssl: &SslRef) {
        if let Some(server) = ssl.ex_data(self.server) {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.remove(server);
        }
    }
}

/// Where a connection notes its server: one place for all contexts, as the library never gives one back.
fn server_index() -> Result<Index<Ssl, SocketAddr>, ErrorStack> {
    static INDEX: OnceLock<Index<Ssl, SocketAddr>> = OnceLock::new();
    if let Some(index) = INDEX.get() {
        return Ok(*index);
    }
    let index = Ssl::new_ex_index()?;
    Ok(*INDEX.get_or_init(|| index))
}
