//! Codes that make two chats one person's, and the joining itself. Of the code only a digest is kept.

use jiff::{SignedDuration, Timestamp};

use super::sql::{Columns, RowsStatement};
use super::{Result, Tx};
use crate::domain::id::PersonId;
use crate::domain::message::Chat;

/// How long codes that were not used are kept after they have expired.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// A code for joining two chats, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// SHA-256 of the code, in hexadecimal.
    pub digest: String,
    /// Who asked for it.
    pub person: PersonId,
    /// Where.
    pub chat: Chat,
    /// Their id there.
    pub contact: String,
    /// The chat with the telephone number that is to be joined; any other chat, if none.
    pub number: Option<Chat>,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// What came of sending such a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkUse {
    /// Both chats are one person's now.
    Joined {
        /// Where the code was asked for.
        first: Chat,
        /// The chat of the number that was joined.
        number: Option<Chat>,
    },
    /// It was sent from where it was asked for: it must be sent from the other chat.
    SameChat,
    /// Somebody used it before.
    Used,
    /// It is too old.
    Expired,
    /// Too many wrong ones within an hour.
    TooMany,
    /// There is no such code.
    Unknown,
}

/// Who sends a code, and where.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// The channel.
    pub channel: &'a str,
    /// Their id there.
    pub id: &'a str,
    /// The private chat.
    pub chat: &'a str,
}

static INSERT: RowsStatement = RowsStatement::new(
    "insert into link (digest, person, channel, contact, chat, to_channel, to_chat, made_at, expires_at)",
    9,
    "",
);

impl Tx {
    /// Keeps new codes, and forgets those that are long over.
    pub async fn insert_links(&mut self, links: &[LinkRow], now: Timestamp) -> Result<()> {
        if links.is_empty() {
            return Ok(());
        }
        let old = (now - KEPT).as_millisecond();
        sqlx::query("delete from link where expires_at < $1").bind(old).execute(self.conn()).await?;
        INSERT
            .write(self, links, |query, link| {
                query
                    .bind(link.digest.as_str())
                    .bind(link.person.as_str())
                    .bind(link.chat.channel.as_str())
                    .bind(link.contact.as_str())
                    .bind(link.chat.id.as_str())
                    .bind(link.number.as_ref().map(|chat| chat.channel.clone()))
                    .bind(link.number.as_ref().map(|chat| chat.id.clone()))
                    .bind(now.as_millisecond())
                    .bind(link.expires_at.as_millisecond())
            })
            .await?;
        Ok(())
    }

    /// How many codes somebody has asked for since an instant.
    pub async fn links_made(&mut self, channel: &str, contact: &str, since: Timestamp) -> Result<i64> {
        const MADE: &str =
            "select count(*) as n from link where channel = $1 and contact = $2 and made_at > $3";
        let query = sqlx::query(MADE).bind(channel).bind(contact).bind(since.as_millisecond());
        query.fetch_one(self.conn()).await?.int("n")
    }

    /// How many codes have gone to a telephone number since an instant, whoever asked for them.
    pub async fn links_to(&mut self, number: &Chat, since: Timestamp) -> Result<i64> {
        const TO: &str =
            "select count(*) as n from link where to_channel = $1 and to_chat = $2 and made_at > $3";
        let query = sqlx::query(TO).bind(&number.channel).bind(&number.id).bind(since.as_millisecond());
        query.fetch_one(self.conn()).await?.int("n")
    }

    /// Uses a code up: what it joins is one person's afterwards.
    pub async fn use_link(&mut self, digest: &str, by: Sender<'_>, now: Timestamp) -> Result<LinkUse> {
        const FIND: &str = "select person, channel, contact, chat, to_channel, to_chat, expires_at, used_at
            from link where digest = $1";
        const USE: &str = "update link set used_at = $1 where digest = $2 and used_at is null";
        let found = sqlx::query(FIND).bind(digest).fetch_optional(self.conn()).await?;
        let Some(row) = found else { return Ok(LinkUse::Unknown) };
        let (first, contact) = (row.chat()?, row.text("contact")?);
        let number = row.maybe_text("to_channel")?.zip(row.maybe_text("to_chat")?);
        let number = number.map(|(channel, id)| Chat::new(channel, id));
        let same_chat = first.channel == by.channel && contact == by.id;
        let from_number =
            number.as_ref().is_some_and(|number| number.channel == by.channel && number.id == by.chat);
        match (&number, same_chat) {
            (None, true) => return Ok(LinkUse::SameChat),
            (Some(_), false) if !from_number => return Ok(LinkUse::Unknown),
            (None, false) | (Some(_), _) => {}
        }
        if row.time("expires_at")? <= now {
            return Ok(LinkUse::Expired);
        }
        let used = sqlx::query(USE).bind(now.as_millisecond()).bind(digest).execute(self.conn()).await?;
        if used.rows_affected() == 0 {
            return Ok(LinkUse::Used);
        }
        let person: PersonId = row.text("person")?.as_str().into();
        let joined = match &number {
            Some(number) => Sender { channel: &number.channel, id: &number.id, chat: &number.id },
            None => by,
        };
        self.give_contact(joined, &person).await?;
        self.choose(by, now).await?;
        Ok(LinkUse::Joined { first, number })
    }

