//! What is listened on, and where connections go from there.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use generator::policy::lookup::Way;
use thiserror::Error;

/// One address to listen on, for connections of one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Inbound: partners connect to it, and it leads to a program here. Outbound: programs here connect to
    /// it, and it leads to a partner.
    pub way: Way,
    pub listen: SocketAddr,
    pub connect: SocketAddr,
    /// The job name that rules see; empty: none.
    pub job: String,
    /// The user id that rules see; `None`: the user of the engine.
    pub user: Option<String>,
}

/// A text that is no pair.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PairError {
    #[error(
        "write inbound:ADDRESS:PORT=ADDRESS:PORT or outbound:ADDRESS:PORT=ADDRESS:PORT, perhaps with ,job=NAME and ,user=NAME"
    )]
    Form,
    #[error("`{0}` is not an address and a port, such as 127.0.0.1:992 or [::1]:992")]
    Address(String),
    #[error("`{0}` is none of job=NAME and user=NAME")]
    Option(String),
}

impl FromStr for Pair {
    type Err = PairError;

    fn from_str(text: &str) -> Result<Self, PairError> {
        let mut parts = text.split(',');
        let ends = parts.next().unwrap_or_default();
        let (way, ends) = ends.split_once(':').ok_or(PairError::Form)?;
        let way = match way.to_ascii_lowercase().as_str() {
            "inbound" => Way::Inbound,
            "outbound" => Way::Outbound,
            _ => return Err(PairError::Form),
        };
        let (listen, connect) = ends.split_once('=').ok_or(PairError::Form)?;
        let address = |text: &str| {
            text.parse()
                .map_err(|_| PairError::Address(text.to_owned()))
        };
        let mut pair = Self {
            way,
            listen: address(listen)?,
            connect: address(connect)?,
            job: String::new(),
            user: None,
        };
        for option in parts {
            match option.split_once('=') {
                Some(("job", name)) => pair.job = name.to_owned(),
                Some(("user", name)) => pair.user = Some(name.to_owned()),
                _ => return Err(PairError::Option(option.to_owned())),
            }
        }
        Ok(pair)
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match self.way {
            Way::Inbound => "inbound",
            Way::Outbound => "outbound",
        };
        write!(f, "{way} {} to {}", self.listen, self.connect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_have_a_direction_two_addresses_and_names() {
        let pair: Pair = "inbound:127.0.0.1:992=[::1]:23,job=TN3270,user=START1"
            .parse()
            .expect("a pair");
        assert_eq!(pair.to_string(), "inbound 127.0.0.1:992 to [::1]:23");
        assert_eq!(
            (pair.job.as_str(), pair.user.as_deref()),
            ("TN3270", Some("START1"))
        );
        let pair: Pair = "outbound:[::]:9000=192.0.2.1:443".parse().expect("a pair");
        assert_eq!((pair.way, pair.user), (Way::Outbound, None));
    }

    #[test]
    fn what_is_no_pair_is_told_why() {
        let error = |text: &str| text.parse::<Pair>().expect_err("no pair");
        assert_eq!(error("127.0.0.1:992=127.0.0.1:23"), PairError::Form);
        assert_eq!(error("inbound:127.0.0.1:992"), PairError::Form);
        assert_eq!(
            error("inbound:992=127.0.0.1:23"),
            PairError::Address("992".to_owned())
        );
        let colour = "inbound:127.0.0.1:992=127.0.0.1:23,colour=red";
        assert_eq!(error(colour), PairError::Option("colour=red".to_owned()));
    }
}
