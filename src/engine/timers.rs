//! The clock: cases whose timer is due are claimed, decided and saved, each in a write of its own; a poisoned
//! one is put off, longer each time, and never holds up the others.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::Hotline;
use super::desk::{Desk, Wanted};
use crate::domain::case::{Actor, Event, Stage};
use crate::domain::id::CaseNumber;
use crate::store::{Due, StoreError, Tx};

/// Cases that are claimed at once.
const BATCH_MAX: usize = 64;
/// The longest pause of a case that cannot be decided.
const PAUSE_MAX: Duration = Duration::from_secs(3600);
/// A timer that has been due for so long has been forgotten by somebody.
const FORGOTTEN: SignedDuration = SignedDuration::from_mins(10);

/// Wakes the cases that are due, at most a batch; how many that were.
pub async fn wake(hotline: &Arc<Hotline>) -> Result<usize, StoreError> {
    let now = hotline.clock.now();
    let due =
        hotline.store.write(move |tx| Box::pin(async move { tx.claim_wakes(now, BATCH_MAX).await })).await?;
    let numbers: Vec<CaseNumber> = due.iter().map(|due| due.number).collect();
    if numbers.is_empty() {
        return Ok(0);
    }
    if wake_all(hotline, numbers.clone()).await.is_err() {
        for due in &due {
            wake_alone(hotline, due).await?;
        }
    }
    hotline.hints.outbox.notify_one();
    Ok(due.len())
}

async fn wake_alone(hotline: &Arc<Hotline>, due: &Due) -> Result<(), StoreError> {
    let Err(error) = wake_all(hotline, vec![due.number]).await else { return Ok(()) };
    let pause = Duration::from_secs(1 << due.attempts.clamp(0, 12)).min(PAUSE_MAX);
    tracing::error!(case = %due.number, %error, attempts = due.attempts, "a timer could not be decided");
    let (number, until) = (due.number, hotline.clock.now() + pause);
    hotline.store.write(move |tx| Box::pin(async move { tx.postpone_wake(number, until).await })).await
}

async fn wake_all(hotline: &Arc<Hotline>, cases: Vec<CaseNumber>) -> Result<(), StoreError> {
    let hotline = Arc::clone(hotline);
    let store = hotline.store.clone();
    store
        .write(move |tx| {
            Box::pin(async move {
                let wanted = Wanted { cases: cases.clone(), ..Wanted::default() };
                let mut desk = Desk::load(&hotline, tx, wanted).await?;
                note_who_was_not_asked(&mut desk, tx, &cases).await?;
                for number in cases {
                    // A case that was closed meanwhile has nothing to wake for.
                    desk.step(number, Event::Wake, &Actor::Hotline).ok();
                }
                desk.save(tx).await
            })
        })
        .await
}

/// A survey that is still on its way when its time is over has reached nobody, either.
async fn note_who_was_not_asked(
    desk: &mut Desk<'_>,
    tx: &mut Tx,
    cases: &[CaseNumber],
) -> Result<(), StoreError> {
    let done = |number: &CaseNumber| desk.case(*number).is_some_and(|case| case.stage() == Stage::Done);
    let done: Vec<CaseNumber> = cases.iter().copied().filter(done).collect();
    let asked = tx.surveyed(&done).await?;
    done.into_iter().filter(|number| !asked.contains(number)).for_each(|number| desk.not_asked(number));
    Ok(())
}

/// Proves that every open case has a live timer, and gives new life to those that were forgotten; how many.
pub async fn sweep(hotline: &Arc<Hotline>) -> Result<u64, StoreError> {
    let now = hotline.clock.now();
    let revived = hotline
        .store
        .write(move |tx| Box::pin(async move { tx.sweep_wakes(now - FORGOTTEN, now).await }))
        .await?;
    if revived > 0 {
        tracing::warn!(cases = revived, "timers had been forgotten and are live again");
        hotline.hints.wakes.notify_one();
    }
    Ok(revived)
}
