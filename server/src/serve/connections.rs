//! How many connections there are, in all and from each address.
//!
//! When an address has too many, its oldest one that waits for its client makes room for the new
//! one: a client that opens many and sends little hurts nobody but itself. Connections with a
//! request in hand stay.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::Request;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::Notify;

use crate::settings::Limits;

/// All connections of a server.
#[derive(Clone)]
pub struct Connections {
    open: Arc<Mutex<Vec<Arc<Entry>>>>,
    most: usize,
    most_per_address: usize,
}

/// One connection, in the order of arrival.
struct Entry {
    address: IpAddr,
    /// Requests that are there whole and have no answer yet.
    busy: AtomicUsize,
    end: Notify,
}

/// A connection that was let in; it leaves the count when it is dropped.
pub struct Connection {
    entry: Arc<Entry>,
    all: Connections,
}

impl Connections {
    pub fn new(limits: &Limits) -> Self {
        Self {
            open: Arc::default(),
            most: limits.connections,
            most_per_address: limits.connections_per_address,
        }
    }

    /// Lets a connection in, if need be in the place of one that waits. `counted` is off for
    /// trusted proxies, behind which there are many clients.
    pub fn admit(&self, address: IpAddr, counted: bool) -> Option<Connection> {
        let address = household(address);
        let mut open = self.lock();
        let of_address = open.iter().filter(|e| e.address == address).count();
        if counted && of_address >= self.most_per_address {
            evict(&mut open, |entry| entry.address == address)?;
        }
        if open.len() >= self.most {
            evict(&mut open, |_| true)?;
        }
        let entry = Arc::new(Entry {
            address,
            busy: AtomicUsize::new(0),
            end: Notify::new(),
        });
        open.push(entry.clone());
        Some(Connection {
            entry,
            all: self.clone(),
        })
    }

    /// Ends the connections that wait for their clients.
    pub fn close_idle(&self) {
        let mut open = self.lock();
        while evict(&mut open, |_| true).is_some() {}
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Entry>>> {
        // The list is whole at every moment: nothing panics while it is held.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the oldest connection of the kind that waits for its client.
fn evict(open: &mut Vec<Arc<Entry>>, kind: impl Fn(&Entry) -> bool) -> Option<()> {
    let waits = |entry: &Arc<Entry>| entry.busy.load(Ordering::Acquire) == 0;
    let position = open.iter().position(|entry| kind(entry) && waits(entry))?;
    open.remove(position).end.notify_one();
    Some(())
}

/// The addresses of one household of IPv6 count as one.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.all
            .lock()
            .retain(|entry| !Arc::ptr_eq(entry, &self.entry));
    }
}

impl Connection {
    /// Returns when the connection has to make room.
    pub fn ended(&self) -> impl Future<Output = ()> + use<> {
        let entry = self.entry.clone();
        async move { entry.end.notified().await }
    }

    /// Counts the connection as busy from the end of the request's body until [`Busy`] is dropped.
    pub fn watch(&self, request: Request<Body>) -> (Request<Body>, Busy) {
        let busy = Busy::new(self.entry.clone());
        let request = request.map(|body| {
            if body.is_end_stream() {
                busy.0.begin();
                return body;
            }
            Body::new(Arriving {
                body,
                work: busy.0.clone(),
            })
        });
        (request, busy)
    }
}

/// The work on one request.
pub struct Busy(Arc<Work>);

struct Work {
    entry: Arc<Entry>,
    /// Whether it counts: 0 before the body is there, 1 after.
    counts: AtomicUsize,
}

impl Busy {
    fn new(entry: Arc<Entry>) -> Self {
        Self(Arc::new(Work {
            entry,
            counts: AtomicUsize::new(0),
        }))
    }
}

impl Work {
    fn begin(&self) {
        if self.counts.swap(1, Ordering::AcqRel) == 0 {
            self.entry.busy.fetch_add(1, Ordering::AcqRel);
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if *self.counts.get_mut() == 1 {
            self.entry.busy.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

/// A body on its way; when it is there, or nobody wants the rest, the work begins.
struct Arriving {
    body: Body,
    work: Arc<Work>,
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.work.begin();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.work.begin();
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn limits(most: usize, per_address: usize) -> Limits {
        Limits {
            connections: most,
            connections_per_address: per_address,
            ..Limits::default()
        }
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[tokio::test]
    async fn the_oldest_waiting_connection_of_an_address_makes_room() {
        let all = Connections::new(&limits(10, 2));
        let other = all.admit(address(9), true).unwrap();
        let first = all.admit(address(1), true).unwrap();
        let second = all.admit(address(1), true).unwrap();
        let _third = all.admit(address(1), true).unwrap();
        first.ended().await;
        for stays in [&second, &other] {
            let ended = tokio::time::timeout(std::time::Duration::ZERO, stays.ended());
            assert!(ended.await.is_err());
        }
    }

    #[tokio::test]
    async fn busy_connections_stay_and_the_new_one_is_refused() {
        let all = Connections::new(&limits(2, 2));
        let first = all.admit(address(1), true).unwrap();
        let second = all.admit(address(2), true).unwrap();
        let (_request, _busy) = first.watch(Request::new(Body::empty()));
        let (_other, busy) = second.watch(Request::new(Body::empty()));
        assert!(all.admit(address(3), true).is_none());
        drop(busy);
        assert!(all.admit(address(3), true).is_some());
        second.ended().await;
    }

    #[test]
    fn a_body_on_its_way_is_no_work_yet() {
        let all = Connections::new(&limits(1, 1));
        let first = all.admit(address(1), true).unwrap();
        let (request, _busy) = first.watch(Request::new(Body::from("x")));
        assert_eq!(first.entry.busy.load(Ordering::Acquire), 0);
        drop(request);
        assert_eq!(first.entry.busy.load(Ordering::Acquire), 1);
    }

    #[test]
    fn closed_connections_leave_the_count() {
        let all = Connections::new(&limits(1, 1));
        for _ in 0..5 {
            let connection = all.admit(address(1), true).unwrap();
            let (_request, _busy) = connection.watch(Request::new(Body::empty()));
        }
        assert!(all.lock().is_empty());
    }
}
