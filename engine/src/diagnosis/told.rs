//! What the partner said by an alert, or by going away in the middle.

use generator::analysis::handshake::Side;

use super::words::{groups, joined, suites};
use super::{Case, Now, diagnosis};
use crate::tls::{Opening, alert_name};
use control::Diagnosis;

impl Case {
    pub(super) fn of_alert(&self, now: &Now) -> Option<Diagnosis> {
        let Some(code) = self.partners_alert() else {
            return self.of_going(now);
        };
        let partner = self.capital();
        let said = format!(
            "{partner} ended the handshake with the alert {}",
            alert_name(code)
        );
        let said = match self.secured {
            true => format!(
                "{partner} ended the connection with the alert {}",
                alert_name(code)
            ),
            false => said,
        };
        let of_certificate = |words: &str| self.own_certificate(&format!("{said}: {words}."), now);
        match code {
            42 | 41 | 116 if self.is_client() && self.evidence.own.is_none() => {
                self.of_missing_certificate(&said)
            }
            42 => of_certificate(
                "it takes the certificate of this side for damaged or forged, or found another fault with it",
            ),
            43 => of_certificate(
                "it does not take certificates of this kind, such as of this key or this use",
            ),
            44 => of_certificate("it takes the certificate of this side for revoked"),
            45 => of_certificate("it takes the certificate of this side for expired"),
            46 => of_certificate(
                "it does not take the certificate of this side; Java programs say so when they do not trust it",
            ),
            48 => of_certificate(
                "it does not trust the authority that issued the certificate of this side",
            ),
            116 => self.of_missing_certificate(&said),
            40 | 71 if self.is_client() => self.of_offer(&said),
            70 if self.is_client() => {
                let side = &self.settings.as_deref()?.side;
                let versions = joined(side.versions.iter().map(ToString::to_string));
                diagnosis(
                    format!(
                        "{said}: it takes none of the versions that this side offers, {versions}."
                    ),
                    vec![
                        (format!("Have the server use {versions}."), &[]),
                        (
                            "Or turn on a version that the server has.".to_owned(),
                            &["TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1"],
                        ),
                    ],
                )
            }
            112 => diagnosis(
                format!(
                    "{said}: it does not know the server name {}.",
                    self.sent_name()
                ),
                vec![(
                    format!(
                        "Name the server as it names itself, by {} and `ClientHandshakeSNIList`.",
                        self.place().named("ClientHandshakeSNI")
                    ),
                    &["ClientHandshakeSNI", "ClientHandshakeSNIList"],
                )],
            ),
            51 => diagnosis(
                format!(
                    "{said}: a signature of this side did not stand its check there. The key may not belong to the certificate, or something between changes what is sent."
                ),
                vec![(
                    format!(
                        "Check {}: `gatehouse keyring check RING`.",
                        self.ring_words()
                    ),
                    &["Keyring", "CertificateLabel"],
                )],
            ),
            80 => diagnosis(
                format!("{said}: a fault of its own, which has nothing to do with this side."),
                vec![(
                    "Look into the log of the partner at this time.".to_owned(),
                    &[],
                )],
            ),
            90 => diagnosis(format!("{said}: somebody there gave up."), Vec::new()),
            120 => diagnosis(
                format!(
                    "{said}: it insists on an application protocol (ALPN), which AT-TLS does not negotiate."
                ),
                vec![("Have the partner do without.".to_owned(), &[])],
            ),
            40 | 70 | 71 | 86 if !self.is_client() => diagnosis(
                format!(
                    "{said}, although the offer of the client and the rule have all in common that they need: the client does not take what this side chose."
                ),
                vec![(
                    "Look into the log of the partner at this time.".to_owned(),
                    &[],
                )],
            ),
            _ => diagnosis(
                format!("{said}: a message of this side is not as it expects it."),
                vec![
                    (
                        "Look into the log of the partner at this time.".to_owned(),
                        &[],
                    ),
                    (
                        "Keep what both sides say: `gatehouse engine trace start --capture`."
                            .to_owned(),
                        &[],
                    ),
                ],
            ),
        }
    }

    /// It went away after this side had answered, without an alert.
    fn of_going(&self, now: &Now) -> Option<Diagnosis> {
        let begun = matches!(self.evidence.opening, Opening::Tls(_));
        if self.secured || !begun || !matches!(self.failure.code, 420 | 406) {
            return None;
        }
        let words = match self.is_client() {
            true => {
                "The server went away in the middle of the handshake without saying why. Most often it insists on a certificate of the client, or does not take the one that it got."
            }
            false => {
                "The client went away in the middle of the handshake without saying why, although its offer and the rule have all in common that they need. Most often it does not trust the certificate of this side, or the certificate does not have the name that the client asked for."
            }
        };
        self.own_certificate(words, now).or_else(|| {
            diagnosis(
                words,
                vec![(
                    "Look into the log of the partner at this time.".to_owned(),
                    &[],
                )],
            )
        })
    }

    fn of_missing_certificate(&self, said: &str) -> Option<Diagnosis> {
        let ring = self.ring_words();
        diagnosis(
            format!(
                "{said}: it insists on a certificate of the client, and this side presented none that it takes."
            ),
            vec![
                (
                    format!(
                        "Put a certificate with its key into {ring}, of an authority that the server trusts, and name it by {}.",
                        self.place().named("CertificateLabel")
                    ),
                    &["CertificateLabel", "Keyring"],
                ),
                ("Or have the server do without.".to_owned(), &[]),
            ],
        )
    }

    /// The server takes nothing of the offer of this side.
    fn of_offer(&self, said: &str) -> Option<Diagnosis> {
        let side: &Side = &self.settings.as_deref()?.side;
        let newest = side.versions.last().copied();
        let list = newest
            .map(|version| side.suites_of(version))
            .unwrap_or_default();
        let curves = match newest.and_then(|version| side.groups_of(version)) {
            Some(list) => format!(", and the groups {}", groups(list)),
            None => String::new(),
        };
        let place = self.place();
        let field = self
            .settings
            .as_deref()
            .map(|settings| place.of(&settings.suites_field()));
        diagnosis(
            format!(
                "{said}: it takes nothing of what this side offers, and does not say what it lacks. The offer is {} with {}{curves}.",
                joined(side.versions.iter().map(ToString::to_string)),
                suites(&list),
            ),
            vec![
                (
                    format!(
                        "Ask which suites and groups the server takes, and add one to {}.",
                        field.unwrap_or_else(|| "`V3CipherSuites`".to_owned())
                    ),
                    &[
                        "V3CipherSuites",
                        "V3CipherSuites4Char",
                        "ClientECurves",
                        "SignaturePairs",
                    ],
                ),
                ("Or have the server take one of them.".to_owned(), &[]),
                (
                    "Some servers say the same when they insist on a certificate of the client."
                        .to_owned(),
                    &["CertificateLabel", "Keyring"],
                ),
            ],
        )
    }

    fn sent_name(&self) -> String {
        let sent = self.server_name();
        sent.map_or_else(|| "that was sent".to_owned(), |name| format!("`{name}`"))
    }
}
