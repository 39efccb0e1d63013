//! Installs from end to end: over HTTP, into a directory.

use std::path::PathBuf;

use api::account::Role;
use api::draft::{Edit, EditChange, Save};
use api::install::{InstallOutcome, InstallPlan, InstallRecord, StackState};
use api::store::NewFreeze;
use generator::objects::{
    Direction, Entry, Image, MapUse, Mapping, Object, ObjectId, Rule, SecurityLevel, Stack,
    TrafficDescriptor, TrafficRow,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::install::sha256;
use server::store::install::{NewFile, NewInstall};
use server::store::verify::{Pace, verify_all};
use server::store::{self, Actor, StoreRow};

use crate::common::{Answer, Client, TestServer};

/// A server, a store with one stack that has a target, and people.
pub struct World {
    pub server: TestServer,
    pub installer: Client,
    pub administrator: Client,
    pub store: StoreRow,
    pub roots: tempfile::TempDir,
}

pub fn id(text: &str) -> ObjectId {
    ObjectId(text.to_owned())
}

pub fn actor(name: &str) -> Actor {
    Actor {
        name: name.to_owned(),
        source: "127.0.0.1".to_owned(),
    }
}

pub fn stack(name: &str) -> Object {
    Stack {
        name: Entry::from(name),
        image: Some(id("image")),
        ..Stack::default()
    }
    .into()
}

fn image() -> Image {
    Image {
        name: Entry::from("COLMVSA"),
        keyring: Entry::from("START1/COLINRING"),
        ..Image::default()
    }
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

fn objects() -> Vec<(&'static str, Object)> {
    let rule = Rule {
        name: Entry::from("COLINRN"),
        owner: Some(id("stack")),
        map: MapUse::Own(vec![Mapping {
            traffic: Some(id("traffic")),
            level: Some(id("level")),
        }]),
        ..Rule::default()
    };
    let level = SecurityLevel {
        name: Entry::from("GOLD12"),
        ..SecurityLevel::default()
    };
    vec![
        ("image", image().into()),
        ("stack", stack("TCPIP")),
        ("traffic", traffic("1414")),
        ("level", level.into()),
        ("rule", rule.into()),
    ]
}

impl World {
    pub async fn new() -> Self {
        let roots = tempfile::tempdir().unwrap();
        let root = roots.path().to_owned();
        let server = TestServer::with(|settings| settings.install_roots = vec![root]).await;
        server.store("PROD").await;
        let found = store::stores::find(&server.state.db, "PROD", "").await;
        let store = found.unwrap().0;
        let world = Self {
            installer: server.member("ana", "PROD", Role::Installer).await,
            administrator: server.administrator().await,
            server,
            store,
            roots,
        };
        world.save(objects()).await;
        world.target("stack", "mvsa").await;
        world
    }

    pub fn path(&self, path: &str) -> PathBuf {
        format!("{}/mvsa{path}", self.roots.path().display()).into()
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    pub async fn target(&self, stack: &str, folder: &str) {
        let root = format!("{}/{folder}", self.roots.path().display());
        let answer = self.set_target(stack, &root).await;
        assert_eq!(answer.outcome(), "200", "{}", answer.text());
    }

    async fn set_target(&self, stack: &str, root: &str) -> Answer {
        let body = json!({ "stack": stack, "root": root });
        self.administrator
            .put(&format!("/stores/PROD/targets/{stack}"), body)
            .await
    }

    /// Saves objects as a new revision; answers its number.
    pub async fn save(&self, objects: Vec<(&str, Object)>) -> i64 {
        let db = &self.server.state.db;
        let mut changes = Vec::new();
        for (name, body) in objects {
            let found = store::object::find(db, &self.store, &id(name), None)
                .await
                .ok();
            changes.push(EditChange {
                id: id(name),
                etag: found.map(|found| found.etag),
                body: Some(body),
                rebase: None,
            });
        }
        let edit = Edit {
            words: "a test".to_owned(),
            changes,
        };
        store::draft::edit(db, &self.store, &actor("ana"), &edit)
            .await
            .unwrap();
        let head = store::revision::find(db, self.store.id, None)
            .await
            .unwrap()
            .number;
        let save = Save {
            comment: "two ports for MQ".to_owned(),
            head,
            only: None,
        };
        store::save::save(db, &self.store, &actor("ana"), &save)
            .await
            .unwrap()
            .number
    }

    pub async fn preview(&self, body: Value) -> InstallPlan {
        ok(self
            .installer
            .post("/stores/PROD/installs/preview", body)
            .await)
    }

    pub async fn install(&self, plan: &InstallPlan, more: Value) -> Answer {
        let mut body = json!({
            "revision": plan.revision,
            "stacks": plan.stacks.iter().map(|stack| &stack.stack).collect::<Vec<_>>(),
            "plan_hash": plan.plan_hash,
        });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.installer.post("/stores/PROD/installs", body).await
    }

    pub async fn installed(&self, stacks: &[&str]) -> Vec<InstallRecord> {
        let plan = self.preview(json!({ "stacks": stacks })).await;
        ok(self.install(&plan, json!({})).await)
    }

    pub async fn drift(&self) -> Vec<StackState> {
        ok(self.installer.get("/stores/PROD/drift").await)
    }

    pub async fn history(&self) -> Vec<InstallRecord> {
        let window: api::Window<InstallRecord> = ok(self
            .installer
            .get("/stores/PROD/installs?stack=stack")
            .await);
        window.items
    }
}

pub fn ok<T: DeserializeOwned>(answer: Answer) -> T {
    assert_eq!(answer.outcome(), "200", "{}", answer.text());
    serde_json::from_value(answer.json()).unwrap()
}

pub const POLICY: &str = "/etc/pagent.TCPIP.ttls";
pub const IMAGE: &str = "/etc/pagent.TCPIP.conf";
pub const MAIN: &str = "/etc/pagent.conf";

#[tokio::test]
async fn what_the_preview_shows_is_what_is_written() {
    let world = World::new().await;
    let plan = world.preview(json!({ "stacks": ["stack"] })).await;
    assert!(!world.path("").exists(), "the preview wrote something");
    assert_eq!(plan.stacks[0].name, "COLMVSA.TCPIP");
    assert_eq!((plan.stacks[0].refused.as_ref(), plan.revision), (None, 2));
    let records: Vec<InstallRecord> = ok(world
        .install(&plan, json!({ "comment": "window 12" }))
        .await);
    for (file, path) in plan.stacks[0].files.iter().zip([POLICY, IMAGE, MAIN]) {
        assert_eq!(file.path, world.path(path).display().to_string());
        assert_eq!(file.text, world.read(path));
        assert_eq!(
            (file.on_target.as_ref(), file.installed.as_ref()),
            (None, None)
        );
    }
    let [record] = &records[..] else {
        panic!("{records:?}")
    };
    assert_eq!(
        (record.by.as_str(), record.comment.as_str()),
        ("ana", "window 12")
    );
    assert_eq!(
        (&record.outcome, record.current),
        (&InstallOutcome::Done, true)
    );
    assert_eq!(
        record.files[0].sha256,
        Some(sha256(world.read(POLICY).as_bytes()))
    );
    let policy = world.read(POLICY);
    assert!(
        policy.contains("COLINRN") && policy.contains("START1/COLINRING"),
        "{policy}"
    );
    let header: Vec<_> = policy
        .lines()
        .filter(|line| line.starts_with("##"))
        .collect();
    assert!(
        header
            .iter()
            .any(|line| line.contains("Store: PROD   Revision: 2")),
        "{header:?}"
    );
    assert!(
        header
            .iter()
            .any(|line| line.ends_with("ana: two ports for MQ")),
        "{header:?}"
    );
    let again = world.preview(json!({ "stacks": ["stack"] })).await;
    let shown = &again.stacks[0].files[0];
    assert_eq!(shown.on_target.as_deref(), Some(policy.as_str()));
    assert_eq!(shown.installed.as_deref(), Some(policy.as_str()));
    assert!(
        shown.text.contains("ana (revision 2): window 12"),
        "{}",
        shown.text
    );
    assert!(world.drift().await[0].drift.is_empty());
    let texts = world
        .installer
        .get(&format!("/stores/PROD/installs/{}/files", record.id))
        .await;
    assert_eq!(texts.json()[0]["text"], policy);
}

#[tokio::test]
async fn a_target_that_changed_since_the_preview_stops_the_install() {
    let world = World::new().await;
    let plan = world.preview(json!({ "stacks": ["stack"] })).await;
    std::fs::create_dir_all(world.path("/etc")).unwrap();
    std::fs::write(world.path(IMAGE), "by hand").unwrap();
    assert_eq!(
        world.install(&plan, json!({})).await.outcome(),
        "409 conflict"
    );
    assert_eq!(world.read(IMAGE), "by hand");
    assert!(!world.path(POLICY).exists() && !world.path(MAIN).exists());
    // Bytes that are no text differ though they are shown alike.
    std::fs::write(world.path(IMAGE), [0xfe]).unwrap();
    let plan = world.preview(json!({ "stacks": ["stack"] })).await;
    std::fs::write(world.path(IMAGE), [0xff]).unwrap();
    assert_eq!(
        world.install(&plan, json!({})).await.outcome(),
        "409 conflict"
    );
    assert!(world.history().await.is_empty());
}

#[tokio::test]
async fn only_the_saved_revision_of_the_plan_is_installed() {
    let world = World::new().await;
    let plan = world.preview(json!({ "stacks": ["stack"] })).await;
    world.save(vec![("traffic", traffic("1500"))]).await;
    let records: Vec<InstallRecord> = ok(world.install(&plan, json!({})).await);
    assert_eq!(records[0].revision, 2);
    assert!(world.read(POLICY).contains("1414") && !world.read(POLICY).contains("1500"));
    let gone = world.installer.post(
        "/stores/PROD/installs/preview",
        json!({ "stacks": ["stack"], "revision": 9 }),
    );
    assert_eq!(gone.await.outcome(), "404 not-found");
}

#[tokio::test]
async fn errors_stop_the_install_and_name_their_findings() {
    let world = World::new().await;
    world.save(vec![("traffic", traffic("70000"))]).await;
    let plan = world.preview(json!({ "stacks": ["stack"] })).await;
    assert!(
        plan.stacks[0]
            .findings
            .iter()
            .any(|finding| finding.object == Some(id("traffic")))
    );
    let answer = world.install(&plan, json!({})).await;
    assert_eq!(answer.outcome(), "422 unprocessable");
    assert!(
        answer.json()["findings"][0]["message"]
            .as_str()
            .unwrap()
            .contains("70000")
    );
    assert!(!world.path("").exists());
}

#[tokio::test]
async fn a_change_on_the_target_is_noticed_shown_kept_or_overwritten() {
    let world = World::new().await;
    world.installed(&["stack"]).await;
    let installed = world.read(POLICY);
    std::fs::write(world.path(POLICY), "by hand").unwrap();
    let drift = &world.drift().await[0].drift[0];
    assert_eq!(
        (drift.on_target.as_deref(), drift.kept_for_later),
        (Some("by hand"), false)
    );
    assert_eq!(drift.installed, installed);
    let site = world.server.state.site();
    server::deploy::look(&site).await.unwrap();
    assert_eq!(site.deployments.drifted(world.store.id), [id("stack")]);

    let kept = world
        .installer
        .post("/stores/PROD/drift/stack/keep", json!({}))
        .await;
    assert_eq!(
        kept.json()["drift"][0]["kept_for_later"],
        true,
        "{}",
        kept.text()
    );
    server::deploy::look(&site).await.unwrap();
    assert!(site.deployments.drifted(world.store.id).is_empty());
    std::fs::write(world.path(POLICY), "by hand again").unwrap();
    assert!(!world.drift().await[0].drift[0].kept_for_later);

    let plan = world.preview(json!({ "stacks": ["stack"] })).await;
    assert!(plan.stacks[0].files[0].drifted && !plan.stacks[0].files[1].drifted);
    let refused = world.install(&plan, json!({})).await;
    assert_eq!(refused.outcome(), "409 conflict");
    assert!(
        refused
            .text()
            .contains("adopt the change, or choose to overwrite")
    );
    assert_eq!(world.read(POLICY), "by hand again");
    let _: Value = ok(world
        .install(&plan, json!({ "overwrite_drift": true }))
        .await);
    assert_eq!(
        world.read("/etc/pagent.TCPIP.ttls.previous"),
        "by hand again"
    );
    assert!(world.drift().await[0].drift.is_empty());
    let nothing = world
        .installer
        .post("/stores/PROD/drift/stack/keep", json!({}))
        .await;
    assert_eq!(nothing.outcome(), "422 unprocessable");
}

#[tokio::test]
async fn the_files_of_an_earlier_install_come_back_byte_for_byte() {
    let world = World::new().await;
    let first = world.installed(&["stack"]).await[0].id;
    let before = [POLICY, IMAGE, MAIN].map(|path| world.read(path));
    world.save(vec![("traffic", traffic("1500"))]).await;
    world.installed(&["stack"]).await;
    assert!(world.read(POLICY).contains("1500"));
    let path = format!("/stores/PROD/installs/{first}/return");
    let record: InstallRecord = ok(world
        .installer
        .post(&path, json!({ "comment": "mistake" }))
        .await);
    assert_eq!([POLICY, IMAGE, MAIN].map(|path| world.read(path)), before);
    assert_eq!(
        (record.returned_to, record.revision, record.current),
        (Some(first), 2, true)
    );
    let history = world.history().await;
    assert_eq!(
        history
            .iter()
            .map(|record| record.current)
            .collect::<Vec<_>>(),
        [true, false, false]
    );
    assert!(world.drift().await[0].drift.is_empty());
    std::fs::write(world.path(MAIN), "by hand").unwrap();
    assert_eq!(
        world.installer.post(&path, json!({})).await.outcome(),
        "409 conflict"
    );
    let _: Value = ok(world
        .installer
        .post(&path, json!({ "overwrite_drift": true }))
        .await);
    assert_eq!([POLICY, IMAGE, MAIN].map(|path| world.read(path)), before);
}

#[tokio::test]
async fn a_damaged_text_is_not_brought_back() {
    let world = World::new().await;
    let first = world.installed(&["stack"]).await[0].id;
    sqlx::query("update install_file set text = 'x' where role = 'image'")
        .execute(world.server.state.db.unwatched())
        .await
        .unwrap();
    let before = world.read(IMAGE);
    let path = format!("/stores/PROD/installs/{first}/return");
    assert_eq!(
        world.installer.post(&path, json!({})).await.outcome(),
        "500 damaged"
    );
    assert_eq!(world.read(IMAGE), before);
    let db = &world.server.state.db;
    let found = verify_all(db, Pace::Quick).await.unwrap();
    assert_eq!((found.files, found.damage.len()), (3, 1));
}

#[tokio::test]
async fn a_frozen_store_is_installed_by_its_freezer_only() {
    let world = World::new().await;
    let first = world.installed(&["stack"]).await[0].id;
    let plan = world.preview(json!({ "stacks": ["stack"] })).await;
    let freeze = |name: &'static str| {
        let freeze = NewFreeze {
            reason: "change window".to_owned(),
            until: None,
        };
        let (db, store) = (world.server.state.db.clone(), world.store.clone());
        async move {
            store::freeze::set(&db, &store, &actor(name), &freeze)
                .await
                .unwrap()
        }
    };
    freeze("otto").await;
    assert_eq!(
        world.install(&plan, json!({})).await.outcome(),
        "423 frozen"
    );
    let path = format!("/stores/PROD/installs/{first}/return");
    assert_eq!(
        world.installer.post(&path, json!({})).await.outcome(),
        "423 frozen"
    );
    store::freeze::lift(&world.server.state.db, &world.store, &actor("otto"), false)
        .await
        .unwrap();
    freeze("ana").await;
    let _: Value = ok(world.install(&plan, json!({})).await);
}

/// Anybody may make a store and is its administrator: neither lets him read or write what another
/// store installs.
#[tokio::test]
async fn a_folder_belongs_to_one_store_and_the_server_says_which() {
    let world = World::new().await;
    let eve = world.server.member("eve", "PROD", Role::Viewer).await;
    assert_eq!(
        eve.post("/stores", json!({ "name": "EVE" })).await.status,
        201
    );
    let change = json!({ "id": "stack", "body": { "kind": "stack", "name": "TCPIP" } });
    let edit = json!({ "words": "a stack", "changes": [change] });
    let edited = eve.post("/stores/EVE/draft/edits", edit).await;
    let head = &edited.json()["head"];
    let saved = eve.post("/stores/EVE/draft/save", json!({ "head": head }));
    assert_eq!(saved.await.status, 201);
    let root = world.path("").display().to_string();
    let root = root.trim_end_matches('/');
    let body = json!({ "stack": "stack", "root": root });
    let path = "/stores/EVE/targets/stack";
    assert_eq!(eve.put(path, body.clone()).await.outcome(), "403 forbidden");
    for root in [
        root.to_owned(),
        format!("{root}/inner"),
        world.roots.path().display().to_string(),
    ] {
        let body = json!({ "stack": "stack", "root": root });
        let answer = world.administrator.put(path, body).await;
        assert_eq!(answer.outcome(), "422 unprocessable", "{root}");
        assert!(answer.text().contains("a folder belongs to one store"));
        assert!(!answer.text().contains("PROD"));
    }
}

#[tokio::test]
async fn targets_lie_below_the_roots_and_not_in_each_other() {
    let world = World::new().await;
    let base = world.roots.path().display().to_string();
    world.save(vec![("stack2", stack("TCPIP2"))]).await;
    std::os::unix::fs::symlink("/tmp", format!("{base}/link")).unwrap();
    for (root, words) in [
        ("/etc".to_owned(), "outside the folders"),
        (format!("{base}/../x"), "has the part `..`"),
        (format!("{base}/link/x"), "is a symbolic link"),
        (format!("{base}/mvsa/inner"), "lie in each other"),
        (base.clone(), "lie in each other"),
        ("mvsa".to_owned(), "does not start with `/`"),
    ] {
        let answer = world.set_target("stack2", &root).await;
        assert_eq!(answer.outcome(), "422 unprocessable", "{root}");
        assert!(answer.text().contains(words), "{root}: {}", answer.text());
    }
    assert_eq!(
        world.set_target("level", &base).await.outcome(),
        "422 unprocessable"
    );
    assert_eq!(
        world.set_target("nothing", &base).await.outcome(),
        "404 not-found"
    );
    world.target("stack2", "mvsa").await;
    let removed = world
        .administrator
        .delete("/stores/PROD/targets/stack2")
        .await;
    assert_eq!(removed.outcome(), "204");
    let plan = world.preview(json!({ "stacks": ["stack2"] })).await;
    assert!(
        plan.stacks[0]
            .refused
            .as_ref()
            .unwrap()
            .contains("has no target")
    );
    assert_eq!(
        world.install(&plan, json!({})).await.outcome(),
        "422 unprocessable"
    );
}

#[tokio::test]
async fn stacks_that_share_a_main_file_do_not_count_each_other_as_drift() {
    let world = World::new().await;
    world.save(vec![("stack2", stack("TCPIP2"))]).await;
    world.target("stack2", "mvsa").await;
    assert_eq!(world.installed(&["stack", "stack2"]).await.len(), 2);
    let main = world.read(MAIN);
    assert!(
        main.contains("TcpImage") && main.contains("TCPIP2"),
        "{main}"
    );
    world.save(vec![("traffic", traffic("1500"))]).await;
    world.installed(&["stack2"]).await;
    for state in world.drift().await {
        assert!(state.drift.is_empty(), "{state:?}");
    }
    world.installed(&["stack"]).await;
    assert!(
        world
            .drift()
            .await
            .iter()
            .all(|state| state.drift.is_empty())
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_refused_before_anything_is() {
    let world = World::new().await;
    std::fs::create_dir_all(world.path("/etc/pagent.conf")).unwrap();
    let plan = world.preview(json!({ "stacks": ["stack"] })).await;
    let refused = plan.stacks[0].files[2].refused.as_ref().unwrap();
    assert!(refused.contains("is a folder"), "{refused}");
    let answer = world.install(&plan, json!({})).await;
    assert_eq!(answer.outcome(), "422 unprocessable");
    assert!(answer.text().contains("is a folder"), "{}", answer.text());
    assert!(!world.path(POLICY).exists());
}

#[tokio::test]
async fn chosen_parts_of_the_set_up_page_are_installed_beside_the_policy() {
    let world = World::new().await;
    let body = json!({ "stacks": ["stack"], "setup_parts": ["turn-on", "ring-START1~COLINRING"] });
    let plan = world.preview(body.clone()).await;
    assert!(
        plan.stacks[0]
            .refused
            .as_ref()
            .unwrap()
            .contains("lacks answers")
    );
    let mut image = image();
    let mut other = stack("TCPIP");
    let configuration = generator::objects::Configuration::from_iter(
        objects()
            .into_iter()
            .map(|(name, object)| (id(name), object)),
    );
    for question in generator::setup::questions(&configuration, &id("stack")).unwrap() {
        let Object::Stack(stack) = &mut other else {
            unreachable!()
        };
        let answers = match question.level {
            generator::setup::Level::Stack => &mut stack.setup,
            _ => &mut image.setup,
        };
        answers.insert(question.key, question.suggestion);
    }
    world
        .save(vec![("image", image.into()), ("stack", other)])
        .await;
    let plan = world.preview(body).await;
    let more = json!({ "setup_parts": ["turn-on", "ring-START1~COLINRING"] });
    let records: Vec<InstallRecord> = ok(world.install(&plan, more).await);
    assert_eq!(records[0].files.len(), 5);
    assert!(
        world
            .read("/etc/setup/COLMVSA.TCPIP/turn-on.txt")
            .contains("TCPCONFIG TTLS")
    );
}

#[tokio::test]
async fn of_two_installs_of_one_plan_one_happens() {
    let world = World::new().await;
    let plan = world.preview(json!({ "stacks": ["stack"] })).await;
    let (a, b) = tokio::join!(
        world.install(&plan, json!({})),
        world.install(&plan, json!({}))
    );
    let mut outcomes = [a.outcome(), b.outcome()];
    outcomes.sort();
    assert_eq!(outcomes, ["200", "409 conflict"]);
    assert_eq!(world.history().await.len(), 1);
}

/// An install that was noted and whose server died; what is on the target decides.
async fn cut_off(world: &World, new: [&str; 2]) -> InstallOutcome {
    std::fs::create_dir_all(world.path("")).unwrap();
    let old = ["one", "two"];
    for (path, text) in ["/a", "/b"].into_iter().zip(new) {
        std::fs::write(world.path(path), text).unwrap();
    }
    let files: Vec<_> = ["/a", "/b"]
        .into_iter()
        .zip(old)
        .map(|(path, old)| NewFile {
            role: api::install::FileRole::Policy,
            path: path.to_owned(),
            text: format!("new {old}"),
            sha256: sha256(format!("new {old}").as_bytes()),
            before: Some(sha256(old.as_bytes())),
            base: None,
        })
        .collect();
    let stack = id("stack");
    let root = world.path("").display().to_string();
    let install = NewInstall {
        stack: &stack,
        name: "COLMVSA.TCPIP",
        root: &root,
        revision: 2,
        comment: "",
        returned_to: None,
        trial: None,
        files: &files,
    };
    let db = &world.server.state.db;
    let id = store::install::begin(db, &world.store, &actor("ana"), &install)
        .await
        .unwrap();
    assert_eq!(world.history().await[0].outcome, InstallOutcome::Pending);
    server::deploy::settle(&world.server.state.site())
        .await
        .unwrap();
    let record = world.history().await.remove(0);
    assert_eq!(record.id, id);
    record.outcome
}

#[tokio::test]
async fn an_install_that_was_cut_off_is_settled_by_what_is_on_the_target() {
    let world = World::new().await;
    assert_eq!(
        cut_off(&world, ["new one", "new two"]).await,
        InstallOutcome::Done
    );
    let InstallOutcome::Failed(reason) = cut_off(&world, ["one", "two"]).await else {
        panic!("not failed");
    };
    assert!(
        reason.contains("what was there before is there again"),
        "{reason}"
    );
    let InstallOutcome::Failed(reason) = cut_off(&world, ["new one", "two"]).await else {
        panic!("not failed");
    };
    assert!(reason.contains("1 of 2 files"), "{reason}");
}

#[tokio::test]
async fn installs_returns_and_targets_are_in_the_audit() {
    let world = World::new().await;
    let first = world.installed(&["stack"]).await[0].id;
    let path = format!("/stores/PROD/installs/{first}/return");
    let _: Value = ok(world.installer.post(&path, json!({})).await);
    let page = store::Page::new(0, 10);
    let lines = store::audit::list(&world.server.state.db, Some(world.store.id), page)
        .await
        .unwrap();
    let actions: Vec<_> = lines
        .items
        .iter()
        .map(|line| (line.who.as_str(), line.action.as_str()))
        .collect();
    assert_eq!(
        &actions[..3],
        [("ana", "return"), ("ana", "install"), ("root", "target")]
    );
    assert_eq!(lines.items[1].what, "installed revision 2 on COLMVSA.TCPIP");
    assert_eq!(
        lines.items[1].details["files"][0]["after"]
            .as_str()
            .unwrap()
            .len(),
        64
    );
}
