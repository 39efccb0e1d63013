//! `gatehouse serve`: the server.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};
use rustix::fs::{CWD, Mode};
use server::auth::{account, session, setup, throttle};
use server::db::{DATABASE, Db};
use server::serve::{ServeError, Server};
use server::settings::{Flags, LoadError, ROWS, load};
use server::store::StoreError;
use server::{AppState, Settings, verification};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// The command with one flag for each setting.
pub fn command() -> Command {
    let flags = ROWS.iter().map(|row| {
        let arg = Arg::new(row.name).long(row.name).help(format!(
            "{} [env: {}]",
            row.help,
            row.variable()
        ));
        if row.is_switch() {
            arg.action(ArgAction::SetTrue)
        } else if row.many {
            arg.value_name(row.value).action(ArgAction::Append)
        } else {
            arg.value_name(row.value)
        }
    });
    Command::new("serve")
        .about("Starts the server")
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .help("TOML file of settings, with the same names as the flags [env: GATEHOUSE_CONFIG] [default: gatehouse.toml in the directory of the data]"),
        )
        .args(flags)
}

/// Why the server ended.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Settings(#[from] LoadError),
    #[error("cannot make the directory of the data {path:?} (`data`)")]
    Data { path: PathBuf, source: io::Error },
    #[error("cannot open the database in {path:?}")]
    Database {
        path: PathBuf,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("cannot make the link for the first administrator")]
    Link(#[from] session::CreateError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("cannot clear away what the last server left")]
    Sweep(#[from] StoreError),
    #[error("cannot start")]
    Start(#[from] io::Error),
}

pub fn run(matches: &ArgMatches) -> Result<(), Error> {
    let settings = load(&flags(matches), |name| std::env::var(name).ok())?;
    // All that the server writes is its own: nobody else reads it, whatever the caller's mask.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    log_to_stderr(&settings);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve(settings))
}

fn flags(matches: &ArgMatches) -> Flags {
    let mut flags = Flags::new();
    for row in ROWS.iter().filter(|row| row.is_switch()) {
        if matches.get_flag(row.name) {
            flags.insert(row.name.to_owned(), vec!["true".to_owned()]);
        }
    }
    let named = ROWS.iter().filter(|row| !row.is_switch());
    for name in named.map(|row| row.name).chain(["config"]) {
        if let Some(values) = matches.get_many::<String>(name) {
            flags.insert(name.to_owned(), values.cloned().collect());
        }
    }
    flags
}

fn log_to_stderr(settings: &Settings) {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&settings.log_level))
        .with_writer(io::stderr)
        .with_ansi(false)
        .init();
}

async fn serve(settings: Settings) -> Result<(), Error> {
    make_private(&settings.data)?;
    let path = settings.data.join(DATABASE);
    let db = Db::open(&path, true)
        .await
        .map_err(|source| Error::Database {
            path: settings.data.clone(),
            source: Box::new(source),
        })?;
    let state = AppState::new(db, settings);
    // From here on, being told to end ends the server in order.
    let stop = stopped()?;
    let clearing = server::routes::transfers::sweep(&state).await?;
    let watching = server::deploy::start(state.site(), state.settings.drift_interval).await;
    let server = Server::bind(state.clone()).await?;
    say(&format!("gatehouse listening on {}", server.url()));
    if let Some(link) = first_link(&state, &server.url()).await? {
        say(&format!("first administrator: {link}"));
    }
    let sweeping = tokio::spawn(sweep(state.clone()));
    let db = state.db.clone();
    let checking = verification::start(db, state.verifications.clone(), verification::INTERVAL);
    server.run(stop).await;
    sweeping.abort();
    checking.abort();
    clearing.abort();
    watching.abort();
    server::deploy::say_waiting(&state.site()).await;
    state.db.close().await;
    Ok(())
}

/// Makes the directory, and takes it away from everybody else; one that holds other things too is
/// left as it is.
fn make_private(path: &Path) -> Result<(), Error> {
    let failed = |source: io::Error| Error::Data {
        path: path.to_owned(),
        source,
    };
    std::fs::create_dir_all(path).map_err(failed)?;
    let empty = std::fs::read_dir(path).map_err(failed)?.next().is_none();
    if !empty && !path.join(DATABASE).exists() {
        tracing::warn!(
            ?path,
            "the directory of the data holds other things as well"
        );
        return Ok(());
    }
    let mode = Mode::RWXU;
    rustix::fs::chmodat(CWD, path, mode, rustix::fs::AtFlags::empty())
        .map_err(|error| failed(error.into()))
}

/// One line for people and programs that wait for it. It is not an error when nobody reads.
fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// The link for the first administrator while there is none. The secret stands behind the `#`,
/// which browsers do not send.
async fn first_link(state: &AppState, url: &str) -> Result<Option<String>, Error> {
    let needed = !account::has_administrator(&state.db)
        .await
        .map_err(StoreError::from)
        .map_err(session::CreateError::from)?;
    if !needed {
        return Ok(None);
    }
    let secret = setup::new_link(&state.db, state.clock.unix()).await?;
    Ok(Some(format!("{url}/setup#{secret}")))
}

/// Takes away what has ended by itself, now and then.
async fn sweep(state: AppState) {
    loop {
        let now = state.clock.unix();
        let limits = state.settings.session_limits();
        let done = session::sweep(&state.db, &state.uses, limits, now).await;
        let done = match done {
            Ok(()) => throttle::sweep(&state.db, now).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            tracing::warn!(%error, "ended sessions were not cleared away");
        }
        tokio::time::sleep(SWEEP).await;
    }
}

const SWEEP: Duration = Duration::from_secs(10 * 60);

/// Returns when the process is told to end.
fn stopped() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("ending");
    })
}
