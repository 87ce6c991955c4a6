//! What staff see: lists of cases, counts, and rows that went wrong. Read only.

use jiff::Timestamp;

use super::cases::read_case;
use super::sql::Columns;
use super::{Result, Tx};
use crate::domain::case::Case;
use crate::domain::id::{CaseNumber, MessageId};

/// Rows on one page of a list.
pub const PAGE: usize = 50;

/// Which cases a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseFilter {
    /// In Triage, danger, climbed, late, or help wanted: what needs a person now.
    Attention,
    /// In Triage.
    Triage,
    /// Climbed above the team.
    Escalated,
    /// Not accepted or not resolved in time.
    Late,
    /// Everything that is not closed.
    Open,
    /// Over.
    Closed,
}

/// A case in a list, with the name of who asks and who has it.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseRow {
    /// The case.
    pub case: Case,
    /// Who asks.
    pub resident: Option<String>,
    /// Who has it.
    pub member: Option<String>,
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Not done, and somebody may be in danger.
    pub danger: i64,
    /// Waiting for a member.
    pub offered: i64,
    /// In a member's hands.
    pub accepted: i64,
    /// Done, and the resident is being asked.
    pub done: i64,
    /// See [`CaseFilter::Attention`].
    pub attention: i64,
    /// In Triage.
    pub triage: i64,
    /// Climbed above the team.
    pub escalated: i64,
    /// Late.
    pub late: i64,
    /// Not closed.
    pub open: i64,
    /// Over.
    pub closed: i64,
    /// Messages that could not be understood or sent.
    pub dead: i64,
}

/// A message that could not be handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadRow {
    /// Its id.
    pub id: MessageId,
    /// Whether it came in or was to go out.
    pub outgoing: bool,
    /// The channel.
    pub channel: String,
    /// Its case, if it has one.
    pub case: Option<CaseNumber>,
    /// When it was made.
    pub at: Timestamp,
    /// What went wrong.
    pub error: String,
}

macro_rules! list {
    ($where:literal, $order:literal) => {
        concat!(
            "select cases.number, cases.version, cases.resident, service, confidence, runners_up, cases.area, words, details,
             rung, priority, origin, help_wanted, reopened, opened_at, resolve_by, state, solved, satisfied, comment,
             asker.name as resident_name, helper.name as member_name
             from cases join person asker on asker.id = cases.resident left join person helper on helper.id = cases.member
             where ",
            $where,
            " order by ",
            $order,
            " limit $2 offset $3"
        )
    };
}

impl CaseFilter {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 6] =
        [Self::Attention, Self::Triage, Self::Escalated, Self::Late, Self::Open, Self::Closed];

    const fn statement(self) -> &'static str {
        match self {
            Self::Attention => list!(
                "stage <> 'closed' and (stage = 'triage' or (priority = 0 and stage <> 'done') or (rung <> 'team' and stage in ('offered', 'accepted'))
                 or help_wanted = 1 or (stage in ('offered', 'accepted') and wake_at <= $1))",
                "priority, wake_at nulls last"
            ),
            Self::Triage => list!("stage = 'triage' and $1 > 0", "priority, opened_at"),
            Self::Escalated => list!("stage in ('offered', 'accepted') and rung <> 'team' and $1 > 0", "priority, wake_at nulls last"),
            Self::Late => list!("stage in ('offered', 'accepted') and (wake_at <= $1 or resolve_by <= $1)", "priority, wake_at nulls last"),
            Self::Open => list!("stage <> 'closed' and $1 > 0", "priority, number desc"),
            Self::Closed => list!("stage = 'closed' and $1 > 0", "closed_at desc nulls last"),
        }
    }
}

impl Tx {
    /// One page of a list.
    pub async fn list_cases(
        &mut self,
        filter: CaseFilter,
        now: Timestamp,
        page: usize,
    ) -> Result<Vec<CaseRow>> {
        let query = sqlx::query(filter.statement()).bind(now.as_millisecond());
        let rows = query.bind(PAGE as i64).bind((page * PAGE) as i64).fetch_all(self.conn()).await?;
        rows.iter().map(read_row).collect()
    }

