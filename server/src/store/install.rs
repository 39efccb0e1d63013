//! Installs: what was written where, when and by whom.
//!
//! A row is inserted as pending before the first file is touched, and finished afterwards; one that
//! is still pending at a start was cut off.

use std::collections::BTreeMap;

use api::Window;
use api::install::{EngineResult, FileRole, InstallOutcome};
use generator::objects::ObjectId;
use serde_json::json;
use sqlx::SqliteConnection;

use super::trial::{self, Trial};
use super::{
    Actor, Damage, Page, Result, StoreError, StoreId, StoreRow, audit, freeze, now, stores, text,
};
use crate::db::Db;

/// The columns of [`Row`], for the installs that the words after `where` name.
macro_rules! select {
    ($which:literal $(,)?) => {
        concat!(
            "select install_id, store_id, stack_id, stack_name, root, revision, by_user, at,
                    comment, outcome, reason, returned_to, undone, undoes, said,
                    t.trial_id, t.seconds, t.deadline, t.ending, t.engines, t.own,
                    install_id = (select max(n.install_id) from install n
                                  where n.store_id = install.store_id
                                    and n.stack_id = install.stack_id
                                    and n.outcome = 'done' and n.undone = 0
                                    and n.undoes is null) as current
             from install
             left join (select trial_id, seconds, deadline, ending, engines, own from trial) t
                 on t.trial_id = install.trial_id
             where ",
            $which
        )
    };
}

/// An install that is about to begin.
#[derive(Clone, Debug)]
pub struct NewInstall<'a> {
    pub stack: &'a ObjectId,
    pub name: &'a str,
    pub root: &'a str,
    pub revision: i64,
    pub comment: &'a str,
    pub returned_to: Option<i64>,
    /// Begun already.
    pub trial: Option<i64>,
    /// In the order in which they take their places.
    pub files: &'a [NewFile],
}

/// A file that is about to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    pub role: FileRole,
    /// As PAGENT names it.
    pub path: String,
    pub text: String,
    pub sha256: String,
    /// SHA-256 of what is there; `None` where nothing is.
    pub before: Option<String>,
    /// What was there before the trial; `None` where nothing was, or where there is no trial.
    pub base: Option<Vec<u8>>,
}

/// One install.
#[derive(Clone, Debug, PartialEq)]
pub struct InstallRow {
    pub id: i64,
    pub store: StoreId,
    pub stack: ObjectId,
    pub name: String,
    pub root: String,
    pub revision: i64,
    pub by: String,
    pub at: String,
    pub comment: String,
    pub outcome: InstallOutcome,
    pub returned_to: Option<i64>,
    /// What it waits for.
    pub trial: Option<Trial>,
    /// Its files were put back.
    pub undone: bool,
    /// The install whose files were put back: this row is the note of it.
    pub undoes: Option<i64>,
    /// The newest of its stack that is done and was not put back.
    pub current: bool,
    pub files: Vec<FileRow>,
    /// What the engines that read its files did with them.
    pub engines: Vec<EngineResult>,
}

impl InstallRow {
    /// The trial that its files wait in.
    pub fn waits(&self) -> Option<&Trial> {
        let failed = matches!(self.outcome, InstallOutcome::Failed(_));
        let trial = self.trial.as_ref().filter(|trial| !trial.own);
        trial.filter(|_| !self.undone && !failed)
    }
}

/// A file of an install, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    pub role: FileRole,
    pub path: String,
    /// `None` where it was taken away.
    pub sha256: Option<String>,
    pub before: Option<String>,
}

/// A file of an install with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileText {
    pub role: FileRole,
    pub path: String,
    pub sha256: String,
    pub text: String,
}

