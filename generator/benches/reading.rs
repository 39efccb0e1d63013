//! The bars of the reader: time and memory for a policy of 100,000 rules, and how they grow from 10,000.
//!
//! `cargo bench -p generator --features serde --bench reading`
//!
//! Each measure is a process of its own: this program with `once FILE`, or `gatehouse check` where the
//! variable `GATEHOUSE` names it. What HAProxy and nftables need to check as many rules of their own is
//! measured beside it, where they are installed. A profiler runs this program with `once FILE`; with
//! `phases FILE` it says where the time goes.

use std::fmt::Write;
use std::fs;
use std::hint::black_box;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use generator::check::{check, check_file};
use generator::policy::{Files, Release, lower, parse};

const RULES: usize = 100_000;

/// Files of the disk, as the program reads them.
struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        fs::read(path).map_err(|error| error.to_string())
    }
}

/// A policy as one is generated: rules with conditions of their own, and actions that they share.
fn policy_of(rules: usize) -> String {
    let mut text = String::new();
    for number in 0..rules {
        let (net, host) = (number / 250 % 250, number % 250);
        let _ = write!(
            text,
            "TTLSRule                          rule_{number}\n{{\n  \
             LocalAddr                       10.{}.{net}.{host}\n  \
             LocalPortRange                  {}\n  \
             Jobname                         JOB{}\n  \
             Direction                       Inbound\n  \
             Priority                        {}\n  \
             TTLSGroupActionRef              gAct1\n  \
             TTLSEnvironmentActionRef        eAct{}\n}}\n",
            number / 62_500,
            1024 + number % 60_000,
            number % 1000,
            1 + number % 2_000_000_000,
            number % 20,
        );
    }
    text.push_str("TTLSGroupAction gAct1\n{\n  TTLSEnabled On\n}\n");
    for number in 0..20 {
        let _ = write!(
            text,
            "TTLSEnvironmentAction eAct{number}\n{{\n  HandshakeRole Server\n  \
             TTLSKeyringParmsRef keys\n  TTLSEnvironmentAdvancedParmsRef adv{number}\n}}\n\
             TTLSEnvironmentAdvancedParms adv{number}\n{{\n  TLSv1.2 On\n  HandshakeTimeout {}\n}}\n",
            10 + number
        );
    }
    text.push_str("TTLSKeyringParms keys\n{\n  Keyring START1/RING\n}\n");
    text
}

/// A configuration of one stack with this policy; the path of its main file.
fn configuration_of(rules: usize, folder: &Path) -> io::Result<PathBuf> {
    let path = |name: &str| folder.join(format!("{name}-{rules}"));
    let (main, image, policy) = (path("main"), path("image"), path("policy"));
    fs::write(&policy, policy_of(rules))?;
    fs::write(&image, format!("TTLSConfig {}\n", policy.display()))?;
    fs::write(&main, format!("TcpImage TCPIP {}\n", image.display()))?;
    Ok(main)
}

/// As many rules for HAProxy: a port and an address, and where the connection goes.
fn haproxy_of(rules: usize) -> String {
    let mut text = String::from(
        "global\n maxconn 100\ndefaults\n mode tcp\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n\
         backend one\n server one 127.0.0.1:9\nfrontend all\n bind 127.0.0.1:4999\n",
    );
    for number in 0..rules {
        let (high, net, host) = (number / 62_500, number / 250 % 250, number % 250);
        let port = 1024 + number % 60_000;
        let _ = writeln!(
            text,
            " use_backend one if {{ dst 10.{high}.{net}.{host} }} {{ dst_port {port} }}"
        );
    }
    text
}

/// As many rules for nftables.
fn nft_of(rules: usize) -> String {
    let mut text = String::from("table inet t {\n chain c {\n");
    for number in 0..rules {
        let (high, net, host) = (number / 62_500, number / 250 % 250, number % 250);
        let port = 1024 + number % 60_000;
        let _ = writeln!(
            text,
            "  ip daddr 10.{high}.{net}.{host} tcp dport {port} accept"
        );
    }
    text.push_str(" }\n}\n");
    text
}

/// What a process needed.
struct Cost {
    /// On all processors, in user and in system mode; in steps of 10 ms.
    seconds: f64,
    /// The most memory that it held.
    mib: f64,
}

/// Runs a program to its end. `None`: it is not there, or it refuses.
fn cost(command: &mut Command) -> Option<Cost> {
    let before = of_children()?;
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = quiet.spawn().ok()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut kib = 0;
    let ended = loop {
        kib = kib.max(peak(&status).unwrap_or(0));
        match child.try_wait().ok()? {
            Some(ended) => break ended,
            None => thread::sleep(Duration::from_millis(2)),
        }
    };
    ended.success().then_some(Cost {
        seconds: of_children()? - before,
        mib: kib as f64 / 1024.0,
    })
}

/// Seconds on a processor of all processes that this one waited for.
fn of_children() -> Option<f64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The name in parentheses can hold blanks; utime is the 14th field, cutime and cstime follow stime.
    let fields: Vec<_> = text.rsplit(") ").next()?.split(' ').collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(13)? + ticks(14)?) / 100.0)
}

