//! A road without a number, where something lies on it or happens there: 文园路那边的树, 在仙岳路看到.

use std::ops::Range;

use crate::understanding::details::clause::ends_with_any;
use crate::understanding::details::names;
use crate::understanding::details::words::{List, Words};

/// What ends the name of a road that is believed without a number.
const ENDINGS: &[&str] = &["路", "街", "大道", "巷"];
/// What shows that something is there.
static THERE: Words =
    Words::new(|| List::of("上|那边|这边|附近|那里|这里|一带|中段|那一段|这一段|看到|捡到|丢"));
/// Roads of no name.
static NO_ROADS: Words = Words::new(|| {
    List::of(
        "水泥|柏油|石子|石板|高速|上学|回家|下班|放学|上班|人行|步行|铁|公|马|门口|楼下|一条|条|小区|过马|山|来|收|前|口|门|道|后|边|的",
    )
});

/// Finds the first such road.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    let ends = ENDINGS.iter().flat_map(|ending| text.match_indices(*ending));
    ends.filter_map(|(at, ending)| is_there(text, at, at + ending.len())).min_by_key(|range| range.start)
}

fn is_there(text: &str, stem: usize, end: usize) -> Option<Range<usize>> {
    let start = names::start(text, stem)?;
    let name = &text[start..stem];
    let named = (2..=4).contains(&name.chars().count()) && !NO_ROADS.end(name);
    (named && (THERE.begin(&text[end..]) && !ends_with_any(name, &["一", "半"]))).then_some(start..end)
}
