//! The gatehouse-engine program.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use disk::Mapping;
use engine::messages::Log;
use engine::policy::Source;
use engine::shell::{self, Options, Pair, Task};
use engine::{support, tls};
use generator::policy::Release;
use keyring::Rings;

/// Where key rings are when nobody says.
const KEYRINGS: &str = "/etc/gatehouse/keyrings";

fn command() -> Command {
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
                .required(true)
                .action(ArgAction::Append)
                .value_parser(|text: &str| text.parse::<Pair>())
                .help("Listens on the first address and leads to the second: inbound to a program here, outbound to a partner; may end with ,job=NAME and ,user=NAME. May be given several times"),
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

fn main() -> ExitCode {
    let matches = command().get_matches();
    match matches.subcommand() {
        Some(("support", matches)) => print_support(matches),
        _ => run(&matches),
    }
}

fn print_support(matches: &ArgMatches) -> ExitCode {
    let text = match matches.get_flag("json") {
        true => serde_json::to_string_pretty(&support::entries()).unwrap_or_default() + "\n",
        false => support::text(),
    };
    match io::Write::write_all(&mut io::stdout(), text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn run(matches: &ArgMatches) -> ExitCode {
    let stack: Option<&String> = matches.get_one("stack");
    let name = stack.map_or("ENGINE", String::as_str);
    let (log, writer) = Log::start(name, io::stderr());
    log.engine(format!(
        "gatehouse-engine {} with {}",
        env!("CARGO_PKG_VERSION"),
        tls::library()
    ));
    let ended = shell::run(task(matches), log.clone());
    if let Err(error) = &ended {
        log.engine(error.to_string());
    }
    drop(log);
    let code = match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    };
    // Threads that are cut off by a second signal hold the log open.
    for _ in 0..100 {
        if writer.is_finished() {
            break;
        }
        thread::sleep(Duration::from_millis(2));
    }
    code
}

fn task(matches: &ArgMatches) -> Task {
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
