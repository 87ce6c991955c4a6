//! What people have said since about what messages were taken for.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::sql::Columns;
use super::{Result, Tx};
use crate::domain::id::{CaseNumber, ServiceCode};

/// A case of whose service somebody has said which it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Which.
    pub case: CaseNumber,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The resident's words.
    pub words: String,
    /// What the hotline took it for.
    pub guess: ServiceCode,
    /// What it is.
    pub right: ServiceCode,
    /// Whether staff said so; otherwise the resident, who was asked.
    pub by_staff: bool,
}

/// The milliseconds of a week.
const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;

impl Tx {
    /// The cases of which somebody has said at or after an instant what they are, one line a case, oldest first.
    /// Only what residents wrote themselves: whoever takes a call writes down what they understood.
    pub async fn corrections(&mut self, since: Timestamp) -> Result<Vec<Correction>> {
        const CLASSIFIED: &str = "select c.number, c.opened_at, c.words, h.who, h.note
            from history h join cases c on c.number = h.case_number
            where h.event = 'classified' and h.at >= $1 and c.origin = 'message' and h.who in ('staff', 'resident')
            order by h.id";
        let rows = sqlx::query(CLASSIFIED).bind(since.as_millisecond()).fetch_all(self.conn()).await?;
        let mut corrections: BTreeMap<CaseNumber, Correction> = BTreeMap::new();
        for row in &rows {
            let (note, by_staff) = (row.text("note")?, row.text("who")? == "staff");
            let Some((guess, right)) = note.split_once(" → ") else { continue };
            let case = CaseNumber(row.int("number")?);
            let (opened_at, words) = (row.time("opened_at")?, row.text("words")?);
            let first =
                Correction { case, opened_at, words, guess: guess.into(), right: right.into(), by_staff };
            let known = corrections.entry(case).or_insert(first);
            known.right = right.into();
            known.by_staff |= by_staff;
        }
        Ok(corrections.into_values().collect())
    }

    /// How many cases residents opened by writing, in each week from a Monday's midnight on; weeks without any are left out.
    pub async fn opened_by_week(&mut self, monday: Timestamp) -> Result<Vec<(i64, i64)>> {
        const OPENED: &str = "select week, count(*) as n from (
                select (opened_at - $1) / $2 as week from cases where opened_at >= $1 and origin = 'message') weeks
            group by week order by week";
        let query = sqlx::query(OPENED).bind(monday.as_millisecond()).bind(WEEK);
        let rows = query.fetch_all(self.conn()).await?;
        rows.iter().map(|row| Ok((row.int("week")?, row.int("n")?))).collect()
    }
}
