//! Installs that are put back unless somebody confirms them in time: what waits, until when, and
//! what was there before. All of it is stored before the first file is touched.
//!
//! The deadline is the one time that is compared; `deploy::trial` says how it is kept from a clock
//! that jumps.

use api::install::{FileRole, InstallOutcome};
use serde_json::json;
use sqlx::SqliteConnection;

use super::install::{self, InstallRow};
use super::{Actor, Result, StoreError, StoreId, StoreRow, audit, now, stores, text};
use crate::db::Db;
use crate::install::sha256;

/// One request to install that waits for its confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    pub id: i64,
    pub store: StoreId,
    /// How long it was to wait.
    pub seconds: i64,
    /// Milliseconds since 1970.
    pub deadline: i64,
    /// Its files are being put back: it waits no longer, and cannot be kept.
    pub ending: bool,
    /// The names of the engines that read its files.
    pub engines: Vec<String>,
    /// Nobody is asked to confirm it: it ends with its install.
    pub own: bool,
}

/// A trial that is about to begin.
#[derive(Clone, Debug)]
pub struct NewTrial<'a> {
    pub seconds: u32,
    /// Milliseconds since 1970.
    pub deadline: i64,
    pub engines: &'a [String],
    pub own: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    trial_id: i64,
    store_id: i64,
    seconds: i64,
    deadline: i64,
    ending: bool,
    engines: String,
    own: bool,
}

/// Names of engines as they are stored: they are names of files, and none has a line of its own in it.
pub(super) fn engines(lines: &str) -> Vec<String> {
    lines.lines().map(str::to_owned).collect()
}

impl From<Row> for Trial {
    fn from(row: Row) -> Self {
        Self {
            id: row.trial_id,
            store: StoreId(row.store_id),
            seconds: row.seconds,
            deadline: row.deadline,
            ending: row.ending,
            engines: engines(&row.engines),
            own: row.own,
        }
    }
}

/// What is said of an install that nobody has to confirm.
pub const NOT_WAITING: &str = "confirm or put back: the install does not wait for it";

/// A file of a trial below one root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialFile {
    pub path: String,
    /// SHA-256 of what the trial wrote last.
    pub written: String,
    /// What was there before the trial; `None` where nothing was.
    pub base: Option<Vec<u8>>,
}

/// A file as it was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutBackText {
    pub role: FileRole,
    pub path: String,
    /// `None` where it was taken away.
    pub sha256: Option<String>,
    pub text: String,
    /// What somebody else had written there.
    pub replaced: Option<String>,
}

/// Notes that an install is about to begin which waits until the deadline.
pub async fn begin(db: &Db, store: &StoreRow, new: &NewTrial<'_>) -> Result<Trial> {
    db.write(async |mut tx| {
        let (id,): (i64,) = sqlx::query_as(
            "insert into trial (store_id, seconds, deadline, engines, own)
             values ($1, $2, $3, $4, $5) returning trial_id",
        )
        .bind(store.id.0)
        .bind(i64::from(new.seconds))
        .bind(new.deadline)
        .bind(new.engines.join("\n"))
        .bind(new.own)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Trial {
            id,
            store: store.id,
            seconds: i64::from(new.seconds),
            deadline: new.deadline,
            ending: false,
            engines: new.engines.to_vec(),
            own: new.own,
        })
    })
    .await
}

/// Sets when a trial ends.
pub async fn set_deadline(db: &Db, trial: i64, deadline: i64) -> Result<()> {
    db.write(async |mut tx| {
        sqlx::query("update trial set deadline = $2 where trial_id = $1")
            .bind(trial)
            .bind(deadline)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// The trials of all stores, or of one.
pub async fn list(db: &Db, store: Option<StoreId>) -> Result<Vec<Trial>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select trial_id, store_id, seconds, deadline, ending, engines, own from trial
         where $1 is null or store_id = $1 order by trial_id",
    )
    .bind(store.map(|store| store.0))
    .fetch_all(db.read())
    .await?;
    Ok(rows.into_iter().map(Trial::from).collect())
}

/// A trial that is not over.
pub async fn find(db: &Db, trial: i64) -> Result<Option<Trial>> {
    let row: Option<Row> = sqlx::query_as(
        "select trial_id, store_id, seconds, deadline, ending, engines, own from trial where trial_id = $1",
    )
    .bind(trial)
    .fetch_optional(db.read())
    .await?;
    Ok(row.map(Trial::from))
}

/// Who asked for a trial to be put back; `None` when nobody did.
pub async fn asked_by(db: &Db, trial: i64) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> =
        sqlx::query_as("select asked_by from trial where trial_id = $1")
            .bind(trial)
            .fetch_optional(db.read())
            .await?;
    Ok(row.and_then(|(name,)| name))
}

