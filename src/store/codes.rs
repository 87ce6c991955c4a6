//! One-time codes for binding a group to a team and for joining one. Only a digest is kept.

use jiff::Timestamp;

use super::sql::{Columns, of_word, word};
use super::{Result, Tx};
use crate::domain::id::TeamCode;

/// What a code is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodePurpose {
    /// Binds a group chat to the team.
    Bind,
    /// Makes somebody a member of the team.
    Join,
    /// Makes somebody a leader of the team.
    Lead,
}

/// A code, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRow {
    /// SHA-256 of the code, in hexadecimal.
    pub digest: String,
    /// What it is good for.
    pub purpose: CodePurpose,
    /// For which team.
    pub team: TeamCode,
    /// Which of the staff made it.
    pub made_by: String,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// What came of using a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeUse {
    /// It worked, this once.
    Good(CodePurpose, TeamCode),
    /// Somebody used it before.
    Used,
    /// It is too old.
    Expired,
    /// It is good for something else, and stays so.
    Misplaced(CodePurpose),
    /// There is no such code.
    Unknown,
}

/// How a code stands that is looked at without being used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeState {
    /// What it is good for.
    pub purpose: CodePurpose,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// The channel and id, with a space between, of whoever has used it.
    pub used_by: Option<String>,
}

impl Tx {
    /// How a code stands.
    pub async fn code(&mut self, digest: &str) -> Result<Option<CodeState>> {
        let query =
            sqlx::query("select purpose, expires_at, used_by from code where digest = $1").bind(digest);
        let Some(row) = query.fetch_optional(self.conn()).await? else { return Ok(None) };
        let purpose = of_word(&row.text("purpose")?)?;
        Ok(Some(CodeState {
            purpose,
            expires_at: row.time("expires_at")?,
            used_by: row.maybe_text("used_by")?,
        }))
    }

    /// Keeps a new code.
    pub async fn insert_code(&mut self, code: &CodeRow) -> Result<()> {
        const INSERT: &str =
            "insert into code (digest, purpose, team, made_by, expires_at) values ($1, $2, $3, $4, $5)";
        let query =
            sqlx::query(INSERT).bind(code.digest.as_str()).bind(word(&code.purpose)).bind(code.team.as_str());
        query.bind(code.made_by.as_str()).bind(code.expires_at.as_millisecond()).execute(self.conn()).await?;
        Ok(())
    }

    /// Uses a code up, for binding a group or for joining a team. Of two who use it at once, one is told [`CodeUse::Used`].
    pub async fn use_code(&mut self, digest: &str, binds: bool, by: &str, now: Timestamp) -> Result<CodeUse> {
        const USE: &str = "update code set used_at = $1, used_by = $2 where digest = $3 and used_at is null
            and expires_at > $1 and case when purpose = 'bind' then 1 else 0 end = $4 returning purpose, team";
        let query = sqlx::query(USE).bind(now.as_millisecond()).bind(by).bind(digest).bind(i64::from(binds));
        match query.fetch_optional(self.conn()).await? {
            Some(row) => {
                Ok(CodeUse::Good(of_word(&row.text("purpose")?)?, row.text("team")?.as_str().into()))
            }
            None => self.why_no_code(digest, now).await,
        }
    }

    async fn why_no_code(&mut self, digest: &str, now: Timestamp) -> Result<CodeUse> {
        let query =
            sqlx::query("select used_at, expires_at, purpose from code where digest = $1").bind(digest);
        Ok(match query.fetch_optional(self.conn()).await? {
            None => CodeUse::Unknown,
            Some(row) if row.maybe_int("used_at")?.is_some() => CodeUse::Used,
            Some(row) if row.time("expires_at")? <= now => CodeUse::Expired,
            Some(row) => CodeUse::Misplaced(of_word(&row.text("purpose")?)?),
        })
    }
}
