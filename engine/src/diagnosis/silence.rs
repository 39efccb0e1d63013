//! Partners that say nothing, stop in the middle, or speak no TLS.

use super::{Case, diagnosis};
use crate::tls::{Opening, Told};
use control::Diagnosis;

impl Case {
    /// What is seen of who sent no TLS, or not enough of it.
    pub(super) fn of_silence(&self) -> Option<Diagnosis> {
        if self.secured || self.failure.told != Told::Here || self.partners_alert().is_some() {
            return None;
        }
        match (self.failure.code, &self.evidence.opening) {
            (5003, Opening::Clear(what)) => self.of_clear_text(*what),
            (5004, Opening::Nothing) => self.of_waiting(),
            (5005, Opening::Tls(_)) => diagnosis(
                format!("{} began the handshake and did not go on with it.", self.capital()),
                vec![
                    ("Look there for what it waits for: a password for its key, somebody who chooses a certificate, a program that is stopped.".to_owned(), &[]),
                    ("If it stops at the same place each time, something between drops large packets: compare the sizes that the network lets through (MTU).".to_owned(), &[]),
                    (
                        format!("If it is only slow: a longer time by {}.", self.place().named("HandshakeTimeout")),
                        &["HandshakeTimeout"],
                    ),
                ],
            ),
            (420 | 406, Opening::Nothing) if !self.is_client() => diagnosis(
                "The partner connected and went away without a word. Health checks of load balancers and port scans do that; nothing is wrong with the policy then.",
                vec![(
                    "If it is a health check, have it make a TLS handshake, or lead it elsewhere.".to_owned(),
                    &[],
                )],
            ),
            (420 | 406, Opening::Nothing) => diagnosis(
                "The server ended the connection when it saw the offer of this side, without saying why. It may expect no TLS at this port, or be a device between that does not let it through.",
                vec![
                    ("Make sure that the server speaks TLS at this port: `openssl s_client -connect HOST:PORT`.".to_owned(), &[]),
                    (
                        format!("If it chooses by the name that is asked for: {} and `ClientHandshakeSNIList`.", self.place().named("ClientHandshakeSNI")),
                        &["ClientHandshakeSNI", "ClientHandshakeSNIList"],
                    ),
                ],
            ),
            _ => None,
        }
    }

    fn of_clear_text(&self, what: Option<&'static str>) -> Option<Diagnosis> {
        let looks = what.map_or_else(String::new, |what| format!("; it looks like {what}"));
        if self.is_client() {
            return diagnosis(
                format!(
                    "The server answers without TLS{looks}. It expects none at this port, or only after a command of its protocol (STARTTLS)."
                ),
                vec![
                    (
                        "Connect to the port where the server speaks TLS at once.".to_owned(),
                        &[],
                    ),
                    (
                        format!(
                            "Or leave this connection in the clear, by a rule before {} whose group action has `TTLSEnabled Off`.",
                            self.rule_words()
                        ),
                        &["TTLSEnabled", "Priority"],
                    ),
                ],
            );
        }
        diagnosis(
            format!(
                "The client speaks no TLS{looks}, and {} expects it at once.",
                self.rule_words()
            ),
            vec![
                (
                    match what {
                        Some("HTTP" | "HTTP/2") => "Have the client use https.",
                        _ => "Have the client use TLS from the first byte on.",
                    }
                    .to_owned(),
                    &[],
                ),
                (
                    format!(
                        "Or leave this client in the clear, by a rule before {} whose group action has `TTLSEnabled Off`.",
                        self.rule_words()
                    ),
                    &["TTLSEnabled", "Priority"],
                ),
            ],
        )
    }

    fn of_waiting(&self) -> Option<Diagnosis> {
        let time = self.limit.map_or_else(
            || "in the time it had".to_owned(),
            |limit| format!("within {} s", limit.as_secs()),
        );
        if self.is_client() {
            return diagnosis(
                format!("The server did not answer the offer of this side {time}."),
                vec![
                    ("Make sure that the server speaks TLS at this port and that nothing between holds it back: `openssl s_client -connect HOST:PORT`.".to_owned(), &[]),
                    (
                        format!("If it is only slow: a longer time by {}.", self.place().named("HandshakeTimeout")),
                        &["HandshakeTimeout"],
                    ),
                ],
            );
        }
        diagnosis(
            format!(
                "The client connected and sent nothing {time}. It waits for this side to speak first, as clients of FTP, SMTP or TN3270 do in the clear, it is a health check, or it is a TLS server like this side."
            ),
            vec![
                (
                    "Have the client use TLS from the first byte on.".to_owned(),
                    &[],
                ),
                (
                    format!(
                        "If the partner is the TLS server: write `Client` for {}.",
                        self.place().named("HandshakeRole")
                    ),
                    &["HandshakeRole"],
                ),
                (
                    format!(
                        "Or leave this client in the clear, by a rule before {} whose group action has `TTLSEnabled Off`.",
                        self.rule_words()
                    ),
                    &["TTLSEnabled", "Priority"],
                ),
            ],
        )
    }

    pub(super) fn capital(&self) -> String {
        let words = super::sentence(self.partner());
        words.trim_end_matches('.').to_owned()
    }
}
