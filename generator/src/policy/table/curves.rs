//! The elliptic curves and key share groups that can be named.

use super::lists::CodeList;
use super::{Kind, TTLS_SIGNATURE_PARMS};
use crate::policy::Release;

/// One curve or group.
#[derive(Debug, PartialEq, Eq)]
pub struct Curve {
    /// Four decimal digits, as System SSL writes it.
    pub code: &'static str,
    /// The constant that policy files may use instead of the code.
    pub name: &'static str,
    pub alias: &'static str,
    /// Its number in IANA's registry of groups.
    pub iana: u16,
    /// Bits of security: NIST SP 800-57 part 1, table 2; RFC 7748, section 7.
    pub strength: u16,
    /// Can be a TLS 1.3 key share group.
    pub key_share: bool,
    /// Can be a server's key exchange curve below TLS 1.3.
    pub server_kex: bool,
}

const fn curve(
    code: &'static str,
    name: &'static str,
    alias: &'static str,
    iana: u16,
    strength: u16,
    key_share: bool,
    server_kex: bool,
) -> Curve {
    Curve {
        code,
        name,
        alias,
        iana,
        strength,
        key_share,
        server_kex,
    }
}

static CURVES: [Curve; 7] = [
    curve("0019", "secp192r1", "NIST P-192", 19, 96, false, true),
    curve("0021", "secp224r1", "NIST P-224", 21, 112, false, true),
    curve("0023", "secp256r1", "NIST P-256", 23, 128, true, true),
    curve("0024", "secp384r1", "NIST P-384", 24, 192, true, true),
    curve("0025", "secp521r1", "NIST P-521", 25, 256, true, true),
    curve("0029", "x25519", "Curve25519", 29, 128, true, false),
    curve("0030", "x448", "Curve448", 30, 224, true, false),
];

/// Every curve, by code.
pub fn curves() -> &'static [Curve] {
    &CURVES
}

/// The curve with this code or constant.
pub fn curve_named(text: &str) -> Option<&'static Curve> {
    CURVES
        .iter()
        .find(|curve| curve.code == text || curve.name.eq_ignore_ascii_case(text))
}

/// The curve that ends the default list of a client while TLS 1.3 is on.
const WITH_TLS13: &str = "0029";

/// The curves that a client offers when none are coded, most preferred first. `None`: not known for
/// this release.
pub fn default_client_curves(release: Release, tls13: bool) -> Option<Vec<&'static Curve>> {
    let row = TTLS_SIGNATURE_PARMS.attribute("ClientECurves")?;
    let Kind::Curves(codes) = row.kind else {
        return None;
    };
    let mut default = CodeList::Curves(codes).split(row.default_in(release)?);
    default.extend(tls13.then(|| WITH_TLS13.to_owned()));
    Some(
        default
            .iter()
            .filter_map(|code| curve_named(code))
            .collect(),
    )
}

impl Curve {
    /// The release that takes it. For x25519 and x448 that is general knowledge: they came with
    /// TLS 1.3.
    pub fn since(&self) -> Release {
        match self.code {
            "0029" | "0030" => Release::V2R4,
            _ => Release::V1R13,
        }
    }
}
