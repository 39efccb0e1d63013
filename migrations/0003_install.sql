-- Where the files of stacks go, what was written there, and what was found changed.

create table target (
    store_id integer not null references store (store_id) on delete cascade,
    stack_id text not null check (length(stack_id) between 1 and 64),
    root     text not null check (root like '/%'),
    set_by   text not null,
    set_at   text not null,
    primary key (store_id, stack_id)
) strict, without rowid;

-- One install of one stack. The row is there before the first file is touched.
create table install (
    -- autoincrement: the order of installs, and numbers never come back.
    install_id  integer primary key autoincrement,
    store_id    integer not null references store (store_id) on delete cascade,
    stack_id    text not null,
    -- As it was called then.
    stack_name  text not null,
    root        text not null,
    revision    integer not null,
    by_user     text not null,
    at          text not null,
    comment     text not null default '',
    outcome     text not null check (outcome in ('pending', 'done', 'failed')),
    -- Why it failed.
    reason      text,
    -- The install whose files this one brought back.
    returned_to integer references install (install_id) on delete set null,
    check ((outcome = 'failed') = (reason is not null)),
    foreign key (store_id, revision) references revision (store_id, number) on delete cascade
) strict;

create index install_stack on install (store_id, stack_id, install_id);
create index install_root on install (root, install_id);
create index install_returned_to on install (returned_to) where returned_to is not null;
create index install_pending on install (install_id) where outcome = 'pending';

create table install_file (
    install_id    integer not null references install (install_id) on delete cascade,
    -- The order in which the files take their places.
    position      integer not null,
    role          text not null check (role in ('main', 'image', 'policy', 'setup')),
    -- As PAGENT names it: below the root.
    path          text not null,
    -- Of the text.
    sha256        text not null check (length(sha256) = 64),
    text          text not null,
    -- Of what was there before; null where nothing was.
    before_sha256 text,
    primary key (install_id, position)
) strict, without rowid;

create index install_file_path on install_file (path, install_id);

-- A change on the target that somebody looked at and keeps for later.
create table drift_note (
    store_id integer not null references store (store_id) on delete cascade,
    stack_id text not null,
    path     text not null,
    -- Of what was on the target; empty where the file was gone.
    sha256   text not null,
    -- Null where it was gone, or no text.
    text     text,
    by_user  text not null,
    at       text not null,
    comment  text not null default '',
    primary key (store_id, stack_id, path)
) strict, without rowid;
