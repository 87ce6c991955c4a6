//! The only SQL. One text of each statement serves SQLite, inside by default, and PostgreSQL; what little
//! differs is named in [`Engine`]. `Conn` is never seen outside this folder: use cases get a [`Tx`].
//!
//! Promises: a write that returned `Ok` is on disk (fsync'd); a write that returned an error changed nothing.

mod cases;
mod codes;
mod corrections;
mod directory;
mod heard;
mod history;
mod inbox;
mod links;
mod lists;
mod offers;
mod outbox;
mod pacing;
mod people;
mod sql;
mod staff;
mod writer;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyPool, Connection, Executor};

pub use cases::Due;
pub use codes::{CodePurpose, CodeRow, CodeState, CodeUse};
pub use corrections::Correction;
pub use directory::Import;
pub use heard::Earlier;
pub use history::{HistoryRow, TimelineRow};
pub use inbox::{Receiver, Waiting};
pub use links::{LinkRow, LinkUse, Sender};
pub use lists::{CaseFilter, CaseRow, Counts, DeadRow, PAGE};
pub use offers::OfferRow;
pub use outbox::{Leased, Sent, Spoken};
pub use pacing::{Left, Revoked};
pub use people::{Contact, Person};
pub use staff::{SessionRow, StaffRole, StaffRow};

use writer::Writer;

/// A connection, to either engine.
type Conn = sqlx::AnyConnection;

/// Readers beside the one writer of SQLite, and all connections of PostgreSQL.
const CONNECTIONS_MAX: u32 = 8;

/// Every migration, in order, in the binary.
static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// What can go wrong, by who acts on it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed the row meanwhile: load and decide again.
    #[error("the row was changed meanwhile")]
    Conflict,
    /// A row cannot be read: a person must look.
    #[error("the store holds a row that cannot be read: {0}")]
    Corrupt(String),
    /// Too much at once, or the store is stopping: ask again later.
    #[error("the store is busy")]
    Busy,
    /// The database says no.
    #[error("the database: {0}")]
    Db(#[from] sqlx::Error),
}

/// Shorthand for what the store returns.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file, one process, one writer with group commit.
    Sqlite,
    /// A server, any number of processes.
    Postgres,
}

impl Engine {
    /// Makes those who claim rows go one after the other; SQLite's one writer does so anyway. The argument
    /// tells apart the queues.
    const fn claim_lock(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("select pg_advisory_xact_lock($1)"),
        }
    }
}

/// Asked before every write; `false` stops the store for good, as if the process had died there. Only tests
/// set one.
pub type Gate = Arc<dyn Fn() -> bool + Send + Sync>;

/// The database, open.
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    pool: AnyPool,
    writer: Option<Writer>,
    gate: Option<Gate>,
    receiver: Receiver,
    _lock: Option<Arc<File>>,
}

/// One transaction (from [`Store::write`]) or a reader's connection (from [`Store::read`]).
pub struct Tx {
    link: Link,
    engine: Engine,
}

enum Link {
    Own(Box<Conn>),
    Pooled(PoolConnection<Any>),
}

impl Tx {
    fn conn(&mut self) -> &mut Conn {
        match &mut self.link {
            Link::Own(conn) => conn,
            Link::Pooled(conn) => conn,
        }
    }

    async fn run(&mut self, statement: &'static str) -> Result<()> {
        self.conn().execute(statement).await?;
        Ok(())
    }

    /// From here to the end of the transaction nobody else claims rows of this queue.
    async fn lock_claims(&mut self, queue: Queue) -> Result<()> {
        if let Some(statement) = self.engine.claim_lock() {
            sqlx::query(statement).bind(queue as i64).execute(self.conn()).await?;
        }
        Ok(())
    }
}

/// The queues that workers claim rows of.
#[derive(Clone, Copy)]
enum Queue {
    Inbox = 0x6e6e_0001,
    Outbox = 0x6e6e_0002,
    Wakes = 0x6e6e_0003,
}

