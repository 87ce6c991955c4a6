//! Staff and their sessions. Passwords come here already hashed, cookies already digested.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::sql::{Columns, of_word, word};
use super::{Result, Tx};

/// What one of the staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// Sees lists and timelines; not the words of restricted cases.
    Viewer,
    /// Also acts, and sees everything (every look at a restricted case is written down).
    Officer,
    /// Also makes codes for groups and members.
    Admin,
}

/// One of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRow {
    /// The login name.
    pub name: String,
    /// What they may do.
    pub role: StaffRole,
    /// An argon2id hash in PHC form.
    pub password: String,
    /// Wrong passwords since the last right one.
    pub failures: i64,
    /// Until when no password is looked at.
    pub locked_until: Timestamp,
}

/// A session, with whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// The login name.
    pub staff: String,
    /// What they may do.
    pub role: StaffRole,
    /// The token that every form carries.
    pub csrf: String,
}

impl Tx {
    /// Adds one of the staff, or gives them a new password and role; `true` if they are new.
    pub async fn save_staff(
        &mut self,
        name: &str,
        role: StaffRole,
        password: &str,
        now: Timestamp,
    ) -> Result<bool> {
        const SAVE: &str = "insert into staff (name, role, password, failures, locked_until, created_at)
            values ($1, $2, $3, 0, 0, $4) on conflict (name) do update set role = excluded.role,
            password = excluded.password, failures = 0, locked_until = 0";
        let known = self.staff(name).await?.is_some();
        let query = sqlx::query(SAVE).bind(name).bind(word(&role)).bind(password).bind(now.as_millisecond());
        query.execute(self.conn()).await?;
        sqlx::query("delete from session where staff = $1").bind(name).execute(self.conn()).await?;
        Ok(!known)
    }

    /// One of the staff by login name.
    pub async fn staff(&mut self, name: &str) -> Result<Option<StaffRow>> {
        const ONE: &str = "select name, role, password, failures, locked_until from staff where name = $1";
        let row = sqlx::query(ONE).bind(name).fetch_optional(self.conn()).await?;
        row.as_ref().map(read_staff).transpose()
    }

    /// Counts a try to log in as a failure until it has proved to be none; the account with this try counted, or none
    /// where the name is unknown or locked. Of tries at the same time each is counted.
    pub async fn begin_login(&mut self, name: &str, now: Timestamp) -> Result<Option<StaffRow>> {
        const BEGIN: &str = "update staff set failures = failures + 1 where name = $1 and locked_until <= $2
            returning name, role, password, failures, locked_until";
        let row =
            sqlx::query(BEGIN).bind(name).bind(now.as_millisecond()).fetch_optional(self.conn()).await?;
        row.as_ref().map(read_staff).transpose()
    }

    /// Notes how a login went: a failure counts and may lock; a success clears.
    pub async fn note_login(&mut self, name: &str, failures: i64, locked_until: Timestamp) -> Result<()> {
        const NOTE: &str = "update staff set failures = $1, locked_until = $2 where name = $3";
        let query = sqlx::query(NOTE).bind(failures).bind(locked_until.as_millisecond()).bind(name);
        query.execute(self.conn()).await?;
        Ok(())
    }

    /// Opens a session, and forgets those that are over.
    pub async fn open_session(
        &mut self,
        digest: &str,
        staff: &str,
        csrf: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<()> {
        const OPEN: &str =
            "insert into session (digest, staff, csrf, created_at, expires_at) values ($1, $2, $3, $4, $5)";
        let over = sqlx::query("delete from session where expires_at <= $1").bind(now.as_millisecond());
        over.execute(self.conn()).await?;
        let query = sqlx::query(OPEN).bind(digest).bind(staff).bind(csrf).bind(now.as_millisecond());
        query.bind(until.as_millisecond()).execute(self.conn()).await?;
        Ok(())
    }

    /// Whose session it is, if it is not over.
    pub async fn session(&mut self, digest: &str, now: Timestamp) -> Result<Option<SessionRow>> {
        const ONE: &str = "select session.staff, session.csrf, staff.role from session
            join staff on staff.name = session.staff where session.digest = $1 and session.expires_at > $2";
        let query = sqlx::query(ONE).bind(digest).bind(now.as_millisecond());
        let Some(row) = query.fetch_optional(self.conn()).await? else { return Ok(None) };
        Ok(Some(SessionRow {
            staff: row.text("staff")?,
            role: of_word(&row.text("role")?)?,
            csrf: row.text("csrf")?,
        }))
    }

    /// Ends a session.
    pub async fn close_session(&mut self, digest: &str) -> Result<()> {
        sqlx::query("delete from session where digest = $1").bind(digest).execute(self.conn()).await?;
        Ok(())
    }

    /// How many staff there are.
    pub async fn staff_count(&mut self) -> Result<i64> {
        sqlx::query("select count(*) as n from staff").fetch_one(self.conn()).await?.int("n")
    }
}

fn read_staff(row: &sqlx::any::AnyRow) -> Result<StaffRow> {
    Ok(StaffRow {
        name: row.text("name")?,
        role: of_word(&row.text("role")?)?,
        password: row.text("password")?,
        failures: row.int("failures")?,
        locked_until: row.time("locked_until")?,
    })
}
