//! Edits two objects at once, saves, and brings older revisions back.

use std::collections::BTreeMap;

use api::Window;
use api::draft::{Draft, Edit, EditChange, Lock, Save};
use api::store::{NewStore, Restore, Revision, StoreSummary, StoredObject};
use generator::objects::{AddressGroup, Entry, Object, ObjectId};

use super::Random;
use super::worker::{Gone, Kind, Worker};

const OBJECTS: [&str; 2] = ["x", "y"];

/// Both objects hold the same number at any time, a new one after each edit; 0 is neither there.
pub struct Editor {
    last: u64,
    /// What the draft holds, when it holds something.
    draft: Option<u64>,
    /// What each revision holds.
    history: BTreeMap<i64, u64>,
    /// The request that has no answer.
    doubt: Option<Doubt>,
    /// Revisions up to this one were looked at.
    checked: i64,
}

#[derive(Clone, Copy, Debug)]
enum Doubt {
    Edit(u64),
    /// A revision that holds this.
    Revision(u64),
}

impl Editor {
    pub fn new(worker: &Worker) -> Result<Self, Gone> {
        let _: StoreSummary = worker.post("/stores", &new_store("EDIT"))?;
        Ok(Self {
            last: 0,
            draft: None,
            history: BTreeMap::from([(1, 0)]),
            doubt: None,
            checked: 0,
        })
    }

    pub fn work(&mut self, worker: &Worker, choices: &mut Random) -> Result<(), Gone> {
        loop {
            self.edit(worker)?;
            if choices.below(3) == 0 {
                self.save(worker)?;
                if choices.below(2) == 0 {
                    self.restore(worker, choices)?;
                }
            }
        }
    }

    fn edit(&mut self, worker: &Worker) -> Result<(), Gone> {
        let number = self.last + 1;
        let mut changes = Vec::new();
        for id in OBJECTS {
            let path = format!("/stores/EDIT/draft/objects/{id}");
            let found: Option<StoredObject> = worker.find(&path)?;
            changes.push(EditChange {
                id: ObjectId(id.to_owned()),
                etag: found.map(|found| found.etag),
                body: Some(group(id, number)),
                rebase: None,
            });
        }
        let words = format!("number {number}");
        self.last = number;
        self.doubt = Some(Doubt::Edit(number));
        let edit = Edit { words, changes };
        let _: Draft = worker.act(Kind::Edit, "/stores/EDIT/draft/edits", &edit)?;
        self.draft = Some(number);
        self.doubt = None;
        Ok(())
    }

    fn save(&mut self, worker: &Worker) -> Result<(), Gone> {
        let number = self.draft.unwrap();
        let save = Save {
            comment: number.to_string(),
            head: self.head(),
            only: None,
        };
        self.doubt = Some(Doubt::Revision(number));
        let made: Revision = worker.act(Kind::Save, "/stores/EDIT/draft/save", &save)?;
        self.made(made.number, number);
        Ok(())
    }

    fn restore(&mut self, worker: &Worker, choices: &mut Random) -> Result<(), Gone> {
        let (head, now) = self.history.last_key_value().unwrap();
        let others: Vec<_> = self.history.iter().filter(|(_, n)| *n != now).collect();
        let (revision, number) = others[choices.below(others.len() as u64) as usize];
        let (revision, number) = (*revision, *number);
        let restore = Restore {
            revision,
            object: None,
            comment: number.to_string(),
            head: *head,
        };
        self.doubt = Some(Doubt::Revision(number));
        let made: Revision = worker.act(Kind::Restore, "/stores/EDIT/restore", &restore)?;
        assert_eq!(made.restored_from, Some(revision));
        self.made(made.number, number);
        Ok(())
    }

    fn made(&mut self, revision: i64, number: u64) {
        assert_eq!(revision, self.head() + 1);
        self.history.insert(revision, number);
        self.draft = None;
        self.doubt = None;
    }

    fn head(&self) -> i64 {
        *self.history.last_key_value().unwrap().0
    }

    /// Holds what is there against what was acknowledged; the request in doubt is settled by it.
    pub fn check(&mut self, worker: &Worker, whole: bool) -> Result<(), Gone> {
        let doubt = self.doubt.take();
        self.check_history(worker, doubt, whole)?;
        self.check_draft(worker, doubt)?;
        // The owner of the locks goes on at once.
        self.edit(worker)
    }

    fn check_history(
        &mut self,
        worker: &Worker,
        doubt: Option<Doubt>,
        whole: bool,
    ) -> Result<(), Gone> {
        let list: Window<Revision> = worker.get("/stores/EDIT/revisions?limit=1000")?;
        assert!(list.total <= 1000);
        if let (Some(Doubt::Revision(number)), true) = (doubt, list.items[0].number > self.head()) {
            self.made(self.head() + 1, number);
        }
        let there: Vec<_> = list.items.iter().rev().map(|r| r.number).collect();
        let known: Vec<_> = self.history.keys().copied().collect();
        assert_eq!(there, known, "the history has other revisions");
        let from = if whole { 0 } else { self.checked };
        for revision in list.items.iter().filter(|r| r.number > from) {
            let number = self.history[&revision.number];
            if revision.number > 1 {
                assert_eq!(revision.comment, number.to_string());
            }
            for id in OBJECTS {
                let path = format!("/stores/EDIT/objects/{id}?revision={}", revision.number);
                let found: Option<StoredObject> = worker.find(&path)?;
                assert_eq!(found.map_or(0, |o| held(&o.body)), number, "{path}");
            }
        }
        self.checked = self.head();
        Ok(())
    }

    fn check_draft(&mut self, worker: &Worker, doubt: Option<Doubt>) -> Result<(), Gone> {
        let draft: Draft = worker.get("/stores/EDIT/draft")?;
        let numbers: Vec<_> = draft.changes.iter().map(|c| c.body.as_ref()).collect();
        let there = match numbers[..] {
            [] => None,
            [Some(x), Some(y)] if held(x) == held(y) => Some(held(x)),
            _ => panic!("the draft is half there: {draft:?}"),
        };
        let in_doubt = match doubt {
            Some(Doubt::Edit(number)) => there == Some(number),
            _ => false,
        };
        assert!(
            there == self.draft || in_doubt,
            "the draft holds {there:?} instead of {:?}; {doubt:?}",
            self.draft
        );
        self.draft = there;
        let locks: Vec<Lock> = worker.get("/stores/EDIT/locks")?;
        assert!(locks.iter().all(|lock| lock.holder == "anna"));
        let locked: Vec<_> = locks.iter().map(|lock| &lock.object).collect();
        let changed: Vec<_> = draft.changes.iter().map(|change| &change.id).collect();
        assert_eq!(locked, changed);
        Ok(())
    }
}

pub fn new_store(name: &str) -> NewStore {
    NewStore {
        name: name.to_owned(),
        description: String::new(),
        copy_of: None,
    }
}

pub fn group(name: &str, number: u64) -> Object {
    AddressGroup {
        name: Entry::read(name),
        description: number.to_string(),
        ..AddressGroup::default()
    }
    .into()
}

fn held(object: &Object) -> u64 {
    object.description().parse().unwrap()
}
