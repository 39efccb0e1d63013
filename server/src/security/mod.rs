//! What protects the server and its users around every request.

pub mod client;
pub mod deadline;
pub mod forgery;
pub mod headers;
pub mod log;
pub mod panics;
pub mod request_id;
pub mod uploads;
pub mod writes;
