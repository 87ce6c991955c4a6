//! What came in. A message is acknowledged when its row is on disk; a second delivery with the same key
//! changes nothing. Workers claim rows with a lease, at most one of each sender at a time, so that what
//! somebody says is always understood in the order in which they said it.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::sql::{Columns, RowsStatement, json, of_word, word};
use super::{Queue, Result, Store, StoreError, Tx};
use crate::domain::id::{CaseNumber, MessageId};
use crate::domain::message::Inbound;

/// Messages that may wait for the disk; beyond that platforms are told to redeliver.
const RECEIVING_MAX: usize = 1024;
/// Messages that share a statement.
const BATCH_MAX: usize = 64;
/// How long a worker may take for a batch before another may try.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// A row of the inbox that waits to be understood.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Our id.
    pub id: MessageId,
    /// When it was received.
    pub received_at: Timestamp,
    /// How often it has been tried, this time included.
    pub attempts: i64,
    /// What came.
    pub message: Inbound,
}

struct Received {
    id: MessageId,
    at: Timestamp,
    message: Inbound,
    on_disk: oneshot::Sender<Result<()>>,
}

/// Hands incoming messages in; whatever arrives while the disk is busy goes in together.
#[derive(Clone)]
pub struct Receiver {
    inlet: mpsc::Sender<Received>,
}

/// The other end of a [`Receiver`].
pub(super) struct Inlet(mpsc::Receiver<Received>);

impl Receiver {
    pub(super) fn new() -> (Self, Inlet) {
        let (inlet, outlet) = mpsc::channel(RECEIVING_MAX);
        (Self { inlet }, Inlet(outlet))
    }

    /// Returns when the message is on disk (or was already there).
    pub async fn receive(&self, id: MessageId, at: Timestamp, message: Inbound) -> Result<()> {
        let (on_disk, answer) = oneshot::channel();
        self.inlet.try_send(Received { id, at, message, on_disk }).map_err(|_| StoreError::Busy)?;
        answer.await.map_err(|_| StoreError::Busy)?
    }
}

/// Writes batches until nobody can hand anything in any more.
pub(super) fn start_receiving(store: &Store, Inlet(mut outlet): Inlet) {
    let Store { engine, pool, writer, gate, .. } = store.clone();
    // The task must not keep the receiver's other end open, or it would never stop.
    let store = Store { engine, pool, writer, gate, receiver: Receiver::new().0, _lock: None };
    tokio::spawn(async move {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while outlet.recv_many(&mut batch, BATCH_MAX).await > 0 {
            write_batch(&store, std::mem::take(&mut batch)).await;
        }
    });
}

async fn write_batch(store: &Store, batch: Vec<Received>) {
    let mut answers = Vec::with_capacity(batch.len());
    let mut rows = Vec::with_capacity(batch.len());
    for received in batch {
        answers.push(received.on_disk);
        rows.push((received.id, received.at, received.message));
    }
    let outcome = store.write(|tx| Box::pin(async move { tx.insert_received(&rows).await })).await;
    if let Err(error) = &outcome {
        tracing::warn!(%error, messages = answers.len(), "messages could not be stored; their platforms will redeliver them");
    }
    for answer in answers {
        // Whoever waited may have gone; the row is there all the same.
        answer.send(outcome.as_ref().map(|_| ()).map_err(|_| StoreError::Busy)).ok();
    }
}

static INSERT: RowsStatement = RowsStatement::new(
    "insert into inbox (id, channel, key, chat, kind, sender, body, received_at, state, attempts, lease_until,
     message)",
    12,
    "on conflict (channel, key) do nothing",
);

static FINISH: RowsStatement = RowsStatement::new(
    "update inbox set state = 'done', case_number = case when done.column2 = 0 then null else done.column2 end from (",
    2,
    ") as done where inbox.id = done.column1 and inbox.state = 'waiting'",
);

/// The lease is repeated outside the subselect: see ARCHITECTURE.md, "Claiming rows".
const CLAIM: &str = "update inbox set lease_until = $1, attempts = attempts + 1
    where state = 'waiting' and lease_until <= $2 and id in (
        select mine.id from inbox mine where mine.state = 'waiting' and mine.lease_until <= $2 and not exists (
            select 1 from inbox earlier where earlier.state = 'waiting' and earlier.channel = mine.channel
            and earlier.sender = mine.sender and earlier.id < mine.id)
        order by mine.id limit $3)
    returning id, channel, key, chat, kind, sender, body, received_at, attempts";

impl Tx {
    /// Adds incoming messages; those that are there already stay as they are.
    pub async fn insert_received(&mut self, rows: &[(MessageId, Timestamp, Inbound)]) -> Result<u64> {
        INSERT
            .write(self, rows, |query, (id, at, message)| {
                query
                    .bind(id.as_str())
                    .bind(message.chat.channel.as_str())
                    .bind(message.key.as_str())
                    .bind(message.chat.id.as_str())
                    .bind(word(&message.kind))
                    .bind(message.sender.as_str())
                    .bind(json(&message.body))
                    .bind(at.as_millisecond())
                    .bind("waiting")
                    .bind(0_i64)
                    .bind(0_i64)
                    .bind(message.body.message.clone())
            })
            .await
    }

    /// Leases up to `most` messages that wait, the oldest of each sender, oldest first.
    pub async fn claim_inbox(&mut self, now: Timestamp, most: usize) -> Result<Vec<Waiting>> {
        self.lock_claims(Queue::Inbox).await?;
        let lease = now + LEASE;
        let query =
            sqlx::query(CLAIM).bind(lease.as_millisecond()).bind(now.as_millisecond()).bind(most as i64);
        let rows = query.fetch_all(self.conn()).await?;
        let mut waiting = rows.iter().map(read_waiting).collect::<Result<Vec<_>>>()?;
        waiting.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(waiting)
    }

    /// Marks messages as done, each with the case that it belongs to.
    pub async fn finish_inbox(&mut self, done: &[(MessageId, Option<CaseNumber>)]) -> Result<()> {
        let changed = FINISH.write(self, done, |query, (id, case)| {
            query.bind(id.as_str()).bind(case.map_or(0, |number| number.0))
        });
        if changed.await? == done.len() as u64 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// Puts messages back until `retry_at`; those tried too often are dead, and staff see them.
    pub async fn fail_inbox(
        &mut self,
        id: &MessageId,
        error: &str,
        retry_at: Option<Timestamp>,
    ) -> Result<()> {
        const FAIL: &str =
            "update inbox set state = $1, lease_until = $2, error = $3 where id = $4 and state = 'waiting'";
        let state = if retry_at.is_some() { "waiting" } else { "dead" };
        let lease = retry_at.map_or(0, Timestamp::as_millisecond);
        sqlx::query(FAIL).bind(state).bind(lease).bind(error).bind(id.as_str()).execute(self.conn()).await?;
        Ok(())
    }

    /// How many messages wait to be understood.
    pub async fn inbox_waiting(&mut self) -> Result<i64> {
        let row = sqlx::query("select count(*) as n from inbox where state = 'waiting'")
            .fetch_one(self.conn())
            .await?;
        row.int("n")
    }
}

fn read_waiting(row: &sqlx::any::AnyRow) -> Result<Waiting> {
    Ok(Waiting {
        id: row.text("id")?.as_str().into(),
        received_at: row.time("received_at")?,
        attempts: row.int("attempts")?,
        message: Inbound {
            key: row.text("key")?,
            chat: row.chat()?,
            kind: of_word(&row.text("kind")?)?,
            sender: row.text("sender")?,
            body: row.json("body")?,
        },
    })
}
