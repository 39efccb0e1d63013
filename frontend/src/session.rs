//! Who is logged in, as far as this page knows.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::account::Me;
use crate::api::{self, Failure};

/// What is known about the person at the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// Not asked yet.
    Unknown,
    Nobody,
    Person(Me),
    /// The server does not answer.
    Unreachable(String),
}

impl Who {
    /// The name of who is logged in; empty for nobody.
    pub fn name(&self) -> String {
        match self {
            Self::Person(me) => me.name.clone(),
            Self::Unknown | Self::Nobody | Self::Unreachable(_) => String::new(),
        }
    }
}

#[derive(Clone, Copy)]
pub struct Session {
    pub who: RwSignal<Who>,
    /// The session ended while a page was open: it stays open, with a log-in over it.
    pub ended: RwSignal<bool>,
}

impl Session {
    pub fn provide() -> Self {
        let session = Self {
            who: RwSignal::new(Who::Unknown),
            ended: RwSignal::new(false),
        };
        provide_context(session);
        api::on_session_end(move || {
            if matches!(session.who.get_untracked(), Who::Person(_)) {
                session.ended.set(true);
            } else {
                session.who.set(Who::Nobody);
            }
        });
        spawn_local(session.ask());
        session
    }

    pub fn here() -> Self {
        expect_context()
    }

    /// Asks the server who is logged in.
    pub async fn ask(self) {
        let who = match api::me().await {
            Ok(me) => Who::Person(me),
            Err(Failure::Refused(problem)) if problem.status == 401 => Who::Nobody,
            Err(failure) => Who::Unreachable(failure.words()),
        };
        self.ended.set(false);
        self.who.set(who);
    }

    /// The name of who is logged in; empty for nobody.
    pub fn name(self) -> String {
        self.who.with(Who::name)
    }

    pub fn administrator(self) -> bool {
        self.who
            .with(|who| matches!(who, Who::Person(me) if me.administrator))
    }
}
