-- Stores, revisions, objects, drafts, locks, freezes, audit.
-- Users are names here; accounts live in a migration of their own.

create table store (
    -- autoincrement: the number of a purged store never comes back, since the audit names it.
    store_id    integer primary key autoincrement,
    name        text not null check (length(name) between 1 and 64),
    description text not null default '',
    archived    integer not null default 0 check (archived in (0, 1)),
    created_by  text not null,
    created_at  text not null
) strict;

create unique index store_name on store (lower(name));

create table freeze (
    store_id integer primary key references store (store_id) on delete cascade,
    by_user  text not null,
    reason   text not null check (reason <> ''),
    since    text not null,
    -- Said to people; no rule reads it.
    until    text
) strict;

create table revision (
    store_id      integer not null references store (store_id) on delete cascade,
    number        integer not null check (number >= 1),
    author        text not null,
    at            text not null,
    comment       text not null default '',
    changes       integer not null check (changes >= 0),
    restored_from integer,
    primary key (store_id, number),
    foreign key (store_id, restored_from) references revision (store_id, number)
) strict;

create index revision_restored_from on revision (store_id, restored_from)
    where restored_from is not null;

-- Every object that a store ever had; reading an old revision walks these, not the whole history.
create table object (
    store_id  integer not null references store (store_id) on delete cascade,
    object_id text not null check (length(object_id) between 1 and 64),
    kind      text not null,
    primary key (store_id, object_id)
) strict, without rowid;

-- The state of an object from one revision of its store up to, not including, another.
create table object_revision (
    object_revision_id integer primary key,
    store_id      integer not null,
    object_id     text not null,
    kind          text not null,
    name          text not null,
    body          text not null,
    -- sha-256 in hex over the kind, a line feed and the body.
    hash          text not null check (length(hash) = 64),
    from_revision integer not null,
    -- Null: still so in the newest revision.
    to_revision   integer check (to_revision is null or to_revision > from_revision),
    unique (store_id, object_id, from_revision),
    foreign key (store_id, object_id) references object (store_id, object_id) on delete cascade,
    foreign key (store_id, from_revision) references revision (store_id, number),
    foreign key (store_id, to_revision) references revision (store_id, number)
) strict;

create unique index object_revision_newest on object_revision (store_id, object_id)
    where to_revision is null;
create index object_revision_list on object_revision (store_id, kind, lower(name), object_id)
    where to_revision is null;
create index object_revision_from on object_revision (store_id, from_revision);
create index object_revision_to on object_revision (store_id, to_revision)
    where to_revision is not null;

create table draft (
    draft_id  integer primary key autoincrement,
    store_id  integer not null references store (store_id) on delete cascade,
    user_name text not null,
    -- The undo step that was applied last; 0 before the first.
    position  integer not null default 0,
    stored_at text not null,
    active_at text not null,
    unique (store_id, user_name)
) strict;

create table draft_change (
    draft_id      integer not null references draft (draft_id) on delete cascade,
    object_id     text not null check (length(object_id) between 1 and 64),
    kind          text not null,
    name          text not null,
    -- Null: the draft deletes the object.
    body          text,
    hash          text,
    -- Null: a new object.
    base_revision integer,
    base_hash     text,
    primary key (draft_id, object_id),
    check ((body is null) = (hash is null)),
    check ((base_revision is null) = (base_hash is null)),
    check (body is not null or base_revision is not null)
) strict, without rowid;

-- The undo log. Sequences only grow; what was saved leaves gaps.
create table draft_step (
    draft_id integer not null references draft (draft_id) on delete cascade,
    sequence integer not null check (sequence >= 1),
    words    text not null,
    at       text not null,
    primary key (draft_id, sequence)
) strict, without rowid;

create table draft_step_object (
    draft_id  integer not null,
    sequence  integer not null,
    object_id text not null,
    -- The draft's change of the object as JSON; null: the draft did not name the object.
    before    text,
    after     text,
    primary key (draft_id, sequence, object_id),
    foreign key (draft_id, sequence) references draft_step (draft_id, sequence) on delete cascade
) strict, without rowid;

create index draft_step_object_by_object on draft_step_object (draft_id, object_id);

create table object_lock (
    store_id  integer not null references store (store_id) on delete cascade,
    object_id text not null,
    draft_id  integer not null references draft (draft_id) on delete cascade,
    since     text not null,
    primary key (store_id, object_id)
) strict, without rowid;

create index object_lock_draft on object_lock (draft_id);

-- Append-only, and chained: each hash is over the line and the hash of the line before. No foreign
-- key to the store: the lines of a purged store stay.
create table audit (
    audit_id   integer primary key autoincrement,
    at         text not null,
    who        text not null,
    source     text not null,
    store_id   integer,
    store_name text,
    action     text not null,
    what       text not null,
    details    text not null,
    hash       text not null check (length(hash) = 64)
) strict;

create index audit_store on audit (store_id, audit_id) where store_id is not null;

create trigger audit_is_not_updated before update on audit
begin
    select raise(abort, 'the audit is append-only');
end;

create trigger audit_is_not_deleted before delete on audit
begin
    select raise(abort, 'the audit is append-only');
end;
