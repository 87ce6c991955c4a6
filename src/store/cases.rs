//! Cases. Every save is compare-and-swap on `version`, new or old in the same statement, so that a case can
//! never be changed by somebody who did not see how it stood.

use jiff::Timestamp;

use super::inbox::LEASE;
use super::sql::{Bound, Columns, RowsStatement, json, of_word, word};
use super::{Queue, Result, StoreError, Tx, outbox};
use crate::domain::case::{Case, State, Survey};
use crate::domain::id::{CaseNumber, PersonId, ServiceCode, TeamCode};

/// A case whose timer is due, claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub number: CaseNumber,
    /// How often it has been tried, this time included.
    pub attempts: i64,
}

/// The columns that make a [`Case`]; every statement that loads cases begins so.
macro_rules! select_cases {
    ($rest:literal) => {
        concat!(
            "select number, version, resident, service, confidence, runners_up, area, words, details, rung, priority,
             origin, help_wanted, reopened, opened_at, resolve_by, state, solved, satisfied, comment from cases ",
            $rest
        )
    };
}

static BY_NUMBER: RowsStatement = RowsStatement::new(select_cases!("where number in ("), 1, ")");
static OPEN_OF_RESIDENTS: RowsStatement =
    RowsStatement::new(select_cases!("where stage <> 'closed' and resident in ("), 1, ") order by number");
static HELD_BY: RowsStatement =
    RowsStatement::new(select_cases!("where stage = 'accepted' and member in ("), 1, ") order by number");

static SAVE: RowsStatement = RowsStatement::new(
    "insert into cases (number, version, resident, service, confidence, runners_up, area, words, details, rung,
     priority, origin, help_wanted, reopened, opened_at, resolve_by, stage, state, team, member, outcome, closed_at,
     solved, satisfied, comment, wake_at, wake_attempts, wake_lease)",
    28,
    "on conflict (number) do update set version = excluded.version, resident = excluded.resident,
     service = excluded.service, confidence = excluded.confidence, runners_up = excluded.runners_up,
     area = excluded.area, words = excluded.words, details = excluded.details, rung = excluded.rung,
     priority = excluded.priority, help_wanted = excluded.help_wanted, reopened = excluded.reopened,
     resolve_by = excluded.resolve_by, stage = excluded.stage, state = excluded.state, team = excluded.team,
     member = excluded.member, outcome = excluded.outcome, closed_at = excluded.closed_at, solved = excluded.solved,
     satisfied = excluded.satisfied, comment = excluded.comment, wake_at = excluded.wake_at,
     wake_attempts = 0, wake_lease = 0
     where cases.version = excluded.version - 1",
);

/// The lease is repeated outside the subselect: see ARCHITECTURE.md, "Claiming rows".
const CLAIM_WAKES: &str = "update cases set wake_lease = $1, wake_attempts = wake_attempts + 1
    where wake_at <= $2 and wake_lease <= $2 and number in (
        select number from cases where wake_at <= $2 and wake_lease <= $2 order by wake_at limit $3)
    returning number, wake_attempts";

/// Open cases whose timer has been due for so long that nobody can be working on it.
const SWEEP: &str = "update cases set wake_lease = 0, wake_attempts = 0
    where stage <> 'closed' and wake_at <= $1 and wake_lease <= $2";

impl Tx {
    /// Takes the next `many` case numbers; the first of them.
    pub async fn next_case_numbers(&mut self, many: usize) -> Result<CaseNumber> {
        const NEXT: &str = "update counter set value = value + $1 where name = 'case' returning value";
        let row = sqlx::query(NEXT).bind(many as i64).fetch_one(self.conn()).await?;
        Ok(CaseNumber(row.int("value")? - many as i64 + 1))
    }

    /// Gives back the last `many` numbers that this same transaction took and did not need.
    pub async fn give_back_case_numbers(&mut self, many: i64) -> Result<()> {
        const BACK: &str = "update counter set value = value - $1 where name = 'case'";
        if many > 0 {
            sqlx::query(BACK).bind(many).execute(self.conn()).await?;
        }
        Ok(())
    }

    /// Cases by number.
    pub async fn cases(&mut self, numbers: &[CaseNumber]) -> Result<Vec<Case>> {
        let rows = BY_NUMBER.find(self, numbers, |query, number| query.bind(number.0)).await?;
        rows.iter().map(read_case).collect()
    }

    /// One case, if there is such a number.
    pub async fn case(&mut self, number: CaseNumber) -> Result<Option<Case>> {
        Ok(self.cases(&[number]).await?.into_iter().next())
    }

    /// What is open of these residents, oldest first.
    pub async fn open_cases_of(&mut self, residents: &[PersonId]) -> Result<Vec<Case>> {
        let rows = OPEN_OF_RESIDENTS.find(self, residents, |query, id| query.bind(id.as_str())).await?;
        rows.iter().map(read_case).collect()
    }

    /// What these members have accepted and not yet done.
    pub async fn cases_held_by(&mut self, members: &[PersonId]) -> Result<Vec<Case>> {
        let rows = HELD_BY.find(self, members, |query, id| query.bind(id.as_str())).await?;
        rows.iter().map(read_case).collect()
    }