impl Store {
    /// Opens the database of a URL (`sqlite:FILE`, `postgres://…`) and brings its tables up to date.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        Self::open_gated(url, None).await
    }

    /// The same, with a gate before every write.
    pub async fn open_gated(url: &str, gate: Option<Gate>) -> anyhow::Result<Self> {
        sqlx::any::install_default_drivers();
        match sqlite_file(url) {
            Some(path) => Self::open_sqlite(path, gate).await,
            None => Self::open_postgres(url, gate).await,
        }
    }

    async fn open_sqlite(path: &Path, gate: Option<Gate>) -> anyhow::Result<Self> {
        let lock = lock_file(path)?;
        let url = sqlite_url(path);
        let options: AnyConnectOptions = url.parse()?;
        let mut conn = Conn::connect_with(&options).await.map_err(|error| cannot_open(path, &error))?;
        conn.execute(SQLITE_SETTINGS).await?;
        MIGRATIONS.run(&mut conn).await?;
        conn.execute(FREE_LEASES).await?;
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .after_connect(|conn, _| Box::pin(async move { conn.execute(SQLITE_SETTINGS).await.map(drop) }))
            .connect_with(options)
            .await?;
        let tx = Tx { link: Link::Own(Box::new(conn)), engine: Engine::Sqlite };
        let writer = Writer::start(tx, gate.clone());
        Ok(Self::assemble(Engine::Sqlite, pool, Some(writer), gate, Some(Arc::new(lock))))
    }

    async fn open_postgres(url: &str, gate: Option<Gate>) -> anyhow::Result<Self> {
        let pool = AnyPoolOptions::new().max_connections(CONNECTIONS_MAX).connect(url).await?;
        MIGRATIONS.run(&pool).await?;
        Ok(Self::assemble(Engine::Postgres, pool, None, gate, None))
    }

    fn assemble(
        engine: Engine,
        pool: AnyPool,
        writer: Option<Writer>,
        gate: Option<Gate>,
        lock: Option<Arc<File>>,
    ) -> Self {
        let (receiver, inlet) = Receiver::new();
        let store = Self { engine, pool, writer, gate, receiver, _lock: lock };
        inbox::start_receiving(&store, inlet);
        store
    }

    /// Which database it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Where incoming messages are handed in; they are on disk when its answer comes.
    pub fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    /// One transaction: load, decide, save. On SQLite it shares its commit (and fsync) with whatever else
    /// waits; a full queue is [`StoreError::Busy`].
    pub async fn write<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        match &self.writer {
            Some(writer) => writer.write(job).await,
            None => self.write_postgres(job).await,
        }
    }

    async fn write_postgres<T, F>(&self, job: F) -> Result<T>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>>,
    {
        if self.gate.as_ref().is_some_and(|gate| !gate()) {
            return Err(StoreError::Busy);
        }
        let mut tx = self.read().await?;
        tx.run("begin").await?;
        let outcome = job(&mut tx).await;
        let ended = tx.run(if outcome.is_ok() { "commit" } else { "rollback" }).await;
        if ended.is_err() {
            tx.close();
        }
        outcome.and_then(|value| ended.map(|()| value))
    }

    /// A connection for reading; every statement sees what is committed.
    pub async fn read(&self) -> Result<Tx> {
        let conn = self.pool.acquire().await?;
        Ok(Tx { link: Link::Pooled(conn), engine: self.engine })
    }

    /// Opens a database that another process may be using, only to read it.
    pub async fn open_to_read(url: &str) -> anyhow::Result<Reader> {
        sqlx::any::install_default_drivers();
        let (engine, url) = match sqlite_file(url) {
            Some(path) => {
                anyhow::ensure!(path.exists(), "there is no database {}", path.display());
                (Engine::Sqlite, sqlite_url(path))
            }
            None => (Engine::Postgres, url.to_owned()),
        };
        let pool = AnyPoolOptions::new().max_connections(1).connect(&url).await?;
        Ok(Reader { engine, pool })
    }

    /// Copies the whole database, consistently, while it is in use, into a new SQLite file.
    pub async fn backup(url: &str, into: &Path) -> anyhow::Result<()> {
        anyhow::ensure!(
            sqlite_file(url).is_some(),
            "on PostgreSQL use pg_dump, which knows the server's own format"
        );
        anyhow::ensure!(!into.exists(), "{} is already there; name a new file", into.display());
        let mut tx = Self::open_to_read(url).await?.read().await?;
        sqlx::query("vacuum into $1").bind(into.to_string_lossy().into_owned()).execute(tx.conn()).await?;
        File::open(into)?.sync_all()?;
        Ok(())
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A database that is only read.
pub struct Reader {
    engine: Engine,
    pool: AnyPool,
}

impl Reader {
    /// A connection for reading.
    pub async fn read(&self) -> Result<Tx> {
        Ok(Tx { link: Link::Pooled(self.pool.acquire().await?), engine: self.engine })
    }
}

impl Tx {
    /// A connection whose transaction could not be ended is not used again: dropping it rolls back.
    fn close(self) {
        match self.link {
            Link::Own(conn) => drop(conn),
            Link::Pooled(conn) => drop(conn.detach()),
        }
    }
}

/// Readers never wait for the writer (WAL); a commit is on disk before it is answered (FULL).
const SQLITE_SETTINGS: &str =
    "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
    pragma busy_timeout = 5000; pragma cache_size = -8000; pragma temp_store = memory";

/// One process serves a file: whatever is leased when it starts was in the hands of one that died.
const FREE_LEASES: &str = "update inbox set lease_until = 0 where state = 'waiting' and lease_until > 0;
    update outbox set lease_until = 0 where state = 'waiting' and lease_until > 0;
    update cases set wake_lease = 0 where wake_at is not null and wake_lease > 0";

/// The file of a `sqlite:` URL.
fn sqlite_file(url: &str) -> Option<&Path> {
    url.strip_prefix("sqlite:").map(|path| Path::new(path.strip_prefix("//").unwrap_or(path)))
}

fn sqlite_url(path: &Path) -> String {
    let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("sqlite:{escaped}?mode=rwc")
}

/// SQLite means one process: the second one on the same file is told so.
fn lock_file(path: &Path) -> anyhow::Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = File::options().create(true).truncate(false).write(true).open(&name)?;
    file.try_lock().map_err(|_| {
        anyhow::anyhow!(
            "{} is in use by another hotline process. One SQLite file serves one process: stop the other one, \
             or move to PostgreSQL ([store] url = \"postgres://…\").",
            path.display()
        )
    })?;
    Ok(file)
}

fn cannot_open(path: &Path, error: &sqlx::Error) -> anyhow::Error {
    anyhow::anyhow!(
        "cannot open the database {}: {error}. Does its folder exist, and may we write there?",
        path.display()
    )
}
