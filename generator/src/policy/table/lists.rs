//! Ordered lists of codes: what a code means, and which ones may be chosen.
//!
//! Cipher suites, curves and key share groups, signature pairs. The order of such a list is its
//! meaning, so nothing here sorts what was given.

use super::curves::{Curve, curve_named, curves, default_client_curves};
use super::signatures::{
    SignaturePair, default_signature_pairs, signature_pair_named, signature_pairs,
};
use super::suites::{
    CipherSuite, Protocol, suite_by_code, suite_by_short_code, suite_by_v2_code, suite_named,
    suites,
};
use super::{AttributeDef, Kind, Repeat, SuiteForm};
use crate::policy::Release;

/// The codes that count where none are coded, the most preferred first: while TLS 1.3 is on, the defaults
/// hold more (IP Configuration Reference 2.5, TTLSSignatureParms). `None`: there are none, or they are not
/// known for this release.
pub fn default_codes(row: &AttributeDef, release: Release, tls13: bool) -> Option<Vec<String>> {
    let codes = |codes: Vec<&'static str>| codes.into_iter().map(str::to_owned).collect();
    let default = row.default_in(release).filter(|_| row.since <= release)?;
    Some(match row.name {
        "ClientECurves" => {
            let curves = default_client_curves(release, tls13)?.into_iter();
            codes(curves.map(|curve| curve.code).collect())
        }
        "SignaturePairs" => {
            let pairs = default_signature_pairs(release, tls13).into_iter();
            codes(pairs.map(|pair| pair.code).collect())
        }
        _ => CodeList::of(row)?.split(default),
    })
}

/// What the codes of a list stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeList {
    Suites,
    /// Curves or groups, of these codes; `Any` may be one of them.
    Curves(&'static [&'static str]),
    SignaturePairs,
}

/// One code with what a person knows it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// As in a policy.
    pub code: &'static str,
    pub name: &'static str,
    /// Its strength or kind, and the release that brought it.
    pub detail: String,
}

impl CodeList {
    /// The list that a row takes; `None` for rows that take something else, or one code only.
    pub fn of(row: &AttributeDef) -> Option<Self> {
        match row.kind {
            _ if row.repeat != Repeat::Concat => None,
            Kind::Curves(codes) => Some(Self::Curves(codes)),
            Kind::SignaturePairs { .. } => Some(Self::SignaturePairs),
            _ => None,
        }
    }

    /// What a code or name means; `None` for one that is not known here.
    pub fn code(self, text: &str) -> Option<Code> {
        match self {
            Self::Suites => suite_of(text).map(of_suite),
            Self::Curves(_) if text.eq_ignore_ascii_case(ANY) => Some(any()),
            Self::Curves(_) => curve_named(text).map(of_curve),
            Self::SignaturePairs => signature_pair_named(text).map(of_pair),
        }
    }

    /// Everything that can be chosen.
    pub fn choices(self) -> Vec<Code> {
        match self {
            Self::Suites => suites().iter().map(of_suite).collect(),
            Self::Curves(codes) => {
                let named = |curve: &&Curve| codes.contains(&curve.code);
                let any = codes.contains(&ANY).then(any);
                let all = curves().iter().filter(named).map(of_curve);
                all.chain(any).collect()
            }
            Self::SignaturePairs => signature_pairs().iter().map(of_pair).collect(),
        }
    }

    /// The codes of a line of a policy, which may join several; names become codes, and what is not
    /// known stays as it is.
    pub fn split(self, line: &str) -> Vec<String> {
        let line = line.trim();
        let joined = line.len() > 4
            && match self {
                Self::Suites => false,
                Self::Curves(_) => line.bytes().all(|byte| byte.is_ascii_digit()),
                Self::SignaturePairs => line.bytes().all(|byte| byte.is_ascii_hexdigit()),
            };
        let parts = match joined {
            true => line
                .as_bytes()
                .chunks(4)
                .map(String::from_utf8_lossy)
                .collect(),
            false => vec![line.into()],
        };
        let named = |part: std::borrow::Cow<'_, str>| match self.code(&part) {
            Some(code) => code.code.to_owned(),
            None => part.into_owned(),
        };
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.map(named).collect()
    }
}

const ANY: &str = "Any";

