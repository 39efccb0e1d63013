//! A plan with its certificates, made ready to begin connections.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use generator::analysis::handshake::Demand;
use generator::policy::table::suites::Protocol;
use openssl::error::ErrorStack;
use openssl::ex_data::Index;
use openssl::ssl::{
    NameType, SniError, Ssl, SslAlert, SslContext, SslContextBuilder, SslMethod, SslMode,
    SslOptions, SslRef, SslSession, SslSessionCacheMode, SslVerifyMode, SslVersion,
};
use openssl::stack::Stack;
use thiserror::Error;

use super::plan::{ClientAuth, Plan, Role};
use super::{names, raw, verify};
use keyring::{Certificate, Ring};

/// `SSL_OP_NO_EXTENDED_MASTER_SECRET` of ssl.h in OpenSSL 3.
const NO_EXTENDED_MASTER_SECRET: u64 = 1;

/// What the connections of equal plans share: the library's context with certificates and cached sessions.
pub struct Environment {
    pub plan: Plan,
    /// The serial numbers of the certificates that it presents.
    pub serials: Vec<String>,
    context: SslContext,
    sessions: Sessions,
}

/// Why a plan cannot be made ready.
#[derive(Debug, Error)]
pub enum Unready {
    #[error("no version of TLS is on")]
    NoVersion,
    #[error("the OpenSSL of this engine has no {0}")]
    Version(Protocol),
    #[error("none of the cipher suites is one that the OpenSSL of this engine has")]
    NoSuites,
    #[error("none of the groups is one that the OpenSSL of this engine has")]
    NoGroups,
    #[error("the key ring has no certificate with a key that is its default")]
    NoDefault,
    #[error("the key ring has no certificate labelled `{0}` with a key")]
    NoLabel(String),
    #[error("the key ring has no certificate of an authority, so that no partner can be trusted")]
    NoAuthorities,
    #[error("OpenSSL refuses it: {0}")]
    Library(#[from] ErrorStack),
}

impl Unready {
    /// Another key ring would mend it.
    pub fn is_of_ring(&self) -> bool {
        matches!(
            self,
            Self::NoDefault | Self::NoLabel(_) | Self::NoAuthorities
        )
    }

    /// The return code of System SSL or AT-TLS that says it.
    pub fn code(&self) -> u16 {
        match self {
            Self::NoVersion | Self::Version(_) => 412,
            Self::NoSuites => 402,
            Self::NoGroups => 451,
            Self::NoDefault => 7,
            Self::NoLabel(_) => 6,
            Self::NoAuthorities => 109,
            Self::Library(_) => 3,
        }
    }
}

impl Environment {
    pub fn new(plan: Plan, ring: &Ring) -> Result<Self, Unready> {
        let certificates = certificates(&plan, ring)?;
        let serials = certificates.iter();
        let serials = serials.map(|one| keyring::serial(&one.leaf)).collect();
        let mut builder = builder(&plan, ring, &certificates)?;
        let sessions = Sessions::new(&plan)?;
        match plan.role {
            Role::Client => sessions.keep(&mut builder),
            Role::Server => server_names(&mut builder, &plan, ring)?,
        }
        let context = builder.build();
        Ok(Self {
            plan,
            serials,
            context,
            sessions,
        })
    }

    /// A connection that has not begun; `server` is the server that a client talks to.
    pub(super) fn ssl(&self, server: SocketAddr) -> Result<Ssl, ErrorStack> {
        let mut ssl = Ssl::new(&self.context)?;
        if self.plan.role == Role::Client {
            if let Some(name) = &self.plan.server_name.sent {
                ssl.set_hostname(name)?;
            }
            self.sessions.offer(&mut ssl, server)?;
        }
        Ok(ssl)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}

/// The certificates that this side presents.
fn certificates<'r>(plan: &Plan, ring: &'r Ring) -> Result<Vec<&'r Certificate>, Unready> {
    let labelled = |label: &String| {
        let found = ring.personal(label);
        found.ok_or_else(|| Unready::NoLabel(label.clone()))
    };
    let mut found: Vec<_> = plan.labels.iter().map(labelled).collect::<Result<_, _>>()?;
    if found.is_empty() {
        found.extend(ring.default_certificate());
    }
    // A client need not have one; a ring with nothing but authorities is what most of them use.
    match (plan.role, found.is_empty()) {
        (Role::Server, true) => Err(Unready::NoDefault),
        _ => Ok(found),
    }
}

