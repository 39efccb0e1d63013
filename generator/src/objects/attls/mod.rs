//! What is AT-TLS alone: traffic, security levels, requirement maps, connectivity rules.

pub mod maps;
pub mod presets;
pub mod rules;
pub mod security;
pub mod traffic;
