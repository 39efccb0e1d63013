//! The settings, one row each: flag, environment, key of the file, help and meaning come from the
//! same row.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::{Settings, TlsFiles};

/// One setting.
pub struct Row {
    /// The flag without its dashes, and the key in the file.
    pub name: &'static str,
    /// The word for the value in the help; empty for a switch.
    pub value: &'static str,
    pub help: &'static str,
    /// May be given several times; in the environment its values are joined by commas.
    pub many: bool,
    /// Puts the values in. `Err` says what would have been right.
    pub set: fn(&mut Settings, &[String]) -> Result<(), String>,
}

impl Row {
    const BASE: Self = Self {
        name: "",
        value: "",
        help: "",
        many: false,
        set: |_, _| Ok(()),
    };

    /// The variable of the environment.
    pub fn variable(&self) -> String {
        format!("GATEHOUSE_{}", self.name.to_uppercase().replace('-', "_"))
    }

    pub fn is_switch(&self) -> bool {
        self.value.is_empty()
    }
}

pub const ROWS: &[Row] = &[
    Row {
        name: "data",
        value: "DIR",
        help: "Directory of all data [default: gatehouse in the user's data directory]",
        set: |s, v| set(&mut s.data, v, path),
        ..Row::BASE
    },
    Row {
        name: "listen",
        value: "ADDRESS:PORT",
        help: "Where to listen; port 0 takes a free one [default: 127.0.0.1:8070]",
        set: |s, v| set(&mut s.listen, v, socket_address),
        ..Row::BASE
    },
    Row {
        name: "tls-certificate",
        value: "FILE",
        help: "PEM file of the certificate and its chain",
        set: |s, v| {
            let path = one(v).and_then(path)?;
            tls(s).certificate = path;
            Ok(())
        },
        ..Row::BASE
    },
    Row {
        name: "tls-key",
        value: "FILE",
        help: "PEM file of the certificate's key",
        set: |s, v| {
            let path = one(v).and_then(path)?;
            tls(s).key = path;
            Ok(())
        },
        ..Row::BASE
    },
    Row {
        name: "allow-plain-http",
        help: "Listen beyond this machine without TLS",
        set: |s, v| set(&mut s.allow_plain_http, v, switch),
        ..Row::BASE
    },
    Row {
        name: "install-root",
        value: "DIR",
        help: "Installs write below this directory; may be given several times",
        many: true,
        set: |s, v| set_all(&mut s.install_roots, v, absolute_path),
    },
    Row {
        name: "keyrings",
        value: "DIR",
        help: "Directory of the key rings of gatehouse-engine on this machine, which administrators may look at [default: none]",
        set: |s, v| {
            s.keyrings = Some(one(v).and_then(absolute_path)?);
            Ok(())
        },
        ..Row::BASE
    },
    Row {
        name: "engines",
        value: "DIR",
        help: "Directory of the control sockets of gatehouse-engine on this machine [default: /run/gatehouse-engine]",
        set: |s, v| set(&mut s.engines, v, absolute_path),
        ..Row::BASE
    },
    Row {
        name: "drift-interval",
        value: "TIME",
        help: "How often the files on targets are looked at [default: 60s]",
        set: |s, v| set(&mut s.drift_interval, v, duration),
        ..Row::BASE
    },
    Row {
        name: "session-idle",
        value: "TIME",
        help: "A session ends after this time without a request [default: 60m]",
        set: |s, v| set(&mut s.session_idle, v, duration),
        ..Row::BASE
    },
    Row {
        name: "session-absolute",
        value: "TIME",
        help: "A session ends this long after the log-in [default: 12h]",
        set: |s, v| set(&mut s.session_absolute, v, duration),
        ..Row::BASE
    },
    Row {
        name: "log-level",
        value: "LEVEL",
        help: "error, warn, info, debug or trace, also by part: server=debug,info [default: info]",
        set: |s, v| set(&mut s.log_level, v, log_level),
        ..Row::BASE
    },
    Row {
        name: "trusted-proxy",
        value: "ADDRESS",
        help: "A proxy whose X-Forwarded headers are believed; may be given several times",
        many: true,
        set: |s, v| set_all(&mut s.trusted_proxies, v, ip_address),
    },
    Row {
        name: "assets",
        value: "DIR",
        help: "Serve the browser side from this directory instead of the one built in",
        set: |s, v| {
            s.assets = Some(one(v).and_then(path)?);
            Ok(())
        },
        ..Row::BASE
    },
    Row {
        name: "max-connections",
        value: "N",
        help: "Connections at the same time [default: 1024]",
        set: |s, v| set(&mut s.limits.connections, v, count),
        ..Row::BASE
    },
    Row {
        name: "max-connections-per-address",
        value: "N",
        help: "Connections of one address at the same time [default: 64]",
        set: |s, v| set(&mut s.limits.connections_per_address, v, count),
        ..Row::BASE
    },
    Row {
        name: "handshake-timeout",
        value: "TIME",
        help: "For a TLS handshake [default: 10s]",
        set: |s, v| set(&mut s.limits.handshake, v, duration),
        ..Row::BASE
    },
    Row {
        name: "header-timeout",
        value: "TIME",
        help: "For the headers of a request, and between two requests [default: 10s]",
        set: |s, v| set(&mut s.limits.headers, v, duration),
        ..Row::BASE
    },
    Row {
        name: "body-timeout",
        value: "TIME",
        help: "For the body of a request; long ones earn more [default: 30s]",
        set: |s, v| set(&mut s.limits.body, v, duration),
        ..Row::BASE
    },
    Row {
        name: "stall-timeout",
        value: "TIME",
        help: "For a client that takes nothing of its answer [default: 30s]",
        set: |s, v| set(&mut s.limits.stall, v, duration),
        ..Row::BASE
    },
    Row {
        name: "max-header-bytes",
        value: "N",
        help: "Bytes of all headers of a request, 8192 at least [default: 65536]",
        set: |s, v| set(&mut s.limits.header_bytes, v, count),
        ..Row::BASE
    },
    Row {
        name: "max-headers",
        value: "N",
        help: "Headers of a request [default: 100]",
        set: |s, v| set(&mut s.limits.header_count, v, count),
        ..Row::BASE
    },
    Row {
        name: "max-body-bytes",
        value: "N",
        help: "Bytes of a request's body; an import has a limit of its own [default: 8388608]",
        set: |s, v| set(&mut s.limits.body_bytes, v, count),
        ..Row::BASE
    },
    Row {
        name: "max-writes-per-minute",
        value: "N",
        help: "Requests of one user that change something; half of them may come at once [default: 600]",
        set: |s, v| set(&mut s.limits.writes_per_minute, v, count),
        ..Row::BASE
    },
    Row {
        name: "shutdown-timeout",
        value: "TIME",
        help: "For the requests under way when the server is told to end [default: 10s]",
        set: |s, v| set(&mut s.limits.shutdown, v, duration),
        ..Row::BASE
    },
];

