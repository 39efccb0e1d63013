-- What waits for a confirmation and is being put back: from the first file that is written until that
-- is noted. It cannot be kept any more, and a start goes on with it.
alter table trial add column ending integer not null default 0 check (ending in (0, 1));
-- Who asked for that; null when it is the deadline.
alter table trial add column asked_by text;

-- SHA-256 of `found`.
alter table install_file add column found_sha256 text;