fn builder(
    plan: &Plan,
    ring: &Ring,
    certificates: &[&Certificate],
) -> Result<SslContextBuilder, Unready> {
    let method = match plan.role {
        Role::Client => SslMethod::tls_client(),
        Role::Server => SslMethod::tls_server(),
    };
    let mut builder = names::context(method)?;
    // The policy decides what is too weak, by its lists and least sizes.
    builder.set_security_level(0);
    builder.set_mode(SslMode::RELEASE_BUFFERS);
    set_versions(&mut builder, plan)?;
    set_lists(&mut builder, plan)?;
    set_behaviour(&mut builder, plan)?;
    set_trust(&mut builder, plan, ring)?;
    present(&mut builder, certificates)?;
    Ok(builder)
}

fn set_versions(builder: &mut SslContextBuilder, plan: &Plan) -> Result<(), Unready> {
    let missing = plan
        .versions
        .iter()
        .find(|version| !names::has_version(**version));
    if let Some(missing) = missing {
        return Err(Unready::Version(*missing));
    }
    let known: Vec<_> = plan
        .versions
        .iter()
        .filter_map(|version| names::version(*version))
        .collect();
    let (Some((_, oldest)), Some((_, newest))) = (known.first(), known.last()) else {
        return Err(Unready::NoVersion);
    };
    builder.set_min_proto_version(Some(*oldest))?;
    builder.set_max_proto_version(Some(*newest))?;
    for (off, _) in Protocol::ALL.into_iter().filter_map(names::version) {
        builder.clear_options(off);
    }
    let off = Protocol::ALL
        .into_iter()
        .filter(|version| !plan.versions.contains(version));
    for (off, _) in off.filter_map(names::version) {
        builder.set_options(off);
    }
    Ok(())
}

/// Suites, groups and signatures in the order of the policy.
fn set_lists(builder: &mut SslContextBuilder, plan: &Plan) -> Result<(), Unready> {
    let is_13 = |number: &u16| number >> 8 == 0x13;
    let joined = |suites: Vec<u16>| {
        let names: Vec<_> = suites.into_iter().filter_map(names::suite).collect();
        names.join(":")
    };
    let (new, old): (Vec<u16>, Vec<u16>) = plan.suites.iter().partition(|number| is_13(number));
    let (new, old) = (joined(new), joined(old));
    let usable = |suites: &str, of: &dyn Fn(&Protocol) -> bool| {
        !suites.is_empty() && plan.versions.iter().any(of)
    };
    let tls13 = |version: &Protocol| *version == Protocol::Tls13;
    if !usable(&new, &tls13) && !usable(&old, &|version| !tls13(version)) {
        return Err(Unready::NoSuites);
    }
    builder.set_ciphersuites(&new)?;
    if !old.is_empty() {
        builder.set_cipher_list(&format!("{old}:@SECLEVEL=0"))?;
    }
    if let Some(groups) = &plan.groups {
        let names: Vec<_> = groups
            .iter()
            .filter_map(|group| names::group(*group))
            .collect();
        // What a suite without an elliptic curve does not need, a policy may leave out.
        if names.is_empty() && !groups.is_empty() {
            return Err(Unready::NoGroups);
        }
        if !names.is_empty() {
            builder.set_groups_list(&names.join(":"))?;
        }
    }
    let signatures: Vec<_> = plan
        .signatures
        .iter()
        .flat_map(|pair| names::signature(*pair))
        .copied()
        .collect();
    if !signatures.is_empty() {
        builder.set_sigalgs_list(&signatures.join(":"))?;
    }
    Ok(())
}

