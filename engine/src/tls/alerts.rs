//! Alerts, and which of them the library saw.

use std::cell::Cell;

use control::AlertInfo;

/// An alert of RFC 8446, 6, or of the older versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// By this side.
    pub sent: bool,
    pub code: u8,
}

thread_local! {
    // The library tells of alerts in the middle of a call, and each call is for one connection.
    static LAST: Cell<Option<Alert>> = const { Cell::new(None) };
}

/// An alert came or went.
pub(super) fn note(alert: Alert) {
    LAST.set(Some(alert));
}

/// The last alert that was noted on this thread, once.
pub(super) fn take() -> Option<Alert> {
    LAST.take()
}

impl Alert {
    pub fn info(self) -> AlertInfo {
        AlertInfo {
            sent: self.sent,
            code: self.code,
            name: name(self.code).to_owned(),
        }
    }
}

/// The name of an alert in IANA's registry.
pub fn name(code: u8) -> &'static str {
    match code {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        21 => "decryption_failed",
        22 => "record_overflow",
        30 => "decompression_failure",
        40 => "handshake_failure",
        41 => "no_certificate",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        60 => "export_restriction",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        100 => "no_renegotiation",
        109 => "missing_extension",
        110 => "unsupported_extension",
        111 => "certificate_unobtainable",
        112 => "unrecognized_name",
        113 => "bad_certificate_status_response",
        114 => "bad_certificate_hash_value",
        115 => "unknown_psk_identity",
        116 => "certificate_required",
        120 => "no_application_protocol",
        _ => "unknown alert",
    }
}
