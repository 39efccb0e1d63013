//! The table's own tests: it agrees with itself and, where that can be found, with the reference.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashSet;

use super::curves::curves;
use super::signatures::{default_signature_pairs, signature_pairs};
use super::suites::*;
use super::*;
use crate::policy::Release;

fn rows() -> impl Iterator<Item = (&'static StatementDef, &'static AttributeDef)> {
    statements()
        .iter()
        .flat_map(|def| def.attributes.iter().map(move |row| (*def, row)))
}

fn row(statement_name: &str, attribute: &str) -> &'static AttributeDef {
    statement(statement_name)
        .and_then(|def| def.attribute(attribute))
        .unwrap()
}

/// Asserts that `text` is refused with a reason that reads as `reason`.
#[track_caller]
fn refused(row: &AttributeDef, text: &str, reason: &str) {
    let error = row.check(text).unwrap_err();
    assert_eq!(error.to_string(), reason, "{} {text}", row.name);
}

#[test]
fn there_are_twenty_statements_and_214_attributes() {
    assert_eq!(statements().len(), 20);
    assert_eq!(rows().count(), 214);
}

#[test]
fn names_are_unique_in_any_case() {
    let mut seen = HashSet::new();
    for def in statements() {
        assert!(seen.insert(def.name.to_ascii_lowercase()), "{}", def.name);
        let mut own = HashSet::new();
        for row in def.attributes {
            assert!(own.insert(row.name.to_ascii_lowercase()), "{}", row.name);
        }
    }
}

#[test]
fn every_row_has_label_help_and_source() {
    for (def, row) in rows() {
        let place = format!("{}.{}", def.name, row.name);
        assert!(!row.label.is_empty(), "{place} has no label");
        assert!(!row.source.is_empty(), "{place} has no source");
        assert!(row.help.ends_with('.'), "{place}: {}", row.help);
        assert!(
            !row.help.contains(['!', '\u{2014}']),
            "{place}: {}",
            row.help
        );
        assert!(
            row.help.starts_with(char::is_uppercase),
            "{place}: {}",
            row.help
        );
        assert!(
            !row.help.trim_end_matches('.').contains(". "),
            "{place}: {}",
            row.help
        );
    }
}

#[test]
fn every_default_is_legal_and_not_older_than_its_row() {
    for (def, row) in rows() {
        assert!(
            row.default.is_sorted_by_key(|(since, _)| *since),
            "{}",
            row.name
        );
        for (since, value) in row.default {
            assert!(*since >= row.since, "{}.{}", def.name, row.name);
            if !value.is_empty() {
                assert_eq!(row.check(value), Ok(()), "{}.{}", def.name, row.name);
            }
        }
    }
}

#[test]
fn every_other_name_in_a_row_is_known() {
    for (def, row) in rows() {
        match row.kind {
            Kind::Ref(target) => assert!(statement(target).is_some(), "{target}"),
            Kind::Inline(target) => {
                assert!(statement(target).unwrap().is_inline_in(def), "{target}");
            }
            _ => {}
        }
        let named = match row.required {
            Required::OneOf(names) => names.to_vec(),
            Required::With(name) | Required::IfAsked(name) => vec![name],
            Required::No | Required::Always | Required::IfEnabled => vec![],
        };
        for name in row.excludes.iter().chain(&named) {
            assert!(def.attribute(name).is_some(), "{}.{name}", def.name);
        }
        for other in row.excludes {
            let other = def.attribute(other).unwrap();
            assert!(
                other.excludes.contains(&row.name),
                "{} and {}",
                row.name,
                other.name
            );
        }
    }
    for def in statements() {
        for outer in def.inline_in {
            let outer = statement(outer).unwrap();
            assert!(
                outer
                    .attributes
                    .iter()
                    .any(|row| row.kind == Kind::Inline(def.name)),
                "{} in {}",
                def.name,
                outer.name
            );
        }
    }
}