fn set_behaviour(builder: &mut SslContextBuilder, plan: &Plan) -> Result<(), Unready> {
    builder.set_options(SslOptions::NO_COMPRESSION);
    builder.set_options(SslOptions::NO_RENEGOTIATION);
    builder.set_options(SslOptions::CIPHER_SERVER_PREFERENCE);
    match plan.middlebox {
        true => builder.set_options(SslOptions::ENABLE_MIDDLEBOX_COMPAT),
        false => builder.clear_options(SslOptions::ENABLE_MIDDLEBOX_COMPAT),
    };
    if plan.master_secret == Demand::Off {
        builder.set_options(SslOptions::from_bits_retain(NO_EXTENDED_MASTER_SECRET));
    }
    raw::set_automatic_dh(builder);
    // Without one, a server that asks for certificates resumes nothing.
    builder.set_session_id_context(b"gatehouse")?;
    builder.set_num_tickets(usize::from(plan.tickets.count))?;
    raw::set_session_seconds(builder, session_seconds(plan));
    let size = i32::try_from(plan.cache.size).unwrap_or(i32::MAX);
    builder.set_session_cache_mode(match (plan.role, size) {
        // For OpenSSL, 0 would be a cache without a limit.
        (_, 0) => SslSessionCacheMode::OFF,
        (Role::Server, _) => SslSessionCacheMode::SERVER,
        (Role::Client, _) => SslSessionCacheMode::CLIENT | SslSessionCacheMode::NO_INTERNAL,
    });
    if size > 0 {
        builder.set_session_cache_size(size);
    }
    // Below TLS 1.3, System SSL resumes by session id only.
    let tickets = match plan.role {
        Role::Server => plan.tickets.count > 0,
        Role::Client => plan.tickets.used,
    };
    if !tickets || !plan.versions.contains(&Protocol::Tls13) {
        builder.set_options(SslOptions::NO_TICKET);
    }
    Ok(())
}

/// OpenSSL has one time for sessions and tickets; the shorter one of those that are in use holds for both.
fn session_seconds(plan: &Plan) -> u32 {
    match (
        plan.versions.contains(&Protocol::Tls13),
        plan.versions.len() > 1,
    ) {
        (true, false) => plan.tickets.seconds,
        (true, true) => plan.tickets.seconds.min(plan.cache.seconds),
        (false, _) => plan.cache.seconds,
    }
}

/// Whom this side trusts, and what it demands of the partner.
fn set_trust(builder: &mut SslContextBuilder, plan: &Plan, ring: &Ring) -> Result<(), Unready> {
    let checks = match (plan.role, plan.client_auth) {
        (Role::Client, _) => true,
        (Role::Server, auth) => matches!(auth, ClientAuth::Full | ClientAuth::Required),
    };
    if checks && ring.authorities().is_empty() {
        return Err(Unready::NoAuthorities);
    }
    for authority in ring.authorities() {
        // What the partner's chain may be built of; whom it ends at must be in the ring as well.
        builder.cert_store_mut().add_cert(authority.clone())?;
    }
    let mode = match (plan.role, plan.client_auth) {
        (Role::Client, _) => SslVerifyMode::PEER,
        (Role::Server, ClientAuth::No) => SslVerifyMode::NONE,
        (Role::Server, ClientAuth::PassThru | ClientAuth::Full) => SslVerifyMode::PEER,
        (Role::Server, ClientAuth::Required) => {
            SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT
        }
    };
    if mode == SslVerifyMode::NONE {
        builder.set_verify(mode);
        return Ok(());
    }
    builder.set_verify_callback(mode, verify::callback(plan));
    if plan.role == Role::Server {
        let mut authorities = Stack::new()?;
        for authority in ring.authorities() {
            authorities.push(authority.subject_name().to_owned()?)?;
        }
        builder.set_client_ca_list(authorities);
    }
    Ok(())
}