/// Notes what is about to be written; refused for an archived store, for one that somebody else
/// froze, and for files of an install that waits for its confirmation.
pub async fn begin(db: &Db, store: &StoreRow, actor: &Actor, new: &NewInstall<'_>) -> Result<i64> {
    text::lines("the comment", new.comment)?;
    db.write(async |mut tx| {
        stores::active(&mut tx, store.id).await?;
        freeze::may_change_in(&mut tx, store, &actor.name).await?;
        for file in new.files {
            trial::refuse_waiting(&mut tx, new.root, &file.path, new.trial).await?;
        }
        let (id,): (i64,) = sqlx::query_as(
            "insert into install (store_id, stack_id, stack_name, root, revision, by_user, at,
                                  comment, outcome, returned_to, trial_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9, $10) returning install_id",
        )
        .bind(store.id.0)
        .bind(&new.stack.0)
        .bind(new.name)
        .bind(new.root)
        .bind(new.revision)
        .bind(&actor.name)
        .bind(now())
        .bind(new.comment)
        .bind(new.returned_to)
        .bind(new.trial)
        .fetch_one(&mut *tx)
        .await?;
        for (position, file) in (0_i64..).zip(new.files) {
            insert_file(&mut tx, id, position, file).await?;
        }
        tx.commit().await?;
        Ok(id)
    })
    .await
}

async fn insert_file(
    connection: &mut SqliteConnection,
    install: i64,
    position: i64,
    file: &NewFile,
) -> Result<()> {
    sqlx::query(
        "insert into install_file (install_id, position, role, path, sha256, text, before_sha256,
                                   base, base_sha256)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(install)
    .bind(position)
    .bind(role_word(file.role))
    .bind(&file.path)
    .bind(&file.sha256)
    .bind(&file.text)
    .bind(&file.before)
    .bind(&file.base)
    .bind(file.base.as_deref().map(crate::install::sha256))
    .execute(connection)
    .await?;
    Ok(())
}

/// Says how a pending install ended, and puts it into the audit.
pub async fn finish(
    db: &Db,
    store: &StoreRow,
    actor: &Actor,
    id: i64,
    outcome: &InstallOutcome,
) -> Result<InstallRow> {
    let (word, reason) = match outcome {
        InstallOutcome::Pending => return find(db, store.id, id).await,
        InstallOutcome::Done => ("done", None),
        InstallOutcome::Failed(reason) => ("failed", Some(reason)),
    };
    db.write(async |mut tx| {
        sqlx::query(
            "update install set outcome = $3, reason = $4
             where store_id = $1 and install_id = $2 and outcome = 'pending'",
        )
        .bind(store.id.0)
        .bind(id)
        .bind(word)
        .bind(reason)
        .execute(&mut *tx)
        .await?;
        let row = find_in(&mut tx, store.id, id).await?;
        let line = audit::NewLine {
            actor,
            store: Some((store.id, &store.name)),
            action: if row.returned_to.is_some() {
                "return"
            } else {
                "install"
            },
            what: words(&row),
            details: details(&row),
        };
        audit::append(&mut tx, line).await?;
        tx.commit().await?;
        Ok(row)
    })
    .await
}

/// Notes what the engines did with the files of these installs, and puts that into their rows.
pub async fn note_engines(
    db: &Db,
    rows: &mut [InstallRow],
    results: &[EngineResult],
) -> Result<()> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    db.write(async |mut tx| {
        sqlx::query(
            "update install set said = $1
             where install_id in (select value from json_each($2))",
        )
        .bind(json!(results).to_string())
        .bind(json!(ids).to_string())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    })
    .await?;
    for row in rows {
        row.engines = results.to_vec();
    }
    Ok(())
}

fn words(row: &InstallRow) -> String {
    let what = match row.returned_to {
        Some(earlier) => format!("the files of install {earlier} on {}", row.name),
        None => format!("revision {} on {}", row.revision, row.name),
    };
    match &row.outcome {
        InstallOutcome::Pending => format!("began to install {what}"),
        InstallOutcome::Done => format!("installed {what}"),
        InstallOutcome::Failed(reason) => format!("could not install {what}: {reason}"),
    }
}

pub(super) fn details(row: &InstallRow) -> serde_json::Value {
    let files: Vec<_> = row
        .files
        .iter()
        .map(|file| json!({ "path": file.path, "before": file.before, "after": file.sha256 }))
        .collect();
    json!({
        "install": row.id,
        "stack": row.stack,
        "root": row.root,
        "comment": row.comment,
        "files": files,
        "confirm_within": row.waits().map(|trial| trial.seconds),
    })
}

