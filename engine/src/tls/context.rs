//! A plan with its certificates, made ready to begin connections.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use generator::analysis::handshake::{Demand, Key};
use generator::policy::table::suites::Protocol;
use openssl::bn::BigNum;
use openssl::dh::Dh;
use openssl::error::ErrorStack;
use openssl::pkey::Id;
use openssl::ssl::{
    NameType, SniError, Ssl, SslAlert, SslContext, SslContextBuilder, SslMethod, SslMode,
    SslOptions, SslRef, SslSessionCacheMode, SslVerifyMode,
};
use openssl::stack::Stack;
use openssl::x509::verify::X509VerifyFlags;
use openssl::x509::{X509Crl, X509Name};
use thiserror::Error;

use super::plan::{Allowed, ClientAuth, Plan, Role, SuiteB};
use super::present::{self, suite_b};
use super::sessions::Sessions;
use super::{names, raw, tap, verify};
use keyring::{Certificate, Ring};

/// `SSL_OP_NO_EXTENDED_MASTER_SECRET` of ssl.h in OpenSSL 3.
const NO_EXTENDED_MASTER_SECRET: u64 = 1;
/// `SSL_OP_LEGACY_SERVER_CONNECT`: a client takes servers without the indication of RFC 5746.
const LEGACY_SERVER_CONNECT: u64 = 1 << 2;
/// `SSL_OP_ALLOW_CLIENT_RENEGOTIATION`.
const ALLOW_CLIENT_RENEGOTIATION: u64 = 1 << 8;
/// `SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION`.
const ALLOW_UNSAFE_RENEGOTIATION: u64 = 1 << 18;

