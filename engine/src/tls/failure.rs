//! Why TLS on a connection ended, in the return codes of System SSL and AT-TLS.

use openssl::error::ErrorStack;
use openssl::ssl::{Error, SslRef};

use super::evidence::Judged;

/// `ERR_LIB_SSL` of err.h.
const LIB_SSL: i32 = 20;
/// Reasons from here on are alerts of the partner: `SSL_AD_REASON_OFFSET` of ssl.h.
const ALERTS: i32 = 1000;

/// A connection that cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// As System SSL or AT-TLS would say it.
    pub code: u16,
    pub told: Told,
    /// What the library says.
    pub words: String,
    /// Plaintext that was read before.
    pub bytes: usize,
    /// The certificate of the partner that was refused.
    pub refused: Option<Box<Judged>>,
}

/// Who found the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// This side.
    Here,
    /// The partner, by an alert of this number.
    Partner(u8),
}

impl Failure {
    pub fn new(code: u16, words: impl Into<String>) -> Self {
        Self {
            code,
            told: Told::Here,
            words: words.into(),
            bytes: 0,
            refused: None,
        }
    }

    /// Of an error of a call; `ssl` knows what was wrong with a certificate.
    pub(super) fn of(error: &Error, ssl: &SslRef) -> Self {
        let Some(stack) = error.ssl_error() else {
            return Self::new(406, error.to_string());
        };
        let is_certificate = |one: &openssl::error::Error| {
            one.library_code() == LIB_SSL && one.reason_code() == CERTIFICATE_VERIFY_FAILED
        };
        if stack.errors().iter().any(is_certificate) {
            let result = ssl.verify_result();
            return Self::new(
                of_certificate(result.as_raw()),
                format!("the partner's certificate: {}", result.error_string()),
            );
        }
        Self::of_stack(stack)
    }

    pub(super) fn of_stack(stack: &ErrorStack) -> Self {
        let mut own = stack
            .errors()
            .iter()
            .filter(|one| one.library_code() == LIB_SSL);
        let Some(first) = own.next() else {
            return Self::new(3, stack.to_string());
        };
        let words = first
            .reason()
            .unwrap_or("an error without words")
            .to_owned();
        match first.reason_code() {
            alert @ ALERTS.. => {
                let number = u8::try_from(alert - ALERTS).unwrap_or(u8::MAX);
                Self {
                    told: Told::Partner(number),
                    ..Self::new(of_alert(number), words)
                }
            }
            reason => Self::new(of_reason(reason), words),
        }
    }

    /// The partner does not speak TLS.
    pub(super) fn of_clear_text(self) -> Self {
        Self { code: 5003, ..self }
    }

    pub(super) fn no_master_secret() -> Self {
        Self::new(446, "the partner has no extended master secret")
    }

    pub(super) fn no_indication() -> Self {
        Self::new(
            460,
            "the partner does not show the renegotiation indication",
        )
    }

    pub(super) fn no_fragments() -> Self {
        let words = "the partner did not agree on a maximum fragment length";
        Self::new(447, words)
    }

    pub(super) fn small_group(bits: u32) -> Self {
        let words = format!("the server's group of ephemeral Diffie-Hellman has {bits} bits only");
        Self::new(414, words)
    }

    pub(super) fn no_user() -> Self {
        Self::new(
            5002,
            "the partner's certificate belongs to no user in `certmap`",
        )
    }

    pub(super) fn other_certificate() -> Self {
        let words = "the partner came with another certificate when it renegotiated";
        Self::new(414, words)
    }

    pub(super) fn after(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }
}

/// `SSL_R_CERTIFICATE_VERIFY_FAILED` of sslerr.h.
const CERTIFICATE_VERIFY_FAILED: i32 = 134;

/// The numbers of sslerr.h; what is not among them is a message that breaks the protocol.
fn of_reason(reason: i32) -> u16 {
    match reason {
        // no shared cipher, no ciphers available, no ciphers specified
        193 | 181 | 183 => 402,
        // no shared or suitable signature algorithm
        376 | 118 => 402,
        // no shared groups, no suitable key share, no suitable groups
        410 | 101 | 295 => 451,
        // no protocols available, unsupported protocol, version too low or high, unknown protocol
        191 | 258 | 396 | 166 | 252 | 266 => 412,
        // http request, https proxy request
        156 | 155 => 5003,
        // peer did not return a certificate
        199 => 5001,
        // decryption failed or bad record mac
        281 | 147 => 411,
        // dh key, ee key, ca key too small
        394 | 399 | 397 => 414,
        // no renegotiation; unsafe legacy renegotiation disabled
        339 => 432,
        338 => 460,
        // inappropriate fallback
        373 => 415,
        // the name that the client asks for was refused
        234 | 226 => 448,
        _ => 410,
    }
}

/// The alerts of RFC 8446, 6, and RFC 5246, 7.2.
fn of_alert(alert: u8) -> u16 {
    match alert {
        20 => 411,
        41 | 116 => 403,
        42 => 414,
        43 => 405,
        44 => 431,
        45 => 401,
        46 => 414,
        48 => 435,
        70 => 412,
        71 => 402,
        80 => 438,
        100 => 432,
        112 => 448,
        10 | 47 | 50 | 51 => 415,
        _ => 439,
    }
}

/// The results of x509_vfy.h.
fn of_certificate(result: i32) -> u16 {
    match result {
        // not yet valid, expired
        9 | 10 => 401,
        // signature failure
        7 => 413,
        // the leaf is signed by itself
        18 => 417,
        // signed by itself in the chain; no issuer; no signature to verify by
        19 | 2 | 20 | 21 | 27 => 435,
        23 => 431,
        // lists of revoked certificates: missing, out of date, damaged
        3 | 5 | 8 | 11 | 12 | 15 | 16 | 33 | 36 | 44 | 54 | 101 => 436,
        // Suite B
        56..=61 => 470,
        // signed by another pair than those of the list
        76 => 467,
        // purpose, key usage
        26 | 32 | 35 => 440,
        // keys too small, rejected
        66 | 67 | 28 => 414,
        _ => 8,
    }
}
