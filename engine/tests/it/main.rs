//! The engine as a whole, between real peers on loopback.

mod application;
mod captures;
#[path = "../../../keyring/tests/it/certificates.rs"]
mod certificates;
mod control;
mod failures;
mod faults;
#[path = "../../../keyring/tests/it/files.rs"]
mod files;
mod fixture;
mod hosts;
mod inbound;
mod loading;
mod matrix;
mod outbound;
mod parameters;
mod programs;
mod reloading;
mod rings;
mod secondary;
mod service;
mod transparent;
mod trials;
