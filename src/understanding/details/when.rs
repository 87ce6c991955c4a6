//! When it is wanted: 明天上午九点, 周三下午, 今晚8点前, tomorrow at 3pm. The words and the instant they mean, seen from
//! the moment of writing and in its zone.
//!
//! What counts: the time at which somebody shall come, call or be received, with the words that bound it (之前, 以后,
//! after, before), and hours in which the resident is there. Not: what has been, opening hours, how long something
//! takes, habits of other people, dates of papers, what a landlord wants by when.

mod instant;
mod pattern;
mod wanted;

use std::ops::Range;

use jiff::{Timestamp, ZonedDateTime};

/// A time that was found.
pub(super) struct When {
    pub(super) range: Range<usize>,
    /// `None` where the words name no single moment (每天) or one of the lunar calendar (除夕, 腊月二十三), which is
    /// not computed.
    pub(super) at: Option<Timestamp>,
}

/// Finds the time that is wanted: of several, the one that is wanted most plainly and said most exactly.
pub(super) fn find(text: &str, now: &ZonedDateTime) -> Option<When> {
    let judged = pattern::times(text).filter_map(|time| Some((wanted::worth(text, &time, now)?, time)));
    let best = judged.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, time)| When { at: instant::instant(&time, now), range: time.range })
}
