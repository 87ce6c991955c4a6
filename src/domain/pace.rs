//! How fast a messenger lets us write. What was sent is in the outbox, so that the pace survives a restart and
//! holds across processes.

use std::time::Duration;

/// The limits of one channel; `None` where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Messages a second over all chats.
    pub per_second: Option<u32>,
    /// The shortest pause between two messages of one chat.
    pub chat_pause: Option<Duration>,
    /// Messages a minute to one group.
    pub group_per_minute: Option<u32>,
    /// So many offers waiting for one group fold into one card.
    pub digest_from: Option<u32>,
}

impl Pace {
    /// As fast as we can.
    pub const UNLIMITED: Self =
        Self { per_second: None, chat_pause: None, group_per_minute: None, digest_from: None };
}
