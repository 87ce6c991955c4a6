//! Road, lane, house, building, unit, room, in Chinese order or in English.
//!
//! What counts: one stretch of text that leads to a door, from the road (or the compound, or the number of the
//! building) to the room: 湖滨南路88号3单元502室, 12号楼301, Room 502, Building 3, Lianhua Road. The community before it
//! and what lies near it (门口, 对面) are no part of it. A road without a number counts where something lies on it
//! (文园路那边的树). Not: a storey alone, a bus line, a
//! metro exit, a day of the month, a flat's size.

mod chinese;
mod doubts;
mod english;
mod road;

use std::ops::Range;

use super::clause;

/// An address that was found.
struct Found {
    range: Range<usize>,
    /// How exactly it leads to a door; the most exact of several is taken.
    worth: usize,
}

/// Finds the address in a text that names an area (`area` is empty where it names none).
pub(super) fn find(text: &str, area: &Range<usize>) -> Option<Range<usize>> {
    let english = clause::has_latin(text).then(|| english::find(text)).into_iter().flatten();
    let all = chinese::find(text, area).into_iter().chain(english);
    let best = all.reduce(|best, next| if next.worth > best.worth { next } else { best });
    best.map(|found| found.range).or_else(|| road::find(text))
}
