//! Numbers of IANA's registries of TLS by their names.

use generator::analysis::handshake::{group_name, suite_name};
use generator::policy::table::signatures::signature_pairs;

/// `TLS 1.2 (0303)`
pub fn version(number: u16) -> String {
    let name = match number {
        0x0002 => "SSL 2.0",
        0x0300 => "SSL 3.0",
        0x0301 => "TLS 1.0",
        0x0302 => "TLS 1.1",
        0x0303 => "TLS 1.2",
        0x0304 => "TLS 1.3",
        number if is_grease(number) => "GREASE",
        _ => "unknown",
    };
    format!("{name} ({number:04X})")
}

/// A version without its number, where it is known.
pub fn short_version(number: u16) -> String {
    let long = version(number);
    match long.split_once(" (") {
        Some((name, _)) if name != "unknown" => name.to_owned(),
        _ => format!("{number:04X}"),
    }
}

pub fn suite(number: u16) -> String {
    match number {
        0x00ff => "TLS_EMPTY_RENEGOTIATION_INFO_SCSV (00FF)".to_owned(),
        0x5600 => "TLS_FALLBACK_SCSV (5600)".to_owned(),
        number if is_grease(number) => format!("GREASE ({number:04X})"),
        number => format!("{} ({number:04X})", suite_name(number)),
    }
}

pub fn group(number: u16) -> String {
    match number {
        0x11ec => "X25519MLKEM768 (11EC)".to_owned(),
        0x11eb => "SecP256r1MLKEM768 (11EB)".to_owned(),
        0x11ed => "SecP384r1MLKEM1024 (11ED)".to_owned(),
        0x0100 => "ffdhe2048 (0100)".to_owned(),
        0x0101 => "ffdhe3072 (0101)".to_owned(),
        0x0102 => "ffdhe4096 (0102)".to_owned(),
        0x0103 => "ffdhe6144 (0103)".to_owned(),
        0x0104 => "ffdhe8192 (0104)".to_owned(),
        number if is_grease(number) => format!("GREASE ({number:04X})"),
        number => format!("{} ({number:04X})", group_name(number)),
    }
}

pub fn signature(number: u16) -> String {
    let name = match number {
        0x0804 => "rsa_pss_rsae_sha256",
        0x0805 => "rsa_pss_rsae_sha384",
        0x0806 => "rsa_pss_rsae_sha512",
        0x0807 => "ed25519",
        0x0808 => "ed448",
        0x0809 => "rsa_pss_pss_sha256",
        0x080a => "rsa_pss_pss_sha384",
        0x080b => "rsa_pss_pss_sha512",
        0x0401 => "rsa_pkcs1_sha256",
        0x0501 => "rsa_pkcs1_sha384",
        0x0601 => "rsa_pkcs1_sha512",
        0x0403 => "ecdsa_secp256r1_sha256",
        0x0503 => "ecdsa_secp384r1_sha384",
        0x0603 => "ecdsa_secp521r1_sha512",
        0x0201 => "rsa_pkcs1_sha1",
        0x0203 => "ecdsa_sha1",
        number if is_grease(number) => "GREASE",
        _ => "",
    };
    if !name.is_empty() {
        return format!("{name} ({number:04X})");
    }
    let code = format!("{number:04X}");
    let mut pairs = signature_pairs().iter();
    match pairs.find(|pair| pair.code == code) {
        Some(pair) => format!("{} ({code})", pair.name),
        None => code,
    }
}

/// A record by its type (RFC 8446, 5.1).
pub fn record(kind: u8) -> &'static str {
    match kind {
        20 => "change_cipher_spec",
        21 => "alert",
        22 => "handshake",
        23 => "application_data",
        24 => "heartbeat",
        _ => "unknown type",
    }
}

pub fn extension(number: u16) -> &'static str {
    match number {
        0 => "server_name",
        1 => "max_fragment_length",
        5 => "status_request",
        10 => "supported_groups",
        11 => "ec_point_formats",
        13 => "signature_algorithms",
        14 => "use_srtp",
        15 => "heartbeat",
        16 => "application_layer_protocol_negotiation",
        17 => "status_request_v2",
        18 => "signed_certificate_timestamp",
        21 => "padding",
        22 => "encrypt_then_mac",
        23 => "extended_master_secret",
        27 => "compress_certificate",
        28 => "record_size_limit",
        35 => "session_ticket",
        41 => "pre_shared_key",
        42 => "early_data",
        43 => "supported_versions",
        44 => "cookie",
        45 => "psk_key_exchange_modes",
        47 => "certificate_authorities",
        48 => "oid_filters",
        49 => "post_handshake_auth",
        50 => "signature_algorithms_cert",
        51 => "key_share",
        17613 | 17513 => "application_settings",
        0xfe0d => "encrypted_client_hello",
        0xff01 => "renegotiation_info",
        number if is_grease(number) => "GREASE",
        _ => "unknown extension",
    }
}

/// Values that keep servers tolerant (RFC 8701).
fn is_grease(number: u16) -> bool {
    number & 0x0f0f == 0x0a0a && number >> 8 == number & 0xff
}
