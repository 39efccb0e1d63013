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
    let names = one.subject_alt_names().into_iter().flatten();
    let names = names.filter_map(|name| {
        let address = name.ipaddress().and_then(|bytes| match *bytes {
            [a, b, c, d] => Some(std::net::Ipv4Addr::new(a, b, c, d).to_string()),
            _ => {
                let bytes: [u8; 16] = bytes.try_into().ok()?;
                Some(std::net::Ipv6Addr::from(bytes).to_string())
            }
        });
        name.dnsname().map(str::to_owned).or(address)
    });
    let names: Vec<_> = names.take(20).collect();
    if !names.is_empty() {
        lines.push(format!("names: {}", names.join(", ")));
    }
    Some((keyring::name(one.subject_name()), lines))
}
