//! Which hosts a certificate is for, as its partners see it.

use openssl::nid::Nid;
use openssl::x509::X509Ref;

/// Alternative names of a certificate that are told.
pub(super) const NAMES: usize = 50;

/// Whether a certificate is for a host that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// By an alternative name; clients of today do not look at the common name (RFC 9525, 2).
    pub is_good: bool,
    /// A sentence without its capital and its end.
    pub words: String,
}

/// How a certificate is for a host, with an asterisk for its first label where the certificate has one.
pub fn fit(certificate: &X509Ref, host: &str) -> Fit {
    let common = certificate.subject_name().entries_by_nid(Nid::COMMONNAME);
    let common = common.filter_map(|name| Some(name.data().to_string().ok()?.to_string()));
    of(&keyring::hosts(certificate), common, host)
}

fn of(names: &[String], mut common: impl Iterator<Item = String>, host: &str) -> Fit {
    let is = |name: &str| is_named(name, host, true);
    if let Some(name) = names.iter().find(|name| is(name)) {
        let by = match name.eq_ignore_ascii_case(host) {
            true => "an alternative name".to_owned(),
            false => format!("its alternative name `{name}`"),
        };
        return Fit {
            is_good: true,
            words: format!("the certificate is for `{host}`, by {by}"),
        };
    }
    let named = names.iter().take(NAMES).map(|name| format!("`{name}`"));
    let named = match named.collect::<Vec<_>>() {
        all if all.is_empty() => "it has no alternative names".to_owned(),
        all => format!("its alternative names are {}", all.join(", ")),
    };
    let what = match common.any(|name| is(&name)) {
        true => format!(
            "is for `{host}` by its common name only, which clients of today do not look at"
        ),
        false => format!("is not for `{host}`"),
    };
    Fit {
        is_good: false,
        words: format!("the certificate {what}: {named}"),
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
        let said = |names: &[String], common: &[&str], host| {
            let common = common.iter().map(|name| (*name).to_owned());
            let fit = of(names, common, host);
            (fit.is_good, fit.words)
        };
        let words =
            "the certificate is for `www.example.com`, by its alternative name `*.example.com`";
        assert_eq!(
            said(&names, &[], "www.example.com"),
            (true, words.to_owned())
        );
        let words = "the certificate is for `192.0.2.1`, by an alternative name";
        assert_eq!(said(&names, &[], "192.0.2.1"), (true, words.to_owned()));
        let words = "the certificate is not for `other`: its alternative names are `*.example.com`, `192.0.2.1`";
        assert_eq!(said(&names, &["a"], "other"), (false, words.to_owned()));
        let words = "the certificate is for `a` by its common name only, which clients of today do not look at: it has no alternative names";
        assert_eq!(said(&[], &["b", "a"], "a"), (false, words.to_owned()));
    }
}
