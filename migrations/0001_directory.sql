-- The city as the operator describes it: areas inside areas, teams with their groups, service points.
-- People are one table: who asks and who helps may be the same person on the same messenger.
-- Portable SQL for SQLite and PostgreSQL: TEXT, BIGINT, DOUBLE PRECISION; time is epoch milliseconds.

create table area (
    code text primary key,
    name text not null,
    kind text not null check (kind in ('grid', 'community', 'street', 'district')),
    parent text references area (code)
);

create table team (
    code text primary key,
    name text not null,
    kind text not null,
    hours text not null,
    areas text not null,      -- JSON list of area codes
    services text not null    -- JSON list of patterns: elder.meal, elder.*, *
);

create table team_group (
    channel text not null,
    chat text not null,
    team text not null references team (code),
    primary key (channel, chat)
);

create table point (
    name text not null,
    area text not null references area (code),
    kind text not null,
    address text not null,
    hours text not null,
    phone text not null,
    latitude double precision,
    longitude double precision,
    services text not null,   -- JSON list of service codes
    primary key (area, name)
);

create table person (
    id text primary key,
    version bigint not null,
    name text,
    language text not null,
    area text,
    address text,
    phone text,
    asked text,               -- JSON: the question that the hotline last put to them
    created_at bigint not null
);

-- How a person is reached: their id on a channel, and the private chat with them there.
create table contact (
    channel text not null,
    id text not null,
    person text not null references person (id),
    chat text not null,
    primary key (channel, id)
);
create index contact_person on contact (person);

create table membership (
    person text not null references person (id),
    team text not null references team (code),
    role text not null check (role in ('member', 'leader')),
    primary key (person, team)
);

-- One-time codes for binding a group and for joining a team. Only a digest is kept.
create table code (
    digest text primary key,
    purpose text not null check (purpose in ('bind', 'join', 'lead')),
    team text not null references team (code),
    made_by text not null,
    expires_at bigint not null,
    used_at bigint,
    used_by text
);

-- Numbers that grow: `case` gives case numbers, `directory` grows with every change of the city.
create table counter (
    name text primary key,
    value bigint not null
);
insert into counter (name, value) values ('case', 0), ('directory', 0);
