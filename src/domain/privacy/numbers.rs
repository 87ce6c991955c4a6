//! Long numbers: phones, identity cards, bank cards. A run is digits in any writing with a few signs between
//! them; what in it looks like a number that belongs to somebody is hidden, dates and times stay.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::MASK;
use crate::domain::digit;

/// How many signs may stand between two digits of one number.
const GAP_CHARS_MAX: usize = 4;
/// Digits in one piece that can only be a phone, card or account.
const PIECE_DIGITS_MIN: usize = 7;
/// Digits in pieces from which on they are a card's or an account's, unless there is a date among them.
const CARD_DIGITS_MIN: usize = 14;
const MOBILE_DIGITS: usize = 11;

/// A digit and where it stands.
#[derive(Clone, Copy)]
struct Digit {
    value: u8,
    start: usize,
    end: usize,
}

/// Digits with at most a few signs between them.
struct Run(Vec<Digit>);

/// A number spelled in English: `one three eight double zero …`.
static SPELLED: LazyLock<Regex> = LazyLock::new(|| {
    let word = "zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple";
    Regex::new(&format!(r"(?i)\b(?:{word})(?:[\s,.-]+(?:{word})\b){{5,}}")).expect("the pattern is fixed")
});

/// Hides the numbers that belong to somebody.
pub(super) fn mask_numbers(text: &str) -> String {
    let text = &SPELLED.replace_all(text, MASK);
    let mut masked = String::with_capacity(text.len());
    let mut copied_to = 0;
    for run in runs(text) {
        for place in run.personal() {
            masked.push_str(&text[copied_to..place.start]);
            masked.push_str(MASK);
            copied_to = place.end + check_letter(&text[place.end..]);
        }
    }
    masked.push_str(&text[copied_to..]);
    masked
}

/// The runs of a text, in order.
fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut gap = usize::MAX;
    for (start, c) in text.char_indices() {
        if let Some(value) = digit::value(c) {
            let digit = Digit { value, start, end: start + c.len_utf8() };
            match runs.last_mut().filter(|_| gap <= GAP_CHARS_MAX) {
                Some(run) => run.0.push(digit),
                None => runs.push(Run(vec![digit])),
            }
            gap = 0;
        } else {
            gap = if parts(c) { gap.saturating_add(1) } else { usize::MAX };
        }
    }
    runs
}

/// Whether a character may stand between the digits of one number: signs and spaces, and what people say for them.
fn parts(c: char) -> bool {
    !c.is_alphanumeric() || matches!(c, '杠' | '转' | '轉' | '横')
}

/// The length of the X that ends some identity cards' numbers.
fn check_letter(rest: &str) -> usize {
    rest.chars().next().filter(|&c| matches!(digit::half_width(c), 'x' | 'X')).map_or(0, char::len_utf8)
}

