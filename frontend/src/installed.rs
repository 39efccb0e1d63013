//! What is installed where.

use generator::objects::ObjectId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::deploy;
use crate::api::install::StackState;
use crate::ui::Chip;
use crate::workspace::Workspace;

/// What is known of the stacks' targets; `None` until it is known, or where it cannot be asked.
pub type Installed = RwSignal<Option<Vec<StackState>>>;

/// Asks now, and again when a newer revision, an install from wherever, what becomes of one that waits,
/// or a look at the targets changes it.
pub fn installed() -> Installed {
    let workspace = Workspace::here();
    let installed = Installed::new(None);
    let newest = StoredValue::new(0);
    let news = Memo::new(move |_| {
        let head = workspace.head.with(|head| head.revision);
        let on_targets = workspace.state.with(|state| {
            let state = state.as_ref()?;
            Some((state.installed, state.drifted.clone()))
        });
        (head, on_targets, workspace.waiting())
    });
    Effect::new(move |before: Option<u32>| {
        let _newer = news.get();
        let question = before.map_or(0, |before| before.wrapping_add(1));
        newest.set_value(question);
        spawn_local(async move {
            let answer = deploy::drift(&workspace.name()).await;
            // A later question may have been answered already.
            if let (Ok(states), Some(true)) =
                (answer, newest.try_with_value(|newest| *newest == question))
            {
                installed.try_set(Some(states));
            }
        });
        question
    });
    installed
}

/// What is known of one stack's files on their target.
#[derive(Clone, Debug, PartialEq)]
pub enum OnTarget {
    Nothing,
    Revision(i64),
    Drifted(i64),
}

impl OnTarget {
    pub fn of(states: &[StackState], stack: &ObjectId) -> Self {
        let state = states.iter().find(|state| state.stack == *stack);
        match state.and_then(|state| Some((state, state.installed.as_ref()?))) {
            None => Self::Nothing,
            Some((state, record)) if state.drift.is_empty() => Self::Revision(record.revision),
            Some((_, record)) => Self::Drifted(record.revision),
        }
    }

    /// "revision 12", and whether the files are still so.
    pub fn view(&self) -> AnyView {
        match self {
            Self::Nothing => view! { <span class="soft">"not yet"</span> }.into_any(),
            Self::Revision(number) => format!("revision {number}").into_any(),
            Self::Drifted(number) => view! {
                {format!("revision {number} ")} <Chip text="changed" colour="magenta" />
            }
            .into_any(),
        }
    }
}
