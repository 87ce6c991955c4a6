//! SQLite's one writer, with group commit: whatever waits shares a transaction and its fsync, each job in a
//! savepoint of its own, and nobody is answered before COMMIT. A job that fails or panics undoes only itself.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::{Gate, Result, StoreError, Tx};

/// Jobs that may wait; beyond that callers are told to come again.
const QUEUE_MAX: usize = 1024;
/// Jobs that share a commit.
const GROUP_MAX: usize = 64;

#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
}

/// A caller's work, whatever type it returns.
trait Job: Send {
    /// Does the work; `true` if it is to be kept.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool>;
    /// Tells the caller, after the commit or instead of it.
    fn answer(self: Box<Self>, committed: bool);
}

struct Work<T, F> {
    job: Option<F>,
    outcome: Result<T>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Job for Work<T, F>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool> {
        Box::pin(async move {
            if let Some(job) = self.job.take() {
                let panicked = |_| Err(StoreError::Corrupt("a write panicked".into()));
                self.outcome = AssertUnwindSafe(job(tx)).catch_unwind().await.unwrap_or_else(panicked);
            }
            self.outcome.is_ok()
        })
    }

    fn answer(self: Box<Self>, committed: bool) {
        let outcome = match self.outcome {
            Ok(_) if !committed => Err(StoreError::Busy),
            outcome => outcome,
        };
        // The caller may have gone away meanwhile; what was written stays written.
        let _gone = self.reply.send(outcome);
    }
}

impl Writer {
    pub(super) fn start(tx: Tx, gate: Option<Gate>) -> Self {
        let (jobs, waiting) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(write_groups(tx, waiting, gate));
        Self { jobs }
    }

    pub(super) async fn write<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work = Box::new(Work { job: Some(job), outcome: Err(StoreError::Busy), reply });
        self.jobs.try_send(work).map_err(|_| StoreError::Busy)?;
        answer.await.map_err(|_| StoreError::Busy)?
    }
}

async fn write_groups(mut tx: Tx, mut waiting: mpsc::Receiver<Box<dyn Job>>, gate: Option<Gate>) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    while waiting.recv_many(&mut group, GROUP_MAX).await > 0 {
        if gate.as_ref().is_some_and(|gate| !gate()) {
            return;
        }
        let committed = match write_group(&mut tx, &mut group).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, jobs = group.len(), "a group of writes was not committed");
                // Nothing may be left half done: whatever state the connection is in, it is rolled back.
                tx.run("rollback").await.ok();
                false
            }
        };
        group.drain(..).for_each(|job| job.answer(committed));
    }
}

async fn write_group(tx: &mut Tx, group: &mut [Box<dyn Job>]) -> Result<()> {
    tx.run("begin immediate").await?;
    if let [job] = group {
        let kept = job.run(tx).await;
        return tx.run(if kept { "commit" } else { "rollback" }).await;
    }
    for job in group {
        tx.run("savepoint job").await?;
        let kept = job.run(tx).await;
        tx.run(if kept { "release job" } else { "rollback to job; release job" }).await?;
    }
    tx.run("commit").await
}
