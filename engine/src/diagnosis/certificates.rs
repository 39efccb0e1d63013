//! Certificates: those of the partner that were refused here, and this side's that was refused there.

use super::{Case, Now, diagnosis};
use crate::tls::{ClientAuth, Told};
use control::Diagnosis;

/// What says which certificate this side presents.
const WHICH: &[&str] = &["CertificateLabel", "ServerCertificateLabel", "Keyring"];

impl Case {
    /// A certificate of the partner that did not stand a check.
    pub(super) fn refused_certificate(&self) -> Option<Diagnosis> {
        let refused = self.failure.refused.as_deref()?;
        let one = &refused.certificate;
        let whose = match refused.depth {
            0 => format!("The certificate of {}, `{}`,", self.partner(), one.subject),
            _ => format!(
                "The certificate `{}`, above that of {},",
                one.subject,
                self.partner()
            ),
        };
        let (issuer, ring) = (&one.issuer, self.ring_words());
        let keyring = self.place().named("Keyring");
        match self.failure.code {
            435 => diagnosis(
                format!(
                    "{whose} was issued by `{issuer}`, and {ring} has no certificate of that authority to trust."
                ),
                vec![
                    (
                        format!(
                            "Add the certificate of `{issuer}`, and of the root above it, to {ring} ({keyring}): `gatehouse keyring import RING FILE --label NAME --authority`."
                        ),
                        &["Keyring"],
                    ),
                    (
                        format!(
                            "Or have {} send the certificates of the authorities between its own and a root that is trusted here.",
                            self.partner()
                        ),
                        &[],
                    ),
                ],
            ),
            417 => diagnosis(
                format!("{whose} signed itself, and {ring} does not have it as one to trust."),
                vec![
                    (
                        format!(
                            "Add that very certificate to {ring} ({keyring}): `gatehouse keyring import RING FILE --label NAME --authority`."
                        ),
                        &["Keyring"],
                    ),
                    (
                        format!(
                            "Or give {} a certificate of an authority that is trusted here.",
                            self.partner()
                        ),
                        &[],
                    ),
                ],
            ),
            401 => diagnosis(
                format!(
                    "{whose} is outside its dates; it is valid until {}.",
                    one.until
                ),
                vec![
                    ("Renew it where it is presented.".to_owned(), &[]),
                    (
                        "If it should be valid: compare the clock and the time zone of this host."
                            .to_owned(),
                        &[],
                    ),
                ],
            ),
            431 => diagnosis(
                format!("{whose} was revoked by `{issuer}`."),
                vec![(format!("Have {} present another one.", self.partner()), &[])],
            ),
            436 => diagnosis(
                format!(
                    "Whether {} was revoked is not known: {ring} has no list of revoked certificates of `{issuer}` that is up to date.",
                    lower(&whose).trim_end_matches(',')
                ),
                vec![
                    (
                        format!("Put the list of `{issuer}` into the directory `crl` of {ring}."),
                        &["Keyring"],
                    ),
                    (
                        format!(
                            "Or be less strict, by {}.",
                            self.place().named("RevocationSecurityLevel")
                        ),
                        &["RevocationSecurityLevel"],
                    ),
                ],
            ),
            414 => diagnosis(
                format!(
                    "{whose} has a key that is smaller than the rule allows, or is of an older version."
                ),
                vec![
                    (
                        format!("Have {} present one with a larger key.", self.partner()),
                        &[],
                    ),
                    (
                        "Or ask for less.".to_owned(),
                        &[
                            "PeerMinRsaKeySize",
                            "PeerMinECCKeySize",
                            "PeerMinDsaKeySize",
                            "PeerMinDHKeySize",
                            "PeerMinCertVersion",
                        ],
                    ),
                ],
            ),
            467 => diagnosis(
                format!("{whose} is signed with a pair that the rule does not name."),
                vec![
                    (
                        format!(
                            "Add the pair of its signature to {}.",
                            self.place().named("SignaturePairsCert")
                        ),
                        &["SignaturePairsCert", "SignaturePairs"],
                    ),
                    (
                        format!(
                            "Or have {} present one that is signed otherwise.",
                            self.partner()
                        ),
                        &[],
                    ),
                ],
            ),
            440 => diagnosis(
                format!("{whose} is not meant for this use: {}.", self.failure.words),
                vec![(
                    format!(
                        "Have {} present one whose key usage and extended key usage allow it.",
                        self.partner()
                    ),
                    &[],
                )],
            ),
            _ => diagnosis(
                format!(
                    "{whose} issued by `{issuer}`, was refused: {}.",
                    self.failure.words
                ),
                match self.plan.as_ref().is_some_and(|plan| {
                    !plan.hosts.dns.is_empty() || !plan.hosts.common_names.is_empty()
                }) {
                    true => vec![(
                        "If it is the right one, name the host by which it goes.".to_owned(),
                        &[
                            "HostReferenceIdDNS",
                            "HostReferenceIdCN",
                            "HostRefWildcardValidation",
                        ],
                    )],
                    false => vec![(format!("Have {} present another one.", self.partner()), &[])],
                },
            ),
        }
    }

