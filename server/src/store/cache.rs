//! What revisions say, kept for those who ask next: their JSON, and how many objects they have. A
//! revision never changes and the number of a store never comes back, so nothing that is kept can be
//! wrong.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Result, StoreId, StoreRow, object};
use crate::db::Db;

/// Bytes that are kept.
const MOST: usize = 32 << 20;

type Key = (StoreId, i64);

/// The JSON of revisions that were asked for lately.
#[derive(Clone, Debug, Default)]
pub struct Configurations(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// One is made at a time: many who ask for the same large revision wait for one text.
    making: tokio::sync::Mutex<()>,
    kept: Mutex<Kept>,
}

impl Configurations {
    /// The JSON of the revision's `StoredConfiguration`.
    pub async fn json(&self, db: &Db, store: &StoreRow, number: i64) -> Result<Arc<[u8]>> {
        let key = (store.id, number);
        if let Some(json) = self.kept(key) {
            return Ok(json);
        }
        let _making = self.0.making.lock().await;
        if let Some(json) = self.kept(key) {
            return Ok(json);
        }
        let json: Arc<[u8]> = object::configuration_json(db, store, number).await?.into();
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.keep(key, &json);
        Ok(json)
    }

    fn kept(&self, key: Key) -> Option<Arc<[u8]>> {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.find(key)
    }
}

/// The one that was used last is the last.
#[derive(Debug, Default)]
struct Kept {
    bytes: usize,
    texts: VecDeque<(Key, Arc<[u8]>)>,
}

impl Kept {
    fn find(&mut self, key: Key) -> Option<Arc<[u8]>> {
        let at = self.texts.iter().position(|(kept, _)| *kept == key)?;
        let found = self.texts.remove(at)?;
        let json = found.1.clone();
        self.texts.push_back(found);
        Some(json)
    }

    fn keep(&mut self, key: Key, json: &Arc<[u8]>) {
        if json.len() > MOST {
            return;
        }
        self.bytes += json.len();
        self.texts.push_back((key, json.clone()));
        while self.bytes > MOST
            && let Some((_, gone)) = self.texts.pop_front()
        {
            self.bytes -= gone.len();
        }
    }
}

/// How many objects the newest revisions of stores have. Counting walks over all of them, and every
/// open page asks.
#[derive(Clone, Debug, Default)]
pub struct Counts(Arc<Mutex<BTreeMap<StoreId, Count>>>);

/// The objects of a store's newest revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Count {
    #[sqlx(rename = "number")]
    revision: i64,
    pub objects: i64,
    pub stacks: i64,
}

impl Counts {
    /// The count for the store's newest revision, which is `head` or was saved since.
    pub async fn find(&self, db: &Db, store: StoreId, head: i64) -> Result<Count> {
        let kept = self.kept().get(&store).copied();
        if let Some(count) = kept.filter(|count| count.revision == head) {
            return Ok(count);
        }
        let count: Count = sqlx::query_as(
            "select (select max(number) from revision where store_id = $1) as number,
                    count(*) as objects, count(*) filter (where kind = 'stack') as stacks
             from object_revision where store_id = $1 and to_revision is null",
        )
        .bind(store.0)
        .fetch_one(db.read())
        .await?;
        self.kept().insert(store, count);
        Ok(count)
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<StoreId, Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_longest_ago_makes_room() {
        let mut kept = Kept::default();
        let third: Arc<[u8]> = vec![0; MOST / 3].into();
        let key = |number| (StoreId(1), number);
        for number in 1..=3 {
            kept.keep(key(number), &third);
        }
        assert!(kept.find(key(1)).is_some());
        kept.keep(key(4), &third);
        assert!(kept.find(key(2)).is_none());
        for number in [1, 3, 4] {
            assert!(kept.find(key(number)).is_some(), "{number}");
        }
        let large: Arc<[u8]> = vec![0; MOST + 1].into();
        kept.keep(key(5), &large);
        assert!(kept.find(key(5)).is_none());
        assert_eq!((kept.bytes, kept.texts.len()), (MOST / 3 * 3, 3));
    }
}
