//! The last connections that failed, as they were left.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use control::{AlertCount, CodeCount};

use crate::diagnosis::Case;
use crate::policy::now;
use crate::tls::Alert;

/// Failures that are kept. Each is of a few KiB at most.
const MOST: usize = 256;

#[derive(Debug, Default)]
pub struct Failures(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    seen: u64,
    kept: VecDeque<Kept>,
    by_code: BTreeMap<u16, u64>,
    by_alert: BTreeMap<(bool, u8), u64>,
}

/// One that is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    pub number: u64,
    /// Unix seconds.
    pub time: u64,
    pub case: std::sync::Arc<Case>,
}

impl Failures {
    /// Adds one. What it comes to is seen when somebody asks: partners who fail all the time cost little.
    pub fn add(&self, case: Case) {
        let alert = case.evidence.alert.map(|alert| (alert.sent, alert.code));
        let (case, time) = (std::sync::Arc::new(case), now());
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.seen += 1;
        *inner.by_code.entry(case.failure.code).or_default() += 1;
        if let Some(alert) = alert {
            *inner.by_alert.entry(alert).or_default() += 1;
        }
        let number = inner.seen;
        let oldest = match inner.kept.len() >= MOST {
            true => inner.kept.pop_front(),
            false => None,
        };
        inner.kept.push_back(Kept { number, time, case });
        drop(inner);
        // Taken apart without the lock.
        drop(oldest);
    }

    /// Those with larger numbers, the oldest first.
    pub fn after(&self, number: u64) -> Vec<Kept> {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let newer = inner.kept.iter().filter(|one| one.number > number);
        newer.cloned().collect()
    }

    pub fn by_code(&self) -> Vec<CodeCount> {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = inner.by_code.iter();
        counts
            .map(|(rc, count)| CodeCount {
                rc: *rc,
                count: *count,
            })
            .collect()
    }

    pub fn by_alert(&self) -> Vec<AlertCount> {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = inner.by_alert.iter();
        counts
            .map(|((sent, code), count)| AlertCount {
                alert: Alert {
                    sent: *sent,
                    code: *code,
                }
                .info(),
                count: *count,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::diagnosis::tests::case;

    #[test]
    fn the_last_are_kept_and_all_are_counted() {
        let failures = Failures::default();
        for _ in 0..MOST + 10 {
            failures.add(case(402));
        }
        failures.add(case(5004));
        let kept = failures.after(0);
        assert_eq!(kept.len(), MOST);
        assert_eq!((kept[0].number, kept[MOST - 1].number), (12, 267));
        assert_eq!(failures.after(266).len(), 1);
        let counts = failures.by_code();
        let counts: Vec<_> = counts.iter().map(|one| (one.rc, one.count)).collect();
        assert_eq!(counts, [(402, 266), (5004, 1)]);
    }

    #[test]
    fn very_many_cost_little() {
        const MANY: u32 = 100_000;
        let failures = Failures::default();
        let cases: Vec<_> = (0..MANY).map(|_| case(402)).collect();
        let begun = Instant::now();
        for case in cases {
            failures.add(case);
        }
        let each = begun.elapsed() / MANY;
        assert!(each < Duration::from_micros(20), "{each:?}");
        assert_eq!(failures.after(0).len(), MOST);
    }
}
