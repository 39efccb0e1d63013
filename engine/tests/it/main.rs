//! The engine as a whole, between real peers on loopback.

mod certificates;
mod faults;
mod fixture;
mod inbound;
mod loading;
mod matrix;
mod outbound;
mod parameters;
mod programs;
mod reloading;
