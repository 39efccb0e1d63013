//! Copies a store, imports its export, and removes both again.

use std::collections::BTreeMap;

use api::draft::{Draft, Edit, EditChange, Save};
use api::store::{CopyOf, DeleteStore, NewStore, Revision, StoreChange, StoreSummary};
use generator::objects::ObjectId;

use super::editor::{group, new_store};
use super::worker::{Gone, Kind, Worker, json};

const SOURCE: &str = "SOURCE";
const OBJECTS: u64 = 150;

pub struct Stores {
    last: u64,
    /// The export of the source, which that of each copy and import must equal.
    text: String,
    there: BTreeMap<String, Life>,
    /// What the request without an answer would have made of a store.
    doubt: Option<(String, Option<Life>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Active,
    Archived,
}

impl Stores {
    pub fn new(worker: &Worker) -> Result<Self, Gone> {
        let _: StoreSummary = worker.post("/stores", &new_store(SOURCE))?;
        for (head, half) in [(1, 0..OBJECTS / 2), (2, OBJECTS / 2..OBJECTS)] {
            let change = |number| EditChange {
                id: ObjectId(format!("g{number}")),
                etag: None,
                body: Some(group(&format!("G{number}"), number)),
                rebase: None,
            };
            let edit = Edit {
                words: "many".to_owned(),
                changes: half.map(change).collect(),
            };
            let _: Draft = worker.post("/stores/SOURCE/draft/edits", &edit)?;
            let save = Save {
                head,
                ..Save::default()
            };
            let _: Revision = worker.post("/stores/SOURCE/draft/save", &save)?;
        }
        Ok(Self {
            last: 0,
            text: export(worker, SOURCE)?,
            there: BTreeMap::new(),
            doubt: None,
        })
    }

    pub fn work(&mut self, worker: &Worker) -> Result<(), Gone> {
        loop {
            self.copy(worker)?;
            self.import(worker)?;
            while self.there.len() > 3 {
                self.remove(worker)?;
            }
        }
    }

    fn copy(&mut self, worker: &Worker) -> Result<(), Gone> {
        let name = self.next("COPY");
        let new = NewStore {
            copy_of: Some(CopyOf {
                store: SOURCE.to_owned(),
                revision: None,
            }),
            ..new_store(&name)
        };
        let _: StoreSummary = worker.act(Kind::Copy, "/stores", &new)?;
        self.done();
        Ok(())
    }

    fn import(&mut self, worker: &Worker) -> Result<(), Gone> {
        let path = format!("/store-imports?name={}", self.next("IMPORT"));
        let media = "application/x-ndjson";
        let _: StoreSummary = worker.act_with(Kind::Import, &path, media, &self.text)?;
        self.done();
        Ok(())
    }

    fn remove(&mut self, worker: &Worker) -> Result<(), Gone> {
        let (name, life) = self.there.first_key_value().unwrap();
        let (name, life) = (name.clone(), *life);
        let path = format!("/stores/{name}");
        if life == Life::Active {
            self.doubt = Some((name.clone(), Some(Life::Archived)));
            let change = StoreChange {
                archived: Some(true),
                ..StoreChange::default()
            };
            worker.ask("PATCH", &path, &json(&change))?;
            self.done();
        }
        self.doubt = Some((name.clone(), None));
        let confirmed = DeleteStore { confirm_name: name };
        worker.ask("DELETE", &path, &json(&confirmed))?;
        self.done();
        Ok(())
    }

    /// The name of a store that is about to be made.
    fn next(&mut self, word: &str) -> String {
        self.last += 1;
        let name = format!("{word}-{}", self.last);
        self.doubt = Some((name.clone(), Some(Life::Active)));
        name
    }

    fn done(&mut self) {
        match self.doubt.take().unwrap() {
            (name, Some(life)) => drop(self.there.insert(name, life)),
            (name, None) => drop(self.there.remove(&name)),
        }
    }

    /// Each store is whole or absent, as acknowledged.
    pub fn check(&mut self, worker: &Worker) -> Result<(), Gone> {
        let list: Vec<StoreSummary> = worker.get("/stores")?;
        let ours = |name: &str| name.starts_with("COPY-") || name.starts_with("IMPORT-");
        let there: BTreeMap<_, _> = list
            .into_iter()
            .filter(|store| ours(&store.name))
            .map(|store| match store.archived {
                true => (store.name, Life::Archived),
                false => (store.name, Life::Active),
            })
            .collect();
        if there != self.there && self.doubt.is_some() {
            self.done();
        }
        assert_eq!(there, self.there);
        self.doubt = None;
        for name in there.keys() {
            assert_eq!(export(worker, name)?, self.text, "{name} is not whole");
        }
        Ok(())
    }
}

fn export(worker: &Worker, store: &str) -> Result<String, Gone> {
    let answer = worker.ask("GET", &format!("/stores/{store}/export"), "")?;
    Ok(answer.body)
}
