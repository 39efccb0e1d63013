//! Whether everything in the database is as it was written: its pages, every body, the audit.

use generator::objects::ObjectId;
use sqlx::SqliteConnection;

use super::body::{self, Place};
use super::{Damage, Result, StoreError, audit};
use crate::db::Db;

/// What a full check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Bodies of revisions and drafts that were read.
    pub bodies: u64,
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

    fn add(&mut self, found: StoreError) -> Result<()> {
        match found {
            StoreError::Damaged(damage) => {
                if self.damage.len() < Self::MOST {
                    self.damage.push(damage);
                }
                Ok(())
            }
            error => Err(error),
        }
    }
}

/// Checks the whole database; an error means that the check itself could not be done.
pub async fn verify_all(db: &Db) -> Result<Report> {
    let mut tx = db.snapshot().await?;
    let mut report = Report::default();
    pages(&mut tx, &mut report).await?;
    bodies(&mut tx, &mut report, REVISIONS).await?;
    bodies(&mut tx, &mut report, DRAFTS).await?;
    match audit::verify(&mut tx).await {
        Ok(lines) => report.audit_lines = lines,
        Err(error) => report.add(error)?,
    }
    Ok(report)
}

async fn pages(connection: &mut SqliteConnection, report: &mut Report) -> Result<()> {
    let verdicts: Vec<(String,)> = sqlx::query_as("pragma integrity_check(100)")
        .fetch_all(connection)
        .await?;
    for (verdict,) in verdicts.into_iter().filter(|(verdict,)| verdict != "ok") {
        report.add(StoreError::Damaged(Damage {
            store: "(all)".to_owned(),
            object: None,
            revision: None,
            what: verdict,
        }))?;
    }
    Ok(())
}

const REVISIONS: &str = "select r.object_revision_id as row, s.name as store, r.object_id, r.kind,
        r.body, r.hash, r.from_revision as revision
     from object_revision r join store s on s.store_id = r.store_id
     where r.object_revision_id > $1 order by r.object_revision_id limit $2";

// A draft's changes have no number of their own: they are walked by draft.
const DRAFTS: &str = "select d.draft_id as row, s.name as store, c.object_id, c.kind,
        c.body, c.hash, null as revision
     from draft d join store s on s.store_id = d.store_id
     join draft_change c on c.draft_id = d.draft_id
     where d.draft_id = (select min(n.draft_id) from draft n join draft_change m
         on m.draft_id = n.draft_id where n.draft_id > $1 and m.body is not null)
       and c.body is not null and $2 > 0";

async fn bodies(
    connection: &mut SqliteConnection,
    report: &mut Report,
    query: &'static str,
) -> Result<()> {
    const STEP: i64 = 1000;
    let mut last = 0;
    loop {
        let rows: Vec<Row> = sqlx::query_as(query)
            .bind(last)
            .bind(STEP)
            .fetch_all(&mut *connection)
            .await?;
        let Some(end) = rows.last().map(|row| row.row) else {
            return Ok(());
        };
        last = end;
        for row in rows {
            report.bodies += 1;
            let id = ObjectId(row.object_id);
            let place = Place {
                store: &row.store,
                object: &id,
                revision: row.revision,
            };
            if let Err(error) = body::read(&place, &row.kind, &row.body, &row.hash) {
                report.add(error)?;
            }
        }
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