/// Notes that the files of a trial below a root are about to be put back, and what somebody else had
/// written there, by path.
pub async fn mark_ending(
    db: &Db,
    trial: i64,
    asked_by: Option<&str>,
    root: &str,
    found: &[(String, Vec<u8>)],
) -> Result<()> {
    db.write(async |mut tx| {
        sqlx::query(
            "update trial set ending = 1, asked_by = coalesce(asked_by, $2) where trial_id = $1",
        )
        .bind(trial)
        .bind(asked_by)
        .execute(&mut *tx)
        .await?;
        for (path, bytes) in found {
            sqlx::query(
                "update install_file set found = $4, found_sha256 = $5
                 where path = $3 and install_id in
                     (select install_id from install where trial_id = $1 and root = $2)",
            )
            .bind(trial)
            .bind(root)
            .bind(path)
            .bind(bytes)
            .bind(sha256(bytes))
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    })
    .await
}

/// Takes the note of [`mark_ending`] back: nothing was put back, and the trial waits on.
pub async fn unmark(db: &Db, trial: i64) -> Result<()> {
    db.write(async |mut tx| {
        unmark_in(&mut tx, trial).await?;
        Ok(tx.commit().await?)
    })
    .await
}

async fn unmark_in(connection: &mut SqliteConnection, trial: i64) -> Result<()> {
    sqlx::query("update trial set ending = 0, asked_by = null where trial_id = $1")
        .bind(trial)
        .execute(connection)
        .await?;
    Ok(())
}

/// The installs of a trial that wrote their files, or are still pending; the newest first.
pub async fn installs(db: &Db, trial: i64) -> Result<Vec<InstallRow>> {
    install::of_trial(&mut *db.snapshot().await?, trial).await
}

/// The trial that an install waits in.
pub async fn of_install(db: &Db, store: StoreId, id: i64) -> Result<Trial> {
    let row = install::find(db, store, id).await?;
    let failed = matches!(row.outcome, InstallOutcome::Failed(_));
    let there = !row.undone && !failed;
    row.trial
        .filter(|_| there)
        .ok_or(StoreError::NothingTo(NOT_WAITING))
}

/// The store of a trial as it is now.
pub async fn store_of(db: &Db, trial: &Trial) -> Result<StoreRow> {
    stores::reread(&mut *db.read().acquire().await?, trial.store).await
}

/// The files of a trial below a root, those that name others first.
pub async fn files(db: &Db, store: &StoreRow, trial: i64, root: &str) -> Result<Vec<TrialFile>> {
    // Stacks share files: the first install of one knows what was there, the last what it became.
    let rows: Vec<FileRow> = sqlx::query_as(
        "select f.install_id, f.path, f.sha256, f.base, f.base_sha256
         from install i join install_file f on f.install_id = i.install_id
         where i.trial_id = $1 and i.root = $2 and i.outcome = 'done' and i.undone = 0
         order by i.install_id desc, f.position desc",
    )
    .bind(trial)
    .bind(root)
    .fetch_all(db.read())
    .await?;
    let mut files: Vec<TrialFile> = Vec::new();
    for row in rows {
        let base = install::checked_base(
            row.base,
            row.base_sha256.as_deref(),
            &store.name,
            row.install_id,
            &row.path,
        )?;
        if files.iter().all(|file| file.path != row.path) {
            files.push(TrialFile {
                path: row.path,
                written: row.sha256,
                base,
            });
        }
    }
    Ok(files)
}

#[derive(sqlx::FromRow)]
struct FileRow {
    install_id: i64,
    path: String,
    sha256: String,
    base: Option<Vec<u8>>,
    base_sha256: Option<String>,
}

/// Ends a trial: its files stay. What was there before is forgotten, as after any install.
pub async fn keep(db: &Db, store: &StoreRow, actor: &Actor, trial: i64) -> Result<Vec<InstallRow>> {
    db.write(async |mut tx| {
        let mut rows = install::of_trial(&mut tx, trial).await?;
        remove(&mut tx, trial).await?;
        let line = audit::NewLine {
            actor,
            store: Some((store.id, &store.name)),
            action: "confirm",
            what: format!("confirmed {}", names(&rows)),
            details: json!({ "installs": ids(&rows) }),
        };
        audit::append(&mut tx, line).await?;
        tx.commit().await?;
        for row in &mut rows {
            row.trial = None;
        }
        rows.reverse();
        Ok(rows)
    })
    .await
}

/// Notes that the files of a trial below a root were put back, one line of the history for each
/// install, and ends the trial with the last of them.
pub async fn put_back(
    db: &Db,
    store: &StoreRow,
    actor: &Actor,
    trial: i64,
    root: &str,
    note: &PutBack<'_>,
) -> Result<Vec<InstallRow>> {
    db.write(async |mut tx| {
        let rows = install::of_trial(&mut tx, trial).await?;
        let (here, elsewhere): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .partition(|row| row.root == root && row.outcome == InstallOutcome::Done);
        let mut noted = Vec::with_capacity(here.len());
        for row in here {
            let id = insert_note(&mut tx, actor, &row, note).await?;
            let new = install::find_in(&mut tx, store.id, id).await?;
            let line = audit::NewLine {
                actor,
                store: Some((store.id, &store.name)),
                action: "put-back",
                what: format!(
                    "put back what was on {} before install {}{}",
                    row.name, row.id, note.reason
                ),
                details: install::details(&new),
            };
            audit::append(&mut tx, line).await?;
            noted.push(new);
        }
        match elsewhere.is_empty() {
            true => remove(&mut tx, trial).await?,
            false => unmark_in(&mut tx, trial).await?,
        }
        tx.commit().await?;
        Ok(noted)
    })
    .await
}

/// How files came to be put back.
#[derive(Clone, Debug)]
pub struct PutBack<'a> {
    /// For the history.
    pub comment: &'a str,
    /// For the audit, behind what was put back: empty, or `: …`.
    pub reason: &'a str,
}

