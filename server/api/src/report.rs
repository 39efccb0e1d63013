//! What is protected, for a reader who has no account here.

use generator::objects::ObjectId;
use serde::{Deserialize, Serialize};

/// The protected ports of a revision: `GET /api/v1/stores/{store}/ports?revision=41`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PortReport {
    pub store: String,
    pub revision: i64,
    /// When the revision was saved, and by whom.
    pub saved_at: String,
    pub saved_by: String,
    /// Stacks by name, rows in search order.
    pub ports: Vec<ProtectedPort>,
}

/// One row of a traffic descriptor as an enabled rule of an enabled stack uses it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProtectedPort {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub stack: ObjectId,
    /// Empty while the stack is on no image.
    pub image_name: String,
    pub stack_name: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub rule: ObjectId,
    pub rule_name: String,
    pub rule_description: String,
    /// The name of the stack, image or z/OS group that the rule belongs to.
    pub owner: String,
    /// Addresses as in the rule, or the name of their address group.
    pub local_address: String,
    pub remote_address: String,
    /// `All`, a port or a range.
    pub local_ports: String,
    pub remote_ports: String,
    /// `inbound`, `outbound` or `both`.
    pub direction: String,
    /// A job name or a mask; `any` for every job.
    pub job: String,
    /// A user ID or a mask; `any` for every user.
    pub user: String,
    pub traffic_name: String,
    /// The application decides when protection starts.
    pub application_controlled: bool,
    /// The rule counts at certain times only.
    pub at_times: bool,
    pub level_name: String,
    pub level_description: String,
    /// False: the traffic stays in the clear, and the fields below are empty or absent.
    pub protects: bool,
    /// `Server`, `Client` or `ServerWithClientAuth`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// `TLS 1.3` …, the newest first.
    pub versions: Vec<String>,
    /// By name, in order of preference; absent where System SSL decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suites: Option<Vec<String>>,
    /// What the server asks of clients, `off` for no certificate; absent where this end is the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_authentication: Option<String>,
    /// The one that counts: the row's, or the stack's, or the image's.
    pub keyring: String,
    /// Empty for the default certificate of the key ring.
    pub certificate_labels: Vec<String>,
}
