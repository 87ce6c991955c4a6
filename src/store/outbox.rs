//! What goes out. Nothing is sent except from here. Within a chat messages leave in order, danger first; a
//! message that must wait holds back those behind it in the same chat and nobody else. One that is held, for the
//! morning or for a word from the other side, holds back nobody.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::inbox::LEASE;
use super::sql::{Bound, Columns, RowsStatement, json, of_word, word};
use super::{Queue, Result, Tx};
use crate::domain::id::{CaseNumber, MessageId};
use crate::domain::message::{Body, Chat, ChatKind, Choice, Outbound, Priority, Purpose};

/// A message that a worker has leased for sending.
#[derive(Clone, Debug)]
pub struct Leased {
    /// What to send.
    pub message: Outbound,
    /// The platform's id of the message that it takes the place of, where it gave one.
    pub replaces: Option<String>,
    /// When it was made: after 24 hours it is given up.
    pub made_at: Timestamp,
    /// How often it has been tried, this time included.
    pub attempts: i64,
}

/// What came of sending a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It is there; with the platform's own id, if it gave one.
    Done(Option<String>),
    /// Not now: again at this time.
    Later(Timestamp, String),
    /// Not yet tried: one before it in the same chat must wait.
    Untried,
    /// At once, in the place to which its chat has moved.
    Again,
    /// Not before they write to us.
    Held(String),
    /// Not any more, and nobody need look: something took its place, or its moment is over.
    Dropped(String),
    /// Never: staff see it.
    Never(String),
}

/// One line of a conversation, as the people in it see it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spoken {
    /// The message's id.
    pub id: String,
    /// Whether the hotline said it.
    pub ours: bool,
    /// Who wrote it in a group, where it was not the hotline: the sender's id on the channel.
    #[serde(skip)]
    pub sender: Option<String>,
    /// The id that the page which posted it gave it, without the person's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// When, in epoch milliseconds.
    pub at: i64,
    /// The words.
    pub text: String,
    /// Buttons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// The data of the button that was tapped instead of writing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
    /// The earlier message that this one takes the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Whether somebody may be in danger.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub danger: bool,
    /// Whether it is the card of an offer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub card: bool,
}

#[derive(Serialize, Deserialize)]
struct Said {
    text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    choices: Vec<Choice>,
}

/// When what is held for a word from the other side is due: never by itself.
pub(super) const UNTIL_THEY_WRITE: i64 = i64::MAX;

static INSERT: RowsStatement = RowsStatement::new(
    "insert into outbox (id, channel, chat, kind, body, replaces, tap, purpose, priority, case_number, made_at, due_at,
     state, attempts, lease_until)",
    15,
    "",
);

/// The lease is repeated outside the subselect: see ARCHITECTURE.md, "Claiming rows". A toast waits for nobody, and
/// nobody for a toast. What a messenger would not take anyway is not looked at.
const CLAIM: &str = "update outbox set lease_until = $1, attempts = attempts + 1
    where state = 'waiting' and lease_until <= $2 and id in (
        select mine.id from outbox mine
        where mine.state = 'waiting' and mine.lease_until <= $2 and mine.due_at <= $2
        and mine.channel not in (select channel from full_channel where full_until > $2)
        and mine.channel not in (select channel from hold where chat = '' and hold_until > $2)
        and (mine.purpose = 'toast' or not exists (
            select 1 from outbox earlier where earlier.state = 'waiting' and earlier.channel = mine.channel
            and earlier.chat = mine.chat and (earlier.priority, earlier.id) < (mine.priority, mine.id)
            and earlier.purpose <> 'toast' and (earlier.lease_until > $2 or earlier.due_at > $2)))
        order by mine.priority, mine.id limit $3)
    returning id, channel, chat, kind, body, replaces, tap, purpose, priority, case_number, made_at, attempts,
        (select earlier.remote_id from outbox earlier where earlier.id = outbox.replaces) as replaced";