    /// The partner does not take the certificate of this side; `words` say what it said.
    pub(super) fn own_certificate(&self, words: &str, now: &Now) -> Option<Diagnosis> {
        let own = self.evidence.own.as_ref()?;
        let shown = own.info();
        let above = match now.ring.as_deref() {
            Some(ring) => own.trust(ring),
            None => shown.issuer.clone(),
        };
        let (place, ring) = (self.place().named("CertificateLabel"), self.ring_words());
        let trust = match above == shown.subject {
            true => format!(
                "Give {} this certificate itself, to be trusted there, as it signed itself: `gatehouse keyring export RING LABEL` writes it.",
                self.partner()
            ),
            false => format!(
                "Give {} the certificate of the authority `{above}`, to be trusted there.",
                self.partner()
            ),
        };
        let between = match above == shown.issuer {
            true => String::new(),
            false => format!(", issued by `{}`", shown.issuer),
        };
        // What a client looks at besides.
        let asked = self.server_name().filter(|_| !self.is_client());
        let asked = asked.map(|host| (own.fit(&host), host));
        let other = asked.filter(|(fit, _)| !fit.is_good);
        let names = other.as_ref().map_or_else(String::new, |(fit, _)| {
            format!(" {}", super::sentence(&fit.words))
        });
        let mut changes: Vec<(String, &[&str])> = Vec::new();
        if let Some((_, host)) = &other {
            changes.push((
                format!(
                    "Present a certificate that has `{host}` among its alternative names, or have {} use one of the names that it has.",
                    self.partner()
                ),
                WHICH,
            ));
        }
        changes.push((trust, &[]));
        changes.push((
            format!("Or present another certificate of {ring}, by {place}."),
            WHICH,
        ));
        diagnosis(
            format!(
                "{words} This side presented `{}`{between}; the authority above it is `{above}`; it is valid until {}.{names}",
                shown.subject, shown.until
            ),
            changes,
        )
    }

    /// A client without a certificate, where one is insisted on.
    pub(super) fn of_demands(&self) -> Option<Diagnosis> {
        if self.failure.told != Told::Here {
            return None;
        }
        let place = self.place();
        match self.failure.code {
            403 | 5001 if !self.is_client() => diagnosis(
                format!("The client presented no certificate, and {} insists on one.", self.rule_words()),
                vec![
                    ("Give the client a certificate with its key, of an authority that is trusted here.".to_owned(), &[]),
                    (
                        format!("Or go on without one: write `Full` for {}.", place.named("ClientAuthType")),
                        &["ClientAuthType"],
                    ),
                ],
            ),
            5002 => diagnosis(
                "The certificate of the client is in order, and belongs to no user of this system.".to_owned(),
                vec![
                    ("Add a line for it to the file `certmap` in the directory of the key rings, and load the policy again: `gatehouse engine update`.".to_owned(), &[]),
                    match self.plan.as_ref().map(|plan| plan.client_auth) {
                        Some(ClientAuth::User) => (
                            format!("Or do without the user: write `Required` for {}.", place.named("ClientAuthType")),
                            &["ClientAuthType"],
                        ),
                        _ => ("Or do without the user.".to_owned(), &["ClientAuthType"]),
                    },
                ],
            ),
            446 => diagnosis(
                format!("{} lacks the extended master secret (RFC 7627), on which {} insists.", super::sentence(self.partner()).trim_end_matches('.'), self.rule_words()),
                vec![(
                    "Use TLS 1.3 or a newer program there, or write `On` instead of `Required`.".to_owned(),
                    if self.is_client() { &["ClientExtendedMasterSecret"] } else { &["ServerExtendedMasterSecret"] },
                )],
            ),
            460 => diagnosis(
                format!("{} does not show the renegotiation indication (RFC 5746), on which {} insists.", super::sentence(self.partner()).trim_end_matches('.'), self.rule_words()),
                vec![(
                    format!("Use a newer program there, or write `Optional` for {}.", place.named("RenegotiationIndicator")),
                    &["RenegotiationIndicator"],
                )],
            ),
            447 => diagnosis(
                "The partner did not agree on smaller records, on which the rule insists.".to_owned(),
                vec![(
                    "Write `On` instead of `Required`.".to_owned(),
                    if self.is_client() { &["ClientMaxSSLFragment"] } else { &["ServerMaxSSLFragment"] },
                )],
            ),
            _ => None,
        }
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}