/// Presents certificates, each with its chain.
fn present(builder: &mut SslContextBuilder, certificates: &[&Certificate]) -> Result<(), Unready> {
    let Some(first) = certificates.first() else {
        return Ok(());
    };
    // Of several certificates with keys of one kind OpenSSL would keep the last; the first is preferred.
    let mut kinds = Vec::new();
    for certificate in certificates {
        let kind = certificate.key.id();
        if kinds.contains(&kind) {
            continue;
        }
        kinds.push(kind);
        builder.set_certificate(&certificate.leaf)?;
        builder.set_private_key(&certificate.key)?;
    }
    let same = |one: &&Certificate| one.chain_is(first);
    if certificates.iter().all(same) {
        // Nothing is looked for in each handshake.
        builder.set_mode(SslMode::NO_AUTO_CHAIN);
        for issuer in &first.chain {
            builder.add_extra_chain_cert(issuer.clone())?;
        }
        return Ok(());
    }
    // OpenSSL holds one chain for all; with several it finds that of each in the store. None of these is
    // trusted by that: they are no roots.
    for issuer in certificates.iter().flat_map(|one| &one.chain) {
        builder.cert_store_mut().add_cert(issuer.clone())?;
    }
    Ok(())
}

/// A certificate for each name that clients may ask for.
fn server_names(builder: &mut SslContextBuilder, plan: &Plan, ring: &Ring) -> Result<(), Unready> {
    let name = &plan.server_name;
    if name.known.is_empty() && !name.required {
        return Ok(());
    }
    let mut contexts = HashMap::new();
    for (host, label) in &name.known {
        let certificate = ring
            .personal(label)
            .ok_or_else(|| Unready::NoLabel(label.clone()))?;
        let context = self::builder(plan, ring, &[certificate])?.build();
        contexts.insert(host.to_ascii_lowercase(), context);
    }
    let (required, must_match) = (name.required, name.must_match);
    builder.set_servername_callback(move |ssl: &mut SslRef, alert: &mut SslAlert| {
        let asked = ssl
            .servername(NameType::HOST_NAME)
            .map(str::to_ascii_lowercase);
        let Some(asked) = asked else {
            return refuse_if(required, alert);
        };
        match contexts.get(&asked) {
            Some(context) => ssl
                .set_ssl_context(context)
                .map_err(|_| SniError::ALERT_FATAL),
            None => refuse_if(must_match, alert),
        }
    });
    Ok(())
}

fn refuse_if(refused: bool, alert: &mut SslAlert) -> Result<(), SniError> {
    if !refused {
        return Ok(());
    }
    *alert = SslAlert::UNRECOGNIZED_NAME;
    Err(SniError::ALERT_FATAL)
}

/// The sessions that a client can come back with, one for each server.
struct Sessions {
    kept: Arc<Mutex<HashMap<SocketAddr, SslSession>>>,
    server: Index<Ssl, SocketAddr>,
    size: usize,
    tickets: bool,
}

impl Sessions {
    fn new(plan: &Plan) -> Result<Self, ErrorStack> {
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
    fn keep(&self, builder: &mut SslContextBuilder) {
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
    fn offer(&self, ssl: &mut Ssl, server: SocketAddr) -> Result<(), ErrorStack> {
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

/// Where a connection notes its server: one place for all contexts, as the library never gives one back.
fn server_index() -> Result<Index<Ssl, SocketAddr>, ErrorStack> {
    static INDEX: OnceLock<Index<Ssl, SocketAddr>> = OnceLock::new();
    if let Some(index) = INDEX.get() {
        return Ok(*index);
    }
    let index = Ssl::new_ex_index()?;
    Ok(*INDEX.get_or_init(|| index))
}
