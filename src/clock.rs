//! Time comes from one place, so that tests can move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Tells the time.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's.
    #[default]
    System,
    /// Stands still until it is moved; epoch milliseconds.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at this instant.
    pub fn at(start: Timestamp) -> Self {
        Self::Set(Arc::new(AtomicI64::new(start.as_millisecond())))
    }

    /// Now, in whole milliseconds, as it will be stored.
    pub fn now(&self) -> Timestamp {
        let ms = match self {
            Self::System => Timestamp::now().as_millisecond(),
            Self::Set(ms) => ms.load(Ordering::SeqCst),
        };
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
    }

    /// Moves a clock that stands; the machine's own is not moved.
    pub fn advance(&self, by: SignedDuration) {
        if let Self::Set(ms) = self {
            ms.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}
