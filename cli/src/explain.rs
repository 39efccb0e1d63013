//! `gatehouse explain`: the page of a code.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use generator::finding::{Page, Severity};
use generator::policy::spelling;
use generator::{check, problems};

pub fn command() -> Command {
    Command::new("explain")
        .about("Says what a code of a finding means, why it matters on z/OS, and what to do")
        .arg(
            Arg::new("code")
                .value_name("CODE")
                .help("Such as AT015 or GH016, or its name; all codes when nothing is said"),
        )
}

pub fn run(matches: &ArgMatches) -> ExitCode {
    let pages: Vec<_> = check::pages()
        .into_iter()
        .chain(problems::all_pages())
        .collect();
    let Some(asked) = matches.get_one::<String>("code") else {
        for page in pages {
            println!("{} {}", page.code, page.name);
        }
        return ExitCode::SUCCESS;
    };
    let is_asked = |page: &&&Page| {
        page.code.eq_ignore_ascii_case(asked) || page.name.eq_ignore_ascii_case(asked)
    };
    match pages.iter().find(is_asked) {
        Some(page) => {
            print!("{}", text(page));
            ExitCode::SUCCESS
        }
        None => {
            let words = pages.iter().flat_map(|page| [page.code, page.name]);
            let meant = spelling::closest(asked, words);
            let meant = meant.map_or_else(String::new, |meant| format!(" `{meant}` is one."));
            eprintln!("gatehouse: there is no code `{asked}`.{meant}");
            ExitCode::FAILURE
        }
    }
}

fn text(page: &Page) -> String {
    let severity = match page.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "information",
    };
    format!(
        "{} {} ({severity})\n\n  {}\n\n{}\n\nWhat to do: {}.\n",
        page.code,
        page.name,
        page.message,
        page.why,
        page.advice()
    )
}