    /// What is offered to a team, the most urgent first.
    pub async fn cases_offered_to(&mut self, team: &TeamCode, most: usize) -> Result<Vec<Case>> {
        const OFFERED: &str = select_cases!(
            "where stage = 'offered' and team = $1 order by priority, wake_at nulls last limit $2"
        );
        let rows = sqlx::query(OFFERED).bind(team.as_str()).bind(most as i64).fetch_all(self.conn()).await?;
        rows.iter().map(read_case).collect()
    }

    /// Saves cases, each one version on from what was loaded; any that somebody else changed is a conflict.
    pub async fn save_cases(&mut self, cases: &[Case]) -> Result<()> {
        let saved = SAVE.write(self, cases, bind_case).await?;
        if saved == cases.len() as u64 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// Leases up to `most` cases whose timer is due, the longest due first.
    pub async fn claim_wakes(&mut self, now: Timestamp, most: usize) -> Result<Vec<Due>> {
        self.lock_claims(Queue::Wakes).await?;
        let query = sqlx::query(CLAIM_WAKES).bind((now + LEASE).as_millisecond()).bind(now.as_millisecond());
        let rows = query.bind(most as i64).fetch_all(self.conn()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(Due { number: CaseNumber(row.int("number")?), attempts: row.int("wake_attempts")? })
        };
        rows.iter().map(read).collect()
    }

    /// Puts a case's timer off after something went wrong with it.
    pub async fn postpone_wake(&mut self, number: CaseNumber, until: Timestamp) -> Result<()> {
        const POSTPONE: &str = "update cases set wake_lease = $1 where number = $2";
        sqlx::query(POSTPONE).bind(until.as_millisecond()).bind(number.0).execute(self.conn()).await?;
        Ok(())
    }

    /// Gives new life to timers that have been due since before `since`; how many there were.
    pub async fn sweep_wakes(&mut self, since: Timestamp, now: Timestamp) -> Result<u64> {
        let query = sqlx::query(SWEEP).bind(since.as_millisecond()).bind(now.as_millisecond());
        Ok(query.execute(self.conn()).await?.rows_affected())
    }

    /// How many open cases have no timer. The table's check keeps it at none; `hotline check` asks all the same.
    pub async fn cases_without_timer(&mut self) -> Result<i64> {
        const COUNT: &str = "select count(*) as n from cases where stage <> 'closed' and wake_at is null";
        sqlx::query(COUNT).fetch_one(self.conn()).await?.int("n")
    }
}

fn bind_case<'q>(query: Bound<'q>, case: &Case) -> Bound<'q> {
    let (outcome, closed_at) = match &case.state {
        State::Closed { outcome, at } => (Some(outcome.word()), Some(at.as_millisecond())),
        State::Triage { .. } | State::Offered { .. } | State::Accepted { .. } | State::Done { .. } => {
            (None, None)
        }
    };
    query
        .bind(case.number.0)
        .bind(case.version + 1)
        .bind(case.resident.as_str().to_owned())
        .bind(case.service.as_str().to_owned())
        .bind(f64::from(case.confidence))
        .bind(json(&case.runners_up))
        .bind(case.area.as_ref().map(|area| area.as_str().to_owned()))
        .bind(case.text.clone())
        .bind(json(&case.details))
        .bind(case.rung.word())
        .bind(case.priority as i64)
        .bind(word(&case.origin))
        .bind(i64::from(case.help_wanted))
        .bind(case.reopened)
        .bind(case.opened_at.as_millisecond())
        .bind(case.resolve_by.as_millisecond())
        .bind(case.stage().word())
        .bind(json(&case.state))
        .bind(case.team().map(|team| team.as_str().to_owned()))
        .bind(case.member().map(|member| member.as_str().to_owned()))
        .bind(outcome)
        .bind(closed_at)
        .bind(case.survey.solved.map(i64::from))
        .bind(case.survey.satisfied.map(i64::from))
        .bind(case.survey.comment.clone())
        .bind(case.wake_at().map(Timestamp::as_millisecond))
        .bind(0_i64)
        .bind(0_i64)
}

pub(super) fn read_case(row: &sqlx::any::AnyRow) -> Result<Case> {
    Ok(Case {
        number: CaseNumber(row.int("number")?),
        version: row.int("version")?,
        resident: row.text("resident")?.as_str().into(),
        service: row.text("service")?.as_str().into(),
        confidence: row.float("confidence")? as f32,
        runners_up: row.json::<Vec<ServiceCode>>("runners_up")?,
        area: row.maybe_text("area")?.map(|area| area.as_str().into()),
        text: row.text("words")?,
        details: row.json("details")?,
        rung: of_word(&row.text("rung")?)?,
        priority: outbox::read_priority(row)?,
        origin: of_word(&row.text("origin")?)?,
        help_wanted: row.int("help_wanted")? != 0,
        reopened: row.int("reopened")?,
        opened_at: row.time("opened_at")?,
        resolve_by: row.time("resolve_by")?,
        state: row.json("state")?,
        survey: Survey {
            solved: row.maybe_int("solved")?.map(|solved| solved != 0),
            satisfied: row.maybe_int("satisfied")?.and_then(|satisfied| u8::try_from(satisfied).ok()),
            comment: row.maybe_text("comment")?,
        },
    })
}
