//! When it is wanted: 明天上午九点, 周三下午, 今晚8点前, tomorrow at 3pm. The words and the instant they mean, seen from
//! the moment of writing and in its zone.
//!
//! What counts: the time at which somebody shall come, call or be received, by which something shall be done, or at which
//! the resident is there, with the words that bound it (之前, 以后, after, before). Not: what has been, opening hours, how
//! long something takes, habits of other people, dates of papers, what a landlord wants by when, and mere haste (马上).

mod instant;
mod pattern;

use std::ops::Range;

use jiff::{Timestamp, ZonedDateTime};

use super::judge::{Judge, Part};
use pattern::Written;

/// A time that was found.
pub(super) struct When {
    pub(super) range: Range<usize>,
    /// `None` where the words name no single moment (每天) or one of the lunar calendar (除夕, 腊月二十三), which is
    /// not computed.
    pub(super) at: Option<Timestamp>,
}

/// Finds the time that is wanted.
pub(super) fn find(text: &str, judge: &Judge, now: &ZonedDateTime) -> Option<When> {
    let times: Vec<Written<'_>> = pattern::times(text).collect();
    let time = &times[judge.best(text, &parts(&times))?];
    Some(When { at: instant::instant(time, now), range: time.range.clone() })
}

/// Everything in a text that is written like a time.
pub(super) fn candidates(text: &str) -> Vec<Part> {
    parts(&pattern::times(text).collect::<Vec<_>>())
}

/// The times as parts of the text; their shape is which words they have.
fn parts(times: &[Written<'_>]) -> Vec<Part> {
    let shape = |time: &Written<'_>| {
        let said =
            [!time.day.is_empty(), !time.part.is_empty(), !time.clock.is_empty(), !time.unit.is_empty()];
        let said = said.into_iter().chain([time.bounded, time.soon]);
        said.fold(0, |shape, said| shape << 1 | u8::from(said))
    };
    times.iter().map(|time| Part { range: time.range.clone(), shape: shape(time) }).collect()
}
