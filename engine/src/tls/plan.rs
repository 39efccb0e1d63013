//! What the connections of a rule are to do, before any library is asked.

use std::time::Duration;

use generator::analysis::handshake::Demand;
use generator::policy::table::suites::Protocol;

use super::users::Users;

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
    /// Insists on one that belongs to a user of the list as well.
    User,
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
    /// Pairs by which the partner's certificates may be signed since TLS 1.2; none: any.
    pub certificate_signatures: Vec<u16>,
    /// As the policy writes it.
    pub keyring: String,
    /// Labels of the certificates to present; none: the default of the ring.
    pub labels: Vec<String>,
    pub server_name: ServerName,
    pub hosts: Hosts,
    pub cache: Cache,
    pub tickets: Tickets,
    pub least: Least,
    /// A server's group of ephemeral Diffie-Hellman has 2048 bits, whatever its key.
    pub dh2048: bool,
    /// A TLS 1.3 handshake looks like one of TLS 1.2.
    pub middlebox: bool,
    pub master_secret: Demand,
    pub renegotiation: Renegotiation,
    /// A client renews the keys each time so much has passed.
    pub renewal: Option<Duration>,
    pub fragments: Fragments,
    /// A profile of Suite B holds for all certificates.
    pub suite_b: Option<SuiteB>,
    /// Only algorithms of a FIPS module.
    pub fips: bool,
    /// `None`: nothing is asked about revocation.
    pub revocation: Option<Revocation>,
    /// A server sends along what the ring has of its certificate's state (OCSP).
    pub staples: bool,
    /// To whom certificates belong, for [`ClientAuth::User`].
    pub users: Users,
}

/// Other handshakes on a connection below TLS 1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Renegotiation {
    pub allowed: Allowed,
    /// The partner has to show the indication of RFC 5746.
    pub indicated: bool,
    /// The partner has to come with the certificate that it had.
    pub same_certificate: bool,
}

/// Who may ask for another handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Allowed {
    Nobody,
    /// Who does it by RFC 5746.
    Secure,
    Anybody,
}

/// Smaller records (RFC 6066, 4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fragments {
    /// A client asks for them; in bytes.
    pub asked: Option<u16>,
    /// No handshake without them.
    pub required: bool,
}

/// Levels of Suite B (RFC 6460).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuiteB {
    Only128,
    Only192,
    Both,
}

/// How strict to be where a list of revoked certificates is missing or out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Revocation {
    /// Goes on.
    Low,
    /// Refuses, unless the certificate names no place where there would be one.
    Medium,
    /// Refuses.
    High,
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
    /// The group of ephemeral Diffie-Hellman that a server chose.
    pub ephemeral: u32,
    /// X.509 version 3.
    pub version3: bool,
}
