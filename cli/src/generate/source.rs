//! Where the revision comes from.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use server::db::inspect::{self, InspectError};
use server::settings::LoadError;
use server::store::StoreError;
use server::store::saved::{Saved, of_database, of_export};
use thiserror::Error;

use crate::data;

/// The most bytes of an exported store that are read.
const LARGEST: u64 = 1 << 30;

/// Why there is no revision.
#[derive(Debug, Error)]
pub enum SourceError {
    #[error("{path}: {source}")]
    Unread { path: PathBuf, source: io::Error },
    #[error("{path} is larger than {} MiB", LARGEST >> 20)]
    TooLarge { path: PathBuf },
    #[error("{path}")]
    Export { path: PathBuf, source: StoreError },
    #[error("name the store with --store, or an exported one with --export")]
    NoStore,
    #[error(transparent)]
    Settings(#[from] LoadError),
    #[error(transparent)]
    Database(#[from] InspectError),
    #[error("{path}")]
    Store { path: PathBuf, source: StoreError },
    #[error("no runtime for the database")]
    Runtime(#[source] io::Error),
}

pub fn read(matches: &ArgMatches) -> Result<Saved, SourceError> {
    let store = matches.get_one::<String>("store");
    let revision = matches.get_one::<i64>("revision").copied();
    match (matches.get_one::<PathBuf>("export"), store) {
        (Some(path), store) => {
            let name = store.cloned().unwrap_or_else(|| name_of(path));
            let export = |source| SourceError::Export {
                path: path.clone(),
                source,
            };
            of_export(&bytes(path)?, &name, revision).map_err(export)
        }
        (None, Some(store)) => {
            let path = data::database(matches)?;
            let read = async {
                let mut connection = inspect::open(&path).await?;
                let found = of_database(&mut connection, store, revision).await;
                found.map_err(|source| SourceError::Store {
                    path: path.clone(),
                    source,
                })
            };
            data::block_on(read).map_err(SourceError::Runtime)?
        }
        (None, None) => Err(SourceError::NoStore),
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, SourceError> {
    let unread = |source| SourceError::Unread {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unread)?;
    let read = file.take(LARGEST + 1).read_to_end(&mut bytes);
    match read.map_err(unread)? as u64 {
        0..=LARGEST => Ok(bytes),
        _ => Err(SourceError::TooLarge {
            path: path.to_owned(),
        }),
    }
}

/// The name of the store that a download is named for: `PROD` of `PROD.gatehouse.ndjson`.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".ndjson").unwrap_or(&name);
    name.strip_suffix(".gatehouse").unwrap_or(name).to_owned()
}
