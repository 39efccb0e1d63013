//! The engine as a whole, between real peers on loopback.

#[path = "../../../keyring/tests/it/certificates.rs"]
mod certificates;
mod faults;
mod fixture;
mod inbound;
mod loading;
mod outbound;
mod reloading;
mod rings;
