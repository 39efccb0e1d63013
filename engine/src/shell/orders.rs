//! What the thread that loads policies is told to do.

use std::io;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use control::{Answer, FileText};
use rustix::process::{Signal, getpid, kill_process};

/// An order for the thread that loads policies.
pub struct Order {
    pub work: Work,
    /// `None`: nobody waits for what comes of it.
    pub done: Option<Sender<Answer>>,
}

/// What it is to do.
pub enum Work {
    Load(Cause),
    /// Loads what would be if these files lay there, and changes nothing.
    Check(Vec<FileText>),
    /// Loads on trial, for so many seconds.
    Activate(u32),
    Confirm(u32),
    /// Goes back because somebody wants it.
    Back(u32),
    /// Goes back because nobody confirmed it in time.
    Overdue(u32),
}

/// Why policies are loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Somebody wants everything to be loaded.
    Refresh,
    /// Somebody wants what changed to be loaded.
    Update,
    /// The time after which the files are looked at again, as they say themselves.
    Interval,
}

impl Order {
    /// What a signal asks for.
    pub fn refresh() -> Self {
        Self::unheard(Work::Load(Cause::Refresh))
    }

    /// What happens by itself.
    pub fn unheard(work: Work) -> Self {
        Self { work, done: None }
    }
}

/// Orders that wait. Who takes them is woken by a signal.
#[derive(Clone, Default)]
pub struct Orders(Arc<Mutex<Vec<Order>>>);

impl Orders {
    pub fn take(&self) -> Vec<Order> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds an order and wakes who takes it.
    pub fn give(&self, order: Order) -> io::Result<()> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push(order);
        drop(waiting);
        Ok(kill_process(getpid(), Signal::USR1)?)
    }
}