    /// A way to a person; whoever had it before is the same person.
    async fn give_contact(&mut self, contact: Sender<'_>, person: &PersonId) -> Result<()> {
        const OWNER: &str = "select person from contact where channel = $1 and id = $2";
        const INSERT: &str = "insert into contact (channel, id, person, chat) values ($1, $2, $3, $4)";
        let owner = sqlx::query(OWNER).bind(contact.channel).bind(contact.id);
        match owner.fetch_optional(self.conn()).await? {
            Some(row) => {
                let owner = PersonId::from(row.text("person")?.as_str());
                if &owner == person { Ok(()) } else { self.join_people(&owner, person).await }
            }
            None => {
                let query = sqlx::query(INSERT).bind(contact.channel).bind(contact.id).bind(person.as_str());
                query.bind(contact.chat).execute(self.conn()).await?;
                Ok(())
            }
        }
    }

    async fn choose(&mut self, contact: Sender<'_>, now: Timestamp) -> Result<()> {
        const CHOOSE: &str =
            "update contact set chosen_at = $1, unreachable_at = null where channel = $2 and id = $3";
        let query = sqlx::query(CHOOSE).bind(now.as_millisecond()).bind(contact.channel).bind(contact.id);
        query.execute(self.conn()).await?;
        Ok(())
    }

    /// Two people turn out to be one: everything of the one is the other's, and the one is no more. Whoever decides
    /// something for the one at the same moment finds no such person any more (the tables refer to each other), and
    /// decides anew.
    async fn join_people(&mut self, one: &PersonId, other: &PersonId) -> Result<()> {
        for statement in JOIN {
            sqlx::query(statement)
                .bind(other.as_str())
                .bind(one.as_str())
                .execute(self.conn())
                .await?;
        }
        Ok(())
    }

    /// How many wrong codes somebody has sent since an instant, at most an hour ago.
    pub async fn wrong_codes(&mut self, channel: &str, contact: &str, since: Timestamp) -> Result<i64> {
        const TRIES: &str =
            "select tries from wrong_code where channel = $1 and contact = $2 and since > $3";
        let query = sqlx::query(TRIES).bind(channel).bind(contact).bind(since.as_millisecond());
        query.fetch_optional(self.conn()).await?.map_or(Ok(0), |row| row.int("tries"))
    }

    /// Counts a wrong code; the count begins anew after `since`.
    pub async fn note_wrong_code(
        &mut self,
        channel: &str,
        contact: &str,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        const NOTE: &str = "insert into wrong_code (channel, contact, since, tries) values ($1, $2, $3, 1)
            on conflict (channel, contact) do update set
            tries = case when wrong_code.since > $4 then wrong_code.tries + 1 else 1 end,
            since = case when wrong_code.since > $4 then wrong_code.since else excluded.since end";
        let query = sqlx::query(NOTE).bind(channel).bind(contact).bind(now.as_millisecond());
        query.bind(since.as_millisecond()).execute(self.conn()).await?;
        Ok(())
    }
}

/// `$1` is who stays, `$2` who is no more. Versions grow, so that nobody saves over it. Ids are ULIDs: in the JSON of a
/// state one stands for nothing but itself.
const JOIN: [&str; 11] = [
    "update person set version = version + 1,
        name = coalesce(name, (select name from person one where one.id = $2)),
        area = coalesce(area, (select area from person one where one.id = $2)),
        address = coalesce(address, (select address from person one where one.id = $2)),
        phone = coalesce(phone, (select phone from person one where one.id = $2)),
        asked = coalesce(asked, (select asked from person one where one.id = $2)) where id = $1",
    "update contact set person = $1 where person = $2",
    "update link set person = $1 where person = $2",
    "insert into membership (person, team, role) select cast($1 as text), team, role from membership where person = $2
        on conflict (person, team) do update set
        role = case when excluded.role = 'leader' then 'leader' else membership.role end",
    "delete from membership where person = $2 and person <> $1",
    "update cases set resident = $1, version = version + 1 where resident = $2",
    "update cases set member = $1, version = version + 1, state = replace(state, $2, $1)
        where stage <> 'closed' and member = $2",
    "update cases set version = version + 1, state = replace(state, $2, $1)
        where stage = 'offered' and state like '%' || $2 || '%'",
    "update history set who_id = $1 where who = 'resident' and who_id = $2
        and case_number in (select number from cases where resident = $1)",
    "update history set who_id = $1 where who = 'member' and who_id = $2",
    "delete from person where id = $2 and id <> $1",
];
