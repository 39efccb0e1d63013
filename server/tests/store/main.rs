//! The backing store on a migrated database of its own.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod crash;
mod damage;
mod drafts;
mod locks;
mod restores;
mod revisions;
mod saves;
mod size;
mod start;
mod stores;
mod transfer;

use api::draft::{Draft, Edit, EditChange, Save};
use api::store::{NewStore, Revision};
use generator::objects::{
    AddressGroup, Configuration, Entry, Object, ObjectId, SecurityLevel, TrafficDescriptor,
    TrafficRow,
};
use server::db::Db;
use server::store::{self, Actor, StoreError, StoreRow};

/// A database in a directory of its own with one store, and the people who use it.
struct World {
    // Dropped last: the directory goes when the database is closed.
    db: Db,
    store: StoreRow,
    directory: tempfile::TempDir,
}

const SUPPLIED: &str = "supplied-gold";

impl World {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(&directory.path().join("data/gatehouse.db"), true)
            .await
            .unwrap();
        let store = store::stores::create(&db, &actor("root"), &named("PROD"), &supplied())
            .await
            .unwrap();
        Self {
            db,
            store,
            directory,
        }
    }

    async fn edit(&self, user: &str, changes: Vec<EditChange>) -> Result<Draft, StoreError> {
        let edit = Edit {
            words: format!("edit of {user}"),
            changes,
        };
        store::draft::edit(&self.db, &self.store, &actor(user), &edit).await
    }

    async fn save(&self, user: &str, head: i64) -> Result<Revision, StoreError> {
        let save = Save {
            comment: format!("saved by {user}"),
            head,
            only: None,
        };
        store::save::save(&self.db, &self.store, &actor(user), &save).await
    }

    /// Edits and saves in one go.
    async fn saved(&self, user: &str, changes: Vec<EditChange>) -> i64 {
        self.edit(user, changes).await.unwrap();
        let head = self.head().await;
        self.save(user, head).await.unwrap().number
    }

    async fn draft(&self, user: &str) -> Draft {
        store::draft::find(&self.db, &self.store, user)
            .await
            .unwrap()
    }

    async fn head(&self) -> i64 {
        store::revision::find(&self.db, self.store.id, None)
            .await
            .unwrap()
            .number
    }

    /// The etag of an object in the newest revision.
    async fn etag(&self, id: &str) -> Option<String> {
        Some(self.object(id, None).await?.etag)
    }

    async fn object(&self, id: &str, revision: Option<i64>) -> Option<api::store::StoredObject> {
        match store::object::find(&self.db, &self.store, &oid(id), revision).await {
            Ok(found) => Some(found),
            Err(StoreError::NotFound { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    }

    async fn locks(&self) -> Vec<(String, String)> {
        let locks = store::lock::list(&self.db, self.store.id).await.unwrap();
        locks
            .into_iter()
            .map(|lock| (lock.object.0, lock.holder))
            .collect()
    }

    /// Runs SQL past the store, as damage does.
    async fn sql(&self, sql: &'static str) {
        sqlx::query(sql).execute(self.db.unwatched()).await.unwrap();
    }
}

/// The store of this name.
async fn named_store(db: &Db, name: &str) -> Result<StoreRow, StoreError> {
    Ok(store::stores::find(db, name, "").await?.0)
}

/// The newest revision with a user's draft over it, and the revision's number.
async fn draft_configuration(db: &Db, store: &StoreRow, user: &str) -> (i64, Configuration) {
    let newest = store::compare::configuration(db, store, None).await;
    let (head, mut configuration) = newest.unwrap();
    let draft = store::draft::find(db, store, user).await.unwrap();
    for change in draft.changes {
        match change.body {
            Some(body) => configuration.objects.insert(change.id, body),
            None => configuration.objects.remove(&change.id),
        };
    }
    (head, configuration)
}

fn actor(name: &str) -> Actor {
    Actor {
        name: name.to_owned(),
        source: "test".to_owned(),
    }
}

fn named(name: &str) -> NewStore {
    NewStore {
        name: name.to_owned(),
        description: String::new(),
        copy_of: None,
    }
}

fn oid(id: &str) -> ObjectId {
    ObjectId(id.to_owned())
}

fn supplied() -> Vec<(ObjectId, Object)> {
    let level = SecurityLevel {
        name: Entry::read("GOLD"),
        supplied: true,
        ..SecurityLevel::default()
    };
    vec![(oid(SUPPLIED), level.into())]
}

/// A traffic descriptor with one row per port.
fn ports(name: &str, ports: &[u16]) -> Object {
    let row = |port: &u16| TrafficRow {
        local_port: Entry::read(&port.to_string()),
        ..TrafficRow::default()
    };
    Object::from(TrafficDescriptor {
        name: Entry::read(name),
        rows: ports.iter().map(row).collect(),
        ..TrafficDescriptor::default()
    })
}

/// An address group.
fn group(name: &str, description: &str, addresses: &[&str]) -> Object {
    Object::from(AddressGroup {
        name: Entry::read(name),
        description: description.to_owned(),
        addresses: addresses.iter().map(|text| Entry::read(text)).collect(),
        ..AddressGroup::default()
    })
}

fn put(id: &str, etag: Option<String>, body: Object) -> EditChange {
    EditChange {
        id: oid(id),
        etag,
        body: Some(body),
        rebase: None,
    }
}

fn delete(id: &str, etag: Option<String>) -> EditChange {
    EditChange {
        id: oid(id),
        etag,
        body: None,
        rebase: None,
    }
}

/// The etag of an object in a draft.
fn tag(draft: &Draft, id: &str) -> Option<String> {
    let change = draft.changes.iter().find(|change| change.id.0 == id)?;
    Some(change.etag.clone())
}

fn names(draft: &Draft) -> Vec<&str> {
    draft
        .changes
        .iter()
        .map(|change| change.id.0.as_str())
        .collect()
}