    /// How many cases each list has.
    pub async fn count_cases(&mut self, now: Timestamp) -> Result<Counts> {
        const OPEN: &str = "select count(*) as n,
            cast(coalesce(sum(case when priority = 0 and stage <> 'done' then 1 else 0 end), 0) as bigint) as danger,
            cast(coalesce(sum(case when stage = 'offered' then 1 else 0 end), 0) as bigint) as offered,
            cast(coalesce(sum(case when stage = 'accepted' then 1 else 0 end), 0) as bigint) as accepted,
            cast(coalesce(sum(case when stage = 'done' then 1 else 0 end), 0) as bigint) as done,
            cast(coalesce(sum(case when stage = 'triage' then 1 else 0 end), 0) as bigint) as triage,
            cast(coalesce(sum(case when rung <> 'team' and stage in ('offered', 'accepted') then 1 else 0 end), 0) as bigint) as escalated,
            cast(coalesce(sum(case when stage in ('offered', 'accepted') and (wake_at <= $1 or resolve_by <= $1) then 1 else 0 end), 0) as bigint) as late,
            cast(coalesce(sum(case when stage = 'triage' or (priority = 0 and stage <> 'done') or (rung <> 'team' and stage in ('offered', 'accepted'))
                or help_wanted = 1 or (stage in ('offered', 'accepted') and wake_at <= $1) then 1 else 0 end), 0) as bigint) as attention
            from cases where stage <> 'closed'";
        let open = sqlx::query(OPEN).bind(now.as_millisecond()).fetch_one(self.conn()).await?;
        let closed = sqlx::query("select count(*) as n from cases where stage = 'closed'")
            .fetch_one(self.conn())
            .await?;
        let dead = "select (select count(*) from outbox where state = 'dead') + (select count(*) from inbox where state = 'dead') as n";
        let dead = sqlx::query(dead).fetch_one(self.conn()).await?;
        Ok(Counts {
            danger: open.int("danger")?,
            offered: open.int("offered")?,
            accepted: open.int("accepted")?,
            done: open.int("done")?,
            attention: open.int("attention")?,
            triage: open.int("triage")?,
            escalated: open.int("escalated")?,
            late: open.int("late")?,
            open: open.int("n")?,
            closed: closed.int("n")?,
            dead: dead.int("n")?,
        })
    }

    /// Messages that could not be handled, newest first.
    pub async fn dead_messages(&mut self, most: usize) -> Result<Vec<DeadRow>> {
        const DEAD: &str = "select id, cast(1 as bigint) as outgoing, channel, case_number, made_at as at, coalesce(error, '') as error
            from outbox where state = 'dead'
            union all select id, cast(0 as bigint) as outgoing, channel, case_number, received_at as at, coalesce(error, '') as error
            from inbox where state = 'dead' order by at desc limit $1";
        let rows = sqlx::query(DEAD).bind(most as i64).fetch_all(self.conn()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(DeadRow {
                id: row.text("id")?.as_str().into(),
                outgoing: row.int("outgoing")? != 0,
                channel: row.text("channel")?,
                case: row.maybe_int("case_number")?.map(CaseNumber),
                at: row.time("at")?,
                error: row.text("error")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Cases opened in a span of time, for an export, `most` at a time from a number on.
    pub async fn cases_opened(
        &mut self,
        from: Timestamp,
        to: Timestamp,
        after: CaseNumber,
        most: usize,
    ) -> Result<Vec<CaseRow>> {
        const OPENED: &str = list!("opened_at >= $1 and opened_at < $4 and number > $5", "number");
        let query = sqlx::query(OPENED).bind(from.as_millisecond()).bind(most as i64).bind(0_i64);
        let rows = query.bind(to.as_millisecond()).bind(after.0).fetch_all(self.conn()).await?;
        rows.iter().map(read_row).collect()
    }
}

fn read_row(row: &sqlx::any::AnyRow) -> Result<CaseRow> {
    Ok(CaseRow {
        case: read_case(row)?,
        resident: row.maybe_text("resident_name")?,
        member: row.maybe_text("member_name")?,
    })
}
