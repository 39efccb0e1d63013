//! A connection to ask any policy about; the fuzz targets include this file, too.

use generator::policy::lookup::{Connection, Way};

/// A client's connection to a queue manager.
pub fn connection() -> Connection {
    Connection {
        local: [10, 1, 1, 2].into(),
        remote: [10, 9, 9, 9].into(),
        local_port: 1414,
        remote_port: 50_000,
        job: "CSQ1CHIN".to_owned(),
        user: String::new(),
        way: Way::Inbound,
        at: None,
    }
}