/// What the connections of equal plans share: the library's context with certificates and cached sessions.
pub struct Environment {
    pub plan: Arc<Plan>,
    /// The serial numbers of the certificates that it presents.
    pub serials: Vec<String>,
    /// The kinds of keys of those certificates.
    pub keys: &'static [Key],
    /// What it was made of.
    pub ring: Arc<Ring>,
    pub(super) context: SslContext,
    /// The same for connections that are watched: it notes secrets of handshakes. Made when it is needed;
    /// `None`: it could not be made.
    watching: OnceLock<Option<SslContext>>,
    pub(super) sessions: Arc<Sessions>,
    /// What is worth knowing of the certificates to present.
    pub remarks: Vec<String>,
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
    #[error("the certificate `{0}` is not one of Suite B, which has keys on {1} only")]
    NotSuiteB(String, &'static str),
    #[error("FIPS140 is on, and the OpenSSL of this engine has no FIPS module (provider `fips`)")]
    NoFips,
    #[error("OpenSSL refuses it: {0}")]
    Library(#[from] ErrorStack),
}

impl Unready {
    /// Another key ring would mend it.
    pub fn is_of_ring(&self) -> bool {
        matches!(
            self,
            Self::NoDefault | Self::NoLabel(_) | Self::NoAuthorities | Self::NotSuiteB(..)
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
            Self::NotSuiteB(..) => 470,
            Self::NoFips => 455,
            Self::Library(_) => 3,
        }
    }
}

impl Environment {
    pub fn new(plan: Plan, ring: &Arc<Ring>) -> Result<Self, Unready> {
        let certificates = present::certificates(&plan, ring)?;
        suite_b(&plan, &certificates)?;
        let remarks = present::remarks(&plan, &certificates, ring)?;
        let serials = certificates.iter();
        let serials = serials.map(|one| keyring::serial(&one.leaf)).collect();
        let keys = kinds(&plan, &certificates, ring);
        let mut builder = builder(&plan, ring, &certificates)?;
        let sessions = Arc::new(Sessions::new(&plan)?);
        match plan.role {
            Role::Client => sessions.keep(&mut builder),
            Role::Server => server_names(&mut builder, &plan, ring, |_| {})?,
        }
        let context = builder.build();
        Ok(Self {
            plan: Arc::new(plan),
            serials,
            keys,
            ring: ring.clone(),
            context,
            watching: OnceLock::new(),
            sessions,
            remarks,
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

impl Environment {
    /// As [`Self::ssl`], for a connection that is watched. It takes its sessions from the same place.
    pub(super) fn watched(&self, server: SocketAddr) -> Result<Ssl, ErrorStack> {
        let mut ssl = self.ssl(server)?;
        let watching = self.watching.get_or_init(|| self.watching_context().ok());
        if let Some(context) = watching {
            ssl.set_ssl_context(context)?;
        }
        raw::note_messages(&mut ssl);
        Ok(ssl)
    }

    fn watching_context(&self) -> Result<SslContext, Unready> {
        let watch = |builder: &mut SslContextBuilder| {
            builder.set_keylog_callback(|_, line| tap::note_secret(line));
        };
        let certificates = present::certificates(&self.plan, &self.ring)?;
        let mut builder = builder(&self.plan, &self.ring, &certificates)?;
        if self.plan.role == Role::Server {
            server_names(&mut builder, &self.plan, &self.ring, watch)?;
        }
        watch(&mut builder);
        Ok(builder.build())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}

/// The kinds of keys of the certificates that a side presents, by whatever name it is asked for.
fn kinds(plan: &Plan, certificates: &[&Certificate], ring: &Ring) -> &'static [Key] {
    let names = plan.server_name.known.iter();
    let named = names.filter_map(|(_, label)| ring.personal(label));
    let all = certificates.iter().copied().chain(named);
    let ids: Vec<_> = all
        .filter_map(|one| Some(one.leaf.public_key().ok()?.id()))
        .collect();
    match (ids.contains(&Id::RSA), ids.contains(&Id::EC)) {
        (true, false) => &[Key::Rsa],
        (false, true) => &[Key::Ecdsa],
        // Of other kinds nothing can be foretold.
        (true, true) | (false, false) => &Key::ALL,
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
    let mut builder = match plan.fips {
        false => names::context(method)?,
        true => names::fips_context(method).ok_or(Unready::NoFips)??,
    };
    // The policy decides what is too weak, by its lists and least sizes.
    builder.set_security_level(0);
    builder.set_mode(SslMode::RELEASE_BUFFERS);
    raw::note_alerts(&mut builder);
    set_versions(&mut builder, plan)?;
    set_lists(&mut builder, plan)?;
    set_behaviour(&mut builder, plan)?;
    set_trust(&mut builder, plan, ring)?;
    present::present(&mut builder, certificates)?;
    if plan.staples {
        present::staple(&mut builder, certificates)?;
    }
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
    set_renegotiation(builder, plan);
    if let Some(bytes) = plan.fragments.asked {
        // 1 stands for 512 bytes, 4 for 4096 (RFC 6066, 4).
        let mode = u8::try_from(bytes.ilog2().saturating_sub(8)).unwrap_or_default();
        raw::ask_for_fragments(builder, mode)?;
    }
    builder.set_options(SslOptions::CIPHER_SERVER_PREFERENCE);
    match plan.middlebox {
        true => builder.set_options(SslOptions::ENABLE_MIDDLEBOX_COMPAT),
        false => builder.clear_options(SslOptions::ENABLE_MIDDLEBOX_COMPAT),
    };
    if plan.master_secret == Demand::Off {
        builder.set_options(SslOptions::from_bits_retain(NO_EXTENDED_MASTER_SECRET));
    }
    match plan.dh2048 {
        false => raw::set_automatic_dh(builder),
        true => {
            let (prime, two) = (BigNum::get_rfc3526_prime_2048()?, BigNum::from_u32(2)?);
            builder.set_tmp_dh(&*Dh::from_pqg(prime, None, two)?)?;
        }
    }
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

fn set_renegotiation(builder: &mut SslContextBuilder, plan: &Plan) {
    let allowed = plan.renegotiation.allowed;
    let mut on = 0;
    if plan.role == Role::Client && !plan.renegotiation.indicated {
        on |= LEGACY_SERVER_CONNECT;
    }
    match allowed {
        // A client that renews its keys has to be able to.
        Allowed::Nobody if plan.renewal.is_none() => {
            builder.set_options(SslOptions::NO_RENEGOTIATION);
        }
        Allowed::Nobody => {}
        Allowed::Secure => on |= ALLOW_CLIENT_RENEGOTIATION,
        Allowed::Anybody => on |= ALLOW_CLIENT_RENEGOTIATION | ALLOW_UNSAFE_RENEGOTIATION,
    }
    builder.clear_options(SslOptions::from_bits_retain(LEGACY_SERVER_CONNECT));
    builder.set_options(SslOptions::from_bits_retain(on));
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
        (Role::Server, auth) => !matches!(auth, ClientAuth::No | ClientAuth::PassThru),
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
        (Role::Server, ClientAuth::Required | ClientAuth::User) => {
            SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT
        }
    };
    if mode == SslVerifyMode::NONE {
        builder.set_verify(mode);
        return Ok(());
    }
    builder.set_verify_callback(mode, verify::callback(plan));
    let mut flags = X509VerifyFlags::empty();
    if plan.revocation.is_some() {
        flags |= X509VerifyFlags::CRL_CHECK | X509VerifyFlags::CRL_CHECK_ALL;
        for list in ring.revoked() {
            raw::add_revoked(builder.cert_store_mut(), &*X509Crl::from_der(list)?)?;
        }
    }
    flags |= match plan.suite_b {
        None => X509VerifyFlags::empty(),
        Some(SuiteB::Only128) => X509VerifyFlags::SUITEB_128_LOS_ONLY,
        Some(SuiteB::Only192) => X509VerifyFlags::SUITEB_192_LOS,
        Some(SuiteB::Both) => X509VerifyFlags::SUITEB_128_LOS,
    };
    if !flags.is_empty() {
        builder.verify_param_mut().set_flags(flags)?;
    }
    if plan.role == Role::Server {
        let mut authorities = Stack::<X509Name>::new()?;
        for authority in ring.authorities() {
            authorities.push(authority.subject_name().to_owned()?)?;
        }
        builder.set_client_ca_list(authorities);
    }
    Ok(())
}

/// A certificate for each name that clients may ask for.
fn server_names(
    builder: &mut SslContextBuilder,
    plan: &Plan,
    ring: &Ring,
    set: impl Fn(&mut SslContextBuilder),
) -> Result<(), Unready> {
    let name = &plan.server_name;
    if name.known.is_empty() && !name.required {
        return Ok(());
    }
    let mut contexts = HashMap::new();
    for (host, label) in &name.known {
        let certificate = ring
            .personal(label)
            .ok_or_else(|| Unready::NoLabel(label.clone()))?;
        suite_b(plan, &[certificate])?;
        let mut named = self::builder(plan, ring, &[certificate])?;
        set(&mut named);
        contexts.insert(host.to_ascii_lowercase(), named.build());
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
