//! Saving what the guided start made: one edit, one revision, and on to the install.

use generator::objects::ObjectId;
use generator::objects::references::References;
use generator::sort;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::{Guide, Made};
use crate::api::account::Role;
use crate::api::draft::Save;
use crate::api::{self, Answer, deploy};
use crate::session::{Session, Who};
use crate::workspace::Workspace;
use crate::{core, paths};

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Idle,
    /// The edit is on its way; what is saved then, and whether it is installed.
    Storing {
        stack: ObjectId,
        image: String,
        ids: Vec<ObjectId>,
        comment: String,
        install: bool,
    },
    Saving,
}

#[derive(Clone, Copy)]
pub struct Saving {
    guide: Guide,
    step: RwSignal<Step>,
    pub failed: RwSignal<Option<String>>,
}

impl Saving {
    pub fn new(guide: Guide) -> Self {
        let saving = Self {
            guide,
            step: RwSignal::new(Step::Idle),
            failed: RwSignal::new(None),
        };
        let workspace = guide.workspace;
        let session = Session::here();
        let navigate = use_navigate();
        Effect::new(move |_| {
            if workspace.storing.get() {
                return;
            }
            let Step::Storing {
                stack,
                image,
                ids,
                comment,
                install,
            } = saving.step.try_get().unwrap_or(Step::Idle)
            else {
                return;
            };
            saving.step.set(Step::Saving);
            let navigate = navigate.clone();
            spawn_local(async move {
                match store(workspace, session, &stack, &image, &ids, comment, install).await {
                    Ok(address) => navigate(&address, NavigateOptions::default()),
                    Err(why) => {
                        saving.failed.try_set(Some(why));
                        saving.step.try_set(Step::Idle);
                    }
                }
            });
        });
        saving
    }

    /// Why nothing can be pressed now.
    pub fn busy(self) -> Option<String> {
        match self.step.get() {
            Step::Idle => None,
            Step::Storing { .. } if self.guide.workspace.offline.get() => {
                Some("The server does not answer. It is saved when it is back.".to_owned())
            }
            Step::Storing { .. } | Step::Saving => Some("Saving…".to_owned()),
        }
    }

    pub fn frozen(self) -> Option<String> {
        self.guide.workspace.frozen()
    }

    pub fn not_installer(self) -> Option<String> {
        (!self.guide.workspace.may(Role::Installer))
            .then(|| "You may save in this store, not install.".to_owned())
    }

    pub fn start(self, install: bool) {
        let guide = self.guide;
        guide.pressed.set(true);
        self.failed.set(None);
        let Made {
            planned, config, ..
        } = (*guide.planned.get_untracked()).clone();
        let Some(application) = guide.application.get_untracked() else {
            return;
        };
        let stack_name = core::name_of(&config, &planned.stack);
        let image = core::name_of(&config, &planned.image);
        let comment = format!("Protect {} on {image}.{stack_name}", application.title);
        // Only what was made is saved, with what it needs: other changes of the draft stay there.
        let references = References::of(&config);
        let made = planned.changes.keys();
        let needed = made.clone().flat_map(|id| references.needs(id));
        let ids: Vec<ObjectId> = sort::set(made.cloned().chain(needed)).into_iter().collect();
        guide.workspace.edit(comment.clone(), planned.changes);
        self.step.set(Step::Storing {
            stack: planned.stack,
            image,
            ids,
            comment,
            install,
        });
    }
}

/// Saves, and answers the address to go on to.
async fn store(
    workspace: Workspace,
    session: Session,
    stack: &ObjectId,
    image: &str,
    ids: &[ObjectId],
    comment: String,
    install: bool,
) -> Result<String, String> {
    let refused = workspace.refusals.with_untracked(|refusals| {
        ids.iter()
            .find_map(|id| refusals.get(id).map(|refusal| refusal.words()))
    });
    if let Some(why) = refused {
        return Err(why);
    }
    let (head, changed) = workspace.draft.with_untracked(|draft| {
        (
            draft.head,
            draft
                .changes
                .iter()
                .map(|change| change.id.clone())
                .collect::<Vec<_>>(),
        )
    });
    let mine: Vec<ObjectId> = changed
        .iter()
        .filter(|id| ids.contains(id))
        .cloned()
        .collect();
    let only = (mine.len() < changed.len()).then_some(mine);
    let name = workspace.name();
    api::revisions::save(
        &name,
        &Save {
            comment,
            head,
            only,
        },
    )
    .await
    .map_err(|failure| failure.words())?;
    workspace.reload().await;
    if !install {
        return Ok(paths::stack(&name, stack, "rules"));
    }
    // Without a target the install page asks for it.
    let _ = suggest_target(workspace, session, stack, image).await;
    Ok(paths::install_of(&name, std::slice::from_ref(stack), &[]))
}

/// A stack without a target gets a folder of its image below the only install root.
async fn suggest_target(
    workspace: Workspace,
    session: Session,
    stack: &ObjectId,
    image: &str,
) -> Answer<()> {
    let Who::Person(me) = session.who.get_untracked() else {
        return Ok(());
    };
    let [root] = me.install_roots.as_slice() else {
        return Ok(());
    };
    let name = workspace.name();
    if deploy::targets(&name)
        .await?
        .iter()
        .any(|target| target.stack == *stack)
    {
        return Ok(());
    }
    deploy::set_target(&name, stack, &paths::target_of_image(root, image))
        .await
        .map(drop)
}
