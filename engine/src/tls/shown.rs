//! A certificate in words.

use openssl::x509::X509;

/// Subject first, then what else people look for; `None`: this is no certificate.
pub fn certificate(der: &[u8]) -> Option<(String, Vec<String>)> {
    let one = X509::from_der(der).ok()?;
    let mut lines = vec![
        format!("issuer: {}", keyring::name(one.issuer_name())),
        format!("serial number: {}", keyring::serial(&one)),
        format!("valid from {} until {}", one.not_before(), one.not_after()),
    ];
    if let Ok(key) = one.public_key() {
        lines.push(format!("key: {}", keyring::Key::of_key(&key)));
    }
    let signed = one.signature_algorithm().object().nid().long_name();
    lines.extend(signed.map(|name| format!("signed with {name}")));
    let names: Vec<_> = keyring::hosts(&one).into_iter().take(20).collect();
    if !names.is_empty() {
        lines.push(format!("names: {}", names.join(", ")));
    }
    Some((keyring::name(one.subject_name()), lines))
}
