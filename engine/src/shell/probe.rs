//! Handshakes that somebody asks for: with the environments of the policy, in memory, or with an address.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use control::{Answer, ProbeInfo};

use crate::policy::{Instance, Protection};
use crate::tls::{Environment, Failure, Probed, dial};

/// How long an address may take for each step.
const PATIENCE: Duration = Duration::from_secs(5);
/// Environments that are tried at a time; a handshake takes about a millisecond.
const MOST: usize = 5000;

/// Tries the environments of all rules, or of one.
pub fn rules(instance: &Instance, only: Option<&str>) -> Answer {
    let mut known: HashMap<*const Environment, usize> = HashMap::new();
    let mut found: Vec<(&str, usize, &Arc<Environment>)> = Vec::new();
    let mut is_there = false;
    for rule in instance.rules() {
        if only.is_some_and(|name| name != &*rule.name) {
            continue;
        }
        is_there = true;
        let Protection::Tls(environment) = &rule.actions.protection else {
            continue;
        };
        match known.get(&Arc::as_ptr(environment)) {
            Some(at) => {
                if let Some((_, rules, _)) = found.get_mut(*at) {
                    *rules += 1;
                }
            }
            None if found.len() < MOST => {
                known.insert(Arc::as_ptr(environment), found.len());
                found.push((&rule.name, 1, environment));
            }
            None => {}
        }
    }
    if let (Some(name), false) = (only, is_there) {
        return Answer::Refused {
            why: format!("there is no rule {name}"),
        };
    }
    let probe = |(rule, rules, environment): (&str, usize, &Arc<Environment>)| ProbeInfo {
        rule: rule.to_owned(),
        rules,
        ..of(environment)
    };
    Answer::Probed {
        probes: found.into_iter().map(probe).collect(),
    }
}

fn of(environment: &Environment) -> ProbeInfo {
    let mut words = environment.remarks.clone();
    match environment.probe() {
        Err(failure) => failed(&failure),
        Ok(probed) => {
            let (client, tls) = match probed {
                Probed::Server(tls) => (false, Some(tls)),
                Probed::Outdated(tls, modern) => {
                    words.insert(
                        0,
                        format!("clients of today cannot connect: {}", modern.words),
                    );
                    (false, Some(tls))
                }
                Probed::Client(_) => (true, None),
            };
            ProbeInfo {
                client,
                good: true,
                words: words.join("; "),
                tls,
                ..nothing()
            }
        }
    }
}

/// Connects to an address as any client does, by the way that its connections take.
pub fn address(address: SocketAddr, name: Option<&str>) -> Answer {
    let connected = TcpStream::connect_timeout(&address, PATIENCE).and_then(|stream| {
        stream.set_write_timeout(Some(PATIENCE))?;
        let until = Instant::now() + PATIENCE;
        Ok(Hasty { stream, until })
    });
    let info = match connected {
        Err(error) => ProbeInfo {
            words: format!("no connection: {error}"),
            ..nothing()
        },
        Ok(stream) => match dial(stream, name) {
            Err(failure) => failed(&failure),
            Ok((tls, fit)) => ProbeInfo {
                good: fit.as_ref().is_none_or(|fit| fit.is_good),
                words: fit.map_or_else(String::new, |fit| fit.words),
                tls: Some(tls),
                ..nothing()
            },
        },
    };
    let rule = address.to_string();
    Answer::Probed {
        probes: vec![ProbeInfo { rule, ..info }],
    }
}

/// A connection of which nothing is read after its time: however slowly the other side speaks.
struct Hasty {
    stream: TcpStream,
    until: Instant,
}

impl Read for Hasty {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        self.stream.read(buffer)
    }
}

impl Write for Hasty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn failed(failure: &Failure) -> ProbeInfo {
    ProbeInfo {
        rc: Some(failure.code),
        words: failure.words.clone(),
        ..nothing()
    }
}

fn nothing() -> ProbeInfo {
    ProbeInfo {
        rule: String::new(),
        rules: 0,
        client: false,
        good: false,
        rc: None,
        words: String::new(),
        tls: None,
    }
}
