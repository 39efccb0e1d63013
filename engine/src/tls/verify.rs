//! What is demanded of a partner's certificates beside that they lead to an authority of the key ring.

use openssl::nid::Nid;
use openssl::pkey::Id;
use openssl::x509::{X509Ref, X509StoreContextRef, X509VerifyResult};

use super::plan::{ClientAuth, Hosts, Least, Plan, Role};
use super::raw;

/// `X509_V_ERR_EE_KEY_TOO_SMALL` of x509_vfy.h.
const KEY_TOO_SMALL: i32 = 66;
/// `X509_V_ERR_HOSTNAME_MISMATCH`.
const OTHER_HOST: i32 = 62;
/// `X509_V_ERR_CERT_REJECTED`.
const REJECTED: i32 = 28;

/// The value of version 3 in a certificate (RFC 5280, 4.1.2.1).
const VERSION_3: i32 = 2;

/// The function that OpenSSL asks about each certificate of a chain, the leaf last.
pub fn callback(
    plan: &Plan,
) -> impl Fn(bool, &mut X509StoreContextRef) -> bool + Sync + Send + 'static {
    let any = plan.role == Role::Server && plan.client_auth == ClientAuth::PassThru;
    let (least, hosts) = (plan.least, plan.hosts.clone());
    move |is_valid, chain| {
        if any {
            chain.set_error(X509VerifyResult::OK);
            return true;
        }
        if !is_valid {
            return false;
        }
        let is_leaf = chain.error_depth() == 0;
        let fault = chain.current_cert().and_then(|certificate| {
            let small = fault(certificate, least);
            let other = || is_leaf && !hosts.are_met_by(certificate);
            small.or_else(|| other().then_some(OTHER_HOST))
        });
        if let Some(fault) = fault {
            chain.set_error(raw::verify_result(fault));
        }
        fault.is_none()
    }
}

/// What a certificate lacks.
fn fault(certificate: &X509Ref, least: Least) -> Option<i32> {
    if least.version3 && certificate.version() < VERSION_3 {
        return Some(REJECTED);
    }
    let key = certificate.public_key().ok()?;
    let needed = match key.id() {
        Id::RSA | Id::RSA_PSS => least.rsa,
        Id::EC => least.ec,
        Id::DSA => least.dsa,
        Id::DH => least.dh,
        _ => 0,
    };
    (key.bits() < needed).then_some(KEY_TOO_SMALL)
}

impl Hosts {
    /// Whether a certificate has one of the names.
    fn are_met_by(&self, certificate: &X509Ref) -> bool {
        if self.dns.is_empty() && self.common_names.is_empty() {
            return true;
        }
        let dns = || {
            let names = certificate.subject_alt_names().into_iter().flatten();
            let mut names = names.filter_map(|name| name.dnsname().map(str::to_owned));
            names.any(|name| {
                self.dns
                    .iter()
                    .any(|host| is_named(&name, host, self.wildcards))
            })
        };
        let common = || {
            let mut names = certificate.subject_name().entries_by_nid(Nid::COMMONNAME);
            let is = |name: &str| self.common_names.iter().any(|own| own == name);
            names.any(|name| name.data().to_string().is_ok_and(|name| is(&name)))
        };
        dns() || common()
    }
}

/// Whether a name of a certificate means a host; an asterisk stands for the whole first label (RFC 6125,
/// 6.4.3).
fn is_named(name: &str, host: &str, wildcards: bool) -> bool {
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
}