#[test]
fn defaults_follow_the_release() {
    let tls12 = row("ttlsenvironmentadvancedparms", "TLSV1.2");
    assert_eq!(tls12.default_in(Release::V1R13), None);
    assert_eq!(tls12.default_in(Release::V3R1), Some("Off"));
    assert_eq!(tls12.default_in(Release::V3R2), Some("On"));
    let sslv3 = row("TTLSEnvironmentAdvancedParms", "SSLv3");
    assert_eq!(sslv3.default_in(Release::V2R1), Some("On"));
    assert_eq!(sslv3.default_in(Release::V2R2), Some("Off"));
    // 3.2 changed the order; the new one is not known.
    let curves = row("TTLSSignatureParms", "ClientECurves");
    assert!(curves.default_in(Release::V3R1).is_some());
    assert_eq!(curves.default_in(Release::V3R2), None);
    assert_eq!(
        curves.default_words(Release::V3R1),
        "0021 0023 0024 0025 0019 since V1R13, not known since 3.2"
    );
    assert_eq!(curves.default_words(Release::V3R2), "not known since 3.2");
    let tls12 = row("TTLSEnvironmentAdvancedParms", "TLSv1.2");
    assert_eq!(
        tls12.default_words(Release::V3R1),
        "Off since V2R1, On since 3.2"
    );
    assert_eq!(tls12.default_words(Release::V3R2), "On since 3.2");
    for row in TTLS_CONNECTION_ADVANCED_PARMS.attributes {
        assert!(row.default.is_empty(), "{}", row.name);
    }
}

#[test]
fn wrong_values_are_refused_with_the_reason() {
    let rule = |name| row("TTLSRule", name);
    refused(
        rule("Direction"),
        "Sideways",
        "the value is one of Inbound, Outbound, Both",
    );
    refused(
        rule("Priority"),
        "2000000001",
        "the value is from 1 to 2000000000",
    );
    refused(
        rule("Priority"),
        "99999999999999999999",
        "the value is from 1 to 2000000000",
    );
    refused(rule("Priority"), "-1", "the value is a whole number");
    refused(rule("Priority"), "", "there is no value");
    refused(rule("LocalAddr"), "All4", "it is not an IP address");
    refused(
        rule("LocalAddr"),
        "10.1.1.2:10.1.1.3",
        "it is not an IP address",
    );
    refused(
        rule("RemoteAddr"),
        "6793",
        "it is a bare number, which is read as the address 0.0.26.137",
    );
    refused(
        rule("RemoteAddr"),
        "::ffff:10.1.1.2",
        "an IPv6 address in ::/96 or ::ffff:0:0/96 stands for an IPv4 address and is refused",
    );
    assert_eq!(rule("RemoteAddr").check("::/0"), Ok(()));
    refused(
        rule("Jobname"),
        "LONGNAME9",
        "the value is at most 8 characters long, and this one has 9",
    );
    refused(rule("Jobname"), "A.B", "the value cannot hold `.`");
    refused(
        rule("Jobname"),
        "*CHIN",
        "an asterisk stands at the end only",
    );
    refused(
        row("PortRange", "Port"),
        "0",
        "the value is from 1 to 65535",
    );
    refused(
        row("TTLSGskOcspParms", "OcspUrl"),
        "https://a",
        "the value has the form http://host[:port][/path]",
    );
    refused(
        row("TTLSGskLdapParms", "GSK_LDAP_SERVER"),
        "ldap:0",
        "the value has the form host or host:port",
    );
    assert_eq!(row("TTLSGskLdapParms", "CRLCacheSize").check("-1"), Ok(()));
    refused(
        row("TTLSGskLdapParms", "CRLCacheSize"),
        "-2",
        "the value is from -1 to 32000",
    );
    refused(
        row("IpTimeCondition", "DayOfWeekMask"),
        "1111112",
        "the value is a row of 7 digits, each 0 or 1",
    );
    refused(
        row("IpTimeCondition", "TimeOfDayRange"),
        "08:00-24:01",
        "the value has the form hh:mm-hh:mm",
    );
    assert_eq!(
        row("IpTimeCondition", "ConditionTimeRange").check("20260101000000:20261231240000"),
        Ok(())
    );
}

#[test]
fn a_certificate_label_may_hold_blanks_and_a_path_may_not() {
    assert_eq!(
        row("TTLSEnvironmentAdvancedParms", "CertificateLabel").check("My Own 2026"),
        Ok(())
    );
    refused(
        row("TTLSGroupAdvancedParms", "Envfile"),
        "/etc/my env",
        "the value cannot hold ` `",
    );
}

