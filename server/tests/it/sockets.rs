//! The accept loop over real sockets.

use std::time::{Duration, Instant};

use server::Settings;
use server::serve::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::common::TestServer;

/// No test waits longer than this for anything.
const BOUND: Duration = Duration::from_secs(20);

pub struct Running {
    pub address: String,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    _server: TestServer,
}

impl Running {
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let server = TestServer::with(|settings| {
            settings.listen = "127.0.0.1:0".parse().unwrap();
            settings.limits.headers = Duration::from_millis(400);
            settings.limits.body = Duration::from_millis(400);
            settings.limits.handshake = Duration::from_millis(400);
            change(settings);
        })
        .await;
        let bound = Server::bind(server.state.clone()).await.unwrap();
        let address = bound.url().split_once("://").unwrap().1.to_owned();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(bound.run(async {
            let _ = stopped.await;
        }));
        Self {
            address,
            stop: Some(stop),
            task,
            _server: server,
        }
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).await.unwrap()
    }

    /// Sends bytes and reads until the server closes.
    async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        // The server may close before it has read all.
        let _ = stream.write_all(bytes).await;
        rest(&mut stream).await
    }

    async fn is_served(&self) -> bool {
        let answer = self.exchange(HEALTH).await;
        answer.starts_with("HTTP/1.1 200 OK") && answer.contains("\"status\":\"ok\"")
    }
}

const HEALTH: &[u8] = b"GET /api/v1/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

/// All that comes until the connection ends, however it ends.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let end = timeout(BOUND, stream.read_to_end(&mut bytes)).await;
    assert!(end.is_ok(), "the connection is still open");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_silent_client_is_ended() {
    let server = Running::with(|_| {}).await;
    let start = Instant::now();
    assert_eq!(server.exchange(b"").await, "");
    assert!(start.elapsed() >= Duration::from_millis(350));
}

#[tokio::test]
async fn a_client_that_drips_headers_is_ended() {
    let server = Running::with(|_| {}).await;
    let mut stream = server.connect().await;
    let (mut reader, mut writer) = stream.split();
    let drip = async {
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        for byte in b"GET /api/v1/health HTTP/1.1\r\nx-slow: "
            .iter()
            .chain(&[b'a'; 500])
        {
            tick.tick().await;
            if writer.write_all(&[*byte]).await.is_err() {
                break;
            }
        }
    };
    let mut bytes = Vec::new();
    let read = reader.read_to_end(&mut bytes);
    let ended = timeout(Duration::from_secs(5), async {
        tokio::select! { _ = read => true, () = drip => false }
    })
    .await;
    assert_eq!(ended, Ok(true));
}

#[tokio::test]
async fn a_connection_without_a_next_request_is_ended() {
    let server = Running::with(|_| {}).await;
    let answer = server
        .exchange(b"GET /api/v1/health HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 1);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_ended_with_an_answer() {
    let server = Running::with(|_| {}).await;
    let answer = server
        .exchange(
            b"POST /api/v1/session HTTP/1.1\r\nhost: x\r\nx-gatehouse: 1\r\n\
              content-type: application/json\r\ncontent-length: 100\r\n\r\n{",
        )
        .await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("\"code\":\"request-timeout\""));
    assert_eq!(answer.matches("HTTP/1.1").count(), 1);
}

#[tokio::test]
async fn slow_clients_of_one_address_make_room_for_a_good_one() {
    let server = Running::with(|settings| {
        settings.limits.connections_per_address = 3;
        settings.limits.headers = BOUND;
    })
    .await;
    let mut slow = Vec::new();
    for _ in 0..10 {
        let mut stream = server.connect().await;
        stream
            .write_all(b"GET / HTTP/1.1\r\nx-slow: a")
            .await
            .unwrap();
        slow.push(stream);
    }
    assert!(server.is_served().await);
    // The oldest ones are gone, long before their deadline.
    for stream in &mut slow[..7] {
        assert_eq!(rest(stream).await, "");
    }
}