/// The most memory that a process held, in KiB.
fn peak(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The best of some batches of runs, for one run: the clock of the system is too coarse for a short one.
fn best_batch(batches: usize, mut command: impl FnMut() -> Command) -> Option<Cost> {
    const RUNS: u32 = 10;
    let mut batch = || {
        let costs: Option<Vec<_>> = (0..RUNS).map(|_| cost(&mut command())).collect();
        let costs = costs?;
        Some(Cost {
            seconds: costs.iter().map(|one| one.seconds).sum::<f64>() / f64::from(RUNS),
            mib: costs.iter().map(|one| one.mib).fold(0.0, f64::max),
        })
    };
    let costs = (0..batches).filter_map(|_| batch());
    costs.min_by(|one, two| one.seconds.total_cmp(&two.seconds))
}

/// The best of some runs.
fn best(runs: usize, mut command: impl FnMut() -> Command) -> Option<Cost> {
    let costs = (0..runs).filter_map(|_| cost(&mut command()));
    costs.min_by(|one, two| one.seconds.total_cmp(&two.seconds))
}

/// Prints a figure beside its bar and its goal; whether the bar holds.
fn bar(what: &str, figure: f64, limit: f64, goal: f64, unit: &str) -> bool {
    let verdict = match figure {
        figure if figure <= goal => "ok, goal",
        figure if figure <= limit => "ok",
        _ => "MISSED",
    };
    println!(
        "{what:<52} {figure:>9.2} {unit:<5} bar {limit:>6} {unit:<5} goal {goal:>5} {unit:<5} {verdict}"
    );
    figure <= limit
}

/// Where the time goes when one policy file is read and checked.
fn phases(path: &str) -> io::Result<()> {
    let bytes = fs::read(path)?;
    let mut since = Instant::now();
    let mut lap = |what: &str| {
        let status = peak(Path::new("/proc/self/status")).unwrap_or(0);
        let time = since.elapsed().as_secs_f64() * 1e3;
        println!("{what:<10} {time:>8.1} ms, {} MiB so far", status / 1024);
        since = Instant::now();
    };
    lap("start");
    let tree = parse(&bytes);
    lap("parse");
    let lowered = lower(&tree, path);
    lap("lower");
    black_box(check(&lowered.policy, Release::default(), &lowered.origins));
    lap("check");
    Ok(())
}

fn ours(file: &Path) -> Option<Command> {
    let mut command = match std::env::var_os("GATEHOUSE") {
        Some(gatehouse) => Command::new(gatehouse),
        None => Command::new(std::env::current_exe().ok()?),
    };
    let word = if std::env::var_os("GATEHOUSE").is_some() {
        "check"
    } else {
        "once"
    };
    command.arg(word).arg(file);
    Some(command)
}

fn measure() -> Option<bool> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("reading");
    fs::create_dir_all(&folder).ok()?;
    let (few, many) = (
        configuration_of(RULES / 10, &folder).ok()?,
        configuration_of(RULES, &folder).ok()?,
    );
    let ten = best_batch(3, || ours(&few).unwrap_or_else(|| Command::new("false")))?;
    let hundred = best(5, || ours(&many).unwrap_or_else(|| Command::new("false")))?;
    println!(
        "read and check, 10,000 rules {:>26.3} s, {:.0} MiB",
        ten.seconds, ten.mib
    );
    let all = [
        bar(
            "read and check, 100,000 rules",
            hundred.seconds,
            1.0,
            0.3,
            "s",
        ),
        bar(
            "read and check, memory, 100,000 rules",
            hundred.mib,
            400.0,
            150.0,
            "MiB",
        ),
        bar(
            "read and check, growth from 10,000 rules",
            hundred.seconds / ten.seconds,
            12.0,
            10.0,
            "fold",
        ),
    ];
    let haproxy = folder.join("haproxy.cfg");
    fs::write(&haproxy, haproxy_of(RULES)).ok()?;
    peer("haproxy -c", &hundred, || {
        let mut command = Command::new("haproxy");
        command.args(["-c", "-q", "-f"]).arg(&haproxy);
        command
    });
    let nft = folder.join("rules.nft");
    fs::write(&nft, nft_of(RULES)).ok()?;
    peer("nft -c", &hundred, || {
        let mut command = Command::new("nft");
        command.args(["-c", "-f"]).arg(&nft);
        command
    });
    Some(!all.contains(&false))
}

fn peer(name: &str, ours: &Cost, command: impl FnMut() -> Command) {
    match best(3, command) {
        Some(cost) => println!(
            "{name:<12} 100,000 rules {:>28.2} s, {:.0} MiB; {:.1} times ours",
            cost.seconds,
            cost.mib,
            cost.seconds / ours.seconds
        ),
        None => println!("{name:<12} is not installed here, or refuses the file"),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().collect();
    match &arguments[1..] {
        [word, file, ..] if word == "once" => {
            let checked = black_box(check_file(file, &Disk, Release::default()));
            println!("{} findings", checked.findings.len());
            ExitCode::SUCCESS
        }
        [word, file, ..] if word == "phases" => match phases(file) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        _ => match measure() {
            Some(true) => ExitCode::SUCCESS,
            Some(false) | None => ExitCode::FAILURE,
        },
    }
}