/// The line of the history, done from the beginning: the files are in their places.
async fn insert_note(
    connection: &mut SqliteConnection,
    actor: &Actor,
    row: &InstallRow,
    note: &PutBack<'_>,
) -> Result<i64> {
    let (id,): (i64,) = sqlx::query_as(
        "insert into install (store_id, stack_id, stack_name, root, revision, by_user, at,
                              comment, outcome, undoes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'done', $9) returning install_id",
    )
    .bind(row.store.0)
    .bind(&row.stack.0)
    .bind(&row.name)
    .bind(&row.root)
    .bind(row.revision)
    .bind(&actor.name)
    .bind(now())
    .bind(note.comment)
    .bind(row.id)
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query("update install set undone = 1 where install_id = $1")
        .bind(row.id)
        .execute(connection)
        .await?;
    Ok(id)
}

/// Ends a trial that wrote nothing.
pub async fn end(db: &Db, trial: i64) -> Result<()> {
    db.write(async |mut tx| {
        if install::of_trial(&mut tx, trial).await?.is_empty() {
            remove(&mut tx, trial).await?;
        }
        Ok(tx.commit().await?)
    })
    .await
}

/// Ends all trials: their files stay. How many there were.
pub async fn end_all(connection: &mut SqliteConnection) -> sqlx::Result<usize> {
    let trials: Vec<(i64,)> = sqlx::query_as("select trial_id from trial")
        .fetch_all(&mut *connection)
        .await?;
    for (trial,) in &trials {
        remove(connection, *trial).await?;
    }
    Ok(trials.len())
}

