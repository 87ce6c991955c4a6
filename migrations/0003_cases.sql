-- Cases. `wake_at` is the case's one timer: the instant at which something happens by itself. That every
-- open case has one is not a habit of the code but a check of the table.

create table cases (
    number bigint primary key,
    version bigint not null,
    resident text not null references person (id),
    service text not null,
    confidence double precision not null,
    runners_up text not null, -- JSON list of service codes
    area text,
    words text not null,      -- what the resident wrote
    details text not null,    -- JSON: phone, address, when, person, …
    rung text not null check (rung in ('team', 'community', 'street', 'district')),
    priority bigint not null,
    origin text not null check (origin in ('message', 'phone')),
    help_wanted bigint not null,
    reopened bigint not null,
    opened_at bigint not null,
    resolve_by bigint not null,
    stage text not null check (stage in ('triage', 'offered', 'accepted', 'done', 'closed')),
    state text not null,      -- JSON: the data of the stage
    team text,
    member text,
    outcome text check (outcome in ('solved', 'unanswered', 'cancelled', 'merged', 'referred', 'declined')),
    closed_at bigint,
    solved bigint,
    satisfied bigint check (satisfied between 1 and 5),
    comment text,
    wake_at bigint,
    wake_attempts bigint not null,
    wake_lease bigint not null,
    check ((stage = 'closed') = (wake_at is null)),
    check ((stage = 'closed') = (outcome is not null))
);
create index cases_wake on cases (wake_at) where wake_at is not null;
create index cases_resident on cases (resident, number);
create index cases_member on cases (member) where stage = 'accepted';
create index cases_team on cases (team, stage) where stage in ('offered', 'accepted');
create index cases_open on cases (number) where stage <> 'closed';

-- What happened to a case, in order: who, what, when, from, to.
create table history (
    id text primary key,
    case_number bigint not null references cases (number),
    at bigint not null,
    who text not null check (who in ('resident', 'member', 'staff', 'hotline')),
    who_id text,
    event text not null,
    stage_from text not null,
    stage_to text not null,
    note text not null
);
create index history_case on history (case_number, id);

-- The cards by which a case was offered to groups; `ended_at` is when the card last said "accept".
create table offer (
    message text primary key, -- the outbox row of the card
    case_number bigint not null references cases (number),
    team text not null,
    channel text not null,
    chat text not null,
    offered_at bigint not null,
    ended_at bigint
);
create index offer_open on offer (case_number) where ended_at is null;