fn any() -> Code {
    Code {
        code: ANY,
        name: "any curve",
        detail: "sends no list; excludes all others".to_owned(),
    }
}

/// The suite that a text names: by its name or a code of one, two or four digits.
pub fn suite_of(text: &str) -> Option<&'static CipherSuite> {
    suite_named(text)
        .or_else(|| suite_by_code(text))
        .or_else(|| suite_by_short_code(text))
        .or_else(|| suite_by_v2_code(text))
}

/// The suites that one line of a policy names: by name, or by joined codes as wide as the form has
/// them. What is not known stays as it is written.
pub fn suites_of_line(line: &str, form: SuiteForm) -> Vec<Result<&'static CipherSuite, String>> {
    if let Some(suite) = suite_named(line) {
        return vec![Ok(suite)];
    }
    if !line.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return vec![Err(line.to_owned())];
    }
    let codes = line.as_bytes().chunks(form.width());
    codes
        .map(|code| {
            let code = String::from_utf8_lossy(code);
            let suite = match form {
                SuiteForm::V2 => suite_by_v2_code(&code),
                SuiteForm::V3 => suite_by_short_code(&code),
                SuiteForm::V3Char4 => suite_by_code(&code),
            };
            suite.ok_or_else(|| code.into_owned())
        })
        .collect()
}

/// The suites of a line of a policy: one by its name, or codes in a row, of the width that the attribute
/// takes. What is none is left out, as is a name where only codes may stand: it does not take effect
/// (IP Configuration Reference 3.1, TTLSCipherParms).
pub fn suites_in(kind: Kind, line: &str) -> Vec<&'static CipherSuite> {
    let Kind::Suites(form) = kind else {
        return Vec::new();
    };
    let line = line.trim();
    if form == SuiteForm::V3Char4 && suite_named(line).is_some() {
        return Vec::new();
    }
    suites_of_line(line, form).into_iter().flatten().collect()
}

/// "256 bit, TLS 1.2, ECDHE".
fn of_suite(suite: &'static CipherSuite) -> Code {
    let newest = suite.protocols.iter().max();
    let version = newest.map(ToString::to_string).unwrap_or_default();
    let mut detail = format!("{} bit, {version}", suite.bits);
    if newest != Some(&Protocol::Tls13) {
        detail.extend([", ", suite.key_exchange]);
    }
    Code {
        code: suite.code,
        name: suite.name,
        detail,
    }
}

/// "NIST P-256, strength 128 bit, since V1R13".
fn of_curve(curve: &'static Curve) -> Code {
    let (alias, strength, since) = (curve.alias, curve.strength, curve.since());
    Code {
        code: curve.code,
        name: curve.name,
        detail: format!("{alias}, strength {strength} bit, since {since}"),
    }
}

