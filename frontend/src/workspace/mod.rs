//! The open store: what it holds, what my draft makes of it, and what is on its way to the server.
//!
//! A page reads [`Workspace::config`] and calls [`Workspace::edit`]. An edit counts at once here, is
//! queued, and is sent as soon as the field is left or typing pauses. What the server refuses is
//! kept as mine, and shown, until the person decides.

mod queue;
mod refusal;
mod sync;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use generator::objects::{Configuration, Kind, Object, ObjectId};
use generator::sort;
use leptos::prelude::*;

use crate::api::account::Role;
use crate::api::draft::{Draft, State};
use crate::api::store::StoreSummary;
use crate::core::{self, Findings};
use crate::session::Session;
use crate::ui;
use crate::words;
pub use queue::Changes;
use queue::{Queue, Step};
pub use refusal::{Refusal, Why, lock_words};
pub use sync::pause;

/// Whether the store's content is here.
#[derive(Clone, Debug, PartialEq)]
pub enum Load {
    Loading,
    Ready,
    Failed(String),
}

/// The newest revision, as the server has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    pub revision: i64,
    pub objects: Arc<Configuration>,
    pub etags: BTreeMap<ObjectId, String>,
    /// The revision that changed each object last.
    pub since: BTreeMap<ObjectId, i64>,
}

#[derive(Clone, Copy)]
pub struct Workspace {
    name: StoredValue<String>,
    /// My name.
    me: StoredValue<String>,
    pub load: RwSignal<Load>,
    pub summary: RwSignal<Option<StoreSummary>>,
    pub head: RwSignal<Arc<Head>>,
    pub draft: RwSignal<Draft>,
    /// The store as I see it: revision, draft and what is typed.
    pub config: RwSignal<Arc<Configuration>>,
    /// The same, a moment later: for lists, findings and files, which need not keep up with each key.
    pub settled: RwSignal<Arc<Configuration>>,
    /// The same once the files are shown: findings take longer, and the files are what is looked at.
    checked: RwSignal<Arc<Configuration>>,
    pub findings: Memo<Arc<Findings>>,
    pub state: RwSignal<Option<State>>,
    /// Something is not stored yet.
    pub storing: RwSignal<bool>,
    pub offline: RwSignal<bool>,
    pub refusals: RwSignal<BTreeMap<ObjectId, Refusal>>,
    /// What went wrong with something that was asked for; shown until it is put away.
    pub notice: RwSignal<Option<String>>,
    queue: StoredValue<Queue>,
    typing: StoredValue<u32>,
    /// The store's pages were left.
    left: StoredValue<bool>,
}

/// How long typing rests before it is sent.
const PAUSE: Duration = Duration::from_millis(1000);
/// How many milliseconds typing rests before files and findings follow.
const SETTLE: f64 = 60.0;

/// Owns what outlives every page.
#[derive(Clone)]
struct Lasting(Owner);

/// Lets what is made by an open store outlive its pages; called once, where all pages stand in.
pub fn provide_lasting_owner() {
    if let Some(owner) = Owner::current() {
        provide_context(Lasting(owner));
    }
}

impl Workspace {
    /// Opens a store and provides it to what is below.
    pub fn open(name: String) -> Self {
        let me = Session::here()
            .who
            .with_untracked(crate::session::Who::name);
        // An answer of the server may come when the store's pages are gone, and what is typed is
        // still sent then. So the signals outlive the pages; `leave` gives back what is large.
        let Lasting(owner) = expect_context();
        let workspace = owner.with(|| Self::new(name, me));
        provide_context(workspace);
        workspace.settle();
        workspace.start();
        on_cleanup(move || workspace.leave());
        workspace
    }

    fn new(name: String, me: String) -> Self {
        let checked = RwSignal::new(Arc::new(Configuration::default()));
        Self {
            name: StoredValue::new(name),
            me: StoredValue::new(me),
            load: RwSignal::new(Load::Loading),
            summary: RwSignal::new(None),
            head: RwSignal::new(Arc::default()),
            draft: RwSignal::new(Draft::default()),
            config: RwSignal::new(Arc::new(Configuration::default())),
            settled: RwSignal::new(Arc::new(Configuration::default())),
            checked,
            findings: Memo::new(move |_| Arc::new(core::findings(&checked.get()))),
            state: RwSignal::new(None),
            storing: RwSignal::new(false),
            offline: RwSignal::new(false),
            refusals: RwSignal::new(BTreeMap::new()),
            notice: RwSignal::new(None),
            queue: StoredValue::new(Queue::default()),
            typing: StoredValue::new(0),
            left: StoredValue::new(false),
        }
    }

