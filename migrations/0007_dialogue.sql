-- Receiving as messengers deliver it: edits that name the earlier message, several ways to one person, and one-time
-- codes that join them.

-- The platform's own id of a message: an edit names it again.
alter table inbox add column message text;
create index inbox_message on inbox (channel, chat, message) where message is not null;

-- Since when answers go there rather than to the person's other chats.
alter table contact add column chosen_at bigint;

-- A code that joins the chat in which it was asked for with the one from which it is sent; of the code only a digest is
-- kept. Where a telephone number is joined, the code went there.
create table link (
    digest text primary key,
    person text not null references person (id),
    channel text not null,    -- where it was asked for,
    contact text not null,    -- and by whom
    chat text not null,
    to_channel text,          -- the number's messenger
    to_chat text,             -- and chat
    made_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index link_contact on link (channel, contact, made_at);
create index link_number on link (to_channel, to_chat, made_at) where to_chat is not null;
create index link_person on link (person);

-- How often somebody has sent a code that is none, within an hour.
create table wrong_code (
    channel text not null,
    contact text not null,
    since bigint not null,
    tries bigint not null,
    primary key (channel, contact)
);

-- What a member did is found again when two people turn out to be one.
create index history_member on history (who_id) where who = 'member';
