-- What the engines that read the files of an install did with them, as the interface tells it.
alter table install add column said text not null default '[]' check (json_valid(said));