    /// Sends what waits, asks for nothing more, and lets the store's content go.
    fn leave(self) {
        self.left.set_value(true);
        leptos::task::spawn_local(async move {
            self.all_stored().await;
            self.head.set(Arc::default());
            self.config.set(Arc::default());
            self.settled.set(Arc::default());
            self.checked.set(Arc::default());
        });
    }

    pub fn here() -> Self {
        expect_context()
    }

    /// The store's name.
    pub fn name(self) -> String {
        self.name.get_value()
    }

    /// My name.
    pub fn me(self) -> String {
        self.me.get_value()
    }

    /// Lets `settled` follow `config`: at once after a rest, and while somebody types, when nothing
    /// came for a moment.
    ///
    /// In a large store, what follows takes longer; then the moment is longer, too, so that the
    /// keys do not wait for it.
    fn settle(self) {
        let changes = StoredValue::new(0_u32);
        // What following cost last time, and when it was over: milliseconds.
        let last = StoredValue::new((0.0_f64, 0.0_f64));
        Effect::new(move |_| {
            let config = self.config.get();
            changes.update_value(|number| *number += 1);
            let number = changes.get_value();
            // The first content is shown without waiting.
            if self
                .settled
                .with_untracked(|settled| settled.objects.is_empty())
            {
                self.settled.set(Arc::clone(&config));
                self.checked.set(config);
                return;
            }
            let (cost, over) = last.get_value();
            let moment = (2.0 * cost).clamp(SETTLE, 1500.0);
            let rested = js_sys::Date::now() - over > moment;
            set_timeout(
                move || {
                    if changes.try_get_value() == Some(number) {
                        let before = js_sys::Date::now();
                        self.settled.set(config.clone());
                        // Runs once everything that follows is done.
                        let measure = move || {
                            let now = js_sys::Date::now();
                            last.try_update_value(|last| *last = (now - before, now));
                        };
                        // Runs once the files are there to be seen.
                        let check = move || {
                            self.checked.set(config);
                            set_timeout(measure, Duration::ZERO);
                        };
                        ui::after_drawing(check);
                    }
                },
                Duration::from_millis(if rested { 0 } else { moment as u64 }),
            );
        });
    }

    /// Shows a message at the top of the page.
    pub fn say(self, words: String) {
        self.notice.set(Some(words));
    }

    /// An object as I see it.
    pub fn object(self, id: &ObjectId) -> Option<Object> {
        self.config.with(|config| config.get(id).cloned())
    }

    /// One step of editing, stored at once.
    pub fn edit(
        self,
        words: impl Into<String>,
        changes: impl IntoIterator<Item = (ObjectId, Option<Object>)>,
    ) {
        self.push(Step {
            words: words.into(),
            changes: sort::map(changes),
            typing: false,
            derived: false,
        });
        self.flush();
    }

    /// One key of typing: stored when the field is left or typing pauses.
    pub fn edit_typing(self, words: impl Into<String>, id: ObjectId, object: Object) {
        self.push(Step {
            words: words.into(),
            changes: sort::map([(id, Some(object))]),
            typing: true,
            derived: false,
        });
        self.typing.update_value(|number| *number += 1);
        let number = self.typing.get_value();
        set_timeout(
            move || {
                if self.typing.try_get_value() == Some(number) {
                    self.flush();
                }
            },
            PAUSE,
        );
    }

    fn push(self, step: Step) {
        self.apply(&step.changes);
        self.queue.update_value(|queue| queue.push(step));
        self.storing.set(true);
    }

    /// Sends what waits.
    pub fn flush(self) {
        self.queue.update_value(Queue::ripen);
        self.pump();
    }

    fn apply(self, changes: &Changes) {
        self.config.update(|config| {
            let objects = &mut Arc::make_mut(config).objects;
            for (id, object) in changes {
                match object {
                    Some(object) => objects.insert(id.clone(), object.clone()),
                    None => objects.remove(id),
                };
            }
        });
    }

    /// Makes an object with a new id, as one step together with what else changes because of it.
    pub fn create(self, words: impl Into<String>, object: Object) -> ObjectId {
        let id = new_id();
        self.edit(words, [(id.clone(), Some(object))]);
        id
    }

