//! How times are written, and what they mean: 明天上午九点, 周三下午, 今晚8点前, tomorrow at 3pm. Which of them is wanted is learned
//! (`named`); the instant is seen from the moment of writing and in its zone.

mod instant;
mod pattern;

use std::ops::Range;

use jiff::{Timestamp, ZonedDateTime};

use pattern::Written;

/// A time as it is written, wanted or not.
pub(super) struct Time {
    pub(super) range: Range<usize>,
    /// Which words it has, a bit for each kind.
    pub(super) written: u8,
}

/// Everything in a folded text that is written like a time.
pub(super) fn written(text: &str) -> Vec<Time> {
    let kinds = |time: &Written<'_>| {
        let said =
            [!time.day.is_empty(), !time.part.is_empty(), !time.clock.is_empty(), !time.unit.is_empty()];
        let said = said.into_iter().chain([time.bounded, time.soon]);
        said.fold(0, |kinds, said| kinds << 1 | u8::from(said))
    };
    pattern::times(text).map(|time| Time { written: kinds(&time), range: time.range }).collect()
}

/// The instant that some words mean; `None` where they name no single moment (每天) or one of the lunar calendar (除夕,
/// 腊月二十三), which is not computed.
pub(super) fn instant(words: &str, now: &ZonedDateTime) -> Option<Timestamp> {
    pattern::times(words).find_map(|time| instant::instant(&time, now))
}
