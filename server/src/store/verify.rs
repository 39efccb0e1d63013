//! Whether everything in the database is as it was written: its pages, every body, every installed
//! text, the audit.
//!
//! The check has a connection of its own and holds no state of the database for long: what it reads
//! in parts is only ever added, or is whole within one part.

use std::time::{Duration, Instant};

use generator::objects::ObjectId;
use sqlx::{Connection, SqliteConnection};
use thiserror::Error;

use super::body::{self, Place};
use super::{Damage, Result, StoreError, audit, install};
use crate::db::Db;

/// What a full check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub stores: u64,
    pub revisions: u64,
    /// Bodies of revisions and drafts that were read.
    pub bodies: u64,
    /// Texts of files that were installed.
    pub files: u64,
    /// Lines of the audit that follow each other.
    pub audit_lines: i64,
    /// At most [`Report::MOST`] of what is wrong.
    pub damage: Vec<Damage>,
}

impl Report {
    /// When so much is wrong, more of it tells nothing new.
    pub const MOST: usize = 100;

    pub fn is_clean(&self) -> bool {
        self.damage.is_empty()
    }

    /// Keeps a damage; anything else keeps the check from being done.
    fn note<T>(&mut self, found: Result<T>) -> Result<()> {
        match found {
            Ok(_) => Ok(()),
            Err(StoreError::Damaged(damage)) => {
                if self.damage.len() < Self::MOST {
                    self.damage.push(damage);
                }
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

/// How much of the machine a check may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Somebody waits for it.
    Quick,
    /// Rests as long as it works.
    Gentle,
}

impl Pace {
    const MOST: Duration = Duration::from_secs(1);

    async fn rest(self, begun: Instant) {
        if self == Self::Gentle {
            tokio::time::sleep(begun.elapsed().min(Self::MOST)).await;
        }
    }
}

/// Rows that are read at once: a body can have a mebibyte.
const STEP: i64 = 100;
/// A policy file can be larger.
const FILE_STEP: i64 = 4;

/// Why a check could not be done: what it could not read.
#[derive(Debug, Error)]
#[error("{part} could not be read: {source}")]
pub struct Unread {
    part: &'static str,
    pub source: StoreError,
}

/// For the errors of reading one part.
fn unread<E: Into<StoreError>>(part: &'static str) -> impl FnOnce(E) -> Unread {
    move |error| Unread {
        part,
        source: error.into(),
    }
}

/// Checks the whole database.
pub async fn verify_all(db: &Db, pace: Pace) -> std::result::Result<Report, Unread> {
    let database = "the database";
    let mut connection = db.reader().await.map_err(unread(database))?;
    let report = verify(&mut connection, pace).await?;
    connection.close().await.map_err(unread(database))?;
    Ok(report)
}

/// Checks the whole database that a connection has open.
pub async fn verify(
    connection: &mut SqliteConnection,
    pace: Pace,
) -> std::result::Result<Report, Unread> {
    let database = "the database";
    let mut report = Report::default();
    let found = pages(connection, &mut report).await;
    report.note(found).map_err(unread(database))?;
    let found = count(connection, &mut report).await;
    report.note(found).map_err(unread(database))?;
    let found = revisions(connection, &mut report, pace).await;
    report.note(found).map_err(unread("the revisions"))?;
    let found = drafts(connection, &mut report, pace).await;
    report.note(found).map_err(unread("the drafts"))?;
    let found = files(connection, &mut report, pace).await;
    report.note(found).map_err(unread("the installed files"))?;
    let found = audit::verify(connection).await;
    report.audit_lines = found.as_ref().copied().unwrap_or_default();
    report.note(found).map_err(unread("the audit"))?;
    Ok(report)
}

async fn count(connection: &mut SqliteConnection, report: &mut Report) -> Result<()> {
    let (stores, revisions): (i64, i64) =
        sqlx::query_as("select (select count(*) from store), (select count(*) from revision)")
            .fetch_one(connection)
            .await?;
    report.stores = stores.unsigned_abs();
    report.revisions = revisions.unsigned_abs();
    Ok(())
}

async fn pages(connection: &mut SqliteConnection, report: &mut Report) -> Result<()> {
    let verdicts: Vec<(String,)> = sqlx::query_as("pragma integrity_check(100)")
        .fetch_all(connection)
        .await?;
    for (verdict,) in verdicts.into_iter().filter(|(verdict,)| verdict != "ok") {
        report.note(Err::<(), _>(StoreError::Damaged(Damage {
            store: "(all)".to_owned(),
            object: None,
            revision: None,
            what: verdict,
        })))?;
    }
    Ok(())
}

async fn revisions(
    connection: &mut SqliteConnection,
    report: &mut Report,
    pace: Pace,
) -> Result<()> {
    let mut last = 0;
    loop {
        let begun = Instant::now();
        let rows: Vec<Row> = sqlx::query_as(
            "select r.object_revision_id as row, s.name as store, r.object_id, r.kind,
                 r.body, r.hash, r.from_revision as revision
             from object_revision r join store s on s.store_id = r.store_id
             where r.object_revision_id > $1 order by r.object_revision_id limit $2",
        )
        .bind(last)
        .bind(STEP)
        .fetch_all(&mut *connection)
        .await?;
        let Some(end) = rows.last().map(|row| row.row) else {
            return Ok(());
        };
        last = end;
        check(rows, report)?;
        pace.rest(begun).await;
    }
}

async fn drafts(connection: &mut SqliteConnection, report: &mut Report, pace: Pace) -> Result<()> {
    let mut last = (0, String::new());
    loop {
        let begun = Instant::now();
        let rows: Vec<Row> = sqlx::query_as(
            "select c.draft_id as row, s.name as store, c.object_id, c.kind,
                 c.body, c.hash, null as revision
             from draft_change c join draft d on d.draft_id = c.draft_id
             join store s on s.store_id = d.store_id
             where (c.draft_id, c.object_id) > ($1, $2) and c.body is not null
             order by c.draft_id, c.object_id limit $3",
        )
        .bind(last.0)
        .bind(&last.1)
        .bind(STEP)
        .fetch_all(&mut *connection)
        .await?;
        let Some(end) = rows.last() else {
            return Ok(());
        };
        last = (end.row, end.object_id.clone());
        check(rows, report)?;
        pace.rest(begun).await;
    }
}

fn check(rows: Vec<Row>, report: &mut Report) -> Result<()> {
    for row in rows {
        report.bodies += 1;
        let id = ObjectId(row.object_id);
        let place = Place {
            store: &row.store,
            object: &id,
            revision: row.revision,
        };
        report.note(body::read(&place, &row.kind, &row.body, &row.hash))?;
    }
    Ok(())
}

async fn files(connection: &mut SqliteConnection, report: &mut Report, pace: Pace) -> Result<()> {
    let mut last = (0, -1);
    loop {
        let begun = Instant::now();
        let texts = install::texts_after(connection, last, FILE_STEP).await?;
        let Some(end) = texts.last().map(|(place, _)| *place) else {
            return Ok(());
        };
        last = end;
        for (_, text) in texts {
            report.files += 1;
            report.note(text)?;
        }
        pace.rest(begun).await;
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    row: i64,
    store: String,
    object_id: String,
    kind: String,
    body: String,
    hash: String,
    revision: Option<i64>,
}
