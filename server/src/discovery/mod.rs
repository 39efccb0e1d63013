//! What can be found out instead of being typed: the addresses of hosts, and the ports that programs
//! wait at, on this machine or as a report of another one shows them.

pub mod hosts;
pub mod listeners;
pub mod netstat;