#[tokio::test]
async fn the_limit_for_all_addresses_holds() {
    let server = Running::with(|settings| {
        settings.limits.connections = 2;
        settings.limits.headers = BOUND;
    })
    .await;
    let mut first = server.connect().await;
    let _second = server.connect().await;
    let _third = server.connect().await;
    assert_eq!(rest(&mut first).await, "");
    assert!(server.is_served().await);
}

#[tokio::test]
async fn headers_too_long_or_too_many_are_refused() {
    let server = Running::with(|settings| settings.limits.headers = BOUND).await;
    let long = format!(
        "GET / HTTP/1.1\r\nx-long: {}\r\n\r\n",
        "a".repeat(1_000_000)
    );
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "x-many: a\r\n".repeat(10_000));
    let path = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(1_000_000));
    for request in [long, many, path] {
        let answer = server.exchange(request.as_bytes()).await;
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(refused, "{answer}");
    }
    assert!(server.is_served().await);
}

/// A request whose end two readers would see at different places gets one answer at most, and the
/// connection ends: what follows is never taken for a request.
#[tokio::test]
async fn requests_with_two_ends_are_not_read_twice() {
    let server = Running::with(|_| {}).await;
    let next = "GET /api/v1/health HTTP/1.1\r\nhost: x\r\n\r\n";
    let forms = [
        "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n",
        "content-length: 0\r\ncontent-length: 45\r\n\r\n",
        "content-length: 0, 45\r\n\r\n",
        "content-length: +0\r\n\r\n",
        "content-length: -1\r\n\r\n",
        "content-length: 0x0\r\n\r\n",
        "transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "transfer-encoding: identity\r\ncontent-length: 0\r\n\r\n",
        "transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n0x0\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n-0\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n\r\n",
        " content-length: 0\r\n\r\n",
    ];
    for form in forms {
        let request = format!("POST /api/v1/session HTTP/1.1\r\nhost: x\r\n{form}{next}");
        let answer = server.exchange(request.as_bytes()).await;
        assert!(!answer.contains("\"status\":\"ok\""), "{form:?}: {answer}");
        assert!(
            answer.matches("HTTP/1.1 ").count() <= 1,
            "{form:?}: {answer}"
        );
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{form:?}: {answer}"
        );
    }
    assert!(server.is_served().await);
}

#[tokio::test]
async fn rubbish_ends_the_connection_and_nothing_else() {
    let server = Running::with(|_| {}).await;
    for rubbish in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"GET /\x01 HTTP/1.1\r\n\r\n",
    ] {
        let answer = server.exchange(rubbish).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1."),
            "{answer}"
        );
        assert!(!answer.contains(" 200 "), "{answer}");
    }
    assert!(server.is_served().await);
}

#[tokio::test]
async fn at_the_end_requests_under_way_are_answered_and_waiting_clients_let_go() {
    let mut server = Running::with(|settings| {
        settings.limits.headers = BOUND;
        settings.limits.body = BOUND;
    })
    .await;
    let mut waiting = server.connect().await;
    let body = "{\"name\":\"nobody\",\"password\":\"something wrong\"}";
    let request = format!(
        "POST /api/v1/session HTTP/1.1\r\nhost: x\r\nx-gatehouse: 1\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut working = server.connect().await;
    working.write_all(request.as_bytes()).await.unwrap();
    // The log-in takes its time over the hash; wait until it is under way, and no longer.
    let busy = server._server.state.passwords.clone();
    timeout(BOUND, busy.busy()).await.unwrap();
    server.stop.take().unwrap().send(()).unwrap();
    assert!(rest(&mut working).await.starts_with("HTTP/1.1 401 "));
    assert_eq!(rest(&mut waiting).await, "");
    timeout(BOUND, &mut server.task).await.unwrap().unwrap();
    assert!(TcpStream::connect(&server.address).await.is_err());
}