static SENT: RowsStatement = RowsStatement::new(
    "update outbox set state = done.column2, due_at = done.column3, lease_until = 0, sent_at = done.column4,
     remote_id = done.column5, error = done.column6, attempts = outbox.attempts - done.column7,
     left_at = case when outbox.left_at is null then null else done.column8 end from (",
    8,
    ") as done where outbox.id = done.column1 and outbox.state = 'waiting'",
);

impl Tx {
    /// Adds messages to be sent from `now` on; those that may only leave later are held until then.
    pub async fn insert_outbox(&mut self, messages: &[Outbound], now: Timestamp) -> Result<()> {
        INSERT
            .write(self, messages, |query, message| {
                let later = message.not_before.filter(|at| *at > now);
                query
                    .bind(message.id.as_str())
                    .bind(message.chat.channel.as_str())
                    .bind(message.chat.id.as_str())
                    .bind(word(&message.kind))
                    .bind(body(message))
                    .bind(message.replaces.as_ref().map(|id| id.as_str().to_owned()))
                    .bind(message.tap.clone())
                    .bind(word(&message.purpose))
                    .bind(message.priority as i64)
                    .bind(message.case.map(|number| number.0))
                    .bind(now.as_millisecond())
                    .bind(later.unwrap_or(now).as_millisecond())
                    .bind(if later.is_some() { "held" } else { "waiting" })
                    .bind(0_i64)
                    .bind(0_i64)
            })
            .await?;
        Ok(())
    }

    /// Leases up to `most` messages that are due, in the order in which they must leave.
    pub async fn claim_outbox(&mut self, now: Timestamp, most: usize) -> Result<Vec<Leased>> {
        self.lock_claims(Queue::Outbox).await?;
        let lease = now + LEASE;
        let query =
            sqlx::query(CLAIM).bind(lease.as_millisecond()).bind(now.as_millisecond()).bind(most as i64);
        let rows = query.fetch_all(self.conn()).await?;
        let mut leased = rows.iter().map(read_leased).collect::<Result<Vec<_>>>()?;
        leased.sort_by(|a, b| (a.message.priority, &a.message.id).cmp(&(b.message.priority, &b.message.id)));
        Ok(leased)
    }

    /// Writes down what came of sending.
    pub async fn mark_sent(&mut self, outcomes: &[(MessageId, Sent)], now: Timestamp) -> Result<()> {
        let now = now.as_millisecond();
        SENT.write(self, outcomes, |query, (id, sent)| bind_sent(query.bind(id.as_str()), sent, now)).await?;
        Ok(())
    }

    /// A dead message is to be tried again.
    pub async fn revive_outbox(&mut self, id: &MessageId, now: Timestamp) -> Result<bool> {
        const REVIVE: &str = "update outbox set state = 'waiting', due_at = $1, made_at = $1, attempts = 0 where id = $2 and state = 'dead'";
        let query = sqlx::query(REVIVE).bind(now.as_millisecond()).bind(id.as_str());
        Ok(query.execute(self.conn()).await?.rows_affected() == 1)
    }

    /// The last `most` lines of a chat, oldest first; the private chat's own lines or the group's.
    pub async fn transcript(&mut self, chat: &Chat, most: usize) -> Result<Vec<Spoken>> {
        let ours = self.said_by_us(chat, 0, most).await?;
        let theirs = self.said_by_them(chat, 0, most).await?;
        let mut all = [ours, theirs].concat();
        all.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        Ok(all.split_off(all.len().saturating_sub(most)))
    }

    /// What the hotline has sent to a chat at or after `since`, oldest first.
    pub async fn said_by_us(&mut self, chat: &Chat, since: i64, most: usize) -> Result<Vec<Spoken>> {
        const OURS: &str = "select id, sent_at, body, replaces, priority, purpose from outbox
            where channel = $1 and chat = $2 and state = 'sent' and sent_at >= $3 order by id desc limit $4";
        let query = sqlx::query(OURS).bind(&chat.channel).bind(&chat.id).bind(since).bind(most as i64);
        let rows = query.fetch_all(self.conn()).await?;
        rows.iter().rev().map(read_ours).collect()
    }

    /// What was written in a chat at or after `since`, oldest first.
    pub async fn said_by_them(&mut self, chat: &Chat, since: i64, most: usize) -> Result<Vec<Spoken>> {
        const THEIRS: &str = "select id, key, received_at, sender, body from inbox
            where channel = $1 and chat = $2 and received_at >= $3 order by id desc limit $4";
        let query = sqlx::query(THEIRS).bind(&chat.channel).bind(&chat.id).bind(since).bind(most as i64);
        let rows = query.fetch_all(self.conn()).await?;
        rows.iter().rev().map(read_theirs).collect()
    }
}

/// What a message says, as it is kept.
pub(super) fn body(message: &Outbound) -> String {
    json(&Said { text: message.text.clone(), choices: message.choices.clone() })
}

fn bind_sent<'q>(query: Bound<'q>, sent: &Sent, now: i64) -> Bound<'q> {
    let because = |error: &String| (None, None, Some(error.clone()));
    let (state, due, (sent_at, remote, error)) = match sent {
        Sent::Done(remote) => ("sent", now, (Some(now), remote.clone(), None)),
        Sent::Later(at, error) => ("waiting", at.as_millisecond(), because(error)),
        Sent::Untried | Sent::Again => ("waiting", now, (None, None, None)),
        Sent::Held(error) => ("held", UNTIL_THEY_WRITE, because(error)),
        Sent::Dropped(error) => ("dropped", now, because(error)),
        Sent::Never(error) => ("dead", now, because(error)),
    };
    let untried = matches!(sent, Sent::Untried);
    let left_at = (!untried).then_some(now);
    query.bind(state).bind(due).bind(sent_at).bind(remote).bind(error).bind(i64::from(untried)).bind(left_at)
}

