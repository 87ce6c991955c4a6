//! What the pace is reckoned from, and what comes of it: what left lately, what messengers asked us to wait for, and
//! messages that are put off, held, let go or dropped without having been tried. A channel without limits never
//! comes here.

use jiff::Timestamp;

use super::outbox::{UNTIL_THEY_WRITE, body};
use super::sql::{Columns, RowsStatement};
use super::{Result, Tx};
use crate::domain::id::{CaseNumber, MessageId};
use crate::domain::message::{Chat, Outbound};
use crate::domain::pace::{Hold, Talk};

/// A message that has left for a messenger with limits, whatever came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Which.
    pub id: MessageId,
    /// For which chat.
    pub chat: String,
    /// When.
    pub at: Timestamp,
    /// Until when somebody has it in hand; in the past where it has arrived.
    pub lease_until: Timestamp,
}

/// A channel that does not know us any more: staff must see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Which.
    pub channel: String,
    /// Since when.
    pub since: Timestamp,
    /// What it said.
    pub reason: String,
}

static PUT_OFF: RowsStatement = RowsStatement::new(
    "update outbox set due_at = later.column2, lease_until = 0, attempts = outbox.attempts - 1 from (",
    2,
    ") as later where outbox.id = later.column1 and outbox.state = 'waiting'",
);
static LET_GO: RowsStatement = RowsStatement::new(
    "update outbox set left_at = gone.column2 from (",
    2,
    ") as gone where outbox.id = gone.column1",
);
static DROP: RowsStatement = RowsStatement::new(
    "update outbox set state = 'dropped', lease_until = 0, attempts = outbox.attempts - 1, error = dropped.column2 from (",
    2,
    ") as dropped where outbox.id = dropped.column1 and outbox.state = 'waiting'",
);
static REWORD: RowsStatement = RowsStatement::new(
    "update outbox set body = reworded.column2 from (",
    2,
    ") as reworded where outbox.id = reworded.column1 and outbox.state = 'waiting'",
);
static HOLD: RowsStatement = RowsStatement::new(
    "insert into hold (channel, chat, hold_until, strikes, revoked_since, reason)",
    6,
    "on conflict (channel, chat) do update set hold_until = excluded.hold_until, strikes = excluded.strikes,
     revoked_since = excluded.revoked_since, reason = excluded.reason",
);
static HELD_IN: RowsStatement = RowsStatement::new(
    "select id, channel, chat from outbox where state = 'held' and due_at = 9223372036854775807 and (channel, chat) in (",
    2,
    ") order by id desc",
);
static RELEASE: RowsStatement = RowsStatement::new(
    "update outbox set state = released.column2, due_at = released.column3, made_at = released.column3,
     error = released.column4 from (",
    4,
    ") as released where outbox.id = released.column1 and outbox.state = 'held'",
);
static HEARD_SINCE: RowsStatement = RowsStatement::new(
    "select distinct inbox.channel, inbox.chat from inbox join (",
    3,
    ") as asked on inbox.channel = asked.column1 and inbox.chat = asked.column2 and inbox.received_at >= asked.column3",
);

static SURVEYED: RowsStatement = RowsStatement::new(
    "select distinct case_number from outbox where purpose = 'survey' and state = 'sent' and made_at >= coalesce(
     (select max(at) from history where history.case_number = outbox.case_number and event = 'done'), 0)
     and case_number in (",
    1,
    ")",
);

/// Why what was held is not sent any more.
const TOO_OLD: &str = "held until they wrote, and newer messages went instead";

impl Tx {
    /// What has left for a messenger after an instant.
    pub async fn left_since(&mut self, channel: &str, since: Timestamp) -> Result<Vec<Left>> {
        const LEFT: &str =
            "select id, chat, left_at, lease_until from outbox where channel = $1 and left_at > $2";
        let query = sqlx::query(LEFT).bind(channel).bind(since.as_millisecond());
        let rows = query.fetch_all(self.conn()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(Left {
                id: row.text("id")?.as_str().into(),
                chat: row.text("chat")?,
                at: row.time("left_at")?,
                lease_until: row.time("lease_until")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// What a messenger asked us to wait for.
    pub async fn holds(&mut self, channel: &str) -> Result<Vec<Hold>> {
        const HOLDS: &str =
            "select chat, hold_until, strikes, revoked_since, reason from hold where channel = $1";
        let rows = sqlx::query(HOLDS).bind(channel).fetch_all(self.conn()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(Hold {
                chat: Some(row.text("chat")?).filter(|chat| !chat.is_empty()),
                until: row.time("hold_until")?,
                strikes: row.int("strikes")?,
                revoked_since: row.maybe_int("revoked_since")?.map(super::sql::time).transpose()?,
                reason: row.text("reason")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Writes down what a messenger asks us to wait for.
    pub async fn hold(&mut self, channel: &str, holds: &[Hold]) -> Result<()> {
        HOLD.write(self, holds, |query, hold| {
            query
                .bind(channel.to_owned())
                .bind(hold.chat.clone().unwrap_or_default())
                .bind(hold.until.as_millisecond())
                .bind(hold.strikes)
                .bind(hold.revoked_since.map(Timestamp::as_millisecond))
                .bind(hold.reason.clone())
        })
        .await?;
        Ok(())
    }

    /// Until then a messenger takes nothing more, danger or not: no worker claims anything for it.
    pub async fn channel_is_full(&mut self, channel: &str, until: Timestamp) -> Result<()> {
        const FULL: &str = "insert into full_channel (channel, full_until) values ($1, $2)
            on conflict (channel) do update set full_until = excluded.full_until";
        sqlx::query(FULL).bind(channel).bind(until.as_millisecond()).execute(self.conn()).await?;
        Ok(())
    }

    /// Something got through: neither its chat nor the whole channel is held any more. What waited for a messenger
    /// that did not know us is due at once.
    pub async fn end_holds(
        &mut self,
        channel: &str,
        chats: &[&str],
        was_revoked: bool,
        now: Timestamp,
    ) -> Result<()> {
        const END: &str = "delete from hold where channel = $1 and chat = $2";
        const DUE: &str =
            "update outbox set due_at = $1 where channel = $2 and state = 'waiting' and due_at > $1";
        for chat in chats.iter().chain(&[""]) {
            sqlx::query(END).bind(channel).bind(*chat).execute(self.conn()).await?;
        }
        if was_revoked {
            sqlx::query(DUE).bind(now.as_millisecond()).bind(channel).execute(self.conn()).await?;
        }
        Ok(())
    }

    /// The channels that do not know us any more, for staff to see.
    pub async fn revoked(&mut self) -> Result<Vec<Revoked>> {
        const REVOKED: &str = "select channel, revoked_since, reason from hold where revoked_since is not null order by channel";
        let rows = sqlx::query(REVOKED).fetch_all(self.conn()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(Revoked {
                channel: row.text("channel")?,
                since: row.time("revoked_since")?,
                reason: row.text("reason")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Leased messages that may not leave yet: they are due later, and it was no attempt.
    pub async fn put_off(&mut self, messages: &[(MessageId, Timestamp)]) -> Result<()> {
        PUT_OFF
            .write(self, messages, |query, (id, at)| query.bind(id.as_str()).bind(at.as_millisecond()))
            .await?;
        Ok(())
    }

    /// Leased messages that leave now: from here on they count.
    pub async fn let_go(&mut self, messages: &[MessageId], now: Timestamp) -> Result<()> {
        let now = now.as_millisecond();
        LET_GO.write(self, messages, |query, id| query.bind(id.as_str()).bind(now)).await?;
        Ok(())
    }

    /// Leased messages that need not be sent any more, each with why.
    pub async fn drop_messages(&mut self, messages: &[(MessageId, String)]) -> Result<()> {
        DROP.write(self, messages, |query, (id, why)| query.bind(id.as_str()).bind(why.as_str())).await?;
        Ok(())
    }

    /// Leased messages that say something else now, before they leave.
    pub async fn reword(&mut self, messages: &[Outbound]) -> Result<()> {
        REWORD
            .write(self, messages, |query, message| query.bind(message.id.as_str()).bind(body(message)))
            .await?;
        Ok(())
    }

    /// The morning has come for what was held until now; how many messages that were.
    pub async fn wake_held(&mut self, now: Timestamp) -> Result<u64> {
        const WAKE: &str = "update outbox set state = 'waiting' where state = 'held' and due_at <= $1";
        Ok(sqlx::query(WAKE).bind(now.as_millisecond()).execute(self.conn()).await?.rows_affected())
    }

    /// Nothing can be sent to a chat any more: what waits for it is dropped, and its cards offer nothing.
    pub async fn give_up_chat(&mut self, chat: &Chat, now: Timestamp) -> Result<()> {
        const DROPPED: &str = "update outbox set state = 'dropped', lease_until = 0, error = 'the group cannot be reached', due_at = $1
            where channel = $2 and chat = $3 and state in ('waiting', 'held')";
        const ENDED: &str = "update offer set ended_at = $1 where ended_at is null and message in (
            select id from outbox where channel = $2 and chat = $3)";
        for statement in [DROPPED, ENDED] {
            let query = sqlx::query(statement).bind(now.as_millisecond());
            query.bind(&chat.channel).bind(&chat.id).execute(self.conn()).await?;
        }
        Ok(())
    }

    /// They have written: the newest of what was held for that leave, the older ones are dropped.
    pub async fn release_held(&mut self, chats: &[Chat], newest: usize, now: Timestamp) -> Result<()> {
        let rows = HELD_IN
            .find(self, chats, |query, chat| query.bind(chat.channel.as_str()).bind(chat.id.as_str()))
            .await?;
        let mut seen: Vec<Chat> = Vec::new();
        let mut released = Vec::new();
        for row in &rows {
            let chat = row.chat()?;
            let newer = seen.iter().filter(|other| **other == chat).count();
            seen.push(chat);
            released.push((row.text("id")?, newer < newest));
        }
        let now = now.as_millisecond();
        RELEASE
            .write(self, &released, |query, (id, leaves)| {
                let (state, error) = if *leaves { ("waiting", None) } else { ("dropped", Some(TOO_OLD)) };
                query.bind(id.as_str()).bind(state).bind(now).bind(error)
            })
            .await?;
        Ok(())
    }

    /// In which of these chats somebody has written at or after an instant.
    pub async fn heard_since(&mut self, chats: &[Chat], since: Timestamp) -> Result<Vec<Chat>> {
        let since = since.as_millisecond();
        let rows = HEARD_SINCE
            .find(self, chats, |query, chat| {
                query.bind(chat.channel.as_str()).bind(chat.id.as_str()).bind(since)
            })
            .await?;
        rows.iter().map(Columns::chat).collect()
    }

    /// What has been said in a private chat since they last wrote. What was sent as the platform's own answer, and
    /// toasts, do not count; what is on its way does.
    pub async fn talk(&mut self, chat: &Chat, passive: &str) -> Result<Talk> {
        const HEARD: &str =
            "select received_at from inbox where channel = $1 and chat = $2 order by id desc limit 1";
        const SENT: &str =
            "select count(*) as n from outbox where channel = $1 and chat = $2 and purpose <> 'toast'
            and sent_at >= $3 and state = 'sent' and coalesce(remote_id, '') <> $4";
        let heard = sqlx::query(HEARD).bind(&chat.channel).bind(&chat.id).fetch_optional(self.conn()).await?;
        let heard_at = heard.map(|row| row.time("received_at")).transpose()?;
        let since = heard_at.map_or(0, Timestamp::as_millisecond);
        let query = sqlx::query(SENT).bind(&chat.channel).bind(&chat.id).bind(since).bind(passive);
        let sent_since = u32::try_from(query.fetch_one(self.conn()).await?.int("n")?).unwrap_or(u32::MAX);
        Ok(Talk { heard_at, sent_since })
    }

    /// Which of these cases' residents have been sent a question of the survey since the case was last done.
    pub async fn surveyed(&mut self, cases: &[CaseNumber]) -> Result<Vec<CaseNumber>> {
        let rows = SURVEYED.find(self, cases, |query, number| query.bind(number.0)).await?;
        rows.iter().map(|row| Ok(CaseNumber(row.int("case_number")?))).collect()
    }
}

const _: () = assert!(UNTIL_THEY_WRITE == i64::MAX, "the statement above names it");
