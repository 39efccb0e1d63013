//! Changes a port, saves, and installs the files of the stack.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use api::Window;
use api::draft::{Draft, Edit, EditChange, Save, State};
use api::install::{
    Install, InstallOutcome, InstallPlan, InstallRecord, InstallRequest, StackState, Target,
    Waiting,
};
use api::store::{Revision, StoreSummary, StoredObject};
use generator::objects::{
    Direction, Entry, Image, MapUse, Mapping, Object, ObjectId, Rule, SecurityLevel, Stack,
    TrafficDescriptor, TrafficRow,
};

use super::editor::new_store;
use super::worker::{Gone, Kind, Worker, json};

pub struct Installer {
    /// How long its installs wait for their confirmation.
    pub confirm_within: Option<u32>,
    target: PathBuf,
    last: u64,
    /// The files of the newest install that was acknowledged or found done.
    files: BTreeMap<String, String>,
    done: Vec<i64>,
    /// The files of the install that has no answer.
    doubt: Option<BTreeMap<String, String>>,
}

impl Installer {
    pub fn new(worker: &Worker, target: &Path) -> Result<Self, Gone> {
        let _: StoreSummary = worker.post("/stores", &new_store("INSTALL"))?;
        let installer = Self {
            confirm_within: None,
            target: target.to_owned(),
            last: 0,
            files: BTreeMap::new(),
            done: Vec::new(),
            doubt: None,
        };
        edit(worker, "INSTALL", objects())?;
        save(worker, "INSTALL")?;
        let target = Target {
            stack: id("stack"),
            root: target.display().to_string(),
        };
        worker.ask("PUT", "/stores/INSTALL/targets/stack", &json(&target))?;
        Ok(installer)
    }

    pub fn work(&mut self, worker: &Worker) -> Result<(), Gone> {
        loop {
            // Every other one waits, and is kept.
            self.confirm_within = match self.confirm_within {
                None => Some(3600),
                Some(_) => None,
            };
            self.next(worker)?;
            self.confirm(worker)?;
        }
    }

    /// Installs another port; answers its record.
    pub fn next(&mut self, worker: &Worker) -> Result<InstallRecord, Gone> {
        self.last += 1;
        let port = 1024 + self.last % 60_000;
        let changed = vec![("traffic", traffic(&port.to_string()))];
        edit(worker, "INSTALL", changed)?;
        save(worker, "INSTALL")?;
        self.install(worker)
    }

    /// Keeps what waits for it.
    fn confirm(&self, worker: &Worker) -> Result<(), Gone> {
        for waiting in self.waiting(worker)? {
            let path = format!("/stores/INSTALL/installs/{}/confirm", waiting.install);
            let _: Vec<InstallRecord> = worker.act(Kind::Confirm, &path, &())?;
        }
        Ok(())
    }

    pub fn waiting(&self, worker: &Worker) -> Result<Vec<Waiting>, Gone> {
        let state: State = worker.get("/stores/INSTALL/state")?;
        Ok(state.waiting)
    }

    fn install(&mut self, worker: &Worker) -> Result<InstallRecord, Gone> {
        let request = InstallRequest {
            revision: None,
            stacks: vec![id("stack")],
            setup_parts: Vec::new(),
            files_only: false,
        };
        let plan: InstallPlan = worker.post("/stores/INSTALL/installs/preview", &request)?;
        let files = &plan.stacks[0].files;
        let files = files.iter().map(|f| (f.path.clone(), f.text.clone()));
        self.doubt = Some(files.collect());
        let install = Install {
            revision: plan.revision,
            stacks: request.stacks,
            setup_parts: Vec::new(),
            plan_hash: plan.plan_hash,
            overwrite_drift: false,
            comment: String::new(),
            confirm_within: self.confirm_within,
            files_only: false,
        };
        let path = "/stores/INSTALL/installs";
        let records: Vec<InstallRecord> = worker.act(Kind::Install, path, &install)?;
        let record = records.into_iter().next().unwrap();
        assert_eq!(record.outcome, InstallOutcome::Done);
        self.done.push(record.id);
        self.files = self.doubt.take().unwrap();
        Ok(record)
    }

