//! Traces that go on for some time: more is written about some connections than their rules ask for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::messages::Subject;
use control::{TraceInfo, Which};

/// Traces at a time.
const MOST: usize = 64;
/// The longest time of one.
const LONGEST: u32 = 24 * 60 * 60;
/// Every message that there is.
const ALL: u8 = 15;

#[derive(Debug, Default)]
pub struct Traces {
    // A connection that comes looks at this first.
    any: AtomicBool,
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    begun: u32,
    traces: Vec<Trace>,
}

#[derive(Debug)]
struct Trace {
    number: u32,
    which: Which,
    level: u8,
    ends: Instant,
}

impl Traces {
    /// Begins a trace; its number, or why there is none.
    pub fn begin(
        &self,
        which: Which,
        level: u8,
        seconds: u32,
        now: Instant,
    ) -> Result<u32, &'static str> {
        if which == Which::default() {
            return Err("say which connections: by rule, partner, port, job name or number");
        }
        if level == 0 || level > ALL {
            return Err("the level is the sum of 1, 2, 4 and 8: from 1 to 15");
        }
        if seconds == 0 || seconds > LONGEST {
            return Err("a trace ends within a day, and not at once");
        }
        self.change(|list| {
            if list.traces.len() >= MOST {
                return Err("64 traces go on already; end one first");
            }
            list.begun += 1;
            list.traces.push(Trace {
                number: list.begun,
                which,
                level,
                ends: now + Duration::from_secs(u64::from(seconds)),
            });
            Ok(list.begun)
        })
    }

    /// Ends one, or all; how many.
    pub fn end(&self, number: Option<u32>) -> usize {
        self.drop_those(|trace| number.is_none_or(|number| trace.number == number))
            .len()
    }

    /// Ends those whose time has come; their numbers.
    pub fn expire(&self, now: Instant) -> Vec<u32> {
        match self.any.load(Ordering::Relaxed) {
            true => self.drop_those(|trace| trace.ends <= now),
            false => Vec::new(),
        }
    }

    /// What is to be written about a connection besides what its rule says.
    pub fn level(&self, subject: &Subject) -> u8 {
        if !self.any.load(Ordering::Relaxed) {
            return 0;
        }
        let list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = list
            .traces
            .iter()
            .filter(|trace| is_meant(&trace.which, subject));
        fitting.fold(0, |level, trace| level | trace.level)
    }

    pub fn list(&self, now: Instant) -> Vec<TraceInfo> {
        let list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let info = |trace: &Trace| TraceInfo {
            number: trace.number,
            which: trace.which.clone(),
            level: trace.level,
            left: trace.ends.saturating_duration_since(now).as_secs(),
        };
        list.traces.iter().map(info).collect()
    }

    fn drop_those(&self, over: impl Fn(&Trace) -> bool) -> Vec<u32> {
        self.change(|list| {
            let (gone, left) = list.traces.drain(..).partition(|trace| over(trace));
            list.traces = left;
            let gone: Vec<Trace> = gone;
            gone.into_iter().map(|trace| trace.number).collect()
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut List) -> T) -> T {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut list);
        self.any.store(!list.traces.is_empty(), Ordering::Relaxed);
        result
    }
}

/// Whether a connection is one of these.
pub fn is_meant(which: &Which, subject: &Subject) -> bool {
    let rule = subject.rule.as_ref().map(|rule| &*rule.name);
    is_chosen(which, subject, rule)
}

/// The same, where the rule is known by its name only.
pub fn is_chosen(which: &Which, subject: &Subject, rule: Option<&str>) -> bool {
    let ports = || [subject.local.port(), subject.remote.port()];
    (which.rule.as_deref()).is_none_or(|name| name == rule.unwrap_or_default())
        && which
            .remote
            .is_none_or(|address| address.to_canonical() == subject.remote.ip().to_canonical())
        && which.port.is_none_or(|port| ports().contains(&port))
        && (which.job.as_ref()).is_none_or(|job| job.eq_ignore_ascii_case(&subject.job))
        && which.connection.is_none_or(|id| id == subject.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Job TN3270 at port 992, for the partner 10.1.0.9, without a rule.
    fn subject() -> Subject {
        Subject {
            remote: "[::ffff:10.1.0.9]:40000".parse().expect("an address"),
            rule: None,
            ..crate::messages::tests::subject(0)
        }
    }

    fn port(port: u16) -> Which {
        Which {
            port: Some(port),
            ..Which::default()
        }
    }

    #[test]
    fn connections_are_chosen_by_what_is_said_of_them() {
        let is = |which: Which| is_meant(&which, &subject());
        assert!(is(Which::default()));
        assert!(is(port(992)) && is(port(40000)) && !is(port(23)));
        let job = |job: &str| Which {
            job: Some(job.to_owned()),
            ..port(992)
        };
        assert!(is(job("tn3270")) && !is(job("FTPD")));
        let remote = |text: &str| Which {
            remote: Some(text.parse().expect("an address")),
            ..Which::default()
        };
        assert!(is(remote("10.1.0.9")) && !is(remote("10.1.0.8")));
        let rule = Which {
            rule: Some("R".to_owned()),
            ..Which::default()
        };
        assert!(!is(rule));
    }

    #[test]
    fn a_trace_ends_by_itself() {
        let (traces, now) = (Traces::default(), Instant::now());
        assert_eq!(traces.level(&subject()), 0);
        traces.begin(port(992), 4, 10, now).expect("a trace");
        let second = traces.begin(port(40000), 8, 60, now).expect("a trace");
        assert_eq!(traces.level(&subject()), 12);
        assert_eq!(traces.expire(now + Duration::from_secs(10)), [1]);
        assert_eq!(traces.level(&subject()), 8);
        assert_eq!(traces.list(now)[0].left, 60);
        assert_eq!(traces.end(Some(second)), 1);
        assert_eq!(traces.level(&subject()), 0);
    }

    #[test]
    fn what_is_no_trace_is_refused() {
        let (traces, now) = (Traces::default(), Instant::now());
        assert!(traces.begin(Which::default(), 4, 10, now).is_err());
        assert!(traces.begin(port(1), 0, 10, now).is_err());
        assert!(traces.begin(port(1), 16, 10, now).is_err());
        assert!(traces.begin(port(1), 1, 0, now).is_err());
        assert!(traces.begin(port(1), 1, LONGEST + 1, now).is_err());
        for _ in 0..MOST {
            traces.begin(port(1), 1, 1, now).expect("a trace");
        }
        assert!(traces.begin(port(1), 1, 1, now).is_err());
        assert_eq!(traces.end(None), MOST);
    }
}
