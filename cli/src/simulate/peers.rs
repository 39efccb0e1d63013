//! Which peers get through a rule, and what to change for those that do not.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use generator::analysis::handshake::{
    Failure, HelloError, Outcome, Peer, Plays, Settings, from_client_hello, handshake, profile,
    profiles,
};
use generator::policy::table::TTLS_RULE;
use generator::policy::{Named, Release, ResolvedStack, Statement, View};
use thiserror::Error;

use crate::disk;

/// The flag that lists the library.
pub const LIST: &str = "peers";
/// Every peer of the library.
const ALL: &str = "all";
/// Another rule of the same files.
const RULE: &str = "rule=";
/// Larger captures are not read; one handshake is needed.
const LARGEST: u64 = 65 << 20;

/// A peer that cannot be asked about.
#[derive(Debug, Error)]
pub enum NoPeer {
    #[error(
        "no peer is called `{0}`; `gatehouse simulate --peers` lists them, `{RULE}NAME` is another rule"
    )]
    Unknown(String),
    #[error("there is no rule `{0}` that turns TLS on")]
    NoRule(String),
    #[error("{path}: {reason}")]
    Unread { path: String, reason: String },
    #[error("{path}: {error}")]
    NoHello { path: String, error: HelloError },
}

pub fn flags() -> [Arg; 4] {
    [
        Arg::new("peer")
            .long("peer")
            .value_name("NAME")
            .action(ArgAction::Append)
            .help("Whether this peer gets through: a name of --peers, `all`, or `rule=NAME` for another rule; may be given several times"),
        Arg::new("hello")
            .long("hello")
            .value_name("FILE")
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf))
            .help("Whether the sender of this ClientHello gets through: a hex dump, pcap or pcapng file, `-` for standard input"),
        Arg::new("without-certificate")
            .long("without-certificate")
            .action(ArgAction::SetTrue)
            .help("The peers have no certificate to show as clients"),
        Arg::new(LIST)
            .long(LIST)
            .action(ArgAction::SetTrue)
            .exclusive(true)
            .help("Lists the peers that are known"),
    ]
}

/// The library, a line for each peer, and under it where its facts come from.
pub fn list() -> String {
    let mut text = String::new();
    for one in profiles() {
        let names: Vec<_> = [one.name].iter().chain(one.aliases).copied().collect();
        let _ = writeln!(text, "{}: {}", names.join(", "), one.title);
        let _ = writeln!(text, "  from: {}", one.source);
        if !one.open.is_empty() {
            let _ = writeln!(text, "  not confirmed: {}", one.open);
        }
    }
    text
}

/// The peers of the command line.
pub struct Peers {
    known: Vec<Peer>,
    rules: Vec<String>,
    all: bool,
    without_certificate: bool,
    release: Release,
}

/// What a rule does to them.
#[derive(Default)]
pub struct Verdict {
    pub text: String,
    pub refused: bool,
}

impl Peers {
    pub fn of(matches: &ArgMatches) -> Result<Self, NoPeer> {
        let mut peers = Self {
            known: Vec::new(),
            rules: Vec::new(),
            all: false,
            without_certificate: matches.get_flag("without-certificate"),
            release: disk::release(matches),
        };
        for name in matches.get_many::<String>("peer").into_iter().flatten() {
            match (name.as_str(), name.strip_prefix(RULE), profile(name)) {
                (ALL, ..) => peers.all = true,
                (_, Some(rule), _) => peers.rules.push(rule.to_owned()),
                (.., Some(profile)) => peers.known.push(Peer::of_profile(profile)),
                (.., None) => return Err(NoPeer::Unknown(name.clone())),
            }
        }
        for path in matches.get_many::<PathBuf>("hello").into_iter().flatten() {
            peers.known.push(hello(path)?);
        }
        Ok(peers)
    }

    /// A line for each peer, and what is taken for granted.
    pub fn judged(&self, stack: &ResolvedStack, rule: &Statement) -> Result<Verdict, NoPeer> {
        let named = Named::of(&stack.policy);
        let mut verdict = Verdict::default();
        if named.protects(rule) != Some(true) {
            return Ok(verdict);
        }
        let settings = Settings::of(&View::of(&named, rule, self.release));
        let peers = self.of_stack(stack, &named, &settings)?;
        let width = peers.iter().map(|peer| peer.name.len()).max().unwrap_or(0);
        let mut assumed: Vec<String> = Vec::new();
        for peer in peers {
            let (lines, new) = match handshake(&settings, &peer) {
                Outcome::Succeeds(success) => (format!("{}\n", success.agreed), success.assumed),
                Outcome::Fails(failure) => {
                    verdict.refused = true;
                    (fails(stack, &failure), failure.assumed)
                }
            };
            let _ = write!(verdict.text, "  {:width$}  {lines}", peer.name);
            for words in new {
                if !assumed.contains(&words) {
                    assumed.push(words);
                }
            }
        }
        for words in assumed {
            let _ = writeln!(verdict.text, "  assumed: {words}");
        }
        Ok(verdict)
    }

    /// The peers of the command line, as they are for a rule of a stack.
    fn of_stack(
        &self,
        stack: &ResolvedStack,
        named: &Named<'_>,
        settings: &Settings,
    ) -> Result<Vec<Peer>, NoPeer> {
        let mut peers = self.known.clone();
        if self.all {
            let all = profiles().iter();
            let fit = all.filter(|one| !settings.is_client() || one.plays != Plays::Client);
            peers.extend(fit.map(Peer::of_profile));
        }
        for name in &self.rules {
            let rule = stack.policy.named(&TTLS_RULE, name);
            let rule = rule.filter(|rule| named.protects(rule) == Some(true));
            let rule = rule.ok_or_else(|| NoPeer::NoRule(name.clone()))?;
            let other = Settings::of(&View::of(named, rule, self.release));
            peers.push(Peer::of_rule(&format!("{RULE}{name}"), &other));
        }
        if self.without_certificate {
            for peer in &mut peers {
                peer.side.certificate = Some(false);
            }
        }
        Ok(peers)
    }
}

fn fails(stack: &ResolvedStack, failure: &Failure) -> String {
    let code = match failure.code {
        Some(code) => format!("with {code}"),
        None => "(its return code is not known here)".to_owned(),
    };
    let field = &failure.field;
    let state = match (field.coded, field.statement) {
        (true, _) => String::new(),
        (false, "") => ", not coded".to_owned(),
        (false, statement) => format!(" of `{statement}`, not coded"),
    };
    let change = failure.change.as_deref();
    let change = change.unwrap_or("no change of this side helps; the peer has to change");
    let place = disk::place(stack, field.tag);
    let mut text = format!("refused {code}: {}\n", failure.because);
    let _ = writeln!(text, "    {place}: `{}`{state}: {change}", field.keyword);
    if let Some(alert) = failure.alert {
        let _ = writeln!(text, "    the peer sees the alert {alert}");
    }
    text
}

fn hello(path: &Path) -> Result<Peer, NoPeer> {
    let name = path.display().to_string();
    let unread = |error: std::io::Error| NoPeer::Unread {
        path: name.clone(),
        reason: error.to_string(),
    };
    let mut bytes = Vec::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin()
            .lock()
            .take(LARGEST)
            .read_to_end(&mut bytes),
        false => {
            std::fs::File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes))
        }
    };
    read.map_err(unread)?;
    from_client_hello(&bytes).map_err(|error| NoPeer::NoHello { path: name, error })
}
