//! What the connections of a rule are to do, before any library is asked.

use generator::analysis::handshake::Demand;
use generator::policy::table::suites::Protocol;

/// Whether this side begins the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Client,
    Server,
}

/// What a server does about the certificate of its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientAuth {
    /// Asks for none.
    No,
    /// Asks, and takes whatever comes.
    PassThru,
    /// Asks, and checks what comes.
    Full,
    /// Insists on one that stands the checks.
    Required,
}

/// Everything that decides how TLS is done. Equal plans can share an environment.
///
/// Numbers of suites, groups and signatures are those of IANA's registries, the most preferred first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub role: Role,
    pub client_auth: ClientAuth,
    /// Oldest first.
    pub versions: Vec<Protocol>,
    pub suites: Vec<u16>,
    /// `None`: all that the library has.
    pub groups: Option<Vec<u16>>,
    pub signatures: Vec<u16>,
    /// As the policy writes it.
    pub keyring: String,
    /// Labels of the certificates to present; none: the default of the ring.
    pub labels: Vec<String>,
    pub server_name: ServerName,
    pub hosts: Hosts,
    pub cache: Cache,
    pub tickets: Tickets,
    pub least: Least,
    /// A TLS 1.3 handshake looks like one of TLS 1.2.
    pub middlebox: bool,
    pub master_secret: Demand,
}

/// The name of the server in the handshake (RFC 6066).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerName {
    /// A client sends it.
    pub sent: Option<String>,
    /// Names that a server knows, with the label of the certificate for each.
    pub known: Vec<(String, String)>,
    /// A server refuses clients that send no name.
    pub required: bool,
    /// A server refuses other names than the known ones.
    pub must_match: bool,
}

/// Names of which the certificate of a server must have one; none at all: any certificate of a trusted issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    pub dns: Vec<String>,
    pub common_names: Vec<String>,
    /// A DNS name may be met by one with an asterisk.
    pub wildcards: bool,
}

/// The cache of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cache {
    /// Sessions; 0: none are kept.
    pub size: u32,
    pub seconds: u32,
}

/// Session tickets of TLS 1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tickets {
    /// How many a server sends after a full handshake; 0: none.
    pub count: u8,
    pub seconds: u32,
    /// A client comes back with the tickets that it got.
    pub used: bool,
}

/// The least that the certificates of the partner must have; sizes in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Least {
    pub rsa: u32,
    pub ec: u32,
    pub dsa: u32,
    pub dh: u32,
    /// X.509 version 3.
    pub version3: bool,
}
