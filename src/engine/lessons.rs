//! What the hotline learns from the people who correct it.

use jiff::Timestamp;

use super::Hotline;
use crate::store::StoreError;
use crate::understanding::catalog::{CORRECTED, Example};

/// The messages that staff gave a service, as examples of it.
pub async fn lessons(hotline: &Hotline) -> Result<Vec<Example>, StoreError> {
    let corrections = hotline.store.read().await?.corrections(Timestamp::UNIX_EPOCH).await?;
    let by_staff = corrections.into_iter().filter(|correction| correction.by_staff);
    let lesson = |text, service| Example { text, service, voice: CORRECTED.into() };
    Ok(by_staff.map(|correction| lesson(correction.words, correction.right)).collect())
}
