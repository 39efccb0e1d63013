//! What can be found out instead of being typed: the addresses of hosts, the ports that programs
//! wait at.

use serde::{Deserialize, Serialize};

/// How many names one request may hold.
pub const MOST_NAMES: usize = 100;

/// Asks for the addresses of hosts: `POST /api/v1/stores/{store}/hosts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LookUp {
    /// At most 100.
    pub names: Vec<String>,
}

/// What the name servers of the server's machine answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LookedUp {
    /// When, in UTC.
    pub at: String,
    /// In the order of the names.
    pub hosts: Vec<HostAddresses>,
}

/// The addresses of a host, or why there are none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostAddresses {
    pub name: String,
    /// IPv4 before IPv6, each in ascending order.
    pub addresses: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Text with listening sockets in it: `POST /api/v1/stores/{store}/listeners`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListenersIn {
    /// What `NETSTAT`, `onetstat`, `DISPLAY TCPIP,,NETSTAT`, or on Linux `ss -ltnp` or
    /// `netstat -ltnp` show.
    pub text: String,
}

/// A port that a program waits at for TCP connections.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Listener {
    pub port: u16,
    /// Empty for all addresses.
    pub address: String,
    /// The job name on z/OS, the name of the process on Linux; empty where it is not known.
    pub program: String,
    /// The owner; empty where it is not known.
    pub user: String,
}
