//! The arguments of the program.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use disk::Mapping;
use engine::messages::Form;
use engine::policy::Source;
use engine::shell::{Control, Interception, JobName, Metrics, Options, Pair, Task, instance};
use generator::policy::Release;
use keyring::Rings;

/// Where key rings are when nobody says.
const KEYRINGS: &str = "/etc/gatehouse/keyrings";

/// All arguments, and the commands beside.
pub fn command() -> Command {
    let releases = Release::ALL.map(Release::as_str).join(", ");
    Command::new("gatehouse-engine")
        .about("Enforces AT-TLS policy files on Linux")
        .version(env!("CARGO_PKG_VERSION"))
        .args_conflicts_with_subcommands(true)
        .subcommand_negates_reqs(true)
        .subcommand(
            Command::new("support")
                .about("Prints what is done about each attribute of the policy language")
                .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("As JSON")),
        )
        .args([
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("Main configuration file, as of the Policy Agent, or a file of AT-TLS policy"),
            Arg::new("listen")
                .long("listen")
                .value_name("DIRECTION:ADDRESS:PORT=ADDRESS:PORT")
                .required_unless_present("transparent")
                .action(ArgAction::Append)
                .value_parser(|text: &str| text.parse::<Pair>())
                .help("Listens on the first address and leads to the second: inbound to a program here, outbound to a partner; may end with ,job=NAME and ,user=NAME. May be given several times"),
            Arg::new("transparent")
                .long("transparent")
                .action(ArgAction::SetTrue)
                .help("Catches the connections that the policy may protect, of programs that know nothing of it, by a table of nftables"),
            Arg::new("instance")
                .long("instance")
                .value_name("NAME")
                .requires("transparent")
                .value_parser(instance)
                .help("Tells the engines of a host apart: the table is named for it. The name of the stack, or `engine`, unless it is given"),
            Arg::new("job-name")
                .long("job-name")
                .value_name("process|unit")
                .requires("transparent")
                .value_parser(|text: &str| text.parse::<JobName>())
                .help("What rules see as the job name of a program: the name of its process, or its unit of systemd"),
            Arg::new("user")
                .long("user")
                .value_name("NAME")
                .help("Becomes this user, and keeps only the rights that are needed"),
            Arg::new("keyrings")
                .long("keyrings")
                .value_name("DIR")
                .default_value(KEYRINGS)
                .value_parser(value_parser!(PathBuf))
                .help("Directory of the key rings"),
            Arg::new("stack")
                .long("stack")
                .value_name("NAME")
                .help("The stack whose policy counts, where the configuration names several"),
            Arg::new("release")
                .long("release")
                .value_name("RELEASE")
                .default_value(Release::default().as_str())
                .value_parser(|text: &str| text.parse::<Release>())
                .help(format!("Release of z/OS whose defaults count: {releases}")),
            Arg::new("root")
                .long("root")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Paths that files name are looked for below this directory"),
            Arg::new("map")
                .long("map")
                .value_name("NAME=FILE")
                .action(ArgAction::Append)
                .value_parser(|text: &str| text.parse::<Mapping>())
                .help("A name that files use, such as a data set, is this file here"),
            Arg::new("workers")
                .long("workers")
                .value_name("N")
                .value_parser(value_parser!(u16).range(1..=1024))
                .help("Threads that serve connections; one for each processor unless it is given"),
            Arg::new("fail-closed")
                .long("fail-closed")
                .action(ArgAction::SetTrue)
                .help("Refuses connections that no rule takes, which pass in the clear otherwise"),
            Arg::new("control")
                .long("control")
                .value_name("PATH")
                .value_parser(value_parser!(PathBuf))
                .help("Answers at this socket, for `gatehouse engine`"),
            Arg::new("control-group")
                .long("control-group")
                .value_name("GROUP")
                .requires("control")
                .help("The group that may steer the engine by its socket, besides the engine's own user"),
            Arg::new("applications")
                .long("applications")
                .value_name("PATH")
                .value_parser(value_parser!(PathBuf))
                .help("Answers at this socket to programs of all users, about their own connections: they start TLS themselves where the policy says ApplicationControlled On"),
            Arg::new("state")
                .long("state")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Keeps in this directory the policy that was confirmed last: an engine that ends during a trial begins with it"),
            Arg::new("metrics")
                .long("metrics")
                .value_name("[ADDRESS:]PORT")
                .value_parser(|text: &str| metrics_address(text))
                .help("Tells its counters to Prometheus by HTTP, at /metrics; on this host only unless an address is given"),
            Arg::new("log")
                .long("log")
                .value_name("text|json|journal")
                .value_parser(|text: &str| text.parse::<Form>())
                .help("How the log looks: for people, an object in each line, or for the journal of systemd"),
            Arg::new("cut-is-end")
                .long("cut-is-end")
                .action(ArgAction::SetTrue)
                .help("Takes the end of TCP for the end of TLS; otherwise the program sees that the connection was cut"),
            Arg::new("grace")
                .long("grace")
                .value_name("SECONDS")
                .default_value("10")
                .value_parser(value_parser!(u32))
                .help("How long connections may go on after SIGTERM"),
            Arg::new("connections")
                .long("connections")
                .value_name("N")
                .value_parser(value_parser!(u32))
                .help("Connections at a time; no more than half of the files that the process may open"),
        ])
}

