//! A saved revision with all that the files made of it say, read without a server: from a database that
//! nothing is written to, or from an exported file.

use std::collections::BTreeMap;

use api::store::Revision;
use generator::objects::{Configuration, Kind, ObjectId};
use sqlx::{Connection as _, SqliteConnection};

use super::install::{self, InstallRow};
use super::{Page, Result, import, object, revision, stores};

/// Installs of a stack that are read for the history in the headers of its files.
pub const INSTALLS: i64 = 10;

/// A revision and where it comes from.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The name of the store.
    pub store: String,
    pub revision: Revision,
    pub configuration: Configuration,
    /// The last installs of each stack, the newest first; an exported file holds none.
    pub installs: BTreeMap<ObjectId, Vec<InstallRow>>,
}

/// A revision of the store of this name; `None` for the newest.
pub async fn of_database(
    connection: &mut SqliteConnection,
    store: &str,
    number: Option<i64>,
) -> Result<Saved> {
    let mut tx = connection.begin().await?;
    let store = stores::named(&mut tx, store).await?;
    let number = revision::known(&mut tx, store.id, number).await?;
    let revision = revision::show(&mut tx, store.id, number).await?;
    let mut objects = Vec::new();
    for row in object::all(&mut tx, store.id, number).await? {
        let id = ObjectId(row.object_id.clone());
        objects.push((id.clone(), row.found(&store)?.into_stored(&id).body));
    }
    let configuration: Configuration = objects.into_iter().collect();
    let mut installs = BTreeMap::new();
    for (stack, _) in configuration.of_kind(Kind::Stack) {
        let page = Page::new(0, INSTALLS);
        let listed = install::listed(&mut tx, store.id, Some(&stack.0), page).await?;
        installs.insert(stack.clone(), listed);
    }
    Ok(Saved {
        store: store.name,
        revision,
        configuration,
        installs,
    })
}

/// A revision of an exported store, which has the name that is given; `None` for the newest.
pub fn of_export(file: &[u8], store: &str, number: Option<i64>) -> Result<Saved> {
    let (revision, objects) = import::revision(file, number)?;
    Ok(Saved {
        store: store.to_owned(),
        revision,
        configuration: objects.into_iter().collect(),
        installs: BTreeMap::new(),
    })
}
