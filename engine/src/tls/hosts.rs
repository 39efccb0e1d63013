//! Which hosts a certificate is for, as its partners see it.

use openssl::nid::Nid;
use openssl::x509::X509Ref;

/// How a certificate is for a host that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// By this alternative name.
    Alternative(String),
    /// Only its common name is that of the host; clients of today do not look at it (RFC 9525, 2).
    CommonName,
    No,
}

/// Whether a certificate is for a host, with an asterisk for its first label where the certificate has one.
pub fn fit(certificate: &X509Ref, host: &str) -> Fit {
    let is = |name: &str| is_named(name, host, true);
    if let Some(name) = keyring::hosts(certificate)
        .into_iter()
        .find(|name| is(name))
    {
        return Fit::Alternative(name);
    }
    let mut common = certificate.subject_name().entries_by_nid(Nid::COMMONNAME);
    match common.any(|name| name.data().to_string().is_ok_and(|name| is(&name))) {
        true => Fit::CommonName,
        false => Fit::No,
    }
}

impl Fit {
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Alternative(_))
    }

    /// A sentence without its end: `certificate` is how it is called, `names` are its alternative names.
    pub fn words(&self, certificate: &str, names: &[String], host: &str) -> String {
        let named = names.iter().map(|name| format!("`{name}`"));
        let named = match named.collect::<Vec<_>>() {
            all if all.is_empty() => "it has no alternative names".to_owned(),
            all => format!("its alternative names are {}", all.join(", ")),
        };
        match self {
            Self::Alternative(name) if name.eq_ignore_ascii_case(host) => {
                format!("{certificate} is for `{host}`, by an alternative name")
            }
            Self::Alternative(name) => {
                format!("{certificate} is for `{host}`, by its alternative name `{name}`")
            }
            Self::CommonName => format!(
                "{certificate} is for `{host}` by its common name only, which clients of today do not look at: {named}"
            ),
            Self::No => format!("{certificate} is not for `{host}`: {named}"),
        }
    }
}

/// Whether a name of a certificate means a host; an asterisk stands for the whole first label (RFC 6125,
/// 6.4.3).
pub(super) fn is_named(name: &str, host: &str, wildcards: bool) -> bool {
    if name.eq_ignore_ascii_case(host) {
        return true;
    }
    let (Some(rest), Some((label, domain))) = (name.strip_prefix("*."), host.split_once('.'))
    else {
        return false;
    };
    wildcards && !label.is_empty() && rest.contains('.') && rest.eq_ignore_ascii_case(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asterisk_stands_for_one_label() {
        for (name, host, wildcards, expected) in [
            ("www.example.com", "WWW.example.com", false, true),
            ("*.example.com", "www.example.com", true, true),
            ("*.example.com", "www.example.com", false, false),
            ("*.example.com", "a.www.example.com", true, false),
            ("*.example.com", "example.com", true, false),
            ("*.com", "example.com", true, false),
            ("w*.example.com", "www.example.com", true, false),
        ] {
            assert_eq!(is_named(name, host, wildcards), expected, "{name} {host}");
        }
    }

    #[test]
    fn how_it_fits_is_said() {
        let names = ["*.example.com".to_owned(), "192.0.2.1".to_owned()];
        let said = |fit: Fit, host| fit.words("the certificate", &names, host);
        assert_eq!(
            said(Fit::Alternative(names[0].clone()), "www.example.com"),
            "the certificate is for `www.example.com`, by its alternative name `*.example.com`"
        );
        assert_eq!(
            said(Fit::No, "other"),
            "the certificate is not for `other`: its alternative names are `*.example.com`, `192.0.2.1`"
        );
        assert_eq!(
            Fit::CommonName.words("it", &[], "a"),
            "it is for `a` by its common name only, which clients of today do not look at: it has no alternative names"
        );
    }
}