fn tls(settings: &mut Settings) -> &mut TlsFiles {
    settings.tls.get_or_insert_with(|| TlsFiles {
        certificate: PathBuf::new(),
        key: PathBuf::new(),
    })
}

type Parse<T> = fn(&str) -> Result<T, String>;

fn set<T>(place: &mut T, values: &[String], parse: Parse<T>) -> Result<(), String> {
    *place = one(values).and_then(parse)?;
    Ok(())
}

fn set_all<T>(place: &mut Vec<T>, values: &[String], parse: Parse<T>) -> Result<(), String> {
    *place = values.iter().map(|v| parse(v)).collect::<Result<_, _>>()?;
    Ok(())
}

fn one(values: &[String]) -> Result<&str, String> {
    match values {
        [value] => Ok(value),
        _ => Err("one value".into()),
    }
}

fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() {
        return Err("a path".into());
    }
    Ok(PathBuf::from(text))
}

fn absolute_path(text: &str) -> Result<PathBuf, String> {
    let path = path(text)?;
    if path.is_absolute() {
        Ok(path)
    } else {
        Err("a path that begins with `/`".into())
    }
}

fn socket_address(text: &str) -> Result<SocketAddr, String> {
    let text = text.replace("localhost:", "127.0.0.1:");
    text.parse()
        .map_err(|_| "an address and a port, such as 127.0.0.1:8070 or [::1]:8070".into())
}

fn ip_address(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| "an IP address".into())
}

fn switch(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err("true or false".into()),
    }
}

fn count(text: &str) -> Result<usize, String> {
    match usize::from_str(text) {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("a number from 1".into()),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "a time, such as 30s, 15m or 12h".to_owned();
    let (number, unit) = match text.char_indices().last() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 60 * 60),
        Some(_) => (text, 1),
        None => return Err(wrong()),
    };
    match number.parse::<u32>() {
        Ok(number) if number > 0 => Ok(Duration::from_secs(u64::from(number) * unit)),
        _ => Err(wrong()),
    }
}

fn log_level(text: &str) -> Result<String, String> {
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err("a level, such as info, or levels by part, such as server=debug,info".into()),
    }
}
