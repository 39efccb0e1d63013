//! The pages: one folder or file each. A page never reaches into another one.

pub mod account;
pub mod accounts;
pub mod addresses;
pub mod analysis;
pub mod explain;
pub mod guided;
pub mod history;
pub mod import;
pub mod install;
pub mod levels;
pub mod log_in;
pub mod maps;
mod objects;
pub mod overview;
pub mod review;
pub mod rule;
pub mod runtime;
pub mod server;
pub mod setup;
pub mod setup_first;
pub mod stack;
pub mod store_settings;
pub mod stores;
pub mod systems;
pub mod traffic;
