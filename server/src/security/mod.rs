//! What protects the server and its users around every request.

pub mod client;
pub mod deadline;
pub mod request_id;