/// The installs of a store or of one stack, newest first.
pub async fn list(
    db: &Db,
    store: StoreId,
    stack: Option<&ObjectId>,
    page: Page,
) -> Result<Window<InstallRow>> {
    let mut tx = db.snapshot().await?;
    let stack = stack.map(|stack| stack.0.as_str());
    let (total,): (i64,) = sqlx::query_as(
        "select count(*) from install where store_id = $1 and ($2 is null or stack_id = $2)",
    )
    .bind(store.0)
    .bind(stack)
    .fetch_one(&mut *tx)
    .await?;
    let items = listed(&mut tx, store, stack, page).await?;
    Ok(page.window(items, total))
}

pub(super) async fn listed(
    connection: &mut SqliteConnection,
    store: StoreId,
    stack: Option<&str>,
    page: Page,
) -> Result<Vec<InstallRow>> {
    let rows: Vec<Row> = sqlx::query_as(select!(
        "store_id = $1 and ($2 is null or stack_id = $2)
         order by install_id desc limit $3 offset $4",
    ))
    .bind(store.0)
    .bind(stack)
    .bind(page.limit)
    .bind(page.offset)
    .fetch_all(&mut *connection)
    .await?;
    with_files(connection, rows).await
}

/// The newest install that is done of each stack.
pub async fn current(db: &Db, store: StoreId) -> Result<Vec<InstallRow>> {
    let mut tx = db.snapshot().await?;
    let rows: Vec<Row> = sqlx::query_as(select!(
        "store_id = $1 and install_id in (
             select max(install_id) from install
             where store_id = $1 and outcome = 'done' and undone = 0 and undoes is null
             group by stack_id)
         order by stack_name, stack_id",
    ))
    .bind(store.0)
    .fetch_all(&mut *tx)
    .await?;
    with_files(&mut tx, rows).await
}

/// One install.
pub async fn find(db: &Db, store: StoreId, id: i64) -> Result<InstallRow> {
    find_in(&mut *db.read().acquire().await?, store, id).await
}

pub(super) async fn find_in(
    connection: &mut SqliteConnection,
    store: StoreId,
    id: i64,
) -> Result<InstallRow> {
    let rows: Vec<Row> = sqlx::query_as(select!("store_id = $1 and install_id = $2"))
        .bind(store.0)
        .bind(id)
        .fetch_all(&mut *connection)
        .await?;
    with_files(connection, rows)
        .await?
        .pop()
        .ok_or_else(|| StoreError::NotFound {
            what: format!("install {id} of this store"),
        })
}

/// The installs of all stores that have not ended.
pub async fn pending(db: &Db) -> Result<Vec<(StoreRow, InstallRow)>> {
    let mut tx = db.snapshot().await?;
    let rows: Vec<Row> = sqlx::query_as(select!("outcome = 'pending' order by install_id"))
        .fetch_all(&mut *tx)
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in with_files(&mut tx, rows).await? {
        found.push((stores::reread(&mut tx, row.store).await?, row));
    }
    Ok(found)
}

/// The installs of a trial as far as they wrote their files and these were not put back, or are still
/// pending; the newest first.
pub(super) async fn of_trial(
    connection: &mut SqliteConnection,
    trial: i64,
) -> Result<Vec<InstallRow>> {
    let rows: Vec<Row> = sqlx::query_as(select!(
        "install.trial_id = $1 and outcome <> 'failed' and undone = 0 order by install_id desc"
    ))
    .bind(trial)
    .fetch_all(&mut *connection)
    .await?;
    with_files(connection, rows).await
}

/// The texts of an install, in the order in which they took their places.
pub async fn texts(db: &Db, store: &StoreRow, id: i64) -> Result<Vec<FileText>> {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "select f.role, f.path, f.sha256, f.text from install_file f
         join install i on i.install_id = f.install_id
         where i.store_id = $1 and i.install_id = $2 order by f.position",
    )
    .bind(store.id.0)
    .bind(id)
    .fetch_all(db.read())
    .await?;
    rows.into_iter()
        .map(|(role, path, sha256, text)| {
            let file = FileText {
                role: role_of(&role),
                path,
                sha256,
                text,
            };
            checked(file, &store.name, id)
        })
        .collect()
}

