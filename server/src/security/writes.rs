//! How much one user may change in a short time: enough for a person or a script, and a bound for a
//! script gone wild.
//!
//! Each user has a store of writes that refills evenly and holds half a minute's worth. What only
//! reads takes nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The writes of all users.
#[derive(Debug)]
pub struct Writes {
    per_second: f64,
    most: f64,
    of: Mutex<HashMap<String, Left>>,
}

/// What a user had left, and when.
#[derive(Clone, Copy, Debug)]
struct Left {
    writes: f64,
    at: Instant,
}

/// With more users than this, those who have all their writes are forgotten.
const MANY: usize = 1000;

impl Writes {
    pub fn new(per_minute: usize) -> Self {
        let per_minute = per_minute as f64;
        Self {
            per_second: per_minute / 60.0,
            most: (per_minute / 2.0).max(1.0),
            of: Mutex::default(),
        }
    }

    /// Takes one write. `Err` is the number of seconds until there is one again.
    pub fn take(&self, user: &str, now: Instant) -> Result<(), u64> {
        // The numbers are whole at every moment: nothing panics while they are held.
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if of.len() > MANY {
            of.retain(|_, left| self.refilled(*left, now) < self.most);
        }
        let full = Left {
            writes: self.most,
            at: now,
        };
        let left = of.entry(user.to_owned()).or_insert(full);
        let writes = self.refilled(*left, now);
        if writes < 1.0 {
            return Err(((1.0 - writes) / self.per_second).ceil() as u64);
        }
        *left = Left {
            writes: writes - 1.0,
            at: now,
        };
        Ok(())
    }

    fn refilled(&self, left: Left, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(left.at).as_secs_f64();
        (left.writes + passed * self.per_second).min(self.most)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn half_a_minutes_worth_at_once_and_then_evenly() {
        let (writes, start) = (Writes::new(600), Instant::now());
        let taken = |now| {
            (0..1000)
                .filter(|_| writes.take("ana", now).is_ok())
                .count()
        };
        assert_eq!(taken(start), 300);
        assert_eq!(writes.take("ana", start), Err(1));
        assert_eq!(writes.take("bo", start), Ok(()));
        assert_eq!(taken(at(start, 6)), 60);
        assert_eq!(taken(at(start, 1000)), 300);
    }

    #[test]
    fn the_wait_that_is_told_is_enough() {
        let (writes, start) = (Writes::new(4), Instant::now());
        assert_eq!(writes.take("ana", start), Ok(()));
        assert_eq!(writes.take("ana", start), Ok(()));
        assert_eq!(writes.take("ana", start), Err(15));
        assert_eq!(writes.take("ana", at(start, 14)), Err(1));
        assert_eq!(writes.take("ana", at(start, 15)), Ok(()));
    }

    #[test]
    fn users_who_rest_are_forgotten() {
        let (writes, start) = (Writes::new(60), Instant::now());
        for user in 0..=MANY {
            assert_eq!(writes.take(&user.to_string(), start), Ok(()));
        }
        assert_eq!(writes.take("ana", at(start, 60)), Ok(()));
        let of = writes.of.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(of.len(), 1);
    }
}
