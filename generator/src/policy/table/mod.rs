//! Every statement and attribute of the language, once, as rows.
//!
//! Reader, checks, emitter, form field, help page and command line all read these rows. Facts come
//! from the product's manuals; what nobody could confirm is marked in the row and is no hard error.

pub mod curves;
mod kind;
pub mod lines;
pub mod lists;
pub mod signatures;
pub mod suites;
#[cfg(test)]
mod tests;
mod value;

mod ip_addr;
mod ip_addr_group;
mod ip_addr_set;
mod ip_time_condition;
mod port_group;
mod port_range;
mod ttls_cipher_parms;
mod ttls_connection_action;
mod ttls_connection_advanced_parms;
mod ttls_environment_action;
mod ttls_environment_advanced_parms;
mod ttls_group_action;
mod ttls_group_advanced_parms;
mod ttls_gsk_advanced_parms;
mod ttls_gsk_http_cdp_parms;
mod ttls_gsk_ldap_parms;
mod ttls_gsk_ocsp_parms;
mod ttls_keyring_parms;
mod ttls_rule;
mod ttls_signature_parms;

pub use kind::{
    AttributeDef, Certainty, Kind, NO_LIMIT, NameRule, Repeat, Required, Scope, StatementDef,
    SuiteForm, TextForm, Unit,
};
pub(crate) use value::clock;
pub use value::{MAX_NAME, ValueError};

pub use ip_addr::IP_ADDR;
pub use ip_addr_group::IP_ADDR_GROUP;
pub use ip_addr_set::IP_ADDR_SET;
pub use ip_time_condition::IP_TIME_CONDITION;
pub use port_group::PORT_GROUP;
pub use port_range::PORT_RANGE;
pub use ttls_cipher_parms::TTLS_CIPHER_PARMS;
pub use ttls_connection_action::TTLS_CONNECTION_ACTION;
pub use ttls_connection_advanced_parms::TTLS_CONNECTION_ADVANCED_PARMS;
pub use ttls_environment_action::TTLS_ENVIRONMENT_ACTION;
pub use ttls_environment_advanced_parms::TTLS_ENVIRONMENT_ADVANCED_PARMS;
pub use ttls_group_action::TTLS_GROUP_ACTION;
pub use ttls_group_advanced_parms::TTLS_GROUP_ADVANCED_PARMS;
pub use ttls_gsk_advanced_parms::TTLS_GSK_ADVANCED_PARMS;
pub use ttls_gsk_http_cdp_parms::TTLS_GSK_HTTP_CDP_PARMS;
pub use ttls_gsk_ldap_parms::TTLS_GSK_LDAP_PARMS;
pub use ttls_gsk_ocsp_parms::TTLS_GSK_OCSP_PARMS;
pub use ttls_keyring_parms::TTLS_KEYRING_PARMS;
pub use ttls_rule::TTLS_RULE;
pub use ttls_signature_parms::TTLS_SIGNATURE_PARMS;

static STATEMENTS: [&StatementDef; 20] = [
    &TTLS_RULE,
    &TTLS_GROUP_ACTION,
    &TTLS_GROUP_ADVANCED_PARMS,
    &TTLS_ENVIRONMENT_ACTION,
    &TTLS_CONNECTION_ACTION,
    &TTLS_ENVIRONMENT_ADVANCED_PARMS,
    &TTLS_CONNECTION_ADVANCED_PARMS,
    &TTLS_KEYRING_PARMS,
    &TTLS_CIPHER_PARMS,
    &TTLS_SIGNATURE_PARMS,
    &TTLS_GSK_ADVANCED_PARMS,
    &TTLS_GSK_LDAP_PARMS,
    &TTLS_GSK_OCSP_PARMS,
    &TTLS_GSK_HTTP_CDP_PARMS,
    &IP_ADDR,
    &IP_ADDR_SET,
    &IP_ADDR_GROUP,
    &PORT_RANGE,
    &PORT_GROUP,
    &IP_TIME_CONDITION,
];

/// Every statement of an AT-TLS policy file.
pub fn statements() -> &'static [&'static StatementDef] {
    &STATEMENTS
}

/// The statement of this name, in any case.
pub fn statement(name: &str) -> Option<&'static StatementDef> {
    STATEMENTS
        .into_iter()
        .find(|statement| statement.name.eq_ignore_ascii_case(name))
}