/// What was last written to a file below a root, by whichever stack: stacks share main files.
pub async fn last_text(
    db: &Db,
    store: &StoreRow,
    root: &str,
    path: &str,
) -> Result<Option<FileText>> {
    let row: Option<(i64, String, String, String)> = sqlx::query_as(
        "select i.install_id, f.role, f.sha256, f.text from install_file f
         join install i on i.install_id = f.install_id
         where i.store_id = $1 and i.root = $2 and f.path = $3 and i.outcome = 'done'
           and i.undone = 0
         order by i.install_id desc limit 1",
    )
    .bind(store.id.0)
    .bind(root)
    .bind(path)
    .fetch_optional(db.read())
    .await?;
    row.map(|(id, role, sha256, text)| {
        let file = FileText {
            role: role_of(&role),
            path: path.to_owned(),
            sha256,
            text,
        };
        checked(file, &store.name, id)
    })
    .transpose()
}

/// The texts of all stores behind the place of the last one, by install and position.
pub(super) async fn texts_after(
    connection: &mut SqliteConnection,
    last: (i64, i64),
    limit: i64,
) -> Result<Vec<((i64, i64), Result<FileText>)>> {
    let rows: Vec<TextRow> = sqlx::query_as(
        "select f.install_id, f.position, s.name, f.role, f.path, f.sha256, f.text,
                f.base_sha256, f.base, f.found_sha256, f.found
         from install_file f join install i on i.install_id = f.install_id
         join store s on s.store_id = i.store_id
         where (f.install_id, f.position) > ($1, $2)
         order by f.install_id, f.position limit $3",
    )
    .bind(last.0)
    .bind(last.1)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    let whole = |row: TextRow| {
        let (id, store, path) = (row.install_id, row.name, &row.path);
        checked_base(row.base, row.base_sha256.as_deref(), &store, id, path)?;
        checked_found(row.found, row.found_sha256.as_deref(), &store, id, path)?;
        let file = FileText {
            role: role_of(&row.role),
            path: row.path,
            sha256: row.sha256,
            text: row.text,
        };
        checked(file, &store, id)
    };
    let text = |row: TextRow| ((row.install_id, row.position), whole(row));
    Ok(rows.into_iter().map(text).collect())
}

#[derive(sqlx::FromRow)]
struct TextRow {
    install_id: i64,
    position: i64,
    name: String,
    role: String,
    path: String,
    sha256: String,
    text: String,
    base_sha256: Option<String>,
    base: Option<Vec<u8>>,
    found_sha256: Option<String>,
    found: Option<Vec<u8>>,
}

/// What was there before a trial, when it is what it was stored as.
pub(super) fn checked_base(
    base: Option<Vec<u8>>,
    sha256: Option<&str>,
    store: &str,
    install: i64,
    path: &str,
) -> Result<Option<Vec<u8>>> {
    let what = || format!("what was at {path} before install {install}");
    as_stored(base, sha256, store, what)
}

/// What somebody else had written before a trial was put back, when it is what it was stored as.
/// Until schema 5 it was stored without a hash.
pub(super) fn checked_found(
    found: Option<Vec<u8>>,
    sha256: Option<&str>,
    store: &str,
    install: i64,
    path: &str,
) -> Result<Option<Vec<u8>>> {
    if sha256.is_none() {
        return Ok(found);
    }
    let what = || format!("what was at {path} when install {install} was put back");
    as_stored(found, sha256, store, what)
}

fn as_stored(
    bytes: Option<Vec<u8>>,
    sha256: Option<&str>,
    store: &str,
    what: impl FnOnce() -> String,
) -> Result<Option<Vec<u8>>> {
    if bytes.as_deref().map(crate::install::sha256).as_deref() == sha256 {
        return Ok(bytes);
    }
    Err(damaged(
        store,
        format!("{} is not what was found there", what()),
    ))
}

