//! `TTLSKeyringParms`: says where certificates and keys are kept.

use super::{AttributeDef, Certainty, Kind, NameRule, Required, StatementDef, TextForm};
use crate::policy::Release;

pub static TTLS_KEYRING_PARMS: StatementDef = StatementDef {
    name: "TTLSKeyringParms",
    help: "Says where certificates and keys are kept.",
    since: Release::V1R7,
    name_rule: NameRule::UnlessInline,
    inline_in: &["TTLSEnvironmentAction"],
    source: "IP Configuration Reference 2.4, TTLSKeyringParms",
    certainty: Certainty::Confirmed,
    attributes: &[
        AttributeDef {
            name: "Keyring",
            label: "Key ring",
            help: "Names the SAF key ring as ring or owner/ring, a PKCS #11 token, or the path of a key database.",
            kind: Kind::Text {
                max: 1023,
                form: TextForm::Keyring,
            },
            required: Required::Always,
            system_ssl: "GSK_KEYRING_FILE",
            source: "IP Configuration Reference 2.4, TTLSKeyringParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "KeyringPw",
            label: "Key database password",
            help: "Gives the password of the key database, in clear text in the file.",
            kind: Kind::Text {
                max: 128,
                form: TextForm::Password,
            },
            secret: true,
            system_ssl: "GSK_KEYRING_PW",
            source: "IP Configuration Reference 2.4, TTLSKeyringParms",
            ..AttributeDef::BASE
        },
        AttributeDef {
            name: "KeyringStashFile",
            label: "Key database stash file",
            help: "Names the stash file that holds the password of the key database.",
            kind: Kind::Text {
                max: 1023,
                form: TextForm::Path,
            },
            system_ssl: "GSK_KEYRING_STASH_FILE",
            certainty: Certainty::Unconfirmed,
            source: "IP Configuration Reference 2.4, TTLSKeyringParms",
            ..AttributeDef::BASE
        },
    ],
};