/// Takes a trial away, and what was there before the installs of it that were not put back.
async fn remove(connection: &mut SqliteConnection, trial: i64) -> sqlx::Result<()> {
    for statement in [
        "update install_file set base = null, base_sha256 = null
         where install_id in (select install_id from install where trial_id = $1 and undone = 0)",
        "delete from trial where trial_id = $1",
    ] {
        let statement = sqlx::query(statement).bind(trial);
        statement.execute(&mut *connection).await?;
    }
    Ok(())
}

/// The files that were put back after an install, in the order in which it wrote them.
pub async fn put_back_texts(db: &Db, store: &StoreRow, undone: i64) -> Result<Vec<PutBackText>> {
    let rows: Vec<PutBackRow> = sqlx::query_as(
        "select role, path, base, base_sha256, found, found_sha256 from install_file
         where install_id = $1 order by position",
    )
    .bind(undone)
    .fetch_all(db.read())
    .await?;
    let words = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let file = |row: PutBackRow| {
        let (sha256, name) = (row.base_sha256, &store.name);
        let base = install::checked_base(row.base, sha256.as_deref(), name, undone, &row.path)?;
        let found = row.found_sha256.as_deref();
        let found = install::checked_found(row.found, found, name, undone, &row.path)?;
        Ok(PutBackText {
            role: install::role_of(&row.role),
            path: row.path,
            sha256,
            text: base.map(words).unwrap_or_default(),
            replaced: found.map(words),
        })
    };
    rows.into_iter().map(file).collect()
}

#[derive(sqlx::FromRow)]
struct PutBackRow {
    role: String,
    path: String,
    base: Option<Vec<u8>>,
    base_sha256: Option<String>,
    found: Option<Vec<u8>>,
    found_sha256: Option<String>,
}

/// Refuses a file that an install wrote which waits, unless it is of this trial itself.
pub(super) async fn refuse_waiting(
    connection: &mut SqliteConnection,
    root: &str,
    path: &str,
    own: Option<i64>,
) -> Result<()> {
    let waits: Option<(i64, String, i64)> = sqlx::query_as(
        "select i.install_id, i.stack_name, t.deadline
         from trial t join install i on i.trial_id = t.trial_id
         join install_file f on f.install_id = i.install_id
         where i.root = $1 and f.path = $2 and i.outcome <> 'failed' and i.undone = 0
           and t.trial_id is distinct from $3
         order by i.install_id limit 1",
    )
    .bind(root)
    .bind(path)
    .bind(own)
    .fetch_optional(connection)
    .await?;
    waits.map_or(Ok(()), |waits| Err(refusal(waits)))
}

/// Which install that waits has one of these files, given by root and path.
pub async fn refuse_any(db: &Db, files: &[(&str, &str)]) -> Result<()> {
    if list(db, None).await?.is_empty() {
        return Ok(());
    }
    let mut connection = db.read().acquire().await?;
    for (root, path) in files {
        refuse_waiting(&mut connection, root, path, None).await?;
    }
    Ok(())
}

/// Refuses what would make a store forget an install that waits: any, or those below one root.
pub(super) async fn refuse_in(
    connection: &mut SqliteConnection,
    store: StoreId,
    root: Option<&str>,
) -> Result<()> {
    let waits: Option<(i64, String, i64)> = sqlx::query_as(
        "select i.install_id, i.stack_name, t.deadline
         from trial t join install i on i.trial_id = t.trial_id
         where t.store_id = $1 and ($2 is null or i.root = $2)
           and i.outcome <> 'failed' and i.undone = 0
         order by i.install_id limit 1",
    )
    .bind(store.0)
    .bind(root)
    .fetch_optional(connection)
    .await?;
    waits.map_or(Ok(()), |waits| Err(refusal(waits)))
}

fn refusal((install, name, deadline): (i64, String, i64)) -> StoreError {
    StoreError::Waits {
        install,
        name,
        until: text::at(deadline),
    }
}

fn names(rows: &[InstallRow]) -> String {
    let names = rows
        .iter()
        .rev()
        .map(|row| format!("install {} of {}", row.id, row.name));
    names.collect::<Vec<_>>().join(", ")
}

fn ids(rows: &[InstallRow]) -> Vec<i64> {
    rows.iter().rev().map(|row| row.id).collect()
}
