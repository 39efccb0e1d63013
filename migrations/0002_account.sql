-- People, what they may do, and how they prove who they are.
-- Times are seconds since 1970 in UTC. Secrets stand here as hashes only.

create table account (
    name text primary key,
    -- The name in lower case: `Anna` and `anna` are one person.
    name_key text not null unique,
    password_hash text not null,
    administrator integer not null default 0 check (administrator in (0, 1)),
    disabled integer not null default 0 check (disabled in (0, 1)),
    -- Set for a password that somebody else chose; it lapses unless it is changed in time.
    must_change_password integer not null default 0 check (must_change_password in (0, 1)),
    password_lapses_at integer,
    created_at integer not null,
    last_log_in_at integer
) strict;

create table session (
    id_hash text primary key,
    -- What the owner's list shows and ends it by; no secret.
    handle text not null unique,
    account text not null references account (name),
    created_at integer not null,
    last_active_at integer not null,
    address text not null
) strict;
create index session_account on session (account);

create table token (
    token_id integer primary key,
    secret_hash text not null unique,
    account text not null references account (name),
    label text not null,
    role text not null check (role in ('viewer', 'editor', 'installer', 'administrator')),
    -- 1: every store of its owner; 0: those in token_store, and none when they are gone.
    all_stores integer not null check (all_stores in (0, 1)),
    created_at integer not null,
    expires_at integer not null,
    last_used_at integer
) strict;
create index token_account on token (account);

create table token_store (
    token_id integer not null references token (token_id) on delete cascade,
    store_id integer not null,
    primary key (token_id, store_id)
) strict;

create table member (
    store_id integer not null,
    account text not null references account (name),
    role text not null check (role in ('viewer', 'editor', 'installer', 'administrator')),
    primary key (store_id, account)
) strict;
create index member_account on member (account);

-- The one-time link that makes the first administrator: at most one row.
create table setup_link (
    setup_link_id integer primary key check (setup_link_id = 1),
    secret_hash text not null,
    expires_at integer not null
) strict;

-- Failed log-ins by `account:<name>` and `address:<ip>`.
create table throttle (
    subject text primary key,
    failures integer not null,
    last_failure_at integer not null
) strict;

-- Where accounts have logged in from: tries from elsewhere do not shut these out.
create table known_address (
    account_key text not null,
    address text not null,
    last_log_in_at integer not null,
    primary key (account_key, address)
) strict;
