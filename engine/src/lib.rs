//! The engine: the same policy files enforced on Linux.
//!
//! Programs that talk plain TCP talk TLS, unchanged. From a main configuration file to the policy of one
//! stack ([`policy`]), from a connection to its rule, from the rule to TLS ([`tls`]), and in between the
//! connection itself ([`connection`]), which knows neither sockets nor clocks. [`shell`] has those.

pub mod capture;
pub mod connection;
pub mod diagnosis;
pub mod messages;
pub mod policy;
pub mod shell;
pub mod support;
pub mod tls;

#[cfg(test)]
#[path = "../../keyring/tests/it/certificates.rs"]
#[expect(dead_code, reason = "the tests of the whole engine use more of it")]
mod certificates;
