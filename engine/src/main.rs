//! The gatehouse-engine program.

mod args;

use std::io;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::ArgMatches;
use engine::messages::Log;
use engine::{shell, support, tls};

fn main() -> ExitCode {
    let matches = args::command().get_matches();
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
    if let Some(user) = matches.get_one::<String>("user") {
        // Before there are threads, which would keep their rights.
        if let Err(error) = shell::become_user(user, matches.get_flag("transparent")) {
            let _ = io::Write::write_all(&mut io::stderr(), format!("{error}\n").as_bytes());
            return ExitCode::FAILURE;
        }
    }
    let stack: Option<&String> = matches.get_one("stack");
    let name = stack.map_or("ENGINE", String::as_str);
    let form = matches.get_one("log").copied().unwrap_or_default();
    let (log, writer) = Log::start(name, form, io::stderr(), shell::give_up_all);
    log.engine(format!(
        "gatehouse-engine {} with {}",
        env!("CARGO_PKG_VERSION"),
        tls::library()
    ));
    let ended = shell::run(args::task(matches), log.clone());
    if let Err(error) = &ended {
        log.engine(error.to_string());
    }
    let followers = log.followers();
    drop(log);
    let code = match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    };
    // Threads that are cut off by a second signal hold the log open.
    for _ in 0..100 {
        // Those who read along are told that this is the end.
        if writer.is_finished() && followers.number() == 0 {
            break;
        }
        thread::sleep(Duration::from_millis(2));
    }
    code
}
