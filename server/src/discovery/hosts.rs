//! The addresses of hosts, as the name servers of this machine give them.

use std::net::IpAddr;
use std::time::Duration;

use api::discovery::HostAddresses;
use futures_util::future::join_all;
use generator::objects::values::HostName;

/// How long one name has for its answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many names are looked up at once.
pub const MOST: usize = 100;

/// Looks all names up, side by side.
pub async fn look_up(names: Vec<String>) -> Vec<HostAddresses> {
    join_all(names.into_iter().map(one)).await
}

async fn one(name: String) -> HostAddresses {
    let (addresses, error) = match addresses(&name).await {
        Ok(addresses) => (addresses, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    HostAddresses {
        name,
        addresses,
        error,
    }
}

async fn addresses(name: &str) -> Result<Vec<String>, String> {
    name.parse::<HostName>()
        .map_err(|error| error.to_string())?;
    let asked = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((name, 0)));
    let found = match asked.await {
        Err(_) => return Err("no name server answered in time".to_owned()),
        Ok(Err(error)) => {
            tracing::debug!(%error, name, "a host was not found");
            return Err("the name servers know no address of it".to_owned());
        }
        Ok(Ok(found)) => found,
    };
    let mut addresses: Vec<IpAddr> = found.map(|socket| socket.ip()).collect();
    addresses.sort();
    addresses.dedup();
    match addresses.is_empty() {
        true => Err("the name servers know no address of it".to_owned()),
        false => Ok(addresses.iter().map(IpAddr::to_string).collect()),
    }
}
