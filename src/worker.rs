//! The loops: do one batch, say whether there is more. A hint wakes a loop early; a lost hint costs a moment.
//! A loop never ends because of an error: it waits, longer each time, and goes on.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::channels::{Channel, SendError};
use crate::engine::listen::{self, Unheard};
use crate::engine::{Hotline, deliver, intake, timers};
use crate::store::StoreError;

/// How long a loop sleeps when nothing hints at work; on PostgreSQL another process may have left some.
const IDLE: Duration = Duration::from_millis(500);
/// The longest pause after errors.
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// The pause where a messenger does not know us any more; only the operator can change that.
const REVOKED_PAUSE: Duration = Duration::from_secs(600);
/// How often the sweep looks for timers that were forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(300);

/// Starts all loops; they end at the next batch when `stop` is cancelled, and `tasks` waits for them.
pub fn start(hotline: &Arc<Hotline>, stop: &CancellationToken, tasks: &TaskTracker) {
    tasks.spawn(run(
        Arc::clone(hotline),
        stop.clone(),
        "intake",
        |h| &h.hints.inbox,
        |h| async move { intake::take_in(&h).await },
    ));
    tasks.spawn(run(
        Arc::clone(hotline),
        stop.clone(),
        "deliver",
        |h| &h.hints.outbox,
        |h| async move { deliver::deliver(&h).await },
    ));
    tasks.spawn(run(
        Arc::clone(hotline),
        stop.clone(),
        "timers",
        |h| &h.hints.wakes,
        |h| async move { timers::wake(&h).await },
    ));
    tasks.spawn(sweep(Arc::clone(hotline), stop.clone()));
    for (name, channel) in hotline.channels.iter() {
        tasks.spawn(attend(Arc::clone(hotline), name.clone(), Arc::clone(channel), stop.clone()));
    }
}

/// Tells a messenger where we are, until it listens; then asks it for what it has, where it must be asked.
async fn attend(hotline: Arc<Hotline>, name: String, channel: Arc<dyn Channel>, stop: CancellationToken) {
    let mut pause = IDLE;
    while let Some(Err(error)) = stop.run_until_cancelled(channel.open()).await {
        pause = wait_after(&stop, &name, &error.into(), pause).await;
    }
    let (mut after, mut pause) = (None, IDLE);
    while let Some(Some(asked)) =
        stop.run_until_cancelled(listen::ask(&hotline, channel.as_ref(), after)).await
    {
        match asked {
            Ok(mark) => (after, pause) = (mark, IDLE),
            Err(error) => pause = wait_after(&stop, &name, &error, pause).await,
        }
    }
}

/// Waits as long as the messenger asks, and otherwise longer each time; the pause for the next time.
async fn wait_after(stop: &CancellationToken, name: &str, error: &Unheard, pause: Duration) -> Duration {
    tracing::error!(channel = name, %error, "a messenger cannot be listened to just now");
    let asked = match error {
        Unheard::Platform(SendError::Later { pause, .. }) => *pause,
        Unheard::Platform(SendError::Revoked(_)) => Some(REVOKED_PAUSE),
        Unheard::Platform(_) | Unheard::Store(_) => None,
    };
    wait(stop, std::future::pending(), asked.unwrap_or(pause)).await;
    (pause * 2).min(PAUSE_MAX)
}

async fn run<F>(
    hotline: Arc<Hotline>,
    stop: CancellationToken,
    name: &'static str,
    hint: impl Fn(&Hotline) -> &Notify,
    work: impl Fn(Arc<Hotline>) -> F,
) where
    F: Future<Output = Result<usize, StoreError>>,
{
    let mut pause = IDLE;
    while !stop.is_cancelled() {
        // Registered before looking, so that a hint between looking and sleeping is not lost.
        let hinted = hint(&hotline).notified();
        match work(Arc::clone(&hotline)).await {
            Ok(0) => {
                pause = IDLE;
                wait(&stop, hinted, IDLE).await;
            }
            Ok(_) => pause = IDLE,
            Err(error) => {
                tracing::error!(worker = name, %error, "a worker's batch failed");
                wait(&stop, std::future::pending(), pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
        }
    }
}

async fn wait(stop: &CancellationToken, hinted: impl Future<Output = ()>, longest: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = hinted => {}
        () = tokio::time::sleep(longest) => {}
    }
}

async fn sweep(hotline: Arc<Hotline>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = timers::sweep(&hotline).await {
            tracing::error!(%error, "the sweep of timers failed");
        }
        wait(&stop, std::future::pending(), SWEEP_EVERY).await;
    }
}

/// Does everything that waits, until nothing does: for tests and for stopping cleanly.
pub async fn drain(hotline: &Arc<Hotline>) -> Result<usize, StoreError> {
    let mut all = 0;
    loop {
        let done = intake::take_in(hotline).await?
            + timers::wake(hotline).await?
            + deliver::deliver(hotline).await?;
        if done == 0 {
            return Ok(all);
        }
        all += done;
    }
}
