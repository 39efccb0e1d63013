//! Does this peer get through: which version, suite, group and signature a rule and its partner agree on,
//! and if on none, the return code and the attribute to change.
//!
//! Judges what is configured: certificates, key rings and their checks are left out, and what is taken for
//! granted about them is said with every answer. A change is proposed only after it was tried.

mod answer;
mod capture;
mod certificate;
mod failure;
mod negotiate;
mod peer;
mod profiles;
mod remedy;
mod settings;
mod side;
#[cfg(test)]
mod tests;

pub use answer::{Alert, Code, Failure, Outcome, Step, Success};
pub use capture::{Hello, HelloError, client_hello};
pub use certificate::{CertificateKey, Lack, certificate_labels, served};
pub use negotiate::{Agreed, Cause, Choice};
pub use peer::{Peer, from_client_hello};
pub use profiles::{Plays, Profile, profile, profiles};
pub use settings::{Field, Role, Settings};
pub use side::{Asks, Demand, Key, Side, SuiteB, group_name, key_of, suite_name};

use failure::Because;

/// What becomes of a handshake between a rule and a peer.
pub fn handshake(settings: &Settings, peer: &Peer) -> Outcome {
    let mut assumed = settings.assumed.clone();
    assumed.extend(peer.assumed.iter().cloned());
    let result = match settings.fault().or_else(|| roles(settings, peer)) {
        Some(because) => Err(because),
        None => agree(settings, &settings.side, peer).map_err(Because::Talk),
    };
    match result {
        Ok(agreed) => {
            assumed.extend(answer::assumed(&agreed));
            Outcome::Succeeds(Success { agreed, assumed })
        }
        Err(because) => Outcome::Fails(failure::failure(settings, peer, because, assumed)),
    }
}

/// What each program of the library gets; those that can only be clients are left out for a rule that is
/// one itself.
pub fn admits(settings: &Settings) -> Vec<(&'static Profile, Outcome)> {
    let all = profiles().iter();
    let fit = all.filter(|one| !settings.is_client() || one.plays != Plays::Client);
    let outcome = |one: &'static Profile| (one, handshake(settings, &Peer::of_profile(one)));
    fit.map(outcome).collect()
}

/// Two clients, or two servers.
fn roles(settings: &Settings, peer: &Peer) -> Option<Because> {
    match (settings.is_client(), peer.plays) {
        (true, Plays::Client) => Some(Because::TwoClients),
        (false, Plays::Server) => Some(Because::TwoServers),
        _ => None,
    }
}

/// Our side may be one that differs from the settings, for a trial.
fn agree(settings: &Settings, own: &Side, peer: &Peer) -> Result<Agreed, Cause> {
    match settings.is_client() {
        true => negotiate::negotiate(own, &peer.side),
        false => negotiate::negotiate(&peer.side, own),
    }
}