    /// The files are those of one install, and the history says which.
    pub fn check(&mut self, worker: &Worker) -> Result<(), Gone> {
        let path = "/stores/INSTALL/installs?limit=1000";
        let list: Window<InstallRecord> = worker.get(path)?;
        assert!(list.total <= 1000);
        let mut done = Vec::new();
        for record in list.items.iter().rev() {
            match &record.outcome {
                InstallOutcome::Done => done.push(record.id),
                InstallOutcome::Failed(reason) => assert!(reason.contains("cut off"), "{reason}"),
                InstallOutcome::Pending => panic!("{record:?}"),
            }
        }
        if let (Some(files), true) = (self.doubt.take(), done.len() > self.done.len()) {
            self.done.extend(done.last());
            self.files = files;
        }
        assert_eq!(done, self.done);
        self.check_files();
        let states: Vec<StackState> = worker.get("/stores/INSTALL/drift")?;
        assert!(states.iter().all(|state| state.drift.is_empty()));
        // What waits does so with its deadline, if it was the newest that did.
        for waiting in self.waiting(worker)? {
            assert_eq!(Some(&waiting.install), self.done.last());
            assert!((1..=3600).contains(&waiting.waits.left), "{waiting:?}");
        }
        self.confirm(worker)
    }

    fn check_files(&self) {
        for (path, text) in &self.files {
            let found = std::fs::read_to_string(path).unwrap();
            assert_eq!(&found, text, "{path}");
        }
        for path in files_below(&self.target) {
            let file = path.strip_suffix(".previous").unwrap_or(&path);
            let ours = self.files.contains_key(file) || file.ends_with("/.gatehouse.lock");
            assert!(ours, "{path} was left behind");
        }
    }
}

/// Makes a store of the name `BROKEN` whose saved revision cannot be installed: a port is none.
pub fn broken_store(worker: &Worker) -> Result<(), Gone> {
    let _: StoreSummary = worker.post("/stores", &new_store("BROKEN"))?;
    edit(worker, "BROKEN", objects())?;
    edit(worker, "BROKEN", vec![("traffic", traffic("99999"))])?;
    save(worker, "BROKEN")
}

pub fn edit(worker: &Worker, store: &str, objects: Vec<(&str, Object)>) -> Result<(), Gone> {
    let mut changes = Vec::new();
    for (name, body) in objects {
        let path = format!("/stores/{store}/draft/objects/{name}");
        let found: Option<StoredObject> = worker.find(&path)?;
        changes.push(EditChange {
            id: id(name),
            etag: found.map(|found| found.etag),
            body: Some(body),
            rebase: None,
        });
    }
    let words = "a port".to_owned();
    let edit = Edit { words, changes };
    let _: Draft = worker.post(&format!("/stores/{store}/draft/edits"), &edit)?;
    Ok(())
}

pub fn save(worker: &Worker, store: &str) -> Result<(), Gone> {
    let draft: Draft = worker.get(&format!("/stores/{store}/draft"))?;
    let save = Save {
        head: draft.head,
        ..Save::default()
    };
    let _: Revision = worker.post(&format!("/stores/{store}/draft/save"), &save)?;
    Ok(())
}

fn files_below(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| match path.is_dir() {
        true => files_below(&path),
        false => vec![path.display().to_string()],
    };
    paths.flat_map(below).collect()
}

pub fn id(text: &str) -> ObjectId {
    ObjectId(text.to_owned())
}

pub fn traffic(port: &str) -> Object {
    TrafficDescriptor {
        name: Entry::from("MQ"),
        rows: vec![TrafficRow {
            local_port: Entry::from(port),
            direction: Direction::Inbound,
            ..TrafficRow::default()
        }],
        ..TrafficDescriptor::default()
    }
    .into()
}

pub fn objects() -> Vec<(&'static str, Object)> {
    let image = Image {
        name: Entry::from("COLMVSA"),
        keyring: Entry::from("START1/COLINRING"),
        ..Image::default()
    };
    let stack = Stack {
        name: Entry::from("TCPIP"),
        image: Some(id("image")),
        ..Stack::default()
    };
    let level = SecurityLevel {
        name: Entry::from("GOLD12"),
        ..SecurityLevel::default()
    };
    let rule = Rule {
        name: Entry::from("COLINRN"),
        owner: Some(id("stack")),
        map: MapUse::Own(vec![Mapping {
            traffic: Some(id("traffic")),
            level: Some(id("level")),
        }]),
        ..Rule::default()
    };
    vec![
        ("image", image.into()),
        ("stack", stack.into()),
        ("traffic", traffic("1024")),
        ("level", level.into()),
        ("rule", rule.into()),
    ]
}