/// What the engine is to do.
pub fn task(matches: &ArgMatches) -> Task {
    let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
    let number = |name: &str| matches.get_one::<u32>(name).copied();
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    let workers = matches.get_one::<u16>("workers").copied().map(usize::from);
    let user = keyring::user();
    Task {
        source: Source {
            path: path("config").unwrap_or_default(),
            root: path("root"),
            mappings: matches
                .get_many("map")
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
            release: matches.get_one("release").copied().unwrap_or_default(),
            stack: matches.get_one("stack").cloned(),
        },
        rings: Rings::new(path("keyrings").unwrap_or_default(), user.clone()),
        pairs: matches
            .get_many("listen")
            .into_iter()
            .flatten()
            .cloned()
            .collect(),
        transparent: matches.get_flag("transparent").then(|| Interception {
            instance: instance_name(matches),
            job_name: matches.get_one("job-name").copied().unwrap_or_default(),
        }),
        user: matches.get_one("user").cloned(),
        control: path("control").map(|path| Control {
            path,
            group: matches.get_one("control-group").cloned(),
        }),
        applications: path("applications"),
        state: path("state"),
        metrics: matches.get_one("metrics").map(|address| Metrics {
            address: *address,
            name: metrics_name(matches),
        }),
        workers: workers.unwrap_or_else(processors),
        options: Options {
            fail_closed: matches.get_flag("fail-closed"),
            cut_is_end: matches.get_flag("cut-is-end"),
            grace: Duration::from_secs(u64::from(number("grace").unwrap_or_default())),
            connections: number("connections")
                .and_then(|number| usize::try_from(number).ok())
                .unwrap_or(usize::MAX),
            user,
        },
    }
}

/// A port is one of this host.
fn metrics_address(text: &str) -> Result<SocketAddr, String> {
    let port = text.parse().ok();
    let own = port.map(|port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    own.or_else(|| text.parse().ok()).ok_or_else(|| {
        "a port, or an address and a port, such as 127.0.0.1:9184 or [::1]:9184".to_owned()
    })
}

/// As `gatehouse engine metrics` calls an engine: by its socket.
fn metrics_name(matches: &ArgMatches) -> String {
    let socket = matches.get_one::<PathBuf>("control");
    let stem = socket.and_then(|path| path.file_stem());
    match stem {
        Some(stem) => stem.to_string_lossy().into_owned(),
        None => instance_name(matches),
    }
}

/// The name that was given, or that of the stack as far as it can be one.
fn instance_name(matches: &ArgMatches) -> String {
    let given = ["instance", "stack"].map(|name| matches.get_one::<String>(name));
    let [own, stack] = given.map(|name| name.and_then(|name| instance(name).ok()));
    own.or(stack).unwrap_or_else(|| "engine".to_owned())
}