#[test]
fn suites_are_taken_in_the_spelling_of_their_attribute_only() {
    let v3 = row("TTLSCipherParms", "V3CipherSuites");
    let char4 = row("TTLSCipherParms", "V3CipherSuites4Char");
    let v2 = row("TTLSCipherParms", "V2CipherSuites");
    for text in [
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "tls_aes_128_gcm_sha256",
        "35",
        "352F0a",
    ] {
        assert_eq!(v3.check(text), Ok(()), "{text}");
    }
    for text in ["C030", "c030C02C1301"] {
        assert_eq!(char4.check(text), Ok(()), "{text}");
    }
    assert_eq!(v2.check("7124"), Ok(()));
    assert_eq!(
        v3.check("C030"),
        Err(ValueError::LongCode {
            code: "C030".into()
        })
    );
    assert_eq!(
        char4.check("TLS_AES_128_GCM_SHA256"),
        Err(ValueError::NameNotCode { code: "1301" })
    );
    assert_eq!(
        char4.check("C0301"),
        Err(ValueError::CodeWidth { width: 4 })
    );
    assert_eq!(v3.check("35 2F"), Err(ValueError::CodeWidth { width: 2 }));
    assert_eq!(
        v3.check("TLS_NO_SUCH"),
        Err(ValueError::UnknownSuite {
            text: "TLS_NO_SUCH".into()
        })
    );
    assert_eq!(
        v2.check("12341234123"),
        Err(ValueError::TooMany { max: 10, count: 11 })
    );
    assert!(v3.check("TLS_RC4_128_WITH_MD5").is_err());
    assert!(v3.check("\u{e9}\u{e9}").is_err());
}

#[test]
fn curves_and_signature_pairs_are_taken_by_code_and_name() {
    let client = row("TTLSSignatureParms", "ClientECurves");
    let shares = row("TTLSSignatureParms", "ClientKeyShareGroups");
    for text in ["0023", "00230024", "secp256r1", "Any"] {
        assert_eq!(client.check(text), Ok(()), "{text}");
    }
    assert_eq!(
        shares.check("0021"),
        Err(ValueError::UnknownCurve {
            text: "0021".into()
        })
    );
    assert!(shares.check("Any").is_err());
    let one = row("TTLSGskOcspParms", "OcspRequestSigalg");
    assert_eq!(one.check("0401"), Ok(()));
    assert_eq!(
        one.check("04010501"),
        Err(ValueError::TooMany { max: 1, count: 2 })
    );
    assert!(
        row("TTLSSignatureParms", "SignaturePairs")
            .check("0604")
            .is_err()
    );
}

#[test]
fn words_have_a_canonical_spelling() {
    let canonical = |statement: &str, attribute: &str, text: &str| {
        row(statement, attribute)
            .canonical(text)
            .map(|word| word.into_owned())
    };
    assert_eq!(
        canonical("TTLSGroupAction", "TTLSEnabled", "ON").as_deref(),
        Some("On")
    );
    assert_eq!(
        canonical("TTLSRule", "Direction", "INBOUND").as_deref(),
        Some("Inbound")
    );
    assert_eq!(
        canonical("TTLSRule", "LocalAddr", "ALL").as_deref(),
        Some("All")
    );
    assert_eq!(canonical("TTLSRule", "LocalAddr", "10.1.1.2"), None);
    assert_eq!(canonical("TTLSRule", "Direction", "up"), None);
}

#[test]
fn doubtful_facts_are_marked_as_such() {
    let timeout = row("TTLSEnvironmentAdvancedParms", "HandshakeTimeout");
    assert!(timeout.is_doubtful(&timeout.check("601").unwrap_err()));
    assert!(!timeout.is_doubtful(&timeout.check("soon").unwrap_err()));
    let trace = row("TTLSGroupAction", "Trace");
    assert!(!trace.is_doubtful(&trace.check("256").unwrap_err()));
}

#[test]
fn default_lists_of_suites_follow_the_release() {
    let codes = |release| {
        let codes: Vec<_> = default_suites(release)
            .iter()
            .map(|suite| suite.code)
            .collect();
        codes.join(" ")
    };
    assert_eq!(codes(Release::V3R1), "0035 0038 0039 002F 0032 0033");
    assert_eq!(codes(Release::V3R2), "C030 C02C C02F C02B");
    assert!(codes(Release::V2R1).starts_with("0005 0004 0035 0036"));
    assert_eq!(default_suites(Release::V2R1).len(), 27);
}

#[test]
fn suites_are_found_by_each_of_their_spellings() {
    assert_eq!(suites().len(), 93);
    for suite in suites() {
        assert_eq!(suite_named(&suite.name.to_lowercase()), Some(suite));
        match suite.code.len() {
            1 => assert_eq!(suite_by_v2_code(suite.code), Some(suite)),
            _ => assert_eq!(suite_by_code(suite.code), Some(suite)),
        }
        if let Some(short) = suite.short_code() {
            assert_eq!(suite_by_short_code(short), Some(suite));
        }
    }
    let suite = suite_by_code("c02c").unwrap();
    assert_eq!(suite.bits, 256);
    assert!(suite.works_with(Protocol::Tls12) && !suite.works_with(Protocol::Tls13));
}

