-- Sending as messengers and people want it: paced, held at night, folded into one card, and with a record of
-- who cannot be reached. SQLite cannot change a check, so tables are made anew, filled and renamed.

-- A case that closes without anybody having been asked is 'not_asked', which is not 'unanswered'.
create table cases_new (
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
    outcome text check (outcome in ('solved', 'unanswered', 'not_asked', 'cancelled', 'merged', 'referred', 'declined')),
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
insert into cases_new (number, version, resident, service, confidence, runners_up, area, words, details, rung, priority,
    origin, help_wanted, reopened, opened_at, resolve_by, stage, state, team, member, outcome, closed_at, solved,
    satisfied, comment, wake_at, wake_attempts, wake_lease)
select number, version, resident, service, confidence, runners_up, area, words, details, rung, priority,
    origin, help_wanted, reopened, opened_at, resolve_by, stage, state, team, member, outcome, closed_at, solved,
    satisfied, comment, wake_at, wake_attempts, wake_lease from cases;

create table history_new (
    id text primary key,
    case_number bigint not null references cases_new (number),
    at bigint not null,
    who text not null check (who in ('resident', 'member', 'staff', 'hotline')),
    who_id text,
    event text not null,
    stage_from text not null,
    stage_to text not null,
    note text not null
);
insert into history_new (id, case_number, at, who, who_id, event, stage_from, stage_to, note)
select id, case_number, at, who, who_id, event, stage_from, stage_to, note from history;

-- The cards by which cases were offered to groups; one message may be the card of several (a digest). `ended_at`
-- is when the card last said "accept".
create table offer_new (
    message text not null,    -- the outbox row of the card
    case_number bigint not null references cases_new (number),
    team text not null,
    channel text not null,
    chat text not null,
    digest bigint not null,   -- 1 where the card is one for many
    offered_at bigint not null,
    ended_at bigint,
    primary key (message, case_number)
);
insert into offer_new (message, case_number, team, channel, chat, digest, offered_at, ended_at)
select message, case_number, team, channel, chat, 0, offered_at, ended_at from offer;

drop table offer;
drop table history;
drop table cases;
alter table cases_new rename to cases;
alter table history_new rename to history;
alter table offer_new rename to offer;
create index cases_wake on cases (wake_at) where wake_at is not null;
create index cases_resident on cases (resident, number);
create index cases_member on cases (member) where stage = 'accepted';
create index cases_team on cases (team, stage) where stage in ('offered', 'accepted');
create index cases_open on cases (number) where stage <> 'closed';
create index history_case on history (case_number, id);
create index offer_open on offer (case_number) where ended_at is null;

-- 'held' waits for the morning (`due_at`) or for a word from the other side, and holds back nothing behind it.
-- 'dropped' will not be sent, and nobody need look: `error` says what took its place.
create table outbox_new (
    id text primary key,
    channel text not null,
    chat text not null,
    kind text not null check (kind in ('private', 'group')),
    body text not null,       -- JSON: text, choices
    replaces text,
    tap text,                 -- the tap that a toast answers
    purpose text not null check (purpose in ('say', 'offer', 'digest', 'survey', 'toast')),
    priority bigint not null,
    case_number bigint,
    made_at bigint not null,
    due_at bigint not null,
    state text not null check (state in ('waiting', 'held', 'sent', 'dropped', 'dead')),
    attempts bigint not null,
    lease_until bigint not null,
    left_at bigint,           -- when it last left for a messenger that has a pace
    sent_at bigint,
    remote_id text,
    error text
);
insert into outbox_new (id, channel, chat, kind, body, replaces, purpose, priority, case_number, made_at, due_at, state,
    attempts, lease_until, sent_at, remote_id, error)
select id, channel, chat, kind, body, replaces, purpose, priority, case_number, made_at, due_at, state,
    attempts, lease_until, sent_at, remote_id, error from outbox;
drop table outbox;
alter table outbox_new rename to outbox;
create index outbox_waiting on outbox (priority, id) where state = 'waiting';
create index outbox_chat_waiting on outbox (channel, chat, priority, id) where state = 'waiting';
create index outbox_chat on outbox (channel, chat, id);
create index outbox_case on outbox (case_number) where case_number is not null;
create index outbox_dead on outbox (id) where state = 'dead';
create index outbox_held on outbox (due_at) where state = 'held';
create index outbox_chat_held on outbox (channel, chat, id) where state = 'held';
create index outbox_left on outbox (channel, left_at) where left_at is not null;

-- What a messenger asked us to wait for, in one chat or (where `chat` is empty) everywhere; and since when it does
-- not know us any more.
create table hold (
    channel text not null,
    chat text not null,
    hold_until bigint not null,
    strikes bigint not null,  -- how often in a row
    revoked_since bigint,
    reason text not null,
    primary key (channel, chat)
);

-- Until when a messenger takes nothing more because its second is full: what waits for it is not even looked at.
create table full_channel (
    channel text primary key,
    full_until bigint not null
);

-- Since when somebody cannot be reached there; null while they can, as far as we know.
alter table contact add column unreachable_at bigint;
create index contact_chat on contact (channel, chat) where chat <> id;
alter table team_group add column lost_at bigint;

-- When the team's group and members are left in peace.
alter table team add column quiet text not null default '22:00-07:00';