fn checked(file: FileText, store: &str, install: i64) -> Result<FileText> {
    if crate::install::sha256(file.text.as_bytes()) == file.sha256 {
        return Ok(file);
    }
    Err(damaged(
        store,
        format!(
            "the text of {} in install {install} is not what was installed",
            file.path
        ),
    ))
}

fn damaged(store: &str, what: String) -> StoreError {
    StoreError::Damaged(Damage {
        store: store.to_owned(),
        object: None,
        revision: None,
        what,
    })
}

#[derive(sqlx::FromRow)]
struct Row {
    install_id: i64,
    store_id: i64,
    stack_id: String,
    stack_name: String,
    root: String,
    revision: i64,
    by_user: String,
    at: String,
    comment: String,
    outcome: String,
    reason: Option<String>,
    returned_to: Option<i64>,
    undone: bool,
    undoes: Option<i64>,
    said: sqlx::types::Json<Vec<EngineResult>>,
    trial_id: Option<i64>,
    seconds: Option<i64>,
    deadline: Option<i64>,
    ending: Option<bool>,
    engines: Option<String>,
    own: Option<bool>,
    current: Option<bool>,
}

async fn with_files(connection: &mut SqliteConnection, rows: Vec<Row>) -> Result<Vec<InstallRow>> {
    let ids: Vec<_> = rows.iter().map(|row| row.install_id).collect();
    // Where files were put back, the install before says which.
    type Columns = (i64, String, String, Option<String>, Option<String>);
    let files: Vec<Columns> = sqlx::query_as(
        "select i.install_id, f.role, f.path,
                case when i.undoes is null then f.sha256 else f.base_sha256 end,
                case when i.undoes is null then f.before_sha256 else f.sha256 end
         from install i join install_file f on f.install_id = coalesce(i.undoes, i.install_id)
         where i.install_id in (select value from json_each($1))
         order by i.install_id, f.position",
    )
    .bind(json!(ids).to_string())
    .fetch_all(connection)
    .await?;
    let mut of: BTreeMap<i64, Vec<FileRow>> = BTreeMap::new();
    for (id, role, path, sha256, before) in files {
        of.entry(id).or_default().push(FileRow {
            role: role_of(&role),
            path,
            sha256,
            before,
        });
    }
    let with = |row: Row| {
        let files = of.remove(&row.install_id).unwrap_or_default();
        row.with(files)
    };
    Ok(rows.into_iter().map(with).collect())
}

impl Row {
    fn with(self, files: Vec<FileRow>) -> InstallRow {
        let trial = || {
            Some(Trial {
                id: self.trial_id?,
                store: StoreId(self.store_id),
                seconds: self.seconds?,
                deadline: self.deadline?,
                ending: self.ending?,
                engines: trial::engines(self.engines.as_deref()?),
                own: self.own?,
            })
        };
        let trial = trial();
        InstallRow {
            id: self.install_id,
            store: StoreId(self.store_id),
            stack: ObjectId(self.stack_id),
            name: self.stack_name,
            root: self.root,
            revision: self.revision,
            by: self.by_user,
            at: self.at,
            comment: self.comment,
            outcome: match self.outcome.as_str() {
                "done" => InstallOutcome::Done,
                "failed" => InstallOutcome::Failed(self.reason.unwrap_or_default()),
                _ => InstallOutcome::Pending,
            },
            returned_to: self.returned_to,
            trial,
            undone: self.undone,
            undoes: self.undoes,
            current: self.current.unwrap_or(false),
            files,
            engines: self.said.0,
        }
    }
}

fn role_word(role: FileRole) -> &'static str {
    match role {
        FileRole::Main => "main",
        FileRole::Image => "image",
        FileRole::Policy => "policy",
        FileRole::Setup => "setup",
    }
}

/// The schema allows no other word.
pub(super) fn role_of(word: &str) -> FileRole {
    match word {
        "main" => FileRole::Main,
        "image" => FileRole::Image,
        "policy" => FileRole::Policy,
        _ => FileRole::Setup,
    }
}
