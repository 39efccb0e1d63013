//! Why a handshake fails: return code, alert, reason and the attribute that decides.

use super::answer::{Alert, Code, Failure, Step, joined};
use super::negotiate::Cause;
use super::peer::Peer;
use super::remedy;
use super::settings::{Field, Settings};
use super::side::group_name;
use crate::policy::table::suites::Protocol;

const HANDSHAKE_FAILURE: Alert = Alert(40, "handshake_failure");
const PROTOCOL_VERSION: Alert = Alert(70, "protocol_version");
const INAPPROPRIATE_FALLBACK: Alert = Alert(86, "inappropriate_fallback");

const fn code(number: u16, source: &'static str) -> Option<Code> {
    Some(Code {
        number,
        source,
        confirmed: true,
    })
}

const NO_CIPHERS: Option<Code> = code(402, "IP Diagnosis Guide V2R1, GSK_ERR_NO_CIPHERS");
const UNSUPPORTED: Option<Code> = code(412, "TN3270 support note, GSK_ERR_UNSUPPORTED");
const NO_SUITE_SPECIFIED: Option<Code> = code(519, "observed");
const KEY_SHARES: Option<Code> = code(515, "observed");
const SHARES_APART: Option<Code> = code(517, "observed");
const NO_CERTIFICATE: Option<Code> = code(5001, "IP Diagnosis Guide V2R1");
const START_TIMER: Option<Code> = code(5004, "IP Diagnosis Guide V2R1");
const NO_INDICATION: Option<Code> = Some(Code {
    number: 460,
    source: "general knowledge",
    confirmed: false,
});

/// Why a handshake fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Because {
    /// No version is on.
    NothingOn,
    /// TLS 1.3 is the only version, and there is no suite of it.
    OnlyIdle13,
    /// TLS 1.3 is on, and no key share group is known.
    NoShares,
    /// The curves and the key share groups of a client have nothing in common.
    SharesApart,
    TwoClients,
    TwoServers,
    Talk(Cause),
}

impl Settings {
    /// What makes every handshake fail.
    pub(super) fn fault(&self) -> Option<Because> {
        let side = &self.side;
        if side.versions.is_empty() {
            return Some(match self.idle13 {
                true => Because::OnlyIdle13,
                false => Because::NothingOn,
            });
        }
        if !side.versions.contains(&Protocol::Tls13) {
            return None;
        }
        let (shares, groups) = (&side.shares, &side.groups13);
        match (self.is_client(), groups) {
            (true, _) if shares.is_empty() => Some(Because::NoShares),
            (true, Some(groups)) if !shares.iter().any(|one| groups.contains(one)) => {
                Some(Because::SharesApart)
            }
            (false, Some(groups)) if groups.is_empty() => Some(Because::NoShares),
            _ => None,
        }
    }

    /// The attribute that decides about a cause.
    pub(super) fn deciding(&self, because: Because, peer: &Peer) -> Field {
        let of = |client, server| if self.is_client() { client } else { server };
        let keyword = match because {
            Because::Talk(
                Cause::Suite(version) | Cause::Group(version) | Cause::Signature(version),
            ) if self.side.profile_of(version).is_some() => "SuiteBProfile",
            Because::Talk(Cause::Suite(_)) => return self.suites_field(),
            Because::NoShares => of("ClientKeyShareGroups", "ServerKeyShareGroups"),
            Because::SharesApart => "ClientECurves",
            Because::TwoClients | Because::TwoServers => "HandshakeRole",
            Because::NothingOn | Because::OnlyIdle13 | Because::Talk(Cause::Version) => {
                if self.lacks_suite13(peer) {
                    return self.suites_field();
                }
                let version = remedy::version_to_add(self, &self.side, peer);
                version.map_or("TLSv1.2", Protocol::attribute)
            }
            Because::Talk(Cause::Group(Protocol::Tls13)) => {
                of("ClientECurves", "ServerKeyShareGroups")
            }
            Because::Talk(Cause::Group(_)) => of("ClientECurves", "ServerKexECurves"),
            Because::Talk(Cause::Signature(_)) => "SignaturePairs",
            Because::Talk(Cause::Certificate(_)) => of("CertificateLabel", "ClientAuthType"),
            Because::Talk(Cause::MasterSecret) => {
                of("ClientExtendedMasterSecret", "ServerExtendedMasterSecret")
            }
            Because::Talk(Cause::Renegotiation) => "RenegotiationIndicator",
            Because::Talk(Cause::ServerName) => of("ClientHandshakeSNI", "ServerHandshakeSNI"),
            Because::Talk(Cause::Fallback) => "ServerScsv",
        };
        self.field(keyword)
    }

    /// TLS 1.3 is what the peer could have, and only a suite of it is missing.
    pub(super) fn lacks_suite13(&self, peer: &Peer) -> bool {
        self.idle13 && peer.side.versions.contains(&Protocol::Tls13)
    }
}