    /// Why an object cannot be deleted by me now; tracked.
    pub fn undeletable(self, id: &ObjectId) -> Option<String> {
        self.read_only(id).or_else(|| {
            let (kind, users) = self.config.with(|config| {
                let kind = config.get(id).map(Object::kind);
                (kind, core::users_of(config, id))
            });
            let verb = match kind {
                Some(Kind::Group | Kind::Image | Kind::Stack) => "holds",
                _ => "is used by",
            };
            let objects = words::count(users, "object", "objects");
            (users > 0).then(|| format!("It {verb} {objects}."))
        })
    }

    /// Deletes an object, or says why that cannot be; whether it is deleted.
    pub fn try_delete(self, id: &ObjectId) -> bool {
        let Some(why) = untrack(|| self.undeletable(id)) else {
            self.delete(std::slice::from_ref(id));
            return true;
        };
        let object = self.config.with_untracked(|config| config.get(id).cloned());
        let called = object.map(|object| core::called(&object));
        self.say(ui::sentence(&format!(
            "{} is not deleted. {why}",
            called.unwrap_or_default()
        )));
        false
    }

    pub fn delete(self, ids: &[ObjectId]) {
        let words = match ids {
            [one] => {
                let name = self
                    .object(one)
                    .map(|object| core::called(&object))
                    .unwrap_or_default();
                format!("delete {name}")
            }
            many => format!("delete {} objects", many.len()),
        };
        self.edit(words, ids.iter().map(|id| (id.clone(), None)));
    }

    /// Why an object cannot be changed by me now; tracked.
    pub fn read_only(self, id: &ObjectId) -> Option<String> {
        if let Some(why) = self.closed() {
            return Some(why);
        }
        if self
            .config
            .with(|config| config.get(id).is_some_and(Object::supplied))
        {
            return Some(
                "It comes with Gatehouse and stays as it is. Copy it to change it.".to_owned(),
            );
        }
        let refused = self
            .refusals
            .with(|refusals| refusals.get(id).map(Refusal::words));
        refused.or_else(|| self.lock(id).map(|lock| lock_words(&lock)))
    }

    /// Why nothing in this store can be changed by me now; tracked.
    pub fn closed(self) -> Option<String> {
        if self.summary.with(|summary| {
            summary
                .as_ref()
                .is_some_and(|summary| summary.role < Role::Editor)
        }) {
            return Some("You may read this store, not change it.".to_owned());
        }
        if self
            .summary
            .with(|summary| summary.as_ref().is_some_and(|summary| summary.archived))
        {
            return Some("The store is archived.".to_owned());
        }
        None
    }

    /// Why nothing can be saved or installed by me now; tracked.
    pub fn frozen(self) -> Option<String> {
        let of_state = self
            .state
            .with(|state| state.as_ref().map(|state| state.frozen.clone()));
        let freeze = of_state.unwrap_or_else(|| {
            self.summary
                .with(|summary| summary.as_ref().and_then(|s| s.frozen.clone()))
        })?;
        (freeze.by != self.me.get_value())
            .then(|| format!("{} has frozen the store: {}", freeze.by, freeze.reason))
    }

    /// Whether I may do in this store what `least` may; tracked.
    pub fn may(self, least: Role) -> bool {
        self.summary
            .with(|summary| summary.as_ref().is_none_or(|summary| summary.role >= least))
    }

    /// Who else holds an object; tracked.
    pub fn lock(self, id: &ObjectId) -> Option<crate::api::draft::Lock> {
        let me = self.me.get_value();
        self.state.with(|state| {
            let locks = &state.as_ref()?.locks;
            locks
                .iter()
                .find(|lock| lock.object == *id && lock.holder != me)
                .cloned()
        })
    }

    /// The installs that wait for their confirmation; tracked.
    pub fn waiting(self) -> Vec<i64> {
        self.state.with(|state| {
            let all = state.iter().flat_map(|state| &state.waiting);
            all.map(|waiting| waiting.install).collect()
        })
    }

    /// What the newest revision has of an object.
    pub fn at_head(self, id: &ObjectId) -> Option<Object> {
        self.head.with(|head| head.objects.get(id).cloned())
    }

    /// A name of the kind that no object has yet: the wish, or the wish with a number.
    pub fn free_name(self, kind: Kind, wish: &str) -> String {
        self.config
            .with_untracked(|config| core::free_name(config, kind, wish))
    }
}

/// The identity of a new object: 128 random bits.
pub fn new_id() -> ObjectId {
    let mut bytes = [0_u8; 16];
    if let Some(crypto) = web_sys::window().and_then(|window| window.crypto().ok()) {
        // Fails only above 65,536 bytes.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    ObjectId(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
