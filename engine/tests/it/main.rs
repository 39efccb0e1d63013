//! The engine as a whole, between real peers on loopback.

mod certificates;
mod faults;
mod fixture;
mod hosts;
mod inbound;
mod loading;
mod outbound;
mod reloading;
mod service;
mod transparent;