#[test]
fn default_signature_pairs_agree_with_the_row() {
    assert_eq!((curves().len(), signature_pairs().len()), (7, 17));
    let row = row("TTLSSignatureParms", "SignaturePairs");
    for release in [Release::V3R1, Release::V3R2] {
        let codes: String = default_signature_pairs(release, false)
            .iter()
            .map(|pair| pair.code)
            .collect();
        assert_eq!(row.default_in(release), Some(codes.as_str()));
    }
    let with_tls13 = default_signature_pairs(Release::V3R1, true);
    assert_eq!(with_tls13.last().map(|pair| pair.code), Some("0804"));
}

#[test]
fn line_statements_are_found_by_synonym() {
    assert_eq!(
        lines::line("pepinstance").map(|line| line.name),
        Some("TcpImage")
    );
    assert!(lines::is_foreign("ipsecconfig"));
    assert!(!lines::is_foreign("TTLSConfig"));
}

#[test]
fn the_table_agrees_with_the_reference() {
    let Some(path) = crate::corpus::found("../reference/at-tls-statements.toml") else {
        return;
    };
    let text = std::fs::read_to_string(path).unwrap();
    let mut current: Option<&'static StatementDef> = None;
    let mut attribute: Option<&'static AttributeDef> = None;
    let mut in_attribute = false;
    let (mut statements_seen, mut attributes_seen) = (0, 0);
    for line in text.lines().map(str::trim) {
        match line {
            "[[statement]]" => (current, in_attribute) = (None, false),
            "[[statement.attribute]]" => (attribute, in_attribute) = (None, true),
            "[[curve]]" => break,
            _ => {}
        }
        let Some((key, value)) = line.split_once(" = ") else {
            continue;
        };
        let value = value.trim_matches('"');
        match (in_attribute, key) {
            (false, "name") => {
                current = Some(statement(value).unwrap());
                statements_seen += 1;
            }
            (true, "name") => {
                attribute = Some(current.unwrap().attribute(value).unwrap());
                attributes_seen += 1;
            }
            (true, _) => compare(attribute.unwrap(), key, value),
            _ => {}
        }
    }
    assert_eq!((statements_seen, attributes_seen), (20, 214));
}

/// Compares one fact of the reference with the row.
fn compare(row: &AttributeDef, key: &str, value: &str) {
    match (key, &row.kind) {
        ("kind", kind) => {
            let own = match kind {
                Kind::Flag => "flag",
                Kind::Enum(_) => "enum",
                Kind::Int { .. } => "int",
                Kind::Ref(_) => "ref",
                Kind::Inline(_) => "inline",
                Kind::Suites(_) | Kind::Curves(_) | Kind::SignaturePairs { .. } => "list",
                _ => "string",
            };
            assert_eq!(own, value, "{}", row.name);
        }
        ("values", Kind::Enum(words)) => {
            let own: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
            assert_eq!(format!("[{}]", own.join(", ")), value, "{}", row.name);
        }
        ("min", Kind::Int { min, .. }) => assert_eq!(min.to_string(), value, "{}", row.name),
        ("max", Kind::Int { max, .. }) => assert_eq!(max.to_string(), value, "{}", row.name),
        ("max", Kind::Text { max, .. }) => assert_eq!(max.to_string(), value, "{}", row.name),
        ("target", Kind::Ref(target) | Kind::Inline(target)) => {
            assert_eq!(*target, value, "{}", row.name);
        }
        ("default", Kind::Flag | Kind::Enum(_) | Kind::Int { .. }) if !value.contains(' ') => {
            assert_eq!(
                row.default_in(Release::V3R1).unwrap_or(""),
                value,
                "{}",
                row.name
            );
        }
        ("repeat", _) => {
            let own = match row.repeat {
                Repeat::Once => "no",
                Repeat::Concat => "concat",
                Repeat::List => "list",
            };
            assert_eq!(own, value, "{}", row.name);
        }
        ("exclusive_with", _) => {
            let own: Vec<_> = row
                .excludes
                .iter()
                .map(|name| format!("\"{name}\""))
                .collect();
            assert_eq!(format!("[{}]", own.join(", ")), value, "{}", row.name);
        }
        _ => {}
    }
}