fn read_leased(row: &sqlx::any::AnyRow) -> Result<Leased> {
    let said: Said = row.json("body")?;
    let message = Outbound {
        id: row.text("id")?.as_str().into(),
        chat: row.chat()?,
        kind: of_word::<ChatKind>(&row.text("kind")?)?,
        text: said.text,
        choices: said.choices,
        replaces: row.maybe_text("replaces")?.map(|id| id.as_str().into()),
        priority: read_priority(row)?,
        purpose: of_word::<Purpose>(&row.text("purpose")?)?,
        case: row.maybe_int("case_number")?.map(CaseNumber),
        tap: row.maybe_text("tap")?,
        not_before: None,
    };
    Ok(Leased {
        message,
        replaces: row.maybe_text("replaced")?,
        made_at: row.time("made_at")?,
        attempts: row.int("attempts")?,
    })
}

pub(super) fn read_priority(row: &sqlx::any::AnyRow) -> Result<Priority> {
    Ok(if row.int("priority")? == Priority::Danger as i64 { Priority::Danger } else { Priority::Ordinary })
}

fn read_ours(row: &sqlx::any::AnyRow) -> Result<Spoken> {
    let said: Said = row.json("body")?;
    Ok(Spoken {
        id: row.text("id")?,
        ours: true,
        sender: None,
        key: None,
        at: row.int("sent_at")?,
        text: said.text,
        choices: said.choices,
        choice: None,
        replaces: row.maybe_text("replaces")?,
        danger: read_priority(row)? == Priority::Danger,
        card: row.text("purpose")? == "offer",
    })
}

fn read_theirs(row: &sqlx::any::AnyRow) -> Result<Spoken> {
    let body: Body = row.json("body")?;
    let place = body.location.map(|at| format!("📍 {:.5}, {:.5}", at.latitude, at.longitude));
    Ok(Spoken {
        id: row.text("id")?,
        ours: false,
        sender: Some(row.text("sender")?),
        key: row.text("key")?.split_once(':').map(|(_, id)| id.to_owned()),
        at: row.int("received_at")?,
        text: body.text.or(place).unwrap_or_default(),
        choices: Vec::new(),
        choice: body.choice,
        replaces: None,
        danger: false,
        card: false,
    })
}
