//! Messengers that must be told where we are, and those that must be asked for what they have.

use std::sync::Arc;

use super::Hotline;
use crate::channels::{Channel, SendError};
use crate::store::StoreError;

/// Why nothing could be taken in just now.
#[derive(Debug, thiserror::Error)]
pub enum Unheard {
    /// The platform's side.
    #[error("{0}")]
    Platform(#[from] SendError),
    /// Ours.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Asks a channel once for what came after a mark, and takes it in; the mark from then on. `None` where the channel
/// delivers by itself.
pub async fn ask(
    hotline: &Arc<Hotline>,
    channel: &dyn Channel,
    after: Option<i64>,
) -> Option<Result<Option<i64>, Unheard>> {
    let asking = channel.poll(after)?;
    Some(async { take(hotline, asking.await?).await }.await)
}

/// The mark moves only after the commit: what was given and not stored is given again.
async fn take(hotline: &Arc<Hotline>, polled: crate::channels::Polled) -> Result<Option<i64>, Unheard> {
    hotline.receive(&polled.messages).await?;
    Ok(polled.after)
}
