//! TLS over buffers in memory: ciphertext goes in, plaintext and bytes to send come out.
//!
//! [`Plan`] says what the connections of a rule are to do, in the numbers of IANA's registries and without
//! a word of any library; [`Environment`] is a plan with its certificates, made ready; [`Session`] is one
//! connection. Sockets and clocks are not known here. OpenSSL stands behind these types, and nothing
//! outside this folder and `keyring` names it, so that another library can serve some plans one day.

mod alerts;
mod context;
mod evidence;
mod failure;
mod hosts;
mod names;
mod plan;
mod present;
mod probe;
#[expect(
    unsafe_code,
    reason = "functions of OpenSSL that the safe interface lacks"
)]
mod raw;
mod session;
mod sessions;
mod shown;
mod tap;
#[cfg(test)]
pub(crate) mod tests;
mod users;
mod verify;
mod wire;

pub use alerts::{Alert, name as alert_name};
pub use context::{Environment, Unready};
pub use evidence::{Evidence, Judged, Opening, Own};
pub use failure::{Failure, Told};
pub use hosts::Fit;
pub use names::{has_fips, has_suite, has_version};
pub use plan::{
    Allowed, Cache, ClientAuth, Fragments, Hosts, Least, Plan, Renegotiation, Revocation, Role,
    ServerName, SuiteB, Tickets,
};
pub use probe::{Probed, dial};
pub use session::{Agreed, Opened, Session, Terms};
pub use shown::certificate as certificate_words;
pub use tap::{Passed, Said, Tap, Tapped, What, is_of_handshake};
pub use users::{Users, UsersError};
pub use wire::{PLAIN, READ, Wire};

/// The library behind this module, with its version.
pub fn library() -> &'static str {
    openssl::version::version()
}