pub(super) fn failure(
    settings: &Settings,
    peer: &Peer,
    because: Because,
    mut assumed: Vec<String>,
) -> Failure {
    let (code, alert) = signs(settings, peer, because);
    if settings.is_client() && alert.is_some() {
        assumed.push("a client that is told by an alert ends with the code that a server has for the same reason".to_owned());
    }
    let steps = remedy::remedy(settings, peer, because);
    let words_of = |steps: &Vec<Step>| joined(steps.iter().map(|step| step.words.clone()));
    Failure {
        code,
        alert: alert.filter(|_| !settings.is_client()),
        because: words(settings, peer, because),
        cause: match because {
            Because::Talk(cause) => Some(cause),
            _ => None,
        },
        field: settings.deciding(because, peer),
        change: steps.as_ref().map(words_of),
        steps: steps.unwrap_or_default(),
        assumed,
    }
}

/// The return code, and the alert that a server sends: RFC 8446, 4.1.1 and 6.2; RFC 5246, 7.2.2; RFC 7507;
/// RFC 7627, 5.3; RFC 5746, 4.3.
fn signs(settings: &Settings, peer: &Peer, because: Because) -> (Option<Code>, Option<Alert>) {
    match because {
        Because::NothingOn => (NO_CIPHERS, None),
        Because::OnlyIdle13 => (NO_SUITE_SPECIFIED, None),
        Because::NoShares => (KEY_SHARES, None),
        Because::SharesApart => (SHARES_APART, None),
        Because::TwoClients => (None, None),
        Because::TwoServers => (START_TIMER, None),
        Because::Talk(cause) => match cause {
            Cause::Version if settings.lacks_suite13(peer) => (NO_CIPHERS, None),
            Cause::Version => (UNSUPPORTED, Some(PROTOCOL_VERSION)),
            Cause::Suite(_) => (NO_CIPHERS, Some(HANDSHAKE_FAILURE)),
            // The suites with ECDHE count as not there.
            Cause::Group(version) if version < Protocol::Tls13 => {
                (NO_CIPHERS, Some(HANDSHAKE_FAILURE))
            }
            Cause::Group(_) | Cause::Signature(_) | Cause::MasterSecret => {
                (None, Some(HANDSHAKE_FAILURE))
            }
            // AT-TLS itself looks for the certificate, after the handshake.
            Cause::Certificate(_) if !settings.is_client() => (NO_CERTIFICATE, None),
            Cause::Certificate(_) => (None, None),
            Cause::Renegotiation => (NO_INDICATION, Some(HANDSHAKE_FAILURE)),
            Cause::ServerName => (None, None),
            Cause::Fallback => (None, Some(INAPPROPRIATE_FALLBACK)),
        },
    }
}

fn words(settings: &Settings, peer: &Peer, because: Because) -> String {
    let (own, theirs) = (&settings.side, &peer.side);
    let versions = |list: &[Protocol]| match list {
        [] => "none".to_owned(),
        list => joined(list.iter().map(ToString::to_string)),
    };
    match because {
        Because::NothingOn => "no protocol version is on".to_owned(),
        Because::OnlyIdle13 => {
            "TLS 1.3 is the only version that is on, and none of the cipher suites is one of it"
                .to_owned()
        }
        Because::NoShares => "TLS 1.3 is on, and no key share group is known".to_owned(),
        Because::SharesApart => "no key share group is among the curves of the client".to_owned(),
        Because::TwoClients => "both sides play the client".to_owned(),
        Because::TwoServers => "both sides wait for a client".to_owned(),
        Because::Talk(Cause::Version) if settings.lacks_suite13(peer) => {
            "the peer takes TLS 1.3, which is on here without a cipher suite of its own".to_owned()
        }
        Because::Talk(Cause::Version) => format!(
            "no version in common: the peer has {}, this side {}",
            versions(&theirs.versions),
            versions(&own.versions)
        ),
        Because::Talk(Cause::Suite(version)) => {
            let older = own.versions.iter().filter(|one| **one < version);
            let trap = older.clone().any(|one| theirs.versions.contains(one));
            let trap = if trap {
                "; older versions are not tried"
            } else {
                ""
            };
            format!("both have {version}, and no cipher suite of it in common{trap}")
        }
        Because::Talk(Cause::Group(version)) => {
            let names = |list: Option<&[u16]>| match list {
                None | Some([]) => "none".to_owned(),
                Some(list) => joined(list.iter().map(|one| group_name(*one))),
            };
            format!(
                "no group for {version} in common: the peer has {}, this side {}",
                names(theirs.groups_of(version)),
                names(own.groups_of(version))
            )
        }
        Because::Talk(Cause::Signature(version)) => {
            format!("no signature pair in common that a certificate can use in {version}")
        }
        Because::Talk(Cause::Certificate(_)) => match settings.is_client() {
            true => "the peer insists on a client certificate".to_owned(),
            false => "the peer has no certificate, and this side insists on one".to_owned(),
        },
        Because::Talk(Cause::MasterSecret) => {
            "one side insists on the extended master secret, and the other does not have it"
                .to_owned()
        }
        Because::Talk(Cause::Renegotiation) => {
            "this side insists on the renegotiation indication, and the peer does not show it"
                .to_owned()
        }
        Because::Talk(Cause::ServerName) => {
            "one side insists on the name of the server, and the other does not send or take it"
                .to_owned()
        }
        Because::Talk(Cause::Fallback) => {
            "the peer says that it fell back to an older version, which is refused here".to_owned()
        }
    }
}
