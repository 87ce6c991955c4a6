//! How times are written: words for days, parts of the day and clocks in a row, and what bounds them.

mod chinese;
mod english;

use std::ops::Range;

use crate::understanding::details::clause::has_latin;

/// A time as it is written, wanted or not. Parts that are not written are empty.
#[derive(Default)]
pub(super) struct Written<'t> {
    pub(super) range: Range<usize>,
    /// 明天, 下周一, 12月3日, 国庆, next tuesday: the first that is named.
    pub(super) day: &'t str,
    /// 上午, 傍晚, evening.
    pub(super) part: &'t str,
    /// 九点半, 15:30, 3pm.
    pub(super) clock: &'t str,
    /// How many of `unit` from now.
    pub(super) count: &'t str,
    /// 小时, 天, minutes.
    pub(super) unit: &'t str,
    /// 马上, now.
    pub(super) soon: bool,
    /// Whether it ends with 前, 后 and the like or hangs on something that happens (下班后).
    pub(super) bounded: bool,
}

/// Every time that is written, in order, first the Chinese ones.
pub(super) fn times(text: &str) -> impl Iterator<Item = Written<'_>> {
    let english = has_latin(text).then(|| english::times(text));
    chinese::times(text).into_iter().chain(english.into_iter().flatten())
}