impl Run {
    /// The places of what must be hidden, in order and apart.
    fn personal(&self) -> Vec<Range<usize>> {
        if self.0.len() < PIECE_DIGITS_MIN {
            return Vec::new();
        }
        let mut hidden = vec![false; self.0.len()];
        for range in self.mobiles().chain(self.in_pieces()) {
            hidden[range].fill(true);
        }
        let marked: Vec<(bool, Digit)> = hidden.into_iter().zip(self.0.iter().copied()).collect();
        marked
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|chunk| chunk[0].0)
            .map(|chunk| chunk[0].1.start..chunk[chunk.len() - 1].1.end)
            .collect()
    }

    /// Eleven digits as mobile numbers have them, wherever they begin.
    fn mobiles(&self) -> impl Iterator<Item = Range<usize>> {
        let mobile = |digits: &[Digit]| digits[0].value == 1 && digits[1].value >= 3;
        self.0
            .windows(MOBILE_DIGITS)
            .enumerate()
            .filter(move |(_, digits)| mobile(digits))
            .map(|(at, _)| at..at + MOBILE_DIGITS)
    }

    /// What the lengths of the pieces betray: cards, landlines, numbers spelled digit by digit.
    fn in_pieces(&self) -> Vec<Range<usize>> {
        let pieces = self.pieces();
        let dated = pieces.windows(2).any(|pair| self.is_date(&pair[0], &pair[1]));
        let spelled = pieces.len() >= PIECE_DIGITS_MIN && pieces.iter().all(|piece| piece.len() == 1);
        if spelled || (self.0.len() >= CARD_DIGITS_MIN && !dated) {
            return std::iter::once(0..self.0.len()).collect();
        }
        let long = pieces.iter().filter(|piece| piece.len() >= PIECE_DIGITS_MIN).cloned();
        let joined = (0..pieces.len()).filter_map(|at| self.landline(&pieces[at..]));
        long.chain(joined).collect()
    }

    /// Digits without anything between them, as ranges of the run.
    fn pieces(&self) -> Vec<Range<usize>> {
        let mut at = 0;
        self.0
            .chunk_by(|a, b| a.end == b.start)
            .map(|piece| {
                at += piece.len();
                at - piece.len()..at
            })
            .collect()
    }

    /// A number in pieces: `0592 555 0123`, `555-0123`. A span of years is none.
    fn landline(&self, pieces: &[Range<usize>]) -> Option<Range<usize>> {
        let (first, rest) = pieces.split_first()?;
        let next = rest.first()?;
        let local = (3..=4).contains(&first.len()) && next.len() == 4;
        if local && !(self.is_year(first) && self.is_year(next)) {
            return Some(first.start..next.end);
        }
        let area_code = (3..=4).contains(&first.len()) && self.0[first.start].value == 0;
        let end = rest.iter().map(|piece| piece.end).find(|end| end - first.end >= PIECE_DIGITS_MIN)?;
        area_code.then_some(first.start..end)
    }

    fn is_date(&self, year: &Range<usize>, month: &Range<usize>) -> bool {
        self.is_year(year) && (1..=12).contains(&self.number(month))
    }

    fn is_year(&self, piece: &Range<usize>) -> bool {
        piece.len() == 4 && (1900..2100).contains(&self.number(piece))
    }

    /// The value of a short piece; of a long one, more than any month or year.
    fn number(&self, piece: &Range<usize>) -> u32 {
        self.0[piece.clone()]
            .iter()
            .fold(0, |sum: u32, digit| sum.saturating_mul(10).saturating_add(digit.value.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_belong_to_somebody_are_hidden() {
        for (text, masked) in [
            ("13800005555", "**"),
            ("打138 0000 5555", "打**"),
            ("+86-138-0000-5555找我", "+86-**找我"),
            ("1 3 8 0 0 0 0 5 5 5 5", "**"),
            ("一三八零零零零五五五五", "**"),
            ("幺三八，零零零零，五五五五", "**"),
            ("\u{FF11}\u{FF13}\u{FF18}00005555", "**"),
            ("1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣0️⃣5️⃣5️⃣5️⃣5️⃣", "**️⃣"),
            ("138杠0000杠5555", "**"),
            ("0592-5550123", "**"),
            ("（0592）555 0123", "（**"),
            ("家里电话555-0123", "家里电话**"),
            ("35020319800101123X", "**"),
            ("350203 19800101 123x。", "**。"),
            ("卡号6222 0000 1111 2222 333", "卡号**"),
            ("call one three eight double zero zero zero five five five five", "call **"),
            ("8点来 13800005555", "8点来 **"),
        ] {
            assert_eq!(mask_numbers(text), masked);
        }
    }

    #[test]
    fn numbers_that_belong_to_nobody_stay() {
        for text in [
            "拨打110或120",
            "12345热线",
            "2026-11-23 08:00-10:00",
            "2025-2026学年",
            "2026年11月23日上午9:30到10:30",
            "一、二、三",
            "诉求10243",
            "100元到200元",
            "one or two people, not three",
            "8路,10路,35路公交",
        ] {
            assert_eq!(mask_numbers(text), text);
        }
    }
}
