//! A policy that is on trial, and what the engine went back from.
//!
//! Only the thread that loads policies begins and ends trials; others look.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use control::{TrialInfo, TrialState};

use crate::policy::{FileRead, Instance, now};

/// How long after an attempt to go back that failed the next one comes.
const AGAIN: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub struct Trials(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last: u32,
    running: Option<Running>,
    over: Option<Over>,
}

#[derive(Debug)]
struct Running {
    number: u32,
    due: Instant,
    /// The same in Unix seconds.
    until: u64,
    /// What was confirmed last.
    before: Arc<Instance>,
}

/// What the engine went back from, until something else is loaded.
#[derive(Debug)]
pub struct Over {
    pub number: u32,
    /// In Unix seconds.
    pub at: u64,
    pub files: Vec<FileRead>,
    pub why: String,
}

impl Over {
    fn shown(&self) -> TrialInfo {
        TrialInfo {
            number: self.number,
            state: TrialState::Back,
            until: self.at,
            left: 0,
            why: self.why.clone(),
        }
    }
}

impl Trials {
    /// With what an engine before this one went back from, or did not come to confirm.
    pub fn new(over: Option<Over>) -> Self {
        let (last, running) = (0, None);
        Self(Mutex::new(State {
            last,
            running,
            over,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a trial. The way back of one that runs already leads to what was confirmed before both.
    pub fn begin(&self, before: Arc<Instance>, within: Duration) -> TrialInfo {
        let mut state = self.state();
        state.last = state.last.saturating_add(1);
        let before = match state.running.take() {
            Some(running) => running.before,
            None => before,
        };
        state.over = None;
        let running = Running {
            number: state.last,
            due: Instant::now() + within,
            until: now().saturating_add(within.as_secs()),
            before,
        };
        let info = shown(&running);
        state.running = Some(running);
        info
    }

    /// The way back of a trial, or why there is none.
    pub fn before(&self, number: u32) -> Result<Arc<Instance>, String> {
        let state = self.state();
        match &state.running {
            Some(running) if running.number == number => Ok(running.before.clone()),
            _ => Err(state.no_trial(number)),
        }
    }

    /// What is on trial stays.
    pub fn confirm(&self, number: u32) -> Result<TrialInfo, String> {
        let mut state = self.state();
        match state.running.take_if(|running| running.number == number) {
            None => Err(state.no_trial(number)),
            Some(running) => Ok(TrialInfo {
                state: TrialState::Confirmed,
                until: now(),
                left: 0,
                ..shown(&running)
            }),
        }
    }

    /// The engine went back from these files.
    pub fn back(&self, number: u32, files: Vec<FileRead>, why: &str) -> TrialInfo {
        let mut state = self.state();
        state.running = None;
        let over = Over {
            number,
            at: now(),
            files,
            why: why.to_owned(),
        };
        let info = over.shown();
        state.over = Some(over);
        info
    }

    /// Going back failed; it is tried again.
    pub fn try_again(&self, number: u32) {
        let mut state = self.state();
        let running = state.running.as_mut();
        if let Some(running) = running.filter(|running| running.number == number) {
            running.due = Instant::now() + AGAIN;
        }
    }

    /// Something was loaded by order: the number of the trial that ended with it.
    pub fn forget(&self) -> Option<u32> {
        let mut state = self.state();
        state.over = None;
        state.running.take().map(|running| running.number)
    }

    /// Other files were found than those that the engine went back from: those may come again. Whether there
    /// were any.
    pub fn others_lie_there(&self) -> bool {
        let mut state = self.state();
        let files = state.over.as_mut().map(|over| &mut over.files);
        files.is_some_and(|files| !std::mem::take(files).is_empty())
    }

    pub fn is_running(&self) -> bool {
        self.state().running.is_some()
    }

    /// The trial whose time is over.
    pub fn overdue(&self) -> Option<u32> {
        let state = self.state();
        let running = state.running.as_ref();
        let overdue = running.filter(|running| running.due <= Instant::now());
        overdue.map(|running| running.number)
    }

    /// Whether the engine went back from these files.
    pub fn went_back_from(&self, files: &[FileRead]) -> bool {
        let over = &self.state().over;
        let gone = over.as_ref().map(|over| &over.files[..]);
        gone.is_some_and(|gone| !gone.is_empty() && gone == files)
    }

    pub fn info(&self) -> Option<TrialInfo> {
        let state = self.state();
        let running = state.running.as_ref().map(shown);
        running.or_else(|| Some(state.over.as_ref()?.shown()))
    }
}

impl State {
    fn no_trial(&self, number: u32) -> String {
        match &self.over {
            Some(over) if over.number == number => format!("trial {number} is over: {}", over.why),
            _ => format!("there is no trial {number}"),
        }
    }
}

fn shown(running: &Running) -> TrialInfo {
    let left = running.due.saturating_duration_since(Instant::now());
    TrialInfo {
        number: running.number,
        state: TrialState::Running,
        until: running.until,
        left: u64::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u64::MAX),
        why: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(stack: &str) -> Arc<Instance> {
        Arc::new(Instance::of_nothing(stack))
    }

    #[test]
    fn the_way_back_of_a_second_trial_leads_to_what_was_confirmed() {
        let trials = Trials::default();
        let hour = Duration::from_secs(3600);
        let first = trials.begin(instance("CONFIRMED"), hour);
        let second = trials.begin(instance("FIRST"), hour);
        assert_eq!((first.number, second.number), (1, 2));
        assert_eq!((second.state, second.left), (TrialState::Running, 3600));
        assert_eq!(
            trials.before(1).map(|_| ()),
            Err("there is no trial 1".to_owned())
        );
        let before = trials.before(2).map(|before| before.stack.clone());
        assert_eq!(before, Ok("CONFIRMED".to_owned()));
    }

    #[test]
    fn a_trial_ends_once() {
        let trials = Trials::default();
        let number = trials.begin(instance(""), Duration::ZERO).number;
        assert_eq!(trials.overdue(), Some(number));
        trials.try_again(number);
        assert_eq!(trials.overdue(), None);
        let files = vec![FileRead {
            path: "/etc/policy".into(),
            sha256: "0".to_owned(),
        }];
        trials.back(number, files.clone(), "nobody confirmed it in time");
        assert!(trials.went_back_from(&files));
        assert!(!trials.went_back_from(&[]));
        assert_eq!(
            trials.confirm(number),
            Err("trial 1 is over: nobody confirmed it in time".to_owned())
        );
        assert_eq!(trials.info().map(|info| info.state), Some(TrialState::Back));
        assert_eq!(trials.forget(), None);
        assert_eq!(trials.info(), None);
        let number = trials.begin(instance(""), Duration::ZERO).number;
        assert_eq!(
            trials.confirm(number).map(|info| info.state),
            Ok(TrialState::Confirmed)
        );
        assert_eq!((trials.overdue(), trials.info()), (None, None));
    }
}
