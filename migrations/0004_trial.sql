-- Installs that are put back unless somebody confirms them in time.

-- One request to install that waits for its confirmation. The row is there before the first file is
-- touched, and goes when the files are kept or put back.
create table trial (
    -- autoincrement: numbers never come back, as installs keep them.
    trial_id integer primary key autoincrement,
    store_id integer not null references store (store_id) on delete cascade,
    seconds  integer not null check (seconds between 1 and 86400),
    -- Milliseconds since 1970.
    deadline integer not null
) strict;

create index trial_store on trial (store_id);

-- The trial that the install belongs or belonged to; the trial itself may be over.
alter table install add column trial_id integer;
-- 1: its files were put back, so it counts no longer.
alter table install add column undone integer not null default 0 check (undone in (0, 1));
-- The install whose files were put back: this row is the note of it.
alter table install add column undoes integer references install (install_id) on delete set null;

create index install_trial on install (trial_id) where trial_id is not null;
create index install_undoes on install (undoes) where undoes is not null;

-- Of an install of a trial: what was there before the trial; null where nothing was. Taken away when
-- the files are kept.
alter table install_file add column base blob;
alter table install_file add column base_sha256 text;
-- What somebody else had written there when it was put back; kept beside the file, too.
alter table install_file add column found blob;
