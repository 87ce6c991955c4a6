//! Many rows a statement: through the driver a statement costs the same whatever it does, so rows are
//! written and looked up in a few fixed chunk sizes, whose prepared statements are used again and again.

use std::fmt::Write;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, Row};

use super::{Engine, Result, StoreError, Tx};
use crate::domain::message::Chat;

/// A statement with its arguments so far.
pub(super) type Bound<'q> = Query<'q, Any, AnyArguments>;

/// The chunk sizes, largest first.
const CHUNKS: [usize; 4] = [64, 16, 4, 1];

/// A statement that takes a list of rows: `head` values ($1,$2),($3,$4) `tail`.
pub(super) struct RowsStatement {
    head: &'static str,
    columns: usize,
    tail: &'static str,
    sqlite: Texts,
    postgres: Texts,
}

/// The statement's text for each chunk size, made when it is first needed.
type Texts = [OnceLock<Arc<str>>; CHUNKS.len()];
const NO_TEXTS: Texts = [const { OnceLock::new() }; CHUNKS.len()];

impl RowsStatement {
    pub(super) const fn new(head: &'static str, columns: usize, tail: &'static str) -> Self {
        Self { head, columns, tail, sqlite: NO_TEXTS, postgres: NO_TEXTS }
    }

    /// The text for the chunk size at `index`. Only literals of this folder and counted placeholders go in.
    fn text(&self, engine: Engine, index: usize) -> AssertSqlSafe<Arc<str>> {
        let texts = match engine {
            Engine::Sqlite => &self.sqlite,
            Engine::Postgres => &self.postgres,
        };
        let make = || {
            let rows = placeholders(engine, CHUNKS[index], self.columns);
            Arc::from(format!("{} {rows} {}", self.head, self.tail))
        };
        AssertSqlSafe(Arc::clone(texts[index].get_or_init(make)))
    }

    /// Writes all rows; the number that the database counts as changed.
    pub(super) async fn write<'r, R>(
        &self,
        tx: &mut Tx,
        rows: &'r [R],
        bind: impl for<'q> Fn(Bound<'q>, &'r R) -> Bound<'q> + Send,
    ) -> Result<u64>
    where
        R: Sync,
    {
        let mut rest = rows;
        let mut changed = 0;
        for (index, size) in CHUNKS.into_iter().enumerate() {
            while rest.len() >= size {
                let (chunk, after) = rest.split_at(size);
                let query = chunk.iter().fold(sqlx::query(self.text(tx.engine, index)), &bind);
                changed += query.execute(tx.conn()).await?.rows_affected();
                rest = after;
            }
        }
        Ok(changed)
    }

    /// Looks up all keys; a chunk is filled by repeating its last key, which finds nothing new.
    pub(super) async fn find<'k, K: Sync>(
        &self,
        tx: &mut Tx,
        keys: &'k [K],
        bind: impl for<'q> Fn(Bound<'q>, &'k K) -> Bound<'q> + Send,
    ) -> Result<Vec<AnyRow>> {
        let mut found = Vec::new();
        for chunk in keys.chunks(CHUNKS[0]) {
            let index = CHUNKS.iter().rposition(|size| *size >= chunk.len()).unwrap_or(0);
            let last = chunk.last().into_iter().cycle().take(CHUNKS[index] - chunk.len());
            let query = chunk.iter().chain(last).fold(sqlx::query(self.text(tx.engine, index)), &bind);
            found.extend(query.fetch_all(tx.conn()).await?);
        }
        Ok(found)
    }
}

/// PostgreSQL counts its placeholders. The driver of SQLite looks every named one up in a list, which takes longer
/// than the rest of a statement with many rows; nameless ones go by their order.
fn placeholders(engine: Engine, rows: usize, columns: usize) -> String {
    let mut text = String::from("values ");
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { "),(" });
        for column in 1..=columns {
            let comma = if column == 1 { "" } else { "," };
            match engine {
                Engine::Sqlite => write!(text, "{comma}?"),
                Engine::Postgres => write!(text, "{comma}${}", row * columns + column),
            }
            .expect("a String takes everything");
        }
    }
    text.push(')');
    text
}

/// Columns of a row in the types of the domain.
pub(super) trait Columns {
    fn text(&self, name: &str) -> Result<String>;
    fn maybe_text(&self, name: &str) -> Result<Option<String>>;
    fn int(&self, name: &str) -> Result<i64>;
    fn maybe_int(&self, name: &str) -> Result<Option<i64>>;
    fn float(&self, name: &str) -> Result<f64>;
    fn maybe_float(&self, name: &str) -> Result<Option<f64>>;

    fn time(&self, name: &str) -> Result<Timestamp> {
        time(self.int(name)?)
    }

    fn json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T> {
        serde_json::from_str(&self.text(name)?)
            .map_err(|error| StoreError::Corrupt(format!("{name}: {error}")))
    }

    fn chat(&self) -> Result<Chat> {
        Ok(Chat::new(self.text("channel")?, self.text("chat")?))
    }
}

impl Columns for AnyRow {
    fn text(&self, name: &str) -> Result<String> {
        Ok(self.try_get(name)?)
    }

    fn maybe_text(&self, name: &str) -> Result<Option<String>> {
        Ok(self.try_get(name)?)
    }

    fn int(&self, name: &str) -> Result<i64> {
        Ok(self.try_get(name)?)
    }

    fn maybe_int(&self, name: &str) -> Result<Option<i64>> {
        Ok(self.try_get(name)?)
    }

    fn float(&self, name: &str) -> Result<f64> {
        Ok(self.try_get(name)?)
    }

    fn maybe_float(&self, name: &str) -> Result<Option<f64>> {
        Ok(self.try_get(name)?)
    }
}

/// The instant of a column.
pub(super) fn time(ms: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(|error| StoreError::Corrupt(error.to_string()))
}

/// A value as a JSON column.
pub(super) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("our own types are always JSON")
}

/// A word of one of our enums, as serde writes it.
pub(super) fn word<T: serde::Serialize>(value: &T) -> String {
    json(value).trim_matches('"').to_owned()
}

/// The enum of a word.
pub(super) fn of_word<T: serde::de::DeserializeOwned>(word: &str) -> Result<T> {
    serde_json::from_str(&format!("\"{word}\"")).map_err(|error| StoreError::Corrupt(error.to_string()))
}
