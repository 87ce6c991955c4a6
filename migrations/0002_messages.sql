-- What came in and what goes out. A webhook is acknowledged after its inbox row is on disk; nothing is
-- sent except from the outbox. Rows are claimed with a lease, so that a crash only delays them.

create table inbox (
    id text primary key,
    channel text not null,
    key text not null,        -- the platform's id of the delivery
    chat text not null,
    kind text not null check (kind in ('private', 'group')),
    sender text not null,
    body text not null,       -- JSON: text, choice, location, name, title
    received_at bigint not null,
    state text not null check (state in ('waiting', 'done', 'dead')),
    attempts bigint not null,
    lease_until bigint not null,
    case_number bigint,
    error text,
    unique (channel, key)
);
create index inbox_waiting on inbox (id) where state = 'waiting';
create index inbox_sender_waiting on inbox (channel, sender, id) where state = 'waiting';
create index inbox_chat on inbox (channel, chat, id);
create index inbox_case on inbox (case_number) where case_number is not null;

create table outbox (
    id text primary key,
    channel text not null,
    chat text not null,
    kind text not null check (kind in ('private', 'group')),
    body text not null,       -- JSON: text, choices
    replaces text,
    purpose text not null check (purpose in ('say', 'offer')),
    priority bigint not null,
    case_number bigint,
    made_at bigint not null,
    due_at bigint not null,
    state text not null check (state in ('waiting', 'sent', 'dead')),
    attempts bigint not null,
    lease_until bigint not null,
    sent_at bigint,
    remote_id text,
    error text
);
create index outbox_waiting on outbox (priority, id) where state = 'waiting';
create index outbox_chat_waiting on outbox (channel, chat, priority, id) where state = 'waiting';
create index outbox_chat on outbox (channel, chat, id);
create index outbox_case on outbox (case_number) where case_number is not null;
create index outbox_dead on outbox (id) where state = 'dead';
