//! `TTLSCipherParms`: lists cipher suites in order of preference.

use super::{AttributeDef, Certainty, Kind, NameRule, Repeat, StatementDef, SuiteForm};
use crate::policy::Release;

pub static TTLS_CIPHER_PARMS: StatementDef = StatementDef {
    name: "TTLSCipherParms",
    help: "Lists cipher suites in order of preference.",
    since: Release::V1R7,
    name_rule: NameRule::UnlessInline,
    inline_in: &["TTLSEnvironmentAction", "TTLSConnectionAction"],
    source: "IP Configuration Reference 2.1, 3.1 and 3.2, TTLSCipherParms",
    certainty: Certainty::Confirmed,
    attributes: &[
        AttributeDef {
            name: "V2CipherSuites",
            label: "SSL V2 cipher suites",
            help: "Lists SSL V2 cipher suites in order of preference, as a string of one-character codes or one name per line.",
            kind: Kind::Suites(SuiteForm::V2),
            repeat: Repeat::Concat,
            system_ssl: "GSK_V2_CIPHER_SPECS",
            source: "IP Configuration Reference 2.1, 3.1 and 3.2, TTLSCipherParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "V3CipherSuites",
            label: "Cipher suites, by name or two-character code",
            help: "Lists cipher suites in order of preference, as one name per line or a string of two-character codes.",
            kind: Kind::Suites(SuiteForm::V3),
            repeat: Repeat::Concat,
            system_ssl: "GSK_V3_CIPHER_SPECS / GSK_V3_CIPHER_SPECS_EXPANDED",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, 3.1 and 3.2, TTLSCipherParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "V3CipherSuites4Char",
            label: "Cipher suites, by four-character code",
            help: "Lists cipher suites in order of preference, as a string of four-character codes without blanks.",
            kind: Kind::Suites(SuiteForm::V3Char4),
            since: Release::V2R1,
            repeat: Repeat::Concat,
            system_ssl: "GSK_V3_CIPHER_SPECS_EXPANDED",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.1, 3.1 and 3.2, TTLSCipherParms",
            ..AttributeDef::BASE
        },
    ],
};
