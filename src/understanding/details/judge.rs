//! Whether what is written like a time or a person is the one that is asked for. Nobody can list the words that tell
//! 明天来修 from 明天有雨, so a model learns them from messages in which people marked the right ones: what is written,
//! what stands right beside it, the words of its clause and of the rest of the message.

use std::ops::Range;

use super::clause;
use super::tokens::{Token, mix, tokens};
use crate::understanding::linear::{Lesson, Linear, Training, softmax};

/// How many features are told apart; two that fall together disturb each other little.
const FEATURES: u64 = 1 << 16;
const TRAINING: Training = Training { restraint: 0.03, passes: 30 };
/// Chosen by leaving a fifth of the marked messages out; what is not found is asked for.
const BAR: f32 = 0.4;
/// How many words beside a part are looked at together with it.
const BESIDE: usize = 3;
/// How many words before and after its clause are looked at: more than most messages have.
const FAR: usize = 120;
/// How many parts of a message are looked at, so that a long list of names costs no more than a letter.
const PARTS_MAX: usize = 24;

/// Which of the parts of a message that look like a detail is the right one.
pub(super) struct Judge(Linear);

/// A part of a message that looks like a detail.
pub(super) struct Part {
    pub(super) range: Range<usize>,
    /// How it is written, whatever that means to whoever found it.
    pub(super) shape: u8,
}

/// A message with the parts that look like a detail, and the one that is right.
pub(super) struct Marked {
    pub(super) text: String,
    pub(super) parts: Vec<Part>,
    pub(super) right: Option<usize>,
}

/// Where a word was seen; part of the feature.
#[derive(Clone, Copy)]
enum Seen {
    Whole,
    Inside,
    First,
    Last,
    Before,
    After,
    ClauseBefore,
    ClauseAfter,
    MessageBefore,
    MessageAfter,
    Shape,
}

impl Seen {
    /// The nearer, the more it says.
    fn weight(self) -> f32 {
        match self {
            Self::Before | Self::After => 1.5,
            Self::Whole | Self::Shape => 1.0,
            Self::Inside | Self::First | Self::Last | Self::ClauseBefore | Self::ClauseAfter => 0.7,
            Self::MessageBefore | Self::MessageAfter => 0.35,
        }
    }
}

impl Judge {
    /// Learns from marked messages.
    pub(super) fn train(marked: &[Marked]) -> Self {
        let read = |message: &Marked| {
            let rows = Reading::new(&message.text).rows(&message.parts);
            let right = message.right;
            rows.into_iter().enumerate().map(move |(at, row)| (row, usize::from(right == Some(at))))
        };
        let rows: Vec<(Vec<(u32, f32)>, usize)> = marked.iter().flat_map(read).collect();
        let lessons: Vec<Lesson<'_>> =
            rows.iter().map(|(row, label)| Lesson { row, label: *label, emphasis: 1.0 }).collect();
        Self(Linear::train(&lessons, FEATURES as usize, 2, TRAINING))
    }

    /// The part that is most likely the right one; nothing where none is likely.
    pub(super) fn best(&self, text: &str, parts: &[Part]) -> Option<usize> {
        if parts.is_empty() {
            return None;
        }
        let likely = Reading::new(text).rows(parts).into_iter().map(|row| self.likely(&row)).enumerate();
        let best = likely.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.filter(|(_, likely)| *likely > BAR).map(|(at, _)| at)
    }

    fn likely(&self, row: &[(u32, f32)]) -> f32 {
        let mut scores = self.0.scores(row);
        softmax(&mut scores);
        scores[1]
    }
}

/// A message in tokens.
struct Reading<'t> {
    text: &'t str,
    words: Vec<Token>,
}

impl<'t> Reading<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, words: tokens(text) }
    }

    /// What speaks for and against each of the parts.
    fn rows(&self, parts: &[Part]) -> Vec<Vec<(u32, f32)>> {
        parts.iter().take(PARTS_MAX).enumerate().map(|(at, part)| self.row(part, at, parts.len())).collect()
    }

    fn row(&self, Part { range: part, shape }: &Part, at: usize, of: usize) -> Vec<(u32, f32)> {
        let clause = clause::clause(self.text, part);
        let place = |byte: usize| self.words.partition_point(|word| word.range.start < byte);
        let [from, start, end, to] = [clause.start, part.start, part.end, clause.end].map(place);
        let words = &self.words;
        let mut row = Row::default();
        row.add_pairs(Seen::Inside, &words[start..end]);
        row.add_pairs(Seen::ClauseBefore, &words[from..start]);
        row.add_pairs(Seen::ClauseAfter, &words[end..to]);
        row.add_pairs(Seen::MessageBefore, &words[from.saturating_sub(FAR)..from]);
        row.add_pairs(Seen::MessageAfter, &words[to..words.len().min(to + FAR)]);
        row.add(Seen::Whole, all(&words[start..end]));
        row.add(Seen::First, all(&words[start..end.min(start + 1)]));
        row.add(Seen::Last, all(&words[end.saturating_sub(1).max(start)..end]));
        for count in 1..=BESIDE {
            row.add(Seen::Before, mix(count as u64, all(&words[start.saturating_sub(count)..start])));
            row.add(Seen::After, mix(count as u64, all(&words[end..words.len().min(end + count)])));
        }
        let begins = from == start;
        let ends = end == to;
        row.add(Seen::Shape, mix(1, u64::from(begins)));
        row.add(Seen::Shape, mix(2, u64::from(ends)));
        row.add(Seen::Shape, mix(3, u64::from(begins && ends)));
        row.add(Seen::Shape, mix(4, at.min(3) as u64));
        row.add(Seen::Shape, mix(5, of.min(4) as u64));
        row.add(Seen::Shape, mix(6, u64::from(at + 1 == of)));
        row.add(Seen::Shape, mix(7, u64::from(*shape)));
        row.finish()
    }
}

/// The features of one part.
#[derive(Default)]
struct Row(Vec<(u32, f32)>);

impl Row {
    fn add(&mut self, seen: Seen, hash: u64) {
        self.0.push(((mix(seen as u64, hash) % FEATURES) as u32, seen.weight()));
    }

    /// Every word, and every two that stand together.
    fn add_pairs(&mut self, seen: Seen, words: &[Token]) {
        words.iter().for_each(|word| self.add(seen, word.hash));
        words.windows(2).for_each(|pair| self.add(seen, all(pair)));
    }

    /// Every feature once, of length one together.
    fn finish(mut self) -> Vec<(u32, f32)> {
        self.0.sort_unstable_by_key(|(feature, _)| *feature);
        self.0.dedup_by_key(|(feature, _)| *feature);
        let length = self.0.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
        self.0.iter_mut().for_each(|(_, value)| *value /= length);
        self.0
    }
}

fn all(words: &[Token]) -> u64 {
    words.iter().fold(words.len() as u64, |hash, word| mix(hash, word.hash))
}
