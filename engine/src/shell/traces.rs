//! Traces that go on for some time: more is written about some connections than their rules ask for.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::capture::Capture;
use crate::messages::Subject;
use control::{TraceInfo, Which};

/// Traces at a time.
const MOST: usize = 64;
/// Traces that keep what is said, with those that are over and have kept it. Each takes 2 MiB at most.
const MOST_CAPTURES: usize = 8;
/// The longest time of one.
const LONGEST: u32 = 24 * 60 * 60;
/// The longest time of one that keeps what opens the data of programs, and how long after its end that is there.
const LONGEST_OF_DATA: u32 = 60 * 60;
/// Characters of a reason.
const REASON: usize = 200;
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
    /// Those that are over and have kept something, the oldest first.
    over: VecDeque<Trace>,
}

#[derive(Debug)]
struct Trace {
    number: u32,
    which: Which,
    level: u8,
    ends: Instant,
    /// What it keeps; `None`: it only writes more.
    capture: Option<Arc<Capture>>,
}

/// What a trace keeps of connections that begin while it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keeps {
    Nothing,
    Handshakes,
    /// What opens the data of programs, too, for this reason.
    Data(String),
}

impl Traces {
    /// Begins a trace; its number, or why there is none.
    pub fn begin(
        &self,
        which: Which,
        level: u8,
        seconds: u32,
        keeps: Keeps,
        now: Instant,
    ) -> Result<u32, &'static str> {
        if which == Which::default() {
            return Err("say which connections: by rule, partner, port, job name or number");
        }
        if level > ALL || level == 0 && keeps == Keeps::Nothing {
            return Err("the level is the sum of 1, 2, 4 and 8: from 1 to 15");
        }
        if seconds == 0 || seconds > LONGEST {
            return Err("a trace ends within a day, and not at once");
        }
        if let Keeps::Data(reason) = &keeps {
            let is_one = |reason: &str| {
                !reason.trim().is_empty()
                    && reason.chars().count() <= REASON
                    && !reason.chars().any(char::is_control)
            };
            if !is_one(reason) {
                return Err(
                    "the reason to keep what programs say is a line of 1 to 200 characters",
                );
            }
            if seconds > LONGEST_OF_DATA {
                return Err("a trace that keeps what programs say ends within an hour");
            }
        }
        self.change(|list| {
            if list.traces.len() >= MOST {
                return Err("64 traces go on already; end one first");
            }
            if keeps != Keeps::Nothing {
                list.make_room()?;
            }
            list.begun += 1;
            list.traces.push(Trace {
                number: list.begun,
                which,
                level,
                ends: now + Duration::from_secs(u64::from(seconds)),
                capture: match keeps {
                    Keeps::Nothing => None,
                    Keeps::Handshakes => Some(Arc::default()),
                    Keeps::Data(reason) => Some(Arc::new(Capture::of_data(reason))),
                },
            });
            Ok(list.begun)
        })
    }

    /// Ends one, or all; how many.
    pub fn end(&self, number: Option<u32>, now: Instant) -> usize {
        let meant = |trace: &Trace| number.is_none_or(|number| trace.number == number);
        self.drop_those(meant, now).len()
    }

    /// Ends those whose time has come; their numbers. What opens the data of programs is forgotten a while
    /// after.
    pub fn expire(&self, now: Instant) -> Vec<u32> {
        let there = Duration::from_secs(u64::from(LONGEST_OF_DATA));
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        list.over
            .retain(|trace| trace.reason().is_none() || now < trace.ends + there);
        drop(list);
        match self.any.load(Ordering::Relaxed) {
            true => self.drop_those(|trace| trace.ends <= now, now),
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

    /// Those that keep what is said on a connection.
    pub fn captures(&self, subject: &Subject) -> Box<[Arc<Capture>]> {
        if !self.any.load(Ordering::Relaxed) {
            return Box::default();
        }
        let list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = list
            .traces
            .iter()
            .filter(|trace| is_meant(&trace.which, subject));
        fitting.filter_map(|trace| trace.capture.clone()).collect()
    }

    /// What a trace has kept, also one that is over.
    pub fn capture(&self, number: u32) -> Option<Arc<Capture>> {
        let list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = list.traces.iter().chain(&list.over);
        all.find(|trace| trace.number == number)?.capture.clone()
    }

    /// Those that go on, and those that are over and have kept something.
    pub fn list(&self, now: Instant) -> Vec<TraceInfo> {
        let list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let info = |trace: &Trace, over: bool| {
            let amount = trace.capture.as_ref().map(|capture| capture.amount());
            let amount = amount.unwrap_or_default();
            TraceInfo {
                number: trace.number,
                which: trace.which.clone(),
                level: trace.level,
                left: match over {
                    true => 0,
                    false => trace.ends.saturating_duration_since(now).as_secs(),
                },
                capture: trace.capture.is_some(),
                clear_text: trace.reason().map(str::to_owned),
                over,
                records: amount.records,
                dropped: amount.dropped,
            }
        };
        let on = list.traces.iter().map(|trace| info(trace, false));
        on.chain(list.over.iter().map(|trace| info(trace, true)))
            .collect()
    }

    fn drop_those(&self, over: impl Fn(&Trace) -> bool, now: Instant) -> Vec<u32> {
        self.change(|list| {
            let (gone, left) = list.traces.drain(..).partition(|trace| over(trace));
            list.traces = left;
            let gone: Vec<Trace> = gone;
            let numbers = gone.iter().map(|trace| trace.number).collect();
            for mut trace in gone {
                trace.ends = trace.ends.min(now);
                if let Some(capture) = &trace.capture {
                    capture.close();
                    list.over.push_back(trace);
                }
            }
            numbers
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut List) -> T) -> T {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut list);
        self.any.store(!list.traces.is_empty(), Ordering::Relaxed);
        result
    }
}

impl Trace {
    /// Why it keeps what opens the data of programs; `None`: it does not.
    fn reason(&self) -> Option<&str> {
        self.capture.as_ref()?.reason()
    }
}

impl List {
    /// Forgets the oldest that is over, where there are as many as may be.
    fn make_room(&mut self) -> Result<(), &'static str> {
        let keeping = self.traces.iter().filter(|trace| trace.capture.is_some());
        if keeping.count() + self.over.len() < MOST_CAPTURES {
            return Ok(());
        }
        match self.over.pop_front() {
            Some(_) => Ok(()),
            None => Err("8 traces keep what is said already; end one first"),
        }
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
    use crate::tls::Tapped;

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
        traces
            .begin(port(992), 4, 10, Keeps::Nothing, now)
            .expect("a trace");
        let second = traces
            .begin(port(40000), 8, 60, Keeps::Nothing, now)
            .expect("a trace");
        assert_eq!(traces.level(&subject()), 12);
        assert_eq!(traces.expire(now + Duration::from_secs(10)), [1]);
        assert_eq!(traces.level(&subject()), 8);
        assert_eq!(traces.list(now)[0].left, 60);
        assert_eq!(traces.end(Some(second), now), 1);
        assert_eq!(traces.level(&subject()), 0);
    }

    #[test]
    fn what_was_kept_stays_for_a_while() {
        let (traces, now) = (Traces::default(), Instant::now());
        assert!(traces.captures(&subject()).is_empty());
        let begin = || traces.begin(port(992), 0, 10, Keeps::Handshakes, now);
        let first = begin().expect("a trace");
        assert_eq!(traces.captures(&subject()).len(), 1);
        traces.end(Some(first), now);
        assert!(traces.captures(&subject()).is_empty());
        assert!(traces.capture(first).is_some());
        assert!(traces.list(now)[0].over);
        for _ in 1..MOST_CAPTURES {
            begin().expect("a trace");
        }
        assert!(traces.capture(first).is_some());
        // The oldest goes for a new one, and no trace that goes on.
        begin().expect("a trace");
        assert!(traces.capture(first).is_none());
        assert!(begin().is_err());
        assert!(traces.begin(port(992), 0, 10, Keeps::Nothing, now).is_err());
    }

    #[test]
    fn what_programs_say_is_kept_for_a_reason_and_a_time() {
        let (traces, now) = (Traces::default(), Instant::now());
        let hour = Duration::from_secs(3600);
        let begin = |reason: &str, seconds| {
            let keeps = Keeps::Data(reason.to_owned());
            traces.begin(port(992), 0, seconds, keeps, now)
        };
        for reason in ["", "  ", "one\ntwo", &"x".repeat(201)] {
            assert!(begin(reason, 60).is_err(), "{reason:?}");
        }
        assert!(begin("INC0042", 3601).is_err());
        let number = begin("INC0042", 60).expect("a trace");
        let capture = traces.capture(number).expect("a capture");
        assert_eq!(capture.reason(), Some("INC0042"));
        assert_eq!(
            Capture::tapped(&traces.captures(&subject()), true),
            Tapped::Data
        );
        let ended = now + Duration::from_secs(60);
        assert_eq!(traces.expire(ended), [number]);
        assert!(traces.captures(&subject()).is_empty());
        let told = &traces.list(ended)[0];
        assert_eq!(
            (told.over, told.clear_text.as_deref()),
            (true, Some("INC0042"))
        );
        traces.expire(ended + hour - Duration::from_secs(1));
        assert!(traces.capture(number).is_some());
        traces.expire(ended + hour);
        assert!(traces.capture(number).is_none());
    }

    #[test]
    fn what_is_no_trace_is_refused() {
        let (traces, now) = (Traces::default(), Instant::now());
        assert!(
            traces
                .begin(Which::default(), 4, 10, Keeps::Nothing, now)
                .is_err()
        );
        assert!(traces.begin(port(1), 0, 10, Keeps::Nothing, now).is_err());
        assert!(traces.begin(port(1), 16, 10, Keeps::Nothing, now).is_err());
        assert!(traces.begin(port(1), 1, 0, Keeps::Nothing, now).is_err());
        assert!(
            traces
                .begin(port(1), 1, LONGEST + 1, Keeps::Nothing, now)
                .is_err()
        );
        for _ in 0..MOST {
            traces
                .begin(port(1), 1, 1, Keeps::Nothing, now)
                .expect("a trace");
        }
        assert!(traces.begin(port(1), 1, 1, Keeps::Nothing, now).is_err());
        assert_eq!(traces.end(None, now), MOST);
    }
}
