//! The addresses of hosts, as the name servers of this machine give them.

use std::io;
use std::net::{IpAddr, ToSocketAddrs};
use std::time::Duration;

use api::discovery::HostAddresses;
use futures_util::future::join_all;
use generator::objects::values::HostName;
use tokio::sync::Semaphore;

/// How long one name has for its answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Look-ups of the whole server at a time. Each takes a thread until the system's resolver gives
/// up, however long the request waits; others need these threads, too.
static UNDER_WAY: Semaphore = Semaphore::const_new(8);

/// Looks all names up.
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
    let late = || "no name server answered in time".to_owned();
    let unknown = || "the name servers know no address of it".to_owned();
    let found = tokio::time::timeout(PATIENCE, asked(name.to_owned())).await;
    let mut addresses = found.map_err(|_| late())?.map_err(|error| {
        tracing::debug!(%error, name, "a host was not found");
        unknown()
    })?;
    addresses.sort();
    addresses.dedup();
    match addresses.is_empty() {
        true => Err(unknown()),
        false => Ok(addresses.iter().map(IpAddr::to_string).collect()),
    }
}

/// The system's resolver; its permit is kept until it has answered, also when nobody waits for it.
async fn asked(name: String) -> io::Result<Vec<IpAddr>> {
    let permit = UNDER_WAY.acquire().await.map_err(io::Error::other)?;
    let resolve = move || {
        let found = (name.as_str(), 0).to_socket_addrs();
        drop(permit);
        Ok(found?.map(|socket| socket.ip()).collect())
    };
    tokio::task::spawn_blocking(resolve).await?
}
