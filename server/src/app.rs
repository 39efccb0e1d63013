//! What every handler can reach: the database, the settings, the clock.

use std::fmt;
use std::sync::Arc;

use api::server::Status;
use generator::objects::{Object, ObjectId};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::auth::audit::{AuditLog, SqlAudit};
use crate::auth::password::Passwords;
use crate::auth::session::Uses;
use crate::db::Db;
use crate::deploy::{Deployments, Site};
use crate::engines::Listeners;
use crate::security::uploads::Uploads;
use crate::security::writes::Writes;
use crate::settings::Settings;
use crate::store::cache::{Configurations, Counts};
use crate::verification::Verifications;

/// Shared by all requests; cloning it is cheap.
#[derive(Clone)]
pub struct AppState {
    pub db: Db,
    pub settings: Arc<Settings>,
    pub clock: Clock,
    /// Computes password hashes, a few at a time.
    pub passwords: Passwords,
    /// Where log-ins, refusals and changes of accounts are noted.
    pub audit: Arc<dyn AuditLog>,
    /// The objects that a new store starts with.
    pub supplied: fn() -> Vec<(ObjectId, Object)>,
    /// One install at a time, and what the last look at the targets found.
    pub deployments: Deployments,
    /// Revisions that were asked for lately.
    pub configurations: Configurations,
    /// How many objects the stores have.
    pub counts: Counts,
    /// How much each user may still change in a short time.
    pub writes: Arc<Writes>,
    /// Large bodies that are arriving.
    pub uploads: Uploads,
    /// Uses of sessions that are not written down yet.
    pub uses: Uses,
    /// What the last check of everything that is stored found.
    pub verifications: Verifications,
    /// Who follows the log of an engine.
    pub listeners: Listeners,
}

impl AppState {
    pub fn new(db: Db, settings: Settings) -> Self {
        Self {
            audit: Arc::new(SqlAudit::new(db.clone())),
            supplied: generator::objects::library::supplied,
            db,
            writes: Arc::new(Writes::new(settings.limits.writes_per_minute)),
            settings: Arc::new(settings),
            clock: Clock::system(),
            passwords: Passwords::new(),
            deployments: Deployments::default(),
            uploads: Uploads::default(),
            uses: Uses::default(),
            verifications: Verifications::default(),
            listeners: Listeners::default(),
            configurations: Configurations::default(),
            counts: Counts::default(),
        }
    }

    /// How the server is: whether it writes, whether it trusts what it has stored, and whether it could
    /// put back what nobody confirmed.
    pub fn status(&self) -> Status {
        let last = self.verifications.last();
        if last.done.is_some_and(|done| !done.damage.is_empty()) {
            Status::Damaged
        } else if !self.db.writes_are_trusted() {
            Status::NotWriting
        } else if self.deployments.is_in_trouble() {
            Status::NotPutBack
        } else if last.failure.is_some() {
            Status::Unchecked
        } else {
            Status::Ok
        }
    }

    /// What installs work with.
    pub fn site(&self) -> Site {
        Site {
            db: self.db.clone(),
            allowed: self.settings.install_roots.clone(),
            engines: self.settings.engines.clone(),
            deployments: self.deployments.clone(),
            clock: self.clock.clone(),
        }
    }
}

/// Tells the time; tests set their own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> OffsetDateTime + Send + Sync>);

impl Clock {
    pub fn system() -> Self {
        Self(Arc::new(OffsetDateTime::now_utc))
    }

    pub fn from_fn(now: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub fn now(&self) -> OffsetDateTime {
        (self.0)()
    }

    /// Seconds since 1970, as the database keeps times.
    pub fn unix(&self) -> i64 {
        self.now().unix_timestamp()
    }

    /// Now, as the API writes times.
    pub fn rfc3339(&self) -> String {
        rfc3339(self.unix())
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// A time of the database as the API writes it; the earliest time for one out of range.
pub fn rfc3339(unix: i64) -> String {
    OffsetDateTime::from_unix_timestamp(unix)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .format(&Rfc3339)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(super::rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(super::rfc3339(1_700_000_000), "2023-11-14T22:13:20Z");
        assert_eq!(super::rfc3339(i64::MAX), "1970-01-01T00:00:00Z");
    }
}
