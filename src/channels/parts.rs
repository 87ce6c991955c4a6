//! A long text in parts, as many messages as a platform's limit asks for, cut where a reader pauses; and how many of
//! them have been sent.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::id::MessageId;
use crate::domain::message::Outbound;

/// Where a text is cut, from best to worst.
const SEAMS: [&[&str]; 4] =
    [&["\n\n"], &["\n"], &["。", "！", "？", "；", ". ", "! ", "? ", "; "], &[" ", "，", "、"]];
/// Messages of several parts whose progress is remembered.
const UNFINISHED_MAX: usize = 1024;

/// What fits into one message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    /// So many units.
    pub(super) units_max: usize,
    /// The units of a character.
    pub(super) units: fn(char) -> usize,
}

/// The parts in which a text is sent, at most so many; each fits, none is cut within a character.
pub(super) fn split(text: &str, size: Size, parts_max: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() && parts.len() < parts_max {
        let (part, behind) = rest.split_at(cut(rest, size));
        parts.push(part.trim_end());
        rest = behind.trim_start();
    }
    parts
}

/// What fits of a text.
pub(super) fn first(text: &str, size: Size) -> &str {
    &text[..cut(text, size)]
}

/// Where the part ends that fits: at a seam in its second half, else between two characters.
fn cut(text: &str, size: Size) -> usize {
    let mut units = 0;
    let over = text.char_indices().find(|(_, c)| {
        units += (size.units)(*c);
        units > size.units_max
    });
    let Some((end, _)) = over else { return text.len() };
    let fits = &text[..end];
    let seam = |seams: &&[&str]| {
        let ends = seams.iter().filter_map(|seam| fits.rfind(seam).map(|at| at + seam.len()));
        ends.max().filter(|at| *at > end / 2)
    };
    SEAMS.iter().find_map(seam).unwrap_or_else(|| between_characters(text, end))
}

/// The end, or a little before it where a sign belongs to the one before it: a skin tone, a joined emoji, a flag.
fn between_characters(text: &str, end: usize) -> usize {
    const SIGNS_MAX: usize = 16;
    let joins = |c: char| matches!(c, '\u{300}'..='\u{36F}' | '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{1F1E6}'..='\u{1F1FF}' | '\u{200D}');
    let whole = |at: &usize| {
        let before = text[..*at].chars().next_back();
        let after = text[*at..].chars().next();
        !after.is_some_and(joins) && before != Some('\u{200D}')
    };
    let ends = text[..end].char_indices().rev().map(|(at, _)| at);
    std::iter::once(end).chain(ends).take(SIGNS_MAX).find(|at| whole(at) && *at > 0).unwrap_or(end)
}

/// The messages of several parts of which some are sent: how many, and the platform's id of the last.
///
/// Such a message fails in the middle now and then, and is tried again as a whole. What is sent is remembered here, in
/// memory, so that it is not repeated. Only where the process dies between two parts is it forgotten, and then the
/// parts before are sent once more: the same promise that a message of one part has.
#[derive(Default)]
pub(super) struct Progress(Mutex<HashMap<MessageId, (usize, String)>>);

impl Progress {
    fn unfinished(&self) -> MutexGuard<'_, HashMap<MessageId, (usize, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many parts of a message are sent, and the id of the last of them.
    pub(super) fn of(&self, message: &Outbound) -> (usize, Option<String>) {
        let unfinished = self.unfinished();
        unfinished.get(&message.id).map_or((0, None), |(done, last)| (*done, Some(last.clone())))
    }

    /// Remembers that so many parts of all are sent; nothing more of a message that is finished.
    pub(super) fn remember(&self, message: &Outbound, done: usize, all: usize, last: &str) {
        let mut unfinished = self.unfinished();
        if done >= all {
            unfinished.remove(&message.id);
        } else if unfinished.len() < UNFINISHED_MAX || unfinished.contains_key(&message.id) {
            unfinished.insert(message.id.clone(), (done, last.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SIZE: Size = Size { units_max: 4096, units: char::len_utf16 };
    const PARTS_MAX: usize = 16;

    fn parts(text: &str) -> Vec<&str> {
        split(text, SIZE, PARTS_MAX)
    }

    fn units(text: &str) -> usize {
        text.encode_utf16().count()
    }

    #[test]
    fn a_long_text_is_cut_where_a_reader_pauses() {
        assert_eq!(parts(" 你好\n"), ["你好"]);
        assert!(parts(" \n ").is_empty());
        let paragraphs = format!("{}\n\n{}", "水".repeat(3000), "电。".repeat(1500));
        let cut = parts(&paragraphs);
        assert_eq!(cut.len(), 2);
        assert!(cut[0].chars().all(|c| c == '水') && units(cut[0]) == 3000);
        let sentences = "今天停水。".repeat(1000);
        assert!(parts(&sentences).iter().all(|part| part.ends_with('。') && units(part) <= SIZE.units_max));
        let families = "👨‍👩‍👧‍👦".repeat(800);
        assert!(parts(&families).iter().all(|part| part.starts_with('👨') && part.ends_with('👦')));
        assert_eq!(parts(&"水".repeat(100_000)).len(), PARTS_MAX, "bounded");
    }

    proptest! {
        #[test]
        fn every_part_fits_and_nothing_is_lost(text in "(\\PC{0,40}[ \\n。]?){0,200}", repeat in 1..12_usize) {
            let text = text.repeat(repeat);
            let parts = parts(&text);
            for part in &parts {
                prop_assert!(!part.is_empty() && units(part) <= SIZE.units_max);
            }
            let words = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            if parts.len() < PARTS_MAX {
                prop_assert_eq!(words(&parts.concat()), words(&text));
            }
        }
    }
}
