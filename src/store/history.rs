//! What happened to a case, in order; and its timeline, in which what was said stands between what was done.

use jiff::Timestamp;

use super::sql::{Columns, RowsStatement};
use super::{Result, Tx};
use crate::domain::case::{Actor, Entry};
use crate::domain::id::CaseNumber;
use crate::domain::message::Body;

/// A line of the history, to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// A ULID: the order of the history.
    pub id: String,
    /// Of which case.
    pub case: CaseNumber,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What happened.
    pub entry: Entry,
}

/// A line of a case's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimelineRow {
    /// Something was done.
    Happened {
        /// When.
        at: Timestamp,
        /// `resident`, `member`, `staff` or `hotline`.
        who: String,
        /// A person's id or a staff member's name.
        who_id: Option<String>,
        /// The word of the history: `accepted`.
        event: String,
        /// The stages before and after.
        stages: (String, String),
        /// Whose team, why.
        note: String,
    },
    /// Somebody wrote to us.
    Heard {
        /// When.
        at: Timestamp,
        /// Where.
        channel: String,
        /// The words.
        text: String,
    },
    /// We wrote to somebody.
    Said {
        /// When.
        at: Timestamp,
        /// Where.
        channel: String,
        /// `private` or `group`.
        kind: String,
        /// The words.
        text: String,
        /// `waiting`, `held`, `sent`, `dropped` or `dead`.
        state: String,
    },
}

impl TimelineRow {
    /// When it was.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Happened { at, .. } | Self::Heard { at, .. } | Self::Said { at, .. } => *at,
        }
    }
}

static INSERT: RowsStatement = RowsStatement::new(
    "insert into history (id, case_number, at, who, who_id, event, stage_from, stage_to, note)",
    9,
    "",
);

impl Tx {
    /// Adds lines to the history.
    pub async fn insert_history(&mut self, rows: &[HistoryRow]) -> Result<()> {
        INSERT
            .write(self, rows, |query, row| {
                let (who, who_id) = actor_columns(&row.actor);
                query
                    .bind(row.id.as_str())
                    .bind(row.case.0)
                    .bind(row.at.as_millisecond())
                    .bind(who)
                    .bind(who_id)
                    .bind(row.entry.event.word())
                    .bind(row.entry.from.word())
                    .bind(row.entry.to.word())
                    .bind(row.entry.note.as_str())
            })
            .await?;
        Ok(())
    }

    /// Everything about a case, in the order in which it happened.
    pub async fn timeline(&mut self, case: CaseNumber) -> Result<Vec<TimelineRow>> {
        let mut rows = self.happened(case).await?;
        rows.extend(self.heard(case).await?);
        rows.extend(self.said(case).await?);
        rows.sort_by_key(TimelineRow::at);
        Ok(rows)
    }

    /// Only what was done: the history itself.
    pub async fn happened(&mut self, case: CaseNumber) -> Result<Vec<TimelineRow>> {
        const HISTORY: &str = "select at, who, who_id, event, stage_from, stage_to, note from history
            where case_number = $1 order by id limit 1000";
        let rows = sqlx::query(HISTORY).bind(case.0).fetch_all(self.conn()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(TimelineRow::Happened {
                at: row.time("at")?,
                who: row.text("who")?,
                who_id: row.maybe_text("who_id")?,
                event: row.text("event")?,
                stages: (row.text("stage_from")?, row.text("stage_to")?),
                note: row.text("note")?,
            })
        };
        rows.iter().map(read).collect()
    }

    async fn heard(&mut self, case: CaseNumber) -> Result<Vec<TimelineRow>> {
        const HEARD: &str = "select received_at, channel, body from inbox where case_number = $1 and kind = 'private' order by id limit 1000";
        let rows = sqlx::query(HEARD).bind(case.0).fetch_all(self.conn()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let body: Body = row.json("body")?;
            let text = body.text.or(body.choice.map(|choice| format!("[{choice}]"))).unwrap_or_default();
            Ok(TimelineRow::Heard { at: row.time("received_at")?, channel: row.text("channel")?, text })
        };
        rows.iter().map(read).collect()
    }

    async fn said(&mut self, case: CaseNumber) -> Result<Vec<TimelineRow>> {
        const SAID: &str = "select made_at, channel, kind, body, state from outbox where case_number = $1 order by id limit 1000";
        let rows = sqlx::query(SAID).bind(case.0).fetch_all(self.conn()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let body: Body = row.json("body")?;
            Ok(TimelineRow::Said {
                at: row.time("made_at")?,
                channel: row.text("channel")?,
                kind: row.text("kind")?,
                text: body.text.unwrap_or_default(),
                state: row.text("state")?,
            })
        };
        rows.iter().map(read).collect()
    }
}

fn actor_columns(actor: &Actor) -> (&'static str, Option<String>) {
    match actor {
        Actor::Resident(person) => ("resident", Some(person.to_string())),
        Actor::Member(person) => ("member", Some(person.to_string())),
        Actor::Staff(name) => ("staff", Some(name.clone())),
        Actor::Hotline => ("hotline", None),
    }
}