/// "RSA-PSS with SHA-256, since V2R4".
fn of_pair(pair: &'static SignaturePair) -> Code {
    let (hash, algorithm) = pair.parts();
    let old = if pair.is_legacy() {
        ", not in the default of 3.2"
    } else {
        ""
    };
    Code {
        code: pair.code,
        name: pair.name,
        detail: format!("{algorithm} with {hash}, since {}{old}", pair.since()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURVES: CodeList = CodeList::Curves(&["0023", "0029", "Any"]);

    #[test]
    fn the_defaults_are_those_of_the_table_and_more_with_tls_1_3() {
        let row = |name| {
            let known = crate::policy::effective::parameter(name);
            known.unwrap_or(&AttributeDef::BASE)
        };
        for release in Release::ALL {
            for name in ["ClientECurves", "SignaturePairs", "ServerKexECurves"] {
                let (row, codes) = (row(name), default_codes(row(name), release, false));
                let coded = row.default_in(release).filter(|_| row.since <= release);
                let coded = coded.and_then(|line| Some(CodeList::of(row)?.split(line)));
                assert_eq!((codes, row.name), (coded, name), "{release}");
            }
        }
        let curves = |release| default_codes(row("ClientECurves"), release, true);
        let known = ["0021", "0023", "0024", "0025", "0019", "0029"].map(str::to_owned);
        assert_eq!(curves(Release::V3R1), Some(known.to_vec()));
        assert_eq!(curves(Release::V3R2), None);
    }

    #[test]
    fn codes_have_names_and_a_few_words() {
        let words = |list: CodeList, text: &str| {
            list.code(text)
                .map(|code| format!("{} {}: {}", code.code, code.name, code.detail))
        };
        for (list, text, expected) in [
            (
                CodeList::Suites,
                "1302",
                "1302 TLS_AES_256_GCM_SHA384: 256 bit, TLS 1.3",
            ),
            (
                CodeList::Suites,
                "2F",
                "002F TLS_RSA_WITH_AES_128_CBC_SHA: 128 bit, TLS 1.2, RSA",
            ),
            (
                CURVES,
                "secp256r1",
                "0023 secp256r1: NIST P-256, strength 128 bit, since V1R13",
            ),
            (
                CURVES,
                "any",
                "Any any curve: sends no list; excludes all others",
            ),
            (
                CodeList::SignaturePairs,
                "0806",
                "0806 TLS_SIGALG_SHA512_WITH_RSASSA_PSS: RSA-PSS with SHA-512, since V2R4",
            ),
            (
                CodeList::SignaturePairs,
                "0202",
                "0202 TLS_SIGALG_SHA1_WITH_DSA: DSA with SHA-1, since V2R1, not in the default of 3.2",
            ),
        ] {
            assert_eq!(words(list, text).as_deref(), Some(expected));
        }
        assert_eq!(words(CodeList::SignaturePairs, "0999"), None);
    }

    #[test]
    fn a_line_of_suites_holds_a_name_or_codes_in_a_row() {
        let codes = |form, line| {
            let suites = suites_in(Kind::Suites(form), line).into_iter();
            suites.map(|suite| suite.code).collect::<Vec<_>>()
        };
        assert_eq!(
            codes(SuiteForm::V3Char4, "13021301C030"),
            ["1302", "1301", "C030"]
        );
        assert_eq!(codes(SuiteForm::V3, "352F"), ["0035", "002F"]);
        assert_eq!(codes(SuiteForm::V3, "TLS_AES_128_GCM_SHA256"), ["1301"]);
        assert_eq!(codes(SuiteForm::V2, "17"), ["1", "7"]);
        assert!(codes(SuiteForm::V3Char4, "TLS_AES_128_GCM_SHA256").is_empty());
        assert!(codes(SuiteForm::V3, "35é").is_empty());
        assert!(suites_in(Kind::Flag, "On").is_empty());
    }

    #[test]
    fn only_what_the_row_takes_can_be_chosen() {
        let codes: Vec<_> = CURVES.choices().iter().map(|code| code.code).collect();
        assert_eq!(codes, ["0023", "0029", "Any"]);
        assert_eq!(CodeList::Suites.choices().len(), suites().len());
    }

    #[test]
    fn a_line_of_suites_falls_into_its_codes() {
        let codes = |line: &str, form| -> Vec<String> {
            let suites = suites_of_line(line, form).into_iter();
            suites
                .map(|suite| {
                    suite.map_or_else(|text| format!("?{text}"), |one| one.code.to_owned())
                })
                .collect()
        };
        assert_eq!(codes("2F35", SuiteForm::V3), ["002F", "0035"]);
        assert_eq!(codes("C02F1301", SuiteForm::V3Char4), ["C02F", "1301"]);
        assert_eq!(
            codes("tls_rsa_with_aes_128_cbc_sha", SuiteForm::V3),
            ["002F"]
        );
        assert_eq!(codes("2FFF3", SuiteForm::V3), ["002F", "?FF", "?3"]);
        assert_eq!(codes("nonsense", SuiteForm::V3Char4), ["?nonsense"]);
        assert_eq!(codes("", SuiteForm::V3), Vec::<String>::new());
    }

    #[test]
    fn a_joined_line_falls_into_its_codes_and_keeps_what_is_unknown() {
        assert_eq!(CURVES.split("00290023"), ["0029", "0023"]);
        assert_eq!(CURVES.split(" secp256r1 "), ["0023"]);
        assert_eq!(CURVES.split("00239"), ["0023", "9"]);
        assert_eq!(CURVES.split("brainpool"), ["brainpool"]);
        assert_eq!(CURVES.split(""), Vec::<String>::new());
        assert_eq!(CodeList::SignaturePairs.split("0601ffff"), ["0601", "ffff"]);
        assert_eq!(CodeList::Suites.split("XY"), ["XY"]);
    }
}
