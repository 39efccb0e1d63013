//! Two hosts joined by a wire: namespaces of the kernel, each with addresses of both families.

use std::fs::File;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::fixture::LONG;

/// Where programs wait and partners come from.
pub struct Hosts {
    pub client: Host,
    pub server: Host,
}

/// One of them; it goes when it is dropped.
pub struct Host {
    name: String,
    namespace: File,
    pub v4: IpAddr,
    pub v6: IpAddr,
}

impl Hosts {
    /// `None`: the kernel here permits no namespaces with a packet filter, and nothing can be tried. Programs
    /// that are missing are no such reason where `CI` is set: they can be installed.
    pub fn new() -> Option<Self> {
        match Self::try_new() {
            Ok(hosts) => Some(hosts),
            Err(why) => {
                let ci =
                    std::env::var_os("CI").is_some_and(|value| value == "1" || value == "true");
                let demanded = ci && !is_forbidden();
                assert!(!demanded, "transparent mode cannot be tested here: {why}");
                eprintln!("left out, as namespaces are not permitted here: {why}");
                None
            }
        }
    }

    fn try_new() -> Result<Self, String> {
        let client = Host::new(1)?;
        let server = Host::new(2)?;
        let (one, two) = (client.name.as_str(), server.name.as_str());
        let wire = [
            "link", "add", "wire", "netns", one, "type", "veth", "peer", "name", "wire",
        ];
        ip(&[&wire[..], &["netns", two]].concat())?;
        for host in [&client, &server] {
            let (v4, v6) = (format!("{}/24", host.v4), format!("{}/64", host.v6));
            ip(&["-n", &host.name, "addr", "add", &v4, "dev", "wire"])?;
            ip(&["-n", &host.name, "addr", "add", &v6, "dev", "wire", "nodad"])?;
            ip(&["-n", &host.name, "link", "set", "wire", "up"])?;
            ip(&["-n", &host.name, "link", "set", "lo", "up"])?;
            // As strict as hosts can be about where packets come from.
            let strict = "/proc/sys/net/ipv4/conf/all/rp_filter";
            host.run(|| std::fs::write(strict, "1"))
                .map_err(|error| format!("{strict}: {error}"))?;
        }
        // Whether packets can be filtered at all.
        let table = server.output("nft", &["list", "tables"]);
        match table.status.success() {
            true => Ok(Self { client, server }),
            false => Err(format!(
                "nft list tables: {}",
                crate::fixture::text(&table.stderr)
            )),
        }
    }
}

/// Joins a third host to one: what it is not told otherwise it sends there.
pub fn join(inner: &Host, outer: &Host) {
    let (one, two) = (inner.name.as_str(), outer.name.as_str());
    let wire = [
        "link", "add", "outer", "netns", one, "type", "veth", "peer", "name", "inner",
    ];
    ip(&[&wire[..], &["netns", two]].concat()).expect("a wire");
    ip(&["-n", two, "addr", "add", "10.98.0.1/24", "dev", "inner"]).expect("an address");
    ip(&["-n", one, "addr", "add", "10.98.0.2/24", "dev", "outer"]).expect("an address");
    for (host, name) in [(one, "outer"), (two, "inner"), (one, "lo")] {
        ip(&["-n", host, "link", "set", name, "up"]).expect("a wire");
    }
    ip(&["-n", one, "route", "add", "default", "via", "10.98.0.1"]).expect("a route");
}

/// Whether the kernel does not let this user have a network of its own with a packet filter.
fn is_forbidden() -> bool {
    let tried = Command::new("unshare")
        .args(["--net", "nft", "list", "tables"])
        .output();
    // Of a program that is missing, `unshare` tells with a code of its own.
    tried.is_ok_and(|output| !output.status.success() && output.status.code() != Some(127))
}

impl Host {
    pub fn new(number: u16) -> Result<Self, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("gatehouse-{}-{count}", std::process::id());
        ip(&["netns", "add", &name])?;
        let path = format!("/run/netns/{name}");
        let namespace = File::open(&path).map_err(|error| format!("{path}: {error}"))?;
        Ok(Self {
            name,
            namespace,
            v4: IpAddr::from([10, 99, 0, number as u8]),
            v6: IpAddr::from([0xfd99, 0, 0, 0, 0, 0, 0, number]),
        })
    }

    pub fn addresses(&self) -> [IpAddr; 2] {
        [self.v4, self.v6]
    }

    /// Does something on this host: sockets that it opens and programs that it starts are there.
    pub fn run<T: Send>(&self, what: impl FnOnce() -> T + Send) -> T {
        let namespace = self.namespace.as_fd();
        thread::scope(|scope| {
            let thread = scope.spawn(|| {
                move_into_link_name_space(namespace, Some(LinkNameSpaceType::Network))
                    .expect("a namespace");
                what()
            });
            match thread.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    pub fn output(&self, program: &str, arguments: &[&str]) -> Output {
        let output = || {
            Command::new(program)
                .args(arguments)
                .output()
                .expect("a program")
        };
        self.run(output)
    }

    /// What a program says that has to do its work.
    #[track_caller]
    pub fn said(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.output(program, arguments);
        let text = crate::fixture::text;
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    /// A connection from this host.
    pub fn connect(&self, to: SocketAddr) -> std::io::Result<TcpStream> {
        let stream = self.run(|| TcpStream::connect_timeout(&to, LONG))?;
        stream.set_read_timeout(Some(LONG))?;
        stream.set_write_timeout(Some(LONG))?;
        Ok(stream)
    }

    pub fn listen(&self, at: SocketAddr) -> TcpListener {
        self.run(|| TcpListener::bind(at).expect("a port"))
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = ip(&["netns", "del", &self.name]);
    }
}

fn ip(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(arguments).output();
    let output = output.map_err(|error| format!("ip: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "ip {}: {}",
            arguments.join(" "),
            crate::fixture::text(&output.stderr)
        )),
    }
}
