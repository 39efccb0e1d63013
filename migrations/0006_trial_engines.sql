-- Installs whose files an engine of this machine reads: it has them on trial as long as the install waits.

-- The names of the engines, a line each; empty when there are none.
alter table trial add column engines text not null default '';
-- 1: nobody is asked to confirm it; the install itself does when the engines have what it wrote. A start
-- puts back what one left that was cut off.
alter table trial add column own integer not null default 0 check (own in (0, 1));
